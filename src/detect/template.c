#include "detect/template.h"

#include <ctype.h>

#include "base/text.h"
#include "detect/normalise.h"

#define MIN_HEX		8	/* digits of a number in hex without 0x */
#define MIN_BASE64	40	/* letters; shorter ones may be names */
#define MIN_RANDOM	8	/* letters and digits of a name that may be random */
#define MAX_NUMBER	64	/* bytes looked at to recognise a number … */
#define MAX_LOOK	128	/* … and base64, for each word */
#define MIN_TAIL	4	/* digits behind letters that are a number: backup20261124 */

static uint8_t
at(struct view v, size_t n)
{
	return n < v.len ? v.p[n] : '\0';
}

/* Returns the length of the pattern if v begins with it, or 0: "h" is a hex digit,
 * all else stands for itself. */
static size_t
shaped(struct view v, const char *pattern)
{
	size_t n = strlen(pattern);

	for (size_t i = 0; i < n; i++)
		if (pattern[i] == 'h' ? !isxdigit(at(v, i)) : at(v, i) != (uint8_t)pattern[i])
			return 0;
	return n;
}

/* Numbers, and what is written with them: dates, times, versions, addresses.  They
 * have two digits or more in all. */
static size_t
number(struct view v)
{
	size_t n = 0, digits = 0;

	while (isdigit(at(v, n)) && n < MAX_NUMBER) {
		for (; isdigit(at(v, n)) && n < MAX_NUMBER; n++)
			digits++;
		if (at(v, n) != '\0' && strchr("-./:_t", at(v, n)) != NULL && isdigit(at(v, n + 1)))
			n++;
	}
	if (n >= MAX_NUMBER)
		return n;
	if (at(v, n) == 'z' && digits > 8)
		n++;
	return digits > 1 && !isalpha(at(v, n)) ? n : 0;
}

static size_t
sid(struct view v)
{
	size_t n = 4;

	if (shaped(v, "s-1-") == 0 || !isdigit(at(v, 4)))
		return 0;
	while (isdigit(at(v, n)) || (at(v, n) == '-' && isdigit(at(v, n + 1))))
		n++;
	return n;
}

static size_t
hex(struct view v)
{
	size_t from = shaped(v, "0x"), n = from, digits = 0;

	for (; isxdigit(at(v, n)); n++)
		digits += isdigit(v.p[n]) != 0;
	if (isalnum(at(v, n)) || n == from || (from == 0 && (n < MIN_HEX || digits == 0)))
		return 0;
	return n;
}

static bool
base64_digit(uint8_t c)
{
	return isalnum(c) || c == '+' || c == '/';
}

static size_t
base64(struct view v)
{
	size_t n = 0, digits = 0, slashes = 0;

	for (; n < MAX_LOOK && base64_digit(at(v, n)); n++) {
		digits += isdigit(v.p[n]) != 0;
		slashes += v.p[n] == '/';
	}
	/* A path has a separator every few letters, and few digits. */
	if (n < MIN_BASE64 || digits * 40 < n || slashes * 12 > n)
		return 0;
	while (base64_digit(at(v, n)) || at(v, n) == '=')
		n++;
	return n;
}

/* Random names: letters and digits in turns, or hardly a vowel. */
static size_t
random_name(struct view v)
{
	size_t n = 0, turns = 0, digits = 0, vowels = 0;

	for (; isalnum(at(v, n)); n++) {
		digits += isdigit(v.p[n]) != 0;
		vowels += strchr("aeiouy", v.p[n]) != NULL;
		turns += n > 0 && !isdigit(v.p[n]) != !isdigit(v.p[n - 1]);
	}
	if (n < MIN_RANDOM || at(v, n) == '~')
		return 0;
	return turns > 2 || (digits == 0 && vowels * 8 < n) ? n : 0;
}

/* The user's name behind "\users\", except for the folders of all users. */
static size_t
user(struct view v)
{
	static const char *const shared[] = {
		"public", "default", "all users", "default user", "<user>",
	};
	size_t n = 0;

	while (n < v.len && n < 64 && strchr("\\/\"'<>|&:", v.p[n]) == NULL)
		n++;
	for (size_t i = 0; i < nitems(shared); i++)
		if (text_is(view_upto(v, 0, n), shared[i]))
			return 0;
	return at(v, n) == '\\' ? n : 0;
}

/* A temporary file's name: what follows "\temp\", if it is no folder. */
static size_t
temporary(struct view v)
{
	size_t n = 0, stem;

	while (isalnum(at(v, n)) || at(v, n) == '_' || at(v, n) == '~' || at(v, n) == '-')
		n++;
	stem = n;
	if (stem == 0 || (at(v, n) != '.' && at(v, n) != ' ' && at(v, n) != '\0'))
		return 0;
	return at(v, n) != '.' || text_begins(view_from(v, n), ".tmp") ? stem : 0;
}

static bool
behind(struct view v, size_t n, const char *s)
{
	return text_ends(view_upto(v, 0, n), s);
}

/* Returns the length of a varying part at n of v, where a word begins, or 0.  *as
 * becomes what replaces it. */
static size_t
varying(struct view v, size_t n, const char **as)
{
	static const struct {
		size_t		(*find)(struct view);
		const char	*as;
	} kinds[] = {
		{ sid, "<sid>" }, { number, "<n>" }, { hex, "<hex>" }, { base64, "<base64>" },
		{ random_name, "<name>" },
	};
	struct view rest = view_from(v, n);
	size_t len;

	*as = "<guid>";
	if ((len = shaped(rest, "hhhhhhhh-hhhh-hhhh-hhhh-hhhhhhhhhhhh")) != 0)
		return len;
	*as = "<user>";
	if ((behind(v, n, "\\users\\") || behind(v, n, "\\documents and settings\\")) &&
	    (len = user(rest)) != 0)
		return len;
	*as = "<name>";
	if ((behind(v, n, "\\temp\\") || behind(v, n, "\\tmp\\")) && (len = temporary(rest)) != 0)
		return len;
	for (size_t i = 0; i < nitems(kinds); i++)
		if ((len = kinds[i].find(rest)) != 0) {
			*as = kinds[i].as;
			return len;
		}
	return 0;
}

/* Returns the length of a word without the digits at its end, whose number is *tail. */
static size_t
word(struct view v, size_t *tail)
{
	size_t n = 0;

	for (*tail = 0; isalnum(at(v, n)); n++)
		*tail = isdigit(v.p[n]) ? *tail + 1 : 0;
	if (*tail < MIN_TAIL)
		*tail = 0;
	return n - *tail;
}

bool
command_template(struct view text, struct buf *out)
{
	struct buf plain;
	struct view v;
	const char *as;
	bool all;

	buf_init(&plain, out->b, text.len + out->max);
	all = normalise_text(text, &plain);
	v = buf_view(&plain);
	for (size_t i = 0, n, tail; all && i < v.len; ) {
		if ((n = varying(v, i, &as)) != 0) {
			all = buf_add(out, view_str(as));
			i += n;
			continue;
		}
		n = word(view_from(v, i), &tail);
		n = n + tail > 0 ? n : 1;
		all = buf_add(out, view_upto(v, i, n)) &&
		    (tail == 0 || buf_add(out, view_str("<n>")));
		i += n + tail;
	}
	buf_free(&plain);
	return all;
}
