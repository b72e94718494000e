libschedwire_a_SOURCES += \
	%reldir%/field.def \
	%reldir%/obs.c \
	%reldir%/obs.h \
	%reldir%/redact-fact.c \
	%reldir%/redact-fact.h \
	%reldir%/redact.c \
	%reldir%/redact.h \
	%reldir%/sink.h
