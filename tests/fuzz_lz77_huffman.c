/* fuzz_lz77_huffman.c -- LZ77 with Huffman codes, [MS-XCA] 2.2: {u24 length, big-endian, data}. */
#include <stdlib.h>

#include "decompress.h"

int	LLVMFuzzerTestOneInput(const uint8_t *, size_t);

/* The output lies in memory of just its size. */
static uint8_t *
run(struct view in, size_t want, uint8_t fill, bool *ok)
{
	uint8_t *out = malloc(want > 0 ? want : 1);

	if (out == NULL)
		abort();
	memset(out, fill, want);
	*ok = lz77_huffman(in, out, want);
	return out;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct reader r = rd_open((struct view){ data, len });
	size_t want = rd_be24(&r) & 0x3ffff;
	uint8_t *one, *two;
	bool ok, again;

	if (!rd_ok(&r))
		return 0;
	one = run(rd_rest(&r), want, 0, &ok);
	two = run(rd_rest(&r), want, 0xff, &again);
	if (ok != again || (ok && memcmp(one, two, want) != 0))
		abort();	/* a byte was left as it was */
	free(one);
	free(two);
	return 0;
}
