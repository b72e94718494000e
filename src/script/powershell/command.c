/* command.c -- pipelines, commands and their arguments. */
#include "script/powershell/command.h"

#include "base/limits.h"
#include "base/text.h"
#include "script/powershell/call.h"
#include "script/powershell/com.h"
#include "script/powershell/invoke.h"
#include "script/powershell/oper.h"
#include "script/powershell/powershell.h"
#include "script/powershell/statement.h"
#include "script/powershell/static.h"

/* ---- Arguments ---- */

struct args {
	struct ps_arg	*v;
	size_t		 n, cap;
};

static void
keep(struct ps *ps, struct args *a, struct ps_arg one)
{
	size_t cap = a->cap * 2 + 8;
	struct ps_arg *to;

	if (a->n == a->cap) {
		if (a->n >= MAX_PS_ARGS || (to = ps_alloc(ps, cap * sizeof(*to))) == NULL)
			return;
		if (a->n > 0)
			memcpy(to, a->v, a->n * sizeof(*to));
		a->v = to;
		a->cap = cap;
	}
	a->v[a->n++] = one;
}

/* Reads one argument: an expression where it begins like one, else a bare word. */
static struct ps_value
argument(struct ps *ps, struct ps_cursor *in)
{
	int c = ps_peek(in), d = ps_peek_ahead(in, 1);
	struct ps_value v;

	if (c != '"' && c != '\'' && c != '$' && c != '(' && c != '{' &&
	    (c != '@' || (d != '(' && d != '{' && d != '"' && d != '\'' && d != '$')))
		return ps_read_bare_word(ps, in);
	v = ps_primary(ps, in, NULL);
	if (c == '$' && !ps_ends_word(ps_peek(in)))
		v = ps_concat(ps, v, ps_read_bare_word(ps, in));	/* $home\x */
	return v;
}

static struct ps_value
array_argument(struct ps *ps, struct ps_cursor *in)
{
	struct ps_value v = { .kind = PS_NULL }, l;
	bool unary = ps_peek(in) == ',';
	size_t end;

	if (!unary)
		v = argument(ps, in);
	end = in->at;
	ps_skip_blanks(in, false);
	if (ps_peek(in) != ',') {
		in->at = end;
		return v;
	}
	l = ps_array(ps);
	if (!unary && l.kind == PS_ARRAY)
		ps_append(ps, l.array, v);
	while (ps_peek(in) == ',') {
		ps_advance(in);
		ps_skip_blanks(in, true);
		v = argument(ps, in);
		if (l.kind == PS_ARRAY && !ps_append(ps, l.array, v))
			l = ps_unknown();
		end = in->at;
		ps_skip_blanks(in, false);
	}
	in->at = end;
	return l;
}

/* Reads -name or -name:value. */
static void
parameter(struct ps *ps, struct ps_cursor *in, struct args *a)
{
	struct ps_arg one = { .v.kind = PS_NULL };
	size_t from;
	int c;

	ps_advance(in);
	from = in->at;
	while (!ps_ends_word(c = ps_peek(in)) && c != ':' && c != '"' && c != '\'')
		ps_advance(in);
	one.name = ps_text_since(in, from);
	if (c == ':') {
		ps_advance(in);
		ps_skip_blanks(in, false);
		one.colon = true;
		if (!ps_ends_word(ps_peek(in)) || (ps_peek(in) > 0 &&
		    strchr("({", ps_peek(in)) != NULL))
			one.v = array_argument(ps, in);
	}
	keep(ps, a, one);
}

/* Splatting, @name: the entries of a hashtable or the elements of an array become arguments. */
static void
splat(struct ps *ps, struct ps_cursor *in, struct args *a)
{
	struct ps_value v;

	ps_advance(in);
	v = ps_variable_value(ps, ps_read_variable_name(in));
	if (v.kind == PS_MAP)
		for (struct ps_entry *s = v.map->first; s != NULL; s = s->next)
			keep(ps, a, (struct ps_arg){ .name = s->key, .v = s->v, .colon = true });
	else if (v.kind == PS_ARRAY)
		for (size_t i = 0; i < v.array->n; i++)
			keep(ps, a, (struct ps_arg){ .v = v.array->v[i] });
}

/* Moves past a redirection (2>&1, > file, *>> file); false: there is none. */
static bool
redirection(struct ps *ps, struct ps_cursor *in)
{
	struct ps_cursor at = *in;
	int c = ps_peek(&at);

	if ((c >= '0' && c <= '9') || c == '*')
		ps_advance(&at);
	if ((c = ps_peek(&at)) != '>' && c != '<')
		return false;
	while (ps_peek(&at) == c)
		ps_advance(&at);
	if (ps_peek(&at) == '&') {
		ps_advance(&at);
		ps_read_word(&at);
	} else {
		ps_skip_blanks(&at, false);
		if (!ps_ends_word(ps_peek(&at)) || ps_peek(&at) == '(')
			argument(ps, &at);
	}
	*in = at;
	return true;
}

/* Behind --%, the rest of the line goes to the program as it is written. */
static void
verbatim(struct ps *ps, struct ps_cursor *in, struct args *a)
{
	size_t from;
	int c;

	in->at += 3;
	ps_skip_blanks(in, false);
	for (from = in->at; (c = ps_peek(in)) >= 0 && c != '\n' && c != '\r' && c != '|';)
		ps_advance(in);
	keep(ps, a,
	    (struct ps_arg){ .v = ps_string(text_trim(ps_text_since(in, from))), .raw = true });
}

static struct args
arguments(struct ps *ps, struct ps_cursor *in)
{
	struct args a = { 0 };
	size_t from;
	int c, d;

	for (;;) {
		ps_skip_blanks(in, false);
		c = ps_peek(in);
		d = ps_peek_ahead(in, 1);
		if (c < 0 || strchr(";|&)}\r\n", c) != NULL)
			return a;
		from = in->at;
		if (redirection(ps, in))
			continue;
		if (c == '-' && d == '-' && ps_peek_ahead(in, 2) == '%')
			verbatim(ps, in, &a);
		else if (c == '-' && (d == '_' || d == '?' || (ps_name_char(d) &&
		    (d < '0' || d > '9'))))
			parameter(ps, in, &a);
		else if (c == '@' && ps_name_char(d))
			splat(ps, in, &a);
		else
			keep(ps, &a, (struct ps_arg){ .v = array_argument(ps, in) });
		if (in->at == from)
			ps_advance(in);
	}
}

/* ---- Commands ---- */

static struct ps_value
command(struct ps *ps, struct ps_cursor *in, const struct ps_value *input)
{
	size_t from = in->at;
	int c = ps_peek(in), d = ps_peek_ahead(in, 1);
	struct ps_value what, v;
	struct args a;

	if (c == '&' || (c == '.' && d != '\\' && d != '/' && d != '.' && !ps_name_char(d))) {
		ps_advance(in);
		ps_skip_blanks(in, false);
		what = argument(ps, in);
		if (what.kind == PS_STRING && what.how != PS_HOW_NONE && ps_is_known(&what))
			ps_report_decoded(ps, &what);
	} else if ((c == '%' || c == '?') && (ps_ends_word(d) || d == '$')) {
		what = ps_string(view_at(in->text, in->at, 1));
		ps_advance(in);
	} else if (c == '"' || c == '\'' || c == '$' || c == '(' || c == '{')
		what = argument(ps, in);	/* behind a | this would be an error */
	else
		what = ps_read_bare_word(ps, in);
	a = arguments(ps, in);
	v = ps_invoke_command(ps, what, a.v, a.n, input);
	if (v.kind == PS_UNKNOWN)
		v.text = text_trim(ps_text_since(in, from));
	return v;
}

/* ---- Assignments ---- */

static bool
assignment(struct ps_cursor *in, char *what)
{
	int c = ps_peek(in), d = ps_peek_ahead(in, 1);

	*what = (char)c;
	if (c == '=') {
		ps_advance(in);
		return true;
	}
	if (d != '=' || c <= 0 || strchr("+-*/%", c) == NULL)
		return false;
	ps_advance(in);
	ps_advance(in);
	return true;
}

static void
store(struct ps *ps, struct ps_lvalue *place, struct ps_value v)
{
	if (place->cast.len > 0)
		v = ps_cast(ps, place->cast, v);
	if (place->array != NULL)
		place->array->v[place->index] = ps->conditional > 0 ? ps_unknown() : v;
	else
		ps_assign(ps, place->slot, v, place->local);
	if (place->of != NULL && place->slot != NULL)
		ps_com_set(ps, place->of, place->slot->key, v);
}

/* $a, $b = 1, 2: assigns each variable its element. */
static void
store_each(struct ps *ps, struct view names, struct ps_value v)
{
	struct ps_cursor in = { names, 0 };
	struct ps_entry *s;
	bool outer;
	size_t i = 0;
	int c;

	while ((c = ps_peek(&in)) >= 0) {
		ps_advance(&in);
		if (c != '$')
			continue;
		s = ps_map_entry(ps, ps->vars, ps_strip_scope(ps_read_variable_name(&in), &outer));
		ps_assign(ps, s, v.kind == PS_ARRAY ? ps_element(&v, i++) : ps_unknown(), !outer);
	}
}

static struct ps_value
assign(struct ps *ps, struct ps_cursor *in, struct ps_value old, struct ps_lvalue *place,
    size_t from, char what, size_t end)
{
	struct ps_value v;

	ps_skip_blanks(in, true);
	v = ps_statement(ps, in);
	if (v.kind == PS_UNKNOWN)
		v.text = view_str("");
	if (what == '+')
		v = ps_add(ps, old, v);
	else if (what != '=')
		v = ps_arithmetic(what, old, v);
	if (old.kind == PS_ARRAY && memchr(in->text.p + from, ',', end - from) != NULL &&
	    what == '=' && place->array == NULL)
		store_each(ps, view_at(in->text, from, end - from), v);
	else
		store(ps, place, v);
	ps->assigned = true;
	return v;
}

/* ---- Pipelines ---- */

/* Does a number stand here?  7 and 0x7f are numbers, 7z is a command. */
static bool
is_number(const struct ps_cursor *in)
{
	struct ps_cursor at = *in;
	struct view word = ps_read_word(&at);
	int c = ps_peek(&at);

	if (c == '-' || c == '\\')
		return false;
	for (size_t i = text_begins(word, "0x") ? word.len : 0; i < word.len; i++)
		if ((word.p[i] < '0' || word.p[i] > '9') && i + 2 < word.len)
			return false;
	return true;
}

static bool
begins_expression(const struct ps_cursor *in)
{
	int c = ps_peek(in), d = ps_peek_ahead(in, 1);

	if (c >= '0' && c <= '9')
		return is_number(in);
	if (c == '-' || c == '+')
		return d != '\\' && d != '/';
	return c > 0 && strchr("$([@'\"{!,", c) != NULL;
}

static bool
next_stage(struct ps_cursor *in)
{
	struct ps_cursor at = *in;

	ps_skip_blanks(&at, false);
	if (ps_peek(&at) == '|' && ps_peek_ahead(&at, 1) == '|')
		return false;
	if (ps_peek(&at) == '\n' || ps_peek(&at) == '\r') {
		ps_skip_blanks(&at, true);		/* of PowerShell 7 */
		if (ps_peek(&at) != '|' || ps_peek_ahead(&at, 1) == '|')
			return false;
	}
	if (ps_peek(&at) != '|')
		return false;
	ps_advance(&at);
	ps_skip_blanks(&at, true);
	*in = at;
	return true;
}

struct ps_value
ps_pipeline(struct ps *ps, struct ps_cursor *in)
{
	struct ps_lvalue place = { 0 };
	size_t from = in->at, end;
	struct ps_value v, to;
	char what;

	ps->assigned = false;
	if (begins_expression(in)) {
		v = ps_expression(ps, in, PS_LOWEST, &place);
		end = in->at;
		ps_skip_blanks(in, false);
		if (assignment(in, &what))
			return assign(ps, in, v, &place, from, what, end);
		in->at = end;
	} else
		v = command(ps, in, NULL);
	ps_skip_blanks(in, false);
	while (redirection(ps, in))
		ps_skip_blanks(in, false);
	while (next_stage(in)) {
		to = command(ps, in, &v);
		v = to;
	}
	ps->assigned = false;
	ps_skip_blanks(in, false);
	while (ps_peek(in) == '&' || ps_peek(in) == '|')
		ps_advance(in);			/* behind && and || the next pipeline is read too */
	return v;
}
