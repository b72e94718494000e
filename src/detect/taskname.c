/*
 * A word of a name is encoded in two ways: by the model of names (trigrams of
 * letters, digits and ends of words; a change of case ends a word too), and as
 * characters that are drawn at random from an alphabet.  The word is random when
 * the second needs clearly fewer bits, and a name is when at least half of it is.
 */
#include "detect/taskname.h"

#include "detect/taskname-model.h"
#include "base/hex.h"
#include "base/text.h"

#define MIN_WORD	6	/* shorter ones may be any abbreviation */
#define MIN_NUMBER	4	/* digits of a number that is left out */
#define MAX_NAME	512	/* bytes looked at */

/*
 * How many thirds of a bit more the model must need for a word to be random, by
 * the length of the word from MIN_WORD on; the last is for all longer ones.  One
 * in 250 names that were held out of training needs more.
 */
static const int margins[2][6] = {
	{ 29, 28, 28, 29, 30, 32 },
	{ 28, 26, 21, 22, 22, 22 },
};

/* Thirds of a bit for one of n: 3 * log2(n). */
#define COST_10	10
#define COST_16	12
#define COST_26	14
#define COST_36	16	/* 15.5 */
#define COST_52	17
#define COST_62	18

static bool
is_lower(uint8_t c)
{
	return c >= 'a' && c <= 'z';
}

static bool
is_upper(uint8_t c)
{
	return c >= 'A' && c <= 'Z';
}

static bool
is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

/* Letters beyond ASCII are part of a word, which is then not judged. */
static bool
is_part(uint8_t c)
{
	return is_lower(c) || is_upper(c) || is_digit(c) || c >= 0x80;
}

static size_t
symbol(uint8_t c)
{
	if (is_digit(c))
		return SYMBOL_DIGIT;
	return SYMBOL_A + (size_t)(is_upper(c) ? c - 'A' : c - 'a');
}

/* Returns whether a word begins at i, inside a CamelCase name. */
static bool
splits(struct view w, size_t i)
{
	return is_upper(w.p[i]) && (!is_upper(w.p[i - 1]) || (i + 1 < w.len && is_lower(w.p[i + 1])));
}

static enum shape
shape(struct view w, size_t at)
{
	if (!is_upper(w.p[at]))
		return SHAPE_LOWER;
	return at + 1 < w.len && is_upper(w.p[at + 1]) ? SHAPE_UPPER : SHAPE_TITLE;
}

/* The cost of a word by the model, in thirds of a bit. */
static int
cost_as_name(struct view w)
{
	size_t a = SYMBOL_END, b = SYMBOL_END;
	int cost = 0;

	for (size_t i = 0; i <= w.len; i++) {
		size_t c = i < w.len ? symbol(w.p[i]) : SYMBOL_END;

		if (i > 0 && i < w.len && splits(w, i)) {
			cost += taskname_cost[(a * SYMBOLS + b) * SYMBOLS + SYMBOL_END] - COST_NONE;
			a = b;
			b = SYMBOL_END;
		}
		if (i < w.len && b == SYMBOL_END)
			cost += taskname_shape_cost[i == 0][shape(w, i)];
		cost += taskname_cost[(a * SYMBOLS + b) * SYMBOLS + c] - COST_NONE;
		if (c == SYMBOL_DIGIT)
			cost += COST_10;
		a = b;
		b = c;
	}
	return cost;
}

/* The cost of a word as random characters of the smallest alphabet that has them. */
static int
cost_as_random(struct view w)
{
	size_t lower = 0, upper = 0, digits = 0, hex = 0;
	int each;

	for (size_t i = 0; i < w.len; i++) {
		lower += is_lower(w.p[i]);
		upper += is_upper(w.p[i]);
		digits += is_digit(w.p[i]);
		hex += hex_digit(w.p[i]) >= 0;
	}
	if (hex == w.len && digits > 1 && (lower == 0 || upper == 0))
		each = COST_16;
	else if (digits > 0)
		each = lower > 0 && upper > 0 ? COST_62 : COST_36;
	else
		each = lower > 0 && upper > 0 ? COST_52 : COST_26;
	return each * (int)w.len;
}

static bool
word_random(struct view w)
{
	size_t n, letters = 0;
	bool camel = false;

	if (w.len < MIN_WORD)
		return false;
	for (size_t i = 0; i < w.len; i++) {
		if (w.p[i] >= 0x80)
			return false;
		letters += !is_digit(w.p[i]);
		camel |= i > 0 && splits(w, i);
	}
	if (letters == 0)
		return false;
	n = w.len - MIN_WORD;
	if (n >= nitems(margins[camel]))
		n = nitems(margins[camel]) - 1;
	return cost_as_name(w) - cost_as_random(w) > margins[camel][n];
}

/* Returns the length of the GUID, without braces, that v begins with, or 0. */
static size_t
guid_length(struct view v)
{
	static const char form[] = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";

	if (v.len < sizeof(form) - 1)
		return 0;
	for (size_t i = 0; i < sizeof(form) - 1; i++)
		if (form[i] == 'x' ? hex_digit(v.p[i]) < 0 : v.p[i] != '-')
			return 0;
	return sizeof(form) - 1;
}

/* The same for a host's name as Windows' setup generates it. */
static size_t
host_length(struct view v)
{
	static const struct { const char *prefix; size_t drawn; } hosts[] = {
		{ "DESKTOP-", 7 }, { "LAPTOP-", 8 }, { "WIN-", 11 },
	};

	for (size_t i = 0; i < nitems(hosts); i++) {
		size_t n = strlen(hosts[i].prefix), end = n + hosts[i].drawn;

		if (v.len < end || !text_begins(v, hosts[i].prefix))
			continue;
		while (n < end && (is_upper(v.p[n]) || is_digit(v.p[n])))
			n++;
		if (n == end && (n == v.len || !is_part(v.p[n])))
			return n;
	}
	return 0;
}

/*
 * Removes the time that Google's updaters append to a name that exists: a
 * FILETIME in hex, which has begun with 1c or 1d since 1999.
 */
static struct view
without_time(struct view w)
{
	const size_t digits = 15;
	size_t at = w.len - digits;

	if (w.len <= digits || w.p[at] != '1' || (w.p[at + 1] != 'c' && w.p[at + 1] != 'd'))
		return w;
	for (size_t i = at; i < w.len; i++)
		if (hex_digit(w.p[i]) < 0)
			return w;
	return view_upto(w, 0, at);
}

/* Removes a number behind or before the letters: a date, an update's number, a
 * time in seconds.  Hexadecimal numbers cannot be told from words. */
static struct view
without_number(struct view w)
{
	size_t from = 0, to = w.len;
	bool hex = true;

	while (from < to && is_digit(w.p[from]))
		from++;
	while (to > from && is_digit(w.p[to - 1]))
		to--;
	for (size_t i = from; i < to; i++) {
		if (is_digit(w.p[i]))
			return w;
		hex &= hex_digit(w.p[i]) >= 0;
	}
	if (hex)
		return w;
	if (from < MIN_NUMBER)
		from = 0;
	if (w.len - to < MIN_NUMBER)
		to = w.len;
	return view_upto(w, from, to - from);
}

static struct view
last_element(struct view path)
{
	size_t at = path.len;

	while (at > 0 && path.p[at - 1] != '\\')
		at--;
	return view_upto(path, at, MAX_NAME);
}

bool
taskname_random(struct view name)
{
	struct view v = last_element(name);
	size_t n, all = 0, drawn = 0;

	for (; v.len > 0; v = view_from(v, n)) {
		struct view w;

		if (!is_part(v.p[0])) {
			n = 1;
			continue;
		}
		if ((n = guid_length(v)) > 0 || (n = host_length(v)) > 0)
			continue;
		while (n < v.len && is_part(v.p[n]))
			n++;
		w = without_number(without_time(view_upto(v, 0, n)));
		all += w.len;
		if (word_random(w))
			drawn += w.len;
	}
	return drawn > 0 && 2 * drawn >= all;
}
