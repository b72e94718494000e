/* script.h -- for fuzz targets: reads a script and drops the tasks that it makes. */
#ifndef FUZZ_SCRIPT_H
#define FUZZ_SCRIPT_H

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
	struct script script = { .budget = &budget, .fresh = fresh, .done = done, .arg = &budget };

	budget_init(&budget, NULL, 48u << 20);
	script.command = fact_new(&budget, FACT_COMMAND, &nobody, (struct packet_ref){ 0 });
	script_read(&script, language, text);
	if (script.depth != 0 || script.target != NULL || script.tasks > MAX_SCRIPT_TASKS ||
	    script.work > MAX_SCRIPT_WORK)
		abort();
	fact_free(script.command);
	if (budget.used != 0)
		abort();	/* a leak */
}

#endif
