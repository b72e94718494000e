#include "unit/lives.h"

static void
a_plain_life_is_nothing(void **state)
{
	struct lives l;
	struct chain *chain;

	(void)state;
	for (int sealed = 0; sealed < 2; sealed++)
		for (int pipe = 0; pipe < 2; pipe++) {
			const char *name = sealed ? NULL : "\\A";

			lives_init(&l);
			l.transport = pipe ? "ncacn_np" : "ncacn_ip_tcp";
			assert_non_null(chain = tell(&l, fact(&l, "create", name, sealed * 2968)));
			assert_ptr_equal(tell(&l, fact(&l, "run", name, sealed * 56)), chain);
			assert_ptr_equal(tell(&l, fact(&l, "delete", name, sealed * 36)), chain);
			assert_true(score_of(&l, chain, true) < 40);
			lives_free(&l);
		}
}

/* schtasks /create, /run, /query, /delete over TCP, one after another. */
static void
an_administrator_at_work_is_nothing(void **state)
{
	struct lives l;
	struct chain *chain;

	(void)state;
	for (int sealed = 0; sealed < 2; sealed++) {
		const char *name = sealed ? NULL : "\\Cleanup";

		lives_init(&l);
		l.transport = "ncacn_ip_tcp";
		l.syntax = "ndr64";
		(void)asks(&l, "SchRpcHighestVersion", NULL, sealed);
		(void)asks(&l, "SchRpcEnumTasks", NULL, sealed * 60);
		assert_non_null(chain = tell(&l, fact(&l, "create", name, sealed * 3170)));
		l.now += SECOND;
		l.peers.flow_id++;
		assert_ptr_equal(tell(&l, fact(&l, "run", name, sealed * 88)), chain);
		l.now += SECOND;
		l.peers.flow_id++;
		(void)asks(&l, "SchRpcRetrieveTask", name, sealed * 80);
		(void)asks(&l, "SchRpcGetTaskInfo", name, sealed * 48);
		(void)asks(&l, POLL, name, sealed * 44);
		(void)asks(&l, "SchRpcScheduledRuntimes", name, sealed * 80);
		l.now += SECOND;
		l.peers.flow_id++;
		assert_ptr_equal(tell(&l, fact(&l, "delete", name, sealed * 48)), chain);
		assert_true(score_of(&l, chain, !sealed) < 40);
		lives_free(&l);
	}
}

static void
a_tool_at_work_is_something(void **state)
{
	struct lives l;
	struct chain *chain;

	(void)state;
	lives_init(&l);
	l.syntax = "ndr64";
	assert_non_null(chain = sealed_atexec(&l, true));
	assert_true(score_of(&l, chain, false) >= 40);
	lives_free(&l);
	/* A task that its trigger started is watched, too. */
	lives_init(&l);
	assert_non_null(chain = sealed_atexec(&l, false));
	assert_true(has(&l, chain, R_SHORT_LIVED) && has(&l, chain, R_POLLED) &&
	    has(&l, chain, R_OVER_PIPE) && has(&l, chain, R_SEALED_SIZES));
	assert_false(has(&l, chain, R_RUN_AT_ONCE));
	assert_true(score_of(&l, chain, false) >= 40);
	lives_free(&l);
}

/* As atexec-pro does it: the output comes back in the task's own description. */
static void
what_is_watched_and_then_read_is_something(void **state)
{
	struct lives l;
	struct chain *chain;

	(void)state;
	lives_init(&l);
	l.transport = "ncacn_ip_tcp";
	assert_non_null(chain = seals(&l, "create", 9000));
	(void)seals(&l, "run", 60);
	l.now += SECOND;
	(void)asks(&l, "SchRpcGetInstanceInfo", NULL, 20);
	l.now += SECOND;
	(void)asks(&l, "SchRpcGetInstanceInfo", NULL, 20);
	(void)asks(&l, "SchRpcRetrieveTask", NULL, 44);
	(void)seals(&l, "delete", 40);
	assert_true(has(&l, chain, R_RETRIEVED));
	assert_true(score_of(&l, chain, false) >= 40);
	lives_free(&l);
}

/* A script that asks schtasks until the task is done. */
static void
a_script_that_waits_is_nothing(void **state)
{
	struct lives l;
	struct chain *chain;

	(void)state;
	lives_init(&l);
	l.transport = "ncacn_ip_tcp";
	l.syntax = "ndr64";
	assert_non_null(chain = seals(&l, "create", 3170));
	(void)seals(&l, "run", 88);
	for (int i = 0; i < 5; i++) {
		l.now += SECOND;
		(void)asks(&l, "SchRpcRetrieveTask", NULL, 80);
		(void)asks(&l, "SchRpcGetTaskInfo", NULL, 48);
		(void)asks(&l, POLL, NULL, 44);
	}
	(void)seals(&l, "delete", 48);
	assert_true(score_of(&l, chain, false) < 40);
	lives_free(&l);
}

static void
a_long_life_is_not_short(void **state)
{
	struct lives l;
	struct chain *chain;

	(void)state;
	lives_init(&l);
	assert_non_null(chain = does(&l, "create", "\\A"));
	l.now += 10 * SECOND;
	assert_non_null(does(&l, "run", "\\A"));
	l.now += 50 * SECOND;
	assert_non_null(does(&l, "delete", "\\A"));
	assert_false(has(&l, chain, R_RUN_AT_ONCE) || has(&l, chain, R_SHORT_LIVED));
	lives_free(&l);
}

static void
one_task_to_many_servers(void **state)
{
	struct lives l;
	struct chain *chain;

	(void)state;
	lives_init(&l);
	for (uint8_t i = 1; i <= 4; i++, l.now += SECOND) {
		l.peers.server.b[3] = i;
		assert_non_null(chain = creates(&l, "\\A", "cmd.exe /c whoami"));
		assert_int_equal(chain->servers, i);
		assert_int_equal(has(&l, chain, R_SPREAD), i >= 3);
	}
	lives_free(&l);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_plain_life_is_nothing),
		cmocka_unit_test(an_administrator_at_work_is_nothing),
		cmocka_unit_test(a_tool_at_work_is_something),
		cmocka_unit_test(what_is_watched_and_then_read_is_something),
		cmocka_unit_test(a_script_that_waits_is_nothing),
		cmocka_unit_test(a_long_life_is_not_short),
		cmocka_unit_test(one_task_to_many_servers),
	};

	return cmocka_run_group_tests_name("chain score", tests, NULL, NULL);
}
