#include "fact/redact.h"

#include <ctype.h>

#define MAX_ESCAPES	7	/* before a quote: three levels of backslashes need seven */
#define MAX_CARETS	3	/* looked at before a letter: each level of cmd.exe removes some */
#define DEPTHS		4	/* of escaping that are told apart: none, one, two, more */

/* The character that a quotation mark is, and how it is written. */
enum mark { DOUBLE, SINGLE, DOUBLE_XML, SINGLE_XML, MARKS };

/* A quotation mark with its escapes. */
struct quote {
	unsigned int	 form;		/* mark * DEPTHS + depth + 1; 0: there is no quote */
	size_t		 len;		/* in bytes, escapes included */
};

/* The last quoted text of one form. */
struct span {
	bool		 open;
	size_t		 from, to;	/* without its quotes */
	size_t		 behind;	/* where its closing quote ends */
};

struct scan {
	struct view	 v;
	size_t		 at;		/* the position that is looked at */
	size_t		 done;		/* so much is copied to out */
	struct buf	*out;
	bool		 masked, failed;
	bool		 fresh;		/* the command has not begun yet */
	bool		 takes_p;	/* the command is one whose /p is a password */
	struct span	 span[MARKS * DEPTHS];
};

/* ---- Characters ---- */

static struct quote
quote_at(struct view v, size_t at)
{
	static const struct {
		enum mark	 mark;
		const char	*text;
	} marks[] = {
		{ DOUBLE, "\"" }, { SINGLE, "'" },
		{ DOUBLE_XML, "&quot;" }, { DOUBLE_XML, "&#34;" }, { DOUBLE_XML, "&#x22;" },
		{ SINGLE_XML, "&apos;" }, { SINGLE_XML, "&#39;" }, { SINGLE_XML, "&#x27;" },
		/* PowerShell accepts typographic quotes too: U+201C to 201E, 2018 to 201B. */
		{ DOUBLE, "\xe2\x80\x9c" }, { DOUBLE, "\xe2\x80\x9d" }, { DOUBLE, "\xe2\x80\x9e" },
		{ SINGLE, "\xe2\x80\x98" }, { SINGLE, "\xe2\x80\x99" }, { SINGLE, "\xe2\x80\x9a" },
		{ SINGLE, "\xe2\x80\x9b" },
	};
	unsigned int n = 0;

	while (n < MAX_ESCAPES && at + n < v.len &&
	    (v.p[at + n] == '\\' || v.p[at + n] == '^' || v.p[at + n] == '`'))
		n++;
	if (at + n >= v.len || strchr("\"'&\xe2", v.p[at + n]) == NULL)
		return (struct quote){ 0, 0 };
	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
		size_t len = strlen(marks[i].text);

		if (view_starts(view_from(v, at + n), marks[i].text, len))
			return (struct quote){
				marks[i].mark * DEPTHS + (n < DEPTHS ? n : DEPTHS - 1) + 1, n + len
			};
	}
	return (struct quote){ 0, 0 };
}

static bool
is_double(struct quote q)
{
	enum mark mark = (q.form - 1) / DEPTHS;

	return q.form != 0 && (mark == DOUBLE || mark == DOUBLE_XML);
}

static bool
letter(struct view v, size_t at)
{
	return at < v.len && (isalnum(v.p[at]) || v.p[at] == '_');
}

static bool
newline(struct view v, size_t at)
{
	return at >= v.len || v.p[at] == '\n' || v.p[at] == '\r';
}

static bool
blank(struct view v, size_t at)
{
	return at < v.len && (v.p[at] == ' ' || v.p[at] == '\t');
}

/* Returns true if a quoted text, or a command, may end before at. */
static bool
boundary(struct view v, size_t at)
{
	return newline(v, at) || blank(v, at) || strchr("&|;,)}]<>+", v.p[at]) != NULL;
}

/* Returns the length of an escaped end of a line, behind which the command goes on; 0: none. */
static size_t
continued(struct view v, size_t at)
{
	if (at + 1 >= v.len || (v.p[at] != '^' && v.p[at] != '`') || !newline(v, at + 1))
		return 0;
	return view_starts(view_from(v, at + 1), "\r\n", 2) ? 3 : 2;
}

static size_t
skip_blanks(struct view v, size_t at)
{
	size_t n;

	for (;; at += n) {
		n = blank(v, at) ? 1 : continued(v, at);
		if (n == 0)
			return at;
	}
}

/* Returns where the word that begins at at ends, or 0 if it is not there.  Case
 * does not count, nor do carets of cmd.exe and backticks of PowerShell inside. */
static size_t
word_at(struct view v, size_t at, const char *word)
{
	for (; *word != '\0'; word++, at++) {
		for (int n = 0; n < MAX_CARETS && at < v.len && (v.p[at] == '^' || v.p[at] == '`'); n++)
			at++;
		if (at >= v.len || tolower(v.p[at]) != *word)
			return 0;
	}
	return at;
}

/* Returns where that of the n whole words ends that begins at at, or 0. */
static size_t
one_of(struct view v, size_t at, const char *const *words, size_t n)
{
	size_t end;

	for (size_t i = 0; i < n; i++)
		if ((end = word_at(v, at, words[i])) != 0 && !letter(v, end))
			return end;
	return 0;
}

/* Returns where the mark of a switch ends ("/", "-" or a dash that PowerShell accepts), or 0. */
static size_t
dash_at(struct view v, size_t at)
{
	if (at >= v.len)
		return 0;
	if (v.p[at] == '/')
		return at + 1;
	if (v.p[at] == '-')
		return at + (at + 1 < v.len && v.p[at + 1] == '-' ? 2 : 1);
	/* U+2013 to U+2015 */
	if (at + 2 < v.len && v.p[at] == 0xe2 && v.p[at + 1] == 0x80 &&
	    v.p[at + 2] >= 0x93 && v.p[at + 2] <= 0x95)
		return at + 3;
	return 0;
}

/* ---- Masking ---- */

/* Write *** for the value between from and to. */
static void
mask(struct scan *s, size_t from, size_t to)
{
	if (from < s->done)
		from = s->done;
	/* An empty value is no password, and "*" makes the program ask for one. */
	if (from >= to || (to - from == 1 && s->v.p[from] == '*'))
		return;
	s->failed |= !buf_add(s->out, view_upto(s->v, s->done, from - s->done)) ||
	    !buf_add(s->out, view_str("***"));
	s->done = to;
	s->masked = true;
}

/*
 * Returns where the text ends that begins at at, behind the quote q, and
 * stores in *behind where its closing quote ends.  A text that is not closed
 * ends with its line.  twice says that its quotes are doubled because it stands
 * inside another text; otherwise a doubled quote is a part of the text.
 */
static size_t
quoted_end(struct view v, size_t at, struct quote q, bool twice, size_t *behind)
{
	struct quote one, two;

	for (; !newline(v, at); at++) {
		if ((one = quote_at(v, at)).form == 0)
			continue;
		two = quote_at(v, at + one.len);
		if (one.form == q.form && (two.form == q.form) == twice) {
			*behind = at + one.len + (twice ? two.len : 0);
			return at;
		}
		at += one.len + (one.form == q.form && two.form == q.form ? two.len : 0) - 1;
	}
	return *behind = at;
}

/* Returns true if the quote at at closes those around the whole command. */
static bool
closes(const struct scan *s, struct quote q, size_t at)
{
	return q.form != 0 && s->span[q.form - 1].open &&
	    (is_double(q) || boundary(s->v, at + q.len));
}

/* Returns where a value without quotes ends: at a blank, a tag, or the quote
 * around the command. */
static size_t
bare_end(const struct scan *s, size_t at)
{
	while (!newline(s->v, at) && !blank(s->v, at) && s->v.p[at] != '<') {
		struct quote q = quote_at(s->v, at);

		if (closes(s, q, at) || (is_double(q) && boundary(s->v, at + q.len)))
			break;
		if (is_double(q))
			(void)quoted_end(s->v, at + q.len, q, false, &at);
		else
			at += s->v.p[at] == '^' && !newline(s->v, at + 1) ? 2 : 1;
	}
	return at;
}

/* Mask the text whose opening quote stands at at, and go on behind it. */
static void
quoted_value(struct scan *s, size_t at, struct quote q)
{
	size_t from = at + q.len, end;
	struct quote again = quote_at(s->v, from);
	bool twice = again.form == q.form && !boundary(s->v, from + again.len);

	if (twice)
		from += again.len;
	end = quoted_end(s->v, from, q, twice, &s->at);
	mask(s, from, end);
}

/* Mask the texts of an expression such as 'a' + 'b', which begins at at. */
static void
expression(struct scan *s, size_t at)
{
	struct quote q;

	for (;;) {
		s->at = at = skip_blanks(s->v, at);
		if ((q = quote_at(s->v, at)).form == 0 || closes(s, q, at))
			return;
		quoted_value(s, at, q);
		at = skip_blanks(s->v, s->at);
		if (at >= s->v.len || s->v.p[at] != '+')
			return;
		at++;
	}
}

/* Mask the value at at, with or without quotes, and go on behind it. */
static void
value(struct scan *s, size_t at)
{
	struct quote q = quote_at(s->v, at);

	s->at = at;
	if (q.form != 0) {
		/* It may be the quote around the command, which ends that or is used again. */
		if (closes(s, q, at) && boundary(s->v, at + q.len))
			return;
		quoted_value(s, at, q);
		if (boundary(s->v, s->at) || quote_at(s->v, s->at).form != 0)
			return;
	}
	at = s->at;
	s->at = bare_end(s, at);
	mask(s, at, s->at);
}

/* ---- What takes a password ---- */

static const char *const verbs[] = { "create", "change", "query", "delete", "run", "end" };

/* Programs whose /u and /p are an account on another machine and its password. */
static const char *const programs[] = { "schtasks", "driverquery", "eventcreate", "getmac",
	"gpresult", "openfiles", "paexec", "psexec", "psexec64", "systeminfo", "taskkill",
	"tasklist" };

/* Returns true if a switch of schtasks stands here: then the switch before it has no value. */
static bool
is_switch(struct view v, size_t at)
{
	static const char *const names[] = { "showsid", "s", "u", "p", "ru", "rp", "tn", "tr",
		"sc", "mo", "d", "m", "i", "st", "ri", "et", "du", "k", "xml", "v1", "f", "rl",
		"delay", "np", "z", "it", "hresult", "fo", "nh", "v", "sd", "ed", "ec", "id",
		"enable", "disable" };
	size_t name = dash_at(v, at), end;

	if (name == 0)
		return false;
	if ((end = one_of(v, name, verbs, sizeof(verbs) / sizeof(verbs[0]))) == 0)
		end = one_of(v, name, names, sizeof(names) / sizeof(names[0]));
	return end != 0 && (newline(v, end) || blank(v, end));
}

/*
 * Returns where the value begins of the switch that begins at at and whose
 * name ends at end; 0 if no value follows.  A switch that stands in quotes of
 * its own ('/rp','x') may be an element of a list.
 */
static size_t
switch_value(struct view v, size_t at, size_t end)
{
	struct quote q = quote_at(v, end);

	if (q.form != 0 && at >= q.len && quote_at(v, at - q.len).form == q.form) {
		end = skip_blanks(v, end + q.len);
		if (end < v.len && v.p[end] == ',')
			end++;
	} else if (end < v.len && (v.p[end] == ':' || v.p[end] == '=')) {
		end++;
	} else if (skip_blanks(v, end) == end) {
		return 0;
	}
	end = skip_blanks(v, end);
	return newline(v, end) ? 0 : end;
}

/* Returns where "password" ends, or a beginning of it that PowerShell accepts; 0: none. */
static size_t
password_at(struct view v, size_t at)
{
	size_t end = word_at(v, at, "pas"), next;

	for (const char *rest = "sword"; end != 0 && *rest != '\0'; rest++, end = next)
		if ((next = word_at(v, end, (const char [2]){ *rest, '\0' })) == 0)
			break;
	return end != 0 && !letter(v, end) ? end : 0;
}

/* In PowerShell a variable is no text, and a dash begins the next switch. */
static bool
is_no_text(struct view v, size_t at)
{
	size_t name = v.p[at] != '/' ? dash_at(v, at) : 0;

	return strchr("$@|;)}&>", v.p[at]) != NULL || (name != 0 && letter(v, name));
}

static bool
takes_switch(struct scan *s)
{
	struct view v = s->v;
	size_t name = dash_at(v, s->at), end, at;
	bool slash = v.p[s->at] == '/';

	if (name == 0 || (s->at > 0 && (letter(v, s->at - 1) ||
	    strchr("/\\.:-", v.p[s->at - 1]) != NULL)))
		return false;
	/* Here are arguments without their program. */
	if (s->fresh && one_of(v, name, verbs, sizeof(verbs) / sizeof(verbs[0])) != 0)
		s->takes_p = true;
	end = word_at(v, name, "rp");
	if (end == 0 && s->takes_p)
		end = word_at(v, name, "p");
	if (end != 0 && (at = switch_value(v, s->at, end)) != 0) {
		if (is_switch(v, at))
			return false;
		value(s, at);
		return true;
	}
	end = slash ? word_at(v, name, "password") : password_at(v, name);
	if (end == 0 || (at = switch_value(v, s->at, end)) == 0 || (!slash && is_no_text(v, at)))
		return false;
	if (v.p[at] == '(')
		expression(s, at + 1);
	else
		value(s, at);
	return true;
}

/* Mask the text that is given to ConvertTo-SecureString, by a pipe or as its argument. */
static bool
takes_secure_string(struct scan *s)
{
	struct view v = s->v;
	size_t at = word_at(v, s->at, "convertto-securestring"), back = s->at, name;

	if (at == 0)
		return false;
	while (back > 0 && (blank(v, back - 1) || newline(v, back - 1)))
		back--;
	if (back > 0 && v.p[back - 1] == '|') {
		back--;
		while (back > 0 && blank(v, back - 1))
			back--;
		for (size_t i = 0; i < MARKS * DEPTHS; i++)
			if (back > 0 && s->span[i].behind == back)
				mask(s, s->span[i].from, s->span[i].to);
	}
	for (;;) {
		s->at = at = skip_blanks(v, at);
		if (newline(v, at) || closes(s, quote_at(v, at), at))
			break;
		if (v.p[at] == '(') {
			expression(s, at + 1);
			break;
		}
		if (v.p[at] == '$') {
			at++;
		} else if ((name = dash_at(v, at)) != 0 && letter(v, name)) {
			at = name;
		} else {
			if (!boundary(v, at))
				value(s, at);
			break;
		}
		while (letter(v, at) || (at < v.len && v.p[at] == ':'))
			at++;
	}
	return true;
}

static bool
takes_attribute(struct scan *s)
{
	size_t at = word_at(s->v, s->at, "cpassword");
	struct quote q;

	if (at == 0)
		return false;
	at = skip_blanks(s->v, at);
	if (at >= s->v.len || s->v.p[at] != '=')
		return false;
	at = skip_blanks(s->v, at + 1);
	if ((q = quote_at(s->v, at)).form == 0)
		return false;
	mask(s, at + q.len, quoted_end(s->v, at + q.len, q, false, &s->at));
	return true;
}

/* ---- From the beginning to the end ---- */

static void
forget_quotes(struct scan *s)
{
	for (size_t i = 0; i < MARKS * DEPTHS; i++)
		s->span[i].open = false;
}

/* Mask the text of <Password>...</Password>, with any prefix and attributes. */
static void
see_tag(struct scan *s)
{
	struct view v = s->v;
	size_t name = s->at + 1, end = name;

	s->at++;
	if (end < v.len && v.p[end] == '/')
		end++;
	while (letter(v, end) || (end < v.len && v.p[end] == ':'))
		end++;
	if (end == name)
		return;
	forget_quotes(s);		/* a quoted text does not go beyond its element */
	if (word_at(v, name, "command") == end)
		s->takes_p = false;
	if (v.p[name] == '/' || end - name < 8 || word_at(v, end - 8, "password") != end)
		return;
	while (end < v.len && v.p[end] != '>')
		end++;
	s->at = end;
	if (end >= v.len || v.p[end - 1] == '/')
		return;
	while (++end < v.len && (newline(v, end) || blank(v, end)))
		continue;
	for (s->at = end; !newline(v, s->at) && !view_starts(view_from(v, s->at), "</", 2); s->at++)
		continue;
	mask(s, end, s->at);
}

static void
see_quote(struct scan *s, struct quote q)
{
	struct span *span = &s->span[q.form - 1];

	if (span->open) {
		span->to = s->at;
		span->behind = s->at + q.len;
	} else if (span->behind == 0 || span->behind != s->at) {
		span->from = s->at + q.len;
	}				/* otherwise it is doubled, and the text goes on */
	span->open = !span->open;
	s->at += q.len;
}

static bool
in_quotes(const struct scan *s)
{
	for (size_t i = 0; i < MARKS * DEPTHS; i++)
		if (s->span[i].open)
			return true;
	return false;
}

/* The end of a line ends the command, except in XML, where tags do. */
static void
see_newline(struct scan *s)
{
	while (s->at < s->v.len && (newline(s->v, s->at) || blank(s->v, s->at)))
		s->at++;
	if (s->at < s->v.len && s->v.p[s->at] == '<')
		return;
	s->takes_p = false;
	s->fresh = true;
	forget_quotes(s);
}

/* Returns true at "&", "&amp;" or "|", but not at the "&" of "2>&1" or of an escaped "<". */
static bool
ends_command(const struct scan *s)
{
	struct view rest = view_from(s->v, s->at);

	if ((rest.p[0] != '|' && rest.p[0] != '&') || in_quotes(s))
		return false;
	return rest.p[0] == '|' || (!view_starts(rest, "&lt;", 4) && !view_starts(rest, "&gt;", 4) &&
	    (s->at < 1 || s->v.p[s->at - 1] != '>') &&
	    (s->at < 4 || memcmp(s->v.p + s->at - 4, "&gt;", 4) != 0));
}

static void
step(struct scan *s)
{
	bool start = s->at == 0 || !letter(s->v, s->at - 1);
	uint8_t c = s->v.p[s->at];
	struct quote q;
	size_t n;

	if (newline(s->v, s->at)) {
		see_newline(s);
		return;
	}
	if ((n = continued(s->v, s->at)) != 0 || (n = blank(s->v, s->at)) != 0) {
		s->at += n;
		return;
	}
	if ((q = quote_at(s->v, s->at)).form != 0) {
		see_quote(s, q);
		return;
	}
	if (start && (takes_switch(s) || takes_secure_string(s) || takes_attribute(s))) {
		s->fresh = false;
		return;
	}
	if (start && one_of(s->v, s->at, programs, sizeof(programs) / sizeof(programs[0])) != 0)
		s->takes_p = true;
	if (c == '<') {
		see_tag(s);
		return;
	}
	s->fresh = c == '>' || ends_command(s);
	if (s->fresh && c != '>')
		s->takes_p = false;
	/* A separator behind a caret separates nothing. */
	s->at += c == '^' && s->at + 1 < s->v.len && strchr("&|^", s->v.p[s->at + 1]) != NULL ? 2 : 1;
}

bool
redact(struct view text, struct buf *out)
{
	struct scan s = { .v = text, .out = out, .fresh = true };

	while (s.at < text.len)
		step(&s);
	if (!s.masked)
		return false;
	s.failed |= !buf_add(out, view_from(text, s.done));
	if (s.failed)
		buf_free(out);
	return true;
}
