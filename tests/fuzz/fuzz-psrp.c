/*
 * fuzz-psrp.c -- a pool's carriers.  Each is a byte (1: from the server, 2 and
 * 4: the stream, 8: a tail), a length of two, and its bytes.
 */
#include <stdlib.h>

#include "winrm/psrp.h"

int	LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static void
on_text(void *arg, const uint8_t pid[16], struct view v)
{
	*(uint8_t *)arg = pid[15];
	if (v.len == 0)
		abort();
}

static void
on_state(void *arg, const uint8_t pid[16], int state)
{
	(void)state;
	*(uint8_t *)arg = pid[0];
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct reader r = rd_open((struct view){ data, len });
	struct budget budget;
	struct stats stats = { { 0 } };
	struct world world;
	struct psrp *p;
	uint8_t last, how;
	const struct psrp_listener listener = { on_text, on_text, on_state, &last };
	size_t n;

	budget_init(&budget, NULL, 8u << 20);
	world_init(&world, &budget, &stats, NULL);
	if ((p = psrp_new(&world, &budget)) == NULL)
		abort();
	while (r.left > 2) {
		how = rd_u8(&r);
		n = rd_le16(&r);
		psrp_data(p, &listener, how & 1 ? S2C : C2S, (how >> 1 & 3) % PSRP_STREAMS,
		    rd_view(&r, n < r.left ? n : r.left), (how & 8) != 0);
	}
	psrp_free(p);
	if (budget.used != 0)
		abort();	/* a leak */
	return 0;
}
