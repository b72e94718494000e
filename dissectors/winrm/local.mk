libschedwire_a_SOURCES += \
	%reldir%/cim-call.c \
	%reldir%/cim.c \
	%reldir%/cim.h \
	%reldir%/clixml-print.c \
	%reldir%/clixml-tree.c \
	%reldir%/clixml.c \
	%reldir%/clixml.h \
	%reldir%/clixml_tree.h \
	%reldir%/credssp.c \
	%reldir%/multipart.c \
	%reldir%/multipart.h \
	%reldir%/pipeline.c \
	%reldir%/psrp.c \
	%reldir%/psrp.h \
	%reldir%/shell.c \
	%reldir%/shells.h \
	%reldir%/soap-join.c \
	%reldir%/soap.c \
	%reldir%/soap.h \
	%reldir%/soap_join.h \
	%reldir%/winrm.c \
	%reldir%/winrm_credssp.h \
	%reldir%/winrs.c \
	%reldir%/wsman.c \
	%reldir%/wsman.h \
	%reldir%/wsman_parts.h
