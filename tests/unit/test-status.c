#include "wire/stub.h"

#include "task/status.h"
#include "task/task.h"

static void
codes_have_names_and_outcomes(void **state)
{
	static const struct {
		void		(*set)(struct fact *, uint32_t);
		uint32_t	 value;
		const char	*name, *outcome;
	} rows[] = {
		{ status_hresult, 0, "S_OK", "success" },
		{ status_hresult, 0x0004131c, "SCHED_S_BATCH_LOGON_PROBLEM", "success" },
		{ status_hresult, 0x80070002, "ERROR_FILE_NOT_FOUND", "failure" },
		{ status_hresult, 0x8007ffff, NULL, "failure" },
		{ status_hresult, 0x7fffffff, NULL, "success" },
		{ status_win32, 0, "ERROR_SUCCESS", "success" },
		{ status_win32, 0xede, "APE_AT_ID_NOT_FOUND", "failure" },
		{ status_fault, 5, "ERROR_ACCESS_DENIED", "failure" },
		{ status_fault, 0x6f7, "RPC_X_BAD_STUB_DATA", "failure" },
		{ status_fault, 0x1c010002, "nca_s_op_rng_error", "failure" },
		{ status_fault, 0, NULL, "failure" },
	};

	(void)state;
	for (size_t i = 0; i < nitems(rows); i++) {
		struct facts f;
		struct fact *o;

		facts_init(&f);
		o = new_obs(&f);
		rows[i].set(o, rows[i].value);
		assert_field(o, F_STATUS_NAME, rows[i].name);
		assert_field(o, F_OUTCOME, rows[i].outcome);
		assert_int_equal(strlen(fact_get(o, F_STATUS)), 10);
		fact_free(o);
		facts_free(&f);
	}
}

static void
what_the_host_should_show_follows_from_action_and_outcome(void **state)
{
	static const struct {
		const char	*action, *outcome;
		int		 event;
		const char	*parent;
	} rows[] = {
		{ "create", "success", 4698, "svchost.exe" },
		{ "create", "unknown", 4698, "svchost.exe" },
		{ "create", "failure", -1, NULL },
		{ "update", "success", 4702, "svchost.exe" },
		{ "delete", "success", 4699, NULL },
		{ "enable", "success", 4700, NULL },
		{ "disable", "success", 4701, NULL },
		{ "run", "success", -1, "svchost.exe" },
		{ "validate", "success", -1, NULL },
		{ "query", "success", -1, NULL },
	};

	(void)state;
	for (size_t i = 0; i < nitems(rows); i++) {
		struct facts f;
		struct fact *o;
		int64_t event = -1;

		facts_init(&f);
		o = new_obs(&f);
		fact_str(o, F_ACTION, rows[i].action);
		fact_str(o, F_OUTCOME, rows[i].outcome);
		task_finish(o);
		fact_get_int(o, F_WINDOWS_EVENT, &event);
		assert_int_equal(event, rows[i].event);
		assert_field(o, F_EXPECTED_PARENT, rows[i].parent);
		fact_free(o);
		facts_free(&f);
	}
	task_finish(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(codes_have_names_and_outcomes),
		cmocka_unit_test(what_the_host_should_show_follows_from_action_and_outcome),
	};

	return cmocka_run_group_tests_name("status", tests, NULL, NULL);
}
