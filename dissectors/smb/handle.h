/*
 * handle.h -- an open on a server: a pipe that RPC speaks on, or a file that
 * may become a task.  What smb1 and smb2 share once a handle is known.
 */
#ifndef HANDLE_H
#define HANDLE_H

#include "engine/dissect.h"

/* What speaks on a named pipe (dissectors/pipe.c). */
extern const struct proto_ops *const pipe_proto;

struct handle;
struct past_file;

/* Watched files that were closed: a rename may yet make a task of one. */
struct past {
	TAILQ_HEAD(past_files, past_file) files;	/* oldest first */
	size_t		 n;
	size_t		 bytes;
};

void		 past_init(struct past *);
void		 past_free(struct past *);

/* How the SMB layer describes itself to facts made here. */
struct handle_where {
	struct world	*world;
	struct budget	*budget;
	const struct peers *peers;	/* copied */
	struct past	*past;		/* outlives the open; may be NULL */
	const char	*share;		/* "\\\\FS01\\IPC$", as sent; NULL when not seen */
	const char	*name;		/* path in the share, UTF-8; NULL when not seen */
	bool		 pipe;		/* known to be one (IPC$); else decided by content */
	void		(*describe)(void *arg, struct fact *);	/* adds smb.*, auth.* */
	void		*arg;
};

struct handle	*handle_new(const struct handle_where *);	/* copies strings; NULL: budget spent */
void		 handle_free(struct handle *);	/* as if closed; NULL is fine */

/* Every call below does nothing for a NULL open. */

void		 handle_is_pipe(struct handle *);	/* the server's answer says so */
void		 handle_encrypted(struct handle *);	/* it was spoken of in a message that SMB sealed */

/* Does anybody want this payload?  first: its first bytes (at least 64 of
 * them, or all).  len: its whole length.  off: its place in the file.
 * Returns how many bytes of it are wanted (0: skip). */
size_t		 handle_wants(struct handle *, enum dir, uint64_t off, struct view first, size_t len);

/* A WRITE, or the request of a transaction (C2S); the data of a READ or of a
 * transaction's answer (S2C).  have may be shorter than len. */
void		 handle_data(struct handle *, enum dir, uint64_t off, struct view have, size_t len);
void		 handle_gap(struct handle *, enum dir);		/* messages on it may be missing */
void		 handle_answer(struct handle *, uint32_t status);	/* of its creation or of a write to it */
void		 handle_truncate(struct handle *, uint64_t size);	/* the file ends there now */
void		 handle_rename(struct handle *, const char *to);	/* path in the share */
void		 handle_closing(struct handle *);			/* its close was asked for: soon, if no answer comes */
void		 handle_close(struct handle *);			/* a file that is a task is told now */
/* Is it a fact when this file is read? */
bool		 handle_tells_reads(const struct handle *);
/* The file was read (S2C data came) or deleted, with the server's NTSTATUS;
 * STATUS_PENDING where no answer was seen. */
void		 handle_fetched(struct handle *, uint32_t status);

#endif
