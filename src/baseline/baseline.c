#include "baseline/baseline.h"

#include <sys/queue.h>

#include <inttypes.h>
#include <linux/limits.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "baseline/baseline-db.h"
#include "base/rb.h"

#define CACHE		16384		/* entries in memory: 6 MiB */
#define BATCH		16384		/* pending changes are written after so many … */
#define PERIOD		INT64_C(10000000)	/* … or after so many microseconds */
#define PRUNED		32768u		/* entries dropped at once, at most: it takes a moment */
#define SHOWN		20		/* entries of each kind */
#define MAX_IMPORT_LINE	1024		/* a text of 200 bytes in \xHH, and the numbers */

struct slot {
	RB_ENTRY(slot)	 link;
	TAILQ_ENTRY(slot) age;
	bool		 stored;	/* the file has the entry … */
	bool		 changed;	/* … but not as it is now */
	struct baseline_entry entry;
};
/* In the order of the IDs, which is that of the file, so that it is written in one pass. */
RB_HEAD(slots, slot);
TAILQ_HEAD(ages, slot);

struct baseline {
	struct baseline_db	*db;
	struct baseline_terms terms;
	struct baseline_db_state	 state;
	bool		 read_only;

	struct slot	*memory;
	size_t		 used;
	struct slots	 slots;
	struct ages	 ages;		/* the least recently used last */
	unsigned int	 fed;		/* changes since the file was written */
	int64_t		 written;
	bool		 full;		/* writing failed: do not try again with each entry */

	bool		 failed;
	char		 error[PATH_MAX + 256];
};

static int
slot_cmp(const struct slot *a, const struct slot *b)
{
	return a->entry.id < b->entry.id ? -1 : a->entry.id > b->entry.id;
}

RB_STATIC(slots, slot, link, slot_cmp)

void
baseline_terms_init(struct baseline_terms *t)
{
	*t = (struct baseline_terms){
		.learning_days = 14, .half_life_days = 30,
		.known_days = 3, .known_span = 7, .max_tuples = 1000000,
	};
}

/* ---- Opening ---- */

static void
forget_cache(struct baseline *b)
{
	RB_INIT(&b->slots);
	TAILQ_INIT(&b->ages);
	b->used = 0;
	b->fed = 0;
}

struct baseline *
baseline_open(const char *path, const struct baseline_terms *terms, bool read_only,
    char *err, size_t errlen)
{
	struct baseline *b = calloc(1, sizeof(*b));

	if (b == NULL || (b->memory = calloc(CACHE, sizeof(*b->memory))) == NULL) {
		snprintf(err, errlen, "%s: no memory", path);
		free(b);
		return NULL;
	}
	b->terms = *terms;
	b->read_only = read_only;
	forget_cache(b);
	if ((b->db = db_open(path, read_only, err, errlen)) == NULL)
		goto fail;
	if (!db_load_state(b->db, &b->state)) {
		snprintf(err, errlen, "%s", db_error(b->db));
		goto fail;
	}
	return b;
fail:
	b->read_only = true;
	baseline_close(b);
	return NULL;
}

static void
note_error(struct baseline *b)
{
	b->failed = true;
	snprintf(b->error, sizeof(b->error), "%s", db_error(b->db));
}

bool
baseline_error(struct baseline *b, char *err, size_t errlen)
{
	bool failed = b->failed;

	if (failed)
		snprintf(err, errlen, "%s", b->error);
	b->failed = false;
	return failed;
}

/* ---- Writing ---- */

/* Ends a transaction: commits it if ok, or undoes all of it. */
static bool
commit(struct baseline *b, bool ok, const struct baseline_db_state *state)
{
	if (ok && db_save_state(b->db, state) && db_commit(b->db)) {
		b->state = *state;
		return true;
	}
	note_error(b);
	db_rollback(b->db);
	return false;
}

/* Drops some more entries than necessary, so that it is not done for each new one. */
static bool
prune(struct baseline *b)
{
	uint64_t excess = b->state.entries - b->terms.max_tuples + b->terms.max_tuples / 16;
	size_t n = excess < PRUNED ? (size_t)excess : PRUNED;
	struct baseline_db_state state = b->state;
	bool ok;

	if (!db_begin(b->db)) {
		note_error(b);
		return false;
	}
	ok = db_prune(b->db, &n, b->terms.half_life_days);
	state.entries -= n < state.entries ? n : state.entries;
	if (!commit(b, ok, &state))
		return false;
	forget_cache(b);
	return n > 0;
}

static bool
save_changed(struct baseline *b, uint64_t *added)
{
	struct slot *s;

	RB_FOREACH(s, slots, &b->slots) {
		if (!s->changed)
			continue;
		if (!db_save(b->db, &s->entry))
			return false;
		*added += !s->stored;
	}
	return true;
}

/* Changes that cannot be written stay in memory and are tried again. */
static bool
write_back(struct baseline *b)
{
	struct baseline_db_state state = b->state;
	struct slot *s;

	if (b->fed == 0 || b->read_only)
		return true;
	if (!db_begin(b->db)) {
		note_error(b);
		b->full = true;
		return false;
	}
	b->full = !commit(b, save_changed(b, &state.entries), &state);
	if (b->full)
		return false;
	TAILQ_FOREACH(s, &b->ages, age) {
		s->stored |= s->changed;
		s->changed = false;
	}
	b->fed = 0;
	if (b->state.entries > b->terms.max_tuples)
		prune(b);
	return true;
}

void
baseline_tick(struct baseline *b, int64_t now)
{
	if (now < 0)
		now = 0;
	if (now < b->written || now - b->written >= PERIOD) {
		b->written = now;
		write_back(b);
	}
}

void
baseline_close(struct baseline *b)
{
	if (b == NULL)
		return;
	write_back(b);
	db_close(b->db);
	free(b->memory);
	free(b);
}

/* ---- Looking and feeding ---- */

/* Returns a free slot, which may be that of the least recently used entry. */
static struct slot *
slot_take(struct baseline *b)
{
	struct slot *s = TAILQ_LAST(&b->ages, ages);

	if (b->used == CACHE && s->changed && !b->full)
		write_back(b);
	/* Writing may have emptied the cache. */
	if (b->used < CACHE)
		return &b->memory[b->used++];
	s = TAILQ_LAST(&b->ages, ages);
	TAILQ_REMOVE(&b->ages, s, age);
	RB_REMOVE(slots, &b->slots, s);
	return s;
}

/* Returns the slot of an entry, or NULL when the file cannot be read. */
static struct slot *
slot_of(struct baseline *b, enum baseline_tuple kind, struct view text)
{
	struct slot key, *s;

	baseline_entry_init(&key.entry, kind, text);
	if ((s = RB_FIND(slots, &b->slots, &key)) != NULL) {
		TAILQ_REMOVE(&b->ages, s, age);
		TAILQ_INSERT_HEAD(&b->ages, s, age);
		return s;
	}
	if (!db_load(b->db, &key.entry)) {
		note_error(b);
		return NULL;
	}
	s = slot_take(b);
	s->entry = key.entry;
	s->stored = s->entry.count > 0;
	s->changed = false;
	RB_INSERT(slots, &b->slots, s);
	TAILQ_INSERT_HEAD(&b->ages, s, age);
	return s;
}

static bool
learning(const struct baseline *b, int64_t own)
{
	return !b->state.began || own - b->state.since < b->terms.learning_days * BASELINE_DAY;
}

void
baseline_look(struct baseline *b, enum baseline_tuple kind, struct view text, int64_t now, struct baseline_usual *u)
{
	int64_t own = calendar_read(&b->state.calendar, &now);
	const struct slot *s = slot_of(b, kind, text);
	const struct baseline_entry *h;

	*u = (struct baseline_usual){ .learning = s == NULL || learning(b, own) };
	if (s == NULL || s->entry.count == 0)
		return;
	h = &s->entry;
	u->seen = true;
	u->known = h->days >= b->terms.known_days &&
	    h->upto - h->since >= b->terms.known_span * BASELINE_DAY;
	u->count = h->count;
	u->weight = baseline_entry_weight(h, own, b->terms.half_life_days);
	u->days = h->days;
	u->first = h->first;
	u->last = h->last;
}

void
baseline_feed(struct baseline *b, enum baseline_tuple kind, struct view text, int64_t now)
{
	int64_t own = calendar_read(&b->state.calendar, &now);
	struct slot *s;

	if (b->read_only || (s = slot_of(b, kind, text)) == NULL)
		return;
	baseline_entry_feed(&s->entry, now, own, b->terms.half_life_days);
	s->changed = true;
	if (!b->state.began) {
		b->state.began = true;
		b->state.since = own;
	}
	if (++b->fed % BATCH == 0)
		write_back(b);
}

/* ---- For people ---- */

static void
date(int64_t us, char out[sizeof("9999-12-31")])
{
	time_t t = (time_t)(us / 1000000);
	struct tm tm;

	if (gmtime_r(&t, &tm) == NULL || strftime(out, sizeof("9999-12-31"), "%Y-%m-%d", &tm) == 0)
		memcpy(out, "?", sizeof("?"));
}

static void
show_entry(const struct baseline_entry *h, void *arg)
{
	char first[sizeof("9999-12-31")], last[sizeof("9999-12-31")];
	FILE *f = arg;

	date(h->first, first);
	date(h->last, last);
	fprintf(f, "%10" PRIu64 "  %5u  %-10s  %-10s  ", h->count, h->days, first, last);
	baseline_entry_print(baseline_entry_text(h), false, f);
	putc('\n', f);
}

static bool
show_kind(struct baseline *b, enum baseline_tuple kind, FILE *f)
{
	struct baseline_db_totals t;

	if (!db_totals(b->db, kind, b->terms.known_days, b->terms.known_span * BASELINE_DAY, &t))
		return false;
	fprintf(f, "\n%s: %" PRIu64 " seen %.0f times, %" PRIu64 " known\n", baseline_entry_kind(kind),
	    t.entries, t.count, t.known);
	if (t.entries == 0)
		return true;
	fprintf(f, "%10s  %5s  %-10s  %-10s  %s\n", "COUNT", "DAYS", "FIRST", "LAST", "TEXT");
	return db_top(b->db, kind, SHOWN, show_entry, f);
}

static void
show_state(const struct baseline *b, FILE *f)
{
	int64_t own = calendar_own(&b->state.calendar);
	unsigned int days = b->terms.learning_days;

	if (!b->state.began)
		fprintf(f, "nothing was fed yet; learning takes %u days\n", days);
	else if (learning(b, own))
		fprintf(f, "still learning: %" PRId64 " of %u days\n",
		    (own - b->state.since) / BASELINE_DAY, days);
	else
		fprintf(f, "learning is done: %" PRId64 " days\n",
		    (own - b->state.since) / BASELINE_DAY);
}

/* All that is read between these two is of one moment, even if another process writes. */
static bool
read_begin(struct baseline *b)
{
	if (!write_back(b))
		return false;
	if (db_begin(b->db))
		return true;
	note_error(b);
	return false;
}

static bool
read_end(struct baseline *b, bool ok, FILE *f)
{
	if (!ok)
		note_error(b);
	db_rollback(b->db);
	return ok && fflush(f) == 0 && !ferror(f);
}

bool
baseline_show(struct baseline *b, FILE *f)
{
	bool ok = true;

	if (!read_begin(b))
		return false;
	show_state(b, f);
	for (int kind = 0; ok && kind < TUPLES; kind++)
		ok = show_kind(b, (enum baseline_tuple)kind, f);
	return read_end(b, ok, f);
}

/* ---- For other machines ---- */

static void
export_entry(const struct baseline_entry *h, void *f)
{
	baseline_entry_write(h, f);
}

bool
baseline_export(struct baseline *b, FILE *f)
{
	return read_begin(b) && read_end(b, db_each(b->db, export_entry, f), f);
}

/* The times of a line are packet times: turns them into continuous time, which
 * may have had leaps since; nothing was seen later than now. */
static void
import_time(struct baseline_db_state *state, struct baseline_entry *h)
{
	struct baseline_calendar *c = &state->calendar;
	int64_t own;

	if (!c->set)
		*c = (struct baseline_calendar){ .set = true, .now = h->last };
	else if (!state->began && h->last > c->now)
		c->now = h->last;
	own = calendar_own(c);
	h->upto = h->last - c->shift < own ? h->last - c->shift : own;
	h->since = h->first - c->shift < h->upto ? h->first - c->shift : h->upto;
}

/* Adds one imported entry to the file. */
static bool
import_entry(struct baseline *b, struct baseline_db_state *state, struct baseline_entry *h)
{
	struct baseline_entry ours = *h;

	ours.count = 0;
	if (!db_load(b->db, &ours))
		return false;
	if (ours.count == 0)
		state->entries++;
	else
		baseline_entry_merge(h, &ours, b->terms.half_life_days);
	return db_save(b->db, h);
}

/* Returns false with *why set, or with NULL there: then db_error() says why. */
static bool
import_lines(struct baseline *b, FILE *f, struct baseline_db_state *state, unsigned long *n,
    const char **why)
{
	char line[MAX_IMPORT_LINE + 2];
	struct baseline_entry h;
	int64_t since = INT64_MAX;
	size_t len;

	for (*n = 1; fgets(line, sizeof(line), f) != NULL; ++*n) {
		len = strlen(line);
		if (len == 0 || line[len - 1] != '\n')
			*why = "the line is too long, or has no end";
		else
			*why = baseline_entry_read(&h, (struct view){ (const uint8_t *)line, len - 1 });
		if (*why != NULL)
			return false;
		import_time(state, &h);
		if (h.since < since)
			since = h.since;
		if (!import_entry(b, state, &h))
			return false;
	}
	if (ferror(f)) {
		*why = "it cannot be read";
		return false;
	}
	if (since != INT64_MAX && (!state->began || since < state->since)) {
		state->began = true;
		state->since = since;
	}
	return true;
}

bool
baseline_import(struct baseline *b, FILE *f, char *err, size_t errlen)
{
	struct baseline_db_state state;
	const char *why = NULL;
	unsigned long line;
	bool ok;

	if (b->read_only) {
		snprintf(err, errlen, "the baseline is open for reading only");
		return false;
	}
	if (!write_back(b) || !db_begin(b->db))
		goto fail;
	forget_cache(b);
	state = b->state;
	ok = import_lines(b, f, &state, &line, &why);
	if (!ok && why != NULL) {
		db_rollback(b->db);
		snprintf(err, errlen, "line %lu: %s", line, why);
		return false;
	}
	if (!commit(b, ok, &state))
		goto fail;
	while (b->state.entries > b->terms.max_tuples && prune(b))
		continue;
	return true;
fail:
	snprintf(err, errlen, "%s", db_error(b->db));
	return false;
}
