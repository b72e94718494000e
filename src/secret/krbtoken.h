/* krbtoken.h -- per-message tokens: RFC 4121 4.2, RFC 4757 7, [MS-KILE] 3.4.5.4. */
#ifndef KRBTOKEN_H
#define KRBTOKEN_H

#include "secret/krbcrypt.h"
#include "secret/secret.h"

/* The keys of a security context; those it does not have are empty. */
struct krb_keys {
	struct krb_key	 ticket;	/* the session key in the ticket */
	struct krb_key	 initiator;	/* the subkey in the AP-REQ */
	struct krb_key	 acceptor;	/* the subkey in the AP-REP */
	/* What the last token had, and is tried first: */
	bool		 bare;		/* signatures do not cover before and after */
	bool		 plain;		/* rotated as in RFC 4121, not as Windows does */
};

/* Decrypts or checks one message of a direction, as logon_unseal() does.  Each
 * token stands alone, so that missing ones do not matter. */
enum unseal	krbtoken_open(struct krb_keys *, enum dir, const struct sealed *,
		    uint8_t *out, size_t *len);

/* Decrypt a Wrap token and check a MIC token of a direction with one key of
 * encryption type 23, RFC 4757 7.  bare is as in struct krb_keys; out, which
 * has room for body.len bytes, and len are as for logon_unseal().  Return false
 * if the checksum does not fit. */
bool	rc4token_wrap(const struct krb_key *, enum dir, const struct sealed *, bool bare,
	    uint8_t *out, size_t *len);
bool	rc4token_mic(const struct krb_key *, enum dir, const struct sealed *, bool bare);

#endif
