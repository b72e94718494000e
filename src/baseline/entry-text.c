#include "baseline/entry.h"

#include <inttypes.h>
#include <string.h>

#include "base/hex.h"
#include "base/utf16.h"

#define FIELDS	7

static const char *const kinds[TUPLES] = {
	[TUPLE_COMMAND] = "command",
	[TUPLE_TASK] = "task",
	[TUPLE_PAIR] = "pair",
	[TUPLE_USER] = "user",
	[TUPLE_INTERFACE] = "interface",
};

const char *
baseline_entry_kind(enum baseline_tuple kind)
{
	return kinds[kind];
}

/* ---- Written ---- */

void
baseline_entry_print(struct view v, bool exact, FILE *f)
{
	size_t len;
	uint32_t c;

	for (; v.len > 0; v = view_from(v, len)) {
		len = utf8_char(v, &c);
		if (exact && len > 0 && c == '\\')
			fputs("\\\\", f);
		else if (len > 0 && !utf8_is_control(c))
			fwrite(v.p, 1, len, f);
		else
			for (size_t i = 0; i < (len > 0 ? len : 1); i++)
				fprintf(f, "\\x%02X", v.p[i]);
		if (len == 0)
			len = 1;
	}
}

void
baseline_entry_write(const struct baseline_entry *h, FILE *f)
{
	fprintf(f, "%s\t%" PRIu64 "\t%.3f\t%u\t%" PRId64 "\t%" PRId64 "\t", kinds[h->kind],
	    h->count, h->weight, h->days, h->first, h->last);
	baseline_entry_print(baseline_entry_text(h), true, f);
	putc('\n', f);
}

/* ---- Read ---- */

static bool
kind_of(struct view v, enum baseline_tuple *kind)
{
	for (int i = 0; i < TUPLES; i++)
		if (v.len == strlen(kinds[i]) && view_starts(v, kinds[i], v.len)) {
			*kind = (enum baseline_tuple)i;
			return true;
		}
	return false;
}

static bool
number(struct view v, uint64_t max, uint64_t *n)
{
	for (*n = 0; v.len > 0; v = view_from(v, 1)) {
		unsigned int digit = v.p[0] - (unsigned int)'0';

		if (digit > 9 || *n > (max - digit) / 10)
			return false;
		*n = *n * 10 + digit;
	}
	return true;
}

/* Reads digits, a point and three digits. */
static bool
thousandths(struct view v, double *d)
{
	uint64_t whole, part;

	if (v.len < 5 || v.p[v.len - 4] != '.')
		return false;
	if (!number(view_upto(v, 0, v.len - 4), INT64_MAX, &whole) ||
	    !number(view_from(v, v.len - 3), 999, &part))
		return false;
	*d = (double)whole + (double)part / 1000;
	return true;
}

/* Reads what an exact baseline_entry_print() wrote.  Returns false for a backslash
 * that it does not write, or more bytes than are kept. */
static bool
unprint(struct view v, uint8_t out[BASELINE_TEXT], size_t *len)
{
	size_t took;

	for (*len = 0; v.len > 0; v = view_from(v, took)) {
		if (*len == BASELINE_TEXT)
			return false;
		took = 1;
		out[*len] = v.p[0];
		if (v.p[0] == '\\') {
			if (v.len >= 2 && v.p[1] == '\\')
				took = 2;
			else if (v.len >= 4 && v.p[1] == 'x' &&
			    hex_decode(view_at(v, 2, 2), &out[*len], 1) == 1)
				took = 4;
			else
				return false;
		}
		++*len;
	}
	return true;
}

const char *
baseline_entry_read(struct baseline_entry *h, struct view line)
{
	struct view field[FIELDS], text;
	uint8_t bytes[BASELINE_TEXT];
	uint64_t count, days, first, last;
	double weight;
	enum baseline_tuple kind;
	size_t n, len;

	for (n = 0; n < FIELDS - 1; n++) {
		const uint8_t *tab = line.len > 0 ? view_chr(line, '\t') : NULL;

		if (tab == NULL)
			return "seven fields with tabs between them are wanted";
		field[n] = view_upto(line, 0, (size_t)(tab - line.p));
		if (field[n].len == 0)
			return "a field is empty";
		line = view_from(line, field[n].len + 1);
	}
	text = line;
	if (!kind_of(field[0], &kind))
		return "no such kind";
	if (!number(field[1], INT64_MAX, &count))
		return "the count is no number";
	if (!thousandths(field[2], &weight))
		return "the weight is no number with three decimals";
	if (!number(field[3], UINT32_MAX, &days))
		return "the days are no number";
	if (!number(field[4], INT64_MAX, &first) || !number(field[5], INT64_MAX, &last))
		return "a time is no number of microseconds";
	if (!unprint(text, bytes, &len))
		return "the text is too long, or a backslash in it stands for nothing";
	baseline_entry_init(h, kind, (struct view){ bytes, len });
	h->count = count;
	h->weight = weight;
	h->days = (unsigned int)days;
	h->first = h->since = (int64_t)first;
	h->last = h->upto = (int64_t)last;
	return baseline_entry_valid(h) ? NULL : "the numbers contradict one another";
}
