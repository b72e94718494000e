/*
 * smb.h -- what the messages of SMB1 and SMB2 have in common: names, the data
 * of a READ or WRITE, and how a session is described.
 */
#ifndef SMB_H
#define SMB_H

#include "engine/dissect.h"

struct gss;
struct handle;

#define SMB_SMALL	(64u << 10)	/* bytes; messages up to this are kept whole, but for bulk data */
#define SMB_PEEK	64		/* bytes of a payload from which a handle decides whether it is wanted */

/* The session and tree that a fact belongs to; 0 and NULL mean "not known". */
struct smb_logon {
	const char	*dialect;	/* "3.11", "NT LM 0.12" */
	uint64_t	 session_id;	/* SessionId, or UID */
	uint32_t	 tree_id;	/* TreeId, or TID */
	const struct gss *gss;		/* the logon that made the session */
	const char	*user, *domain;	/* of SMB1's logon without tokens, [MS-CIFS] 2.2.4.53.1 */
};

/* Sets a fact's smb.* fields, and its auth.* fields unless an RPC logon has set
 * them.  The fact takes copies. */
void	 smb_describe(const struct smb_logon *, struct fact *);

/* The data that a READ's answer or a WRITE says it carries. */
struct smb_payload {
	size_t		 at, len;	/* where in the message, counted from its header */
	uint64_t	 offset;	/* where in the file */
};

/*
 * Returns those bytes of the payload that were captured, a view into message,
 * which is what was captured of a message of len bytes.  Cuts off of the
 * payload what would lie behind the end of the message.
 */
struct view smb_bytes(struct view message, size_t len, struct smb_payload *);

/* Gives a handle (NULL: nobody) the payload of a message, as handle_data() takes it. */
void	 smb_data(struct handle *, enum dir, struct view message, size_t len, struct smb_payload *);

/*
 * Says how much is wanted of a message of x->len bytes that carries a payload of
 * that handle (NULL: nobody's), as the head() of struct smb_ops does: HEAD_MORE
 * until the first SMB_PEEK bytes of the payload are there, then HEAD_PDU with
 * x->keep set.
 */
enum head smb_bulk(struct extent *x, struct view message, struct smb_payload *,
	    struct handle *, enum dir);

/* Returns a name as UTF-8 up to its first NUL, taken from the budget and owned
 * by the caller; NULL when the budget is spent.  utf16: it is UTF-16LE, else it
 * is taken as it is. */
char	*smb_text(struct budget *, struct view, bool utf16);

#endif
