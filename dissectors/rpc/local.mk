libschedwire_a_SOURCES += \
	%reldir%/assoc.c \
	%reldir%/atsvc.c \
	%reldir%/bind.c \
	%reldir%/call-fact.c \
	%reldir%/call.c \
	%reldir%/call.h \
	%reldir%/dcerpc.c \
	%reldir%/dcerpc.h \
	%reldir%/epm.c \
	%reldir%/identify.c \
	%reldir%/iface.c \
	%reldir%/iface.h \
	%reldir%/ifaces.c \
	%reldir%/keep.c \
	%reldir%/keep.h \
	%reldir%/ndr.c \
	%reldir%/ndr.h \
	%reldir%/ports.c \
	%reldir%/ports.h \
	%reldir%/sasec.c \
	%reldir%/seal.c \
	%reldir%/svcctl.c \
	%reldir%/task-call.c \
	%reldir%/task-call.h \
	%reldir%/tsch.c
