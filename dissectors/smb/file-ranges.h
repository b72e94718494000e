/* watched.h -- the bytes of one file, written in pieces and in any order. */
#ifndef WATCHED_H
#define WATCHED_H

#include "base/budget.h"

struct watched;

struct watched	*watched_new(struct budget *);		/* NULL when the budget is spent */
void		 watched_free(struct watched *);	/* NULL is fine */

/* What is written last wins.  Bytes beyond MAX_FILE, in more than
 * MAX_FILE_RANGES pieces or beyond the budget are left out. */
void		 watched_put(struct watched *, uint64_t off, struct view);
void		 watched_lose(struct watched *, uint64_t off, size_t n);	/* written, not seen */
void		 watched_truncate(struct watched *, uint64_t size);

/* From the file's start to its first hole.  *cut: there is more, or was. */
struct view	 watched_head(const struct watched *, bool *cut);

/* Is it time to look at the head again?  Yes whenever it has doubled, so that
 * looking costs no more than writing did. */
bool		 watched_grown(struct watched *);

#endif
