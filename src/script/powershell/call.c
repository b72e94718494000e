/* call.c -- PowerShell's variables, scopes and the calling of blocks. */
#include "script/powershell/powershell.h"

/* ---- Variables ---- */

/* A variable's name without its scope; outer: it isn't this block's own. */
struct view
ps_scope(struct view name, bool *outer)
{
	static const struct { const char *prefix; bool outer; } scopes[] = {
		{ "global:", true }, { "script:", true }, { "local:", false },
		{ "private:", false }, { "variable:", false }, { "function:", false },
	};

	*outer = text_begins(name, "env:");
	for (size_t i = 0; i < nitems(scopes); i++)
		if (text_begins(name, scopes[i].prefix)) {
			*outer = scopes[i].outer;
			return view_from(name, strlen(scopes[i].prefix));
		}
	return name;
}

/* The environment is the machine's, but its name says much: it stays as written. */
static struct ps_value
environment(struct ps *ps, struct view name)
{
	bool simple = true;
	struct ps_value v;

	for (size_t i = 4; i < name.len; i++)
		simple &= ps_name_char(name.p[i]);
	v = ps_concat(ps, ps_text(view_str(simple ? "$" : "${")), ps_text(name));
	if (!simple)
		v = ps_concat(ps, v, ps_text(view_str("}")));
	v.partly = true;
	return v;
}

struct ps_value
ps_variable(struct ps *ps, struct view name)
{
	struct ps_entry *s;
	bool outer;

	if (text_is(name, "true") || text_is(name, "false"))
		return ps_truth(text_is(name, "true"));
	if (text_is(name, "null"))
		return (struct ps_value){ .kind = PS_NULL };
	if (text_is(name, "executioncontext"))
		return ps_map(ps, "context");
	if (text_begins(name, "using:"))
		s = ps->outer != NULL ? ps_find(ps->outer, view_from(name, 6)) : NULL;
	else
		s = ps_find(ps->vars, ps_scope(name, &outer));
	if (s != NULL && s->v.kind != PS_UNKNOWN)
		return s->v;
	if (text_begins(name, "env:"))
		return environment(ps, name);
	return ps_unknown();
}

/* Letters are taken out of variables that are the same everywhere, to spell
 * names; elsewhere these stay as they are written. */
struct ps_value
ps_spelled(struct view source)
{
	static const struct { const char *name, *value; } fixed[] = {
		{ "$pshome", "C:\\Windows\\System32\\WindowsPowerShell\\v1.0" },
		{ "$env:comspec", "C:\\Windows\\system32\\cmd.exe" },
		{ "$env:public", "C:\\Users\\Public" },
		{ "$shellid", "Microsoft.PowerShell" },
		{ "$verbosepreference", "SilentlyContinue" },
		{ "$verbosepreference.tostring()", "SilentlyContinue" },
		{ "([string]$verbosepreference)", "SilentlyContinue" },
	};

	for (size_t i = 0; i < nitems(fixed); i++)
		if (text_is(source, fixed[i].name))
			return ps_text(view_str(fixed[i].value));
	return ps_unknown();
}

/* ---- Parameters ---- */

struct param {
	struct view	 name, fallback;
	bool		 is_switch, bound;
};

static void
default_of(struct ps *ps, struct ps_cursor *in, struct param *p)
{
	size_t from;
	int c;

	p->fallback = view_str("");
	ps_blank(in, true);
	if (ps_peek(in) != '=')
		return;
	ps_next(in);
	ps_blank(in, true);
	for (from = in->at; (c = ps_peek(in)) >= 0 && c != ',';) {
		if (c == '"' || c == '\'')
			ps_quoted(ps, in);
		else {
			ps_next(in);
			if (c == '(' || c == '{')
				ps_group(ps, in, c == '(' ? ')' : '}');
		}
	}
	p->fallback = ps_since(in, from);
}

/* [attributes] [type] $name = default, … */
static size_t
params_of(struct ps *ps, struct view text, struct param *p, size_t max)
{
	struct ps_cursor in = { text, 0 };
	bool is_switch = false;
	size_t n = 0;
	int c;

	while (n < max && (ps_blank(&in, true), c = ps_peek(&in)) >= 0) {
		ps_next(&in);
		if (c == '[')
			is_switch = text_is(text_trim(ps_group(ps, &in, ']')), "switch");
		else if (c == '$') {
			p[n].name = ps_variable_name(&in);
			p[n].is_switch = is_switch;
			is_switch = false;
			default_of(ps, &in, &p[n++]);
		}
	}
	return n;
}

static struct param *
param_named(struct param *p, size_t n, struct view name)
{
	struct param *found = NULL;

	for (size_t i = 0; i < n; i++) {
		if (p[i].name.len < name.len ||
		    !text_same(view_at(p[i].name, 0, name.len), name))
			continue;
		if (p[i].name.len == name.len)
			return &p[i];
		found = found == NULL ? &p[i] : found;
	}
	return found;
}

static void
set_param(struct ps *ps, struct param *p, struct ps_value v)
{
	p->bound = true;
	ps_assign(ps, ps_slot(ps, ps->vars, p->name), v, true);
}

/* Those by name first; what is left in their order; what is left then, $args. */
void
ps_params(struct ps *ps, struct view text, const struct ps_arg *args, size_t n)
{
	struct param *p = ps_take(ps, MAX_PS_PARAMS * sizeof(*p)), *named;
	struct ps_value rest = ps_list(ps);
	bool *used = ps_take(ps, n + 1);
	size_t n_params, next = 0;

	if (p == NULL || used == NULL || rest.kind != PS_LIST)
		return;
	n_params = params_of(ps, text, p, MAX_PS_PARAMS);
	for (size_t i = 0; i < n; i++) {
		if (args[i].name.len == 0 ||
		    (named = param_named(p, n_params, args[i].name)) == NULL)
			continue;
		used[i] = true;
		if (args[i].colon)
			set_param(ps, named, args[i].v);
		else if (named->is_switch)
			set_param(ps, named, ps_truth(true));
		else if (i + 1 < n && args[i + 1].name.len == 0) {
			set_param(ps, named, args[i + 1].v);
			used[i + 1] = true;
		}
	}
	for (size_t i = 0; i < n; i++) {
		if (used[i])
			continue;
		while (next < n_params && (p[next].bound || p[next].is_switch))
			next++;
		if (next < n_params)
			set_param(ps, &p[next], args[i].v);
		else
			ps_push(ps, rest.list, args[i].v);
	}
	for (size_t i = 0; i < n_params; i++)
		if (!p[i].bound)
			set_param(ps, &p[i], p[i].is_switch && args != NULL ? ps_truth(false) :
			    p[i].fallback.len > 0 ? ps_run(ps, p[i].fallback) : ps_unknown());
	if (args != NULL)
		ps_assign(ps, ps_slot(ps, ps->vars, view_str("args")), rest, true);
}

/* ---- Blocks ---- */

/* Its own variables end with a block; what it did to others stays. */
static void
leave_scope(struct ps *ps, size_t mark)
{
	size_t kept = mark;

	for (size_t i = ps->n_log; i > mark; i--)
		if (ps->log[i - 1].local)
			ps->log[i - 1].slot->v = ps->log[i - 1].old;
	for (size_t i = mark; i < ps->n_log; i++)
		if (!ps->log[i].local)
			ps->log[kept++] = ps->log[i];
	ps->n_log = ps->maybe == 0 && ps->scopes == 0 ? mark : kept;
}

/* The param( ) that a block begins with, behind attributes of its own. */
static struct view
own_params(struct ps *ps, struct ps_cursor *in)
{
	struct ps_cursor at = *in;
	struct view v;

	ps_blank(&at, true);
	while (ps_peek(&at) == '[') {
		ps_next(&at);
		ps_group(ps, &at, ']');
		ps_blank(&at, true);
	}
	if (!text_is(ps_word(&at), "param"))
		return view_str("");
	ps_blank(&at, true);
	if (ps_peek(&at) != '(')
		return view_str("");
	ps_next(&at);
	v = ps_group(ps, &at, ')');
	*in = at;
	return v;
}

struct ps_value
ps_call(struct ps *ps, struct view block, struct view params, const struct ps_arg *args, size_t n,
    const struct ps_value *input)
{
	unsigned int maybe_block = ps->maybe_block, maybe_loop = ps->maybe_loop;
	struct ps_cursor in = { block, 0 };
	size_t mark = ps->n_log;
	struct view own;
	struct ps_value v;

	if (!ps_work(ps, block.len + params.len + 64) || ps->depth >= MAX_PS_DEPTH)
		return ps_unknown();
	ps->depth++;
	ps->scopes++;
	ps->maybe_block = ps->maybe;
	ps->maybe_loop = ps->maybe + 1;		/* no loop of its own yet */
	own = own_params(ps, &in);
	ps_params(ps, own.len > 0 ? own : params, args, n);
	if (input != NULL) {
		ps_assign(ps, ps_slot(ps, ps->vars, view_str("input")), *input, true);
		ps_assign(ps, ps_slot(ps, ps->vars, view_str("_")), *input, true);
	}
	v = ps_statements(ps, &in, 0);
	if (ps->stop <= PS_STOP_RETURN)
		ps->stop = PS_STOP_NONE;
	ps->scopes--;
	ps->depth--;
	ps->maybe_block = maybe_block;
	ps->maybe_loop = maybe_loop;
	leave_scope(ps, mark);
	return v;
}

/* A text that the script runs: it shares the script's variables. */
struct ps_value
ps_invoke_text(struct ps *ps, struct ps_value text)
{
	struct ps_value v = ps_unknown();

	if (text.kind == PS_LIST)
		text = ps_join(ps, text, view_str("\n"));
	if (text.kind == PS_BLOCK)
		return ps_run(ps, text.text);
	if (text.kind == PS_LETTERS)
		text = ps_written(ps, text);
	if (text.kind != PS_TEXT)
		return v;
	ps_tell(ps, &text);
	if (ps->script->depth >= MAX_SCRIPT_DEPTH || ps->depth >= MAX_PS_DEPTH)
		return v;
	ps->script->depth++;
	ps->depth++;
	v = ps_run(ps, text.text);
	ps->depth--;
	ps->script->depth--;
	return v;
}
