/* seal-ntlm.h -- NTLM security contexts and session security, [MS-NLMP] 3.3, 3.4. */
#ifndef SEAL_NTLM_H
#define SEAL_NTLM_H

#include "secret/keyring.h"

struct ntlm;	/* one context; it lives in the vault */

/*
 * Finds the account whose secret the client proved to have, and makes the keys
 * of the context, [MS-NLMP] 3.3.1, 3.3.2, 3.4.5.  The messages are as for
 * logon_ntlm().  Sets *state, and why: to the label of the account, or to the
 * reason there are no keys.  Returns NULL then.
 */
struct ntlm	*ntlm_open(const struct keyring *, struct view negotiate,
		    struct view challenge, struct view authenticate,
		    enum logon_state *state, char why[MAX_REASON]);

/* Wipes and frees the context.  NULL is accepted. */
void		 ntlm_free(struct ntlm *);

/* Returns the ExportedSessionKey, 16 bytes that belong to the context. */
struct view	 ntlm_session_key(const struct ntlm *);

/* As logon_list_mic(), logon_unseal() and logon_skip(). */
void		 ntlm_list_mic(struct ntlm *, enum dir);
enum unseal	 ntlm_unseal(struct ntlm *, enum dir, const struct sealed *, uint8_t *out);
void		 ntlm_skip(struct ntlm *, enum dir, size_t body, bool clear);

#endif
