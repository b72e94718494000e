#include "engine/tcp.h"

/* Bytes on their way to the stream. */
struct piece {
	uint64_t	 off;
	uint64_t	 ack;		/* the other side's bytes that their sender had */
	size_t		 len;		/* on the wire */
	struct view	 v;		/* the first of them, as captured */
	const struct packet_ref *at;
};

/* A piece that waits: for bytes before it, or for what its sender had seen. */
struct tcp_seg {
	TAILQ_ENTRY(tcp_seg) link;
	struct tcp_time	 came;
	struct packet_ref	 at;
	uint64_t	 off;
	uint64_t	 ack;
	size_t		 len;
	size_t		 have;
	uint8_t		 bytes[];
};

void
tcp_init(struct tcp *t, const struct tcp_user *user, void *arg,
    struct budget *b, struct stats *stats)
{
	*t = (struct tcp){ .user = user, .arg = arg, .budget = b, .stats = stats };
	TAILQ_INIT(&t->s[0].segs);
	TAILQ_INIT(&t->s[1].segs);
}

static void
seg_free(struct tcp_stream *s, struct tcp_seg *g)
{
	TAILQ_REMOVE(&s->segs, g, link);
	s->queued -= g->have;
	s->nsegs--;
	budget_free(g);
}

void
tcp_free(struct tcp *t)
{
	struct tcp_seg *g;

	for (unsigned int side = 0; side < 2; side++)
		while ((g = TAILQ_FIRST(&t->s[side].segs)) != NULL)
			seg_free(&t->s[side], g);
}

/* ---- Sequence numbers ---- */

/* The offset that is meant, of all those with this sequence number. */
static uint64_t
widen(const struct tcp_stream *s, uint32_t seq)
{
	return s->next + (uint64_t)(int64_t)(int32_t)(seq - (uint32_t)s->next);
}

/* A first sequence number.  Room is left below for what comes late. */
static void
anchor(struct tcp_stream *s, uint32_t seq)
{
	s->next = s->acked = (UINT64_C(1) << 32) + seq;
	s->floor = s->next - MAX_TCP_AHEAD;
	s->anchored = true;
}

void
tcp_syn(struct tcp *t, unsigned int side, uint32_t isn)
{
	struct tcp_stream *s = &t->s[side];
	uint64_t off;

	if (!s->anchored)
		anchor(s, isn + 1);
	s->seen = true;
	off = widen(s, isn + 1);
	if (s->begun || off < s->floor || off > s->next + MAX_TCP_AHEAD)
		return;
	s->next = s->floor = off;
	if (s->acked < off)
		s->acked = off;
}

/* This side has the other's bytes up to where?  0 when that is not believed. */
static uint64_t
acknowledge(struct tcp_stream *o, uint32_t ack)
{
	uint64_t to;

	if (!o->anchored)
		anchor(o, ack);
	to = widen(o, ack);
	if (to > o->next + MAX_TCP_AHEAD)
		return 0;
	if (to > o->acked)
		o->acked = to;
	/* Not in this capture, so far: nothing to wait for. */
	if (!o->seen && o->acked > o->next)
		o->next = o->acked;
	return to;
}

/* Both the FIN and its acknowledgement may come first. */
static void
see_fin(struct tcp_stream *s)
{
	if (s->fin != 0 && s->acked == s->fin + 1)
		s->acked = s->fin;
}

/*
 * A segment that fits nowhere.  One may be forged or corrupt; three in a row
 * that follow each other are the stream itself, after a long outage.
 */
static bool
strayed(struct tcp_stream *s, const struct piece *x)
{
	uint32_t seq = (uint32_t)x->off, end = (uint32_t)(x->off + x->len);

	if (s->strays > 0 && end == s->stray_end)
		return false;		/* the same again: a mirror port's double */
	if (s->strays > 0 && seq - s->stray_end <= MAX_TCP_AHEAD)
		s->strays++;
	else
		s->strays = 1;
	s->stray_end = end;
	return s->strays == 3;
}

/* ---- Handing over ---- */

static void
lose(struct tcp *t, unsigned int side, uint64_t n)
{
	t->s[side].begun = true;
	if (n > t->user->skip(t->arg, side)) {
		stat_add(t->stats, STAT_GAPS, 1);
		if (n != UINT64_MAX)
			stat_add(t->stats, STAT_GAP_BYTES, n);
	}
	t->user->gap(t->arg, side, n);
}

/* The next bytes, in order. */
static void
deliver(struct tcp *t, unsigned int side, const struct packet_ref *at, struct view v, size_t len)
{
	struct tcp_stream *s = &t->s[side];

	/* Numbers start anew in the next file. */
	if (at->source != s->latest.source || at->pkt > s->latest.pkt)
		s->latest = *at;
	s->next += len;
	s->floor = s->next;
	s->begun = true;
	if (v.len > 0)
		t->user->data(t->arg, side, &s->latest, v);
	if (len > v.len)
		lose(t, side, len - v.len);
}

static void
deliver_head(struct tcp *t, unsigned int side)
{
	struct tcp_stream *s = &t->s[side];
	struct tcp_seg *g = TAILQ_FIRST(&s->segs);
	struct view v = { g->bytes, g->have };
	size_t old;

	/* Something that was not waited for may have overtaken its front. */
	old = g->off < s->next ? (size_t)(s->next - g->off) : 0;
	if (old < g->len)
		deliver(t, side, &g->at, view_from(v, old), g->len - old);
	seg_free(s, g);
}

/* Did the other side hand over all that the sender had seen? */
static bool
caused(const struct tcp *t, unsigned int side, uint64_t ack)
{
	const struct tcp_stream *o = &t->s[!side];

	return !o->seen || ack <= o->next + (o->next == o->fin);
}

/* Where the next bytes that are known of start, or end. */
static uint64_t
edge(const struct tcp_stream *s)
{
	const struct tcp_seg *g = TAILQ_FIRST(&s->segs);

	return g != NULL ? g->off : s->acked;
}

/* Move on over n bytes that nobody wants. */
static void
coast(struct tcp *t, unsigned int side, uint64_t n)
{
	struct tcp_stream *s = &t->s[side];

	if (n == 0 || n > t->user->skip(t->arg, side))
		return;
	s->next += n;
	s->floor = s->next;
	s->begun = true;
	t->user->gap(t->arg, side, n);
}

static bool
ready(struct tcp *t, unsigned int side)
{
	struct tcp_stream *s = &t->s[side];
	const struct tcp_seg *g;

	if (edge(s) > s->next)
		coast(t, side, edge(s) - s->next);
	g = TAILQ_FIRST(&s->segs);
	return g != NULL && g->off <= s->next &&
	    (g->off + g->len <= s->next || caused(t, side, g->ack));
}

static uint32_t
came(const struct tcp_stream *s)
{
	const struct tcp_seg *g = TAILQ_FIRST(&s->segs);

	return g != NULL ? g->came.pkts : UINT32_MAX;
}

/* Of two that may go, the one that came first. */
static unsigned int
older(const struct tcp *t, bool side0, bool side1)
{
	if (side0 && side1)
		return came(&t->s[1]) < came(&t->s[0]);
	return side1;
}

/* Hand over all that need not wait any more. */
static void
pump(struct tcp *t)
{
	bool a, b;

	while (a = ready(t, 0), b = ready(t, 1), a || b)
		deliver_head(t, older(t, a, b));
}

/* ---- Waiting ---- */

static bool
hole(const struct tcp_stream *s)
{
	return s->seen && edge(s) > s->next;
}

/* What the stream waits for first is not waited for any longer. */
static void
give_up(struct tcp *t, unsigned int side)
{
	struct tcp_stream *s = &t->s[side];
	uint64_t n = edge(s) - s->next;

	if (hole(s)) {
		s->next += n;
		lose(t, side, n);
	} else if (!TAILQ_EMPTY(&s->segs)) {
		deliver_head(t, side);
	}
	pump(t);
}

static bool
aged(const struct tcp *t, const struct tcp_time *since, uint32_t pkts, int64_t us)
{
	return t->now.pkts - since->pkts >= pkts || t->now.us - since->us >= us;
}

static bool
overdue(const struct tcp *t, const struct tcp_stream *s)
{
	const struct tcp_seg *g = TAILQ_FIRST(&s->segs);

	if (hole(s) && s->acked > s->next &&
	    aged(t, &s->hole, TCP_PATIENCE_ACKED, TCP_WAIT_ACKED) &&
	    (g == NULL || aged(t, &g->came, TCP_PATIENCE_ACKED, TCP_WAIT_ACKED)))
		return true;
	return g != NULL && aged(t, &g->came, TCP_PATIENCE_OPEN, TCP_WAIT_OPEN);
}

/* An acknowledged hole's age starts anew when the stream got on by itself. */
static void
note_holes(struct tcp *t)
{
	struct tcp_stream *s;

	for (s = t->s; s < t->s + 2; s++)
		if (s->acked > s->next && s->hole_at != s->next) {
			s->hole_at = s->next;
			s->hole = t->now;
		}
}

static void
lose_patience(struct tcp *t)
{
	struct tcp_stream *s;

	for (unsigned int side = 0; side < 2; side++) {
		s = &t->s[side];
		while (overdue(t, s)) {
			give_up(t, side);
			/* The next hole is as old as what comes behind it. */
			s->hole_at = s->acked > s->next ? s->next : 0;
			note_holes(t);
		}
	}
}

bool
tcp_waits(const struct tcp *t)
{
	const struct tcp_stream *s;

	for (s = t->s; s < t->s + 2; s++)
		if (!TAILQ_EMPTY(&s->segs) || hole(s))
			return true;
	return false;
}

void
tcp_tick(struct tcp *t, int64_t now)
{
	t->now.us = now;
	lose_patience(t);
}

void
tcp_flush(struct tcp *t)
{
	bool a, b;

	while (tcp_waits(t)) {
		a = hole(&t->s[0]);
		b = hole(&t->s[1]);
		if (!a && !b) {
			a = !TAILQ_EMPTY(&t->s[0].segs);
			b = !TAILQ_EMPTY(&t->s[1].segs);
		}
		give_up(t, older(t, a, b));
	}
}

bool
tcp_finished(const struct tcp *t)
{
	return t->s[0].fin != 0 && t->s[0].next == t->s[0].fin &&
	    t->s[1].fin != 0 && t->s[1].next == t->s[1].fin;
}

/* ---- Arriving ---- */

/* Take the first n bytes off the piece. */
static struct piece
cut(struct piece *x, size_t n)
{
	struct piece front = { x->off, x->ack, n, view_upto(x->v, 0, n), x->at };

	x->off += n;
	x->len -= n;
	x->v = view_from(x->v, n);
	return front;
}

/* The bytes from x on came before, in g.  That they differ is an attack, or corruption. */
static void
overlap(struct tcp *t, const struct piece *x, const struct tcp_seg *g)
{
	struct view first = view_from((struct view){ g->bytes, g->have },
	    (size_t)(x->off - g->off));
	size_t n = x->v.len < first.len ? x->v.len : first.len;

	stat_add(t->stats, STAT_OVERLAP, 1);
	if (n > 0 && memcmp(x->v.p, first.p, n) != 0)
		stat_add(t->stats, STAT_OVERLAP_DIFF, 1);
}

static bool
keep(struct tcp *t, struct tcp_stream *s, struct tcp_seg *after, const struct piece *x)
{
	struct tcp_seg *g;

	if (s->nsegs >= MAX_TCP_SEGS || x->v.len > MAX_TCP_QUEUE - s->queued ||
	    (g = budget_alloc(t->budget, sizeof(*g) + x->v.len)) == NULL)
		return false;
	*g = (struct tcp_seg){ .came = t->now, .at = *x->at, .off = x->off, .ack = x->ack,
	    .len = x->len, .have = x->v.len };
	if (x->v.len > 0)
		memcpy(g->bytes, x->v.p, x->v.len);
	if (after != NULL)
		TAILQ_INSERT_AFTER(&s->segs, after, g, link);
	else
		TAILQ_INSERT_HEAD(&s->segs, g, link);
	s->queued += x->v.len;
	s->nsegs++;
	return true;
}

/* Keep of x what is not there yet.  False when there is no room; x is then
 * what was not kept. */
static bool
enqueue(struct tcp *t, struct tcp_stream *s, struct piece *x)
{
	struct tcp_seg *g = TAILQ_LAST(&s->segs, tcp_segs), *behind;
	struct piece rest, front;

	while (g != NULL && g->off > x->off)
		g = TAILQ_PREV(g, tcp_segs, link);
	for (;;) {
		/* g starts before x does, or where it does. */
		if (g != NULL && g->off + g->len > x->off) {
			uint64_t n = g->off + g->len - x->off;

			overlap(t, x, g);
			if (n >= x->len)
				return true;
			cut(x, (size_t)n);
		}
		behind = g != NULL ? TAILQ_NEXT(g, link) : TAILQ_FIRST(&s->segs);
		if (behind == NULL || behind->off - x->off >= x->len)
			return keep(t, s, g, x);
		if (behind->off > x->off) {
			rest = *x;
			front = cut(&rest, (size_t)(behind->off - x->off));
			if (!keep(t, s, g, &front))
				return false;
			*x = rest;
		}
		g = behind;
	}
}

/*
 * In a skip nothing is lost, nothing waits and nothing is kept: bulk data
 * run through here, however much of them the capture missed.
 */
static void
run_through(struct tcp *t, unsigned int side, struct piece *x)
{
	struct tcp_stream *s = &t->s[side];
	uint64_t skip;

	if (x->off > s->next && (TAILQ_EMPTY(&s->segs) || x->off < edge(s)))
		coast(t, side, x->off - s->next);
	if (x->off == s->next && (skip = t->user->skip(t->arg, side)) > 0) {
		struct piece front = cut(x, skip < x->len ? (size_t)skip : x->len);

		deliver(t, side, front.at, front.v, front.len);
	}
}

/* Of x, only what is new.  False: nothing is. */
static bool
trim(struct tcp *t, const struct tcp_stream *s, struct piece *x)
{
	if (x->off >= s->next)
		return x->len > 0;
	if (x->len <= s->next - x->off)
		return false;
	stat_add(t->stats, STAT_OVERLAP, 1);
	cut(x, (size_t)(s->next - x->off));
	return true;
}

static void
arrive(struct tcp *t, unsigned int side, struct piece *x)
{
	struct tcp_stream *s = &t->s[side];

	while (trim(t, s, x)) {
		run_through(t, side, x);
		if (x->len == 0)
			return;
		if (x->off == s->next && TAILQ_EMPTY(&s->segs) &&
		    caused(t, side, x->ack)) {
			deliver(t, side, x->at, x->v, x->len);
			return;
		}
		if (enqueue(t, s, x))
			return;
		stat_add(t->stats, STAT_TCP_QUEUE_FULL, 1);
		if (!TAILQ_EMPTY(&s->segs)) {
			give_up(t, side);
			continue;
		}
		/* No memory at all: in what order the sides speak is lost. */
		if (x->off > s->next) {
			uint64_t n = x->off - s->next;

			s->next = x->off;
			lose(t, side, n);
		}
		deliver(t, side, x->at, x->v, x->len);
		return;
	}
}

/* Is x where the stream can be?  If the stream turns out to be elsewhere, go there. */
static bool
believe(struct tcp *t, unsigned int side, struct piece *x)
{
	struct tcp_stream *s = &t->s[side];

	if (x->off <= s->next + MAX_TCP_AHEAD &&
	    x->off + x->len + MAX_TCP_AHEAD >= s->next) {
		s->strays = 0;
		return true;
	}
	stat_add(t->stats, STAT_TCP_OUT_OF_WINDOW, 1);
	if (!strayed(s, x))
		return false;
	while (!TAILQ_EMPTY(&s->segs))
		give_up(t, side);
	s->strays = 0;
	x->off = ((s->next >> 32) + 1) << 32 | (uint32_t)x->off;
	s->next = s->floor = s->acked = x->off;
	s->fin = 0;
	lose(t, side, UINT64_MAX);
	return true;
}

/*
 * Bytes from before the first that we knew of, or from a gap that was told
 * too early: if nothing behind them was handed over they are good still.  A
 * keep-alive's byte (RFC 1122 4.2.3.6) is not one of them.
 */
static void
step_back(struct tcp *t, unsigned int side, const struct piece *x)
{
	struct tcp_stream *s = &t->s[side];

	if (x->off >= s->next || x->off < s->floor ||
	    (x->len == 1 && x->off + 1 == s->next))
		return;
	s->next = x->off;
	if (s->begun)
		lose(t, side, UINT64_MAX);
}

bool
tcp_packet(struct tcp *t, unsigned int side, const struct pkt *p, const struct packet_ref *now)
{
	struct tcp_stream *s = &t->s[side], *o = &t->s[!side];
	struct piece x = { .v = p->payload, .at = now };
	uint32_t seq = p->seq + ((p->flags & TCP_SYN) != 0);
	uint64_t was;

	t->now.us = now->us;
	t->now.pkts++;
	if (!s->anchored)
		anchor(s, seq);
	was = s->next;
	s->seen = true;
	x.off = widen(s, seq);
	x.len = p->wire_len > x.v.len ? p->wire_len : x.v.len;
	if (p->flags & TCP_ACK) {
		x.ack = acknowledge(o, p->ack);
		see_fin(o);
	}
	if (x.len > 0 && believe(t, side, &x)) {
		step_back(t, side, &x);
		arrive(t, side, &x);
	}
	if ((p->flags & TCP_FIN) && x.off + x.len >= s->next &&
	    x.off + x.len <= s->next + MAX_TCP_AHEAD) {
		s->fin = x.off + x.len;
		see_fin(s);
	}
	if (tcp_waits(t)) {
		pump(t);
		note_holes(t);
		lose_patience(t);
	}
	return s->next != was;
}
