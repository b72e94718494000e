libschedwire_a_SOURCES += \
	%reldir%/cmd.c \
	%reldir%/command-line.c \
	%reldir%/vars.c \
	%reldir%/vars.h
