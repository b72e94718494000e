/*
 * lex.h -- PowerShell's characters and tokens: blanks and comments, names,
 * string literals, bare words, matching brackets.
 */
#ifndef PS_LEX_H
#define PS_LEX_H

#include "script/powershell/value.h"

/* A position in a text. */
struct ps_cursor {
	struct view	 text;
	size_t		 at;		/* offset in bytes */
};

/*
 * Returns the next character without moving.  Typographic dashes, quotes and
 * blanks come as the ASCII characters that PowerShell takes them for, every
 * other character above ASCII as 'x', the end as -1.
 */
int		 ps_peek(const struct ps_cursor *);

/* The same for the character n characters further on. */
int		 ps_peek_ahead(const struct ps_cursor *, unsigned int n);

/* Moves past one character; at the end it does nothing. */
void		 ps_advance(struct ps_cursor *);

/* Moves past blanks, comments and continued lines, and past newlines if asked. */
void		 ps_skip_blanks(struct ps_cursor *, bool newlines);

/* Returns the source from an earlier offset up to here. */
struct view	 ps_text_since(const struct ps_cursor *, size_t from);

/* Returns whether a character may be part of a name: a letter, a digit or '_'. */
bool		 ps_name_char(int c);

/* Returns whether a character ends a bare word: a blank, a bracket, ';', ',' …, -1. */
bool		 ps_ends_word(int c);

/* Moves past letters, digits and '_'; returns them, empty if there are none. */
struct view	 ps_read_word(struct ps_cursor *);

/* Behind a '$': moves past a variable's name and returns it with its scope ("env:x"). */
struct view	 ps_read_variable_name(struct ps_cursor *);

/*
 * Behind an opening bracket: moves past the bracket close that matches it and
 * returns the source between both; without such a bracket, up to the end.
 */
struct view	 ps_read_group(struct ps *, struct ps_cursor *, int close);

/* At a quote or here-string: moves past the literal and returns its value. */
struct ps_value	 ps_read_string(struct ps *, struct ps_cursor *);

/*
 * Moves past a bare word of a command, up to a blank or what else ends a word,
 * and returns its value: quotes inside are removed, variables expanded.
 */
struct ps_value	 ps_read_bare_word(struct ps *, struct ps_cursor *);

#endif
