/*
 * words.h -- a program's command line as words (argv), split by the rules of
 * CommandLineToArgvW(), and its switches.
 */
#ifndef WORDS_H
#define WORDS_H

#include "base/budget.h"

/* One word of a command line. */
struct word {
	const char	*s;		/* UTF-8 with a NUL behind it; its quotes are removed */
	size_t		 at;		/* offset of its first byte in words.text */
	bool		 fixed;		/* no part of it is only decided at run time */
};

/* A program's command line; the first word is the program's name. */
struct words {
	size_t		 n;
	const struct word *w;
	struct view	 text;		/* the whole command line as the program gets it, UTF-8 */
};

/*
 * Splits a command line (UTF-8).  It is read up to its first NUL and at most
 * MAX_COMMAND_LINE bytes far.  Returns words that the caller frees with
 * words_free() before the text goes away, for .text points into it.  Returns
 * NULL when the budget is spent.
 */
struct words	*words_split(struct budget *, struct view utf8);

/* Frees what words_split() returned; NULL is allowed. */
void		 words_free(struct words *);

/* Returns whether the word is written like a switch: it begins with '/' or '-'. */
bool		 word_is_switch(const char *);

/*
 * Returns whether the word is the switch /name, -name, /name:value or
 * -name:value, in any case.  *value then points at the text behind the colon,
 * inside the word, and is NULL without a colon.
 */
bool		 word_names(const char *, const char *name, const char **value);

/* Returns whether the word is one or more decimal digits and nothing else. */
bool		 word_is_number(const char *);

/*
 * Appends the words from number i on to the buf, separated by one blank each.
 * Returns false when the buf has no room for all of them.
 */
bool		 words_join(const struct words *, size_t i, struct buf *);

#endif
