/* world.h -- a world for one input, with a sink that drops all facts. */
#ifndef FUZZ_WORLD_H
#define FUZZ_WORLD_H

#include <stdlib.h>

#include "engine/dissect.h"
#include "fact/fact.h"

struct fuzz_world {
	struct sink	 sink;
	struct stats	 stats;
	struct peers	 peers;
	struct budget	 budget;
	struct world	 world;
};

static inline void
fuzz_drop(struct sink *s, struct fact *o)
{
	(void)s;
	fact_free(o);
}

static inline void
fuzz_world_init(struct fuzz_world *f, uint16_t sport)
{
	*f = (struct fuzz_world){ .sink = { .put = fuzz_drop }, .peers = { .sport = sport } };
	budget_init(&f->budget, NULL, 16u << 20);
	world_init(&f->world, &f->budget, &f->stats, &f->sink);
	f->world.anomalies = true;
}

static inline void
fuzz_world_free(struct fuzz_world *f)
{
	world_free(&f->world);
	if (f->budget.used != 0)
		abort();	/* a leak */
}

static inline struct carrier
fuzz_carrier(struct fuzz_world *f, bool midstream)
{
	return (struct carrier){ .world = &f->world, .budget = &f->budget, .peers = &f->peers,
	    .midstream = midstream };
}

/* On a heap of its own, so that its end is seen; copy is what to free. */
static inline struct view
fuzz_copy(struct view v, uint8_t **copy)
{
	if ((*copy = malloc(v.len + 1)) == NULL)
		abort();
	if (v.len > 0)
		memcpy(*copy + 1, v.p, v.len);
	return (struct view){ *copy + 1, v.len };
}

#endif
