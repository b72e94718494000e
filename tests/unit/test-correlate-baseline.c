#include "unit/usual.h"

#include "unit/sensor.h"

static int
begin(void **state)
{
	struct sensor *s;
	struct baseline_terms t = terms();

	open_sensor(state);
	s = *state;
	t.learning_days = 0;
	s->baseline = open_with(t, false);
	restart(s);
	return 0;
}

static int
end(void **state)
{
	struct sensor *s = *state;

	baseline_close(s->baseline);
	close_sensor(state);
	return clean(state);
}

/* How often the command of the last record was seen before. */
static json_int_t
seen(const struct sensor *s)
{
	assert_true(json_is_integer(at(s, s->d->lines - 1, "detection.baseline.seen")));
	return number_at(s, s->d->lines - 1, "detection.baseline.seen");
}

static struct fact *
plain(struct sensor *s, const char *action, const char *outcome)
{
	struct fact *o = task_that(s, action, "\\Copy", PLAIN);

	fact_drop(o, F_OUTCOME);
	fact_str(o, F_OUTCOME, outcome);
	return o;
}

static void
what_happened_becomes_usual(void **state)
{
	struct sensor *s = *state;

	put(s, task_that(s, "create", "\\Tidy", "C:\\Windows\\System32\\cleanmgr.exe"));
	put(s, plain(s, "create", "success"));
	assert_int_equal(seen(s), 0);
	assert_true(has_reason(s, 1, "first_command"));
	put(s, plain(s, "create", "unknown"));
	assert_int_equal(seen(s), 1);
	assert_false(has_reason(s, 2, "first_command"));
	put(s, plain(s, "create", ""));		/* no answer was seen */
	assert_int_equal(seen(s), 2);
	put(s, plain(s, "create", "success"));
	assert_int_equal(seen(s), 3);
}

static void
what_failed_does_not(void **state)
{
	struct sensor *s = *state;

	put(s, plain(s, "create", "failure"));
	put(s, plain(s, "create", "success"));
	assert_int_equal(seen(s), 0);
}

/* VALIDATE_ONLY registers nothing, [MS-TSCH] 3.2.5.4.2: who asks often whether a
 * task would be accepted must not make it usual. */
static void
what_was_only_validated_does_not(void **state)
{
	struct sensor *s = *state;

	put(s, plain(s, "validate", "success"));
	put(s, plain(s, "validate", "success"));
	assert_int_equal(seen(s), 0);
	put(s, plain(s, "create", "success"));
	assert_int_equal(seen(s), 0);
}

static void
what_is_suspicious_does_not(void **state)
{
	struct sensor *s = *state;

	put(s, task_that(s, "create", "\\Copy", EVIL));
	put(s, task_that(s, "create", "\\Copy", EVIL));
	assert_int_equal(seen(s), 0);
}

/* The threshold is suspicious, what lies below it is not. */
static void
the_threshold_decides(void **state)
{
	static const char line[] = "\\\\fs01\\tools\\sync.exe";
	struct sensor *s = *state;

	s->rules.suspicious = rule_info[R_REMOTE_PATH].weight;
	s->rules.weight[R_FIRST_COMMAND] = s->rules.weight[R_FIRST_PAIR] = 0;
	s->rules.weight[R_FIRST_USER] = s->rules.weight[R_FIRST_INTERFACE] = 0;
	for (int i = 0; i < 2; i++) {
		put(s, task_that(s, "create", "\\Sync", line));
		assert_string_equal(text_at(s, s->d->lines - 2, "detection.verdict"), "suspicious");
		assert_int_equal(seen(s), 0);
		restart(s);
	}
	s->rules.suspicious++;
	for (int i = 0; i < 2; i++) {
		put(s, task_that(s, "create", "\\Sync", line));
		assert_int_equal(seen(s), i);
	}
}

static void
commands_are_no_other_than_tasks(void **state)
{
	static const char *const outcomes[] = { "failure", "success", "success" };
	struct sensor *s = *state;

	for (size_t i = 0; i < nitems(outcomes); i++) {
		struct fact *o = command(s->d);

		fact_str(o, F_CMD_LINE, PLAIN);
		fact_str(o, F_OUTCOME, outcomes[i]);
		put(s, o);
		assert_int_equal(seen(s), i > 1);
	}
}

#define each(test) cmocka_unit_test_setup_teardown(test, begin, end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		each(what_happened_becomes_usual),
		each(what_failed_does_not),
		each(what_was_only_validated_does_not),
		each(what_is_suspicious_does_not),
		each(the_threshold_decides),
		each(commands_are_no_other_than_tasks),
	};

	return cmocka_run_group_tests_name("correlate-baseline", tests, setup, teardown);
}
