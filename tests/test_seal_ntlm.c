#include "ntlmwire.h"

#include <nettle/arcfour.h>
#include <nettle/hmac.h>
#include <nettle/md4.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ntlm-keys.h"
#include "seal-ntlm.h"

#define HEADER	"0123456789abcdef01234567"	/* what stands before a body, and behind it */
#define TRAILER	"trailer."

static struct keyring *
keyring(const char *lines)
{
	char path[] = "/tmp/test_seal_ntlm.XXXXXX", err[256] = "";
	int fd = mkstemp(path);
	struct keyring *k;

	assert_true(fd >= 0);
	assert_int_equal(fchmod(fd, 0600), 0);
	assert_int_equal(write(fd, lines, strlen(lines)), strlen(lines));
	close(fd);
	k = keyring_open(path, NULL, NULL, err, sizeof(err));
	unlink(path);
	if (k == NULL)
		fail_msg("%s", err);
	return k;
}

static int
set_up(void **state)
{
	*state = keyring("password\tDomain\\User\tPassword\n");
	return 0;
}

static int
tear_down(void **state)
{
	keyring_close(*state);
	return 0;
}

struct opened {
	struct ntlm	*ntlm;
	enum logon_state state;
	char		 why[MAX_REASON];
};

static struct opened
open_with(const struct keyring *k, const struct bytes *negotiate, const struct bytes *challenge,
    const struct bytes *authenticate)
{
	struct opened o = { .why = "" };

	o.ntlm = ntlm_open(k, view_of(negotiate), view_of(challenge), view_of(authenticate),
	    &o.state, o.why);
	assert_int_equal(o.ntlm != NULL, o.state == LOGON_OPEN);
	return o;
}

static const struct bytes nothing;

/* The logon of [MS-NLMP] 4.2 in one of its variants. */
static struct opened
nlmp(const struct keyring *k, uint32_t flags, const char *lm, const char *nt, const char *key)
{
	struct bytes c = nlmp_challenge(flags), a = nlmp_authenticate(flags, lm, nt, key);

	return open_with(k, &nothing, &c, &a);
}

static struct ntlm *
nlmp_v2(const struct keyring *k)
{
	struct opened o = nlmp(k, V2_FLAGS, "", V2_NT, V2_KEY);

	assert_int_equal(o.state, LOGON_OPEN);
	return o.ntlm;
}

static void
assert_refused(struct opened o, enum logon_state state, const char *why)
{
	assert_null(o.ntlm);
	assert_int_equal(o.state, state);
	assert_string_equal(o.why, why);
}

static void
assert_key(const struct ntlm *n, const char *want)
{
	struct bytes w = hex(want);

	assert_non_null(n);
	assert_int_equal(ntlm_session_key(n).len, 16);
	assert_memory_equal(ntlm_session_key(n).p, w.p, 16);
}

#define FIVES	"55555555555555555555555555555555"

/* "Plaintext", sealed, as the section prints it. */
static void
assert_plaintext(struct ntlm *n, const char *sealed, const char *signature)
{
	struct bytes body = hex(sealed), token = hex(signature), want = utf16("Plaintext");
	struct sealed in = { .body = view_of(&body), .token = view_of(&token) };
	uint8_t out[18];

	assert_int_equal(ntlm_unseal(n, C2S, &in, out), UNSEAL_OK);
	assert_memory_equal(out, want.p, want.n);
}

/* ---- The vectors of [MS-NLMP] 4.2 ---- */

static void
v1(void **state)
{
	struct opened o = nlmp(*state, V1_FLAGS, V1_LM, V1_NT, V1_KEY);

	assert_int_equal(o.state, LOGON_OPEN);
	assert_string_equal(o.why, "password Domain\\User, line 1");
	assert_key(o.ntlm, FIVES);
	assert_plaintext(o.ntlm, "56fe04d861f9319af0d7238a2e3b4d457fb8",
	    "01000000 45c844e5 09dcd1df 2e459d36");
	ntlm_free(o.ntlm);
	/* Without a key of the client's own. */
	o = nlmp(*state, V1_FLAGS & ~NTLM_KEY_EXCH, V1_LM, V1_NT, "");
	assert_key(o.ntlm, "d87262b0cde4b1cb7499becccdf10784");
	ntlm_free(o.ntlm);
}

static void
v1_lm_keys(void **state)
{
	uint32_t flags = V1_FLAGS & ~NTLM_KEY_EXCH;
	struct opened o = nlmp(*state, flags | NTLM_LM_KEY, V1_LM, V1_NT, "");
	struct keyring *k;

	assert_key(o.ntlm, "b09e379f7fbecb1eaf0afdcb0383c8a0");
	ntlm_free(o.ntlm);
	o = nlmp(*state, flags | NTLM_NON_NT_KEY, V1_LM, V1_NT, "");
	assert_key(o.ntlm, "e52cac67419a9a220000000000000000");
	ntlm_free(o.ntlm);

	k = keyring("nthash\tDomain\\User\ta4f49c406510bdcab6824ee7c30fd852\n");
	assert_refused(nlmp(k, flags | NTLM_LM_KEY, V1_LM, V1_NT, ""), LOGON_FOREIGN,
	    "an LM session key needs the password (nthash Domain\\User, line 1)");
	assert_refused(nlmp(*state, flags | NTLM_LM_KEY, "", V1_NT, ""), LOGON_FOREIGN,
	    "an LM session key without an LM response (password Domain\\User, line 1)");
	o = nlmp(k, flags, V1_LM, V1_NT, "");
	assert_key(o.ntlm, "d87262b0cde4b1cb7499becccdf10784");
	ntlm_free(o.ntlm);
	keyring_close(k);
}

static void
v1_extended(void **state)
{
	struct opened o = nlmp(*state, V1_ESS_FLAGS, V1_ESS_LM, V1_ESS_NT, "");

	assert_int_equal(o.state, LOGON_OPEN);
	assert_key(o.ntlm, "eb93429a8bd952f8b89c55b87f475edc");
	assert_plaintext(o.ntlm, "a02372f6530273f3aa1eb90190ce5200c99d",
	    "01000000 ff2aeb52f681793a 00000000");
	ntlm_free(o.ntlm);
	assert_refused(nlmp(*state, V1_ESS_FLAGS, "00", V1_ESS_NT, ""), LOGON_FOREIGN,
	    "no NTLMv1 or NTLMv2 response");
}

static void
v2(void **state)
{
	struct opened o = nlmp(*state, V2_FLAGS, "", V2_NT, V2_KEY);

	assert_int_equal(o.state, LOGON_OPEN);
	assert_string_equal(o.why, "password Domain\\User, line 1");
	assert_key(o.ntlm, FIVES);
	assert_plaintext(o.ntlm, "54e50165bf1936dc996020c1811b0f06fb5f",
	    "01000000 7fb38ec5c55d4976 00000000");
	ntlm_free(o.ntlm);
	o = nlmp(*state, V2_FLAGS & ~NTLM_KEY_EXCH, "", V2_NT, "");
	assert_key(o.ntlm, "8de40ccadbc14a82f15cb0ad0de95ca3");
	ntlm_free(o.ntlm);
}

/* Two requests under packet privacy, headers signed. */
static void
pdus(void **state)
{
	static const char *const wire[] = {
		"05000003100000008000100001000000440000000000010004e56f65dd195fdcf76054c1e71b7706"
		"d35f7b86a694370b0f7f34c364e0ffa25ae79a236d53f84a56e74afa373858cd81109c1242ac6415"
		"0550a3d4b842ffc8f08b202d71b0b6fa7f4b55bbddf807b50a060c00000000000100000081edef8e"
		"fc3e206100000000",
		"050000031000000060001000020000002800000000000c0057c9ce6b1a69544499ab18f335b7c251"
		"ad2778d962b5f18f1076fcaa839a7057f8a6960fb81da8458802b26e29b69fe20a06080000000000"
		"01000000fd251f21ef08c21601000000",
	};
	static const char stub[] = "\3\0\0\0\0\0\0\0\3\0\0\0\\\0t";
	struct ntlm *n = nlmp_v2(*state);

	for (size_t i = 0; i < 2; i++) {
		struct bytes b = hex(wire[i]);
		size_t body = b.n - 24 - 8 - 16;
		struct sealed in = {
			.before = view_upto(view_of(&b), 0, 24),
			.body = view_at(view_of(&b), 24, body),
			.after = view_at(view_of(&b), 24 + body, 8),
			.token = view_from(view_of(&b), 24 + body + 8),
		};
		uint8_t *out = test_malloc(body);

		assert_int_equal(ntlm_unseal(n, C2S, &in, out), UNSEAL_OK);
		if (i == 1)
			assert_memory_equal(out, stub, sizeof(stub) - 1);
		test_free(out);
	}
	ntlm_free(n);
}

/* ---- Who it is ---- */

/* An NTLMv2 response, made here; user is in upper case. */
static struct bytes
respond(const char *password, const char *user, const char *domain, const struct bytes *pairs)
{
	struct bytes text = utf16(password), names = utf16(user), blob, nt = { .n = 16 };
	struct hmac_md5_ctx h;
	struct md4_ctx m;
	uint8_t key[16];

	blob = hex("01010000 00000000 0000000000000000 aaaaaaaaaaaaaaaa 00000000");
	put(&blob, pairs->p, pairs->n);
	put_le32(&blob, 0);
	put_utf16(&names, domain);
	md4_init(&m);
	md4_update(&m, text.n, text.p);
	md4_digest(&m, 16, key);
	hmac_md5_set_key(&h, 16, key);
	hmac_md5_update(&h, names.n, names.p);
	hmac_md5_digest(&h, 16, key);
	hmac_md5_set_key(&h, 16, key);
	hmac_md5_update(&h, 8, (const uint8_t *)SERVER_CHALLENGE);
	hmac_md5_update(&h, blob.n, blob.p);
	hmac_md5_digest(&h, 16, nt.p);
	put(&nt, blob.p, blob.n);
	return nt;
}

struct person {
	const char	*user, *domain;		/* as sent */
	const char	*password, *upper, *hashed;	/* as in the response */
};

static struct opened
log_on(const struct keyring *k, const struct person *p)
{
	struct logon_parts l = { V2_FLAGS & ~NTLM_KEY_EXCH, p->user, p->domain, .lm = { .n = 0 } };
	struct bytes info = { .n = 0 }, c, a;

	put_av_text(&info, AV_NB_DOMAIN, "CORP");
	put_av_text(&info, AV_NB_COMPUTER, "FS01");
	put_av_text(&info, AV_DNS_DOMAIN, "corp.example");
	c = challenge_message(V2_FLAGS, "FS01", &info);
	l.nt = respond(p->password, p->upper, p->hashed, &nothing);
	a = authenticate_message(&l);
	return open_with(k, &nothing, &c, &a);
}

static const char accounts[] =
	"password\tCORP\\alice\tSummer\n"
	"password\tbob@CORP.EXAMPLE\tWinter\n"
	"password\tFS01\\carol\tSpring\n"
	"password\tdave\tAutumn\n"
	"password\tCORP\\erin\tone\n"
	"password\tOTHER\\erin\ttwo\n"
	"password\tCORP\\j\xc3\xb6rg\tUmlaut\n"
	"nthash\tCORP\\frank\ta4f49c406510bdcab6824ee7c30fd852\n";

static void
names(void **state)
{
	static const struct {
		struct person	 p;
		const char	*why;
	} cases[] = {
		{ { "alice", "CORP", "Summer", "ALICE", "CORP" }, "password CORP\\alice, line 1" },
		{ { "Alice", "corp", "Summer", "ALICE", "corp" }, "password CORP\\alice, line 1" },
		/* As the domain's other name, or that of the account. */
		{ { "bob", "CORP", "Winter", "BOB", "CORP" }, "password bob@CORP.EXAMPLE, line 2" },
		{ { "alice@corp.example", "", "Summer", "ALICE@CORP.EXAMPLE", "" },
		    "password CORP\\alice, line 1" },
		{ { "bob@corp.example", "", "Winter", "BOB@CORP.EXAMPLE", "" },
		    "password bob@CORP.EXAMPLE, line 2" },
		{ { "alice@elsewhere", "", "Summer", "ALICE@ELSEWHERE", "" },
		    "password CORP\\alice, line 1" },
		/* Accounts of the server itself. */
		{ { "carol", ".", "Spring", "CAROL", "." }, "password FS01\\carol, line 3" },
		{ { "carol", "", "Spring", "CAROL", "" }, "password FS01\\carol, line 3" },
		{ { "carol", "WORKGROUP", "Spring", "CAROL", "WORKGROUP" },
		    "password FS01\\carol, line 3" },
		{ { "dave", "ANY", "Autumn", "DAVE", "ANY" }, "password dave, line 4" },
		/* What is sent is not what is hashed. */
		{ { "alice", "CORP", "Summer", "ALICE", "" }, "password CORP\\alice, line 1" },
		{ { "alice", "CORP", "Summer", "ALICE", "FS01" }, "password CORP\\alice, line 1" },
		{ { "alice", "", "Summer", "ALICE", "FS01" }, "password CORP\\alice, line 1" },
		/* The proof decides between accounts of a name. */
		{ { "erin", "CORP", "one", "ERIN", "CORP" }, "password CORP\\erin, line 5" },
		{ { "erin", "OTHER", "two", "ERIN", "OTHER" }, "password OTHER\\erin, line 6" },
		{ { "erin", "CORP", "two", "ERIN", "CORP" }, "password OTHER\\erin, line 6" },
		{ { "j\xc3\xb6rg", "CORP", "Umlaut", "J\xc3\x96RG", "CORP" },
		    "password CORP\\j\xc3\xb6rg, line 7" },
		{ { "frank", "CORP", "Password", "FRANK", "CORP" }, "nthash CORP\\frank, line 8" },
	};
	struct keyring *k = keyring(accounts);

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct opened o = log_on(k, &cases[i].p);

		if (o.state != LOGON_OPEN)
			fail_msg("case %zu: %s", i, o.why);
		assert_string_equal(o.why, cases[i].why);
		ntlm_free(o.ntlm);
	}
	keyring_close(k);
}

static void
upper_case(void **state)
{
	struct bytes b = utf16("az{\xc3\xa0\xc3\xb7\xc3\xbe\xc3\xbf"
	    "\xc5\x82\xc5\xbe\xcf\x82\xd0\xb6\xd1\x91\xd5\xa1");
	struct bytes want = utf16("AZ{\xc3\x80\xc3\xb7\xc3\x9e\xc5\xb8"
	    "\xc5\x81\xc5\xbd\xce\xa3\xd0\x96\xd0\x81\xd4\xb1");
	/* The micro sign, sharp s, dotless i, long s, and what is upper case. */
	struct bytes same = utf16("\xc2\xb5\xc3\x9f\xc4\xb1\xc5\xbf"
	    "A\xc3\x96\xc5\xb8\xd0\x96\xc4\xb0\xe2\x82\xac");
	struct bytes before = same;

	(void)state;
	ntlm_upper(b.p, b.n);
	assert_int_equal(b.n, want.n);
	assert_memory_equal(b.p, want.p, b.n);
	ntlm_upper(same.p, same.n);
	assert_memory_equal(same.p, before.p, same.n);
	ntlm_upper(b.p, 1);	/* half a unit is none */
}

static void
refusals(void **state)
{
	static const struct {
		struct person	 p;
		enum logon_state state;
		const char	*why;
	} cases[] = {
		{ { "alice", "CORP", "summer", "ALICE", "CORP" }, LOGON_WRONG_SECRET,
		    "wrong password for CORP\\alice (password CORP\\alice, line 1)" },
		/* The hash is of lower case: not what Windows does. */
		{ { "alice", "CORP", "Summer", "alice", "CORP" }, LOGON_WRONG_SECRET,
		    "wrong password for CORP\\alice (password CORP\\alice, line 1)" },
		{ { "alice@corp.example", "", "x", "ALICE@CORP.EXAMPLE", "" }, LOGON_WRONG_SECRET,
		    "wrong password for alice@corp.example (password CORP\\alice, line 1)" },
		{ { "alice", ".", "x", "ALICE", "." }, LOGON_WRONG_SECRET,
		    "wrong password for .\\alice (password CORP\\alice, line 1)" },
		{ { "dave", "ANY", "x", "DAVE", "ANY" }, LOGON_WRONG_SECRET,
		    "wrong password for ANY\\dave (password dave, line 4)" },
		/* The accounts of that name are others'. */
		{ { "alice", "OTHER", "x", "ALICE", "OTHER" }, LOGON_NO_SECRET,
		    "no secret for OTHER\\alice" },
		{ { "mallory", "CORP", "x", "MALLORY", "CORP" }, LOGON_NO_SECRET,
		    "no secret for CORP\\mallory" },
		{ { "m\033[31m", "C\302\233\177", "x", "M", "" }, LOGON_NO_SECRET,
		    "no secret for C??\\m?[31m" },
		{ { "a234567890123456789012345678901234567890", "D\xe2\x82\xac", "x", "A", "" },
		    LOGON_NO_SECRET,
		    "no secret for D\xe2\x82\xac\\a2345678901234567890123456789012" },
	};
	struct keyring *k = keyring(accounts);

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_refused(log_on(k, &cases[i].p), cases[i].state, cases[i].why);
	keyring_close(k);
}

static void
torn(void **state)
{
	struct bytes c = nlmp_challenge(V2_FLAGS);
	struct bytes a = nlmp_authenticate(V2_FLAGS, "", V2_NT, V2_KEY);

	assert_refused(open_with(*state, &nothing, &nothing, &a), LOGON_TORN,
	    "challenge not captured");
	assert_refused(open_with(*state, &nothing, &c, &nothing), LOGON_TORN,
	    "authentication not captured");
	assert_refused(open_with(*state, &nothing, &a, &c), LOGON_TORN,
	    "authentication not captured");
	for (size_t n = 0; n < a.n; n++) {
		uint8_t *p = cut(a.p, n);
		enum logon_state s = LOGON_OPEN;
		char why[MAX_REASON];

		assert_null(ntlm_open(*state, view_of(&nothing), view_of(&c),
		    (struct view){ p, n }, &s, why));
		assert_int_equal(s, LOGON_TORN);
		test_free(p);
	}
	for (size_t n = 0; n < c.n; n++) {
		uint8_t *p = cut(c.p, n);
		enum logon_state s = LOGON_OPEN;
		char why[MAX_REASON];
		struct ntlm *ntlm = ntlm_open(*state, view_of(&nothing), (struct view){ p, n },
		    view_of(&a), &s, why);

		assert_int_equal(s, n < 32 ? LOGON_TORN : LOGON_OPEN);
		ntlm_free(ntlm);
		test_free(p);
	}
}

static void
anonymous(void **state)
{
	struct logon_parts l = { V2_FLAGS & ~NTLM_KEY_EXCH, "", "", .lm = { .n = 1 } };
	struct bytes c = nlmp_challenge(V2_FLAGS), a = authenticate_message(&l);
	struct opened o = open_with(*state, &nothing, &c, &a);

	assert_string_equal(o.why, "anonymous");
	assert_key(o.ntlm, "00000000000000000000000000000000");
	ntlm_free(o.ntlm);
	l.flags &= ~(NTLM_SIGN | NTLM_SEAL);
	a = authenticate_message(&l);
	assert_refused(open_with(*state, &nothing, &c, &a), LOGON_NONE, "anonymous");
	/* A user without an NT response is something else. */
	l.user = "User";
	a = authenticate_message(&l);
	assert_refused(open_with(*state, &nothing, &c, &a), LOGON_FOREIGN,
	    "no NTLMv1 or NTLMv2 response");
}

static void
mic(void **state)
{
	struct bytes n = message(NTLM_NEGOTIATE, 40), c = nlmp_challenge(V2_FLAGS), a;
	struct bytes pairs = hex("0600 0400 02000000 0000 0000");
	struct logon_parts l = { V2_FLAGS, "User", "Domain", .key = { .n = 16 } };
	struct hmac_md5_ctx h;
	struct arcfour_ctx rc4;
	struct bytes fives = hex(FIVES);
	uint8_t base[16], key[16];
	struct opened o;

	l.nt = respond("Password", "USER", "Domain", &pairs);
	/* Which key it is depends on the response: take it from there. */
	l.flags &= ~NTLM_KEY_EXCH;
	a = authenticate_message(&l);
	o = open_with(*state, &nothing, &c, &a);
	assert_string_equal(o.why, "password Domain\\User, line 1");
	memcpy(base, ntlm_session_key(o.ntlm).p, 16);
	ntlm_free(o.ntlm);
	l.flags |= NTLM_KEY_EXCH;
	arcfour_set_key(&rc4, 16, base);
	arcfour_crypt(&rc4, 16, l.key.p, fives.p);
	a = authenticate_message(&l);
	hmac_md5_set_key(&h, 16, fives.p);
	hmac_md5_update(&h, n.n, n.p);
	hmac_md5_update(&h, c.n, c.p);
	hmac_md5_update(&h, a.n, a.p);
	hmac_md5_digest(&h, 16, key);
	memcpy(a.p + NTLM_MIC_AT, key, 16);
	o = open_with(*state, &n, &c, &a);
	assert_string_equal(o.why, "password Domain\\User, line 1");
	assert_key(o.ntlm, FIVES);
	ntlm_free(o.ntlm);
	/* A message in between was altered. */
	n.p[12] ^= 1;
	o = open_with(*state, &n, &c, &a);
	assert_string_equal(o.why, "password Domain\\User, line 1, MIC differs");
	assert_key(o.ntlm, FIVES);
	ntlm_free(o.ntlm);
	/* NEGOTIATE was not captured: nothing to compare. */
	o = open_with(*state, &nothing, &c, &a);
	assert_string_equal(o.why, "password Domain\\User, line 1");
	ntlm_free(o.ntlm);
}

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
		cmocka_unit_test(v1),
		cmocka_unit_test(v1_lm_keys),
		cmocka_unit_test(v1_extended),
		cmocka_unit_test(v2),
		cmocka_unit_test(pdus),
		cmocka_unit_test(names),
		cmocka_unit_test(upper_case),
		cmocka_unit_test(refusals),
		cmocka_unit_test(torn),
		cmocka_unit_test(anonymous),
		cmocka_unit_test(mic),
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
