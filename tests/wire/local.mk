EXTRA_DIST += \
	%reldir%/frame.h \
	%reldir%/http.h \
	%reldir%/keytab.h \
	%reldir%/krb-make.h \
	%reldir%/krb.h \
	%reldir%/ntlm.h \
	%reldir%/psrp.h \
	%reldir%/rpc.h \
	%reldir%/smb.h \
	%reldir%/smb2.h \
	%reldir%/soap.h \
	%reldir%/stub.h \
	%reldir%/tls-make.h \
	%reldir%/tls.h \
	%reldir%/toy.h \
	%reldir%/wsman.h
