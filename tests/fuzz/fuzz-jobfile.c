/* fuzz-jobfile.c -- a .job file. */
#include <stdlib.h>

#include "task/content.h"
#include "fact/fact.h"

int	LLVMFuzzerTestOneInput(const uint8_t *, size_t);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct peers peers = { 0 };
	struct budget budget;
	struct fact *o;

	budget_init(&budget, NULL, 8u << 20);
	if ((o = fact_new(&budget, FACT_TASK, &peers, (struct packet_ref){ 0 })) == NULL)
		abort();
	if (!jobfile_read(o, (struct view){ data, len }) && fact_each(o, NULL) != NULL)
		abort();	/* it is none, and says something */
	fact_free(o);
	if (budget.used != 0)
		abort();	/* a leak */
	return 0;
}
