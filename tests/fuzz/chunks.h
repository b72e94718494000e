/*
 * chunks.h -- a connection's bytes as chunks: {u8 what, u16 length, bytes}.
 * Bit 0 of what: the server speaks; bit 1: that many bytes are lost; bits 2 and
 * 3: so much time has passed.
 */
#ifndef FUZZ_CHUNKS_H
#define FUZZ_CHUNKS_H

#include "engine/frame.h"
#include "fuzz/world.h"

static inline void
fuzz_chunks(struct fuzz_world *w, const struct proto_ops *proto, bool midstream,
    struct reader *r)
{
	struct carrier carrier = fuzz_carrier(w, midstream);
	void *conn = proto->conn_new(&carrier);
	struct framer f[2];

	if (conn == NULL)
		abort();
	for (int d = C2S; d <= S2C; d++)
		frame_init(&f[d], proto, conn, &w->world, &w->budget, (enum dir)d, midstream);
	while (rd_ok(r) && r->left > 0) {
		uint8_t what = rd_u8(r), *copy;
		size_t n = rd_le16(r);

		w->world.now.us += (what & 0x0c) * 500000;
		world_tick(&w->world);
		if ((what & 2) != 0) {
			frame_gap(&f[what & 1], n);
			continue;
		}
		frame_push(&f[what & 1], fuzz_copy(rd_view(r, n < r->left ? n : r->left), &copy));
		free(copy);
	}
	for (int d = C2S; d <= S2C; d++) {
		frame_end(&f[d]);
		frame_free(&f[d]);
	}
	proto->conn_free(conn);
}

#endif
