/*
 * credssp.h -- CredSSP over HTTP ([MS-CSSP], [MS-WSMV] 2.2.9.1.3): a TLS
 * session whose records come in the fields of heads first, then in bodies.
 */
#ifndef CREDSSP_H
#define CREDSSP_H

#include "engine/dissect.h"

struct credssp;

struct credssp	*credssp_new(struct world *, struct budget *);	/* NULL: budget spent */
void		 credssp_free(struct credssp *);	/* as all below, accepts NULL */

/* One leg of the logon, as it was sent. */
void		 credssp_token(struct credssp *, enum dir, struct view);
/* Does the client begin another logon with this one? */
bool		 credssp_begins(const struct credssp *, struct view token);

/* What these records seal, behind what is there of it.  False: not all of it
 * could be opened, and what was added means nothing. */
bool		 credssp_unseal(struct credssp *, enum dir, struct view records, struct buf *clear);

/* Set auth.* from what was opened of the logon; the mechanism is the one inside. */
void		 credssp_auth(const struct credssp *, struct fact *);
/* It is over: tell the ledger, if one is kept. */
void		 credssp_note(const struct credssp *, const struct peers *);

#endif
