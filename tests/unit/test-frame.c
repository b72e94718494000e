#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "engine/frame.h"
#include "wire/toy.h"

struct rig {
	struct budget	 all, b;
	struct stats	 stats;
	struct world	 w;
	struct framer	 f;
	uint8_t		 bytes[1 << 17];
	size_t		 n;
};

static struct rig rig;

static void
rig_up(size_t limit, bool lost)
{
	toy_reset();
	memset(&rig, 0, sizeof(rig));
	budget_init(&rig.all, NULL, MAX_MEMORY);
	budget_init(&rig.b, &rig.all, limit);
	world_init(&rig.w, &rig.all, &rig.stats, NULL);
	frame_init(&rig.f, &toy_ops, NULL, &rig.w, &rig.b, C2S, lost);
}

static void
rig_down(const char *want)
{
	frame_end(&rig.f);
	frame_free(&rig.f);
	assert_string_equal(toy.log, want);
	assert_int_equal(rig.all.used, 0);
}

static void
pdu(char kind, uint8_t no, size_t len)
{
	rig.n += toy_make(rig.bytes + rig.n, kind, no, len);
}

/* Bytes from..to, each piece on a heap of its own so that ASan sees its edge. */
static void
push(size_t from, size_t to, size_t step)
{
	for (size_t n; from < to; from += n) {
		uint8_t *cut;

		n = step < to - from ? step : to - from;
		cut = malloc(n);
		memcpy(cut, rig.bytes + from, n);
		frame_push(&rig.f, (struct view){ cut, n });
		free(cut);
	}
}

static void
test_every_split(void **state)
{
	(void)state;
	for (size_t step = 1; step < 120; step++) {
		rig_up(MAX_FLOW_MEM, false);
		pdu('c', 1, 30);
		pdu('c', 2, 6);
		pdu('C', 3, 50);
		pdu('k', 4, 20);
		pdu('k', 5, 6);
		pdu('c', 6, 40);
		push(0, rig.n, step);
		rig_down("c1 c2 C3~ c6");
		assert_int_equal(rig.stats.n[STAT_BAD_PDUS], 0);
	}
}

/* One-byte segments must not ask head() again and again. */
static void
test_head_asked_seldom(void **state)
{
	(void)state;
	rig_up(MAX_FLOW_MEM, false);
	pdu('c', 1, 60000);
	push(0, rig.n, 1);
	assert_true(toy.heads <= 2);
	rig_down("c1");
}

static void
test_nothing_is_copied(void **state)
{
	(void)state;
	rig_up(0, false);		/* there is nothing to copy it to */
	pdu('c', 1, 30);
	pdu('C', 2, 9000);
	pdu('c', 3, 40);
	push(0, rig.n, rig.n);
	rig_down("c1 C2~ c3");
	assert_int_equal(rig.stats.n[STAT_PDU_TOO_LARGE], 0);
}

/* Only the wanted prefix is kept, and told as soon as it is there. */
static void
test_prefix(void **state)
{
	(void)state;
	rig_up(64, false);
	pdu('C', 1, 60000);
	pdu('c', 2, 10);
	push(0, 4, 1);
	push(4, 6, 1);
	assert_string_equal(toy.log, "C1~");
	assert_int_equal(rig.all.used, 0);
	push(6, 60000, 1000);
	push(60000, rig.n, 3);
	rig_down("C1~ c2");
	assert_int_equal(rig.stats.n[STAT_SKIPPED_BYTES], 60000 - 6);
}

static void
test_gap_inside(void **state)
{
	(void)state;
	/* Inside the PDU, up to its end, one further, before, behind. */
	rig_up(MAX_FLOW_MEM, false);
	pdu('c', 1, 100);
	pdu('c', 2, 10);
	push(0, 50, 50);
	frame_gap(&rig.f, 20);
	push(70, rig.n, 7);
	rig_down("c1- c2");
	assert_int_equal(rig.stats.n[STAT_TORN_PDUS], 1);

	rig_up(MAX_FLOW_MEM, false);
	pdu('c', 1, 100);
	pdu('c', 2, 10);
	push(0, 50, 50);
	frame_gap(&rig.f, 50);
	push(100, rig.n, 7);
	rig_down("c1- c2");

	rig_up(MAX_FLOW_MEM, false);
	pdu('c', 1, 100);
	pdu('c', 2, 10);
	pdu('c', 3, 10);
	push(0, 50, 50);
	frame_gap(&rig.f, 51);
	push(101, rig.n, 1);
	rig_down("c1- C? c3");
	assert_int_equal(rig.stats.n[STAT_RESYNCS], 1);

	rig_up(MAX_FLOW_MEM, false);
	pdu('c', 1, 100);
	pdu('c', 2, 10);
	frame_gap(&rig.f, 5);
	push(5, rig.n, 11);
	rig_down("C? c2");

	rig_up(MAX_FLOW_MEM, false);	/* in the header */
	pdu('c', 1, 100);
	pdu('c', 2, 10);
	push(0, 3, 3);
	frame_gap(&rig.f, 5);
	push(8, rig.n, 11);
	rig_down("C? c2");
}

static void
test_gap_in_skip(void **state)
{
	(void)state;
	rig_up(MAX_FLOW_MEM, false);
	pdu('C', 1, 100);
	pdu('c', 2, 10);
	push(0, 20, 20);
	frame_gap(&rig.f, 80);
	push(100, rig.n, 10);
	rig_down("C1~ c2");
	assert_int_equal(rig.stats.n[STAT_TORN_PDUS], 0);

	rig_up(MAX_FLOW_MEM, false);
	pdu('C', 1, 100);
	pdu('c', 2, 10);
	pdu('c', 3, 10);
	push(0, 20, 20);
	frame_gap(&rig.f, 81);
	push(101, rig.n, 10);
	rig_down("C1~ C? c3");

	rig_up(MAX_FLOW_MEM, false);	/* nobody knows how much */
	pdu('C', 1, 100);
	pdu('c', 2, 10);
	push(0, 20, 20);
	frame_gap(&rig.f, UINT64_MAX);
	push(100, rig.n, 10);
	rig_down("C1~ C? c2");
}

static void
test_resync(void **state)
{
	(void)state;
	for (size_t step = 1; step < 60; step++) {
		rig_up(MAX_FLOW_MEM, true);
		memcpy(rig.bytes, "LNLN..xLLNxxzzLNL", 17);
		rig.n = 17;
		pdu('c', 1, 30);
		memcpy(rig.bytes + rig.n, "LN\0\0c.", 6);	/* head() says no */
		rig.n += 6;
		pdu('c', 2, 8);
		push(0, rig.n, step);
		rig_down("c1 C? c2");
		assert_int_equal(rig.stats.n[STAT_BAD_PDUS], 1);
		assert_int_equal(rig.stats.n[STAT_RESYNCS], 2);
	}
}

static void
test_hopeless(void **state)
{
	static uint8_t zero[4096];

	(void)state;
	rig_up(MAX_FLOW_MEM, true);
	for (size_t n = 0; n < MAX_RESYNC; n += sizeof(zero)) {
		assert_false(frame_hopeless(&rig.f));
		frame_push(&rig.f, (struct view){ zero, sizeof(zero) });
	}
	assert_true(frame_hopeless(&rig.f));
	pdu('c', 1, 8);
	push(0, rig.n, 8);
	assert_false(frame_hopeless(&rig.f));
	rig_down("c1");
}

static void
test_no_memory(void **state)
{
	(void)state;
	rig_up(600, false);
	pdu('c', 1, 1000);
	pdu('c', 2, 30);
	push(0, rig.n, 100);
	rig_down("c1- c2");
	assert_int_equal(rig.stats.n[STAT_PDU_TOO_LARGE], 1);

	rig_up(0, false);		/* not even for a header */
	pdu('c', 1, 1000);
	pdu('c', 2, 30);
	push(0, 3, 3);
	push(3, rig.n, rig.n);
	rig_down("C? c2");

	rig_up(0, false);		/* the PDU's front is told in place */
	pdu('c', 1, 1000);
	pdu('c', 2, 30);
	push(0, 500, 500);
	push(500, rig.n, rig.n);
	rig_down("c1- c2");
}

static void
test_end(void **state)
{
	(void)state;
	for (size_t n = 0; n <= 40; n++) {
		rig_up(MAX_FLOW_MEM, false);
		pdu('c', 1, 40);
		push(0, n, 100);
		rig_down(n < TOY_HEAD ? "" : n < 40 ? "c1-" : "c1");
	}
}

/* ---- A head() that lies ---- */

static struct extent lie;
static enum head lie_says;

static enum head
lying_head(void *conn, enum dir d, struct view first, struct extent *e)
{
	(void)conn;
	(void)d;
	(void)first;
	toy.heads++;
	*e = lie;
	return lie_says;
}

static void
test_buggy_head(void **state)
{
	static const struct {
		enum head	 says;
		struct extent	 e;
	} lies[] = {
		{ HEAD_PDU, { .len = 0 } },
		{ HEAD_PDU, { .len = 5, .keep = 6 } },
		{ HEAD_PDU, { .len = SIZE_MAX, .keep = SIZE_MAX } },
		{ HEAD_PDU, { .len = 1, .keep = 1 } },
		{ HEAD_MORE, { .need = 0 } },
		{ HEAD_MORE, { .need = 1 } },
		{ HEAD_MORE, { .need = SIZE_MAX } },
		{ HEAD_BAD, { .len = 3 } },
	};
	struct proto_ops ops = toy_ops;

	(void)state;
	ops.head = lying_head;
	for (size_t i = 0; i < nitems(lies); i++)
		for (size_t step = 1; step < 50; step += 7) {
			rig_up(MAX_FLOW_MEM, false);
			rig.f.ops = &ops;
			lie = lies[i].e;
			lie_says = lies[i].says;
			pdu('c', 1, 100);
			push(0, rig.n, step);
			assert_true(toy.heads <= rig.n);
			frame_end(&rig.f);
			frame_free(&rig.f);
			assert_int_equal(rig.all.used, 0);
		}
}

/* Wanting more than MAX_PDU: told with that much, and no more is kept. */
static void
test_too_large(void **state)
{
	struct proto_ops ops = toy_ops;

	(void)state;
	ops.head = lying_head;
	rig_up(2 * MAX_PDU, false);
	rig.f.ops = &ops;
	lie_says = HEAD_PDU;
	lie = (struct extent){ .len = MAX_PDU + 100, .keep = MAX_PDU + 100 };
	toy_make(rig.bytes, 'c', 0, TOY_HEAD);
	for (size_t n = 0; n < lie.len; n += 1 << 16) {
		size_t more = lie.len - n < 1 << 16 ? lie.len - n : 1 << 16;

		push(0, more, 1 << 16);
		memset(rig.bytes, 0, TOY_HEAD);
		assert_true(rig.all.peak <= MAX_PDU + 64);
	}
	assert_int_equal(rig.f.skip, 0);
	rig.f.ops = &toy_ops;
	pdu('c', 2, 8);
	push(0, 8, 8);
	rig_down("c0- c2");
	assert_int_equal(rig.stats.n[STAT_PDU_TOO_LARGE], 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_split),
		cmocka_unit_test(test_head_asked_seldom),
		cmocka_unit_test(test_nothing_is_copied),
		cmocka_unit_test(test_prefix),
		cmocka_unit_test(test_gap_inside),
		cmocka_unit_test(test_gap_in_skip),
		cmocka_unit_test(test_resync),
		cmocka_unit_test(test_hopeless),
		cmocka_unit_test(test_no_memory),
		cmocka_unit_test(test_end),
		cmocka_unit_test(test_buggy_head),
		cmocka_unit_test(test_too_large),
	};

	return cmocka_run_group_tests_name("frame", tests, NULL, NULL);
}
