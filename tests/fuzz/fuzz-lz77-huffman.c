/* fuzz-lz77-huffman.c -- LZ77 with Huffman codes, [MS-XCA] 2.2. */
#include "fuzz/lz.h"

int	LLVMFuzzerTestOneInput(const uint8_t *, size_t);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	return fuzz_lz(lz77_huffman, data, len);
}
