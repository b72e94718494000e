/* fan-out.h -- the same definition, from one client to many servers. */
#ifndef FAN_OUT_H
#define FAN_OUT_H

#include "fact/fact.h"
#include "base/stats.h"

struct fan_out;

/* window: microseconds.  NULL: no memory. */
struct fan_out	*fan_out_new(struct stats *, struct budget *, int64_t window);
void		 fan_out_free(struct fan_out *);

/* A task is created: on how many servers was it in the window, this one too.
 * Counts to MAX_FAN_OUT_HOSTS. */
unsigned int	 fan_out_put(struct fan_out *, const struct fact *);

#endif
