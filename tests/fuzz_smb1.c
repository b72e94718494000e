/* fuzz_smb1.c -- SMB1 messages: {u8 direction, u16 length, u16 captured, bytes}. */
#include <stdlib.h>

#include "obs.h"
#include "smb.h"
#include "temp.h"

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
	struct peers peers = { .sport = 445 };
	struct budget budget;
	struct world world;
	struct carrier carrier = { .world = &world, .budget = &budget, .peers = &peers };
	void *conn;

	budget_init(&budget, NULL, 16u << 20);
	world_init(&world, &budget, &stats, &sink);
	temp_note(&world, &peers.client, &peers.server);
	if ((conn = smb1_ops.conn_new(&carrier)) == NULL)
		abort();
	while (rd_ok(&r) && r.left > 5) {
		uint8_t what = rd_u8(&r);
		size_t whole = rd_le16(&r), n = rd_le16(&r);
		struct extent x = { .len = whole, .keep = whole };
		struct view v = rd_view(&r, n < r.left ? n : r.left);
		enum dir dir = (what & 1) != 0 ? S2C : C2S;
		uint8_t *copy;

		world.now.us += (what & 0x0c) * 500000;
		world_tick(&world);
		if ((what & 2) != 0)
			smb1_ops.gap(conn, dir);
		/* The framing lets nothing through that is shorter or has no magic. */
		if (whole < 32 || v.len < 4 || v.len > whole ||
		    strchr(smb1_ops.magic, v.p[0]) == NULL || v.p[0] == 0)
			continue;
		/* Its own allocation, so that a read past its end is seen. */
		if ((copy = malloc(v.len)) == NULL)
			abort();
		memcpy(copy, v.p, v.len);
		v.p = copy;
		if (smb1_ops.head(conn, dir, v, &x) == HEAD_PDU && x.keep > whole)
			abort();
		smb1_ops.message(conn, dir, v, whole);
		free(copy);
	}
	smb1_ops.conn_free(conn);
	world_free(&world);
	if (budget.used != 0)
		abort();	/* a leak */
	return 0;
}
