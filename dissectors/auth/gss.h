/*
 * gss.h -- who logs on: SPNEGO ([MS-SPNG]), NTLMSSP ([MS-NLMP]) and Kerberos
 * (RFC 4120, 4121) tokens, as SMB, DCERPC and HTTP carry them.
 */
#ifndef GSS_H
#define GSS_H

#include "engine/dissect.h"
#include "secret/secret.h"

struct gss;	/* one security context, over all its legs */

struct gss	*gss_new(struct world *, struct budget *);	/* NULL when the budget is spent */
void		 gss_free(struct gss *);	/* NULL is fine */

/* One leg, as sent: SPNEGO, raw NTLMSSP or raw Kerberos, known by content.
 * Malformed tokens keep what was read before. NULL gss is fine. */
void		 gss_token(struct gss *, enum dir, struct view);

/* Set auth.* (user, domain, workstation | realm, service; mechanism) from what
 * was seen; nothing when nothing was. */
void		 gss_auth(const struct gss *, struct fact *);
/* The same as smb.ntlmssp or smb.kerberos. */
void		 gss_smb(const struct gss *, struct fact *);
bool		 gss_known(const struct gss *);	/* did any token tell who it is? */

/* The keys that it made, if secrets were given; belongs to the gss. */
struct logon	*gss_logon(const struct gss *);
/* "CORP\\alice", "cifs/fs01.corp.example"; false when nothing told. */
#define GSS_WHO	256
bool		 gss_who(const struct gss *, char who[GSS_WHO]);
/* It is over: tell the ledger, if one is kept, what could be opened. */
void		 gss_note(const struct gss *, const struct peers *, const char *proto);

#endif
