/* seal-ntlm.h -- NTLM session keys and session security, [MS-NLMP] 3.3, 3.4. */
#ifndef SEAL_NTLM_H
#define SEAL_NTLM_H

#include "secret/keyring.h"

struct ntlm;	/* one security context; lives in the vault */

/*
 * Find the account whose secret the client proved to have, and make the
 * context's keys.  NULL: *state and why say why there are none.  On success
 * why names the secret.  [MS-NLMP] 3.3.1, 3.3.2, 3.4.5.
 */
struct ntlm	*ntlm_open(const struct keyring *, struct view negotiate,
		    struct view challenge, struct view authenticate,
		    enum logon_state *state, char why[MAX_REASON]);
void		 ntlm_free(struct ntlm *);		/* NULL is fine */

/* ExportedSessionKey: 16 bytes, alive as long as the context. */
struct view	 ntlm_session_key(const struct ntlm *);

/* As logon_list_mic(), logon_unseal(), logon_skip(). */
void		 ntlm_list_mic(struct ntlm *, enum dir);
enum unseal	 ntlm_unseal(struct ntlm *, enum dir, const struct sealed *, uint8_t *out);
void		 ntlm_skip(struct ntlm *, enum dir, size_t body, bool clear);

#endif
