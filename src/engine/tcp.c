#include "engine/tcp.h"

/* The payload of a segment, or a part of it, that has just arrived. */
struct piece {
	uint64_t	 off;		/* stream offset */
	uint64_t	 ack;		/* end of the other side's bytes that the sender had */
	size_t		 len;		/* bytes on the wire */
	struct view	 v;		/* the first of them, as far as captured */
	const struct packet_ref *at;
};

/* A piece that waits for bytes before it, or for bytes of the other side that
 * its sender had acknowledged. */
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

/* Returns the offset nearest to next that has this sequence number. */
static uint64_t
widen(const struct tcp_stream *s, uint32_t seq)
{
	return s->next + (uint64_t)(int64_t)(int32_t)(seq - (uint32_t)s->next);
}

/* Starts the offsets at the first sequence number seen, with room below for
 * segments that come late. */
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

/* Takes an acknowledgement of the bytes of o.  Returns the offset that it
 * acknowledges, or 0 if that is too far ahead to be believed. */
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
	/* No packet of that side was captured: do not wait for its bytes. */
	if (!o->seen && o->acked > o->next)
		o->next = o->acked;
	return to;
}

/* A FIN takes one sequence number, which is no byte of the stream.  Its
 * acknowledgement may be seen before it. */
static void
see_fin(struct tcp_stream *s)
{
	if (s->fin != 0 && s->acked == s->fin + 1)
		s->acked = s->fin;
}

/*
 * Takes a segment far outside the window.  One may be forged or corrupt; three
 * in a row that follow each other are the stream itself, after a long outage.
 * Returns whether this is the third.
 */
static bool
strayed(struct tcp_stream *s, const struct piece *x)
{
	uint32_t seq = (uint32_t)x->off, end = (uint32_t)(x->off + x->len);

	if (s->strays > 0 && end == s->stray_end)
		return false;		/* a copy, as mirror ports make them */
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

/* Hands over the next len bytes, of which v was captured. */
static void
deliver(struct tcp *t, unsigned int side, const struct packet_ref *at, struct view v, size_t len)
{
	struct tcp_stream *s = &t->s[side];

	/* Packet numbers start at 1 in each file. */
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

	/* The stream may have gone past the start of the segment. */
	old = g->off < s->next ? (size_t)(s->next - g->off) : 0;
	if (old < g->len)
		deliver(t, side, &g->at, view_from(v, old), g->len - old);
	seg_free(s, g);
}

/* Returns whether the other side's bytes before ack were handed over. */
static bool
caused(const struct tcp *t, unsigned int side, uint64_t ack)
{
	const struct tcp_stream *o = &t->s[!side];

	return !o->seen || ack <= o->next + (o->next == o->fin);
}

/* Returns where the bytes missing at next end: at the first segment that waits,
 * or at the end of what was acknowledged. */
static uint64_t
edge(const struct tcp_stream *s)
{
	const struct tcp_seg *g = TAILQ_FIRST(&s->segs);

	return g != NULL ? g->off : s->acked;
}

/* Skips the next n bytes if the user does not need them. */
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

/* Returns which of the sides in question has the segment that came first. */
static unsigned int
older(const struct tcp *t, bool side0, bool side1)
{
	if (side0 && side1)
		return came(&t->s[1]) < came(&t->s[0]);
	return side1;
}

/* Hands over all that need not wait any more. */
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

/* Ends the wait of the first hole or segment of a stream. */
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

/* Dates holes in the acknowledged bytes; one at a new offset is new. */
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
			/* The next hole keeps the time of this one. */
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

/* Takes the first n bytes off the piece and returns them. */
static struct piece
cut(struct piece *x, size_t n)
{
	struct piece front = { x->off, x->ack, n, view_upto(x->v, 0, n), x->at };

	x->off += n;
	x->len -= n;
	x->v = view_from(x->v, n);
	return front;
}

/* Counts that bytes of x came before, in g.  If they differ, that is an attack
 * or corruption. */
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

/* Keeps the bytes of x that are not there yet.  Returns false if there is no
 * room; x is then what was not kept. */
static bool
enqueue(struct tcp *t, struct tcp_stream *s, struct piece *x)
{
	struct tcp_seg *g = TAILQ_LAST(&s->segs, tcp_segs), *behind;
	struct piece rest, front;

	while (g != NULL && g->off > x->off)
		g = TAILQ_PREV(g, tcp_segs, link);
	for (;;) {
		/* Here g, if any, does not start behind x. */
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
 * Takes from x the bytes that the user does not need.  They are neither kept
 * nor waited for, so that bulk data costs little even if the capture missed
 * much.
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

/* Cuts off what was handed over before.  Returns whether anything is left. */
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
		/* Nothing can be kept: hand it over, in whatever order. */
		if (x->off > s->next) {
			uint64_t n = x->off - s->next;

			s->next = x->off;
			lose(t, side, n);
		}
		deliver(t, side, x->at, x->v, x->len);
		return;
	}
}

/* Returns whether x is near enough to the stream's offset.  If three segments
 * show that the stream is elsewhere, it moves there. */
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
 * Moves the stream back to x if it lies before the first byte seen, or in a gap
 * that was reported too early, and no byte behind it was handed over.  The byte
 * of a keep-alive (RFC 1122 4.2.3.6) does not count.
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
