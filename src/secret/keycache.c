#include "secret/keycache.h"

#include <stddef.h>
#include <string.h>

#include "base/rb.h"

struct keycache_entry {
	RB_ENTRY(keycache_entry) node;
	TAILQ_ENTRY(keycache_entry) link;
	uint8_t		 id[KEYCACHE_ID];
	max_align_t	 thing[];
};

static int
entry_cmp(const struct keycache_entry *a, const struct keycache_entry *b)
{
	return memcmp(a->id, b->id, sizeof(a->id));
}

RB_STATIC(keycache_tree, keycache_entry, node, entry_cmp)

void
keycache_init(struct keycache *c, struct vault *v, size_t max)
{
	*c = (struct keycache){ .vault = v, .max = max };
	RB_INIT(&c->tree);
	TAILQ_INIT(&c->used);
}

static void
drop_oldest(struct keycache *c)
{
	struct keycache_entry *e = TAILQ_LAST(&c->used, keycache_list);

	RB_REMOVE(keycache_tree, &c->tree, e);
	TAILQ_REMOVE(&c->used, e, link);
	vault_free(e);
	c->n--;
}

void
keycache_clear(struct keycache *c)
{
	while (c->n > 0)
		drop_oldest(c);
}

void *
keycache_find(struct keycache *c, const uint8_t id[KEYCACHE_ID])
{
	struct keycache_entry want, *e;

	memcpy(want.id, id, sizeof(want.id));
	if ((e = RB_FIND(keycache_tree, &c->tree, &want)) == NULL)
		return NULL;
	TAILQ_REMOVE(&c->used, e, link);
	TAILQ_INSERT_HEAD(&c->used, e, link);
	return e->thing;
}

void *
keycache_add(struct keycache *c, const uint8_t id[KEYCACHE_ID], size_t size)
{
	struct keycache_entry *e;

	if (c->n == c->max)
		drop_oldest(c);
	e = vault_alloc(c->vault, sizeof(*e) + size);
	if (e == NULL && c->n > 0) {
		drop_oldest(c);
		e = vault_alloc(c->vault, sizeof(*e) + size);
	}
	if (e == NULL)
		return NULL;
	memcpy(e->id, id, sizeof(e->id));
	RB_INSERT(keycache_tree, &c->tree, e);
	TAILQ_INSERT_HEAD(&c->used, e, link);
	c->n++;
	return e->thing;
}
