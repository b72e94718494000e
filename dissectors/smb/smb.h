/*
 * smb.h -- what the NBSS framing, the two families of SMB messages and their
 * opens share.  nbss.c knows the families only as rows of struct smb_ops.
 */
#ifndef SMB_H
#define SMB_H

#include "engine/dissect.h"
#include "smb/ntstatus.h"

struct gss;

/* A family of messages.  Lengths and offsets count from the magic: the NBSS
 * header is not in them. */
struct smb_ops {
	const char	*magic;		/* the bytes that may stand before "SMB" */
	void		*(*conn_new)(const struct carrier *);
	/* As proto_ops: x->len is set, x->keep preset to it. */
	enum head	(*head)(void *conn, enum dir, struct view first, struct extent *);
	void		(*message)(void *conn, enum dir, struct view have, size_t len);
	void		(*gap)(void *conn, enum dir);
	void		(*conn_free)(void *conn);	/* NULL is fine */
};
extern const struct smb_ops smb1_ops, smb2_ops;

/* The framing that both families stand in. */
extern const struct proto_ops nbss_proto;

#define SMB_SMALL	(64u << 10)	/* messages up to this are kept whole, bulk data apart */
#define SMB_PEEK	64		/* payload bytes from which an open decides */

/* The session that a fact belongs to; 0 and NULL are "not known". */
struct smb_logon {
	const char	*dialect;
	uint64_t	 session_id;
	uint32_t	 tree_id;
	const struct gss *gss;
	const char	*user, *domain;		/* of SMB1's logon without tokens */
};
void	 smb_describe(const struct smb_logon *, struct fact *);

struct handle;

/* The data that a READ or WRITE says it carries. */
struct smb_payload {
	size_t		 at, len;	/* in the message */
	uint64_t	 offset;	/* in the file */
};
/* Those that were captured; what goes beyond the message's len bytes is cut off d. */
struct view smb_bytes(struct view message, size_t len, struct smb_payload *d);
/* How much of the message is wanted, by the payload's first bytes: as smb_ops.head(). */
enum head smb_bulk(struct extent *, struct view message, struct smb_payload *,
	    struct handle *, enum dir);

/* A name as UTF-8, cut at its first NUL; NULL when the budget is spent. */
char	*smb_text(struct budget *, struct view, bool utf16);
bool	 smb_is_ipc(const char *share);		/* "\\\\FS01\\IPC$"; NULL is fine */

#endif
