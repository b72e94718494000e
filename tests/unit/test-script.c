/* Scripts of every language: limits, target hosts, decoded parts. */
#include "script/readers.h"

#include "unit/script-run.h"

static void
a_task_is_told_with_its_action(void **state)
{
	struct script_run *a = *state;
	struct fact *o = script_task_new(&a->script, "delete");

	assert_non_null(o);
	assert_field(o, F_ACTION, "delete");
	assert_field(o, F_TARGET, NULL);
	assert_int_equal(a->facts.n, 0);
	script_task_done(&a->script, o);
	assert_int_equal(a->facts.n, 1);
	assert_ptr_equal(a->facts.o[0], o);
	script_task_done(&a->script, NULL);
	assert_int_equal(a->facts.n, 1);
}

static void
a_second_host_is_the_target(void **state)
{
	static const struct {
		const char	*said, *target;
	} hosts[] = {
		{ "fs02", "fs02" }, { "\\\\fs02", "fs02" }, { "\\\\fs02.corp.example", "fs02.corp.example" },
		{ "%LOGONSERVER%", "%LOGONSERVER%" }, { "", NULL }, { "\\\\", NULL }, { ".", NULL },
		{ "localhost", NULL }, { "\\\\LocalHost", NULL }, { "127.0.0.1", NULL }, { "::1", NULL },
		{ "%computername%", NULL }, { "$env:COMPUTERNAME", NULL }, { NULL, NULL },
	};
	struct script_run *a = *state;

	for (size_t i = 0; i < nitems(hosts); i++) {
		struct fact *o;

		a->script.target = hosts[i].said;
		o = script_task_new(&a->script, "run");
		assert_field(o, F_TARGET, hosts[i].target);
		fact_free(o);
	}
}

static void
there_are_so_many_tasks_and_no_more(void **state)
{
	struct script_run *a = *state;

	for (size_t i = 0; i < MAX_SCRIPT_TASKS; i++) {
		struct fact *o = script_task_new(&a->script, "run");

		assert_non_null(o);
		fact_free(o);
	}
	assert_false(a->command->cut);
	assert_null(script_task_new(&a->script, "run"));
	assert_true(a->command->cut);
	assert_int_equal(a->script.tasks, MAX_SCRIPT_TASKS);
}

static struct fact *
none_left(void *arg)
{
	(void)arg;
	return NULL;
}

static void
without_memory_there_is_no_task(void **state)
{
	struct script_run *a = *state;

	a->script.fresh = none_left;
	assert_null(script_task_new(&a->script, "run"));
	assert_int_equal(a->script.tasks, 0);
}

static void
a_decoded_part_is_told_once(void **state)
{
	struct script_run *a = *state;
	const char *text;

	script_decoded(&a->script, "base64", view_str("whoami"));
	script_decoded(&a->script, "base64", view_str("whoami"));
	script_decoded(&a->script, "concat", view_str("whoami"));
	script_decoded(&a->script, "base64", view_str(""));
	script_decoded(&a->script, "gzip", view_str("whoami /all"));
	assert_int_equal(script_run_decoded(a, 0, &text), 2);
	assert_string_equal(text, "whoami");
	script_run_decoded(a, 1, &text);
	assert_string_equal(text, "whoami /all");
	assert_field(a->command, F_CMD_DEC_METHOD, "gzip");	/* of the newest part */
	assert_int_equal(a->script.decoded, 2);
	assert_false(a->command->cut);
}

static void
there_are_so_many_decoded_parts_and_no_more(void **state)
{
	struct script_run *a = *state;
	const char *text;

	for (uint8_t i = 0; i < MAX_SCRIPT_DECODED + 1; i++) {
		const uint8_t c[2] = { 'a', (uint8_t)('0' + i) };

		assert_false(a->command->cut);
		script_decoded(&a->script, "base64", (struct view){ c, 2 });
	}
	assert_true(a->command->cut);
	assert_int_equal(script_run_decoded(a, 0, &text), MAX_SCRIPT_DECODED);
}

/* A long part is cut, so that others have room. */
static void
of_a_long_part_the_beginning_is_told(void **state)
{
	struct script_run *a = *state;
	uint8_t *big = malloc(MAX_SCRIPT_TEXT);
	const char *text;

	assert_non_null(big);
	for (size_t i = 0; i < MAX_SCRIPT_TEXT; i++)
		big[i] = (uint8_t)"\xe2\x82\xac"[i % 3];
	script_decoded(&a->script, "gzip", (struct view){ big, MAX_SCRIPT_TEXT - MAX_SCRIPT_TEXT % 3 });
	assert_true(a->command->cut);
	script_decoded(&a->script, "base64", view_str("whoami"));
	assert_int_equal(script_run_decoded(a, 0, &text), 2);
	assert_int_equal(strlen(text), MAX_SCRIPT_PART / 3 * 3);
	assert_memory_equal(text, big, MAX_SCRIPT_PART / 3 * 3);
	free(big);
}

static void
nobody_need_want_the_decoded_parts(void **state)
{
	struct script_run *a = *state;

	a->script.command = NULL;
	script_decoded(&a->script, "base64", view_str("whoami"));
	a->script.tasks = MAX_SCRIPT_TASKS;
	assert_null(script_task_new(&a->script, "run"));
}

static void
each_language_has_its_reader(void **state)
{
	struct script_run *a = *state;

	script_read(&a->script, LANGUAGE_CMD, view_str("cd \\ & schtasks /delete /tn One /f"));
	assert_int_equal(a->facts.n, 1);
	assert_field(a->facts.o[0], F_NAME, "\\One");
	script_read(&a->script, LANGUAGE_POWERSHELL, view_str("Start-ScheduledTask -TaskName Two"));
	assert_int_equal(a->facts.n, 2);
	assert_field(a->facts.o[1], F_NAME, "\\Two");
	/* Without a shell, & separates nothing. */
	script_read(&a->script, LANGUAGE_NONE, view_str("cd \\ & schtasks /delete /tn Three /f"));
	assert_int_equal(a->facts.n, 2);
	script_read(&a->script, LANGUAGE_NONE, view_str("schtasks.exe /run /tn Three"));
	assert_int_equal(a->facts.n, 3);
	assert_field(a->facts.o[2], F_NAME, "\\Three");
	assert_int_equal(a->script.depth, 0);
}

static void
a_text_that_asks_for_nothing_gives_nothing(void **state)
{
	static const char *const texts[] = {
		"", " ", "\r\n", "whoami", "echo schtasks", "Write-Host 'Register-ScheduledTask'",
		"# schtasks /create", "\"", "\xff\xfe", "rem schtasks /delete /tn x",
	};
	struct script_run *a = *state;

	for (size_t i = 0; i < nitems(texts); i++) {
		script_read(&a->script, LANGUAGE_NONE, view_str(texts[i]));
		script_read(&a->script, LANGUAGE_CMD, view_str(texts[i]));
		script_read(&a->script, LANGUAGE_POWERSHELL, view_str(texts[i]));
	}
	assert_int_equal(a->facts.n, 0);
	assert_int_equal(a->script.decoded, 0);
}

static void
texts_inside_texts_have_an_end(void **state)
{
	struct script_run *a = *state;

	a->script.depth = MAX_SCRIPT_DEPTH - 1;
	script_read(&a->script, LANGUAGE_CMD, view_str("schtasks /run /tn x"));
	assert_int_equal(a->facts.n, 1);
	assert_false(a->command->cut);
	a->script.depth = MAX_SCRIPT_DEPTH;
	script_read(&a->script, LANGUAGE_CMD, view_str("schtasks /run /tn x"));
	assert_int_equal(a->facts.n, 1);
	assert_true(a->command->cut);
}

/* Nested as deeply as is read, and more deeply: it ends, and reports no more than there is. */
static void
nested_shells_are_followed_so_far(void **state)
{
	struct script_run *a = *state;
	char text[4096] = "";
	unsigned int deep;

	for (deep = 1; deep < 40; deep++) {
		facts_clear(&a->facts);
		a->script.tasks = 0;
		a->script.work = 0;
		strlcat(text, "cmd /c ", sizeof(text));
		strlcat(text, "schtasks /run /tn x", sizeof(text));
		script_read(&a->script, LANGUAGE_CMD, view_str(text));
		assert_true(a->facts.n <= 1);
		assert_true(a->facts.n == 1 || deep > 2);
		text[strlen(text) - strlen("schtasks /run /tn x")] = '\0';
	}
	assert_int_equal(a->facts.n, 0);
}

static void
a_long_text_is_read_so_far(void **state)
{
	struct script_run *a = *state;
	char *text = malloc(MAX_SCRIPT_TEXT + 64);

	assert_non_null(text);
	memset(text, ' ', MAX_SCRIPT_TEXT + 63);
	memcpy(text + 1000, "& schtasks /run /tn One &", 25);
	memcpy(text + MAX_SCRIPT_TEXT, "schtasks /run /tn Two", 22);
	script_read(&a->script, LANGUAGE_CMD, view_str(text));
	assert_int_equal(a->facts.n, 1);
	assert_field(a->facts.o[0], F_NAME, "\\One");
	assert_true(a->command->cut);
	free(text);
}

static void
work_has_an_end(void **state)
{
	struct script_run *a = *state;
	const char *text;

	a->script.work = MAX_SCRIPT_WORK - 4;
	script_read(&a->script, LANGUAGE_CMD, view_str("schtasks /run /tn x"));
	script_decoded(&a->script, "base64", view_str("hello"));
	assert_int_equal(a->facts.n, 0);
	assert_int_equal(script_run_decoded(a, 0, &text), 0);
	assert_int_equal(a->script.work, MAX_SCRIPT_WORK);
	assert_true(a->command->cut);
}

static void
without_memory_nothing_is_read(void **state)
{
	struct script_run *a = *state;
	size_t limit = a->facts.budget.limit;

	for (size_t spare = 0; spare < 4000; spare += 37) {
		a->facts.budget.limit = a->facts.budget.used + spare;
		a->script.work = 0;
		script_read(&a->script, LANGUAGE_NONE, view_str("schtasks /run /tn x"));
		script_read(&a->script, LANGUAGE_CMD, view_str("schtasks /run /tn x & at 1:00 calc"));
		script_read(&a->script, LANGUAGE_POWERSHELL, view_str("Stop-ScheduledTask x"));
		facts_clear(&a->facts);
		a->script.tasks = 0;
	}
	a->facts.budget.limit = limit;
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, script_run_setup, script_run_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_task_is_told_with_its_action),
		TEST(a_second_host_is_the_target),
		TEST(there_are_so_many_tasks_and_no_more),
		TEST(without_memory_there_is_no_task),
		TEST(a_decoded_part_is_told_once),
		TEST(there_are_so_many_decoded_parts_and_no_more),
		TEST(of_a_long_part_the_beginning_is_told),
		TEST(nobody_need_want_the_decoded_parts),
		TEST(each_language_has_its_reader),
		TEST(a_text_that_asks_for_nothing_gives_nothing),
		TEST(texts_inside_texts_have_an_end),
		TEST(nested_shells_are_followed_so_far),
		TEST(a_long_text_is_read_so_far),
		TEST(work_has_an_end),
		TEST(without_memory_nothing_is_read),
	};

	return cmocka_run_group_tests_name("asks", tests, NULL, NULL);
}
