/* atexec-output.c -- who called a task interface of whom, and fetched which output since. */
#include "smb/atexec-output.h"

#include <sys/random.h>

#include "base/hash.h"
#include "base/limits.h"
#include "base/table.h"

struct pair {
	struct table_entry entry;	/* by hosts */
	struct hosts	 hosts;
	uint64_t	 told[MAX_ATEXEC_NAMES];	/* hashes of names, a ring */
	unsigned int	 n;
};

static const struct table_kind pair_kind = { .limit = MAX_ATEXEC_PAIRS, .counter = STAT_MAX };

struct atexec {
	struct table	 pairs;
	uint64_t	 seed;		/* of the hashes of names */
};

static void
atexec_init(struct world *w, void *state)
{
	struct atexec *t = state;

	table_init(&t->pairs, &pair_kind, w->budget, w->stats);
	if (getrandom(&t->seed, sizeof(t->seed), 0) != sizeof(t->seed))
		t->seed = 0;
}

static void
atexec_clear(void *state)
{
	struct atexec *t = state;

	table_clear(&t->pairs);
}

static const struct world_key atexec_key = { sizeof(struct atexec), atexec_init, atexec_clear };

static struct pair *
pair_find(const struct atexec *t, const struct hosts *hosts)
{
	return table_find(&t->pairs, (struct table_key){ 0, view_bytes(*hosts) });
}

void
atexec_called(struct world *w, const struct addr *client, const struct addr *server)
{
	const struct hosts hosts = { *client, *server };
	struct atexec *t = world_state(w, &atexec_key);
	struct pair *p;

	if (t == NULL)
		return;
	if ((p = pair_find(t, &hosts)) != NULL) {
		table_touch(&t->pairs, &p->entry);
		return;
	}
	if ((p = table_add(&t->pairs, sizeof(*p), view_bytes(hosts))) == NULL)
		return;
	p->hosts = hosts;
	table_set_key(&t->pairs, &p->entry, (struct table_key){ 0, view_bytes(p->hosts) });
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
	const struct hosts hosts = { *client, *server };
	struct atexec *t = world_state(w, &atexec_key);
	struct pair *p;
	uint64_t h;

	if (t == NULL || (p = pair_find(t, &hosts)) == NULL)
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
