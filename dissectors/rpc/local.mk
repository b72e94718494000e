libschedwire_a_SOURCES += \
	%reldir%/atsvc.c \
	%reldir%/bind.c \
	%reldir%/call.c \
	%reldir%/dcerpc.c \
	%reldir%/dcerpc.h \
	%reldir%/epm.c \
	%reldir%/iface.h \
	%reldir%/ifaces.c \
	%reldir%/ndr.c \
	%reldir%/ndr.h \
	%reldir%/ports.c \
	%reldir%/ports.h \
	%reldir%/sasec.c \
	%reldir%/seal.c \
	%reldir%/tsch.c
