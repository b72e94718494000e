/* fuzz_asks.h -- for fuzz targets: tasks that a text makes, and a text that is run. */
#ifndef FUZZ_ASKS_H
#define FUZZ_ASKS_H

#include <stdlib.h>

#include "script/script.h"
#include "base/limits.h"

static inline struct obs *
fresh(void *budget)
{
	static const struct peers nobody;

	return obs_new(budget, OBS_TASK, &nobody, (struct moment){ 0 });
}

static inline void
done(void *budget, struct obs *o)
{
	(void)budget;
	if (obs_get(o, F_ACTION) == NULL)
		abort();
	obs_free(o);
}

static inline void
read_and_ask(enum language language, struct view text)
{
	static const struct peers nobody;
	struct budget budget;
	struct asks asks = { .budget = &budget, .fresh = fresh, .done = done, .arg = &budget };

	budget_init(&budget, NULL, 48u << 20);
	asks.command = obs_new(&budget, OBS_COMMAND, &nobody, (struct moment){ 0 });
	asks_read(&asks, language, text);
	if (asks.depth != 0 || asks.target != NULL || asks.tasks > MAX_ASK_TASKS ||
	    asks.work > MAX_ASK_WORK)
		abort();
	obs_free(asks.command);
	if (budget.used != 0)
		abort();	/* a leak */
}

#endif
