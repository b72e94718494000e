libschedwire_a_SOURCES += \
	%reldir%/content.c \
	%reldir%/content.h \
	%reldir%/gpo.c \
	%reldir%/jobfile.c \
	%reldir%/status.c \
	%reldir%/status.h \
	%reldir%/task.c \
	%reldir%/task.h \
	%reldir%/taskwords.c \
	%reldir%/taskwords.h \
	%reldir%/taskxml.c \
	%reldir%/taskxml.h \
	%reldir%/xml.c \
	%reldir%/xml.h
