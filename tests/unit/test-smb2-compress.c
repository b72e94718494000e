#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "unit/hex.h"
#include "smb/smb2-compress.h"

/* An SMB2 header, and 'a' 300 times behind it: one, and 299 that repeat it. */
#define HEADER	"fe534d4240000100000000000900010000000000000000000700000000000000" \
		"0000000000000000887766554433221100000000000000000000000000000000"
#define LZ77_300 "ffffff7f6107000fff2801"
#define MESSAGE	(64 + 300)

static const struct good {
	const char	*about, *in;
	size_t		 len;
} good[] = {
	{ "unchained, the header as it is",
	  "fc534d42 2c010000 0200 0000 40000000" HEADER LZ77_300, MESSAGE },
	{ "unchained, all of it compressed (LZNT1)", "fc534d42 06000000 0100 0000 00000000"
	  "0530fe534d426161", 6 },
	{ "chained: none, LZ77",
	  "fc534d42 6c010000 0000 0100 40000000" HEADER
	  "0200 0000 0f000000 2c010000" LZ77_300, MESSAGE },
	{ "chained: none, pattern",
	  "fc534d42 6c010000 0000 0100 40000000" HEADER
	  "0400 0000 08000000 61000000 2c010000", MESSAGE },
	{ "chained: none, pattern, LZ77, LZNT1, LZ4, nothing",
	  "fc534d42 71010000 0000 0100 40000000" HEADER
	  "0400 0000 08000000 61ffffff 00000000"
	  "0200 0000 0f000000 2c010000" LZ77_300
	  "0100 0000 08000000 02000000 01306161"
	  "0500 0000 08000000 03000000 30616161"
	  "0000 0000 00000000", MESSAGE + 5 },
	{ "chained, and each payload says so", "fc534d42 08000000 0000 0100 04000000 fe534d42"
	  "0000 0100 04000000 61616161", 8 },
};
#define NGOOD (sizeof(good) / sizeof(good[0]))

static const struct {
	const char	*about, *in;
} bad[] = {
	{ "no flags we know", "fc534d42 6c010000 0000 0200 40000000" HEADER },
	{ "an offset beyond it (CVE-2020-0796)", "fc534d42 ffffffff 0100 0000 ffffffff" HEADER },
	{ "an offset that wraps", "fc534d42 40000000 0100 0000 c0ffffff" HEADER },
	{ "a size of 4 GiB", "fc534d42 ffffffff 0200 0000 40000000" HEADER LZ77_300 },
	{ "too small a size", "fc534d42 2b010000 0200 0000 40000000" HEADER LZ77_300 },
	{ "too large a size", "fc534d42 2d010000 0200 0000 40000000" HEADER LZ77_300 },
	{ "unchained and not compressed",
	  "fc534d42 04000000 0000 0000 40000000" HEADER "61616161" },
	{ "unchained pattern", "fc534d42 04000000 0400 0000 40000000" HEADER "6100000004000000" },
	{ "no algorithm", "fc534d42 04000000 0600 0000 40000000" HEADER "61616161" },
	{ "chained, too large a sum", "fc534d42 6b010000 0000 0100 40000000" HEADER
	  "0400 0000 08000000 61000000 2c010000" },
	{ "chained, too small a sum", "fc534d42 6d010000 0000 0100 40000000" HEADER
	  "0400 0000 08000000 61000000 2c010000" },
	{ "a pattern of 4 GiB", "fc534d42 6c010000 0000 0100 40000000" HEADER
	  "0400 0000 08000000 61000000 ffffffff" },
	{ "half a pattern", "fc534d42 41000000 0000 0100 40000000" HEADER
	  "0400 0000 07000000 61000000 010000" },
	{ "a payload beyond the end", "fc534d42 6c010000 0000 0100 41000000" HEADER },
	{ "a payload that claims 4 GiB", "fc534d42 6c010000 0000 0100 40000000" HEADER
	  "0200 0000 0f000000 ffffffff" LZ77_300 },
	{ "a payload that claims nothing", "fc534d42 6c010000 0000 0100 40000000" HEADER
	  "0200 0000 02000000 0000" },
	{ "chained, no algorithm", "fc534d42 44000000 0000 0100 40000000" HEADER
	  "0600 0000 08000000 04000000 61616161" },
	{ "half a header", "fc534d42 40000000 0000 0100 40000000" HEADER "0000 0000" },
	{ "nothing in it", "fc534d42 00000000 0000 0100 00000000" },
	{ "compressed once more", "fc534d42 10000000 0000 0100 10000000"
	  "fc534d42 00000000 0000 0000 00000000" },
	{ "sealed", "fc534d42 08000000 0000 0100 08000000 fd534d42 00000000" },
};

static bool
run(struct view v, struct buf *out)
{
	uint8_t *p = test_malloc(v.len + 1);	/* so that a read past the end is seen */
	bool ok;

	memcpy(p + 1, v.p, v.len);
	ok = smb2_decompress((struct view){ p + 1, v.len }, out);
	test_free(p);
	if (!ok) {
		assert_null(out->p);
		assert_int_equal(out->len, 0);
		assert_int_equal(out->b->used, 0);
	}
	return ok;
}

static void
messages_come_out(void **state)
{
	uint8_t in[512], head[64];
	struct budget budget;
	struct buf out;

	(void)state;
	(void)hex(HEADER, head, sizeof(head));
	budget_init(&budget, NULL, 1u << 20);
	buf_init(&out, &budget, 4096);
	for (size_t i = 0; i < NGOOD; i++) {
		struct view v = { in, hex(good[i].in, in, sizeof(in)) };
		size_t clear = good[i].len > sizeof(head) ? sizeof(head) : 4;

		if (!run(v, &out))
			fail_msg("%s", good[i].about);
		assert_int_equal(out.len, good[i].len);
		assert_memory_equal(out.p, head, clear);
		for (size_t at = clear; at < out.len; at++)
			assert_int_equal(out.p[at], 'a');
		/* It is a buf like any other. */
		assert_true(buf_add(&out, (struct view){ head, sizeof(head) }));
		buf_free(&out);
		assert_int_equal(budget.used, 0);
	}
}

static void
every_truncation_is_refused(void **state)
{
	uint8_t in[512];
	struct budget budget;
	struct buf out;

	(void)state;
	budget_init(&budget, NULL, 1u << 20);
	buf_init(&out, &budget, 4096);
	for (size_t i = 0; i < NGOOD; i++) {
		struct view v = { in, hex(good[i].in, in, sizeof(in)) };

		/* The last payload of one is empty, and may be missing whole. */
		for (size_t n = 0; n < v.len; n++) {
			if (run((struct view){ in, n }, &out) && (i != 4 || n != v.len - 8))
				fail_msg("%s: %zu bytes", good[i].about, n);
			buf_free(&out);
		}
	}
}

static void
broken_ones_are_refused(void **state)
{
	uint8_t in[512];
	struct budget budget;
	struct buf out;

	(void)state;
	budget_init(&budget, NULL, SIZE_MAX / 2);
	buf_init(&out, &budget, 1u << 20);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct view v = { in, hex(bad[i].in, in, sizeof(in)) };

		if (run(v, &out))
			fail_msg("%s", bad[i].about);
		assert_true(budget.peak < 4096);
	}
	assert_false(smb2_decompress((struct view){ NULL, 0 }, &out));
}

/* A size is believed up to the limit, and memory is had or not. */
static void
bombs_are_not_taken(void **state)
{
	uint8_t in[512];
	struct view v = { in, hex(good[3].in, in, sizeof(in)) };
	struct budget budget;
	struct buf out;

	(void)state;
	budget_init(&budget, NULL, 1u << 20);
	buf_init(&out, &budget, MESSAGE - 1);
	assert_false(run(v, &out));
	assert_int_equal(budget.peak, 0);
	assert_int_equal(budget.refused, 0);
	buf_init(&out, &budget, MESSAGE);
	assert_true(run(v, &out));
	buf_free(&out);

	budget_init(&budget, NULL, MESSAGE - 1);
	assert_false(run(v, &out));
	assert_int_equal(budget.refused, 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(messages_come_out),
		cmocka_unit_test(every_truncation_is_refused),
		cmocka_unit_test(broken_ones_are_refused),
		cmocka_unit_test(bombs_are_not_taken),
	};

	return cmocka_run_group_tests_name("smb2_compress", tests, NULL, NULL);
}
