libschedwire_a_SOURCES += \
	%reldir%/eve.c \
	%reldir%/eve.h \
	%reldir%/file.c \
	%reldir%/file.h \
	%reldir%/pretty.c \
	%reldir%/pretty.h \
	%reldir%/progress.c \
	%reldir%/progress.h
