libschedwire_a_SOURCES += \
	%reldir%/conn.c \
	%reldir%/http.c \
	%reldir%/http.h \
	%reldir%/message.c \
	%reldir%/message.h \
	%reldir%/parse.h \
	%reldir%/tls-session.c \
	%reldir%/tls-session.h \
	%reldir%/tls.c
