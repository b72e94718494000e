#include "engine/frame.h"

void
frame_init(struct framer *f, const struct proto_ops *ops, void *conn,
    struct world *w, struct budget *b, enum dir dir, bool lost)
{
	*f = (struct framer){ .ops = ops, .conn = conn, .world = w, .dir = dir,
	    .lost = lost };
	buf_init(&f->buf, b, MAX_PDU);
}

/* PDUs may be missing from here on: look for the start of the next. */
static void
get_lost(struct framer *f)
{
	f->pdu = f->need = 0;
	if (f->lost)
		return;
	f->lost = true;
	f->searched = 0;
	f->ops->gap(f->conn, f->dir);
}

/* Returns what head() says of the bytes.  An answer by which the framer would
 * wait for ever or loop is taken as HEAD_BAD. */
static enum head
ask(struct framer *f, struct view first)
{
	struct extent e = { 0 };
	enum head h = f->ops->head(f->conn, f->dir, first, &e);

	if (h == HEAD_MORE) {
		if (e.need <= first.len || e.need > MAX_PDU)
			return HEAD_BAD;
		f->need = e.need;
	} else if (h == HEAD_PDU) {
		if (e.len == 0 || e.keep > e.len)
			return HEAD_BAD;
		if (e.keep > MAX_PDU) {
			stat_add(f->world->stats, STAT_PDU_TOO_LARGE, 1);
			e.keep = MAX_PDU;
		}
		f->pdu = e.len;
		f->keep = e.keep;
	}
	return h;
}

/* Hands over what there is of the PDU.  The framer has passed seen bytes of
 * it. */
static void
tell(struct framer *f, struct view have, size_t seen)
{
	size_t len = f->pdu;

	f->pdu = 0;
	f->skip = len - seen;
	if (have.len > 0)
		f->ops->pdu(f->conn, f->dir, have, len);
}

/* Hands over the PDU of known length that starts v.  Returns how many bytes of
 * v are done with; 0 if not all that are wanted are there. */
static size_t
take(struct framer *f, struct view v)
{
	size_t n = v.len < f->pdu ? v.len : f->pdu;

	if (v.len < f->keep)
		return 0;
	tell(f, view_upto(v, 0, f->keep), n);
	return n;
}

/* Parses v, at the start of which a PDU is expected.  Returns as take()
 * does. */
static size_t
parse(struct framer *f, struct view v)
{
	size_t n;

	if (f->pdu != 0)
		return take(f, v);
	if (f->lost && (n = f->ops->resync(v)) > 0) {
		n = n < v.len ? n : v.len;
		f->searched += n;
		return n;
	}
	switch (ask(f, v)) {
	case HEAD_MORE:
		return 0;
	case HEAD_PDU:
		if (f->lost)
			stat_add(f->world->stats, STAT_RESYNCS, 1);
		f->lost = false;
		return take(f, v);
	case HEAD_LEAVE:
		f->left = true;
		return v.len;
	case HEAD_BAD:
		break;
	}
	if (!f->lost)
		stat_add(f->world->stats, STAT_BAD_PDUS, 1);
	get_lost(f);
	f->searched++;
	return 1;
}

/* There is no memory to gather the PDU: hands over what there is of it, or is
 * lost if its length is unknown. */
static void
refuse(struct framer *f, struct view have)
{
	stat_add(f->world->stats, STAT_PDU_TOO_LARGE, 1);
	if (f->pdu != 0)
		tell(f, have, have.len);
	else
		get_lost(f);
	buf_free(&f->buf);
}

/* Fills the buffer up to what is needed, and no further, and parses it.
 * Returns what is left of v. */
static struct view
gather(struct framer *f, struct view v)
{
	size_t want = f->pdu != 0 ? f->keep : f->need, at, n;
	struct view more = view_upto(v, 0, want - f->buf.len);

	if (!buf_add(&f->buf, more)) {
		refuse(f, buf_view(&f->buf));
		return v;
	}
	if (f->buf.len == want) {
		for (at = 0; at < f->buf.len; at += n)
			if ((n = parse(f, view_from(buf_view(&f->buf), at))) == 0)
				break;
		buf_drop(&f->buf, at);
	}
	return view_from(v, more.len);
}

static struct view
count_off(struct framer *f, struct view v)
{
	size_t n = v.len < f->skip ? v.len : (size_t)f->skip;

	f->skip -= n;
	stat_add(f->world->stats, STAT_SKIPPED_BYTES, n);
	return view_from(v, n);
}

void
frame_push(struct framer *f, struct view v)
{
	size_t n;

	while (v.len > 0 && !f->left) {
		if (f->skip > 0) {
			v = count_off(f, v);
		} else if (f->buf.len > 0) {
			v = gather(f, v);
		} else if ((n = parse(f, v)) > 0) {
			v = view_from(v, n);
		} else {
			if (!buf_add(&f->buf, v))
				refuse(f, v);
			return;
		}
	}
}

/* Hands over the PDU of known length incomplete; its rest is skipped. */
static void
tear(struct framer *f)
{
	stat_add(f->world->stats, STAT_TORN_PDUS, 1);
	tell(f, buf_view(&f->buf), f->buf.len);
}

void
frame_gap(struct framer *f, uint64_t n)
{
	if (n == 0)
		return;
	if (f->pdu != 0)
		tear(f);
	buf_free(&f->buf);
	if (n <= f->skip) {
		f->skip -= n;
		return;
	}
	f->skip = 0;
	get_lost(f);
}

void
frame_end(struct framer *f)
{
	if (f->pdu != 0)
		tear(f);
	buf_free(&f->buf);
	f->need = 0;
	f->skip = 0;
}

void
frame_free(struct framer *f)
{
	buf_free(&f->buf);
}

bool
frame_hopeless(const struct framer *f)
{
	return f->lost && f->searched >= MAX_RESYNC;
}
