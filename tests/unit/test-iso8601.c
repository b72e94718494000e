#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/iso8601.h"

#define NOON	1795521600000000	/* 2026-11-24T12:00:00Z */
#define SECOND	1000000LL

static const struct {
	const char	*text;
	int64_t		 us;
	bool		 zoned;
} times[] = {
	{ "2026-11-24T12:00:00", NOON, false },
	{ "2026-11-24T12:00:00Z", NOON, true },
	{ "2026-11-24T13:00:00+01:00", NOON, true },
	{ "2026-11-24T08:30:00-03:30", NOON, true },
	{ "2026-11-25T02:00:00+14:00", NOON, true },
	{ "2026-11-23T22:00:00-14:00", NOON, true },
	{ "2026-11-24T12:00:00.1", NOON, false },
	{ "2026-11-24T12:00:00.2757294", NOON, false },
	{ "2026-11-24T12:00:00.999999999999999999999999Z", NOON, true },
	{ "2026-11-24T11:00:00.5-01:00", NOON, true },
	{ "2026-11-24T11:59:60Z", NOON, true },
	{ "2024-02-29T12:00:00Z", 1709208000 * SECOND, true },
	{ "2015-07-15T20:35:13.2757294", 1436992513 * SECOND, false },
	{ "1970-01-01T00:00:00Z", 0, true },
	{ "1969-12-31T23:59:59Z", -SECOND, true },
	{ "1900-01-01T00:00:00Z", -2208988800 * SECOND, true },
	{ "9999-12-31T23:59:59Z", 253402300799 * SECOND, true },
};

static const char *const none[] = {
	"", "2026", "2026-11-24", "2026-11-24T12:00", "2026-11-24 12:00:00", "2026-11-24t12:00:00",
	"2026-11-24T12:00:00z", "26-11-24T12:00:00", "2026-1-24T12:00:00", "2026-11-24T1:00:00",
	"2026-00-24T12:00:00", "2026-13-24T12:00:00", "2026-11-00T12:00:00", "2026-11-31T12:00:00",
	"2026-02-29T12:00:00", "2026-02-30T12:00:00", "2026-11-24T24:00:00", "2026-11-24T12:60:00",
	"2026-11-24T12:00:61", "1899-12-31T00:00:00", "-2026-11-24T12:00:00",
	"+2026-11-24T12:00:00",
	"2026-11-24T12:00:00.", "2026-11-24T12:00:00.Z", "2026-11-24T12:00:00,5",
	"2026-11-24T12:00:00+1:00", "2026-11-24T12:00:00+0100", "2026-11-24T12:00:00+01",
	"2026-11-24T12:00:00+15:00", "2026-11-24T12:00:00+14:01", "2026-11-24T12:00:00+01:60",
	"2026-11-24T12:00:00Z ", " 2026-11-24T12:00:00", "2026-11-24T12:00:00ZZ",
	"2026-11-24T12:00:00+01:00Z", "2026-11-24T12:00:00.5.5", "%LocalTimeXmlEx%",
	"2026-11-24T12:00:0O", "0x26-11-24T12:00:00", "2026-11-24T12:00: 1",
};

static struct view
view(const char *s, size_t len)
{
	return (struct view){ (const uint8_t *)s, len };
}

static void
times_are_read(void **state)
{
	(void)state;
	for (size_t i = 0; i < nitems(times); i++) {
		int64_t us = 1;
		bool zoned = !times[i].zoned;

		if (!iso8601_read(view(times[i].text, strlen(times[i].text)), &us, &zoned))
			fail_msg("%s is none", times[i].text);
		if (us != times[i].us || zoned != times[i].zoned)
			fail_msg("%s is %lld, %d", times[i].text, (long long)us, zoned);
	}
}

static void
near_misses_are_none(void **state)
{
	static const char nul[] = "2026-11-24T12:00:00\0", fraction[] = "2026-11-24T12:00:00.5\0";
	int64_t us;
	bool zoned;

	(void)state;
	for (size_t i = 0; i < nitems(none); i++)
		if (iso8601_read(view(none[i], strlen(none[i])), &us, &zoned))
			fail_msg("%s is %lld", none[i], (long long)us);
	assert_false(iso8601_read(view(nul, sizeof(nul) - 1), &us, &zoned));
	assert_false(iso8601_read(view(fraction, sizeof(fraction) - 1), &us, &zoned));
	assert_false(iso8601_read((struct view){ NULL, 0 }, &us, &zoned));
}

/* A cut time is still a time only if a fraction or a zone was cut off. */
static void
every_truncation_is_safe(void **state)
{
	(void)state;
	for (size_t i = 0; i < nitems(times); i++)
		for (size_t n = 0; n < strlen(times[i].text); n++) {
			uint8_t *p = malloc(n > 0 ? n : 1);
			int64_t us;
			bool zoned;

			assert_non_null(p);
			memcpy(p, times[i].text, n);
			if (iso8601_read((struct view){ p, n }, &us, &zoned))
				assert_true(n >= strlen("2026-11-24T12:00:00"));
			else
				assert_true(n != strlen("2026-11-24T12:00:00"));
			free(p);
		}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(times_are_read),
		cmocka_unit_test(near_misses_are_none),
		cmocka_unit_test(every_truncation_is_safe),
	};

	return cmocka_run_group_tests_name("when", tests, NULL, NULL);
}
