#include "detect/phrases.h"

#include <assert.h>
#include <ctype.h>
#include <threads.h>

#include "base/limits.h"
#include "base/text.h"

/*
 * All terms are looked for at once: each is filed under three of its
 * characters (its anchor), those that the fewest other terms are filed under,
 * and each three characters of a text are looked up.  A phrase then only asks
 * where its terms were.
 */
#define ANCHOR		3
#define ANCHORS		16384	/* that are told apart: most have no term */
#define MIN_BASE64	200	/* letters in a row; no word, path or identifier has that many */

static const struct source {
	const char	*terms;
	enum rule	 rule;
} sources[] = {
#define PHRASE(terms, rule) { terms, R_##rule },
#include "detect/phrases.def"
#undef PHRASE
};

/* What the table may grow to; make_lexicon() asserts that it fits. */
#define MAX_TERMS	3072	/* different ones */
#define MAX_ITEMS	6144

/* What is not a text, but of a kind. */
enum kind { URL, NUMERIC_URL, PROGRAM_URL, BASE64, KINDS };

static const char *const kind_names[KINDS] = {
	[URL] = "<url>", [NUMERIC_URL] = "<numeric-url>", [PROGRAM_URL] = "<program-url>",
	[BASE64] = "<base64>",
};

struct term {
	const char	*s;		/* in source form */
	uint8_t		 len, anchor;	/* where the anchor begins */
	bool		 from_edge, to_edge;	/* of a word */
	uint16_t	 next;		/* filed under the same anchor; 0: no more */
};

/* One term of a phrase, and what it has to do with the one before. */
enum relation { AND, OR, THEN, NOT };

struct item {
	uint16_t	 term;
	uint8_t		 relation;	/* enum relation */
};

/* Made of sources by the first who asks, and never changed then. */
static struct lexicon {
	struct term	 term[MAX_TERMS];
	uint16_t	 terms;
	uint16_t	 filed[ANCHORS];	/* by anchor; 0: none */
	uint8_t		 crowd[ANCHORS];	/* how many are */
	struct item	 item[MAX_ITEMS];
	uint16_t	 items;
	struct {
		uint16_t	 from, to;	/* of item */
	}		 phrase[nitems(sources)];
} lexicon;
static once_flag lexicon_made = ONCE_FLAG_INIT;

/* ---- Characters ---- */

/* What texts may write in other ways: ends of lines and tabs are blanks. */
static uint8_t
folded(uint8_t c)
{
	return c == '\t' || c == '\r' || c == '\n' ? ' ' : c;
}

/* In the source, ~ is a blank and ^ a pipe: these two have a meaning there. */
static uint8_t
meant(char c)
{
	return c == '~' ? ' ' : c == '^' ? '|' : (uint8_t)c;
}

static bool
in_word(uint8_t c)
{
	return isalnum(c) || c == '_';
}

static unsigned int
anchor_of(uint8_t a, uint8_t b, uint8_t c)
{
	return (a * 2729u + b * 181u + c * 13u) % ANCHORS;
}

/* ---- The lexicon, of phrases.def ---- */

static unsigned int
term_anchor(const struct term *t, size_t at)
{
	return anchor_of(meant(t->s[at]), meant(t->s[at + 1]), meant(t->s[at + 2]));
}

static uint16_t
add_term(struct lexicon *l, const char *s, size_t len)
{
	struct term t = { .s = s };
	unsigned int anchor;

	for (uint16_t k = 0; k < KINDS; k++)
		if (strlen(kind_names[k]) == len && memcmp(kind_names[k], s, len) == 0)
			return k;
	if (s[len - 1] == '*')
		len--;
	else
		t.to_edge = in_word(meant(s[len - 1]));
	if (*s == '*') {
		t.s++;
		len--;
	} else
		t.from_edge = in_word(meant(*s));
	assert(len >= ANCHOR && len <= UINT8_MAX);
	t.len = (uint8_t)len;
	for (uint16_t i = KINDS; i < l->terms; i++)
		if (l->term[i].len == t.len && l->term[i].from_edge == t.from_edge &&
		    l->term[i].to_edge == t.to_edge && memcmp(l->term[i].s, t.s, t.len) == 0)
			return i;
	for (uint8_t i = 1; i + ANCHOR <= t.len; i++)
		if (l->crowd[term_anchor(&t, i)] < l->crowd[term_anchor(&t, t.anchor)])
			t.anchor = i;
	anchor = term_anchor(&t, t.anchor);
	l->crowd[anchor]++;
	t.next = l->filed[anchor];
	l->filed[anchor] = l->terms;
	assert(l->terms < MAX_TERMS);
	l->term[l->terms] = t;
	return l->terms++;
}

/* A phrase's next word: alternatives that are one to the phrase. */
static void
add_alternatives(struct lexicon *l, enum relation relation, const char *s, size_t len)
{
	for (size_t n; len > 0; s += n, len -= n) {
		n = strcspn(s, " |");
		assert(l->items < MAX_ITEMS);
		l->item[l->items++] = (struct item){ add_term(l, s, n), (uint8_t)relation };
		relation = relation == NOT ? NOT : OR;
		n += n < len;	/* the | */
	}
}

static void
add_phrase(struct lexicon *l, const char *s)
{
	enum relation relation = AND;

	for (size_t len; *s != '\0'; s += len, s += *s == ' ') {
		len = strcspn(s, " ");
		if (strncmp(s, "=> ", 3) == 0)
			relation = THEN;
		else {
			if (*s == '!')
				add_alternatives(l, NOT, s + 1, len - 1);
			else
				add_alternatives(l, relation, s, len);
			relation = AND;
		}
	}
}

static void
make_lexicon(void)
{
	lexicon.terms = KINDS;
	for (size_t i = 0; i < nitems(sources); i++) {
		lexicon.phrase[i].from = lexicon.items;
		add_phrase(&lexicon, sources[i].terms);
		lexicon.phrase[i].to = lexicon.items;
	}
}

/* ---- Where the terms are ---- */

/* Places, the blank before the text being at 1; 0: it is not there. */
struct hit {
	uint32_t	 first, last;
};

struct search {
	const struct lexicon *l;
	struct view	 text;
	struct hit	 hit[MAX_TERMS];
	size_t		 address_end;	/* of the last one: there is none inside it */
};

/* There is a blank before a text, and behind it. */
static uint8_t
char_at(struct view text, size_t at)
{
	return at < text.len ? folded(text.p[at]) : ' ';
}

static void
note(struct search *s, uint16_t term, size_t at)
{
	struct hit *h = &s->hit[term];

	h->last = (uint32_t)(at + 2);
	if (h->first == 0)
		h->first = h->last;
}

/* Is it the term that stands there?  at is SIZE_MAX for the blank before the text. */
static bool
term_at(const struct term *t, struct view text, size_t at)
{
	for (size_t i = 0; i < t->len; i++)
		if (char_at(text, at + i) != meant(t->s[i]))
			return false;
	return !(t->from_edge && in_word(char_at(text, at - 1))) &&
	    !(t->to_edge && in_word(char_at(text, at + t->len)));
}

/* The anchors that begin at at. */
static void
search_anchor(struct search *s, unsigned int anchor, size_t at)
{
	const struct lexicon *l = s->l;

	for (uint16_t i = l->filed[anchor]; i != 0; i = l->term[i].next) {
		const struct term *t = &l->term[i];

		/* One past the end is the blank there; none stands before the one before. */
		if (at + 1 >= t->anchor && at + 1 - t->anchor + t->len <= s->text.len + 2 &&
		    term_at(t, s->text, at - t->anchor))
			note(s, i, at - t->anchor);
	}
}

/* ---- Web addresses ---- */

/* What is there of a name's letters. */
static struct view
host_of(struct view rest)
{
	size_t n = 0;

	while (n < rest.len && (in_word(rest.p[n]) || rest.p[n] == '.' || rest.p[n] == '-'))
		n++;
	return view_upto(rest, 0, n);
}

/* The text behind "http" and others of their like, with the address's end cut off. */
static struct view
address_at(struct view text, size_t colon)
{
	static const char *const schemes[] = { "http", "https", "ftp", "ftps", "ws", "wss" };
	struct view rest = view_from(text, colon + 3);
	size_t from = colon, n = 0;

	while (from > 0 && colon - from < sizeof("https") && isalpha(text.p[from - 1]))
		from--;
	for (size_t i = 0; i < nitems(schemes); i++)
		if (strlen(schemes[i]) == colon - from &&
		    memcmp(schemes[i], text.p + from, colon - from) == 0) {
			while (n < rest.len && strchr(" \t\r\n\"'`<>|;,(){}", rest.p[n]) == NULL)
				n++;
			return view_upto(rest, 0, n);
		}
	return (struct view){ NULL, 0 };
}

/* Names that stand for a namespace in XML, and this host's own. */
static bool
host_is_none(struct view host)
{
	static const char *const none[] = {
		"", "localhost", "127.0.0.1", "www.w3.org", "schemas.microsoft.com",
		"schemas.xmlsoap.org", "schemas.openxmlformats.org", "schemas.dmtf.org",
	};

	for (size_t i = 0; i < nitems(none); i++)
		if (text_is(host, none[i]))
			return true;
	return false;
}

/* An address as inet_aton(3) takes it: four numbers, or less, or hexadecimal. */
static bool
host_is_numeric(struct view host)
{
	size_t n = 0;

	if (view_starts(host, "0x", 2))
		return true;
	while (n < host.len && (isdigit(host.p[n]) || host.p[n] == '.'))
		n++;
	return n == host.len;
}

static bool
address_is_program(struct view address)
{
	static const char *const ends[] = {
		".exe", ".dll", ".ps1", ".psm1", ".hta", ".vbs", ".vbe", ".js", ".jse", ".wsf", ".sct",
		".bat", ".cmd", ".scr", ".msi", ".cpl", ".jar", ".lnk", ".xsl", ".bin", ".iso", ".py",
		".sh", ".chm", ".inf", ".csproj",
	};
	size_t path = 0, end = 0;

	while (path < address.len && address.p[path] != '/')
		path++;
	for (end = path; end < address.len && address.p[end] != '?' && address.p[end] != '#'; end++)
		;
	for (size_t i = 0; i < nitems(ends); i++)
		if (text_ends(view_at(address, path, end - path), ends[i]))
			return true;
	return false;
}

static void
search_address(struct search *s, size_t colon)
{
	struct view address = address_at(s->text, colon), host = host_of(address);

	s->address_end = colon + strlen("://") + address.len;
	if (host_is_none(host))
		return;
	note(s, URL, colon);
	if (host_is_numeric(host))
		note(s, NUMERIC_URL, colon);
	if (address_is_program(address))
		note(s, PROGRAM_URL, colon);
}

/* ---- The search ---- */

static void
search_text(struct search *s)
{
	struct view text = s->text;
	uint8_t a, b = ' ', c = char_at(text, 0);
	size_t run = 0, digits = 0;

	for (size_t i = 1; i <= text.len; i++) {
		a = b;
		b = c;
		c = char_at(text, i);
		search_anchor(s, anchor_of(a, b, c), i - 2);
		if (b == ':' && i > s->address_end && view_starts(view_from(text, i - 1), "://", 3))
			search_address(s, i - 1);
		if (isalnum(b) || b == '+' || b == '/') {
			run++;
			digits += isdigit(b) != 0;
			if (run == MIN_BASE64 && digits > 0)
				note(s, BASE64, i - run);
		} else
			run = digits = 0;
	}
}

/* ---- Phrases ---- */

/* Every word of it holds.  *shown is where the first one's term is. */
static bool
phrase_holds(const struct search *s, size_t phrase, const struct item **shown)
{
	const struct item *i = &s->l->item[s->l->phrase[phrase].from];
	const struct item *end = &s->l->item[s->l->phrase[phrase].to];
	uint32_t before = 0;

	*shown = NULL;
	while (i < end) {
		uint8_t relation = i->relation;
		const struct item *held = NULL;
		uint32_t least = 0;

		do {
			const struct hit *h = &s->hit[i->term];
			uint32_t at = relation == THEN && h->first <= before ? h->last : h->first;

			if (at != 0 && (relation != THEN || at > before) && (held == NULL || at < least)) {
				held = i;
				least = at;
			}
			i++;
		} while (i < end && i->relation == OR);
		if ((held != NULL) == (relation == NOT))
			return false;
		if (*shown == NULL)
			*shown = held;
		before = least;
	}
	return true;
}

/* What shows a term: itself, and what is left of its word; of an address, the
 * host.  No more of the text, for that may hold a secret. */
static struct view
detail_of(const struct search *s, uint16_t term)
{
	size_t end = s->hit[term].first + s->l->term[term].len - 2;
	size_t at = s->hit[term].first > 1 ? s->hit[term].first - 2 : 0;

	if (term == BASE64)
		return (struct view){ NULL, 0 };
	if (term < KINDS)
		return host_of(view_from(s->text, at + strlen("://")));
	while (end < s->text.len && end - at < MAX_DETAIL && in_word(s->text.p[end]))
		end++;
	return text_trim(view_upto(s->text, at, end - at));
}

void
phrases_judge(struct findings *f, struct view text)
{
	struct search s = { .l = &lexicon, .text = view_upto(text, 0, MAX_SCRIPT_TEXT) };
	const struct item *shown;

	if (s.text.len == 0)
		return;
	call_once(&lexicon_made, make_lexicon);
	search_text(&s);
	for (size_t i = 0; i < nitems(sources); i++)
		if (!f->has[sources[i].rule] && phrase_holds(&s, i, &shown))
			found(f, sources[i].rule, detail_of(&s, shown->term));
}
