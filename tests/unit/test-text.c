#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/text.h"

static const struct view nothing = { NULL, 0 };

static void
case_is_ascii_s_alone(void **state)
{
	(void)state;
	assert_true(text_is(view_str("SchTasks"), "schtasks"));
	assert_false(text_is(view_str("schtasks"), "schtask"));
	assert_false(text_is(view_str("schtask"), "schtasks"));
	assert_false(text_is(view_str("\xc3\x84"), "\xc3\xa4"));
	assert_true(text_is(nothing, ""));
	assert_false(text_is(nothing, "a"));
	assert_true(text_same(view_str("aB"), view_str("Ab")));
	assert_false(text_same(view_str("ab"), view_str("abc")));
	assert_true(text_same(nothing, view_str("")));
}

/* On memory of exactly the size: a longer string must not be compared beyond it. */
static void
no_byte_behind_is_read(void **state)
{
	static const char word[] = "register";

	(void)state;
	for (size_t n = 0; n < sizeof(word); n++) {
		uint8_t *p = test_malloc(n + 1);
		struct view v = { p + 1, n };

		memcpy(p + 1, word, n);
		assert_int_equal(text_begins(v, word), n == strlen(word));
		assert_int_equal(text_ends(v, word), n == strlen(word));
		assert_true(text_begins(v, ""));
		assert_true(text_ends(v, ""));
		test_free(p);
	}
	assert_true(text_begins(view_str("RegisterByXml"), word));
	assert_true(text_ends(view_str("UnREGISTER"), word));
	assert_false(text_begins(nothing, word));
	assert_false(text_ends(nothing, word));
}

static void
blanks_go_from_the_ends(void **state)
{
	(void)state;
	assert_true(text_same(text_trim(view_str(" \t\r\n a b \n")), view_str("a b")));
	assert_true(text_same(text_skip_blanks(view_str("\n a ")), view_str("a ")));
	assert_int_equal(text_trim(view_str(" \t\r\n")).len, 0);
	assert_int_equal(text_trim(nothing).len, 0);
	/* A NUL is no blank. */
	assert_int_equal(text_trim((struct view){ (const uint8_t *)"\0", 1 }).len, 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(case_is_ascii_s_alone),
		cmocka_unit_test(no_byte_behind_is_read),
		cmocka_unit_test(blanks_go_from_the_ends),
	};

	return cmocka_run_group_tests_name("text", tests, NULL, NULL);
}
