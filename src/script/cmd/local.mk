libschedwire_a_SOURCES += \
	%reldir%/cmd.c \
	%reldir%/cmdvars.h \
	%reldir%/vars.c
