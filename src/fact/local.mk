libschedwire_a_SOURCES += \
	%reldir%/field.def \
	%reldir%/mask.h \
	%reldir%/obs.c \
	%reldir%/obs.h \
	%reldir%/redact-fact.c \
	%reldir%/redact.c \
	%reldir%/redact.h \
	%reldir%/sink.h
