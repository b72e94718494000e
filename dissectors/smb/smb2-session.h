/*
 * smb2-session.h -- SMB2 sessions, [MS-SMB2] 3.3.1.8.  They belong to the worker
 * and stay when their connections end, so that a connection that is picked up
 * in the middle still knows its user and its shares.  A session may be used by
 * several connections (multichannel), and a connection may use several.
 */
#ifndef SMB2_SESSION_H
#define SMB2_SESSION_H

#include "secret/secret.h"
#include "smb/smb2-conn.h"
#include "smb/smb2-setup.h"

struct smb2_session {
	RB_ENTRY(smb2_session) by_key;
	TAILQ_ENTRY(smb2_session) age;
	struct smb2_table *table;	/* the worker's, which owns it */
	uint64_t	 id;
	struct world	*world;
	struct budget	 budget;	/* of the session, below the world's */
	uint8_t		 guid[16];	/* ServerGuid; zeros: not seen */
	const char	*dialect;
	struct gss	*gss;		/* the logon that made it; NULL: not seen */
	struct smb2_setup *next;	/* a logon in progress; else NULL */
	struct smb3_terms terms;	/* dialect 0: the logon that makes the keys was not seen */
	struct smb3	*keys;		/* NULL: none, or not yet */
	bool		 opened;	/* the keys have opened a message */
	bool		 sealed;	/* there were messages that they did not open */
	struct peers	 peers;		/* of its first connection; with the id, its key */
	unsigned int	 gaps[2];	/* how often messages may have been lost, by direction */
	struct smb_opens opens;
	LIST_HEAD(, smb2_link) links;	/* to the connections that use it */
};

/* Returns the session that a message of the connection names, and adds one if
 * it is not known; NULL for the ids 0 and all ones, which name none, and when
 * the budget is spent. */
struct smb2_session *smb2_session(struct smb2_conn *, uint64_t id);

/* The same, but returns NULL if the session is not known. */
struct smb2_session *smb2_session_find(struct smb2_conn *, uint64_t id);

/* The same as smb2_session(), for an id that the server has just given out: all
 * that was known of an older session of that id is forgotten. */
struct smb2_session *smb2_session_fresh(struct smb2_conn *, uint64_t id);

/* A session has ended: closes what is open, notes in the ledger whether it could
 * be opened, and frees it. */
void		 smb2_session_drop(struct smb2_session *);

/* A connection has ended: what is open in a session that no other connection
 * uses is closed. */
void		 smb2_session_leave(struct smb2_conn *);

#endif
