libschedwire_a_SOURCES += \
	%reldir%/addr.c \
	%reldir%/addr.h \
	%reldir%/arena.c \
	%reldir%/arena.h \
	%reldir%/budget.c \
	%reldir%/budget.h \
	%reldir%/decode-text.c \
	%reldir%/decode-text.h \
	%reldir%/decompress.c \
	%reldir%/decompress.h \
	%reldir%/der.c \
	%reldir%/der.h \
	%reldir%/digest.c \
	%reldir%/digest.h \
	%reldir%/hash.h \
	%reldir%/hex.c \
	%reldir%/hex.h \
	%reldir%/iso8601.c \
	%reldir%/iso8601.h \
	%reldir%/limits.h \
	%reldir%/log.c \
	%reldir%/log.h \
	%reldir%/lznt1.c \
	%reldir%/rb.h \
	%reldir%/reader.h \
	%reldir%/stats.c \
	%reldir%/stats.def \
	%reldir%/stats.h \
	%reldir%/table.c \
	%reldir%/table.h \
	%reldir%/text.c \
	%reldir%/text.h \
	%reldir%/utf16.c \
	%reldir%/utf16.h \
	%reldir%/xpress.c

if LZ4
libschedwire_a_SOURCES += \
	%reldir%/lz4.c
else
libschedwire_a_SOURCES += \
	%reldir%/lz4-none.c
endif
