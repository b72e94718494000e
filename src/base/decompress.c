#include "base/decompress.h"

bool
decompress(enum compression how, struct view in, uint8_t *out, size_t len)
{
	switch (how) {
	case COMPRESS_LZNT1:
		return lznt1(in, out, len);
	case COMPRESS_LZ77:
		return lz77(in, out, len);
	case COMPRESS_LZ77_HUFFMAN:
		return lz77_huffman(in, out, len);
	case COMPRESS_LZ4:
		return lz4(in, out, len);
	case COMPRESS_NONE:		/* these two are read where SMB's */
	case COMPRESS_PATTERN_V1:	/* compression headers are */
		break;
	}
	return false;
}

bool
lz_match(uint8_t *out, size_t len, size_t at, size_t back, size_t n)
{
	uint8_t *to = out + at;

	if (back == 0 || back > at || n > len - at)
		return false;
	if (back >= n)
		memcpy(to, to - back, n);
	else if (back == 1)
		memset(to, to[-1], n);
	else
		for (size_t i = 0; i < n; i++)
			to[i] = (to - back)[i];
	return true;
}
