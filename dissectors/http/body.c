/* body.c -- the parts of HTTP message bodies that are wanted. */
#include "http/body.h"

/* The buffer fills up to first + 2 * last.  Then its middle is dropped, so that
 * each byte is moved once on average. */
void
body_buffer_init(struct body_buffer *p, struct budget *b, struct http_want want)
{
	*p = (struct body_buffer){ .want = want };
	buf_init(&p->buf, b, want.first + 2 * want.last);
}

void
body_buffer_add(struct body_buffer *p, struct view v)
{
	const size_t first = p->want.first, last = p->want.last;
	struct buf *b = &p->buf;

	p->total += v.len;
	while (v.len > 0 && !p->full) {
		struct view some = view_upto(v, 0, b->max - b->len);

		if (!buf_add(b, some)) {
			p->full = true;
			return;
		}
		v = view_from(v, some.len);
		if (v.len == 0 || b->len < b->max)
			return;
		if (last == 0)
			return;
		memmove(b->p + first, b->p + b->len - last, last);
		b->len = first + last;
	}
}

/* kept has the beginning and the end of a body of total bytes. */
static struct http_body
ends(struct view kept, uint64_t total, struct http_want want, bool torn)
{
	struct http_body b = { .first = kept, .torn = torn };

	if (kept.len == total && total <= want.first + want.last)
		return b;
	b.first = view_upto(kept, 0, want.first);
	if (torn)
		return b;
	b.last = view_from(kept, kept.len - want.last);
	b.missing = total - b.first.len - b.last.len;
	return b;
}

struct http_body
body_buffer_get(const struct body_buffer *p, bool torn)
{
	return ends(buf_view(&p->buf), p->total, p->want, torn || p->full);
}

struct http_body
body_cut(struct view v, struct http_want want, bool torn)
{
	return ends(v, v.len, want, torn);
}
