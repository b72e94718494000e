/* script.h -- for fuzz targets: tasks that a text makes, and a text that is run. */
#ifndef FUZZ_ASKS_H
#define FUZZ_ASKS_H

#include <stdlib.h>

#include "script/script.h"
#include "base/limits.h"

static inline struct fact *
fresh(void *budget)
{
	static const struct peers nobody;

	return fact_new(budget, FACT_TASK, &nobody, (struct packet_ref){ 0 });
}

static inline void
done(void *budget, struct fact *o)
{
	(void)budget;
	if (fact_get(o, F_ACTION) == NULL)
		abort();
	fact_free(o);
}

static inline void
read_and_ask(enum language language, struct view text)
{
	static const struct peers nobody;
	struct budget budget;
	struct script asks = { .budget = &budget, .fresh = fresh, .done = done, .arg = &budget };

	budget_init(&budget, NULL, 48u << 20);
	asks.command = fact_new(&budget, FACT_COMMAND, &nobody, (struct packet_ref){ 0 });
	script_read(&asks, language, text);
	if (asks.depth != 0 || asks.target != NULL || asks.tasks > MAX_SCRIPT_TASKS ||
	    asks.work > MAX_SCRIPT_WORK)
		abort();
	fact_free(asks.command);
	if (budget.used != 0)
		abort();	/* a leak */
}

#endif
