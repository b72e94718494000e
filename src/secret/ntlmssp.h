/* ntlmssp.h -- NTLMSSP messages, [MS-NLMP] 2.2.1, as views of their bytes. */
#ifndef NTLMSSP_H
#define NTLMSSP_H

#include "base/reader.h"

enum ntlm_type { NTLM_NONE, NTLM_NEGOTIATE, NTLM_CHALLENGE, NTLM_AUTHENTICATE };

/* NegotiateFlags, 2.2.2.5 */
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

/* AvIds, 2.2.2.1 */
enum ntlm_av { AV_EOL, AV_NB_COMPUTER, AV_NB_DOMAIN, AV_DNS_COMPUTER, AV_DNS_DOMAIN,
	AV_DNS_TREE, AV_FLAGS, AV_TIMESTAMP, AV_SINGLE_HOST, AV_TARGET_NAME, AV_BINDINGS };
#define AV_FLAG_MIC	0x2u

/* In both structs a payload that is not all there is a view whose p is NULL;
 * one of no length has a p.  Texts are UTF-16LE if flags have NTLM_UNICODE,
 * else of an OEM code page.  Views point into the message. */
struct ntlm_challenge {
	uint32_t	 flags;
	struct view	 target;	/* text: TargetName */
	struct view	 challenge;	/* 8 bytes: ServerChallenge */
	struct view	 info;		/* AV pairs: TargetInfo */
};

struct ntlm_authenticate {
	uint32_t	 flags;
	struct view	 lm, nt;	/* the responses */
	struct view	 domain, user, workstation;	/* texts */
	struct view	 key;		/* EncryptedRandomSessionKey */
	bool		 has_mic;	/* the AV flags of the response say so */
	struct view	 mic;		/* 16 bytes, at NTLM_MIC_AT of the message */
};
#define NTLM_MIC_AT	72

/* Returns what message it is, by its first 12 bytes. */
enum ntlm_type	ntlm_type(struct view message);

/* Read a message whose type the caller knows.  Return false if the fixed part
 * is not all there. */
bool		ntlm_challenge_read(struct view message, struct ntlm_challenge *);
bool		ntlm_authenticate_read(struct view message, struct ntlm_authenticate *);

/* Returns the value of the first AV pair with that id; p NULL: there is none.
 * The list may be cut. */
struct view	ntlm_av_find(struct view pairs, enum ntlm_av id);

#endif
