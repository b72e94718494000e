/* krb.h -- both ends of a Kerberos logon in DCE style, made up, and what they
 * seal: RFC 4120, RFC 4121, [MS-KILE] 3.4.5.  AES-256 all over. */
#ifndef KRB_H
#define KRB_H

#include "wire.h"

#define KRB_REALM	"BENCH.EXAMPLE"
#define KRB_USER	"bench"

#define KRB_KEY		32
#define KRB_TOKEN	76

struct krb {
	struct msg	 ap_req, ap_rep, third;
	uint8_t		 subkey[KRB_KEY];	/* the acceptor's */
	uint64_t	 seq[2];		/* client's, server's */
};

void	krb_init(struct krb *);
void	krb_free(struct krb *);
/* As the client of host/"host", whose key it makes up and adds to the keytab. */
void	krb_logon(struct krb *, struct wire *, const char *host, struct msg *keytab);
void	krb_keytab_begin(struct msg *);
/* m is a PDU that lacks but its token: body bytes of it from "at" are sealed,
 * all of it is signed. */
void	krb_seal(struct krb *, bool server, struct msg *m, size_t at, size_t body);

#endif
