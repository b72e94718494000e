/* fuzz_powershell.c -- a PowerShell text, and what it asks for. */
#include <stdlib.h>

#include "asks.h"
#include "limits.h"

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
	static const struct peers peers;
	struct budget budget;
	struct asks asks = { .budget = &budget, .fresh = fresh, .done = done, .arg = &budget };

	budget_init(&budget, NULL, 8u << 20);
	asks.command = obs_new(&budget, OBS_COMMAND, &peers, (struct moment){ 0 });
	asks_read(&asks, LANGUAGE_POWERSHELL, (struct view){ data, len });
	obs_free(asks.command);
	if (budget.used != 0)
		abort();	/* a leak */
	if (asks.tasks > MAX_ASK_TASKS || asks.work > MAX_ASK_WORK)
		abort();
	return 0;
}
