/* PowerShell's values: joined, split, converted to strings; parameter binding. */
#include "unit/facts.h"

#include <stdio.h>

#include "script/powershell/bind.h"
#include "script/powershell/cmdlet.h"
#include "script/powershell/define.h"
#include "script/powershell/oper.h"
#include "script/powershell/powershell.h"
#include "script/powershell/string.h"

struct bench {
	struct facts	 f;
	struct script	 script;
	struct ps	 ps;
};

static void
begin(struct bench *b)
{
	memset(b, 0, sizeof(*b));
	facts_init(&b->f);
	b->script.budget = &b->f.budget;
	b->ps.script = &b->script;
}

static void
end(struct bench *b)
{
	ps_free(&b->ps);
	facts_free(&b->f);
}

static struct ps_value
text(const char *s)
{
	return ps_string(view_str(s));
}

static void
assert_text(struct ps_value v, const char *want)
{
	assert_int_equal(v.kind, PS_STRING);
	assert_int_equal(v.text.len, strlen(want));
	if (v.text.len > 0)
		assert_memory_equal(v.text.p, want, v.text.len);
}

static void
texts_grow_where_they_are(void **state)
{
	struct bench b;
	struct ps_value v, old, other;

	(void)state;
	begin(&b);
	v = ps_concat(&b.ps, text("ab"), text("c"));
	old = v;
	v = ps_concat(&b.ps, v, text("d"));
	assert_ptr_equal(v.text.p, old.text.p);
	other = ps_concat(&b.ps, old, text("x"));
	assert_text(old, "abc");
	assert_text(v, "abcd");
	assert_text(other, "abcx");
	/* Ten thousand += must not copy the string each time. */
	for (int i = 0; i < 10000; i++)
		v = ps_concat(&b.ps, v, text("0123456789"));
	assert_int_equal(v.text.len, 100004);
	assert_true(b.script.work < 500000);
	end(&b);
}

static void
all_becomes_text(void **state)
{
	struct bench b;
	struct ps_value l, v;

	(void)state;
	begin(&b);
	assert_text(ps_as_string(&b.ps, ps_number(-120)), "-120");
	assert_text(ps_as_string(&b.ps, ps_number(INT64_MIN)), "-9223372036854775808");
	assert_text(ps_as_string(&b.ps, ps_bool(true)), "True");
	l = ps_array(&b.ps);
	ps_append(&b.ps, l.array, text("a"));
	ps_append(&b.ps, l.array, ps_number(2));
	assert_text(ps_as_string(&b.ps, l), "a 2");
	v = (struct ps_value){ .kind = PS_RANGE, .from = 3, .to = -1 };
	assert_text(ps_as_string(&b.ps, v), "3 2 1 0 -1");
	v = ps_unknown();
	v.text = view_str("$x");
	v = ps_concat(&b.ps, text("-f "), v);
	assert_text(v, "-f $x");
	assert_false(ps_is_known(&v));
	end(&b);
}

static void
maps_know_no_case(void **state)
{
	struct bench b;
	struct ps_value m, v;
	char key[16];

	(void)state;
	begin(&b);
	m = ps_map(&b.ps, NULL);
	ps_map_put(&b.ps, m.map, "TaskName", text("x"));
	ps_map_put(&b.ps, m.map, "TASKNAME", text("y"));
	assert_text(ps_property(&m, "taskname"), "y");
	v = ps_property(&m, "TaskNam");
	assert_int_equal(v.kind, PS_UNKNOWN);
	assert_null(m.map->first->next);
	for (int i = 0; i < 1000; i++) {
		snprintf(key, sizeof(key), "k%d", i);
		ps_map_entry(&b.ps, m.map, ps_concat(&b.ps, text(""), text(key)).text);
	}
	assert_text(ps_property(&m, "TaskName"), "y");
	end(&b);
}

static void
numbers_are_read(void **state)
{
	static const struct { const char *text; bool is; int64_t n; } rows[] = {
		{ "0", true, 0 }, { " 42 ", true, 42 }, { "-7", true, -7 }, { "0x1F", true, 31 },
		{ "", false, 0 }, { "4a", false, 0 }, { "-", false, 0 }, { "0x", false, 0 },
		{ "99999999999999999999", false, 0 },
	};

	(void)state;
	for (size_t i = 0; i < nitems(rows); i++) {
		struct ps_value v = text(rows[i].text);
		int64_t n = -1;

		assert_int_equal(ps_as_int(&v, &n), rows[i].is);
		assert_int_equal(n, rows[i].is ? rows[i].n : -1);
	}
}

static void
arithmetic_does_not_overflow(void **state)
{
	static const struct { char what; int64_t a, b; } rows[] = {
		{ '+', INT64_MAX, 1 }, { '-', INT64_MIN, 1 }, { '*', INT64_MAX, 2 }, { '/', 1, 0 },
		{ '/', INT64_MIN, -1 }, { '%', INT64_MIN, -1 }, { '%', 1, 0 }, { '<', 1, 64 },
		{ '<', -1, 1 }, { '>', 1, -1 }, { '/', 1, 2 },
	};
	struct ps_value v;

	(void)state;
	for (size_t i = 0; i < nitems(rows); i++) {
		v = ps_arithmetic(rows[i].what, ps_number(rows[i].a), ps_number(rows[i].b));
		assert_int_equal(v.kind, PS_UNKNOWN);
	}
	v = ps_arithmetic('x', ps_number(6), ps_number(3));
	assert_int_equal(v.n, 5);
}

static void
spans_are_told_as_xml_has_them(void **state)
{
	static const struct { const char *text, *span; } rows[] = {
		{ "00:05:00", "PT5M" }, { "1.02:03:04", "P1DT2H3M4S" }, { "PT1H", "PT1H" },
		{ "01:30", "PT1H30M" }, { "3.00:00:00", "P3D" }, { "00:00:00", "PT0S" },
		{ "3am", NULL }, { "", NULL }, { "1:2:3:4:5", NULL }, { ":", NULL }, { "5", NULL },
		{ "99999999999999:00:00", NULL }, { "00:05:00.5", NULL },
	};
	struct bench b;

	(void)state;
	begin(&b);
	for (size_t i = 0; i < nitems(rows); i++) {
		struct ps_value v = ps_duration(&b.ps, text(rows[i].text));

		if (rows[i].span != NULL)
			assert_text(v, rows[i].span);
		else
			assert_int_equal(v.kind, PS_UNKNOWN);
	}
	assert_text(ps_timespan(&b.ps, 93784), "P1DT2H3M4S");
	end(&b);
}

static void
formats_name_their_arguments(void **state)
{
	static const struct { const char *format, *text; } rows[] = {
		{ "{1}{0}", "ba" }, { "{{{0}}}", "{a}" }, { "x", "x" }, { "", "" },
		{ "{0", NULL }, { "}", NULL }, { "{}", NULL }, { "{a}", NULL }, { "{0:X2}", NULL },
		{ "{99999999999}", NULL },
	};
	struct bench b;
	struct ps_value args, v;

	(void)state;
	begin(&b);
	args = ps_array(&b.ps);
	ps_append(&b.ps, args.array, text("a"));
	ps_append(&b.ps, args.array, text("b"));
	for (size_t i = 0; i < nitems(rows); i++) {
		v = ps_format(&b.ps, text(rows[i].format), args);
		if (rows[i].text != NULL)
			assert_text(v, rows[i].text);
		else
			assert_true(v.kind == PS_UNKNOWN || v.partial);
	}
	end(&b);
}

static void
only_plain_patterns_are_used(void **state)
{
	static const struct { const char *regex, *text; } rows[] = {
		{ "abc", "abc" }, { "a\\.b", "a.b" }, { "\\|", "|" }, { "", "" }, { "a.b", NULL },
		{ "\\d", NULL }, { "\\", NULL }, { "[ab]", NULL }, { "a|b", NULL }, { "(a)", NULL },
		{ "^a", NULL }, { "a$", NULL },
	};
	struct bench b;
	struct view v;

	(void)state;
	begin(&b);
	for (size_t i = 0; i < nitems(rows); i++) {
		assert_int_equal(ps_literal_pattern(&b.ps, view_str(rows[i].regex), &v),
		    rows[i].text != NULL);
		if (rows[i].text != NULL)
			assert_text(ps_string(v), rows[i].text);
	}
	assert_text(ps_replace(&b.ps, text("aXbxc"), view_str("x"), view_str(""), true), "abc");
	assert_text(ps_replace(&b.ps, text("aXbxc"), view_str("x"), view_str("yy"), false),
	    "aXbyyc");
	end(&b);
}

static void
texts_are_split_and_joined(void **state)
{
	struct bench b;
	struct ps_value v;

	(void)state;
	begin(&b);
	v = ps_split(&b.ps, text("a,b;;c"), view_str(",;"), true);
	assert_int_equal(ps_count(&v), 4);
	assert_text(ps_join(&b.ps, v, view_str("-")), "a-b--c");
	v = ps_split(&b.ps, text("a::b:c"), view_str("::"), false);
	assert_int_equal(ps_count(&v), 2);
	v = ps_index(&b.ps, text("abcdef"), (struct ps_value){ .kind = PS_RANGE, .from = -1,
	    .to = -3 });
	assert_text(ps_join(&b.ps, v, view_str("")), "fed");
	assert_int_equal(v.how, PS_HOW_REVERSE);
	v = ps_index(&b.ps, text("abc"), ps_number(7));
	assert_int_equal(v.kind, PS_UNKNOWN);
	end(&b);
}

static void
parameters_are_bound_by_their_beginnings(void **state)
{
	static const char params[] = "+TaskName +TaskPath +Actions User ?Force Old=User";
	struct ps_arg args[] = {
		{ .name = view_str("act") }, { .v = text("A") }, { .v = text("N") },
		{ .name = view_str("f") }, { .v = text("P") }, { .name = view_str("old") },
		{ .v = text("U") }, { .name = view_str("Task") }, { .v = text("?") },
		{ .name = view_str("ErrorAct") }, { .v = text("Stop") },
	};
	struct bench b;
	struct ps_value m, v;

	(void)state;
	begin(&b);
	m = ps_bind_cmdlet(&b.ps, params, args, nitems(args));
	assert_text(ps_property(&m, "Actions"), "A");
	assert_text(ps_property(&m, "TaskName"), "N");
	assert_text(ps_property(&m, "TaskPath"), "P");
	assert_text(ps_property(&m, "User"), "U");
	assert_text(ps_property(&m, "ErrorAction"), "Stop");
	assert_true(ps_switch_is_set(&m, "Force"));
	/* An ambiguous abbreviation means none of them. */
	v = ps_property(&m, "Task");
	assert_int_equal(v.kind, PS_STRING);
	end(&b);
}

static void
memory_and_work_are_bounded(void **state)
{
	struct bench b;
	struct ps_value v;
	uint8_t *p;

	(void)state;
	begin(&b);
	assert_null(ps_alloc_bytes(&b.ps, MAX_PS_MEM + 1, &p).p);
	while (ps_alloc(&b.ps, 16) != NULL)
		assert_true(b.ps.held <= MAX_PS_MEM);
	assert_true(b.f.budget.used < MAX_PS_MEM + (64u << 10));
	v = ps_map(&b.ps, NULL);
	assert_int_equal(v.kind, PS_UNKNOWN);
	assert_true(ps_work(&b.ps, 1));
	assert_false(ps_work(&b.ps, MAX_SCRIPT_WORK));
	assert_false(ps_work(&b.ps, 1));
	assert_int_equal(b.ps.stop, PS_STOP_ALL);
	end(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(texts_grow_where_they_are),
		cmocka_unit_test(all_becomes_text),
		cmocka_unit_test(maps_know_no_case),
		cmocka_unit_test(numbers_are_read),
		cmocka_unit_test(arithmetic_does_not_overflow),
		cmocka_unit_test(spans_are_told_as_xml_has_them),
		cmocka_unit_test(formats_name_their_arguments),
		cmocka_unit_test(only_plain_patterns_are_used),
		cmocka_unit_test(texts_are_split_and_joined),
		cmocka_unit_test(parameters_are_bound_by_their_beginnings),
		cmocka_unit_test(memory_and_work_are_bounded),
	};

	return cmocka_run_group_tests_name("ps_value", tests, NULL, NULL);
}
