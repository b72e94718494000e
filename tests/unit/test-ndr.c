#include "wire/stub.h"

#include "base/limits.h"

static struct ndr
open_hex(struct stub *s, const char *hex, bool wide, bool big)
{
	*s = stub_hex(hex, wide, big);
	return ndr_open((struct view){ s->p, s->n }, wide, big);
}

static void
integers_align_to_their_size(void **state)
{
	struct stub s;
	struct ndr n = open_hex(&s, "01 ff 0203 04050607 0809000000000000", true, false);

	(void)state;
	assert_int_equal(ndr_bytes(&n, 1).p[0], 1);
	assert_int_equal(ndr_u16(&n), 0x0302);
	assert_int_equal(ndr_u32(&n), 0x07060504);
	assert_int_equal(ndr_size(&n), 0x0908);
	assert_true(rd_ok(&n.r));
	assert_int_equal(n.r.left, 0);
}

static void
the_drep_orders_bytes_but_not_in_ndr64(void **state)
{
	struct stub s;
	struct ndr n = open_hex(&s, "00000001 0002", false, true);

	(void)state;
	assert_int_equal(ndr_u32(&n), 1);
	assert_int_equal(ndr_u16(&n), 2);
	n = open_hex(&s, "01000000", true, true);
	assert_int_equal(ndr_u32(&n), 1);
}

static void
a_guid_is_sixteen_bytes_at_four(void **state)
{
	struct stub s;
	struct ndr n = open_hex(&s, "01 bbbbbb 000102030405060708090a0b0c0d0e0f", false, false);

	(void)state;
	rd_u8(&n.r);
	assert_int_equal(ndr_guid(&n).p[15], 15);
	assert_int_equal(ndr_guid(&n).len, 0);
	assert_int_equal(n.r.fault, FAULT_SHORT);
}

static void
a_string_ends_at_its_nul(void **state)
{
	static const struct {
		const char	*hex;
		size_t		 len;
	} rows[] = {
		{ "03000000 00000000 03000000 5c00 7400 0000", 4 },
		{ "02000000 00000000 02000000 5c00 7400", 4 },		/* no NUL */
		{ "04000000 00000000 04000000 5c00 0000 7400 0000", 2 },	/* an early one */
		{ "01000000 00000000 01000000 0000", 0 },
		{ "00000000 00000000 00000000", 0 },
		{ "09000000 00000000 01000000 5c00", 2 },		/* max is larger */
	};

	(void)state;
	for (size_t i = 0; i < nitems(rows); i++) {
		struct stub s;
		struct ndr n = open_hex(&s, rows[i].hex, false, false);

		assert_int_equal(ndr_wstr(&n).len, rows[i].len);
		assert_int_equal(n.r.fault, FAULT_NONE);
		assert_int_equal(n.r.left, 0);
	}
}

static void
a_string_that_lies_is_refused(void **state)
{
	static const struct {
		const char	*hex;
		bool		 wide;
		enum fault	 fault;
	} rows[] = {
		{ "03000000 01000000 03000000 5c0074000000", false, FAULT_BAD },	/* offset */
		{ "02000000 00000000 03000000 5c0074000000", false, FAULT_BAD },	/* actual > max */
		{ "04000000 00000000 04000000 5c0074000000", false, FAULT_SHORT },
		{ "ffffffff 00000000 ffffffff 5c0074000000", false, FAULT_LIMIT },
		{ "ffffffffffffffff 0000000000000000 ffffffffffffffff 5c00", true, FAULT_LIMIT },
		{ "0300000000000080 0000000000000000 0300000000000080 5c0074000000", true, FAULT_LIMIT },
	};

	(void)state;
	for (size_t i = 0; i < nitems(rows); i++) {
		struct stub s;
		struct ndr n = open_hex(&s, rows[i].hex, rows[i].wide, false);

		assert_int_equal(ndr_wstr(&n).len, 0);
		assert_int_equal(n.r.fault, rows[i].fault);
		assert_int_equal(ndr_u32(&n), 0);
	}
}

static void
of_a_torn_string_there_is_what_there_is(void **state)
{
	struct stub s;
	struct ndr n = open_hex(&s, "04000000 00000000 04000000 5c00 7400 41", false, false);

	(void)state;
	assert_int_equal(ndr_wstr_upto(&n).len, 4);
	assert_int_equal(n.r.fault, FAULT_SHORT);
	n = open_hex(&s, "04000000 00000000 0500", false, false);
	assert_int_equal(ndr_wstr_upto(&n).len, 0);
	n = open_hex(&s, "02000000 00000000 02000000 5c00 0000 ffff", false, false);
	assert_int_equal(ndr_wstr_upto(&n).len, 2);
	assert_int_equal(n.r.left, 2);
}

static void
a_count_never_exceeds_the_bytes(void **state)
{
	struct stub s;
	struct ndr n = open_hex(&s, "02000000 01000000 02000000", false, false);

	(void)state;
	assert_int_equal(ndr_count(&n, 4), 2);
	n = open_hex(&s, "03000000 01000000 02000000", false, false);
	assert_int_equal(ndr_count(&n, 4), 0);
	assert_int_equal(n.r.fault, FAULT_SHORT);
	n = open_hex(&s, "0100000000000040 01000000", true, false);
	assert_int_equal(ndr_count(&n, 1), 0);
	assert_int_equal(n.r.fault, FAULT_SHORT);
}

static void
an_8_bit_string_is_of_bytes(void **state)
{
	static const struct {
		const char	*hex;
		size_t		 len;
		enum fault	 fault;
	} rows[] = {
		{ "03000000 00000000 03000000 41 42 00", 2, FAULT_NONE },
		{ "02000000 00000000 02000000 41 42", 2, FAULT_NONE },		/* no NUL */
		{ "03000000 00000000 03000000 41 00 42", 1, FAULT_NONE },	/* an early one */
		{ "00000000 00000000 00000000", 0, FAULT_NONE },
		{ "03000000 00000000 03000000 41 42", 0, FAULT_SHORT },
		{ "03000000 01000000 02000000 41 42", 0, FAULT_BAD },
	};

	(void)state;
	for (size_t i = 0; i < nitems(rows); i++) {
		struct stub s;
		struct ndr n = open_hex(&s, rows[i].hex, false, false);
		struct view v = ndr_str(&n);

		assert_int_equal(v.len, rows[i].len);
		assert_int_equal(n.r.fault, rows[i].fault);
		if (v.len > 0)
			assert_int_equal(v.p[0], 'A');
	}
}

/* BaseRegOpenKey's subkey "A\\B" of [MS-RRP], as impacket writes it; then in
 * the other byte order, and in NDR64. */
static void
an_rpc_unicode_string_defers_its_characters(void **state)
{
	static const struct {
		const char	*hex;
		bool		 wide, big;
	} rows[] = {
		{ "0800 0800 77a00000 04000000 00000000 04000000 41005c0042000000", false, false },
		{ "0008 0008 000077a0 00000004 00000000 00000004 0041005c00420000", false, true },
		{ "0800 0800 bbbbbbbb 77a0000000000000 0400000000000000 0000000000000000"
		    "0400000000000000 41005c0042000000", true, false },
	};
	struct stub s;
	struct ndr n;

	(void)state;
	for (size_t i = 0; i < nitems(rows); i++) {
		n = open_hex(&s, rows[i].hex, rows[i].wide, rows[i].big);
		assert_true(ndr_unicode_string(&n));
		assert_int_equal(ndr_wstr(&n).len, 6);
		assert_int_equal(n.r.fault, FAULT_NONE);
		assert_int_equal(n.r.left, 0);
	}
	n = open_hex(&s, "0000 0000 00000000", false, false);
	assert_false(ndr_unicode_string(&n));
	assert_int_equal(n.r.left, 0);
}

static void
a_context_handle_is_twenty_bytes_in_any_order(void **state)
{
	struct stub s;
	struct ndr n = open_hex(&s, "01 bbbbbb 00000000 01020304 0506 0708 090a0b0c0d0e0f10", true, false);
	struct ndr_handle a, b;

	(void)state;
	rd_u8(&n.r);
	a = ndr_handle(&n);
	assert_int_equal(n.r.left, 0);
	assert_int_equal(a.bytes[4], 1);
	assert_int_equal(a.bytes[19], 0x10);
	assert_false(ndr_handle_is_null(&a));
	n = open_hex(&s, "00000000 04030201 0605 0807 090a0b0c0d0e0f10", false, true);
	b = ndr_handle(&n);
	assert_memory_equal(&a, &b, sizeof(a));
	n = open_hex(&s, "01000000 04030201 0605 0807 090a0b0c0d0e0f", false, false);
	b = ndr_handle(&n);
	assert_int_equal(n.r.fault, FAULT_SHORT);
	assert_true(ndr_handle_is_null(&b));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(integers_align_to_their_size),
		cmocka_unit_test(the_drep_orders_bytes_but_not_in_ndr64),
		cmocka_unit_test(a_guid_is_sixteen_bytes_at_four),
		cmocka_unit_test(a_string_ends_at_its_nul),
		cmocka_unit_test(a_string_that_lies_is_refused),
		cmocka_unit_test(of_a_torn_string_there_is_what_there_is),
		cmocka_unit_test(a_count_never_exceeds_the_bytes),
		cmocka_unit_test(an_8_bit_string_is_of_bytes),
		cmocka_unit_test(an_rpc_unicode_string_defers_its_characters),
		cmocka_unit_test(a_context_handle_is_twenty_bytes_in_any_order),
	};

	return cmocka_run_group_tests_name("ndr", tests, NULL, NULL);
}
