/* utf16.h -- conversion of UTF-16 to UTF-8, and the characters of UTF-8. */
#ifndef UTF16_H
#define UTF16_H

#include "base/reader.h"

/* Returns the bytes that utf16_to_utf8() writes for v at most: three a code unit. */
static inline size_t
utf16_room(struct view v)
{
	return v.len / 2 * 3;
}

/* Returns the bytes that utf16_to_utf8() writes for v. */
size_t	utf16_size(struct view v, bool big);

/*
 * Converts whole code units, big-endian if asked.  An odd last byte is ignored, a
 * lone surrogate becomes U+FFFD.  out must have utf16_room() bytes.  Returns the
 * number of bytes written.
 */
size_t	utf16_to_utf8(struct view v, bool big, uint8_t *out);

/*
 * Decodes the character that v begins with (RFC 3629).  Returns its length, or 0
 * if v is empty or begins with no valid UTF-8.
 */
size_t	utf8_char(struct view v, uint32_t *c);

/* Returns whether v is valid UTF-8 (no surrogates, no overlong forms) without a NUL. */
bool	utf8_valid(struct view v);

/*
 * Returns whether a terminal would act on the character: a control character, or
 * one that changes the direction of writing.
 */
bool	utf8_is_control(uint32_t c);

#endif
