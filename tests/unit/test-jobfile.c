#include "wire/stub.h"

#include "task/content.h"

/* cmd.exe "/c calc" by bob, daily from 2017-10-20 13:05. */
static const char vector[] =
    "0106010067452301ab89efcd0123456789abcdef46008400000000003c000a00200000000014730f0000000003130400"
    "00000000000000000000000000000000"
    "000000000000080063006d0064002e00650078006500000008002f0063002000630061006c0063000000000004006200"
    "6f006200000000000000080000000000"
    "00000000010030000000e1070a0014000000000000000d00050000000000000000000000000001000000010000000000"
    "000000000000";

static bool
read_cut(const struct stub *s, size_t len, struct fact *o)
{
	uint8_t *cut = test_malloc(len > 0 ? len : 1);
	bool is;

	memcpy(cut, s->p, len);
	is = jobfile_read(o, (struct view){ cut, len });
	test_free(cut);
	return is;
}

static bool
is_job(const struct stub *s)
{
	struct facts f;
	struct fact *o;
	bool is;

	facts_init(&f);
	o = new_obs(&f);
	is = read_cut(s, s->n, o);
	if (!is)
		assert_null(fact_each(o, NULL));
	fact_free(o);
	facts_free(&f);
	return is;
}

static void
a_job_file_is_read(void **state)
{
	struct stub s = stub_hex(vector, false, false);
	struct facts f;
	struct fact *o;

	(void)state;
	facts_init(&f);
	o = new_obs(&f);
	assert_true(read_cut(&s, s.n, o));
	assert_field(o, F_ACT_TYPE, "exec");
	assert_field(o, F_ACT_COMMAND, "cmd.exe");
	assert_field(o, F_ACT_ARGUMENTS, "/c calc");
	assert_field(o, F_ACT_COMMAND_LINE, "cmd.exe /c calc");
	assert_field(o, F_ACT_DIRECTORY, NULL);
	assert_field(o, F_AUTHOR, "bob");
	assert_field(o, F_DESCRIPTION, NULL);
	assert_field(o, F_TRG_TYPE, "calendar");
	assert_field(o, F_TRG_START, "2017-10-20T13:05:00");
	assert_field(o, F_TRG_END, NULL);
	assert_int_equal(field_int(o, F_TRG_ENABLED), true);
	assert_int_equal(field_int(o, F_SET_ENABLED), true);
	assert_int_equal(field_int(o, F_SET_HIDDEN), false);
	assert_field(o, F_XML, NULL);
	fact_free(o);
	facts_free(&f);
}

static void
flags_and_trigger_details_are_told(void **state)
{
	struct stub s = stub_hex(vector, false, false);
	size_t trigger = s.n - 48;
	struct facts f;
	struct fact *o;

	(void)state;
	s.p[48] = 0x04;			/* disabled */
	s.p[49] = 0x12;			/* hidden, wakes */
	s.p[trigger + 10] = 0xe2;	/* until 2018-02-03 */
	s.p[trigger + 11] = 0x07;
	s.p[trigger + 12] = 2;
	s.p[trigger + 14] = 3;
	s.p[trigger + 20] = 60;
	s.p[trigger + 24] = 5;
	s.p[trigger + 28] = 0x05;	/* has an end, disabled */
	s.p[trigger + 32] = 7;		/* logon */
	facts_init(&f);
	o = new_obs(&f);
	assert_true(read_cut(&s, s.n, o));
	assert_int_equal(field_int(o, F_SET_ENABLED), false);
	assert_int_equal(field_int(o, F_SET_HIDDEN), true);
	assert_int_equal(field_int(o, F_SET_WAKE), true);
	assert_field(o, F_TRG_TYPE, "logon");
	assert_field(o, F_TRG_END, "2018-02-03");
	assert_int_equal(field_int(o, F_TRG_ENABLED), false);
	assert_field(o, F_TRG_REP_DURATION, "PT60M");
	assert_field(o, F_TRG_REP_INTERVAL, "PT5M");
	fact_free(o);
	facts_free(&f);
}

static void
impossible_dates_are_not_told(void **state)
{
	struct stub s = stub_hex(vector, false, false);
	struct facts f;
	struct fact *o;

	(void)state;
	s.p[s.n - 48 + 6] = 13;		/* month */
	facts_init(&f);
	o = new_obs(&f);
	assert_true(read_cut(&s, s.n, o));
	assert_field(o, F_TRG_TYPE, "calendar");
	assert_field(o, F_TRG_START, NULL);
	fact_free(o);
	facts_free(&f);
}

static void
a_trigger_count_may_be_in_bytes(void **state)
{
	struct stub s = stub_hex(vector, false, false);

	(void)state;
	s.p[s.n - 50] = 48;
	assert_true(is_job(&s));
}

static void
other_files_are_no_jobs(void **state)
{
	static const struct {
		size_t	at;
		uint8_t	v;
	} spoils[] = {
		{ 1, 0x07 },	/* product */
		{ 2, 0x02 },	/* file version */
		{ 20, 0x44 },	/* offset of the application's name */
		{ 22, 0x83 },	/* offset of the triggers */
		{ 70, 0 },	/* no application */
		{ 86, 'x' },	/* no NUL behind it */
		{ 104, 'x' },	/* nor behind the parameters */
	};

	(void)state;
	for (size_t i = 0; i < nitems(spoils); i++) {
		struct stub s = stub_hex(vector, false, false);

		s.p[spoils[i].at] = spoils[i].v;
		assert_false(is_job(&s));
	}
}

static void
a_cut_file_says_less(void **state)
{
	struct stub s = stub_hex(vector, false, false);
	struct fact *whole, *o;
	struct facts f;
	bool is;

	(void)state;
	facts_init(&f);
	whole = new_obs(&f);
	assert_true(read_cut(&s, s.n, whole));
	for (size_t len = 0; len < s.n; len++) {
		o = new_obs(&f);
		is = read_cut(&s, len, o);
		assert_int_equal(is, len >= 70 + 2 + 16);	/* the application is known */
		assert_part_of(o, whole, NULL, 0);
		fact_free(o);
	}
	fact_free(whole);
	facts_free(&f);
}

static void
a_beginning_is_recognised(void **state)
{
	struct stub s = stub_hex(vector, false, false);
	enum content kind;
	bool maybe, is;

	(void)state;
	for (size_t len = 4; len <= s.n; len++) {
		is = content_sniff((struct view){ s.p, len }, &kind, &maybe);
		assert_int_equal(is, len >= 70);
		assert_int_equal(maybe, len < 70);
		if (is)
			assert_int_equal(kind, CONTENT_JOB);
	}
	s.p[2] = 9;
	assert_false(content_sniff((struct view){ s.p, 70 }, &kind, &maybe));
	assert_false(maybe);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_job_file_is_read),
		cmocka_unit_test(flags_and_trigger_details_are_told),
		cmocka_unit_test(impossible_dates_are_not_told),
		cmocka_unit_test(a_trigger_count_may_be_in_bytes),
		cmocka_unit_test(other_files_are_no_jobs),
		cmocka_unit_test(a_cut_file_says_less),
		cmocka_unit_test(a_beginning_is_recognised),
	};

	return cmocka_run_group_tests_name("jobfile", tests, NULL, NULL);
}
