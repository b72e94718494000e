/* fuzz-lz4.c -- an LZ4 block, through the door that SMB uses. */
#include "fuzz/lz.h"

int	LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static bool
block(struct view in, uint8_t *out, size_t want)
{
	return decompress(COMPRESS_LZ4, in, out, want);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	return fuzz_lz(block, data, len);
}
