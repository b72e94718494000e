libschedwire_a_SOURCES += \
	%reldir%/conn.c \
	%reldir%/http.c \
	%reldir%/http.h \
	%reldir%/http_message.h \
	%reldir%/http_parse.h \
	%reldir%/message.c \
	%reldir%/tls-session.c \
	%reldir%/tls.c \
	%reldir%/tls_session.h
