#include "unit/usual.h"

#include <signal.h>
#include <sqlite3.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

static bool
between(double d, double low, double high)
{
	return d >= low && d <= high;
}

/* ---- What is usual ---- */

static void
test_life(void **state)
{
	struct baseline *b = open_with(terms(), false);
	struct baseline_usual u = look(b, "backup.exe", START);
	struct stat st;

	(void)state;
	assert_false(u.seen || u.known);
	assert_true(u.learning);
	for (int day = 0; day < 7; day++)
		feed(b, "backup.exe", START + day * BASELINE_DAY);
	u = look(b, "backup.exe", START + 6 * BASELINE_DAY);
	assert_true(u.seen && u.learning && !u.known);	/* six days lie between */
	feed(b, "backup.exe", START + 7 * BASELINE_DAY);
	u = look(b, "backup.exe", START + 7 * BASELINE_DAY);
	assert_true(u.known);
	assert_int_equal(u.count, 8);
	assert_int_equal(u.days, 8);
	assert_int_equal(u.first, START);
	assert_int_equal(u.last, START + 7 * BASELINE_DAY);
	assert_true(between(u.weight, 7, 8));

	/* Its text and its kind are its own. */
	assert_false(look(b, "backup.exe ", START).seen);
	baseline_look(b, TUPLE_TASK, view_str("backup.exe"), START, &u);
	assert_false(u.seen);

	assert_true(look(b, "x", START + 14 * BASELINE_DAY - 1).learning);
	assert_false(look(b, "x", START + 14 * BASELINE_DAY).learning);
	assert_no_error(b);
	baseline_close(b);
	assert_int_equal(stat(file, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);

	/* It was kept. */
	b = open_with(terms(), false);
	u = look(b, "backup.exe", START + 37 * BASELINE_DAY);
	assert_true(u.known && !u.learning);
	assert_int_equal(u.count, 8);
	assert_int_equal(u.last, START + 7 * BASELINE_DAY);
	assert_true(between(u.weight, 3.5, 4));		/* half of it is forgotten */
	baseline_close(b);
}

static void
test_insisting(void **state)
{
	struct baseline *b = open_with(terms(), false);
	struct baseline_usual u;

	(void)state;
	for (int i = 0; i < 20000; i++)
		feed(b, "evil.exe", START + i * 1000);
	u = look(b, "evil.exe", START + HOUR);
	assert_int_equal(u.count, 20000);
	assert_int_equal(u.days, 1);
	assert_true(between(u.weight, 0.9, 1.1));
	/* Every minute of three days is still no week. */
	for (int i = 0; i < 3 * 24 * 60; i++)
		feed(b, "evil.exe", START + i * HOUR / 60);
	u = look(b, "evil.exe", START + 3 * BASELINE_DAY);
	assert_false(u.known);
	assert_true(u.weight <= 73);
	/* And twice in a month is not often. */
	feed(b, "rare.exe", START);
	feed(b, "rare.exe", START + 30 * BASELINE_DAY);
	assert_false(look(b, "rare.exe", START + 30 * BASELINE_DAY).known);
	baseline_close(b);
}

static void
test_time_back(void **state)
{
	struct baseline *b = open_with(terms(), false);
	struct baseline_usual u;

	(void)state;
	for (int turn = 0; turn < 5; turn++)
		for (int day = 0; day < 2; day++)
			feed(b, "replayed", START + 10 * day * BASELINE_DAY);
	u = look(b, "replayed", START);
	assert_int_equal(u.count, 10);
	assert_int_equal(u.days, 2);
	assert_false(u.known);
	assert_int_equal(u.last, START + 10 * BASELINE_DAY);
	assert_int_equal(u.first, START);

	/* Years ago: it was seen then, and that makes it no older to us. */
	feed(b, "replayed", START - 3000 * BASELINE_DAY);
	u = look(b, "replayed", START - 3000 * BASELINE_DAY);
	assert_int_equal(u.days, 2);
	assert_int_equal(u.first, START - 3000 * BASELINE_DAY);
	assert_int_equal(u.last, START + 10 * BASELINE_DAY);

	/* And time goes on from there. */
	for (int day = 0; day < 10; day++)
		feed(b, "later", START + day * BASELINE_DAY);
	assert_true(look(b, "later", START + 10 * BASELINE_DAY).known);
	baseline_close(b);
}

static void
test_time_ahead(void **state)
{
	static const int64_t jumps[] = { 90 * BASELINE_DAY, 36500 * BASELINE_DAY, INT64_MAX / 2,
	    INT64_MAX - START };
	struct baseline_usual u, before;

	(void)state;
	for (size_t i = 0; i < sizeof(jumps) / sizeof(*jumps); i++) {
		struct baseline *b = open_with(terms(), false);

		feed(b, "a", START);
		feed(b, "a", START + BASELINE_DAY);
		before = look(b, "a", START + BASELINE_DAY);
		feed(b, "a", START + jumps[i]);
		u = look(b, "a", START + jumps[i]);
		assert_int_equal(u.days, 2);
		assert_false(u.known);
		assert_true(u.learning);
		assert_true(between(u.weight, before.weight - 0.01, before.weight + 0.01));
		/* The clock is put right: days count again at once. */
		feed(b, "a", START + 2 * BASELINE_DAY);
		for (int day = 3; day < 12; day++)
			feed(b, "a", START + day * BASELINE_DAY);
		assert_true(look(b, "a", START + 12 * BASELINE_DAY).known);
		assert_no_error(b);
		baseline_close(b);
		/* What leapt is read again. */
		b = open_with(terms(), false);
		assert_true(look(b, "a", START + 12 * BASELINE_DAY).known);
		assert_no_error(b);
		baseline_close(b);
		clean(NULL);
	}
}

/* Back to where it leapt from is no leap: what is seen until then counts little. */
static void
test_time_near(void **state)
{
	struct baseline *b = open_with(terms(), false);

	(void)state;
	feed(b, "a", START);
	feed(b, "a", START + 41 * BASELINE_DAY);
	for (int day = 1; day < 41; day++)
		feed(b, "a", START + day * BASELINE_DAY);
	assert_int_equal(look(b, "a", START + 41 * BASELINE_DAY).days, 1);
	for (int day = 42; day < 51; day++)
		feed(b, "a", START + day * BASELINE_DAY);
	assert_true(look(b, "a", START + 51 * BASELINE_DAY).known);
	baseline_close(b);
}

static void
test_time_extreme(void **state)
{
	static const int64_t times[] = { INT64_MIN, INT64_MAX, 0, -1, INT64_MIN, START, INT64_MAX };
	struct baseline *b = open_with(terms(), false);

	(void)state;
	for (int turn = 0; turn < 100; turn++)
		for (size_t i = 0; i < sizeof(times) / sizeof(*times); i++) {
			feed(b, "x", times[i]);
			baseline_tick(b, times[i]);
			assert_true(look(b, "x", times[i]).days <= 2);
		}
	assert_no_error(b);
	baseline_close(b);
}

/* Longer texts than are kept are told apart by what is not kept. */
static void
test_long_texts(void **state)
{
	struct baseline *b = open_with(terms(), false);
	uint8_t *long_text = test_malloc(100000);

	(void)state;
	memset(long_text, 'a', 100000);
	baseline_feed(b, TUPLE_TASK, (struct view){ long_text, 100000 }, START);
	for (size_t n = 0; n < 400; n++) {
		uint8_t *cut = test_malloc(n + 1);
		struct baseline_usual u;

		memset(cut, 'a', n);
		baseline_look(b, TUPLE_TASK, (struct view){ cut, n }, START, &u);
		assert_false(u.seen);
		baseline_feed(b, TUPLE_TASK, (struct view){ cut, n }, START);
		test_free(cut);
	}
	assert_no_error(b);
	test_free(long_text);
	baseline_close(b);
}

/* ---- Bounds ---- */

#define BATCH	16384		/* fed, and not yet written, at most */

static int64_t
ask(const char *sql)
{
	sqlite3 *db;
	sqlite3_stmt *s;
	int64_t n;

	assert_int_equal(sqlite3_open(file, &db), SQLITE_OK);
	assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &s, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(s), SQLITE_ROW);
	n = sqlite3_column_int64(s, 0);
	sqlite3_finalize(s);
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
	return n;
}

static void
change(const char *sql)
{
	sqlite3 *db;

	assert_int_equal(sqlite3_open(file, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

/* A flood of new things drives out its like, not what is usual. */
static void
test_flood(void **state)
{
	struct baseline_terms t = terms();
	struct baseline *b;
	char text[32];

	(void)state;
	t.max_tuples = 1000;
	b = open_with(t, false);
	for (int day = 0; day < 10; day++)
		for (int i = 0; i < 50; i++) {
			snprintf(text, sizeof(text), "usual %d", i);
			feed(b, text, START + day * BASELINE_DAY);
		}
	for (int i = 0; i < 40000; i++) {
		snprintf(text, sizeof(text), "flood %d", i);
		feed(b, text, START + 10 * BASELINE_DAY + i);
	}
	for (int i = 0; i < 50; i++) {
		snprintf(text, sizeof(text), "usual %d", i);
		assert_true(look(b, text, START + 10 * BASELINE_DAY).known);
	}
	assert_no_error(b);
	baseline_close(b);
	assert_true(ask("SELECT count(*) FROM habit") <= 1000);
	assert_int_equal(ask("SELECT count(*) - (SELECT habits FROM state) FROM habit"), 0);
}

/* Many looks between two feeds: what was fed is written before it makes way. */
static void
test_cache(void **state)
{
	struct baseline *b = open_with(terms(), false);
	char text[32];

	(void)state;
	feed(b, "fed", START);
	for (int i = 0; i < 20000; i++) {
		snprintf(text, sizeof(text), "looked %d", i);
		assert_false(look(b, text, START).seen);
	}
	assert_int_equal(look(b, "fed", START).count, 1);
	assert_no_error(b);
	baseline_close(b);
	assert_int_equal(ask("SELECT count(*) FROM habit"), 1);
}

/* ---- Crashes and company ---- */

/* Feeds until it is killed, somewhere behind so many; a byte is sent for each. */
static uint64_t
feed_and_die(uint64_t enough)
{
	struct baseline *b;
	uint64_t fed = 0;
	int pipes[2], status;
	char text[32], bytes[4096];
	ssize_t n;
	pid_t child;

	assert_int_equal(pipe(pipes), 0);
	child = fork();
	assert_int_not_equal(child, -1);
	if (child == 0) {
		b = open_with(terms(), false);
		for (unsigned int i = 0;; i++) {
			snprintf(text, sizeof(text), "command %u", i % 3000);
			feed(b, text, START + (int64_t)i * 1000);
			if (write(pipes[1], "", 1) != 1)
				_exit(1);
		}
	}
	close(pipes[1]);
	for (; fed < enough; fed += (uint64_t)n) {
		n = read(pipes[0], bytes, sizeof(bytes));
		assert_true(n > 0);
	}
	kill(child, SIGKILL);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status));
	close(pipes[0]);
	return fed;
}

static void
test_kill(void **state)
{
	struct baseline *b;
	uint64_t fed = 0, kept = 0;
	char text[32];

	(void)state;
	for (unsigned int turn = 0; turn < 4; turn++) {
		fed += feed_and_die(32000 + turn * 777) - BATCH;
		/* What is read without repair is whole, too. */
		b = open_with(terms(), true);
		assert_true(look(b, "command 1", START).seen);
		assert_no_error(b);
		baseline_close(b);
	}
	b = open_with(terms(), false);
	for (int i = 0; i < 3000; i++) {
		snprintf(text, sizeof(text), "command %d", i);
		kept += look(b, text, START).count;
	}
	assert_true(kept >= fed);
	feed(b, "after", START);
	assert_no_error(b);
	baseline_close(b);
	assert_int_equal(ask("SELECT integrity_check = 'ok' FROM pragma_integrity_check"), 1);
	assert_int_equal(ask("SELECT count(*) - (SELECT habits FROM state) FROM habit"), 0);
}

static void
test_company(void **state)
{
	struct baseline_terms t = terms();
	struct baseline *b = open_with(t, false), *reader, *another;

	(void)state;
	feed(b, "one", START);
	baseline_tick(b, START);
	assert_null(baseline_open(file, &t, false, why, sizeof(why)));
	assert_non_null(strstr(why, "another process writes"));
	assert_non_null(strstr(why, file));
	reader = open_with(t, true);
	another = open_with(t, true);
	assert_true(look(reader, "one", START).seen);
	feed(b, "two", START);
	baseline_tick(b, START + HOUR);
	assert_true(look(another, "two", START).seen);
	/* A reader writes nothing. */
	feed(reader, "three", START);
	baseline_tick(reader, START + 2 * HOUR);
	assert_false(look(b, "three", START).seen);
	assert_no_error(b);
	assert_no_error(reader);
	baseline_close(reader);
	baseline_close(b);
	assert_true(look(another, "two", START).seen);
	baseline_close(another);
	baseline_close(open_with(t, false));
	baseline_close(NULL);
}

/* No room: told once, nothing is lost while there is memory, and it goes on. */
static void
test_disk_full(void **state)
{
	struct rlimit limit, none;
	struct baseline *b = open_with(terms(), false);
	bool told;
	char text[32];

	(void)state;
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
	signal(SIGXFSZ, SIG_IGN);
	none = limit;
	none.rlim_cur = 65536;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &none), 0);
	for (int i = 0; i < 10000; i++) {
		snprintf(text, sizeof(text), "command %d", i);
		feed(b, text, START);
	}
	baseline_tick(b, START);
	told = baseline_error(b, why, sizeof(why));
	for (int i = 0; i < 20000; i++)
		(void)look(b, "command 1", START);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
	signal(SIGXFSZ, SIG_DFL);
	assert_true(told);
	assert_non_null(strstr(why, file));
	assert_false(baseline_error(b, why, sizeof(why)));
	baseline_tick(b, START + HOUR);
	assert_no_error(b);
	baseline_close(b);
	assert_int_equal(ask("SELECT count(*) FROM habit"), 10000);
	assert_int_equal(ask("SELECT habits FROM state"), 10000);
}

/* ---- Files that are none ---- */

static void
assert_refused(const char *with)
{
	struct baseline_terms t = terms();

	for (int i = 0; i < 2; i++) {
		assert_null(baseline_open(file, &t, i == 1, why, sizeof(why)));
		if (strstr(why, with) == NULL || strstr(why, file) == NULL)
			fail_msg("\"%s\" does not say \"%s\"", why, with);
		assert_null(strchr(why, '\n'));
	}
}

static void
put(const char *path, const void *p, size_t n)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_int_equal(fwrite(p, 1, n, f), n);
	assert_int_equal(fclose(f), 0);
}

static void
test_no_baseline(void **state)
{
	static const char text[] = "command\t1\t1.000\t1\t0\t0\tnot a database, but quite long\n";
	struct baseline_terms t = terms();

	(void)state;
	assert_null(baseline_open(file, &t, true, why, sizeof(why)));
	assert_int_equal(access(file, F_OK), -1);
	put(file, text, sizeof(text));
	assert_refused("not a database");
	clean(NULL);
	change("CREATE TABLE mine (a); INSERT INTO mine VALUES (1)");
	assert_refused("no baseline");
	assert_int_equal(ask("SELECT count(*) FROM sqlite_schema"), 1);
	clean(NULL);
	baseline_close(open_with(t, false));
	change("PRAGMA user_version = 2");
	assert_refused("newer");
	change("PRAGMA user_version = -1");
	assert_refused("version");
	change("PRAGMA user_version = 1; UPDATE state SET habits = -1");
	assert_refused("damaged");
	change("DELETE FROM state");
	assert_refused("damaged");
	change("DROP TABLE habit");
	assert_refused("no such table");
	assert_null(baseline_open("/nonexistent/x", &t, false, why, sizeof(why)));
	assert_non_null(strstr(why, "/nonexistent/x: No such file"));
	assert_null(baseline_open(dir, &t, false, why, sizeof(why)));
	snprintf(why, sizeof(why), "%s-lock", dir);
	(void)unlink(why);
	memset(why, 'x', sizeof(why) - 1);
	why[sizeof(why) - 1] = '\0';
	char err[64];
	assert_null(baseline_open(why, &t, false, err, sizeof(err)));
}

/* Values that cannot be are as if they were not there. */
static void
test_impossible(void **state)
{
	static const char *const changes[] = {
		"count = -1", "count = 'many'", "weight = -1", "weight = 1e300", "days = 0",
		"days = 5000000000", "first = last + 1", "last = 9223372036854775807",
		"first_shift = -9223372036854775807, last_shift = -9223372036854775807",
		"kind = 17", "kind = -1", "text = zeroblob(100000)",
	};
	char sql[256];

	(void)state;
	for (size_t i = 0; i < sizeof(changes) / sizeof(*changes); i++) {
		struct baseline *b = open_with(terms(), false);
		FILE *null = fopen("/dev/null", "w");

		feed(b, "x", START);
		baseline_close(b);
		snprintf(sql, sizeof(sql), "UPDATE habit SET %s", changes[i]);
		change(sql);
		b = open_with(terms(), false);
		assert_false(look(b, "x", START).seen);
		assert_true(baseline_show(b, null));
		assert_true(baseline_export(b, null));
		feed(b, "x", START);
		assert_int_equal(look(b, "x", START).count, 1);
		baseline_close(b);
		fclose(null);
		clean(NULL);
	}
}

/* Any byte of it may be wrong. */
static void
test_corrupt(void **state)
{
	struct baseline_terms t = terms();
	struct baseline *b = open_with(t, false);
	uint8_t *bytes, *torn;
	char text[64];
	FILE *f, *null = fopen("/dev/null", "w");
	size_t n;
	bool told = false;

	(void)state;
	for (int i = 0; i < 500; i++) {
		snprintf(text, sizeof(text), "a command that is quite usual here, number %d", i);
		feed(b, text, START);
	}
	baseline_close(b);
	bytes = test_malloc(1u << 20);
	torn = test_malloc(1u << 20);
	f = fopen(file, "r");
	n = fread(bytes, 1, 1u << 20, f);
	fclose(f);
	assert_true(n > 8192 && n < 1u << 20);
	for (unsigned int turn = 0; turn < 60; turn++) {
		size_t len = turn % 3 == 0 ? n - turn * 512 : n;

		memcpy(torn, bytes, n);
		srand(turn);
		for (int i = 0; i < 200 && turn % 3 != 0; i++)
			torn[(size_t)rand() % n | (turn % 3 == 1 ? 4096 : 128)] = (uint8_t)rand();
		put(file, torn, len);
		if ((b = baseline_open(file, &t, false, why, sizeof(why))) == NULL)
			continue;
		for (int i = 0; i < 500; i++) {
			snprintf(text, sizeof(text), "a command that is quite usual here, number %d", i);
			(void)look(b, text, START);
			feed(b, text, START + BASELINE_DAY);
		}
		baseline_tick(b, START + BASELINE_DAY);
		baseline_show(b, null);
		baseline_export(b, null);
		told |= baseline_error(b, why, sizeof(why));
		assert_false(baseline_error(b, why, sizeof(why)));
		baseline_close(b);
	}
	assert_true(told);
	fclose(null);
	test_free(bytes);
	test_free(torn);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		USUAL_TEST(test_life),
		USUAL_TEST(test_insisting),
		USUAL_TEST(test_time_back),
		USUAL_TEST(test_time_ahead),
		USUAL_TEST(test_time_near),
		USUAL_TEST(test_time_extreme),
		USUAL_TEST(test_long_texts),
		USUAL_TEST(test_flood),
		USUAL_TEST(test_cache),
		USUAL_TEST(test_kill),
		USUAL_TEST(test_company),
		USUAL_TEST(test_disk_full),
		USUAL_TEST(test_no_baseline),
		USUAL_TEST(test_impossible),
		USUAL_TEST(test_corrupt),
	};

	return cmocka_run_group_tests_name("baseline", tests, setup, teardown);
}
