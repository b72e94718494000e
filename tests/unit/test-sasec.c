#include "wire/stub.h"

enum { SET, SET_NS, GET_NS, GET };

#define FOR_EACH_WIDTH(s) \
	for (int wide_ = 0; wide_ < 2; wide_++) \
		for (struct stub s = stub_new(wide_ != 0, false), *once_ = &s; once_ != NULL; \
		    once_ = NULL)

static struct fact *
read_stub(struct facts *f, const struct stub *s, uint16_t opnum, enum dir dir)
{
	struct fact *o = new_obs(f);
	size_t left;

	assert_int_equal(stub_read(s, s->n, &sasec_iface, opnum, dir, f, o, &left), FAULT_NONE);
	assert_int_equal(left, 0);
	for (const struct fact_item *i = NULL; (i = fact_each(o, i)) != NULL;)
		assert_true(i->str == NULL || strstr(i->str, "hunter2") == NULL);
	return o;
}

static void
put_set(struct stub *s, const char *job, const char *account, const char *password)
{
	put_ustr(s, "\\\\host");
	put_wstr(s, job);
	put_wstr(s, account);
	put_ustr(s, password);
	put_u32(s, 0x2000);
}

static void
a_job_gets_its_account(void **state)
{
	static const struct {
		const char	*job, *account, *password;
		const char	*name, *user;
		bool		 has;
	} rows[] = {
		{ "MyJob.job", "CORP\\bob", "hunter2", "\\MyJob", "CORP\\bob", true },
		{ "MyJob.JOB", "CORP\\bob", "", "\\MyJob", "CORP\\bob", false },
		{ "Other", "", NULL, "\\Other", NULL, false },
		{ ".job", "x", NULL, "\\.job", "x", false },
	};

	(void)state;
	for (size_t i = 0; i < nitems(rows); i++)
		FOR_EACH_WIDTH(s) {
			struct facts f;
			struct fact *o;

			facts_init(&f);
			put_set(&s, rows[i].job, rows[i].account, rows[i].password);
			o = read_stub(&f, &s, SET, C2S);
			assert_field(o, F_NAME, rows[i].name);
			assert_field(o, F_USER_ID, rows[i].user);
			assert_int_equal(field_int(o, F_HAS_PASSWORD), rows[i].has);
			fact_free(o);
			facts_free(&f);
			assert_cuts_are_honest(&s, &sasec_iface, SET, C2S, NULL, 0);
		}
}

static void
the_at_account_is_set(void **state)
{
	(void)state;
	FOR_EACH_WIDTH(s) {
		struct stub answer = s;
		struct facts f;
		struct fact *o;

		facts_init(&f);
		put_ustr(&s, NULL);
		put_ustr(&s, "CORP\\at");
		put_ustr(&s, "hunter2");
		o = read_stub(&f, &s, SET_NS, C2S);
		assert_field(o, F_USER_ID, "CORP\\at");
		assert_int_equal(field_int(o, F_HAS_PASSWORD), true);
		assert_field(o, F_NAME, NULL);
		fact_free(o);
		put_u32(&answer, 0x8007052e);
		o = read_stub(&f, &answer, SET_NS, S2C);
		assert_field(o, F_STATUS_NAME, "ERROR_LOGON_FAILURE");
		assert_field(o, F_OUTCOME, "failure");
		fact_free(o);
		facts_free(&f);
		assert_cuts_are_honest(&s, &sasec_iface, SET_NS, C2S, NULL, 0);
	}
}

static void
put_buffer(struct stub *s, const char *text, size_t n)
{
	put_size(s, n);
	put_chars(s, text, n);
}

static void
accounts_are_asked_for(void **state)
{
	(void)state;
	for (uint16_t opnum = GET_NS; opnum <= GET; opnum++)
		FOR_EACH_WIDTH(s) {
			struct stub answer = s, failed = s;
			struct facts f;
			struct fact *o;

			facts_init(&f);
			put_ustr(&s, NULL);
			if (opnum == GET)
				put_wstr(&s, "MyJob.job");
			put_u32(&s, 8);
			put_buffer(&s, "\0\0\0\0\0\0\0", 8);
			o = read_stub(&f, &s, opnum, C2S);
			assert_field(o, F_NAME, opnum == GET ? "\\MyJob" : NULL);
			fact_free(o);
			put_buffer(&answer, "bob\0junk", 8);
			put_u32(&answer, 0);
			o = read_stub(&f, &answer, opnum, S2C);
			assert_field(o, F_USER_ID, "bob");
			assert_field(o, F_OUTCOME, "success");
			fact_free(o);
			put_buffer(&failed, "bob\0junk", 8);
			put_u32(&failed, 0x80070005);
			o = read_stub(&f, &failed, opnum, S2C);
			assert_field(o, F_USER_ID, NULL);
			assert_field(o, F_OUTCOME, "failure");
			fact_free(o);
			facts_free(&f);
			assert_cuts_are_honest(&s, &sasec_iface, opnum, C2S, NULL, 0);
			assert_cuts_are_honest(&answer, &sasec_iface, opnum, S2C, NULL, 0);
		}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_job_gets_its_account),
		cmocka_unit_test(the_at_account_is_set),
		cmocka_unit_test(accounts_are_asked_for),
	};

	return cmocka_run_group_tests_name("sasec", tests, NULL, NULL);
}
