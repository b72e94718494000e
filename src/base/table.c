#include "base/table.h"

#include "base/rb.h"

#define LOOK	8	/* of the oldest entries, for one of low rank */

static int
bytes_cmp(struct view a, struct view b)
{
	size_t n = a.len < b.len ? a.len : b.len;
	int c = n > 0 ? memcmp(a.p, b.p, n) : 0;

	return c != 0 ? c : (a.len > b.len) - (a.len < b.len);
}

static int
entry_cmp(const struct table_entry *a, const struct table_entry *b)
{
	if (a->key.num != b->key.num)
		return a->key.num < b->key.num ? -1 : 1;
	return bytes_cmp(a->key.bytes, b->key.bytes);
}

static int
owner_cmp(const struct table_owner *a, const struct table_owner *b)
{
	return bytes_cmp(a->id, b->id);
}

RB_STATIC(table_keys, table_entry, by_key, entry_cmp)
RB_STATIC(table_owners, table_owner, by_id, owner_cmp)

void
table_init(struct table *t, const struct table_kind *kind, struct budget *b, struct stats *s)
{
	*t = (struct table){ .kind = kind, .budget = b, .stats = s };
	RB_INIT(&t->keys);
	TAILQ_INIT(&t->ages);
	RB_INIT(&t->owners);
}

void
table_clear(struct table *t)
{
	while (!TAILQ_EMPTY(&t->ages))
		table_drop(t, TAILQ_FIRST(&t->ages));
}

/* ---- Owners ---- */

static struct table_owner *
owner_find(struct table *t, struct view id)
{
	struct table_owner like = { .id = id };

	return RB_FIND(table_owners, &t->owners, &like);
}

static struct table_owner *
owner_get(struct table *t, struct view id)
{
	struct table_owner *o = owner_find(t, id);
	uint8_t *bytes;

	if (o != NULL || (o = budget_calloc(t->budget, 1, sizeof(*o) + id.len)) == NULL)
		return o;
	bytes = (uint8_t *)(o + 1);
	memcpy(bytes, id.p, id.len);
	o->id = (struct view){ bytes, id.len };
	TAILQ_INIT(&o->entries);
	RB_INSERT(table_owners, &t->owners, o);
	return o;
}

/* An owner is forgotten with its last entry.  NULL is fine. */
static void
owner_put(struct table *t, struct table_owner *o)
{
	if (o == NULL || o->n > 0)
		return;
	RB_REMOVE(table_owners, &t->owners, o);
	budget_free(o);
}

/* ---- Entries come and go ---- */

/* Returns one of the oldest entries, the first of the lowest rank, but not
 * that one; NULL if there is no other. */
static struct table_entry *
oldest(const struct table *t, const struct table_entry *but)
{
	struct table_entry *e, *lowest = NULL;
	int n = 0;

	for (e = TAILQ_FIRST(&t->ages); e != NULL && n < LOOK; e = TAILQ_NEXT(e, by_age), n++)
		if (e != but && (lowest == NULL || e->rank < lowest->rank))
			lowest = e;
	return lowest;
}

static bool
evict(struct table *t, struct table_entry *e)
{
	if (e == NULL)
		return false;
	if (t->kind->counter != STAT_MAX)
		stat_add(t->stats, t->kind->counter, 1);
	table_drop(t, e);
	return true;
}

bool
table_make_room(struct table *t, const struct table_entry *but)
{
	return evict(t, oldest(t, but));
}

void *
table_add(struct table *t, size_t size, struct view owner)
{
	struct table_owner *o = t->kind->share != 0 ? owner_find(t, owner) : NULL;
	struct table_entry *e;

	/* Who has his share gives up his own. */
	if (o != NULL && o->n >= t->kind->share)
		evict(t, TAILQ_FIRST(&o->entries));
	else if (t->n >= t->kind->limit)
		table_make_room(t, NULL);
	if (t->kind->share != 0 && (o = owner_get(t, owner)) == NULL)
		return NULL;
	if ((e = budget_calloc(t->budget, 1, size)) == NULL) {
		owner_put(t, o);
		return NULL;
	}
	TAILQ_INSERT_TAIL(&t->ages, e, by_age);
	t->n++;
	if ((e->owner = o) != NULL) {
		TAILQ_INSERT_TAIL(&o->entries, e, by_owner);
		o->n++;
	}
	return e;
}

void
table_drop(struct table *t, struct table_entry *e)
{
	if (e == NULL)
		return;
	table_unset_key(t, e);
	TAILQ_REMOVE(&t->ages, e, by_age);
	t->n--;
	if (e->owner != NULL) {
		TAILQ_REMOVE(&e->owner->entries, e, by_owner);
		e->owner->n--;
		owner_put(t, e->owner);
	}
	if (t->kind->clear != NULL)
		t->kind->clear(t, e);
	budget_free(e);
}

void
table_touch(struct table *t, struct table_entry *e)
{
	TAILQ_REMOVE(&t->ages, e, by_age);
	TAILQ_INSERT_TAIL(&t->ages, e, by_age);
	if (e->owner != NULL) {
		TAILQ_REMOVE(&e->owner->entries, e, by_owner);
		TAILQ_INSERT_TAIL(&e->owner->entries, e, by_owner);
	}
}

void *
table_oldest(const struct table *t)
{
	return TAILQ_FIRST(&t->ages);
}

/* ---- Keys ---- */

void
table_set_key(struct table *t, struct table_entry *e, struct table_key key)
{
	struct table_entry *old = table_find(t, key);

	if (old == e)
		return;
	table_drop(t, old);
	table_unset_key(t, e);
	e->key = key;
	e->keyed = true;
	RB_INSERT(table_keys, &t->keys, e);
}

void
table_unset_key(struct table *t, struct table_entry *e)
{
	if (e->keyed)
		RB_REMOVE(table_keys, &t->keys, e);
	e->keyed = false;
}

/* RB_FIND() and RB_NFIND() do not change the tree, but want it writable. */
static struct table_keys *
keys_of(const struct table *t)
{
	return (struct table_keys *)(uintptr_t)&t->keys;
}

void *
table_find(const struct table *t, struct table_key key)
{
	struct table_entry like = { .key = key };

	return RB_FIND(table_keys, keys_of(t), &like);
}

void *
table_at_least(const struct table *t, struct table_key key)
{
	struct table_entry like = { .key = key };

	return RB_NFIND(table_keys, keys_of(t), &like);
}

void *
table_next(struct table_entry *e)
{
	return RB_NEXT(table_keys, NULL, e);
}
