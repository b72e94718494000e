#include "unit/ntlmopen.h"

#include <nettle/arcfour.h>
#include <nettle/hmac.h>

#define HEADER	"0123456789abcdef01234567"	/* what stands before a body, and behind it */
#define TRAILER	"trailer."

/* ---- Messages: a sender with the published keys ---- */

struct sender {
	struct arcfour_ctx *rc4, own;
	struct bytes	 sign;
	uint32_t	 seq;
	bool		 bare;		/* signs the body alone */
};

static void
sender_init(struct sender *s, enum dir d)
{
	struct bytes key = hex(d == C2S ? "59f600973cc4960a25480a7c196e4c58" :
	    "9355f3a957c1583d25c4c2f11e40390e");

	*s = (struct sender){ .sign = hex(d == C2S ? "4788dc861b4782f35d43fd98fe1a2d39" :
	    "d04d6f10741041d1d246d64188d7a8ad") };
	s->rc4 = &s->own;
	arcfour_set_key(&s->own, 16, key.p);
}

struct sent {
	struct bytes	 plain, body;
	uint8_t		 token[16];
	struct sealed	 in;
};

static void
finish(struct sent *m, bool http)
{
	m->in.body = view_of(&m->body);
	m->in.token = (struct view){ m->token, 16 };
	if (!http) {
		m->in.before = view_str(HEADER);
		m->in.after = view_str(TRAILER);
	}
}

static void
fill(struct sent *m, size_t len, uint32_t seed)
{
	memset(m, 0, sizeof(*m));
	m->plain.n = m->body.n = len;
	for (size_t i = 0; i < len; i++)
		m->plain.p[i] = (uint8_t)(seed + i * 7);
}

/* The next message of a sender, so many bytes long. */
static struct sent *
next(struct sender *s, size_t len, bool clear, bool http)
{
	struct sent *m = test_malloc(sizeof(*m));
	struct hmac_md5_ctx h;
	uint8_t seq[4];

	fill(m, len, s->seq);
	finish(m, http);
	m->in.clear = clear;
	memcpy(m->body.p, m->plain.p, len);
	if (!clear)
		arcfour_crypt(s->rc4, len, m->body.p, m->plain.p);
	le32enc(seq, s->seq++);
	hmac_md5_set_key(&h, 16, s->sign.p);
	hmac_md5_update(&h, 4, seq);
	if (!s->bare)
		hmac_md5_update(&h, m->in.before.len, m->in.before.p);
	hmac_md5_update(&h, len, m->plain.p);
	if (!s->bare)
		hmac_md5_update(&h, m->in.after.len, m->in.after.p);
	m->token[0] = 1;
	hmac_md5_digest(&h, 8, m->token + 4);
	arcfour_crypt(s->rc4, 8, m->token + 4, m->token + 4);
	memcpy(m->token + 12, seq, 4);
	return m;
}

/* Takes the message; on success it must be what was sent. */
static enum unseal
receive(struct ntlm *n, enum dir d, struct sent *m)
{
	uint8_t *out = test_malloc(m->body.n + 1);
	enum unseal u = ntlm_unseal(n, d, &m->in, out);

	if (u == UNSEAL_OK)
		assert_memory_equal(out, m->plain.p, m->plain.n);
	test_free(out);
	test_free(m);
	return u;
}

static void
lose(struct sender *s, size_t len)
{
	test_free(next(s, len, false, false));
}

#define OPENS(n, s, len)	\
	assert_int_equal(receive(n, C2S, next(s, len, false, false)), UNSEAL_OK)

static void
both_ways(void **state)
{
	for (int bare = 0; bare < 2; bare++) {
		struct ntlm *n = nlmp_v2(*state);
		struct sender s[2];

		sender_init(&s[C2S], C2S);
		sender_init(&s[S2C], S2C);
		s[C2S].bare = s[S2C].bare = bare == 1;
		for (size_t i = 0; i < 40; i++) {
			enum dir d = i % 3 == 0 ? S2C : C2S;

			assert_int_equal(receive(n, d, next(&s[d], i * 36 % 500, i % 5 == 0, false)),
			    UNSEAL_OK);
		}
		ntlm_free(n);
	}
}

static void
lost_messages(void **state)
{
	for (size_t lost = 1; lost <= 6; lost++) {
		struct ntlm *n = nlmp_v2(*state);
		struct sender s;

		sender_init(&s, C2S);
		OPENS(n, &s, 100);
		for (size_t i = 0; i < lost; i++)
			lose(&s, 4 * (i * 331 % 700));
		OPENS(n, &s, 80);
		OPENS(n, &s, 4000);
		lose(&s, 2000);
		OPENS(n, &s, 1200);
		ntlm_free(n);
	}
}

/* Large fragments are alike. */
static void
lost_fragments(void **state)
{
	struct ntlm *n = nlmp_v2(*state);
	struct sender s;

	sender_init(&s, C2S);
	OPENS(n, &s, 5808);
	for (size_t i = 1; i < 30; i++) {
		for (size_t lost = 0; lost < i % 4; lost++)
			lose(&s, 5808);
		OPENS(n, &s, i % 5 == 4 ? 1424 : 5808);
	}
	ntlm_free(n);
}

/* Traffic that earns some work. */
static void
talk(struct ntlm *n, struct sender *s)
{
	for (int i = 0; i < 20; i++)
		OPENS(n, s, 2000);
}

/* HTTP bodies have any length. */
static void
lost_in_http(void **state)
{
	struct ntlm *n = nlmp_v2(*state);
	struct sender s;

	sender_init(&s, C2S);
	talk(n, &s);
	assert_int_equal(receive(n, C2S, next(&s, 333, false, true)), UNSEAL_OK);
	test_free(next(&s, 1001, false, true));
	assert_int_equal(receive(n, C2S, next(&s, 1500, false, true)), UNSEAL_OK);
	assert_int_equal(receive(n, C2S, next(&s, 1, false, true)), UNSEAL_OK);
	ntlm_free(n);
}

/* So much is gone that a large message does not find its place: a small one,
 * later, does, and all is well again. */
static void
far_astray(void **state)
{
	struct ntlm *n = nlmp_v2(*state);
	struct sender s;

	sender_init(&s, C2S);
	talk(n, &s);
	lose(&s, 12000);
	assert_int_equal(receive(n, C2S, next(&s, 8000, false, false)), UNSEAL_LOST);
	OPENS(n, &s, 16);
	OPENS(n, &s, 8000);
	ntlm_free(n);
}

static void
too_far_astray(void **state)
{
	struct ntlm *n = nlmp_v2(*state);
	struct sender s, r;

	sender_init(&s, C2S);
	sender_init(&r, S2C);
	talk(n, &s);
	for (int i = 0; i < 100; i++)
		lose(&s, 16000);
	for (int i = 0; i < 30; i++)
		assert_int_equal(receive(n, C2S, next(&s, 400, false, false)), UNSEAL_LOST);
	/* The other direction knows nothing of it. */
	assert_int_equal(receive(n, S2C, next(&r, 100, false, false)), UNSEAL_OK);
	/* More than anybody believes. */
	r.seq += MAX_NTLM_LOST + 1;
	assert_int_equal(receive(n, S2C, next(&r, 0, true, false)), UNSEAL_LOST);
	ntlm_free(n);
}

static void
skipped(void **state)
{
	struct ntlm *n = nlmp_v2(*state);
	struct sender s;

	sender_init(&s, C2S);
	ntlm_skip(n, C2S, 1234, false);
	lose(&s, 1234);
	OPENS(n, &s, 100);
	for (int i = 0; i < 300; i++) {
		bool clear = i % 2 == 0;

		ntlm_skip(n, C2S, 16000, clear);
		test_free(next(&s, 16000, clear, false));
	}
	/* A large one: there is no search, the place is known. */
	OPENS(n, &s, 16000);
	/* More than would be believed if they had been lost. */
	for (int i = 0; i <= MAX_NTLM_LOST; i++) {
		ntlm_skip(n, C2S, 8, false);
		lose(&s, 8);
	}
	OPENS(n, &s, 100);
	/* Skips and losses together. */
	ntlm_skip(n, C2S, 16000, false);
	lose(&s, 16000);
	lose(&s, 444);
	OPENS(n, &s, 100);
	/* Past what may be drawn at once, it is given up. */
	ntlm_skip(n, C2S, MAX_NTLM_SEARCH, false);
	lose(&s, 0);
	assert_int_equal(receive(n, C2S, next(&s, 100, false, false)), UNSEAL_LOST);
	ntlm_free(n);
}

static void
duplicates(void **state)
{
	struct ntlm *n = nlmp_v2(*state);
	struct sender s;
	struct sent *m, *again;

	sender_init(&s, C2S);
	for (int i = 0; i < 5; i++) {
		m = next(&s, 200, false, false);
		again = test_malloc(sizeof(*again));
		*again = *m;
		finish(again, false);
		assert_int_equal(receive(n, C2S, m), UNSEAL_OK);
		assert_int_equal(receive(n, C2S, again), UNSEAL_BAD);
	}
	OPENS(n, &s, 100);
	ntlm_free(n);
}

static void
list_mic(void **state)
{
	/* Told of it, and not. */
	for (int told = 0; told < 2; told++) {
		struct ntlm *n = nlmp_v2(*state);
		struct sender s;

		sender_init(&s, C2S);
		if (told)
			ntlm_list_mic(n, C2S);
		s.seq = 1;
		OPENS(n, &s, 8000);
		lose(&s, 40);
		OPENS(n, &s, 80);
		ntlm_free(n);
	}
}

/* Altered on its way, or torn by us: it took its share of the stream. */
static void
tampered(void **state)
{
	for (size_t at = 0; at < 4; at++)
		for (int times = 1; times <= 3; times++) {
			struct ntlm *n = nlmp_v2(*state);
			struct sender s;

			sender_init(&s, C2S);
			OPENS(n, &s, 8000);
			for (int i = 0; i < times; i++) {
				struct sent *m = next(&s, 8000, false, false);

				if (at == 0)
					m->body.p[5] ^= 1;
				else if (at == 1)
					m->token[7] ^= 1;
				else if (at == 2)
					m->in.before = view_str("0123456789abcdef01234568");
				else
					m->in.after = view_str("Trailer.");
				assert_int_equal(receive(n, C2S, m), UNSEAL_BAD);
			}
			OPENS(n, &s, 8000);
			ntlm_free(n);
		}
}

/* What an attacker slips in moves nothing. */
static void
injected(void **state)
{
	struct ntlm *n = nlmp_v2(*state);
	struct sender s, forger;
	struct sent *m;

	sender_init(&s, C2S);
	sender_init(&forger, S2C);
	OPENS(n, &s, 100);
	for (uint32_t i = 0; i < 40; i++) {
		forger.seq = s.seq + i % 3;
		assert_int_not_equal(receive(n, C2S, next(&forger, 100, false, false)), UNSEAL_OK);
	}
	OPENS(n, &s, 100);
	m = next(&s, 100, false, false);
	m->in.token.len = 15;
	assert_int_equal(receive(n, C2S, m), UNSEAL_BAD);
	ntlm_free(n);
}

static void
dummies(void **state)
{
	struct ntlm *n = nlmp_v2(*state);
	struct sender s;
	struct sent *m;

	sender_init(&s, C2S);
	m = next(&s, 100, true, false);
	memset(m->token + 4, 0, 12);
	assert_int_equal(receive(n, C2S, m), UNSEAL_NO_KEY);
	ntlm_free(n);
}

static void
empty_bodies(void **state)
{
	struct ntlm *n = nlmp_v2(*state);
	struct sender s;

	sender_init(&s, C2S);
	OPENS(n, &s, 0);
	OPENS(n, &s, 0);
	assert_int_equal(receive(n, C2S, next(&s, 0, true, true)), UNSEAL_OK);
	ntlm_free(n);
}

/* ---- Without extended session security ---- */

static uint32_t
crc(const struct sent *m, bool bare)
{
	const struct view parts[] = { m->in.before, view_of(&m->plain), m->in.after };
	uint32_t c = 0xffffffff;

	for (size_t i = bare ? 1 : 0; i < (bare ? 2 : 3); i++)
		for (size_t j = 0; j < parts[i].len; j++) {
			c ^= parts[i].p[j];
			for (int k = 0; k < 8; k++)
				c = c & 1 ? c >> 1 ^ 0xedb88320 : c >> 1;
		}
	return ~c;
}

static struct sent *
next_old(struct arcfour_ctx *rc4, uint32_t seq, size_t len, bool clear, bool bare)
{
	struct sent *m = test_malloc(sizeof(*m));

	fill(m, len, seq + 3);
	finish(m, false);
	m->in.clear = clear;
	memcpy(m->body.p, m->plain.p, len);
	if (!clear)
		arcfour_crypt(rc4, len, m->body.p, m->plain.p);
	m->token[0] = 1;
	le32enc(m->token + 8, crc(m, bare));
	le32enc(m->token + 12, seq);
	arcfour_crypt(rc4, 12, m->token + 4, m->token + 4);
	memcpy(m->token + 4, "junk", 4);
	return m;
}

static void
old_both_ways(void **state)
{
	/* Counted by each side, or together; headers signed or not; keys cut or not. */
	for (int variant = 0; variant < 12; variant++) {
		static const struct {
			uint32_t	 flags;
			size_t		 len;
			const char	*key;
		} keys[] = {
			{ V1_FLAGS, 16, FIVES },
			{ V1_FLAGS | NTLM_DATAGRAM, 8, "55555555555555a0" },
			{ (V1_FLAGS | NTLM_DATAGRAM) & ~NTLM_56, 8, "5555555555e538b0" },
		};
		bool together = variant & 1, bare = variant & 2;
		struct bytes key = hex(keys[variant >> 2].key);
		struct opened o = nlmp(*state, keys[variant >> 2].flags, V1_LM, V1_NT, V1_KEY);
		struct arcfour_ctx rc4;
		uint32_t seq[2] = { 0, 0 };

		assert_key(o.ntlm, FIVES);
		arcfour_set_key(&rc4, keys[variant >> 2].len, key.p);
		for (size_t i = 0; i < 20; i++) {
			enum dir d = i % 3 == 0 ? S2C : C2S;
			struct sent *m = next_old(&rc4, together ? seq[0] + seq[1] : seq[d],
			    i * 40, i % 4 == 0, bare);

			seq[d]++;
			if (i % 5 == 4) {
				ntlm_skip(o.ntlm, d, m->body.n, m->in.clear);
				test_free(m);
			} else
				assert_int_equal(receive(o.ntlm, d, m), UNSEAL_OK);
		}
		ntlm_free(o.ntlm);
	}
}

static void
old_failures(void **state)
{
	struct opened o = nlmp(*state, V1_FLAGS, V1_LM, V1_NT, V1_KEY);
	struct bytes key = hex(FIVES);
	struct arcfour_ctx rc4, before;
	struct sent *m;

	arcfour_set_key(&rc4, 16, key.p);
	assert_int_equal(receive(o.ntlm, C2S, next_old(&rc4, 0, 100, false, true)), UNSEAL_OK);
	/* Altered: it was sent nevertheless. */
	m = next_old(&rc4, 1, 100, false, true);
	m->body.p[0] ^= 1;
	assert_int_equal(receive(o.ntlm, C2S, m), UNSEAL_BAD);
	assert_int_equal(receive(o.ntlm, C2S, next_old(&rc4, 2, 100, false, true)), UNSEAL_OK);
	/* Seen twice: the second time it was not. */
	before = rc4;
	assert_int_equal(receive(o.ntlm, S2C, next_old(&rc4, 0, 60, false, true)), UNSEAL_OK);
	assert_int_equal(receive(o.ntlm, S2C, next_old(&before, 0, 60, false, true)), UNSEAL_BAD);
	assert_int_equal(receive(o.ntlm, C2S, next_old(&rc4, 3, 100, false, true)), UNSEAL_OK);
	/* One whose number is wrong is none, whatever its sum. */
	before = rc4;
	assert_int_equal(receive(o.ntlm, C2S, next_old(&before, 9, 60, false, true)), UNSEAL_BAD);
	assert_int_equal(receive(o.ntlm, C2S, next_old(&rc4, 4, 100, false, true)), UNSEAL_OK);
	/* Lost: its length is not told, so that is the end. */
	test_free(next_old(&rc4, 5, 60, false, true));
	assert_int_equal(receive(o.ntlm, C2S, next_old(&rc4, 6, 60, false, true)), UNSEAL_BAD);
	assert_int_equal(receive(o.ntlm, C2S, next_old(&rc4, 7, 60, false, true)), UNSEAL_LOST);
	assert_int_equal(receive(o.ntlm, S2C, next_old(&rc4, 1, 60, false, true)), UNSEAL_LOST);
	ntlm_free(o.ntlm);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_ways),
		cmocka_unit_test(lost_messages),
		cmocka_unit_test(lost_fragments),
		cmocka_unit_test(lost_in_http),
		cmocka_unit_test(far_astray),
		cmocka_unit_test(too_far_astray),
		cmocka_unit_test(skipped),
		cmocka_unit_test(duplicates),
		cmocka_unit_test(list_mic),
		cmocka_unit_test(tampered),
		cmocka_unit_test(injected),
		cmocka_unit_test(dummies),
		cmocka_unit_test(empty_bodies),
		cmocka_unit_test(old_both_ways),
		cmocka_unit_test(old_failures),
	};

	return cmocka_run_group_tests_name("seal_ntlm", tests, set_up, tear_down);
}
