/*
 * smb2-seal.h -- encrypted messages, which begin with a TRANSFORM_HEADER,
 * [MS-SMB2] 2.2.41 and 3.1.4.3.
 */
#ifndef SMB2_SEAL_H
#define SMB2_SEAL_H

#include "secret/secret.h"
#include "smb/smb2-message.h"

#define SMB2_MAX_PEEK	(SMB3_TRANSFORM + 2048)	/* bytes from which a long message is judged */

/* The first bytes of a long message, opened but not proven: the tag that proves
 * them is that of the whole message.  They may only be used to pass over it. */
struct smb2_peek {
	uint8_t		 clear[SMB2_MAX_PEEK - SMB3_TRANSFORM];
	struct view	 first;		/* those that are there, in clear[]; p NULL: there is nothing to judge */
};

/*
 * As head() of struct smb_ops, for a message of x->len bytes.  Returns
 * HEAD_MORE, or HEAD_PDU with x->keep set: all, or the header alone if no key
 * fits.  Where the message is long and first holds enough of it, *peek gets its
 * first bytes as well.
 */
enum head	 smb2_seal_head(struct smb2_conn *, enum dir, struct view first,
		    struct extent *x, struct smb2_peek *);

/*
 * Decrypts a message of len bytes, of which m was captured, from its
 * TRANSFORM_HEADER on.  Returns the plaintext, m.len - SMB3_TRANSFORM bytes,
 * which the caller frees with budget_free().  Returns NULL, which is counted,
 * if the message names no known session, was not captured whole, or is not
 * decrypted by its keys.
 */
uint8_t		*smb2_seal_open(struct smb2_conn *, enum dir, struct view m, size_t len);

/* Returns whether a message names a session.  impacket's last LOGOFF does
 * not. */
bool		 smb2_seal_named(struct view m);

#endif
