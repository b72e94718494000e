/* words.c -- a program's command line as words, by the rules of CommandLineToArgvW(). */
#include "script/words.h"

#include <strings.h>

#include "base/limits.h"

static bool
blank(struct view v, size_t at)
{
	return v.p[at] == ' ' || v.p[at] == '\t';
}

static void
put(char *s, size_t *n, char c)
{
	if (s != NULL)
		s[*n] = c;
	++*n;
}

/*
 * Reads the program's name at *at into s (NULL: only counts).  Backslashes
 * escape nothing in it.  A switch may follow without a blank behind the closing
 * quote, as cmd.exe allows: "cmd"/c.  Returns the length of the name.
 */
static size_t
first_word(struct view v, size_t *at, char *s)
{
	bool quoted = *at < v.len && v.p[*at] == '"', inside = false;
	size_t n = 0;

	for (; *at < v.len && (inside || !blank(v, *at)); ++*at) {
		if (v.p[*at] == '"')
			inside = !inside;
		else if (quoted && !inside && v.p[*at] == '/')
			break;
		else
			put(s, &n, (char)v.p[*at]);
	}
	return n;
}

/*
 * Reads an argument at *at into s (NULL: only counts).  Backslashes escape only
 * where a quote follows them.  Of three quotes in a row, the opening one
 * included, one is part of the word.  Returns the length of the word.
 */
static size_t
next_word(struct view v, size_t *at, char *s)
{
	unsigned int quotes = 0;
	size_t n = 0, slashes;

	while (*at < v.len && (quotes > 0 || !blank(v, *at))) {
		for (slashes = 0; *at < v.len && v.p[*at] == '\\'; ++*at)
			slashes++;
		if (*at == v.len || v.p[*at] != '"') {
			for (; slashes > 0; slashes--)
				put(s, &n, '\\');
			if (*at < v.len && (quotes > 0 || !blank(v, *at)))
				put(s, &n, (char)v.p[(*at)++]);
			continue;
		}
		for (size_t i = 0; i < slashes / 2; i++)
			put(s, &n, '\\');
		if (slashes % 2 == 1) {
			put(s, &n, '"');
			++*at;
			continue;
		}
		for (; *at < v.len && v.p[*at] == '"'; ++*at)
			if (++quotes == 3) {
				put(s, &n, '"');
				quotes = 0;
			}
		if (quotes == 2)
			quotes = 0;
	}
	return n;
}

/*
 * Splits v into w[] and s, or only counts where both are NULL.  *chars becomes
 * the size of s.  Returns the number of words.
 */
static size_t
split(struct view v, struct word *w, char *s, size_t *chars)
{
	size_t at = 0, n = 0, len;

	for (*chars = 0;; n++) {
		while (at < v.len && blank(v, at))
			at++;
		if (at == v.len)
			return n;
		if (w != NULL)
			w[n] = (struct word){ .s = s + *chars, .at = at, .fixed = true };
		len = (n == 0 ? first_word : next_word)(v, &at, s != NULL ? s + *chars : NULL);
		*chars += len;
		put(s, chars, '\0');
	}
}

struct words *
words_split(struct budget *b, struct view text)
{
	const uint8_t *nul;
	struct words *words;
	struct word *w;
	size_t n, chars;

	text = view_upto(text, 0, MAX_COMMAND_LINE);
	if (text.len > 0 && (nul = view_chr(text, 0)) != NULL)
		text = view_at(text, 0, (size_t)(nul - text.p));
	n = split(text, NULL, NULL, &chars);
	if ((words = budget_alloc(b, sizeof(*words) + n * sizeof(*w) + chars)) == NULL)
		return NULL;
	w = (struct word *)(words + 1);
	split(text, w, (char *)(w + n), &chars);
	*words = (struct words){ .n = n, .w = w, .text = text };
	return words;
}

void
words_free(struct words *w)
{
	budget_free(w);
}

/* ---- Single words ---- */

bool
word_is_switch(const char *s)
{
	return s[0] == '/' || s[0] == '-';
}

bool
word_names(const char *s, const char *name, const char **value)
{
	size_t n = strlen(name);

	*value = NULL;
	if (!word_is_switch(s) || strncasecmp(s + 1, name, n) != 0)
		return false;
	if (s[n + 1] == ':')
		*value = s + n + 2;
	return s[n + 1] == ':' || s[n + 1] == '\0';
}

bool
word_is_number(const char *s)
{
	return s[0] != '\0' && s[strspn(s, "0123456789")] == '\0';
}

bool
words_join(const struct words *w, size_t first, struct buf *out)
{
	for (size_t i = first; i < w->n; i++)
		if ((i > first && !buf_add(out, view_str(" "))) ||
		    !buf_add(out, view_str(w->w[i].s)))
			return false;
	return true;
}
