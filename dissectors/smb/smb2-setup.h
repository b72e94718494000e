/* smb2-setup.h -- an exchange of SESSION_SETUP messages, which makes a logon, [MS-SMB2] 3.3.5.5. */
#ifndef SMB2_SETUP_H
#define SMB2_SETUP_H

#include "smb/smb2-conn.h"

struct smb2_setup {
	struct gss	*gss;		/* the tokens; owned */
	bool		 binding;	/* a further channel of a session, 3.2.4.1.7, which makes no keys */
	bool		 hashed;	/* preauth is the hash of all messages so far */
	uint8_t		 preauth[64];
};

/* Begins an exchange on a connection, with the hash of its negotiation.  It is
 * taken from the world's budget, for a session outlives its connection.  Returns
 * NULL when that is spent. */
struct smb2_setup *smb2_setup_new(const struct smb2_conn *);

/* Adds a message of len bytes to the hash, 3.2.5.3; m is what was captured of it. */
void		 smb2_setup_hash(struct smb2_setup *, struct view m, size_t len);

void		 smb2_setup_free(struct smb2_setup *);		/* NULL is allowed */

#endif
