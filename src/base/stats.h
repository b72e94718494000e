/* stats.h -- counters.  Each worker has its own, so they need no locks. */
#ifndef STATS_H
#define STATS_H

#include <stdint.h>

enum counter {
#define COUNT(id, path) STAT_##id,
#include "base/stats.def"
#undef COUNT
	STAT_MAX
};

struct stats {
	uint64_t	n[STAT_MAX];
};

/* Adds n to a counter. */
static inline void
stat_add(struct stats *s, enum counter id, uint64_t n)
{
	s->n[id] += n;
}

/* Returns the path of the counter in a stats record, as "tcp.reassembly_gap". */
const char	*stat_path(enum counter);

#endif
