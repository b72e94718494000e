#include "engine/defrag.h"

#include <sys/queue.h>

#include "base/stats.h"
#include "base/table.h"

#define MAX_DATAGRAM	65535u		/* RFC 791 3.1; RFC 8200 4.5 says the same of a payload */
#define UNKNOWN		UINT32_MAX

struct piece {
	SLIST_ENTRY(piece) next;
	uint32_t	off;
	uint32_t	len;
	uint8_t		p[];
};

/* It has no padding, since it is compared as bytes. */
struct key {
	uint64_t	w[6];
};

struct set {
	struct table_entry entry;
	struct key	key;
	SLIST_HEAD(, piece) pieces;	/* by offset; none overlaps another */
	uint32_t	npieces;
	uint32_t	have;		/* bytes */
	uint32_t	end;		/* of the last piece */
	uint32_t	total;		/* UNKNOWN until the last fragment comes */
	int64_t		born;
	uint8_t		proto;
};

struct defrag {
	struct budget	 purse;
	struct stats	*stats;
	struct table	 sets;
};

/* Of a set that is complete, nothing is left. */
static void
set_clear(struct table *t, void *entry)
{
	struct set *s = entry;
	struct piece *at;

	while ((at = SLIST_FIRST(&s->pieces)) != NULL) {
		SLIST_REMOVE_HEAD(&s->pieces, next);
		budget_free(at);
		stat_add(t->stats, STAT_FRAGS_DROPPED, 1);
	}
}

static const struct table_kind set_kind = {
	.limit = MAX_FRAG_SETS, .counter = STAT_MAX, .clear = set_clear
};

struct defrag *
defrag_new(struct budget *b, struct stats *stats)
{
	struct defrag *d;

	if ((d = budget_calloc(b, 1, sizeof(*d))) == NULL)
		return NULL;
	budget_init(&d->purse, b, MAX_FRAG_MEM);
	d->stats = stats;
	table_init(&d->sets, &set_kind, &d->purse, stats);
	return d;
}

void
defrag_free(struct defrag *d)
{
	if (d == NULL)
		return;
	table_clear(&d->sets);
	budget_free(d);
}

/* Allocates, and drops the oldest sets but keep if memory is short. */
static void *
take(struct defrag *d, const struct set *keep, size_t n)
{
	void *p;

	while ((p = budget_alloc(&d->purse, n)) == NULL)
		if (!table_make_room(&d->sets, &keep->entry))
			return NULL;
	return p;
}

/*
 * IPv4 tells datagrams apart by protocol too (RFC 791 3.2); in IPv6 only the
 * first fragment's next header counts (RFC 8200 4.5).
 */
static struct key
key_of(const struct frag *f)
{
	struct key k = { 0 };

	memcpy(&k.w[0], f->src.b, sizeof(f->src.b));
	memcpy(&k.w[2], f->dst.b, sizeof(f->dst.b));
	k.w[4] = (uint64_t)f->scope << 32 | f->id;
	k.w[5] = f->src.v6 ? 0x100 : f->proto;
	return k;
}

static struct set *
set_get(struct defrag *d, const struct frag *f, int64_t now)
{
	struct key key = key_of(f);
	struct set *s = table_find(&d->sets, (struct table_key){ 0, view_bytes(key) });

	if (s != NULL)
		return s;
	while ((s = table_add(&d->sets, sizeof(*s), view_upto(view_bytes(key), 0, 32))) == NULL)
		if (!table_make_room(&d->sets, NULL))
			return NULL;
	s->key = key;
	s->total = UNKNOWN;
	s->born = now;
	table_set_key(&d->sets, &s->entry, (struct table_key){ 0, view_bytes(s->key) });
	return s;
}

/* Keeps the bytes of f from start to end, behind prev, or first if prev is
 * NULL. */
static struct piece *
piece_put(struct defrag *d, struct set *s, struct piece *prev,
    const struct frag *f, uint32_t start, uint32_t end)
{
	struct piece *at;

	if (s->npieces == MAX_FRAGS ||
	    (at = take(d, s, sizeof(*at) + end - start)) == NULL)
		return NULL;
	at->off = start;
	at->len = end - start;
	memcpy(at->p, f->data.p + (start - f->off), at->len);
	if (prev != NULL)
		SLIST_INSERT_AFTER(prev, at, next);
	else
		SLIST_INSERT_HEAD(&s->pieces, at, next);
	s->npieces++;
	s->have += at->len;
	if (end > s->end)
		s->end = end;
	if (start == 0)
		s->proto = f->proto;
	return at;
}

/* Fills the holes that f covers.  Returns false if a limit is reached. */
static bool
set_fill(struct defrag *d, struct set *s, const struct frag *f, uint32_t end)
{
	struct piece *at, *prev = NULL;
	uint32_t pos = f->off, had = s->have;
	bool again = false;

	SLIST_FOREACH(at, &s->pieces, next) {
		if (pos >= end)
			break;
		if (at->off > pos) {
			uint32_t to = at->off < end ? at->off : end;

			if (piece_put(d, s, prev, f, pos, to) == NULL)
				return false;
			pos = to;
		}
		if (at->off == f->off && at->off + at->len == end)
			again = true;
		if (at->off + at->len > pos)
			pos = at->off + at->len;
		prev = at;
	}
	if (pos < end && piece_put(d, s, prev, f, pos, end) == NULL)
		return false;
	if (s->have - had < end - f->off && !again)
		stat_add(d->stats, STAT_FRAGS_OVERLAP, 1);
	return true;
}

static struct datagram
set_join(struct defrag *d, struct set *s)
{
	struct datagram out = { .len = s->total, .proto = s->proto };
	struct piece *at;

	if ((out.p = take(d, s, s->total)) != NULL) {
		while ((at = SLIST_FIRST(&s->pieces)) != NULL) {
			memcpy(out.p + at->off, at->p, at->len);
			SLIST_REMOVE_HEAD(&s->pieces, next);
			budget_free(at);
		}
		stat_add(d->stats, STAT_FRAGS_DONE, 1);
	}
	table_drop(&d->sets, &s->entry);
	return out;
}

/* Returns the offset of the fragment's end, or 0 if hosts refuse the
 * fragment. */
static uint32_t
frag_end(const struct frag *f)
{
	size_t len = f->data.len;

	/* All but the last must be multiples of eight bytes long.  IPv4 hosts
	 * cut others to that, IPv6 hosts refuse them. */
	if (f->more && len % 8 != 0) {
		if (f->src.v6)
			return 0;
		len -= len % 8;
	}
	if (len == 0 || len > MAX_DATAGRAM || f->off > MAX_DATAGRAM - len)
		return 0;
	return f->off + (uint32_t)len;
}

/* Returns whether the fragment agrees with the datagram's length as known. */
static bool
agrees(const struct set *s, const struct frag *f, uint32_t end)
{
	if (s->total != UNKNOWN)
		return f->more ? end <= s->total : end == s->total;
	return f->more || end >= s->end;
}

struct datagram
defrag_add(struct defrag *d, const struct frag *f, int64_t now)
{
	const struct datagram none = { 0 };
	uint32_t end = frag_end(f);
	struct set *s;

	stat_add(d->stats, STAT_FRAGS, 1);
	while ((s = table_oldest(&d->sets)) != NULL &&
	    now - s->born > FRAG_TIMEOUT * INT64_C(1000000))
		table_drop(&d->sets, &s->entry);
	if (end == 0 || (s = set_get(d, f, now)) == NULL || !agrees(s, f, end)) {
		stat_add(d->stats, STAT_FRAGS_DROPPED, 1);
		return none;
	}
	if (!set_fill(d, s, f, end)) {
		stat_add(d->stats, STAT_FRAGS_DROPPED, 1);
		table_drop(&d->sets, &s->entry);
		return none;
	}
	if (!f->more)
		s->total = end;
	return s->have == s->total ? set_join(d, s) : none;
}
