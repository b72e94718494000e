#include "detect/lolbin.h"

#include <ctype.h>
#include <threads.h>

#include "detect/path.h"

#define MAX_SHAPES	48	/* different kinds of words in one line; real ones have four */

/* What a word of the arguments is, and where it leads to. */
enum {
	KIND_FIRST	= 1 << 0,	/* the first one that is no switch */
	KIND_WEB	= 1 << 1,
	KIND_SHARE	= 1 << 2,
	KIND_ADMINSHARE	= 1 << 3,
	KIND_TEMP	= 1 << 4,
	KIND_WRITABLE	= 1 << 5,	/* below a profile, or temporary */
	KIND_OUTSIDE	= 1 << 6,	/* a path, neither to Windows nor to Program Files */
	KIND_ROOT	= 1 << 7,	/* all of a disk, of Windows or of the profiles */
	KIND_SCRIPT	= 1 << 8,
	KIND_DLL	= 1 << 9,
	KIND_EXE	= 1 << 10,
	KIND_DATA	= 1 << 11,	/* named as what nobody runs */
	KIND_NUMBER	= 1 << 12,
	KIND_ADS	= 1 << 13,	/* in an alternate data stream */
	KIND_FORWARD	= 1 << 14	/* "8080:host:80" */
};

static const struct kind {
	const char	*name;
	unsigned int	 bit;
} kinds[] = {
	{ "first", KIND_FIRST }, { "web", KIND_WEB }, { "share", KIND_SHARE },
	{ "adminshare", KIND_ADMINSHARE }, { "temp", KIND_TEMP }, { "writable", KIND_WRITABLE },
	{ "outside", KIND_OUTSIDE }, { "root", KIND_ROOT }, { "script", KIND_SCRIPT },
	{ "dll", KIND_DLL }, { "exe", KIND_EXE }, { "data", KIND_DATA },
	{ "number", KIND_NUMBER }, { "ads", KIND_ADS }, { "forward", KIND_FORWARD },
};

static const struct row {
	const char	*programs, *terms;
	enum rule	 rule;
} rows[] = {
#define LOLBIN(programs, terms, rule) { programs, terms, R_##rule },
#include "detect/lolbin.def"
};

/* What the programs of each row begin with, a bit a letter: most rows need no
 * look then.  Made by the first who asks, and never changed then. */
static uint32_t initials[nitems(rows)];
static once_flag initials_made = ONCE_FLAG_INIT;

/* Names and parts of paths that the places below are judged by. */
static const char system_names[] =
#define SYSTEM_PROGRAMS(names) names "|"
#include "detect/lolbin.def"
    "";
static const char windows_names[] =
#define WINDOWS_PROGRAMS(names) names "|"
#include "detect/lolbin.def"
    "";
static const char *const vendors[] = {
#define VENDOR(part) part,
#include "detect/lolbin.def"
};

#define SCRIPTS	"ps1|psm1|psd1|vbs|vbe|js|jse|wsf|wsh|wsc|sct|hta|bat|cmd|py|pyw|pl|rb|php|jar|lua|au3|sh|a3x"
#define LIBRARIES "dll|cpl|ocx|drv|ax|xll|wll|node"
#define EXECUTABLES "exe|com|scr|pif|msi|msix|appx"
#define DATA	"txt|log|dat|tmp|bin|ini|jpg|jpeg|png|gif|bmp|ico|pdf|doc|docx|rtf|csv|bak|cfg|mp3|db"
#define DECOYS	"pdf|doc|docx|xls|xlsx|ppt|pptx|rtf|txt|jpg|jpeg|png|gif|mp3|mp4|zip|csv|html"

/* A line, with what its words are: each shape once, in no order. */
struct line {
	struct view	 path, name;	/* of the program */
	struct view	 arguments;
	unsigned int	 shape[MAX_SHAPES];
	size_t		 nshapes;
	size_t		 nwords;
	bool		 had_first;
};

/* ---- Texts ---- */

/* The next of parts that c divides; false: there is none. */
static bool
next_part(struct view *rest, int c, struct view *part)
{
	const uint8_t *end;

	if (rest->len == 0)
		return false;
	end = memchr(rest->p, c, rest->len);
	*part = view_upto(*rest, 0, end != NULL ? (size_t)(end - rest->p) : rest->len);
	*rest = view_from(*rest, part->len + 1);
	return true;
}

/* Is it among names, "a|b|c*"?  A star: it only has to begin so. */
static bool
listed(const char *names, struct view name)
{
	for (const char *end, *p = names;; p = end + 1) {
		size_t n;

		end = strchrnul(p, '|');
		n = (size_t)(end - p);
		if (n > 0 && (p[n - 1] == '*' ? n == 1 || view_starts(name, p, n - 1) :
		    n == name.len && memcmp(p, name.p, n) == 0))
			return true;
		if (*end == '\0')
			return false;
	}
}

static uint32_t
initial_of(uint8_t c)
{
	return c >= 'a' && c <= 'z' ? 1u << (c - 'a') : 1u << 31;
}

static void
make_initials(void)
{
	for (size_t i = 0; i < nitems(rows); i++)
		for (const char *p = rows[i].programs, *end; *p != '\0'; p = end + (*end == '|')) {
			end = strchrnul(p, '|');
			initials[i] |= *p == '*' ? UINT32_MAX : initial_of((uint8_t)*p);
		}
}

static bool
holds(struct view v, const char *what)
{
	return v.len > 0 && memmem(v.p, v.len, what, strlen(what)) != NULL;
}

static bool
begins(struct view v, const char *with)
{
	return view_starts(v, with, strlen(with));
}

static bool
in_word(uint8_t c)
{
	return isalnum(c) || c == '_' || c >= 0x80;
}

/* May a switch begin behind this?  A second dash may come first, or a second
 * slash, as cscript's own have. */
static bool
opens_switch(struct view v, size_t at)
{
	if (at > 0 && (v.p[at - 1] == '-' || v.p[at - 1] == '/'))
		at--;
	return at == 0 || strchr(" \"'(,;=|", v.p[at - 1]) != NULL;
}

static bool
text_at(struct view v, size_t at, struct view text)
{
	if (text.len > v.len - at)
		return false;
	for (size_t i = 0; i < text.len; i++)
		if (v.p[at + i] != (text.p[i] == '~' ? ' ' : text.p[i]))
			return false;
	return true;
}

/* Does the text of a term occur?  Its marks are those of lolbin.def. */
static bool
occurs(struct view v, struct view text)
{
	bool is_switch, left = false, right = false;
	const uint8_t *p;

	if (text.len > 0 && text.p[0] == '*') {
		left = true;
		text = view_from(text, 1);
	}
	if (text.len > 0 && text.p[text.len - 1] == '*') {
		right = true;
		text.len--;
	}
	if ((is_switch = !left && text.len > 1 && text.p[0] == '-'))
		text = view_from(text, 1);
	if (text.len == 0)
		return false;
	for (size_t at = 0; at < v.len; at++) {
		size_t end;

		if ((p = memchr(v.p + at, text.p[0], v.len - at)) == NULL)
			return false;
		at = (size_t)(p - v.p);
		end = at + text.len;
		if (!text_at(v, at, text))
			continue;
		if (!right && end < v.len && in_word(v.p[end]) && in_word(v.p[end - 1]))
			continue;
		if (is_switch && (at == 0 || (v.p[at - 1] != '-' && v.p[at - 1] != '/') ||
		    !opens_switch(v, at - 1)))
			continue;
		if (!is_switch && !left && at > 0 && in_word(v.p[at - 1]) && in_word(v.p[at]))
			continue;
		return true;
	}
	return false;
}

/* ---- Words ---- */

static bool
is_path(struct view v)
{
	return v.len > 2 && ((isalpha(v.p[0]) && v.p[1] == ':' && (v.p[2] == '\\' || v.p[2] == '/')) ||
	    (v.p[0] == '\\' && v.p[1] == '\\'));
}

/* Is there a colon behind the name, with a stream's name behind it? */
static bool
has_stream(struct view path)
{
	const uint8_t *colon;
	struct view file, stream, ext;

	if (is_path(path) && path.p[1] == ':')
		path = view_from(path, 2);
	if (path.p == NULL || (colon = memrchr(path.p, ':', path.len)) == NULL)
		return false;
	file = view_upto(path, 0, (size_t)(colon - path.p));
	stream = view_from(path, file.len + 1);
	if (file.len == 0 || stream.len == 0 || !in_word(file.p[file.len - 1]) || !isalpha(stream.p[0]) ||
	    memchr(stream.p, '\\', stream.len) != NULL || memchr(stream.p, '/', stream.len) != NULL)
		return false;
	ext = path_extension(file);
	return memchr(file.p, '\\', file.len) != NULL ||
	    listed(DATA "|" EXECUTABLES "|" LIBRARIES "|" SCRIPTS, ext);
}

static bool
is_root(struct view path)
{
	while (path.len > 2 && strchr("\\/*.?", path.p[path.len - 1]) != NULL)
		path.len--;
	return path.len >= 2 && isalpha(path.p[0]) && path.p[1] == ':' && (path.len == 2 ||
	    listed(":\\windows|:\\windows\\system32|:\\users|:\\programdata", view_from(path, 1)));
}

static unsigned int
place_kinds(struct view path)
{
	switch (path_place(path)) {
	case PLACE_NAME:
	case PLACE_SYSTEM:
	case PLACE_PROGRAMS:
		break;
	case PLACE_RELATIVE:
	case PLACE_OTHER:
		return KIND_OUTSIDE;
	case PLACE_PROFILE:
		return KIND_OUTSIDE | KIND_WRITABLE;
	case PLACE_TEMP:
		return KIND_OUTSIDE | KIND_WRITABLE | KIND_TEMP;
	case PLACE_SHARE:
		return KIND_OUTSIDE | KIND_SHARE;
	case PLACE_ADMIN_SHARE:
		return KIND_OUTSIDE | KIND_SHARE | KIND_ADMINSHARE;
	case PLACE_WEB:
		return KIND_OUTSIDE | KIND_WEB;
	}
	return 0;
}

/* Does it end in ":80"? */
static bool
is_port(struct view v)
{
	size_t n = v.len;

	while (n > 0 && isdigit(v.p[n - 1]))
		n--;
	return n > 1 && n < v.len && v.p[n - 1] == ':';
}

static unsigned int
word_kinds(struct view w)
{
	struct view ext;
	unsigned int k = 0;
	size_t digits = 0;

	while (digits < w.len && isdigit(w.p[digits]))
		digits++;
	if (digits == w.len)
		return KIND_NUMBER;
	if (digits > 0 && w.p[digits] == ':' && is_port(view_from(w, digits + 1)))
		return KIND_FORWARD;
	if (begins(w, "file://"))
		for (w = view_from(w, 7); w.len > 0 && w.p[0] == '/';)
			w = view_from(w, 1);
	if (holds(w, "http://") || holds(w, "https://") || holds(w, "ftp://"))
		return KIND_WEB | KIND_OUTSIDE;
	if (has_stream(w))
		k |= KIND_ADS;
	if (is_root(w))
		k |= KIND_ROOT;
	ext = path_extension(w);
	k |= listed(SCRIPTS, ext) ? KIND_SCRIPT : listed(LIBRARIES, ext) ? KIND_DLL :
	    listed(EXECUTABLES, ext) ? KIND_EXE : listed(DATA, ext) ? KIND_DATA : 0;
	return k | place_kinds(w);
}

static void
add_shape(struct line *l, unsigned int shape)
{
	l->nwords++;
	for (size_t i = 0; i < l->nshapes; i++)
		if (l->shape[i] == shape)
			return;
	if (l->nshapes < MAX_SHAPES)
		l->shape[l->nshapes++] = shape;
}

static void
read_word(struct line *l, struct view w)
{
	unsigned int k;
	const uint8_t *colon;

	if (w.len == 0)
		return;
	if (w.p[0] == '-' || (w.p[0] == '/' && memchr(w.p, '\\', w.len) != w.p + 1)) {
		l->nwords++;
		if ((colon = memchr(w.p, ':', w.len)) != NULL && (size_t)(colon - w.p) + 1 < w.len)
			add_shape(l, word_kinds(view_from(w, (size_t)(colon - w.p) + 1)));
		return;
	}
	k = word_kinds(w);
	if (!l->had_first)
		k |= KIND_FIRST;
	l->had_first = true;
	add_shape(l, k);
}

/* Plain form has "<user>" in paths: these two divide nothing. */
static bool
divides(struct view v, size_t at)
{
	uint8_t c = v.p[at];

	if (c == '\0' || strchr(" \"',;=|()<>{}", c) == NULL)
		return false;
	return !(c == '<' && begins(view_from(v, at), "<user>")) &&
	    !(c == '>' && at >= 5 && begins(view_from(v, at - 5), "<user>"));
}

/* Divide arguments into words.  Quotes keep the blanks of a path together; in
 * other texts the words of a command inside are as telling as its own. */
static void
read_words(struct line *l)
{
	struct view v = l->arguments;
	size_t at = 0, from;

	while (at < v.len) {
		uint8_t c = v.p[at];

		if (!divides(v, at)) {
			from = at;
			while (at < v.len && !divides(v, at))
				at++;
			read_word(l, view_upto(v, from, at - from));
			continue;
		}
		at++;
		if ((c == '"' || c == '\'') && is_path(view_from(v, at))) {
			const uint8_t *end = memchr(v.p + at, c, v.len - at);
			size_t len = end != NULL ? (size_t)(end - v.p) - at : v.len - at;

			read_word(l, view_upto(v, at, len));
			at += len + 1;
		}
	}
}

/* ---- Terms ---- */

static unsigned int
kind_of(struct view name)
{
	for (size_t i = 0; i < nitems(kinds); i++)
		if (name.len == strlen(kinds[i].name) && begins(name, kinds[i].name))
			return kinds[i].bit;
	return 0;
}

/* "temp+script": is there one word that is all that? */
static bool
has_shape(const struct line *l, struct view names)
{
	struct view part;
	unsigned int want = 0, bit;

	if (begins(names, "any"))
		return l->nwords > 0;
	if (begins(names, "none"))
		return l->nwords == 0;
	if (begins(names, "one"))
		return l->nwords == 1;
	while (next_part(&names, '+', &part)) {
		if ((bit = kind_of(part)) == 0)
			return false;
		want |= bit;
	}
	for (size_t i = 0; i < l->nshapes; i++)
		if ((l->shape[i] & want) == want)
			return true;
	return false;
}

static bool
term_holds(const struct line *l, struct view term)
{
	bool wanted = true;
	struct view text;

	if (term.p[0] == '!') {
		wanted = false;
		term = view_from(term, 1);
	}
	while (next_part(&term, '|', &text))
		if (begins(text, "@") ? has_shape(l, view_from(text, 1)) : occurs(l->arguments, text))
			return wanted;
	return !wanted;
}

static bool
row_holds(const struct line *l, const struct row *r)
{
	struct view terms = view_str(r->terms), term;

	while (next_part(&terms, ' ', &term))
		if (!term_holds(l, term))
			return false;
	return true;
}

/* ---- The program itself ---- */

static bool
is_vendors(struct view path)
{
	for (size_t i = 0; i < nitems(vendors); i++)
		if (holds(path, vendors[i]))
			return true;
	return false;
}

/* Programs that Windows keeps in one place. */
static bool
is_misplaced(const struct line *l, enum place place)
{
	if (place == PLACE_NAME || place == PLACE_RELATIVE)
		return false;
	if (place != PLACE_SYSTEM)
		return listed(system_names, l->name) || listed(windows_names, l->name);
	return listed(system_names, l->name) && !holds(l->path, "\\system32\\") &&
	    !holds(l->path, "\\syswow64\\") && !holds(l->path, "\\sysnative\\") &&
	    !holds(l->path, "\\winsxs\\");
}

/* "report.pdf.exe" */
static bool
has_two_extensions(struct view path)
{
	struct view base = path_base(path), ext = path_extension(path);

	if (!listed(EXECUTABLES "|" SCRIPTS "|lnk", ext) || base.len <= ext.len + 1)
		return false;
	base.len -= ext.len + 1;
	while (base.len > 0 && base.p[base.len - 1] == ' ')
		base.len--;
	return listed(DECOYS, path_extension(base));
}

static void
judge_place(struct findings *f, const struct line *l)
{
	enum place place = path_place(l->path);
	struct view ext = path_extension(l->path);
	bool script = listed(SCRIPTS, ext);

	if ((place == PLACE_TEMP || place == PLACE_PROFILE) && !is_vendors(l->path))
		found(f, script ? R_SCRIPT_WRITABLE : R_PROGRAM_WRITABLE, l->path);
	if (place == PLACE_ADMIN_SHARE)
		found(f, R_REMOTE_PAYLOAD, l->path);
	if (place == PLACE_SHARE)
		found(f, R_REMOTE_PATH, l->path);
	if (has_stream(l->path))
		found(f, R_ALTERNATE_STREAM, l->path);
	if (is_misplaced(l, place) || has_two_extensions(l->path) ||
	    (place != PLACE_NAME && listed("tmp|dat|bin|log", ext)))
		found(f, R_MASQUERADED_PROGRAM, l->path);
}

void
lolbin_judge(struct findings *f, struct view program, struct view arguments)
{
	struct line l = { .arguments = arguments };
	uint32_t initial;

	while (program.len > 0 && strchr(" \"'", program.p[0]) != NULL)
		program = view_from(program, 1);
	while (program.len > 0 && strchr(" \"'", program.p[program.len - 1]) != NULL)
		program.len--;
	if (program.len == 0)
		return;
	call_once(&initials_made, make_initials);
	l.path = program;
	l.name = path_program(program);
	initial = initial_of(l.name.len > 0 ? l.name.p[0] : '\0');
	read_words(&l);
	judge_place(f, &l);
	for (size_t i = 0; i < nitems(rows); i++)
		if ((initials[i] & initial) != 0 && !f->has[rows[i].rule] &&
		    listed(rows[i].programs, l.name) && row_holds(&l, &rows[i]))
			found(f, rows[i].rule, l.name);
}
