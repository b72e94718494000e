/*
 * Segments of four flows, nine bytes each; what follows an odd segment's nine
 * is its payload.  Even segments are cut from one fixed stream a side: however
 * they come, nothing but that stream's PDUs may be told.
 */
#include <assert.h>

#include "engine/flow.h"
#include "wire/toy.h"

#define STREAM 0x12000

int	LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static uint8_t streams[2][STREAM];

static void
make_streams(void)
{
	static const char kinds[2][9] = { "ccCcckcC", "ssSsskSs" };
	static const uint16_t lens[] = { 6, 30, 700, 8, 100, 3000, 9, 50, 20000, 7, 12 };
	size_t at;
	unsigned int i;

	for (unsigned int side = 0; side < 2; side++)
		for (at = 0, i = 0; at + lens[i % nitems(lens)] <= STREAM; i++) {
			char kind = kinds[side][i % 8];

			if (side == 1 && kind == 'k')
				kind = 'K';
			at += toy_make(streams[side] + at, kind, (uint8_t)(i & 31),
			    lens[i % nitems(lens)]);
		}
}

/* Returns whether the segment was cut from the stream. */
static bool
segment(struct flow_table *t, struct world *w, struct reader *r)
{
	uint8_t what = rd_u8(r), flags = rd_u8(r);
	uint16_t off = rd_le16(r), ack = rd_le16(r), len = rd_le16(r);
	uint8_t late = rd_u8(r);
	unsigned int side = what >> 1 & 1;
	bool ours = (what & 1) == 0;
	struct addr end[2] = { { .b = { 10 } }, { .b = { 11 } } };
	struct pkt p = { .src = end[side], .dst = end[!side], .sport = 445,
	    .dport = 445, .flags = flags & 0x1f, .scope = what >> 2 & 3 };
	uint32_t isn = 0xffff8000u + side * 0x7000;

	if (!rd_ok(r))
		return true;
	p.seq = isn + 1 + off;
	p.ack = 0xffff8000u + (1 - side) * 0x7000 + 1 + ack;
	if (ours) {
		if (p.flags & TCP_SYN) {
			p.seq = isn;
			off = 0;
		}
		p.payload = view_at((struct view){ streams[side], STREAM }, off, len & 0x1fff);
	} else {
		p.payload = rd_view(r, len & 0x3f);
		p.seq += (uint32_t)len << 16 & 0xffc00000u;
		p.ack += (uint32_t)len << 20 & 0xf0000000u;
	}
	p.wire_len = p.payload.len;
	if (what & 0x40)		/* cut by snaplen */
		p.payload.len /= 2;
	if (what & 0x80)
		w->ports_epoch++;
	w->now.us += (int64_t)late * late * late;
	w->now.pkt++;
	flow_packet(t, &p);
	return ours;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static const struct proto_ops *const protos[] = { &toy_ops, NULL };
	static struct stats stats;
	static struct budget b;
	static struct world w;
	static struct flow_table *t;
	static size_t bare;
	struct reader r = rd_open((struct view){ data, len });
	bool ours = true;
	uint8_t how;

	/* The empty table is large and always the same: it is made once. */
	if (t == NULL) {
		make_streams();
		budget_init(&b, NULL, MAX_MEMORY);
		world_init(&w, &b, &stats, NULL);
		if ((t = flow_table_new(&w, protos)) == NULL)
			return 0;
		bare = b.used;
	}
	toy_reset();
	how = rd_u8(&r);
	toy.port = (how & 1) ? 445 : 0;
	b.limit = (how & 2) ? bare + ((size_t)how << 6) : MAX_MEMORY;
	w.now.us = 1700000000000000;
	while (r.left > 0 && rd_ok(&r))
		ours &= segment(t, &w, &r);
	flow_flush(t);
	assert(b.used == bare);
	assert(toy.conns == toy.freed);
	assert(!ours || strstr(toy.log, "wrong") == NULL);
	return 0;
}
