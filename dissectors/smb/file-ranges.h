/* file-ranges.h -- the bytes of one file, written in pieces and in any order. */
#ifndef FILE_RANGES_H
#define FILE_RANGES_H

#include "base/budget.h"

struct file_ranges;

struct file_ranges	*file_ranges_new(struct budget *);		/* NULL when the budget is spent */
void		 file_ranges_free(struct file_ranges *);	/* NULL is fine */

/* What is written last wins.  Bytes beyond MAX_FILE, in more than
 * MAX_FILE_RANGES pieces or beyond the budget are left out. */
void		 file_ranges_put(struct file_ranges *, uint64_t off, struct view);
void		 file_ranges_lose(struct file_ranges *, uint64_t off, size_t n);	/* written, not seen */
void		 file_ranges_truncate(struct file_ranges *, uint64_t size);

/* From the file's start to its first hole.  *cut: there is more, or was. */
struct view	 file_ranges_head(const struct file_ranges *, bool *cut);

/* Is it time to look at the head again?  Yes whenever it has doubled, so that
 * looking costs no more than writing did. */
bool		 file_ranges_grown(struct file_ranges *);

#endif
