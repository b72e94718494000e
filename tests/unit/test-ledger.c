#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "engine/ledger.h"

static struct peers
between(uint8_t client, uint8_t server, uint16_t cport, uint16_t sport)
{
	return (struct peers){
		.client.b = { 10, 0, 0, client }, .server.b = { 10, 0, 0, server },
		.cport = cport, .sport = sport
	};
}

/* What is printed; for free(). */
static char *
printed(const struct ledger *l)
{
	char *text = NULL;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	assert_non_null(f);
	ledger_print(l, f);
	assert_int_equal(fclose(f), 0);
	return text;
}

static void
check(const struct ledger *l, const char *want)
{
	char *got = printed(l);

	assert_string_equal(got, want);
	free(got);
}

static void
nothing_is_said_to_be_nothing(void **state)
{
	struct ledger *l = ledger_new();
	struct peers p = between(1, 2, 3, 445);

	(void)state;
	check(l, "No session was seen that a secret could open.\n");
	ledger_note(NULL, &p, "smb", "a", true, "b");
	ledger_free(l);
	ledger_free(NULL);
}

static void
opened_ones_come_first(void **state)
{
	struct ledger *l = ledger_new();
	struct peers a = between(50, 10, 40000, 445), b = between(9, 10, 40000, 49664),
	    c = between(50, 10, 40000, 135);
	struct peers six = { .client = { .v6 = true, .b = { 0x20, 1, [15] = 1 } },
	    .server = { .v6 = true, .b = { 0x20, 1, [15] = 2 } }, .sport = 445 };

	(void)state;
	ledger_note(l, &a, "smb", "CORP\\bob", false, "no secret for CORP\\bob");
	ledger_note(l, &a, "smb", "CORP\\alice", true, "password CORP\\alice, line 3");
	ledger_note(l, &six, "smb", NULL, false, "logon not captured");
	ledger_note(l, &b, "dcerpc", "Müller", false, "no secret for Müller");
	a.cport++;
	ledger_note(l, &a, "smb", "CORP\\alice", true, "password CORP\\alice, line 3");
	ledger_note(l, &c, "dcerpc", "CORP\\alice", true, "password CORP\\alice, line 3");
	check(l,
	    "SESSIONS  CLIENT     SERVER           PROTO   ACCOUNT     RESULT\n"
	    "1         10.0.0.50  10.0.0.10:135    dcerpc  CORP\\alice  "
	    "opened with password CORP\\alice, line 3\n"
	    "2         10.0.0.50  10.0.0.10:445    smb     CORP\\alice  "
	    "opened with password CORP\\alice, line 3\n"
	    "1         10.0.0.9   10.0.0.10:49664  dcerpc  Müller      "
	    "not opened: no secret for Müller\n"
	    "1         10.0.0.50  10.0.0.10:445    smb     CORP\\bob    "
	    "not opened: no secret for CORP\\bob\n"
	    "1         2001::1    [2001::2]:445    smb     -           "
	    "not opened: logon not captured\n");
	ledger_free(l);
}

/* Same account: another result or another verdict is another row. */
static void
what_differs_has_its_own_row(void **state)
{
	struct ledger *l = ledger_new();
	struct peers p = between(1, 2, 3, 445);
	char *got;
	int lines = 0;

	(void)state;
	ledger_note(l, &p, "smb", "a", true, "x");
	ledger_note(l, &p, "smb", "a", false, "x");
	ledger_note(l, &p, "smb", "a", false, "y");
	ledger_note(l, &p, "smb", "b", false, "y");
	ledger_note(l, &p, "dcerpc", "b", false, "y");
	got = printed(l);
	for (const char *s = got; (s = strchr(s, '\n')) != NULL; s++)
		lines++;
	assert_int_equal(lines, 6);
	free(got);
	ledger_free(l);
}

/* What the wire says must not move the operator's cursor. */
static void
bytes_from_the_wire_are_shown(void **state)
{
	static const struct {
		const char	*sent, *shown;
	} v[] = {
		{ "a\033[2J\nb", "a\\x1B[2J\\x0Ab" },
		{ "\x7f", "\\x7F" },
		{ "\xc2\x9b" "2J", "\\xC2\\x9B2J" },		/* CSI as one character */
		{ "\xe2\x80\xae" "evil", "\\xE2\\x80\\xAEevil" },	/* right to left */
		{ "\xff\xc3", "\\xFF\\xC3" },
		{ "caf\xc3\xa9", "caf\xc3\xa9" },
		{ "\xed\xa0\x80", "\\xED\\xA0\\x80" },		/* a lone surrogate */
	};
	struct peers p = between(1, 2, 3, 445);

	(void)state;
	for (size_t i = 0; i < sizeof(v) / sizeof(v[0]); i++) {
		struct ledger *l = ledger_new();
		char *got, *at;

		ledger_note(l, &p, "smb", v[i].sent, false, v[i].sent);
		got = printed(l);
		assert_non_null(at = strstr(got, v[i].shown));
		assert_non_null(strstr(at + 1, v[i].shown));
		for (const char *s = got; *s != '\0'; s++)
			assert_true(*s == '\n' || ((unsigned char)*s >= 0x20 && *s != 0x7f));
		free(got);
		ledger_free(l);
	}
}

static void
long_text_is_cut_between_characters(void **state)
{
	struct peers p = between(1, 2, 3, 445);

	(void)state;
	for (size_t n = 300; n < 340; n++) {
		struct ledger *l = ledger_new();
		char *who = malloc(n + 8), *got;

		memset(who, 'x', n);
		memcpy(who + n, "\xc3\xa9\033\xff", 5);
		ledger_note(l, &p, "smb", who, false, who);
		got = printed(l);
		assert_non_null(strstr(got, n < 306 ? "\\xFF" : "..."));
		free(got);
		free(who);
		ledger_free(l);
	}
}

static void
rows_are_bounded(void **state)
{
	struct ledger *l = ledger_new();
	struct peers p = between(1, 2, 3, 445);
	char who[32], *got;

	(void)state;
	for (unsigned int i = 0; i < MAX_LEDGER_ROWS + 7; i++) {
		snprintf(who, sizeof(who), "user%u", i);
		ledger_note(l, &p, "smb", who, false, "no secret");
	}
	ledger_note(l, &p, "smb", "user0", false, "no secret");
	got = printed(l);
	assert_non_null(strstr(got, "7 more sessions"));
	assert_non_null(strstr(got, "\n2         10.0.0.1  10.0.0.2:445  smb    user0 "));
	assert_null(strstr(got, "user4096"));
	free(got);
	ledger_free(l);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_said_to_be_nothing),
		cmocka_unit_test(opened_ones_come_first),
		cmocka_unit_test(what_differs_has_its_own_row),
		cmocka_unit_test(bytes_from_the_wire_are_shown),
		cmocka_unit_test(long_text_is_cut_between_characters),
		cmocka_unit_test(rows_are_bounded),
	};

	return cmocka_run_group_tests_name("ledger", tests, NULL, NULL);
}
