/* fuzz-smb2-compress.c -- a COMPRESSION_TRANSFORM message, [MS-SMB2] 2.2.42. */
#include <stdlib.h>

#include "smb/smb2-compress.h"

#define LIMIT 65536

int	LLVMFuzzerTestOneInput(const uint8_t *, size_t);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct budget budget;
	struct buf out;
	uint32_t sum = 0;

	budget_init(&budget, NULL, 4 * LIMIT);
	buf_init(&out, &budget, LIMIT);
	if (smb2_decompress((struct view){ data, len }, &out)) {
		for (size_t i = 0; i < out.len; i++)
			sum += out.p[i];
		if (out.len > LIMIT || sum == 0)
			abort();
	} else if (out.p != NULL || out.len != 0) {
		abort();
	}
	buf_free(&out);
	if (budget.used != 0)
		abort();	/* a leak */
	return 0;
}
