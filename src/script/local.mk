libschedwire_a_SOURCES += \
	%reldir%/at.c \
	%reldir%/launchers.c \
	%reldir%/readers.c \
	%reldir%/readers.h \
	%reldir%/schtasks.c \
	%reldir%/script.c \
	%reldir%/script.h \
	%reldir%/words.c \
	%reldir%/words.h
