/* krbtoken.h -- per-message tokens: RFC 4121 4.2, RFC 4757 7, [MS-KILE] 3.4.5.4. */
#ifndef KRBTOKEN_H
#define KRBTOKEN_H

#include "secret/krbcrypt.h"
#include "secret/secret.h"

/* The keys of a context; those that it has not are empty. */
struct krb_keys {
	struct krb_key	 ticket;	/* the session key in the ticket */
	struct krb_key	 initiator;	/* the subkey in the AP-REQ */
	struct krb_key	 acceptor;	/* the subkey in the AP-REP */
	/* What fitted last, and is tried first: */
	bool		 bare;		/* signatures do not cover before and after */
	bool		 plain;		/* the rotation is RFC 4121's, not Windows' */
};

/* As logon_unseal(). */
enum unseal	krbtoken_open(struct krb_keys *, enum dir, const struct sealed *,
		    uint8_t *out, size_t *len);

/* RFC 4757 7, for one key of etype 23: a Wrap token, a MIC.  bare as above. */
bool	rc4token_wrap(const struct krb_key *, enum dir, const struct sealed *, bool bare,
	    uint8_t *out, size_t *len);
bool	rc4token_mic(const struct krb_key *, enum dir, const struct sealed *, bool bare);

#endif
