/*
 * credssp.h -- CredSSP over HTTP ([MS-CSSP], [MS-WSMV] 2.2.9.1.3): a TLS
 * session whose records come in header fields during the logon, then in bodies.
 */
#ifndef CREDSSP_H
#define CREDSSP_H

#include "engine/dissect.h"

struct credssp;

/* Makes the state of one logon and the session it opens.  Returns NULL when the
 * budget is spent; the functions below accept that, and do nothing. */
struct credssp	*credssp_new(struct world *, struct budget *);
void		 credssp_free(struct credssp *);

/* Reads the token of one leg of the logon, decoded from base64. */
void		 credssp_token(struct credssp *, enum dir, struct view token);

/* Does the client begin another logon with this token? */
bool		 credssp_begins(const struct credssp *, struct view token);

/* Opens a part of a body, TLS records, and appends the cleartext to clear.
 * Returns false if not all could be opened; what was appended is then no whole
 * message. */
bool		 credssp_unseal(struct credssp *, enum dir, struct view records, struct buf *clear);

/* Sets auth.* of the fact from the NTLM or Kerberos logon inside, as far as it
 * was opened; auth.mechanism is that of the logon inside. */
void		 credssp_auth(const struct credssp *, struct fact *);

/* Notes in the world's ledger, if it has one, what opened the session, or why
 * nothing did.  Call it once, at its end. */
void		 credssp_note(const struct credssp *, const struct peers *);

#endif
