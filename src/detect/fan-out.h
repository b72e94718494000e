/* spread.h -- the same definition, from one client to many servers. */
#ifndef SPREAD_H
#define SPREAD_H

#include "fact/obs.h"
#include "base/stats.h"

struct spread;

/* window: microseconds.  NULL: no memory. */
struct spread	*spread_new(struct stats *, struct budget *, int64_t window);
void		 spread_free(struct spread *);

/* A task is created: on how many servers was it in the window, this one too.
 * Counts to MAX_SPREAD_HOSTS. */
unsigned int	 spread_put(struct spread *, const struct obs *);

#endif
