/* stats.h -- what happened, in numbers.  One struct a worker, no locks. */
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

static inline void
stat_add(struct stats *s, enum counter id, uint64_t n)
{
	s->n[id] += n;
}

/* The counter's place in a stats record, as dotted keys: "tcp.reassembly_gap". */
const char	*stat_path(enum counter);

#endif
