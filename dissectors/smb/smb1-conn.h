/*
 * smb1-conn.h -- what is known of an SMB1 connection: its users, what is open
 * and which answers are awaited, [MS-CIFS] 3.3.1.
 */
#ifndef SMB1_CONN_H
#define SMB1_CONN_H

#include "smb/family.h"

#define SMB1_NO_FID	0xffff		/* in a chain: what the command before it opened, 2.2.3.4 */

struct smb1_user {
	TAILQ_ENTRY(smb1_user) age;
	uint16_t	 uid;
	struct gss	*gss;		/* of a logon with tokens; else NULL */
	char		*user, *domain;	/* of a logon without tokens; else NULL */
};

struct smb1_conn {
	struct smb_conn	 smb;
	struct smb_opens opens;
	TAILQ_HEAD(, smb1_user) users;	/* oldest first */
	size_t		 n_users;
};

/* A message whose answer is awaited, with what its commands ask for.  Its key
 * is that of its struct smb1_message. */
struct smb1_request {
	struct smb_request r;
	uint16_t	 uid, fid;
	uint16_t	 function;	/* of a TRANSACTION or TRANS2 */
	size_t		 sent, got;	/* bytes of a TRANSACTION's data in either direction, so far */
	char		*to;		/* RENAME: the new path */
	struct gss	*gss;		/* of a SESSION_SETUP that has no UID yet */
	char		*user, *domain;	/* the same, for a logon without tokens */
};
extern const struct smb_request_ops smb1_request_ops;

/* init() and clear() of struct smb_ops, for a struct smb1_conn. */
void		 smb1_conn_init(struct smb_conn *);
void		 smb1_conn_clear(struct smb_conn *);

/* Returns the user of that UID; NULL if there is none. */
struct smb1_user *smb1_user_find(const struct smb1_conn *, uint16_t uid);

/* The same, but adds one if there is none; NULL when the budget is spent.  The
 * oldest user makes way when there are MAX_SMB_TREES. */
struct smb1_user *smb1_user_get(struct smb1_conn *, uint16_t uid);

/* A user has logged off: closes what is open for it and forgets it. */
void		 smb1_user_drop(struct smb1_conn *, uint16_t uid);

/* Returns the open of that FID; NULL if there is none. */
struct smb_open	*smb1_open_find(struct smb1_conn *, uint16_t fid);

/* Adds an open for a user, with a path in the share of that TID; it has no FID yet.
 * Returns NULL when the budget is spent. */
struct smb_open	*smb1_open_new(struct smb1_conn *, uint16_t tid, uint16_t uid, const char *path);

/* Returns the open of that FID, and adds one that was opened before the capture
 * began if there is none; NULL when the budget is spent. */
struct smb_open	*smb1_open_get(struct smb1_conn *, uint16_t fid, uint16_t tid, uint16_t uid,
		    bool pipe);

/*
 * Notes that a request names a FID, or SMB1_NO_FID in a chain, and returns what
 * is open under it; NULL if that is not known.  make: adds one that was opened
 * before the capture began, and pipe: which can only be a pipe.
 */
struct smb_open	*smb1_request_open(struct smb1_conn *, struct smb1_request *, uint16_t fid,
		    bool make, bool pipe);

/* Gives an open its FID, as smb_open_name() does. */
void		 smb1_open_name(struct smb_open *, uint16_t fid);

#endif
