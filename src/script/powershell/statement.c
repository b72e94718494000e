/* statement.c -- PowerShell's statements: control flow, functions, lists of statements. */
#include "script/powershell/statement.h"

#include "base/limits.h"
#include "base/text.h"
#include "script/powershell/call.h"
#include "script/powershell/command.h"
#include "script/powershell/powershell.h"
#include "script/powershell/static.h"

/* ---- Bodies that may not run ---- */

static void
undo(struct ps *ps, size_t mark)
{
	for (size_t i = ps->n_log; i > mark; i--)
		ps->log[i - 1].slot->v = ps->log[i - 1].old;
}

/* Reads a body that may not run, then undoes its assignments. */
static void
run_conditional(struct ps *ps, struct view body)
{
	size_t mark = ps->n_log;

	ps->conditional++;
	ps_run_text(ps, body);
	ps->conditional--;
	undo(ps, mark);
}

/* Makes everything unknown that was assigned since mark, by bodies that may not have run. */
static void
forget_since(struct ps *ps, size_t mark)
{
	for (size_t i = mark; i < ps->n_log; i++)
		ps->log[i].slot->v = ps_unknown();
	if (ps->conditional == 0 && ps->scopes == 0)
		ps->n_log = mark;
}

static bool
is_assigned(const struct ps_cursor *behind)
{
	struct ps_cursor in = *behind;
	int c, d;

	ps_skip_blanks(&in, false);
	c = ps_peek(&in);
	d = ps_peek_ahead(&in, 1);
	if (c == '=' || (c > 0 && strchr("+-*/%", c) != NULL && (d == '=' || d == c)))
		return true;
	return text_is(ps_read_word(&in), "in");
}

/* Makes the variables unknown that a body assigns, as they are in its second iteration. */
static void
forget_assigned(struct ps *ps, struct view body)
{
	struct ps_cursor in = { body, 0 };
	struct view name;
	struct ps_entry *s;
	bool outer, before;
	int c, last = 0;

	if (!ps_work(ps, body.len))
		return;
	for (; (c = ps_peek(&in)) >= 0; last = c) {
		ps_advance(&in);
		if (c != '$')
			continue;
		before = last == '+' || last == '-';
		name = ps_strip_scope(ps_read_variable_name(&in), &outer);
		if ((before || is_assigned(&in)) && (s = ps_map_find(ps->vars, name)) != NULL)
			ps_assign(ps, s, ps_unknown(), !outer);
	}
}

static void
run_repeated(struct ps *ps, struct view body)
{
	size_t mark = ps->n_log;
	unsigned int loop = ps->conditional_loop;

	ps->conditional_loop = ps->conditional + 1;
	forget_assigned(ps, body);
	run_conditional(ps, body);
	forget_since(ps, mark);
	ps->conditional_loop = loop;
	if (ps->stop <= PS_STOP_LOOP)
		ps->stop = PS_STOP_NONE;
}

/* ---- Control flow ---- */

static struct view
group_after(struct ps *ps, struct ps_cursor *in, int open, int close)
{
	struct ps_cursor at = *in;

	ps_skip_blanks(&at, true);
	if (ps_peek(&at) != open)
		return view_at(in->text, in->at, 0);
	ps_advance(&at);
	*in = at;
	return ps_read_group(ps, in, close);
}

static struct view
body_of(struct ps *ps, struct ps_cursor *in)
{
	return group_after(ps, in, '{', '}');
}

static bool
next_word_is(struct ps_cursor *in, const char *word)
{
	struct ps_cursor at = *in;

	ps_skip_blanks(&at, true);
	if (!text_is(ps_read_word(&at), word))
		return false;
	*in = at;
	return true;
}

struct branches {
	struct ps_value	 v;
	bool		 taken;		/* one of them surely ran: no other does */
	bool		 unsure;
};

static void
branch(struct ps *ps, struct branches *b, struct ps_value test, struct view body)
{
	bool yes = true;

	if (b->taken || (ps_as_bool(&test, &yes) && !yes))
		return;
	b->taken = ps_as_bool(&test, &yes);
	b->unsure |= !b->taken;
	if (b->unsure) {
		run_conditional(ps, body);
		b->v = ps_unknown();
	} else
		b->v = ps_run_text(ps, body);
}

static struct ps_value
if_statement(struct ps *ps, struct ps_cursor *in)
{
	struct branches b = { .v.kind = PS_NULL };
	size_t mark = ps->n_log;
	struct view test;

	do {
		test = group_after(ps, in, '(', ')');
		branch(ps, &b, b.taken ? ps_bool(false) : ps_run_text(ps, test), body_of(ps, in));
	} while (next_word_is(in, "elseif"));
	if (next_word_is(in, "else"))
		branch(ps, &b, ps_bool(true), body_of(ps, in));
	if (b.unsure)
		forget_since(ps, mark);
	return b.v;
}

static struct ps_value
while_statement(struct ps *ps, struct ps_cursor *in)
{
	struct view test = group_after(ps, in, '(', ')'), body = body_of(ps, in);
	struct ps_value v;
	bool yes;

	forget_assigned(ps, body);
	v = ps_run_text(ps, test);
	if (!ps_as_bool(&v, &yes) || yes)
		run_repeated(ps, body);
	return ps_unknown();
}

static struct ps_value
for_statement(struct ps *ps, struct ps_cursor *in)
{
	struct ps_cursor head = { group_after(ps, in, '(', ')'), 0 };
	struct view body = body_of(ps, in);

	ps_skip_blanks(&head, true);
	if (ps_peek(&head) != ';')
		ps_statement(ps, &head);
	forget_assigned(ps, view_from(head.text, head.at));
	run_repeated(ps, body);
	return ps_unknown();
}

static struct ps_value
do_statement(struct ps *ps, struct ps_cursor *in)
{
	struct view body = body_of(ps, in);

	ps_run_text(ps, body);		/* it runs at least once */
	if (ps->stop <= PS_STOP_LOOP)
		ps->stop = PS_STOP_NONE;
	forget_assigned(ps, body);
	if (next_word_is(in, "while") || next_word_is(in, "until"))
		ps_run_text(ps, group_after(ps, in, '(', ')'));
	return ps_unknown();
}

/*
 * Reads a loop's body with one of the known elements as the variable's value and
 * appends what it outputs to out.  In a script block, return ends the iteration
 * only.  Returns false if the loop was left.
 */
static bool
iterate(struct ps *ps, struct view body, bool block, struct ps_entry *s, struct ps_value one,
    struct ps_value *out)
{
	struct ps_value v;

	ps_assign(ps, s, one, true);
	v = ps_run_text(ps, body);
	if (ps->stop == PS_STOP_ITERATION || (block && ps->stop == PS_STOP_RETURN))
		ps->stop = PS_STOP_NONE;
	if (out->kind == PS_ARRAY && v.kind != PS_NULL && !ps_append(ps, out->array, v))
		*out = ps_unknown();
	return ps->stop == PS_STOP_NONE;
}

static struct ps_value
iterate_all(struct ps *ps, struct view name, struct view body, bool block, struct ps_value over)
{
	struct ps_entry *s = ps_map_entry(ps, ps->vars, name);
	size_t n = ps_is_array(&over) ? ps_count(&over) : over.kind == PS_NULL ? 0 : 1;
	unsigned int loop = ps->conditional_loop;
	struct ps_value out = ps_array(ps);

	if (over.kind == PS_UNKNOWN || s == NULL) {
		if (s != NULL)
			ps_assign(ps, s, ps_unknown(), true);
		run_repeated(ps, body);
		return ps_unknown();
	}
	ps->conditional_loop = ps->conditional;
	for (size_t i = 0; i < n; i++)
		if (!iterate(ps, body, block, s, ps_is_array(&over) ? ps_element(&over, i) : over,
		    &out))
			break;
	if (ps->stop == PS_STOP_LOOP)
		ps->stop = PS_STOP_NONE;
	ps->conditional_loop = loop;
	return out.kind == PS_ARRAY && out.array->n == 1 ? out.array->v[0] : out;
}

static struct ps_value
foreach_statement(struct ps *ps, struct ps_cursor *in)
{
	struct ps_cursor head = { group_after(ps, in, '(', ')'), 0 };
	struct view body = body_of(ps, in), name;
	bool outer;

	ps_skip_blanks(&head, true);
	ps_advance(&head);
	name = ps_strip_scope(ps_read_variable_name(&head), &outer);
	if (!next_word_is(&head, "in"))
		return ps_unknown();
	ps_skip_blanks(&head, true);
	return iterate_all(ps, name, body, false, ps_statement(ps, &head));
}

struct ps_value
ps_foreach_object(struct ps *ps, struct view block, struct ps_value input)
{
	return iterate_all(ps, view_str("_"), block, true, input);
}

static struct ps_value
switch_statement(struct ps *ps, struct ps_cursor *in)
{
	size_t mark = ps->n_log, from;
	struct ps_cursor body;
	int c;

	while ((c = ps_peek(in)) >= 0 && c != '(' && c != '{' && c != '\n')
		ps_advance(in);
	ps_run_text(ps, group_after(ps, in, '(', ')'));
	for (body = (struct ps_cursor){ body_of(ps, in), 0 }; body.at < body.text.len;) {
		from = body.at;
		ps_skip_blanks(&body, true);
		if (ps_peek(&body) != '{')
			ps_read_bare_word(ps, &body);
		run_conditional(ps, body_of(ps, &body));
		if (body.at == from)
			ps_advance(&body);
	}
	forget_since(ps, mark);
	if (ps->stop == PS_STOP_LOOP)
		ps->stop = PS_STOP_NONE;
	return ps_unknown();
}

static struct ps_value
try_statement(struct ps *ps, struct ps_cursor *in)
{
	struct ps_value v = ps_run_text(ps, body_of(ps, in));
	bool thrown = ps->stop == PS_STOP_THROW;
	size_t mark = ps->n_log;
	struct view body;

	if (thrown)
		ps->stop = PS_STOP_NONE;
	while (next_word_is(in, "catch")) {
		while (group_after(ps, in, '[', ']').len > 0) {
			ps_skip_blanks(in, true);
			if (ps_peek(in) == ',')
				ps_advance(in);
		}
		body = body_of(ps, in);
		if (ps->stop == PS_STOP_NONE)
			run_conditional(ps, body);
	}
	forget_since(ps, mark);
	if (next_word_is(in, "finally"))
		ps_run_text(ps, body_of(ps, in));
	return v;
}

/* ---- Functions ---- */

static struct ps_value
function_statement(struct ps *ps, struct ps_cursor *in)
{
	struct ps_value f = ps_map(ps, "function"), v;
	struct view name;
	struct ps_entry *s;
	size_t from;
	bool outer;

	ps_skip_blanks(in, false);
	from = in->at;
	while (!ps_ends_word(ps_peek(in)))
		ps_advance(in);
	name = ps_strip_scope(ps_text_since(in, from), &outer);
	v = (struct ps_value){ .kind = PS_SCRIPT_BLOCK, .text = group_after(ps, in, '(', ')') };
	if (f.kind == PS_MAP) {
		ps_map_put(ps, f.map, "params", v);
		v.text = body_of(ps, in);
		ps_map_put(ps, f.map, "body", v);
		if (name.len > 0 && (s = ps_map_entry(ps, ps->functions, name)) != NULL)
			s->v = f;
	}
	return (struct ps_value){ .kind = PS_NULL };
}

void
ps_read_uncalled_functions(struct ps *ps)
{
	struct ps_value called;

	ps->conditional++;
	for (struct ps_entry *s = ps->functions->first; s != NULL; s = s->next) {
		called = ps_property(&s->v, "called");
		if (called.kind == PS_UNKNOWN)
			ps_call_block(ps, ps_property(&s->v, "body").text,
			    ps_property(&s->v, "params").text,
			    NULL, 0, NULL);
	}
	ps->conditional--;
}

static struct ps_value
class_statement(struct ps *ps, struct ps_cursor *in)
{
	int c;

	while ((c = ps_peek(in)) >= 0 && c != '{')
		ps_advance(in);
	body_of(ps, in);
	return (struct ps_value){ .kind = PS_NULL };
}

static struct ps_value
block_statement(struct ps *ps, struct ps_cursor *in)
{
	return ps_run_text(ps, body_of(ps, in));
}

static struct ps_value
trap_statement(struct ps *ps, struct ps_cursor *in)
{
	size_t mark = ps->n_log;

	group_after(ps, in, '[', ']');
	run_conditional(ps, body_of(ps, in));
	forget_since(ps, mark);
	return (struct ps_value){ .kind = PS_NULL };
}

static struct ps_value
param_statement(struct ps *ps, struct ps_cursor *in)
{
	ps_bind_function(ps, group_after(ps, in, '(', ')'), NULL, 0);
	return (struct ps_value){ .kind = PS_NULL };
}

/* ---- Flow control statements ---- */

static struct ps_value
result(struct ps *ps, struct ps_cursor *in)
{
	int c;

	ps_skip_blanks(in, false);
	c = ps_peek(in);
	if (c < 0 || strchr(";}\r\n)", c) != NULL)
		return (struct ps_value){ .kind = PS_NULL };
	return ps_statement(ps, in);
}

static void
leave(struct ps *ps, enum ps_stop what, bool sure)
{
	if (sure && ps->stop < what)
		ps->stop = what;
}

static struct ps_value
return_statement(struct ps *ps, struct ps_cursor *in)
{
	struct ps_value v = result(ps, in);

	leave(ps, PS_STOP_RETURN, ps->conditional == ps->conditional_block);
	ps->assigned = false;
	return v;
}

static struct ps_value
exit_statement(struct ps *ps, struct ps_cursor *in)
{
	result(ps, in);
	leave(ps, PS_STOP_ALL, ps->conditional == 0);
	return (struct ps_value){ .kind = PS_NULL };
}

static struct ps_value
throw_statement(struct ps *ps, struct ps_cursor *in)
{
	result(ps, in);
	leave(ps, PS_STOP_THROW, ps->conditional == 0);
	return (struct ps_value){ .kind = PS_NULL };
}

static struct ps_value
break_statement(struct ps *ps, struct ps_cursor *in)
{
	ps_read_word(in);
	leave(ps, PS_STOP_LOOP, ps->conditional == ps->conditional_loop);
	return (struct ps_value){ .kind = PS_NULL };
}

static struct ps_value
continue_statement(struct ps *ps, struct ps_cursor *in)
{
	ps_read_word(in);
	leave(ps, PS_STOP_ITERATION, ps->conditional == ps->conditional_loop);
	return (struct ps_value){ .kind = PS_NULL };
}

static const struct keyword {
	const char	*word;
	struct ps_value	(*read)(struct ps *, struct ps_cursor *);
	bool		 block;		/* it is a keyword only if a { follows */
} keywords[] = {
	{ "if", if_statement, false }, { "foreach", foreach_statement, false },
	{ "for", for_statement, false }, { "while", while_statement, false },
	{ "do", do_statement, true }, { "switch", switch_statement, false },
	{ "try", try_statement, true }, { "trap", trap_statement, false },
	{ "function", function_statement, false }, { "filter", function_statement, false },
	{ "workflow", function_statement, false }, { "configuration", function_statement, false },
	{ "class", class_statement, false }, { "enum", class_statement, false },
	{ "begin", block_statement, true }, { "process", block_statement, true },
	{ "end", block_statement, true }, { "dynamicparam", block_statement, true },
	{ "param", param_statement, false }, { "return", return_statement, false },
	{ "exit", exit_statement, false }, { "throw", throw_statement, false },
	{ "break", break_statement, false }, { "continue", continue_statement, false },
};

static const struct keyword *
keyword(struct ps_cursor *in)
{
	struct ps_cursor at = *in, behind;
	struct view word = ps_read_word(&at);
	int c = ps_peek(&at);

	if (word.len == 0 || (c >= 0 && strchr("-.\\:/=$", c) != NULL))
		return NULL;
	behind = at;
	ps_skip_blanks(&behind, true);
	for (size_t i = 0; i < nitems(keywords); i++)
		if (text_is(word, keywords[i].word) &&
		    (!keywords[i].block || ps_peek(&behind) == '{')) {
			*in = at;
			return &keywords[i];
		}
	return NULL;
}

struct ps_value
ps_statement(struct ps *ps, struct ps_cursor *in)
{
	const struct keyword *k;
	struct ps_value v;

	if (ps->depth >= MAX_PS_DEPTH) {
		if (ps_read_word(in).len == 0)
			ps_advance(in);
		return ps_unknown();
	}
	ps->depth++;
	ps->assigned = false;
	if (ps_peek(in) == ':' && ps_name_char(ps_peek_ahead(in, 1))) {
		ps_advance(in);		/* the label of a loop */
		ps_read_word(in);
		ps_skip_blanks(in, true);
	}
	v = (k = keyword(in)) != NULL ? k->read(ps, in) : ps_pipeline(ps, in);
	ps->depth--;
	return v;
}

/* Adds a value, or the elements of an array, to what a list of statements outputs. */
static void
add_output(struct ps *ps, struct ps_value *out, struct ps_value v)
{
	size_t n = ps_is_array(&v) ? ps_count(&v) : 1;

	if (out->kind == PS_NULL) {
		*out = v;
		return;
	}
	if (!ps_is_array(out))
		*out = ps_cast(ps, view_str("array"), *out);
	if (out->kind != PS_ARRAY || out->array->n + n > MAX_PS_GIVEN) {
		*out = ps_unknown();
		return;
	}
	for (size_t i = 0; i < n; i++)
		if (!ps_append(ps, out->array, ps_is_array(&v) ? ps_element(&v, i) : v))
			*out = ps_unknown();
}

struct ps_value
ps_statement_list(struct ps *ps, struct ps_cursor *in, int close)
{
	struct ps_value out = { .kind = PS_NULL }, v;
	size_t from;
	int c;

	for (;;) {
		ps_skip_blanks(in, true);
		c = ps_peek(in);
		if (c < 0 || c == close)
			break;
		from = in->at;
		if (ps->stop != PS_STOP_NONE || ps->depth >= MAX_PS_DEPTH) {
			if (close == 0)
				in->at = in->text.len;
			else
				ps_read_group(ps, in, close);
			return out.kind == PS_NULL ? ps_unknown() : out;
		}
		if (c == ';' || c == '}' || c == ')') {
			ps_advance(in);
			continue;
		}
		v = ps_statement(ps, in);
		if (in->at == from)
			ps_advance(in);
		if (v.kind != PS_NULL && (!ps->assigned || close == ')'))
			add_output(ps, &out, v);
	}
	ps_advance(in);
	return out;
}

struct ps_value
ps_run_text(struct ps *ps, struct view text)
{
	struct ps_cursor in = { text, 0 };

	if (!ps_work(ps, text.len + 16))
		return ps_unknown();
	return ps_statement_list(ps, &in, 0);
}
