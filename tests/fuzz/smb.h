/* smb.h -- messages of SMB 1 or 2: {u8 what, u16 length, u16 captured, bytes}.
 * Bit 0 of what: the server speaks; bit 1: others were lost; 2 and 3: time. */
#ifndef FUZZ_SMB_H
#define FUZZ_SMB_H

#include "fuzz/world.h"
#include "smb/family.h"
#include "smb/atexec-output.h"

static inline int
fuzz_smb(const struct smb_ops *ops, const uint8_t *data, size_t len)
{
	struct reader r = rd_open((struct view){ data, len });
	struct fuzz_world w;
	struct carrier carrier = fuzz_carrier(&w, false);
	struct smb_conn *conn;

	fuzz_world_init(&w, 445);
	atexec_called(&w.world, &w.peers.client, &w.peers.server);
	if ((conn = smb_conn_new(ops, &carrier)) == NULL)
		abort();
	while (rd_ok(&r) && r.left > 5) {
		uint8_t what = rd_u8(&r), *copy;
		size_t whole = rd_le16(&r), n = rd_le16(&r);
		struct extent x = { .len = whole, .keep = whole };
		struct view v = rd_view(&r, n < r.left ? n : r.left);
		enum dir dir = (what & 1) != 0 ? S2C : C2S;

		w.world.now.us += (what & 0x0c) * 500000;
		world_tick(&w.world);
		if ((what & 2) != 0)
			conn->gaps[dir]++;
		/* The framing lets nothing through that is shorter or has no magic. */
		if (whole < 32 || v.len < 4 || v.len > whole ||
		    strchr(ops->magic, v.p[0]) == NULL || v.p[0] == 0)
			continue;
		v = fuzz_copy(v, &copy);
		if (ops->head(conn, dir, v, &x) == HEAD_PDU && x.keep > whole)
			abort();
		ops->message(conn, dir, v, whole);
		free(copy);
	}
	smb_conn_free(ops, conn);
	fuzz_world_free(&w);
	return 0;
}

#endif
