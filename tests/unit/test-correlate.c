#include "unit/sensor.h"
#include "fact/redact-fact.h"

/* ---- Tasks ---- */

static void
an_evil_task_is_told_and_then_alerted(void **state)
{
	struct sensor *s = *state;

	put(s, task_that(s, "create", "\\Reports", EVIL));
	assert_int_equal(s->d->lines, 2);
	assert_string_equal(text_at(s, 0, "event_type"), "task");
	assert_string_equal(text_at(s, 1, "event_type"), "alert");
	for (size_t i = 0; i < 2; i++) {
		assert_string_equal(text_at(s, i, "task.name"), "\\Reports");
		assert_true(json_integer_value(at(s, i, "detection.score")) >= 40);
		assert_string_not_equal(text_at(s, i, "detection.verdict"), "benign");
	}
	assert_null(at(s, 0, "alert"));
	assert_in_range(json_integer_value(at(s, 1, "alert.signature_id")), 1053500, 1053999);
	assert_true(json_integer_value(at(s, 0, "detection.chain.id")) > 0);
	assert_true(json_equal(at(s, 0, "detection.chain.id"), at(s, 1, "detection.chain.id")));
	assert_int_equal(s->d->stats.n[STAT_ALERTS], 1);
}

static void
a_plain_task_is_scored_and_not_alerted(void **state)
{
	struct sensor *s = *state;

	put(s, task_that(s, "create", "\\Reports", PLAIN));
	assert_int_equal(s->d->lines, 1);
	assert_string_equal(text_at(s, 0, "detection.verdict"), "benign");
	assert_true(json_is_integer(at(s, 0, "detection.score")));
}

static void
what_makes_no_task_is_not_judged(void **state)
{
	static const char *const actions[] = { "run", "delete", "query", "list", "stop", "rename" };
	struct sensor *s = *state;

	for (size_t i = 0; i < nitems(actions); i++) {
		put(s, task_that(s, actions[i], "\\Reports", NULL));
		assert_int_equal(s->d->lines, i + 1);
		assert_null(at(s, i, "detection"));
	}
}

static void
to_ask_whether_a_task_would_do_alerts_nobody(void **state)
{
	struct sensor *s = *state;

	put(s, task_that(s, "validate", "\\Reports", EVIL));
	assert_int_equal(s->d->lines, 1);
	assert_string_not_equal(text_at(s, 0, "detection.verdict"), "benign");
	put(s, task_that(s, "create", "\\Reports", EVIL));
	assert_int_equal(s->d->lines, 3);
	assert_true(has_reason(s, 1, "probed"));
}

static void
the_same_alert_is_told_once_and_counted(void **state)
{
	struct sensor *s = *state;

	put(s, task_that(s, "create", "\\Reports", EVIL));
	put(s, task_that(s, "create", "\\Reports", EVIL));
	put(s, task_that(s, "update", "\\Reports", EVIL));
	assert_int_equal(s->d->lines, 4);
	assert_int_equal(s->d->stats.n[STAT_ALERTS], 1);
	assert_int_equal(s->d->stats.n[STAT_ALERTS_REPEATED], 2);
	assert_int_equal(json_integer_value(at(s, 2, "detection.repeats")), 2);
	assert_int_equal(json_integer_value(at(s, 3, "detection.repeats")), 3);
}

static void
distinct_tasks_are_all_alerted(void **state)
{
	struct sensor *s = *state;
	char name[32];

	for (unsigned int i = 0; i < 100; i++) {
		snprintf(name, sizeof(name), "\\Reports%u", i);
		put(s, task_that(s, "create", name, EVIL));
	}
	assert_int_equal(s->d->stats.n[STAT_ALERTS], 100);
	assert_int_equal(s->d->stats.n[STAT_ALERTS_REPEATED], 0);
}

static void
a_suspicious_task_is_alerted_unless_only_malicious_ones_are(void **state)
{
	struct sensor *s = *state;

	put(s, task_that(s, "create", "\\Reports", "regsvr32 /s c:\\users\\public\\a.dll"));
	assert_string_equal(text_at(s, 0, "detection.verdict"), "suspicious");
	assert_int_equal(s->d->stats.n[STAT_ALERTS], 1);
	s->terms.alert = VERDICT_MALICIOUS;
	restart(s);
	put(s, task_that(s, "create", "\\Reports", "regsvr32 /s c:\\users\\public\\a.dll"));
	assert_int_equal(s->d->stats.n[STAT_ALERTS], 1);
	s->rules.malicious = (int)number_at(s, 2, "detection.score");
	put(s, task_that(s, "create", "\\Reports", "regsvr32 /s c:\\users\\public\\a.dll"));
	assert_int_equal(s->d->stats.n[STAT_ALERTS], 2);
}

/* ---- What becomes of them ---- */

static struct fact *
sealed_call(struct sensor *s, const char *action, const char *procedure, int64_t opnum,
    int64_t size, int64_t seconds)
{
	struct fact *o = task(s->d);

	fact_str(o, F_ACTION, action);
	fact_str(o, F_ROUTE, "rpc");
	fact_str(o, F_VISIBILITY, "sealed");
	fact_str(o, F_OUTCOME, "unknown");
	fact_str(o, F_AUTH_USER, "bob");
	fact_str(o, F_RPC_PROCEDURE, procedure);
	fact_str(o, F_RPC_TRANSPORT, "ncacn_np");
	fact_str(o, F_RPC_SYNTAX, "ndr");
	fact_int(o, F_RPC_OPNUM, opnum);
	fact_int(o, F_STUB_SIZE, size);
	o->at.us += seconds * 1000000;
	return o;
}

static void
a_sealed_remote_execution_is_alerted_by_what_it_does(void **state)
{
	struct sensor *s = *state;
	struct fact *read;

	put(s, sealed_call(s, "create", "SchRpcRegisterTask", 1, 3000, 0));
	put(s, sealed_call(s, "run", "SchRpcRun", 12, 56, 1));
	put(s, sealed_call(s, "query", "SchRpcGetLastRunInfo", 16, 32, 2));
	put(s, sealed_call(s, "query", "SchRpcGetLastRunInfo", 16, 32, 4));
	assert_int_equal(s->d->stats.n[STAT_ALERTS], 0);
	put(s, sealed_call(s, "delete", "SchRpcDelete", 13, 36, 5));
	assert_int_equal(s->d->stats.n[STAT_ALERTS], 1);
	assert_string_equal(text_at(s, 5, "event_type"), "alert");
	assert_string_equal(text_at(s, 5, "task.action"), "create");
	assert_null(at(s, 5, "task.name"));
	assert_string_equal(text_at(s, 5, "detection.verdict"), "suspicious");

	read = task_that(s, "query", "\\QwErTyUi", NULL);
	fact_str(read, F_ROUTE, "file");
	read->at.us += 6000000;
	put(s, read);
	assert_int_equal(s->d->lines, 8);
	assert_string_equal(text_at(s, 7, "detection.verdict"), "malicious");
	assert_true(has_reason(s, 7, "output_read"));
	assert_int_equal(json_array_size(at(s, 7, "detection.reasons")), 6);
	assert_true(json_equal(at(s, 5, "detection.chain.id"), at(s, 7, "detection.chain.id")));
	assert_int_equal(json_integer_value(at(s, 7, "detection.chain.lifetime_ms")), 5000);
}

/* At so many seconds after the task was made. */
static struct fact *
later(struct fact *o, int64_t seconds)
{
	o->at.us += seconds * 1000000;
	return o;
}

static struct fact *
poll_of(struct sensor *s, const char *name, int64_t seconds)
{
	struct fact *o = task_that(s, "query", name, NULL);

	fact_str(o, F_RPC_PROCEDURE, "SchRpcGetLastRunInfo");
	return later(o, seconds);
}

/* What it runs speaks against a task as well as what becomes of it; an alert is
 * written where both together reach a verdict, and again at the next one. */
static void
a_task_is_alerted_again_when_its_verdict_rises(void **state)
{
	struct sensor *s = *state;
	struct fact *read;

	put(s, task_that(s, "create", "\\Sync", "\\\\fs01\\tools\\sync.exe"));
	assert_int_equal(s->d->lines, 1);
	assert_true(number_at(s, 0, "detection.chain.id") > 0);
	assert_string_equal(text_at(s, 0, "detection.chain.created"), text_at(s, 0, "timestamp"));
	assert_null(at(s, 0, "detection.chain.run"));
	assert_null(at(s, 0, "detection.chain.deleted"));
	assert_null(at(s, 0, "detection.chain.lifetime_ms"));
	put(s, later(task_that(s, "run", "\\Sync", NULL), 1));
	put(s, poll_of(s, "\\Sync", 2));
	put(s, later(task_that(s, "delete", "\\Sync", NULL), 3));
	assert_int_equal(s->d->lines, 5);
	assert_string_equal(text_at(s, 4, "event_type"), "alert");
	assert_string_equal(text_at(s, 4, "timestamp"), text_at(s, 3, "timestamp"));
	assert_string_equal(text_at(s, 4, "detection.verdict"), "suspicious");
	assert_true(has_reason(s, 4, "remote_path") && has_reason(s, 4, "short_lived"));
	assert_string_equal(text_at(s, 4, "detection.chain.run"), text_at(s, 1, "timestamp"));
	assert_string_equal(text_at(s, 4, "detection.chain.deleted"), text_at(s, 3, "timestamp"));
	read = later(task_that(s, "query", "\\Sync", NULL), 4);
	fact_drop(read, F_ROUTE);
	fact_str(read, F_ROUTE, "file");
	put(s, read);
	assert_int_equal(s->d->lines, 7);
	assert_string_equal(text_at(s, 6, "detection.verdict"), "malicious");
	assert_string_equal(text_at(s, 6, "task.name"), "\\Sync");
	assert_int_equal(json_array_size(at(s, 6, "task.actions")), 1);
	put(s, poll_of(s, "\\Sync", 5));
	assert_int_equal(s->d->stats.n[STAT_ALERTS], 2);
}

static void
what_becomes_of_an_alerted_task_is_no_news(void **state)
{
	struct sensor *s = *state;

	put(s, task_that(s, "create", "\\Reports", EVIL));
	put(s, task_that(s, "run", "\\Reports", NULL));
	put(s, task_that(s, "delete", "\\Reports", NULL));
	assert_int_equal(s->d->stats.n[STAT_ALERTS], 1);
}

/* What detection says is not the sender's to fill up. */
static void
a_spent_budget_is_judged_all_the_same(void **state)
{
	struct sensor *s = *state;
	struct fact *o = task_that(s, "create", "\\Reports", EVIL);

	s->d->budget.limit = s->d->budget.used;
	put(s, o);
	assert_int_equal(s->d->stats.n[STAT_ALERTS], 1);
	assert_string_equal(text_at(s, 1, "detection.verdict"), "malicious");
}

static void
to_make_run_and_delete_a_task_is_no_alert(void **state)
{
	struct sensor *s = *state;
	struct fact *o = task_that(s, "create", "\\Deploy", PLAIN);

	fact_str(o, F_USER_ID, "S-1-5-18");
	fact_str(o, F_RUN_LEVEL, "HighestAvailable");
	fact_bool(o, F_SET_HIDDEN, true);
	fact_str(o, F_SET_DELETE_AFTER, "PT0S");
	put(s, o);
	put(s, task_that(s, "run", "\\Deploy", NULL));
	put(s, task_that(s, "delete", "\\Deploy", NULL));
	assert_int_equal(s->d->stats.n[STAT_ALERTS], 0);
	put(s, sealed_call(s, "create", "SchRpcRegisterTask", 1, 3000, 10));
	put(s, sealed_call(s, "run", "SchRpcRun", 12, 56, 11));
	put(s, sealed_call(s, "delete", "SchRpcDelete", 13, 60, 12));
	assert_int_equal(s->d->stats.n[STAT_ALERTS], 0);
}

/* ---- What the operator says ---- */

/* An entry of the allow list, for tasks of that name or for all of bob's. */
static void
allow(struct sensor *s, const char *name, enum allow_action action)
{
	struct allow_entry *e = calloc(1, sizeof(*e));
	char **list = calloc(2, sizeof(*list)), err[128];

	assert_non_null(e);
	assert_non_null(list);
	list[0] = strdup(name != NULL ? name : "bob");
	if (name != NULL)
		e->tasks = list;
	else
		e->users = list;
	e->comment = strdup("ours");
	e->action = action;
	s->terms.allow = allow_new(e, 1, err, sizeof(err));
	assert_non_null(s->terms.allow);
	restart(s);
}

static void
an_allowed_task_is_told_without_an_alert(void **state)
{
	struct sensor *s = *state;

	allow(s, "\\Reports", ALLOW_SUPPRESS);
	put(s, task_that(s, "create", "\\Reports", EVIL));
	assert_int_equal(s->d->lines, 1);
	assert_string_equal(text_at(s, 0, "detection.allowed"), "ours");
	assert_string_not_equal(text_at(s, 0, "detection.verdict"), "benign");
	assert_false(has_reason(s, 0, "allowed"));
	assert_int_equal(s->d->stats.n[STAT_ALLOWED], 1);
	put(s, task_that(s, "run", "\\Reports", NULL));
	put(s, task_that(s, "delete", "\\Reports", NULL));
	assert_int_equal(s->d->stats.n[STAT_ALERTS], 0);	/* nor does what becomes of it */
	put(s, task_that(s, "create", "\\Other", EVIL));
	assert_int_equal(s->d->stats.n[STAT_ALERTS], 1);
}

static void
an_allowed_command_is_told_without_an_alert(void **state)
{
	struct sensor *s = *state;
	struct fact *o = command(s->d);

	allow(s, NULL, ALLOW_SUPPRESS);
	fact_str(o, F_AUTH_USER, "bob");
	fact_str(o, F_CMD_LINE, EVIL);
	put(s, o);
	assert_int_equal(s->d->lines, 1);
	assert_string_equal(text_at(s, 0, "detection.allowed"), "ours");
}

static void
an_allowed_task_can_be_lowered_only(void **state)
{
	struct sensor *s = *state;

	allow(s, "\\Reports", ALLOW_LOWER);
	put(s, task_that(s, "create", "\\Reports", EVIL));
	assert_true(has_reason(s, 0, "allowed"));
	assert_true(json_integer_value(at(s, 0, "detection.score")) <= 60);
}

static void
a_threshold_can_be_moved(void **state)
{
	struct sensor *s = *state;

	s->rules.suspicious = s->rules.malicious = 100;
	put(s, task_that(s, "create", "\\Reports", "regsvr32 /s c:\\users\\public\\a.dll"));
	assert_int_equal(s->d->lines, 1);
	assert_string_equal(text_at(s, 0, "detection.verdict"), "benign");
}

/* ---- Passwords ---- */

static void
passwords_are_masked_in_every_text(void **state)
{
	static const char line[] = "schtasks /create /s FS01 /u CORP\\bob /p Hunter2! /tn x";
	struct sensor *s = *state;
	struct desk *d = s->d;
	struct fact *o = task(d);
	json_t *j, *a;

	fact_str(o, F_DESCRIPTION, line);
	fact_str(o, F_VISIBILITY, "clear");
	fact_next(o, F_ACT_TYPE);
	fact_str(o, F_ACT_COMMAND_LINE, "cmd.exe");
	fact_next(o, F_ACT_TYPE);
	fact_str(o, F_ACT_COMMAND_LINE, line);
	put(s, o);
	put(s, NULL);
	assert_int_equal(d->lines, 1);
	assert_null(strstr(d->line, "Hunter2"));
	j = parsed(d);
	assert_true(json_is_true(json_object_get(json_object_get(j, "task"), "has_password")));
	a = json_object_get(json_object_get(j, "task"), "actions");
	assert_string_equal(json_string_value(json_object_get(json_array_get(a, 0),
	    "command_line")), "cmd.exe");
	assert_string_equal(json_string_value(json_object_get(json_array_get(a, 1),
	    "command_line")), "schtasks /create /s FS01 /u CORP\\bob /p *** /tn x");
	json_decref(j);
	assert_int_equal(d->stats.n[STAT_TASKS_CLEAR], 1);
}

/* Where memory refuses the masked text, nothing of it is shown. */
static void
a_spent_budget_shows_no_password(void **state)
{
	struct sensor *s = *state;
	struct desk *d = s->d;
	struct fact *o = task(d);

	fact_bool(o, F_HAS_PASSWORD, true);
	fact_str(o, F_DESCRIPTION, "schtasks /s FS01 /u bob /p Hunter2! /tn x");
	d->budget.limit = d->budget.used;
	redact_fact(o);
	assert_string_equal(fact_get(o, F_DESCRIPTION), "***");
	assert_true(o->cut);
	put(s, o);
	assert_int_equal(d->stats.n[STAT_FACT_CUT], 1);
}

/* What masking and detection add is not the sender's to fill. */
static void
a_senders_spent_budget_cuts_nothing(void **state)
{
	struct sensor *s = *state;
	struct desk *d = s->d;
	struct fact *o = task(d);

	fact_str(o, F_DESCRIPTION, "schtasks /s FS01 /u bob /p 1 /tn x");
	d->budget.limit = d->budget.used;
	put(s, o);
	assert_non_null(strstr(d->line, "\"description\":\"schtasks /s FS01 /u bob /p *** /tn x\""));
	assert_int_equal(d->stats.n[STAT_FACT_CUT], 0);
}

static void
text_without_passwords_is_left_alone(void **state)
{
	struct sensor *s = *state;
	struct desk *d = s->d;
	struct fact *o = task(d);

	fact_str(o, F_DESCRIPTION, "nothing to hide");
	fact_str(o, F_VISIBILITY, "sealed");
	put(s, o);
	assert_non_null(strstr(d->line, "\"description\":\"nothing to hide\""));
	assert_null(strstr(d->line, "has_password"));
	assert_int_equal(d->stats.n[STAT_TASKS_SEALED], 1);
	assert_int_equal(d->stats.n[STAT_TASKS_CLEAR], 0);
}

static void
a_command_has_no_password_either(void **state)
{
	static const char line[] = "schtasks /create /s FS01 /u CORP\\bob /p Hunter2! /tn x";
	struct sensor *s = *state;
	struct desk *d = s->d;
	struct fact *o = command(d);
	json_t *j, *said;

	fact_str(o, F_CMD_LINE, line);
	fact_str(o, F_CMD_SCRIPT, line);
	fact_next(o, F_CMD_DEC_METHOD);
	fact_str(o, F_CMD_DEC_TEXT, line);
	put(s, o);
	assert_null(strstr(d->line, "Hunter2"));
	j = parsed(d);
	said = json_object_get(j, "command");
	assert_true(json_is_true(json_object_get(said, "has_password")));
	assert_null(json_object_get(j, "task"));
	json_decref(j);
}

static void
commands_are_counted_by_how_they_were_seen(void **state)
{
	static const char *const how[] = { "clear", "sealed", "sealed", "decrypted" };
	struct sensor *s = *state;
	struct desk *d = s->d;

	for (size_t i = 0; i < sizeof(how) / sizeof(how[0]); i++) {
		struct fact *o = command(d);

		fact_str(o, F_VISIBILITY, how[i]);
		put(s, o);
	}
	assert_int_equal(d->stats.n[STAT_COMMANDS_CLEAR], 1);
	assert_int_equal(d->stats.n[STAT_COMMANDS_SEALED], 2);
	assert_int_equal(d->stats.n[STAT_COMMANDS_DECRYPTED], 1);
	assert_int_equal(d->stats.n[STAT_TASKS_CLEAR], 0);
	assert_int_equal(d->stats.n[STAT_TASKS_SEALED], 0);
}

#define each(test) cmocka_unit_test_setup_teardown(test, open_sensor, close_sensor)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		each(an_evil_task_is_told_and_then_alerted),
		each(a_plain_task_is_scored_and_not_alerted),
		each(what_makes_no_task_is_not_judged),
		each(to_ask_whether_a_task_would_do_alerts_nobody),
		each(the_same_alert_is_told_once_and_counted),
		each(distinct_tasks_are_all_alerted),
		each(a_suspicious_task_is_alerted_unless_only_malicious_ones_are),
		each(a_task_is_alerted_again_when_its_verdict_rises),
		each(what_becomes_of_an_alerted_task_is_no_news),
		each(a_spent_budget_is_judged_all_the_same),
		each(a_sealed_remote_execution_is_alerted_by_what_it_does),
		each(to_make_run_and_delete_a_task_is_no_alert),
		each(an_allowed_task_is_told_without_an_alert),
		each(an_allowed_command_is_told_without_an_alert),
		each(an_allowed_task_can_be_lowered_only),
		each(a_threshold_can_be_moved),
		each(passwords_are_masked_in_every_text),
		each(a_spent_budget_shows_no_password),
		each(a_senders_spent_budget_cuts_nothing),
		each(text_without_passwords_is_left_alone),
		each(a_command_has_no_password_either),
		each(commands_are_counted_by_how_they_were_seen),
	};

	return cmocka_run_group_tests_name("correlate", tests, NULL, NULL);
}
