/* vars.c -- variables of cmd.exe: set, and the expansion of %a% and !a!. */
#include "script/cmd/vars.h"

#include <ctype.h>
#include <strings.h>

#include "base/limits.h"
#include "base/text.h"

static int
var_cmp(const struct cmdvar *a, const struct cmdvar *b)
{
	size_t n = a->name.len < b->name.len ? a->name.len : b->name.len;
	int c = n > 0 ? strncasecmp((const char *)a->name.p, (const char *)b->name.p, n) : 0;

	if (c != 0)
		return c;
	return a->name.len < b->name.len ? -1 : a->name.len > b->name.len;
}

RB_STATIC(cmdvartree, cmdvar, link, var_cmp)

void
cmdvars_init(struct cmdvars *v, struct script *script)
{
	*v = (struct cmdvars){ .script = script, .tree = RB_INITIALIZER(&v->tree) };
}

void
cmdvars_free(struct cmdvars *v)
{
	struct cmdvar *var, *next;

	RB_FOREACH_SAFE(var, cmdvartree, &v->tree, next) {
		RB_REMOVE(cmdvartree, &v->tree, var);
		budget_free((void *)(uintptr_t)var->value.p);
		budget_free(var);
	}
}

static struct cmdvar *
find(struct cmdvars *v, struct view name)
{
	struct cmdvar want = { .name = name };

	return RB_FIND(cmdvartree, &v->tree, &want);
}

static void
forget(struct cmdvars *v, struct cmdvar *var)
{
	v->held -= var->value.len;
	budget_free((void *)(uintptr_t)var->value.p);
	var->value = (struct view){ NULL, 0 };
	var->conditional = v->conditional;
}

static struct cmdvar *
find_or_make(struct cmdvars *v, struct view name)
{
	struct cmdvar *var = find(v, name);

	if (var != NULL || v->n >= MAX_CMD_VARS || name.len > MAX_CMD_MEM - v->held)
		return var;
	if ((var = budget_calloc(v->script->budget, 1, sizeof(*var) + name.len)) == NULL)
		return NULL;
	memcpy(var + 1, name.p, name.len);
	var->name = (struct view){ (const uint8_t *)(var + 1), name.len };
	v->n++;
	v->held += name.len;
	RB_INSERT(cmdvartree, &v->tree, var);
	return var;
}

/* Sets a variable to a value, or to one that is not known.  An empty value unsets it. */
static void
assign(struct cmdvars *v, struct view name, struct view value, bool known)
{
	struct cmdvar *var;
	char *s;

	if (name.len == 0 || (var = find_or_make(v, name)) == NULL)
		return;
	forget(v, var);
	v->changed |= v->conditional > 0;
	if (!known || value.len == 0 || value.len > MAX_CMD_MEM - v->held ||
	    (s = budget_strndup(v->script->budget, value)) == NULL)
		return;
	var->value = (struct view){ (const uint8_t *)s, value.len };
	v->held += value.len;
}

/* ---- set ---- */

static size_t
find_byte(struct view s, int c)
{
	const uint8_t *p = s.len > 0 ? view_chr(s, c) : NULL;

	return p != NULL ? (size_t)(p - s.p) : s.len;
}

/* The value of set "a=b" ends at the last quote, that of set a=b at the end, blanks included. */
void
cmdvars_set(struct cmdvars *v, struct view rest)
{
	bool known = true;
	size_t at;

	rest = text_skip_blanks(rest);
	if (rest.len >= 2 && rest.p[0] == '/') {
		known = false;		/* /p asks the user, /a calculates */
		rest = text_trim(view_from(rest, 2));
	}
	if (rest.len > 0 && rest.p[0] == '"') {
		rest = view_from(rest, 1);
		for (at = rest.len; at > 0 && rest.p[at - 1] != '"'; at--)
			continue;
		if (at > 0)
			rest.len = at - 1;
	}
	if ((at = find_byte(rest, '=')) == rest.len)
		return;
	if (known)
		assign(v, view_at(rest, 0, at), view_from(rest, at + 1), true);
	else
		assign(v, text_trim(view_at(rest, 0, at)), rest, false);
}

/* ---- Conditional bodies ---- */

void
cmdvars_enter(struct cmdvars *v)
{
	v->conditional++;
}

void
cmdvars_leave(struct cmdvars *v)
{
	struct cmdvar *var;

	v->conditional--;
	if (!v->changed || !script_work(v->script, v->n * sizeof(*var)))
		return;
	RB_FOREACH(var, cmdvartree, &v->tree)
		if (var->conditional > v->conditional)
			forget(v, var);
	v->changed = v->conditional > 0;
}

/* ---- Expansion ---- */

/* Moves past a number, which may be negative; false: there is none. */
static bool
number(struct view *s, long *n)
{
	bool minus = s->len > 0 && s->p[0] == '-';
	size_t digits = 0;

	*s = view_from(*s, minus);
	for (*n = 0; s->len > 0 && isdigit(s->p[0]); digits++, *s = view_from(*s, 1))
		if (*n < MAX_COMMAND_LINE)
			*n = *n * 10 + s->p[0] - '0';
	if (minus)
		*n = -*n;
	return digits > 0;
}

/* Positions count UTF-16 code units, which are bytes only where all characters are ASCII. */
static bool
is_ascii(struct view s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.p[i] >= 0x80)
			return false;
	return true;
}

/* Returns position n, limited to 0 … len; a negative one counts from the end. */
static long
position(long n, long len)
{
	if (n < 0)
		n += len;
	return n < 0 ? 0 : n > len ? len : n;
}

/* %a:~from,n%: sets *out to a part of the value; false: how is malformed. */
static bool
substring(struct view value, struct view how, struct view *out)
{
	long len = (long)value.len, from, n, end = len;

	if (!is_ascii(value) || !number(&how, &from))
		return false;
	from = position(from, len);
	if (how.len > 0) {
		if (how.p[0] != ',')
			return false;
		how = view_from(how, 1);
		if (!number(&how, &n) || how.len > 0)
			return false;
		end = n < 0 ? position(n, len) : position(from + n, len);
	}
	*out = view_upto(value, (size_t)from, end > from ? (size_t)(end - from) : 0);
	return true;
}

/* %a:x=y% replaces every x, %a:*x=y% all up to the first x.  False: no work or room is left. */
static bool
replace(struct cmdvars *v, struct view value, struct view what, struct view with, struct buf *out)
{
	bool upto = what.len > 1 && what.p[0] == '*', done = false;
	size_t from = 0;

	what = view_from(what, upto);
	if (!script_work(v->script, value.len * (1 + what.len / 8)))
		return false;
	for (size_t at = 0; at < value.len && !done;) {
		if (!text_same(view_upto(value, at, what.len), what)) {
			at++;
			continue;
		}
		if ((!upto && !buf_add(out, view_upto(value, from, at - from))) ||
		    !script_work(v->script, with.len) || !buf_add(out, with))
			return false;
		from = at += what.len;
		done = upto;
	}
	return buf_add(out, view_from(value, from));
}

/*
 * Expands the %a% or !a! that s begins with and appends its value to out.
 * Returns its length in s, or 0 if it stays as written.  *failed becomes true if
 * no work or room is left.
 */
static size_t
expand_variable(struct cmdvars *v, struct view s, struct buf *out, bool *failed)
{
	struct view inside = view_from(s, 1), how, value;
	size_t close = find_byte(inside, s.p[0]), colon, equals;
	struct cmdvar *var;

	if (close == 0 || close == inside.len)
		return 0;
	inside = view_at(inside, 0, close);
	colon = find_byte(inside, ':');
	how = view_from(inside, colon + 1);
	var = find(v, view_at(inside, 0, colon));
	if (var == NULL || var->value.p == NULL)
		return 0;
	value = var->value;
	if (how.len > 0 && how.p[0] == '~') {
		if (!substring(value, view_from(how, 1), &value))
			return 0;
	} else if (colon < inside.len) {
		equals = find_byte(how, '=');
		if (equals == 0 || equals == how.len)
			return 0;
		*failed = !replace(v, value, view_at(how, 0, equals),
		    view_from(how, equals + 1), out);
		return close + 2;
	}
	*failed = !script_work(v->script, value.len) || !buf_add(out, value);
	return close + 2;
}

/* The same for a loop's variable: %i, %%i in a batch file, %~i without its quotes. */
static size_t
expand_loop_variable(struct cmdvars *v, const struct cmdloop *l, struct view s, struct buf *out,
    bool *failed)
{
	struct view value;
	size_t at = 1;
	bool bare;

	at += at < s.len && s.p[at] == '%';
	bare = at < s.len && s.p[at] == '~';
	at += bare;
	if (at >= s.len)
		return 0;
	while (l != NULL && l->letter != (char)s.p[at])
		l = l->up;
	if (l == NULL || l->value.p == NULL)
		return 0;
	value = l->value;
	if (bare && value.len >= 2 && value.p[0] == '"' && value.p[value.len - 1] == '"')
		value = view_at(value, 1, value.len - 2);
	*failed = !script_work(v->script, value.len) || !buf_add(out, value);
	return at + 1;
}

/*
 * cmd.exe expands %a% when it reads a line, before an earlier command of that
 * line sets it; "call" and a second cmd.exe expand what is left.  Here all are
 * expanded when the command is reached: for those cases, and for commands on
 * lines of their own, the result is the same.
 */
bool
cmdvars_expand(struct cmdvars *v, const struct cmdloop *l, struct view text, struct buf *out)
{
	bool failed = false;
	size_t from = 0, at = 0, n;

	while (at < text.len) {
		if (text.p[at] != '%' && text.p[at] != '!') {
			at++;
			continue;
		}
		if (!buf_add(out, view_upto(text, from, at - from)))
			return false;
		from = at;
		if ((n = expand_variable(v, view_from(text, at), out, &failed)) == 0 &&
		    text.p[at] == '%')
			n = expand_loop_variable(v, l, view_from(text, at), out, &failed);
		if (failed)
			return false;
		from += n;
		at += n > 0 ? n : 1;
	}
	return buf_add(out, view_from(text, from));
}
