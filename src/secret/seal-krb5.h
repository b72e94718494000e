/* seal-krb5.h -- Kerberos security contexts, RFC 4120, 4121, 4757, [MS-KILE]. */
#ifndef SEAL_KRB5_H
#define SEAL_KRB5_H

#include "secret/keyring.h"

struct krb;	/* one context; it lives in the vault */

/*
 * Opens the ticket of an AP-REQ with a key of the keyring, or one learnt from a
 * KDC, and its authenticator with the session key in the ticket.  Sets why to
 * the label of the key.  Returns NULL if it cannot, with *state and why saying
 * why; it may be tried again when keyring_epoch() has changed.
 */
struct krb	*krb_open(struct keyring *, struct view ap_req,
		    enum logon_state *state, char why[MAX_REASON]);

/* Wipes and frees the context.  NULL is accepted. */
void		 krb_free(struct krb *);

/* Takes the subkey in the server's AP-REP.  Returns false if the AP-REP is not
 * of this context. */
bool		 krb_ap_rep(struct krb *, struct view ap_rep);

/* Return the client's name ("alice", its components joined by '/') and realm,
 * as printable UTF-8.  They belong to the context. */
const char	*krb_client(const struct krb *);
const char	*krb_realm(const struct krb *);

/* Returns the acceptor's subkey, or else the initiator's, or else the session
 * key of the ticket.  It belongs to the context. */
struct view	 krb_session_key(const struct krb *);

/* As logon_unseal().  Messages stand alone: losses do not matter. */
enum unseal	 krb_unseal(struct krb *, enum dir, const struct sealed *,
		    uint8_t *out, size_t *len);

#endif
