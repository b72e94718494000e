/* soap-join.c -- the two ends of a long ReceiveResponse, [MS-WSMV] 2.2.4.38. */
#include "winrm/soap-join.h"

#include "base/utf16.h"
#include "task/xml.h"

/*
 * The long parts of an envelope are the base64 texts of its Streams.  So each
 * cut is in the text of a Stream, or in a tag between two of them.
 */

static const uint8_t *
last_of(struct view v, int c)
{
	return v.len > 0 ? memrchr(v.p, c, v.len) : NULL;
}

static const uint8_t *
first_of(struct view v, int c)
{
	return v.len > 0 ? view_chr(v, c) : NULL;
}

static struct view
until(struct view v, const uint8_t *p)
{
	return view_upto(v, 0, (size_t)(p - v.p));
}

static struct view
from(struct view v, const uint8_t *p)
{
	return view_from(v, (size_t)(p - v.p));
}

/* Returns v without a tag, or a character, that is cut at its end. */
static struct view
whole_end(struct view v)
{
	const uint8_t *open = last_of(v, '<'), *close = last_of(v, '>');

	if (open != NULL && (close == NULL || close < open))
		v = until(v, open);
	while (v.len > 0 && v.p[v.len - 1] >= 0x80)
		v.len--;
	return v;
}

/* Returns v without a tag, or a character, that is cut at its beginning. */
static struct view
whole_begin(struct view v)
{
	const uint8_t *open = first_of(v, '<'), *close = first_of(v, '>');

	if (close != NULL && (open == NULL || close < open))
		v = from(v, close + 1);
	while (v.len > 0 && v.p[0] >= 0x80)
		v = view_from(v, 1);
	return v;
}

/* Is this the tag of a Stream, behind its "<" or "</"?  Sets *name to its name,
 * prefix included. */
static bool
stream_tag(struct view v, struct view *name)
{
	size_t n = 0;

	while (n < v.len && v.p[n] > ' ' && v.p[n] != '>' && v.p[n] != '/')
		n++;
	*name = view_upto(v, 0, n);
	return n >= 6 && memcmp(v.p + n - 6, "Stream", 6) == 0 &&
	    (n == 6 || v.p[n - 7] == ':');
}

/* Does v end in the text of a Stream? */
static bool
ends_inside(struct view v, struct view *name)
{
	const uint8_t *open = last_of(v, '<'), *close = last_of(v, '>');

	return open != NULL && close > open && close[-1] != '/' &&
	    stream_tag(from(v, open + 1), name);
}

/* Does v begin in the text of a Stream? */
static bool
begins_inside(struct view v)
{
	const uint8_t *open = first_of(v, '<');
	struct view name;

	return open != NULL && view_starts(from(v, open), "</", 2) &&
	    stream_tag(from(v, open + 2), &name);
}

static bool
join(struct buf *out, struct view first, struct view last)
{
	static const uint8_t hole[] = { SOAP_HOLE };
	const uint8_t *close;
	struct view name;
	bool inside, on;

	first = whole_end(first);
	last = whole_begin(last);
	inside = ends_inside(first, &name);
	on = begins_inside(last);
	if (!buf_add(out, first))
		return false;
	if (inside && !buf_add(out, (struct view){ hole, 1 }))
		return false;
	if (inside && !on)
		return buf_add(out, view_str("</")) && buf_add(out, name) &&
		    buf_add(out, view_str(">")) && buf_add(out, last);
	if (!inside && on && (close = first_of(last, '>')) != NULL)
		last = from(last, close + 1);
	return buf_add(out, last);
}

/* Converts a text from UTF-16 to UTF-8, in memory *p that the caller frees. */
static bool
to_utf8(struct budget *b, const struct xml_text *t, uint8_t **p, struct view *out)
{
	if ((*p = budget_alloc(b, utf16_room(t->bytes))) == NULL)
		return false;
	*out = (struct view){ *p, utf16_to_utf8(t->bytes, t->big, *p) };
	return true;
}

bool
soap_join(struct buf *out, struct view first, uint64_t missing, struct view last)
{
	struct xml_text a = xml_text(first, false), z = a;
	uint8_t *p = NULL, *q = NULL;
	bool done;

	if (!a.utf16)
		return join(out, a.bytes, last);
	z.bytes = (first.len + missing) % 2 != 0 ? view_from(last, 1) : last;
	done = to_utf8(out->b, &a, &p, &first) && to_utf8(out->b, &z, &q, &last) &&
	    join(out, first, last);
	budget_free(p);
	budget_free(q);
	return done;
}
