fuzz_targets += \
	%reldir%/fuzz-atsvc \
	%reldir%/fuzz-clixml \
	%reldir%/fuzz-cmdline \
	%reldir%/fuzz-dcerpc \
	%reldir%/fuzz-decode \
	%reldir%/fuzz-decode-text \
	%reldir%/fuzz-gpo \
	%reldir%/fuzz-gss \
	%reldir%/fuzz-http \
	%reldir%/fuzz-jobfile \
	%reldir%/fuzz-lolbin \
	%reldir%/fuzz-lz77 \
	%reldir%/fuzz-lz77-huffman \
	%reldir%/fuzz-lznt1 \
	%reldir%/fuzz-nbss \
	%reldir%/fuzz-normalise \
	%reldir%/fuzz-phrases \
	%reldir%/fuzz-powershell \
	%reldir%/fuzz-psrp \
	%reldir%/fuzz-redact \
	%reldir%/fuzz-score \
	%reldir%/fuzz-smb1 \
	%reldir%/fuzz-smb2 \
	%reldir%/fuzz-smb2-compress \
	%reldir%/fuzz-svcctl \
	%reldir%/fuzz-taskname \
	%reldir%/fuzz-taskxml \
	%reldir%/fuzz-tcp \
	%reldir%/fuzz-tsch \
	%reldir%/fuzz-winrm \
	%reldir%/fuzz-wsman

if SECRETS
fuzz_targets += \
	%reldir%/fuzz-credssp \
	%reldir%/fuzz-kdc \
	%reldir%/fuzz-keyring \
	%reldir%/fuzz-krb5 \
	%reldir%/fuzz-ntlmssp \
	%reldir%/fuzz-smb2-transform \
	%reldir%/fuzz-tls
endif

if LZ4
fuzz_targets += \
	%reldir%/fuzz-lz4
endif

if SQLITE
fuzz_targets += \
	%reldir%/fuzz-baseline-entry
endif

if YAML
fuzz_targets += \
	%reldir%/fuzz-settings
endif

# The program of a fuzz target has no main(): libFuzzer's, or this one, which
# replays its corpus.
check_LIBRARIES += libfuzzdriver.a
libfuzzdriver_a_SOURCES = %reldir%/driver.c

EXTRA_DIST += \
	%reldir%/script.h \
	%reldir%/chunks.h \
	%reldir%/lz.h \
	%reldir%/smb.h \
	%reldir%/stub.h \
	%reldir%/world.h
