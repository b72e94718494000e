libschedwire_a_SOURCES += \
	%reldir%/krbmsg.c \
	%reldir%/krbmsg.h \
	%reldir%/ntlmssp.c \
	%reldir%/ntlmssp.h \
	%reldir%/secret.h

if SECRETS
libschedwire_a_SOURCES += \
	%reldir%/keycache.c \
	%reldir%/keycache.h \
	%reldir%/keylog.c \
	%reldir%/keylog.h \
	%reldir%/keyring.c \
	%reldir%/keyring.h \
	%reldir%/keytab.c \
	%reldir%/keytab.h \
	%reldir%/krbcrypt.c \
	%reldir%/krbcrypt.h \
	%reldir%/krbstate.c \
	%reldir%/krbtoken.c \
	%reldir%/krbtoken.h \
	%reldir%/logon.c \
	%reldir%/logon.h \
	%reldir%/ntlm-keys.c \
	%reldir%/ntlm-keys.h \
	%reldir%/ntlm-proof.c \
	%reldir%/ntlm-proof.h \
	%reldir%/rc4token.c \
	%reldir%/seal-kdc.c \
	%reldir%/seal-krb5.c \
	%reldir%/seal-krb5.h \
	%reldir%/seal-ntlm.c \
	%reldir%/seal-ntlm.h \
	%reldir%/seal-smb3.c \
	%reldir%/seal-tls.c \
	%reldir%/secretfile.c \
	%reldir%/secretfile.h \
	%reldir%/secretset.c \
	%reldir%/secretset.h \
	%reldir%/ticket.c \
	%reldir%/ticket.h \
	%reldir%/tls-keys.c \
	%reldir%/tls-keys.h \
	%reldir%/tls-records.c \
	%reldir%/tls-records.h \
	%reldir%/vault.c \
	%reldir%/vault.h
else
libschedwire_a_SOURCES += \
	%reldir%/seal-none.c
endif
