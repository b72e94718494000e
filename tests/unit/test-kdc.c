#include "unit/facts.h"

#include "engine/frame.h"
#include "wire/krb.h"
#include "unit/ring.h"
#include "auth/kdc.h"
#include "engine/worker.h"

#define PASSWORD	"Summer2026!"
#define SALT		"CORP.EXAMPLEwas-renamed"	/* none that could be guessed */
#define HOST		"fs01.corp.example"

/* What crosses the wire when alice logs on and asks for a file server. */
struct connection {
	struct krb_text	 ask, error, ask_again, as_rep, tgs_req, tgs_rep, ap_req;
};

struct bench {
	struct facts	 f;
	struct connection	 t;
	size_t		 idle;		/* bytes that are held while nothing is pending */
};

static void
connection_make(struct connection *t)
{
	uint8_t user[KRB_KEY], tgt[KRB_KEY], subkey[KRB_KEY], service[KRB_KEY];

	krb_password_key(user, PASSWORD, SALT);
	krb_make_key(tgt, 't');
	krb_make_key(subkey, 'u');
	krb_make_key(service, 's');
	krb_as_req(&t->ask, KRB_USER);
	krb_preauth_required(&t->error, SALT);
	t->ask_again = t->ask;
	krb_as_rep(&t->as_rep, user, tgt);
	krb_tgs_req(&t->tgs_req, &t->as_rep, tgt, subkey, "host", HOST);
	krb_tgs_rep(&t->tgs_rep, subkey, USAGE_TGS_REP_SUBKEY, service, "host", HOST);
	t->ap_req.len = 0;
	krb_ap_req(&t->ap_req, krb_reply_ticket(&t->tgs_rep), service, USAGE_AP_REQ, NULL);
}

static int
setup(void **state)
{
	static struct bench b;

	facts_init(&b.f);
	b.f.peers.sport = 88;
	b.f.world.keyring = ring_of("password " KRB_USER "@" KRB_REALM " " PASSWORD "\n");
	connection_make(&b.t);
	/* The first message of all makes what stays. */
	kdc_dgram.datagram(&b.f.world, &b.f.peers, S2C, krb_view(&b.t.error), b.t.error.len);
	b.f.stats.n[STAT_KDC_MSGS] = 0;
	b.idle = b.f.budget.used;
	*state = &b;
	return 0;
}

static int
teardown(void **state)
{
	struct bench *b = *state;

	facts_free(&b->f);
	keyring_close(b->f.world.keyring);
	return 0;
}

/* From memory that ends with it. */
static void
datagram_cut(struct bench *b, uint16_t port, enum dir d, struct view v, size_t len)
{
	uint8_t *copy = test_malloc(v.len + 1);
	struct peers p = b->f.peers;

	memcpy(copy + 1, v.p, v.len);
	p.cport = port;
	kdc_dgram.datagram(&b->f.world, &p, d, (struct view){ copy + 1, v.len }, len);
	test_free(copy);
}

static void
datagram(struct bench *b, uint16_t port, enum dir d, const struct krb_text *t)
{
	datagram_cut(b, port, d, krb_view(t), t->len);
}

static uint64_t
messages(const struct bench *b)
{
	return b->f.stats.n[STAT_KDC_MSGS];
}

/* Can what alice says to the file server be opened by now? */
static bool
opened(struct bench *b)
{
	struct logon *l = logon_new(b->f.world.keyring, &b->f.budget);
	bool open;

	assert_non_null(l);
	logon_ap_req(l, krb_view(&b->t.ap_req));
	open = logon_state(l) == LOGON_OPEN;
	logon_free(l);
	return open;
}

static bool
learns(struct bench *b, void (*say)(struct bench *))
{
	unsigned int epoch = keyring_epoch(b->f.world.keyring);

	say(b);
	return keyring_epoch(b->f.world.keyring) != epoch;
}

/* ---- The exchanges ---- */

static void
get_tgt(struct bench *b)
{
	datagram(b, 50001, C2S, &b->t.ask);
	datagram(b, 50001, S2C, &b->t.error);
	datagram(b, 50002, C2S, &b->t.ask_again);
	datagram(b, 50002, S2C, &b->t.as_rep);
}

static void
over_udp(void **state)
{
	struct bench *b = *state;

	assert_false(opened(b));
	assert_true(learns(b, get_tgt));
	assert_int_equal(b->f.budget.used, b->idle);
	datagram(b, 50003, C2S, &b->t.tgs_req);
	assert_true(b->f.budget.used > b->idle);
	assert_false(opened(b));
	datagram(b, 50003, S2C, &b->t.tgs_rep);
	assert_true(opened(b));
	assert_int_equal(b->f.budget.used, b->idle);
	assert_int_equal(messages(b), 6);
}

/* An error for somebody else, at the same client, is not taken for alice's. */
static void
salts_are_of_names(void **state)
{
	struct bench *b = *state;
	struct krb_text bob, salt;

	krb_as_req(&bob, "bob");
	krb_preauth_required(&salt, "CORP.EXAMPLEbob");
	datagram(b, 50001, C2S, &b->t.ask);
	datagram(b, 50005, C2S, &bob);
	datagram(b, 50001, S2C, &b->t.error);
	datagram(b, 50005, S2C, &salt);
	datagram(b, 50002, C2S, &b->t.ask_again);
	datagram(b, 50002, S2C, &b->t.as_rep);
	datagram(b, 50003, C2S, &b->t.tgs_req);
	datagram(b, 50003, S2C, &b->t.tgs_rep);
	assert_true(opened(b));
}

static void
no_error(struct bench *b)
{
	datagram(b, 50001, C2S, &b->t.ask);
	datagram(b, 50001, S2C, &b->t.as_rep);
}

static void
others_error(struct bench *b)
{
	struct krb_text bob;

	krb_as_req(&bob, "bob");
	datagram(b, 50001, C2S, &bob);
	datagram(b, 50001, S2C, &b->t.error);
	datagram(b, 50002, C2S, &b->t.ask_again);
	datagram(b, 50002, S2C, &b->t.as_rep);
}

/* The salt cannot be guessed: what opens the reply is really what was told. */
static void
salt_is_needed(void **state)
{
	struct bench *b = *state;

	assert_false(learns(b, no_error));
	assert_false(learns(b, others_error));
	assert_true(learns(b, get_tgt));
}

static void
answers_meet_their_questions(void **state)
{
	struct bench *b = *state;

	get_tgt(b);
	datagram(b, 50003, C2S, &b->t.tgs_req);
	datagram(b, 50004, S2C, &b->t.tgs_rep);		/* nobody asked there */
	assert_false(opened(b));
	datagram(b, 50003, C2S, &b->t.tgs_rep);		/* not the server says it */
	datagram(b, 50003, S2C, &b->t.tgs_req);
	assert_false(opened(b));
	datagram(b, 50003, S2C, &b->t.error);		/* no, says the server */
	datagram(b, 50003, S2C, &b->t.tgs_rep);
	assert_false(opened(b));
	assert_int_equal(b->f.budget.used, b->idle);
	datagram(b, 50003, C2S, &b->t.tgs_req);
	datagram(b, 50003, C2S, &b->t.tgs_req);		/* once more: it was slow */
	datagram(b, 50003, S2C, &b->t.tgs_rep);
	assert_true(opened(b));
	assert_int_equal(b->f.budget.used, b->idle);
}

/* ---- TCP ---- */

static struct krb_text
marked(const struct krb_text *t)
{
	struct krb_text out = { .len = 4 };

	be32enc(out.p, (uint32_t)t->len);
	krb_put(&out, t->p, t->len);
	return out;
}

struct line {
	struct peers	 peers;
	void		*conn;
	struct framer	 f[2];
};

static void
line_open(struct bench *b, struct line *l, bool lost)
{
	struct carrier c = { .world = &b->f.world, .budget = &b->f.budget, .peers = &l->peers };

	l->peers = b->f.peers;
	l->conn = kdc_proto.conn_new(&c);
	assert_non_null(l->conn);
	for (int d = C2S; d <= S2C; d++)
		frame_init(&l->f[d], &kdc_proto, l->conn, &b->f.world, &b->f.budget,
		    (enum dir)d, lost);
}

static void
line_close(struct line *l)
{
	for (int d = C2S; d <= S2C; d++) {
		frame_end(&l->f[d]);
		frame_free(&l->f[d]);
	}
	kdc_proto.conn_free(l->conn);
}

static void
push(struct line *l, enum dir d, const struct krb_text *t, size_t piece)
{
	const struct krb_text m = marked(t);

	for (size_t at = 0; at < m.len; at += piece)
		frame_push(&l->f[d], view_upto(krb_view(&m), at, piece));
}

/* One connection for all, whose bytes come in pieces of any size. */
static void
over_tcp(void **state)
{
	static const size_t pieces[] = { 1, 3, 9, 10, 11, 1460 };
	struct bench *b = *state;
	struct line l;

	for (size_t i = 0; i < nitems(pieces); i++) {
		line_open(b, &l, true);
		push(&l, C2S, &b->t.ask, pieces[i]);
		push(&l, S2C, &b->t.error, pieces[i]);
		push(&l, C2S, &b->t.ask_again, pieces[i]);
		push(&l, S2C, &b->t.as_rep, pieces[i]);
		push(&l, C2S, &b->t.tgs_req, pieces[i]);
		push(&l, S2C, &b->t.tgs_rep, pieces[i]);
		line_close(&l);
		assert_int_equal(messages(b), 6 * (i + 1));
	}
	assert_true(opened(b));
	assert_int_equal(b->f.budget.used, b->idle);
	assert_int_equal(b->f.stats.n[STAT_BAD_PDUS], 0);
}

/* Noise, half a message, a loss: the next whole one is found. */
static void
resync(void **state)
{
	static const uint8_t zeros[300];
	struct bench *b = *state;
	const struct krb_text m = marked(&b->t.as_rep);
	struct line l;

	line_open(b, &l, true);
	frame_push(&l.f[S2C], view_str("HTTP/1.1 200 OK\r\n\r\n"));
	frame_push(&l.f[S2C], (struct view){ zeros, sizeof(zeros) });
	frame_push(&l.f[S2C], view_from(krb_view(&m), 100));
	push(&l, S2C, &b->t.error, 1460);
	assert_int_equal(messages(b), 1);
	frame_push(&l.f[S2C], view_upto(krb_view(&m), 0, 100));
	frame_gap(&l.f[S2C], 1);
	frame_push(&l.f[S2C], view_from(krb_view(&m), 101));
	assert_int_equal(messages(b), 1);		/* torn: not handed on */
	assert_int_equal(b->f.stats.n[STAT_TORN_PDUS], 1);
	push(&l, S2C, &b->t.error, 1460);
	frame_gap(&l.f[S2C], 5000);
	push(&l, S2C, &b->t.error, 1460);
	assert_int_equal(messages(b), 3);
	line_close(&l);
}

static enum head
head(const struct krb_text *m, size_t n, struct extent *e)
{
	uint8_t *copy = test_malloc(n + 1);
	enum head h;

	memcpy(copy + 1, m->p, n);
	h = kdc_proto.head(NULL, C2S, (struct view){ copy + 1, n }, e);
	test_free(copy);
	return h;
}

static void
lengths_that_lie(void **state)
{
	static const uint32_t lies[] = { 0, 1, 6, MAX_KRB_MESSAGE + 1, 0x01000000, 0x80000000,
		0xffffffff };
	struct bench *b = *state;
	struct krb_text m = marked(&b->t.as_rep);
	uint32_t len = (uint32_t)b->t.as_rep.len;
	struct extent e;

	assert_int_equal(head(&m, m.len, &e), HEAD_PDU);
	assert_int_equal(e.len, m.len);
	assert_int_equal(e.keep, m.len);
	for (size_t n = 0; n < 10; n++) {
		assert_int_equal(head(&m, n, &e), HEAD_MORE);
		assert_int_equal(e.need, 10);
	}
	assert_int_equal(head(&m, 10, &e), HEAD_PDU);
	for (size_t i = 0; i < nitems(lies); i++) {
		be32enc(m.p, lies[i]);
		assert_int_equal(head(&m, m.len, &e), HEAD_BAD);
	}
	be32enc(m.p, len - 1);
	assert_int_equal(head(&m, m.len, &e), HEAD_BAD);
	be32enc(m.p, len + 1);
	assert_int_equal(head(&m, m.len, &e), HEAD_BAD);
	be32enc(m.p, len);
	m.p[4] = 0x6e;				/* an AP-REQ is nothing for a KDC */
	assert_int_equal(head(&m, m.len, &e), HEAD_BAD);
	m.p[4] = 0x6b;
	for (unsigned int n = 0x83; n <= 0xff; n++) {
		m.p[5] = (uint8_t)n;		/* lengths of lengths */
		assert_int_equal(head(&m, m.len, &e), HEAD_BAD);
	}
	m.p[5] = 0x80;
	assert_int_equal(head(&m, m.len, &e), HEAD_BAD);
	/* A longer form than is needed is no lie. */
	be32enc(m.p, 0x106);
	memcpy(m.p + 4, "\x6b\x84\x00\x00\x01\x00", 6);
	assert_int_equal(head(&m, m.len, &e), HEAD_PDU);
	assert_int_equal(e.len, 0x10a);
}

/* By port alone, and only where there are secrets. */
static void
claims(void **state)
{
	struct bench *b = *state;
	struct world none = b->f.world;
	struct peers p = b->f.peers;
	const struct krb_text m = marked(&b->t.as_rep);

	assert_true(kdc_proto.claims(&b->f.world, &p));
	assert_int_equal(kdc_proto.probe(krb_view(&m)), PROBE_MORE);
	assert_int_equal(kdc_proto.probe(view_str("GET / HTTP/1.1")), PROBE_NO);
	p.sport = 445;
	p.cport = 88;
	assert_false(kdc_proto.claims(&b->f.world, &p));
	p.sport = 88;
	none.keyring = NULL;
	assert_false(kdc_proto.claims(&none, &p));
}

/* ---- Hostile input ---- */

/* Cut after every byte: by the capture, which says so, and by the sender, who does not. */
static void
every_truncation(void **state)
{
	struct bench *b = *state;
	const struct {
		const struct krb_text *t;
		enum dir d;
	} all[] = {
		{ &b->t.ask, C2S }, { &b->t.error, S2C }, { &b->t.ask_again, C2S },
		{ &b->t.as_rep, S2C }, { &b->t.tgs_req, C2S }, { &b->t.tgs_rep, S2C },
	};
	unsigned int epoch = keyring_epoch(b->f.world.keyring);

	for (size_t i = 0; i < nitems(all); i++) {
		uint64_t before = messages(b), torn = b->f.stats.n[STAT_TORN_PDUS];

		for (size_t n = 0; n < all[i].t->len; n++)
			datagram_cut(b, 50001, all[i].d, view_upto(krb_view(all[i].t), 0, n),
			    all[i].t->len);
		assert_int_equal(messages(b), before);
		assert_int_equal(b->f.stats.n[STAT_TORN_PDUS], torn + all[i].t->len);
		for (size_t n = 0; n < all[i].t->len; n++)
			datagram_cut(b, 50001, all[i].d, view_upto(krb_view(all[i].t), 0, n), n);
	}
	assert_int_equal(keyring_epoch(b->f.world.keyring), epoch);
	assert_false(opened(b));
}

/* Where a loss was, no salt is made up: only whole ones are noted. */
static void
salts_that_lie(void **state)
{
	struct bench *b = *state;
	char longest[MAX_KRB_SALT + 2];
	struct krb_text error;

	memset(longest, 'x', sizeof(longest));
	longest[MAX_KRB_SALT + 1] = '\0';
	krb_preauth_required(&error, longest);
	datagram(b, 50001, C2S, &b->t.ask);
	datagram(b, 50001, S2C, &error);
	assert_int_equal(b->f.budget.used, b->idle);
	longest[MAX_KRB_SALT] = '\0';
	krb_preauth_required(&error, longest);
	datagram(b, 50001, C2S, &b->t.ask);
	datagram(b, 50001, S2C, &error);
	assert_true(b->f.budget.used > b->idle);
	/* Nobody asked for that one. */
	datagram(b, 50007, S2C, &error);
	assert_int_equal(messages(b), 5);
}

static void
limits(void **state)
{
	struct bench *b = *state;
	struct krb_text m;
	char name[16] = "user0000";
	size_t full;

	for (uint16_t i = 0; i < MAX_KDC_NOTES; i++)
		datagram(b, (uint16_t)(1024 + i), C2S, &b->t.ask);
	full = b->f.budget.used;
	assert_int_equal(b->f.stats.n[STAT_KDC_LIMIT], 0);
	for (uint16_t i = 0; i < 100; i++)
		datagram(b, (uint16_t)(10000 + i), C2S, &b->t.ask);
	assert_int_equal(b->f.budget.used, full);
	assert_int_equal(b->f.stats.n[STAT_KDC_LIMIT], 100);
	/* The oldest went: this one is answered, and nothing is let go. */
	datagram(b, 1024, S2C, &b->t.as_rep);
	assert_int_equal(b->f.budget.used, full);
	datagram(b, 1124, S2C, &b->t.as_rep);
	assert_true(b->f.budget.used < full);
	/* A name more than there is room for salts. */
	for (unsigned int i = 0; i <= MAX_KDC_NOTES; i++) {
		for (unsigned int k = 0, v = i; k < 4; k++, v /= 10)
			name[7 - k] = (char)('0' + v % 10);
		krb_as_req(&m, name);
		datagram(b, 1125, C2S, &m);
		datagram(b, 1125, S2C, &b->t.error);
	}
	assert_int_equal(b->f.stats.n[STAT_KDC_LIMIT], 101);
}

/* Keys of questions lie in the vault, which has an end: they are given back. */
static void
questions_are_let_go(void **state)
{
	struct bench *b = *state;

	get_tgt(b);
	for (size_t i = 0; i < VAULT_SIZE / KRB_KEY / 4; i++) {
		datagram(b, 50003, C2S, &b->t.tgs_req);
		if (i % 2 == 0)
			datagram(b, 50003, S2C, &b->t.error);
	}
	datagram(b, 50003, C2S, &b->t.tgs_req);
	datagram(b, 50003, S2C, &b->t.tgs_rep);
	assert_true(opened(b));
}

static void
spent_budget(void **state)
{
	struct bench *b = *state;

	for (size_t room = 0; room < 600; room += 40) {
		b->f.budget.limit = b->f.budget.used + room;
		get_tgt(b);
		datagram(b, 50003, C2S, &b->t.tgs_req);
		datagram(b, 50003, S2C, &b->t.tgs_rep);
	}
	b->f.budget.limit = 64u << 20;
	get_tgt(b);
	datagram(b, 50003, C2S, &b->t.tgs_req);
	datagram(b, 50003, S2C, &b->t.tgs_rep);
	assert_true(opened(b));
}

/* ---- From the frame on ---- */

static struct krb_text
frame_of(const struct krb_text *payload, uint8_t proto, uint16_t sport, uint16_t dport)
{
	struct krb_text f = { .len = 0 };
	uint8_t h[14 + 20 + 20] = { [12] = 8, [14] = 0x45, [22] = 64, [23] = proto,
		[26] = 10, [29] = 1, [30] = 10, [33] = 2 };
	size_t transport = proto == 17 ? 8 : 20;

	be16enc(h + 16, (uint16_t)(20 + transport + payload->len));
	be16enc(h + 34, sport);
	be16enc(h + 36, dport);
	if (proto == 17)
		be16enc(h + 38, (uint16_t)(8 + payload->len));
	else {
		h[46] = 5 << 4;
		h[47] = 0x10;
	}
	krb_put(&f, h, 34 + transport);
	krb_put(&f, payload->p, payload->len);
	return f;
}

/* Both frames, by a worker with or without secrets. */
static void
run(struct stats *stats, struct keyring *ring, const struct krb_text frames[2])
{
	struct sink none = { .put = facts_put };
	const struct worker_wants wants = { .keyring = ring };
	struct worker *w = worker_new(stats, &none, &wants);

	assert_non_null(w);
	worker_source(w, "test");
	for (size_t i = 0; i < 2; i++) {
		const struct frame f = { .us = 1000000, .dlt = 1,
		    .bytes = krb_view(&frames[i]), .wire_len = frames[i].len };

		worker_frame(w, &f);
	}
	worker_flush(w);
	worker_free(w);
}

static void
from_the_frame(void **state)
{
	struct bench *b = *state;
	const struct krb_text m = marked(&b->t.ask), nothing = { .len = 0 };
	struct {
		struct krb_text	 frames[2];
		uint64_t	 messages, flows;
	} rows[] = {
		{ { frame_of(&b->t.ask, 17, 50000, 88),
		    frame_of(&b->t.as_rep, 17, 88, 50000) }, 2, 0 },
		{ { frame_of(&b->t.ask, 17, 50000, 464),
		    frame_of(&b->t.as_rep, 17, 464, 50000) }, 0, 0 },
		{ { frame_of(&nothing, 6, 50000, 88), frame_of(&m, 6, 50000, 88) }, 1, 1 },
		{ { frame_of(&nothing, 6, 50000, 89), frame_of(&m, 6, 50000, 89) }, 0, 0 },
	};

	for (size_t i = 0; i < nitems(rows); i++) {
		struct stats with = { .n = { 0 } }, without = { .n = { 0 } };
		uint8_t *tcp = rows[i].frames[0].p + 34;

		if (rows[i].frames[0].p[23] == 6) {
			be32enc(tcp + 4, 0xffffffff);
			tcp[13] = 0x02;			/* SYN */
		}
		run(&with, b->f.world.keyring, rows[i].frames);
		assert_int_equal(with.n[STAT_KDC_MSGS], rows[i].messages);
		assert_int_equal(with.n[STAT_FLOWS_OURS], rows[i].flows);
		assert_int_equal(with.n[STAT_RESYNCS], 0);
		run(&without, NULL, rows[i].frames);
		assert_int_equal(without.n[STAT_KDC_MSGS], 0);
		assert_int_equal(without.n[STAT_FLOWS_OURS], 0);
	}
}

int
main(void)
{
#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(over_udp),
		TEST(salts_are_of_names),
		TEST(salt_is_needed),
		TEST(answers_meet_their_questions),
		TEST(over_tcp),
		TEST(resync),
		TEST(lengths_that_lie),
		TEST(claims),
		TEST(every_truncation),
		TEST(salts_that_lie),
		TEST(limits),
		TEST(questions_are_let_go),
		TEST(spent_budget),
		TEST(from_the_frame),
	};

	return cmocka_run_group_tests_name("kdc", tests, NULL, NULL);
}
