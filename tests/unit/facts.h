/* facts.h -- a sink for tests: keeps what dissectors tell. */
#ifndef FACTS_H
#define FACTS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "engine/dissect.h"
#include "fact/fact.h"

struct facts {
	struct sink	 sink;
	struct fact	*o[64];
	size_t		 n;
	struct budget	 budget;
	struct stats	 stats;
	struct world	 world;
	struct peers	 peers;
};

static inline void
facts_put(struct sink *s, struct fact *o)
{
	struct facts *f = (struct facts *)s;

	assert_true(f->n < nitems(f->o));
	f->o[f->n++] = o;
}

static inline void
facts_init(struct facts *f)
{
	memset(f, 0, sizeof(*f));
	f->sink.put = facts_put;
	budget_init(&f->budget, NULL, 64u << 20);
	world_init(&f->world, &f->budget, &f->stats, &f->sink);
	f->world.now = (struct packet_ref){ .us = 1000000, .pkt = 1, .source = "test" };
	f->peers = (struct peers){ .client = { .b = { 10, 0, 0, 1 } },
	    .server = { .b = { 10, 0, 0, 2 } }, .cport = 50000, .sport = 49700, .flow_id = 1 };
}

static inline void
facts_clear(struct facts *f)
{
	for (size_t i = 0; i < f->n; i++)
		fact_free(f->o[i]);
	f->n = 0;
}

/* Everything is given back: a leak is a failure. */
static inline void
facts_free(struct facts *f)
{
	facts_clear(f);
	world_free(&f->world);
	assert_int_equal(f->budget.used, 0);
}

static inline void
assert_same_text(const char *got, const char *want)
{
	if (want == NULL) {
		assert_null(got);
		return;
	}
	assert_non_null(got);
	assert_string_equal(got, want);
}

static inline void
assert_field(const struct fact *o, enum field f, const char *want)
{
	assert_same_text(fact_get(o, f), want);
}

static inline void
assert_elem(const struct fact *o, enum field f, unsigned int elem, const char *want)
{
	assert_same_text(fact_elem(o, f, elem), want);
}

static inline int64_t
field_int(const struct fact *o, enum field f)
{
	int64_t n = -1;

	assert_true(fact_get_int(o, f, &n));
	return n;
}

#endif
