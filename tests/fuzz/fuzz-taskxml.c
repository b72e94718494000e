/* fuzz-taskxml.c -- a task definition, and the judgement that it is one.  Byte 0: 1 big-endian. */
#include <stdlib.h>

#include "task/content.h"
#include "fact/fact.h"

int	LLVMFuzzerTestOneInput(const uint8_t *, size_t);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct peers peers = { 0 };
	struct budget budget;
	enum content kind;
	struct view v;
	struct fact *o;
	bool maybe;

	if (len == 0)
		return 0;
	v = (struct view){ data + 1, len - 1 };
	budget_init(&budget, NULL, 8u << 20);
	if ((o = fact_new(&budget, FACT_TASK, &peers, (struct packet_ref){ 0 })) == NULL)
		abort();
	(void)taskxml_read(o, v, (data[0] & 1) != 0);
	if (content_sniff(v, &kind, &maybe) && maybe)
		abort();
	fact_free(o);
	if (budget.used != 0)
		abort();	/* a leak */
	return 0;
}
