/* xml.c -- the one user of expat. */
#include "task/xml.h"

#include <expat.h>

#include "base/limits.h"

#define CHUNK	(16u << 10)	/* bytes given to expat at a time */

struct xml_text
xml_text(struct view v, bool big)
{
	struct xml_text t = { .big = big };

	if (view_starts(v, "\xef\xbb\xbf", 3)) {
		v = view_from(v, 3);
	} else if (view_starts(v, "\xff\xfe", 2) || view_starts(v, "\xfe\xff", 2)) {
		t.utf16 = true;
		t.big = v.p[0] == 0xfe;
		v = view_from(v, 2);
	} else if (v.len >= 2 && (v.p[0] == 0) != (v.p[1] == 0)) {
		t.utf16 = true;
		t.big = v.p[0] == 0;
	} else
		t.utf16 = v.len >= 2 && v.p[0] != '<' && v.p[0] > ' ';
	if (t.utf16) {
		v.len &= ~(size_t)1;
		while (v.len >= 2 && v.p[v.len - 1] == 0 && v.p[v.len - 2] == 0)
			v.len -= 2;
	} else
		while (v.len > 0 && v.p[v.len - 1] == 0)
			v.len--;
	t.bytes = v;
	return t;
}

struct xml_text
xml_slice(const struct xml_text *t, size_t from, size_t to)
{
	struct xml_text s = *t;

	s.bytes = view_at(t->bytes, from, to >= from ? to - from : 0);
	return s;
}

void
xml_keep(struct fact *o, enum field f, const struct xml_text *t)
{
	if (t->utf16)
		fact_utf16(o, f, t->bytes, t->big);
	else
		fact_utf8(o, f, t->bytes);
}

const char *
xml_att(const struct xml_tag *tag, const char *name)
{
	for (const char *const *a = tag->atts; a[0] != NULL; a += 2)
		if (strcmp(a[0], name) == 0)
			return a[1];
	return NULL;
}

/* ---- expat ---- */

struct reading {
	XML_Parser	 parser;
	const struct xml_ops *ops;
	void		*arg;
	unsigned int	 depth;
	size_t		 names;
};

static void
stop(struct reading *r)
{
	XML_StopParser(r->parser, XML_FALSE);
}

static size_t
event_from(const struct reading *r)
{
	return (size_t)XML_GetCurrentByteIndex(r->parser);
}

static size_t
event_to(const struct reading *r)
{
	return event_from(r) + (size_t)XML_GetCurrentByteCount(r->parser);
}

static void
on_start(void *arg, const XML_Char *name, const XML_Char **atts)
{
	struct reading *r = arg;
	const char *colon = strchr(name, ':');
	struct xml_tag tag = { .name = colon != NULL ? colon + 1 : name, .prefix = name,
		.prefix_len = colon != NULL ? (size_t)(colon - name) : 0,
		.atts = (const char *const *)atts, .from = event_from(r), .to = event_to(r) };

	for (r->names++; *atts != NULL; atts += 2)
		r->names++;
	if (++r->depth > MAX_XML_DEPTH || r->names > MAX_XML_NAMES ||
	    !r->ops->start(r->arg, &tag))
		stop(r);
}

static void
on_text(void *arg, const XML_Char *s, int len)
{
	struct reading *r = arg;

	r->ops->text(r->arg, (struct view){ (const uint8_t *)s, (size_t)len });
}

static void
on_end(void *arg, const XML_Char *name)
{
	struct reading *r = arg;

	(void)name;
	r->depth--;
	if (r->ops->end != NULL)
		r->ops->end(r->arg, event_from(r), event_to(r));
}

/* A DTD is refused: the scheduler takes none, and entities may grow without bound. */
static void
on_doctype(void *arg, const XML_Char *name, const XML_Char *sysid,
    const XML_Char *pubid, int internal)
{
	(void)name;
	(void)sysid;
	(void)pubid;
	(void)internal;
	stop(arg);
}

/*
 * Expat allocates by itself: its hooks have no argument that could lead to a
 * budget.  What it keeps is bounded instead: it sees the text in chunks, so
 * that it holds no more than an unfinished tag, whose length is limited, and
 * the distinct names, whose number is.
 */
static enum xml_got
feed(struct reading *r, struct view text)
{
	size_t off = 0, n;
	enum XML_Error why;

	do {
		n = text.len - off < CHUNK ? text.len - off : CHUNK;
		if (XML_Parse(r->parser, n > 0 ? (const char *)text.p + off : "", (int)n,
		    off + n == text.len) != XML_STATUS_OK) {
			why = XML_GetErrorCode(r->parser);
			return why == XML_ERROR_NO_ELEMENTS || why == XML_ERROR_UNCLOSED_TOKEN ||
			    why == XML_ERROR_PARTIAL_CHAR || why == XML_ERROR_UNCLOSED_CDATA_SECTION ?
			    XML_GOT_PART : XML_GOT_BAD;
		}
		off += n;
		if (off - event_from(r) > MAX_XML_TOKEN)
			return XML_GOT_BAD;
	} while (off < text.len);
	return XML_GOT_ALL;
}

enum xml_got
xml_read(const struct xml_text *t, const struct xml_ops *ops, void *arg)
{
	struct reading r = { .ops = ops, .arg = arg };
	enum xml_got got;

	r.parser = XML_ParserCreate(!t->utf16 ? "UTF-8" : t->big ? "UTF-16BE" : "UTF-16LE");
	if (r.parser == NULL)
		return XML_GOT_BAD;
	XML_SetUserData(r.parser, &r);
	XML_SetElementHandler(r.parser, on_start, on_end);
	if (ops->text != NULL)
		XML_SetCharacterDataHandler(r.parser, on_text);
	XML_SetStartDoctypeDeclHandler(r.parser, on_doctype);
	got = feed(&r, t->bytes);
	XML_ParserFree(r.parser);
	return got;
}
