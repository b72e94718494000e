/* ntlmssp.h -- NTLMSSP messages, [MS-NLMP] 2.2.1, as borrowed views. */
#ifndef NTLMSSP_H
#define NTLMSSP_H

#include "base/reader.h"

enum ntlm_type { NTLM_NONE, NTLM_NEGOTIATE, NTLM_CHALLENGE, NTLM_AUTHENTICATE };

/* 2.2.2.5 */
#define NTLM_UNICODE		0x00000001u
#define NTLM_SIGN		0x00000010u
#define NTLM_SEAL		0x00000020u
#define NTLM_DATAGRAM		0x00000040u
#define NTLM_LM_KEY		0x00000080u
#define NTLM_ANONYMOUS		0x00000800u
#define NTLM_ALWAYS_SIGN	0x00008000u
#define NTLM_ESS		0x00080000u	/* extended session security */
#define NTLM_NON_NT_KEY		0x00400000u
#define NTLM_128		0x20000000u
#define NTLM_KEY_EXCH		0x40000000u
#define NTLM_56			0x80000000u

/* 2.2.2.1 */
enum ntlm_av { AV_EOL, AV_NB_COMPUTER, AV_NB_DOMAIN, AV_DNS_COMPUTER, AV_DNS_DOMAIN,
	AV_DNS_TREE, AV_FLAGS, AV_TIMESTAMP, AV_SINGLE_HOST, AV_TARGET_NAME, AV_BINDINGS };
#define AV_FLAG_MIC	0x2u

struct ntlm_challenge {
	uint32_t	 flags;
	struct view	 target;	/* UTF-16LE or OEM text, by flags */
	struct view	 challenge;	/* 8 bytes */
	struct view	 info;		/* AV pairs */
};

struct ntlm_authenticate {
	uint32_t	 flags;
	struct view	 lm, nt;	/* responses */
	struct view	 domain, user, workstation;	/* UTF-16LE or OEM text, by flags */
	struct view	 key;		/* EncryptedRandomSessionKey */
	bool		 has_mic;	/* the AV flags say so */
	struct view	 mic;		/* 16 bytes; then in the message at NTLM_MIC_AT */
};
#define NTLM_MIC_AT	72

enum ntlm_type	ntlm_type(struct view message);	/* by its first 12 bytes */

/* False: too short for the fixed part.  A payload that is not all there is an
 * empty view whose p is NULL; one of no length has a p.  The caller knows the
 * type. */
bool		ntlm_challenge_read(struct view message, struct ntlm_challenge *);
bool		ntlm_authenticate_read(struct view message, struct ntlm_authenticate *);

/* The first pair with that id of a list that may lack its end; p NULL if none. */
struct view	ntlm_av_find(struct view pairs, enum ntlm_av id);

#endif
