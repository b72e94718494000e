libschedwire_a_SOURCES += \
	%reldir%/baseline.h

if SQLITE
libschedwire_a_SOURCES += \
	%reldir%/baseline-db.c \
	%reldir%/baseline-db.h \
	%reldir%/baseline.c \
	%reldir%/entry-text.c \
	%reldir%/entry.c \
	%reldir%/entry.h
else
libschedwire_a_SOURCES += \
	%reldir%/baseline-none.c
endif
