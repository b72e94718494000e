libschedwire_a_SOURCES += \
	%reldir%/call.c \
	%reldir%/cmdlet.c \
	%reldir%/com.c \
	%reldir%/command-line.c \
	%reldir%/command.c \
	%reldir%/decode.c \
	%reldir%/define.c \
	%reldir%/expr.c \
	%reldir%/lex.c \
	%reldir%/method.c \
	%reldir%/oper.c \
	%reldir%/powershell.c \
	%reldir%/powershell.h \
	%reldir%/program.c \
	%reldir%/statement.c \
	%reldir%/static.c \
	%reldir%/string.c \
	%reldir%/task.c \
	%reldir%/value.c
