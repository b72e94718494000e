/*
 * handle.h -- what a client has opened on a server: a named pipe that carries
 * RPC, or a file that may be a task's definition.  SMB1 and SMB2 share it; they
 * find it by the server's id of the open (smb-open.h).
 */
#ifndef HANDLE_H
#define HANDLE_H

#include "engine/dissect.h"

/* The protocol of named pipes (dissectors/pipe.c). */
extern const struct proto_ops *const pipe_proto;

struct closed_files;
struct handle;

/* How it was opened.  Strings and peers are copied; all else is borrowed and
 * must outlive the handle. */
struct handle_opening {
	struct world	*world;
	struct budget	*budget;	/* charged with the handle and all that it keeps */
	const struct peers *peers;
	struct closed_files *closed;	/* the session's: gets the content at the close */
	const char	*share;		/* "\\\\FS01\\IPC$", as sent; NULL when not seen */
	const char	*name;		/* path in the share, UTF-8; NULL when not seen */
	/* It is a pipe.  Else it is a file if the share is known; if not, the
	 * first bytes decide. */
	bool		 pipe;
	/* Adds smb.* and auth.* to a fact; may be NULL. */
	void		(*describe)(void *arg, struct fact *);
	void		*arg;
};

/* Makes a handle, to be freed with handle_free().  Returns NULL when the budget
 * is spent. */
struct handle	*handle_new(const struct handle_opening *);

/* Closes the handle as handle_close() does, which may put a fact to the sink,
 * and frees it.  NULL is allowed. */
void		 handle_free(struct handle *);

/* The functions below do nothing for NULL, and return 0 or false.  dir tells
 * who sent the message, off and len are in bytes, status is an NTSTATUS
 * ([MS-ERREF] 2.3), and views are borrowed during the call. */

/* Says that by the server's answer the handle is a pipe. */
void		 handle_is_pipe(struct handle *);

/* Says that a message about the handle was encrypted by SMB and was
 * decrypted. */
void		 handle_encrypted(struct handle *);

/*
 * Returns how many of the first bytes of a payload of len bytes are wanted.
 * first holds at least its first SMB_PEEK bytes, or all of it; off is its place
 * in the file.  Call it before handle_data().
 */
size_t		 handle_wants(struct handle *, enum dir, uint64_t off, struct view first, size_t len);

/* Takes the payload of a WRITE, or of a transaction's request (C2S), or of the
 * answer to a READ or a transaction (S2C).  have holds its first bytes: all
 * len, or fewer where not all were wanted or captured. */
void		 handle_data(struct handle *, enum dir, uint64_t off, struct view have, size_t len);

/* Says that messages of that direction about the handle may be missing. */
void		 handle_gap(struct handle *, enum dir);

/* Takes the status of the server's answer to the opening, a write or the
 * close. */
void		 handle_answer(struct handle *, uint32_t status);

/* Says that the file was cut or extended to size bytes. */
void		 handle_truncate(struct handle *, uint64_t size);

/* Says that the file was renamed to the path to (UTF-8, copied) in the same
 * share. If a task definition was written under the old path and closed, and
 * the new path is a task's, puts a fact to the sink. */
void		 handle_rename(struct handle *, const char *to);

/* Says that the client asked for a close: the handle is closed after
 * ANSWER_WAIT unless handle_close() comes before. */
void		 handle_closing(struct handle *);

/* Closes the handle: ends the pipe's connection, or puts a fact to the sink if
 * the file is a task definition.  A second call does nothing. */
void		 handle_close(struct handle *);

/* Returns whether the handle is a file named as atexec's output, so that
 * reading it is reported. */
bool		 handle_tells_reads(const struct handle *);

/* Says that the file was read or deleted with that status; NT_PENDING if no
 * answer was seen.  Puts a fact to the sink at the first read of an atexec
 * output. */
void		 handle_fetched(struct handle *, uint32_t status);

#endif
