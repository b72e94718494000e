/* A TLS session's records, however they come. */
#include "http/tls-session.h"

#include "unit/facts.h"
#include "unit/hex.h"
#include "unit/ring.h"
#include "wire/tls-make.h"
#include "wire/tls.h"

#define NWIRES	nitems(wires)
#define TLS13	(&wires[NWIRES - 3])
#define RETRIED	(&wires[NWIRES - 2])	/* after a HelloRetryRequest */
#define ROOM	1024

struct bench {
	struct facts	 f;
	char		 log[32];
	struct tls_session *s;
	char		 text[2][512];
	unsigned int	 gaps[2];
};

static void
data(void *arg, enum dir d, struct view v)
{
	struct bench *b = arg;
	size_t at = strlen(b->text[d]);

	assert_true(at + v.len < sizeof(b->text[d]));
	memcpy(b->text[d] + at, v.p, v.len);
	b->text[d][at + v.len] = '\0';
}

static void
gap(void *arg, enum dir d)
{
	struct bench *b = arg;

	b->gaps[d]++;
}

/* log: NULL for no keyring. */
static void
begin(struct bench *b, const char *log)
{
	char secrets[64];
	FILE *f;

	memset(b, 0, sizeof(*b));
	facts_init(&b->f);
	if (log != NULL) {
		made_secrets(NULL, b->log, secrets);
		assert_non_null(f = fopen(b->log, "w"));
		fputs(log, f);
		fclose(f);
		b->f.world.keyring = ring_of(secrets);
	}
	b->s = tls_session_new(&b->f.world, &b->f.budget,
	    &(struct tls_listener){ .data = data, .gap = gap, .arg = b });
	assert_non_null(b->s);
}

static void
end(struct bench *b)
{
	tls_session_free(b->s);
	keyring_close(b->f.world.keyring);
	if (b->log[0] != '\0')
		(void)unlink(b->log);
	facts_free(&b->f);
}

static bool
feed(struct bench *b, enum dir d, struct view v)
{
	uint8_t *exact = test_malloc(v.len + 1);
	bool all;

	memcpy(exact + 1, v.p, v.len);
	all = tls_session_records(b->s, d, (struct view){ exact + 1, v.len });
	test_free(exact);
	return all;
}

/* What one side says before the other does comes at once. */
static void
feed_flights(struct bench *b, const struct wire *w, size_t from, size_t to)
{
	uint8_t r[WIRE_RECORDS * ROOM];

	for (size_t i = from, n = 0; i < to && w->record[i].hex != NULL; i++) {
		n += hex(w->record[i].hex, r + n, ROOM);
		if (i + 1 < to && w->record[i + 1].hex != NULL &&
		    w->record[i + 1].dir == w->record[i].dir)
			continue;
		assert_true(feed(b, w->record[i].dir, (struct view){ r, n }));
		n = 0;
	}
}

static bool
told(const struct bench *b)
{
	return strncmp(b->text[C2S], WIRE_REQUEST, strlen(WIRE_REQUEST)) == 0 &&
	    strncmp(b->text[S2C], WIRE_ANSWER, strlen(WIRE_ANSWER)) == 0;
}

static void
test_opened(void **state)
{
	struct bench b;

	(void)state;
	for (size_t i = 0; i < NWIRES; i++) {
		begin(&b, wires[i].log);
		feed_flights(&b, &wires[i], 0, WIRE_RECORDS);
		assert_true(told(&b));
		assert_int_equal(b.gaps[C2S] + b.gaps[S2C], 0);
		assert_true(tls_session_opened(b.s));
		assert_true(tls_session_carried(b.s));
		assert_non_null(strstr(tls_session_reason(b.s), "key log "));
		assert_null(strstr(tls_session_reason(b.s), "fit"));
		end(&b);
	}
}

/* What is not opened is a gap, and nothing else. */
static void
test_sealed(void **state)
{
	static const struct { const char *log, *why; } with[] = {
		{ NULL, "no key log" }, { "", "key log lacks this session" },
	};
	struct bench b;

	(void)state;
	for (size_t i = 0; i < NWIRES; i++)
		for (size_t k = 0; k < nitems(with); k++) {
			begin(&b, with[k].log);
			feed_flights(&b, &wires[i], 0, WIRE_RECORDS);
			assert_string_equal(b.text[C2S], "");
			assert_string_equal(b.text[S2C], "");
			assert_true(b.gaps[C2S] > 0 && b.gaps[S2C] > 0);
			assert_false(tls_session_opened(b.s));
			assert_true(tls_session_carried(b.s));
			assert_string_equal(tls_session_reason(b.s), with[k].why);
			end(&b);
		}
}

static void
test_midstream(void **state)
{
	struct bench b;

	(void)state;
	begin(&b, TLS13->log);
	feed_flights(&b, TLS13, 6, WIRE_RECORDS);
	assert_false(tls_session_opened(b.s));
	assert_string_equal(tls_session_reason(b.s), "logon not captured");
	end(&b);
}

/* Each record cut at each byte: what is told was said, and the cut is told. */
static void
test_cut(void **state)
{
	static const struct wire *const some[] = { &wires[0], TLS13, RETRIED };
	uint8_t r[ROOM];
	struct bench b;

	(void)state;
	for (size_t k = 0; k < nitems(some); k++)
		for (size_t i = 0; i < WIRE_RECORDS && some[k]->record[i].hex != NULL; i++)
			for (size_t n = 0, len = hex(some[k]->record[i].hex, r, ROOM); n < len; n += 3) {
				begin(&b, some[k]->log);
				feed_flights(&b, some[k], 0, i);
				hex(some[k]->record[i].hex, r, ROOM);
				assert_int_equal(feed(&b, some[k]->record[i].dir,
				    (struct view){ r, n }), n == 0);
				feed_flights(&b, some[k], i + 1, WIRE_RECORDS);
				for (enum dir d = C2S; d <= S2C; d++)
					assert_true(strlen(b.text[d]) % strlen(d == C2S ?
					    WIRE_REQUEST : WIRE_ANSWER) == 0);
				end(&b);
			}
}

/* A made session: its records are in hand one by one. */
static void
test_made(void **state)
{
	struct buf out[2], log;
	char text[256];
	struct bench b;
	struct made m;
	FILE *f;

	(void)state;
	for (unsigned int lost = 0; lost < 3; lost++) {
		made_init(&m, 1);
		assert_non_null(f = fmemopen(text, sizeof(text), "w"));
		made_log(&m, f);
		fclose(f);
		begin(&b, text);
		buf_init(&out[C2S], &b.f.budget, 1u << 16);
		buf_init(&out[S2C], &b.f.budget, 1u << 16);
		buf_init(&log, &b.f.budget, 1u << 16);
		made_hello(&m, C2S, &out[C2S]);
		made_hello(&m, S2C, &out[S2C]);
		made_finish(&m, C2S, &log);
		made_data(&m, C2S, view_str("one "), &log);
		assert_true(feed(&b, C2S, buf_view(&out[C2S])));
		assert_true(feed(&b, S2C, buf_view(&out[S2C])));
		assert_true(feed(&b, C2S, buf_view(&log)));
		buf_free(&log);
		/* Not captured at all; altered; with bytes behind that are no record. */
		made_data(&m, C2S, view_str("two "), &log);
		log.p[log.len - 1] ^= lost == 1;
		if (lost == 2)
			assert_true(buf_add(&log, view_str("--")));
		if (lost > 0)
			assert_int_equal(feed(&b, C2S, buf_view(&log)), lost == 1);
		buf_free(&log);
		made_data(&m, C2S, view_str("three"), &log);
		assert_true(feed(&b, C2S, buf_view(&log)));
		assert_string_equal(b.text[C2S], lost == 2 ? "one two three" : "one three");
		assert_int_equal(b.gaps[C2S], lost == 1);
		buf_free(&log);
		buf_free(&out[C2S]);
		buf_free(&out[S2C]);
		end(&b);
	}
}

static void
test_other(void **state)
{
	struct bench b;
	struct made m;
	struct buf out;

	(void)state;
	begin(&b, NULL);
	buf_init(&out, &b.f.budget, 1u << 16);
	made_init(&m, 1);
	made_hello(&m, C2S, &out);
	assert_true(tls_session_other(b.s, buf_view(&out)));
	feed(&b, C2S, buf_view(&out));
	assert_false(tls_session_other(b.s, buf_view(&out)));
	for (size_t n = 0; n < out.len; n++) {
		uint8_t *exact = test_malloc(n + 1);

		memcpy(exact + 1, out.p, n);
		(void)tls_session_other(b.s, (struct view){ exact + 1, n });
		test_free(exact);
	}
	buf_free(&out);
	made_init(&m, 2);
	made_hello(&m, C2S, &out);
	assert_true(tls_session_other(b.s, buf_view(&out)));
	buf_free(&out);
	made_hello(&m, S2C, &out);
	assert_false(tls_session_other(b.s, buf_view(&out)));
	buf_free(&out);
	made_data(&m, C2S, view_str("x"), &out);
	assert_false(tls_session_other(b.s, buf_view(&out)));
	buf_free(&out);
	end(&b);
}

static void
test_record_len(void **state)
{
	static const struct { const char *hex; size_t len; } rows[] = {
		{ "1703030001", 6 }, { "160301400aff", 0x400f }, { "17030300", 0 }, { "", 0 },
		{ "1703030000", 0 }, { "1703057fff", 0 }, { "1303030001", 0 }, { "2d2d456e63", 0 },
		{ "1703034801", 0 }, { "1703034800", 0x4805 },
	};
	uint8_t v[16];

	(void)state;
	for (size_t i = 0; i < nitems(rows); i++)
		assert_int_equal(tls_record_len((struct view){ v, hex(rows[i].hex, v, sizeof(v)) }),
		    rows[i].len);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_opened),
		cmocka_unit_test(test_sealed),
		cmocka_unit_test(test_midstream),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_made),
		cmocka_unit_test(test_other),
		cmocka_unit_test(test_record_len),
	};

	return cmocka_run_group_tests_name("tls_session", tests, NULL, NULL);
}
