#include "unit/ntlmopen.h"

#include <nettle/arcfour.h>
#include <nettle/hmac.h>
#include <nettle/md4.h>

#include "secret/ntlm-keys.h"

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

	k = ring_of("nthash\tDomain\\User\ta4f49c406510bdcab6824ee7c30fd852\n");
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
	struct keyring *k = ring_of(accounts);

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
	struct keyring *k = ring_of(accounts);

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
	};

	return cmocka_run_group_tests_name("ntlm_logon", tests, set_up, tear_down);
}
