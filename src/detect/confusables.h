/*
 * confusables.h -- Unicode characters that look like ASCII ones, or that Windows
 * treats like them.
 */
#ifndef CONFUSABLES_H
#define CONFUSABLES_H

#include <stdint.h>

enum confusable_kind {
	CONFUSABLE_OWN,			/* it looks like itself only */
	CONFUSABLE_BLANK,
	CONFUSABLE_DASH,
	CONFUSABLE_QUOTE,		/* single or double */
	CONFUSABLE_SLASH,		/* or backslash */
	CONFUSABLE_LETTER,		/* a letter, a digit, or a full-width sign */
	CONFUSABLE_INVISIBLE		/* it has no width, or turns the reading direction */
};

/* Returns what the character c looks like.  *ascii becomes the ASCII character
 * that it stands for, c itself for CONFUSABLE_OWN, or 0 when there is none. */
enum confusable_kind	 confusable(uint32_t c, uint32_t *ascii);

#endif
