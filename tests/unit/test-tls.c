/* What is inside is no HTTP here: a protocol of the test's own keeps it as text. */
#include "unit/facts.h"

#include <stdio.h>
#include <stdlib.h>

#include "engine/frame.h"
#include "unit/hex.h"
#include "http/http.h"
#include "http/tls.h"
#include "engine/ledger.h"
#include "unit/ring.h"
#include "winrm/winrm.h"
#include "wire/tls.h"

#define NWIRES	nitems(wires)
#define TLS13	(&wires[NWIRES - 3])
#define RETRIED	(&wires[NWIRES - 2])	/* after a HelloRetryRequest */
#define TLS12	(&wires[0])
#define ROOM	1024

/* ---- What is inside ---- */

struct seen {
	struct carrier	 c;
	char		 text[2][256];
	unsigned int	 conns, gaps, frees;
	bool		 leaves;
};
static struct seen seen;	/* of the connection that was made last */

static void *
seen_new(const struct carrier *c)
{
	seen = (struct seen){ .c = *c, .conns = seen.conns + 1, .leaves = seen.leaves };
	return budget_alloc(c->budget, 1);
}

static enum head
seen_head(void *conn, enum dir d, struct view first, struct extent *e)
{
	(void)conn, (void)d;
	if (seen.leaves)
		return HEAD_LEAVE;
	e->len = e->keep = first.len;
	return HEAD_PDU;
}

static void
seen_pdu(void *conn, enum dir d, struct view have, size_t len)
{
	size_t at = strlen(seen.text[d]);

	(void)conn, (void)len;
	assert_true(at + have.len < sizeof(seen.text[d]));
	memcpy(seen.text[d] + at, have.p, have.len);
	seen.text[d][at + have.len] = '\0';
}

static size_t
seen_resync(struct view v)
{
	(void)v;
	return 0;
}

static void
seen_gap(void *conn, enum dir d)
{
	(void)conn, (void)d;
	seen.gaps++;
}

static void
seen_free(void *conn)
{
	seen.frees++;
	budget_free(conn);
}

const struct http_listener *const http_listener = &winrm_listener;
const struct proto_ops http_proto = { .name = "http", .conn_new = seen_new, .head = seen_head,
    .pdu = seen_pdu, .resync = seen_resync, .gap = seen_gap, .conn_free = seen_free };

/* ---- A connection ---- */

struct connection {
	struct facts	 f;
	struct ledger	*ledger;
	char		 log[64];
	struct carrier	 carrier;
	struct budget	 budget;
	void		*conn;
	struct framer	 in[2];
};

/* log: NULL for no keyring. */
static void
connection_init(struct connection *t, uint16_t port, const char *log, bool midstream)
{
	char secrets[128];
	FILE *f;

	memset(t, 0, sizeof(*t));
	memset(&seen, 0, sizeof(seen));
	facts_init(&t->f);
	t->f.peers.sport = port;
	t->f.world.ledger = t->ledger = ledger_new();
	if (log != NULL) {
		snprintf(t->log, sizeof(t->log), "/tmp/schedwire-keylog.XXXXXX");
		close(mkstemp(t->log));
		assert_non_null(f = fopen(t->log, "w"));
		fputs(log, f);
		fclose(f);
		snprintf(secrets, sizeof(secrets), "keylog %s\n", t->log);
		t->f.world.keyring = ring_of(secrets);
	}
	budget_init(&t->budget, &t->f.budget, 1u << 20);
	t->carrier = (struct carrier){ .world = &t->f.world, .budget = &t->budget,
	    .peers = &t->f.peers, .midstream = midstream };
	t->conn = tls_proto.conn_new(&t->carrier);
	for (enum dir d = C2S; d <= S2C; d++)
		frame_init(&t->in[d], &tls_proto, t->conn, &t->f.world, &t->budget, d, midstream);
}

static void
connection_end(struct connection *t)
{
	if (t->conn != NULL)
		for (enum dir d = C2S; d <= S2C; d++) {
			frame_end(&t->in[d]);
			frame_free(&t->in[d]);
		}
	tls_proto.conn_free(t->conn);
	t->conn = NULL;
	assert_int_equal(t->budget.used, 0);
}

static void
connection_free(struct connection *t)
{
	connection_end(t);
	ledger_free(t->ledger);
	keyring_close(t->f.world.keyring);
	if (t->log[0] != '\0')
		(void)unlink(t->log);
	facts_free(&t->f);
}

/* At most room bytes, each time. */
static void
push(struct connection *t, enum dir d, struct view v, size_t room)
{
	for (size_t at = 0; at < v.len; at += room) {
		struct view some = view_upto(v, at, room);
		uint8_t *exact = test_malloc(some.len);

		memcpy(exact, some.p, some.len);
		frame_push(&t->in[d], (struct view){ exact, some.len });
		test_free(exact);
		t->f.world.now.us++;
	}
}

static void
push_records(struct connection *t, const struct wire *w, size_t from, size_t to, size_t room)
{
	uint8_t r[ROOM];

	for (size_t i = from; i < to && w->record[i].hex != NULL; i++)
		push(t, w->record[i].dir,
		    (struct view){ r, hex(w->record[i].hex, r, sizeof(r)) }, room);
}

static void
assert_seen(unsigned int requests, unsigned int answers)
{
	const char *p = seen.text[C2S];

	for (; requests > 0; requests--, p += strlen(WIRE_REQUEST))
		assert_memory_equal(p, WIRE_REQUEST, strlen(WIRE_REQUEST));
	assert_string_equal(p, "");
	for (p = seen.text[S2C]; answers > 0; answers--, p += strlen(WIRE_ANSWER))
		assert_memory_equal(p, WIRE_ANSWER, strlen(WIRE_ANSWER));
	assert_string_equal(p, "");
}

/* What the ledger says; one row, or none (NULL). */
static void
assert_ledger(struct connection *t, const char *want)
{
	char text[4096] = "";
	FILE *f = fmemopen(text, sizeof(text), "w");

	assert_non_null(f);
	ledger_print(t->ledger, f);
	fclose(f);
	if (want == NULL)
		assert_null(strstr(text, "tls"));
	else if (strstr(text, "tls") == NULL || strstr(text, want) == NULL)
		fail_msg("%s is not in: %s", want, text);
}

static void
assert_sealed(struct connection *t)
{
	const struct fact *o = t->f.o[0];

	assert_int_equal(t->f.n, 1);
	assert_int_equal(o->kind, FACT_COMMAND);
	assert_field(o, F_ROUTE, "winrm");
	assert_field(o, F_VISIBILITY, "sealed");
	assert_field(o, F_OUTCOME, "unknown");
	assert_field(o, F_WINRM_ENCRYPTION, "tls");
	assert_field(o, F_APP_PROTO, "http");
	assert_field(o, F_CMD_LINE, NULL);
	assert_field(o, F_CMD_SCRIPT, NULL);
}

static unsigned int
talks(const struct wire *w)
{
	return w->version == 0x0304 ? 2 : 1;
}

/* ---- With a key ---- */

static void
test_opened(void **state)
{
	struct connection t;

	(void)state;
	for (size_t i = 0; i < NWIRES; i++)
		for (size_t room = 1; room <= ROOM; room += room < 8 ? 1 : ROOM - 8) {
			connection_init(&t, i % 2 == 0 ? 5986 : 443, wires[i].log, false);
			push_records(&t, &wires[i], 0, WIRE_RECORDS, room);
			assert_int_equal(seen.conns, 1);
			assert_seen(talks(&wires[i]), talks(&wires[i]));
			assert_true(seen.c.tls);
			assert_false(seen.c.midstream);
			assert_int_equal(seen.gaps, 0);
			connection_end(&t);
			assert_int_equal(seen.frees, 1);
			assert_int_equal(t.f.n, 0);
			assert_int_equal(t.f.stats.n[STAT_UNSEAL_BAD], 0);
			assert_ledger(&t, "key log /tmp/schedwire-keylog.");
			connection_free(&t);
		}
}

static void
test_resumed(void **state)
{
	struct connection t;

	(void)state;
	for (size_t i = 0; i < nitems(resumed); i++) {
		connection_init(&t, 443, resumed[i].log, false);
		push_records(&t, &resumed[i], 0, WIRE_RECORDS, ROOM);
		assert_seen(1, 1);
		assert_int_equal(t.f.stats.n[STAT_UNSEAL_BAD], 0);
		connection_free(&t);
	}
}

static void
outer_describe(void *arg, struct fact *o)
{
	(void)arg;
	fact_str(o, F_AUTH_USER, "outer");
	fact_str(o, F_APP_PROTO, "outer");
}

static void
test_describe(void **state)
{
	struct connection t;
	struct fact *o;

	(void)state;
	connection_init(&t, 443, TLS12->log, false);
	tls_proto.conn_free(t.conn);
	t.carrier.describe = outer_describe;
	t.conn = tls_proto.conn_new(&t.carrier);
	for (enum dir d = C2S; d <= S2C; d++)
		t.in[d].conn = t.conn;
	push_records(&t, TLS12, 0, WIRE_RECORDS, ROOM);
	assert_non_null(seen.c.describe);
	o = fact_new(&t.f.budget, FACT_COMMAND, &t.f.peers, t.f.world.now);
	seen.c.describe(seen.c.arg, o);
	assert_field(o, F_APP_PROTO, "http");
	assert_field(o, F_AUTH_USER, "outer");
	fact_free(o);
	connection_free(&t);
}

static void
test_renegotiation(void **state)
{
	char first[512];
	struct connection t;

	(void)state;
	connection_init(&t, 443, renegotiated.log, false);
	push_records(&t, &renegotiated, 0, WIRE_RECORDS, ROOM);
	assert_seen(2, 2);
	assert_int_equal(t.f.stats.n[STAT_UNSEAL_BAD], 0);
	connection_free(&t);
	/* The second handshake is not in the log: what it seals is not told. */
	snprintf(first, sizeof(first), "%.*s",
	    (int)(strchr(renegotiated.log, '\n') + 1 - renegotiated.log), renegotiated.log);
	connection_init(&t, 5986, first, false);
	push_records(&t, &renegotiated, 0, WIRE_RECORDS, ROOM);
	assert_seen(1, 1);
	connection_free(&t);
}

/* RFC 5246 6.2.1: a message may be split over records. */
static void
test_hello_in_pieces(void **state)
{
	uint8_t hello[ROOM], record[ROOM];
	struct connection t;
	size_t len;

	(void)state;
	for (size_t piece = 1; piece < 64; piece += 9) {
		connection_init(&t, 5986, TLS12->log, false);
		for (size_t i = 0; i < 2; i++) {
			len = hex(TLS12->record[i].hex, hello, sizeof(hello));
			for (size_t at = 5, n; at < len; at += n) {
				n = len - at < piece ? len - at : piece;
				memcpy(record, hello, 3);
				be16enc(record + 3, (uint16_t)n);
				memcpy(record + 5, hello + at, n);
				push(&t, TLS12->record[i].dir, (struct view){ record, 5 + n }, ROOM);
			}
		}
		push_records(&t, TLS12, 2, WIRE_RECORDS, ROOM);
		assert_seen(1, 1);
		connection_free(&t);
	}
}

/* A hello without end is let go of, and counted. */
static void
test_hello_too_long(void **state)
{
	uint8_t record[5 + 16384] = { 22, 3, 1, 0x40, 0, 1, 0, 0xff, 0xff };
	struct connection t;

	(void)state;
	connection_init(&t, 5986, TLS12->log, false);
	for (unsigned int i = 0; i < 8; i++) {
		push(&t, C2S, (struct view){ record, sizeof(record) }, sizeof(record));
		assert_in_range(t.budget.used, 1, 64u << 10);
	}
	assert_in_range(t.f.stats.n[STAT_TLS_LIMIT], 1, 8);
	connection_free(&t);
}

/* The log is written while we look. */
static void
test_key_comes_late(void **state)
{
	struct connection t;
	FILE *f;

	(void)state;
	for (size_t i = 0; i < NWIRES; i++) {
		size_t app = wires[i].version == 0x0304 ? 4 : 2;

		if (&wires[i] == RETRIED)
			app = 6;
		connection_init(&t, 443, "", false);
		push_records(&t, &wires[i], 0, app + 2, ROOM);
		assert_non_null(f = fopen(t.log, "a"));
		fputs(wires[i].log, f);
		fclose(f);
		push_records(&t, &wires[i], app + 2, WIRE_RECORDS, ROOM);
		assert_seen(talks(&wires[i]), talks(&wires[i]));
		connection_free(&t);
	}
}

/* Nothing is kept of what nobody wants. */
static void
test_leave(void **state)
{
	struct connection t;

	(void)state;
	/* The log does not know it. */
	connection_init(&t, 443, TLS12->log, false);
	push_records(&t, TLS13, 0, WIRE_RECORDS, ROOM);
	for (unsigned int i = 0; i < MAX_TLS_WAIT && !t.in[S2C].left; i++)
		push_records(&t, TLS13, 9, 10, ROOM);
	assert_true(t.in[S2C].left);
	assert_int_equal(t.f.n, 0);
	connection_end(&t);
	assert_ledger(&t, NULL);
	connection_free(&t);
	/* What is inside is not wanted. */
	connection_init(&t, 5986, TLS12->log, false);
	seen.leaves = true;
	push_records(&t, TLS12, 0, 7, ROOM);
	assert_int_equal(seen.conns, 1);
	assert_int_equal(seen.frees, 1);
	assert_false(t.in[S2C].left);
	push_records(&t, TLS12, 7, WIRE_RECORDS, ROOM);
	assert_true(t.in[S2C].left);
	connection_end(&t);
	assert_int_equal(seen.frees, 1);
	assert_int_equal(t.f.n, 0);
	assert_ledger(&t, "key log ");
	connection_free(&t);
}

/* ---- Losses ---- */

static size_t
length(const struct wire *w, size_t i)
{
	return strlen(w->record[i].hex) / 2;
}

static void
test_record_lost(void **state)
{
	struct connection t;

	(void)state;
	for (size_t i = 0; i < NWIRES; i++) {
		const struct wire *w = &wires[i];
		size_t last = w->version == 0x0304 ? 10 : 6;	/* the first request */

		if (w == RETRIED)
			last = 12;
		connection_init(&t, 5986, w->log, false);
		push_records(&t, w, 0, last, ROOM);
		frame_gap(&t.in[C2S], length(w, last));
		push_records(&t, w, last + 1, WIRE_RECORDS, ROOM);
		assert_seen(talks(w) - 1, talks(w));
		assert_true(seen.c.midstream);
		connection_end(&t);
		assert_int_equal(t.f.n, 0);
		connection_free(&t);
	}
}

/* The second half of one: framing goes on, and what is inside hears of it. */
static void
test_record_torn(void **state)
{
	uint8_t r[ROOM];
	struct connection t;
	size_t len;

	(void)state;
	connection_init(&t, 5986, TLS13->log, false);
	push_records(&t, TLS13, 0, 11, ROOM);
	assert_seen(1, 0);
	len = hex(TLS13->record[11].hex, r, sizeof(r));
	push(&t, S2C, (struct view){ r, len / 2 }, ROOM);
	frame_gap(&t.in[S2C], len - len / 2);
	assert_int_equal(seen.gaps, 1);
	push_records(&t, TLS13, 12, WIRE_RECORDS, ROOM);
	assert_seen(2, 1);
	connection_free(&t);
}

/* In 1.2 what was lost may be the ChangeCipherSpec. */
static void
test_change_lost(void **state)
{
	struct connection t;

	(void)state;
	connection_init(&t, 5986, TLS12->log, false);
	push_records(&t, TLS12, 0, 2, ROOM);
	frame_gap(&t.in[C2S], length(TLS12, 2) + length(TLS12, 3));
	push_records(&t, TLS12, 4, WIRE_RECORDS, ROOM);
	assert_seen(1, 1);
	connection_free(&t);
}

static void
test_cut_anywhere(void **state)
{
	static const struct wire *const some[] = { TLS12, TLS13, RETRIED, &renegotiated };
	struct connection t;

	(void)state;
	for (size_t i = 0; i < nitems(some); i++)
		for (size_t n = 0; n < WIRE_RECORDS && some[i]->record[n].hex != NULL; n++)
			for (size_t cut = 0; cut < length(some[i], n); cut += 3) {
				uint8_t r[ROOM];

				hex(some[i]->record[n].hex, r, sizeof(r));
				connection_init(&t, 5986, some[i]->log, false);
				push_records(&t, some[i], 0, n, ROOM);
				push(&t, some[i]->record[n].dir, (struct view){ r, cut }, ROOM);
				frame_gap(&t.in[C2S], 1);
				frame_gap(&t.in[S2C], 100000);
				push_records(&t, some[i], 0, WIRE_RECORDS, ROOM);
				connection_free(&t);
			}
}

/* ---- Without one ---- */

static void
test_sealed(void **state)
{
	static const struct { const char *log, *why; } with[] = {
		{ NULL, "no key log" }, { "", "key log lacks this session" },
	};
	struct connection t;

	(void)state;
	for (size_t i = 0; i < NWIRES; i++)
		for (size_t k = 0; k < nitems(with); k++) {
			connection_init(&t, 5986, with[k].log, false);
			push_records(&t, &wires[i], 0, WIRE_RECORDS, ROOM);
			assert_int_equal(t.f.n, 0);
			t.f.world.now.us += 1000000;
			connection_end(&t);
			assert_sealed(&t);
			assert_in_range(t.f.o[0]->at.us, 1000000, 1999999);
			assert_int_equal(seen.conns, 0);
			assert_ledger(&t, with[k].why);
			connection_free(&t);
		}
}

/* The key of another session. */
static void
test_sealed_in_spite(void **state)
{
	char text[512];
	struct connection t;

	(void)state;
	snprintf(text, sizeof(text), "%s", TLS12[1].log);
	memcpy(strchr(text, ' ') + 1, strchr(TLS12->log, ' ') + 1, 64);
	connection_init(&t, 5986, text, false);
	push_records(&t, TLS12, 0, WIRE_RECORDS, ROOM);
	connection_end(&t);
	assert_sealed(&t);
	assert_ledger(&t, "does not fit the session");
	assert_int_equal(seen.conns, 0);
	connection_free(&t);
}

static void
test_foreign(void **state)
{
	uint8_t r[ROOM];
	struct connection t;
	size_t len;

	(void)state;
	connection_init(&t, 5986, TLS12->log, false);
	push_records(&t, TLS12, 0, 1, ROOM);
	len = hex(TLS12->record[1].hex, r, sizeof(r));
	r[10] = 1;		/* TLS 1.0 */
	push(&t, S2C, (struct view){ r, len }, ROOM);
	push_records(&t, TLS12, 2, WIRE_RECORDS, ROOM);
	connection_end(&t);
	assert_sealed(&t);
	assert_ledger(&t, "not supported");
	connection_free(&t);
}

/* Only a handshake: nobody gave a command. */
static void
test_nothing_said(void **state)
{
	struct connection t;

	(void)state;
	connection_init(&t, 5986, NULL, false);
	push_records(&t, TLS12, 0, 6, ROOM);
	connection_end(&t);
	assert_int_equal(t.f.n, 0);
	connection_free(&t);
	connection_init(&t, 5986, NULL, false);
	push_records(&t, TLS13, 0, 10, ROOM);
	/* The end of it: a sealed alert. */
	push(&t, C2S, (struct view){ (const uint8_t *)"\x17\x03\x03\0\x13" "0123456789abcdefghi", 24 },
	    ROOM);
	connection_end(&t);
	assert_int_equal(t.f.n, 0);
	connection_free(&t);
}

static void
test_midstream(void **state)
{
	struct connection t;

	(void)state;
	connection_init(&t, 5986, TLS12->log, true);
	push_records(&t, TLS12, 6, WIRE_RECORDS, 16);
	connection_end(&t);
	assert_sealed(&t);
	assert_ledger(&t, "logon not captured");
	connection_free(&t);
}

/* Bulk is counted off, whatever its size. */
static void
test_bulk_is_not_kept(void **state)
{
	uint8_t header[5] = { 23, 3, 3, 0x40, 0x11 };
	struct extent e;
	struct connection t;

	(void)state;
	connection_init(&t, 5986, NULL, false);
	push_records(&t, TLS12, 0, 6, ROOM);
	assert_int_equal(tls_proto.head(t.conn, S2C, (struct view){ header, 5 }, &e), HEAD_PDU);
	assert_int_equal(e.len, 5 + 0x4011);
	assert_in_range(e.keep, 0, 5);
	connection_free(&t);
}

static void
test_not_looked_at(void **state)
{
	struct connection t;

	(void)state;
	connection_init(&t, 443, NULL, false);
	assert_null(t.conn);
	connection_free(&t);
	connection_init(&t, 443, "", false);
	assert_non_null(t.conn);
	connection_free(&t);
}

/* ---- Whose bytes they are ---- */

static enum probe_answer
probe(const char *text)
{
	uint8_t first[MAX_PROBE];

	return tls_proto.probe((struct view){ first, hex(text, first, sizeof(first)) });
}

static void
test_probe(void **state)
{
	struct peers p = { .sport = 5986 };

	(void)state;
	assert_int_equal(probe("16030100dc010000d80303"), PROBE_CLIENT);
	assert_int_equal(probe("160303003e0200003a0303"), PROBE_SERVER);
	assert_int_equal(probe("16030100dc0100"), PROBE_CLIENT);
	assert_int_equal(probe("1603010001 01"), PROBE_CLIENT);
	for (size_t n = 1; n <= 5; n++)
		assert_int_equal(tls_proto.probe((struct view)
		    { (const uint8_t *)"\x16\x03\x01\0\xdc\x01", n }), PROBE_MORE);
	assert_int_equal(probe("17030300dc01"), PROBE_NO);
	assert_int_equal(probe("16030100dc0101"), PROBE_NO);
	assert_int_equal(probe("16030100dc0b00"), PROBE_NO);
	assert_int_equal(probe("1603017fff0100"), PROBE_NO);
	assert_int_equal(probe("16040100dc0100"), PROBE_NO);
	assert_int_equal(probe("504f5354"), PROBE_NO);
	assert_true(tls_proto.claims(NULL, &p));
	p.sport = 443;
	assert_false(tls_proto.claims(NULL, &p));
}

static void
test_resync(void **state)
{
	uint8_t v[64];
	size_t n;

	(void)state;
	n = hex("0017 1703 170303000101 1703", v, sizeof(v));
	assert_int_equal(tls_proto.resync((struct view){ v, n }), 4);
	n = hex("170303000101 aa 1703", v, sizeof(v));
	assert_int_equal(tls_proto.resync((struct view){ v, n }), 7);
	n = hex("aabbcc", v, sizeof(v));
	assert_int_equal(tls_proto.resync((struct view){ v, n }), n);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_opened),
		cmocka_unit_test(test_resumed),
		cmocka_unit_test(test_describe),
		cmocka_unit_test(test_renegotiation),
		cmocka_unit_test(test_hello_in_pieces),
		cmocka_unit_test(test_hello_too_long),
		cmocka_unit_test(test_key_comes_late),
		cmocka_unit_test(test_leave),
		cmocka_unit_test(test_record_lost),
		cmocka_unit_test(test_record_torn),
		cmocka_unit_test(test_change_lost),
		cmocka_unit_test(test_cut_anywhere),
		cmocka_unit_test(test_sealed),
		cmocka_unit_test(test_sealed_in_spite),
		cmocka_unit_test(test_foreign),
		cmocka_unit_test(test_nothing_said),
		cmocka_unit_test(test_midstream),
		cmocka_unit_test(test_bulk_is_not_kept),
		cmocka_unit_test(test_not_looked_at),
		cmocka_unit_test(test_probe),
		cmocka_unit_test(test_resync),
	};

	return cmocka_run_group_tests_name("tls", tests, NULL, NULL);
}
