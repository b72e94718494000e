#include "unit/lives.h"

#include <stdlib.h>

/* ---- In clear ---- */

static void
a_life_in_clear(void **state)
{
	struct lives l;
	struct chain *chain;
	uint64_t id;

	(void)state;
	lives_init(&l);
	assert_non_null(chain = creates(&l, "\\GXzOSwgN", "cmd.exe /C whoami"));
	id = chain->id;
	assert_true(id != 0 && id < UINT64_C(1) << 51);
	assert_int_equal(chain->created, BEGIN);
	assert_int_equal(chain->alerted, -1);
	assert_non_null(chain->create);
	assert_string_equal(fact_get(chain->create, F_NAME), "\\GXzOSwgN");
	assert_int_equal(score_of(&l, chain, false), 0);
	l.now += SECOND;
	assert_ptr_equal(does(&l, "run", "gxzoswgn"), chain);
	assert_int_equal(chain->run, BEGIN + SECOND);
	assert_true(has(&l, chain, R_RUN_AT_ONCE));
	l.now += SECOND;
	assert_ptr_equal(asks(&l, POLL, "\\GXzOSwgN", 0), chain);
	assert_false(has(&l, chain, R_POLLED));
	assert_ptr_equal(asks(&l, POLL, "\\GXzOSwgN", 0), chain);
	assert_true(has(&l, chain, R_POLLED));
	assert_false(has(&l, chain, R_SHORT_LIVED) || has(&l, chain, R_OVER_PIPE));
	l.now += SECOND;
	assert_ptr_equal(does(&l, "delete", "\\GXzOSwgN"), chain);
	assert_int_equal(chain->deleted, BEGIN + 3 * SECOND);
	assert_true(has(&l, chain, R_SHORT_LIVED) && has(&l, chain, R_OVER_PIPE));
	assert_false(has(&l, chain, R_SEALED_SIZES) || has(&l, chain, R_OUTPUT_READ));
	assert_ptr_equal(reads(&l, "\\GXzOSwgN"), chain);
	assert_true(has(&l, chain, R_OUTPUT_READ));
	assert_int_equal(chain->id, id);
	assert_string_equal(chain->output_name, "");
	lives_free(&l);
}

static void
what_is_not_of_a_life(void **state)
{
	struct lives l;

	(void)state;
	lives_init(&l);
	assert_null(does(&l, "run", "\\never"));
	assert_null(does(&l, "delete", "\\never"));
	assert_null(does(&l, "delete", NULL));
	assert_null(seals(&l, "run", 56));
	assert_null(asks(&l, POLL, "\\never", 0));
	assert_null(reads(&l, "\\never"));
	assert_non_null(does(&l, "create", "\\A"));
	assert_null(does(&l, "enable", "\\A"));
	assert_null(asks(&l, "SchRpcGetTaskInfo", "\\A", 0));
	l.peers.server.b[3]++;
	assert_null(does(&l, "run", "\\A"));
	l.peers.server.b[3]--;
	l.peers.client.b[3]++;
	assert_null(does(&l, "run", "\\A"));
	l.peers.client.b[3]--;
	l.user = "mallory";
	assert_null(does(&l, "run", "\\A"));
	lives_free(&l);
}

/* Kerberos tells no user where its tickets stay closed. */
static void
an_unknown_user_is_anybody(void **state)
{
	struct lives l;
	struct chain *chain;

	(void)state;
	lives_init(&l);
	l.user = NULL;
	assert_non_null(chain = does(&l, "create", "\\A"));
	l.user = "alice";
	assert_ptr_equal(does(&l, "run", "\\A"), chain);
	/* Now it is known whose it is. */
	l.user = "bob";
	assert_null(does(&l, "delete", "\\A"));
	l.user = NULL;
	assert_ptr_equal(does(&l, "delete", "\\A"), chain);
	/* The same user, written otherwise. */
	l.user = "Alice";
	assert_ptr_equal(reads(&l, "\\A"), chain);
	lives_free(&l);
}

static void
an_update_goes_on_with_the_life(void **state)
{
	struct lives l;
	struct chain *chain;
	uint64_t id;

	(void)state;
	lives_init(&l);
	assert_non_null(chain = creates(&l, "\\A", "calc.exe"));
	id = chain->id;
	l.now += HOUR;
	for (int i = 0; i < 2; i++) {
		struct fact *o = fact(&l, i == 0 ? "update" : "create", "\\A", 0);

		fact_str(o, F_DESCRIPTION, i == 0 ? "first" : "second");
		assert_ptr_equal(tell(&l, o), chain);
		assert_int_equal(chain->id, id);
		assert_int_equal(chain->created, BEGIN);
		assert_string_equal(fact_get(chain->create, F_DESCRIPTION),
		    i == 0 ? "first" : "second");
		assert_null(fact_get(chain->create, F_ACT_COMMAND_LINE));
	}
	l.now += SECOND;
	assert_non_null(does(&l, "run", "\\A"));
	assert_false(has(&l, chain, R_RUN_AT_ONCE));
	lives_free(&l);
}

/* An update of what was there before begins what is known of its life. */
static void
an_update_may_be_the_first_that_is_seen(void **state)
{
	struct lives l;

	(void)state;
	lives_init(&l);
	assert_non_null(does(&l, "update", "\\A"));
	lives_free(&l);
}

static void
a_second_life_is_another(void **state)
{
	struct lives l;
	struct chain *chain;
	uint64_t id[4];

	(void)state;
	lives_init(&l);
	for (size_t i = 0; i < nitems(id); i++) {
		/* Two a moment: a script did them, and no call has a number. */
		l.call = 0;
		l.now += i == 2 ? SECOND : 0;
		assert_non_null(chain = does(&l, "create", "\\A"));
		id[i] = chain->id;
		for (size_t k = 0; k < i; k++)
			assert_true(id[i] != id[k]);
		assert_int_equal(chain->deleted, 0);
		assert_ptr_equal(does(&l, "delete", "\\A"), chain);
		/* What was deleted is not run, nor deleted twice. */
		assert_null(does(&l, "run", "\\A"));
		assert_null(does(&l, "delete", "\\A"));
		assert_null(asks(&l, POLL, "\\A", 0));
		assert_int_equal(chain->run, 0);
		assert_false(has(&l, chain, R_SHORT_LIVED));
	}
	lives_free(&l);
}

static void
what_failed_did_not_happen(void **state)
{
	static const char *const actions[] = { "create", "run", "delete" };
	struct lives l;
	struct chain *chain = NULL;

	(void)state;
	lives_init(&l);
	for (size_t i = 0; i < nitems(actions); i++) {
		struct fact *o = fact(&l, actions[i], "\\A", 0);

		fact_str(o, F_OUTCOME, "failure");
		assert_null(tell(&l, o));
		if (i == 0)
			assert_null(does(&l, "run", "\\A"));
		else
			assert_true(chain->run == 0 && chain->deleted == 0);
		if (i == 0)
			assert_non_null(chain = does(&l, "create", "\\A"));
	}
	lives_free(&l);
}

static void
a_task_is_tried_first(void **state)
{
	struct lives l;
	struct chain *chain;

	(void)state;
	lives_init(&l);
	assert_null(does(&l, "validate", "\\A"));
	assert_null(does(&l, "run", "\\A"));
	assert_non_null(chain = does(&l, "create", "\\A"));
	assert_true(has(&l, chain, R_PROBED));
	assert_int_equal(chain->created, BEGIN);
	assert_true(chain->pipe);
	/* Tried while it is there, it is not tried before. */
	assert_non_null(chain = does(&l, "create", "\\B"));
	assert_null(does(&l, "validate", "\\B"));
	assert_false(has(&l, chain, R_PROBED));
	/* And of another life. */
	assert_non_null(does(&l, "delete", "\\B"));
	assert_null(does(&l, "validate", "\\B"));
	assert_false(has(&l, chain, R_PROBED));
	assert_non_null(chain = does(&l, "create", "\\B"));
	assert_true(has(&l, chain, R_PROBED));
	lives_free(&l);
}

static void
a_task_is_read_back(void **state)
{
	struct lives l;
	struct chain *chain;

	(void)state;
	lives_init(&l);
	l.transport = "ncacn_ip_tcp";
	assert_non_null(chain = creates(&l, "\\A", "powershell.exe"));
	assert_non_null(does(&l, "run", "\\A"));
	/* To look what it is. */
	assert_non_null(asks(&l, "SchRpcRetrieveTask", "\\A", 0));
	assert_false(chain->retrieved);
	assert_non_null(asks(&l, "SchRpcGetInstanceInfo", "\\A", 0));
	assert_non_null(asks(&l, "SchRpcRetrieveTask", "\\A", 0));
	assert_false(has(&l, chain, R_RETRIEVED));
	assert_non_null(does(&l, "delete", "\\A"));
	assert_true(has(&l, chain, R_RETRIEVED));
	assert_false(has(&l, chain, R_OVER_PIPE));
	lives_free(&l);
}

static void
one_call_past_the_pipe_is_enough(void **state)
{
	struct lives l;
	struct chain *chain;

	(void)state;
	lives_init(&l);
	assert_non_null(chain = does(&l, "create", "\\A"));
	assert_non_null(asks(&l, POLL, "\\A", 0));
	assert_true(chain->pipe);
	l.transport = "ncacn_ip_tcp";
	assert_non_null(does(&l, "delete", "\\A"));
	assert_false(chain->pipe || has(&l, chain, R_OVER_PIPE));
	lives_free(&l);
}

static void
long_names_differ_to_the_end(void **state)
{
	char *name = malloc(65536 + 2);
	struct lives l;
	struct chain *a, *b;

	(void)state;
	assert_non_null(name);
	lives_init(&l);
	memset(name, 'n', 65536);
	memcpy(name + 65536, "a", 2);
	assert_non_null(a = does(&l, "create", name));
	assert_null(fact_get(a->create, F_NAME));	/* too long to be kept */
	name[65536] = 'b';
	assert_non_null(b = does(&l, "create", name));
	assert_ptr_not_equal(a, b);
	name[65536] = 'A';
	assert_ptr_equal(does(&l, "run", name), a);
	free(name);
	lives_free(&l);
}

/* What is known of a chain is not lost with the next fact. */
static void
later_facts_take_nothing_back(void **state)
{
	struct lives l;
	struct chain *chain;

	(void)state;
	lives_init(&l);
	assert_null(does(&l, "validate", "\\A"));
	assert_non_null(chain = does(&l, "create", "\\A"));
	assert_null(does(&l, "validate", "\\A"));
	assert_true(has(&l, chain, R_PROBED));
	l.now += SECOND;
	l.user = NULL;
	assert_ptr_equal(does(&l, "run", "\\A"), chain);
	l.now += SECOND;
	l.user = "bob";
	assert_null(does(&l, "run", "\\A"));
	l.user = "alice";
	assert_ptr_equal(does(&l, "run", "\\A"), chain);
	assert_int_equal(chain->run, BEGIN + SECOND);
	assert_ptr_equal(asks(&l, "SchRpcGetInstanceInfo", "\\A", 0), chain);
	assert_ptr_equal(asks(&l, POLL, "\\A", 0), chain);
	assert_ptr_equal(asks(&l, "SchRpcRetrieveTask", "\\A", 0), chain);
	assert_true(chain->retrieved);
	lives_free(&l);
}

/* ---- Sealed ---- */

static void
a_sealed_life(void **state)
{
	struct lives l;
	struct chain *chain;

	(void)state;
	lives_init(&l);
	assert_non_null(chain = sealed_atexec(&l, true));
	assert_true(chain->sealed && chain->tool_sizes && chain->pipe);
	assert_int_equal(chain->created, BEGIN);
	assert_int_equal(chain->polls, 2);
	assert_true(chain->run > chain->created && chain->deleted > chain->run);
	assert_true(has(&l, chain, R_SEALED_SIZES));
	assert_true(score_of(&l, chain, false) >= 40 && score_of(&l, chain, false) < 70);
	l.now += SECOND;
	assert_ptr_equal(reads(&l, "\\GXzOSwgN"), chain);
	assert_string_equal(chain->output_name, "\\GXzOSwgN");
	assert_true(score_of(&l, chain, false) >= 70);
	/* It had one. */
	assert_null(reads(&l, "\\xbvLESsf"));
	/* What comes is none of it. */
	assert_null(seals(&l, "run", 56));
	assert_null(seals(&l, "delete", 36));
	lives_free(&l);
}

/* Several tools at once, each on its own connection. */
static void
sealed_lives_between_one_another(void **state)
{
	static const char *const names[] = { "\\AAAAaaaa", "\\BBBBbbbb" };
	struct lives l;
	struct chain *of[2];

	(void)state;
	lives_init(&l);
	for (unsigned int i = 0; i < 2; i++, l.now += SECOND) {
		l.peers.flow_id = i + 1;
		assert_non_null(of[i] = seals(&l, "create", 2968));
	}
	assert_ptr_not_equal(of[0], of[1]);
	assert_true(of[0]->id != of[1]->id);
	for (unsigned int i = 0; i < 2; i++, l.now += SECOND) {
		l.peers.flow_id = i + 1;
		assert_ptr_equal(seals(&l, "run", 56), of[i]);
	}
	for (unsigned int i = 0; i < 4; i++, l.now += SECOND) {
		l.peers.flow_id = i % 2 + 1;
		assert_ptr_equal(asks(&l, POLL, NULL, 32), of[i % 2]);
	}
	for (unsigned int i = 2; i-- > 0; l.now += SECOND) {
		l.peers.flow_id = i + 1;
		assert_ptr_equal(seals(&l, "delete", 36), of[i]);
		assert_ptr_equal(reads(&l, names[i]), of[i]);
		assert_string_equal(of[i]->output_name, names[i]);
	}
	lives_free(&l);
}

/* Of two tasks on one connection, a run goes to the latest that was not run. */
static void
sealed_runs_go_to_what_was_not_run(void **state)
{
	struct lives l;
	struct chain *first, *second;

	(void)state;
	lives_init(&l);
	assert_non_null(first = seals(&l, "create", 2968));
	assert_non_null(second = seals(&l, "create", 3000));
	assert_ptr_not_equal(first, second);
	assert_ptr_equal(seals(&l, "run", 56), second);
	assert_ptr_equal(seals(&l, "run", 56), first);
	assert_null(seals(&l, "run", 56));
	lives_free(&l);
}

/* A user that is not known may be anybody; two that are known must be the same. */
static void
sealed_lives_are_of_one_user(void **state)
{
	struct lives l;
	struct chain *chain;

	(void)state;
	lives_init(&l);
	assert_non_null(chain = seals(&l, "create", 2968));
	l.user = "bob";
	assert_null(seals(&l, "run", 56));
	l.user = NULL;
	assert_ptr_equal(seals(&l, "run", 56), chain);
	assert_non_null(chain = seals(&l, "create", 2968));
	l.user = "bob";
	assert_ptr_equal(seals(&l, "run", 56), chain);
	l.user = "alice";
	assert_ptr_not_equal(seals(&l, "delete", 36), chain);
	lives_free(&l);
}

/* schtasks.exe connects anew for each. */
static void
a_sealed_life_on_several_connections(void **state)
{
	struct lives l;
	struct chain *chain;

	(void)state;
	lives_init(&l);
	assert_non_null(chain = seals(&l, "create", 3170));
	l.peers.flow_id++;
	assert_ptr_equal(seals(&l, "run", 88), chain);
	l.peers.flow_id++;
	assert_ptr_equal(seals(&l, "delete", 52), chain);
	l.peers.flow_id++;
	assert_null(seals(&l, "delete", 52));
	lives_free(&l);
}

static void
several_sealed_tasks_in_a_row(void **state)
{
	struct lives l;
	struct chain *first, *second;

	(void)state;
	lives_init(&l);
	assert_non_null(first = seals(&l, "create", 2000));
	assert_non_null(second = seals(&l, "create", 2000));
	assert_ptr_not_equal(first, second);
	assert_true(first->id != second->id);
	assert_ptr_equal(seals(&l, "delete", 60), second);
	assert_ptr_equal(seals(&l, "delete", 60), first);
	assert_null(seals(&l, "delete", 60));
	lives_free(&l);
}

/* What has no name for another reason is not of a sealed task. */
static void
clear_calls_are_not_of_sealed_lives(void **state)
{
	struct lives l;
	struct chain *chain;

	(void)state;
	lives_init(&l);
	assert_non_null(chain = seals(&l, "create", 2968));
	assert_null(does(&l, "delete", NULL));
	assert_null(does(&l, "delete", "\\other"));
	assert_null(asks(&l, "SchRpcGetInstanceInfo", NULL, 0));
	/* Not run yet. */
	assert_null(reads(&l, "\\GXzOSwgN"));
	assert_true(chain->deleted == 0 && chain->polls == 0 && !chain->output);
	assert_ptr_equal(seals(&l, "run", 56), chain);
	l.peers.server.b[3]++;
	assert_null(reads(&l, "\\GXzOSwgN"));
	l.peers.server.b[3]--;
	/* Long after. */
	l.now += 2 * MINUTE;
	assert_null(reads(&l, "\\GXzOSwgN"));
	lives_free(&l);
}

static void
names_of_outputs_are_cut_between_characters(void **state)
{
	struct lives l;
	struct chain *chain;

	(void)state;
	lives_init(&l);
	assert_non_null(seals(&l, "create", 2968));
	assert_non_null(seals(&l, "run", 56));
	assert_non_null(chain = reads(&l, "\\0123456789012\xc3\xa9\xc3\xa9"));
	assert_string_equal(chain->output_name, "\\0123456789012");
	lives_free(&l);
}

/* [MS-TSCH] in NDR and NDR64, as real clients sent them. */
static void
sizes_tell_a_tool(void **state)
{
	static const struct {
		const char	*syntax;
		int64_t		 create, delete;
		bool		 tool;
	} calls[] = {
		{ "ndr", 2968, 36, true },		/* \GXzOSwgN */
		{ "ndr", 3088, 36, true },
		{ "ndr64", 3000, 48, true },
		{ "ndr", 2716, 40, false },		/* \sys_check */
		{ "ndr64", 2752, 52, false },		/* \sys_check */
		{ "ndr", 2968, 32, false },
		{ "ndr", 2968, 48, false },
		{ "ndr64", 2968, 36, false },
		{ "ndr64", 2952, 136, false },
		{ "ndr", 134980, 36, false },		/* long: none that a tool makes */
		{ "ndr", 500, 36, false },
	};

	(void)state;
	for (size_t i = 0; i < nitems(calls); i++) {
		struct lives l;
		struct chain *chain;

		lives_init(&l);
		l.syntax = calls[i].syntax;
		assert_non_null(seals(&l, "create", calls[i].create));
		assert_non_null(asks(&l, POLL, NULL, 32));
		assert_non_null(chain = seals(&l, "delete", calls[i].delete));
		assert_int_equal(chain->tool_sizes, calls[i].tool);
		assert_int_equal(has(&l, chain, R_SEALED_SIZES), calls[i].tool);
		lives_free(&l);
	}
}

/* ---- Time ---- */

static void
time_may_go_backwards(void **state)
{
	struct lives l;
	struct chain *chain;

	(void)state;
	lives_init(&l);
	assert_non_null(chain = does(&l, "create", "\\A"));
	l.now -= SECOND;
	assert_non_null(does(&l, "run", "\\A"));
	l.now -= SECOND;
	assert_ptr_equal(does(&l, "delete", "\\A"), chain);
	assert_true(has(&l, chain, R_RUN_AT_ONCE) && has(&l, chain, R_SHORT_LIVED));
	lives_free(&l);
	/* By years, as between two captures: that is no short life. */
	lives_init(&l);
	assert_non_null(chain = does(&l, "create", "\\A"));
	l.now = SECOND;
	assert_non_null(does(&l, "run", "\\A"));
	assert_ptr_equal(does(&l, "delete", "\\A"), chain);
	assert_false(has(&l, chain, R_RUN_AT_ONCE) || has(&l, chain, R_SHORT_LIVED));
	assert_non_null(seals(&l, "create", 2000));
	l.now = 0;
	assert_non_null(seals(&l, "run", 56));
	lives_free(&l);
}

static void
what_is_old_is_forgotten(void **state)
{
	struct lives l;
	size_t empty;

	(void)state;
	lives_init(&l);
	empty = l.kept.used;
	assert_non_null(does(&l, "create", "\\A"));
	assert_non_null(seals(&l, "create", 2968));
	l.now += 11 * MINUTE;
	assert_null(seals(&l, "run", 56));
	l.now += 12 * HOUR;
	assert_non_null(does(&l, "run", "\\A"));
	l.now += 23 * HOUR;
	assert_non_null(does(&l, "run", "\\A"));
	l.now += 25 * HOUR;
	assert_null(does(&l, "delete", "\\A"));
	assert_int_equal(l.kept.used, empty);
	lives_free(&l);
}

static void
chain_ids_repeat(void **state)
{
	uint64_t id[2][6];

	(void)state;
	for (int run = 0; run < 2; run++) {
		struct lives l;
		uint64_t *to = id[run];

		lives_init(&l);
		*to++ = does(&l, "create", "\\A")->id;
		*to++ = does(&l, "create", "\\B")->id;
		(void)does(&l, "delete", "\\A");
		*to++ = does(&l, "create", "\\A")->id;
		*to++ = seals(&l, "create", 2968)->id;
		*to++ = seals(&l, "create", 2968)->id;
		l.peers.server.b[3]++;
		*to++ = does(&l, "create", "\\B")->id;
		lives_free(&l);
	}
	assert_memory_equal(id[0], id[1], sizeof(id[0]));
	for (size_t i = 0; i < nitems(id[0]); i++)
		for (size_t k = 0; k < i; k++)
			assert_true(id[0][i] != id[0][k]);
}

/* By whatever one thing tells two chains apart that begin at the same time. */
static void
chain_ids_differ(void **state)
{
	uint64_t ids[6];

	(void)state;
	for (size_t i = 0; i < nitems(ids); i++) {
		struct lives l;
		struct chain *chain;

		lives_init(&l);
		l.peers.client.b[3] = (uint8_t)(l.peers.client.b[3] + (i == 1));
		l.peers.server.b[3] = (uint8_t)(l.peers.server.b[3] + (i == 2));
		l.peers.flow_id += i == 3;
		l.user = i == 4 ? "bob" : l.user;
		assert_non_null(chain = does(&l, "create", i == 5 ? "\\B" : "\\A"));
		ids[i] = chain->id;
		for (size_t k = 0; k < i; k++)
			assert_true(ids[k] != ids[i]);
		lives_free(&l);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_life_in_clear),
		cmocka_unit_test(what_is_not_of_a_life),
		cmocka_unit_test(an_unknown_user_is_anybody),
		cmocka_unit_test(an_update_goes_on_with_the_life),
		cmocka_unit_test(an_update_may_be_the_first_that_is_seen),
		cmocka_unit_test(a_second_life_is_another),
		cmocka_unit_test(what_failed_did_not_happen),
		cmocka_unit_test(a_task_is_tried_first),
		cmocka_unit_test(a_task_is_read_back),
		cmocka_unit_test(one_call_past_the_pipe_is_enough),
		cmocka_unit_test(long_names_differ_to_the_end),
		cmocka_unit_test(later_facts_take_nothing_back),
		cmocka_unit_test(a_sealed_life),
		cmocka_unit_test(sealed_lives_between_one_another),
		cmocka_unit_test(sealed_runs_go_to_what_was_not_run),
		cmocka_unit_test(sealed_lives_are_of_one_user),
		cmocka_unit_test(a_sealed_life_on_several_connections),
		cmocka_unit_test(several_sealed_tasks_in_a_row),
		cmocka_unit_test(clear_calls_are_not_of_sealed_lives),
		cmocka_unit_test(names_of_outputs_are_cut_between_characters),
		cmocka_unit_test(sizes_tell_a_tool),
		cmocka_unit_test(time_may_go_backwards),
		cmocka_unit_test(what_is_old_is_forgotten),
		cmocka_unit_test(chain_ids_repeat),
		cmocka_unit_test(chain_ids_differ),
	};

	return cmocka_run_group_tests_name("chain", tests, NULL, NULL);
}
