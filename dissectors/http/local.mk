libschedwire_a_SOURCES += \
	%reldir%/body.c \
	%reldir%/body.h \
	%reldir%/exchange.c \
	%reldir%/exchange.h \
	%reldir%/http.c \
	%reldir%/http.h \
	%reldir%/message.c \
	%reldir%/message.h \
	%reldir%/parser.c \
	%reldir%/parser.h \
	%reldir%/tls-session.c \
	%reldir%/tls-session.h \
	%reldir%/tls.c \
	%reldir%/tls.h
