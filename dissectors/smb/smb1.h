/*
 * smb1.h -- what the three parts of SMB1 share: smb1.c reads messages and
 * matches answers, smb1_command.c knows what each command means,
 * smb1_state.c owns a connection's users, trees and opens.
 */
#ifndef SMB1_H
#define SMB1_H

#include <sys/tree.h>

#include "smb/closed-files.h"
#include "smb/handle.h"
#include "smb/smb.h"

#define SMB1_HEADER	32		/* 2.2.3.1 */
#define SMB1_NO_FID	0xffff		/* in a chain: what the command before it opened */

enum {
	SMB1_DELETE = 0x06, SMB1_RENAME = 0x07, SMB1_CLOSE = 0x04, SMB1_READ = 0x0a, SMB1_WRITE = 0x0b,
	SMB1_TRANSACTION = 0x25, SMB1_SECONDARY = 0x26, SMB1_WRITE_CLOSE = 0x2c, SMB1_OPEN_ANDX = 0x2d,
	SMB1_READ_ANDX = 0x2e, SMB1_WRITE_ANDX = 0x2f, SMB1_TRANS2 = 0x32, SMB1_TREE_DISCONNECT = 0x71,
	SMB1_NEGOTIATE = 0x72, SMB1_SESSION_SETUP = 0x73, SMB1_LOGOFF = 0x74, SMB1_TREE_CONNECT = 0x75,
	SMB1_NT_CREATE = 0xa2
};

struct smb1_conn;
struct smb1_req;

struct smb1_open {
	RB_ENTRY(smb1_open) by_fid;
	TAILQ_ENTRY(smb1_open) age;
	struct smb1_conn *conn;
	struct smb1_req	*req;		/* what opens it is not answered yet; else NULL */
	bool		 named;		/* fid is known */
	uint16_t	 fid, tid, uid;
	unsigned int	 gaps[2];	/* of the connection's, told to the open */
	struct handle	*open;
};
RB_HEAD(smb1_opens, smb1_open);

struct smb1_user {
	TAILQ_ENTRY(smb1_user) age;
	uint16_t	 uid;
	struct gss	*gss;
	char		*user, *domain;	/* of a logon without tokens */
};

struct smb1_tree {
	TAILQ_ENTRY(smb1_tree) age;
	uint16_t	 tid;
	char		*share;
	bool		 pipe;
};

struct smb1_conn {
	struct carrier	 c;
	const char	*dialect;
	unsigned int	 gaps[2];
	struct closed_files closed;
	TAILQ_HEAD(, smb1_user) users;		/* oldest first, all of these */
	TAILQ_HEAD(, smb1_tree) trees;
	TAILQ_HEAD(, smb1_open) open_ages;
	struct smb1_opens opens;
	RB_HEAD(smb1_reqs, smb1_req) reqs;
	TAILQ_HEAD(, smb1_req) req_ages;
	size_t		 n_users, n_trees, n_opens, n_reqs;
};

/* ---- smb1_state.c ---- */

void		 smb1_state_init(struct smb1_conn *);
void		 smb1_state_free(struct smb1_conn *);	/* tells what is open */

struct smb1_user *smb1_user_find(struct smb1_conn *, uint16_t uid);
struct smb1_user *smb1_user_get(struct smb1_conn *, uint16_t uid);	/* or make it; NULL: budget */
void		 smb1_user_drop(struct smb1_conn *, uint16_t uid);

void		 smb1_tree_put(struct smb1_conn *, uint16_t tid, const char *share, bool pipe);
void		 smb1_tree_drop(struct smb1_conn *, uint16_t tid);	/* and its opens */

/* name NULL: how it was opened was not seen. */
struct smb1_open *smb1_open_new(struct smb1_conn *, uint16_t tid, uint16_t uid,
		    const char *name, bool pipe);
void		 smb1_open_name(struct smb1_open *, uint16_t fid);
struct smb1_open *smb1_open_find(struct smb1_conn *, uint16_t fid);
void		 smb1_open_drop(struct smb1_open *);		/* told, and gone; NULL is fine */

/* ---- smb1.c ---- */

void		 smb1_req_forget(struct smb1_req *);		/* its open is gone */

/* ---- smb1_command.c ---- */

/* A message whose answer is awaited, with whatever its commands ask for. */
struct smb1_req {
	RB_ENTRY(smb1_req) by_key;
	TAILQ_ENTRY(smb1_req) age;
	uint64_t	 key;
	uint8_t		 command;
	uint16_t	 tid, uid, fid;
	bool		 reads;		/* READ of fid */
	uint64_t	 offset;
	bool		 deletes;	/* file */
	uint16_t	 function;	/* TRANSACTION, TRANS2 */
	size_t		 sent, got;	/* data bytes of either side, so far */
	char		*path;		/* TREE_CONNECT, DELETE, RENAME */
	char		*to;		/* RENAME */
	struct gss	*gss;		/* SESSION_SETUP that has no UID yet */
	char		*user, *domain;
	struct smb1_open *open;		/* what is being opened */
};

struct smb1_message {
	struct view	 v;		/* from its header, what was captured */
	size_t		 len;
	uint8_t		 command;
	uint32_t	 status;
	bool		 reply, unicode;
	uint16_t	 tid, uid;
	uint64_t	 key;
};

/* One command of a chain. */
struct smb1_block {
	const struct smb1_message *m;
	uint8_t		 command, n;	/* n words */
	uint32_t	 status;
	struct reader	 words;
	struct reader	 bytes;
	size_t		 bytes_at;	/* from the message's header */
};

struct smb1_command {
	uint8_t		 code;
	bool		 andx;
	void		(*request)(struct smb1_conn *, struct smb1_block *, struct smb1_req *);
	void		(*answer)(struct smb1_conn *, struct smb1_block *, struct smb1_req *);
};
const struct smb1_command *smb1_command(uint8_t code);	/* NULL: nothing is learnt from it */

/* 2.2.4.34: the rest of the data of a TRANSACTION that is already here. */
void		 smb1_secondary(struct smb1_conn *, struct smb1_block *, struct smb1_req *);
/* The answer to a TRANSACTION, or a part of it: returns whether more follow. */
bool		 smb1_pipe_answered(struct smb1_conn *, struct smb1_block *, struct smb1_req *);

bool		 smb1_write_payload(const struct smb1_block *, struct smb_payload *, uint16_t *fid);
bool		 smb1_read_payload(const struct smb1_block *, struct smb_payload *);

#endif
