/*
 * smb2.h -- what the parts of SMB2 share: smb2.c reads messages and matches
 * answers, smb2_seal.c opens those that are encrypted, smb2_logon.c sets up
 * dialects, logons and their keys, smb2_command.c knows what each command
 * means, smb2_session.c owns sessions, their trees and their opens.
 */
#ifndef SMB2_H
#define SMB2_H

#include <sys/tree.h>

#include "smb/closed-files.h"
#include "smb/handle.h"
#include "secret/secret.h"
#include "smb/smb.h"

#define SMB2_HEADER	64		/* 2.2.1 */
#define SMB2_FILEID	16

#define SMB2_FLAG_RESPONSE	0x01
#define SMB2_FLAG_ASYNC		0x02
#define SMB2_FLAG_RELATED	0x04

enum {
	SMB2_NEGOTIATE, SMB2_SESSION_SETUP, SMB2_LOGOFF, SMB2_TREE_CONNECT,
	SMB2_TREE_DISCONNECT, SMB2_CREATE, SMB2_CLOSE, SMB2_FLUSH, SMB2_READ,
	SMB2_WRITE, SMB2_LOCK, SMB2_IOCTL, SMB2_CANCEL, SMB2_ECHO,
	SMB2_QUERY_DIRECTORY, SMB2_CHANGE_NOTIFY, SMB2_QUERY_INFO, SMB2_SET_INFO,
	SMB2_LAST_COMMAND = 0x13
};

#define FSCTL_PIPE_TRANSCEIVE 0x0011c017u

struct smb2_conn;
struct smb2_part;
struct smb2_req;
struct smb2_session;

struct smb2_open {
	RB_ENTRY(smb2_open) by_id;
	TAILQ_ENTRY(smb2_open) age;
	struct smb2_session *session;
	struct smb2_req	*req;		/* the CREATE that is not answered yet; else NULL */
	bool		 named;		/* id is known */
	uint8_t		 id[SMB2_FILEID];
	uint32_t	 tree;
	unsigned int	 gaps[2];	/* of the session's, told to the open */
	struct handle	*open;
};
RB_HEAD(smb2_opens, smb2_open);

struct smb2_tree {
	RB_ENTRY(smb2_tree) by_id;
	TAILQ_ENTRY(smb2_tree) age;
	uint32_t	 id;
	char		*share;
	bool		 pipe;
};
RB_HEAD(smb2_trees, smb2_tree);

/* One connection's use of a session: multichannel has several. */
struct smb2_link {
	RB_ENTRY(smb2_link) by_id;
	LIST_ENTRY(smb2_link) peer;
	struct smb2_conn *conn;
	struct smb2_session *session;
	uint64_t	 id;		/* the session's */
	unsigned int	 gaps[2];	/* of the connection's, told to the session */
};
RB_HEAD(smb2_links, smb2_link);

/* A SESSION_SETUP exchange. */
struct smb2_setup {
	struct gss	*gss;
	bool		 binding;	/* a further channel of a session, 3.2.4.1.7: makes no keys of it */
	bool		 hashed;	/* preauth holds all up to here */
	uint8_t		 preauth[64];
};

struct smb2_session {
	RB_ENTRY(smb2_session) by_key;
	TAILQ_ENTRY(smb2_session) age;
	struct addr	 client, server;
	uint64_t	 id;
	struct world	*world;
	struct budget	 budget;	/* outlives any connection */
	uint8_t		 guid[16];	/* the server's; zeros: not seen */
	const char	*dialect;
	struct gss	*gss;		/* whose session it is */
	struct smb2_setup *next;	/* a logon in progress */
	struct smb3_terms terms;	/* dialect 0: the logon that makes the keys was not seen */
	struct smb3	*keys;		/* NULL: none, or not yet */
	bool		 opened;	/* they fitted */
	bool		 sealed;	/* something that they did not open */
	struct peers	 peers;		/* of its first connection */
	struct smb2_trees trees;
	TAILQ_HEAD(, smb2_tree) tree_ages;
	struct smb2_opens opens;
	TAILQ_HEAD(, smb2_open) open_ages;	/* those without an id, too */
	LIST_HEAD(, smb2_link) links;
	size_t		 n_trees, n_opens;
	unsigned int	 gaps[2];
	struct closed_files closed;
};

struct smb2_conn {
	struct carrier	 c;
	const char	*dialect;
	uint16_t	 revision, cipher;	/* 2.2.4, 2.2.4.1.2; 0: not seen */
	uint8_t		 guid[16];	/* the server's */
	uint8_t		 preauth[64];
	bool		 hashed;	/* preauth holds the whole negotiation, 3.1.1 */
	bool		 unsealed;	/* the message at hand was encrypted */
	bool		 unwanted[2];	/* the coming message was: nobody wants what is in it */
	uint64_t	 unwanted_mid;
	uint64_t	 stranger;	/* a session that seals, whose logon was not seen */
	unsigned int	 gaps[2];
	struct smb2_links links;
	RB_HEAD(smb2_reqs, smb2_req) reqs;
	TAILQ_HEAD(, smb2_req) req_ages;
	size_t		 n_reqs;
};

/* ---- smb2_session.c ---- */

/* The session of a message; made when it was never heard of.  NULL for id 0,
 * or when the budget is spent. */
struct smb2_session *smb2_session(struct smb2_conn *, uint64_t id);
struct smb2_session *smb2_session_find(struct smb2_conn *, uint64_t id);	/* never makes one */
/* As smb2_session(), for an id that the server has just given out. */
struct smb2_session *smb2_session_fresh(struct smb2_conn *, uint64_t id);
void		 smb2_session_drop(struct smb2_session *);	/* logged off: its opens are told */
void		 smb2_leave(struct smb2_conn *);		/* the connection uses none any more */

void		 smb2_tree_put(struct smb2_session *, uint32_t id, const char *share, bool pipe);
void		 smb2_tree_drop(struct smb2_session *, uint32_t id);	/* and its opens */

/* name NULL: the CREATE was not seen. */
struct smb2_open *smb2_open_new(struct smb2_session *, const struct peers *,
		    uint32_t tree, const char *name, bool pipe);
void		 smb2_open_name(struct smb2_open *, const uint8_t id[SMB2_FILEID]);
struct smb2_open *smb2_open_find(struct smb2_session *, const uint8_t id[SMB2_FILEID]);
void		 smb2_open_drop(struct smb2_open *);		/* told, and gone; NULL is fine */

/* ---- smb2_logon.c ---- */

void		 smb2_negotiate_request(struct smb2_part *, struct smb2_req *, struct smb2_open *);
void		 smb2_negotiate_answer(struct smb2_part *, struct smb2_req *);
void		 smb2_session_setup_request(struct smb2_part *, struct smb2_req *, struct smb2_open *);
void		 smb2_session_setup_answer(struct smb2_part *, struct smb2_req *);
void		 smb2_setup_free(struct smb2_setup *);		/* NULL is fine */
/* The session's keys, if they are known by now. */
struct smb3	*smb2_keys(struct smb2_session *);

/* ---- smb2_seal.c ---- */

/* As smb_ops, for messages that begin with "\xfdSMB". */
enum head	 smb2_sealed_head(struct smb2_conn *, enum dir, struct view, struct extent *);
void		 smb2_sealed(struct smb2_conn *, enum dir, struct view have, size_t len);

/* ---- smb2.c ---- */

/* How much of a message is wanted, and the message, once it is clear. */
enum head	 smb2_clear_head(struct smb2_conn *, enum dir, struct view, struct extent *);
void		 smb2_clear(struct smb2_conn *, enum dir, struct view have, size_t len);
/* The READ with that MessageId was answered with what nobody wants. */
void		 smb2_req_answered(struct smb2_conn *, uint64_t mid);
/* The handle that a READ's answer is for. */
struct smb2_open *smb2_read_target(struct smb2_conn *, uint64_t mid);

void		 smb2_req_forget(struct smb2_req *);		/* its open is gone */
/* A CREATE was answered: what came with it in a compound has its FileId. */
void		 smb2_req_resolve(struct smb2_req *create, const uint8_t id[SMB2_FILEID]);

/* ---- smb2_command.c ---- */

/* A request whose answer is awaited. */
struct smb2_req {
	RB_ENTRY(smb2_req) by_mid;
	TAILQ_ENTRY(smb2_req) age;
	uint64_t	 mid;
	uint64_t	 session;
	uint32_t	 tree;
	uint16_t	 command;
	bool		 waits;		/* for the FileId that the CREATE with this MessageId gets: */
	uint64_t	 create;
	uint8_t		 id[SMB2_FILEID];
	uint64_t	 offset;	/* READ */
	bool		 deletes;	/* CREATE with DELETE_ON_CLOSE, SET_INFO disposition */
	bool		 transceive;	/* IOCTL on a pipe */
	char		*path;		/* TREE_CONNECT, SET_INFO rename */
	struct smb2_setup *setup;	/* SESSION_SETUP that has no session yet */
	struct smb2_open *open;		/* CREATE: what is being opened */
};

/* One message of a compound. */
struct smb2_part {
	struct smb2_conn *c;
	struct view	 v;		/* from its header, what was captured of it */
	size_t		 len;
	uint32_t	 status, flags, tree;
	uint16_t	 command;
	uint64_t	 mid, session;
	struct smb2_session *s;		/* NULL: none, or none could be made */
};

/* Commands that nothing is learnt from have no row; their FileId may still be
 * what a related request means. */
struct smb2_command {
	uint16_t	 size;		/* StructureSize of the request */
	uint8_t		 id;		/* where in the body its FileId is; 0: nowhere */
	void		(*request)(struct smb2_part *, struct smb2_req *, struct smb2_open *);
	void		(*answer)(struct smb2_part *, struct smb2_req *);
};
extern const struct smb2_command smb2_commands[SMB2_LAST_COMMAND + 1];

/* Fields; offsets count from the message's header. */
struct reader	 smb2_body(const struct smb2_part *);
struct view	 smb2_field(const struct smb2_part *, size_t at, size_t len);

bool		 smb2_write_payload(struct reader body, struct smb_payload *, const uint8_t **id);
bool		 smb2_read_payload(struct reader body, struct smb_payload *);

/* The handle that a request named; NULL: not known. */
struct smb2_open *smb2_open_of(struct smb2_part *, const struct smb2_req *);
/* The same by its id; made when it was open before the capture began. */
struct smb2_open *smb2_open_get(struct smb2_conn *, struct smb2_session *, uint32_t tree,
		    const uint8_t id[SMB2_FILEID], bool pipe);
void		 smb2_open_mark(const struct smb2_conn *, struct smb2_open *);	/* the message names it */
bool		 smb2_id_inherited(const uint8_t id[SMB2_FILEID]);	/* all ones */

#endif
