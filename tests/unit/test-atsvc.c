#include "wire/stub.h"

enum { ADD, DEL, ENUM, GET_INFO };

#define FOR_EACH_WIDTH(s) \
	for (int wide_ = 0; wide_ < 2; wide_++) \
		for (struct stub s = stub_new(wide_ != 0, false), *once_ = &s; once_ != NULL; \
		    once_ = NULL)

static struct fact *
read_stub(struct facts *f, const struct stub *s, uint16_t opnum, enum dir dir)
{
	struct fact *o = new_obs(f);
	size_t left;

	assert_int_equal(stub_read(s, s->n, &atsvc_iface, opnum, dir, f, o, &left), FAULT_NONE);
	assert_int_equal(left, 0);
	return o;
}

static void
add_vectors_decode_to_their_end(void **state)
{
	static const struct {
		const char	*hex;
		bool		 wide;
		const char	*command;
	} rows[] = {
		{ "00000200 04000000 00000000 04000000 5c005c0061000000 60b0ce02 00000000 00 10 0000 "
		    "04000200 06000000 00000000 06000000 63002e00650078006500 0000", false, "c.exe" },
		{ "0000020000000000 0400000000000000 0000000000000000 0400000000000000 5c005c0061000000 "
		    "60b0ce0200000000 00000000 00 10 0000 0400020000000000 0600000000000000 "
		    "0000000000000000 0600000000000000 63002e006500780065000000", true, "c.exe" },
		/* at.exe of Windows 7: both referents are the same. */
		{ "0000020000000000 0b00000000000000 0000000000000000 0b00000000000000 "
		    "5c005c00610064006d0069006e002d00700063000000 0000 60b0ce0200000000 00000000 00 10 0000 "
		    "0000020000000000 1000000000000000 0000000000000000 1000000000000000 "
		    "63003a005c006d0069006d0069006b00610074007a002e006500780065000000",
		    true, "c:\\mimikatz.exe" },
	};

	(void)state;
	for (size_t i = 0; i < nitems(rows); i++) {
		struct stub s = stub_hex(rows[i].hex, rows[i].wide, false);
		struct facts f;
		struct fact *o;

		facts_init(&f);
		o = read_stub(&f, &s, ADD, C2S);
		assert_field(o, F_ACT_TYPE, "exec");
		assert_field(o, F_ACT_COMMAND, rows[i].command);
		assert_field(o, F_ACT_COMMAND_LINE, rows[i].command);
		assert_field(o, F_NAME, NULL);
		assert_field(o, F_TRG_TYPE, NULL);
		fact_free(o);
		facts_free(&f);
		assert_cuts_are_honest(&s, &atsvc_iface, ADD, C2S, NULL, 0);
	}
}

static void
a_job_is_named_once_it_is_known(void **state)
{
	(void)state;
	FOR_EACH_WIDTH(s) {
		struct stub failed = s;
		struct facts f;
		struct fact *o;

		facts_init(&f);
		put_u32(&s, 7);
		put_u32(&s, 0);
		o = read_stub(&f, &s, ADD, S2C);
		assert_field(o, F_NAME, "\\At7");
		assert_int_equal(field_int(o, F_JOB_ID), 7);
		assert_field(o, F_STATUS, "0x00000000");
		assert_field(o, F_OUTCOME, "success");
		fact_free(o);
		put_u32(&failed, 7);
		put_u32(&failed, 5);
		o = read_stub(&f, &failed, ADD, S2C);
		assert_field(o, F_NAME, NULL);
		assert_field(o, F_STATUS_NAME, "ERROR_ACCESS_DENIED");
		assert_field(o, F_OUTCOME, "failure");
		fact_free(o);
		facts_free(&f);
		assert_cuts_are_honest(&s, &atsvc_iface, ADD, S2C, NULL, 0);
	}
}

static void
only_a_single_job_is_deleted_by_name(void **state)
{
	(void)state;
	FOR_EACH_WIDTH(s) {
		struct stub range = s;
		struct facts f;
		struct fact *o;

		facts_init(&f);
		put_ustr(&s, "\\\\host");
		put_u32(&s, 3);
		put_u32(&s, 3);
		o = read_stub(&f, &s, DEL, C2S);
		assert_field(o, F_NAME, "\\At3");
		assert_int_equal(field_int(o, F_JOB_ID), 3);
		fact_free(o);
		put_ustr(&range, NULL);
		put_u32(&range, 0);
		put_u32(&range, 0xffffffff);
		o = read_stub(&f, &range, DEL, C2S);
		assert_field(o, F_NAME, NULL);
		fact_free(o);
		facts_free(&f);
		assert_cuts_are_honest(&s, &atsvc_iface, DEL, C2S, NULL, 0);
	}
}

static void
put_at_info(struct stub *s, bool command)
{
	put_size(s, 47100000);
	put_u32(s, 1);
	put(s, 0, 1);
	put(s, 0x10, 1);
	put_size(s, command ? 0x20000 : 0);
}

static void
a_job_is_described(void **state)
{
	(void)state;
	FOR_EACH_WIDTH(s) {
		struct stub answer = s;
		struct facts f;
		struct fact *o;

		facts_init(&f);
		put_ustr(&s, NULL);
		put_u32(&s, 9);
		o = read_stub(&f, &s, GET_INFO, C2S);
		assert_field(o, F_NAME, "\\At9");
		fact_free(o);
		put_size(&answer, 0x20000);
		put_pad(&answer, answer.wide ? 8 : 4);
		put_at_info(&answer, true);
		put_wstr(&answer, "cmd /c x");
		put_u32(&answer, 0);
		o = read_stub(&f, &answer, GET_INFO, S2C);
		assert_field(o, F_ACT_COMMAND_LINE, "cmd /c x");
		assert_field(o, F_OUTCOME, "success");
		fact_free(o);
		facts_free(&f);
		assert_cuts_are_honest(&answer, &atsvc_iface, GET_INFO, S2C, NULL, 0);
	}
}

static void
jobs_are_listed(void **state)
{
	(void)state;
	FOR_EACH_WIDTH(s) {
		struct stub answer = s;
		struct facts f;
		struct fact *o;

		facts_init(&f);
		put_ustr(&s, NULL);
		put_u32(&s, 0);
		put_size(&s, 0);
		put_u32(&s, 0xffffffff);
		put_size(&s, 0x20000);
		put_u32(&s, 0);
		fact_free(read_stub(&f, &s, ENUM, C2S));
		put_u32(&answer, 2);
		put_size(&answer, 0x20000);
		put_size(&answer, 2);
		for (uint32_t i = 1; i <= 2; i++) {
			put_pad(&answer, answer.wide ? 8 : 4);
			put_u32(&answer, i);
			put_at_info(&answer, i == 2);
		}
		put_wstr(&answer, "b.exe");
		put_u32(&answer, 2);
		put_size(&answer, 0x20000);
		put_u32(&answer, 2);
		put_u32(&answer, 0);
		o = read_stub(&f, &answer, ENUM, S2C);
		assert_field(o, F_OUTCOME, "success");
		assert_field(o, F_ACT_COMMAND, NULL);
		fact_free(o);
		facts_free(&f);
		assert_cuts_are_honest(&s, &atsvc_iface, ENUM, C2S, NULL, 0);
		assert_cuts_are_honest(&answer, &atsvc_iface, ENUM, S2C, NULL, 0);
	}
}

static void
a_count_that_lies_is_refused(void **state)
{
	struct stub s = stub_new(true, false);
	struct facts f;
	struct fact *o;

	(void)state;
	facts_init(&f);
	put_u32(&s, 1);
	put_size(&s, 0x20000);
	put_size(&s, UINT64_MAX);
	put_u32(&s, 0);
	o = new_obs(&f);
	assert_int_equal(stub_read(&s, s.n, &atsvc_iface, ENUM, S2C, &f, o, NULL), FAULT_SHORT);
	assert_field(o, F_OUTCOME, NULL);
	fact_free(o);
	facts_free(&f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(add_vectors_decode_to_their_end),
		cmocka_unit_test(a_job_is_named_once_it_is_known),
		cmocka_unit_test(only_a_single_job_is_deleted_by_name),
		cmocka_unit_test(a_job_is_described),
		cmocka_unit_test(jobs_are_listed),
		cmocka_unit_test(a_count_that_lies_is_refused),
	};

	return cmocka_run_group_tests_name("atsvc", tests, NULL, NULL);
}
