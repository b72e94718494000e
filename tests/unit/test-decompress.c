#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/decompress.h"
#include "unit/hex.h"

#define ABC "abc"
#define ALPHABET "abcdefghijklmnopqrstuvwxyz"
/* [MS-XCA] 3.3: the text of its LZNT1 example, which ends with a NUL. */
#define TUNE "F# F# G A A G F# E D D E F# F# E E F# F# G A A G F# E D D E F# E D D " \
	"E E F# D E F# G F# D E F# G F# E D E A F# F# G A A G F# E D D E F# E D D"

#define A8 "6161616161616161"
#define A32 A8 A8 A8 A8

/* A Huffman table is zero except for some bytes: {offset, bytes}. */
struct patch {
	size_t		 at;
	const char	*bytes;
};

static const struct vector {
	const char	*about;
	enum compression how;
	const char	*in;
	const char	*text;		/* the output is this, so many times */
	size_t		 times, len;
	struct patch	 table[6];
} vectors[] = {
	/* [MS-XCA] 3.1, 3.2, 3.3 */
	{ "LZ77 abc", COMPRESS_LZ77, "ffffff1f61626317000fff2601", ABC, 100, 300, { { 0, NULL } } },
	{ "LZ77 alphabet", COMPRESS_LZ77,
	  "3f000000 6162636465666768696a6b6c6d6e6f707172737475767778797a",
	  ALPHABET, 1, 26, { { 0, NULL } } },
	{ "Huffman abc", COMPRESS_LZ77_HUFFMAN, "a8dc0000ff2601", ABC, 100, 300,
	  { { 48, "30" }, { 49, "23" }, { 128, "02" }, { 143, "20" } } },
	{ "Huffman alphabet", COMPRESS_LZ77_HUFFMAN, "d8523ed794115be9195ff9d67cdf8d0400000000",
	  ALPHABET, 1, 26, { { 48, "50" }, { 49, "55555555555555555555" }, { 59, "45" },
	  { 60, "44" }, { 61, "04" }, { 128, "04" } } },
	{ "LZNT1 tune", COMPRESS_LZNT1,
	  "38b08846232000204720410010a24701a045204400084501507900c045200524138805b4024a44ef0358028c"
	  "091601484500be009e000401189000", TUNE, 1, 142, { { 0, NULL } } },
	{ "LZ4 abc", COMPRESS_LZ4, "3f6162630300ff12506263616263", ABC, 100, 300, { { 0, NULL } } },

	/* Plain LZ77: every form of a length; two of them share a byte. */
	{ "LZ77 lengths", COMPRESS_LZ77,
	  "ffffff7f 61 0700 53 0700 0700 ff 0a 0700 ff 2c01 0700 0f ff 0000 70110100",
	  "a", 1 + 13 + 15 + 35 + 303 + 70003, 1 + 13 + 15 + 35 + 303 + 70003, { { 0, NULL } } },
	/* All 32 flags are used: another word of them follows, or none. */
	{ "LZ77 full word", COMPRESS_LZ77, "00000000" A32 "ffffffff", "a", 32, 32,
	  { { 0, NULL } } },
	{ "LZ77 no word more", COMPRESS_LZ77, "00000000" A32, "a", 32, 32, { { 0, NULL } } },

	/* LZNT1: two full chunks, one that is not compressed, an end. */
	{ "LZNT1 chunks", COMPRESS_LZNT1, "03b00261fc0f 03b00261fc0f 033061616161 0000", "a",
	  8196, 8196, { { 0, NULL } } },
	{ "LZNT1 no end", COMPRESS_LZNT1, "03b00261fc0f 0030 61", "a", 4097, 4097,
	  { { 0, NULL } } },
	{ "LZNT1 end, then junk", COMPRESS_LZNT1, "033061616161 0000 ffff", "a", 4, 4,
	  { { 0, NULL } } },
};
#define NVECTORS (sizeof(vectors) / sizeof(vectors[0]))

static struct view
input(const struct vector *v, uint8_t *b, size_t size)
{
	size_t table = v->how == COMPRESS_LZ77_HUFFMAN ? 256 : 0;

	memset(b, 0, table);
	for (size_t i = 0; i < 6 && table > 0 && v->table[i].bytes != NULL; i++)
		(void)hex(v->table[i].bytes, b + v->table[i].at, table - v->table[i].at);
	return (struct view){ b, table + hex(v->in, b + table, size - table) };
}

static bool
is_text(const struct vector *v, const uint8_t *out, size_t n)
{
	size_t len = strlen(v->text);

	for (size_t i = 0; i < n; i++)
		if (out[i] != (i < len * v->times ? v->text[i % len] : '\0'))
			return false;
	return true;
}

/* Decompresses on heap memory of exactly the size, so that ASan sees every step past it. */
static bool
run(enum compression how, struct view in, size_t len, uint8_t **out)
{
	uint8_t *p = test_malloc(in.len + 1);
	bool ok;

	*out = test_malloc(len + 1);
	memcpy(p + 1, in.p, in.len);
	memset(*out, 0xee, len + 1);
	ok = decompress(how, (struct view){ p + 1, in.len }, *out + 1, len);
	assert_int_equal(**out, 0xee);
	test_free(p);
	return ok;
}

static bool
makes(enum compression how, struct view in, size_t len)
{
	uint8_t *out;
	bool ok = run(how, in, len, &out);

	test_free(out);
	return ok;
}

static void
every_vector_comes_out(void **state)
{
	(void)state;
	for (size_t i = 0; i < NVECTORS; i++) {
		const struct vector *v = &vectors[i];
		uint8_t b[512], *out;

		if (!run(v->how, input(v, b, sizeof(b)), v->len, &out) ||
		    !is_text(v, out + 1, v->len))
			fail_msg("%s", v->about);
		test_free(out);
	}
}

static void
every_truncation_is_safe(void **state)
{
	(void)state;
	for (size_t i = 0; i < NVECTORS; i++) {
		const struct vector *v = &vectors[i];
		uint8_t b[512], *out;
		struct view in = input(v, b, sizeof(b));

		/* What is cut off may be only the mark of the end. */
		for (size_t n = 0; n < in.len; n++) {
			if (run(v->how, (struct view){ in.p, n }, v->len, &out) &&
			    (!is_text(v, out + 1, v->len) || n + 4 < in.len))
				fail_msg("%s: %zu bytes", v->about, n);
			test_free(out);
		}
	}
}

static void
lengths_that_lie_are_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < NVECTORS; i++) {
		const struct vector *v = &vectors[i];
		uint8_t b[512];
		struct view in = input(v, b, sizeof(b));

		for (size_t d = 1; d < 20 && d <= v->len; d++)
			/* Where more is expected, Huffman's END symbol is a match,
			 * and the padding of its last words reads as codes. */
			if (makes(v->how, in, v->len - d) || (makes(v->how, in, v->len + d) &&
			    v->how != COMPRESS_LZ77_HUFFMAN))
				fail_msg("%s: off by %zu", v->about, d);
		assert_false(makes(v->how, in, 0));
	}
	for (int how = -1; how < 10; how++)
		assert_false(decompress((enum compression)how, (struct view){ NULL, 0 },
		    (uint8_t[1]){ 0 }, 1));
}

static const struct {
	const char	*about;
	enum compression how;
	const char	*in;
	size_t		 len;
} broken[] = {
	{ "LZ77: a match with nothing before it", COMPRESS_LZ77, "ffffffff 0000", 3 },
	{ "LZ77: a match before the start", COMPRESS_LZ77, "ffffff7f 61 0800", 4 },
	{ "LZ77: a length below its own range", COMPRESS_LZ77, "ffffff7f 61 0700 0f ff 1500", 25 },
	{ "LZ77: a match past the end", COMPRESS_LZ77,
	  "ffffff7f 61 0700 0f ff 0000 ffffffff", 4096 },
	{ "LZ77: half a word of flags", COMPRESS_LZ77, "0000", 0 },
	{ "LZNT1: a match with nothing before it", COMPRESS_LZNT1, "02b001 0000", 3 },
	{ "LZNT1: a match before the chunk", COMPRESS_LZNT1, "03b00261fc0f 02b001 0000", 4099 },
	{ "LZNT1: a chunk of more than 4096", COMPRESS_LZNT1, "03b00261ff0f", 4099 },
	{ "LZNT1: a short chunk in the middle", COMPRESS_LZNT1, "003061 003061", 2 },
	{ "LZNT1: no chunk's signature", COMPRESS_LZNT1, "002061", 1 },
	{ "LZNT1: half a header", COMPRESS_LZNT1, "003061 00", 1 },
	{ "LZNT1: half a match", COMPRESS_LZNT1, "02b0026100 ", 4 },
	{ "LZ4: a match before the start", COMPRESS_LZ4, "1f610500", 20 },
};

static void
broken_ones_are_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(broken) / sizeof(broken[0]); i++) {
		uint8_t b[64];
		struct view in = { b, hex(broken[i].in, b, sizeof(b)) };

		if (makes(broken[i].how, in, broken[i].len))
			fail_msg("%s", broken[i].about);
	}
}

/* LZNT1's split of a match word moves as its chunk grows ([MS-XCA] 2.5.1.4). */
static void
lznt1_words_at_every_place(void **state)
{
	uint8_t in[2 + 9 * 4096 / 8 + 16], *out;

	(void)state;
	for (size_t before = 1; before <= 3600; before++) {
		size_t n = 2, flags = 0, bits = 12;

		/* So many literals, then a match of three bytes from the first on. */
		for (size_t i = 0; i <= before; i++) {
			if (i % 8 == 0) {
				flags = n++;
				in[flags] = 0;
			}
			if (i < before)
				in[n++] = (uint8_t)(i ^ i >> 8);
		}
		in[flags] = (uint8_t)(1u << before % 8);
		while (bits > 4 && (size_t)1 << (16 - bits) < before)
			bits--;
		le16enc(in + n, (uint16_t)((before - 1) << bits));
		n += 2;
		le16enc(in, (uint16_t)(0xb000 | (n - 3)));
		assert_true(run(COMPRESS_LZNT1, (struct view){ in, n }, before + 3, &out));
		for (size_t i = 0; i < 3; i++)
			assert_int_equal(out[1 + before + i],
			    i < before ? (uint8_t)(i ^ i >> 8) : out[1 + i % before]);
		test_free(out);
	}
}

/* ---- A writer of Huffman blocks whose codes have all nine bits ---- */

#define BLOCK 65536

struct writer {
	uint8_t	 p[1u << 19];
	size_t	 at[2], end;	/* offsets: of the next two words, of the end */
	unsigned int word, room;
};

/* [MS-XCA] 2.1.4.3: a word stands where the reader, who reads one ahead, expects it. */
static void
put_bits(struct writer *w, unsigned int n, unsigned int bits)
{
	for (; n > 0; n--) {
		if (w->room == 0) {
			le16enc(w->p + w->at[0], (uint16_t)w->word);
			w->at[0] = w->at[1];
			w->at[1] = w->end;
			w->end += 2;
			w->word = 0;
			w->room = 16;
		}
		w->word = w->word << 1 | (bits >> (n - 1) & 1);
		w->room--;
	}
}

static void
block_begin(struct writer *w)
{
	memset(w->p + w->end, 0x99, 256);
	w->at[0] = w->end + 256;
	w->at[1] = w->end + 258;
	w->end += 260;
	w->word = 0;
	w->room = 16;
}

static void
block_end(struct writer *w)
{
	le16enc(w->p + w->at[0], (uint16_t)(w->word << w->room));
	le16enc(w->p + w->at[1], 0);
}

static void
put_match(struct writer *w, size_t back, size_t n)
{
	unsigned int bits = 0;

	while ((size_t)2 << bits <= back)
		bits++;
	n -= 3;
	put_bits(w, 9, 256 + bits * 16 + (unsigned int)(n < 15 ? n : 15));
	if (n >= 15 + 255) {
		w->p[w->end++] = 255;
		le16enc(w->p + w->end, (uint16_t)n);
		w->end += 2;
	} else if (n >= 15) {
		w->p[w->end++] = (uint8_t)(n - 15);
	}
	put_bits(w, bits, (unsigned int)back & ((1u << bits) - 1));
}

static void
huffman_blocks(void **state)
{
	enum { LEN = 3 * BLOCK + 777 };
	struct writer *w = test_calloc(1, sizeof(*w));
	uint8_t *want = test_malloc(LEN + 70000), *out;
	size_t at = 0, end = 0;

	(void)state;
	for (unsigned int turn = 0; at < LEN; turn++) {
		size_t left = (end > at ? end : at + BLOCK) - at, n, back;

		if (at >= end) {
			if (at > 0)
				block_end(w);
			block_begin(w);
			end = at + BLOCK;
		}
		/* Distances of all sizes, lengths of all three forms. */
		n = turn % 50 == 0 ? 300 + turn : turn % 5 == 0 ? 20 + turn % 250 : 3 + turn % 15;
		back = 1 + (size_t)turn * 2654435761u % 32767;
		if (turn % 3 == 0 || back > at || n > left || n > LEN - at) {
			want[at] = (uint8_t)(turn * 7);
			put_bits(w, 9, want[at++]);
			continue;
		}
		put_match(w, back, n);
		for (; n > 0; n--, at++)
			want[at] = want[at - back];
	}
	put_bits(w, 9, 256);
	block_end(w);
	assert_true(run(COMPRESS_LZ77_HUFFMAN, (struct view){ w->p, w->end }, LEN, &out));
	assert_memory_equal(out + 1, want, LEN);
	test_free(out);
	for (size_t d = 1; d < 40; d++) {
		assert_false(makes(COMPRESS_LZ77_HUFFMAN, (struct view){ w->p, w->end }, LEN - d));
		/* As a match, END makes three bytes. */
		assert_true(makes(COMPRESS_LZ77_HUFFMAN, (struct view){ w->p, w->end }, LEN + d) ==
		    (d == 3));
	}
	for (size_t n = 0; n + 2 < w->end; n += 97)
		assert_false(makes(COMPRESS_LZ77_HUFFMAN, (struct view){ w->p, n }, LEN));
	test_free(want);
	test_free(w);
}

/* A full block needs no END: with one, with none, with one in a block of its own. */
static void
huffman_full_block(void **state)
{
	struct writer *w = test_calloc(1, sizeof(*w));
	size_t len = BLOCK, full;

	(void)state;
	block_begin(w);
	put_bits(w, 9, 'a');
	put_match(w, 1, 65535);
	block_end(w);
	full = w->end;
	assert_true(makes(COMPRESS_LZ77_HUFFMAN, (struct view){ w->p, full }, len));
	block_begin(w);
	put_bits(w, 9, 256);
	block_end(w);
	assert_true(makes(COMPRESS_LZ77_HUFFMAN, (struct view){ w->p, w->end }, len));
	assert_false(makes(COMPRESS_LZ77_HUFFMAN, (struct view){ w->p, w->end - 1 }, len));
	assert_false(makes(COMPRESS_LZ77_HUFFMAN, (struct view){ w->p, full + 255 }, len));
	/* Where more is expected, the same symbol is three bytes again. */
	assert_true(makes(COMPRESS_LZ77_HUFFMAN, (struct view){ w->p, w->end }, len + 3));
	assert_false(makes(COMPRESS_LZ77_HUFFMAN, (struct view){ w->p, w->end }, len + 2));
	test_free(w);
}

static void
huffman_broken(void **state)
{
	struct writer *w = test_calloc(1, sizeof(*w));
	uint8_t *out;

	(void)state;
	/* A match before the start; a length below its own range. */
	block_begin(w);
	put_bits(w, 9, 'a');
	put_match(w, 2, 3);
	block_end(w);
	assert_false(makes(COMPRESS_LZ77_HUFFMAN, (struct view){ w->p, w->end }, 4));
	memset(w, 0, sizeof(*w));
	block_begin(w);
	put_bits(w, 9, 'a');
	put_match(w, 1, 300);
	block_end(w);
	assert_true(makes(COMPRESS_LZ77_HUFFMAN, (struct view){ w->p, w->end }, 301));
	le16enc(w->p + w->end - 2, 14);
	assert_false(makes(COMPRESS_LZ77_HUFFMAN, (struct view){ w->p, w->end }, 18));
	le16enc(w->p + w->end - 2, 15);
	assert_true(makes(COMPRESS_LZ77_HUFFMAN, (struct view){ w->p, w->end }, 19));
	assert_false(makes(COMPRESS_LZ77_HUFFMAN, (struct view){ w->p, w->end - 1 }, 19));

	/* Trees with a code too many, too few, none at all, one alone. */
	w->p[40] = 0x98;
	assert_false(makes(COMPRESS_LZ77_HUFFMAN, (struct view){ w->p, w->end }, 19));
	w->p[40] = 0x9a;
	assert_false(makes(COMPRESS_LZ77_HUFFMAN, (struct view){ w->p, w->end }, 19));
	w->p[40] = 0x90;
	assert_false(makes(COMPRESS_LZ77_HUFFMAN, (struct view){ w->p, w->end }, 19));
	memset(w->p, 0, 256);
	assert_false(makes(COMPRESS_LZ77_HUFFMAN, (struct view){ w->p, w->end }, 19));
	w->p[48] = 0x10;
	assert_false(makes(COMPRESS_LZ77_HUFFMAN, (struct view){ w->p, w->end }, 19));
	memset(w->p, 0x11, 256);
	assert_false(makes(COMPRESS_LZ77_HUFFMAN, (struct view){ w->p, w->end }, 19));
	memset(w->p, 0xff, 256);
	assert_false(makes(COMPRESS_LZ77_HUFFMAN, (struct view){ w->p, w->end }, 19));

	/* Two codes of one bit: as many bytes as there are bits, and no END. */
	memset(w->p, 0, 256);
	w->p['a' / 2] = 0x10;
	w->p[255] = 0x10;
	memset(w->p + 256, 0, 64);
	assert_true(run(COMPRESS_LZ77_HUFFMAN, (struct view){ w->p, 256 + 64 }, 490, &out));
	assert_true(out[1] == 'a' && out[490] == 'a');
	test_free(out);
	assert_false(makes(COMPRESS_LZ77_HUFFMAN, (struct view){ w->p, 256 + 64 }, 513));
	test_free(w);
}

static void
matches_stay_inside(void **state)
{
	uint8_t b[8] = "abcdef";

	(void)state;
	assert_false(lz_match(b, 8, 6, 0, 1));
	assert_false(lz_match(b, 8, 6, 7, 1));
	assert_false(lz_match(b, 8, 6, 1, 3));
	assert_false(lz_match(b, 8, 6, 1, SIZE_MAX));
	assert_false(lz_match(b, 8, 0, 1, 1));
	assert_true(lz_match(b, 8, 6, 6, 2));
	assert_memory_equal(b, "abcdefab", 8);
	assert_true(lz_match(b, 8, 8, 8, 0));
	assert_true(lz_match(b, 8, 1, 1, 3));
	assert_memory_equal(b, "aaaaefab", 8);
	assert_true(lz_match(b, 8, 6, 2, 2));
	assert_true(lz_match(b, 8, 5, 1, 1));
	memcpy(b, "ab", 2);
	assert_true(lz_match(b, 8, 2, 2, 5));
	assert_memory_equal(b, "abababaf", 7);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_vector_comes_out),
		cmocka_unit_test(every_truncation_is_safe),
		cmocka_unit_test(lengths_that_lie_are_refused),
		cmocka_unit_test(broken_ones_are_refused),
		cmocka_unit_test(lznt1_words_at_every_place),
		cmocka_unit_test(huffman_blocks),
		cmocka_unit_test(huffman_full_block),
		cmocka_unit_test(huffman_broken),
		cmocka_unit_test(matches_stay_inside),
	};

	return cmocka_run_group_tests_name("decompress", tests, NULL, NULL);
}
