#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "engine/flow.h"
#include "wire/toy.h"

#define SEC	INT64_C(1000000)
#define SPORT	9999

static const struct proto_ops *const protos[] = { &toy_ops, NULL };

static struct {
	struct budget	 all;
	struct stats	 stats;
	struct world	 w;
	struct flow_table *t;
	uint32_t	 isn[2];	/* 0: the client */
	uint32_t	 scope;
	uint16_t	 cport;
	size_t		 snap;
	uint8_t		 bytes[2][1 << 17];
	size_t		 n[2];
} rig;

static void
rig_up(size_t limit)
{
	toy_reset();
	memset(&rig, 0, sizeof(rig));
	budget_init(&rig.all, NULL, limit);
	world_init(&rig.w, &rig.all, &rig.stats, NULL);
	rig.w.now = (struct packet_ref){ .us = 1700000000 * SEC };
	rig.isn[0] = UINT32_MAX - 40;		/* wraps early */
	rig.isn[1] = 1000;
	rig.cport = 50000;
	rig.snap = SIZE_MAX;
	rig.t = flow_table_new(&rig.w, protos);
	assert_non_null(rig.t);
}

static void
rig_down(const char *want)
{
	flow_table_free(rig.t);
	if (want != NULL)
		assert_string_equal(toy.log, want);
	assert_int_equal(toy.conns, toy.freed);
	assert_int_equal(rig.all.used, 0);
	world_free(&rig.w);
}

static struct pkt
ends(unsigned int side)
{
	struct addr c = { .b = { 10, 0, 0, 1 } }, s = { .b = { 10, 0, 0, 2 } };
	struct pkt p = { .src = side ? s : c, .dst = side ? c : s,
	    .sport = side ? SPORT : rig.cport, .dport = side ? rig.cport : SPORT,
	    .vlan = { 7 }, .nvlan = 1, .scope = rig.scope };

	return p;
}

static void
put(unsigned int side, uint8_t flags, uint32_t seq, uint32_t ack, struct view v)
{
	struct pkt p = ends(side);
	uint8_t *bytes;

	p.flags = flags;
	p.seq = seq;
	p.ack = ack;
	p.wire_len = v.len;
	v.len = v.len < rig.snap ? v.len : rig.snap;
	bytes = malloc(v.len);
	if (v.len > 0)
		memcpy(bytes, v.p, v.len);
	p.payload = (struct view){ bytes, v.len };
	rig.w.now.us += 100;
	rig.w.now.pkt++;
	flow_packet(rig.t, &p);
	free(bytes);
}

/* Bytes from..to of a side's stream; it has the other's up to ack. */
static void
seg_as(unsigned int side, size_t from, size_t to, size_t ack, uint8_t flags)
{
	put(side, flags, rig.isn[side] + 1 + (uint32_t)from,
	    rig.isn[!side] + 1 + (uint32_t)ack,
	    (struct view){ rig.bytes[side] + from, to - from });
}

static void
seg(unsigned int side, size_t from, size_t to, size_t ack)
{
	seg_as(side, from, to, ack, TCP_ACK);
}

static void
handshake(void)
{
	put(0, TCP_SYN, rig.isn[0], 0, (struct view){ NULL, 0 });
	put(1, TCP_SYN | TCP_ACK, rig.isn[1], rig.isn[0] + 1, (struct view){ NULL, 0 });
	put(0, TCP_ACK, rig.isn[0] + 1, rig.isn[1] + 1, (struct view){ NULL, 0 });
}

static void
pdu(unsigned int side, char kind, uint8_t no, size_t len)
{
	rig.n[side] += toy_make(rig.bytes[side] + rig.n[side], kind, no, len);
}

/* Three requests and answers: 30 bytes each way at a time. */
static void
talk(void)
{
	for (uint8_t i = 1; i <= 3; i++) {
		pdu(0, 'c', i, 30);
		pdu(1, 's', i, 30);
	}
}

struct step {
	unsigned int	 side;
	size_t		 from, to, ack, late;
};

static int
by_late(const void *va, const void *vb)
{
	const struct step *a = va, *b = vb;

	return (a->late > b->late) - (a->late < b->late);
}

static size_t
steps_of(struct step *s, size_t step)
{
	size_t n = 0;

	for (size_t turn = 0; turn < 3; turn++)
		for (unsigned int side = 0; side < 2; side++)
			for (size_t at = turn * 30; at < turn * 30 + 30; n++) {
				size_t to = at + step < turn * 30 + 30 ? at + step : turn * 30 + 30;

				s[n] = (struct step){ side, at, to, (turn + side) * 30, n };
				at = to;
			}
	return n;
}

/* However it was segmented, doubled or put out of order: the same PDUs. */
static void
test_same_pdus(void **state)
{
	struct step s[200];

	(void)state;
	for (unsigned int seed = 0; seed < 300; seed++) {
		size_t step = 1 + seed % 31, n;
		unsigned int copies = seed % 3 == 0 ? 2 : 1;
		unsigned int jitter = seed % 5 == 0 ? 1 : 15;

		srand(seed);
		rig_up(MAX_MEMORY);
		talk();
		n = steps_of(s, step);
		for (size_t i = 0; i < n; i++)
			s[i].late = i + (size_t)rand() % jitter;
		qsort(s, n, sizeof(s[0]), by_late);
		handshake();
		for (size_t i = 0; i < n; i++)
			for (unsigned int c = 0; c < copies; c++)
				seg(s[i].side, s[i].from, s[i].to, s[i].ack);
		rig_down("c1 s1 c2 s2 c3 s3");
		assert_int_equal(rig.stats.n[STAT_GAPS], 0);
		assert_int_equal(rig.stats.n[STAT_FLOWS], 1);
		assert_int_equal(rig.stats.n[STAT_FLOWS_OURS], 1);
		assert_int_equal(rig.stats.n[STAT_MIDSTREAM], 0);
	}
}

static void
test_peers(void **state)
{
	uint64_t id;

	(void)state;
	rig_up(MAX_MEMORY);
	talk();
	handshake();
	seg(0, 0, 30, 0);
	assert_int_equal(toy.peers.sport, SPORT);
	assert_int_equal(toy.peers.cport, 50000);
	assert_int_equal(toy.peers.client.b[3], 1);
	assert_int_equal(toy.peers.nvlan, 1);
	assert_int_equal(toy.peers.vlan[0], 7);
	assert_false(toy.midstream);
	id = toy.peers.flow_id;
	assert_true(id > 0 && id < UINT64_C(1) << 51);
	rig_down("c1");

	rig_up(MAX_MEMORY);		/* the same number in every run, whatever the scope */
	rig.scope = 77;
	talk();
	handshake();
	seg(0, 0, 30, 0);
	assert_true(toy.peers.flow_id == id);
	rig_down("c1");

	rig_up(MAX_MEMORY);		/* no SYN: the bytes say who is who */
	talk();
	seg(1, 0, 30, 30);
	assert_int_equal(toy.peers.sport, SPORT);
	assert_true(toy.midstream);
	rig_down("s1");

	rig_up(MAX_MEMORY);		/* the SYN+ACK's sender is the server */
	pdu(1, 'c', 1, 30);
	put(1, TCP_SYN | TCP_ACK, rig.isn[1], rig.isn[0] + 1, (struct view){ NULL, 0 });
	seg(1, 0, 30, 0);
	assert_int_equal(toy.peers.sport, SPORT);
	rig_down("turned c1");
}

static void
test_scopes(void **state)
{
	(void)state;
	rig_up(MAX_MEMORY);
	talk();
	for (rig.scope = 0; rig.scope < 3; rig.scope++)
		seg(0, 0, 30, 0);
	rig_down("c1 c1 c1");
	assert_int_equal(rig.stats.n[STAT_FLOWS], 3);
}

static void
test_loss(void **state)
{
	(void)state;
	/* Between PDUs. */
	rig_up(MAX_MEMORY);
	talk();
	handshake();
	seg(0, 0, 30, 0);
	seg(1, 0, 30, 30);
	seg(1, 30, 60, 60);		/* its request is missing */
	seg(0, 60, 90, 60);
	seg(1, 60, 90, 90);
	assert_string_equal(toy.log, "c1 s1");
	rig_down("c1 s1 C? s2 c3 s3");	/* c3 has seen s2 */
	assert_int_equal(rig.stats.n[STAT_GAPS], 1);
	assert_int_equal(rig.stats.n[STAT_GAP_BYTES], 30);

	/* Inside one; told when other flows' packets say that it's time. */
	rig_up(MAX_MEMORY);
	talk();
	handshake();
	seg(0, 0, 20, 0);
	seg(1, 0, 30, 30);
	assert_string_equal(toy.log, "");
	rig.cport = 40000;
	rig.w.now.us += 2 * SEC;
	seg(0, 0, 1, 0);
	assert_string_equal(toy.log, "c1- s1");
	rig_down("c1- s1");

	/* The first bytes of all: they are tried from then on. */
	rig_up(MAX_MEMORY);
	talk();
	handshake();
	seg(0, 20, 30, 0);
	seg(0, 30, 60, 0);
	rig_down("c2");
	assert_int_equal(rig.stats.n[STAT_MIDSTREAM], 1);
}

/* Bulk data that nobody wants: neither waits nor costs memory. */
static void
test_bulk(void **state)
{
	size_t used;

	(void)state;
	rig_up(MAX_MEMORY);
	pdu(0, 'C', 1, 60000);
	pdu(0, 'c', 2, 30);
	pdu(1, 's', 1, 30);
	handshake();
	seg(0, 0, 1000, 0);
	used = rig.all.used;
	for (size_t at = 1000; at < 60000; at += 1000) {
		if (at % 7000 != 0)
			seg(0, at, at + 1000, 0);
		assert_true(rig.all.used <= used);
	}
	seg(0, 60000, 60030, 0);
	seg(1, 0, 30, 60030);
	assert_string_equal(toy.log, "C1~ c2 s1");
	assert_int_equal(rig.stats.n[STAT_GAPS], 0);
	rig_down("C1~ c2 s1");
}

static void
test_snaplen(void **state)
{
	(void)state;
	rig_up(MAX_MEMORY);
	pdu(0, 'c', 1, 1000);
	pdu(0, 'c', 2, 30);
	handshake();
	rig.snap = 40;
	seg(0, 0, 1000, 0);
	seg(0, 1000, 1030, 0);
	assert_string_equal(toy.log, "c1- c2");
	rig_down("c1- c2");
}

/* The start was not seen: any of the first segments may begin a PDU. */
static void
test_midstream(void **state)
{
	(void)state;
	for (size_t i = 0; i < 2; i++) {
		size_t junk = i == 0 ? MAX_PROBE_SEGS - 1 : MAX_PROBE_SEGS;

		rig_up(MAX_MEMORY);
		talk();
		for (size_t at = 0; at < junk * 100; at += 100)
			put(0, TCP_ACK, rig.isn[0] + 1 - (uint32_t)(junk * 100 - at),
			    rig.isn[1] + 1, (struct view){ (const uint8_t *)toy.log, 100 });
		seg(0, 0, 3, 0);		/* and in two parts */
		seg(0, 3, 30, 0);
		seg(1, 0, 30, 30);
		rig_down(i == 0 ? "c1 s1" : "");
	}
}

static void
test_not_ours(void **state)
{
	static const uint8_t http[] = "GET / HTTP/1.1\r\nHost: LN\r\n\r\n";
	size_t used;

	(void)state;
	rig_up(MAX_MEMORY);
	talk();
	handshake();
	put(0, TCP_ACK, rig.isn[0] + 1, rig.isn[1] + 1, (struct view){ http, sizeof(http) });
	used = rig.all.used;
	seg(0, 0, 90, 0);
	seg(1, 0, 90, 0);
	assert_int_equal(rig.all.used, used);
	rig_down("");

	rig_up(MAX_MEMORY);		/* conn_new() refuses */
	toy.refuse = true;
	talk();
	handshake();
	seg(0, 0, 30, 0);
	toy.refuse = false;
	seg(0, 30, 60, 0);
	rig_down("");
	assert_int_equal(rig.stats.n[STAT_FLOWS_OURS], 0);
}

static void
test_claims(void **state)
{
	uint8_t junk[40] = { 0 };

	(void)state;
	/* Whatever the bytes say. */
	rig_up(MAX_MEMORY);
	toy.port = SPORT;
	handshake();
	memcpy(rig.bytes[0], junk, sizeof(junk));
	rig.n[0] = sizeof(junk);
	pdu(0, 'c', 1, 30);
	seg(0, 0, 40, 0);
	seg(0, 40, 70, 0);
	rig_down("c1");

	/* Both orientations are tried. */
	rig_up(MAX_MEMORY);
	toy.port = 50000;
	memcpy(rig.bytes[0], junk, sizeof(junk));
	rig.n[0] = sizeof(junk);
	pdu(0, 's', 1, 30);
	seg(0, 0, 40, 0);
	seg(0, 40, 70, 0);
	assert_int_equal(toy.peers.sport, 50000);
	assert_int_equal(toy.peers.cport, SPORT);
	assert_int_equal(toy.peers.client.b[3], 2);
	rig_down("s1");

	/* Learnt while the flow goes on. */
	rig_up(MAX_MEMORY);
	handshake();
	memcpy(rig.bytes[0], junk, sizeof(junk));
	rig.n[0] = sizeof(junk);
	pdu(0, 'c', 1, 30);
	pdu(1, 's', 1, 30);
	pdu(0, 'c', 2, 30);
	seg(0, 0, 40, 0);
	seg(0, 40, 70, 0);
	toy.port = SPORT;
	seg(1, 0, 30, 70);		/* nobody told the flow */
	assert_string_equal(toy.log, "");
	rig.w.ports_epoch++;
	seg(0, 70, 100, 30);
	rig_down("c2");
	assert_int_equal(rig.stats.n[STAT_MIDSTREAM], 1);
}

/* A port that was said to be ours, and is not. */
static void
test_hopeless(void **state)
{
	size_t used;

	(void)state;
	rig_up(MAX_MEMORY);
	toy.port = SPORT;
	handshake();
	used = rig.all.used;
	for (size_t i = 0; i <= MAX_RESYNC / 65536; i++)
		put(0, TCP_ACK, rig.isn[0] + 1 + (uint32_t)(i * 65536), rig.isn[1] + 1,
		    (struct view){ rig.bytes[0], 65536 });
	assert_int_equal(toy.freed, 1);
	assert_int_equal(rig.all.used, used);
	rig_down("");
}

static void
test_close(void **state)
{
	(void)state;
	rig_up(MAX_MEMORY);
	talk();
	handshake();
	seg(0, 0, 30, 0);
	seg_as(0, 30, 30, 30, TCP_FIN | TCP_ACK);
	seg_as(1, 0, 30, 30, TCP_FIN | TCP_ACK);
	assert_int_equal(toy.freed, 1);
	seg(0, 0, 30, 0);			/* late doubles */
	seg_as(1, 0, 30, 30, TCP_FIN | TCP_ACK);
	assert_int_equal(rig.stats.n[STAT_FLOWS], 1);
	rig.isn[0] += 12345;			/* the same ports again */
	rig.isn[1] += 54321;
	handshake();
	seg(0, 0, 30, 0);
	seg(1, 0, 30, 30);
	assert_int_equal(rig.stats.n[STAT_FLOWS], 2);
	rig_down("c1 s1 c1 s1");

	/* A RST may be forged. */
	rig_up(MAX_MEMORY);
	talk();
	handshake();
	seg(0, 0, 30, 0);
	seg_as(1, 0, 0, 30, TCP_RST);
	seg(1, 0, 30, 30);
	assert_int_equal(toy.freed, 0);
	seg_as(1, 30, 30, 30, TCP_RST);
	rig.cport = 40000;
	rig.w.now.us += FLOW_CLOSED + 2 * SEC;
	seg(0, 0, 1, 0);
	assert_int_equal(toy.freed, 1);
	assert_int_equal(rig.stats.n[STAT_RST], 2);
	rig_down("c1 s1");
}

static void
test_port_reuse(void **state)
{
	(void)state;
	/* Live: a SYN out of the window starts anew, one inside is forged. */
	rig_up(MAX_MEMORY);
	talk();
	handshake();
	seg(0, 0, 30, 0);
	put(0, TCP_SYN, rig.isn[0] + 500, 0, (struct view){ NULL, 0 });
	seg(1, 0, 30, 30);
	assert_int_equal(toy.conns, 1);
	rig.isn[0] += 1u << 30;
	rig.isn[1] += 1u << 30;
	handshake();
	assert_int_equal(toy.freed, 1);
	seg(0, 0, 30, 0);
	seg(1, 0, 30, 30);
	rig_down("c1 s1 c1 s1");

	/* Refused, and tried again. */
	rig_up(MAX_MEMORY);
	talk();
	put(0, TCP_SYN, rig.isn[0], 0, (struct view){ NULL, 0 });
	put(1, TCP_RST | TCP_ACK, 0, rig.isn[0] + 1, (struct view){ NULL, 0 });
	rig.isn[0] += 77;
	handshake();
	seg(0, 0, 30, 0);
	rig_down("c1");
}

/* What nobody wanted is passed over for a while; who comes next on its ports is not. */
static void
test_reuse_after_not_ours(void **state)
{
	static const uint8_t other[] = "GET / HTTP/1.1";

	(void)state;
	rig_up(MAX_MEMORY);
	talk();
	handshake();
	for (uint32_t i = 0; i < 3; i++)
		put(0, TCP_ACK, rig.isn[0] + 1 + i * 14, rig.isn[1] + 1, (struct view){ other, 14 });
	assert_int_equal(toy.conns, 0);
	rig.isn[0] += 5000;
	rig.isn[1] += 5000;
	handshake();
	seg(0, 0, 30, 0);
	seg(1, 0, 30, 30);
	rig_down("c1 s1");
}

/* Data on the SYN; the SYN after the data; SYNs out of order. */
static void
test_syns(void **state)
{
	(void)state;
	rig_up(MAX_MEMORY);
	talk();
	put(0, TCP_SYN, rig.isn[0], 0, (struct view){ rig.bytes[0], 20 });
	put(0, TCP_SYN, rig.isn[0], 0, (struct view){ rig.bytes[0], 20 });
	put(1, TCP_SYN | TCP_ACK, rig.isn[1], rig.isn[0] + 21, (struct view){ NULL, 0 });
	seg(0, 20, 30, 0);
	seg(1, 0, 30, 30);
	rig_down("c1 s1");

	rig_up(MAX_MEMORY);
	talk();
	put(1, TCP_SYN | TCP_ACK, rig.isn[1], rig.isn[0] + 1, (struct view){ NULL, 0 });
	seg(1, 0, 30, 30);
	put(0, TCP_SYN, rig.isn[0], 0, (struct view){ NULL, 0 });
	seg(0, 0, 30, 0);
	assert_int_equal(rig.stats.n[STAT_FLOWS], 1);
	rig_down("s1 c1");
}

static void
test_one_way(void **state)
{
	(void)state;
	rig_up(MAX_MEMORY);
	talk();
	put(1, TCP_SYN | TCP_ACK, rig.isn[1], rig.isn[0] + 1, (struct view){ NULL, 0 });
	for (size_t i = 0; i < 3; i++)
		seg(1, i * 30, i * 30 + 30, i * 30 + 30);
	assert_string_equal(toy.log, "s1 s2 s3");
	seg_as(1, 90, 90, 90, TCP_FIN | TCP_ACK);
	rig.cport = 40000;
	rig.w.now.us += FLOW_CLOSED + 2 * SEC;
	seg(0, 0, 1, 0);
	assert_int_equal(toy.freed, 1);
	rig_down("s1 s2 s3");
}

static void
test_idle(void **state)
{
	(void)state;
	rig_up(MAX_MEMORY);
	talk();
	handshake();
	seg(0, 0, 30, 0);
	rig.w.now.us += FLOW_IDLE / 2;
	seg(1, 0, 30, 30);
	rig.w.now.us += FLOW_IDLE / 2 + 10 * SEC;
	seg(0, 30, 60, 30);
	assert_int_equal(toy.freed, 0);
	rig.cport = 40000;
	rig.w.now.us += FLOW_IDLE + 2 * SEC;
	seg(0, 0, 1, 0);
	assert_int_equal(toy.freed, 1);
	rig.w.now.us -= FLOW_IDLE;		/* a clock that steps back */
	seg(0, 1, 30, 0);
	rig_down("c1 s1 c2 c1");
}

static void
syn_from(uint32_t i)
{
	struct pkt p = ends(0);

	p.flags = TCP_SYN;
	p.src = (struct addr){ .b = { 11, (uint8_t)(i >> 16), (uint8_t)(i >> 8), (uint8_t)i } };
	flow_packet(rig.t, &p);
}

/* Unwanted flows go first, the least recently used of them at that. */
static void
test_eviction(void **state)
{
	(void)state;
	rig_up(MAX_MEMORY);
	talk();
	handshake();
	seg(0, 0, 30, 0);
	for (uint32_t i = 0; i < MAX_FLOWS + 500; i++)
		syn_from(i);
	assert_int_equal(rig.stats.n[STAT_FLOWS_EVICTED], 501);
	assert_true(rig.all.used < 25 << 20);
	seg(1, 0, 30, 30);
	rig_down("c1 s1");
}

/* However many flows come, an eighth of the memory stays free for what our own
 * connections have yet to say. */
static void
test_reserve(void **state)
{
	size_t limit;

	(void)state;
	rig_up(MAX_MEMORY);
	limit = rig.all.used + (4u << 20);
	rig_down("");
	rig_up(limit);
	talk();
	handshake();
	seg(0, 0, 30, 0);
	for (uint32_t i = 0; i < 50000; i++)
		syn_from(i);
	assert_true(rig.stats.n[STAT_FLOWS_EVICTED] > 0);
	assert_true(rig.all.used > limit - limit / 4);
	assert_true(rig.all.used < limit - limit / 8 + 1024);
	assert_int_equal(rig.all.refused, 0);
	seg(1, 0, 30, 30);
	rig_down("c1 s1");
}

/* Little memory: some flows are lost, none of the others' bytes is. */
static void
test_no_memory(void **state)
{
	size_t least;

	(void)state;
	rig_up(MAX_MEMORY);
	least = rig.all.used;
	rig_down("");
	for (size_t more = 0; more < 6000; more += 37) {
		rig_up(least + more);
		talk();
		for (uint16_t i = 0; i < 5; i++) {
			rig.cport = (uint16_t)(50000 + i);
			handshake();
			seg(0, 0, 20, 0);
			seg(1, 0, 30, 30);
			seg(0, 20, 30, 0);
		}
		rig_down(NULL);
		assert_null(strstr(toy.log, "wrong"));
	}
	assert_int_equal(toy.conns, 5);
}

/* At the end flows are told in the order in which they began. */
static void
test_flush_order(void **state)
{
	char want[200] = "";

	(void)state;
	rig_up(MAX_MEMORY);
	for (uint8_t i = 0; i < 20; i++) {
		rig.cport = (uint16_t)(50000 + i);
		rig.n[0] = 0;
		pdu(0, 'c', i, 30);
		seg(0, 0, 20, 0);
		snprintf(want + strlen(want), sizeof(want) - strlen(want), "%sc%d-",
		    i > 0 ? " " : "", i);
	}
	for (uint16_t i = 20; i-- > 0;) {
		rig.cport = (uint16_t)(50000 + i);
		rig.w.now.us += SEC;
		seg(0, 20, 20, 0);
	}
	rig_down(want);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_same_pdus),
		cmocka_unit_test(test_peers),
		cmocka_unit_test(test_scopes),
		cmocka_unit_test(test_loss),
		cmocka_unit_test(test_bulk),
		cmocka_unit_test(test_snaplen),
		cmocka_unit_test(test_midstream),
		cmocka_unit_test(test_not_ours),
		cmocka_unit_test(test_claims),
		cmocka_unit_test(test_hopeless),
		cmocka_unit_test(test_close),
		cmocka_unit_test(test_port_reuse),
		cmocka_unit_test(test_reuse_after_not_ours),
		cmocka_unit_test(test_syns),
		cmocka_unit_test(test_one_way),
		cmocka_unit_test(test_idle),
		cmocka_unit_test(test_eviction),
		cmocka_unit_test(test_reserve),
		cmocka_unit_test(test_no_memory),
		cmocka_unit_test(test_flush_order),
	};

	return cmocka_run_group_tests_name("flow", tests, NULL, NULL);
}
