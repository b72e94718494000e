/*
 * pattern.h -- patterns of words, as the tables lolbin.def and phrases.def are
 * written, and whether they hold of a text in plain form (normalise.h).
 *
 * A pattern is a list of conditions with blanks between.  All must hold:
 *
 *	a b		both occur, in any order, however far apart
 *	a|b		one of them occurs
 *	!a		it does not occur; !a|b: neither does
 *	a => b		b begins behind the place where a begins
 *
 * Each of a and b is one of
 *
 *	text		Occurs anywhere.  Where it begins or ends with a letter, a
 *			digit or "_", so does a word there: "user" is in "net user",
 *			"/user:x" and "\user\", not in "users".  A star before or
 *			behind it lets the word go on: "downloadf*" is in
 *			"downloadfile(".  A star inside is one.  ~ is a blank, or the
 *			beginning or the end of the whole text, and ^ is a "|".
 *	-text		The same as a switch: -text, --text, /text or //text, where
 *			an argument may begin.  A star before it makes it a text again:
 *			"*-text" occurs wherever the hyphen does.
 *	@kind+kind	One word is of all these kinds (word-kind.h): @temp+script.
 *			Words have no place: not for =>.
 *	@url		A web address of a host that is not this one (url.h);
 *			@numeric-url: of an IP address; @program-url: of a program, a
 *			script or a library.
 *	@base64		Two hundred letters of base64 in a row.
 */
#ifndef PATTERN_H
#define PATTERN_H

#include "detect/word-kind.h"

/* What a table may hold; pattern_add() asserts that it fits. */
#define MAX_PATTERNS		1024
#define MAX_PATTERN_TERMS	3072	/* different ones */
#define MAX_PATTERN_ITEMS	6144	/* terms of all patterns */
#define PATTERN_ANCHORS		16384	/* that are told apart: most have no term */

/* Patterns as they are looked for.  All zero: none.  About 110 KB. */
struct pattern_table {
	struct pattern_term {
		const char	*s;		/* a text as written, without its marks */
		unsigned int	 words;		/* or a set of kinds of word; 0: a text */
		uint8_t		 len, anchor;	/* its anchor begins there */
		bool		 from_edge, to_edge;	/* of a word in the text */
		bool		 is_switch;
		uint16_t	 next;		/* with the same anchor; 0: no more */
		uint16_t	 like;		/* the one before that may be the same; 0: none */
	}		 term[MAX_PATTERN_TERMS];
	uint16_t	 terms;
	uint16_t	 anchored[PATTERN_ANCHORS];	/* the first term of each anchor; 0: none */
	uint16_t	 like[256];	/* the last term of each bucket of terms that may be the same */
	struct pattern_item {
		uint16_t	 term;
		uint8_t		 relation;	/* to the item before */
		bool		 late;		/* its term has no anchor */
	}		 item[MAX_PATTERN_ITEMS];
	uint16_t	 items;
	uint16_t	 end[MAX_PATTERNS];	/* of the items of each; they begin where the last one's end */
	size_t		 patterns;
};

/* Adds a pattern, a constant string that outlives the table.  Patterns are
 * numbered from 0 in the order in which they are added. */
void	 pattern_add(struct pattern_table *, const char *pattern);

/* A text, and where a table's terms are in it.  About 25 KB. */
struct pattern_text {
	const struct pattern_table *table;
	struct view	 text;
	struct pattern_place {
		uint32_t	 first, last;	/* the blank before the text is at 1; 0: nowhere */
	}		 place[MAX_PATTERN_TERMS];
	size_t		 url_end;		/* of the last address: none begins inside it */
	bool		 words_read;
	struct word_kinds words;
};

/* Fills t with the places of the table's terms in the first MAX_SCRIPT_TEXT
 * bytes of the text (in plain form), in time proportional to the text.  t
 * borrows the table and the text, which must outlive it. */
void	 pattern_read(struct pattern_text *t, const struct pattern_table *, struct view text);

/*
 * Returns whether pattern n of the table holds of the text.  If detail is not
 * NULL, *detail is then what shows it: the word in which the first term was
 * found, of a web address the host, and no more of the text, for that may hold a
 * secret.  It points into the text; it is empty where nothing can be shown.
 */
bool	 pattern_holds(struct pattern_text *, size_t n, struct view *detail);

#endif
