/* decompress.h -- the compression algorithms of SMB 3.1.1: [MS-XCA] and LZ4. */
#ifndef DECOMPRESS_H
#define DECOMPRESS_H

#include "base/reader.h"

/* [MS-SMB2] 2.2.3.1.3, CompressionAlgorithms */
enum compression { COMPRESS_NONE, COMPRESS_LZNT1, COMPRESS_LZ77, COMPRESS_LZ77_HUFFMAN,
	COMPRESS_PATTERN_V1, COMPRESS_LZ4 };

/*
 * Decompresses in to exactly len bytes at out.  Returns false if in is malformed,
 * decompresses to another length, or the algorithm is none of the four that
 * compress a whole block (LZNT1, LZ77, LZ77+Huffman, LZ4); out then holds any
 * bytes.  Takes time in proportion to in.len and len, and no memory of its own.
 */
bool	decompress(enum compression, struct view in, uint8_t *out, size_t len);

/* The same for one algorithm each. */
bool	lznt1(struct view in, uint8_t *out, size_t len);		/* [MS-XCA] 2.5 */
bool	lz77(struct view in, uint8_t *out, size_t len);			/* [MS-XCA] 2.4 */
bool	lz77_huffman(struct view in, uint8_t *out, size_t len);		/* [MS-XCA] 2.2 */
bool	lz4(struct view in, uint8_t *out, size_t len);			/* LZ4 block format */

/*
 * Copies a match: n bytes from back bytes before offset at to offset at, inside
 * out's len bytes.  Source and destination may overlap, which repeats the bytes.
 * Returns false, without copying, if the match begins before out or ends past it.
 * at must not exceed len.
 */
bool	lz_match(uint8_t *out, size_t len, size_t at, size_t back, size_t n);

#endif
