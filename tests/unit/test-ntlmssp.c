#include "wire/ntlm.h"

#define assert_view(v, text) \
	do { \
		struct view v_ = (v); \
		assert_int_equal(v_.len, sizeof(text) - 1); \
		assert_non_null(v_.p); \
		assert_memory_equal(v_.p, text, sizeof(text) - 1); \
	} while (0)

static void
types(void **state)
{
	(void)state;
	for (uint32_t t = 1; t <= 3; t++) {
		struct bytes b = message(t, 12);

		assert_int_equal(ntlm_type(view_of(&b)), t);
		for (size_t n = 0; n < 12; n++) {
			uint8_t *c = cut(b.p, n);

			assert_int_equal(ntlm_type((struct view){ c, n }), NTLM_NONE);
			test_free(c);
		}
		b.p[0] = 'n';
		assert_int_equal(ntlm_type(view_of(&b)), NTLM_NONE);
	}
	struct bytes odd = message(4, 12);

	assert_int_equal(ntlm_type(view_of(&odd)), NTLM_NONE);
	odd = message(0x03000000, 12);
	assert_int_equal(ntlm_type(view_of(&odd)), NTLM_NONE);
}

static void
challenge(void **state)
{
	struct bytes info = { .n = 0 }, b;
	struct ntlm_challenge c;

	(void)state;
	put_av_text(&info, AV_NB_DOMAIN, "CORP");
	put_av(&info, AV_EOL, NULL, 0);
	b = challenge_message(V2_FLAGS, "CORP", &info);
	assert_true(ntlm_challenge_read(view_of(&b), &c));
	assert_int_equal(c.flags, V2_FLAGS);
	assert_view(c.target, "C\0O\0R\0P\0");
	assert_view(c.challenge, SERVER_CHALLENGE);
	assert_int_equal(c.info.len, info.n);
	assert_view(ntlm_av_find(c.info, AV_NB_DOMAIN), "C\0O\0R\0P\0");

	/* A server older than the target information. */
	b.n = 32;
	assert_true(ntlm_challenge_read(view_of(&b), &c));
	assert_view(c.challenge, SERVER_CHALLENGE);
	assert_null(c.target.p);
	assert_null(c.info.p);
}

static void
authenticate(void **state)
{
	struct bytes b = nlmp_authenticate(V2_FLAGS, "", V2_NT, V2_KEY);
	struct ntlm_authenticate a;

	(void)state;
	assert_true(ntlm_authenticate_read(view_of(&b), &a));
	assert_int_equal(a.flags, V2_FLAGS);
	assert_view(a.user, "U\0s\0e\0r\0");
	assert_view(a.domain, "D\0o\0m\0a\0i\0n\0");
	assert_view(a.workstation, "W\0S\0");
	assert_int_equal(a.nt.len, 84);
	assert_int_equal(a.key.len, 16);
	/* None, which is not the same as torn. */
	assert_int_equal(a.lm.len, 0);
	assert_non_null(a.lm.p);
	/* There is room for a MIC; but only the flags tell that there is one. */
	assert_false(a.has_mic);
	assert_null(a.mic.p);
}

static void
mic(void **state)
{
	static const struct {
		const char *pairs;
		bool has;
	} cases[] = {
		{ "0600 0400 02000000 0000 0000", true },
		{ "0600 0400 03000000 0000 0000", true },
		{ "0200 0200 4100 0600 0400 02000000", true },
		{ "0600 0400 01000000 0000 0000", false },
		{ "0600 0200 0200 0000 0000", false },
		{ "0000 0000 0600 0400 02000000", false },
		{ "0600 0400 020000", false },
		{ "", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct logon_parts l = { V2_FLAGS, "u", "d", .nt = { .n = 44 } };
		struct bytes pairs = hex(cases[i].pairs), b;
		struct ntlm_authenticate a;

		put(&l.nt, pairs.p, pairs.n);
		b = authenticate_message(&l);
		memset(b.p + NTLM_MIC_AT, 0x77, 16);
		assert_true(ntlm_authenticate_read(view_of(&b), &a));
		if (a.has_mic != cases[i].has)
			fail_msg("pairs %zu", i);
		assert_int_equal(a.mic.len, cases[i].has ? 16 : 0);
		if (cases[i].has)
			assert_view(a.mic, "wwwwwwwwwwwwwwww");
	}
}

/* What is read of a cut message is what the whole one says, or nothing. */
static void
assert_same_or_torn(struct view part, struct view whole)
{
	if (part.p == NULL)
		return;
	assert_int_equal(part.len, whole.len);
	assert_memory_equal(part.p, whole.p, whole.len);
}

static void
every_truncation_is_safe(void **state)
{
	struct bytes info = { .n = 0 }, b;
	struct ntlm_challenge c, whole_c;
	struct ntlm_authenticate a, whole_a;

	(void)state;
	put_av_text(&info, AV_DNS_COMPUTER, "fs01.corp.example");
	b = challenge_message(V2_FLAGS, "CORP", &info);
	assert_true(ntlm_challenge_read(view_of(&b), &whole_c));
	for (size_t n = 0; n < b.n; n++) {
		uint8_t *p = cut(b.p, n);

		assert_int_equal(ntlm_challenge_read((struct view){ p, n }, &c), n >= 32);
		if (n >= 32) {
			assert_int_equal(c.flags, whole_c.flags);
			assert_same_or_torn(c.target, whole_c.target);
			assert_same_or_torn(c.info, whole_c.info);
		}
		test_free(p);
	}
	b = nlmp_authenticate(V1_FLAGS, V1_LM, V1_NT, V1_KEY);
	assert_true(ntlm_authenticate_read(view_of(&b), &whole_a));
	for (size_t n = 0; n < b.n; n++) {
		uint8_t *p = cut(b.p, n);

		assert_int_equal(ntlm_authenticate_read((struct view){ p, n }, &a), n >= 64);
		if (n >= 64) {
			assert_int_equal(a.flags, whole_a.flags);
			assert_same_or_torn(a.lm, whole_a.lm);
			assert_same_or_torn(a.nt, whole_a.nt);
			assert_same_or_torn(a.domain, whole_a.domain);
			assert_same_or_torn(a.user, whole_a.user);
			assert_same_or_torn(a.workstation, whole_a.workstation);
			assert_same_or_torn(a.key, whole_a.key);
			assert_null(a.key.p);	/* it is the last */
		}
		test_free(p);
	}
}

static void
offsets_that_lie(void **state)
{
	struct bytes b = nlmp_authenticate(V2_FLAGS, "", V2_NT, V2_KEY);
	struct ntlm_authenticate a;

	(void)state;
	le32enc(b.p + 20 + 4, 0xffffffff);
	le32enc(b.p + 36 + 4, 0xfffffffc);
	le16enc(b.p + 28, 0xffff);
	le32enc(b.p + 12 + 4, 0xffffffff);	/* of nothing */
	assert_true(ntlm_authenticate_read(view_of(&b), &a));
	assert_null(a.nt.p);
	assert_null(a.user.p);
	assert_null(a.domain.p);
	assert_non_null(a.lm.p);
	assert_int_equal(a.key.len, 16);
}

static void
av_pairs(void **state)
{
	struct bytes b = hex("0100 0200 4100 0700 0800 0102030405060708 0100 0200 4200 0000 0000"
	    "0400 0200 4300");
	struct view all = view_of(&b);

	(void)state;
	assert_view(ntlm_av_find(all, AV_NB_COMPUTER), "A\0");	/* the first */
	assert_view(ntlm_av_find(all, AV_TIMESTAMP), "\1\2\3\4\5\6\7\10");
	assert_null(ntlm_av_find(all, AV_NB_DOMAIN).p);
	assert_null(ntlm_av_find(all, AV_DNS_DOMAIN).p);	/* behind the end */
	for (size_t n = 0; n < b.n; n++) {
		uint8_t *p = cut(b.p, n);
		struct view v = ntlm_av_find((struct view){ p, n }, AV_TIMESTAMP);

		assert_int_equal(v.len, n >= 18 ? 8 : 0);
		test_free(p);
	}
	/* A list that lacks its end. */
	assert_view(ntlm_av_find(view_upto(all, 0, 6), AV_NB_COMPUTER), "A\0");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(types),
		cmocka_unit_test(challenge),
		cmocka_unit_test(authenticate),
		cmocka_unit_test(mic),
		cmocka_unit_test(every_truncation_is_safe),
		cmocka_unit_test(offsets_that_lie),
		cmocka_unit_test(av_pairs),
	};

	return cmocka_run_group_tests_name("ntlmssp", tests, NULL, NULL);
}
