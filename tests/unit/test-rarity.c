#include "unit/usual.h"

#include "unit/judged.h"
#include "detect/rarity.h"

/* A week of days on which it was seen, and so is usual; the time of learning is over then. */
#define LATER	(START + 20 * BASELINE_DAY)

static struct budget facts, meanwhile;

static int
begin(void **state)
{
	(void)state;
	budget_init(&facts, NULL, 16u << 20);
	budget_init(&meanwhile, NULL, 16u << 20);
	return 0;
}

static int
end(void **state)
{
	(void)clean(state);
	return facts.used == 0 && meanwhile.used == 0 ? 0 : -1;
}

static struct fact *
fact(const struct value *values, int64_t now)
{
	static const struct value usual[] = { { F_ACTION, "create" }, { F_NAME, "\\Nightly" },
	    { F_RPC_IFACE, "ITaskSchedulerService" }, { F_AUTH_USER, "anna" },
	    { F_AUTH_DOMAIN, "CORP" },
	    { F_ACTION, NULL } };
	struct fact *o = fact_of(&facts, FACT_TASK, usual);

	o->at.us = now;
	set_values(o, values);
	return o;
}

static const struct value nightly[] = { { F_ACT_TYPE, "exec" },
    { F_ACT_COMMAND_LINE, "C:\\Jobs\\nightly.cmd /day:20241004" }, { F_ACTION, NULL } };

static struct findings
judged(struct baseline *base, struct fact *o)
{
	struct findings f;

	findings_init(&f);
	rarity_judge(base, &meanwhile, o, &f);
	return f;
}

static void
feed_days(struct baseline *base, const struct value *values, int days)
{
	for (int day = 0; day < days; day++) {
		struct fact *o = fact(values, START + day * BASELINE_DAY);

		rarity_feed(base, &meanwhile, o);
		fact_free(o);
	}
}

static bool
is_new(const struct fact *o, const char *what)
{
	for (const struct fact_item *i = NULL; (i = fact_each(o, i)) != NULL;)
		if (i->field == F_DET_NEW && strcmp(i->str, what) == 0)
			return true;
	return false;
}

static int64_t
number(const struct fact *o, enum field f)
{
	int64_t n = -1;

	(void)fact_get_int(o, f, &n);
	return n;
}

/* While it learns, what is new is told, and no reason to anything. */
static void
learning(void **state)
{
	struct baseline *base = open_with(terms(), false);
	struct fact *o = fact(nightly, START);
	struct findings f = judged(base, o);

	(void)state;
	assert_false(found_any(&f));
	assert_int_equal(number(o, F_DET_SEEN), 0);
	assert_int_equal(number(o, F_DET_LEARNING), 1);
	assert_int_equal(number(o, F_DET_FIRST_SEEN), -1);
	assert_true(is_new(o, "command") && is_new(o, "task") && is_new(o, "pair") && is_new(o, "user") &&
	    is_new(o, "interface"));
	fact_free(o);
	assert_no_error(base);
	baseline_close(base);
}

static void
what_is_new(void **state)
{
	static const struct {
		enum rule	 rule;		/* R_MAX: none */
		const char	*kind;
		struct value	 values[6];
	} rows[] = {
		{ R_FIRST_COMMAND, "command", { { F_ACT_TYPE, "exec" },
		    { F_ACT_COMMAND_LINE, "C:\\Jobs\\other.cmd" }, { F_ACTION, NULL } } },
		/* A usual one beside it does not make it usual, before or behind it. */
		{ R_FIRST_COMMAND, "command", { { F_ACT_TYPE, "exec" },
		    { F_ACT_COMMAND_LINE, "C:\\Jobs\\other.cmd" },
		    { F_ACT_TYPE, "exec" },
		    { F_ACT_COMMAND_LINE, "C:\\Jobs\\nightly.cmd /day:20241004" },
		    { F_ACTION, NULL } } },
		{ R_FIRST_COMMAND, "command", { { F_ACT_TYPE, "exec" },
		    { F_ACT_COMMAND_LINE, "C:\\Jobs\\nightly.cmd /day:20241004" },
		    { F_ACT_TYPE, "com_handler" },
		    { F_ACT_CLASS_ID, "{00000000-1111-2222-3333-444444444444}" },
		    { F_ACTION, NULL } } },
		{ R_FIRST_USER, "user", { { F_AUTH_USER, "eve" }, { F_ACT_TYPE, "exec" },
		    { F_ACT_COMMAND_LINE, "C:\\Jobs\\nightly.cmd /day:20241004" },
		    { F_ACTION, NULL } } },
		{ R_FIRST_INTERFACE, "interface", { { F_RPC_IFACE, "ATSvc" }, { F_ACT_TYPE, "exec" },
		    { F_ACT_COMMAND_LINE, "C:\\Jobs\\nightly.cmd /day:20241004" },
		    { F_ACTION, NULL } } },
		{ R_MAX, "task", { { F_NAME, "\\Other" }, { F_ACT_TYPE, "exec" },
		    { F_ACT_COMMAND_LINE, "C:\\Jobs\\nightly.cmd /day:20241004" },
		    { F_ACTION, NULL } } },
	};
	struct baseline *base = open_with(terms(), false);
	struct fact *o;
	struct findings f;

	(void)state;
	feed_days(base, nightly, 10);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		o = fact(rows[i].values, LATER);
		f = judged(base, o);
		assert_true(is_new(o, rows[i].kind));
		assert_false(is_new(o, "pair"));
		for (enum rule r = R_FIRST_PAIR; r <= R_FIRST_INTERFACE; r++)
			assert_int_equal(f.has[r], r == rows[i].rule);
		/* A name that is new is none the less done here. */
		assert_int_equal(f.has[R_KNOWN_HERE], rows[i].rule == R_MAX);
		fact_free(o);
	}
	o = fact(nightly, LATER);
	o->peers.server.b[3] = 3;
	f = judged(base, o);
	assert_true(f.has[R_FIRST_PAIR] && f.has[R_FIRST_USER] && is_new(o, "pair") && is_new(o, "user"));
	assert_false(f.has[R_FIRST_COMMAND] || f.has[R_FIRST_INTERFACE] || f.has[R_KNOWN_HERE]);
	assert_string_equal(found_detail(&f, R_FIRST_PAIR), "10.0.0.1 > 10.0.0.3");
	fact_free(o);
	assert_no_error(base);
	baseline_close(base);
}

static void
what_is_usual(void **state)
{
	/* In capitals, on another day: the same. */
	static const struct value again[] = { { F_AUTH_USER, "ANNA" }, { F_ACT_TYPE, "exec" },
	    { F_ACT_COMMAND_LINE, "C:\\JOBS\\Nightly.cmd /day:20241024" }, { F_ACTION, NULL } };
	struct baseline *base = open_with(terms(), false);
	struct findings f;
	struct fact *o;

	(void)state;
	feed_days(base, nightly, 10);
	o = fact(again, LATER);
	f = judged(base, o);
	assert_true(f.has[R_KNOWN_HERE]);
	for (enum rule r = R_FIRST_PAIR; r <= R_FIRST_INTERFACE; r++)
		assert_false(f.has[r]);
	assert_int_equal(number(o, F_DET_SEEN), 10);
	assert_int_equal(number(o, F_DET_DAYS), 10);
	assert_int_equal(number(o, F_DET_FIRST_SEEN), START);
	assert_int_equal(number(o, F_DET_LAST_SEEN), START + 9 * BASELINE_DAY);
	assert_int_equal(number(o, F_DET_LEARNING), 0);
	assert_null(fact_get(o, F_DET_NEW));
	fact_free(o);
	assert_no_error(base);
	baseline_close(base);
}

/* To look makes nothing usual. */
static void
looking_feeds_nothing(void **state)
{
	struct baseline *base = open_with(terms(), false);
	struct fact *o;

	(void)state;
	feed_days(base, nightly, 10);
	for (int i = 0; i < 3; i++) {
		o = fact((const struct value[]){ { F_ACT_TYPE, "exec" },
		    { F_ACT_COMMAND_LINE, "C:\\Jobs\\other.cmd" }, { F_ACTION, NULL } }, LATER);
		assert_true(judged(base, o).has[R_FIRST_COMMAND]);
		fact_free(o);
	}
	baseline_close(base);
}

/* Who borrows an account seals what is run, or has none: that is not known here. */
static void
the_unseen_is_not_known(void **state)
{
	static const struct value sealed[] = { { F_VISIBILITY, "sealed" }, { F_ACTION, NULL } };
	static const struct value values[] = { { F_ACTION, "create" },
	    { F_RPC_IFACE, "ITaskSchedulerService" },
	    { F_ACT_TYPE, "exec" }, { F_ACT_COMMAND_LINE, "C:\\Jobs\\nightly.cmd /day:20241004" },
	    { F_ACTION, NULL } };
	struct baseline *base = open_with(terms(), false);
	struct findings f;
	struct fact *o;

	(void)state;
	feed_days(base, nightly, 10);
	o = fact(sealed, LATER);
	f = judged(base, o);
	assert_false(found_any(&f));
	assert_int_equal(number(o, F_DET_SEEN), 10);	/* the pair's record */
	fact_free(o);
	o = fact_of(&facts, FACT_TASK, values);
	o->at.us = LATER;
	f = judged(base, o);
	assert_false(found_any(&f));
	fact_free(o);
	baseline_close(base);
}

/* Long texts differ where they end, and are whole characters where they are cut. */
static void
long_texts(void **state)
{
	static char line[4096], other[sizeof(line)], name[2048];
	struct value values[] = { { F_NAME, name }, { F_ACT_TYPE, "exec" },
	    { F_ACT_COMMAND_LINE, line },
	    { F_ACTION, NULL } };
	struct baseline *base = open_with(terms(), false);
	struct findings f;
	struct fact *o;

	(void)state;
	strlcpy(line, "C:\\Jobs\\nightly.cmd", sizeof(line));
	while (strlen(line) < 3000)
		strlcat(line, " \xc3\xa4\xc3\xb6\xe2\x82\xac", sizeof(line));
	strlcpy(name, "\\x", sizeof(name));
	while (strlen(name) < 1500)
		strlcat(name, "\xe2\x82\xac", sizeof(name));
	feed_days(base, values, 10);
	o = fact(values, LATER);
	f = judged(base, o);
	assert_true(f.has[R_KNOWN_HERE]);
	fact_free(o);
	strlcpy(other, line, sizeof(other));
	strlcat(other, " & vssadmin delete shadows /all", sizeof(other));
	values[2].s = other;
	o = fact(values, LATER);
	f = judged(base, o);
	assert_true(f.has[R_FIRST_COMMAND]);
	assert_false(f.has[R_KNOWN_HERE]);
	fact_free(o);
	assert_no_error(base);
	baseline_close(base);
}

static void
commands_too(void **state)
{
	static const struct value values[] = { { F_ROUTE, "winrm" },
	    { F_CMD_SCRIPT, "Get-Service w3svc" },
	    { F_AUTH_USER, "anna" }, { F_AUTH_REALM, "CORP.EXAMPLE" }, { F_ACTION, NULL } };
	struct baseline *base = open_with(terms(), false);
	struct findings f;
	struct fact *o;

	(void)state;
	for (int day = 0; day < 10; day++) {
		o = fact_of(&facts, FACT_COMMAND, values);
		o->at.us = START + day * BASELINE_DAY;
		rarity_feed(base, &meanwhile, o);
		fact_free(o);
	}
	o = fact_of(&facts, FACT_COMMAND, values);
	o->at.us = LATER;
	assert_true(judged(base, o).has[R_KNOWN_HERE]);
	fact_free(o);
	o = fact_of(&facts, FACT_COMMAND, values);
	o->at.us = LATER;
	set_values(o, (const struct value[]){ { F_CMD_SCRIPT, "Get-Process" }, { F_ROUTE, "wmi" },
	    { F_ACTION, NULL } });
	f = judged(base, o);
	assert_true(f.has[R_FIRST_COMMAND] && f.has[R_FIRST_INTERFACE]);
	assert_false(f.has[R_FIRST_PAIR] || f.has[R_FIRST_USER] || f.has[R_KNOWN_HERE]);
	fact_free(o);
	baseline_close(base);
}

/* Where memory ends, less is known, and nothing is told for usual. */
static void
spent_budgets(void **state)
{
	struct baseline *base = open_with(terms(), false);
	struct budget small;
	struct findings f;
	struct fact *o;

	(void)state;
	feed_days(base, nightly, 10);
	for (size_t limit = 0; limit < 64; limit += 8) {
		budget_init(&small, NULL, limit);
		o = fact(nightly, LATER);
		findings_init(&f);
		rarity_judge(base, &small, o, &f);
		assert_false(f.has[R_KNOWN_HERE]);
		assert_int_equal(small.used, 0);
		fact_free(o);
	}
	baseline_close(base);
}

#define RARITY_TEST(f)	cmocka_unit_test_setup_teardown(f, begin, end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		RARITY_TEST(learning),
		RARITY_TEST(what_is_new),
		RARITY_TEST(what_is_usual),
		RARITY_TEST(looking_feeds_nothing),
		RARITY_TEST(the_unseen_is_not_known),
		RARITY_TEST(long_texts),
		RARITY_TEST(commands_too),
		RARITY_TEST(spent_budgets),
	};

	return cmocka_run_group_tests_name("rarity", tests, setup, teardown);
}
