libschedwire_a_SOURCES += \
	%reldir%/atsvc.c \
	%reldir%/bind.c \
	%reldir%/call.c \
	%reldir%/dcerpc.c \
	%reldir%/epm.c \
	%reldir%/ndr.c \
	%reldir%/ndr.h \
	%reldir%/ports.c \
	%reldir%/rpc.h \
	%reldir%/sasec.c \
	%reldir%/seal.c \
	%reldir%/tsch.c
