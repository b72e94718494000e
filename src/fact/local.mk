libschedwire_a_SOURCES += \
	%reldir%/field.def \
	%reldir%/fact.c \
	%reldir%/fact.h \
	%reldir%/redact-fact.c \
	%reldir%/redact-fact.h \
	%reldir%/redact.c \
	%reldir%/redact.h \
	%reldir%/sink.h
