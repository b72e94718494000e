#include "base/utf16.h"

static size_t
put(uint8_t *out, uint32_t c)
{
	if (c < 0x80) {
		out[0] = (uint8_t)c;
		return 1;
	}
	if (c < 0x800) {
		out[0] = (uint8_t)(0xc0 | c >> 6);
		out[1] = (uint8_t)(0x80 | (c & 0x3f));
		return 2;
	}
	if (c < 0x10000) {
		out[0] = (uint8_t)(0xe0 | c >> 12);
		out[1] = (uint8_t)(0x80 | (c >> 6 & 0x3f));
		out[2] = (uint8_t)(0x80 | (c & 0x3f));
		return 3;
	}
	out[0] = (uint8_t)(0xf0 | c >> 18);
	out[1] = (uint8_t)(0x80 | (c >> 12 & 0x3f));
	out[2] = (uint8_t)(0x80 | (c >> 6 & 0x3f));
	out[3] = (uint8_t)(0x80 | (c & 0x3f));
	return 4;
}

/* The character that begins with the surrogate c, which r stands behind. */
static uint32_t
surrogate(struct reader *r, uint32_t c)
{
	struct reader ahead = *r;
	uint32_t low = rd_u16(&ahead);

	if (c >= 0xdc00 || !rd_ok(&ahead) || low < 0xdc00 || low >= 0xe000)
		return 0xfffd;
	*r = ahead;
	return 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
}

/* The next character; there are at least two bytes. */
static inline uint32_t
next(struct reader *r)
{
	uint32_t c = rd_u16(r);

	return c >= 0xd800 && c < 0xe000 ? surrogate(r, c) : c;
}

size_t
utf16_size(struct view v, bool big)
{
	struct reader r = rd_open(v);
	uint32_t c;
	size_t n = 0;

	r.big = big;
	while (r.left >= 2) {
		c = next(&r);
		n += c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
	}
	return n;
}

size_t
utf16_to_utf8(struct view v, bool big, uint8_t *out)
{
	struct reader r = rd_open(v);
	size_t n = 0;

	r.big = big;
	while (r.left >= 2)
		n += put(out + n, next(&r));
	return n;
}

/* RFC 3629 section 4. */
size_t
utf8_char(struct view v, uint32_t *c)
{
	static const uint32_t least[] = { 0, 0x80, 0x800, 0x10000 };
	struct reader r = rd_open(v);
	uint8_t b = rd_u8(&r);
	unsigned int more;

	if (b < 0x80)
		more = 0, *c = b;
	else if (b >= 0xc2 && b < 0xe0)
		more = 1, *c = b & 0x1f;
	else if (b >= 0xe0 && b < 0xf0)
		more = 2, *c = b & 0x0f;
	else if (b >= 0xf0 && b < 0xf5)
		more = 3, *c = b & 0x07;
	else
		return 0;
	for (unsigned int i = 0; i < more; i++) {
		b = rd_u8(&r);
		if ((b & 0xc0) != 0x80)
			return 0;
		*c = *c << 6 | (b & 0x3f);
	}
	if (!rd_ok(&r) || *c < least[more] || *c > 0x10ffff || (*c >= 0xd800 && *c < 0xe000))
		return 0;
	return r.off;
}

bool
utf8_valid(struct view v)
{
	uint32_t c;
	size_t n;

	for (; v.len > 0; v = view_from(v, n))
		if ((n = utf8_char(v, &c)) == 0 || c == 0)
			return false;
	return true;
}

bool
utf8_is_control(uint32_t c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x061c || c == 0x200e ||
	    c == 0x200f || (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
}
