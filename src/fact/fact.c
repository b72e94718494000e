#include "fact/fact.h"

#include <stdio.h>

#include "base/utf16.h"

const struct field_info field_info[F_MAX] = {
#define FIELD(id, object, key, type) [F_##id] = { object, key, FT_##type },
#include "fact/field.def"
#undef FIELD
};

const char *const fact_object[] = {
	[FACT_TASK] = "task", [FACT_COMMAND] = "command", [FACT_ANOMALY] = "anomaly",
};

struct fact *
fact_new(struct budget *b, enum fact_kind kind, const struct peers *peers,
    struct packet_ref at)
{
	struct fact *o = budget_calloc(b, 1, sizeof(*o));

	if (o == NULL)
		return NULL;
	o->kind = kind;
	o->at = at;
	o->peers = *peers;
	o->budget = b;
	o->last = &o->first;
	return o;
}

static void
item_free(struct item *i)
{
	budget_free(i->str);
	budget_free(i);
}

void
fact_free(struct fact *o)
{
	struct item *i, *next;

	if (o == NULL)
		return;
	for (i = o->first; i != NULL; i = next) {
		next = i->next;
		item_free(i);
	}
	budget_free(o);
}

/* The list that f stands in, or -1. */
static int
list_of(enum field f)
{
	static const char *const objects[FACT_LISTS] = {
		"dcerpc.interfaces[]", "task.actions[]", "task.triggers[]",
		"command.decoded[]", "detection.reasons[]", "detection.decoded[]"
	};

	for (int i = 0; i < FACT_LISTS; i++)
		if (strcmp(field_info[f].object, objects[i]) == 0)
			return i;
	return -1;
}

/* The element of f's list that is being filled: the last one begun. */
static unsigned int
elem_of(const struct fact *o, enum field f)
{
	int list = list_of(f);

	return list >= 0 && o->elems[list] > 0 ? o->elems[list] - 1 : 0;
}

static struct item *
find(const struct fact *o, enum field f)
{
	unsigned int elem = elem_of(o, f);

	for (struct item *i = o->first; i != NULL; i = i->next)
		if (i->field == f && i->elem == elem)
			return i;
	return NULL;
}

static struct item *
append(struct fact *o, enum field f, unsigned int elem)
{
	struct item *i = budget_calloc(o->budget, 1, sizeof(*i));

	if (i == NULL) {
		o->cut = true;
		return NULL;
	}
	i->field = f;
	i->elem = elem;
	*o->last = i;
	o->last = &i->next;
	return i;
}

void
fact_next(struct fact *o, enum field f)
{
	int list = list_of(f);

	if (o != NULL && list >= 0)
		o->elems[list]++;
}

/* Takes str, which came from the fact's budget. */
static void
put_str(struct fact *o, enum field f, char *str, size_t len)
{
	struct item *i;

	if (len == 0) {
		budget_free(str);
		return;
	}
	if ((i = find(o, f)) == NULL || field_info[f].type == FT_STRS)
		i = append(o, f, elem_of(o, f));
	if (i == NULL) {
		budget_free(str);
		return;
	}
	budget_free(i->str);
	i->str = str;
	i->len = len;
}

struct fact *
fact_copy(struct budget *b, const struct fact *o, size_t max)
{
	struct fact *copy = fact_new(b, o->kind, &o->peers, o->at);
	struct item *i;
	bool spent = false;

	if (copy == NULL)
		return NULL;
	memcpy(copy->elems, o->elems, sizeof(copy->elems));
	copy->cut = o->cut;
	for (const struct item *from = o->first; from != NULL && !spent; from = from->next) {
		if (from->len > max)
			continue;
		if ((i = append(copy, from->field, from->elem)) == NULL) {
			spent = true;
			break;
		}
		i->num = from->num;
		i->len = from->len;
		if (from->str != NULL && (i->str = budget_strndup(b,
		    (struct view){ (const uint8_t *)from->str, from->len })) == NULL)
			spent = true;
	}
	if (!spent)
		return copy;
	fact_free(copy);
	return NULL;
}

/* As Suricata writes bytes that are not UTF-8: all of 0x80 and up as \xHH. */
static char *
escape(struct budget *b, struct view v, size_t *len)
{
	char *s = budget_alloc(b, v.len * 4 + 1);
	size_t n = 0;

	if (s == NULL)
		return NULL;
	for (size_t i = 0; i < v.len; i++) {
		if (v.p[i] < 0x80)
			s[n++] = (char)v.p[i];
		else
			n += (size_t)snprintf(s + n, 5, "\\x%02x", v.p[i]);
	}
	s[n] = '\0';
	*len = n;
	return s;
}

void
fact_utf8(struct fact *o, enum field f, struct view v)
{
	const uint8_t *nul;
	char *s;

	if (o == NULL || v.len == 0)
		return;
	if ((nul = memchr(v.p, 0, v.len)) != NULL)
		v.len = (size_t)(nul - v.p);
	if (utf8_valid(v))
		s = budget_strndup(o->budget, v);
	else
		s = escape(o->budget, v, &v.len);
	if (s == NULL) {
		o->cut = true;
		return;
	}
	put_str(o, f, s, v.len);
}

void
fact_utf16(struct fact *o, enum field f, struct view v, bool big)
{
	size_t n;
	char *s;

	if (o == NULL || v.len < 2)
		return;
	for (n = 0; n + 1 < v.len; n += 2)
		if (v.p[n] == 0 && v.p[n + 1] == 0)
			break;
	v.len = n;
	if ((s = budget_alloc(o->budget, utf16_room(v) + 1)) == NULL) {
		o->cut = true;
		return;
	}
	n = utf16_to_utf8(v, big, (uint8_t *)s);
	s[n] = '\0';
	put_str(o, f, s, n);
}

void
fact_str(struct fact *o, enum field f, const char *s)
{
	if (s != NULL)
		fact_utf8(o, f, view_str(s));
}

void
fact_add(struct fact *o, enum field f, struct view v)
{
	fact_utf8(o, f, v);
}

void
fact_int(struct fact *o, enum field f, int64_t n)
{
	struct item *i;

	if (o == NULL)
		return;
	if ((i = find(o, f)) == NULL)
		i = append(o, f, elem_of(o, f));
	if (i != NULL)
		i->num = n;
}

void
fact_bool(struct fact *o, enum field f, bool yes)
{
	fact_int(o, f, yes);
}

void
fact_drop(struct fact *o, enum field f)
{
	struct item **at, *i;

	if (o == NULL)
		return;
	for (at = &o->first; (i = *at) != NULL;) {
		if (i->field != f) {
			at = &i->next;
			continue;
		}
		*at = i->next;
		item_free(i);
	}
	o->last = at;
}

const char *
fact_get(const struct fact *o, enum field f)
{
	const struct item *i = o != NULL ? find(o, f) : NULL;

	return i != NULL ? i->str : NULL;
}

bool
fact_get_int(const struct fact *o, enum field f, int64_t *n)
{
	const struct item *i = o != NULL ? find(o, f) : NULL;

	if (i == NULL)
		return false;
	*n = i->num;
	return true;
}
