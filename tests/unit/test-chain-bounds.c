#include "unit/lives.h"

#define MANY	50000

/* Tasks without end of one client: they end at its share, and leave another's alone. */
static void
one_client_cannot_have_it_all(void **state)
{
	struct lives l;
	struct chain *victim;
	size_t full = 0;
	char name[32];

	(void)state;
	lives_init(&l);
	l.peers.client.b[3] = 7;
	assert_non_null(victim = creates(&l, "\\Victim", "calc.exe"));
	l.peers.client.b[3] = 1;
	for (int i = 0; i < MANY; i++) {
		snprintf(name, sizeof(name), "\\T%07d", i);
		assert_non_null(does(&l, "create", name));
		if (i == MAX_CHAINS)
			full = l.kept.used;
	}
	assert_int_equal(l.kept.used, full);
	assert_true(l.kept.used < MAX_KEPT_MEM / 4);
	assert_int_equal(l.stats.n[STAT_CHAINS_LIMIT], MANY - MAX_CHAINS / 4);
	/* The oldest went: a quarter of all is left. */
	snprintf(name, sizeof(name), "\\T%07d", MANY - MAX_CHAINS / 4);
	assert_non_null(does(&l, "run", name));
	snprintf(name, sizeof(name), "\\T%07d", MANY - MAX_CHAINS / 4 - 1);
	assert_null(does(&l, "run", name));
	l.peers.client.b[3] = 7;
	assert_ptr_equal(does(&l, "run", "\\Victim"), victim);
	assert_string_equal(fact_get(victim->create, F_ACT_COMMAND_LINE), "calc.exe");
	lives_free(&l);
}

/* What is forgotten leaves its place to others. */
static void
chains_of_long_ago_do_not_fill_the_table(void **state)
{
	struct lives l;
	char name[32];

	(void)state;
	lives_init(&l);
	for (int i = 0; i < MAX_CHAINS + 10; i++, l.now += 25 * HOUR) {
		snprintf(name, sizeof(name), "\\T%d", i);
		assert_non_null(does(&l, "create", name));
	}
	assert_int_equal(l.stats.n[STAT_CHAINS_LIMIT], 0);
	lives_free(&l);
}

/* With all texts as long as they are kept. */
static struct chain *
creates_large(struct lives *l, int n)
{
	char text[MAX_CHAIN_TEXT + 1], name[32];
	struct fact *o;

	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	snprintf(name, sizeof(name), "\\T%d", n);
	o = fact(l, "create", name, 0);
	for (int i = 0; i < MAX_ACTIONS; i++) {
		fact_next(o, F_ACT_TYPE);
		fact_str(o, F_ACT_TYPE, "exec");
		fact_str(o, F_ACT_COMMAND_LINE, text);
		fact_str(o, F_ACT_ARGUMENTS, text);
	}
	return tell(l, o);
}

/* The oldest of the same client go, by memory; where many have their share, of all. */
static void
large_tasks_cannot_have_it_all(void **state)
{
	struct lives l;
	struct chain *victim, *chain;

	(void)state;
	lives_init(&l);
	l.peers.client.b[3] = 200;
	assert_non_null(victim = creates(&l, "\\Victim", "calc.exe"));
	for (int i = 0; i < 600; i++) {
		l.peers.client.b[3] = (uint8_t)(i / 100);
		if (i == 300) {
			assert_true(l.kept.used < MAX_CHAINS_MEM * 3 / 4 + (1u << 20));
			l.peers.client.b[3] = 200;
			assert_ptr_equal(does(&l, "run", "\\Victim"), victim);
			assert_non_null(victim->create);
			l.peers.client.b[3] = (uint8_t)(i / 100);
		}
		assert_non_null(chain = creates_large(&l, i));
		assert_non_null(chain->create);
		assert_true(l.kept.used < MAX_CHAINS_MEM + (1u << 20));
	}
	lives_free(&l);
}

/* One that exceeds a client's share drives out nothing. */
static void
what_is_too_large_is_not_kept(void **state)
{
	char text[MAX_CHAIN_TEXT + 1];
	struct lives l;
	struct chain *chain;
	struct fact *o;

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	lives_init(&l);
	assert_non_null(does(&l, "create", "\\Small"));
	o = fact(&l, "create", "\\Large", 0);
	for (size_t i = 0; i < MAX_CHAINS_MEM / 4 / MAX_CHAIN_TEXT; i++)
		fact_utf8(o, F_ACT_ATTACHMENTS, view_str(text));
	assert_non_null(chain = tell(&l, o));
	assert_null(chain->create);
	assert_non_null(does(&l, "run", "\\Large"));
	assert_non_null(does(&l, "run", "\\Small"));
	lives_free(&l);
}

/* Clients without end, with a task each. */
static void
all_clients_together_are_bounded(void **state)
{
	struct lives l;
	size_t full = 0;

	(void)state;
	lives_init(&l);
	for (unsigned int i = 0; i < 3 * MAX_CHAINS; i++) {
		l.peers.client = (struct addr){ .v6 = true,
		    .b = { 0x20, 1, (uint8_t)(i >> 8), (uint8_t)i } };
		assert_non_null(does(&l, "create", "\\A"));
		if (i == MAX_CHAINS)
			full = l.kept.used;
	}
	assert_int_equal(l.kept.used, full);
	/* The latest are still there. */
	assert_non_null(does(&l, "run", "\\A"));
	lives_free(&l);
}

static void
a_spent_budget_breaks_nothing(void **state)
{
	(void)state;
	for (size_t limit = 0; limit < 40000; limit += limit < 12000 ? 16 : 512) {
		static const struct chain_terms terms = { MINUTE, HOUR, 3 };
		struct lives l;

		lives_init(&l);
		chains_free(l.chains);
		l.kept.limit = limit;
		if ((l.chains = chains_new(&l.stats, &l.kept, &terms)) == NULL) {
			assert_int_equal(l.kept.used, 0);
			continue;
		}
		for (unsigned int i = 0; i < 6; i++) {
			char name[8];

			snprintf(name, sizeof(name), "\\T%u", i);
			l.peers.client.b[3] = (uint8_t)(i / 2);
			(void)creates(&l, name, "cmd.exe /c whoami");
			(void)seals(&l, "create", 2968);
			(void)does(&l, "run", name);
			(void)seals(&l, "run", 56);
			(void)does(&l, "update", name);
			(void)does(&l, "delete", name);
			(void)does(&l, "validate", name);
			(void)reads(&l, name);
		}
		lives_free(&l);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_client_cannot_have_it_all),
		cmocka_unit_test(chains_of_long_ago_do_not_fill_the_table),
		cmocka_unit_test(large_tasks_cannot_have_it_all),
		cmocka_unit_test(what_is_too_large_is_not_kept),
		cmocka_unit_test(all_clients_together_are_bounded),
		cmocka_unit_test(a_spent_budget_breaks_nothing),
	};

	return cmocka_run_group_tests_name("chain bounds", tests, NULL, NULL);
}
