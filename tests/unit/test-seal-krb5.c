#include "unit/facts.h"

#include "unit/hex.h"
#include "wire/krb-make.h"
#include "secret/krbtoken.h"
#include "secret/seal-krb5.h"

static const int32_t etypes[] = { 17, 18, 19, 20, 23 };

static struct krb_key
hex_key(int32_t etype, const char *text)
{
	uint8_t b[32];
	struct krb_key k;

	assert_true(krb_key_set(&k, etype, (struct view){ b, hex(text, b, sizeof(b)) }));
	return k;
}

/* ---- Keys and ciphers: the published vectors ---- */

/* Their other vectors have fewer iterations than libk5crypto accepts. */
static void
keys_of_passwords(void **state)
{
	static const char athena[] = "ATHENA.MIT.EDUraeburn";
	static const struct {
		int32_t		 etype;
		uint32_t	 iterations;
		const char	*key;
	} rows[] = {
		/* RFC 3962 B */
		{ 17, 0, "fca822951813fb252154c883f5ee1cf4" },
		{ 17, 4096, "fca822951813fb252154c883f5ee1cf4" },
		{ 18, 0, "01b897121d933ab44b47eb5494db15e50eb74530dbdae9b634d65020ff5d88c1" },
	};
	uint8_t n[4], salt[64];
	struct krb_key k, want;

	(void)state;
	for (size_t i = 0; i < nitems(rows); i++) {
		be32enc(n, rows[i].iterations);
		want = hex_key(rows[i].etype, rows[i].key);
		assert_true(krb_key_of_password(&k, rows[i].etype, "password",
		    view_str(athena), (struct view){ n, rows[i].iterations > 0 ? 4 : 0 }));
		assert_memory_equal(k.b, want.b, want.len);
	}
	/* RFC 8009 A */
	(void)hex("10df9dd783e5bc8acea1730e74355f61", salt, sizeof(salt));
	memcpy(salt + 16, athena, sizeof(athena) - 1);
	for (int32_t e = 19; e <= 20; e++) {
		want = hex_key(e, e == 19 ? "089bca48b105ea6ea77ca5d2f39dc5e7" :
		    "45bd806dbf6a833a9cffc1c94589a222367a79bc21c413718906e9f578a78467");
		assert_true(krb_key_of_password(&k, e, "password",
		    (struct view){ salt, 16 + sizeof(athena) - 1 }, (struct view){ NULL, 0 }));
		assert_memory_equal(k.b, want.b, want.len);
	}
}

static void
iterations_are_bounded(void **state)
{
	uint8_t many[4], none[4] = { 0 };
	struct krb_key k;

	(void)state;
	be32enc(many, MAX_KRB_ITERATIONS + 1);
	assert_false(krb_key_of_password(&k, 18, "x", view_str("s"), (struct view){ many, 4 }));
	assert_false(krb_key_of_password(&k, 18, "x", view_str("s"), (struct view){ none, 4 }));
	assert_false(krb_key_of_password(&k, 18, "x", view_str("s"), (struct view){ none, 3 }));
	be32enc(many, 1000);
	assert_false(krb_key_of_password(&k, 18, "x", view_str("s"), (struct view){ many, 4 }));
	assert_false(krb_key_of_password(&k, 23, "x", view_str("s"), (struct view){ NULL, 0 }));
	assert_false(krb_key_of_password(&k, 3, "x", view_str("s"), (struct view){ NULL, 0 }));
	assert_int_equal(k.len, 0);
}

static void
keys_have_their_etypes_length(void **state)
{
	uint8_t b[64] = { 0 };
	struct krb_key k;

	(void)state;
	for (int32_t e = -5; e < 30; e++)
		for (size_t n = 0; n < sizeof(b); n++)
			assert_int_equal(krb_key_set(&k, e, (struct view){ b, n }),
			    n > 0 && n == (e == 18 || e == 20 ? 32u :
			    e == 17 || e == 19 || e == 23 ? 16u : 0));
}

static void
cipher_vectors(void **state)
{
	static const struct {
		int32_t		 etype;
		krb5_keyusage	 usage;
		const char	*key, *cipher;
	} rows[] = {
		{ 17, 2, "4c01cd46d632d01e6dbe230a01ed642a",
		    "5b8911deb8d1cd0c23187553bb8f949f109472b5f5c1f2cf4ba19c92bd02c073402088e5"
		    "188a28a8b872d83522042b592432f05736c5" },
		{ 18, 11, "55a6ac740ad17b4846941051e1e8b0a7548d93b0ab30a8bc3ff16280382b8c2a",
		    "da1eacf4bedacd7058bd532c9dac540eff397ef9fc03f2c96831b055cd59a4d12398e256"
		    "b1b3eddf6c44ea3033e8f18220902ef6d748" },
		{ 23, 2, "ac8e657f83df82beea5d43bdaf7800cc",
		    "5a76509a9a11551bed2919c1a54c501a0be6b6f6f956040252de433a10e34a28a770dc2c"
		    "ba45214e25587f6424bc0dd26b27" },
	};
	uint8_t cipher[128], out[128];
	struct view plain;

	(void)state;
	for (size_t i = 0; i < nitems(rows); i++) {
		struct krb_key k = hex_key(rows[i].etype, rows[i].key);
		size_t n = hex(rows[i].cipher, cipher, sizeof(cipher));

		assert_true(krb_decrypt(&k, rows[i].usage, (struct view){ cipher, n }, out,
		    &plain));
		assert_int_equal(plain.len, 26);
		assert_memory_equal(plain.p, "hello kerberos ticket part", 26);
		assert_false(krb_decrypt(&k, rows[i].usage + 1, (struct view){ cipher, n }, out,
		    &plain));
		for (size_t cut = 0; cut < n; cut++)
			assert_false(krb_decrypt(&k, rows[i].usage,
			    (struct view){ cipher, cut }, out, &plain));
	}
}

/* ---- Tokens: the published vectors ---- */

static enum unseal
unseal_hex(const struct krb_key *k, enum dir dir, const char *token, const char *body,
    uint8_t *out, size_t *len)
{
	struct krb_keys keys = { .acceptor = *k };
	uint8_t t[128], b[128];
	struct sealed in = { .token = { t, hex(token, t, sizeof(t)) },
	    .body = { b, hex(body, b, sizeof(b)) } };

	return krbtoken_open(&keys, dir, &in, out, len);
}

static void
token_vectors(void **state)
{
	struct krb_key k = hex_key(17, "4c01cd46d632d01e6dbe230a01ed642a");
	uint8_t out[128], want[16];
	size_t len;

	(void)state;
	/* RFC 4121 4.2.4, as [MS-KILE] 3.4.5.4.1 turns it */
	assert_int_equal(unseal_hex(&k, C2S, "050406ff0010001c0000000000000000"
	    "f3eee99b159bee62f0ba7bc07ee6a793284d190c42b85b4d99780f48b8b162a2"
	    "5047bbf0c56e8a85d78bbbb41a226d85542b03402b1383db1f101d1f",
	    "86a6f4bb32513ed83753ea2159a806350606649524d721708bf5acc9f53576bb", out, &len),
	    UNSEAL_OK);
	assert_int_equal(len, 32);
	assert_memory_equal(out, "0123456789abcdef0123456789abcdef", 32);
	/* [MS-KILE] 4.5 */
	k = hex_key(23, "81a2cb90af7fc2d19554a150d8185359");
	assert_int_equal(unseal_hex(&k, C2S, "603b06092a864886f712010202 0201 1100 1000 ffff"
	    "e29e8bbc6348e740 ebaa619244a156a1 3b5cf65e3c21b9aa",
	    "8ed63f0ac83815335b72e293bae1f660", out, &len), UNSEAL_OK);
	assert_int_equal(len, 15);
	assert_int_equal(hex("112233445566778899aabbccddeeff", want, 16), 15);
	assert_memory_equal(out, want, 15);
	/* The same in DCE's style */
	k = hex_key(23, "ac8e657f83df82beea5d43bdaf7800cc");
	assert_int_equal(unseal_hex(&k, C2S, "602b06092a864886f712010202 020111001000ffff"
	    "4a3d9ee74985c2aa e8b4a55d6bd14cf8 afe2b3aa60296275",
	    "f58f0bfa9d8682c4e89e98721b752e08990e8f95a727ff50b9fdec83005ef49e", out, &len),
	    UNSEAL_OK);
	assert_int_equal(len, 32);
	assert_memory_equal(out, "0123456789abcdef0123456789abcdef", 32);
}

/* ---- Logons ---- */

#define CIFS	"cifs/fs01.corp.example@CORP.EXAMPLE"

static struct krb *
open_with(struct keyring *ring, const struct make *m, enum logon_state *st,
    char why[MAX_REASON])
{
	struct krb_text t;

	make_ap_req(&t, m);
	why[0] = '\0';
	return krb_open(ring, krb_view(&t), st, why);
}

static void
fails(struct keyring *ring, const struct make *m, enum logon_state want, const char *text)
{
	char why[MAX_REASON];
	enum logon_state st = LOGON_NONE;

	assert_null(open_with(ring, m, &st, why));
	assert_int_equal(st, want);
	assert_string_equal(why, text);
}

static void
opens(struct keyring *ring, const struct make *m)
{
	char why[MAX_REASON];
	enum logon_state st = LOGON_NONE;
	struct krb *c = open_with(ring, m, &st, why);

	assert_non_null(c);
	assert_int_equal(st, LOGON_OPEN);
	krb_free(c);
}

static void
logons_of_every_etype(void **state)
{
	(void)state;
	for (size_t i = 0; i < nitems(etypes); i++) {
		struct make m = make_of(etypes[i]);
		struct made_key key = { CIFS, m.with, 3 };
		struct keyring *ring = ring_with("", &key, 1);
		enum logon_state st = LOGON_NONE;
		char why[MAX_REASON];
		struct krb_text rep;
		struct krb *c = open_with(ring, &m, &st, why);

		assert_non_null(c);
		assert_int_equal(st, LOGON_OPEN);
		assert_non_null(strstr(why, "keytab key " CIFS ", line 1"));
		assert_string_equal(krb_client(c), "alice");
		assert_string_equal(krb_realm(c), "CORP.EXAMPLE");
		assert_true(key_eq(krb_session_key(c), &m.initiator));
		/* Nothing of another context takes hold. */
		m.ticket.b[0] ^= 1;
		make_ap_rep(&rep, &m, &m.acceptor);
		assert_false(krb_ap_rep(c, krb_view(&rep)));
		m.ticket.b[0] ^= 1;
		assert_true(key_eq(krb_session_key(c), &m.initiator));
		make_ap_rep(&rep, &m, &m.acceptor);
		assert_true(krb_ap_rep(c, krb_view(&rep)));
		assert_true(key_eq(krb_session_key(c), &m.acceptor));
		/* DCE's third leg has no subkey. */
		make_ap_rep(&rep, &m, NULL);
		assert_true(krb_ap_rep(c, krb_view(&rep)));
		assert_true(key_eq(krb_session_key(c), &m.acceptor));
		krb_free(c);
		keyring_close(ring);
	}
}

static void
without_subkeys_the_ticket_has_the_key(void **state)
{
	struct make m = make_of(18);
	struct made_key key = { CIFS, m.with, 3 };
	struct keyring *ring = ring_with("", &key, 1);
	enum logon_state st = LOGON_NONE;
	char why[MAX_REASON];
	struct krb *c;

	(void)state;
	m.initiator.len = 0;
	assert_non_null(c = open_with(ring, &m, &st, why));
	assert_true(key_eq(krb_session_key(c), &m.ticket));
	krb_free(c);
	keyring_close(ring);
}

/* An RC4 ticket, and AES from the acceptor on. */
static void
etypes_may_differ(void **state)
{
	struct make m = make_of(23);
	struct made_key key = { CIFS, m.with, 3 };
	struct keyring *ring = ring_with("", &key, 1);
	enum logon_state st = LOGON_NONE;
	char why[MAX_REASON];
	struct krb_text rep;
	struct krb *c;
	struct seal s = { .key = make_key(18, 'a'), .acceptor_subkey = true, .ec = 16,
	    .rrc = 28, .body = view_str("task") };
	struct token t;
	struct sealed in;
	uint8_t out[16];
	size_t len = 0;

	(void)state;
	m.acceptor = s.key;
	assert_non_null(c = open_with(ring, &m, &st, why));
	aes_seal(&s, &t);
	in = (struct sealed){ .body = { t.body, t.body_len },
	    .token = { t.token, t.token_len } };
	assert_int_equal(krb_unseal(c, C2S, &in, out, &len), UNSEAL_NO_KEY);
	make_ap_rep(&rep, &m, &m.acceptor);
	assert_true(krb_ap_rep(c, krb_view(&rep)));
	assert_int_equal(krb_unseal(c, C2S, &in, out, &len), UNSEAL_OK);
	assert_int_equal(len, 4);
	assert_memory_equal(out, "task", 4);
	krb_free(c);
	keyring_close(ring);
}

static void
reasons(void **state)
{
	struct make m = make_of(18), other;
	struct made_key keys[] = {
		{ CIFS, make_key(18, 'x'), 3 },
		{ "host/old.corp.example@CORP.EXAMPLE", make_key(23, 'o'), 1 },
		{ "FS09$@CORP.EXAMPLE", make_key(17, '9'), 1 },
	};
	struct keyring *ring = ring_with("", keys, nitems(keys));

	(void)state;
	m.kvno = 5;
	fails(ring, &m, LOGON_WRONG_SECRET, "keytab key for " CIFS
	    " is not the one in use (kvno 3 here, ticket has kvno 5)");
	m.kvno = -1;
	fails(ring, &m, LOGON_WRONG_SECRET, "keytab key for " CIFS
	    " is not the one in use (kvno 3)");
	other = m;
	other.service = "host/old.corp.example";
	fails(ring, &other, LOGON_NO_SECRET,
	    "keytab lacks etype 18 for host/old.corp.example@CORP.EXAMPLE");
	other.service = "cifs/old";
	fails(ring, &other, LOGON_NO_SECRET,
	    "keytab lacks etype 18 for cifs/old@CORP.EXAMPLE");
	other.service = "HTTP/fs09.corp.example";
	fails(ring, &other, LOGON_NO_SECRET,
	    "keytab lacks etype 18 for HTTP/fs09.corp.example@CORP.EXAMPLE");
	other.service = "cifs/fs02.corp.example";
	fails(ring, &other, LOGON_NO_SECRET, "no key for cifs/fs02.corp.example@CORP.EXAMPLE");
	m.user_to_user = true;
	fails(ring, &m, LOGON_FOREIGN, "user-to-user ticket");
	keyring_close(ring);
}

static void
unknown_etypes_are_foreign(void **state)
{
	struct made_key key = { CIFS, make_key(18, 'w'), 3 };
	struct keyring *ring = ring_with("", &key, 1);
	struct make m = make_of(18);
	enum logon_state st = LOGON_NONE;
	char why[MAX_REASON];
	struct krb_text t;
	uint8_t *at;

	(void)state;
	make_ap_req(&t, &m);
	/* the ticket's part: [0] INTEGER 18, of four bytes, before a kvno */
	assert_non_null(at = memmem(t.p, t.len, "\xa0\6\2\4\0\0\0\x12\xa1", 9));
	at[7] = 3;
	assert_null(krb_open(ring, krb_view(&t), &st, why));
	assert_int_equal(st, LOGON_FOREIGN);
	assert_string_equal(why, "ticket of etype 3");
	keyring_close(ring);
}

/* Machine keys open what goes by other names. */
static void
keys_of_other_names_are_tried(void **state)
{
	struct make m = make_of(17);
	struct made_key keys[] = {
		{ "host/unrelated@ELSEWHERE", make_key(17, 'u'), 1 },
		{ "SRV7$@CORP.EXAMPLE", m.with, 1 },
	};
	struct keyring *ring = ring_with("", keys, nitems(keys));

	(void)state;
	opens(ring, &m);
	opens(ring, &m);
	m.service = "HTTP/intranet";
	opens(ring, &m);
	keyring_close(ring);
}

/* A host's own keys are tried however many strangers' tickets came before. */
static void
unknown_services_cost_little_and_hide_nothing(void **state)
{
	struct make m = make_of(17), bad;
	struct made_key keys[] = {
		{ "FS01$@CORP.EXAMPLE", m.with, 1 },
		{ "host/unrelated@ELSEWHERE", make_key(17, 'u'), 1 },
	};
	struct keyring *ring = ring_with("", keys, nitems(keys));

	(void)state;
	bad = m;
	bad.with = make_key(17, '?');
	for (int i = 0; i < 3 * MAX_KRB_SCANS; i++)
		fails(ring, &bad, LOGON_NO_SECRET, "no key for " CIFS);
	opens(ring, &m);
	/* An unrelated service is given up after some. */
	bad.service = "cifs/alias";
	for (int i = 0; i < MAX_KRB_SCANS; i++)
		fails(ring, &bad, LOGON_NO_SECRET, "no key for cifs/alias@CORP.EXAMPLE");
	bad.with = m.with;
	fails(ring, &bad, LOGON_NO_SECRET, "no key for cifs/alias@CORP.EXAMPLE");
	/* With another key version it is not the same. */
	bad.kvno++;
	opens(ring, &bad);
	keyring_close(ring);
}

static void
damaged_authenticator(void **state)
{
	struct make m = make_of(18);
	struct made_key key = { CIFS, m.with, 3 };
	struct keyring *ring = ring_with("", &key, 1);
	enum logon_state st = LOGON_NONE;
	char why[MAX_REASON];
	struct krb_text t;

	(void)state;
	make_ap_req(&t, &m);
	t.p[t.len - 1] ^= 1;
	assert_null(krb_open(ring, krb_view(&t), &st, why));
	assert_int_equal(st, LOGON_TORN);
	assert_string_equal(why, "damaged authenticator");
	keyring_close(ring);
}

static void
every_truncation_is_torn(void **state)
{
	struct make m = make_of(18);
	struct made_key key = { CIFS, m.with, 3 };
	struct keyring *ring = ring_with("", &key, 1);
	enum logon_state st;
	char why[MAX_REASON];
	struct krb_text t, rep;
	struct krb *c;

	(void)state;
	make_ap_req(&t, &m);
	make_ap_rep(&rep, &m, &m.acceptor);
	assert_non_null(c = krb_open(ring, krb_view(&t), &st, why));
	for (size_t n = 0; n < t.len; n++) {
		uint8_t *cut = test_malloc(n > 0 ? n : 1);

		memcpy(cut, t.p, n);
		st = LOGON_OPEN;
		assert_null(krb_open(ring, (struct view){ cut, n }, &st, why));
		assert_int_equal(st, LOGON_TORN);
		assert_string_equal(why, "ticket not captured whole");
		if (n < rep.len) {
			memcpy(cut, rep.p, n);
			assert_false(krb_ap_rep(c, (struct view){ cut, n }));
		}
		test_free(cut);
	}
	assert_true(key_eq(krb_session_key(c), &m.initiator));
	krb_free(c);
	keyring_close(ring);
}

/* ---- Messages ---- */

#define BEFORE	"\5\0\0\3 a PDU's header"
#define BODY	"<Task>what it is all about</Task>"
#define AFTER	"\x10\6\0\0tail"

static struct krb_keys
all_keys(int32_t etype)
{
	struct make m = make_of(etype);

	return (struct krb_keys){ m.ticket, m.initiator, m.acceptor, false, false };
}

static enum unseal
open_token(struct krb_keys *keys, const struct seal *s, const struct token *t, bool mic,
    enum dir dir)
{
	size_t len = 0;
	uint8_t *out = test_malloc(t->body_len > 0 ? t->body_len : 1);
	struct sealed in = { .before = s->before, .body = { t->body, t->body_len },
	    .after = s->after, .token = { t->token, t->token_len }, .clear = mic };
	enum unseal u = krbtoken_open(keys, dir, &in, out, &len);

	if (u == UNSEAL_OK) {
		assert_int_equal(len, s->body.len);
		assert_memory_equal(out, s->body.p, len);
	}
	test_free(out);
	return u;
}

/* What fits opens; a bit that differs anywhere does not, nor another direction. */
static void
check(const struct seal *s, int32_t etype, bool mic)
{
	struct krb_keys keys = all_keys(etype);
	struct token t, bad;

	seal_or_sign(s, mic, &t);
	assert_int_equal(open_token(&keys, s, &t, mic, s->dir), UNSEAL_OK);
	assert_int_equal(open_token(&keys, s, &t, mic, s->dir), UNSEAL_OK);
	assert_int_not_equal(open_token(&keys, s, &t, mic, s->dir == C2S ? S2C : C2S),
	    UNSEAL_OK);
	bad = t;
	bad.body[3] ^= 4;
	assert_int_not_equal(open_token(&keys, s, &bad, mic, s->dir), UNSEAL_OK);
	bad = t;
	bad.token[t.token_len - 1] ^= 4;
	assert_int_not_equal(open_token(&keys, s, &bad, mic, s->dir), UNSEAL_OK);
	bad = t;
	bad.token[etype == 23 ? 25 : 14] ^= 4;		/* the sequence number */
	assert_int_not_equal(open_token(&keys, s, &bad, mic, s->dir), UNSEAL_OK);
	for (size_t n = 0; n < t.token_len; n++) {
		bad = t;
		bad.token_len = n;
		assert_int_not_equal(open_token(&keys, s, &bad, mic, s->dir), UNSEAL_OK);
	}
	if (!s->bare && s->before.len > 0) {
		struct seal forged = *s;

		forged.before = view_str("another header");
		assert_int_equal(open_token(&keys, &forged, &t, mic, s->dir), UNSEAL_BAD);
	}
}

static void
tokens_of_every_kind(void **state)
{
	(void)state;
	for (size_t i = 0; i < nitems(etypes); i++) {
		struct krb_keys keys = all_keys(etypes[i]);
		uint16_t sum = (uint16_t)(16 + sum_of(etypes[i]));
		const struct krb_key *each[] = { &keys.ticket, &keys.initiator, &keys.acceptor };

		for (unsigned int v = 0; v < 3 * 2 * 2 * 3; v++) {
			struct seal s = {
				.key = *each[v % 3],
				.acceptor_subkey = v % 3 == 2,
				.dir = v / 3 % 2 == 0 ? C2S : S2C,
				.bare = v / 6 % 2 != 0,
				.before = view_str(BEFORE), .body = view_str(BODY),
				.after = view_str(AFTER), .rrc = sum,
			};

			/* As Windows, as impacket, as RFC 4121 says: all DCE. */
			s.ec = v / 12 == 0 ? 16 : v / 12 == 1 ? 0 : 3;
			if (v / 12 == 2) {
				s.plain = true;
				s.rrc = (uint16_t)(sum + s.ec);
			}
			check(&s, etypes[i], true);
			if (s.plain && etypes[i] == 23)
				s.before = s.after = (struct view){ NULL, 0 };
			check(&s, etypes[i], false);
		}
	}
}

/* A plain wrap, cut anywhere between what goes first and what follows. */
static void
body_may_hold_the_whole_wrap(void **state)
{
	struct krb_keys keys = all_keys(18);
	struct seal s = { .key = keys.acceptor, .acceptor_subkey = true, .rrc = 28, .dir = S2C,
	    .body = view_str(BODY) };
	uint8_t whole[256], out[256];
	struct token t;
	size_t n, len;

	(void)state;
	aes_seal(&s, &t);
	memcpy(whole, t.token, t.token_len);
	memcpy(whole + t.token_len, t.body, t.body_len);
	n = t.token_len + t.body_len;
	for (size_t cut = 0; cut <= n; cut++) {
		struct sealed in = { .token = { whole, cut }, .body = { whole + cut, n - cut } };
		enum unseal u = krbtoken_open(&keys, S2C, &in, out, &len);

		/* There must be room for what comes out. */
		assert_int_equal(u, cut >= 16 && cut <= t.token_len ? UNSEAL_OK : UNSEAL_BAD);
		if (u == UNSEAL_OK) {
			assert_int_equal(len, sizeof(BODY) - 1);
			assert_memory_equal(out, BODY, len);
		}
	}
}

/* Messages stand alone: any order, any loss. */
static void
sequence_numbers_do_not_matter(void **state)
{
	struct krb_keys keys = all_keys(17);
	struct seal s = { .key = keys.acceptor, .acceptor_subkey = true, .ec = 16, .rrc = 28,
	    .before = view_str(BEFORE), .body = view_str(BODY), .after = view_str(AFTER) };
	struct token t;

	(void)state;
	for (unsigned int i = 0; i < 8; i++) {
		s.bare = i % 3 == 0;
		aes_seal(&s, &t);
		assert_int_equal(open_token(&keys, &s, &t, false, C2S), UNSEAL_OK);
	}
}

static void
empty_bodies(void **state)
{
	(void)state;
	for (size_t i = 0; i < nitems(etypes); i++) {
		struct krb_keys keys = all_keys(etypes[i]);
		struct seal s = { .key = keys.acceptor, .acceptor_subkey = true,
		    .before = view_str(BEFORE), .body = view_str(""),
		    .after = view_str(AFTER), .ec = 16,
		    .rrc = (uint16_t)(16 + sum_of(etypes[i])) };
		struct token t;

		seal_or_sign(&s, false, &t);
		assert_int_equal(open_token(&keys, &s, &t, false, C2S), UNSEAL_OK);
		seal_or_sign(&s, true, &t);
		assert_int_equal(open_token(&keys, &s, &t, true, C2S), UNSEAL_OK);
	}
}

static void
a_missing_subkey_is_told(void **state)
{
	struct krb_keys keys = all_keys(18);
	struct seal s = { .key = keys.acceptor, .acceptor_subkey = true, .ec = 16, .rrc = 28,
	    .body = view_str(BODY) };
	struct token t;

	(void)state;
	aes_seal(&s, &t);
	keys.acceptor.len = 0;
	assert_int_equal(open_token(&keys, &s, &t, false, C2S), UNSEAL_NO_KEY);
	keys = all_keys(23);
	assert_int_equal(open_token(&keys, &s, &t, false, C2S), UNSEAL_NO_KEY);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keys_of_passwords),
		cmocka_unit_test(iterations_are_bounded),
		cmocka_unit_test(keys_have_their_etypes_length),
		cmocka_unit_test(cipher_vectors),
		cmocka_unit_test(token_vectors),
		cmocka_unit_test(logons_of_every_etype),
		cmocka_unit_test(without_subkeys_the_ticket_has_the_key),
		cmocka_unit_test(etypes_may_differ),
		cmocka_unit_test(reasons),
		cmocka_unit_test(unknown_etypes_are_foreign),
		cmocka_unit_test(keys_of_other_names_are_tried),
		cmocka_unit_test(unknown_services_cost_little_and_hide_nothing),
		cmocka_unit_test(damaged_authenticator),
		cmocka_unit_test(every_truncation_is_torn),
		cmocka_unit_test(tokens_of_every_kind),
		cmocka_unit_test(body_may_hold_the_whole_wrap),
		cmocka_unit_test(sequence_numbers_do_not_matter),
		cmocka_unit_test(empty_bodies),
		cmocka_unit_test(a_missing_subkey_is_told),
	};

	return cmocka_run_group_tests_name("seal-krb5", tests, NULL, NULL);
}
