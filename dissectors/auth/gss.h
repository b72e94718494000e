/*
 * gss.h -- security tokens that tell who logs on, as SMB, DCERPC and HTTP carry
 * them: SPNEGO (RFC 4178, [MS-SPNG]), NTLMSSP ([MS-NLMP]) and Kerberos (RFC
 * 4120, 4121).
 */
#ifndef GSS_H
#define GSS_H

#include "engine/dissect.h"
#include "secret/secret.h"

struct gss;	/* one security context, over all its legs */

/* Makes a context.  Returns NULL when the budget is spent; every function below
 * accepts that, and does nothing. */
struct gss	*gss_new(struct world *, struct budget *);

/* Wipes the keys and frees the context. */
void		 gss_free(struct gss *);

/* Reads the token of one leg as it was sent: SPNEGO, raw NTLMSSP or raw
 * Kerberos, as its first bytes tell.  Of a malformed token, what stands before
 * the fault is kept. */
void		 gss_token(struct gss *, enum dir, struct view);

/* Has any token told who logs on, or by which mechanism? */
bool		 gss_known(const struct gss *);

/* Sets auth.* of a fact from what is known: the mechanism, and of NTLM user,
 * domain and workstation, of Kerberos realm, service and, if a key opened the
 * ticket, user. */
void		 gss_auth(const struct gss *, struct fact *);

/* Sets smb.ntlmssp.* or smb.kerberos.* of a fact from the same. */
void		 gss_smb(const struct gss *, struct fact *);

/* Returns the logon with the keys of the context, which belongs to the context;
 * NULL: no secrets were given. */
struct logon	*gss_logon(const struct gss *);

/* Writes who logs on: "CORP\\alice", "alice@CORP.EXAMPLE" or, if only the
 * service is known, "cifs/fs01.corp.example".  Returns false if nothing is
 * known. */
#define GSS_WHO	256
bool		 gss_who(const struct gss *, char who[GSS_WHO]);

/* Notes in the world's ledger, if it has one, whether a key opened the context,
 * and which, or why none did.  proto is "smb", "dcerpc" …  Call it at the end. */
void		 gss_note(const struct gss *, const struct peers *, const char *proto);

#endif
