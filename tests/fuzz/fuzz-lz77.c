/* fuzz-lz77.c -- plain LZ77, [MS-XCA] 2.4. */
#include "fuzz/lz.h"

int	LLVMFuzzerTestOneInput(const uint8_t *, size_t);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	return fuzz_lz(lz77, data, len);
}
