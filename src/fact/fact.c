#include "fact/fact.h"

#include <stdio.h>

#include "base/limits.h"
#include "base/utf16.h"
#include "fact/sink.h"

#define IS(object, name) (__builtin_strcmp(object, name) == 0)
#define LIST(object) \
	(IS(object, "dcerpc.interfaces[]") ? 1 : IS(object, "task.actions[]") ? 2 : \
	IS(object, "task.triggers[]") ? 3 : IS(object, "command.decoded[]") ? 4 : \
	IS(object, "detection.reasons[]") ? 5 : IS(object, "detection.decoded[]") ? 6 : 0)

const struct field_info field_info[F_MAX] = {
#define FIELD(id, object, key, type) [F_##id] = { object, key, FT_##type, LIST(object) },
#include "fact/field.def"
#undef FIELD
};

const char *const fact_object[] = {
	[FACT_TASK] = "task", [FACT_COMMAND] = "command", [FACT_ANOMALY] = "anomaly",
};

/* Values are kept in the order of their fields, and those of one field in the
 * order of their elements: a search may stop early, and a record needs no sorting. */
struct fact_node {
	struct fact_item item;		/* first: an item pointer is this */
	struct fact_node *next;
	size_t		 room;		/* bytes at item.str, its NUL included */
	char		 text[];	/* where item.str begins, until it outgrows this */
};

/* ---- A fact's life ---- */

static struct fact *
fact_in(struct arena *a, enum fact_kind kind, const struct peers *peers, struct packet_ref at)
{
	struct fact *o = arena_alloc(a, sizeof(*o));

	if (o != NULL)
		*o = (struct fact){ .kind = kind, .at = at, .peers = *peers, .arena = *a };
	return o;
}

struct fact *
fact_new(struct budget *b, enum fact_kind kind, const struct peers *peers,
    struct packet_ref at)
{
	struct arena a;

	arena_init(&a, b, MAX_FACT_MEM);
	return fact_in(&a, kind, peers, at);
}

void
fact_free(struct fact *o)
{
	if (o != NULL)
		arena_free(&o->arena);
}

void
fact_detach(struct fact *o)
{
	if (o != NULL)
		arena_detach(&o->arena, MAX_SCORE_MEM);
}

struct budget *
fact_budget(struct fact *o)
{
	return &o->arena.purse;
}

void
sink_put(struct sink *s, struct fact *o)
{
	if (o == NULL)
		return;
	fact_detach(o);
	s->put(s, o);
}

/* ---- The list of values ---- */

/* The element of f's list that is being filled: the newest one. */
static unsigned int
elem_of(const struct fact *o, enum field f)
{
	const unsigned int n = fact_count(o, f);

	return n > 0 ? n - 1 : 0;
}

/* < 0: the node stands before the values of this field and element; 0: it is one. */
static int
compare(const struct fact_node *n, enum field f, unsigned int elem)
{
	if (n->item.field != f)
		return n->item.field < f ? -1 : 1;
	return n->item.elem < elem ? -1 : n->item.elem > elem;
}

static struct fact_node *
find(const struct fact *o, enum field f, unsigned int elem)
{
	struct fact_node *n = o->first;

	if (n == NULL || compare(o->last, f, elem) < 0)
		return NULL;
	while (compare(n, f, elem) < 0)
		n = n->next;
	return compare(n, f, elem) == 0 ? n : NULL;
}

static void
insert(struct fact *o, struct fact_node *n)
{
	const enum field f = n->item.field;
	struct fact_node **at = &o->first;

	if (o->last != NULL && compare(o->last, f, n->item.elem) <= 0)
		at = &o->last->next;
	while (*at != NULL && compare(*at, f, n->item.elem) <= 0)
		at = &(*at)->next;
	n->next = *at;
	*at = n;
	if (n->next == NULL)
		o->last = n;
}

/* One more value of f, with room for a text and its NUL; 0: it is a number. */
static struct fact_node *
add(struct fact *o, enum field f, unsigned int elem, size_t room)
{
	struct fact_node *n = arena_alloc(&o->arena, sizeof(*n) + room);

	if (n == NULL) {
		o->cut = true;
		return NULL;
	}
	*n = (struct fact_node){ .item = { .field = f, .elem = elem }, .room = room };
	if (room > 0)
		n->item.str = n->text;
	insert(o, n);
	return n;
}

/* Make room for a text of len bytes in place of the one that is there.  What
 * it outgrows stays in the arena until the fact is freed; as each new place is
 * half as much again, that is never more than twice the last. */
static bool
widen(struct fact *o, struct fact_node *n, size_t len)
{
	const size_t room = len + len / 2 + 1;
	char *str;

	if (len < n->room)
		return true;
	if ((str = arena_alloc(&o->arena, room)) == NULL) {
		o->cut = true;
		return false;
	}
	n->item.str = str;
	n->room = room;
	return true;
}

/* ---- Copies ---- */

static size_t
node_size(const struct fact_node *n)
{
	return sizeof(*n) + (n->item.str != NULL ? n->item.len + 1 : 0);
}

size_t
fact_copy_size(const struct fact *o, size_t max)
{
	size_t size = ARENA_HEAD + arena_piece(sizeof(*o));

	for (const struct fact_node *n = o->first; n != NULL; n = n->next)
		if (n->item.len <= max)
			size += arena_piece(node_size(n));
	return size;
}

struct fact *
fact_copy(struct budget *b, const struct fact *o, size_t max)
{
	struct arena a;
	struct fact *copy;
	struct fact_node *to;

	arena_init(&a, b, MAX_FACT_MEM);
	if (!arena_reserve(&a, fact_copy_size(o, max) - ARENA_HEAD))
		return NULL;
	copy = fact_in(&a, o->kind, &o->peers, o->at);
	copy->alert = o->alert;
	copy->cut = o->cut;
	memcpy(copy->elems, o->elems, sizeof(copy->elems));
	for (const struct fact_node *n = o->first; n != NULL; n = n->next) {
		if (n->item.len > max)
			continue;
		to = add(copy, n->item.field, n->item.elem, node_size(n) - sizeof(*n));
		to->item.num = n->item.num;
		to->item.len = n->item.len;
		if (n->item.str != NULL)
			memcpy(to->text, n->item.str, n->item.len + 1);
	}
	return copy;
}

/* ---- Setting ---- */

void
fact_next(struct fact *o, enum field f)
{
	if (o != NULL && field_info[f].list > 0)
		o->elems[field_info[f].list - 1]++;
}

/* Where a text of len bytes and its NUL is to be written for f. */
static char *
place(struct fact *o, enum field f, size_t len)
{
	struct fact_node *n = field_info[f].type != FT_STRS ? find(o, f, elem_of(o, f)) : NULL;

	if (n == NULL)
		n = add(o, f, elem_of(o, f), len + 1);
	else if (!widen(o, n, len))
		return NULL;
	if (n == NULL)
		return NULL;
	n->item.len = len;
	return n->item.str;
}

static size_t
escaped_len(struct view v)
{
	size_t n = v.len;

	for (size_t i = 0; i < v.len; i++)
		n += v.p[i] < 0x80 ? 0 : 3;
	return n;
}

/* As Suricata writes bytes that are not UTF-8: all of 0x80 and up as \xHH. */
static void
escape(struct view v, char *s)
{
	for (size_t i = 0; i < v.len; i++) {
		if (v.p[i] < 0x80)
			*s++ = (char)v.p[i];
		else
			s += snprintf(s, 5, "\\x%02x", v.p[i]);
	}
	*s = '\0';
}

void
fact_utf8(struct fact *o, enum field f, struct view v)
{
	const uint8_t *nul;
	char *s;

	if (o == NULL || v.len == 0)
		return;
	if ((nul = view_chr(v, 0)) != NULL)
		v.len = (size_t)(nul - v.p);
	if (v.len == 0)
		return;
	if (!utf8_valid(v)) {
		if ((s = place(o, f, escaped_len(v))) != NULL)
			escape(v, s);
	} else if ((s = place(o, f, v.len)) != NULL) {
		memmove(s, v.p, v.len);		/* v may be a part of the old text */
		s[v.len] = '\0';
	}
}

void
fact_utf16(struct fact *o, enum field f, struct view v, bool big)
{
	size_t n;
	char *s;

	for (n = 0; n + 1 < v.len; n += 2)
		if (v.p[n] == 0 && v.p[n + 1] == 0)
			break;
	v.len = n;
	if (o == NULL || n == 0)
		return;
	n = utf16_size(v, big);
	if ((s = place(o, f, n)) == NULL)
		return;
	(void)utf16_to_utf8(v, big, (uint8_t *)s);
	s[n] = '\0';
}

void
fact_str(struct fact *o, enum field f, const char *s)
{
	if (s != NULL)
		fact_utf8(o, f, view_str(s));
}

void
fact_int(struct fact *o, enum field f, int64_t num)
{
	struct fact_node *n;

	if (o == NULL)
		return;
	if ((n = find(o, f, elem_of(o, f))) == NULL)
		n = add(o, f, elem_of(o, f), 0);
	if (n != NULL)
		n->item.num = num;
}

void
fact_bool(struct fact *o, enum field f, bool yes)
{
	fact_int(o, f, yes);
}

bool
fact_change(struct fact *o, const struct fact_item *i, struct view v)
{
	struct fact_node *n = (struct fact_node *)i;

	if (!widen(o, n, v.len))
		return false;
	memcpy(n->item.str, v.p, v.len);
	n->item.str[v.len] = '\0';
	n->item.len = v.len;
	return true;
}

void
fact_drop(struct fact *o, enum field f)
{
	struct fact_node **at, *n;

	if (o == NULL)
		return;
	o->last = NULL;
	for (at = &o->first; (n = *at) != NULL;)
		if (n->item.field == f)
			*at = n->next;
		else {
			o->last = n;
			at = &n->next;
		}
}

/* ---- Reading ---- */

const char *
fact_get(const struct fact *o, enum field f)
{
	const struct fact_node *n = o != NULL ? find(o, f, elem_of(o, f)) : NULL;

	return n != NULL ? n->item.str : NULL;
}

const char *
fact_elem(const struct fact *o, enum field f, unsigned int elem)
{
	const struct fact_node *n = o != NULL ? find(o, f, elem) : NULL;

	return n != NULL ? n->item.str : NULL;
}

bool
fact_get_int(const struct fact *o, enum field f, int64_t *num)
{
	const struct fact_node *n = o != NULL ? find(o, f, elem_of(o, f)) : NULL;

	if (n == NULL)
		return false;
	*num = n->item.num;
	return true;
}

bool
fact_has(const struct fact *o, enum field f, struct view v)
{
	const struct fact_item *i = NULL;

	while ((i = fact_each(o, i)) != NULL && i->field <= f)
		if (i->field == f && i->len == v.len && memcmp(i->str, v.p, v.len) == 0)
			return true;
	return false;
}

unsigned int
fact_count(const struct fact *o, enum field f)
{
	return o != NULL && field_info[f].list > 0 ? o->elems[field_info[f].list - 1] : 0;
}

const struct fact_item *
fact_each(const struct fact *o, const struct fact_item *prev)
{
	const struct fact_node *n = prev != NULL ? ((const struct fact_node *)prev)->next :
	    o != NULL ? o->first : NULL;

	return n != NULL ? &n->item : NULL;
}
