#include "engine/decode.h"

#include "wire/frame.h"

static const struct stack stacks[] = {
	{ "Ethernet", ETHERNET, .l = { IN_ETH } },
	{ "IPv6", ETHERNET, .l = { IN_IP6, { eth, 0x86dd } }, .v6 = true },
	{ "802.3 SNAP", ETHERNET, .l = { IN_IP, { eth8023, 0x0800 } } },
	{ "raw 12", 12, .l = { IN_IP } },
	{ "raw 14", 14, .l = { IN_IP6 }, .v6 = true },
	{ "raw 101", 101, .l = { IN_IP } },
	{ "IPV4", 228, .l = { IN_IP } },
	{ "IPV6", 229, .l = { IN_IP6 }, .v6 = true },
	{ "NULL little", 0, .l = { IN_IP, { word, 0x02000000 } } },
	{ "NULL big", 0, .l = { IN_IP, { word, 2 } } },
	{ "NULL FreeBSD", 0, .l = { IN_IP6, { word, 0x1c000000 } }, .v6 = true },
	{ "NULL Darwin", 0, .l = { IN_IP6, { word, 0x1e000000 } }, .v6 = true },
	{ "NULL Windows", 0, .l = { IN_IP6, { word, 0x17000000 } }, .v6 = true },
	{ "NULL Linux", 0, .l = { IN_IP6, { word, 0x0a000000 } }, .v6 = true },
	{ "LOOP OpenBSD", 108, .l = { IN_IP6, { word, 24 } }, .v6 = true },
	{ "SLL", 113, .l = { IN_IP, { half, 0x0800 }, { ones, 14 } } },
	{ "SLL VLAN", 113, .l = { IN_IP, { vlan, TAG(7, 0x0800) },
	    { half, 0x8100 }, { ones, 14 } }, 1, { 7 }, .scope = true },
	{ "SLL2", 276, .l = { IN_IP, { ones, 18 }, { half, 0x0800 } } },
	{ "PPP", 9, .l = { IN_IP, { half, 0x0021 }, { half, 0xff03 } } },
	{ "PPP bare", 9, .l = { IN_IP6, { half, 0x0057 } }, .v6 = true },
	{ "PPP_ETHER", 51, .l = { IN_IP, { pppoe, 0x0021 } } },
	{ "802.1Q", ETHERNET, .l = { IN_IP, { vlan, TAG(10, 0x0800) },
	    { eth, 0x8100 } }, 1, { 10 }, .scope = true },
	{ "priority tag", ETHERNET, .l = { IN_IP, { vlan, TAG(0, 0x0800) },
	    { eth, 0x8100 } } },
	{ "802.1ad", ETHERNET, .l = { IN_IP, { vlan, TAG(20, 0x0800) },
	    { vlan, TAG(10, 0x8100) }, { eth, 0x88a8 } }, 2, { 10, 20 }, .scope = true },
	{ "four tags", ETHERNET, .l = { IN_IP, { vlan, TAG(4, 0x0800) },
	    { vlan, TAG(3, 0x8100) }, { vlan, TAG(2, 0x88a8) },
	    { vlan, TAG(1, 0x9200) }, { eth, 0x9100 } }, 3, { 1, 2, 3 }, .scope = true },
	{ "VN-Tag", ETHERNET, .l = { IN_IP, { half, 0x0800 }, { ones, 4 },
	    { eth, 0x8926 } } },
	{ "E-Tag", ETHERNET, .l = { IN_IP, { vlan, TAG(5, 0x0800) }, { half, 0x8100 },
	    { ones, 6 }, { eth, 0x893f } }, 1, { 5 }, .scope = true },
	{ "MPLS", ETHERNET, .l = { IN_IP, { word, 0x00012140 }, { word, 0x00011040 },
	    { eth, 0x8847 } } },
	{ "MPLS IPv6", ETHERNET, .l = { IN_IP6, { word, 0x00012140 },
	    { eth, 0x8848 } }, .v6 = true },
	{ "pseudowire", ETHERNET, .l = { IN_ETH, { word, 0x00012140 }, { eth, 0x8847 } } },
	{ "pseudowire with control word", ETHERNET, .l = { IN_ETH, { word, 0x42 },
	    { word, 0x00012140 }, { eth, 0x8847 } } },
	{ "PPPoE", ETHERNET, .l = { IN_IP, { pppoe, 0x0021 }, { eth, 0x8864 } } },
	{ "GRE", ETHERNET, .l = { IN_IP, { word, 0x0800 }, UNDER_GRE } },
	{ "GRE IPv6", ETHERNET, .l = { IN_IP6, { word, 0x86dd }, UNDER_GRE }, .v6 = true },
	{ "GRE all words", ETHERNET, .l = { IN_IP, { ones, 12 }, { word, 0xb0000800 },
	    UNDER_GRE } },
	{ "GRE routes", ETHERNET, .l = { IN_IP, { word, 0 }, { ones, 4 },
	    { word, 0x08000004 }, { ones, 4 }, { word, 0x40000800 }, UNDER_GRE } },
	{ "NVGRE", ETHERNET, .l = { IN_ETH, { word, 0x00123400 }, { word, 0x20006558 },
	    UNDER_GRE } },
	{ "MPLS in GRE", ETHERNET, .l = { IN_IP, { word, 0x00012140 }, { word, 0x8847 },
	    UNDER_GRE } },
	{ "PPTP", ETHERNET, .l = { IN_IP, { half, 0x0021 }, { half, 0xff03 }, { ones, 8 },
	    { word, 0x00300001 }, { word, 0x3081880b }, UNDER_GRE } },
	{ "PPTP short protocol", ETHERNET, .l = { IN_IP, { octet, 0x21 },
	    { word, 0x00300001 }, { word, 0x2001880b }, UNDER_GRE } },
	{ "ERSPAN I", ETHERNET, .l = { IN_ETH, { word, 0x88be }, UNDER_GRE } },
	{ "ERSPAN II", ETHERNET, .l = { IN_ETH, { ones, 8 }, { word, 1 },
	    { word, 0x100088be }, UNDER_GRE } },
	{ "ERSPAN III", ETHERNET, .l = { IN_ETH, { word, 0 }, { ones, 8 }, { word, 1 },
	    { word, 0x100022eb }, UNDER_GRE } },
	{ "ERSPAN III with O", ETHERNET, .l = { IN_ETH, { ones, 8 }, { word, 1 },
	    { ones, 8 }, { word, 1 }, { word, 0x100022eb }, UNDER_GRE } },
	{ "ERSPAN III of IP", ETHERNET, .l = { IN_IP6, { word, 0x00000800 }, { ones, 8 },
	    { word, 1 }, { word, 0x100022eb }, UNDER_GRE }, .v6 = true },
	{ "VXLAN", ETHERNET, .l = { IN_ETH, { word, 0x00004200 }, { word, 0x08000000 },
	    { udp, 4789 }, UNDER_IP }, .scope = true },
	{ "VXLAN, reserved bits", ETHERNET, .l = { IN_ETH, { word, 0x000042ff },
	    { word, 0xffffffff }, { udp, 8472 }, UNDER_IP }, .scope = true },
	{ "VLAN in VXLAN in VLAN", ETHERNET, .l = { IN_IP, { vlan, TAG(9, 0x0800) },
	    { eth, 0x8100 }, { word, 0x00004200 }, { word, 0x08000000 }, { udp, 4789 },
	    { ip4, 17 }, { vlan, TAG(8, 0x0800) }, { eth, 0x8100 } },
	    2, { 8, 9 }, .scope = true },
	{ "GENEVE", ETHERNET, .l = { IN_ETH, { word, 0x00004200 }, { word, 0x00006558 },
	    { udp, 6081 }, UNDER_IP }, .scope = true },
	{ "GENEVE of IP, options", ETHERNET, .l = { IN_IP6, { ones, 8 },
	    { word, 0x00004200 }, { word, 0x024086dd }, { udp, 6081 }, UNDER_IP },
	    .scope = true, .v6 = true },
	{ "IP in IP", ETHERNET, .l = { IN_IP, { ip4, 4 }, { eth, 0x0800 } } },
	{ "6in4", ETHERNET, .l = { IN_IP6, { ip4, 41 }, { eth, 0x0800 } }, .v6 = true },
	{ "4in6", ETHERNET, .l = { IN_IP, { ip6, 4 }, { eth, 0x86dd } } },
	{ "extension headers", ETHERNET, .l = { { tcp, TCP_ACK }, { word, 0x17 },
	    { word, 0x06000000 }, { ext6, 44 }, { ext6, 135 }, { ext6, 60 },
	    { ext6, 43 }, { ip6, 0 }, { eth, 0x86dd } }, .v6 = true },
	{ "AH", ETHERNET, .l = { { tcp, TCP_ACK }, { ones, 20 }, { word, 0x06040000 },
	    { ip4, 51 }, { eth, 0x0800 } } },
};

static void
expect_text(const struct bench *b, const char *name)
{
	if (b->n != 1)
		fail_msg("%s: %u segments", name, b->n);
	assert_int_equal(b->got.sport, 49152);
	assert_int_equal(b->got.dport, 445);
	assert_int_equal(b->got.seq, 0x01020304);
	assert_int_equal(b->got.ack, 0x0a0b0c0d);
	assert_int_equal(b->got.window, 8192);
	assert_int_equal(b->got.flags, TCP_ACK);
	assert_int_equal(b->got.payload.len, TEXTLEN);
	assert_int_equal(b->got.wire_len, TEXTLEN);
	assert_memory_equal(b->payload, TEXT, TEXTLEN);
}

static void
every_stack(void **state)
{
	static const uint8_t four[2][16] = { { 10, 0, 0, 1 }, { 10, 0, 0, 2 } };
	struct bench *b = *state;

	for (size_t i = 0; i < nitems(stacks); i++) {
		const struct stack *s = &stacks[i];
		struct frame f = build(s);

		run_whole(b, s->dlt, &f);
		expect_text(b, s->name);
		assert_int_equal(b->got.src.v6, s->v6);
		assert_int_equal(b->got.dst.v6, s->v6);
		if (!s->v6) {
			assert_memory_equal(b->got.src.b, four[0], 16);
			assert_memory_equal(b->got.dst.b, four[1], 16);
		}
		if (b->got.nvlan != s->nvlan || (b->got.scope != 0) != s->scope)
			fail_msg("%s: %u tags, scope %u", s->name,
			    b->got.nvlan, b->got.scope);
		assert_memory_equal(b->got.vlan, s->vlan, sizeof(s->vlan));
		assert_true(decode_knows(s->dlt));
	}
	assert_int_equal(b->stats.n[STAT_INVALID], 0);
	assert_int_equal(b->stats.n[STAT_PKTS], nitems(stacks));
}

/*
 * Cut by snaplen after every byte: what comes out is a prefix, and the
 * length that crossed the wire is known as soon as the TCP header is there.
 */
static void
every_truncation(void **state)
{
	struct bench *b = *state;

	for (size_t i = 0; i < nitems(stacks); i++) {
		struct frame f = build(&stacks[i]);
		size_t len = length(&f);

		for (size_t n = 0; n < len; n++) {
			unsigned got = run(b, stacks[i].dlt, &f, n, len);

			assert_int_equal(got, n >= len - TEXTLEN - 4);
			if (got == 0)
				continue;
			assert_int_equal(b->got.wire_len, TEXTLEN);
			assert_true(b->got.payload.len < TEXTLEN);
			assert_memory_equal(b->payload, TEXT, b->got.payload.len);
		}
		assert_int_equal(b->stats.n[STAT_INVALID], 0);
		/* And a frame that really ends there. */
		for (size_t n = 0; n < len; n++) {
			if (run(b, stacks[i].dlt, &f, n, n) == 0)
				continue;
			assert_true(b->got.payload.len < TEXTLEN);
			assert_int_equal(b->got.wire_len, b->got.payload.len);
		}
		b->stats.n[STAT_INVALID] = 0;
	}
}

static void
trailer_is_cut(void **state)
{
	static const struct stack plain[] = {
		{ "IPv4", ETHERNET, .l = { IN_ETH } },
		{ "IPv6", ETHERNET, .l = { IN_IP6, { eth, 0x86dd } } },
		{ "PPPoE", ETHERNET, .l = { IN_IP, { pppoe, 0x0021 }, { eth, 0x8864 } } },
	};
	struct bench *b = *state;

	for (size_t i = 0; i < nitems(plain); i++) {
		struct frame f = build(&plain[i]);

		memmove(f.b + f.at - 9, f.b + f.at, length(&f));
		f.at -= 9;
		memset(f.b + sizeof(f.b) - 9, 0xee, 9);
		run_whole(b, ETHERNET, &f);
		expect_text(b, plain[i].name);
	}
}

/* A length of zero, or one that the frame can't hold, means segmentation offload. */
static void
offload(void **state)
{
	static const uint16_t lengths[] = { 0, 1500, 65535 };
	struct bench *b = *state;

	for (size_t i = 0; i < nitems(lengths); i++) {
		struct frame f = build(&(struct stack){ .l = { IN_ETH } });

		be16enc(f.b + f.at + 16, lengths[i]);
		run_whole(b, ETHERNET, &f);
		expect_text(b, "IPv4 offload");
		f = build(&(struct stack){ .l = { IN_IP6, { eth, 0x86dd } } });
		be16enc(f.b + f.at + 18, lengths[i]);
		run_whole(b, ETHERNET, &f);
		expect_text(b, "IPv6 offload");
	}
}

/* Cut by snaplen: the IP length counts, or the frame's if IP has none. */
static void
snapped_offload(void **state)
{
	struct bench *b = *state;
	struct frame f = build(&(struct stack){ .l = { IN_ETH } });
	size_t len = length(&f);

	be16enc(f.b + f.at + 16, 20 + 24 + 1000);
	assert_int_equal(run(b, ETHERNET, &f, len, len + 5000), 1);
	assert_int_equal(b->got.payload.len, TEXTLEN);
	assert_int_equal(b->got.wire_len, 1000);
	assert_int_equal(run(b, ETHERNET, &f, len, len + 1), 1);
	assert_int_equal(b->got.wire_len, 1000);
	be16enc(f.b + f.at + 16, 0);
	assert_int_equal(run(b, ETHERNET, &f, len, len + 5000), 1);
	assert_int_equal(b->got.payload.len, TEXTLEN);
	assert_int_equal(b->got.wire_len, TEXTLEN + 5000);
	assert_int_equal(b->stats.n[STAT_SNAPPED], 3);
}

static void
scope_of(struct bench *b, struct stack s, uint32_t *scope)
{
	struct frame f = build(&s);

	assert_int_equal(run_whole(b, ETHERNET, &f), 1);
	*scope = b->got.scope;
}

static void
scopes(void **state)
{
	struct bench *b = *state;
	uint32_t seen[4096], one, two;

	for (uint32_t id = 1; id < 4095; id++) {
		scope_of(b, (struct stack){ .l = { IN_IP,
		    { vlan, TAG(id, 0x0800) }, { eth, 0x8100 } } }, &seen[id]);
		assert_int_not_equal(seen[id], 0);
		for (uint32_t i = id % 64 + 1; i < id; i += 64)
			assert_int_not_equal(seen[i], seen[id]);
	}
	/* The priority bits are no part of it; the order of tags is. */
	scope_of(b, (struct stack){ .l = { IN_IP, { vlan, 0x00050800 },
	    { eth, 0x88a8 } } }, &one);
	assert_int_equal(one, seen[5]);
	scope_of(b, (struct stack){ .l = { IN_IP, { vlan, TAG(1, 0x0800) },
	    { vlan, TAG(2, 0x8100) }, { eth, 0x8100 } } }, &one);
	scope_of(b, (struct stack){ .l = { IN_IP, { vlan, TAG(2, 0x0800) },
	    { vlan, TAG(1, 0x8100) }, { eth, 0x8100 } } }, &two);
	assert_int_not_equal(one, two);
	/* A VNI is not a VLAN of the same number. */
	scope_of(b, (struct stack){ .l = { IN_ETH, { word, 0x00000500 },
	    { word, 0x08000000 }, { udp, 4789 }, UNDER_IP } }, &one);
	assert_int_not_equal(one, seen[5]);
}

static void
malformed(void **state)
{
	static const struct {
		size_t	off;
		uint8_t	value;
	} bad[] = {
		{ 14, 0x55 },		/* IP version */
		{ 14, 0x44 },		/* a header of 16 bytes */
		{ 14, 0x4f },		/* longer than the packet */
		{ 17, 19 },		/* a total length below the header's */
		{ 46, 0x40 },		/* TCP header of 16 bytes */
		{ 46, 0xf0 },		/* longer than the packet */
	};
	struct bench *b = *state;

	for (size_t i = 0; i < nitems(bad); i++) {
		struct frame f = build(&(struct stack){ .l = { IN_ETH } });

		f.b[f.at + bad[i].off] = bad[i].value;
		assert_int_equal(run_whole(b, ETHERNET, &f), 0);
		assert_int_equal(b->stats.n[STAT_INVALID], i + 1);
	}
}

/* None of these carries TCP that a host would take. */
static void
not_ours(void **state)
{
	static const struct stack none[] = {
		{ "ARP", ETHERNET, .l = { { zeros, 28 }, { eth, 0x0806 } } },
		{ "UDP", ETHERNET, .l = { { tcp, 0 }, { udp, 53 }, UNDER_IP } },
		{ "VXLAN without VNI", ETHERNET, .l = { IN_ETH, { word, 0x00004200 },
		    { word, 0 }, { udp, 4789 }, UNDER_IP } },
		{ "GENEVE 1", ETHERNET, .l = { IN_ETH, { word, 0 },
		    { word, 0x40006558 }, { udp, 6081 }, UNDER_IP } },
		{ "PPPoE discovery", ETHERNET, .l = { IN_IP, { pppoe, 0x0021 },
		    { eth, 0x8863 } } },
		{ "GRE 2", ETHERNET, .l = { IN_IP, { word, 0x00020800 }, UNDER_GRE } },
		{ "GRE 1 of IP", ETHERNET, .l = { IN_IP, { word, 0x00300001 },
		    { word, 0x20010800 }, UNDER_GRE } },
		{ "PPTP, acknowledgement only", ETHERNET, .l = { { ones, 4 },
		    { word, 0x00000001 }, { word, 0x2081880b }, UNDER_GRE } },
		{ "IPv6 options in IPv4", ETHERNET, .l = { { tcp, 0 }, { ext6, 6 },
		    { ip4, 60 }, { eth, 0x0800 } } },
		{ "no next header", ETHERNET, .l = { { tcp, 0 }, { ip6, 59 },
		    { eth, 0x86dd } } },
		{ "SLL of 802.3", 113, .l = { { ones, 40 }, { half, 1 }, { ones, 14 } } },
		{ "AF 99", 0, .l = { IN_IP, { word, 99 } } },
		{ "802.11", 105, .l = { IN_ETH } },
	};
	struct bench *b = *state;

	for (size_t i = 0; i < nitems(none); i++) {
		struct frame f = build(&none[i]);

		if (run_whole(b, none[i].dlt, &f) != 0)
			fail_msg("%s: taken for TCP", none[i].name);
	}
	assert_int_equal(b->stats.n[STAT_INVALID], 0);
	assert_false(decode_knows(105));
	assert_false(decode_knows(-1));
}

static void
too_many_layers(void **state)
{
	struct bench *b = *state;
	struct frame f;

	/* Ethernet, IP and TCP are three of them. */
	for (unsigned n = MAX_LAYERS - 4; n < MAX_LAYERS; n++) {
		f = build(&(struct stack){ .l = { IN_IP } });
		for (unsigned i = 0; i < n; i++)
			ip4(&f, 4);
		eth(&f, 0x0800);
		assert_int_equal(run_whole(b, ETHERNET, &f), n + 3 <= MAX_LAYERS);
	}
	assert_int_equal(b->stats.n[STAT_TOO_MANY_LAYERS], 2);
	/* Tags of no VLAN, and options that lead to options. */
	f = build(&(struct stack){ .l = { IN_IP } });
	for (unsigned i = 0; i < 300; i++)
		vlan(&f, 0x8100);
	eth(&f, 0x8100);
	assert_int_equal(run_whole(b, ETHERNET, &f), 0);
	assert_int_equal(b->stats.n[STAT_TOO_MANY_LAYERS], 3);
}
static void
fragments4(void **state)
{
	struct bench *b = *state;
	struct frame whole = build(&(struct stack){ .l = { IN_IP } });
	struct frame first = piece4(&whole, 0, 16), last = piece4(&whole, 16, 24);

	/* The header's own end lies in the second one. */
	eth(&first, 0x0800);
	eth(&last, 0x0800);
	assert_int_equal(run_whole(b, ETHERNET, &last), 0);
	run_whole(b, ETHERNET, &first);
	expect_text(b, "fragments");
	assert_int_equal(b->stats.n[STAT_FRAGS_DONE], 1);
	/* One that snaplen cut can't be joined. */
	assert_int_equal(run_whole(b, ETHERNET, &last), 0);
	assert_int_equal(run(b, ETHERNET, &first, length(&first) - 1,
	    length(&first)), 0);
	assert_int_equal(b->stats.n[STAT_FRAGS_DROPPED], 1);
	run_whole(b, ETHERNET, &first);
	expect_text(b, "fragments again");
	assert_int_equal(b->stats.n[STAT_INVALID], 0);
}

/* Fragments of a tunnel's packet, whose own payload is a fragment. */
static void
fragments_in_fragments(void **state)
{
	struct bench *b = *state;
	struct frame whole = build(&(struct stack){ .l = { IN_IP } });
	struct frame inner[2] = { piece4(&whole, 0, 24), piece4(&whole, 24, 16) };

	for (int i = 0; i < 2; i++) {
		struct frame first, last;

		eth(&inner[i], 0x0800);
		word(&inner[i], 0x4200);
		word(&inner[i], 0x08000000);
		udp(&inner[i], 4789);
		ip4(&inner[i], 17);
		first = piece4(&inner[i], 0, 8);	/* the UDP header alone */
		last = piece4(&inner[i], 8, length(&inner[i]) - 28);
		eth(&first, 0x0800);
		eth(&last, 0x0800);
		assert_int_equal(run_whole(b, ETHERNET, &first), 0);
		assert_int_equal(run_whole(b, ETHERNET, &last), i);
	}
	expect_text(b, "fragments in fragments");
	assert_int_not_equal(b->got.scope, 0);
	assert_int_equal(b->stats.n[STAT_FRAGS_DONE], 3);
}

static void
fragments6(void **state)
{
	struct bench *b = *state;
	struct frame inner = { .at = sizeof(inner.b) }, f;

	tcp(&inner, TCP_ACK);
	ext6(&inner, 6);			/* part of what is cut in pieces */
	for (uint16_t off = 0; off < length(&inner); off = (uint16_t)(off + 16)) {
		bool more = off + 16u < length(&inner);

		f = (struct frame){ .at = sizeof(f.b) };
		put(&f, inner.b + inner.at + off, more ? 16 : length(&inner) - off);
		word(&f, 0x01020304);
		word(&f, 60u << 24 | off | more);
		ip6(&f, 44);
		eth(&f, 0x86dd);
		assert_int_equal(run_whole(b, ETHERNET, &f), !more);
	}
	expect_text(b, "IPv6 fragments");
	assert_int_equal(b->stats.n[STAT_FRAGS_DONE], 1);
}
int
main(void)
{
#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(every_stack),
		TEST(every_truncation),
		TEST(trailer_is_cut),
		TEST(offload),
		TEST(snapped_offload),
		TEST(scopes),
		TEST(malformed),
		TEST(not_ours),
		TEST(too_many_layers),
		TEST(fragments4),
		TEST(fragments_in_fragments),
		TEST(fragments6),
	};

	return cmocka_run_group_tests_name("decode", tests, NULL, NULL);
}
