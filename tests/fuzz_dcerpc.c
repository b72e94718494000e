/* fuzz_dcerpc.c -- a connection as chunks: {u8 direction and flags, u16 length, bytes}. */
#include <stdlib.h>

#include "frame.h"
#include "obs.h"
#include "table.h"

int	LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static void
drop(struct sink *s, struct obs *o)
{
	(void)s;
	obs_free(o);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct reader r = rd_open((struct view){ data, len });
	struct sink sink = { .put = drop };
	struct stats stats = { 0 };
	struct peers peers = { .sport = 135 };
	struct budget budget;
	struct world world;
	struct carrier carrier = { .world = &world, .budget = &budget, .peers = &peers };
	struct framer f[2];
	void *conn;

	budget_init(&budget, NULL, 16u << 20);
	world_init(&world, &budget, &stats, &sink);
	world.anomalies = true;
	carrier.midstream = rd_u8(&r) & 1;
	if ((conn = dcerpc_proto.conn_new(&carrier)) == NULL)
		abort();
	for (enum dir d = C2S; d <= S2C; d++)
		frame_init(&f[d], &dcerpc_proto, conn, &world, &budget, d, carrier.midstream);
	while (rd_ok(&r) && r.left > 0) {
		uint8_t what = rd_u8(&r);
		size_t n = rd_le16(&r);

		world.now.us += (what & 0x0c) * 500000;
		world_tick(&world);
		if ((what & 2) != 0)
			frame_gap(&f[what & 1], n);
		else
			frame_push(&f[what & 1], rd_view(&r, n < r.left ? n : r.left));
	}
	for (enum dir d = C2S; d <= S2C; d++) {
		frame_end(&f[d]);
		frame_free(&f[d]);
	}
	dcerpc_proto.conn_free(conn);
	world_free(&world);
	if (budget.used != 0)
		abort();	/* a leak */
	return 0;
}
