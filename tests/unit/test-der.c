#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/der.h"

#define BYTES(s) ((struct view){ (const uint8_t *)(s), sizeof(s) - 1 })

static const struct element {
	struct view	 in;
	enum fault	 fault;
	uint8_t		 tag;
	size_t		 len, left;
} elements[] = {
	{ BYTES("\x02\x01\x05"),			FAULT_NONE, 0x02, 1, 0 },
	{ BYTES("\x02\x01\x05\x02\x01"),		FAULT_NONE, 0x02, 1, 2 },
	{ BYTES("\x05\x00"),				FAULT_NONE, 0x05, 0, 0 },
	/* A length in more bytes than DER would take. */
	{ BYTES("\x02\x81\x01\x05"),			FAULT_NONE, 0x02, 1, 0 },
	{ BYTES("\x02\x84\x00\x00\x00\x01\x05"),	FAULT_NONE, 0x02, 1, 0 },
	/* Cut: what may hold more gives what is there. */
	{ BYTES("\x30\x7f\x02\x01\x05"),		FAULT_NONE, 0x30, 3, 0 },
	{ BYTES("\x30\x84\xff\xff\xff\xff\x05"),	FAULT_NONE, 0x30, 1, 0 },
	{ BYTES("\x04\x82\xff\xff\x05"),		FAULT_NONE, 0x04, 1, 0 },
	{ BYTES("\x60\x7f"),				FAULT_NONE, 0x60, 0, 0 },
	/* Cut, and a text would be another one. */
	{ BYTES("\x1b\x04""COR"),			FAULT_SHORT, 0, 0, 0 },
	{ BYTES("\x06\x84\xff\xff\xff\xff\x2b"),	FAULT_SHORT, 0, 0, 0 },
	{ BYTES("\x30"),				FAULT_SHORT, 0, 0, 0 },
	{ BYTES("\x30\x82\x01"),			FAULT_SHORT, 0, 0, 0 },
	{ BYTES(""),					FAULT_SHORT, 0, 0, 0 },
	/* Neither DER nor what we read of BER. */
	{ BYTES("\x30\x80\x02\x01\x05\x00\x00"),	FAULT_BAD, 0, 0, 0 },
	{ BYTES("\x30\x85\x00\x00\x00\x00\x01\x05"),	FAULT_BAD, 0, 0, 0 },
	{ BYTES("\x30\xff\x05"),			FAULT_BAD, 0, 0, 0 },
	{ BYTES("\x3f\x01\x00"),			FAULT_BAD, 0, 0, 0 },
};

static void
elements_read_as_they_should(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(elements) / sizeof(elements[0]); i++) {
		const struct element *e = &elements[i];
		struct reader r = rd_open(e->in);
		uint8_t tag;
		struct view v = der_next(&r, &tag);

		if (r.fault != e->fault)
			fail_msg("element %zu: fault %d", i, (int)r.fault);
		assert_int_equal(v.len, e->len);
		if (e->fault != FAULT_NONE)
			continue;
		assert_non_null(v.p);
		assert_int_equal(tag, e->tag);
		assert_int_equal(r.left, e->left);
	}
}

/* SEQUENCE { [0] INTEGER 5, [1] GeneralString "REALM", [2] OCTET STRING 01 02 } */
static const char sequence[] =
	"\x30\x16\xa0\x03\x02\x01\x05\xa1\x07\x1b\x05REALM\xa2\x06\x04\x04\x01\x02\x03\x04";

static void
find_and_want(void **state)
{
	struct reader r = rd_open(BYTES(sequence));
	struct view all = der_want(&r, DER_SEQUENCE), v;

	(void)state;
	assert_true(rd_ok(&r));
	v = der_find(der_find(all, DER_CTX(1)), DER_STRING);
	assert_int_equal(v.len, 5);
	assert_memory_equal(v.p, "REALM", 5);
	assert_int_equal(der_find(der_find(all, DER_CTX(2)), DER_OCTETS).len, 4);
	assert_null(der_find(all, DER_CTX(3)).p);
	assert_null(der_find(all, DER_STRING).p);	/* not among the children */
	assert_null(der_find((struct view){ NULL, 0 }, DER_STRING).p);

	r = rd_open(BYTES(sequence));
	assert_null(der_want(&r, DER_OCTETS).p);
	assert_int_equal(r.fault, FAULT_BAD);
	assert_null(der_want(&r, DER_SEQUENCE).p);	/* the fault sticks */
}

static void
every_truncation_is_safe(void **state)
{
	size_t len = sizeof(sequence) - 1;

	(void)state;
	for (size_t n = 0; n < len; n++) {
		uint8_t *cut = test_malloc(n + 1);
		struct view v;

		memcpy(cut + 1, sequence, n);
		v = der_find((struct view){ cut + 1, n }, DER_SEQUENCE);
		v = der_find(der_find(v, DER_CTX(1)), DER_STRING);
		assert_true(v.len == 0 || (v.len == 5 && memcmp(v.p, "REALM", 5) == 0));
		test_free(cut);
	}
}

/* The size is told by the head alone; it counts the head. */
static void
sizes_count_tag_and_length(void **state)
{
	static const struct { size_t size, n; uint8_t head[6]; } cases[] = {
		{ 5, 2, { 0x30, 3 } }, { 2, 2, { 0x30, 0 } },
		{ 260, 4, { 0x30, 0x82, 1, 0 } }, { 0, 3, { 0x30, 0x82, 1 } },
		{ 0, 1, { 0x30 } }, { 0, 0, { 0 } },
		{ 0, 3, { 0x30, 0x80, 0 } },	/* indefinite */
	};

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++)
		assert_int_equal(der_size((struct view){ cases[i].head, cases[i].n }),
		    cases[i].size);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(elements_read_as_they_should),
		cmocka_unit_test(find_and_want),
		cmocka_unit_test(every_truncation_is_safe),
		cmocka_unit_test(sizes_count_tag_and_length),
	};

	return cmocka_run_group_tests_name("der", tests, NULL, NULL);
}
