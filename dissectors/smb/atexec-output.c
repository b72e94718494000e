/* atexec-output.c -- who called a task interface of whom, and fetched which output since. */
#include "smb/atexec-output.h"

#include <sys/random.h>

#include "base/hash.h"
#include "base/limits.h"
#include "base/rb.h"

struct pair {
	RB_ENTRY(pair)	 link;
	TAILQ_ENTRY(pair) age;
	struct addr	 client, server;
	uint64_t	 told[MAX_ATEXEC_NAMES];	/* hashes of names, a ring */
	unsigned int	 n;
};

static int
pair_cmp(const struct pair *a, const struct pair *b)
{
	int c = addr_cmp(&a->client, &b->client);

	return c != 0 ? c : addr_cmp(&a->server, &b->server);
}

RB_HEAD(pair_tree, pair);
RB_STATIC(pair_tree, pair, link, pair_cmp)

struct atexec {
	struct pair_tree tree;
	TAILQ_HEAD(, pair) ages;	/* least recently noted first */
	size_t		 n;
	uint64_t	 seed;
};

static void
pair_drop(struct atexec *t, struct pair *p)
{
	RB_REMOVE(pair_tree, &t->tree, p);
	TAILQ_REMOVE(&t->ages, p, age);
	t->n--;
	budget_free(p);
}

static void
atexec_init(struct world *w, void *state)
{
	struct atexec *t = state;

	(void)w;
	RB_INIT(&t->tree);
	TAILQ_INIT(&t->ages);
	if (getrandom(&t->seed, sizeof(t->seed), 0) != sizeof(t->seed))
		t->seed = 0;
}

static void
atexec_clear(void *state)
{
	struct atexec *t = state;

	while (!TAILQ_EMPTY(&t->ages))
		pair_drop(t, TAILQ_FIRST(&t->ages));
}

static const struct world_key atexec_key = { sizeof(struct atexec), atexec_init, atexec_clear };

void
atexec_called(struct world *w, const struct addr *client, const struct addr *server)
{
	struct pair key = { .client = *client, .server = *server }, *p;
	struct atexec *t = world_state(w, &atexec_key);

	if (t == NULL)
		return;
	if ((p = RB_FIND(pair_tree, &t->tree, &key)) != NULL) {
		TAILQ_REMOVE(&t->ages, p, age);
		TAILQ_INSERT_TAIL(&t->ages, p, age);
		return;
	}
	if (t->n >= MAX_ATEXEC_PAIRS)
		pair_drop(t, TAILQ_FIRST(&t->ages));
	if ((p = budget_alloc(w->budget, sizeof(*p))) == NULL)
		return;
	*p = key;
	RB_INSERT(pair_tree, &t->tree, p);
	TAILQ_INSERT_TAIL(&t->ages, p, age);
	t->n++;
}

/* Windows' file names are the same in either case. */
static uint64_t
hash(uint64_t seed, struct view v)
{
	uint64_t h = seed ^ HASH_START;

	for (size_t i = 0; i < v.len; i++) {
		uint8_t c = v.p[i];

		h = hash_byte(h, c >= 'A' && c <= 'Z' ? (uint8_t)(c | 0x20) : c);
	}
	return h;
}

bool
atexec_first_read(struct world *w, const struct addr *client, const struct addr *server,
    struct view name)
{
	struct pair key = { .client = *client, .server = *server }, *p;
	struct atexec *t = world_state(w, &atexec_key);
	uint64_t h;

	if (t == NULL || (p = RB_FIND(pair_tree, &t->tree, &key)) == NULL)
		return false;
	h = hash(t->seed, name);
	for (unsigned int i = 0; i < p->n && i < MAX_ATEXEC_NAMES; i++)
		if (p->told[i] == h)
			return false;
	p->told[p->n++ % MAX_ATEXEC_NAMES] = h;
	if (p->n == 2 * MAX_ATEXEC_NAMES)	/* stay full, never overflow */
		p->n = MAX_ATEXEC_NAMES;
	return true;
}
