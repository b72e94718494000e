/*
 * ntlm-proof.h -- whose secret an NTLM client proved to have, [MS-NLMP] 3.3.
 * For the secret layer only.
 */
#ifndef NTLM_PROOF_H
#define NTLM_PROOF_H

#include "secret/keyring.h"

/*
 * The messages as ntlm_open() has them.  LOGON_OPEN: key is the
 * ExportedSessionKey, for the caller to wipe; flags are those agreed on.  why
 * is always set.
 */
enum logon_state ntlm_prove(const struct keyring *, struct view negotiate,
		    struct view challenge, struct view authenticate,
		    uint8_t key[16], uint32_t *flags, char why[MAX_REASON]);

#endif
