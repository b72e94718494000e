/* usual.h -- a baseline for tests, in a directory of its own. */
#ifndef USUAL_H
#define USUAL_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "baseline/baseline.h"
#include "baseline/entry.h"

#define HOUR	(BASELINE_DAY / 24)
#define START	(20000 * BASELINE_DAY + 9 * HOUR)	/* 2024-10-04 09:00 */

static char dir[] = "/tmp/schedwire-baseline.XXXXXX";
static char file[sizeof(dir) + 32];
static char why[8192];

static inline int
setup(void **state)
{
	(void)state;
	if (mkdtemp(dir) == NULL)
		return -1;
	snprintf(file, sizeof(file), "%s/usual", dir);
	return 0;
}

static inline int
clean(void **state)
{
	static const char *const ends[] = { "", "-wal", "-shm", "-lock", "-journal", ".txt" };
	char path[sizeof(file) + 16];

	(void)state;
	for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++) {
		snprintf(path, sizeof(path), "%s%s", file, ends[i]);
		(void)unlink(path);
	}
	return 0;
}

static inline int
teardown(void **state)
{
	(void)state;
	return rmdir(dir);
}

static inline struct baseline_terms
terms(void)
{
	struct baseline_terms t;

	baseline_terms_init(&t);
	return t;
}

static inline struct baseline *
open_with(struct baseline_terms t, bool read_only)
{
	struct baseline *b = baseline_open(file, &t, read_only, why, sizeof(why));

	if (b == NULL)
		fail_msg("%s", why);
	return b;
}

static inline void
feed(struct baseline *b, const char *text, int64_t now)
{
	baseline_feed(b, TUPLE_COMMAND, view_str(text), now);
}

static inline struct baseline_usual
look(struct baseline *b, const char *text, int64_t now)
{
	struct baseline_usual u;

	baseline_look(b, TUPLE_COMMAND, view_str(text), now, &u);
	return u;
}

static inline void
assert_no_error(struct baseline *b)
{
	if (baseline_error(b, why, sizeof(why)))
		fail_msg("%s", why);
}

#define USUAL_TEST(f)	cmocka_unit_test_teardown(f, clean)

#endif
