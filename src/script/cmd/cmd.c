/* cmd.c -- cmd.exe's language: which programs its commands start, with what command lines. */
#include "script/cmd/vars.h"

#include <ctype.h>

#include "base/limits.h"
#include "base/text.h"
#include "script/words.h"

struct cmd {
	struct script	*script;
	struct cmdvars	 vars;
	const struct cmdloop *loop;
	struct buf	 line;		/* one command, without carets and redirections */
	struct buf	 expanded;	/* the same with variables expanded */
	struct buf	 whole;		/* the command line as the program gets it */
	unsigned int	 brackets;	/* how many ( are open around the current position */
	unsigned int	 depth;		/* of nested commands, of MAX_CMD_DEPTH */
	bool		 stop;
};

/* A position in the text. */
struct cursor {
	struct view	 text;
	size_t		 at;
};

static void	commands(struct cmd *, struct cursor *, bool all);

/* ---- Characters ---- */

static int
peek(const struct cursor *in)
{
	return in->at < in->text.len ? in->text.p[in->at] : -1;
}

static bool
is_newline(int c)
{
	return c == '\n' || c == -1;
}

/* Does c separate words for cmd.exe itself?  Programs split their command lines by blanks only. */
static bool
is_delimiter(int c)
{
	return c == ' ' || c == '\t' || c == ',' || c == ';' || c == '=' || c == '\r' ||
	    c == '\v' || c == '\f';
}

static void
skip_delimiters(struct cursor *in)
{
	while (is_delimiter(peek(in)))
		in->at++;
}

/* Skips the delimiters and the @ before a command. */
static void
skip_prefix(struct cursor *in)
{
	skip_delimiters(in);
	while (peek(in) == '@') {
		in->at++;
		skip_delimiters(in);
	}
}

static void
skip_line(struct cursor *in)
{
	while (!is_newline(peek(in)))
		in->at++;
}

/* Returns the offset behind the keyword if it stands here, in any case, else 0. */
static size_t
keyword(const struct cursor *in, const char *word)
{
	size_t n = strlen(word);
	struct cursor end = { in->text, in->at + n };
	int c = peek(&end);

	if (!text_begins(view_from(in->text, in->at), word) ||
	    !(is_delimiter(c) || is_newline(c) || (c > 0 && strchr("(/\"@", c) != NULL)))
		return 0;
	return end.at;
}

static bool
take_keyword(struct cursor *in, const char *word)
{
	size_t end = keyword(in, word);

	if (end != 0)
		in->at = end;
	return end != 0;
}

/* Moves past one word, which ends at a delimiter outside quotes, and returns it as written. */
static struct view
raw_word(struct cursor *in)
{
	size_t from;
	bool quoted = false;

	skip_delimiters(in);
	for (from = in->at; !is_newline(peek(in)); in->at++) {
		if (peek(in) == '"')
			quoted = !quoted;
		else if (!quoted && is_delimiter(peek(in)))
			break;
	}
	return view_upto(in->text, from, in->at - from);
}

/* ---- One command ---- */

/* Stops reading and marks the command as cut. */
static void
give_up(struct cmd *c)
{
	c->stop = true;
	script_cut(c->script);
}

static void
add_text(struct cmd *c, const struct cursor *in, size_t at, size_t n)
{
	if (!buf_add(&c->line, view_upto(in->text, at, n)))
		give_up(c);		/* longer than any command can be */
}

/* At a caret: keeps the next character as it is, or the one behind a newline. */
static void
escaped(struct cmd *c, struct cursor *in)
{
	in->at++;
	if (peek(in) == '\r')
		in->at++;
	if (peek(in) == '\n') {
		in->at++;
		if (peek(in) == '\r')
			return;
	}
	if (!is_newline(peek(in))) {
		add_text(c, in, in->at, 1);
		in->at++;
	}
}

static void
quoted(struct cmd *c, struct cursor *in)
{
	size_t from = in->at;

	do
		in->at++;
	while (!is_newline(peek(in)) && peek(in) != '"');
	in->at += peek(in) == '"';
	add_text(c, in, from, in->at - from);
}

/* Does ch end a command, outside quotes and without a caret before it? */
static bool
ends_command(const struct cmd *c, int ch)
{
	return is_newline(ch) || ch == '&' || ch == '|' || (ch == ')' && c->brackets > 0);
}

/* Removes a redirection (2>&1, >> file, <file) from the command and reports its output file. */
static void
redirection(struct cmd *c, struct cursor *in)
{
	const struct buf *l = &c->line;
	bool output = false;
	size_t keep;

	if (l->len > 0 && isdigit(l->p[l->len - 1]) &&
	    (l->len == 1 || is_delimiter(l->p[l->len - 2])))
		c->line.len--;
	for (; peek(in) == '<' || peek(in) == '>'; in->at++)
		output = peek(in) == '>';
	if (peek(in) == '&') {
		in->at++;
		if (isdigit(peek(in)))
			in->at++;
		return;
	}
	skip_delimiters(in);
	keep = c->line.len;
	while (!ends_command(c, peek(in)) && !is_delimiter(peek(in)) && peek(in) != '<' &&
	    peek(in) != '>') {
		if (peek(in) == '^')
			escaped(c, in);
		else if (peek(in) == '"')
			quoted(c, in);
		else
			add_text(c, in, in->at++, 1);
	}
	if (output)
		script_output(c->script, view_from(buf_view(&c->line), keep));
	c->line.len = keep;
}

/* Reads the command at the cursor into c->line. */
static void
read_command(struct cmd *c, struct cursor *in)
{
	int ch;

	c->line.len = 0;
	while (!ends_command(c, ch = peek(in))) {
		if (ch == '^')
			escaped(c, in);
		else if (ch == '"')
			quoted(c, in);
		else if (ch == '<' || ch == '>')
			redirection(c, in);
		else {
			if (ch != '\r')
				add_text(c, in, in->at, 1);
			in->at++;
		}
	}
}

/* Returns the command's name with its quotes: it ends at a delimiter or a switch. */
static struct view
name_of(struct view line)
{
	bool inside = false;
	size_t n;

	for (n = 0; n < line.len; n++) {
		if (line.p[n] == '"')
			inside = !inside;
		else if (!inside && (is_delimiter(line.p[n]) || line.p[n] == '/'))
			break;
	}
	return view_at(line, 0, n);
}

/* Starts a program, which gets its name and the rest of the command as it is written. */
static void
start_program(struct cmd *c, struct view name, struct view rest)
{
	struct words *w;

	c->whole.len = 0;
	if (!buf_add(&c->whole, name) ||
	    (rest.len > 0 && rest.p[0] != ' ' && !buf_add(&c->whole, view_str(" "))) ||
	    !buf_add(&c->whole, rest) || !script_work(c->script, c->whole.len + 64)) {
		give_up(c);
		return;
	}
	if ((w = words_split(c->script->budget, buf_view(&c->whole))) == NULL)
		return;
	if (w->n > 0)
		script_program(c->script, w);
	words_free(w);
}

static void
run(struct cmd *c)
{
	struct view line, name;

	c->expanded.len = 0;
	if (!cmdvars_expand(&c->vars, c->loop, buf_view(&c->line), &c->expanded)) {
		give_up(c);
		return;
	}
	line = buf_view(&c->expanded);
	do {
		while (line.len > 0 && (is_delimiter(line.p[0]) || line.p[0] == '@'))
			line = view_from(line, 1);
		name = name_of(line);
		line = view_from(line, name.len);
	} while (text_is(name, "call"));
	if (text_is(name, "set"))
		cmdvars_set(&c->vars, line);
	else if (name.len > 0 && !text_is(name, "rem"))
		start_program(c, name, line);
}

/* ---- if ---- */

/* Skips [/i] [not] exist x | defined x | errorlevel 1 | a==b | a equ b: both branches are read. */
static void
condition(struct cursor *in)
{
	struct view w;

	do
		w = raw_word(in);
	while (text_is(w, "/i") || text_is(w, "not"));
	if (text_is(w, "exist") || text_is(w, "defined") || text_is(w, "errorlevel") ||
	    text_is(w, "cmdextversion")) {
		raw_word(in);
		return;
	}
	while (peek(in) == ' ' || peek(in) == '\t')
		in->at++;
	if (peek(in) != '=')
		raw_word(in);		/* equ, neq, … */
	raw_word(in);
}

/* Reads the body of "if" or "for": a block in brackets, or the rest of the line. */
static void
body(struct cmd *c, struct cursor *in)
{
	skip_prefix(in);
	commands(c, in, peek(in) != '(');
}

static void
read_if(struct cmd *c, struct cursor *in)
{
	condition(in);
	cmdvars_enter(&c->vars);
	body(c, in);
	cmdvars_leave(&c->vars);
	skip_delimiters(in);
	if (take_keyword(in, "else")) {
		cmdvars_enter(&c->vars);
		body(c, in);
		cmdvars_leave(&c->vars);
	}
}

/* ---- for ---- */

enum loop_kind { LOOP_ITEMS, LOOP_NUMBERS, LOOP_LINES, LOOP_FILES };

struct loop {
	enum loop_kind	 kind;
	struct cmdloop	 var;
	int		 quote;		/* that encloses a command in the set of for /f */
	struct view	 set;		/* the text between the brackets behind "in" */
	size_t		 body;		/* offset of the body */
};

static void
iterate(struct cmd *c, struct cursor *in, struct loop *l, struct view value)
{
	const struct cmdloop *outer = c->loop;

	l->var.value = value;
	l->var.up = outer;
	c->loop = &l->var;
	in->at = l->body;
	body(c, in);
	c->loop = outer;
	if (!script_work(c->script, in->at - l->body))
		give_up(c);
}

/* Reads a body of which it is not known how often it runs, and with what values. */
static void
iterate_unknown(struct cmd *c, struct cursor *in, struct loop *l)
{
	cmdvars_enter(&c->vars);
	iterate(c, in, l, (struct view){ NULL, 0 });
	cmdvars_leave(&c->vars);
}

static bool
has_wildcard(struct view v)
{
	return v.len > 0 && (view_chr(v, '*') != NULL || view_chr(v, '?') != NULL);
}

static void
iterate_items(struct cmd *c, struct cursor *in, struct loop *l, struct view set)
{
	struct cursor items = { set, 0 };
	struct view item;
	unsigned int n = 0;

	for (; n < MAX_SCRIPT_TASKS && !c->stop; n++) {
		skip_delimiters(&items);
		while (peek(&items) == '\n') {
			items.at++;
			skip_delimiters(&items);
		}
		if ((item = raw_word(&items)).len == 0)
			break;
		iterate(c, in, l, item);
	}
	if (n == 0)
		iterate_unknown(c, in, l);
}

/* Reads start, step and end of for /l into n; false: they are not known. */
static bool
numbers_of(struct view set, int64_t n[3])
{
	struct cursor in = { set, 0 };
	struct view w;
	bool minus;

	for (int i = 0; i < 3; i++) {
		w = raw_word(&in);
		minus = w.len > 0 && w.p[0] == '-';
		w = view_from(w, minus);
		if (w.len == 0 || w.len > 9)
			return false;
		for (n[i] = 0; w.len > 0; w = view_from(w, 1)) {
			if (!isdigit(w.p[0]))
				return false;
			n[i] = n[i] * 10 + w.p[0] - '0';
		}
		n[i] = minus ? -n[i] : n[i];
	}
	return n[1] != 0;
}

static struct view
decimal(int64_t n, char text[24])
{
	uint64_t left = n < 0 ? (uint64_t)-n : (uint64_t)n;
	size_t at = 24;

	do
		text[--at] = (char)('0' + left % 10);
	while ((left /= 10) > 0);
	if (n < 0)
		text[--at] = '-';
	return (struct view){ (uint8_t *)text + at, 24 - at };
}

static void
iterate_numbers(struct cmd *c, struct cursor *in, struct loop *l, struct view set)
{
	int64_t n[3];
	char text[24];

	if (!numbers_of(set, n) || (n[1] > 0 ? n[0] > n[2] : n[0] < n[2])) {
		iterate_unknown(c, in, l);
		return;
	}
	for (int i = 0; i < MAX_SCRIPT_TASKS && !c->stop; i++, n[0] += n[1]) {
		if (n[1] > 0 ? n[0] > n[2] : n[0] < n[2])
			break;
		iterate(c, in, l, decimal(n[0], text));
	}
}

/* for /f %i in ('command'): a second cmd.exe runs the command; its output is not known. */
static void
iterate_lines(struct cmd *c, struct cursor *in, struct loop *l, struct view set)
{
	struct cursor inner = { set, 0 };
	unsigned int brackets = c->brackets;

	while (inner.text.len > 0 && strchr(" \t\r\n", inner.text.p[inner.text.len - 1]) != NULL)
		inner.text.len--;
	skip_delimiters(&inner);
	inner.text = view_from(inner.text, inner.at);
	if (inner.text.len > 2 && inner.text.p[0] == l->quote &&
	    inner.text.p[inner.text.len - 1] == l->quote) {
		inner.text = view_at(inner.text, 1, inner.text.len - 2);
		c->line.len = inner.at = 0;
		c->brackets = 0;
		while (inner.at < inner.text.len) {	/* the first cmd.exe removes its carets */
			if (peek(&inner) == '^')
				escaped(c, &inner);
			else if (peek(&inner) == '"')
				quoted(c, &inner);
			else
				add_text(c, &inner, inner.at++, 1);
		}
		c->brackets = brackets;
		script_read(c->script, LANGUAGE_CMD, buf_view(&c->line));
	}
	iterate_unknown(c, in, l);
}

/* Reads [/l | /f "options" | /d | /r path] %i in (set) do; false: it is no loop. */
static bool
loop_head(struct cursor *in, struct loop *l)
{
	struct view w;
	size_t from;
	bool inside = false;

	for (w = raw_word(in); w.len > 0 && w.p[0] != '%'; w = raw_word(in))
		if (text_is(w, "/l"))
			l->kind = LOOP_NUMBERS;
		else if (text_is(w, "/f"))
			l->kind = LOOP_LINES;
		else if (text_is(w, "/d") || text_is(w, "/r"))
			l->kind = LOOP_FILES;
		else if (memmem(w.p, w.len, "usebackq", 8) != NULL)
			l->quote = '`';
	if (w.len < 2 || w.p[w.len - 2] != '%')
		return false;
	l->var.letter = (char)w.p[w.len - 1];
	skip_delimiters(in);
	if (!take_keyword(in, "in"))
		return false;
	skip_delimiters(in);
	if (peek(in) != '(')
		return false;
	for (from = ++in->at; peek(in) != -1 && (inside || peek(in) != ')'); in->at++) {
		if (peek(in) == '"')
			inside = !inside;
		else if (peek(in) == '^' && !inside && in->at + 1 < in->text.len)
			in->at++;
	}
	l->set = view_upto(in->text, from, in->at - from);
	in->at += peek(in) == ')';
	skip_delimiters(in);
	if (!take_keyword(in, "do"))
		return false;
	l->body = in->at;
	return true;
}

static void
read_for(struct cmd *c, struct cursor *in)
{
	struct loop l = { .kind = LOOP_ITEMS, .quote = '\'' };
	struct buf set;

	if (!loop_head(in, &l)) {
		skip_line(in);
		return;
	}
	buf_init(&set, c->script->budget, MAX_COMMAND_LINE);
	if (!cmdvars_expand(&c->vars, c->loop, l.set, &set))
		give_up(c);
	else if (l.kind == LOOP_ITEMS && !has_wildcard(buf_view(&set)))
		iterate_items(c, in, &l, buf_view(&set));
	else if (l.kind == LOOP_NUMBERS)
		iterate_numbers(c, in, &l, buf_view(&set));
	else if (l.kind == LOOP_LINES)
		iterate_lines(c, in, &l, buf_view(&set));
	else
		iterate_unknown(c, in, &l);
	buf_free(&set);
}

/* ---- Sequences of commands ---- */

static void
bracketed(struct cmd *c, struct cursor *in)
{
	in->at++;
	c->brackets++;
	while (!c->stop && peek(in) != -1 && peek(in) != ')') {
		commands(c, in, true);
		if (peek(in) == '\n')
			in->at++;
	}
	c->brackets--;
	in->at += peek(in) == ')';
}

static void
command(struct cmd *c, struct cursor *in)
{
	skip_prefix(in);
	if (peek(in) == ':' || (peek(in) == ')' && c->brackets == 0) || keyword(in, "rem") != 0)
		skip_line(in);		/* a label or a comment */
	else if (peek(in) == '(')
		bracketed(c, in);
	else if (take_keyword(in, "if"))
		read_if(c, in);
	else if (take_keyword(in, "for"))
		read_for(c, in);
	else {
		read_command(c, in);
		run(c);
	}
}

/*
 * Reads one command or, if all, every command up to the end of the line or the
 * closing bracket.  A command behind || may not run.
 */
static void
commands(struct cmd *c, struct cursor *in, bool all)
{
	bool maybe = false;
	size_t from;

	if (c->depth >= MAX_CMD_DEPTH) {
		give_up(c);
		return;
	}
	c->depth++;
	do {
		from = in->at;
		if (maybe)
			cmdvars_enter(&c->vars);
		command(c, in);
		if (maybe)
			cmdvars_leave(&c->vars);
		if (!all)
			break;
		maybe = view_starts(view_from(in->text, in->at), "||", 2);
		while (peek(in) == '&' || peek(in) == '|')
			in->at++;
	} while (!c->stop && in->at > from && !is_newline(peek(in)) &&
	    (peek(in) != ')' || c->brackets == 0));
	c->depth--;
}

void
cmd_read(struct script *script, struct view text)
{
	struct cmd c = { .script = script };
	struct cursor in = { text, 0 };

	cmdvars_init(&c.vars, script);
	buf_init(&c.line, script->budget, MAX_COMMAND_LINE);
	buf_init(&c.expanded, script->budget, MAX_COMMAND_LINE);
	buf_init(&c.whole, script->budget, MAX_COMMAND_LINE + 1);
	while (!c.stop && in.at < text.len) {
		commands(&c, &in, true);
		in.at++;		/* past the newline */
	}
	buf_free(&c.line);
	buf_free(&c.expanded);
	buf_free(&c.whole);
	cmdvars_free(&c.vars);
}
