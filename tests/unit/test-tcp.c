#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "engine/tcp.h"

#define N 4000			/* bytes of a side's stream */
#define MS 1000

static struct {
	struct budget	 all, b;
	struct stats	 stats;
	struct tcp	 t;
	int64_t		 now;
	uint64_t	 pkt;		/* the packet's number */
	uint64_t	 moment[2];	/* the one that the last bytes were told to be of */
	uint32_t	 isn[2];
	uint64_t	 at[2];		/* stream offsets of the user */
	uint64_t	 skip[2];
	uint64_t	 lost[2];
	uint8_t		 got[2][N + 1];	/* 1: data, 2: gap */
	char		 order[1 << 14];
	size_t		 norder;
} rig;

/* The byte at an offset; it tells one offset from another. */
static uint8_t
byte_at(unsigned int side, uint64_t off)
{
	return (uint8_t)(off * 7 + off / 251 + side * 128);
}

static void
say(unsigned int side, char c)
{
	rig.order[rig.norder++] = (char)(side == 0 ? c : c - 'a' + 'A');
}

static void
got_data(void *arg, unsigned int side, const struct packet_ref *at, struct view v)
{
	assert_ptr_equal(arg, &rig);
	rig.moment[side] = at->pkt;
	for (size_t i = 0; i < v.len; i++, rig.at[side]++) {
		assert_int_equal(v.p[i], byte_at(side, rig.at[side]));
		assert_true(rig.at[side] < N);
		rig.got[side][rig.at[side]] = 1;
	}
	rig.skip[side] -= v.len < rig.skip[side] ? v.len : rig.skip[side];
	say(side, 'd');
}

static void
got_gap(void *arg, unsigned int side, uint64_t n)
{
	assert_ptr_equal(arg, &rig);
	if (n <= rig.skip[side]) {
		rig.skip[side] -= n;
	} else {
		rig.skip[side] = 0;
		say(side, 'g');
		rig.lost[side] += n != UINT64_MAX ? n : 0;
	}
	if (n != UINT64_MAX)
		rig.at[side] += n;
}

static uint64_t
got_skip(void *arg, unsigned int side)
{
	assert_ptr_equal(arg, &rig);
	return rig.skip[side];
}

static const struct tcp_user user = { got_data, got_gap, got_skip };

static void
no_data(void *arg, unsigned int side, const struct packet_ref *at, struct view v)
{
	(void)arg;
	(void)at;
	(void)side;
	(void)v;
}

static const struct tcp_user deaf = { no_data, got_gap, got_skip };

static void
rig_up(uint32_t isn0, uint32_t isn1, size_t limit)
{
	memset(&rig, 0, sizeof(rig));
	rig.isn[0] = isn0;
	rig.isn[1] = isn1;
	rig.now = INT64_C(1700000000) * 1000000;
	budget_init(&rig.all, NULL, MAX_MEMORY);
	budget_init(&rig.b, &rig.all, limit);
	tcp_init(&rig.t, &user, &rig, &rig.b, &rig.stats);
}

static void
rig_syn(void)
{
	tcp_syn(&rig.t, 0, rig.isn[0]);
	tcp_syn(&rig.t, 1, rig.isn[1]);
}

static void
rig_down(void)
{
	tcp_free(&rig.t);
	assert_int_equal(rig.all.used, 0);
}

/* The stream's bytes from..to of a side that has the other's up to ack. */
static bool
seg_as(unsigned int side, uint64_t from, uint64_t to, uint64_t ack, uint8_t flags,
    size_t snap, uint8_t flip)
{
	size_t len = (size_t)(to - from), have = len < snap ? len : snap;
	uint8_t *bytes = malloc(have);
	struct pkt p = { .seq = rig.isn[side] + 1 + (uint32_t)from,
	    .ack = rig.isn[!side] + 1 + (uint32_t)ack,
	    .flags = flags, .payload = { bytes, have }, .wire_len = len };
	struct packet_ref now;
	bool moved;

	for (size_t i = 0; i < have; i++)
		bytes[i] = byte_at(side, from + i) ^ flip;
	rig.now += 10;
	now = (struct packet_ref){ .us = rig.now, .pkt = ++rig.pkt };
	moved = tcp_packet(&rig.t, side, &p, &now);
	free(bytes);
	return moved;
}

static bool
seg(unsigned int side, uint64_t from, uint64_t to, uint64_t ack)
{
	return seg_as(side, from, to, ack, TCP_ACK, SIZE_MAX, 0);
}

static void
assert_all(unsigned int side, uint64_t to)
{
	for (uint64_t i = 0; i < to; i++)
		assert_int_equal(rig.got[side][i], 1);
	assert_int_equal(rig.at[side], to);
}

/* Request and answer, in segments of step bytes: the conversation used below. */
struct step {
	unsigned int	 side;
	uint64_t	 from, to, ack;
	size_t		 late;		/* its place in the capture */
};

static int
by_late(const void *va, const void *vb)
{
	const struct step *a = va, *b = vb;

	return (a->late > b->late) - (a->late < b->late);
}

static size_t
conversation(struct step *s, size_t step, size_t turns)
{
	uint64_t at[2] = { 0, 0 };
	size_t n = 0;

	for (size_t turn = 0; turn < turns; turn++)
		for (unsigned int side = 0; side < 2; side++)
			for (uint64_t end = at[side] + 50 + 13 * turn; at[side] < end; n++) {
				uint64_t to = at[side] + step < end ? at[side] + step : end;

				s[n] = (struct step){ side, at[side], to, at[!side], n };
				at[side] = to;
			}
	return n;
}

static struct step steps[4096];

/* In order, and each packet twice. */
static void
test_in_order(void **state)
{
	(void)state;
	for (unsigned int twice = 0; twice < 2; twice++)
		for (size_t step = 1; step < 70; step += 3) {
			size_t n = conversation(steps, step, 5);

			rig_up(UINT32_MAX - 100, 5000, 0);	/* nothing to copy to */
			if (step % 2)
				rig_syn();
			for (size_t i = 0; i < n; i++) {
				const struct step *s = &steps[i];

				assert_true(seg(s->side, s->from, s->to, s->ack));
				if (twice)
					assert_false(seg(s->side, s->from, s->to, s->ack));
			}
			assert_all(0, 380);
			assert_all(1, 380);
			assert_false(tcp_waits(&rig.t));
			assert_int_equal(rig.stats.n[STAT_GAPS], 0);
			assert_int_equal(rig.stats.n[STAT_OVERLAP], 0);
			rig_down();
		}
}

/* Shuffled, within a window: everything comes, each request before its answer. */
static void
test_reordered(void **state)
{
	(void)state;
	for (unsigned int seed = 1; seed < 60; seed++) {
		size_t n = conversation(steps, 1 + seed % 40, 5);
		uint64_t sofar[2] = { 0, 0 };

		srand(seed);
		rig_up(UINT32_MAX - seed * 3, seed, MAX_FLOW_MEM);
		rig_syn();
		for (size_t i = 0; i < n; i++)
			steps[i].late = i + (size_t)rand() % 20;
		qsort(steps, n, sizeof(steps[0]), by_late);
		for (size_t i = 0; i < n; i++) {
			const struct step *s = &steps[i];

			seg(s->side, s->from, s->to, s->ack);
			for (unsigned int side = 0; side < 2; side++)
				assert_true(rig.at[side] >= sofar[side]);
			/* Turn by turn: neither side is ahead of what it answers. */
			for (uint64_t end = 0, turn = 0; turn < 5; turn++) {
				if (rig.at[1] > end)
					assert_true(rig.at[0] >= end + 50 + 13 * turn);
				if (rig.at[0] > end + 50 + 13 * turn)
					assert_true(rig.at[1] >= end + 50 + 13 * turn);
				end += 50 + 13 * turn;
			}
			memcpy(sofar, rig.at, sizeof(sofar));
		}
		assert_all(0, 380);
		assert_all(1, 380);
		assert_false(tcp_waits(&rig.t));
		assert_int_equal(rig.stats.n[STAT_GAPS], 0);
		rig_down();
	}
}

static void
test_answer_first(void **state)
{
	(void)state;
	rig_up(1, 2, MAX_FLOW_MEM);
	rig_syn();
	seg(1, 0, 100, 40);
	seg(1, 100, 150, 40);
	assert_string_equal(rig.order, "");
	seg(0, 0, 20, 0);
	seg(0, 20, 40, 0);
	assert_string_equal(rig.order, "ddDD");
	rig_down();

	/* The request was not captured: the answer waits, not for ever. */
	rig_up(1, 2, MAX_FLOW_MEM);
	rig_syn();
	seg(1, 0, 100, 40);
	tcp_tick(&rig.t, rig.now + TCP_WAIT_ACKED - 20 * MS);
	assert_string_equal(rig.order, "");
	tcp_tick(&rig.t, rig.now + TCP_WAIT_ACKED);
	assert_string_equal(rig.order, "gD");
	assert_int_equal(rig.lost[0], 40);
	rig_down();

	/* One direction was never captured: nothing to wait for. */
	rig_up(1, 2, 0);
	for (uint64_t i = 0; i < 10; i++)
		seg(1, i * 100, (i + 1) * 100, i * 40);
	assert_all(1, 1000);
	assert_false(tcp_waits(&rig.t));
	rig_down();
}

static void
test_ack_before_data(void **state)
{
	(void)state;
	rig_up(1, 2, MAX_FLOW_MEM);
	rig_syn();
	for (uint64_t i = 0; i < 300; i++) {
		seg(1, 0, 0, i * 10 + 10);
		seg(0, i * 10, i * 10 + 10, 0);
	}
	assert_all(0, 3000);
	assert_int_equal(rig.stats.n[STAT_GAPS], 0);
	rig_down();
}

static void
test_loss(void **state)
{
	(void)state;
	/* Acknowledged: a few packets of patience. */
	rig_up(1, 2, MAX_FLOW_MEM);
	rig_syn();
	seg(0, 0, 100, 0);
	seg(0, 200, 300, 0);
	for (int i = 0; i < TCP_PATIENCE_ACKED; i++) {
		assert_int_equal(rig.at[0], 100);
		seg(1, 0, 0, 300);
	}
	seg(1, 0, 0, 300);
	assert_int_equal(rig.at[0], 300);
	assert_int_equal(rig.lost[0], 100);
	assert_string_equal(rig.order, "dgd");
	assert_int_equal(rig.stats.n[STAT_GAPS], 1);
	assert_int_equal(rig.stats.n[STAT_GAP_BYTES], 100);
	seg(0, 100, 200, 0);			/* too late */
	assert_string_equal(rig.order, "dgd");
	rig_down();

	/* Not acknowledged: more of it, and more time. */
	rig_up(1, 2, MAX_FLOW_MEM);
	rig_syn();
	seg(0, 0, 100, 0);
	seg(0, 200, 300, 0);
	for (int i = 0; i < TCP_PATIENCE_OPEN - 1; i++)
		seg(1, 0, 0, 100);
	assert_int_equal(rig.at[0], 100);
	seg(1, 0, 0, 100);
	assert_int_equal(rig.at[0], 300);
	rig_down();

	rig_up(1, 2, MAX_FLOW_MEM);
	rig_syn();
	seg(0, 200, 300, 0);
	assert_true(tcp_waits(&rig.t));
	tcp_tick(&rig.t, rig.now + TCP_WAIT_OPEN - 1);
	assert_int_equal(rig.at[0], 0);
	tcp_tick(&rig.t, rig.now + TCP_WAIT_OPEN);
	assert_int_equal(rig.at[0], 300);
	assert_false(tcp_waits(&rig.t));
	rig_down();

	/* Acknowledged, and nothing behind it. */
	rig_up(1, 2, MAX_FLOW_MEM);
	rig_syn();
	seg(1, 0, 0, 70);
	assert_true(tcp_waits(&rig.t));
	tcp_tick(&rig.t, rig.now + TCP_WAIT_ACKED);
	assert_string_equal(rig.order, "g");
	assert_int_equal(rig.at[0], 70);
	assert_false(tcp_waits(&rig.t));
	rig_down();

	/* ... and it comes after all: then order is uncertain, bytes are not. */
	rig_up(1, 2, MAX_FLOW_MEM);
	rig_syn();
	seg(1, 0, 0, 70);
	tcp_tick(&rig.t, rig.now + TCP_WAIT_ACKED);
	rig.at[0] = 0;
	seg(0, 0, 70, 0);
	assert_string_equal(rig.order, "ggd");
	assert_all(0, 70);
	rig_down();

	/* At the end of the capture. */
	rig_up(1, 2, MAX_FLOW_MEM);
	rig_syn();
	seg(1, 50, 100, 40);
	seg(0, 20, 40, 0);
	tcp_flush(&rig.t);
	assert_int_equal(rig.at[0], 40);
	assert_int_equal(rig.at[1], 100);
	assert_false(tcp_waits(&rig.t));
	rig_down();
}

/* Holes here and there: each costs its bytes and no others. */
static void
test_lossy(void **state)
{
	(void)state;
	rig_up(UINT32_MAX - 1000, 2, MAX_FLOW_MEM);
	rig_syn();
	for (uint64_t i = 0; i < 400; i++) {
		if (i % 50 != 20)
			seg(0, i * 10, i * 10 + 10, 0);
		seg(1, 0, 0, i * 10 + 10);
	}
	assert_true(rig.at[0] >= N - 64 * 10);
	tcp_flush(&rig.t);
	for (uint64_t i = 0; i < N; i++)
		assert_int_equal(rig.got[0][i], i / 10 % 50 != 20);
	assert_int_equal(rig.stats.n[STAT_GAPS], 8);
	assert_int_equal(rig.stats.n[STAT_GAP_BYTES], 80);
	rig_down();
}

static void
test_skip(void **state)
{
	(void)state;
	/* Loss inside is no loss; nothing is waited for, nothing is copied. */
	rig_up(1, 2, 0);
	rig_syn();
	rig.skip[0] = 1000;
	seg(0, 0, 100, 0);
	seg(0, 300, 500, 0);
	seg(0, 200, 300, 0);			/* overtaken */
	assert_int_equal(rig.at[0], 500);
	seg(1, 0, 50, 900);			/* the rest was acknowledged */
	assert_int_equal(rig.at[0], 900);
	assert_int_equal(rig.at[1], 50);
	seg(0, 800, 1100, 50);
	assert_int_equal(rig.at[0], 1100);
	assert_int_equal(rig.stats.n[STAT_GAPS], 0);
	assert_false(tcp_waits(&rig.t));
	rig_down();

	/* What lies behind the skip is told, after what it answers. */
	rig_up(1, 2, MAX_FLOW_MEM);
	rig_syn();
	rig.skip[0] = 150;
	seg(0, 100, 200, 30);
	assert_int_equal(rig.at[0], 150);
	seg(1, 0, 30, 0);
	assert_int_equal(rig.at[0], 200);
	assert_string_equal(rig.order, "dDd");
	rig_down();

	/* A hole that reaches further is one. */
	rig_up(1, 2, MAX_FLOW_MEM);
	rig_syn();
	rig.skip[0] = 150;
	seg(0, 151, 200, 0);
	assert_int_equal(rig.at[0], 0);
	tcp_flush(&rig.t);
	assert_int_equal(rig.stats.n[STAT_GAPS], 1);
	rig_down();
}

static void
test_overlap(void **state)
{
	(void)state;
	/* The first copy wins, whether it was handed over or waits. */
	rig_up(1, 2, MAX_FLOW_MEM);
	rig_syn();
	seg(0, 0, 10, 0);
	seg_as(0, 0, 10, 0, TCP_ACK, SIZE_MAX, 0xff);
	assert_int_equal(rig.stats.n[STAT_OVERLAP], 0);
	seg(0, 5, 20, 0);
	assert_int_equal(rig.stats.n[STAT_OVERLAP], 1);
	seg(0, 30, 40, 0);
	seg(0, 50, 60, 0);
	seg(0, 25, 65, 0);			/* over both */
	assert_int_equal(rig.stats.n[STAT_OVERLAP], 3);
	assert_int_equal(rig.stats.n[STAT_OVERLAP_DIFF], 0);
	seg_as(0, 35, 55, 0, TCP_ACK, SIZE_MAX, 0xff);
	assert_int_equal(rig.stats.n[STAT_OVERLAP_DIFF], 3);
	seg(0, 20, 26, 0);
	assert_all(0, 65);
	rig_down();
}

static void
test_probes(void **state)
{
	(void)state;
	rig_up(1, 2, 0);
	rig_syn();
	seg(0, 0, 100, 0);
	seg_as(0, 99, 99, 0, TCP_ACK, SIZE_MAX, 0);	/* keep-alives */
	seg_as(0, 99, 100, 0, TCP_ACK, SIZE_MAX, 0xff);
	assert_all(0, 100);
	seg(0, 100, 101, 0);			/* a zero-window probe is data */
	assert_all(0, 101);
	seg(0, 101, 200, 0);
	assert_all(0, 200);
	rig_down();

	/* A keep-alive as the first that is seen of a side. */
	rig_up(1, 2, 0);
	rig.at[0] = 100;
	seg(1, 0, 0, 100);
	seg_as(0, 99, 100, 0, TCP_ACK, SIZE_MAX, 0xff);
	seg(0, 100, 200, 0);
	assert_int_equal(rig.at[0], 200);
	rig_down();
}

/* A capture that begins in the middle, and out of order. */
static void
test_midstream(void **state)
{
	(void)state;
	rig_up(1, 2, MAX_FLOW_MEM);
	rig.at[0] = 60;
	seg(1, 0, 50, 100);
	seg(0, 60, 100, 0);			/* side 1 has seen it already */
	assert_string_equal(rig.order, "Dd");
	seg(0, 20, 60, 0);			/* too late */
	assert_string_equal(rig.order, "Dd");
	rig_down();

	rig_up(1, 2, MAX_FLOW_MEM);
	rig.at[0] = 60;
	seg(1, 0, 0, 100);
	seg(0, 60, 100, 0);
	assert_int_equal(rig.at[0], 100);
	assert_string_equal(rig.order, "d");
	rig_down();

	/* The SYN comes after the data. */
	rig_up(1, 2, MAX_FLOW_MEM);
	seg(1, 0, 0, 100);
	tcp_syn(&rig.t, 0, 1);
	seg(0, 50, 100, 0);
	seg(0, 0, 50, 0);
	assert_all(0, 100);
	rig_down();
}

static void
test_fin(void **state)
{
	(void)state;
	rig_up(1, 2, MAX_FLOW_MEM);
	rig_syn();
	seg_as(0, 50, 100, 0, TCP_ACK | TCP_FIN, SIZE_MAX, 0);
	seg_as(1, 0, 30, 101, TCP_ACK | TCP_FIN, SIZE_MAX, 0);	/* it has the FIN */
	assert_string_equal(rig.order, "");
	seg(0, 0, 50, 0);
	assert_string_equal(rig.order, "ddD");
	assert_true(tcp_finished(&rig.t));
	assert_false(tcp_waits(&rig.t));
	rig_down();

	/* A forged FIN ends nothing. */
	rig_up(1, 2, MAX_FLOW_MEM);
	rig_syn();
	seg(0, 0, 50, 0);
	seg_as(0, 50, 50, 0, TCP_ACK | TCP_FIN, SIZE_MAX, 0);
	seg_as(0, 500, 500, 0, TCP_ACK | TCP_FIN, SIZE_MAX, 0);
	seg(0, 50, 100, 0);
	assert_all(0, 100);
	assert_false(tcp_waits(&rig.t));
	rig_down();

	/* The acknowledgement of a FIN that comes before it. */
	rig_up(1, 2, MAX_FLOW_MEM);
	rig_syn();
	seg(1, 0, 10, 51);
	seg_as(0, 0, 50, 0, TCP_ACK | TCP_FIN, SIZE_MAX, 0);
	assert_string_equal(rig.order, "dD");
	assert_false(tcp_waits(&rig.t));
	rig_down();
}

static void
test_far_off(void **state)
{
	uint64_t far = UINT64_C(1) << 30;

	(void)state;
	rig_up(1, 2, MAX_FLOW_MEM);
	rig_syn();
	seg(0, 0, 100, 0);
	seg(0, far, far + 10, 0);
	seg(0, far, far + 10, 0);		/* doubles do not count */
	seg(0, far, far + 10, 0);
	seg(0, far + 10, far + 20, 0);
	seg(0, 2 * far, 2 * far + 10, 0);	/* nor what does not follow */
	seg(0, 3 * far, 3 * far + 10, 0);
	assert_int_equal(rig.stats.n[STAT_TCP_OUT_OF_WINDOW], 6);
	seg(0, 100, 200, 0);
	assert_all(0, 200);
	assert_int_equal(rig.stats.n[STAT_GAPS], 0);
	rig.isn[0] += (uint32_t)far;		/* now it is elsewhere */
	seg(0, 200, 210, 0);
	seg(0, 210, 220, 0);
	assert_int_equal(rig.at[0], 200);
	rig.at[0] = 220;
	seg(0, 220, 230, 0);
	assert_int_equal(rig.at[0], 230);
	assert_string_equal(rig.order, "ddgd");
	rig_down();

	/* An acknowledgement that makes no sense holds nothing back. */
	rig_up(1, 2, 0);
	rig_syn();
	seg(0, 0, 10, far);
	assert_all(0, 10);
	rig_down();
}

static void
test_snaplen(void **state)
{
	(void)state;
	rig_up(1, 2, MAX_FLOW_MEM);
	rig_syn();
	seg_as(0, 100, 200, 0, TCP_ACK, 30, 0);
	seg_as(0, 0, 100, 0, TCP_ACK, 40, 0);
	seg(0, 200, 250, 0);
	assert_string_equal(rig.order, "dgdgd");
	for (uint64_t i = 0; i < 250; i++)
		assert_int_equal(rig.got[0][i], i < 40 || (i >= 100 && i < 130) || i >= 200);
	assert_int_equal(rig.stats.n[STAT_GAP_BYTES], 130);
	rig_down();
}

/* Each limit ends the wait for what is missing, and bounds the memory. */
static void
test_limits(void **state)
{
	static uint8_t big[60000];
	struct pkt p = { .seq = 200001, .flags = TCP_ACK, .payload = { big, sizeof(big) },
	    .wire_len = sizeof(big) };

	(void)state;
	rig_up(1, 2, MAX_FLOW_MEM);
	rig_syn();
	for (uint64_t i = 1; i < 1000; i++)
		seg(0, i * 2, i * 2 + 1, 0);
	assert_true(rig.t.s[0].nsegs <= MAX_TCP_SEGS);
	tcp_flush(&rig.t);
	for (uint64_t i = 2; i < 2000; i++)
		assert_int_equal(rig.got[0][i], i % 2 == 0);
	rig_down();

	rig_up(1, 2, 4000);
	rig_syn();
	for (uint64_t i = 1; i < 100; i++)
		seg(0, i * 20, i * 20 + 10, 0);
	assert_true(rig.stats.n[STAT_TCP_QUEUE_FULL] > 0);
	tcp_flush(&rig.t);
	for (uint64_t i = 20; i < 1990; i++)
		assert_int_equal(rig.got[0][i], i % 20 < 10);
	rig_down();

	rig_up(1, 2, 0);			/* no memory at all */
	rig_syn();
	seg(1, 0, 10, 10);
	seg(1, 20, 30, 10);
	assert_int_equal(rig.at[1], 30);
	seg(0, 0, 10, 0);
	assert_all(0, 10);
	rig_down();

	rig_up(1, 2, MAX_FLOW_MEM);
	tcp_syn(&rig.t, 0, 1);
	rig.t.user = &deaf;
	for (int i = 0; i < 40; i++, p.seq += sizeof(big))
		tcp_packet(&rig.t, 0, &p, &(struct packet_ref){ .us = rig.now });
	assert_true(rig.t.s[0].queued <= MAX_TCP_QUEUE);
	assert_true(rig.all.peak <= MAX_TCP_QUEUE + MAX_TCP_SEGS * 128);
	assert_int_equal(rig.stats.n[STAT_GAPS], 1);
	rig_down();
}

/* Each side says that it has seen what the other sends later. */
static void
test_deadlock(void **state)
{
	(void)state;
	rig_up(1, 2, MAX_FLOW_MEM);
	rig_syn();
	seg(0, 0, 10, 20);
	seg(1, 0, 20, 10);
	assert_string_equal(rig.order, "");
	tcp_tick(&rig.t, rig.now + TCP_WAIT_OPEN);
	assert_all(0, 10);
	assert_all(1, 20);
	assert_string_equal(rig.order, "dD");
	rig_down();
}

/* What waited is told as of the packet that brought it, or a later one that
 * it had to wait for on its own side. */
static void
test_moments(void **state)
{
	(void)state;
	rig_up(1, 2, MAX_FLOW_MEM);
	rig_syn();
	rig.pkt = 0;
	seg(0, 0, 10, 0);		/* 1 */
	assert_int_equal(rig.moment[0], 1);
	seg(1, 0, 10, 20);		/* 2: the answer, before the request's end */
	assert_int_equal(rig.at[1], 0);
	seg(0, 10, 20, 0);		/* 3 */
	assert_int_equal(rig.moment[0], 3);
	assert_int_equal(rig.moment[1], 2);
	seg(0, 30, 40, 10);		/* 4: ahead of 5 */
	seg(0, 20, 30, 10);
	assert_int_equal(rig.at[0], 40);
	assert_int_equal(rig.moment[0], 5);
	rig_down();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_in_order),
		cmocka_unit_test(test_reordered),
		cmocka_unit_test(test_answer_first),
		cmocka_unit_test(test_ack_before_data),
		cmocka_unit_test(test_loss),
		cmocka_unit_test(test_lossy),
		cmocka_unit_test(test_skip),
		cmocka_unit_test(test_overlap),
		cmocka_unit_test(test_probes),
		cmocka_unit_test(test_midstream),
		cmocka_unit_test(test_fin),
		cmocka_unit_test(test_far_off),
		cmocka_unit_test(test_snaplen),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_deadlock),
		cmocka_unit_test(test_moments),
	};

	return cmocka_run_group_tests_name("tcp", tests, NULL, NULL);
}
