/* expr.c -- PowerShell's expressions. */
#include "script/powershell/expr.h"

#include "base/limits.h"
#include "base/text.h"
#include "script/powershell/call.h"
#include "script/powershell/method.h"
#include "script/powershell/oper.h"
#include "script/powershell/powershell.h"
#include "script/powershell/statement.h"
#include "script/powershell/static.h"
#include "script/powershell/string.h"

static struct ps_value
with_source(struct ps_value v, const struct ps_cursor *in, size_t from)
{
	if (v.kind == PS_UNKNOWN)
		v.text = text_trim(ps_text_since(in, from));
	return v;
}

/* ---- Literals ---- */

static struct ps_value
number(struct ps_cursor *in)
{
	static const struct { const char *name; int64_t times; } units[] = {
		{ "kb", 1 << 10 }, { "mb", 1 << 20 }, { "gb", 1 << 30 },
	};
	size_t from = in->at;
	struct ps_value v = ps_unknown();
	struct view unit;
	int64_t n = 0;
	bool hex = ps_peek(in) == '0' && (ps_peek_ahead(in, 1) | 0x20) == 'x';
	int c;

	if (hex)
		in->at += 2;
	while ((c = ps_peek(in)) >= '0' && (c <= '9' || (hex && (c | 0x20) >= 'a' &&
	    (c | 0x20) <= 'f')))
		ps_advance(in);
	v = ps_string(ps_text_since(in, from));
	if (ps_peek(in) == '.' && ps_peek_ahead(in, 1) >= '0' && ps_peek_ahead(in, 1) <= '9') {
		ps_advance(in);
		ps_read_word(in);
		return ps_unknown();		/* fractions are not computed */
	}
	if (!ps_as_int(&v, &n))
		v = ps_unknown();
	else
		v = ps_number(n);
	unit = ps_read_word(in);
	for (size_t i = 0; i < nitems(units); i++)
		if (text_is(unit, units[i].name))
			return v.kind == PS_NUMBER && n < 1 << 30 ?
			    ps_number(n * units[i].times) : ps_unknown();
	return unit.len == 0 || text_is(unit, "l") ? v : ps_unknown();
}

static struct view
hash_key(struct ps *ps, struct ps_cursor *in)
{
	struct ps_value v;
	size_t from = in->at;
	int c = ps_peek(in);

	if (c == '"' || c == '\'')
		v = ps_read_string(ps, in);
	else if (c == '$' || c == '(')
		v = ps_primary(ps, in, NULL);
	else {
		while (ps_name_char(c = ps_peek(in)) || c == '-')
			ps_advance(in);
		v = ps_string(ps_text_since(in, from));
	}
	v = ps_as_string(ps, v);
	return v.partial ? view_str("") : v.text;
}

/* Reads a hashtable behind @{. */
static struct ps_value
hashtable(struct ps *ps, struct ps_cursor *in)
{
	struct ps_value m = ps_map(ps, NULL), v;
	struct ps_entry *s;
	struct view key;
	size_t from;
	int c;

	for (;;) {
		ps_skip_blanks(in, true);
		if ((c = ps_peek(in)) < 0 || c == '}')
			break;
		from = in->at;
		if (c != ';') {
			key = hash_key(ps, in);
			ps_skip_blanks(in, true);
			if (ps_peek(in) == '=') {
				ps_advance(in);
				ps_skip_blanks(in, true);
				v = ps_statement(ps, in);
				if (m.kind == PS_MAP && key.len > 0 &&
				    (s = ps_map_entry(ps, m.map, key)) != NULL)
					s->v = v;
			}
		}
		if (in->at == from)
			ps_advance(in);
	}
	ps_advance(in);
	return m;
}

/* Reads an array behind @(: what it holds is made an array if it is none. */
static struct ps_value
array(struct ps *ps, struct ps_cursor *in)
{
	struct ps_value v = ps_statement_list(ps, in, ')'), l;

	if (ps_is_array(&v))
		return v;
	l = ps_array(ps);
	if (l.kind == PS_ARRAY && v.kind != PS_NULL)
		ps_append(ps, l.array, v);
	return l;
}

/* ---- Types and casts ---- */

static bool
begins_operand(const struct ps_cursor *in)
{
	int c = ps_peek(in), d = ps_peek_ahead(in, 1);

	return (c >= '0' && c <= '9') || (c == '-' && d >= '0' && d <= '9') ||
	    (c > 0 && strchr("$(@'\"[{", c) != NULL);
}

static struct ps_value static_member(struct ps *, struct ps_cursor *, struct view type);

static struct ps_value
type(struct ps *ps, struct ps_cursor *in, struct ps_lvalue *place)
{
	struct view name;
	struct ps_value v;

	ps_advance(in);
	name = text_trim(ps_read_group(ps, in, ']'));
	if (ps_peek(in) == ':' && ps_peek_ahead(in, 1) == ':')
		return static_member(ps, in, name);
	ps_skip_blanks(in, false);
	if (!begins_operand(in))
		return (struct ps_value){ .kind = PS_TYPE, .text = name };
	if (place != NULL && place->cast.len == 0)
		place->cast = name;
	if (ps->depth++ < MAX_PS_DEPTH) {
		v = ps_primary(ps, in, place);
		v = ps_cast(ps, name, v);
	} else {
		ps_advance(in);
		v = ps_unknown();
	}
	ps->depth--;
	return v;
}

/* ---- Members and elements ---- */

/* Reads a method's arguments behind the opening parenthesis; returns how many. */
static size_t
arguments(struct ps *ps, struct ps_cursor *in, struct ps_value *args, struct ps_lvalue *first)
{
	struct ps_value v;
	size_t n = 0, from;
	int c;

	for (;;) {
		ps_skip_blanks(in, true);
		if ((c = ps_peek(in)) < 0 || c == ')')
			break;
		from = in->at;
		if (c != ',') {
			v = ps_expression(ps, in, PS_NO_COMMA, n == 0 ? first : NULL);
			if (n < MAX_PS_METHOD_ARGS)
				args[n++] = v;
		}
		if (in->at == from)
			ps_advance(in);
	}
	ps_advance(in);
	return n;
}

static struct view
member_name(struct ps *ps, struct ps_cursor *in)
{
	struct ps_value v;
	int c = ps_peek(in);

	if (c == '"' || c == '\'')
		v = ps_read_string(ps, in);
	else if (c == '(') {
		ps_advance(in);
		v = ps_statement_list(ps, in, ')');
	} else if (c == '$') {
		ps_advance(in);
		v = ps_variable_value(ps, ps_read_variable_name(in));
	} else
		return ps_read_word(in);
	return ps_is_known(&v) ? ps_as_string(ps, v).text : view_str("");
}

static struct ps_value
static_member(struct ps *ps, struct ps_cursor *in, struct view type_name)
{
	struct ps_value args[MAX_PS_METHOD_ARGS], v;
	struct ps_lvalue first = { 0 };
	struct view name;
	size_t n;

	in->at += 2;
	name = member_name(ps, in);
	if (ps_peek(in) != '(')
		return ps_static_member(ps, type_name, name, NULL, 0, false, NULL);
	ps_advance(in);
	if (ps->depth++ < MAX_PS_DEPTH) {
		n = arguments(ps, in, args, &first);
		v = ps_static_member(ps, type_name, name, args, n, true, &first);
	} else {
		ps_read_group(ps, in, ')');
		v = ps_unknown();
	}
	ps->depth--;
	return v;
}

static struct ps_value
member(struct ps *ps, struct ps_cursor *in, struct ps_value base, struct ps_lvalue *place)
{
	struct ps_value args[MAX_PS_METHOD_ARGS], v;
	struct view name;
	size_t n = 1;
	int c;

	ps_advance(in);
	ps_skip_blanks(in, true);
	name = member_name(ps, in);
	if ((c = ps_peek(in)) != '(' && (c != '{' ||
	    (!text_is(name, "foreach") && !text_is(name, "where"))))
		return ps_get_member(ps, base, name, place);
	ps_advance(in);
	if (c == '{') {
		args[0] = (struct ps_value){ .kind = PS_SCRIPT_BLOCK,
		    .text = ps_read_group(ps, in, '}') };
		return ps_call_method(ps, base, name, args, 1);
	}
	if (ps->depth++ < MAX_PS_DEPTH) {
		n = arguments(ps, in, args, NULL);
		v = ps_call_method(ps, base, name, args, n);
	} else {
		ps_read_group(ps, in, ')');
		v = ps_unknown();
	}
	ps->depth--;
	return v;
}

static struct ps_value
element(struct ps *ps, struct ps_cursor *in, struct ps_value base, struct ps_lvalue *place)
{
	struct ps_value i;
	int64_t n;

	ps_advance(in);
	ps_skip_blanks(in, true);
	i = ps_expression(ps, in, PS_LOWEST, NULL);
	ps_skip_blanks(in, true);
	if (ps_peek(in) == ']')
		ps_advance(in);
	if (place != NULL) {
		*place = (struct ps_lvalue){ .cast = place->cast };
		if (base.kind == PS_ARRAY && i.kind == PS_NUMBER && ps_as_int(&i, &n) && n >= 0 &&
		    (uint64_t)n < base.array->n) {
			place->array = base.array;
			place->index = (size_t)n;
		} else if (base.kind == PS_MAP && i.kind == PS_STRING && ps_is_known(&i))
			place->slot = ps_map_entry(ps, base.map, i.text);
	}
	if (base.kind == PS_UNKNOWN || (base.kind == PS_STRING && base.partial))
		base = ps_well_known_value(base.text);
	return ps_index(ps, base, i);
}

/* At ++ or -- behind an operand. */
static struct ps_value
increment(struct ps *ps, struct ps_cursor *in, struct ps_value v, struct ps_lvalue *place)
{
	char what = (char)ps_peek(in);

	in->at += 2;
	if (place != NULL && place->slot != NULL)
		ps_assign(ps, place->slot, ps_arithmetic(what, v, ps_number(1)), place->local);
	return v;
}

static struct ps_value
postfix(struct ps *ps, struct ps_cursor *in, struct ps_value v, size_t from,
    struct ps_lvalue *place)
{
	int c, d;

	for (;;) {
		v = with_source(v, in, from);
		c = ps_peek(in);
		d = ps_peek_ahead(in, 1);
		if (c == '?' && d == '.') {
			ps_advance(in);
			c = '.';
			d = ps_peek_ahead(in, 1);
		}
		if (c == '.' && d != '.' && (ps_name_char(d) || (d > 0 &&
		    strchr("'\"($", d) != NULL)))
			v = member(ps, in, v, place);
		else if (c == ':' && d == ':')
			v = static_member(ps, in, v.kind == PS_TYPE ? v.text : view_str(""));
		else if (c == '[' && ps->depth < MAX_PS_DEPTH) {
			ps->depth++;
			v = element(ps, in, v, place);
			ps->depth--;
		} else if ((c == '+' && d == '+') || (c == '-' && d == '-' &&
		    in->text.p[in->at] == '-'))
			v = increment(ps, in, v, place);
		else
			return v;
	}
}

/* ---- Primary expressions ---- */

static struct ps_value
variable(struct ps *ps, struct ps_cursor *in, struct ps_lvalue *place)
{
	struct view name;
	bool outer;

	ps_advance(in);
	if (ps_peek(in) == '(') {
		ps_advance(in);
		return ps_statement_list(ps, in, ')');
	}
	name = ps_read_variable_name(in);
	if (place != NULL && name.len > 0) {
		place->slot = ps_map_entry(ps, ps->vars, ps_strip_scope(name, &outer));
		place->local = !outer;
	}
	return ps_variable_value(ps, name);
}

static struct ps_value
bracketed(struct ps *ps, struct ps_cursor *in, int c, int d)
{
	if (c == '(') {
		ps_advance(in);
		return ps_statement_list(ps, in, ')');
	}
	if (c == '{') {
		ps_advance(in);
		return (struct ps_value){ .kind = PS_SCRIPT_BLOCK,
		    .text = ps_read_group(ps, in, '}') };
	}
	in->at += 2;
	if (d == '(')
		return array(ps, in);
	if (ps->depth >= MAX_PS_DEPTH) {
		ps_read_group(ps, in, '}');
		return ps_unknown();
	}
	return hashtable(ps, in);
}

struct ps_value
ps_primary(struct ps *ps, struct ps_cursor *in, struct ps_lvalue *place)
{
	size_t from = in->at;
	int c = ps_peek(in), d = ps_peek_ahead(in, 1);
	struct ps_lvalue none = { 0 };
	struct ps_value v;

	if (place == NULL)
		place = &none;
	if (c == '"' || c == '\'' || (c == '@' && (d == '"' || d == '\'')))
		v = ps_read_string(ps, in);
	else if (c == '$' || (c == '@' && ps_name_char(d)))
		v = variable(ps, in, place);
	else if (c == '(' || c == '{' || (c == '@' && (d == '(' || d == '{'))) {
		ps->depth++;
		v = bracketed(ps, in, c, d);
		ps->depth--;
	} else if (c == '[')
		v = type(ps, in, place);
	else if (c >= '0' && c <= '9')
		v = number(in);
	else {
		/* No expression begins like this: skip it. */
		v = ps_unknown();
		if (ps_read_word(in).len == 0 && c >= 0 && strchr(")}];|&\n\r,", c) == NULL)
			ps_advance(in);
	}
	return postfix(ps, in, v, from, place);
}

/* ---- Operators ---- */

static struct ps_value unary(struct ps *, struct ps_cursor *, struct ps_lvalue *);

static struct ps_value
unary_word(struct ps *ps, struct ps_cursor *in)
{
	struct ps_value v;
	struct view word;
	bool b;

	ps_advance(in);
	word = ps_read_word(in);
	ps_skip_blanks(in, true);
	v = unary(ps, in, NULL);
	if (text_is(word, "not"))
		return ps_as_bool(&v, &b) ? ps_bool(!b) : ps_unknown();
	if (text_is(word, "join"))
		return ps_join(ps, v, view_str(""));
	if (text_is(word, "split"))
		return ps_split(ps, v, view_str(" \t\r\n"), true);
	return ps_unknown();
}

static struct ps_value
signed_value(struct ps *ps, struct ps_cursor *in, int c)
{
	struct ps_lvalue place = { 0 };
	struct ps_value v;
	int64_t n;
	bool b;

	ps_advance(in);
	if ((c == '+' || c == '-') && ps_peek(in) == c) {
		ps_advance(in);
		v = ps_arithmetic((char)c, unary(ps, in, &place), ps_number(1));
		ps_assign(ps, place.slot, v, place.local);
		return v;
	}
	ps_skip_blanks(in, false);
	v = unary(ps, in, NULL);
	if (c == '!')
		return ps_as_bool(&v, &b) ? ps_bool(!b) : ps_unknown();
	return ps_as_int(&v, &n) ? ps_number(c == '-' ? -n : n) : ps_unknown();
}

static struct ps_value
list_of_one(struct ps *ps, struct ps_cursor *in)
{
	struct ps_value l = ps_array(ps);

	ps_advance(in);
	ps_skip_blanks(in, true);
	if (l.kind == PS_ARRAY)
		ps_append(ps, l.array, unary(ps, in, NULL));
	return l;
}

static struct ps_value
unary(struct ps *ps, struct ps_cursor *in, struct ps_lvalue *place)
{
	size_t from = in->at;
	struct ps_value v;
	int c = ps_peek(in), d = ps_peek_ahead(in, 1);

	if (c != '-' && c != '+' && c != '!' && c != ',')
		return ps_primary(ps, in, place);
	if (ps->depth++ >= MAX_PS_DEPTH) {
		ps_advance(in);
		v = ps_unknown();
	} else if (c == ',')
		v = list_of_one(ps, in);
	else if (c == '-' && ps_name_char(d) && (d < '0' || d > '9'))
		v = unary_word(ps, in);
	else
		v = signed_value(ps, in, c);
	ps->depth--;
	return with_source(v, in, from);
}

static struct ps_value
comma(struct ps *ps, struct ps_cursor *in, struct ps_value first)
{
	struct ps_value l = ps_array(ps);
	size_t from;
	bool fits = l.kind == PS_ARRAY && ps_append(ps, l.array, first);

	for (;;) {
		struct ps_value v;

		ps_advance(in);
		ps_skip_blanks(in, true);
		v = unary(ps, in, NULL);
		fits = fits && ps_append(ps, l.array, v);
		from = in->at;
		ps_skip_blanks(in, false);
		if (ps_peek(in) != ',')
			break;
	}
	in->at = from;
	return fits ? l : ps_unknown();
}

/* The comma binds closer than any binary operator. */
struct ps_value
ps_expression(struct ps *ps, struct ps_cursor *in, unsigned int least, struct ps_lvalue *place)
{
	size_t from = in->at, end;
	unsigned int commas = least < PS_NO_COMMA ? 0 : PS_NO_COMMA;
	const struct ps_operator *o;
	struct ps_value v, right;

	least -= commas;
	v = unary(ps, in, place);
	for (;;) {
		end = in->at;
		ps_skip_blanks(in, false);
		if (commas == 0 && ps_peek(in) == ',') {
			v = comma(ps, in, v);
			continue;
		}
		if (ps->depth >= MAX_PS_DEPTH || (o = ps_read_operator(in, least)) == NULL)
			break;
		ps_skip_blanks(in, true);
		ps->depth++;
		right = ps_expression(ps, in, o->level + 1 + commas, NULL);
		ps->depth--;
		v = with_source(ps_apply_operator(ps, o, v, right), in, from);
	}
	in->at = end;
	return with_source(v, in, from);
}
