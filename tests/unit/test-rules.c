#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "detect/rules.h"

static const struct view none;

/* What is not found alone: all of a group. */
static void
find_group(struct findings *f, enum rule_group g)
{
	for (enum rule r = 0; r < R_MAX; r++)
		if (rule_info[r].group == g)
			found(f, r, none);
}

static bool
is_of(const char *s, const char *letters)
{
	return strspn(s, letters) == strlen(s);
}

static void
the_table_keeps_its_promises(void **state)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz_0123456789";

	(void)state;
	for (enum rule r = 0; r < R_MAX; r++) {
		const struct rule_info *i = &rule_info[r];

		assert_true(i->name[0] >= 'a' && i->name[0] <= 'z' && is_of(i->name, letters));
		assert_true(i->sid >= 1053500 && i->sid <= 1053999);
		assert_true(i->weight >= -100 && i->weight <= 100 && i->weight != 0);
		assert_true((i->group == GROUP_LOWER) == (i->weight < 0));
		assert_true(i->group < RULE_GROUPS && rule_limit(i->group) >= 0);
		assert_true(*i->sentence != '\0' && strlen(i->sentence) < 120);
		if (i->group != GROUP_LOWER)
			assert_non_null(technique_find(i->technique));
		else
			assert_string_equal(i->technique, "");
		for (enum rule other = 0; other < r; other++) {
			assert_string_not_equal(i->name, rule_info[other].name);
			assert_int_not_equal(i->sid, rule_info[other].sid);
			assert_string_not_equal(i->sentence, rule_info[other].sentence);
		}
	}
}

static void
techniques_are_whole_and_single(void **state)
{
	static const char *const ids[] = {
#define TECHNIQUE(id, name, tactic_id, tactic) id,
#include "detect/attack.def"
#undef TECHNIQUE
	};

	(void)state;
	for (size_t i = 0; i < nitems(ids); i++) {
		const struct technique *t = technique_find(ids[i]);

		assert_non_null(t);
		assert_string_equal(t->id, ids[i]);
		assert_true(t->id[0] == 'T' && is_of(t->id + 1, "0123456789."));
		assert_true(strncmp(t->tactic_id, "TA00", 4) == 0 && strlen(t->tactic_id) == 6);
		assert_true(*t->name != '\0' && *t->tactic != '\0');
		for (size_t k = 0; k < i; k++) {
			const struct technique *other = technique_find(ids[k]);

			assert_string_not_equal(ids[i], ids[k]);
			/* One tactic has one name. */
			assert_int_equal(strcmp(t->tactic_id, other->tactic_id) == 0,
			    strcmp(t->tactic, other->tactic) == 0);
		}
	}
	assert_null(technique_find("T0000"));
	assert_null(technique_find(""));
}

static void
groups_have_limits(void **state)
{
	struct rule_set s;
	struct findings f;

	(void)state;
	rule_set_init(&s);
	for (enum rule_group g = 0; g < GROUP_LOWER; g++) {
		int sum = 0;

		for (enum rule r = 0; r < R_MAX; r++)
			sum += rule_info[r].group == g ? rule_info[r].weight : 0;
		findings_init(&f);
		find_group(&f, g);
		assert_int_equal(findings_score(&f, &s), sum < rule_limit(g) ? sum : rule_limit(g));
	}
	/* How a task is defined and who makes it is never enough, … */
	findings_init(&f);
	find_group(&f, GROUP_DEFINITION);
	find_group(&f, GROUP_CONTEXT);
	assert_true(findings_score(&f, &s) < s.suspicious);
	/* … and all together is 100. */
	for (enum rule_group g = 0; g < GROUP_LOWER; g++)
		find_group(&f, g);
	assert_int_equal(findings_score(&f, &s), 100);
}

static void
scores_add_up(void **state)
{
	struct rule_set s;
	struct findings f;

	(void)state;
	rule_set_init(&s);
	findings_init(&f);
	assert_int_equal(findings_score(&f, &s), 0);
	assert_int_equal(findings_lead(&f, &s), R_MAX);
	found(&f, R_HIDDEN_WINDOW, none);
	found(&f, R_HIDDEN_WINDOW, none);
	assert_int_equal(findings_score(&f, &s), 10);
	found(&f, R_INLINE_SCRIPT, none);
	assert_int_equal(findings_score(&f, &s), 55);
	assert_int_equal(findings_lead(&f, &s), R_INLINE_SCRIPT);
	found(&f, R_RANDOM_NAME, none);
	assert_int_equal(findings_score(&f, &s), 80);
	/* What speaks for it is subtracted of what counts, not of more. */
	find_group(&f, GROUP_COMMAND);
	found(&f, R_WINDOWS_TASK, none);
	assert_int_equal(findings_score(&f, &s), 40);
	found(&f, R_KNOWN_HERE, none);
	found(&f, R_ALLOWED, none);
	assert_int_equal(findings_score(&f, &s), 0);
	/* It is no reason for an alert, whatever it weighs. */
	s.weight[R_ALLOWED] = 100;
	assert_int_not_equal(findings_lead(&f, &s), R_ALLOWED);
}

static void
what_is_off_counts_nothing(void **state)
{
	struct rule_set s;
	struct findings f;

	(void)state;
	rule_set_init(&s);
	findings_init(&f);
	found(&f, R_CREDENTIALS, none);
	found(&f, R_WEB_ADDRESS, none);
	assert_int_equal(findings_score(&f, &s), 90);
	s.weight[R_CREDENTIALS] = 0;
	assert_int_equal(findings_score(&f, &s), 20);
	assert_int_equal(findings_lead(&f, &s), R_WEB_ADDRESS);
	s.weight[R_WEB_ADDRESS] = -5;
	assert_int_equal(findings_score(&f, &s), 0);
	assert_int_equal(findings_lead(&f, &s), R_MAX);
}

static void
verdicts_begin_at_their_threshold(void **state)
{
	struct rule_set s;

	(void)state;
	rule_set_init(&s);
	assert_int_equal(verdict_of(0, &s), VERDICT_BENIGN);
	assert_int_equal(verdict_of(39, &s), VERDICT_BENIGN);
	assert_int_equal(verdict_of(40, &s), VERDICT_SUSPICIOUS);
	assert_int_equal(verdict_of(69, &s), VERDICT_SUSPICIOUS);
	assert_int_equal(verdict_of(70, &s), VERDICT_MALICIOUS);
	assert_int_equal(verdict_of(100, &s), VERDICT_MALICIOUS);
	s.suspicious = s.malicious = 1;
	assert_int_equal(verdict_of(1, &s), VERDICT_MALICIOUS);
}

static void
the_first_detail_stays(void **state)
{
	struct findings f;

	(void)state;
	findings_init(&f);
	assert_string_equal(found_detail(&f, R_DOWNLOAD), "");
	found(&f, R_DOWNLOAD, view_str("certutil"));
	found(&f, R_DOWNLOAD, view_str("bitsadmin"));
	found(&f, R_WEB_ADDRESS, none);
	found(&f, R_WEB_ADDRESS, view_str("late"));
	found(&f, R_TUNNEL, view_str("plink"));
	assert_string_equal(found_detail(&f, R_DOWNLOAD), "certutil");
	assert_string_equal(found_detail(&f, R_WEB_ADDRESS), "");
	assert_string_equal(found_detail(&f, R_TUNNEL), "plink");
}

static void
details_are_cut_between_characters(void **state)
{
	char text[MAX_DETAIL + 8];
	struct findings f;

	(void)state;
	for (size_t n = MAX_DETAIL - 4; n <= MAX_DETAIL; n++) {
		memset(text, 'a', sizeof(text));
		memcpy(text + n, "\xf0\x9f\x98\x80", 4);
		findings_init(&f);
		found(&f, R_DOWNLOAD, (struct view){ (const uint8_t *)text, sizeof(text) });
		assert_int_equal(strlen(found_detail(&f, R_DOWNLOAD)),
		    n + 4 <= MAX_DETAIL ? MAX_DETAIL : n);
	}
}

/* A reason counts where there is no room to show why. */
static void
details_fill_up(void **state)
{
	char text[MAX_DETAIL];
	struct rule_set s;
	struct findings f;
	size_t shown = 0;

	(void)state;
	memset(text, 'a', sizeof(text));
	rule_set_init(&s);
	findings_init(&f);
	for (enum rule r = 0; r < R_MAX; r++) {
		found(&f, r, (struct view){ (const uint8_t *)text, sizeof(text) });
		assert_true(f.has[r]);
		shown += strlen(found_detail(&f, r));
	}
	assert_int_equal(shown, (sizeof(f.text) - 1) / (MAX_DETAIL + 1) * MAX_DETAIL);
	assert_true(f.used <= sizeof(f.text));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_table_keeps_its_promises),
		cmocka_unit_test(techniques_are_whole_and_single),
		cmocka_unit_test(groups_have_limits),
		cmocka_unit_test(scores_add_up),
		cmocka_unit_test(what_is_off_counts_nothing),
		cmocka_unit_test(verdicts_begin_at_their_threshold),
		cmocka_unit_test(the_first_detail_stays),
		cmocka_unit_test(details_are_cut_between_characters),
		cmocka_unit_test(details_fill_up),
	};

	return cmocka_run_group_tests_name("rules", tests, NULL, NULL);
}
