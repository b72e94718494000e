/* utf16.h -- UTF-16 to UTF-8, and what is in that. */
#ifndef UTF16_H
#define UTF16_H

#include "base/reader.h"

/* Bytes that utf16_to_utf8() writes at most for v: three a unit. */
static inline size_t
utf16_room(struct view v)
{
	return v.len / 2 * 3;
}

/* Converts whole units; an odd last byte is left out, a lone surrogate becomes
 * U+FFFD.  Returns the bytes written to out, which must have utf16_room(). */
size_t	utf16_to_utf8(struct view v, bool big, uint8_t *out);

/* The character that v begins with, and its length; 0: none, or no valid UTF-8. */
size_t	utf8_char(struct view v, uint32_t *c);

/* Does v hold valid UTF-8 (no surrogates, no overlong forms) and no NUL? */
bool	utf8_valid(struct view v);

/* Would a terminal act on it: controls, and the marks that turn the reading direction? */
bool	utf8_obeyed(uint32_t c);

#endif
