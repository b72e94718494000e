libschedwire_a_SOURCES += \
	%reldir%/atexec-output.c \
	%reldir%/atexec-output.h \
	%reldir%/closed-files.c \
	%reldir%/closed-files.h \
	%reldir%/file-ranges.c \
	%reldir%/file-ranges.h \
	%reldir%/handle.c \
	%reldir%/handle.h \
	%reldir%/nbss.c \
	%reldir%/ntstatus.h \
	%reldir%/smb.c \
	%reldir%/smb.h \
	%reldir%/smb1-command.c \
	%reldir%/smb1-state.c \
	%reldir%/smb1.c \
	%reldir%/smb1.h \
	%reldir%/smb2-command.c \
	%reldir%/smb2-compress.c \
	%reldir%/smb2-compress.h \
	%reldir%/smb2-logon.c \
	%reldir%/smb2-seal.c \
	%reldir%/smb2-session.c \
	%reldir%/smb2.c \
	%reldir%/smb2.h \
	%reldir%/taskfile.c \
	%reldir%/taskfile.h
