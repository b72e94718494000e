#include "detect/word-kind.h"

#include <ctype.h>

#include "detect/path.h"

#define LIBRARIES "dll|cpl|ocx|drv|ax|xll|wll|node"
#define DATA	"txt|log|dat|tmp|bin|ini|jpg|jpeg|png|gif|bmp|ico|pdf|doc|docx|rtf|csv|bak|cfg|mp3|db"

unsigned int
word_kind(struct view name)
{
	static const struct {
		const char	*name;
		unsigned int	 kind;
	} kinds[] = {
		{ "first", WORD_FIRST }, { "web", WORD_WEB }, { "share", WORD_SHARE },
		{ "adminshare", WORD_ADMIN_SHARE }, { "temp", WORD_TEMP },
		{ "writable", WORD_WRITABLE }, { "outside", WORD_OUTSIDE }, { "root", WORD_ROOT },
		{ "script", WORD_SCRIPT }, { "dll", WORD_DLL }, { "exe", WORD_EXE },
		{ "data", WORD_DATA }, { "number", WORD_NUMBER }, { "ads", WORD_ADS },
		{ "forward", WORD_FORWARD },
		{ "any", WORDS_ANY }, { "none", WORDS_NONE }, { "one", WORDS_ONE },
	};

	for (size_t i = 0; i < nitems(kinds); i++)
		if (name_listed(kinds[i].name, name))
			return kinds[i].kind;
	return 0;
}

/* ---- One word ---- */

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
is_path(struct view v)
{
	return v.len > 2 && ((isalpha(v.p[0]) && v.p[1] == ':' && (v.p[2] == '\\' || v.p[2] == '/')) ||
	    (v.p[0] == '\\' && v.p[1] == '\\'));
}

static bool
in_name(uint8_t c)
{
	return isalnum(c) || c == '_' || c >= 0x80;
}

/* A stream's name follows a file's name behind a colon. */
bool
path_has_stream(struct view path)
{
	const uint8_t *colon;
	struct view file, stream;

	if (path.len > 1 && is_path(path) && path.p[1] == ':')
		path = view_from(path, 2);
	if (path.p == NULL || (colon = memrchr(path.p, ':', path.len)) == NULL)
		return false;
	file = view_upto(path, 0, (size_t)(colon - path.p));
	stream = view_from(path, file.len + 1);
	if (file.len == 0 || stream.len == 0 || !in_name(file.p[file.len - 1]) || !isalpha(stream.p[0]) ||
	    view_chr(stream, '\\') != NULL || view_chr(stream, '/') != NULL)
		return false;
	return view_chr(file, '\\') != NULL ||
	    name_listed(DATA "|" PROGRAM_EXTENSIONS "|" LIBRARIES "|" SCRIPT_EXTENSIONS,
	    path_extension(file));
}

static bool
is_root(struct view path)
{
	while (path.len > 2 && strchr("\\/*.?", path.p[path.len - 1]) != NULL)
		path.len--;
	return path.len >= 2 && isalpha(path.p[0]) && path.p[1] == ':' && (path.len == 2 ||
	    name_listed(":\\windows|:\\windows\\system32|:\\users|:\\programdata", view_from(path, 1)));
}

static unsigned int
of_place(struct view path)
{
	static const unsigned int kinds[] = {
		[PLACE_NAME] = 0, [PLACE_SYSTEM] = 0, [PLACE_PROGRAMS] = 0,
		[PLACE_RELATIVE] = WORD_OUTSIDE,
		[PLACE_OTHER] = WORD_OUTSIDE,
		[PLACE_PROFILE] = WORD_OUTSIDE | WORD_WRITABLE,
		[PLACE_TEMP] = WORD_OUTSIDE | WORD_WRITABLE | WORD_TEMP,
		[PLACE_SHARE] = WORD_OUTSIDE | WORD_SHARE,
		[PLACE_ADMIN_SHARE] = WORD_OUTSIDE | WORD_SHARE | WORD_ADMIN_SHARE,
		[PLACE_WEB] = WORD_OUTSIDE | WORD_WEB,
	};

	return kinds[path_place(path)];
}

static unsigned int
of_extension(struct view extension)
{
	return name_listed(SCRIPT_EXTENSIONS, extension) ? WORD_SCRIPT :
	    name_listed(LIBRARIES, extension) ? WORD_DLL :
	    name_listed(PROGRAM_EXTENSIONS, extension) ? WORD_EXE :
	    name_listed(DATA, extension) ? WORD_DATA : 0;
}

static size_t
leading_digits(struct view v)
{
	size_t n = 0;

	while (n < v.len && isdigit(v.p[n]))
		n++;
	return n;
}

/* Does it end in ":80"? */
static bool
ends_in_port(struct view v)
{
	size_t n = v.len;

	while (n > 0 && isdigit(v.p[n - 1]))
		n--;
	return n > 1 && n < v.len && v.p[n - 1] == ':';
}

static unsigned int
kinds_of(struct view word)
{
	size_t digits = leading_digits(word);

	if (digits == word.len)
		return WORD_NUMBER;
	if (digits > 0 && word.p[digits] == ':' && ends_in_port(view_from(word, digits + 1)))
		return WORD_FORWARD;
	if (begins(word, "file://"))
		for (word = view_from(word, 7); word.len > 0 && word.p[0] == '/';)
			word = view_from(word, 1);
	if (holds(word, "http://") || holds(word, "https://") || holds(word, "ftp://"))
		return WORD_WEB | WORD_OUTSIDE;
	return (path_has_stream(word) ? WORD_ADS : 0) | (is_root(word) ? WORD_ROOT : 0) |
	    of_extension(path_extension(word)) | of_place(word);
}

/* ---- All words ---- */

struct reading {
	struct word_kinds *to;
	size_t		 words;
	bool		 had_first;
};

static void
add_set(struct word_kinds *k, unsigned int set)
{
	for (size_t i = 0; i < k->n; i++)
		if (k->set[i] == set)
			return;
	if (k->n < MAX_WORD_SETS - 1)
		k->set[k->n++] = set;
}

static void
read_word(struct reading *r, struct view word)
{
	unsigned int first = 0;

	if (word.len == 0)
		return;
	r->words++;
	if (word.p[0] == '-' || (word.p[0] == '/' && view_chr(word, '\\') != word.p + 1)) {
		/* A switch: what follows its colon is a word of its own. */
		const uint8_t *colon = view_chr(word, ':');

		word = colon != NULL ? view_from(word, (size_t)(colon - word.p) + 1) : view_from(word, word.len);
		if (word.len == 0)
			return;
		r->words++;
	} else if (!r->had_first) {
		r->had_first = true;
		first = WORD_FIRST;
	}
	add_set(r->to, kinds_of(word) | first);
}

/* Plain form has "<user>" in paths: its two brackets divide nothing. */
static bool
divides(struct view v, size_t at)
{
	uint8_t c = v.p[at];

	if (c == '\0' || strchr(" \"',;=|()<>{}", c) == NULL)
		return false;
	return !(c == '<' && begins(view_from(v, at), "<user>")) &&
	    !(c == '>' && at >= 5 && begins(view_from(v, at - 5), "<user>"));
}

/* Quotes keep the blanks of a path together; in other texts the words of a
 * command inside are as telling as those outside. */
static void
read_words(struct reading *r, struct view v)
{
	size_t at = 0, from;

	while (at < v.len) {
		uint8_t c = v.p[at];

		if (!divides(v, at)) {
			from = at;
			while (at < v.len && !divides(v, at))
				at++;
			read_word(r, view_upto(v, from, at - from));
			continue;
		}
		at++;
		if ((c == '"' || c == '\'') && is_path(view_from(v, at))) {
			const uint8_t *end = memchr(v.p + at, c, v.len - at);
			size_t len = end != NULL ? (size_t)(end - v.p) - at : v.len - at;

			read_word(r, view_upto(v, at, len));
			at += len + 1;
		}
	}
}

void
word_kinds_read(struct word_kinds *k, struct view arguments)
{
	struct reading r = { .to = k };

	k->n = 0;
	read_words(&r, arguments);
	k->set[k->n++] = r.words == 0 ? WORDS_NONE : r.words == 1 ? WORDS_ANY | WORDS_ONE : WORDS_ANY;
}

bool
word_kinds_have(const struct word_kinds *k, unsigned int wanted)
{
	for (size_t i = 0; i < k->n; i++)
		if ((k->set[i] & wanted) == wanted)
			return true;
	return false;
}
