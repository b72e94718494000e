EXTRA_DIST += \
	%reldir%/framewire.h \
	%reldir%/httptalk.h \
	%reldir%/keytabs.h \
	%reldir%/krbmake.h \
	%reldir%/krbwire.h \
	%reldir%/ntlmwire.h \
	%reldir%/psrptalk.h \
	%reldir%/rpcwire.h \
	%reldir%/smbwire.h \
	%reldir%/soapwire.h \
	%reldir%/stub.h \
	%reldir%/tlsmake.h \
	%reldir%/tlswire.h \
	%reldir%/toy.h \
	%reldir%/wsmanbench.h
