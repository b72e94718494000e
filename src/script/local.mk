libschedwire_a_SOURCES += \
	%reldir%/asks.h \
	%reldir%/at.c \
	%reldir%/launchers.c \
	%reldir%/reading.h \
	%reldir%/schtasks.c \
	%reldir%/script.c \
	%reldir%/words.c
