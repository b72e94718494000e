/* string.c -- strings and arrays: join, split, replace, format, reverse, index. */
#include "script/powershell/string.h"

#include <strings.h>

#include "base/limits.h"
#include "script/powershell/lex.h"
#include "script/powershell/powershell.h"

struct ps_value
ps_join(struct ps *ps, struct ps_value v, struct view separator)
{
	struct ps_value r = ps_string(view_str("")), one;
	size_t n = ps_count(&v);
	bool known = false;

	if (v.kind == PS_STRING || v.kind == PS_UNKNOWN || v.kind == PS_MAP)
		return v;
	if (v.kind == PS_CHARS && separator.len == 0) {
		v.kind = PS_STRING;
		return v;
	}
	if (n > MAX_PS_MEM || !ps_work(ps, n * 16) || ps->depth >= MAX_PS_DEPTH)
		return ps_unknown();
	ps->depth++;			/* of arrays inside arrays */
	for (size_t i = 0; i < n && r.kind == PS_STRING; i++) {
		one = ps_element(&v, i);
		known |= one.kind != PS_UNKNOWN;
		if (i > 0)
			r = ps_concat(ps, r, ps_string(separator));
		r = ps_concat(ps, r, one);
	}
	ps->depth--;
	if (r.kind != PS_STRING)
		return ps_unknown();
	if (n > 1 && r.how < PS_HOW_CONCAT)
		r.how = PS_HOW_CONCAT;
	return known || n == 0 ? r : ps_unknown();
}

static const uint8_t *
find(struct view v, struct view what, bool nocase)
{
	if (what.len == 0 || v.len < what.len)
		return NULL;
	if (!nocase)
		return memmem(v.p, v.len, what.p, what.len);
	for (size_t i = 0; i + what.len <= v.len; i++)
		if (strncasecmp((const char *)v.p + i, (const char *)what.p, what.len) == 0)
			return v.p + i;
	return NULL;
}

struct ps_value
ps_split(struct ps *ps, struct ps_value v, struct view separator, bool each)
{
	struct ps_value l = ps_array(ps), part;
	struct view rest = v.text;
	const uint8_t *at;
	size_t n = each ? 1 : separator.len;

	if (v.kind != PS_STRING || v.partial || l.kind != PS_ARRAY || separator.len == 0 ||
	    !ps_work(ps, v.text.len * (each ? 1 : separator.len)))
		return ps_unknown();
	for (;;) {
		if (each) {
			at = NULL;
			for (size_t i = 0; at == NULL && i < rest.len; i++)
				if (view_chr(separator, rest.p[i]) != NULL)
					at = rest.p + i;
		} else
			at = find(rest, separator, true);
		part = ps_string(at != NULL ? view_at(rest, 0, (size_t)(at - rest.p)) : rest);
		part.how = v.how;
		if (!ps_append(ps, l.array, part))
			return ps_unknown();
		if (at == NULL)
			return l;
		rest = view_from(rest, (size_t)(at - rest.p) + n);
	}
}

struct ps_value
ps_replace(struct ps *ps, struct ps_value v, struct view from, struct view to, bool nocase)
{
	struct ps_value r = ps_string(view_at(v.text, 0, 0));
	struct view rest = v.text;
	const uint8_t *at;

	if (v.kind != PS_STRING || !ps_work(ps, v.text.len * (nocase ? from.len : 1)))
		return ps_unknown();
	if (from.len == 0 || find(rest, from, nocase) == NULL)
		return v;
	while ((at = find(rest, from, nocase)) != NULL) {
		r = ps_concat(ps, r, ps_string(view_at(rest, 0, (size_t)(at - rest.p))));
		r = ps_concat(ps, r, ps_string(to));
		rest = view_from(rest, (size_t)(at - rest.p) + from.len);
		if (r.kind != PS_STRING)
			return ps_unknown();
	}
	r = ps_concat(ps, r, ps_string(rest));
	r.partial = v.partial;
	r.how = v.how > PS_HOW_REPLACE ? v.how : PS_HOW_REPLACE;
	return r;
}

bool
ps_literal_pattern(struct ps *ps, struct view regex, struct view *text)
{
	struct view room;
	uint8_t *p;
	size_t n = 0;

	room = ps_alloc_bytes(ps, regex.len, &p);
	if (regex.len > 0 && room.p == NULL)
		return false;
	for (size_t i = 0; i < regex.len; i++) {
		if (regex.p[i] == '\\') {
			/* \w and its like are character classes, \| is a character. */
			if (++i >= regex.len || ps_name_char(regex.p[i]))
				return false;
		} else if (strchr(".*+?()[]{}^$|", regex.p[i]) != NULL && (regex.len > 1 ||
		    strchr("]}", regex.p[i]) == NULL)) {
			return false;
		}
		p[n++] = regex.p[i];
	}
	*text = view_at(room, 0, n);
	return true;
}

/* ---- -f ---- */

/* Returns argument n of the placeholder {n}; false: it has a format such as {n:X2}, or no text. */
static bool
placeholder(struct view spec, struct ps_value args, struct ps_value *out)
{
	struct ps_value one;
	size_t i = 0, n = 0;

	for (; i < spec.len && spec.p[i] >= '0' && spec.p[i] <= '9' && n < 1000; i++)
		n = n * 10 + (size_t)(spec.p[i] - '0');
	if (i == 0 || i < spec.len)
		return false;
	one = args.kind == PS_ARRAY || args.kind == PS_CHARS || args.kind == PS_RANGE ?
	    ps_element(&args, n) : n == 0 ? args : ps_unknown();
	if (one.kind == PS_MAP)
		return false;
	*out = one;
	return true;
}

struct ps_value
ps_format(struct ps *ps, struct ps_value format, struct ps_value args)
{
	struct ps_value r, one;
	struct view f;
	const uint8_t *close;
	size_t from = 0, i;

	if (format.kind != PS_STRING)
		return ps_unknown();
	f = format.text;
	r = ps_string(view_at(f, 0, 0));
	for (i = 0; i < f.len; i++) {
		if (f.p[i] != '{' && f.p[i] != '}')
			continue;
		if (i + 1 < f.len && f.p[i + 1] == f.p[i]) {
			r = ps_concat(ps, r, ps_string(view_at(f, from, ++i - from)));
			from = i + 1;
			continue;
		}
		close = memchr(f.p + i, '}', f.len - i);
		if (f.p[i] == '}' || close == NULL || !ps_work(ps, 16) ||
		    !placeholder(view_at(f, i + 1, (size_t)(close - f.p) - i - 1), args, &one))
			return ps_unknown();
		r = ps_concat(ps, r, ps_string(view_at(f, from, i - from)));
		r = ps_concat(ps, r, one);
		if (r.kind != PS_STRING)
			return ps_unknown();
		i = (size_t)(close - f.p);
		from = i + 1;
	}
	r = ps_concat(ps, r, ps_string(view_from(f, from)));
	r.partial |= format.partial;
	if (r.how < PS_HOW_FORMAT)
		r.how = PS_HOW_FORMAT;
	return r;
}

/* ---- Order and elements ---- */

struct ps_value
ps_reverse(struct ps *ps, struct ps_value v)
{
	struct ps_value r = ps_array(ps);
	struct view room;
	uint8_t *p;
	size_t n = ps_count(&v);

	if (v.kind == PS_CHARS || v.kind == PS_BYTES) {
		room = ps_alloc_bytes(ps, n, &p);
		if (n > 0 && room.p == NULL)
			return ps_unknown();
		for (size_t i = 0; i < n; i++) {
			if (v.kind == PS_CHARS && v.text.p[i] >= 0x80)
				return ps_unknown();
			p[n - 1 - i] = v.text.p[i];
		}
		v.text = room;
	} else if (v.kind == PS_RANGE) {
		return (struct ps_value){ .kind = PS_RANGE, .from = v.to, .to = v.from };
	} else if (v.kind == PS_ARRAY) {
		if (r.kind != PS_ARRAY || !ps_work(ps, n))
			return ps_unknown();
		for (size_t i = 0; i < n; i++) {
			struct ps_value one = v.array->v[n - 1 - i];

			if (one.how < PS_HOW_REVERSE)
				one.how = PS_HOW_REVERSE;
			if (!ps_append(ps, r.array, one))
				return ps_unknown();
		}
		return r;
	} else
		return ps_unknown();
	if (v.how < PS_HOW_REVERSE)
		v.how = PS_HOW_REVERSE;
	return v;
}

static bool
position_of(int64_t i, size_t n, size_t *at)
{
	if (i < 0)
		i += (int64_t)n;
	*at = (size_t)i;
	return i >= 0 && (uint64_t)i < n;
}

/* $string[several indexes]: the chars at these. */
static struct ps_value
chars_at(struct ps *ps, struct ps_value v, struct ps_value which)
{
	size_t n = ps_count(&which), at, got = 0;
	struct ps_value i, r = { .kind = PS_CHARS, .how = v.how };
	struct view room;
	uint8_t *p;
	int64_t k, last = -1;
	bool back = n > 1;

	if (n > MAX_PS_MEM)
		return ps_unknown();
	room = ps_alloc_bytes(ps, n, &p);
	if (n > 0 && room.p == NULL)
		return ps_unknown();
	for (size_t j = 0; j < n; j++) {
		i = ps_element(&which, j);
		if (!ps_as_int(&i, &k))
			return ps_unknown();
		if (!position_of(k, v.text.len, &at))
			continue;
		if (v.text.p[at] >= 0x80)
			return ps_unknown();
		back = back && (j == 0 || (int64_t)at == last - 1);
		last = (int64_t)at;
		p[got++] = v.text.p[at];
	}
	r.text = view_at(room, 0, got);
	if (r.how < (back ? PS_HOW_REVERSE : PS_HOW_CHAR))
		r.how = back ? PS_HOW_REVERSE : PS_HOW_CHAR;
	return r;
}

static struct ps_value
elements_at(struct ps *ps, struct ps_value v, struct ps_value which)
{
	struct ps_value l = ps_array(ps), i;
	size_t n = ps_count(&which), at;
	int64_t k;

	if (l.kind != PS_ARRAY || n > MAX_PS_MEM || !ps_work(ps, n))
		return ps_unknown();
	for (size_t j = 0; j < n; j++) {
		i = ps_element(&which, j);
		if (!ps_as_int(&i, &k))
			return ps_unknown();
		if (position_of(k, ps_count(&v), &at) &&
		    !ps_append(ps, l.array, ps_element(&v, at)))
			return ps_unknown();
	}
	return l;
}

struct ps_value
ps_index(struct ps *ps, struct ps_value v, struct ps_value i)
{
	struct ps_entry *s;
	struct ps_value one;
	int64_t k;
	size_t at;

	if (v.kind == PS_MAP) {
		if (i.kind == PS_STRING && (s = ps_map_find(v.map, i.text)) != NULL)
			return s->v;
		/* $task.Actions[0] of a task with one action is that action. */
		return v.map->type != NULL && ps_as_int(&i, &k) && (k == 0 || k == -1) ? v :
		    ps_unknown();
	}
	if (v.kind == PS_UNKNOWN || (v.partial && v.kind == PS_STRING) || i.kind == PS_UNKNOWN)
		return ps_unknown();
	if (i.kind == PS_ARRAY || i.kind == PS_RANGE)
		return v.kind == PS_STRING || v.kind == PS_CHARS ? chars_at(ps, v, i) :
		    elements_at(ps, v, i);
	if (v.kind == PS_STRING)
		v.kind = PS_CHARS;
	if (!ps_as_int(&i, &k) || !position_of(k, ps_count(&v), &at))
		return ps_unknown();
	one = ps_element(&v, at);
	if (v.kind == PS_CHARS && one.how < PS_HOW_CHAR)
		one.how = PS_HOW_CHAR;
	return one;
}
