/* arena.h -- memory that is taken in small pieces and freed all at once. */
#ifndef ARENA_H
#define ARENA_H

#include "base/budget.h"

/*
 * An arena takes its memory in chunks.  They are charged to a budget of its
 * own, and through that to the budget that it was made with, until
 * arena_detach() is called.
 */
struct arena {
	struct budget	 purse;
	struct chunk	*chunks;	/* the first is the one being filled */
	uint8_t		*p;		/* what is left of that chunk */
	size_t		 left;
};

/* Prepare an empty arena of at most limit bytes.  up is the budget that is
 * charged too, or NULL; it must outlive the arena or be detached from it. */
void	 arena_init(struct arena *, struct budget *up, size_t limit);

/* Bytes that a piece of n bytes takes of its chunk, and a chunk beside them. */
static inline size_t
arena_piece(size_t n)
{
	return (n + 7) & ~(size_t)7;
}
#define ARENA_HEAD	8

/* Take one chunk that has room for n bytes.  Returns false, with nothing taken,
 * if a budget or the system refuses. */
bool	 arena_reserve(struct arena *, size_t n);

/* Returns n bytes (at least one) that are aligned for pointers and 64-bit integers and are not
 * cleared, or NULL if a budget or the system refuses. */
void	*arena_alloc(struct arena *, size_t n);

/* Hand the charge back to the budget that the arena was made with, and let the
 * arena take up to room bytes more, which are charged to itself only. */
void	 arena_detach(struct arena *, size_t room);

/* Free all pieces.  The arena may itself lie in one of them. */
void	 arena_free(struct arena *);

#endif
