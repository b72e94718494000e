#include "unit/evedesk.h"
#include "output/pretty.h"

struct sheet {
	char	text[65536];
	size_t	n;
};

static void
keep_text(void *arg, const char *s, size_t n)
{
	struct sheet *sheet = arg;

	assert_true(sheet->n + n < sizeof(sheet->text));
	memcpy(sheet->text + sheet->n, s, n);
	sheet->n += n;
	sheet->text[sheet->n] = '\0';
}

static const char *
pretty(struct sheet *s, const char *line, bool colour)
{
	s->n = 0;
	pretty_line(line, strlen(line), colour, keep_text, s);
	return s->text;
}

static void
pretty_indents(void **state)
{
	struct sheet *s = calloc(1, sizeof(*s));

	(void)state;
	assert_string_equal(pretty(s, "{\"a\":1,\"b\":{\"c\":[\"x:,{\\\"\",true]}}\n", false),
	    "{\n  \"a\": 1,\n  \"b\": {\n    \"c\": [\n      \"x:,{\\\"\",\n      true\n    ]\n"
	    "  }\n}\n\n");
	assert_string_equal(pretty(s, "{\"name\":\"x\",\"b\":\"y\"}\n", true),
	    "{\n  \033[2m\"name\"\033[0m: \033[1;33m\"x\"\033[0m,\n"
	    "  \033[2m\"b\"\033[0m: \"y\"\n}\n\n");
	free(s);
}

/* U+009B is a terminal's CSI, U+202E turns what follows around. */
static void
pretty_defuses_what_a_terminal_obeys(void **state)
{
	struct sheet *s = calloc(1, sizeof(*s));

	(void)state;
	assert_string_equal(pretty(s, "{\"a\":\"\xc2\x9b" "31m\x7f\xe2\x80\xae\xe2\x81\xa6\xc3\xa9\"}\n",
	    false), "{\n  \"a\": \"\\u009b31m\\u007f\\u202e\\u2066\xc3\xa9\"\n}\n\n");
	free(s);
}

static void
pretty_text_is_the_same_json(void **state)
{
	struct desk *d = offline_new(false);
	struct sheet *s = calloc(1, sizeof(*s));
	struct fact *o = task(d);
	json_t *one, *two;

	(void)state;
	fact_str(o, F_NAME, "\\a \"b\" \\\\ \x7f \xe2\x80\xae \x1b[31m");
	fact_next(o, F_ACT_TYPE);
	fact_str(o, F_ACT_TYPE, "exec");
	say(d, o);
	one = parsed(d);
	two = json_loads(pretty(s, d->line, false), 0, NULL);
	assert_non_null(two);
	assert_true(json_equal(one, two));
	json_decref(one);
	json_decref(two);
	free(s);
	offline_free(d);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pretty_indents),
		cmocka_unit_test(pretty_defuses_what_a_terminal_obeys),
		cmocka_unit_test(pretty_text_is_the_same_json),
	};

	return cmocka_run_group_tests_name("pretty", tests, NULL, NULL);
}
