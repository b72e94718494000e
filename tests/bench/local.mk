bench_programs = %reldir%/mkbulk %reldir%/pcaploop %reldir%/run %reldir%/score
EXTRA_PROGRAMS += $(bench_programs)
tests_bench_mkbulk_SOURCES = \
	%reldir%/krb.c \
	%reldir%/krb.h \
	%reldir%/mkbulk.c \
	%reldir%/ntlm.c \
	%reldir%/ntlm.h \
	%reldir%/psrp.c \
	%reldir%/psrp.h \
	%reldir%/rpc.c \
	%reldir%/rpc.h \
	%reldir%/smb.c \
	%reldir%/smb.h \
	%reldir%/winrm.c \
	%reldir%/winrm.h \
	%reldir%/wire.c \
	%reldir%/wire.h
tests_bench_mkbulk_LDADD = $(BSD_LIBS) $(NETTLE_LIBS) $(KRB5_LIBS)
tests_bench_pcaploop_LDADD = $(PCAP_LIBS)
tests_bench_run_LDADD =
tests_bench_score_LDADD = libschedwire.a $(libraries)

if SECRETS
bench: schedwire$(EXEEXT) $(bench_programs)
	@srcdir=$(srcdir) $(SHELL) $(srcdir)/%reldir%/bench.sh ./schedwire$(EXEEXT) %reldir%
else
bench:
	@echo "make bench needs a build with secrets" >&2
	@exit 1
endif

.PHONY: bench

CLEANFILES += $(bench_programs)
EXTRA_DIST += %reldir%/bench.sh %reldir%/lines.tsv
