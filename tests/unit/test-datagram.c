#include "engine/decode.h"

#include "wire/frame.h"

#define IN_UDP	{ text, TEXTLEN }, { udp, 88 }, { ip4, 17 }

static const struct stack udp_stacks[] = {
	{ "UDP", ETHERNET, .l = { IN_UDP, { eth, 0x0800 } } },
	{ "UDP, IPv6", ETHERNET, .l = { { text, TEXTLEN }, { udp, 88 }, { ip6, 17 },
	    { eth, 0x86dd } }, .v6 = true },
	{ "UDP, 802.1Q", ETHERNET, .l = { IN_UDP, { vlan, TAG(10, 0x0800) },
	    { eth, 0x8100 } }, 1, { 10 }, .scope = true },
	{ "UDP in VXLAN", ETHERNET, .l = { IN_UDP, { eth, 0x0800 }, { word, 0x00004200 },
	    { word, 0x08000000 }, { udp, 4789 }, UNDER_IP }, .scope = true },
	{ "UDP in GRE", ETHERNET, .l = { IN_UDP, { word, 0x0800 }, UNDER_GRE } },
};

static void
expect_datagram(const struct bench *b, const char *name)
{
	if (b->n != 0 || b->datagrams != 1)
		fail_msg("%s: %u segments, %u datagrams", name, b->n, b->datagrams);
	assert_int_equal(b->got.sport, 1024);
	assert_int_equal(b->got.dport, 88);
	assert_int_equal(b->got.flags, 0);
	assert_int_equal(b->got.seq, 0);
	assert_int_equal(b->got.payload.len, TEXTLEN);
	assert_int_equal(b->got.wire_len, TEXTLEN);
	assert_memory_equal(b->payload, TEXT, TEXTLEN);
}

static void
datagrams(void **state)
{
	static const uint8_t four[2][16] = { { 10, 0, 0, 1 }, { 10, 0, 0, 2 } };
	struct bench *b = *state;

	for (size_t i = 0; i < nitems(udp_stacks); i++) {
		const struct stack *s = &udp_stacks[i];
		struct frame f = build(s);

		run_whole(b, s->dlt, &f);
		expect_datagram(b, s->name);
		assert_int_equal(b->got.src.v6, s->v6);
		if (!s->v6) {
			assert_memory_equal(b->got.src.b, four[0], 16);
			assert_memory_equal(b->got.dst.b, four[1], 16);
		}
		assert_int_equal(b->got.nvlan, s->nvlan);
		assert_int_equal(b->got.scope != 0, s->scope);
	}
	assert_int_equal(b->stats.n[STAT_INVALID], 0);
}

/* Cut by snaplen: the length that crossed the wire is told.  By the sender: there is no more. */
static void
datagrams_cut(void **state)
{
	struct bench *b = *state;

	for (size_t i = 0; i < nitems(udp_stacks); i++) {
		struct frame f = build(&udp_stacks[i]);
		size_t len = length(&f);

		for (size_t n = 0; n < len; n++) {
			run(b, ETHERNET, &f, n, len);
			assert_int_equal(b->datagrams, n >= len - TEXTLEN);
			if (b->datagrams == 0)
				continue;
			assert_int_equal(b->got.wire_len, TEXTLEN);
			assert_int_equal(b->got.payload.len, n - (len - TEXTLEN));
			assert_memory_equal(b->payload, TEXT, b->got.payload.len);
			run(b, ETHERNET, &f, n, n);
			assert_int_equal(b->got.wire_len, b->got.payload.len);
		}
	}
}

/* What follows the datagram is padding; a length that cannot be is not believed. */
static void
datagram_lengths(void **state)
{
	struct bench *b = *state;
	struct frame f = build(&udp_stacks[0]);

	be16enc(f.b + f.at + 38, 8 + 5);
	run_whole(b, ETHERNET, &f);
	assert_int_equal(b->datagrams, 1);
	assert_int_equal(b->got.payload.len, 5);
	assert_int_equal(b->got.wire_len, 5);
	be16enc(f.b + f.at + 38, 8);
	run_whole(b, ETHERNET, &f);
	assert_int_equal(b->datagrams, 1);
	assert_int_equal(b->got.payload.len, 0);
	for (uint16_t bad = 0; bad < 8; bad++) {
		be16enc(f.b + f.at + 38, bad);
		run_whole(b, ETHERNET, &f);
		expect_datagram(b, "too short a length");
	}
	be16enc(f.b + f.at + 38, 65535);
	run_whole(b, ETHERNET, &f);
	expect_datagram(b, "too long a length");
}

static void
datagram_fragments(void **state)
{
	struct bench *b = *state;
	struct frame whole = build(&(struct stack){ .l = { IN_UDP } });
	struct frame first = piece4(&whole, 0, 16), last = piece4(&whole, 16, TEXTLEN + 8 - 16);
	struct frame *pieces[] = { &last, &first };

	for (int i = 0; i < 2; i++) {
		eth(pieces[i], 0x0800);
		run_whole(b, ETHERNET, pieces[i]);
		assert_int_equal(b->datagrams, i);
	}
	expect_datagram(b, "fragments");
	/* The same in a tunnel. */
	for (int i = 0; i < 2; i++) {
		word(pieces[i], 0x4200);
		word(pieces[i], 0x08000000);
		udp(pieces[i], 4789);
		ip4(pieces[i], 17);
		eth(pieces[i], 0x0800);
		run_whole(b, ETHERNET, pieces[i]);
		assert_int_equal(b->datagrams, i);
	}
	expect_datagram(b, "fragments in a tunnel");
	assert_int_equal(b->stats.n[STAT_FRAGS_DONE], 2);
}

/* A tunnel's own datagram is nobody's, and without a taker none is. */
static void
datagrams_untold(void **state)
{
	struct bench *b = *state;
	struct frame tunnel = build(&(struct stack){ .l = { IN_ETH, { word, 0x00004200 },
	    { word, 0x08000000 }, { udp, 4789 }, UNDER_IP } });
	struct frame f = build(&udp_stacks[0]);

	assert_int_equal(run_whole(b, ETHERNET, &tunnel), 1);
	assert_int_equal(b->datagrams, 0);
	decoder_free(b->d);
	b->d = decoder_new(&b->budget, &b->stats, segment, NULL, b);
	assert_non_null(b->d);
	assert_int_equal(run_whole(b, ETHERNET, &f), 0);
	assert_int_equal(b->datagrams, 0);
	assert_int_equal(b->stats.n[STAT_UDP], 2);
}

int
main(void)
{
#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(datagrams),
		TEST(datagrams_cut),
		TEST(datagram_lengths),
		TEST(datagram_fragments),
		TEST(datagrams_untold),
	};

	return cmocka_run_group_tests_name("datagram", tests, NULL, NULL);
}
