/*
 * ntlm-keys.h -- from passwords to keys, [MS-NLMP] 3.3, 3.4.5: sums, no state.
 * For the secret layer only; who calls wipes what he gets.
 */
#ifndef NTLM_KEYS_H
#define NTLM_KEYS_H

#include "base/addr.h"
#include "base/reader.h"

#define NTLM_V1_RESPONSE	24	/* an NT response that is longer is NTLMv2 */
#define NTLM_PROOF		16	/* NTProofStr, the first part of that */

/* Upper case of UTF-16LE text, in place, as Windows sees it. */
void	ntlm_upper(uint8_t *utf16, size_t len);

/*
 * 3.3.2: does response follow from this hash?  Then base is the
 * SessionBaseKey.  user is in upper case.
 */
bool	ntlm_v2(const uint8_t nthash[16], struct view user, struct view domain,
	    const uint8_t challenge[8], struct view response, uint8_t base[16]);

/* 3.3.1, the same; client is what extended session security adds to the
 * challenge, else NULL. */
bool	ntlm_v1(const uint8_t nthash[16], const uint8_t challenge[8], const uint8_t *client,
	    const uint8_t response[NTLM_V1_RESPONSE], uint8_t base[16]);

/* 3.3.1, LMOWFv1.  False: no LM hash comes of this password. */
bool	ntlm_lm_hash(const char *password, uint8_t lmhash[16]);

/* 3.4.5.1, KeyExchangeKeys of NTLMv1; lm is the LM response, 8 bytes of it. */
void	ntlm_exchange_ess(const uint8_t base[16], const uint8_t challenge[8],
	    const uint8_t *lm, uint8_t key[16]);
void	ntlm_exchange_lm(const uint8_t lmhash[16], const uint8_t *lm, uint8_t key[16]);

/* 3.4.5.2, 3.4.5.3, with extended session security. */
void	ntlm_sign_key(const uint8_t exported[16], enum dir, uint8_t key[16]);
void	ntlm_seal_key(const uint8_t exported[16], uint32_t flags, enum dir, uint8_t key[16]);
/* Without; returns the key's length. */
size_t	ntlm_seal_key_old(const uint8_t exported[16], uint32_t flags, uint8_t key[16]);

#endif
