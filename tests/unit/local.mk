unit_tests += \
	%reldir%/test-alert \
	%reldir%/test-allow \
	%reldir%/test-atsvc \
	%reldir%/test-base \
	%reldir%/test-chain \
	%reldir%/test-chain-bounds \
	%reldir%/test-chain-score \
	%reldir%/test-cim \
	%reldir%/test-clixml \
	%reldir%/test-cmd \
	%reldir%/test-command \
	%reldir%/test-conf \
	%reldir%/test-content \
	%reldir%/test-correlate \
	%reldir%/test-datagram \
	%reldir%/test-decode \
	%reldir%/test-decode-text \
	%reldir%/test-defrag \
	%reldir%/test-der \
	%reldir%/test-eve \
	%reldir%/test-fact \
	%reldir%/test-fan-out \
	%reldir%/test-flow \
	%reldir%/test-frame \
	%reldir%/test-gpo \
	%reldir%/test-gss \
	%reldir%/test-handle \
	%reldir%/test-http \
	%reldir%/test-http-body \
	%reldir%/test-iso8601 \
	%reldir%/test-jobfile \
	%reldir%/test-ledger \
	%reldir%/test-lolbin \
	%reldir%/test-ndr \
	%reldir%/test-normalise \
	%reldir%/test-ntlmssp \
	%reldir%/test-obfuscation \
	%reldir%/test-pattern \
	%reldir%/test-phrases \
	%reldir%/test-pipeline \
	%reldir%/test-powershell \
	%reldir%/test-pretty \
	%reldir%/test-ps-value \
	%reldir%/test-psrp \
	%reldir%/test-psrp-packed \
	%reldir%/test-redact \
	%reldir%/test-rpc \
	%reldir%/test-rpc-bind \
	%reldir%/test-rpc-iface \
	%reldir%/test-rules \
	%reldir%/test-sasec \
	%reldir%/test-schtasks \
	%reldir%/test-score \
	%reldir%/test-script \
	%reldir%/test-smb1 \
	%reldir%/test-smb2 \
	%reldir%/test-smb2-smallest \
	%reldir%/test-soap \
	%reldir%/test-status \
	%reldir%/test-svcctl \
	%reldir%/test-table \
	%reldir%/test-taskname \
	%reldir%/test-taskwords \
	%reldir%/test-taskxml \
	%reldir%/test-tcp \
	%reldir%/test-text \
	%reldir%/test-truncate \
	%reldir%/test-tsch \
	%reldir%/test-wintask \
	%reldir%/test-words \
	%reldir%/test-worker \
	%reldir%/test-wsman

if SECRETS
unit_tests += \
	%reldir%/test-kdc \
	%reldir%/test-keyring \
	%reldir%/test-keytab \
	%reldir%/test-krbmsg \
	%reldir%/test-ntlm-logon \
	%reldir%/test-rpc-seal \
	%reldir%/test-seal-kdc \
	%reldir%/test-seal-krb5 \
	%reldir%/test-seal-ntlm \
	%reldir%/test-seal-smb3 \
	%reldir%/test-seal-tls \
	%reldir%/test-secretfile \
	%reldir%/test-smb2-seal \
	%reldir%/test-tls \
	%reldir%/test-tls-session \
	%reldir%/test-vault \
	%reldir%/test-winrm \
	%reldir%/test-winrm-credssp
endif

if LZ4
unit_tests += \
	%reldir%/test-decompress \
	%reldir%/test-smb2-compress
endif

if SQLITE
unit_tests += \
	%reldir%/test-baseline \
	%reldir%/test-baseline-text \
	%reldir%/test-correlate-baseline \
	%reldir%/test-rarity
endif

if YAML
unit_tests += \
	%reldir%/test-settings
endif

EXTRA_DIST += \
	%reldir%/evedesk.h \
	%reldir%/facts.h \
	%reldir%/hex.h \
	%reldir%/judged.h \
	%reldir%/lives.h \
	%reldir%/sensor.h \
	%reldir%/lolbin-abuse.h \
	%reldir%/lolbin-lines.h \
	%reldir%/ntlmopen.h \
	%reldir%/ring.h \
	%reldir%/script-rows.h \
	%reldir%/script-run.h \
	%reldir%/secretsdir.h \
	%reldir%/usual.h
