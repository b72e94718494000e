/*
 * string.h -- strings and arrays taken apart and put together.  All return an
 * unknown value where an operand is unknown or memory is spent.
 */
#ifndef PS_STRING_H
#define PS_STRING_H

#include "script/powershell/value.h"

/* Returns the elements of an array as one string with the separator between them. */
struct ps_value	 ps_join(struct ps *, struct ps_value, struct view separator);

/*
 * Returns the parts of a string as an array.  The separator is the whole text,
 * in any case, or (each) any one of its bytes.
 */
struct ps_value	 ps_split(struct ps *, struct ps_value, struct view separator, bool each);

/* Returns a string in which every from is replaced by to. */
struct ps_value	 ps_replace(struct ps *, struct ps_value, struct view from, struct view to,
		    bool nocase);

/*
 * Turns a regular expression that matches one text only into that text.
 * Returns false if it matches others too.
 */
bool		 ps_literal_pattern(struct ps *, struct view regex, struct view *text);

/* Returns format -f args; a placeholder with a format of its own gives an unknown value. */
struct ps_value	 ps_format(struct ps *, struct ps_value format, struct ps_value args);

/* Returns an array with its elements in reverse order. */
struct ps_value	 ps_reverse(struct ps *, struct ps_value);

/* Returns v[i]: an element, several for an array or range of indexes, a map's value. */
struct ps_value	 ps_index(struct ps *, struct ps_value v, struct ps_value i);

#endif
