#include "unit/facts.h"
#include "task/taskwords.h"

static const char *
spelled(enum field f, const char *word)
{
	return taskwords_spelling(f, view_str(word));
}

static void
a_member_has_a_number_and_names(void **state)
{
	static const char *const levels[] = { "0", "limited", "LUA", "LeastPrivilege" };
	static const char *const logons[] = { "6", "InteractiveOrPassword",
		"interactivetokenorpassword" };

	(void)state;
	for (size_t i = 0; i < nitems(levels); i++)
		assert_string_equal(spelled(F_RUN_LEVEL, levels[i]), "LeastPrivilege");
	for (size_t i = 0; i < nitems(logons); i++)
		assert_string_equal(spelled(F_PRINCIPAL_LOGON, logons[i]),
		    "InteractiveTokenOrPassword");
	assert_string_equal(spelled(F_SET_INSTANCES, "0"), "Parallel");
	assert_null(spelled(F_SET_INSTANCES, "4"));
	assert_null(spelled(F_RUN_LEVEL, ""));
	assert_null(spelled(F_RUN_LEVEL, "00"));
	assert_null(spelled(F_RUN_LEVEL, "Password"));
	assert_null(spelled(F_NAME, "0"));
}

/* What takes a member is what the table has members of. */
static void
all_enumerations_are_known(void **state)
{
	(void)state;
	for (int f = 0; f < F_MAX; f++)
		assert_int_equal(taskwords_spells((enum field)f),
		    spelled((enum field)f, "0") != NULL);
}

static void
every_setting_is_there_once(void **state)
{
	bool seen[F_MAX] = { false };

	(void)state;
	for (size_t i = 0; i < TASK_SETTINGS; i++) {
		assert_non_null(task_settings[i].name);
		assert_memory_equal(field_info[task_settings[i].field].object, "task.settings", 13);
		assert_false(seen[task_settings[i].field]);
		seen[task_settings[i].field] = true;
	}
}

static void
kinds_go_by_element_or_class(void **state)
{
	(void)state;
	assert_string_equal(taskwords_action_element("ComHandler"), "com_handler");
	assert_string_equal(taskwords_action_class(view_str("MSFT_TaskExecAction_Type")), "exec");
	assert_null(taskwords_action_element("exec"));
	assert_null(taskwords_action_class(view_str("MSFT_TaskAction")));
	assert_string_equal(taskwords_trigger_element("CalendarTrigger"), "calendar");
	assert_null(taskwords_trigger_element("DailyTrigger"));
	assert_string_equal(taskwords_trigger_class(view_str("msft_taskMonthlyDOWTrigger")),
	    "calendar");
	assert_null(taskwords_trigger_class(view_str("")));
}

static void
methods_say_what_they_do(void **state)
{
	(void)state;
	assert_string_equal(taskwords_method(view_str("RegisterByXml"))->action, "create");
	assert_string_equal(taskwords_method(view_str("unregisterbypath"))->action, "delete");
	assert_null(taskwords_method(view_str("NewActionByExec"))->action);
	assert_null(taskwords_method(view_str("Register")));
	assert_null(taskwords_method(view_str("")));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_member_has_a_number_and_names),
		cmocka_unit_test(all_enumerations_are_known),
		cmocka_unit_test(every_setting_is_there_once),
		cmocka_unit_test(kinds_go_by_element_or_class),
		cmocka_unit_test(methods_say_what_they_do),
	};

	return cmocka_run_group_tests_name("taskwords", tests, NULL, NULL);
}
