/* fan-out.h -- how many servers got the same task from one client. */
#ifndef FAN_OUT_H
#define FAN_OUT_H

#include "base/stats.h"
#include "fact/fact.h"

struct fan_out;

/* window: microseconds of packet time.  Returns NULL when the budget is spent;
 * stats and budget must outlive the result. */
struct fan_out	*fan_out_new(struct stats *, struct budget *, int64_t window);
void		 fan_out_free(struct fan_out *);	/* NULL is fine */

/*
 * Remembers the creation of a task.  Returns on how many servers the client of
 * the fact created tasks with the same command template (template.h) within the
 * window, this server included: at most MAX_FAN_OUT_HOSTS, and 1 where the
 * command is not known or there is no memory.
 */
unsigned int	 fan_out_put(struct fan_out *, const struct fact *);

#endif
