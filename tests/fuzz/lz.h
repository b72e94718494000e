/* lz.h -- a decompressor's input: {u24 length of the output, big-endian, data}. */
#ifndef FUZZ_LZ_H
#define FUZZ_LZ_H

#include <stdlib.h>

#include "base/decompress.h"

typedef bool fuzz_lz_fn(struct view in, uint8_t *out, size_t want);

/* The output lies in memory of just its size. */
static inline uint8_t *
fuzz_lz_run(fuzz_lz_fn *decode, struct view in, size_t want, uint8_t fill, bool *ok)
{
	uint8_t *out = malloc(want > 0 ? want : 1);

	if (out == NULL)
		abort();
	memset(out, fill, want);
	*ok = decode(in, out, want);
	return out;
}

static inline int
fuzz_lz(fuzz_lz_fn *decode, const uint8_t *data, size_t len)
{
	struct reader r = rd_open((struct view){ data, len });
	size_t want = rd_be24(&r) & 0x3ffff;
	uint8_t *one, *two;
	bool ok, again;

	if (!rd_ok(&r))
		return 0;
	one = fuzz_lz_run(decode, rd_rest(&r), want, 0, &ok);
	two = fuzz_lz_run(decode, rd_rest(&r), want, 0xff, &again);
	if (ok != again || (ok && memcmp(one, two, want) != 0))
		abort();	/* a byte was left as it was */
	free(one);
	free(two);
	return 0;
}

#endif
