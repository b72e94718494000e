/*
 * ledger.h -- for --check-secrets: which sessions could be opened with which
 * secret, and why the others could not.  Names and reasons only, no keys.
 */
#ifndef LEDGER_H
#define LEDGER_H

#include <stdio.h>

#include "base/addr.h"

struct ledger;

struct ledger	*ledger_new(void);		/* NULL: no memory */
void		 ledger_free(struct ledger *);	/* NULL is fine */

/*
 * A session has ended.  proto: "smb", "dcerpc", never freed; who: the account or service,
 * as sent, NULL where not seen; reason: as logon_reason().  Sessions that
 * differ in the client's port alone share a row.  NULL ledger is fine.
 */
void		 ledger_note(struct ledger *, const struct peers *, const char *proto,
		    const char *who, bool opened, const char *reason);
/* As a table, opened ones first; bytes from the wire are shown as text. */
void		 ledger_print(const struct ledger *, FILE *);

#endif
