/*
 * fuzz-kdc.c -- what a KDC hears and says, as chunks: {u8 what, u16 length,
 * bytes}.  Bit 0 of what: the server speaks; bit 1: over TCP; bit 2: that many
 * bytes are lost, or the datagram is cut; bits 4 and 5: the client's port.
 */
#include <stdlib.h>

#include "engine/frame.h"
#include "unit/ring.h"
#include "auth/kdc.h"

int	LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static void
tcp(struct framer *f, bool lost, struct view v, size_t len)
{
	if (lost)
		frame_gap(f, len);
	else
		frame_push(f, v);
}

static void
udp(struct world *w, struct peers p, enum dir d, uint16_t port, bool cut, struct view v)
{
	p.cport = port;
	kdc_dgram.datagram(w, &p, d, v, v.len + cut);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct reader r = rd_open((struct view){ data, len });
	struct stats stats = { 0 };
	struct peers peers = { .sport = 88 };
	struct budget budget;
	struct world world;
	struct carrier carrier = { .world = &world, .budget = &budget, .peers = &peers };
	struct framer f[2];
	void *conn;

	budget_init(&budget, NULL, 16u << 20);
	world_init(&world, &budget, &stats, NULL);
	world.keyring = ring_of("password alice@CORP.EXAMPLE Summer2026!\n");
	if ((conn = kdc_proto.conn_new(&carrier)) == NULL)
		abort();
	for (int d = C2S; d <= S2C; d++)
		frame_init(&f[d], &kdc_proto, conn, &world, &budget, (enum dir)d, true);
	while (rd_ok(&r) && r.left > 0) {
		uint8_t what = rd_u8(&r);
		size_t n = rd_le16(&r);
		struct view v = rd_view(&r, n < r.left ? n : r.left);
		uint8_t *copy = malloc(v.len + 1);	/* so that its end is seen */

		if (copy == NULL)
			break;
		if (v.len > 0)
			memcpy(copy + 1, v.p, v.len);
		v.p = copy + 1;
		if ((what & 2) != 0)
			tcp(&f[what & 1], (what & 4) != 0, v, n);
		else
			udp(&world, peers, (enum dir)(what & 1), what >> 4 & 3,
			    (what & 4) != 0, v);
		free(copy);
	}
	for (int d = C2S; d <= S2C; d++) {
		frame_end(&f[d]);
		frame_free(&f[d]);
	}
	kdc_proto.conn_free(conn);
	world_free(&world);
	keyring_close(world.keyring);
	if (budget.used != 0)
		abort();	/* a leak */
	return 0;
}
