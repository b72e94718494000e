#include "unit/facts.h"

#include "base/digest.h"
#include "base/utf16.h"

/* ---- reader ---- */

static void
a_failed_read_sticks_and_moves_nothing(void **state)
{
	static const uint8_t p[] = { 1, 2, 3 };
	struct reader r = rd_open((struct view){ p, 3 });

	(void)state;
	assert_int_equal(rd_le16(&r), 0x0201);
	assert_int_equal(rd_le32(&r), 0);
	assert_int_equal(r.fault, FAULT_SHORT);
	assert_int_equal(r.off, 2);
	assert_int_equal(rd_u8(&r), 0);		/* it is there, but the fault sticks */
	assert_int_equal(rd_rest(&r).len, 0);
}

static void
a_count_is_bounded_by_what_is_left(void **state)
{
	static const uint8_t p[] = { 2, 0, 0, 0, 9, 9, 9, 9 };
	struct reader r = rd_open((struct view){ p, 8 });

	(void)state;
	assert_int_equal(rd_count32(&r, 2), 2);
	r = rd_open((struct view){ p, 8 });
	assert_int_equal(rd_count32(&r, 3), 0);
	assert_int_equal(r.fault, FAULT_BAD);
}

static void
views_never_leave_their_bounds(void **state)
{
	static const uint8_t p[4];
	struct view v = { p, 4 };

	(void)state;
	assert_int_equal(view_at(v, 2, 2).len, 2);
	assert_null(view_at(v, 2, 3).p);
	assert_null(view_at(v, SIZE_MAX, 2).p);
	assert_int_equal(view_upto(v, 3, SIZE_MAX).len, 1);
	assert_null(view_upto(v, 4, 1).p);
}

/* ---- budget ---- */

static void
a_purse_charges_those_above(void **state)
{
	struct budget top, low;
	void *p;

	(void)state;
	budget_init(&top, NULL, 1000);
	budget_init(&low, &top, 500);
	assert_null(budget_alloc(&low, 600));
	assert_int_equal(low.refused, 1);
	assert_int_equal(top.used, 0);
	assert_non_null(p = budget_alloc(&low, 300));
	assert_true(top.used >= 300);
	assert_null(budget_alloc(&top, 800));
	assert_int_equal(top.refused, 1);
	assert_null(budget_resize(&low, p, 900));	/* p is still there */
	assert_non_null(p = budget_resize(&low, p, 10));
	budget_free(p);
	assert_int_equal(top.used, 0);
	assert_int_equal(low.used, 0);
	assert_null(budget_calloc(&top, SIZE_MAX / 4, 8));
	budget_free(NULL);
}

static void
a_buf_grows_to_its_max_and_no_further(void **state)
{
	struct budget top;
	struct buf b;

	(void)state;
	budget_init(&top, NULL, 1000);
	buf_init(&b, &top, 8);
	assert_true(buf_add(&b, view_str("abcde")));
	assert_false(buf_add(&b, view_str("fghi")));
	assert_true(buf_add(&b, view_str("fgh")));
	buf_drop(&b, 3);
	assert_int_equal(b.len, 5);
	assert_memory_equal(b.p, "defgh", 5);
	buf_drop(&b, 99);
	assert_int_equal(b.len, 0);
	assert_int_equal(top.used, 0);
}

/* ---- utf16, digest ---- */

static void
utf16_becomes_utf8(void **state)
{
	static const uint8_t le[] = { 'a', 0, 0xfc, 0, 0xac, 0x20, 0x3d, 0xd8, 0x00, 0xde, 0x00, 0xd8, 'b', 0, 7 };
	static const uint8_t be[] = { 0, 'a', 0xd8, 0x3d };
	uint8_t out[64];
	size_t n;

	(void)state;
	n = utf16_to_utf8((struct view){ le, sizeof(le) }, false, out);
	assert_int_equal(n, 1 + 2 + 3 + 4 + 3 + 1);
	assert_memory_equal(out, "a\xc3\xbc\xe2\x82\xac\xf0\x9f\x98\x80\xef\xbf\xbd" "b", n);
	assert_true(utf8_valid((struct view){ out, n }));
	n = utf16_to_utf8((struct view){ be, sizeof(be) }, true, out);
	assert_memory_equal(out, "a\xef\xbf\xbd", n);
}

static void
what_is_not_utf8_is_refused(void **state)
{
	static const char *const bad[] = { "\x80", "\xc0\x80", "\xc3", "\xe0\x80\x80",
		"\xed\xa0\x80", "\xf4\x90\x80\x80", "\xf8\x88\x80\x80\x80", "a\xff" };

	(void)state;
	for (size_t i = 0; i < nitems(bad); i++)
		assert_false(utf8_valid(view_str(bad[i])));
	assert_false(utf8_valid((struct view){ (const uint8_t *)"a\0", 2 }));
	assert_true(utf8_valid(view_str("Überprüfung 日次 😀")));
}

static void
digests_have_their_text(void **state)
{
	static const uint8_t uuid[16] = { 0x49, 0x59, 0xd3, 0x86, 0xc9, 0x83, 0x44, 0x40,
		0xb4, 0x24, 0xdb, 0x36, 0x32, 0x31, 0xfd, 0x0c };
	char text[65];
	uint8_t d[20];

	(void)state;
	sha256_hex(view_str("abc"), text);
	assert_string_equal(text, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	uuid_text(uuid, text);
	assert_string_equal(text, "86d35949-83c9-4044-b424-db363231fd0c");
	sha1(view_str("abc"), d);
	base64((struct view){ d, 20 }, text);
	assert_string_equal(text, "qZk+NkcGgWq6PiVxeFDCbJzQ2J0=");
}

/* ---- world ---- */

struct bell {
	struct waiter	 waiter;
	int		 rung;
};

static void
ring(struct waiter *at)
{
	((struct bell *)at)->rung++;
}

static void
waits_end_in_order_even_if_time_steps_back(void **state)
{
	struct bell a = { .waiter.fire = ring }, b = a, c = a;
	struct facts f;

	(void)state;
	facts_init(&f);
	waiter_arm(&f.world, &a.waiter);
	f.world.now.us -= 500000;
	waiter_arm(&f.world, &b.waiter);
	waiter_arm(&f.world, &c.waiter);
	waiter_stop(&f.world, &c.waiter);
	waiter_stop(&f.world, &c.waiter);
	f.world.now.us += ANSWER_WAIT;
	world_tick(&f.world);
	assert_int_equal(a.rung + b.rung, 0);	/* b waits for a, who came first */
	f.world.now.us += 500000;
	world_tick(&f.world);
	world_tick(&f.world);
	assert_int_equal(a.rung, 1);
	assert_int_equal(b.rung, 1);
	assert_int_equal(c.rung, 0);
	facts_free(&f);
}

static void
anomalies_are_counted_and_told_when_asked(void **state)
{
	struct facts f;

	(void)state;
	facts_init(&f);
	anomaly(&f.world, &f.peers, STAT_BAD_PDUS, "smb", "smb2_bad_header");
	assert_int_equal(f.n, 0);
	f.world.anomalies = true;
	anomaly(&f.world, &f.peers, STAT_BAD_PDUS, "smb", "smb2_bad_header");
	assert_int_equal(f.stats.n[STAT_BAD_PDUS], 2);
	assert_int_equal(f.n, 1);
	assert_field(f.o[0], F_ANOMALY_EVENT, "smb2_bad_header");
	facts_free(&f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_failed_read_sticks_and_moves_nothing),
		cmocka_unit_test(a_count_is_bounded_by_what_is_left),
		cmocka_unit_test(views_never_leave_their_bounds),
		cmocka_unit_test(a_purse_charges_those_above),
		cmocka_unit_test(a_buf_grows_to_its_max_and_no_further),
		cmocka_unit_test(utf16_becomes_utf8),
		cmocka_unit_test(what_is_not_utf8_is_refused),
		cmocka_unit_test(digests_have_their_text),
		cmocka_unit_test(waits_end_in_order_even_if_time_steps_back),
		cmocka_unit_test(anomalies_are_counted_and_told_when_asked),
	};

	return cmocka_run_group_tests_name("base", tests, NULL, NULL);
}
