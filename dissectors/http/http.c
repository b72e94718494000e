/* http.c -- a connection's HTTP messages: where they begin and end; RFC 9112. */
#include "http/http.h"

#include "base/decode-text.h"
#include "base/limits.h"
#include "http/exchange.h"
#include "http/parser.h"

enum stage {
	STAGE_START,		/* between messages */
	STAGE_HEAD,
	STAGE_FRONT,		/* a body of known length: what is wanted of its beginning */
	STAGE_BACK,		/* and of its end */
	STAGE_REST,		/* the rest of a body: nothing more of it is wanted */
	STAGE_CHUNKS,
	STAGE_TO_END		/* a body that the end of the connection ends */
};

/* One direction, and the message that is in progress in it. */
struct side {
	struct http	*h;
	enum dir	 dir;
	enum stage	 stage;

	/* The message's head */
	struct buf	 head;
	size_t		 line;		/* the offset at which its last line begins */
	unsigned int	 lines;		/* whole ones */
	struct exchange	*exchange;
	unsigned int	 status;

	/* Its body */
	struct http_want want;
	bool		 coded;		/* with a content coding that we undo */
	size_t		 blank;		/* bytes of the empty line before it in its PDU */
	uint64_t	 front, middle, back;	/* of known length: wanted, not, wanted */
	struct body_buffer	 kept;

	struct parser	*parser;	/* from the head's end on, if there are chunks */
};

struct http {
	struct carrier	 c;
	void		*listening;	/* the listener's state; NULL before the first message */
	bool		 leave;
	struct exchanges exchanges;
	struct side	 side[2];
};

/* ---- What the listener is told ---- */

static struct http_message
message(const struct side *s)
{
	const struct exchange *e = s->exchange;

	return (struct http_message){ .dir = s->dir, .exchange = e->number,
	    .method = e->method, .target = e->target, .host = e->host, .agent = e->agent,
	    .status = s->status, .fields = &s->head };
}

static void
message_over(struct side *s)
{
	parser_free(s->parser);
	exchange_release(s->exchange);
	buf_free(&s->head);
	buf_free(&s->kept.buf);
	s->parser = NULL;
	s->exchange = NULL;
	s->line = 0;
	s->lines = 0;
	s->stage = STAGE_START;
}

static void
tell_head(struct side *s)
{
	struct http *h = s->h;
	struct http_message m = message(s);

	if (h->listening == NULL && (h->listening = http_listener->conn_new(&h->c)) == NULL) {
		h->leave = true;
		return;
	}
	stat_add(h->c.world->stats, STAT_HTTP_MESSAGES, 1);
	s->want = (struct http_want){ .first = 0 };
	http_listener->head(h->listening, &m, &s->want);
	if (s->want.first > MAX_HTTP_BODY)
		s->want.first = MAX_HTTP_BODY;
	if (s->want.last > MAX_HTTP_BODY - s->want.first)
		s->want.last = MAX_HTTP_BODY - s->want.first;
	h->leave |= http_listener->done(h->listening);
}

static void
tell_body(struct side *s, const struct http_body *b)
{
	struct http *h = s->h;
	struct http_message m = message(s);

	if (h->listening != NULL && !h->leave) {
		http_listener->body(h->listening, &m, b);
		h->leave |= http_listener->done(h->listening);
	}
	/* After an upgrade or CONNECT, what follows is no HTTP: RFC 9110 7.8,
	 * 9.3.6. */
	h->leave |= s->status == 101 ||
	    (m.method != NULL && strcmp(m.method, "CONNECT") == 0);
	message_over(s);
}

/* RFC 9110 8.4.  A body that cannot be decoded is told as it was sent. */
static void
tell_decoded(struct side *s, struct view coded, bool torn)
{
	struct http_body b;
	struct buf clear;

	buf_init(&clear, s->h->c.budget, MAX_HTTP_BODY);
	if (inflate_any(coded, &clear))
		b = body_cut(buf_view(&clear), s->want, torn || clear.len == clear.max);
	else
		b = body_cut(coded, s->want, torn);
	tell_body(s, &b);
	buf_free(&clear);
}

static void
tell_kept(struct side *s, bool torn)
{
	struct http_body b = body_buffer_get(&s->kept, torn);

	if (s->coded)
		tell_decoded(s, b.first, b.torn || b.missing > 0);
	else
		tell_body(s, &b);
}

/* The rest of the message in progress is lost: ends it, and tells what was kept. */
static void
message_torn(struct side *s)
{
	struct http_body b = { .torn = true };

	switch (s->stage) {
	case STAGE_START:
	case STAGE_REST:
		break;
	case STAGE_HEAD:
		message_over(s);
		break;
	case STAGE_FRONT:
		tell_body(s, &b);
		break;
	case STAGE_BACK:
		b.first = buf_view(&s->kept.buf);
		tell_body(s, &b);
		break;
	case STAGE_CHUNKS:
	case STAGE_TO_END:
		tell_kept(s, true);
		break;
	}
	s->stage = STAGE_START;
}

/* Where the message ends is lost too, so whole messages may be lost with it. */
static void
message_lost(struct side *s)
{
	message_torn(s);
	s->h->exchanges.unsure |= s->dir == S2C;
}

/* ---- Heads ---- */

static char *
copy(struct side *s, struct view v)
{
	return v.len > 0 ? budget_strndup(s->h->c.budget, v) : NULL;
}

static bool
begin_request(struct side *s, const struct http_head *head)
{
	struct exchanges *x = &s->h->exchanges;
	struct http_message m;

	if (exchanges_forget(x))
		stat_add(s->h->c.world->stats, STAT_HTTP_LIMIT, 1);
	if ((s->exchange = exchange_request(x)) == NULL)
		return false;
	m = message(s);
	s->exchange->method = copy(s, head->method);
	s->exchange->target = copy(s, head->target);
	s->exchange->host = copy(s, head->host);
	s->exchange->agent = copy(s, http_field(&m, "User-Agent", 0));
	return s->exchange->method != NULL;
}

static bool
begin_response(struct side *s, const struct http_head *head)
{
	s->status = head->status;
	s->exchange = exchange_response(&s->h->exchanges);
	return s->exchange != NULL;
}

/* Sets which parts of a body of that length are wanted. */
static void
plan(struct side *s, uint64_t len)
{
	const size_t first = s->want.first, last = s->want.last;

	s->front = len;
	s->middle = s->back = 0;
	if (s->coded) {
		s->front = len < MAX_HTTP_BODY ? len : MAX_HTTP_BODY;
		s->middle = len - s->front;
	} else if (len > first + last) {
		s->front = first;
		s->middle = len - first - last;
		s->back = last;
	}
	s->stage = STAGE_FRONT;
}

/*
 * The listener has the head and said what it wants of the body.  If it wants
 * nothing of a body of known length, the end of the message is told at once,
 * since the framer skips the body whether its bytes were captured or not.
 */
static void
begin_body(struct side *s, const struct http_head *head)
{
	struct http_body none = { .missing = head->length };
	bool wanted = s->want.first + s->want.last > 0;
	struct http_message m = message(s);
	struct http_want want = s->want;

	s->coded = wanted && head_coded(&m);
	if (s->coded)
		want = (struct http_want){ .first = MAX_HTTP_BODY };
	body_buffer_init(&s->kept, s->h->c.budget, want);
	switch (head->framing) {
	case BODY_CHUNKS:
		s->stage = STAGE_CHUNKS;
		return;
	case BODY_TO_END:
		s->stage = STAGE_TO_END;
		break;
	case BODY_LENGTH:
		if (wanted) {
			plan(s, head->length);
			break;
		}
		tell_body(s, &none);
		s->back = head->length;
		s->stage = STAGE_REST;
		break;
	case BODY_NONE:
		tell_body(s, &none);
		break;
	}
	parser_free(s->parser);
	s->parser = NULL;
}

/* Reads a whole head.  Returns false if it is malformed, or memory is spent. */
static bool
head_done(struct side *s)
{
	const struct exchange *next = exchange_next(&s->h->exchanges);
	struct http_head head;

	head_unfold(&s->head);
	s->parser = parser_new(s->h->c.budget, s->dir, s->head.len);
	if (s->parser == NULL || !parser_head(s->parser, buf_view(&s->head), s->line,
	    next != NULL ? next->method : NULL, &head))
		return false;
	if (head.interim) {
		message_over(s);
		return true;
	}
	if (s->dir == C2S ? !begin_request(s, &head) : !begin_response(s, &head))
		return false;
	tell_head(s);
	begin_body(s, &head);
	return true;
}

static bool
head_add(struct side *s, struct view v)
{
	if (s->lines < MAX_HTTP_FIELDS && buf_add(&s->head, v))
		return true;
	stat_add(s->h->c.world->stats, STAT_HTTP_LIMIT, 1);
	return false;
}

/* Adds a line of a head, or a piece of one. */
static void
head_bytes(struct side *s, struct view v)
{
	bool whole = v.p[v.len - 1] == '\n';

	if (s->stage == STAGE_START) {
		buf_init(&s->head, s->h->c.budget, MAX_HTTP_HEAD);
		s->stage = STAGE_HEAD;
	}
	if (!head_add(s, v) || (whole && s->lines == 0 && s->dir == C2S &&
	    !head_versioned(buf_view(&s->head)))) {
		message_lost(s);
	} else if (whole) {
		s->lines++;
		s->line = s->head.len;
	}
}

/* Does the head end with this line, or piece of a line? */
static bool
head_ends(const struct side *s, struct view v)
{
	size_t before = s->head.len - s->line;

	return v.len > 0 && v.p[v.len - 1] == '\n' && (before == 0 ?
	    v.len == 1 || (v.len == 2 && v.p[0] == '\r') :
	    before == 1 && v.len == 1 && s->head.p[s->line] == '\r');
}

/* ---- Bodies ---- */

/* have may be shorter than what was asked for: then the rest is lost. */
static void
front_bytes(struct side *s, struct view have)
{
	struct http_body b = { .first = have, .torn = have.len < s->front };

	if (s->coded) {
		tell_decoded(s, have, b.torn || s->middle > 0);
		return;
	}
	if (!b.torn && s->back > 0 && buf_add(&s->kept.buf, have)) {
		s->stage = STAGE_BACK;
		return;
	}
	if (!b.torn)
		b.missing = s->middle + s->back;
	tell_body(s, &b);
	if (s->back > 0)
		s->stage = STAGE_REST;
}

static void
back_bytes(struct side *s, struct view have)
{
	struct http_body b = { .first = buf_view(&s->kept.buf), .missing = s->middle,
	    .last = have, .torn = have.len < s->back };

	if (b.torn) {
		b.missing = 0;
		b.last.len = 0;
	}
	tell_body(s, &b);
}

static void
chunk_bytes(struct side *s, struct view v)
{
	switch (parser_chunk(s->parser, v, &s->kept)) {
	case CHUNK_BAD:
		message_lost(s);
		break;
	case CHUNK_MORE:
		break;
	case CHUNK_END:
		tell_kept(s, false);
		break;
	}
}

static void
http_pdu(void *conn, enum dir dir, struct view have, size_t len)
{
	struct http *h = conn;
	struct side *s = &h->side[dir];

	(void)len;
	switch (s->stage) {
	case STAGE_START:
	case STAGE_HEAD:
		head_bytes(s, have);
		break;
	case STAGE_FRONT:
		front_bytes(s, view_from(have, s->blank));
		break;
	case STAGE_BACK:
		back_bytes(s, have);
		break;
	case STAGE_REST:
		break;
	case STAGE_CHUNKS:
		chunk_bytes(s, have);
		break;
	case STAGE_TO_END:
		body_buffer_add(&s->kept, have);
		break;
	}
}

/* ---- Framing ---- */

/* WS-Management only uses POST ([DSP0226] 6, [MS-WSMV] 2.2.1).  A connection
 * that begins otherwise must be claimed by its port. */
static enum probe_answer
http_probe(struct view v)
{
	return start_line(v, true);
}

static bool
http_claims(struct world *w, const struct peers *peers)
{
	(void)w;
	return http_listener->claims(peers->sport, false);
}

static size_t
http_resync(struct view v)
{
	for (size_t i = 0; i < v.len; i++)
		if (start_line(view_from(v, i), false) != PROBE_NO)
			return i;
	return v.len;
}

/* The next PDU has len bytes, of which the first keep are wanted. */
static enum head
bring(struct extent *x, uint64_t len, uint64_t keep)
{
	x->len = (size_t)len;
	x->keep = (size_t)keep;
	return HEAD_PDU;
}

static enum head
start(const struct side *s, struct view v, struct extent *x)
{
	size_t n = empty_lines(v);
	enum probe_answer says = start_line(v, false);

	if (n > 0)
		return bring(x, n, 0);
	if (says == PROBE_MORE) {
		x->need = v.len + 1;
		return HEAD_MORE;
	}
	if (says != (s->dir == C2S ? PROBE_CLIENT : PROBE_SERVER))
		return HEAD_BAD;
	n = line_len(v);
	return bring(x, n, n);
}

/* Returns the next PDU of a body of known length.  blank is the length of the
 * empty line that still lies before it, or 0. */
static enum head
body_extent(struct side *s, size_t blank, struct extent *x)
{
	switch (s->stage) {
	case STAGE_FRONT:
		s->blank = blank;
		if (s->front > 0)
			return bring(x, blank + s->front + s->middle, blank + s->front);
		s->stage = STAGE_BACK;
		return bring(x, blank + s->middle, 0);
	case STAGE_BACK:
		return bring(x, s->back, s->back);
	case STAGE_REST:
		s->stage = STAGE_START;
		return bring(x, blank + s->back, 0);
	default:
		return bring(x, blank, 0);
	}
}

/*
 * v is the empty line that ends the head.  It makes one PDU with the body, so
 * that a body that is lost from its first byte on, which happens when it came
 * in a segment of its own, is lost alone: its length tells where the next
 * message begins.
 */
static enum head
head_end(struct side *s, struct view v, struct extent *x)
{
	if (!head_add(s, v) || !head_done(s))
		message_lost(s);
	return s->h->leave ? HEAD_LEAVE : body_extent(s, v.len, x);
}

static enum head
http_head(void *conn, enum dir dir, struct view v, struct extent *x)
{
	struct http *h = conn;
	struct side *s = &h->side[dir];
	struct view line;

	if (h->leave)
		return HEAD_LEAVE;
	switch (s->stage) {
	case STAGE_START:
		return start(s, v, x);
	case STAGE_HEAD:
		line = view_upto(v, 0, line_len(v));
		if (head_ends(s, line))
			return head_end(s, line, x);
		return bring(x, line.len, line.len);
	case STAGE_CHUNKS:
		line = view_upto(v, 0, line_len(v));
		return bring(x, line.len, line.len);
	case STAGE_TO_END:
		return bring(x, v.len, v.len);
	default:
		return body_extent(s, 0, x);
	}
}

static void
http_gap(void *conn, enum dir dir)
{
	struct http *h = conn;

	message_lost(&h->side[dir]);
}

/* ---- Begin and end ---- */

static void *
http_new(const struct carrier *c)
{
	struct http *h = budget_calloc(c->budget, 1, sizeof(*h));

	if (h == NULL)
		return NULL;
	h->c = *c;
	exchanges_init(&h->exchanges, c->budget);
	h->exchanges.unsure = c->midstream;
	for (enum dir d = C2S; d <= S2C; d++)
		h->side[d] = (struct side){ .h = h, .dir = d };
	return h;
}

static void
http_free(void *conn)
{
	struct http *h = conn;

	if (h == NULL)
		return;
	if (h->side[S2C].stage == STAGE_TO_END)
		tell_kept(&h->side[S2C], false);
	message_torn(&h->side[C2S]);
	message_torn(&h->side[S2C]);
	http_listener->conn_free(h->listening);
	exchanges_free(&h->exchanges);
	budget_free(h);
}

const struct proto_ops http_proto = {
	.name = "http",
	.claims = http_claims,
	.probe = http_probe,
	.conn_new = http_new,
	.head = http_head,
	.pdu = http_pdu,
	.resync = http_resync,
	.gap = http_gap,
	.conn_free = http_free,
};
