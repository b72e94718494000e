#include "detect/pattern.h"

#include <assert.h>
#include <ctype.h>
#include <limits.h>

#include "base/limits.h"
#include "base/text.h"
#include "detect/rules.h"
#include "detect/url.h"

/*
 * All terms are looked for at once: each is filed under three of its
 * characters (its anchor), those that the fewest other terms are filed under,
 * and each three characters of a text are looked up.  A pattern then only asks
 * where its terms were.  Terms of fewer characters are looked for when a pattern
 * asks.
 */
#define ANCHOR		3
#define NO_ANCHOR	UINT8_MAX
#define MIN_BASE64	200	/* letters in a row; no word, path or identifier has that many */

/* The first terms of each table stand for what is not a text: of URL_* those of
 * the same bit. */
enum { TERM_URL, TERM_NUMERIC_URL, TERM_PROGRAM_URL, TERM_BASE64, NAMED_TERMS };

static const char *const named_terms[NAMED_TERMS] = {
	[TERM_URL] = "@url", [TERM_NUMERIC_URL] = "@numeric-url",
	[TERM_PROGRAM_URL] = "@program-url", [TERM_BASE64] = "@base64",
};

enum relation { AND, OR, THEN, NOT };

/* ---- Characters ---- */

static uint8_t
meant(char c)
{
	return c == '~' ? ' ' : c == '^' ? '|' : (uint8_t)c;
}

static bool
in_word(uint8_t c)
{
	return isalnum(c) || c == '_' || c >= 0x80;
}

static unsigned int
anchor_of(uint8_t a, uint8_t b, uint8_t c)
{
	return (a * 2729u + b * 181u + c * 13u) % PATTERN_ANCHORS;
}

/* ---- The table ---- */

static unsigned int
term_anchor(const struct pattern_term *t, size_t at)
{
	return anchor_of(meant(t->s[at]), meant(t->s[at + 1]), meant(t->s[at + 2]));
}

static unsigned int
crowd(const struct pattern_table *p, unsigned int anchor)
{
	unsigned int n = 0;

	for (uint16_t i = p->anchored[anchor]; i != 0; i = p->term[i].next)
		n++;
	return n;
}

/* Files the last term under the anchor that has the fewest others. */
static void
file_term(struct pattern_table *p, uint16_t term)
{
	struct pattern_term *t = &p->term[term];
	unsigned int n, least = UINT_MAX, anchor;

	t->anchor = NO_ANCHOR;
	for (uint8_t i = t->is_switch; i + ANCHOR <= t->len; i++)
		if ((n = crowd(p, term_anchor(t, i))) < least) {
			least = n;
			t->anchor = i;
		}
	if (t->anchor == NO_ANCHOR)
		return;
	anchor = term_anchor(t, t->anchor);
	t->next = p->anchored[anchor];
	p->anchored[anchor] = term;
}

static bool
same_term(const struct pattern_term *a, const struct pattern_term *b)
{
	return a->words == b->words && a->len == b->len && a->from_edge == b->from_edge &&
	    a->to_edge == b->to_edge && a->is_switch == b->is_switch && memcmp(a->s, b->s, a->len) == 0;
}

/* "@temp+script" */
static unsigned int
words_of(struct view names)
{
	unsigned int set = 0, kind;

	for (size_t n; names.len > 0; names = view_from(names, n + 1)) {
		const uint8_t *plus = view_chr(names, '+');

		n = plus != NULL ? (size_t)(plus - names.p) : names.len;
		kind = word_kind(view_upto(names, 0, n));
		assert(kind != 0);
		set |= kind;
	}
	return set;
}

static struct pattern_term
term_of(const char *s, size_t len)
{
	struct pattern_term t = { .s = s };

	if (*s == '@') {
		t.words = words_of((struct view){ (const uint8_t *)s + 1, len - 1 });
		return t;
	}
	if (s[len - 1] == '*')
		len--;
	else
		t.to_edge = in_word(meant(s[len - 1]));
	if (*s == '*') {
		t.s++;
		len--;
	} else {
		t.is_switch = *s == '-' && len > 1;
		t.from_edge = in_word(meant(*s));
	}
	assert(len > 0 && len < NO_ANCHOR);
	t.len = (uint8_t)len;
	return t;
}

static uint16_t
add_term(struct pattern_table *p, const char *s, size_t len)
{
	struct pattern_term t;
	uint16_t *like;

	for (unsigned int i = 0; i < NAMED_TERMS; i++)
		if (strlen(named_terms[i]) == len && memcmp(named_terms[i], s, len) == 0)
			return (uint16_t)i;
	t = term_of(s, len);
	like = &p->like[((uint8_t)t.s[0] * 5u + (uint8_t)t.s[t.len / 2] * 3u + t.len) % nitems(p->like)];
	for (uint16_t i = *like; i != 0; i = p->term[i].like)
		if (same_term(&p->term[i], &t))
			return i;
	t.like = *like;
	*like = p->terms;
	assert(p->terms < MAX_PATTERN_TERMS);
	p->term[p->terms] = t;
	file_term(p, p->terms);
	return p->terms++;
}

/* One condition: "a|b". */
static void
add_alternatives(struct pattern_table *p, enum relation relation, const char *s, size_t len)
{
	uint16_t term;

	for (size_t n; len > 0; s += n, len -= n) {
		n = strcspn(s, " |");
		assert(p->items < MAX_PATTERN_ITEMS);
		term = add_term(p, s, n);
		p->item[p->items++] = (struct pattern_item){ term, (uint8_t)relation,
		    p->term[term].anchor == NO_ANCHOR };
		relation = relation == NOT ? NOT : OR;
		n += n < len;	/* the | */
	}
}

void
pattern_add(struct pattern_table *p, const char *s)
{
	enum relation relation = AND;

	if (p->terms == 0)
		p->terms = NAMED_TERMS;
	for (size_t len; *s != '\0'; s += len, s += *s == ' ') {
		len = strcspn(s, " ");
		if (strncmp(s, "=> ", 3) == 0)
			relation = THEN;
		else {
			if (*s == '!')
				add_alternatives(p, NOT, s + 1, len - 1);
			else
				add_alternatives(p, relation, s, len);
			relation = AND;
		}
	}
	assert(p->patterns < MAX_PATTERNS);
	p->end[p->patterns++] = p->items;
}

/* ---- Where the terms are ---- */

/* There is a blank before a text, and behind it. */
static uint8_t
char_at(struct view text, size_t at)
{
	return at < text.len ? text.p[at] : ' ';
}

static void
note(struct pattern_text *t, uint16_t term, size_t at)
{
	struct pattern_place *p = &t->place[term];

	p->last = (uint32_t)(at + 2);
	if (p->first == 0)
		p->first = p->last;
}

/* Does a switch begin there?  A second dash may come before it, or a second
 * slash, as cscript's own switches have. */
static bool
switch_at(struct view text, size_t at)
{
	if (char_at(text, at) != '-' && char_at(text, at) != '/')
		return false;
	if (char_at(text, at - 1) == '-' || char_at(text, at - 1) == '/')
		at--;
	return strchr(" \"'(,;=|", char_at(text, at - 1)) != NULL;
}

/* Is it the term that stands there?  at is SIZE_MAX for the blank before the text. */
static bool
term_at(const struct pattern_term *t, struct view text, size_t at)
{
	for (size_t i = t->is_switch; i < t->len; i++)
		if (char_at(text, at + i) != meant(t->s[i]))
			return false;
	return (!t->is_switch || switch_at(text, at)) &&
	    !(t->from_edge && in_word(char_at(text, at - 1))) &&
	    !(t->to_edge && in_word(char_at(text, at + t->len)));
}

/* Notes the terms with that anchor of which it is part, as it stands at at. */
static void
search_anchor(struct pattern_text *s, unsigned int anchor, size_t at)
{
	const struct pattern_table *p = s->table;

	for (uint16_t i = p->anchored[anchor]; i != 0; i = p->term[i].next) {
		const struct pattern_term *t = &p->term[i];

		/* One past the end is the blank there; none stands before the one before. */
		if (at + 1 >= t->anchor && at + 1 - t->anchor + t->len <= s->text.len + 2 &&
		    term_at(t, s->text, at - t->anchor))
			note(s, i, at - t->anchor);
	}
}

static void
search_url(struct pattern_text *s, size_t colon)
{
	struct view url = url_at(s->text, colon);
	unsigned int kinds = url_kinds(url);

	s->url_end = colon + strlen("://") + url.len;
	for (unsigned int term = TERM_URL; term <= TERM_PROGRAM_URL; term++)
		if ((kinds & 1u << term) != 0)
			note(s, (uint16_t)term, colon);
}

static void
search(struct pattern_text *s)
{
	struct view text = s->text;
	uint8_t a, b = ' ', c = char_at(text, 0);
	size_t run = 0, digits = 0;

	for (size_t i = 1; i <= text.len; i++) {
		a = b;
		b = c;
		c = char_at(text, i);
		search_anchor(s, anchor_of(a, b, c), i - 2);
		if (b == ':' && i > s->url_end && view_starts(view_from(text, i - 1), "://", 3))
			search_url(s, i - 1);
		if (isalnum(b) || b == '+' || b == '/') {
			run++;
			digits += isdigit(b) != 0;
			if (run == MIN_BASE64 && digits > 0)
				note(s, TERM_BASE64, i - run);
		} else
			run = digits = 0;
	}
}

void
pattern_read(struct pattern_text *t, const struct pattern_table *p, struct view text)
{
	t->table = p;
	t->text = view_upto(text, 0, MAX_SCRIPT_TEXT);
	memset(t->place, 0, p->terms * sizeof(t->place[0]));
	t->url_end = 0;
	t->words_read = false;
	search(t);
}

/* ---- Patterns ---- */

static void
search_short(struct pattern_text *s, uint16_t term)
{
	const struct pattern_term *t = &s->table->term[term];
	const uint8_t want = meant(t->s[t->is_switch]);

	for (size_t i = 0; i <= s->text.len + 1; i++)
		if (char_at(s->text, i - 1) == want && term_at(t, s->text, i - 1 - t->is_switch))
			note(s, term, i - 1 - t->is_switch);
}

/* Looks for what has no anchor: kinds of words, and short texts. */
static void
search_late(struct pattern_text *s, uint16_t term)
{
	const unsigned int words = s->table->term[term].words;

	if (words == 0) {
		search_short(s, term);
		return;
	}
	if (!s->words_read)
		word_kinds_read(&s->words, s->text);
	s->words_read = true;
	s->place[term].first = word_kinds_have(&s->words, words);
}

static struct view
detail_of(const struct pattern_text *s, uint16_t term)
{
	const struct pattern_term *t = &s->table->term[term];
	const size_t place = s->place[term].first;
	size_t end = place + t->len - 2, at = place > 1 ? place - 2 : 0;

	if (t->words != 0 || term == TERM_BASE64)
		return (struct view){ NULL, 0 };
	if (term < NAMED_TERMS)
		return url_host(view_from(s->text, at + strlen("://")));
	while (end < s->text.len && end - at < MAX_DETAIL && in_word(s->text.p[end]))
		end++;
	return text_trim(view_upto(s->text, at, end - at));
}

/*
 * Does the condition hold that begins at *i?  Moves *i to the next one.
 * *before: the place of the last one's term, which becomes the place of the one
 * that is found here first.
 */
static bool
condition_holds(struct pattern_text *s, const struct pattern_item **i,
    const struct pattern_item *end, uint32_t *before, const struct pattern_item **held)
{
	const enum relation relation = (enum relation)(*i)->relation;
	uint32_t least = 0;

	*held = NULL;
	do {
		const struct pattern_place *p = &s->place[(*i)->term];
		uint32_t at;

		if ((*i)->late && p->first == 0)
			search_late(s, (*i)->term);
		at = relation == THEN && p->first <= *before ? p->last : p->first;

		if (at != 0 && (relation != THEN || at > *before) && (*held == NULL || at < least)) {
			*held = *i;
			least = at;
		}
		++*i;
	} while (*i < end && (*i)->relation == OR);
	*before = least;
	return (*held != NULL) != (relation == NOT);
}

bool
pattern_holds(struct pattern_text *s, size_t n, struct view *detail)
{
	const struct pattern_table *p = s->table;
	const struct pattern_item *i = &p->item[n > 0 ? p->end[n - 1] : 0], *end = &p->item[p->end[n]];
	const struct pattern_item *held, *shown = NULL;
	uint32_t before = 0;

	while (i < end) {
		if (!condition_holds(s, &i, end, &before, &held))
			return false;
		if (shown == NULL)
			shown = held;
	}
	if (detail != NULL)
		*detail = shown != NULL ? detail_of(s, shown->term) : (struct view){ NULL, 0 };
	return true;
}
