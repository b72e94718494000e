/* oper.c -- PowerShell's binary operators (Language Specification chapter 7). */
#include "script/powershell/oper.h"

#include <strings.h>

#include "base/limits.h"
#include "base/text.h"
#include "script/powershell/powershell.h"
#include "script/powershell/static.h"
#include "script/powershell/string.h"

/* ---- Numbers ---- */

static bool
compute(char what, int64_t a, int64_t b, int64_t *r)
{
	switch (what) {
	case '+':
		return !__builtin_add_overflow(a, b, r);
	case '-':
		return !__builtin_sub_overflow(a, b, r);
	case '*':
		return !__builtin_mul_overflow(a, b, r);
	case '/':
		if (b == 0 || b == -1 || a % b != 0)
			return false;		/* a fraction */
		*r = a / b;
		return true;
	case '%':
		if (b == 0 || b == -1)
			return false;
		*r = a % b;
		return true;
	case 'x':
		*r = a ^ b;
		return true;
	case '&':
		*r = a & b;
		return true;
	case '|':
		*r = a | b;
		return true;
	case '<':
		if (a < 0 || b < 0 || b > 31 || a > INT32_MAX)
			return false;
		*r = a << b;
		return true;
	case '>':
		if (a < 0 || b < 0 || b > 31)
			return false;
		*r = a >> b;
		return true;
	default:
		return false;
	}
}

struct ps_value
ps_arithmetic(char what, struct ps_value a, struct ps_value b)
{
	int64_t x, y, r;
	struct ps_value v;

	if (a.kind == PS_NULL)
		a = ps_number(0);
	if (!ps_as_int(&a, &x) || !ps_as_int(&b, &y) || !compute(what, x, y, &r))
		return ps_unknown();
	v = ps_number(r);
	v.how = a.how > b.how ? a.how : b.how;
	return v;
}

static struct ps_value
append(struct ps *ps, struct ps_value a, struct ps_value b)
{
	struct ps_value l = ps_array(ps);
	size_t n = ps_count(&a), m = ps_is_array(&b) ? ps_count(&b) : 1;
	bool fits = l.kind == PS_ARRAY && ps_work(ps, n + m);

	for (size_t i = 0; fits && i < n; i++)
		fits = ps_append(ps, l.array, ps_element(&a, i));
	for (size_t i = 0; fits && i < m; i++)
		fits = ps_append(ps, l.array, ps_is_array(&b) ? ps_element(&b, i) : b);
	return fits ? l : ps_unknown();
}

/* Returns a third hashtable with the entries of both. */
static struct ps_value
merge(struct ps *ps, struct ps_value a, struct ps_value b)
{
	struct ps_value m = ps_map(ps, NULL);
	struct ps_entry *to;

	for (int i = 0; m.kind == PS_MAP && i < 2; i++)
		for (struct ps_entry *e = (i == 0 ? a : b).map->first; e != NULL; e = e->next)
			if (ps_work(ps, 64) && (to = ps_map_entry(ps, m.map, e->key)) != NULL)
				to->v = e->v;
	return m;
}

struct ps_value
ps_add(struct ps *ps, struct ps_value a, struct ps_value b)
{
	struct ps_value v;

	if (a.kind == PS_NULL)
		return b;
	if (a.kind == PS_MAP && b.kind == PS_MAP)
		return merge(ps, a, b);
	if (ps_is_array(&a))
		return append(ps, a, b);
	if (a.kind == PS_NUMBER)
		return ps_arithmetic('+', a, b);
	/* What is added to a string is taken for a string, even if it is unknown. */
	if (a.kind != PS_STRING && (a.kind != PS_UNKNOWN || b.kind != PS_STRING))
		return ps_unknown();
	if (b.kind == PS_MAP || b.kind == PS_SCRIPT_BLOCK)
		return ps_unknown();
	v = ps_concat(ps, a, b);
	if (v.kind == PS_STRING && v.how < PS_HOW_CONCAT)
		v.how = PS_HOW_CONCAT;
	return v;
}

static struct ps_value
add(struct ps *ps, struct ps_value a, struct ps_value b, const struct ps_operator *o)
{
	(void)o;
	return ps_add(ps, a, b);
}

static struct ps_value
times(struct ps *ps, struct ps_value a, struct ps_value b, const struct ps_operator *o)
{
	struct ps_value v;
	int64_t n;

	if (a.kind != PS_STRING)
		return ps_arithmetic(o->what, a, b);
	if (!ps_as_int(&b, &n) || n < 0 || (uint64_t)n > MAX_PS_MEM / (a.text.len + 1))
		return ps_unknown();
	v = ps_string(view_at(a.text, 0, 0));
	for (v.partial = a.partial; n > 0 && v.kind == PS_STRING; n--)
		v = ps_concat(ps, v, a);
	return v;
}

static struct ps_value
numbers(struct ps *ps, struct ps_value a, struct ps_value b, const struct ps_operator *o)
{
	(void)ps;
	return ps_arithmetic(o->what, a, b);
}

static struct ps_value
bits(struct ps *ps, struct ps_value a, struct ps_value b, const struct ps_operator *o)
{
	return ps_arithmetic(o->what, a.is_char ? ps_cast(ps, view_str("int"), a) : a,
	    b.is_char ? ps_cast(ps, view_str("int"), b) : b);
}

static struct ps_value
range(struct ps *ps, struct ps_value a, struct ps_value b, const struct ps_operator *o)
{
	int64_t from, to;

	(void)ps, (void)o;
	if (!ps_as_int(&a, &from) || !ps_as_int(&b, &to) || from < INT32_MIN || from > INT32_MAX ||
	    to < INT32_MIN || to > INT32_MAX)
		return ps_unknown();
	return (struct ps_value){ .kind = PS_RANGE, .from = from, .to = to };
}

/* ---- Comparison ---- */

static bool
order(struct ps_value a, struct ps_value b, bool cased, int64_t *r)
{
	int64_t x, y;
	size_t n;

	if ((a.kind == PS_NUMBER || a.kind == PS_BOOL) && ps_as_int(&b, &y)) {
		ps_as_int(&a, &x);
		*r = x < y ? -1 : x > y;
		return true;
	}
	if (a.kind == PS_NULL || b.kind == PS_NULL) {
		*r = a.kind != b.kind;
		return ps_is_known(&a) && ps_is_known(&b);
	}
	if (a.kind != PS_STRING || b.kind != PS_STRING || a.partial || b.partial)
		return false;
	n = a.text.len < b.text.len ? a.text.len : b.text.len;
	if (n > 0 && (*r = (cased ? strncmp : strncasecmp)((const char *)a.text.p,
	    (const char *)b.text.p, n)) != 0)
		return true;
	*r = a.text.len < b.text.len ? -1 : a.text.len > b.text.len;
	return true;
}

static struct ps_value
compare(struct ps *ps, struct ps_value a, struct ps_value b, const struct ps_operator *o)
{
	int64_t r;

	if (!ps_work(ps, a.kind == PS_STRING ? a.text.len : 1) ||
	    !order(a, b, o->name[0] == 'c', &r))
		return ps_unknown();
	switch (o->what) {
	case '=':
		return ps_bool(r == 0);
	case '!':
		return ps_bool(r != 0);
	case '<':
		return ps_bool(r < 0);
	case '>':
		return ps_bool(r > 0);
	case 'l':
		return ps_bool(r <= 0);
	default:
		return ps_bool(r >= 0);
	}
}

static struct ps_value
logic(struct ps *ps, struct ps_value a, struct ps_value b, const struct ps_operator *o)
{
	bool x, y, xk = ps_as_bool(&a, &x), yk = ps_as_bool(&b, &y);

	(void)ps;
	if (o->what == '&' && ((xk && !x) || (yk && !y)))
		return ps_bool(false);
	if (o->what == '|' && ((xk && x) || (yk && y)))
		return ps_bool(true);
	if (!xk || !yk)
		return ps_unknown();
	return ps_bool(o->what == '&' ? x && y : o->what == '|' ? x || y : x != y);
}

static struct ps_value
unknown(struct ps *ps, struct ps_value a, struct ps_value b, const struct ps_operator *o)
{
	(void)ps, (void)a, (void)b, (void)o;
	return ps_unknown();
}

static struct ps_value
as(struct ps *ps, struct ps_value a, struct ps_value b, const struct ps_operator *o)
{
	(void)o;
	if (b.kind != PS_TYPE && b.kind != PS_STRING)
		return ps_unknown();
	return ps_cast(ps, b.text, a);
}

/* ---- Strings ---- */

static struct ps_value
join(struct ps *ps, struct ps_value a, struct ps_value b, const struct ps_operator *o)
{
	(void)o;
	b = ps_as_string(ps, b);
	return b.partial ? ps_unknown() : ps_join(ps, a, b.text);
}

static struct ps_value
split(struct ps *ps, struct ps_value a, struct ps_value b, const struct ps_operator *o)
{
	struct view plain;
	bool each;

	(void)o;
	b = ps_as_string(ps, b);
	if (b.partial || !ps_is_known(&a))
		return ps_unknown();
	each = b.text.len > 2 && b.text.p[0] == '[' && b.text.p[b.text.len - 1] == ']' &&
	    view_chr(b.text, '\\') == NULL && view_chr(b.text, '-') ==
	    NULL && b.text.p[1] != '^';
	if (each)
		plain = view_at(b.text, 1, b.text.len - 2);
	else if (!ps_literal_pattern(ps, b.text, &plain))
		return ps_unknown();
	return ps_split(ps, a, plain, each);
}

/* -replace 'from','to'; without 'to', every 'from' is removed. */
static struct ps_value
replace(struct ps *ps, struct ps_value a, struct ps_value b, const struct ps_operator *o)
{
	struct ps_value to = ps_string(view_str("")), from = b;
	struct view plain;

	if (b.kind == PS_ARRAY && b.array->n == 2) {
		from = b.array->v[0];
		to = ps_as_string(ps, b.array->v[1]);
	}
	from = ps_as_string(ps, from);
	if (from.partial || to.partial || !ps_literal_pattern(ps, from.text, &plain) ||
	    memchr(to.text.len > 0 ? (const char *)to.text.p : "", '$', to.text.len) != NULL)
		return ps_unknown();
	return ps_replace(ps, a, plain, to.text, o->name[0] != 'c');
}

static struct ps_value
format(struct ps *ps, struct ps_value a, struct ps_value b, const struct ps_operator *o)
{
	(void)o;
	return ps_format(ps, a, b);
}

/* ---- The table ---- */

static const struct ps_operator words[] = {
	{ "and", 1, logic, '&' }, { "or", 1, logic, '|' }, { "xor", 1, logic, '^' },
	{ "band", 2, bits, '&' }, { "bor", 2, bits, '|' }, { "bxor", 2, bits, 'x' },
	{ "shl", 2, bits, '<' }, { "shr", 2, bits, '>' },
	{ "eq", 3, compare, '=' }, { "ne", 3, compare, '!' }, { "lt", 3, compare, '<' },
	{ "gt", 3, compare, '>' }, { "le", 3, compare, 'l' }, { "ge", 3, compare, 'g' },
	{ "ceq", 3, compare, '=' }, { "cne", 3, compare, '!' }, { "ieq", 3, compare, '=' },
	{ "ine", 3, compare, '!' }, { "like", 3, unknown, 0 }, { "notlike", 3, unknown, 0 },
	{ "clike", 3, unknown, 0 }, { "ilike", 3, unknown, 0 }, { "match", 3, unknown, 0 },
	{ "notmatch", 3, unknown, 0 }, { "imatch", 3, unknown, 0 }, { "cmatch", 3, unknown, 0 },
	{ "contains", 3, unknown, 0 }, { "notcontains", 3, unknown, 0 }, { "in", 3, unknown, 0 },
	{ "notin", 3, unknown, 0 }, { "is", 3, unknown, 0 }, { "isnot", 3, unknown, 0 },
	{ "as", 3, as, 0 }, { "join", 3, join, 0 }, { "split", 3, split, 0 },
	{ "isplit", 3, split, 0 }, { "csplit", 3, split, 0 }, { "replace", 3, replace, 0 },
	{ "ireplace", 3, replace, 0 }, { "creplace", 3, replace, 0 }, { "f", 6, format, 0 },
};

static const struct ps_operator signs[] = {
	{ "+", 4, add, '+' }, { "-", 4, numbers, '-' }, { "*", 5, times, '*' },
	{ "/", 5, numbers, '/' }, { "%", 5, numbers, '%' }, { "..", 7, range, 0 },
};

static const struct ps_operator *
word_operator(struct ps_cursor *in)
{
	struct view word;

	ps_advance(in);
	word = ps_read_word(in);
	for (size_t i = 0; i < nitems(words); i++)
		if (text_is(word, words[i].name))
			return &words[i];
	return NULL;
}

const struct ps_operator *
ps_read_operator(struct ps_cursor *in, unsigned int least)
{
	struct ps_cursor at = *in;
	int c = ps_peek(&at), d = ps_peek_ahead(&at, 1);
	const struct ps_operator *o = NULL;

	if (c == '-' && ps_name_char(d) && (d < '0' || d > '9'))
		o = word_operator(&at);
	if (o == NULL) {
		at = *in;
		/* += and its like are assignments. */
		for (size_t i = 0; i < nitems(signs) && d != '='; i++)
			if (c == signs[i].name[0] && (c != '.' || d == '.'))
				o = &signs[i];
		ps_advance(&at);
		if (c == '.')
			ps_advance(&at);
	}
	if (o == NULL || o->level < least)
		return NULL;
	*in = at;
	return o;
}

struct ps_value
ps_apply_operator(struct ps *ps, const struct ps_operator *o, struct ps_value a, struct ps_value b)
{
	return o->apply(ps, a, b, o);
}
