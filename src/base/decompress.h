/* decompress.h -- the algorithms of SMB 3.1.1's compression, [MS-XCA] and LZ4. */
#ifndef DECOMPRESS_H
#define DECOMPRESS_H

#include "base/reader.h"

/* [MS-SMB2] 2.2.3.1.3 */
enum compression { COMPRESS_NONE, COMPRESS_LZNT1, COMPRESS_LZ77, COMPRESS_LZ77_HUFFMAN,
	COMPRESS_PATTERN_V1, COMPRESS_LZ4 };

/*
 * Decompress in to exactly len bytes at out.  False: malformed, another length,
 * or an algorithm that is none.  Takes time and memory by in.len and len alone.
 */
bool	decompress(enum compression, struct view in, uint8_t *out, size_t len);

/* The single algorithms, as above. */
bool	lznt1(struct view in, uint8_t *out, size_t len);		/* [MS-XCA] 2.5 */
bool	lz77(struct view in, uint8_t *out, size_t len);			/* [MS-XCA] 2.4 */
bool	lz4(struct view in, uint8_t *out, size_t len);			/* the block format */
bool	lz77_huffman(struct view in, uint8_t *out, size_t len);		/* [MS-XCA] 2.2 */

/*
 * What all three are made of: repeat n bytes from back bytes before at, where
 * at of out's len bytes are there.  A match may overlap itself.  False: it
 * begins before out or ends past it.
 */
bool	lz_match(uint8_t *out, size_t len, size_t at, size_t back, size_t n);

#endif
