/* file-ranges.h -- what is known of a file's content, which is written in pieces and in any order. */
#ifndef FILE_RANGES_H
#define FILE_RANGES_H

#include "base/budget.h"

struct file_ranges;

/* Makes a file of which nothing is known; its content is taken from the budget.
 * Returns NULL when that is spent. */
struct file_ranges *file_ranges_new(struct budget *);
void		 file_ranges_free(struct file_ranges *);	/* NULL is allowed */

/* Bytes were written at that offset, over what was there before; they are
 * copied.  Left out is what lies beyond MAX_FILE, makes more than
 * MAX_FILE_RANGES separate pieces, or would overdraw the budget. */
void		 file_ranges_put(struct file_ranges *, uint64_t off, struct view);

/* n bytes were written at that offset, but not captured: they are unknown now. */
void		 file_ranges_lose(struct file_ranges *, uint64_t off, size_t n);

/* The file was cut to size bytes. */
void		 file_ranges_truncate(struct file_ranges *, uint64_t size);

/* Returns the bytes from the file's start to the first that is not known, valid
 * until the next call; empty if the first byte is not known.  *cut: other bytes
 * are or were there, so this is not the whole content. */
struct view	 file_ranges_head(const struct file_ranges *, bool *cut);

/* Returns whether the head is at least twice as long as when this last said so:
 * looking at it then, and only then, costs no more than writing it did. */
bool		 file_ranges_grown(struct file_ranges *);

#endif
