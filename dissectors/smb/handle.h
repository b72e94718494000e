/*
 * handle.h -- what a client has opened on a server: a pipe that RPC speaks on,
 * or a file that may be a task's definition.  SMB1 and SMB2 share it; how the
 * server numbers its opens is theirs (smb-open.h).
 */
#ifndef HANDLE_H
#define HANDLE_H

#include "engine/dissect.h"

/* What speaks on a named pipe (dissectors/pipe.c). */
extern const struct proto_ops *const pipe_proto;

struct closed_files;
struct handle;

/* How it was opened.  Strings and peers are copied; the rest must outlive the handle. */
struct handle_opening {
	struct world	*world;
	struct budget	*budget;	/* owns the handle and all that it keeps */
	const struct peers *peers;
	struct closed_files *closed;	/* of the session: what the handle writes is kept there */
	const char	*share;		/* "\\\\FS01\\IPC$", as sent; NULL when not seen */
	const char	*name;		/* path in the share, UTF-8; NULL when not seen */
	bool		 pipe;		/* known to be one; else the share or the first bytes say it */
	void		(*describe)(void *arg, struct fact *);	/* adds smb.* and auth.* to a fact */
	void		*arg;
};

/* Returns NULL when the budget is spent. */
struct handle	*handle_new(const struct handle_opening *);

/* Closes and frees it.  NULL is allowed. */
void		 handle_free(struct handle *);

/* All functions below do nothing for NULL.  dir tells who sent the message, off
 * and len are in bytes, and status is an NTSTATUS. */

/* The server's answer says that it is a pipe. */
void		 handle_is_pipe(struct handle *);

/* A message about it was encrypted by SMB, and we opened that. */
void		 handle_encrypted(struct handle *);

/*
 * Returns how many bytes are wanted of a payload of len bytes, of which first
 * holds at least the first SMB_PEEK bytes, or all; 0: none.  off is its place
 * in the file.
 */
size_t		 handle_wants(struct handle *, enum dir, uint64_t off, struct view first, size_t len);

/* Takes the payload of a WRITE, or of a transaction's request (C2S), or of the
 * answer to a READ or a transaction (S2C).  have holds its first bytes: all
 * len, or fewer where not all were wanted or captured. */
void		 handle_data(struct handle *, enum dir, uint64_t off, struct view have, size_t len);

/* Messages about it may have been lost. */
void		 handle_gap(struct handle *, enum dir);

/* Its opening, or a write to it, or its close, was answered. */
void		 handle_answer(struct handle *, uint32_t status);

/* The file now ends after size bytes. */
void		 handle_truncate(struct handle *, uint64_t size);

/* The file now has the path to, in the same share.  If a task was written under
 * the old path and closed, this may make a fact of it. */
void		 handle_rename(struct handle *, const char *to);

/* A close was asked for: closes it after ANSWER_WAIT, if no answer comes before. */
void		 handle_closing(struct handle *);

/* The close: if it is a file that is a task, puts the fact to the sink. */
void		 handle_close(struct handle *);

/* Returns whether the name is that of atexec's output file, so that reading it is a fact. */
bool		 handle_tells_reads(const struct handle *);

/* The file was read, or deleted, with that status; NT_PENDING: no answer was
 * seen.  Puts a fact to the sink if handle_tells_reads(). */
void		 handle_fetched(struct handle *, uint32_t status);

#endif
