/* lex.c -- PowerShell's characters, names, string literals and brackets. */
#include "script/powershell/lex.h"

#include "base/limits.h"
#include "base/utf16.h"
#include "script/powershell/call.h"
#include "script/powershell/powershell.h"
#include "script/powershell/statement.h"

/* Returns the ASCII character that PowerShell takes a typographic dash, quote or blank for. */
static int
plain(uint32_t c)
{
	switch (c) {
	case 0x2013: case 0x2014: case 0x2015:
		return '-';
	case 0x2018: case 0x2019: case 0x201a: case 0x201b:
		return '\'';
	case 0x201c: case 0x201d: case 0x201e:
		return '"';
	case 0x85: case 0xa0:
		return ' ';
	default:
		return c < 0x80 ? (int)c : 'x';
	}
}

static int
look(struct view v, size_t at, size_t *len)
{
	uint32_t c;

	*len = 1;
	if (at >= v.len)
		return -1;
	if (v.p[at] < 0x80)
		return v.p[at];
	if ((*len = utf8_char(view_upto(v, at, 4), &c)) == 0) {
		*len = 1;
		return 'x';
	}
	return plain(c);
}

int
ps_peek(const struct ps_cursor *in)
{
	size_t len;

	return look(in->text, in->at, &len);
}

int
ps_peek_ahead(const struct ps_cursor *in, unsigned int n)
{
	size_t at = in->at, len;

	for (; n > 0; n--) {
		if (look(in->text, at, &len) < 0)
			return -1;
		at += len;
	}
	return look(in->text, at, &len);
}

void
ps_advance(struct ps_cursor *in)
{
	size_t len;

	if (look(in->text, in->at, &len) >= 0)
		in->at += len;
}

struct view
ps_text_since(const struct ps_cursor *in, size_t from)
{
	return view_at(in->text, from, in->at - from);
}

static bool
is_blank(int c)
{
	return c == ' ' || c == '\t' || c == '\v' || c == '\f';
}

static void
skip_line(struct ps_cursor *in)
{
	while (in->at < in->text.len && in->text.p[in->at] != '\n' && in->text.p[in->at] != '\r')
		in->at++;
}

static void
skip_comment(struct ps_cursor *in)
{
	const uint8_t *end = NULL;

	in->at += 2;
	if (in->at < in->text.len)
		end = memmem(in->text.p + in->at, in->text.len - in->at, "#>", 2);
	in->at = end != NULL ? (size_t)(end - in->text.p) + 2 : in->text.len;
}

void
ps_skip_blanks(struct ps_cursor *in, bool newlines)
{
	int c, d;

	for (;;) {
		c = ps_peek(in);
		if (is_blank(c) || (newlines && (c == '\n' || c == '\r')))
			ps_advance(in);
		else if (c == '#')
			skip_line(in);
		else if (c == '<' && ps_peek_ahead(in, 1) == '#')
			skip_comment(in);
		else if (c == '`' && ((d = ps_peek_ahead(in, 1)) == '\n' || d == '\r')) {
			in->at += 2;
			if (d == '\r' && ps_peek(in) == '\n')
				in->at++;
		} else
			return;
	}
}

bool
ps_name_char(int c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	    c == '_';
}

bool
ps_ends_word(int c)
{
	return c < 0 || is_blank(c) || c == '\n' || c == '\r' || (c != 0 &&
	    strchr(";|&(){},", c) != NULL);
}

struct view
ps_read_word(struct ps_cursor *in)
{
	size_t from = in->at;

	while (ps_name_char(ps_peek(in)))
		ps_advance(in);
	return ps_text_since(in, from);
}

/* The name is x, env:x, global:x, {any text}, or one of $ ^ and ?. */
struct view
ps_read_variable_name(struct ps_cursor *in)
{
	size_t from = in->at;
	struct view v;
	int c = ps_peek(in);

	if (c == '{') {
		ps_advance(in);
		from = in->at;
		while ((c = ps_peek(in)) >= 0 && c != '}') {
			if (c == '`')
				ps_advance(in);
			ps_advance(in);
		}
		v = ps_text_since(in, from);
		ps_advance(in);
		return v;
	}
	if (c == '$' || c == '^' || c == '?') {
		ps_advance(in);
		return ps_text_since(in, from);
	}
	while (ps_name_char(c = ps_peek(in)) || c == '?' || (c == ':' && in->at > from &&
	    ps_name_char(ps_peek_ahead(in, 1)) &&
	    memchr(in->text.p + from, ':', in->at - from) == NULL))
		ps_advance(in);
	return ps_text_since(in, from);
}

/* ---- Matching brackets ---- */

static bool
begins_here_string(const struct ps_cursor *in)
{
	int q = ps_peek_ahead(in, 1), c;
	struct ps_cursor look_in = *in;

	if (ps_peek(in) != '@' || (q != '"' && q != '\''))
		return false;
	ps_advance(&look_in);
	ps_advance(&look_in);
	while (is_blank(c = ps_peek(&look_in)))
		ps_advance(&look_in);
	return c == '\n' || c == '\r';
}

/* Moves past a here-string, which ends with "@ at the beginning of a line; returns its lines. */
static struct view
here_string(struct ps_cursor *in, int q)
{
	size_t from, end;

	ps_advance(in);
	skip_line(in);
	if (ps_peek(in) == '\r')
		in->at++;
	if (ps_peek(in) == '\n')
		in->at++;
	for (from = in->at; ps_peek(in) >= 0; in->at++) {
		if (ps_peek(in) == q && ps_peek_ahead(in, 1) == '@') {
			end = in->at;
			ps_advance(in);
			ps_advance(in);
			if (end > from && in->text.p[end - 1] == '\n')
				end--;
			if (end > from && in->text.p[end - 1] == '\r')
				end--;
			return view_at(in->text, from, end - from);
		}
		skip_line(in);
	}
	in->at = in->text.len;
	return ps_text_since(in, from);
}

static void skip_quoted(struct ps_cursor *, unsigned int depth);

static void
skip_group(struct ps_cursor *in, int open, int close, unsigned int depth)
{
	unsigned int n = 0;
	int c, before = open;

	for (; (c = ps_peek(in)) >= 0; before = c) {
		if (c == close && n-- == 0)
			return;
		if (c == open)
			n++;
		if (begins_here_string(in)) {
			c = ps_peek_ahead(in, 1);
			ps_advance(in);
			here_string(in, c);
		} else if (c == '"' || c == '\'')
			skip_quoted(in, depth);
		else if (c == '<' && ps_peek_ahead(in, 1) == '#')
			skip_comment(in);
		else if (c == '#' && (is_blank(before) || (before != 0 &&
		    strchr("\n\r;|&(){},", before) != NULL)))
			skip_line(in);
		else {
			if (c == '`')
				ps_advance(in);
			ps_advance(in);
		}
	}
}

/* depth is that of $( ) inside quotes; one that is nested deeper is taken as text. */
static void
skip_quoted(struct ps_cursor *in, unsigned int depth)
{
	int q = ps_peek(in), c;

	for (ps_advance(in); (c = ps_peek(in)) >= 0; ps_advance(in)) {
		if (c == q) {
			if (ps_peek_ahead(in, 1) != q)
				break;
			ps_advance(in);
		} else if (q == '"' && c == '`')
			ps_advance(in);
		else if (q == '"' && c == '$' && ps_peek_ahead(in, 1) == '(' &&
		    depth < MAX_PS_DEPTH) {
			in->at += 2;
			skip_group(in, '(', ')', depth + 1);
		}
	}
	ps_advance(in);
}

struct view
ps_read_group(struct ps *ps, struct ps_cursor *in, int close)
{
	size_t from = in->at;
	struct view v;

	skip_group(in, close == '}' ? '{' : close == ')' ? '(' : '[', close, 0);
	v = ps_text_since(in, from);
	ps_advance(in);
	ps_work(ps, v.len + 1);
	return v;
}

/* ---- String literals and bare words ---- */

/* A string that is being put together. */
struct partial_string {
	struct ps_value	 v;
	bool		 has_text;	/* a part is constant, or an environment variable's name */
};

static void
add(struct ps *ps, struct partial_string *to, struct ps_value v)
{
	to->has_text |= v.kind == PS_STRING && v.text.len > 0;
	to->v = ps_concat(ps, to->v, v);
}

static void
add_since(struct ps *ps, struct partial_string *to, const struct ps_cursor *in, size_t from)
{
	add(ps, to, ps_string(ps_text_since(in, from)));
}

static struct ps_value
whole(struct partial_string p)
{
	if (p.v.partial && !p.has_text)
		p.v.kind = PS_UNKNOWN;
	return p.v;
}

/* Returns what the character c stands for behind a backtick; empty: for itself. */
static struct view
escaped(int c)
{
	static const char from[] = "0abfnrtv", to[] = "\0\a\b\f\n\r\t\v";
	const char *at = c > 0 ? strchr(from, c) : NULL;

	if (at == NULL)
		return (struct view){ NULL, 0 };
	return (struct view){ (const uint8_t *)to + (at - from), 1 };
}

/* At a backtick: adds the text since from and the escaped character; returns the new from. */
static size_t
escape(struct ps *ps, struct ps_cursor *in, size_t from, struct partial_string *to)
{
	struct view c;

	add_since(ps, to, in, from);
	ps_advance(in);
	from = in->at;
	c = escaped(ps_peek(in));
	ps_advance(in);
	if (c.len == 0)
		return from;
	add(ps, to, ps_string(c));
	return in->at;
}

/* At a $ inside a string: adds the value of $name, ${name} or $( ); false: it is a dollar sign. */
static bool
expand(struct ps *ps, struct ps_cursor *in, struct partial_string *to)
{
	size_t from = in->at;
	struct ps_value v;
	int c = ps_peek_ahead(in, 1);

	if (c == '(') {
		in->at += 2;
		v = ps_statement_list(ps, in, ')');
	} else if (ps_name_char(c) || c == '{' || c == '$' || c == '^' || c == '?') {
		ps_advance(in);
		v = ps_variable_value(ps, ps_read_variable_name(in));
	} else
		return false;
	if (v.kind == PS_UNKNOWN || v.kind == PS_MAP) {
		v = ps_unknown();
		v.text = ps_text_since(in, from);
	} else {
		v = ps_as_string(ps, v);
		if (v.how < PS_HOW_CONCAT)
			v.how = PS_HOW_CONCAT;
	}
	add(ps, to, v);
	return true;
}

static size_t
dollar(struct ps *ps, struct ps_cursor *in, size_t from, struct partial_string *to)
{
	size_t at = in->at;

	add_since(ps, to, in, from);
	if (expand(ps, in, to))
		return in->at;
	ps_advance(in);
	return at;
}

/* Reads text in which variables are expanded, up to the closing quote q; 0: up to the end. */
static struct ps_value
expandable(struct ps *ps, struct ps_cursor *in, int q)
{
	struct partial_string t = { .v = ps_string(view_at(in->text, in->at, 0)) };
	size_t from = in->at;
	int c;

	while ((c = ps_peek(in)) >= 0) {
		if (c == q) {
			if (ps_peek_ahead(in, 1) != q)
				break;
			ps_advance(in);
			add_since(ps, &t, in, from);
			ps_advance(in);
			from = in->at;
		} else if (c == '`')
			from = escape(ps, in, from, &t);
		else if (c == '$')
			from = dollar(ps, in, from, &t);
		else
			ps_advance(in);
	}
	add_since(ps, &t, in, from);
	if (q != 0)
		ps_advance(in);
	return whole(t);
}

static struct ps_value
single_quoted(struct ps *ps, struct ps_cursor *in)
{
	struct ps_value v = ps_string(view_at(in->text, in->at, 0));
	size_t from = in->at;
	int c;

	for (; (c = ps_peek(in)) >= 0; ps_advance(in)) {
		if (c != '\'')
			continue;
		if (ps_peek_ahead(in, 1) != '\'')
			break;
		ps_advance(in);
		v = ps_concat(ps, v, ps_string(ps_text_since(in, from)));
		from = in->at + (in->text.p[in->at] < 0x80 ? 1 : 3);
	}
	v = ps_concat(ps, v, ps_string(ps_text_since(in, from)));
	ps_advance(in);
	return v;
}

struct ps_value
ps_read_string(struct ps *ps, struct ps_cursor *in)
{
	struct ps_cursor inside;
	int q;

	if (begins_here_string(in)) {
		ps_advance(in);
		q = ps_peek(in);
		inside = (struct ps_cursor){ here_string(in, q), 0 };
		if (q == '\'')
			return ps_string(inside.text);
		return expandable(ps, &inside, 0);
	}
	q = ps_peek(in);
	ps_advance(in);
	return q == '"' ? expandable(ps, in, q) : single_quoted(ps, in);
}

struct ps_value
ps_read_bare_word(struct ps *ps, struct ps_cursor *in)
{
	struct partial_string t = { .v = ps_string(view_at(in->text, in->at, 0)) };
	size_t from = in->at, start = in->at;
	bool plain_text = true;
	int c, d;

	while (!ps_ends_word(c = ps_peek(in))) {
		if (c == '`') {
			if ((d = ps_peek_ahead(in, 1)) == '\n' || d == '\r')
				break;		/* the line is continued, the word is not */
			from = escape(ps, in, from, &t);
		} else if (c == '"' || c == '\'') {
			add_since(ps, &t, in, from);
			add(ps, &t, ps_read_string(ps, in));
			from = in->at;
		} else if (c == '$') {
			plain_text = false;
			from = dollar(ps, in, from, &t);
		} else
			ps_advance(in);
	}
	add_since(ps, &t, in, from);
	if (in->at == start)
		ps_advance(in);
	if (plain_text && t.v.how == PS_HOW_CONCAT)
		t.v.how = PS_HOW_NONE;
	return whole(t);
}
