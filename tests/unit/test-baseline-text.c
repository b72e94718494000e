#include "unit/usual.h"

static char *
text_of_file(bool (*write_it)(struct baseline *, FILE *), struct baseline *b, size_t *n)
{
	char *p = NULL;
	FILE *f = open_memstream(&p, n);

	assert_non_null(f);
	assert_true(write_it(b, f));
	assert_int_equal(fclose(f), 0);
	return p;
}

static bool
import(struct baseline *b, const char *text, size_t n)
{
	FILE *f = fmemopen((void *)(uintptr_t)text, n, "r");
	bool ok;

	assert_non_null(f);
	ok = baseline_import(b, f, why, sizeof(why));
	fclose(f);
	return ok;
}

static void
test_show(void **state)
{
	static const uint8_t wire[] = "\0\x1b[2Jred\t\n\\\xff\xe2\x80\xae";
	struct baseline *b = open_with(terms(), false);
	char *shown;
	size_t n;

	(void)state;
	shown = text_of_file(baseline_show, b, &n);
	assert_non_null(strstr(shown, "nothing was fed yet"));
	free(shown);
	for (int i = 0; i < 30; i++) {
		char text[16];

		snprintf(text, sizeof(text), "c%d", i);
		feed(b, text, START + BASELINE_DAY * (i % 3));
	}
	for (int day = 0; day < 9; day++)
		feed(b, "daily.exe", START + BASELINE_DAY * day);
	baseline_feed(b, TUPLE_TASK, (struct view){ wire, sizeof(wire) - 1 }, START);
	shown = text_of_file(baseline_show, b, &n);
	assert_non_null(strstr(shown, "still learning: 8 of 14 days"));
	assert_non_null(strstr(shown, "command: 31 seen 39 times, 1 known"));
	assert_non_null(strstr(shown, "         9      9  2024-10-04  2024-10-12  daily.exe\n"));
	assert_non_null(strstr(shown, "\\x00\\x1B[2Jred\\x09\\x0A\\\\xFF\\xE2\\x80\\xAE\n"));
	for (size_t i = 0; i < n; i++)
		assert_true(shown[i] == '\n' || (uint8_t)shown[i] >= 0x20);
	n = 0;
	for (const char *p = shown; (p = strstr(p, "  c")) != NULL; p++)
		n++;
	assert_int_equal(n, 19);
	free(shown);
	(void)look(b, "x", START + 20 * BASELINE_DAY);
	shown = text_of_file(baseline_show, b, &n);
	assert_non_null(strstr(shown, "learning is done"));
	free(shown);
	baseline_close(b);
}

static void
test_export(void **state)
{
	static const uint8_t wire[] = "\0\x1b\t\n\\\xff tail";
	static const char lesser[] = "command\t5\t2.000\t5\t10\t1500000000000000\tdaily.exe\n";
	struct baseline *b = open_with(terms(), false);
	char *out, *again, long_text[300];
	struct baseline_usual u;
	size_t n, m;

	(void)state;
	memset(long_text, 'l', sizeof(long_text));
	for (int day = 0; day < 20; day++)
		feed(b, "daily.exe", START + BASELINE_DAY * day);
	baseline_feed(b, TUPLE_USER, (struct view){ wire, sizeof(wire) - 1 }, START);
	baseline_feed(b, TUPLE_TASK, (struct view){ (uint8_t *)long_text, sizeof(long_text) }, START);
	out = text_of_file(baseline_export, b, &n);
	baseline_close(b);
	clean(NULL);

	b = open_with(terms(), false);
	assert_true(import(b, out, n));
	again = text_of_file(baseline_export, b, &m);
	assert_int_equal(n, m);
	assert_memory_equal(out, again, n);
	free(again);
	/* Twice is no more than once. */
	assert_true(import(b, out, n));
	again = text_of_file(baseline_export, b, &m);
	assert_int_equal(n, m);
	assert_memory_equal(out, again, n);
	u = look(b, "daily.exe", START + 20 * BASELINE_DAY);
	assert_true(u.known && !u.learning);
	assert_int_equal(u.count, 20);
	assert_int_equal(u.first, START);
	baseline_look(b, TUPLE_TASK, (struct view){ (uint8_t *)long_text, sizeof(long_text) }, START, &u);
	assert_true(u.seen);
	baseline_look(b, TUPLE_USER, (struct view){ wire, sizeof(wire) - 1 }, START, &u);
	assert_true(u.seen);
	/* The greater counts win. */
	assert_true(import(b, lesser, strlen(lesser)));
	u = look(b, "daily.exe", START);
	assert_int_equal(u.count, 20);
	assert_int_equal(u.days, 20);
	assert_int_equal(u.first, 10);
	assert_int_equal(u.last, START + 19 * BASELINE_DAY);
	assert_no_error(b);
	free(out);
	free(again);
	baseline_close(b);
}

static void
test_import_wrong(void **state)
{
	static const char good[] = "command\t1\t1.000\t1\t1000000\t1000000\tgood\n";
	static const char *const wrong[] = {
		"\n",
		"command\t1\t1.000\t1\t1\t1\n",			/* a field too few */
		"command\t1\t1.000\t1\t1\t1\tno end",
		"commands\t1\t1.000\t1\t1\t1\tx\n",
		"\t1\t1.000\t1\t1\t1\tx\n",
		"command\t-1\t1.000\t1\t1\t1\tx\n",
		"command\t0\t0.000\t0\t1\t1\tx\n",
		"command\t9223372036854775808\t1.000\t1\t1\t1\tx\n",
		"command\t99999999999999999999999\t1.000\t1\t1\t1\tx\n",
		"command\t1x\t1.000\t1\t1\t1\tx\n",
		"command\t1\tnan\t1\t1\t1\tx\n",
		"command\t1\t-1.000\t1\t1\t1\tx\n",
		"command\t1\t1e9\t1\t1\t1\tx\n",
		"command\t1\t0.000\t1\t1\t1\tx\n",
		"command\t1\t2.000\t1\t1\t1\tx\n",		/* heavier than it was often */
		"command\t1\t1.000\t2\t1\t1\tx\n",		/* more days than times */
		"command\t1\t1.000\t0\t1\t1\tx\n",
		"command\t9\t1.000\t4294967296\t1\t1\tx\n",
		"command\t1\t1.000\t1\t2\t1\tx\n",		/* ends before it began */
		"command\t1\t1.000\t1\t1\t9000000000000000000\tx\n",
		"command\t1\t1.000\t1\t-1\t1\tx\n",
		"command\t1\t1.000\t1\t1\t1\t\\t\n",
		"command\t1\t1.000\t1\t1\t1\t\\x0\n",
		"command\t1\t1.000\t1\t1\t1\t\\\n",
	};
	struct baseline *b = open_with(terms(), false);
	char text[2048];

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		snprintf(text, sizeof(text), "%s%s", good, wrong[i]);
		if (import(b, text, strlen(text)) || strncmp(why, "line 2: ", 8) != 0)
			fail_msg("%zu: %s", i, why);
		/* All or nothing. */
		assert_false(look(b, "good", START).seen);
	}
	memset(text, 'x', sizeof(text));
	assert_false(import(b, text, sizeof(text)));
	assert_false(import(b, "command\t1\t1.000\t1\t1\t1\tx\0y\n", 27));
	assert_no_error(b);
	assert_true(import(b, good, strlen(good)));
	assert_true(look(b, "good", START).seen);
	baseline_close(b);

	b = open_with(terms(), true);
	assert_false(import(b, good, strlen(good)));
	baseline_close(b);
}

/* What is not believed of the future by a baseline that runs. */
static void
test_import_ahead(void **state)
{
	static const char ahead[] = "command\t9\t9.000\t9\t4000000000000000\t4100000000000000\ta\n";
	struct baseline *b = open_with(terms(), false);
	struct baseline_usual u;

	(void)state;
	feed(b, "a", START);
	assert_true(import(b, ahead, strlen(ahead)));
	u = look(b, "a", START);
	assert_int_equal(u.count, 9);
	assert_false(u.known);
	feed(b, "a", START + BASELINE_DAY);
	assert_int_equal(look(b, "a", START + BASELINE_DAY).days, 10);
	baseline_close(b);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		USUAL_TEST(test_show),
		USUAL_TEST(test_export),
		USUAL_TEST(test_import_wrong),
		USUAL_TEST(test_import_ahead),
	};

	return cmocka_run_group_tests_name("baseline text", tests, setup, teardown);
}
