/* lznt1.c -- LZNT1, [MS-XCA] 2.5. */
#include "base/decompress.h"

#define CHUNK		4096u		/* decompressed bytes of a chunk, at most of the last */
#define COMPRESSED	0x8000u
#define SIGNATURE(h)	((h) >> 12 & 7)	/* always 3 */

/*
 * Returns how many bits of a match word are its length.  The more of the chunk is
 * decompressed, the more bits the distance needs ([MS-XCA] 2.5.1.4).
 */
static unsigned int
length_bits(size_t at)
{
	unsigned int bits = 12;

	for (size_t reach = 16; reach < at; reach <<= 1)
		bits--;
	return bits;
}

/* Decompresses one chunk to at most len bytes; *at becomes their number. */
static bool
chunk(struct view in, uint8_t *out, size_t len, size_t *at)
{
	struct reader r = rd_open(in);

	*at = 0;
	while (r.left > 0) {
		unsigned int flags = rd_u8(&r);

		for (unsigned int i = 0; i < 8 && r.left > 0; i++, flags >>= 1) {
			size_t n = 1;

			if ((flags & 1) == 0) {
				if (*at == len)
					return false;
				out[*at] = rd_u8(&r);
			} else {
				unsigned int bits = length_bits(*at), word = rd_le16(&r);

				n = (word & ((1u << bits) - 1)) + 3;
				if (!rd_ok(&r) ||
				    !lz_match(out, len, *at, (word >> bits) + 1, n))
					return false;
			}
			*at += n;
		}
	}
	return true;
}

bool
lznt1(struct view in, uint8_t *out, size_t len)
{
	struct reader r = rd_open(in);
	size_t done = 0;

	while (r.left > 0) {
		unsigned int head = rd_le16(&r);
		size_t room = len - done < CHUNK ? len - done : CHUNK, n;
		struct view data;

		if (!rd_ok(&r))
			return false;
		if (head == 0)
			break;
		data = rd_view(&r, (head & (CHUNK - 1)) + 1);
		/* A shorter chunk must be the last one. */
		if (!rd_ok(&r) || SIGNATURE(head) != 3 || done % CHUNK != 0)
			return false;
		if (head & COMPRESSED) {
			if (!chunk(data, out + done, room, &n))
				return false;
		} else {
			if ((n = data.len) > room)
				return false;
			memcpy(out + done, data.p, n);
		}
		done += n;
	}
	return done == len;
}
