#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "unit/hex.h"
#include "unit/ring.h"
#include "secret/secret.h"
#include "secret/tls-keys.h"
#include "wire/tls.h"

#define NWIRES	(sizeof(wires) / sizeof(wires[0]))
#define TLS13	(&wires[NWIRES - 3])	/* of AES-128-GCM */
#define TLS12	(&wires[0])
#define ROOM	1024

/* ---- A key log in a file ---- */

struct log {
	char		 path[64];
	struct keyring	*ring;
	char		 warned[512];
};

static void
log_write(struct log *l, const char *how, const char *text)
{
	FILE *f = fopen(l->path, how);

	assert_non_null(f);
	assert_int_equal(fputs(text, f) >= 0, 1);
	assert_int_equal(fclose(f), 0);
}

static void
log_init(struct log *l, const char *text)
{
	char secrets[128];
	int fd;

	memset(l, 0, sizeof(*l));
	snprintf(l->path, sizeof(l->path), "/tmp/schedwire-keylog.XXXXXX");
	fd = mkstemp(l->path);
	assert_int_not_equal(fd, -1);
	close(fd);
	log_write(l, "w", text);
	snprintf(secrets, sizeof(secrets), "# secrets\nkeylog %s\n", l->path);
	l->ring = ring_of(secrets);
}

static void
log_free(struct log *l)
{
	keyring_close(l->ring);
	(void)unlink(l->path);
}

/* ---- A session ---- */

static size_t
bytes(const struct wire *w, size_t i, uint8_t out[ROOM])
{
	return hex(w->record[i].hex, out, ROOM);
}

/* The random of the nth hello of a side; the last one's if there are fewer. */
static void
random_of(const struct wire *w, enum dir d, uint8_t random[TLS_RANDOM])
{
	uint8_t r[ROOM];

	for (size_t i = 0; w->record[i].hex != NULL; i++)
		if (w->record[i].dir == d && bytes(w, i, r) > 43 && r[0] == 22 && r[5] == 1 + d)
			memcpy(random, r + 11, TLS_RANDOM);
}

static struct tls *
begin(const struct wire *w, struct keyring *ring)
{
	uint8_t client[TLS_RANDOM], server[TLS_RANDOM];
	struct tls *t;

	random_of(w, C2S, client);
	random_of(w, S2C, server);
	if ((t = tls_new(ring, client)) == NULL)
		return NULL;
	assert_true(tls_server_hello(t, w->version, w->suite, server, w->etm));
	return t;
}

/* Is the ith record sealed?  Follows what goes in the clear. */
static bool
sealed(const struct wire *w, size_t i, struct tls *t, bool changed[2])
{
	enum dir d = w->record[i].dir;
	uint8_t r[ROOM];

	bytes(w, i, r);
	if (r[0] == 20 && !changed[d]) {
		tls_change_cipher(t, d);
		changed[d] = w->version == TLS_1_2;
		return false;
	}
	return changed[d] || r[0] == 23;
}

static enum unseal
unseal(struct tls *t, const struct wire *w, size_t i, uint8_t out[ROOM], size_t *len, uint8_t *type)
{
	uint8_t r[ROOM];
	size_t n = bytes(w, i, r);
	uint8_t *exact = test_malloc(n);
	enum unseal got;

	memcpy(exact, r, n);
	got = tls_unseal(t, w->record[i].dir, (struct view){ exact, n }, out, len, type);
	test_free(exact);
	return got;
}

/* Unseals all that is sealed, but for what is in skip (as bits).  Returns how
 * much of the content that is wanted came. */
static unsigned int
run(const struct wire *w, struct tls *t, uint32_t skip)
{
	const char *const said[2] = { WIRE_REQUEST, WIRE_ANSWER };
	bool changed[2] = { false };
	unsigned int talked = 0;
	uint8_t out[ROOM], type;
	size_t len;

	for (size_t i = 0; w->record[i].hex != NULL; i++) {
		const char *want = said[w->record[i].dir];

		if (!sealed(w, i, t, changed) || (skip >> i & 1) != 0 ||
		    unseal(t, w, i, out, &len, &type) != UNSEAL_OK || type != 23)
			continue;
		assert_int_equal(len, strlen(want));
		assert_memory_equal(out, want, len);
		talked++;
	}
	return talked;
}

static unsigned int
connection_of(const struct wire *w)
{
	return w->version == TLS_1_3 ? 4 : 2;
}

static unsigned int
last_of(const struct wire *w)
{
	unsigned int i = 0;

	while (w->record[i].hex != NULL)
		i++;
	return i;
}

/* ---- What opens ---- */

static void
test_suites(void **state)
{
	struct log log;
	struct tls *t;

	(void)state;
	for (size_t i = 0; i < NWIRES; i++) {
		log_init(&log, wires[i].log);
		t = begin(&wires[i], log.ring);
		assert_non_null(t);
		assert_non_null(strstr(tls_reason(t), "does not fit"));
		if (run(&wires[i], t, 0) != connection_of(&wires[i]))
			fail_msg("%s", wires[i].name);
		assert_non_null(strstr(tls_reason(t), "key log /tmp/schedwire-keylog."));
		assert_non_null(strstr(tls_reason(t), ", line 2"));
		assert_null(strstr(tls_reason(t), "fit"));
		tls_free(t);
		log_free(&log);
	}
}

/* Every record counts: not one of a session fails. */
static void
test_all_records(void **state)
{
	uint8_t out[ROOM], type;
	struct log log;
	struct tls *t;
	size_t len;

	(void)state;
	for (size_t n = 0; n < NWIRES; n++) {
		bool changed[2] = { false };

		log_init(&log, wires[n].log);
		t = begin(&wires[n], log.ring);
		for (size_t i = 0; wires[n].record[i].hex != NULL; i++)
			if (sealed(&wires[n], i, t, changed))
				assert_int_equal(unseal(t, &wires[n], i, out, &len, &type),
				    UNSEAL_OK);
		tls_free(t);
		log_free(&log);
	}
}

/* RFC 8448 3: from the client's application traffic secret. */
static void
test_rfc8448(void **state)
{
	const struct tls_suite *s = tls_suite_find(TLS_1_3, 0x1301);
	uint8_t secret[32], want[16];
	struct tls_keys k;

	(void)state;
	hex("9e40646ce79a7f9dc05af8889bce6552875afa0b06df0087f792ebb7c17504a5", secret, 32);
	tls13_keys(s, secret, &k);
	hex("17422dda596ed5d9acd890e3c63f5051", want, 16);
	assert_memory_equal(k.key, want, 16);
	hex("5b78923dee08579033e523d9", want, 16);
	assert_memory_equal(k.iv, want, TLS_IV);
}

static void
test_suite_table(void **state)
{
	static const struct { uint16_t version, id; bool aead; size_t mac, key; } known[] = {
		{ TLS_1_2, 0x002f, false, 20, 16 }, { TLS_1_2, 0x003d, false, 32, 32 },
		{ TLS_1_2, 0x006b, false, 32, 32 }, { TLS_1_2, 0x009f, true, 0, 32 },
		{ TLS_1_2, 0xc028, false, 48, 32 }, { TLS_1_2, 0xc02f, true, 0, 16 },
		{ TLS_1_2, 0xc030, true, 0, 32 }, { TLS_1_2, 0xcca8, true, 0, 32 },
		{ TLS_1_3, 0x1303, true, 0, 32 }, { TLS_1_2, 0x0094, false, 20, 16 },
	};
	static const struct { uint16_t version, id; } unknown[] = {
		{ TLS_1_2, 0x0000 }, { TLS_1_2, 0x000a }, { TLS_1_2, 0x1301 }, { TLS_1_3, 0x1304 },
		{ TLS_1_3, 0x1300 }, { TLS_1_3, 0xc02f }, { 0x0301, 0x002f }, { TLS_1_2, 0xffff },
		{ TLS_1_2, 0x008f }, { TLS_1_2, 0xc0ac },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		const struct tls_suite *s = tls_suite_find(known[i].version, known[i].id);

		assert_non_null(s);
		assert_int_equal(s->aead != NULL, known[i].aead);
		assert_int_equal(s->mac != NULL ? s->mac->digest_size : 0, known[i].mac);
		assert_int_equal(s->key, known[i].key);
	}
	for (size_t i = 0; i < sizeof(unknown) / sizeof(unknown[0]); i++)
		assert_null(tls_suite_find(unknown[i].version, unknown[i].id));
}

/* ---- What does not ---- */

/* One bit of a record, wherever it is, and nothing is opened. */
static void
test_altered(void **state)
{
	uint8_t r[ROOM], out[ROOM], type;
	size_t n, len, last;
	struct log log;
	struct tls *t;

	(void)state;
	for (size_t i = 0; i < NWIRES; i++) {
		const struct wire *w = &wires[i];
		bool changed[2] = { false };

		last = last_of(w) - 1;
		log_init(&log, w->log);
		t = begin(w, log.ring);
		for (size_t k = 0; k < last; k++)
			if (sealed(w, k, t, changed))
				assert_int_equal(unseal(t, w, k, out, &len, &type), UNSEAL_OK);
		n = bytes(w, last, r);
		for (size_t at = 0; at < n; at += at < 8 ? 1 : 5) {
			r[at] ^= 0x10;
			if (at != 3 && at != 4) {	/* 1.2 makes its length anew */
				assert_int_equal(tls_unseal(t, w->record[last].dir,
				    (struct view){ r, n }, out, &len, &type), UNSEAL_BAD);
				assert_int_equal(len, 0);
			}
			r[at] ^= 0x10;
		}
		assert_int_equal(unseal(t, w, last, out, &len, &type), UNSEAL_OK);
		tls_free(t);
		log_free(&log);
	}
}

static void
test_truncated(void **state)
{
	uint8_t r[ROOM], type;
	size_t n, len, last;
	struct log log;
	struct tls *t;

	(void)state;
	for (size_t i = 0; i < NWIRES; i++) {
		const struct wire *w = &wires[i];
		bool changed[2] = { false };

		last = last_of(w) - 1;
		log_init(&log, w->log);
		t = begin(w, log.ring);
		for (size_t k = 0; k < last; k++)
			(void)sealed(w, k, t, changed);
		n = bytes(w, last, r);
		for (size_t cut = 0; cut < n; cut++) {
			uint8_t *in = test_malloc(cut + 1), *out = test_malloc(cut + 1);

			memcpy(in + 1, r, cut);
			assert_int_not_equal(tls_unseal(t, w->record[last].dir,
			    (struct view){ in + 1, cut }, out, &len, &type), UNSEAL_OK);
			test_free(in);
			test_free(out);
		}
		tls_free(t);
		log_free(&log);
	}
}

/* Another session's secrets, under this one's random. */
static void
test_wrong_secret(void **state)
{
	char text[4096], random[65];
	struct log log;
	struct tls *t;

	(void)state;
	memcpy(random, strchr(TLS12->log, ' ') + 1, 64);
	snprintf(text, sizeof(text), "%s", TLS12[1].log);
	memcpy(strchr(text, ' ') + 1, random, 64);
	log_init(&log, text);
	t = begin(TLS12, log.ring);
	assert_non_null(t);
	assert_int_equal(run(TLS12, t, 0), 0);
	assert_non_null(strstr(tls_reason(t), ", line 2: does not fit the session"));
	tls_free(t);
	log_free(&log);
}

static void
test_unknown_suite(void **state)
{
	uint8_t random[TLS_RANDOM], out[ROOM], type;
	struct log log;
	struct tls *t;
	size_t len;

	(void)state;
	log_init(&log, TLS12->log);
	random_of(TLS12, C2S, random);
	t = tls_new(log.ring, random);
	assert_non_null(t);
	assert_int_equal(unseal(t, TLS12, 6, out, &len, &type), UNSEAL_NO_KEY);
	assert_false(tls_server_hello(t, TLS_1_2, 0x0005, random, false));
	tls_change_cipher(t, C2S);
	assert_int_equal(unseal(t, TLS12, 6, out, &len, &type), UNSEAL_NO_KEY);
	assert_string_equal(tls_reason(t), "TLS version or cipher suite not supported");
	/* A secret of the wrong kind is none. */
	assert_true(tls_server_hello(t, TLS_1_3, 0x1301, random, false));
	assert_int_equal(unseal(t, TLS13, 10, out, &len, &type), UNSEAL_NO_KEY);
	tls_free(t);
	log_free(&log);
}

/* A stranger's records cost a bounded time, and are then not looked at. */
static void
test_search_is_bounded(void **state)
{
	size_t size = 16384, len, n = 0;
	uint8_t *r = test_calloc(1, size), *out = test_malloc(size), type;
	struct log log;
	struct tls *t;

	(void)state;
	log_init(&log, TLS12->log);
	t = begin(TLS12, log.ring);
	assert_int_equal(run(TLS12, t, 0), 2);
	memcpy(r, "\x17\x03\x03\x3f\xfb", 5);
	while (tls_unseal(t, C2S, (struct view){ r, size }, out, &len, &type) == UNSEAL_BAD)
		n++;
	assert_in_range(n, 1, MAX_TLS_SEARCH / size);
	assert_int_equal(tls_unseal(t, C2S, (struct view){ r, size }, out, &len, &type),
	    UNSEAL_LOST);
	tls_free(t);
	log_free(&log);
	test_free(r);
	test_free(out);
}

/* ---- Losses ---- */

static void
test_lost_records(void **state)
{
	struct log log;
	struct tls *t;

	(void)state;
	for (size_t i = 0; i < NWIRES; i++) {
		const struct wire *w = &wires[i];

		/* Any one of them, but where it is content itself. */
		for (unsigned int gone = 2; gone < last_of(w); gone++) {
			unsigned int want = connection_of(w), got;
			uint8_t r[ROOM];
			bool app;

			bytes(w, gone, r);
			if (r[0] == 20 && w->version == TLS_1_2)
				continue;
			app = r[0] == 23 && (w->version == TLS_1_2 || gone >= last_of(w) - 6);
			log_init(&log, w->log);
			t = begin(w, log.ring);
			got = run(w, t, 1u << gone);
			assert_in_range(got, want - app, want);
			tls_free(t);
			log_free(&log);
		}
	}
}

/* Nothing before the last records, of 1.3 with two keys between. */
static void
test_much_lost(void **state)
{
	struct log log;
	struct tls *t;

	(void)state;
	log_init(&log, TLS13->log);
	t = begin(TLS13, log.ring);
	assert_int_equal(run(TLS13, t, (1u << (last_of(TLS13) - 6)) - 1), 4);
	tls_free(t);
	/* The key update of a side itself. */
	t = begin(TLS13, log.ring);
	assert_int_equal(run(TLS13, t, 1u << (last_of(TLS13) - 4)), 4);
	tls_free(t);
	log_free(&log);
}

static void
test_skip(void **state)
{
	uint8_t out[ROOM], type;
	struct log log;
	struct tls *t;
	size_t len;

	(void)state;
	log_init(&log, TLS12->log);
	t = begin(TLS12, log.ring);
	tls_change_cipher(t, C2S);
	tls_skip(t, C2S, 1);		/* the Finished */
	assert_int_equal(unseal(t, TLS12, 6, out, &len, &type), UNSEAL_OK);
	assert_int_equal(unseal(t, TLS12, 6, out, &len, &type), UNSEAL_BAD);	/* not twice */
	tls_free(t);
	t = begin(TLS12, log.ring);
	tls_change_cipher(t, C2S);
	tls_skip(t, C2S, 2);		/* and what is before that opens no more */
	assert_int_equal(unseal(t, TLS12, 6, out, &len, &type), UNSEAL_BAD);
	tls_free(t);
	log_free(&log);
}

/* ---- The log ---- */

static bool
knows(struct keyring *ring, const struct wire *w)
{
	uint8_t random[TLS_RANDOM];
	struct tls *t;

	random_of(w, C2S, random);
	t = tls_new(ring, random);
	tls_free(t);
	return t != NULL;
}

static void
test_no_log(void **state)
{
	struct keyring *ring = ring_of("password alice x\n");

	(void)state;
	assert_false(tls_has_log(NULL));
	assert_false(tls_has_log(ring));
	assert_false(knows(ring, TLS12));
	keyring_close(ring);
	tls_free(NULL);
}

static void
test_log_grows(void **state)
{
	const char *half = strchr(TLS12->log, ' ') + 20;
	char first[4096];
	struct log log;

	(void)state;
	log_init(&log, "");
	assert_true(tls_has_log(log.ring));
	assert_false(knows(log.ring, TLS12));
	snprintf(first, sizeof(first), "# made by a program\n%.*s", (int)(half - TLS12->log),
	    TLS12->log);
	log_write(&log, "a", first);
	assert_false(knows(log.ring, TLS12));
	log_write(&log, "a", half);
	assert_true(knows(log.ring, TLS12));
	assert_false(knows(log.ring, TLS13));
	log_write(&log, "a", TLS13->log);
	assert_true(knows(log.ring, TLS12));
	assert_true(knows(log.ring, TLS13));
	/* It begins anew, shorter. */
	log_write(&log, "w", TLS12[1].log);
	assert_true(knows(log.ring, &TLS12[1]));
	assert_false(knows(log.ring, TLS12));
	log_free(&log);
}

/* A program has each secret of 1.3 at its time. */
static void
test_secrets_come_late(void **state)
{
	char early[4096] = "", late[4096] = "";
	struct log log;
	struct tls *t;

	(void)state;
	for (const char *p = TLS13->log; *p != '\0'; p = strchr(p, '\n') + 1)
		strncat(strstr(p, "TRAFFIC_SECRET_0") == strchr(p, '_') + 1 ? late : early, p,
		    (size_t)(strchr(p, '\n') + 1 - p));
	assert_int_not_equal(late[0], '\0');
	log_init(&log, early);
	t = begin(TLS13, log.ring);
	assert_non_null(t);
	log_write(&log, "a", late);
	assert_int_equal(run(TLS13, t, 0), 4);
	tls_free(t);
	/* And with those for the handshake nowhere. */
	log_write(&log, "w", "");
	assert_false(knows(log.ring, TLS13));
	log_write(&log, "w", late);
	t = begin(TLS13, log.ring);
	assert_non_null(t);
	assert_int_equal(run(TLS13, t, 0), 4);
	tls_free(t);
	log_free(&log);
}

static void
test_log_spellings(void **state)
{
	char text[4096];
	struct log log;

	(void)state;
	/* No newline at its end; CRLF; capitals. */
	snprintf(text, sizeof(text), "%s", TLS12->log);
	text[strlen(text) - 1] = '\0';
	log_init(&log, text);
	assert_true(knows(log.ring, TLS12));
	log_free(&log);
	strlcat(text, "\r\n", sizeof(text));
	log_init(&log, text);
	assert_true(knows(log.ring, TLS12));
	log_free(&log);
	for (char *p = text; *p != '\0'; p++)
		if (*p >= 'a' && *p <= 'f')
			*p = (char)(*p - 0x20);
	log_init(&log, text);
	assert_true(knows(log.ring, TLS12));
	log_free(&log);
}

static void
told(void *arg, const char *text)
{
	struct log *l = arg;

	if (strstr(text, "malformed") != NULL)
		snprintf(l->warned, sizeof(l->warned), "%s", text);
}

static void
add_line(char *text, size_t room, const char *line)
{
	strlcat(text, line, room);
	strlcat(text, "\n", room);
}

static void
test_malformed_lines(void **state)
{
	static const char *const good[] = {
		"", "# a comment", "RSA 0011 2233", "EXPORTER_SECRET zz", "CLIENT_RANDOMS 00 11",
	};
	static const char *const bad[] = {
		"CLIENT_RANDOM", "CLIENT_RANDOM ", "CLIENT_RANDOM 00 11", "client_random 00 11",
		"SERVER_TRAFFIC_SECRET_0 zz 11", " CLIENT_RANDOM 00 11", "\x01\x02\xff", "{}",
	};
	char text[16384] = "", line[4096] = "", secrets[] = "/tmp/schedwire-secrets.XXXXXX", err[256];
	struct log log;
	FILE *f;

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		add_line(text, sizeof(text), good[i]);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		add_line(text, sizeof(text), bad[i]);
	snprintf(line, sizeof(line), "%s", TLS12->log);
	line[strlen(line) - 3] = '\0';
	add_line(text, sizeof(text), line);		/* a digit is missing */
	snprintf(line, sizeof(line), "%.*s00", (int)strlen(TLS12->log) - 1, TLS12->log);
	add_line(text, sizeof(text), line);		/* there are too many */
	snprintf(line, sizeof(line), "%.*s x", (int)strlen(TLS12->log) - 1, TLS12->log);
	add_line(text, sizeof(text), line);		/* something is behind them */
	memset(line, 'A', sizeof(line) - 1);
	add_line(text, sizeof(text), line);		/* it is too long at all */
	strlcat(text, TLS12[1].log, sizeof(text));
	log_init(&log, text);
	assert_false(knows(log.ring, TLS12));
	assert_true(knows(log.ring, &TLS12[1]));
	assert_int_not_equal(mkstemp(secrets), -1);
	assert_non_null(f = fopen(secrets, "w"));
	fprintf(f, "keylog %s\n", log.path);
	fclose(f);
	keyring_close(keyring_open(secrets, told, &log, err, sizeof(err)));
	(void)unlink(secrets);
	assert_non_null(strstr(log.warned, ": 12 malformed lines were passed over"));
	log_free(&log);
}

/* Other sessions before and after: pieces are read whole, lines lie across. */
static void
test_log_is_long(void **state)
{
	const unsigned int others = 20000;
	struct log log;
	FILE *f;

	(void)state;
	log_init(&log, TLS12->log);
	assert_non_null(f = fopen(log.path, "a"));
	for (unsigned int i = 0; i < others; i++) {
		if (i == others / 2)
			fputs(TLS13->log, f);
		fprintf(f, "CLIENT_RANDOM %064x %096x\n", i * 2654435761u, i);
	}
	fputs(TLS12[1].log, f);
	fclose(f);
	assert_true(knows(log.ring, TLS12));
	assert_true(knows(log.ring, TLS13));
	assert_true(knows(log.ring, &TLS12[1]));
	assert_false(knows(log.ring, &TLS12[2]));
	log_free(&log);
}

/* More lines of one session than there is room for: the newest are known. */
static void
test_one_bucket_is_full(void **state)
{
	struct log log;

	(void)state;
	log_init(&log, TLS12->log);
	for (unsigned int i = 0; i < 70; i++) {
		char blank[16];

		snprintf(blank, sizeof(blank), "# %u\n", i);
		log_write(&log, "a", blank);
		log_write(&log, "a", TLS12->log);
	}
	log_write(&log, "a", TLS13->log);
	assert_true(knows(log.ring, TLS12));
	assert_true(knows(log.ring, TLS13));
	log_free(&log);
}

static unsigned int
descriptors(void)
{
	unsigned int n = 0;
	struct stat st;

	for (int fd = 0; fd < 64; fd++)
		n += fstat(fd, &st) == 0;
	return n;
}

/* A session goes on with the secrets that it has; no file stays open. */
static void
test_reload(void **state)
{
	unsigned int before = descriptors();
	char secrets[] = "/tmp/schedwire-secrets.XXXXXX", err[256];
	struct keyring *ring;
	struct log log;
	struct tls *t;
	FILE *f;

	(void)state;
	log_init(&log, TLS13->log);
	close(mkstemp(secrets));
	assert_non_null(f = fopen(secrets, "w"));
	fprintf(f, "keylog %s\n", log.path);
	fclose(f);
	ring = keyring_open(secrets, NULL, NULL, err, sizeof(err));
	assert_non_null(ring);
	t = begin(TLS13, ring);
	assert_non_null(t);
	assert_non_null(f = fopen(secrets, "w"));
	fprintf(f, "password alice x\n");
	fclose(f);
	assert_true(keyring_reload(ring, NULL, NULL, err, sizeof(err)));
	assert_false(tls_has_log(ring));
	assert_int_equal(run(TLS13, t, 0), 4);
	tls_free(t);
	assert_non_null(f = fopen(secrets, "w"));
	fprintf(f, "keylog %s\nnonsense\n", log.path);
	fclose(f);
	assert_false(keyring_reload(ring, NULL, NULL, err, sizeof(err)));
	keyring_close(ring);
	(void)unlink(secrets);
	log_free(&log);
	assert_int_equal(descriptors(), before);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_suites),
		cmocka_unit_test(test_all_records),
		cmocka_unit_test(test_rfc8448),
		cmocka_unit_test(test_suite_table),
		cmocka_unit_test(test_altered),
		cmocka_unit_test(test_truncated),
		cmocka_unit_test(test_wrong_secret),
		cmocka_unit_test(test_unknown_suite),
		cmocka_unit_test(test_search_is_bounded),
		cmocka_unit_test(test_lost_records),
		cmocka_unit_test(test_much_lost),
		cmocka_unit_test(test_skip),
		cmocka_unit_test(test_no_log),
		cmocka_unit_test(test_log_grows),
		cmocka_unit_test(test_secrets_come_late),
		cmocka_unit_test(test_log_spellings),
		cmocka_unit_test(test_malformed_lines),
		cmocka_unit_test(test_log_is_long),
		cmocka_unit_test(test_one_bucket_is_full),
		cmocka_unit_test(test_reload),
	};

	return cmocka_run_group_tests_name("seal_tls", tests, NULL, NULL);
}
