/* xpress.c -- plain LZ77 and LZ77 with Huffman codes, [MS-XCA] 2.4 and 2.2. */
#include "base/decompress.h"

#define MIN_MATCH	3

/* ---- Plain LZ77 ---- */

/*
 * Reads the rest of a length whose three bits were all ones ([MS-XCA] 2.4.4).  Two
 * such lengths share one byte, a nibble each: *half is that byte while its second
 * nibble is unused, else NULL.
 */
static size_t
long_length(struct reader *r, const uint8_t **half)
{
	size_t n;

	if (*half != NULL) {
		n = **half >> 4;
		*half = NULL;
	} else {
		*half = rd_need(r, 1);
		n = *half != NULL ? **half & 0xf : 0;
	}
	if (n < 15)
		return n + 7;
	if ((n = rd_u8(r)) < 255)
		return n + 15 + 7;
	if ((n = rd_le16(r)) == 0)
		n = rd_le32(r);
	if (n < 15 + 7)
		rd_fail(r, FAULT_BAD);
	return n;
}

bool
lz77(struct view in, uint8_t *out, size_t len)
{
	struct reader r = rd_open(in);
	const uint8_t *half = NULL;
	unsigned int nflags = 0;
	uint32_t flags = 0;
	size_t at = 0;

	for (;; flags <<= 1, nflags--) {
		size_t n = 1;

		if (nflags == 0 && r.left > 0) {
			flags = rd_le32(&r);
			nflags = 32;
		}
		/* The input ends where no literal or match follows. */
		if (r.left == 0)
			return rd_ok(&r) && at == len;
		if ((flags & 0x80000000u) == 0) {
			if (at == len)
				return false;
			out[at] = rd_u8(&r);
		} else {
			unsigned int match = rd_le16(&r);

			n = match & 7;
			if (n == 7)
				n = long_length(&r, &half);
			n += MIN_MATCH;
			if (!rd_ok(&r) || !lz_match(out, len, at, (match >> 3) + 1, n))
				return false;
		}
		at += n;
	}
}

/* ---- LZ77 with Huffman codes ---- */

#define SYMBOLS		512	/* 256 literals, then (bits of distance, length) */
#define END		256	/* ends the data, where nothing more is expected */
#define MAX_BITS	15
#define BLOCK		65536u	/* bytes of output for which one table of codes holds */

/*
 * Canonical Huffman codes.  Extended to 15 bits, the codes of n bits lie below
 * limit[n] and not below limit[n - 1]; their symbols are in sorted[] from first[n]
 * on.
 */
struct codes {
	uint32_t	limit[MAX_BITS + 1];
	uint16_t	first[MAX_BITS + 1];
	uint16_t	sorted[SYMBOLS];
};

/* Makes the codes of their lengths.  False: these are not a complete tree's ([MS-XCA] 2.2.4). */
static bool
codes_read(struct codes *c, struct view lengths)
{
	uint16_t count[16] = { 0 }, next[16];
	uint32_t code = 0;
	uint16_t sum = 0;

	if (lengths.len != SYMBOLS / 2)
		return false;
	for (size_t i = 0; i < lengths.len; i++) {
		count[lengths.p[i] & 0xf]++;
		count[lengths.p[i] >> 4]++;
	}
	c->limit[0] = 0;
	for (unsigned int n = 1; n <= MAX_BITS; n++) {
		code += (uint32_t)count[n] << (MAX_BITS - n);
		c->limit[n] = code;
		c->first[n] = next[n] = sum;
		sum = (uint16_t)(sum + count[n]);
	}
	if (code != 1u << MAX_BITS)
		return false;
	for (uint16_t s = 0; s < SYMBOLS; s++) {
		unsigned int n = s & 1 ? lengths.p[s / 2] >> 4 : lengths.p[s / 2] & 0xf;

		if (n != 0)
			c->sorted[next[n]++] = s;
	}
	return true;
}

/* A stream of bits, read from 16-bit words; bytes of match lengths stand between these. */
struct bits {
	struct reader	 r;
	uint32_t	 head;		/* the next bits, the first one on top */
	int		 extra;		/* how many of them are valid beyond the next 16 */
};

static bool
bits_open(struct bits *b)
{
	b->head = (uint32_t)rd_le16(&b->r) << 16;
	b->head |= rd_le16(&b->r);
	b->extra = 16;
	return rd_ok(&b->r);
}

static unsigned int
bits_take(struct bits *b, unsigned int n)
{
	unsigned int v = n > 0 ? b->head >> (32 - n) : 0;

	b->head <<= n;
	b->extra -= (int)n;
	if (b->extra < 0) {
		b->head |= (uint32_t)rd_le16(&b->r) << -b->extra;
		b->extra += 16;
	}
	return v;
}

static unsigned int
symbol(struct bits *b, const struct codes *c)
{
	uint32_t code = b->head >> (32 - MAX_BITS);
	unsigned int n = 1;

	while (code >= c->limit[n])
		n++;
	(void)bits_take(b, n);
	return c->sorted[c->first[n] + ((code - c->limit[n - 1]) >> (MAX_BITS - n))];
}

/* Reads the rest of a length whose four bits were all ones. */
static size_t
huffman_length(struct reader *r)
{
	size_t n = rd_u8(r);

	if (n < 255)
		return n + 15;
	if ((n = rd_le16(r)) < 15)
		rd_fail(r, FAULT_BAD);
	return n;
}

bool
lz77_huffman(struct view in, uint8_t *out, size_t len)
{
	struct bits b = { .r = rd_open(in) };
	struct codes codes;
	size_t at = 0, end = 0;

	for (;;) {
		unsigned int s;
		size_t n = 1;

		/* Not every sender sends the END symbol where the size says enough. */
		if (at == len && b.r.left == 0)
			return true;
		if (at >= end) {
			if (!codes_read(&codes, rd_view(&b.r, SYMBOLS / 2)) || !bits_open(&b))
				return false;
			end = at + BLOCK;
		}
		s = symbol(&b, &codes);
		if (s == END && at == len)
			return true;
		if (!rd_ok(&b.r))
			return false;
		if (s < END) {
			if (at == len)
				return false;
			out[at] = (uint8_t)s;
		} else {
			size_t back;

			n = s & 0xf;
			if (n == 15)
				n = huffman_length(&b.r);
			n += MIN_MATCH;
			s = (s - END) >> 4;
			back = ((size_t)1 << s) + bits_take(&b, s);
			if (!rd_ok(&b.r) || !lz_match(out, len, at, back, n))
				return false;
		}
		at += n;
	}
}
