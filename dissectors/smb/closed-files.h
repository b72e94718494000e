/*
 * closed-files.h -- the contents of files that were written and closed.  A
 * program may write a task under another name and rename it into the tasks'
 * folder afterwards, so the contents of the last files are kept for a while.
 */
#ifndef CLOSED_FILES_H
#define CLOSED_FILES_H

#include <sys/queue.h>

#include "base/budget.h"

struct closed_file;

/* Belongs to an SMB2 session or an SMB1 connection. */
struct closed_files {
	struct budget	*budget;	/* charged with the copies */
	TAILQ_HEAD(closed_file_list, closed_file) files;	/* oldest first */
	size_t		 n;
	size_t		 bytes;		/* of their contents */
};

/* Makes an empty list; closed_files_clear() frees what it comes to hold.  The
 * budget must outlive it. */
void		 closed_files_init(struct closed_files *, struct budget *);

/* Frees all copies.  The list may be used again. */
void		 closed_files_clear(struct closed_files *);

/*
 * Keeps a copy of content for the file at path (UTF-8, relative to the share)
 * of share (NULL if not seen), in place of what was kept for it.  The oldest
 * files make way when MAX_CLOSED_FILES or MAX_CLOSED_BYTES are reached; nothing
 * is kept of a content that is larger than that, or when the budget is spent.
 */
void		 closed_files_add(struct closed_files *, const char *share, const char *path,
		    struct view content);

/*
 * Says that the file at path of share was renamed to the path to in that share
 * (both UTF-8, copied).  Returns the content that was kept for it, which the
 * list owns and which is valid until the next call; its p is NULL if there is
 * none.
 */
struct view	 closed_files_rename(struct closed_files *, const char *share, const char *path,
		    const char *to);

#endif
