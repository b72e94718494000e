libschedwire_a_SOURCES += \
	%reldir%/cim-call.c \
	%reldir%/cim.c \
	%reldir%/cim.h \
	%reldir%/clixml-print.c \
	%reldir%/clixml-tree.c \
	%reldir%/clixml-tree.h \
	%reldir%/clixml.c \
	%reldir%/clixml.h \
	%reldir%/credssp.c \
	%reldir%/credssp.h \
	%reldir%/multipart.c \
	%reldir%/multipart.h \
	%reldir%/pipeline.c \
	%reldir%/psrp.c \
	%reldir%/psrp.h \
	%reldir%/shell.c \
	%reldir%/shell.h \
	%reldir%/soap-join.c \
	%reldir%/soap-join.h \
	%reldir%/soap.c \
	%reldir%/soap.h \
	%reldir%/winrm.c \
	%reldir%/winrs.c \
	%reldir%/wsman-parts.h \
	%reldir%/wsman.c \
	%reldir%/wsman.h
