/* lz4.c -- LZ4's block format, decompressed by liblz4. */
#include "base/decompress.h"

#include <lz4.h>

bool
lz4(struct view in, uint8_t *out, size_t len)
{
	if (in.len == 0 || in.len > LZ4_MAX_INPUT_SIZE ||
	    len > LZ4_MAX_INPUT_SIZE)
		return false;
	return LZ4_decompress_safe((const char *)in.p, (char *)out, (int)in.len, (int)len) ==
	    (int)len;
}
