/* ntlm-proof.h -- which account's secret an NTLM client proved to have,
 * [MS-NLMP] 3.3. */
#ifndef NTLM_PROOF_H
#define NTLM_PROOF_H

#include "secret/keyring.h"

/*
 * Tries the accounts of the keyring on the three messages of a logon; an empty
 * view stands for one that was not captured.  Returns LOGON_OPEN with the
 * ExportedSessionKey in key, which the caller wipes, and the negotiated flags
 * in *flags; else the reason there is no key.  Sets why in any case: to the
 * label of the account, or to the reason in words.
 */
enum logon_state ntlm_prove(const struct keyring *, struct view negotiate,
		    struct view challenge, struct view authenticate,
		    uint8_t key[16], uint32_t *flags, char why[MAX_REASON]);

#endif
