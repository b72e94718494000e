/* value.c -- PowerShell's values. */
#include "script/powershell/value.h"

#include <stdlib.h>
#include <strings.h>

#include "base/hex.h"
#include "base/text.h"
#include "script/powershell/powershell.h"
#include "script/powershell/string.h"

/* ---- Making values ---- */

struct ps_value
ps_unknown(void)
{
	return (struct ps_value){ .kind = PS_UNKNOWN };
}

struct ps_value
ps_string(struct view v)
{
	return (struct ps_value){ .kind = PS_STRING, .text = v };
}

struct ps_value
ps_number(int64_t n)
{
	return (struct ps_value){ .kind = PS_NUMBER, .n = n };
}

struct ps_value
ps_bool(bool b)
{
	return (struct ps_value){ .kind = PS_BOOL, .n = b };
}

struct ps_value
ps_bytes(struct ps *ps, struct view v)
{
	uint8_t *p;
	struct view room = ps_alloc_bytes(ps, v.len, &p);

	if (v.len > 0 && room.p == NULL)
		return ps_unknown();
	if (v.len > 0)
		memcpy(p, v.p, v.len);
	return (struct ps_value){ .kind = PS_BYTES, .text = room };
}

struct ps_value
ps_array(struct ps *ps)
{
	struct ps_array *l = ps_alloc(ps, sizeof(*l));

	return l != NULL ? (struct ps_value){ .kind = PS_ARRAY, .array = l } : ps_unknown();
}

bool
ps_append(struct ps *ps, struct ps_array *l, struct ps_value v)
{
	size_t cap = l->cap * 2 + 4;
	struct ps_value *to;

	if (l->n == l->cap) {
		if ((to = ps_alloc(ps, cap * sizeof(*to))) == NULL)
			return false;
		if (l->n > 0)
			memcpy(to, l->v, l->n * sizeof(*to));
		l->v = to;
		l->cap = cap;
	}
	l->v[l->n++] = v;
	return true;
}

/* ---- Maps ---- */

static int
entry_cmp(const struct ps_entry *a, const struct ps_entry *b)
{
	size_t n = a->key.len < b->key.len ? a->key.len : b->key.len;
	int c = n > 0 ? strncasecmp((const char *)a->key.p, (const char *)b->key.p, n) : 0;

	if (c != 0)
		return c;
	return a->key.len < b->key.len ? -1 : a->key.len > b->key.len;
}

RB_STATIC(ps_entries, ps_entry, link, entry_cmp)

struct ps_value
ps_map(struct ps *ps, const char *type)
{
	struct ps_map *m = ps_alloc(ps, sizeof(*m));

	if (m == NULL)
		return ps_unknown();
	m->type = type;
	return (struct ps_value){ .kind = PS_MAP, .map = m };
}

struct ps_entry *
ps_map_find(struct ps_map *m, struct view key)
{
	struct ps_entry want = { .key = key };

	return RB_FIND(ps_entries, &m->entries, &want);
}

struct ps_entry *
ps_map_entry(struct ps *ps, struct ps_map *m, struct view key)
{
	struct ps_entry *s = ps_map_find(m, key);

	if (s != NULL || (s = ps_alloc(ps, sizeof(*s))) == NULL)
		return s;
	s->key = key;
	RB_INSERT(ps_entries, &m->entries, s);
	if (m->last == NULL)
		m->last = &m->first;
	*m->last = s;
	m->last = &s->next;
	return s;
}

void
ps_map_put(struct ps *ps, struct ps_map *m, const char *key, struct ps_value v)
{
	struct ps_entry *s = ps_map_entry(ps, m, view_str(key));

	if (s != NULL)
		s->v = v;
}

struct ps_value
ps_property(const struct ps_value *v, const char *key)
{
	struct ps_entry *s = NULL;

	if (v->kind == PS_MAP)
		s = ps_map_find(v->map, view_str(key));
	return s != NULL ? s->v : ps_unknown();
}

bool
ps_is_object(const struct ps_value *v, const char *type)
{
	return v->kind == PS_MAP && v->map->type != NULL && strcmp(v->map->type, type) == 0;
}

/* ---- Reading values ---- */

bool
ps_is_known(const struct ps_value *v)
{
	if (v->kind == PS_ARRAY) {
		for (size_t i = 0; i < v->array->n; i++)
			if (v->array->v[i].kind == PS_UNKNOWN || v->array->v[i].partial)
				return false;
		return true;
	}
	return v->kind != PS_UNKNOWN && !v->partial;
}

bool
ps_is_array(const struct ps_value *v)
{
	return v->kind == PS_ARRAY || v->kind == PS_CHARS || v->kind == PS_RANGE ||
	    v->kind == PS_BYTES;
}

size_t
ps_n_items(const struct ps_value *v)
{
	return v->kind == PS_ARRAY ? v->array->n : 1;
}

struct ps_value
ps_item(const struct ps_value *v, size_t i)
{
	return v->kind == PS_ARRAY ? v->array->v[i] : *v;
}

size_t
ps_count(const struct ps_value *v)
{
	switch (v->kind) {
	case PS_ARRAY:
		return v->array->n;
	case PS_CHARS:
	case PS_BYTES:
		return v->text.len;
	case PS_RANGE:
		return (size_t)(v->from < v->to ? v->to - v->from : v->from - v->to) + 1;
	case PS_NULL:
		return 0;
	default:
		return 1;
	}
}

/* Chars are counted as bytes: a char that is more than one byte is unknown. */
struct ps_value
ps_element(const struct ps_value *v, size_t i)
{
	struct ps_value one = ps_unknown();

	if (i >= ps_count(v))
		return ps_unknown();
	switch (v->kind) {
	case PS_ARRAY:
		return v->array->v[i];
	case PS_CHARS:
		if (v->text.p[i] < 0x80)
			one = ps_string(view_at(v->text, i, 1));
		one.is_char = true;
		one.how = v->how;
		return one;
	case PS_BYTES:
		return ps_number(v->text.p[i]);
	case PS_RANGE:
		return ps_number(v->from < v->to ? v->from + (int64_t)i : v->from - (int64_t)i);
	default:
		return *v;
	}
}

static bool
number_of(struct view v, int64_t *n)
{
	int base = 10, d;
	int64_t sum = 0;
	bool minus;

	v = text_trim(v);
	minus = v.len > 0 && v.p[0] == '-';
	if (minus)
		v = view_from(v, 1);
	if (text_begins(v, "0x")) {
		v = view_from(v, 2);
		base = 16;
	}
	if (v.len == 0 || v.len > 15)
		return false;
	for (size_t i = 0; i < v.len; i++) {
		d = hex_digit(v.p[i]);
		if (d < 0 || d >= base)
			return false;
		sum = sum * base + d;
	}
	*n = minus ? -sum : sum;
	return true;
}

bool
ps_as_int(const struct ps_value *v, int64_t *n)
{
	switch (v->kind) {
	case PS_NUMBER:
	case PS_BOOL:
		*n = v->n;
		return true;
	case PS_STRING:
		return !v->partial && number_of(v->text, n);
	case PS_ARRAY:
		return v->array->n == 1 && v->array->v[0].kind != PS_ARRAY &&
		    ps_as_int(&v->array->v[0], n);
	default:
		return false;
	}
}

bool
ps_as_bool(const struct ps_value *v, bool *b)
{
	switch (v->kind) {
	case PS_NULL:
		*b = false;
		return true;
	case PS_NUMBER:
	case PS_BOOL:
		*b = v->n != 0;
		return true;
	case PS_STRING:
		*b = v->text.len > 0;
		return !v->partial;
	case PS_ARRAY:
		*b = v->array->n > 1;
		return v->array->n != 1;
	default:
		return false;
	}
}

/* ---- Conversion to strings ---- */

static struct view
digits(struct ps *ps, int64_t n)
{
	uint64_t left = n < 0 ? 0 - (uint64_t)n : (uint64_t)n;
	uint8_t text[24], *p;
	size_t at = sizeof(text);
	struct view room;

	do {
		text[--at] = (uint8_t)('0' + left % 10);
		left /= 10;
	} while (left > 0);
	if (n < 0)
		text[--at] = '-';
	room = ps_alloc_bytes(ps, sizeof(text) - at, &p);
	if (room.p != NULL)
		memcpy(p, text + at, room.len);
	return room;
}

struct ps_value
ps_as_string(struct ps *ps, struct ps_value v)
{
	struct ps_value r = v;

	switch (v.kind) {
	case PS_STRING:
		return v;
	case PS_NUMBER:
		r = ps_string(digits(ps, v.n));
		r.how = v.how;
		return r;
	case PS_BOOL:
		return ps_string(view_str(v.n ? "True" : "False"));
	case PS_NULL:
		return ps_string(view_str(""));
	case PS_ARRAY:
	case PS_CHARS:
	case PS_RANGE:
	case PS_BYTES:
		return ps_join(ps, v, view_str(" "));
	case PS_UNKNOWN:
		r.kind = PS_STRING;
		r.partial = true;
		return r;
	case PS_SCRIPT_BLOCK:
	case PS_TYPE:
		return ps_string(v.text);
	default:
		r = ps_string(view_str(""));
		r.partial = true;
		return r;
	}
}

/* A string that ends where the heap does grows in place, so that += in a loop takes linear time. */
struct ps_value
ps_concat(struct ps *ps, struct ps_value a, struct ps_value b)
{
	struct ps_value r = ps_as_string(ps, a);
	struct view left = r.text, room;
	uint8_t *p;

	b = ps_as_string(ps, b);
	r.partial |= b.partial;
	r.reported = r.is_char = false;
	if (b.how > r.how)
		r.how = b.how;
	if (b.text.len == 0)
		return r;
	if (left.len == 0) {
		r.text = b.text;
		return r;
	}
	if (left.p + left.len == ps->bytes.at && b.text.len <= ps->bytes.left) {
		room = ps_alloc_bytes(ps, b.text.len, &p);
		if (room.p == NULL)
			return ps_unknown();
		memcpy(p, b.text.p, b.text.len);
		r.text.len += b.text.len;
		return r;
	}
	room = ps_alloc_bytes(ps, left.len + b.text.len, &p);
	if (room.p == NULL)
		return ps_unknown();
	memcpy(p, left.p, left.len);
	memcpy(p + left.len, b.text.p, b.text.len);
	r.text = room;
	return r;
}

const char *
ps_cstr(struct ps *ps, struct ps_value v)
{
	struct view room;
	uint8_t *p;

	if (v.kind != PS_STRING && v.kind != PS_NUMBER)
		return NULL;
	v = ps_as_string(ps, v);
	room = ps_alloc_bytes(ps, v.text.len + 1, &p);
	if (v.text.len == 0 || room.p == NULL)
		return NULL;
	memcpy(p, v.text.p, v.text.len);
	p[v.text.len] = '\0';
	return (const char *)p;
}

void
ps_report_decoded(struct ps *ps, struct ps_value *v)
{
	static const char *const names[] = {
		[PS_HOW_CONCAT] = "concat", [PS_HOW_FORMAT] = "format",
		    [PS_HOW_REPLACE] = "replace",
		[PS_HOW_CHAR] = "char", [PS_HOW_REVERSE] = "reverse", [PS_HOW_BASE64] = "base64",
		[PS_HOW_DEFLATE] = "deflate", [PS_HOW_GZIP] = "gzip",
	};

	if (v->kind == PS_STRING && v->how != PS_HOW_NONE && !v->reported && v->text.len > 0)
		script_decoded(ps->script, names[v->how], v->text);
	v->reported = true;
}
