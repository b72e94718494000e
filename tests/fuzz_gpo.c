/* fuzz_gpo.c -- a ScheduledTasks.xml. */
#include <stdlib.h>

#include "dissect.h"
#include "obs.h"

int	LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static struct obs *
fresh(void *budget)
{
	static const struct peers peers;

	return obs_new(budget, OBS_TASK, &peers, (struct moment){ 0 });
}

static void
done(void *budget, struct obs *o)
{
	(void)budget;
	if (obs_get(o, F_ACTION) == NULL)
		abort();
	obs_free(o);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct budget budget;

	budget_init(&budget, NULL, 8u << 20);
	gpo_read((struct view){ data, len }, fresh, done, &budget);
	if (budget.used != 0)
		abort();	/* a leak */
	return 0;
}
