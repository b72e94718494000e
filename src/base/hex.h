/* hex.h -- hexadecimal digits, of either case. */
#ifndef HEX_H
#define HEX_H

#include "base/reader.h"

/* Returns the value of a digit, 0 to 15, or -1 for any other byte. */
static inline int
hex_digit(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/*
 * Decodes a text that consists of pairs of digits into out, which has room for
 * that many bytes.  Returns the number of bytes, or 0 if v is empty, holds
 * anything else or spells more than room bytes; out may then hold some of them.
 */
size_t	hex_decode(struct view, uint8_t *out, size_t room);

#endif
