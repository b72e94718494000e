/* cmd.c -- cmd.exe's language: which programs a line starts, with what words. */
#include "script/cmd/vars.h"

#include <ctype.h>

#include "base/limits.h"
#include "base/text.h"
#include "script/words.h"

struct cmd {
	struct script	*script;
	struct cmdvars	 vars;
	const struct cmdloop *loop;
	struct buf	 line;		/* one command: carets undone, redirections left out */
	struct buf	 expanded;
	struct buf	 whole;		/* as the program gets it */
	unsigned int	 brackets;	/* open around this place */
	unsigned int	 depth;
	bool		 stop;
};

/* A place in the text. */
struct in {
	struct view	 text;
	size_t		 at;
};

static void	commands(struct cmd *, struct in *, bool all);

/* ---- Characters ---- */

static int
peek(const struct in *in)
{
	return in->at < in->text.len ? in->text.p[in->at] : -1;
}

static bool
is_newline(int c)
{
	return c == '\n' || c == -1;
}

/* What parts words, for cmd.exe itself; programs split by blanks. */
static bool
is_delimiter(int c)
{
	return c == ' ' || c == '\t' || c == ',' || c == ';' || c == '=' || c == '\r' ||
	    c == '\v' || c == '\f';
}

static void
skip_delimiters(struct in *in)
{
	while (is_delimiter(peek(in)))
		in->at++;
}

/* What may stand before a command. */
static void
skip_prefix(struct in *in)
{
	skip_delimiters(in);
	while (peek(in) == '@') {
		in->at++;
		skip_delimiters(in);
	}
}

static void
skip_line(struct in *in)
{
	while (!is_newline(peek(in)))
		in->at++;
}

/* Behind the word that stands here, in any case; else 0. */
static size_t
keyword(const struct in *in, const char *word)
{
	size_t n = strlen(word);
	struct in end = { in->text, in->at + n };
	int c = peek(&end);

	if (!text_begins(view_from(in->text, in->at), word) ||
	    !(is_delimiter(c) || is_newline(c) || (c > 0 && strchr("(/\"@", c) != NULL)))
		return 0;
	return end.at;
}

static bool
take(struct in *in, const char *word)
{
	size_t end = keyword(in, word);

	if (end != 0)
		in->at = end;
	return end != 0;
}

/* A word as it is written, up to a blank that no quotes hold. */
static struct view
raw_word(struct in *in)
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

/* The rest of the text is left unread, and the fact says so. */
static void
give_up(struct cmd *c)
{
	c->stop = true;
	script_cut(c->script);
}

static void
add(struct cmd *c, const struct in *in, size_t at, size_t n)
{
	if (!buf_add(&c->line, view_upto(in->text, at, n)))
		give_up(c);		/* longer than any command is */
}

/* A caret: what is next stands for itself, behind a line's end if that is next. */
static void
escaped(struct cmd *c, struct in *in)
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
		add(c, in, in->at, 1);
		in->at++;
	}
}

static void
quoted(struct cmd *c, struct in *in)
{
	size_t from = in->at;

	do
		in->at++;
	while (!is_newline(peek(in)) && peek(in) != '"');
	in->at += peek(in) == '"';
	add(c, in, from, in->at - from);
}

/* What ends a command, outside quotes and without a caret. */
static bool
ends(const struct cmd *c, int ch)
{
	return is_newline(ch) || ch == '&' || ch == '|' || (ch == ')' && c->brackets > 0);
}

/* 2>&1, >> file, <file: no words of the command. */
static void
redirection(struct cmd *c, struct in *in)
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
	while (!ends(c, peek(in)) && !is_delimiter(peek(in)) && peek(in) != '<' &&
	    peek(in) != '>') {
		if (peek(in) == '^')
			escaped(c, in);
		else if (peek(in) == '"')
			quoted(c, in);
		else
			add(c, in, in->at++, 1);
	}
	if (output)
		script_output(c->script, view_from(buf_view(&c->line), keep));
	c->line.len = keep;
}

/* The command that stands here goes into c->line. */
static void
read_command(struct cmd *c, struct in *in)
{
	int ch;

	c->line.len = 0;
	while (!ends(c, ch = peek(in))) {
		if (ch == '^')
			escaped(c, in);
		else if (ch == '"')
			quoted(c, in);
		else if (ch == '<' || ch == '>')
			redirection(c, in);
		else {
			if (ch != '\r')
				add(c, in, in->at, 1);
			in->at++;
		}
	}
}

/* The command's name: up to a delimiter or a switch, quotes and all. */
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

/* The program gets its name, and what follows as it is written. */
static void
start(struct cmd *c, struct view name, struct view rest)
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
		start(c, name, line);
}

/* ---- if ---- */

/* [/i] [not] exist x | defined x | errorlevel 1 | a==b | a equ b: which way it
 * goes isn't looked at. */
static void
condition(struct in *in)
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

/* A body: what brackets hold, or the rest of the line. */
static void
body(struct cmd *c, struct in *in)
{
	skip_prefix(in);
	commands(c, in, peek(in) != '(');
}

static void
read_if(struct cmd *c, struct in *in)
{
	condition(in);
	cmdvars_enter(&c->vars);
	body(c, in);
	cmdvars_leave(&c->vars);
	skip_delimiters(in);
	if (take(in, "else")) {
		cmdvars_enter(&c->vars);
		body(c, in);
		cmdvars_leave(&c->vars);
	}
}

/* ---- for ---- */

enum turns { TURNS_ITEMS, TURNS_COUNTED, TURNS_LINES, TURNS_FILES };

struct loop {
	enum turns	 turns;
	struct cmdloop	 var;
	int		 quote;		/* round a command of /f */
	struct view	 set;		/* between its brackets */
	size_t		 body;
};

static void
turn(struct cmd *c, struct in *in, struct loop *l, struct view value)
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

/* A body that runs as often, and with what, as isn't known. */
static void
unknown_turns(struct cmd *c, struct in *in, struct loop *l)
{
	cmdvars_enter(&c->vars);
	turn(c, in, l, (struct view){ NULL, 0 });
	cmdvars_leave(&c->vars);
}

static bool
has_wildcard(struct view v)
{
	return v.len > 0 && (memchr(v.p, '*', v.len) != NULL || memchr(v.p, '?', v.len) != NULL);
}

static void
item_turns(struct cmd *c, struct in *in, struct loop *l, struct view set)
{
	struct in items = { set, 0 };
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
		turn(c, in, l, item);
	}
	if (n == 0)
		unknown_turns(c, in, l);
}

/* The three numbers of for /l; false: they aren't known. */
static bool
count_of(struct view set, int64_t n[3])
{
	struct in in = { set, 0 };
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
counted_turns(struct cmd *c, struct in *in, struct loop *l, struct view set)
{
	int64_t n[3];
	char text[24];

	if (!count_of(set, n) || (n[1] > 0 ? n[0] > n[2] : n[0] < n[2])) {
		unknown_turns(c, in, l);
		return;
	}
	for (int i = 0; i < MAX_SCRIPT_TASKS && !c->stop; i++, n[0] += n[1]) {
		if (n[1] > 0 ? n[0] > n[2] : n[0] < n[2])
			break;
		turn(c, in, l, decimal(n[0], text));
	}
}

/* for /f %i in ('command'): it is run by a shell of its own. */
static void
line_turns(struct cmd *c, struct in *in, struct loop *l, struct view set)
{
	struct in inner = { set, 0 };
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
		while (inner.at < inner.text.len) {	/* its carets are eaten once here */
			if (peek(&inner) == '^')
				escaped(c, &inner);
			else if (peek(&inner) == '"')
				quoted(c, &inner);
			else
				add(c, &inner, inner.at++, 1);
		}
		c->brackets = brackets;
		script_read(c->script, LANGUAGE_CMD, buf_view(&c->line));
	}
	unknown_turns(c, in, l);
}

/* [/l | /f "how" | /d | /r path] %i in (set) do; false: it is no such thing. */
static bool
loop_head(struct in *in, struct loop *l)
{
	struct view w;
	size_t from;
	bool inside = false;

	for (w = raw_word(in); w.len > 0 && w.p[0] != '%'; w = raw_word(in))
		if (text_is(w, "/l"))
			l->turns = TURNS_COUNTED;
		else if (text_is(w, "/f"))
			l->turns = TURNS_LINES;
		else if (text_is(w, "/d") || text_is(w, "/r"))
			l->turns = TURNS_FILES;
		else if (memmem(w.p, w.len, "usebackq", 8) != NULL)
			l->quote = '`';
	if (w.len < 2 || w.p[w.len - 2] != '%')
		return false;
	l->var.letter = (char)w.p[w.len - 1];
	skip_delimiters(in);
	if (!take(in, "in"))
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
	if (!take(in, "do"))
		return false;
	l->body = in->at;
	return true;
}

static void
read_for(struct cmd *c, struct in *in)
{
	struct loop l = { .turns = TURNS_ITEMS, .quote = '\'' };
	struct buf set;

	if (!loop_head(in, &l)) {
		skip_line(in);
		return;
	}
	buf_init(&set, c->script->budget, MAX_COMMAND_LINE);
	if (!cmdvars_expand(&c->vars, c->loop, l.set, &set))
		give_up(c);
	else if (l.turns == TURNS_ITEMS && !has_wildcard(buf_view(&set)))
		item_turns(c, in, &l, buf_view(&set));
	else if (l.turns == TURNS_COUNTED)
		counted_turns(c, in, &l, buf_view(&set));
	else if (l.turns == TURNS_LINES)
		line_turns(c, in, &l, buf_view(&set));
	else
		unknown_turns(c, in, &l);
	buf_free(&set);
}

/* ---- Commands in a row ---- */

static void
bracketed(struct cmd *c, struct in *in)
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
command(struct cmd *c, struct in *in)
{
	skip_prefix(in);
	if (peek(in) == ':' || (peek(in) == ')' && c->brackets == 0) || keyword(in, "rem") != 0)
		skip_line(in);		/* a label, or a remark */
	else if (peek(in) == '(')
		bracketed(c, in);
	else if (take(in, "if"))
		read_if(c, in);
	else if (take(in, "for"))
		read_for(c, in);
	else {
		read_command(c, in);
		run(c);
	}
}

/*
 * One command, or all up to the end of the line or of the brackets.  What
 * follows a || runs only when what stands before failed.
 */
static void
commands(struct cmd *c, struct in *in, bool all)
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
	struct in in = { text, 0 };

	cmdvars_init(&c.vars, script);
	buf_init(&c.line, script->budget, MAX_COMMAND_LINE);
	buf_init(&c.expanded, script->budget, MAX_COMMAND_LINE);
	buf_init(&c.whole, script->budget, MAX_COMMAND_LINE + 1);
	while (!c.stop && in.at < text.len) {
		commands(&c, &in, true);
		in.at++;		/* the line's end */
	}
	buf_free(&c.line);
	buf_free(&c.expanded);
	buf_free(&c.whole);
	cmdvars_free(&c.vars);
}
