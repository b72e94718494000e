/* seal-krb5.h -- Kerberos keys and per-message tokens, RFC 4120, 4121, 4757, [MS-KILE]. */
#ifndef SEAL_KRB5_H
#define SEAL_KRB5_H

#include "secret/keyring.h"

struct krb;	/* one security context; lives in the vault */

/*
 * Open an AP-REQ's ticket with a key of the keyring or one learnt from a KDC,
 * and its authenticator with what the ticket holds.  NULL: *state and why say
 * why not; may be tried again when keyring_epoch() has moved.
 */
struct krb	*krb_open(struct keyring *, struct view ap_req,
		    enum logon_state *state, char why[MAX_REASON]);
void		 krb_free(struct krb *);		/* NULL is fine */

/* The server's AP-REP: takes its subkey.  False: it is not this context's. */
bool		 krb_ap_rep(struct krb *, struct view ap_rep);

const char	*krb_client(const struct krb *);	/* "alice"; components joined by '/' */
const char	*krb_realm(const struct krb *);
/* The acceptor's subkey, else the initiator's, else the ticket's. */
struct view	 krb_session_key(const struct krb *);

/* As logon_unseal().  Every message stands alone: losses do not matter. */
enum unseal	 krb_unseal(struct krb *, enum dir, const struct sealed *,
		    uint8_t *out, size_t *len);

#endif
