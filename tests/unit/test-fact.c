/* test-fact.c -- facts: their values, their memory, and what becomes of it. */
#include "unit/facts.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/limits.h"

struct rig {
	struct facts	 f;
	struct fact	*o;
};

static int
setup(void **state)
{
	struct rig *r = calloc(1, sizeof(*r));

	facts_init(&r->f);
	r->o = fact_new(&r->f.budget, FACT_TASK, &r->f.peers, r->f.world.now);
	assert_non_null(r->o);
	*state = r;
	return 0;
}

static int
teardown(void **state)
{
	struct rig *r = *state;

	fact_free(r->o);
	facts_free(&r->f);		/* nothing of it is charged any more */
	free(r);
	return 0;
}

/* ---- Values ---- */

static void
fields_are_set_replaced_and_dropped(void **state)
{
	struct fact *o = ((struct rig *)*state)->o;

	fact_str(o, F_NAME, "\\A");
	fact_str(o, F_NAME, "\\B");
	assert_field(o, F_NAME, "\\B");
	fact_str(o, F_NAME, "");			/* "not known" changes nothing */
	fact_str(o, F_NAME, NULL);
	assert_field(o, F_NAME, "\\B");
	fact_utf8(o, F_AUTHOR, (struct view){ (const uint8_t *)"a\xff\xc3", 3 });
	assert_field(o, F_AUTHOR, "a\\xff\\xc3");
	fact_utf8(o, F_URI, (struct view){ (const uint8_t *)"x\0y", 3 });
	assert_field(o, F_URI, "x");
	fact_utf16(o, F_DATE, (struct view){ (const uint8_t *)"h\0i\0\0\0z\0", 8 }, false);
	assert_field(o, F_DATE, "hi");
	fact_int(o, F_JOB_ID, 7);
	fact_int(o, F_JOB_ID, 8);
	assert_int_equal(field_int(o, F_JOB_ID), 8);
	fact_drop(o, F_NAME);
	assert_field(o, F_NAME, NULL);
	fact_str(o, F_NAME, "\\C");
	assert_field(o, F_NAME, "\\C");
}

static void
utf16_takes_the_bytes_that_it_needs(void **state)
{
	static const uint8_t units[] = { 'a', 0, 0xe9, 0, 0xac, 0x20, 0x3d, 0xd8, 0, 0xde,
	    0x3d, 0xd8, 'z', 0, 0, 0xde };
	struct fact *o = ((struct rig *)*state)->o;

	fact_utf16(o, F_NAME, (struct view){ units, sizeof(units) }, false);
	assert_field(o, F_NAME, "a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\xef\xbf\xbdz\xef\xbf\xbd");
	assert_int_equal(fact_each(o, NULL)->len, strlen(fact_get(o, F_NAME)));
	fact_utf16(o, F_NAME, (struct view){ units, 1 }, false);
	fact_utf16(o, F_NAME, (struct view){ NULL, 0 }, false);
	assert_int_equal(strlen(fact_get(o, F_NAME)), 17);
}

static void
a_text_may_be_replaced_by_a_part_of_itself(void **state)
{
	struct fact *o = ((struct rig *)*state)->o;

	fact_str(o, F_NAME, "\\\\\\long enough");
	fact_str(o, F_NAME, fact_get(o, F_NAME) + 2);
	assert_field(o, F_NAME, "\\long enough");
}

/* Its NUL must not reach into the value behind it. */
static void
a_text_one_byte_too_long_gets_another_place(void **state)
{
	struct fact *o = ((struct rig *)*state)->o;

	fact_str(o, F_NAME, "1234567");
	fact_str(o, F_URI, "behind");
	fact_str(o, F_NAME, "12345678");
	assert_field(o, F_NAME, "12345678");
	assert_field(o, F_URI, "behind");
}

static void
lists_have_elements_and_strings_add_up(void **state)
{
	struct fact *o = ((struct rig *)*state)->o;

	assert_int_equal(fact_count(o, F_ACT_TYPE), 0);
	fact_next(o, F_ACT_TYPE);
	fact_str(o, F_ACT_COMMAND, "a");
	fact_next(o, F_ACT_TYPE);
	fact_next(o, F_TRG_TYPE);
	fact_str(o, F_TRG_TYPE, "time");
	assert_field(o, F_ACT_COMMAND, NULL);
	fact_str(o, F_ACT_COMMAND, "b");
	assert_field(o, F_ACT_COMMAND, "b");
	assert_elem(o, F_ACT_COMMAND, 0, "a");
	assert_elem(o, F_ACT_COMMAND, 1, "b");
	assert_elem(o, F_ACT_COMMAND, 2, NULL);
	assert_int_equal(fact_count(o, F_ACT_COMMAND), 2);
	assert_int_equal(fact_count(o, F_TRG_START), 1);
	assert_int_equal(fact_count(o, F_NAME), 0);
	fact_str(o, F_FLAGS, "create");
	fact_str(o, F_FLAGS, "update");
	assert_field(o, F_FLAGS, "create");
	assert_true(fact_has(o, F_FLAGS, view_str("update")));
	assert_false(fact_has(o, F_FLAGS, view_str("updat")));
	assert_false(fact_has(o, F_ACT_COMMAND, view_str("update")));
	assert_true(fact_has(o, F_ACT_COMMAND, view_str("a")));
	fact_drop(o, F_ACT_COMMAND);
	assert_false(fact_has(o, F_ACT_COMMAND, view_str("a")));
	assert_field(o, F_FLAGS, "create");
}

/* In whatever order they were set. */
static void
values_are_walked_in_the_order_of_the_table(void **state)
{
	static const enum field set[] = { F_TRG_TYPE, F_JOB_ID, F_FLAGS, F_ACT_TYPE, F_APP_PROTO,
	    F_FLAGS, F_ACT_TYPE, F_AUTH_USER, F_ANOMALY_APP };
	struct fact *o = ((struct rig *)*state)->o;
	const struct fact_item *prev = NULL;
	char text[2] = "a";
	size_t n = 0;

	for (size_t i = 0; i < nitems(set); i++, text[0]++) {
		fact_next(o, set[i]);
		if (set[i] == F_JOB_ID)
			fact_int(o, set[i], 1);
		else
			fact_str(o, set[i], text);
	}
	for (const struct fact_item *i = NULL; (i = fact_each(o, i)) != NULL; prev = i, n++)
		if (prev != NULL && prev->field == i->field)
			assert_true(prev->elem <= i->elem && strcmp(prev->str, i->str) < 0);
		else
			assert_true(prev == NULL || prev->field < i->field);
	assert_int_equal(n, nitems(set));
	/* The end of the list is known after a removal too. */
	fact_drop(o, F_ANOMALY_APP);
	fact_str(o, F_ANOMALY_TYPE, "z");
	assert_field(o, F_ANOMALY_TYPE, "z");
	assert_null(fact_each(NULL, NULL));
}

static void
every_list_object_has_its_place(void **state)
{
	const char *seen[FACT_LISTS] = { NULL };

	(void)state;
	for (size_t i = 0; i < F_MAX; i++) {
		const struct field_info *f = &field_info[i];

		assert_int_equal(f->list > 0, strstr(f->object, "[]") != NULL);
		if (f->list == 0)
			continue;
		assert_true(f->list <= FACT_LISTS);
		if (seen[f->list - 1] != NULL)
			assert_string_equal(seen[f->list - 1], f->object);
		seen[f->list - 1] = f->object;
	}
	for (size_t i = 0; i < FACT_LISTS; i++)
		assert_non_null(seen[i]);
}

/* ---- Memory ---- */

static void
a_spent_budget_only_cuts(void **state)
{
	struct peers peers = { 0 };
	struct budget b;
	struct fact *o;
	char name[3000];

	(void)state;
	memset(name, 'x', sizeof(name));
	budget_init(&b, NULL, 100);
	assert_null(fact_new(&b, FACT_TASK, &peers, (struct packet_ref){ 0 }));
	budget_init(&b, NULL, 2000);
	o = fact_new(&b, FACT_TASK, &peers, (struct packet_ref){ 0 });
	assert_non_null(o);
	fact_str(o, F_NAME, "kept");
	fact_utf8(o, F_NAME, (struct view){ (const uint8_t *)name, sizeof(name) });
	assert_true(o->cut);
	assert_field(o, F_NAME, "kept");
	fact_utf8(o, F_URI, (struct view){ (const uint8_t *)name, sizeof(name) });
	fact_utf16(o, F_URI, (struct view){ (const uint8_t *)name, sizeof(name) }, true);
	assert_field(o, F_URI, NULL);
	assert_false(fact_change(o, fact_each(o, NULL),
	    (struct view){ (const uint8_t *)name, sizeof(name) }));
	fact_free(o);
	assert_int_equal(b.used, 0);
	/* No fact at all is fine too. */
	fact_str(NULL, F_NAME, "x");
	fact_utf16(NULL, F_NAME, (struct view){ (const uint8_t *)name, 2 }, true);
	fact_int(NULL, F_JOB_ID, 1);
	fact_next(NULL, F_ACT_TYPE);
	fact_drop(NULL, F_NAME);
	assert_null(fact_get(NULL, F_NAME));
	assert_null(fact_elem(NULL, F_NAME, 0));
	assert_int_equal(fact_count(NULL, F_ACT_TYPE), 0);
	fact_free(NULL);
}

/* A value that is set again and again keeps to about the memory of the longest. */
static void
replaced_values_do_not_pile_up(void **state)
{
	struct rig *r = *state;
	char text[4096];
	size_t before = r->f.budget.used;

	memset(text, 'x', sizeof(text));
	for (size_t turn = 0; turn < 100; turn++)
		for (size_t n = 1; n <= sizeof(text); n++)
			fact_utf8(r->o, n % 2 == 0 ? F_NAME : F_URI,
			    (struct view){ (const uint8_t *)text, n });
	for (int64_t n = 0; n < 10000; n++)
		fact_int(r->o, F_JOB_ID, n);
	assert_int_equal(strlen(fact_get(r->o, F_NAME)), sizeof(text));
	assert_true(r->f.budget.used - before < 2 * 5 * sizeof(text));
	assert_false(r->o->cut);
}

static void
a_fact_has_a_limit_of_its_own(void **state)
{
	struct rig *r = *state;
	char *text = calloc(1, MAX_FACT_MEM);

	memset(text, 'x', MAX_FACT_MEM - 1);
	fact_str(r->o, F_XML, text);
	assert_true(r->o->cut);
	assert_field(r->o, F_XML, NULL);
	fact_str(r->o, F_XML, text + 4096);
	assert_int_equal(strlen(fact_get(r->o, F_XML)), MAX_FACT_MEM - 4097);
	/* Detection has as much room again. */
	fact_detach(r->o);
	r->o->cut = false;
	fact_str(r->o, F_DET_TEXT, text + 4096);
	assert_false(r->o->cut);
	fact_str(r->o, F_DET_VERDICT, text + 4096);
	assert_true(r->o->cut);
	free(text);
}

/* The connection's budget, and the worker's above it, may be gone before. */
static void
a_fact_outlives_the_budget_that_it_was_made_with(void **state)
{
	struct rig *r = *state;
	struct budget *worker = malloc(sizeof(*worker)), *flow = malloc(sizeof(*flow));
	char text[3000];
	struct fact *o;

	memset(text, 'x', sizeof(text));
	budget_init(worker, NULL, 1u << 20);
	budget_init(flow, worker, 4096);
	o = fact_new(flow, FACT_COMMAND, &r->f.peers, r->f.world.now);
	fact_str(o, F_CMD_LINE, "whoami");
	assert_true(flow->used > 0);
	assert_int_equal(flow->used, worker->used);
	sink_put(&r->f.sink, o);
	assert_int_equal(flow->used, 0);
	assert_int_equal(worker->used, 0);
	memset(flow, 0xff, sizeof(*flow));
	memset(worker, 0xff, sizeof(*worker));
	free(flow);
	free(worker);
	assert_ptr_equal(r->f.o[0], o);
	for (enum field f = F_DET_VERDICT; f <= F_ANOMALY_APP; f++)
		if (field_info[f].type == FT_STR)
			fact_utf8(o, f, (struct view){ (const uint8_t *)text, sizeof(text) });
	assert_false(o->cut);
	assert_field(o, F_CMD_LINE, "whoami");
	sink_put(&r->f.sink, NULL);
	assert_int_equal(r->f.n, 1);
}

static void
a_copy_takes_what_was_said_of_it(void **state)
{
	struct rig *r = *state;
	struct fact *o = r->o, *copy;
	char text[1500];
	struct budget b;

	memset(text, 'x', sizeof(text));
	fact_str(o, F_NAME, "\\a");
	fact_int(o, F_JOB_ID, 5);
	fact_next(o, F_ACT_TYPE);
	fact_str(o, F_ACT_TYPE, "exec");
	fact_next(o, F_ACT_TYPE);
	fact_str(o, F_ACT_TYPE, "com_handler");
	fact_utf8(o, F_XML, (struct view){ (const uint8_t *)text, sizeof(text) });
	o->cut = true;
	budget_init(&b, NULL, 1u << 20);
	copy = fact_copy(&b, o, 1024);
	assert_int_equal(b.used, fact_copy_size(o, 1024));
	assert_field(copy, F_NAME, "\\a");
	assert_int_equal(field_int(copy, F_JOB_ID), 5);
	assert_elem(copy, F_ACT_TYPE, 0, "exec");
	assert_field(copy, F_ACT_TYPE, "com_handler");
	assert_field(copy, F_XML, NULL);
	assert_true(copy->cut);
	fact_str(copy, F_URI, "more");
	assert_field(copy, F_URI, "more");
	assert_field(o, F_URI, NULL);
	fact_free(copy);
	assert_int_equal(b.used, 0);
	/* One byte less is refused as a whole. */
	budget_init(&b, NULL, fact_copy_size(o, SIZE_MAX) - 1);
	assert_null(fact_copy(&b, o, SIZE_MAX));
	assert_int_equal(b.used, 0);
	copy = fact_copy(NULL, o, SIZE_MAX);
	assert_int_equal(strlen(fact_get(copy, F_XML)), sizeof(text));
	fact_free(copy);
}

/* ---- The arena ---- */

static void
pieces_are_aligned_and_apart(void **state)
{
	uint8_t *p[300];
	struct budget b;
	struct arena a;

	(void)state;
	budget_init(&b, NULL, 1u << 20);
	arena_init(&a, &b, 1u << 20);
	for (size_t i = 1; i < nitems(p); i++) {
		p[i] = arena_alloc(&a, i * 7);
		assert_non_null(p[i]);
		assert_int_equal((uintptr_t)p[i] % 8, 0);
		memset(p[i], (int)(i & 0xff), i * 7);
	}
	for (size_t i = 1; i < nitems(p); i++)
		assert_true(p[i][0] == (i & 0xff) && p[i][i * 7 - 1] == (i & 0xff));
	assert_int_equal(b.used, a.purse.used);
	assert_null(arena_alloc(&a, SIZE_MAX));
	assert_null(arena_alloc(&a, SIZE_MAX / 2));
	assert_null(arena_alloc(&a, 1u << 20));
	arena_free(&a);
	assert_int_equal(b.used, 0);
}

#define each(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		each(fields_are_set_replaced_and_dropped),
		each(utf16_takes_the_bytes_that_it_needs),
		each(a_text_may_be_replaced_by_a_part_of_itself),
		each(a_text_one_byte_too_long_gets_another_place),
		each(lists_have_elements_and_strings_add_up),
		each(values_are_walked_in_the_order_of_the_table),
		cmocka_unit_test(every_list_object_has_its_place),
		cmocka_unit_test(a_spent_budget_only_cuts),
		each(replaced_values_do_not_pile_up),
		each(a_fact_has_a_limit_of_its_own),
		each(a_fact_outlives_the_budget_that_it_was_made_with),
		each(a_copy_takes_what_was_said_of_it),
		cmocka_unit_test(pieces_are_aligned_and_apart),
	};

	return cmocka_run_group_tests_name("fact", tests, NULL, NULL);
}
