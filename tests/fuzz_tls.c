/*
 * fuzz_tls.c -- a connection's bytes behind a byte whose bit 0 makes it one of
 * WinRM, and bit 1 one that was not seen from its beginning, as chunks: {u8
 * what, u16 length, bytes}.  Bit 0 of what: the server speaks; bit 1: that many
 * bytes are lost.  The key log knows the sessions of tlswire.h.
 */
#include <stdlib.h>

#include "frame.h"
#include "obs.h"
#include "ring.h"
#include "table.h"
#include "tlswire.h"

int	LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static void
put(struct sink *s, struct obs *o)
{
	(void)s;
	obs_free(o);
}

static struct keyring *
ring_new(void)
{
	char path[] = "/tmp/schedwire-keylog.XXXXXX", line[64];
	struct keyring *ring;
	int fd = mkstemp(path);

	if (fd == -1)
		abort();
	for (size_t i = 0; i < nitems(wires); i++)
		if (write(fd, wires[i].log, strlen(wires[i].log)) == -1)
			abort();
	if (write(fd, renegotiated.log, strlen(renegotiated.log)) == -1)
		abort();
	close(fd);
	snprintf(line, sizeof(line), "keylog %s\n", path);
	ring = ring_of(line);
	(void)unlink(path);
	return ring;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct reader r = rd_open((struct view){ data, len });
	uint8_t kind = rd_u8(&r);
	struct stats stats = { 0 };
	struct sink sink = { .put = put };
	struct peers peers = { .sport = (kind & 1) != 0 ? 5986 : 443 };
	struct budget budget;
	struct world world;
	struct carrier carrier = { .world = &world, .budget = &budget, .peers = &peers,
	    .midstream = (kind & 2) != 0 };
	struct framer f[2];
	void *conn;

	budget_init(&budget, NULL, 16u << 20);
	world_init(&world, &budget, &stats, &sink);
	world.keyring = ring_new();
	if ((conn = tls_proto.conn_new(&carrier)) == NULL)
		abort();
	for (int d = C2S; d <= S2C; d++)
		frame_init(&f[d], &tls_proto, conn, &world, &budget, (enum dir)d,
		    carrier.midstream);
	while (rd_ok(&r) && r.left > 0) {
		uint8_t what = rd_u8(&r);
		size_t n = rd_le16(&r);
		struct view v = (what & 2) == 0 ? rd_view(&r, n < r.left ? n : r.left) :
		    (struct view){ NULL, 0 };
		uint8_t *copy = malloc(v.len + 1);	/* so that its end is seen */

		if (copy == NULL)
			break;
		if (v.len > 0)
			memcpy(copy + 1, v.p, v.len);
		v.p = copy + 1;
		if ((what & 2) != 0)
			frame_gap(&f[what & 1], n);
		else
			frame_push(&f[what & 1], v);
		free(copy);
	}
	for (int d = C2S; d <= S2C; d++) {
		frame_end(&f[d]);
		frame_free(&f[d]);
	}
	tls_proto.conn_free(conn);
	world_free(&world);
	keyring_close(world.keyring);
	if (budget.used != 0)
		abort();	/* a leak */
	return 0;
}
