/* fuzz-wsman.c -- envelopes of two connections.  Before each: a byte (1 an
 * answer, 2 the other connection, 4 of the last exchange, 8 a hole in its middle)
 * and its length in two; a length of zero lets time pass. */
#include <stdlib.h>

#include "engine/dissect.h"
#include "fact/fact.h"
#include "winrm/wsman.h"

int	LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static void
put(struct sink *s, struct fact *o)
{
	(void)s;
	fact_free(o);
}

static void
describe(void *arg, struct fact *o)
{
	(void)arg;
	fact_str(o, F_HTTP_URL, "/wsman");
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct reader r = rd_open((struct view){ data, len });
	struct sink sink = { put };
	struct stats stats = { 0 };
	struct peers peers = { 0 };
	struct budget budget, purse;
	struct world world;
	struct carrier carrier = { .world = &world, .budget = &purse, .peers = &peers,
		.describe = describe };
	struct wsman *w[2];
	uint64_t exchange[2] = { 0, 0 };

	budget_init(&budget, NULL, MAX_MEMORY);
	budget_init(&purse, &budget, MAX_FLOW_MEM);
	world_init(&world, &budget, &stats, &sink);
	world.now.us = 1;
	w[0] = wsman_new(&carrier);
	w[1] = wsman_new(&carrier);
	while (r.left > 0 && rd_ok(&r)) {
		uint8_t how = rd_u8(&r);
		size_t n = rd_be16(&r), which = how >> 1 & 1;
		struct view v = rd_view(&r, n < r.left ? n : r.left), last = { NULL, 0 };

		if ((how & 4) == 0)
			exchange[which]++;
		if ((how & 8) != 0) {
			last = view_from(v, v.len / 2);
			v.len /= 2;
		}
		world.now.us += n == 0 ? ANSWER_WAIT : 1000;
		world_tick(&world);
		wsman_message(w[which], how & 1 ? S2C : C2S, exchange[which], v,
		    how & 8 ? 1000 : 0, last, false);
	}
	wsman_free(w[0]);
	wsman_free(w[1]);
	world_free(&world);
	if (budget.used != 0)
		abort();	/* a leak */
	return 0;
}
