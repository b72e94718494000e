#include "unit/facts.h"

#include "script/words.h"
#include "base/limits.h"

#define MAX_ROW	6

static const struct {
	const char	*text;
	const char	*words[MAX_ROW];
} rows[] = {
	{ "", { NULL } },
	{ "  \t ", { NULL } },
	{ "a b", { "a", "b" } },
	{ " \ta  b\t", { "a", "b" } },
	/* The program's name: quotes, but no escapes */
	{ "\"a b\" c", { "a b", "c" } },
	{ "\"a b\\\" c", { "a b\\", "c" } },
	{ "\"a b", { "a b" } },
	{ "a\"b c\"d e", { "ab cd", "e" } },
	{ "\"cmd\"/c x", { "cmd", "/c", "x" } },
	{ "\"a b\"\\c d", { "a b\\c", "d" } },
	{ "\"\" a", { "", "a" } },
	/* The arguments, as the documentation of CommandLineToArgvW has it */
	{ "p \"abc\" d e", { "p", "abc", "d", "e" } },
	{ "p a\\\\b d\"e f\"g h", { "p", "a\\\\b", "de fg", "h" } },
	{ "p a\\\\\\\"b c d", { "p", "a\\\"b", "c", "d" } },
	{ "p a\\\\\\\\\"b c\" d e", { "p", "a\\\\b c", "d", "e" } },
	{ "p a\"b\"\" c d", { "p", "ab\"", "c", "d" } },
	{ "p \"a \\\"b c\\\" d\"", { "p", "a \"b c\" d" } },
	{ "p \"a\"\"b\" c", { "p", "a\"b c" } },
	{ "p \"\"\"a\"\"\"", { "p", "\"a\"" } },
	{ "p \"\" x", { "p", "", "x" } },
	{ "p \"\"", { "p", "" } },
	{ "p a\\ b\\", { "p", "a\\", "b\\" } },
	{ "p \"a b\\\\\" c", { "p", "a b\\", "c" } },
	{ "p \"a b", { "p", "a b" } },
	{ "p a\nb", { "p", "a\nb" } },
	{ "p \xc3\xa4 \xff", { "p", "\xc3\xa4", "\xff" } },
};

static void
texts_are_split(void **state)
{
	struct budget b;

	(void)state;
	budget_init(&b, NULL, 1u << 20);
	for (size_t i = 0; i < nitems(rows); i++) {
		struct words *w = words_split(&b, view_str(rows[i].text));
		size_t n = 0;

		assert_non_null(w);
		for (; n < MAX_ROW && rows[i].words[n] != NULL; n++) {
			assert_true(n < w->n);
			assert_string_equal(w->w[n].s, rows[i].words[n]);
			assert_true(w->w[n].fixed);
		}
		assert_int_equal(w->n, n);
		words_free(w);
	}
	assert_int_equal(b.used, 0);
}

static void
words_know_their_places(void **state)
{
	static const char text[] = " a  \"b c\"\\d";
	struct budget b;
	struct words *w;

	(void)state;
	budget_init(&b, NULL, 1u << 20);
	w = words_split(&b, view_str(text));
	assert_non_null(w);
	assert_int_equal(w->n, 2);
	assert_int_equal(w->w[0].at, 1);
	assert_int_equal(w->w[1].at, 4);
	assert_ptr_equal(w->text.p, text);
	assert_int_equal(w->text.len, strlen(text));
	words_free(w);
}

/* A command line ends at its first NUL. */
static void
a_nul_ends_the_text(void **state)
{
	struct budget b;
	struct words *w;

	(void)state;
	budget_init(&b, NULL, 1u << 20);
	w = words_split(&b, (struct view){ (const uint8_t *)"a b\0c d", 7 });
	assert_non_null(w);
	assert_int_equal(w->n, 2);
	assert_string_equal(w->w[1].s, "b");
	assert_int_equal(w->text.len, 3);
	words_free(w);
}

static void
lines_are_bounded(void **state)
{
	char *text = test_malloc(2 * MAX_COMMAND_LINE);
	struct budget b;
	struct words *w;

	(void)state;
	for (size_t i = 0; i < MAX_COMMAND_LINE; i++)
		memcpy(text + 2 * i, "a ", 2);
	budget_init(&b, NULL, 8u << 20);
	w = words_split(&b, (struct view){ (uint8_t *)text, 2 * MAX_COMMAND_LINE });
	assert_non_null(w);
	assert_int_equal(w->n, MAX_COMMAND_LINE / 2);
	words_free(w);
	budget_init(&b, NULL, 100);
	assert_null(words_split(&b, (struct view){ (uint8_t *)text, 1000 }));
	words_free(words_split(&b, (struct view){ NULL, 0 }));
	assert_int_equal(b.used, 0);
	test_free(text);
}

static void
every_truncation_is_safe(void **state)
{
	struct budget b;

	(void)state;
	budget_init(&b, NULL, 1u << 20);
	for (size_t i = 0; i < nitems(rows); i++)
		for (size_t n = 0; n < strlen(rows[i].text); n++) {
			uint8_t *cut = test_malloc(n + 1);

			memcpy(cut + 1, rows[i].text, n);
			words_free(words_split(&b, (struct view){ cut + 1, n }));
			test_free(cut);
		}
	assert_int_equal(b.used, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(texts_are_split),
		cmocka_unit_test(words_know_their_places),
		cmocka_unit_test(a_nul_ends_the_text),
		cmocka_unit_test(lines_are_bounded),
		cmocka_unit_test(every_truncation_is_safe),
	};

	return cmocka_run_group_tests_name("words", tests, NULL, NULL);
}
