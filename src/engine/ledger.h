/*
 * ledger.h -- for --check-secrets: records which sessions could be decrypted
 * with which secret, and why others could not.  It keeps no keys.
 */
#ifndef LEDGER_H
#define LEDGER_H

#include <stdio.h>

#include "base/addr.h"

struct ledger;

/* Makes an empty ledger; free it with ledger_free().  Returns NULL when there
 * is no memory. */
struct ledger	*ledger_new(void);

/* Frees the ledger.  NULL is allowed. */
void		 ledger_free(struct ledger *);

/*
 * Records a session that has ended.  proto ("smb", "dcerpc") is borrowed and
 * must outlive the ledger.  who is the account or service as sent, UTF-8, or
 * NULL if not seen; reason is as from logon_reason(); both are copied.
 * Sessions that differ in the client's port only are counted together.  Beyond
 * MAX_LEDGER_ROWS they are only counted.  A NULL ledger is allowed.
 */
void		 ledger_note(struct ledger *, const struct peers *, const char *proto,
		    const char *who, bool opened, const char *reason);

/* Prints the ledger as a table, decrypted sessions first; bytes that are not
 * printable text are escaped as \xHH. */
void		 ledger_print(const struct ledger *, FILE *);

#endif
