/* fuzz-lznt1.c -- LZNT1, [MS-XCA] 2.5. */
#include "fuzz/lz.h"

int	LLVMFuzzerTestOneInput(const uint8_t *, size_t);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	return fuzz_lz(lznt1, data, len);
}
