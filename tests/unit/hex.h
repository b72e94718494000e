/* hex.h -- bytes of a test, as a specification prints them. */
#ifndef HEX_H
#define HEX_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Blanks are skipped; stops the test program at anything else.  Returns how
 * many bytes there were; out has room for size. */
static inline size_t
hex(const char *text, uint8_t *out, size_t size)
{
	static const char digits[] = "0123456789abcdef";
	size_t n = 0;

	for (; *text != '\0'; text++) {
		const char *d = strchr(digits, *text);

		if (*text == ' ')
			continue;
		if (d == NULL || n / 2 == size)
			abort();
		out[n / 2] = (uint8_t)(n % 2 == 0 ? (d - digits) << 4 : out[n / 2] | (d - digits));
		n++;
	}
	if (n % 2 != 0)
		abort();
	return n / 2;
}

#endif
