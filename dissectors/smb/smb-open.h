/*
 * smb-open.h -- the shares that are connected and the files and pipes that are
 * open there, for both families: [MS-SMB2] 3.3.1.9 (tree connects) and 3.3.1.10
 * (opens), [MS-CIFS] 3.3.1.6 and 3.3.1.7.
 */
#ifndef SMB_OPEN_H
#define SMB_OPEN_H

#include <sys/queue.h>
#include <sys/tree.h>

#include "smb/closed-files.h"
#include "smb/handle.h"

#define SMB_ID		16	/* bytes of a FileId, [MS-SMB2] 2.2.14.1; SMB1's FID fills the first two */

/* A file or pipe that a client opens or has opened. */
struct smb_open {
	RB_ENTRY(smb_open) by_id;
	TAILQ_ENTRY(smb_open) age;
	struct smb_opens *opens;	/* the table that owns it */
	struct smb_open	**opener;	/* where the request that opens it points to it; NULL: answered */
	bool		 named;		/* the server has given it an id */
	uint8_t		 id[SMB_ID];
	uint32_t	 tree;		/* TreeId, or TID */
	uint16_t	 user;		/* UID; 0 in SMB2, where the session says it */
	unsigned int	 gaps[2];	/* of the table's gaps, how many the handle was told of */
	struct handle	*handle;
};

/* A share that is connected. */
struct smb_tree {
	RB_ENTRY(smb_tree) by_id;
	TAILQ_ENTRY(smb_tree) age;
	uint32_t	 id;
	char		*share;		/* "\\\\FS01\\IPC$"; NULL if the request was not seen */
	bool		 pipe;		/* what is opened there are pipes */
};

/* All of them, of one SMB2 session or one SMB1 connection. */
struct smb_opens {
	/* Set by the owner. */
	struct world	*world;
	struct budget	*budget;	/* of the owner: all of these are taken from it */
	const unsigned int *gaps;	/* of the owner: how often messages were lost, by direction */
	void		(*describe)(void *open, struct fact *);	/* adds the session to a fact */
	void		*owner;		/* for describe() */
	/* Set by smb_opens_init(). */
	RB_HEAD(smb_open_ids, smb_open) by_id;
	TAILQ_HEAD(, smb_open) ages;	/* oldest first, those without an id too */
	size_t		 n;
	RB_HEAD(smb_tree_ids, smb_tree) trees;
	TAILQ_HEAD(, smb_tree) tree_ages;
	size_t		 n_trees;
	struct closed_files closed;
};

/* How something is opened. */
struct smb_opening {
	const struct peers *peers;	/* copied */
	uint32_t	 tree;
	uint16_t	 user;
	const char	*name;		/* path in the share, UTF-8, copied; NULL: the opening was not seen */
	bool		 pipe;		/* known to be a pipe, whatever the share is */
};

/* Makes the tables, empty, of an owner whose fields are set. */
void		 smb_opens_init(struct smb_opens *);

/* Closes all opens, so that tasks in them become facts, and forgets the closed files. */
void		 smb_opens_close(struct smb_opens *);

/* The same, and forgets the trees.  The tables may be used again. */
void		 smb_opens_clear(struct smb_opens *);

/* Closes the opens of a user who logged off. */
void		 smb_opens_logoff(struct smb_opens *, uint16_t user);

/* Adds a tree, in place of one of that id, whose opens are closed.  share is
 * copied and may be NULL; pipe: the server says that it holds pipes.  The
 * oldest tree makes way when there are MAX_SMB_TREES. */
void		 smb_tree_put(struct smb_opens *, uint32_t id, const char *share, bool pipe);

/* Closes the opens of a tree and forgets it; does nothing for an unknown id. */
void		 smb_tree_drop(struct smb_opens *, uint32_t id);

/* Adds an open that has no id yet.  Returns NULL when the budget is spent.  The
 * oldest open is closed when there are MAX_SMB_OPENS. */
struct smb_open	*smb_open_new(struct smb_opens *, const struct smb_opening *);

/* Gives an open its id.  An older open of that id is closed: the server uses
 * the id again, so its CLOSE was missed.  Does nothing if it has an id. */
void		 smb_open_name(struct smb_open *, const uint8_t id[SMB_ID]);

/* Returns the open of that id, NULL if there is none.  Its handle is told of
 * messages that were lost since it was last looked for. */
struct smb_open	*smb_open_find(struct smb_opens *, const uint8_t id[SMB_ID]);

/* The same, but adds one that was opened before the capture began if there is
 * none.  Returns NULL when the budget is spent. */
struct smb_open	*smb_open_get(struct smb_opens *, const uint8_t id[SMB_ID],
		    const struct smb_opening *);

/* Closes an open and frees it.  A request that still points to it no longer
 * does.  NULL is allowed. */
void		 smb_open_drop(struct smb_open *);

/* Returns the handle of an open; NULL for NULL. */
static inline struct handle *
smb_handle(const struct smb_open *o)
{
	return o != NULL ? o->handle : NULL;
}

/* Returns whether this is a server's share for pipes, such as "\\\\FS01\\IPC$"; NULL: no. */
bool		 smb_is_ipc(const char *share);

#endif
