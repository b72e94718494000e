#include "base/decode-text.h"

#include <zlib.h>

#include "base/utf16.h"

/* Adds as much of v as there is room for.  False: that was not all of it. */
static bool
add_upto(struct buf *out, struct view v)
{
	size_t room = out->max - out->len;

	return buf_add(out, view_upto(v, 0, room)) && v.len <= room;
}

static bool
is_blank(uint32_t c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* ---- Base64, RFC 4648 4 ---- */

static int
digit(uint8_t c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/*
 * Returns the number of base64 digits; 0 if the text is no base64.  Apart from
 * digits it may hold blanks, and up to two padding characters at the end.
 */
static size_t
digits(struct view text)
{
	size_t n = 0, padding = 0;

	for (size_t i = 0; i < text.len; i++) {
		if (is_blank(text.p[i]))
			continue;
		if (text.p[i] == '=')
			padding++;
		else if (padding > 0 || digit(text.p[i]) < 0)
			return 0;
		else
			n++;
	}
	return padding > 2 || n % 4 == 1 ? 0 : n;
}

bool
base64_decode(struct view text, struct buf *out)
{
	size_t n = digits(text), got = 0, have = 0;
	uint8_t piece[768];
	uint32_t bits = 0;
	bool room = n > 0;

	for (size_t i = 0; got < n && room; i++) {
		int d = digit(text.p[i]);

		if (d < 0)
			continue;
		bits = bits << 6 | (uint32_t)d;
		if (got++ % 4 != 0)	/* the second, third and fourth complete a byte */
			piece[have++] = (uint8_t)(bits >> (4 - got % 4) % 4 * 2);
		if (have == sizeof(piece) || got == n) {
			room = add_upto(out, (struct view){ piece, have });
			have = 0;
		}
	}
	return n > 0;
}

/* ---- Deflate, RFC 1950 to 1952 ---- */

static void *
take(void *arg, unsigned int n, unsigned int size)
{
	return budget_calloc(arg, n, size);
}

static void
give(void *arg, void *p)
{
	(void)arg;
	budget_free(p);
}

/*
 * window is what inflateInit2() takes.  proven: a header says what the bytes are,
 * so an incomplete stream counts.  A stream that has no room in out is cut.
 */
static bool
inflate_as(struct view v, int window, bool proven, struct buf *out)
{
	z_stream z = { .zalloc = take, .zfree = give, .opaque = out->b,
	    .next_in = (Bytef *)(uintptr_t)v.p, .avail_in = (uInt)v.len };
	const size_t before = out->len;
	uint8_t piece[4096];
	bool room = true;
	int got;

	if (v.len > UINT32_MAX || inflateInit2(&z, window) != Z_OK)
		return false;
	do {
		z.next_out = piece;
		z.avail_out = sizeof(piece);
		got = inflate(&z, Z_NO_FLUSH);
		if (got == Z_OK || got == Z_STREAM_END || proven)
			room = add_upto(out, (struct view){ piece, sizeof(piece) - z.avail_out });
	} while (got == Z_OK && room);
	inflateEnd(&z);
	if (got == Z_STREAM_END || (out->len > before && (proven || !room)))
		return true;
	out->len = before;
	return false;
}

bool
inflate_any(struct view v, struct buf *out)
{
	if (v.len < 2)
		return false;
	if (view_starts(v, "\x1f\x8b", 2))
		return inflate_as(v, MAX_WBITS + 16, true, out);
	/* The zlib header is a window size, and a check of both bytes (RFC 1950 2.2). */
	if ((v.p[0] & 0xf) == Z_DEFLATED && v.p[0] >> 4 <= 7 && be16dec(v.p) % 31 == 0)
		return inflate_as(v, MAX_WBITS, true, out);
	return inflate_as(v, -MAX_WBITS, false, out);
}

/* ---- Text ---- */

/* Is c a character that text does not normally hold? */
static bool
is_odd(uint32_t c)
{
	return (c < 0x20 && !is_blank(c) && c != '\f' && c != 0x1b) || (c >= 0x7f && c < 0xa0) ||
	    c == 0xfffd;
}

/*
 * Returns the length of the run of ordinary characters that v begins with, and
 * adds their number to *chars.  *skip becomes the length of the odd character or
 * malformed byte behind the run.
 */
static size_t
good_run(struct view v, size_t *chars, size_t *skip)
{
	size_t n = 0, len;
	uint32_t c;

	for (*skip = 0; n < v.len; n += len) {
		len = utf8_char(view_from(v, n), &c);
		if (len == 0 || is_odd(c)) {
			*skip = len == 0 ? 1 : len;
			break;
		}
		++*chars;
	}
	return n;
}

static bool
is_utf8_text(struct view v)
{
	size_t chars = 0, odd = 0, skip;

	while (v.len > 0) {
		v = view_from(v, good_run(v, &chars, &skip));
		v = view_from(v, skip);
		odd += skip > 0;
	}
	return chars > 0 && odd <= chars / 20;
}

struct view
text_upto(struct view v, size_t max)
{
	if (v.len <= max)
		return v;
	/* A character has at most three continuation bytes; what has more is no UTF-8. */
	for (int i = 0; i < 3 && max > 0 && (v.p[max] & 0xc0) == 0x80; i++)
		max--;
	return view_upto(v, 0, max);
}

static bool
utf8_text(struct view v, struct buf *out)
{
	size_t chars = 0, left, n, skip;
	bool room = true;

	if (view_starts(v, "\xef\xbb\xbf", 3))
		v = view_from(v, 3);
	if (v.len > 0 && v.p[v.len - 1] == 0)	/* the NUL that ends a C string */
		v.len--;
	if (!is_utf8_text(v))
		return false;
	while (v.len > 0 && room) {
		left = out->max - out->len;
		n = good_run(v, &chars, &skip);
		room = buf_add(out, text_upto(view_upto(v, 0, n), left)) && n <= left &&
		    (skip == 0 || buf_add(out, view_str("\xef\xbf\xbd")));
		v = view_from(v, n + skip);
	}
	return true;
}

/*
 * Without a byte order mark, UTF-16LE is known by the zero behind each ASCII
 * character: a script in any language has quotes, blanks and names in ASCII.
 * UTF-8 has no zeros, apart from one at the end.
 */
static bool
looks_utf16(struct view v)
{
	size_t ascii = 0;

	for (size_t i = 0; i + 2 < v.len; i += 2)
		ascii += v.p[i + 1] == 0 && v.p[i] != 0;
	return ascii > 0 && ascii >= v.len / 8;
}

static bool
utf16_text(struct view v, bool big, struct buf *out)
{
	uint8_t *text = budget_alloc(out->b, utf16_room(v) + 1);
	bool is;

	if (text == NULL)
		return false;
	is = utf8_text((struct view){ text, utf16_to_utf8(v, big, text) }, out);
	budget_free(text);
	return is;
}

bool
text_of(struct view v, struct buf *out)
{
	bool big = view_starts(v, "\xfe\xff", 2);

	if (big || view_starts(v, "\xff\xfe", 2))
		return utf16_text(view_from(v, 2), big, out);
	if (looks_utf16(v) && utf16_text(v, false, out))
		return true;
	return utf8_text(v, out);
}
