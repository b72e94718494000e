/* utf16.h -- UTF-16 to UTF-8. */
#ifndef UTF16_H
#define UTF16_H

#include "reader.h"

/* Bytes that utf16_to_utf8() writes at most for v: three a unit. */
static inline size_t
utf16_room(struct view v)
{
	return v.len / 2 * 3;
}

/* Converts whole units; an odd last byte is left out, a lone surrogate becomes
 * U+FFFD.  Returns the bytes written to out, which must have utf16_room(). */
size_t	utf16_to_utf8(struct view v, bool big, uint8_t *out);

/* Does v hold valid UTF-8 (no surrogates, no overlong forms) and no NUL? */
bool	utf8_valid(struct view v);

#endif
