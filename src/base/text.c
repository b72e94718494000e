#include "base/text.h"

#include <strings.h>

bool
text_is(struct view v, const char *s)
{
	return v.len == strlen(s) && text_begins(v, s);
}

bool
text_same(struct view a, struct view b)
{
	return a.len == b.len && (a.len == 0 ||
	    strncasecmp((const char *)a.p, (const char *)b.p, a.len) == 0);
}

bool
text_begins(struct view v, const char *s)
{
	size_t n = strlen(s);

	return v.len >= n && (n == 0 || strncasecmp((const char *)v.p, s, n) == 0);
}

bool
text_ends(struct view v, const char *s)
{
	size_t n = strlen(s);

	return v.len >= n && text_is(view_from(v, v.len - n), s);
}

size_t
text_find(struct view v, const char *s)
{
	size_t n = strlen(s);

	for (size_t i = 0; n <= v.len && i <= v.len - n; i++)
		if (text_begins(view_from(v, i), s))
			return i;
	return v.len;
}

static bool
blank(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct view
text_skip_blanks(struct view v)
{
	while (v.len > 0 && blank(v.p[0]))
		v = view_from(v, 1);
	return v;
}

struct view
text_trim(struct view v)
{
	v = text_skip_blanks(v);
	while (v.len > 0 && blank(v.p[v.len - 1]))
		v.len--;
	return v;
}
