/* budget.h -- memory that is counted against a limit when it is taken. */
#ifndef BUDGET_H
#define BUDGET_H

#include "base/reader.h"

/*
 * A purse.  What is taken from it is taken from every purse above it too, so
 * a flow can neither outgrow its own share nor the worker's.  A refusal is
 * ordinary: the call returns NULL, and the outermost refusing purse counts it.
 */
struct budget {
	struct budget	*up;
	size_t		 used;
	size_t		 peak;
	size_t		 limit;
	uint64_t	 refused;
};

void	 budget_init(struct budget *, struct budget *up, size_t limit);

/* NULL when the purse is spent.  budget_alloc() leaves the bytes as they are,
 * budget_calloc() clears them.  budget_resize(b, NULL, n) takes anew; on a
 * refusal the old memory stays as it was. */
void	*budget_alloc(struct budget *, size_t);
void	*budget_calloc(struct budget *, size_t n, size_t size);
void	*budget_resize(struct budget *, void *, size_t);
char	*budget_strndup(struct budget *, struct view);	/* with a NUL behind it */
void	 budget_free(void *);				/* to the purse it came from; NULL is fine */

/* Bytes that grow, up to max.  p is NULL while empty. */
struct buf {
	struct budget	*b;
	uint8_t		*p;
	size_t		 len;
	size_t		 cap;
	size_t		 max;
};

void	 buf_init(struct buf *, struct budget *, size_t max);
bool	 buf_add(struct buf *, struct view);	/* false, with nothing added, over max or budget */
void	 buf_drop(struct buf *, size_t);	/* the first n bytes */
void	 buf_free(struct buf *);		/* empties; the buf may be used again */

static inline struct view
buf_view(const struct buf *b)
{
	return (struct view){ b->p, b->len };
}

#endif
