/* confusables.h -- characters that stand for ASCII ones, to the eye or to Windows. */
#ifndef CONFUSABLES_H
#define CONFUSABLES_H

#include <stdint.h>

enum confusable_kind {
	CONFUSABLE_OWN,		/* it is nobody's double */
	CONFUSABLE_BLANK,
	CONFUSABLE_DASH,
	CONFUSABLE_QUOTE,		/* single or double */
	CONFUSABLE_SLASH,		/* either one */
	CONFUSABLE_LETTER,		/* a letter, a digit, or a full-width sign */
	CONFUSABLE_INVISIBLE		/* it cannot be seen, or turns the reading direction */
};

/* What c looks like; *ascii: the character it stands for (0: none), which is c
 * itself for CONFUSABLE_OWN. */
enum confusable_kind	 confusable(uint32_t c, uint32_t *ascii);

#endif
