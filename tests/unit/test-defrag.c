#include "engine/defrag.h"

#include <stdarg.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/stats.h"

#define SECOND	INT64_C(1000000)

struct bench {
	struct budget	 budget;
	struct stats	 stats;
	struct defrag	*d;
	uint8_t		 data[70000];
};

static int
setup(void **state)
{
	static struct bench bench;

	bench = (struct bench){ .d = NULL };
	for (size_t i = 0; i < sizeof(bench.data); i++)
		bench.data[i] = (uint8_t)(i * 7 + i / 256);
	budget_init(&bench.budget, NULL, MAX_MEMORY);
	bench.d = defrag_new(&bench.budget, &bench.stats);
	*state = &bench;
	return bench.d == NULL;
}

/* Whatever a test did, nothing may be left. */
static int
teardown(void **state)
{
	struct bench *b = *state;

	defrag_free(b->d);
	return b->budget.used != 0;
}

static struct frag
piece(const struct bench *b, uint32_t id, uint32_t off, size_t len, bool more)
{
	struct frag f = { .id = id, .off = off, .more = more, .proto = 6 };

	f.src.b[0] = 10;
	f.dst.b[0] = 11;
	f.data = view_at((struct view){ b->data, sizeof(b->data) }, off, len);
	return f;
}

static bool
add(struct bench *b, struct frag f, int64_t now, size_t want)
{
	struct datagram got = defrag_add(b->d, &f, now);

	if (got.p == NULL)
		return false;
	assert_int_equal(got.len, want);
	assert_int_equal(got.proto, 6);
	assert_memory_equal(got.p, b->data, want);
	budget_free(got.p);
	return true;
}

static uint64_t
count(const struct bench *b, unsigned id)
{
	return b->stats.n[id];
}

static void
any_order(void **state)
{
	static const uint8_t orders[][4] = {
		{ 0, 1, 2, 3 }, { 3, 2, 1, 0 }, { 1, 3, 0, 2 }, { 2, 0, 3, 1 },
	};
	struct bench *b = *state;

	for (size_t i = 0; i < sizeof(orders) / sizeof(orders[0]); i++)
		for (size_t n = 0; n < 4; n++) {
			uint32_t at = orders[i][n];

			assert_int_equal(add(b, piece(b, 7, at * 16,
			    at < 3 ? 16 : 5, at < 3), 0, 53), n == 3);
		}
	assert_int_equal(count(b, STAT_FRAGS_DONE), 4);
	assert_int_equal(count(b, STAT_FRAGS), 16);
	assert_int_equal(count(b, STAT_FRAGS_DROPPED), 0);
	assert_int_equal(count(b, STAT_FRAGS_OVERLAP), 0);
}

static void
duplicates(void **state)
{
	struct bench *b = *state;

	assert_false(add(b, piece(b, 1, 0, 16, true), 0, 0));
	assert_false(add(b, piece(b, 1, 0, 16, true), 0, 0));
	assert_true(add(b, piece(b, 1, 16, 1, false), 0, 17));
	assert_int_equal(count(b, STAT_FRAGS_OVERLAP), 0);
}

/* Other bytes for what is there already are not believed, whichever side they come from. */
static void
first_copy_wins(void **state)
{
	static const uint8_t evil[64] = { 0 };
	struct bench *b = *state;
	struct frag f;

	for (int v6 = 0; v6 < 2; v6++) {
		f = piece(b, 1, 16, 16, true);
		f.src.v6 = f.dst.v6 = v6;
		assert_false(add(b, f, 0, 0));
		f = piece(b, 1, 0, 24, true);	/* reaches 8 bytes in */
		f.src.v6 = f.dst.v6 = v6;
		assert_false(add(b, f, 0, 0));
		f = piece(b, 1, 0, 32, true);	/* adds nothing, lies */
		f.data.p = evil;
		f.src.v6 = f.dst.v6 = v6;
		assert_false(add(b, f, 0, 0));
		f = piece(b, 1, 24, 20, false);	/* 8 old bytes, 12 new */
		f.src.v6 = f.dst.v6 = v6;
		assert_true(add(b, f, 0, 44));
	}
	assert_int_equal(count(b, STAT_FRAGS_OVERLAP), 6);
}

/* One fragment over several holes fills each. */
static void
over_holes(void **state)
{
	struct bench *b = *state;

	assert_false(add(b, piece(b, 1, 8, 8, true), 0, 0));
	assert_false(add(b, piece(b, 1, 24, 8, true), 0, 0));
	assert_false(add(b, piece(b, 1, 40, 8, false), 0, 0));
	assert_true(add(b, piece(b, 1, 0, 48, true), 0, 48));
	assert_int_equal(count(b, STAT_FRAGS_OVERLAP), 1);
}

/* Equal ids of other hosts, protocols, families and scopes don't mix. */
static void
apart(void **state)
{
	struct bench *b = *state;
	struct frag f;

	assert_false(add(b, piece(b, 1, 0, 16, true), 0, 0));
	f = piece(b, 1, 16, 4, false);
	f.scope = 5;
	assert_false(add(b, f, 0, 0));
	f.scope = 0;
	f.proto = 17;
	assert_false(add(b, f, 0, 0));
	f.proto = 6;
	f.src.v6 = f.dst.v6 = true;
	assert_false(add(b, f, 0, 0));
	f.src.v6 = f.dst.v6 = false;
	f.src.b[3] = 1;
	assert_false(add(b, f, 0, 0));
	f.src.b[3] = 0;
	f.id = 2;
	assert_false(add(b, f, 0, 0));
	assert_true(add(b, piece(b, 1, 16, 4, false), 0, 20));
}

/* In IPv6 the first fragment says what the datagram carries. */
static void
first_says_protocol(void **state)
{
	struct bench *b = *state;
	struct frag f = piece(b, 1, 16, 4, false);

	f.src.v6 = f.dst.v6 = true;
	f.proto = 99;
	assert_false(add(b, f, 0, 0));
	f = piece(b, 1, 0, 16, true);
	f.src.v6 = f.dst.v6 = true;
	assert_true(add(b, f, 0, 20));
}

static void
impossible(void **state)
{
	struct bench *b = *state;
	struct frag f;

	assert_false(add(b, piece(b, 1, 65528, 8, false), 0, 0));
	assert_false(add(b, piece(b, 1, 65528, 1000, false), 0, 0));
	assert_false(add(b, piece(b, 1, 8, 0, true), 0, 0));
	f = piece(b, 1, 0, 7, true);		/* nothing left of it */
	assert_false(add(b, f, 0, 0));
	f.src.v6 = true;
	assert_false(add(b, f, 0, 0));
	assert_int_equal(count(b, STAT_FRAGS_DROPPED), 5);
	/* Two ends, and bytes beyond the end. */
	assert_false(add(b, piece(b, 1, 16, 8, false), 0, 0));
	assert_false(add(b, piece(b, 1, 16, 4, false), 0, 0));
	assert_false(add(b, piece(b, 1, 24, 8, true), 0, 0));
	assert_int_equal(count(b, STAT_FRAGS_DROPPED), 7);
	assert_true(add(b, piece(b, 1, 0, 16, true), 0, 24));
	/* An end before what is there. */
	assert_false(add(b, piece(b, 2, 16, 8, true), 0, 0));
	assert_false(add(b, piece(b, 2, 8, 8, false), 0, 0));
	assert_int_equal(count(b, STAT_FRAGS_DROPPED), 8);
}

static void
largest(void **state)
{
	struct bench *b = *state;

	for (uint32_t at = 0; at < 65000; at += 1000)
		assert_false(add(b, piece(b, 1, at, 1000, true), 0, 0));
	assert_true(add(b, piece(b, 1, 65000, 535, false), 0, 65535));
}

static void
too_many_pieces(void **state)
{
	struct bench *b = *state;

	for (uint32_t i = 0; i < MAX_FRAGS; i++)
		assert_false(add(b, piece(b, 1, 16 * i, 8, true), 0, 0));
	assert_int_equal(count(b, STAT_FRAGS_DROPPED), 0);
	assert_false(add(b, piece(b, 1, 16 * MAX_FRAGS, 8, true), 0, 0));
	assert_int_equal(count(b, STAT_FRAGS_DROPPED), MAX_FRAGS + 1);
	/* The set is gone; the next one works. */
	assert_false(add(b, piece(b, 1, 0, 8, true), 0, 0));
	assert_true(add(b, piece(b, 1, 8, 8, false), 0, 16));
}

static void
times_out(void **state)
{
	struct bench *b = *state;

	assert_false(add(b, piece(b, 1, 0, 8, true), 0, 0));
	assert_false(add(b, piece(b, 2, 0, 8, true), SECOND, 0));
	assert_true(add(b, piece(b, 1, 8, 8, false), FRAG_TIMEOUT * SECOND, 16));
	assert_false(add(b, piece(b, 2, 8, 8, false),
	    (FRAG_TIMEOUT + 1) * SECOND + 1, 16));
	assert_int_equal(count(b, STAT_FRAGS_DROPPED), 1);
	/* Time may step back. */
	assert_true(add(b, piece(b, 2, 0, 8, true), 0, 16));
}

/* A flood of first fragments drives out the oldest, not the newest. */
static void
flood_of_sets(void **state)
{
	struct bench *b = *state;

	for (uint32_t id = 0; id < MAX_FRAG_SETS + 10; id++)
		assert_false(add(b, piece(b, id, 0, 8, true), 0, 0));
	assert_int_equal(count(b, STAT_FRAGS_DROPPED), 10);
	assert_true(add(b, piece(b, 10, 8, 8, false), 0, 16));
	assert_true(add(b, piece(b, MAX_FRAG_SETS + 9, 8, 8, false), 0, 16));
	assert_false(add(b, piece(b, 9, 8, 8, false), 0, 0));
}

static void
flood_of_bytes(void **state)
{
	struct bench *b = *state;

	for (uint32_t id = 0; id < 300; id++)
		assert_false(add(b, piece(b, id, 0, 65000, true), 0, 0));
	assert_true(b->budget.peak < MAX_FRAG_MEM + 4096);
	assert_true(count(b, STAT_FRAGS_DROPPED) > 100);
	assert_true(add(b, piece(b, 299, 65000, 8, false), 0, 65008));
}

/* The worker's purse is empty: fragments are lost, nothing else. */
static void
no_memory(void **state)
{
	struct bench *b = *state;

	b->budget.limit = b->budget.used + 600;
	assert_false(add(b, piece(b, 1, 0, 65000, true), 0, 0));
	assert_false(add(b, piece(b, 2, 0, 8, true), 0, 0));
	assert_true(add(b, piece(b, 2, 8, 8, false), 0, 16));
	assert_false(add(b, piece(b, 3, 0, 240, true), 0, 0));
	assert_false(add(b, piece(b, 3, 240, 8, false), 0, 0));	/* no room to join */
	assert_true(count(b, STAT_FRAGS_DROPPED) >= 3);
	b->budget.limit = MAX_MEMORY;
}

int
main(void)
{
#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(any_order),
		TEST(duplicates),
		TEST(first_copy_wins),
		TEST(over_holes),
		TEST(apart),
		TEST(first_says_protocol),
		TEST(impossible),
		TEST(largest),
		TEST(too_many_pieces),
		TEST(times_out),
		TEST(flood_of_sets),
		TEST(flood_of_bytes),
		TEST(no_memory),
	};

	return cmocka_run_group_tests_name("defrag", tests, NULL, NULL);
}
