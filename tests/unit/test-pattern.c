#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "detect/pattern.h"

/* A pattern, a text in plain form, and what shows that it holds; NULL: it does not. */
static const struct row {
	const char	*pattern, *text, *detail;
} rows[] = {
	/* Texts are whole words where they begin or end with a letter or a digit. */
	{ "iex", "iex $a", "iex" },
	{ "iex", "a;iex", "iex" },
	{ "iex", "complex", NULL },
	{ "iex", "iexplore", NULL },
	{ "iex", "\xc3\xa9" "iex", NULL },
	{ "iex", "_iex", NULL },
	{ ".run(", "$a.run($b)", ".run(" },
	{ "*loader", "downloader", "loader" },
	{ "down*", "downloader", "downloader" },
	{ "*own*", "downloader", "ownloader" },
	{ "a*b", "a*b", "a*b" },
	{ "a*b", "axb", NULL },
	{ "net~user", "net user", "net user" },
	{ "net~user", "net  user", NULL },
	{ "~net", "net", "net" },
	{ "net~", "net", "net" },
	{ "~~net", "net", NULL },
	{ "^sh", "a|sh", "|sh" },
	/* So are short ones, which are looked for in another way. */
	{ "a", "x a", "a" },
	{ "a", "ab", NULL },
	{ "a", "ba", NULL },
	{ "a*", "ab", "ab" },
	{ "+h", "attrib +h x", "+h" },
	{ "~a", "a", "a" },
	{ ":*", "c:", ":" },
	/* Switches */
	{ "-user", "net -user", "-user" },
	{ "-user", "net --user", "-user" },
	{ "-user", "cscript //user", "/user" },
	{ "-user", "(/user:x)", "/user" },
	{ "-user", "a/user", NULL },
	{ "-user", "net user", NULL },
	{ "-user", "---user", NULL },
	{ "-s", "-s", "-s" },
	{ "-s", "x,/s", "/s" },
	{ "-s", "x-s", NULL },
	{ "-s", "-sa", NULL },
	{ "-s*", "-sa", "-sa" },
	{ "*-user", "a-user", "-user" },
	{ "*-user", "/user", NULL },
	{ "-", "a-b", "-b" },
	/* Conditions */
	{ "one two", "two one", "one" },
	{ "one two", "one", NULL },
	{ "one|two", "two", "two" },
	{ "one|two", "two one", "two" },
	{ "one !two", "one", "one" },
	{ "one !two", "one two", NULL },
	{ "one !two|six", "one six", NULL },
	{ "!two one", "one", "one" },
	{ "one => two", "one two", "one" },
	{ "one => two", "two one", NULL },
	{ "one => two", "two one two", "one" },
	{ "one => two => one", "one two one", "one" },
	{ "one => two => one", "one two", NULL },
	{ "one => a", "a one a", "one" },
	{ "one => a", "a one", NULL },
	{ "", "anything", "" },
	/* Kinds of words, and addresses */
	{ "@temp+script", "c:\\windows\\temp\\a.ps1", "" },
	{ "@temp+script", "c:\\windows\\temp\\a.exe c:\\a.ps1", NULL },
	{ "@temp|@number", "7", "" },
	{ "@any", "", NULL },
	{ "@none", "", "" },
	{ "@one", "a", "" },
	{ "@one", "a b", NULL },
	{ "@first+number", "-a 7", "" },
	{ "@first+number", "a 7", NULL },
	{ "@url", "get http://a.example/x", "a.example" },
	{ "@url", "http://localhost/x", NULL },
	{ "@numeric-url", "http://192.0.2.1/x", "192.0.2.1" },
	{ "@numeric-url", "http://a.example/x", NULL },
	{ "@program-url", "ftp://a.example/x.exe?y", "a.example" },
	{ "@program-url", "ftp://a.example/x", NULL },
	{ "get => @url", "get http://a.example/", "get" },
	{ "@url => get", "get http://a.example/", NULL },
};

static void
test_rows(void **state)
{
	static struct pattern_table table;
	struct pattern_text t;
	struct view detail;
	int failed = 0;

	(void)state;
	for (size_t i = 0; i < nitems(rows); i++)
		pattern_add(&table, rows[i].pattern);
	for (size_t i = 0; i < nitems(rows); i++) {
		const struct row *r = &rows[i];
		bool holds;

		pattern_read(&t, &table, view_str(r->text));
		holds = pattern_holds(&t, i, &detail);
		if (holds == (r->detail != NULL) && (!holds || text_is(detail, r->detail)))
			continue;
		print_error("'%s' in '%s': %s\n", r->pattern, r->text, holds ? "holds" : "does not hold");
		failed++;
	}
	assert_int_equal(failed, 0);
}

/* The same term is kept once, however many patterns have it. */
static void
test_once(void **state)
{
	static struct pattern_table table;
	uint16_t terms;

	(void)state;
	pattern_add(&table, "one two* -six a @temp @url");
	terms = table.terms;
	pattern_add(&table, "@url @temp a -six two* one");
	assert_int_equal(table.terms, terms);
	pattern_add(&table, "one* two *-six -a @temp+exe @numeric-url");
	assert_int_equal(table.terms, terms + 5);
}

static void
test_base64(void **state)
{
	static struct pattern_table table;
	struct pattern_text t;
	char text[200];

	(void)state;
	memset(text, 'a', sizeof(text));
	pattern_add(&table, "@base64");
	pattern_read(&t, &table, (struct view){ (const uint8_t *)text, sizeof(text) });
	assert_false(pattern_holds(&t, 0, NULL));	/* letters alone are no base64 */
	text[7] = '7';
	pattern_read(&t, &table, (struct view){ (const uint8_t *)text, sizeof(text) });
	assert_true(pattern_holds(&t, 0, NULL));
	pattern_read(&t, &table, (struct view){ (const uint8_t *)text, sizeof(text) - 1 });
	assert_false(pattern_holds(&t, 0, NULL));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_once),
		cmocka_unit_test(test_base64),
	};

	return cmocka_run_group_tests_name("pattern", tests, NULL, NULL);
}
