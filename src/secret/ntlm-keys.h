/*
 * ntlm-keys.h -- from NTLM passwords to keys, [MS-NLMP] 3.3, 3.4.5: functions
 * without state.  The caller wipes what it gets.  All keys and hashes have 16
 * bytes, all text is UTF-16LE.
 */
#ifndef NTLM_KEYS_H
#define NTLM_KEYS_H

#include "base/addr.h"
#include "base/reader.h"

#define NTLM_V1_RESPONSE	24	/* bytes; a longer NT response is NTLMv2's */
#define NTLM_PROOF		16	/* bytes of NTProofStr, the first of an NTLMv2 response */

/* Changes text of len bytes to upper case in place, as Windows does. */
void	ntlm_upper(uint8_t *utf16, size_t len);

/*
 * Does the NTLMv2 response follow from this hash (3.3.2)?  Sets base to the
 * SessionBaseKey if so.  user must be in upper case.
 */
bool	ntlm_v2(const uint8_t nthash[16], struct view user, struct view domain,
	    const uint8_t challenge[8], struct view response, uint8_t base[16]);

/* The same for a NTLMv1 response (3.3.1).  client is the client's challenge of
 * extended session security, 8 bytes, or NULL without that. */
bool	ntlm_v1(const uint8_t nthash[16], const uint8_t challenge[8], const uint8_t *client,
	    const uint8_t response[NTLM_V1_RESPONSE], uint8_t base[16]);

/* Makes the LM hash of a password in UTF-8 (LMOWFv1, 3.3.1).  Returns false if
 * it has none. */
bool	ntlm_lm_hash(const char *password, uint8_t lmhash[16]);

/* Make the KeyExchangeKey of NTLMv1 (3.4.5.1), with extended session security
 * and from the LM hash.  lm is the first 8 bytes of the LM response. */
void	ntlm_exchange_ess(const uint8_t base[16], const uint8_t challenge[8],
	    const uint8_t *lm, uint8_t key[16]);
void	ntlm_exchange_lm(const uint8_t lmhash[16], const uint8_t *lm, uint8_t key[16]);

/* Make the signing and the sealing key of a direction from the
 * ExportedSessionKey, with extended session security (3.4.5.2, 3.4.5.3). */
void	ntlm_sign_key(const uint8_t exported[16], enum dir, uint8_t key[16]);
void	ntlm_seal_key(const uint8_t exported[16], uint32_t flags, enum dir, uint8_t key[16]);

/* Makes the sealing key without it (3.4.5.3).  Returns how many bytes it has. */
size_t	ntlm_seal_key_old(const uint8_t exported[16], uint32_t flags, uint8_t key[16]);

#endif
