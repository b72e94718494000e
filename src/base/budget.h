/* budget.h -- memory that is charged to a budget with a limit. */
#ifndef BUDGET_H
#define BUDGET_H

#include "base/reader.h"

/*
 * An allocation is charged to its budget and to all parents of that, so that a
 * flow can exceed neither its own share nor its worker's.  To be refused is
 * ordinary: the allocation returns NULL, and the budget whose limit was
 * reached counts it.
 */
struct budget {
	struct budget	*up;		/* the parent; NULL: none */
	size_t		 used;		/* bytes, with those of children */
	size_t		 peak;		/* the most that was used at a time */
	size_t		 limit;		/* bytes */
	uint64_t	 refused;	/* allocations */
};

/* Starts an empty budget below a parent (or NULL) that outlives it. */
void	 budget_init(struct budget *, struct budget *up, size_t limit);

/*
 * These are malloc(), calloc() and realloc() from a budget.  They return NULL
 * if the budget or a parent would exceed its limit; the memory that was to be
 * resized then stays as it was.  budget_resize() charges the budget that the
 * memory came from, or that given if the memory is NULL.
 */
void	*budget_alloc(struct budget *, size_t);
void	*budget_calloc(struct budget *, size_t n, size_t size);
void	*budget_resize(struct budget *, void *, size_t);
/* Returns a copy of the view's bytes with a NUL behind them, or NULL as above. */
char	*budget_strndup(struct budget *, struct view);
/* Frees any of these and credits the budget that it came from.  NULL does nothing. */
void	 budget_free(void *);

/*
 * Charges n bytes of memory that was taken elsewhere, and hands such a charge
 * back.  budget_take() returns false, with nothing charged, if a budget refuses.
 * NULL is charged nothing.
 */
bool	 budget_take(struct budget *, size_t);
void	 budget_give(struct budget *, size_t);

/* A growing run of bytes, max at most.  p is NULL while it is empty. */
struct buf {
	struct budget	*b;
	uint8_t		*p;
	size_t		 len;
	size_t		 cap;
	size_t		 max;
};

void	 buf_init(struct buf *, struct budget *, size_t max);
/* Appends bytes.  Returns false, and appends nothing, beyond max or the budget. */
bool	 buf_add(struct buf *, struct view);
/* Removes the first n bytes, or all if there are fewer. */
void	 buf_drop(struct buf *, size_t n);
/* Frees the bytes; the buf is then empty and may be used again. */
void	 buf_free(struct buf *);

/* Returns the bytes, borrowed until the buf changes. */
static inline struct view
buf_view(const struct buf *b)
{
	return (struct view){ b->p, b->len };
}

#endif
