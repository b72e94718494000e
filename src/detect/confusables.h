/* lookalike.h -- characters that stand for ASCII ones, to the eye or to Windows. */
#ifndef LOOKALIKE_H
#define LOOKALIKE_H

#include <stdint.h>

enum looks {
	LOOKS_OWN,		/* it is nobody's double */
	LOOKS_BLANK,
	LOOKS_DASH,
	LOOKS_QUOTE,		/* single or double */
	LOOKS_SLASH,		/* either one */
	LOOKS_LETTER,		/* a letter, a digit, or a full-width sign */
	LOOKS_INVISIBLE		/* it cannot be seen, or turns the reading direction */
};

/* What c looks like; *ascii: the character it stands for (0: none), which is c
 * itself for LOOKS_OWN. */
enum looks	 lookalike(uint32_t c, uint32_t *ascii);

#endif
