/* call.c -- PowerShell's variables and scopes, and the calling of script blocks. */
#include "script/powershell/call.h"

#include "base/limits.h"
#include "base/text.h"
#include "script/powershell/powershell.h"
#include "script/powershell/statement.h"
#include "script/powershell/string.h"

/* ---- Variables ---- */

struct view
ps_strip_scope(struct view name, bool *outer)
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

/* An environment variable stays as written: its value is the machine's, but its name says much. */
static struct ps_value
environment(struct ps *ps, struct view name)
{
	bool simple = true;
	struct ps_value v;

	for (size_t i = 4; i < name.len; i++)
		simple &= ps_name_char(name.p[i]);
	v = ps_concat(ps, ps_string(view_str(simple ? "$" : "${")), ps_string(name));
	if (!simple)
		v = ps_concat(ps, v, ps_string(view_str("}")));
	v.partial = true;
	return v;
}

struct ps_value
ps_variable_value(struct ps *ps, struct view name)
{
	struct ps_entry *s;
	bool outer;

	if (text_is(name, "true") || text_is(name, "false"))
		return ps_bool(text_is(name, "true"));
	if (text_is(name, "null"))
		return (struct ps_value){ .kind = PS_NULL };
	if (text_is(name, "executioncontext"))
		return ps_map(ps, "context");
	if (text_begins(name, "using:"))
		s = ps->outer != NULL ? ps_map_find(ps->outer, view_from(name, 6)) : NULL;
	else
		s = ps_map_find(ps->vars, ps_strip_scope(name, &outer));
	if (s != NULL && s->v.kind != PS_UNKNOWN)
		return s->v;
	if (text_begins(name, "env:"))
		return environment(ps, name);
	return ps_unknown();
}

/* An assignment that cannot be logged cannot be undone: the variable is unknown from then on. */
void
ps_assign(struct ps *ps, struct ps_entry *s, struct ps_value v, bool local)
{
	size_t cap = ps->cap_log * 2 + 16;
	struct ps_assignment *to;

	if (s == NULL)
		return;
	if (ps->scopes > 0 || ps->conditional > 0) {
		if (ps->n_log == ps->cap_log) {
			if ((to = ps_alloc(ps, cap * sizeof(*to))) == NULL) {
				s->v = ps_unknown();
				return;
			}
			if (ps->n_log > 0)
				memcpy(to, ps->log, ps->n_log * sizeof(*to));
			ps->log = to;
			ps->cap_log = cap;
		}
		ps->log[ps->n_log++] = (struct ps_assignment){ s, s->v, local };
	}
	s->v = v;
}

struct ps_value
ps_well_known_value(struct view source)
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
			return ps_string(view_str(fixed[i].value));
	return ps_unknown();
}

/* ---- Parameters ---- */

static void
default_of(struct ps *ps, struct ps_cursor *in, struct ps_param *p)
{
	size_t from;
	int c;

	ps_skip_blanks(in, true);
	if (ps_peek(in) != '=')
		return;
	ps_advance(in);
	ps_skip_blanks(in, true);
	for (from = in->at; (c = ps_peek(in)) >= 0 && c != ',';) {
		if (c == '"' || c == '\'')
			ps_read_string(ps, in);
		else {
			ps_advance(in);
			if (c == '(' || c == '{')
				ps_read_group(ps, in, c == '(' ? ')' : '}');
		}
	}
	p->initial = ps_text_since(in, from);
}

/* Reads [attributes] [type] $name = default, … */
static void
read_params(struct ps *ps, struct view text, struct ps_params *params)
{
	struct ps_cursor in = { text, 0 };
	bool is_switch = false;
	struct ps_param *p;
	int c;

	params->cmdlet = false;
	for (params->n = 0; params->n < nitems(params->v);) {
		ps_skip_blanks(&in, true);
		if ((c = ps_peek(&in)) < 0)
			break;
		ps_advance(&in);
		if (c == '[')
			is_switch = text_is(text_trim(ps_read_group(ps, &in, ']')), "switch");
		else if (c == '$') {
			p = &params->v[params->n++];
			*p = (struct ps_param){ .name = ps_read_variable_name(&in),
			    .is_switch = is_switch, .positional = !is_switch };
			p->spelling = p->name;
			is_switch = false;
			default_of(ps, &in, p);
		}
	}
}

static void
set_param(struct ps *ps, const struct ps_param *p, struct ps_value v)
{
	ps_assign(ps, ps_map_entry(ps, ps->vars, p->name), v, true);
}

void
ps_bind_function(struct ps *ps, struct view text, const struct ps_arg *args, size_t n)
{
	struct ps_value rest = ps_array(ps), bound;
	struct ps_params params;
	struct ps_entry *e;

	if (rest.kind != PS_ARRAY)
		return;
	read_params(ps, text, &params);
	bound = ps_bind(ps, &params, args, n, rest.array);
	if (bound.kind != PS_MAP)
		return;
	for (size_t i = 0; i < params.n; i++)
		if ((e = ps_map_find(bound.map, params.v[i].name)) != NULL)
			set_param(ps, &params.v[i], e->v);
	/* A default may use any of the other parameters. */
	for (size_t i = 0; i < params.n; i++) {
		const struct ps_param *p = &params.v[i];

		if (ps_map_find(bound.map, p->name) == NULL)
			set_param(ps, p, p->is_switch && args != NULL ? ps_bool(false) :
			    p->initial.len > 0 ? ps_run_text(ps, p->initial) : ps_unknown());
	}
	if (args != NULL)
		ps_assign(ps, ps_map_entry(ps, ps->vars, view_str("args")), rest, true);
}

/* ---- Script blocks ---- */

/* Undoes the assignments to local variables since mark, and keeps the others in the log. */
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
	ps->n_log = ps->conditional == 0 && ps->scopes == 0 ? mark : kept;
}

/* Moves past the attributes and param( ) that a block begins with; returns what is between ( ). */
static struct view
own_params(struct ps *ps, struct ps_cursor *in)
{
	struct ps_cursor at = *in;
	struct view v;

	ps_skip_blanks(&at, true);
	while (ps_peek(&at) == '[') {
		ps_advance(&at);
		ps_read_group(ps, &at, ']');
		ps_skip_blanks(&at, true);
	}
	if (!text_is(ps_read_word(&at), "param"))
		return view_str("");
	ps_skip_blanks(&at, true);
	if (ps_peek(&at) != '(')
		return view_str("");
	ps_advance(&at);
	v = ps_read_group(ps, &at, ')');
	*in = at;
	return v;
}

struct ps_value
ps_call_block(struct ps *ps, struct view block, struct view params, const struct ps_arg *args,
    size_t n, const struct ps_value *input)
{
	unsigned int maybe_block = ps->conditional_block, maybe_loop = ps->conditional_loop;
	struct ps_cursor in = { block, 0 };
	size_t mark = ps->n_log;
	struct view own;
	struct ps_value v;

	if (!ps_work(ps, block.len + params.len + 64) || ps->depth >= MAX_PS_DEPTH)
		return ps_unknown();
	ps->depth++;
	ps->scopes++;
	ps->conditional_block = ps->conditional;
	ps->conditional_loop = ps->conditional + 1;		/* the block is in no loop yet */
	own = own_params(ps, &in);
	ps_bind_function(ps, own.len > 0 ? own : params, args, n);
	if (input != NULL) {
		ps_assign(ps, ps_map_entry(ps, ps->vars, view_str("input")), *input, true);
		ps_assign(ps, ps_map_entry(ps, ps->vars, view_str("_")), *input, true);
	}
	v = ps_statement_list(ps, &in, 0);
	if (ps->stop <= PS_STOP_RETURN)
		ps->stop = PS_STOP_NONE;
	ps->scopes--;
	ps->depth--;
	ps->conditional_block = maybe_block;
	ps->conditional_loop = maybe_loop;
	leave_scope(ps, mark);
	return v;
}

struct ps_value
ps_invoke_expression(struct ps *ps, struct ps_value text)
{
	struct ps_value v = ps_unknown();

	if (text.kind == PS_ARRAY)
		text = ps_join(ps, text, view_str("\n"));
	if (text.kind == PS_SCRIPT_BLOCK)
		return ps_run_text(ps, text.text);
	if (text.kind == PS_CHARS)
		text = ps_as_string(ps, text);
	if (text.kind != PS_STRING)
		return v;
	ps_report_decoded(ps, &text);
	if (ps->script->depth >= MAX_SCRIPT_DEPTH || ps->depth >= MAX_PS_DEPTH)
		return v;
	ps->script->depth++;
	ps->depth++;
	v = ps_run_text(ps, text.text);
	ps->depth--;
	ps->script->depth--;
	return v;
}
