/* fuzz-lolbin.c -- a program, the end of a line, and its arguments. */
#include <stdlib.h>

#include "detect/lolbin.h"

int	LLVMFuzzerTestOneInput(const uint8_t *, size_t);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct view v = { data, len }, program;
	const uint8_t *end = len > 0 ? memchr(data, '\n', len) : NULL;
	struct findings once, twice;

	program = view_upto(v, 0, end != NULL ? (size_t)(end - data) : len);
	findings_init(&once);
	lolbin_judge(&once, program, view_from(v, program.len + 1));
	twice = once;
	lolbin_judge(&twice, program, view_from(v, program.len + 1));
	if (memcmp(&once, &twice, sizeof(once)) != 0)
		abort();	/* the same line says the same */
	return 0;
}
