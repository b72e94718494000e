/* fuzz-phrases.c -- a text. */
#include <stdlib.h>

#include "detect/phrases.h"

int	LLVMFuzzerTestOneInput(const uint8_t *, size_t);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct findings once, twice;

	findings_init(&once);
	phrases_judge(&once, (struct view){ data, len });
	twice = once;
	phrases_judge(&twice, (struct view){ data, len });
	if (memcmp(&once, &twice, sizeof(once)) != 0)
		abort();
	return 0;
}
