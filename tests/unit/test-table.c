#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/table.h"

struct thing {
	struct table_entry entry;
	char		*held;
	unsigned int	 no;
};

static unsigned int cleared[64], n_cleared;

static struct {
	struct budget	 budget;
	struct stats	 stats;
	struct table	 t;
} rig;

static void
clear(struct table *t, void *entry)
{
	struct thing *x = entry;

	assert_ptr_equal(t, &rig.t);
	assert_true(n_cleared < nitems(cleared));
	cleared[n_cleared++] = x->no;
	budget_free(x->held);
}

static const struct table_kind few = { .limit = 4, .counter = STAT_RPC_LIMIT, .clear = clear };
static const struct table_kind shared = { .limit = 6, .share = 2, .counter = STAT_SMB_LIMIT,
	.clear = clear };

static void
rig_up(const struct table_kind *kind)
{
	memset(&rig, 0, sizeof(rig));
	n_cleared = 0;
	budget_init(&rig.budget, NULL, 1u << 20);
	table_init(&rig.t, kind, &rig.budget, &rig.stats);
}

static void
rig_down(void)
{
	table_clear(&rig.t);
	assert_int_equal(rig.t.n, 0);
	assert_int_equal(rig.budget.used, 0);
}

static struct table_key
key(uint64_t num, const char *bytes)
{
	return (struct table_key){ num, view_str(bytes) };
}

static struct thing *
add(unsigned int no, const char *owner)
{
	struct thing *x = table_add(&rig.t, sizeof(*x), view_str(owner));

	assert_non_null(x);
	assert_null(x->held);
	x->no = no;
	x->held = budget_strndup(&rig.budget, view_str("held"));
	table_set_key(&rig.t, &x->entry, key(no, ""));
	return x;
}

static bool
there(unsigned int no)
{
	const struct thing *x = table_find(&rig.t, key(no, ""));

	return x != NULL && x->no == no;
}

static void
assert_cleared(size_t n, const unsigned int *want)
{
	assert_int_equal(n_cleared, n);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(cleared[i], want[i]);
}

static void
the_least_recently_used_goes(void **state)
{
	(void)state;
	rig_up(&few);
	for (unsigned int i = 1; i <= 4; i++)
		add(i, "");
	assert_int_equal(rig.stats.n[STAT_RPC_LIMIT], 0);
	table_touch(&rig.t, table_find(&rig.t, key(1, "")));
	add(5, "");
	add(6, "");
	assert_cleared(2, (unsigned int[]){ 2, 3 });
	assert_int_equal(rig.stats.n[STAT_RPC_LIMIT], 2);
	assert_true(there(1) && there(4) && there(5) && there(6));
	assert_int_equal(rig.t.n, 4);
	assert_int_equal(((struct thing *)table_oldest(&rig.t))->no, 4);
	rig_down();
	assert_cleared(6, (unsigned int[]){ 2, 3, 4, 1, 5, 6 });
	assert_null(table_oldest(&rig.t));
}

static void
a_low_rank_goes_first(void **state)
{
	(void)state;
	rig_up(&few);
	add(1, "")->entry.rank = 1;
	add(2, "")->entry.rank = 1;
	add(3, "");
	add(4, "");
	add(5, "")->entry.rank = 2;
	add(6, "")->entry.rank = 2;
	add(7, "")->entry.rank = 2;
	assert_cleared(3, (unsigned int[]){ 3, 4, 1 });
	rig_down();
}

/* One owner cannot drive out another's. */
static void
an_owner_has_its_share(void **state)
{
	(void)state;
	rig_up(&shared);
	add(1, "alice");
	add(2, "bob");
	for (unsigned int i = 3; i < 10; i++)
		add(i, "bob");
	assert_cleared(6, (unsigned int[]){ 2, 3, 4, 5, 6, 7 });
	assert_true(there(1) && there(8) && there(9));
	assert_int_equal(rig.t.n, 3);
	/* What was used last stays. */
	table_touch(&rig.t, table_find(&rig.t, key(8, "")));
	add(10, "bob");
	assert_false(there(9));
	/* A full table: the oldest of all. */
	add(11, "carol");
	add(12, "carol");
	add(13, "dave");
	add(14, "erin");
	assert_false(there(1));
	assert_int_equal(rig.t.n, 6);
	/* An owner whose entries have gone can come again. */
	table_drop(&rig.t, table_find(&rig.t, key(14, "")));
	add(15, "erin");
	assert_int_equal(rig.stats.n[STAT_SMB_LIMIT], 8);
	rig_down();
}

static void
keys_are_in_order(void **state)
{
	static const struct {
		uint64_t	 num;
		const char	*bytes;
	} keys[] = { { 1, "b" }, { 1, "" }, { 0, "zz" }, { UINT64_MAX, "a" }, { 1, "ab" }, { 1, "a" } };
	static const unsigned int sorted[] = { 2, 1, 5, 4, 0, 3 };
	static const struct table_kind many = { .limit = 100, .counter = STAT_RPC_LIMIT };
	struct thing *x;
	size_t n = 0;

	(void)state;
	rig_up(&many);
	for (unsigned int i = 0; i < nitems(keys); i++) {
		x = table_add(&rig.t, sizeof(*x), view_str(""));
		x->no = i;
		table_set_key(&rig.t, &x->entry, key(keys[i].num, keys[i].bytes));
	}
	for (x = table_at_least(&rig.t, key(0, "")); x != NULL; x = table_next(&x->entry))
		assert_int_equal(x->no, sorted[n++]);
	assert_int_equal(n, nitems(keys));
	x = table_at_least(&rig.t, key(1, "aa"));
	assert_int_equal(x->no, 4);
	assert_null(table_at_least(&rig.t, key(UINT64_MAX, "b")));
	assert_null(table_find(&rig.t, key(1, "c")));
	assert_null(table_find(&rig.t, key(2, "")));
	rig_down();
}

static void
a_key_has_one_entry(void **state)
{
	struct thing *a, *b;

	(void)state;
	rig_up(&few);
	a = table_add(&rig.t, sizeof(*a), view_str(""));
	a->no = 1;
	assert_false(there(1));			/* it has no key yet */
	table_set_key(&rig.t, &a->entry, key(1, ""));
	table_set_key(&rig.t, &a->entry, key(1, ""));
	assert_true(there(1));
	b = add(2, "");
	table_set_key(&rig.t, &b->entry, key(1, ""));
	assert_cleared(1, (unsigned int[]){ 1 });
	assert_ptr_equal(table_find(&rig.t, key(1, "")), b);
	assert_null(table_find(&rig.t, key(2, "")));
	table_unset_key(&rig.t, &b->entry);
	assert_null(table_find(&rig.t, key(1, "")));
	table_drop(&rig.t, &b->entry);
	table_drop(&rig.t, NULL);
	rig_down();
	assert_cleared(2, (unsigned int[]){ 1, 2 });
}

/* For memory that an entry asks for, any other goes. */
static void
others_make_room(void **state)
{
	struct thing *x;

	(void)state;
	rig_up(&few);
	assert_false(table_make_room(&rig.t, NULL));
	x = add(1, "");
	add(2, "");
	add(3, "");
	assert_true(table_make_room(&rig.t, &x->entry));
	assert_true(table_make_room(&rig.t, &x->entry));
	assert_false(table_make_room(&rig.t, &x->entry));
	assert_cleared(2, (unsigned int[]){ 2, 3 });
	assert_true(table_make_room(&rig.t, NULL));
	assert_int_equal(rig.stats.n[STAT_RPC_LIMIT], 3);
	rig_down();
}

/* Whatever is refused, nothing is half done. */
static void
no_memory(void **state)
{
	size_t least;

	(void)state;
	for (size_t limit = 0; limit < 2000; limit += 8) {
		rig_up(&shared);
		rig.budget.limit = limit;
		for (unsigned int i = 0; i < 8; i++) {
			struct thing *x = table_add(&rig.t, sizeof(*x), view_str(i % 2 ? "a" : "b"));

			if (x != NULL)
				table_set_key(&rig.t, &x->entry, key(i, ""));
		}
		least = rig.t.n;
		rig_down();
	}
	assert_int_equal(least, 4);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_least_recently_used_goes),
		cmocka_unit_test(a_low_rank_goes_first),
		cmocka_unit_test(an_owner_has_its_share),
		cmocka_unit_test(keys_are_in_order),
		cmocka_unit_test(a_key_has_one_entry),
		cmocka_unit_test(others_make_room),
		cmocka_unit_test(no_memory),
	};

	return cmocka_run_group_tests_name("table", tests, NULL, NULL);
}
