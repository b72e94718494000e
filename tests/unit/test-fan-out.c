#include "unit/lives.h"

#include "detect/fan-out.h"

struct bench {
	struct lives	 l;
	struct budget	 b;
	struct fan_out	*s;
};

static void
bench_init(struct bench *b)
{
	lives_init(&b->l);
	budget_init(&b->b, NULL, 16u << 20);
	assert_non_null(b->s = fan_out_new(&b->l.stats, &b->b, HOUR));
}

static void
bench_free(struct bench *b)
{
	fan_out_free(b->s);
	assert_int_equal(b->b.used, 0);
	lives_free(&b->l);
}

static unsigned int
to(struct bench *b, uint8_t server, enum field f, const char *text)
{
	struct fact *o;
	unsigned int n;

	b->l.peers.server.b[3] = server;
	o = fact(&b->l, "create", "\\A", 0);
	fact_next(o, F_ACT_TYPE);
	fact_str(o, f, text);
	n = fan_out_put(b->s, o);
	fact_free(o);
	return n;
}

static unsigned int
runs(struct bench *b, uint8_t server, const char *line)
{
	return to(b, server, F_ACT_COMMAND_LINE, line);
}

static void
servers_count_once(void **state)
{
	struct bench b;

	(void)state;
	bench_init(&b);
	assert_int_equal(runs(&b, 1, "cmd.exe /c whoami"), 1);
	assert_int_equal(runs(&b, 1, "cmd.exe /c whoami"), 1);
	assert_int_equal(runs(&b, 2, "cmd.exe /c whoami"), 2);
	assert_int_equal(runs(&b, 1, "cmd.exe /c whoami"), 2);
	/* The same, written otherwise. */
	assert_int_equal(runs(&b, 3, "CMD.EXE /c  who^ami"), 3);
	assert_int_equal(runs(&b, 4, "cmd.exe /c hostname"), 1);
	/* Another client's are its own. */
	b.l.peers.client.b[3]++;
	assert_int_equal(runs(&b, 4, "cmd.exe /c whoami"), 1);
	bench_free(&b);
}

static void
they_count_within_the_window(void **state)
{
	struct bench b;

	(void)state;
	bench_init(&b);
	assert_int_equal(runs(&b, 1, "calc.exe"), 1);
	b.l.now += HOUR / 2;
	assert_int_equal(runs(&b, 2, "calc.exe"), 2);
	b.l.now += HOUR / 2;
	assert_int_equal(runs(&b, 3, "calc.exe"), 2);
	b.l.now += HOUR / 4;
	assert_int_equal(runs(&b, 1, "calc.exe"), 3);
	b.l.now += 10 * HOUR;
	assert_int_equal(runs(&b, 4, "calc.exe"), 1);
	/* Packets of before. */
	b.l.now -= SECOND;
	assert_int_equal(runs(&b, 5, "calc.exe"), 2);
	bench_free(&b);
}

/* Tools draw the names of their output files anew for each. */
static void
names_drawn_by_lot_are_the_same(void **state)
{
	static const char *const names[] = { "GXzOSwgN", "xbvLESsf", "mcyQpxXO", "uLjXQcUM",
		"aeiouaei", "Document", "AAAAAAAA", "zzzzzzzz", "EZDDCgcE" };
	char line[128];
	struct bench b;

	(void)state;
	bench_init(&b);
	for (size_t i = 0; i < nitems(names); i++) {
		snprintf(line, sizeof(line), "cmd.exe /C net user > %%windir%%\\Temp\\%s.tmp 2>&1",
		    names[i]);
		assert_int_equal(runs(&b, (uint8_t)i, line), i + 1);
	}
	assert_int_equal(runs(&b, 99,
	    "cmd.exe /C net group > %windir%\\Temp\\GXzOSwgN.tmp 2>&1"), 1);
	bench_free(&b);
}

static void
classes_count_too(void **state)
{
	struct bench b;

	(void)state;
	bench_init(&b);
	assert_int_equal(to(&b, 1, F_ACT_CLASS_ID, "{11111111-2222-3333-4444-555555555555}"), 1);
	assert_int_equal(to(&b, 2, F_ACT_CLASS_ID, "{11111111-2222-3333-4444-555555555555}"), 2);
	bench_free(&b);
}

static void
what_is_not_known_is_on_one_server(void **state)
{
	struct bench b;

	(void)state;
	bench_init(&b);
	for (uint8_t i = 1; i < 5; i++) {
		assert_int_equal(to(&b, i, F_DESCRIPTION, "nothing that runs"), 1);
		assert_int_equal(runs(&b, i, " "), 1);
	}
	bench_free(&b);
}

static void
servers_are_bounded(void **state)
{
	struct bench b;
	size_t used = 0;

	(void)state;
	bench_init(&b);
	for (unsigned int i = 0; i < 250; i++) {
		assert_int_equal(runs(&b, (uint8_t)i, "calc.exe"),
		    i < MAX_FAN_OUT_HOSTS ? i + 1 : MAX_FAN_OUT_HOSTS);
		if (i == 0)
			used = b.b.used;
	}
	assert_int_equal(b.b.used, used);
	bench_free(&b);
}

static void
definitions_are_bounded(void **state)
{
	struct bench b;
	char line[32];
	size_t full = 0;

	(void)state;
	bench_init(&b);
	for (unsigned int i = 0; i < 4 * MAX_FAN_OUTS; i++) {
		snprintf(line, sizeof(line), "p%c%c%c.exe", 'a' + i % 26, 'a' + i / 26 % 26,
		    'a' + i / 676);
		assert_int_equal(runs(&b, 1, line), 1);
		if (i == MAX_FAN_OUTS)
			full = b.b.used;
	}
	assert_int_equal(b.b.used, full);
	assert_int_equal(b.l.stats.n[STAT_CHAINS_LIMIT], 3 * MAX_FAN_OUTS);
	/* The latest is known, the first is not. */
	assert_int_equal(runs(&b, 2, line), 2);
	assert_int_equal(runs(&b, 2, "paaa.exe"), 1);
	bench_free(&b);
}

/* Without memory nothing is the same as anything. */
static void
a_spent_budget_invents_nothing(void **state)
{
	(void)state;
	for (size_t limit = 0; limit < 4000; limit += 8) {
		struct bench b;

		bench_init(&b);
		fan_out_free(b.s);
		b.b.limit = limit;
		if ((b.s = fan_out_new(&b.l.stats, &b.b, HOUR)) == NULL) {
			assert_int_equal(b.b.used, 0);
			lives_free(&b.l);
			continue;
		}
		assert_int_equal(runs(&b, 1, "cmd.exe /c whoami"), 1);
		assert_int_equal(runs(&b, 2, "notepad.exe C:\\boot.ini"), 1);
		assert_int_equal(runs(&b, 3, "calc.exe"), 1);
		bench_free(&b);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(servers_count_once),
		cmocka_unit_test(they_count_within_the_window),
		cmocka_unit_test(names_drawn_by_lot_are_the_same),
		cmocka_unit_test(classes_count_too),
		cmocka_unit_test(what_is_not_known_is_on_one_server),
		cmocka_unit_test(servers_are_bounded),
		cmocka_unit_test(definitions_are_bounded),
		cmocka_unit_test(a_spent_budget_invents_nothing),
	};

	return cmocka_run_group_tests_name("fan-out", tests, NULL, NULL);
}
