#include "detect/normalise.h"

#include <ctype.h>

#include "base/decode-text.h"
#include "detect/confusables.h"
#include "base/text.h"
#include "base/utf16.h"

#define MAX_REFERENCE	256	/* bytes of a reference to a variable */
#define MAX_VALUE	192	/* bytes of its value, which has at most eight times the reference's */
#define MAX_ELEMENT	260	/* bytes of an element of a path: Windows' own limit */
#define MAX_SWITCH	32	/* bytes of a switch, with its colon */
#define ROUNDS		3	/* passes over a text: only evasion needs more */

/* The output of one pass, which has no two blanks in a row. */
struct plain {
	struct buf	*out;
	size_t		 base;		/* the pass writes behind this */
	bool		 full;
};

static void
put(struct plain *t, uint8_t c)
{
	struct buf *b = t->out;

	if (c == ' ' && (b->len == t->base || b->p[b->len - 1] == ' '))
		return;
	if (b->len < b->cap)
		b->p[b->len++] = c;
	else if (!buf_add(b, (struct view){ &c, 1 }))
		t->full = true;
}

static void
put_view(struct plain *t, struct view v)
{
	for (size_t i = 0; i < v.len; i++)
		put(t, v.p[i]);
}

/* ---- Characters ---- */

static void
fold_ascii(struct plain *t, uint32_t c)
{
	if (c == '^' || c == '`' || c == '\0')
		return;
	if (c <= ' ' || c == 0x7f)
		c = ' ';
	put(t, (uint8_t)tolower((int)c));
}

/* Returns the length of an escaped end of line, which both shells skip, or 0. */
static size_t
continued(struct view v)
{
	if (view_starts(v, "^\r\n", 3) || view_starts(v, "`\r\n", 3))
		return 3;
	return view_starts(v, "^\n", 2) || view_starts(v, "`\n", 2) ? 2 : 0;
}

/* Lower case, ASCII for characters that look like it, no carets, backticks and
 * ends of lines. */
static void
fold_characters(struct plain *t, struct view v)
{
	uint32_t c, ascii;
	size_t n;

	for (; v.len > 0 && !t->full; v = view_from(v, n)) {
		if ((n = continued(v)) != 0)
			continue;
		if ((n = utf8_char(v, &c)) == 0) {
			put(t, v.p[0]);
			n = 1;
		} else if (confusable(c, &ascii) == CONFUSABLE_OWN && c >= 0x80)
			t->full = !buf_add(t->out, view_upto(v, 0, n));
		else
			fold_ascii(t, ascii);
	}
}

/* ---- Variables ---- */

#define PROFILE	"c:\\users\\<user>"

static const struct variable {
	const char	*name, *value;
	bool		 list;		/* a long value: only substrings of it are used */
} variables[] = {
	{ "allusersprofile", "c:\\programdata", false },
	{ "appdata", PROFILE "\\appdata\\roaming", false },
	{ "commonprogramfiles", "c:\\program files\\common files", false },
	{ "commonprogramfiles(x86)", "c:\\program files (x86)\\common files", false },
	{ "commonprogramw6432", "c:\\program files\\common files", false },
	{ "comspec", "c:\\windows\\system32\\cmd.exe", false },
	{ "homedrive", "c:", false },
	{ "homepath", "\\users\\<user>", false },
	{ "localappdata", PROFILE "\\appdata\\local", false },
	{ "os", "windows_nt", false },
	{ "path", "c:\\windows\\system32;c:\\windows;c:\\windows\\system32\\wbem;"
	    "c:\\windows\\system32\\windowspowershell\\v1.0\\", true },
	{ "pathext", ".com;.exe;.bat;.cmd;.vbs;.vbe;.js;.jse;.wsf;.wsh;.msc", true },
	{ "programdata", "c:\\programdata", false },
	{ "programfiles", "c:\\program files", false },
	{ "programfiles(x86)", "c:\\program files (x86)", false },
	{ "programw6432", "c:\\program files", false },
	{ "psmodulepath", "c:\\program files\\windowspowershell\\modules;"
	    "c:\\windows\\system32\\windowspowershell\\v1.0\\modules", true },
	{ "public", "c:\\users\\public", false },
	{ "systemdrive", "c:", false },
	{ "systemroot", "c:\\windows", false },
	{ "temp", PROFILE "\\appdata\\local\\temp", false },
	{ "tmp", PROFILE "\\appdata\\local\\temp", false },
	{ "userprofile", PROFILE, false },
	{ "windir", "c:\\windows", false },
};

/* Returns NULL when the variable is not the same on every Windows. */
static const struct variable *
variable_find(struct view name)
{
	for (size_t i = 0; i < nitems(variables); i++)
		if (text_is(name, variables[i].name))
			return &variables[i];
	return NULL;
}

/* Takes a decimal number off the beginning of v.  Returns false if there is none. */
static bool
take_number(struct view *v, long *n)
{
	size_t at = v->len > 0 && v->p[0] == '-';
	bool minus = at == 1;

	for (*n = 0; at < v->len && isdigit(v->p[at]) && *n < 10000; at++)
		*n = *n * 10 + (v->p[at] - '0');
	if (at == (size_t)minus)
		return false;
	*n = minus ? -*n : *n;
	*v = view_from(*v, at);
	return true;
}

static long
within(long n, long most)
{
	return n < 0 ? 0 : n > most ? most : n;
}

/* "%name:~first,count%": how is what follows the tilde.  Negative numbers count
 * from the end. */
static bool
substring(struct view value, struct view how, struct plain *piece)
{
	long len = (long)value.len, first, count = len, end;

	if (!take_number(&how, &first))
		return false;
	if (how.len > 0) {
		if (how.p[0] != ',')
			return false;
		how = view_from(how, 1);
		if (!take_number(&how, &count) || how.len > 0)
			return false;
	}
	first = within(first < 0 ? len + first : first, len);
	end = within(count < 0 ? len + count : first + count, len);
	if (end > first)
		put_view(piece, view_upto(value, (size_t)first, (size_t)(end - first)));
	return true;
}

/* "%name:from=to%".  "*from" also replaces all text before it, once. */
static bool
replacement(struct view value, struct view how, struct plain *piece)
{
	const uint8_t *equals = view_chr(how, '=');
	struct view from, to;
	bool all = how.p[0] == '*', done = false;
	size_t n;

	if (equals == NULL)
		return false;
	n = (size_t)(equals - how.p);
	from = view_upto(how, all, n - all);
	to = view_from(how, n + 1);
	if (from.len == 0)
		return false;
	for (n = 0; n < value.len; ) {
		if (done || !view_starts(view_from(value, n), from.p, from.len)) {
			put(piece, value.p[n++]);
			continue;
		}
		if (all)
			piece->out->len = piece->base;
		put_view(piece, to);
		n += from.len;
		done = all;
	}
	return true;
}

/* Writes what cmd.exe replaces a reference by; ref has no percent signs. */
static bool
expansion(struct view ref, struct plain *piece)
{
	const uint8_t *colon = view_chr(ref, ':');
	size_t n = colon != NULL ? (size_t)(colon - ref.p) : ref.len;
	const struct variable *var = variable_find(view_upto(ref, 0, n));
	struct view how = view_from(ref, n + 1), value;

	if (var == NULL)
		return false;
	value = view_str(var->value);
	if (how.len == 0) {
		if (var->list || colon != NULL)
			return false;
		put_view(piece, value);
	} else if (how.p[0] == '~')
		return substring(value, view_from(how, 1), piece);
	else
		return replacement(value, how, piece);
	return true;
}

/* Returns whether c can be part of a reference.  Characters are left out whose
 * result could be another reference. */
static bool
in_reference(uint8_t c)
{
	return isalnum(c) || (c != '\0' && strchr("_()~,=:.-*\\;<>", c) != NULL);
}

/*
 * Returns whether a mark ("%", "!") closes a reference at the end of the output;
 * its value then replaces it.  The output is looked at, not the input, since
 * references before may be part of it: %win%os:~0,0%dir%.
 */
static bool
closes_reference(struct plain *t, uint8_t mark)
{
	struct buf *b = t->out;
	size_t at = b->len, least = t->base;
	uint8_t room[MAX_VALUE];
	struct buf value = { .p = room, .cap = sizeof(room), .max = sizeof(room) };
	struct plain piece = { .out = &value };
	struct view ref;

	if (b->len - least > MAX_REFERENCE)
		least = b->len - MAX_REFERENCE;
	while (at > least && in_reference(b->p[at - 1]))
		at--;
	if (at == least || b->p[at - 1] != mark || at == b->len)
		return false;
	ref = view_from(buf_view(b), at);
	value.max = value.cap = (ref.len + 2) * 8 < sizeof(room) ? (ref.len + 2) * 8 : sizeof(room);
	if (!expansion(ref, &piece) || piece.full)
		return false;
	b->len = at - 1;
	put_view(t, buf_view(&value));
	return true;
}

/* Finds the name in $env:name or ${env:name}; returns the length of all of it, or 0. */
static size_t
env_reference(struct view v, struct view *name)
{
	bool braced = view_starts(v, "${env:", 6);
	size_t from = braced ? 6 : 5, to = from;

	if (!braced && !view_starts(v, "$env:", 5))
		return 0;
	while (to < v.len && to < MAX_REFERENCE &&
	    (isalnum(v.p[to]) || v.p[to] == '_' || (braced && (v.p[to] == '(' || v.p[to] == ')'))))
		to++;
	*name = view_upto(v, from, to - from);
	if (!braced)
		return to;
	return to < v.len && v.p[to] == '}' ? to + 1 : 0;
}

static void
expand(struct plain *t, struct view v)
{
	const struct variable *var;
	struct view name;
	size_t n;

	for (; v.len > 0 && !t->full; v = view_from(v, n)) {
		if (v.p[0] == '$' && (n = env_reference(v, &name)) != 0 &&
		    (var = variable_find(name)) != NULL && !var->list) {
			put_view(t, view_str(var->value));
			continue;
		}
		n = 1;
		if ((v.p[0] != '%' && v.p[0] != '!') || !closes_reference(t, v.p[0]))
			put(t, v.p[0]);
	}
}

/* ---- Quotes ---- */

static bool
drive(struct view v)
{
	return v.len >= 2 && isalpha(v.p[0]) && v.p[1] == ':';
}

/*
 * Returns whether the word before a quote looks like a path: the backslash at its
 * end then belongs to the path and does not escape the quote.  A word that began
 * inside quotes, at quoted, may have blanks.
 */
static bool
path_before(const struct plain *t, size_t quoted)
{
	const struct buf *b = t->out;
	size_t n = b->len, least = t->base;
	struct view inner = view_from(buf_view(b), quoted);

	if (quoted != 0 && (drive(inner) || view_starts(inner, "\\\\", 2)))
		return true;
	if (n - least > MAX_ELEMENT)
		least = n - MAX_ELEMENT;
	for (; n > least && strchr(" \"'=(,;{[|&<>+", b->p[n - 1]) == NULL; n--)
		if (b->p[n - 1] == '\\' || b->p[n - 1] == ':')
			return true;
	return n == least && n > t->base;
}

/* Removes the backslashes that escape a quote, as programs read \". */
static void
undo_escapes(struct plain *t, struct view v)
{
	bool open = false;	/* the last quote was escaped and is not closed */
	size_t quoted = 0;	/* in out, behind the last quote that was not escaped */

	for (size_t at = 0, n; at < v.len && !t->full; at += n) {
		n = 0;
		while (at + n < v.len && v.p[at + n] == '\\')
			n++;
		if (n > 0 && at + n < v.len && v.p[at + n] == '"' &&
		    (open || n > 2 || !path_before(t, quoted))) {
			open = !open;
			continue;
		}
		n = n > 0 ? n : 1;
		put_view(t, view_upto(v, at, n));
		if (v.p[at + n - 1] == '"')
			quoted = quoted == 0 ? t->out->len : 0;
	}
}

/* Removes pairs of quotes without a blank between them, which change nothing. */
static void
undo_quotes(struct plain *t, struct view v)
{
	const uint8_t *end;
	struct view inner;

	while (v.len > 0 && !t->full) {
		if (v.p[0] != '"') {
			put(t, v.p[0]);
			v = view_from(v, 1);
			continue;
		}
		v = view_from(v, 1);
		end = v.len > 0 ? view_chr(v, '"') : NULL;
		if (end == NULL) {
			put(t, '"');
			continue;
		}
		inner = view_upto(v, 0, (size_t)(end - v.p));
		v = view_from(v, inner.len + 1);
		if (inner.len > 0 && view_chr(inner, ' ') != NULL) {
			put(t, '"');
			put_view(t, inner);
			put(t, '"');
		} else
			put_view(t, inner);
	}
}

/* ---- Paths ---- */

struct path {
	struct plain	*t;
	size_t		 word;		/* where the word begins in out */
	size_t		 wide;		/* the same, where blanks inside quotes do not end a word */
	bool		 quoted;
	bool		 slashes;	/* it has slashes instead of backslashes: c:/windows */
};

static bool
ends_word(uint8_t c)
{
	static const bool ends[256] = {
		[' '] = true, ['"'] = true, ['\''] = true, ['='] = true, ['('] = true, [')'] = true,
		[','] = true, [';'] = true, ['{'] = true, ['}'] = true, ['['] = true, [']'] = true,
		['|'] = true, ['&'] = true, ['<'] = true, ['>'] = true, ['+'] = true, ['@'] = true,
	};

	return ends[c];
}

/*
 * "\\?\" or "\\.\" that begins v, before a drive; *unc: it is "\\?\unc\",
 * before a server.  Others, "\\.\pipe\" and its like, name devices and stay.
 */
static size_t
device_prefix(struct view v, bool *unc)
{
	*unc = false;
	if (!view_starts(v, "\\\\?\\", 4) && !view_starts(v, "\\\\.\\", 4))
		return 0;
	if (drive(view_from(v, 4)))
		return 4;
	*unc = view_starts(view_from(v, 4), "unc\\", 4) && v.len > 8 &&
	    strchr("\\?.", v.p[8]) == NULL;
	return *unc ? 8 : 0;
}

/* Returns where the element begins that ends at end; it does not begin before least. */
static size_t
element(const struct buf *b, size_t end, size_t least)
{
	size_t at = end;

	while (at > least && end - at <= MAX_ELEMENT && b->p[at - 1] != '\\')
		at--;
	return at;
}

/* Returns whether the element is the server of a share's path. */
static bool
is_server(const struct path *p, size_t at)
{
	return at >= p->wide + 2 && p->t->out->p[at - 2] == '\\';
}

/*
 * Folds the last element of out, before a backslash is added.  Returns true when
 * it was "." or "..": it is removed, ".." with the element before it, and no
 * backslash is needed.  A drive and a share have nothing above them and stay.
 */
static bool
fold_dots(struct path *p)
{
	struct buf *b = p->t->out;
	size_t dots = element(b, b->len, p->wide), at, len;

	if (b->len - dots == 1 && b->p[dots] == '.' && dots > p->word && !is_server(p, dots)) {
		b->len = dots;
		return true;
	}
	if (b->len - dots != 2 || memcmp(b->p + dots, "..", 2) != 0 || dots < p->wide + 2)
		return false;
	at = element(b, dots - 1, p->wide);
	len = dots - 1 - at;
	if (len == 0 || len > MAX_ELEMENT || b->p[at] == '.' || is_server(p, at))
		return false;
	if ((len == 2 && drive(view_from(buf_view(b), at))) ||
	    (at > p->wide + 2 && is_server(p, element(b, at - 1, p->wide))))
		b->len = dots;
	else
		b->len = at;
	return true;
}

/* Returns whether a share's path can begin where out ends: at the beginning of a
 * word, or of a switch's value as in /s:\\server. */
static bool
share_begins(const struct path *p)
{
	struct view word = view_from(buf_view(p->t->out), p->word);

	return word.len == 0 || (word.len <= MAX_SWITCH && (word.p[0] == '/' || word.p[0] == '-') &&
	    view_chr(word, ':') == word.p + word.len - 1);
}

/* Adds a separator, which is n bytes in the input. */
static void
separator(struct path *p, size_t n)
{
	struct buf *b = p->t->out;

	if (share_begins(p)) {
		p->wide = b->len;
		put_view(p->t, view_str(n > 1 ? "\\\\" : "\\"));
	} else if (b->p[b->len - 1] != '\\' && !fold_dots(p))
		put(p->t, '\\');
}

static void
fold_paths(struct plain *t, struct view v)
{
	struct buf *b = t->out;
	struct path p = { .t = t, .word = b->len, .wide = b->len };
	size_t n;
	bool unc;

	for (; v.len > 0 && !t->full; v = view_from(v, n)) {
		uint8_t c = v.p[0];

		if (b->len == p.word && (n = device_prefix(v, &unc)) != 0) {
			put_view(t, view_str(unc ? "\\\\" : ""));
			continue;
		}
		for (n = 0; n < v.len && v.p[n] == '\\'; n++)
			;
		if (c == '/' && b->len == p.word + 2 && drive(view_from(buf_view(b), p.word)))
			p.slashes = true;
		if (n > 0 || (c == '/' && p.slashes && b->len > p.word)) {
			separator(&p, n);
			n = n > 0 ? n : 1;
			continue;
		}
		n = 1;
		put(t, c);
		if (!ends_word(c))
			continue;
		p.quoted ^= c == '"';
		p.word = b->len;
		if (c != ' ' || !p.quoted) {
			p.wide = b->len;
			p.slashes = false;
		}
	}
}

/* ---- The whole ---- */

typedef void	 pass(struct plain *, struct view);

/* Runs one pass over from; to then holds the result only. */
static bool
run(pass *f, const struct buf *from, struct buf *to)
{
	struct plain t = { .out = to };

	to->len = 0;
	f(&t, buf_view(from));
	return !t.full;
}

bool
normalise_text(struct view text, struct buf *out)
{
	struct buf a, b;
	struct plain first = { .out = &a };
	struct view whole;
	bool all, same = false;

	buf_init(&a, out->b, text.len + out->max);
	buf_init(&b, out->b, text.len + out->max);
	fold_characters(&first, text);
	all = !first.full;
	for (int round = 0; all && !same && round < ROUNDS; round++) {
		size_t was = a.len;

		all = run(expand, &a, &b) && run(undo_escapes, &b, &a) &&
		    run(undo_quotes, &a, &b) && run(fold_paths, &b, &a);
		same = a.len == was;
	}
	whole = text_trim(buf_view(&a));
	if (!all && whole.len > 0)	/* the last character may be cut */
		whole = text_upto(whole, whole.len - 1);
	if (!buf_add(out, whole)) {
		all = false;
		(void)buf_add(out, text_upto(whole, out->max - out->len));
	}
	buf_free(&a);
	buf_free(&b);
	return all;
}
