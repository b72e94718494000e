/* value.c -- values of a PowerShell text, and the memory they live in. */
#include "script/powershell/powershell.h"

#include "base/hex.h"

#include <stdlib.h>
#include <strings.h>

/* Nothing is given back before the text is read: what it makes is bounded
 * instead, as a whole. */
struct ps_chunk {
	struct ps_chunk	*next;
};

static uint8_t *
heap_take(struct ps *ps, struct ps_heap *h, size_t n)
{
	size_t want;
	struct ps_chunk *c;
	uint8_t *p;

	if (n > h->left || h->at == NULL) {
		want = n + 2048 + ps->held / 4;
		if (want > MAX_PS_MEM - ps->held)
			want = MAX_PS_MEM - ps->held;
		if (want < n ||
		    (c = budget_alloc(ps->script->budget, sizeof(*c) + want)) == NULL) {
			script_cut(ps->script);
			return NULL;
		}
		c->next = h->chunks;
		h->chunks = c;
		h->at = (uint8_t *)(c + 1);
		h->left = want;
		ps->held += want;
	}
	p = h->at;
	h->at += n;
	h->left -= n;
	return p;
}

void *
ps_take(struct ps *ps, size_t n)
{
	void *p;

	n = (n + _Alignof(max_align_t) - 1) / _Alignof(max_align_t) * _Alignof(max_align_t);
	if ((p = heap_take(ps, &ps->cells, n)) != NULL)
		memset(p, 0, n);
	return p;
}

bool
ps_work(struct ps *ps, size_t n)
{
	if (script_work(ps->script, n))
		return true;
	ps->stop = PS_STOP_ALL;
	return false;
}

static void
heap_free(struct ps_heap *h)
{
	struct ps_chunk *c;

	while ((c = h->chunks) != NULL) {
		h->chunks = c->next;
		budget_free(c);
	}
}

void
ps_free(struct ps *ps)
{
	heap_free(&ps->cells);
	heap_free(&ps->bytes);
}

struct view
ps_room(struct ps *ps, size_t n, uint8_t **p)
{
	if (!ps_work(ps, n) || (*p = heap_take(ps, &ps->bytes, n)) == NULL)
		return (struct view){ NULL, 0 };
	return (struct view){ *p, n };
}

/* ---- Making them ---- */

struct ps_value
ps_unknown(void)
{
	return (struct ps_value){ .kind = PS_UNKNOWN };
}

struct ps_value
ps_text(struct view v)
{
	return (struct ps_value){ .kind = PS_TEXT, .text = v };
}

struct ps_value
ps_number(int64_t n)
{
	return (struct ps_value){ .kind = PS_NUMBER, .n = n };
}

struct ps_value
ps_truth(bool b)
{
	return (struct ps_value){ .kind = PS_TRUTH, .n = b };
}

struct ps_value
ps_bytes(struct ps *ps, struct view v)
{
	uint8_t *p;
	struct view room = ps_room(ps, v.len, &p);

	if (v.len > 0 && room.p == NULL)
		return ps_unknown();
	if (v.len > 0)
		memcpy(p, v.p, v.len);
	return (struct ps_value){ .kind = PS_BYTES, .text = room };
}

struct ps_value
ps_list(struct ps *ps)
{
	struct ps_list *l = ps_take(ps, sizeof(*l));

	return l != NULL ? (struct ps_value){ .kind = PS_LIST, .list = l } : ps_unknown();
}

bool
ps_push(struct ps *ps, struct ps_list *l, struct ps_value v)
{
	size_t cap = l->cap * 2 + 4;
	struct ps_value *to;

	if (l->n == l->cap) {
		if ((to = ps_take(ps, cap * sizeof(*to))) == NULL)
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
	struct ps_map *m = ps_take(ps, sizeof(*m));

	if (m == NULL)
		return ps_unknown();
	m->type = type;
	return (struct ps_value){ .kind = PS_MAP, .map = m };
}

struct ps_entry *
ps_find(struct ps_map *m, struct view key)
{
	struct ps_entry want = { .key = key };

	return RB_FIND(ps_entries, &m->entries, &want);
}

struct ps_entry *
ps_slot(struct ps *ps, struct ps_map *m, struct view key)
{
	struct ps_entry *s = ps_find(m, key);

	if (s != NULL || (s = ps_take(ps, sizeof(*s))) == NULL)
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
ps_put(struct ps *ps, struct ps_map *m, const char *key, struct ps_value v)
{
	struct ps_entry *s = ps_slot(ps, m, view_str(key));

	if (s != NULL)
		s->v = v;
}

struct ps_value
ps_get(const struct ps_value *v, const char *key)
{
	struct ps_entry *s = NULL;

	if (v->kind == PS_MAP)
		s = ps_find(v->map, view_str(key));
	return s != NULL ? s->v : ps_unknown();
}

bool
ps_is(const struct ps_value *v, const char *type)
{
	return v->kind == PS_MAP && v->map->type != NULL && strcmp(v->map->type, type) == 0;
}

/* An assignment that can't be remembered can't be undone: then nothing is
 * known of the place any more. */
void
ps_assign(struct ps *ps, struct ps_entry *s, struct ps_value v, bool local)
{
	size_t cap = ps->cap_log * 2 + 16;
	struct ps_change *to;

	if (s == NULL)
		return;
	if (ps->scopes > 0 || ps->maybe > 0) {
		if (ps->n_log == ps->cap_log) {
			if ((to = ps_take(ps, cap * sizeof(*to))) == NULL) {
				s->v = ps_unknown();
				return;
			}
			if (ps->n_log > 0)
				memcpy(to, ps->log, ps->n_log * sizeof(*to));
			ps->log = to;
			ps->cap_log = cap;
		}
		ps->log[ps->n_log++] = (struct ps_change){ s, s->v, local };
	}
	s->v = v;
}

/* ---- Asking them ---- */

bool
ps_known(const struct ps_value *v)
{
	if (v->kind == PS_LIST) {
		for (size_t i = 0; i < v->list->n; i++)
			if (v->list->v[i].kind == PS_UNKNOWN || v->list->v[i].partly)
				return false;
		return true;
	}
	return v->kind != PS_UNKNOWN && !v->partly;
}

size_t
ps_count(const struct ps_value *v)
{
	switch (v->kind) {
	case PS_LIST:
		return v->list->n;
	case PS_LETTERS:
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

/* Letters are counted as bytes: where they are more, nothing is known. */
struct ps_value
ps_nth(struct ps *ps, const struct ps_value *v, size_t i)
{
	struct ps_value one = ps_unknown();

	(void)ps;
	if (i >= ps_count(v))
		return ps_unknown();
	switch (v->kind) {
	case PS_LIST:
		return v->list->v[i];
	case PS_LETTERS:
		if (v->text.p[i] < 0x80)
			one = ps_text(view_at(v->text, i, 1));
		one.letter = true;
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
ps_int(const struct ps_value *v, int64_t *n)
{
	switch (v->kind) {
	case PS_NUMBER:
	case PS_TRUTH:
		*n = v->n;
		return true;
	case PS_TEXT:
		return !v->partly && number_of(v->text, n);
	case PS_LIST:
		return v->list->n == 1 && v->list->v[0].kind != PS_LIST &&
		    ps_int(&v->list->v[0], n);
	default:
		return false;
	}
}

bool
ps_true(const struct ps_value *v, bool *b)
{
	switch (v->kind) {
	case PS_NULL:
		*b = false;
		return true;
	case PS_NUMBER:
	case PS_TRUTH:
		*b = v->n != 0;
		return true;
	case PS_TEXT:
		*b = v->text.len > 0;
		return !v->partly;
	case PS_LIST:
		*b = v->list->n > 1;
		return v->list->n != 1;
	default:
		return false;
	}
}

/* ---- As text ---- */

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
	room = ps_room(ps, sizeof(text) - at, &p);
	if (room.p != NULL)
		memcpy(p, text + at, room.len);
	return room;
}

struct ps_value
ps_written(struct ps *ps, struct ps_value v)
{
	struct ps_value r = v;

	switch (v.kind) {
	case PS_TEXT:
		return v;
	case PS_NUMBER:
		r = ps_text(digits(ps, v.n));
		r.how = v.how;
		return r;
	case PS_TRUTH:
		return ps_text(view_str(v.n ? "True" : "False"));
	case PS_NULL:
		return ps_text(view_str(""));
	case PS_LIST:
	case PS_LETTERS:
	case PS_RANGE:
	case PS_BYTES:
		return ps_join(ps, v, view_str(" "));
	case PS_UNKNOWN:
		r.kind = PS_TEXT;
		r.partly = true;
		return r;
	case PS_BLOCK:
	case PS_TYPE:
		return ps_text(v.text);
	default:
		r = ps_text(view_str(""));
		r.partly = true;
		return r;
	}
}

/* A text that ends where the heap does grows in place: += in a loop stays linear. */
struct ps_value
ps_concat(struct ps *ps, struct ps_value a, struct ps_value b)
{
	struct ps_value r = ps_written(ps, a);
	struct view left = r.text, room;
	uint8_t *p;

	b = ps_written(ps, b);
	r.partly |= b.partly;
	r.told = r.letter = false;
	if (b.how > r.how)
		r.how = b.how;
	if (b.text.len == 0)
		return r;
	if (left.len == 0) {
		r.text = b.text;
		return r;
	}
	if (left.p + left.len == ps->bytes.at && b.text.len <= ps->bytes.left) {
		room = ps_room(ps, b.text.len, &p);
		if (room.p == NULL)
			return ps_unknown();
		memcpy(p, b.text.p, b.text.len);
		r.text.len += b.text.len;
		return r;
	}
	room = ps_room(ps, left.len + b.text.len, &p);
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

	if (v.kind != PS_TEXT && v.kind != PS_NUMBER)
		return NULL;
	v = ps_written(ps, v);
	room = ps_room(ps, v.text.len + 1, &p);
	if (v.text.len == 0 || room.p == NULL)
		return NULL;
	memcpy(p, v.text.p, v.text.len);
	p[v.text.len] = '\0';
	return (const char *)p;
}

void
ps_tell(struct ps *ps, struct ps_value *v)
{
	static const char *const names[] = {
		[PS_HOW_CONCAT] = "concat", [PS_HOW_FORMAT] = "format", [PS_HOW_REPLACE] = "replace",
		[PS_HOW_CHAR] = "char", [PS_HOW_REVERSE] = "reverse", [PS_HOW_BASE64] = "base64",
		[PS_HOW_DEFLATE] = "deflate", [PS_HOW_GZIP] = "gzip",
	};

	if (v->kind == PS_TEXT && v->how != PS_HOW_NONE && !v->told && v->text.len > 0)
		script_decoded(ps->script, names[v->how], v->text);
	v->told = true;
}
