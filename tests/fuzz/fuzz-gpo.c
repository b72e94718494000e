/* fuzz-gpo.c -- a ScheduledTasks.xml. */
#include "fuzz/script.h"
#include "task/content.h"

int	LLVMFuzzerTestOneInput(const uint8_t *, size_t);

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
