libschedwire_a_SOURCES += \
	%reldir%/gss.c \
	%reldir%/gss.h \
	%reldir%/kdc.c \
	%reldir%/kdc.h
