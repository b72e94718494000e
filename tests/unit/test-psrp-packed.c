/* Fragments that were compressed on their way. */
#include "unit/hex.h"
#include "base/decompress.h"
#include "base/limits.h"
#include "wire/psrp.h"

/* v as blocks that are stored as they are. */
static struct wire
stored(const struct wire *v, size_t block)
{
	struct wire w = wire_new();

	for (size_t at = 0, n; at < v->n; at += n) {
		uint8_t *p;

		n = v->n - at < block ? v->n - at : block;
		p = wire_more(&w, 4 + n);
		le16enc(p, (uint16_t)(n - 1));
		le16enc(p + 2, (uint16_t)(n - 1));
		memcpy(p + 4, v->p + at, n);
	}
	return w;
}

/* LZ77 and Huffman, [MS-XCA] 2.2: bytes below 128 as they are, in seven bits each. */
static struct wire
packed(const struct wire *v)
{
	struct wire w = wire_new();
	uint32_t bits = 0, have = 0;
	size_t words = 1 + (v->n * 7 + 15) / 16, at = 0;

	memset(wire_more(&w, 4 + 256), 0, 4 + 256);
	memset(w.p + 4, 0x77, 64);
	for (; words > 0; words--) {
		for (; have < 16; have += 7) {
			assert_true(at >= v->n || v->p[at] < 128);
			bits = bits << 7 | (at < v->n ? v->p[at] : 0);
			at++;
		}
		have -= 16;
		le16enc(wire_more(&w, 2), (uint16_t)(bits >> have));
	}
	le16enc(w.p, (uint16_t)(v->n - 1));
	le16enc(w.p + 2, (uint16_t)(w.n - 4 - 1));
	return w;
}

/* The data of a block, [MS-XCA] 3.2: "abc" a hundred times. */
static void
a_block_decompresses(void **state)
{
	static const struct { size_t at; const char *bytes; } table[] = {
		{ 48, "30" }, { 49, "23" }, { 128, "02" }, { 143, "20" } };
	uint8_t in[512] = { 0 }, out[300];
	size_t n = 256;

	(void)state;
	for (size_t i = 0; i < nitems(table); i++)
		(void)hex(table[i].bytes, in + table[i].at, 1);
	n += hex("a8dc0000ff2601", in + n, 16);
	assert_true(lz77_huffman((struct view){ in, n }, out, sizeof(out)));
	for (size_t i = 0; i < sizeof(out); i += 3)
		assert_memory_equal(out + i, "abc", 3);
	for (size_t cut = 0; cut < n; cut++) {
		uint8_t *p = test_malloc(cut + 1);

		memcpy(p + 1, in, cut);
		(void)lz77_huffman((struct view){ p + 1, cut }, out, sizeof(out));
		test_free(p);
	}
}

static void
a_compressed_stream_is_known(void **state)
{
	static const size_t block[] = { 65536, 100, 61 };
	struct wire w = wire_new(), z;

	(void)state;
	whole(&w, 1, CREATE_PIPELINE, 1, SCRIPT("one"));
	part(&w, 2, 0, 2, CREATE_PIPELINE, 2, SCRIPT("two"));
	part(&w, 2, 1, 2, CREATE_PIPELINE, 2, SCRIPT("two"));
	for (size_t i = 0; i < nitems(block); i++) {
		z = stored(&w, block[i]);
		for (size_t n = 1; n < z.n + 50; n += 50) {
			struct told *t = told_new();

			for (size_t at = 0; at < z.n; at += n)
				give(t, C2S, 1, z.p + at, n < z.n - at ? n : z.n - at, false);
			told_is(t, "create 1: one\ncreate 2: two\n");
		}
		test_free(z.p);
	}
	test_free(w.p);
}

/* Blocks that are really compressed; and that their stream is, is not forgotten. */
static void
huffman_blocks_are_opened(void **state)
{
	static char pad[4000];
	char xml[8192];
	struct told *t = told_new();
	struct wire w = wire_new(), z;

	(void)state;
	memset(pad, 'p', sizeof(pad) - 1);
	for (uint8_t i = 1; i <= 3; i++) {
		int n = snprintf(xml, sizeof(xml), SCRIPT("gps") "<!--%s-->", pad);

		/* The length has no byte above 127 either. */
		while (((40 + n) & 0x80) != 0)
			xml[n++] = ' ';
		xml[n] = '\0';
		whole(&w, i, CREATE_PIPELINE, i, xml);
		z = packed(&w);
		assert_true(z.n < w.n);
		give(t, C2S, 1, z.p, z.n, false);
		test_free(z.p);
		w.n = 0;
	}
	/* Another lane is none. */
	whole(&w, 9, CREATE_PIPELINE, 9, SCRIPT("gps"));
	send(t, C2S, 0, &w);
	test_free(w.p);
	told_is(t, "create 1: gps\ncreate 2: gps\ncreate 3: gps\ncreate 9: gps\n");
}

static void
a_compressed_tail_is_searched(void **state)
{
	struct told *t = told_new();
	struct wire w = wire_new(), z;
	size_t first;

	(void)state;
	whole(&w, 1, OUTPUT, 1, "<S>some output that is long enough to be cut, and longer than the "
	    "state that comes after it: so that each has a block</S>");
	first = w.n;
	whole(&w, 2, PIPELINE_STATE, 1, STATE("4"));
	z = stored(&w, first);
	give(t, S2C, 2, z.p + 20, z.n - 20, true);
	test_free(z.p);
	w.n = 0;
	whole(&w, 3, PIPELINE_STATE, 2, STATE("5"));
	z = stored(&w, first);
	send(t, S2C, 2, &z);
	test_free(z.p);
	test_free(w.p);
	told_is(t, "state 1: 4\nstate 2: 5\n");
}

/* What unpacks to more and more is given up; the other lanes go on. */
static void
bombs_are_bounded(void **state)
{
	/* A literal, then one match as long as a block: 65,536 bytes in 266. */
	static const struct { size_t at; const char *bytes; } table[] = {
		{ 0, "01" }, { 135, "10" } };
	uint8_t in[1024] = { 0 };
	struct told *t = told_new();
	struct wire w = wire_new(), z;
	uint8_t *out;
	size_t n = 4;

	(void)state;
	whole(&w, 1, OUTPUT, 1, "");
	z = stored(&w, 65536);
	send(t, S2C, 2, &z);
	test_free(z.p);
	w.n = 0;
	(void)hex("ffff", in, 2);
	for (size_t i = 0; i < nitems(table); i++)
		(void)hex(table[i].bytes, in + n + table[i].at, 1);
	n += 256 + hex("0040 0000 ff fcff", in + n + 256, 16);
	le16enc(in + 2, (uint16_t)(n - 4 - 1));
	out = test_malloc(65536);
	assert_true(lz77_huffman((struct view){ in + 4, n - 4 }, out, 65536));
	test_free(out);
	for (size_t i = 0; i < 2000; i++)
		give(t, S2C, 2, in, n, false);
	assert_true(t->f.stats.n[STAT_PSRP_TORN] > 0);
	whole(&w, 9, CREATE_PIPELINE, 9, SCRIPT("gps"));
	send(t, C2S, 0, &w);
	test_free(w.p);
	told_is(t, "create 9: gps\n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_block_decompresses),
		cmocka_unit_test(a_compressed_stream_is_known),
		cmocka_unit_test(huffman_blocks_are_opened),
		cmocka_unit_test(a_compressed_tail_is_searched),
		cmocka_unit_test(bombs_are_bounded),
	};

	return cmocka_run_group_tests_name("psrp_packed", tests, NULL, NULL);
}
