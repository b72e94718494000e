libschedwire_a_SOURCES += \
	%reldir%/capture.c \
	%reldir%/capture.h \
	%reldir%/decode-ip.c \
	%reldir%/decode-link.c \
	%reldir%/decode-parts.h \
	%reldir%/decode-tunnel.c \
	%reldir%/decode.c \
	%reldir%/decode.h \
	%reldir%/defrag.c \
	%reldir%/defrag.h \
	%reldir%/dissect.h \
	%reldir%/flow.c \
	%reldir%/flow.h \
	%reldir%/frame.c \
	%reldir%/frame.h \
	%reldir%/ledger.c \
	%reldir%/ledger.h \
	%reldir%/pkt.h \
	%reldir%/probe.c \
	%reldir%/probe.h \
	%reldir%/tcp.c \
	%reldir%/tcp.h \
	%reldir%/worker.c \
	%reldir%/worker.h \
	%reldir%/world.c \
	%reldir%/world.h
