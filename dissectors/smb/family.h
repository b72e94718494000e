/*
 * family.h -- the two families of SMB messages, SMB1 and SMB2/3, as the framing
 * sees them.  A connection may speak both: an SMB1 NEGOTIATE may be answered
 * by SMB2, [MS-SMB2] 3.3.5.3.1.
 */
#ifndef FAMILY_H
#define FAMILY_H

#include "engine/dissect.h"
#include "smb/smb-request.h"

/* What one family knows of a connection; its own struct begins with this. */
struct smb_conn {
	/* The carrier's, borrowed. */
	struct world	*world;
	struct budget	*budget;
	const struct peers *peers;

	const char	*dialect;	/* "3.11"; NULL until it is known */
	unsigned int	 gaps[2];	/* how often messages may have been lost, by direction */
	struct smb_requests requests;
};

/* Lengths and offsets count from the first byte of the message's header: the
 * four bytes of NBSS are not among them. */
struct smb_ops {
	const char	*magic;		/* the bytes that may stand before "SMB" */
	size_t		 size;		/* of the family's own struct */
	const struct smb_request_ops *requests;
	void		(*init)(struct smb_conn *);	/* the family's own fields, zeroed before */
	/* As head() of struct proto_ops; x->len is set, and x->keep to the same. */
	enum head	(*head)(struct smb_conn *, enum dir, struct view first, struct extent *x);
	/* One message of len bytes, of which have holds the first. */
	void		(*message)(struct smb_conn *, enum dir, struct view have, size_t len);
	void		(*clear)(struct smb_conn *);	/* closes what is open, frees what init() made */
};

/* Makes a family's state of a connection, taken from the carrier's budget;
 * NULL when that is spent. */
struct smb_conn	*smb_conn_new(const struct smb_ops *, const struct carrier *);

/* Ends and frees it.  Requests without an answer are given up first, then all
 * that is open is closed, which may put facts to the sink.  NULL is allowed. */
void		 smb_conn_free(const struct smb_ops *, struct smb_conn *);

/* Counts a malformed message, and records it as an anomaly of that name. */
void		 smb_anomaly(const struct smb_conn *, const char *event);

#endif
