/* ntlm.h -- both ends of an NTLMv2 logon, made up, and what they seal: [MS-NLMP] 3.3.2, 3.4. */
#ifndef NTLM_H
#define NTLM_H

#include <nettle/arcfour.h>

#include "wire.h"

#define NTLM_DOMAIN	"BENCH"
#define NTLM_USER	"bench"
#define NTLM_PASSWORD	"Bench#2026"

#define NTLM_TOKEN	16

struct ntlm {
	struct msg	 negotiate, challenge, authenticate;
	uint8_t		 key[16];		/* ExportedSessionKey */
	struct ntlm_side {
		uint8_t			 sign[16];
		struct arcfour_ctx	 rc4;
		uint32_t		 seq;
	}		 side[2];		/* client's, server's */
};

void	ntlm_init(struct ntlm *);
void	ntlm_free(struct ntlm *);
void	ntlm_logon(struct ntlm *, struct wire *);	/* another one each time */
/* m is a PDU that lacks but its token: body bytes of it from "at" are sealed,
 * all of it is signed. */
void	ntlm_seal(struct ntlm *, bool server, struct msg *m, size_t at, size_t body);

#endif
