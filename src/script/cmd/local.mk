libschedwire_a_SOURCES += \
	%reldir%/cmd.c \
	%reldir%/vars.c \
	%reldir%/vars.h
