#include "base/arena.h"

#include <stdlib.h>

struct chunk {
	struct chunk	*next;
	uint64_t	 piece[];
};
_Static_assert(sizeof(struct chunk) == ARENA_HEAD, "what fact_copy_size() counts on");

#define CHUNK	(1024 - sizeof(struct chunk))	/* a typical fact has two or three */

void
arena_init(struct arena *a, struct budget *up, size_t limit)
{
	*a = (struct arena){ 0 };
	budget_init(&a->purse, up, limit);
}

static struct chunk *
new_chunk(struct arena *a, size_t n)
{
	struct chunk *c;

	if (n > SIZE_MAX / 2 || !budget_take(&a->purse, sizeof(*c) + n))
		return NULL;
	if ((c = malloc(sizeof(*c) + n)) == NULL) {
		budget_give(&a->purse, sizeof(*c) + n);
		return NULL;
	}
	return c;
}

bool
arena_reserve(struct arena *a, size_t n)
{
	struct chunk *c = new_chunk(a, n);

	if (c == NULL)
		return false;
	c->next = a->chunks;
	a->chunks = c;
	a->p = (uint8_t *)c->piece;
	a->left = n;
	return true;
}

/* A large piece has a chunk to itself, so that the one being filled is not
 * given up for it. */
static void *
alloc_alone(struct arena *a, size_t n)
{
	struct chunk *c = new_chunk(a, n);
	struct chunk **at = a->chunks != NULL ? &a->chunks->next : &a->chunks;

	if (c == NULL)
		return NULL;
	c->next = *at;
	*at = c;
	return c->piece;
}

void *
arena_alloc(struct arena *a, size_t n)
{
	uint8_t *p;

	if (n > SIZE_MAX / 2)
		return NULL;
	n = arena_piece(n);
	if (n > a->left) {
		if (n > CHUNK / 2)
			return alloc_alone(a, n);
		if (!arena_reserve(a, CHUNK))
			return NULL;
	}
	p = a->p;
	a->p += n;
	a->left -= n;
	return p;
}

void
arena_detach(struct arena *a, size_t room)
{
	budget_give(a->purse.up, a->purse.used);
	a->purse.up = NULL;
	a->purse.limit = a->purse.used + room;
}

void
arena_free(struct arena *a)
{
	struct chunk *c, *next;

	budget_give(a->purse.up, a->purse.used);
	for (c = a->chunks; c != NULL; c = next) {
		next = c->next;
		free(c);
	}
}
