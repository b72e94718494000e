#include "unit/facts.h"

#include <stdlib.h>

#include "auth/gss.h"

/* As captured, but for the Kerberos requests: their sealed parts were cut to
 * sixteen bytes and the lengths set to match. */
static const char spnego_negotiate[] =
	"604006062b0601050502a0363034a00e300c060a2b06010401823702020aa22204204e544c4d5353"
	"500001000000050288a000000000000000000000000000000000";

static const char spnego_challenge[] =
	"a181c43081c1a0030a0101a10c060a2b06010401823702020aa281ab0481a84e544c4d5353500002"
	"000000100010003800000005028aa2aaaaaaaaaaaaaaaa00000000000000006000600048000000ff"
	"ffffffffffffff48005a006c006700790044006b005a000200100048005a004c004700590044004b"
	"005a000400100048005a004c004700590044004b005a000100100057004300560050005700550043"
	"00520003001000570043005600500057005500430052000700080080c5195b267cdd0100000000";

static const char spnego_authenticate[] =
	"a182012e3082012aa2820126048201224e544c4d5353500003000000180018005c000000ae00ae00"
	"7400000008000800400000001400140048000000000000005c0000000000000022010000050288a0"
	"43004f0052005000740065006d0070005f00610064006d0069006e002997fea31b9c9b5e99106961"
	"557e4d657957387855676c69220b3e815f2c794643dc1a80a7da9e13010100000000000080c5195b"
	"267cdd017957387855676c69000000000200100048005a004c004700590044004b005a0004001000"
	"48005a004c004700590044004b005a00010010005700430056005000570055004300520003001000"
	"570043005600500057005500430052000700080080c5195b267cdd0109001a006300690066007300"
	"2f00570043005600500057005500430052000000000000000000";

static const char ntlm_authenticate[] =
	"4e544c4d53535000030000001800180058000000240124017000000008000800940100000a000a00"
	"9c01000008000800a601000010001000ae01000035820862060100000000000f5e57ed167dc00ea8"
	"ce969c839b1c6c8f00000000000000000000000000000000000000000000000020b80a1eba6b298d"
	"46f66daab9bb0dab0101000000000000c0404c77267cdd0120530b0f49c39b530000000002000800"
	"43004f00520050000100080046005300300031000400180063006f00720070002e00650078006100"
	"6d0070006c0065000300220066007300300031002e0063006f00720070002e006500780061006d00"
	"70006c0065000500180063006f00720070002e006500780061006d0070006c00650007000800c040"
	"4c77267cdd01060004000200000008003000300000000000000000000000000000003d0624172551"
	"c6435876565f3467b0b59d29117de1a43f7b76433d66bf086b480a00100000000000000000000000"
	"00000000000009001e0068006f00730074002f00310030002e00320030002e0030002e0031003000"
	"0000000043004f005200500070006100760065006c005700530030003700a9669bd8522ec190c238"
	"767563612767";

static const char ap_req[] =
	"6e8196308193a003020105a10302010ea20703050020000000a361615f305da003020105a10e1b0c"
	"434f52502e4558414d504c45a2243022a003020101a11b30191b04636966731b11646330312e636f"
	"72702e6578616d706c65a320301ea003020112a103020101a2120410b3df46d5e7b21866d93aabec"
	"a3b27a59a41b3019a003020112a2120410e1ec000934d036c46a33265648412e04";

static const char gss_ap_req[] =
	"6081a606092a864886f71201020201006e8196308193a003020105a10302010ea207030500200000"
	"00a361615f305da003020105a10e1b0c434f52502e4558414d504c45a2243022a003020101a11b30"
	"191b04636966731b11646330312e636f72702e6578616d706c65a320301ea003020112a103020101"
	"a2120410b3df46d5e7b21866d93aabeca3b27a59a41b3019a003020112a2120410e1ec000934d036"
	"c46a33265648412e04";

static const char spnego_ap_req[] =
	"6081cc06062b0601050502a081c13081bea00d300b06092a864882f712010202a281ac0481a96081"
	"a606092a864886f71201020201006e8196308193a003020105a10302010ea20703050020000000a3"
	"61615f305da003020105a10e1b0c434f52502e4558414d504c45a2243022a003020101a11b30191b"
	"04636966731b11646330312e636f72702e6578616d706c65a320301ea003020112a103020101a212"
	"0410b3df46d5e7b21866d93aabeca3b27a59a41b3019a003020112a2120410e1ec000934d036c46a"
	"33265648412e04";

static const char spnego_ap_rep[] =
	"a181b73081b4a0030a0100a10b06092a864882f712010202a2819f04819c60819906092a864886f7"
	"1201020202006f8189308186a003020105a10302010fa27a3078a003020112a271046f5e23860d45"
	"dad732f1522d38e573927b28f56143b238929acccae633b8170bba10846a80b575437aeddf3a2d9b"
	"51c8ec9f82bcfb201b6fad7d7b9557fe81ad8334225e8513211e3b08d444ddbeda3e3a72d6c6d159"
	"93bb4f83f01cefd4fee2acced156f99221db83cacb76c498ad44";

static const char third_leg[] =
	"6f5b3059a003020105a10302010fa24d304ba003020112a244044261472c96d2eba645d93db4f2ea"
	"505e003d7ab7fd9e885d55227d918d60da7e9ccea3f94f4232c6bdf19a947affe0d83d21387abfa1"
	"371c9a307c68167784e85dd327";

static const char hints[] =
	"605e06062b0601050502a0543052a024302206092a864882f71201020206092a864886f712010202"
	"060a2b06010401823702020aa32a3028a0261b246e6f745f646566696e65645f696e5f5246433431"
	"373840706c656173655f69676e6f7265";

static struct budget purse;
static struct stats stats;
static struct world world = { .stats = &stats };

/* The tests hold tokens in heap blocks of their very size, so that ASan sees the edge. */
static struct view
unhex(const char *hex)
{
	size_t n = strlen(hex) / 2;
	uint8_t *p = test_malloc(n + 1);

	for (size_t i = 0; i < n; i++) {
		const char digits[3] = { hex[2 * i], hex[2 * i + 1], '\0' };

		p[i] = (uint8_t)strtoul(digits, NULL, 16);
	}
	return (struct view){ p, n };
}

static void
drop(struct view v)
{
	test_free((void *)(uintptr_t)v.p);
}

static void
feed(struct gss *g, enum dir dir, const char *hex)
{
	struct view v = unhex(hex);

	gss_token(g, dir, v);
	drop(v);
}

static struct fact *
told(const struct gss *g)
{
	struct fact *o = fact_new(&purse, FACT_TASK, &(struct peers){ 0 }, (struct packet_ref){ 0 });

	gss_auth(g, o);
	gss_smb(g, o);
	return o;
}

static struct gss *
fresh(void)
{
	struct gss *g;

	budget_init(&purse, NULL, 1 << 20);
	assert_non_null(g = gss_new(&world, &purse));
	assert_false(gss_known(g));
	return g;
}

static void
expect(const struct gss *g, const char *const want[7])
{
	static const enum field fields[] = { F_AUTH_MECHANISM, F_AUTH_USER, F_AUTH_DOMAIN,
		F_AUTH_WORKSTATION, F_AUTH_REALM, F_AUTH_SERVICE, F_SMB_REALM };
	struct fact *o = told(g);

	for (size_t i = 0; i < nitems(fields); i++)
		assert_field(o, fields[i], want[i]);
	assert_field(o, F_SMB_USER, want[1]);
	assert_field(o, F_SMB_DOMAIN, want[2]);
	assert_field(o, F_SMB_HOST, want[3]);
	fact_free(o);
}

static void
finish(struct gss *g)
{
	gss_free(g);
	assert_int_equal(purse.used, 0);
}

static const char *const nothing[7];
static const char *const ntlm_only[7] = { "ntlm" };
static const char *const krb_only[7] = { "kerberos" };
static const char *const temp_admin[7] = { "ntlm", "temp_admin", "CORP" };
static const char *const pavel[7] = { "ntlm", "pavel", "CORP", "WS07" };
static const char *const dc01[7] = { "kerberos", NULL, NULL, NULL, "CORP.EXAMPLE",
	"cifs/dc01.corp.example", "CORP.EXAMPLE" };

static void
ntlm_in_spnego(void **state)
{
	struct gss *g = fresh();

	(void)state;
	feed(g, S2C, hints);
	assert_false(gss_known(g));
	feed(g, C2S, spnego_negotiate);
	assert_true(gss_known(g));
	expect(g, ntlm_only);
	feed(g, S2C, spnego_challenge);
	expect(g, ntlm_only);
	feed(g, C2S, spnego_authenticate);
	expect(g, temp_admin);
	feed(g, S2C, "a1073005a0030a0100");	/* accept-completed */
	expect(g, temp_admin);
	finish(g);
}

static void
ntlm_alone(void **state)
{
	struct gss *g = fresh();

	(void)state;
	feed(g, C2S, ntlm_authenticate);
	expect(g, pavel);
	finish(g);
}

static void
kerberos_bare_framed_and_in_spnego(void **state)
{
	static const char *const forms[] = { ap_req, gss_ap_req, spnego_ap_req };

	(void)state;
	for (size_t i = 0; i < nitems(forms); i++) {
		struct gss *g = fresh();
		struct fact *o;
		size_t n = 0;

		feed(g, C2S, forms[i]);
		expect(g, dc01);
		feed(g, S2C, spnego_ap_rep);
		feed(g, C2S, third_leg);
		expect(g, dc01);
		o = told(g);
		for (const struct fact_item *at = NULL; (at = fact_each(o, at)) != NULL;)
			if (at->field == F_SMB_SNAMES)
				assert_string_equal(at->str, n++ == 0 ? "cifs" : "dc01.corp.example");
		assert_int_equal(n, 2);
		fact_free(o);
		finish(g);
	}
}

static void
an_answer_alone_names_the_mechanism(void **state)
{
	struct gss *g = fresh();

	(void)state;
	feed(g, S2C, spnego_ap_rep);
	expect(g, krb_only);
	finish(g);
}

/* The optimistic token was for Kerberos, and the server wants NTLM. */
static void
what_the_server_picks_counts(void **state)
{
	struct gss *g = fresh();

	(void)state;
	feed(g, C2S, spnego_ap_req);
	expect(g, dc01);
	/* accept-incomplete, supportedMech NTLMSSP, no token */
	feed(g, S2C, "a1153013a0030a0101a10c060a2b06010401823702020a");
	expect(g, ntlm_only);
	feed(g, C2S, spnego_authenticate);
	expect(g, temp_admin);
	finish(g);

	g = fresh();
	feed(g, C2S, spnego_negotiate);
	/* accept-incomplete, supportedMech 1.3.6.1.4.1.311.2.2.30: none that we know */
	feed(g, S2C, "a1153013a0030a0101a10c060a2b06010401823702021e");
	expect(g, ntlm_only);
	finish(g);
}

static void
a_later_logon_replaces(void **state)
{
	struct gss *g = fresh();

	(void)state;
	feed(g, C2S, ntlm_authenticate);
	feed(g, C2S, spnego_negotiate);
	expect(g, pavel);			/* not yet */
	feed(g, C2S, spnego_authenticate);
	expect(g, temp_admin);			/* whose workstation is not told */
	feed(g, C2S, gss_ap_req);
	expect(g, dc01);
	feed(g, C2S, ntlm_authenticate);
	expect(g, pavel);
	finish(g);
}

/* ---- Tokens of our own making ---- */

struct names {
	const char	*user, *domain, *workstation;
};

/* [MS-NLMP] 2.2.1.3, OEM: the names in the order workstation, user, domain. */
static size_t
authenticate(uint8_t *p, const struct names *n)
{
	const char *const text[] = { n->workstation, n->user, n->domain };
	static const size_t field[] = { 44, 36, 28 };
	size_t at = 64;

	memset(p, 0, at);
	memcpy(p, "NTLMSSP\0\3", 9);
	for (size_t i = 0; i < nitems(text); i++) {
		size_t len = strlen(text[i]);

		le16enc(p + field[i], (uint16_t)len);
		le32enc(p + field[i] + 4, (uint32_t)at);
		memcpy(p + at, text[i], len);
		at += len;
	}
	return at;
}

static void
names_in_any_order_and_oem(void **state)
{
	static const struct names full = { "alice", "CORP", "WS1" }, anonymous = { "", "", "WS1" },
		foreign = { "ren\xe9", "CORP", "" };
	struct gss *g = fresh();
	uint8_t p[128];

	(void)state;
	gss_token(g, C2S, (struct view){ p, authenticate(p, &full) });
	expect(g, (const char *const [7]){ "ntlm", "alice", "CORP", "WS1" });
	gss_token(g, C2S, (struct view){ p, authenticate(p, &anonymous) });
	expect(g, (const char *const [7]){ "ntlm", NULL, NULL, "WS1" });
	gss_token(g, C2S, (struct view){ p, authenticate(p, &foreign) });
	expect(g, (const char *const [7]){ "ntlm", "ren\\xe9", "CORP" });
	finish(g);
}

static void
fields_that_lie_tell_nothing(void **state)
{
	static const struct names full = { "alice", "CORP", "WS1" };
	struct gss *g = fresh();
	uint8_t p[128];
	size_t n = authenticate(p, &full);

	(void)state;
	le32enc(p + 40, 0xfffffff0u);		/* the user, far away */
	le16enc(p + 28, 0xffff);		/* the domain, far too long */
	gss_token(g, C2S, (struct view){ p, n });
	expect(g, (const char *const [7]){ "ntlm", NULL, NULL, "WS1" });
	finish(g);
}

/* An AV pair of the response that claims 64 KiB, so that the list never ends:
 * nothing that we walk. */
static void
av_pairs_without_an_end(void **state)
{
	struct gss *g = fresh();
	struct view v = unhex(ntlm_authenticate);
	uint8_t *p = (uint8_t *)(uintptr_t)v.p;

	(void)state;
	le16enc(p + 0x70 + 28 + 16 + 2, 0xffff);
	gss_token(g, C2S, v);
	drop(v);
	expect(g, pavel);
	finish(g);
}

static void
a_name_without_end_is_bounded(void **state)
{
	static uint8_t p[64 + 4000];
	struct gss *g = fresh();
	struct fact *o;

	(void)state;
	memset(p, 'a', sizeof(p));
	memset(p, 0, 64);
	memcpy(p, "NTLMSSP\0\3", 9);
	le16enc(p + 36, 4000);
	le32enc(p + 40, 64);
	gss_token(g, C2S, (struct view){ p, sizeof(p) });
	o = told(g);
	assert_int_equal(strlen(fact_get(o, F_AUTH_USER)), 512);
	fact_free(o);
	finish(g);
}

/* SPNEGO in SPNEGO in SPNEGO, as deep as 64 KiB allow. */
static void
nesting_ends(void **state)
{
	static const uint8_t layer[] = { 0xa1, 0x83, 1, 0, 0, 0x30, 0x83, 1, 0, 0,
		0xa2, 0x83, 1, 0, 0, 0x04, 0x83, 1, 0, 0 };
	struct gss *g = fresh();
	size_t n = 3200 * sizeof(layer);
	uint8_t *p = test_malloc(n);

	(void)state;
	for (size_t i = 0; i < n; i++)
		p[i] = layer[i % sizeof(layer)];
	gss_token(g, C2S, (struct view){ p, n });
	assert_false(gss_known(g));
	memset(p, 0x60, n);
	gss_token(g, C2S, (struct view){ p, n });
	test_free(p);
	finish(g);
}

/* A token that is cut tells less than the whole one, and nothing else. */
static void
every_truncation_is_safe_and_honest(void **state)
{
	static const char *const tokens[] = { spnego_negotiate, spnego_challenge,
		spnego_authenticate, ntlm_authenticate, ap_req, gss_ap_req, spnego_ap_req,
		spnego_ap_rep, third_leg, hints };

	(void)state;
	for (size_t t = 0; t < nitems(tokens); t++) {
		struct gss *g = fresh();
		struct view v = unhex(tokens[t]);
		struct fact *all, *some;

		gss_token(g, C2S, v);
		all = told(g);
		gss_free(g);
		for (size_t n = 0; n < v.len; n++) {
			uint8_t *cut = test_malloc(n + 1);

			memcpy(cut + 1, v.p, n);
			assert_non_null(g = gss_new(&world, &purse));
			gss_token(g, C2S, (struct view){ cut + 1, n });
			test_free(cut);
			some = told(g);
			for (const struct fact_item *i = NULL; (i = fact_each(some, i)) != NULL;)
				if (i->field != F_SMB_SNAMES)
					assert_field(all, i->field, i->str);
			fact_free(some);
			gss_free(g);
		}
		drop(v);
		fact_free(all);
		assert_int_equal(purse.used, 0);
	}
}

/* Memory runs out at each allocation in turn. */
static void
a_spent_budget_is_ordinary(void **state)
{
	static const char *const tokens[] = { spnego_authenticate, gss_ap_req };

	(void)state;
	for (size_t t = 0; t < nitems(tokens); t++)
		for (size_t limit = 0; limit < 512; limit += 8) {
			struct budget small;
			struct gss *g;

			budget_init(&small, NULL, limit);
			g = gss_new(&world, &small);
			feed(g, C2S, tokens[t]);
			gss_free(g);
			assert_int_equal(small.used, 0);
		}
}

static void
nothing_is_fine(void **state)
{
	struct gss *g = fresh();

	(void)state;
	gss_token(NULL, C2S, view_str("NTLMSSP"));
	assert_false(gss_known(NULL));
	gss_auth(NULL, NULL);
	gss_smb(NULL, NULL);
	gss_free(NULL);
	gss_token(g, C2S, (struct view){ NULL, 0 });
	feed(g, C2S, "050405ff00000000");	/* a message's MIC, no logon */
	feed(g, C2S, "4e45474f45585453");	/* NEGOEX */
	expect(g, nothing);
	finish(g);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ntlm_in_spnego),
		cmocka_unit_test(ntlm_alone),
		cmocka_unit_test(kerberos_bare_framed_and_in_spnego),
		cmocka_unit_test(an_answer_alone_names_the_mechanism),
		cmocka_unit_test(what_the_server_picks_counts),
		cmocka_unit_test(a_later_logon_replaces),
		cmocka_unit_test(names_in_any_order_and_oem),
		cmocka_unit_test(fields_that_lie_tell_nothing),
		cmocka_unit_test(av_pairs_without_an_end),
		cmocka_unit_test(a_name_without_end_is_bounded),
		cmocka_unit_test(nesting_ends),
		cmocka_unit_test(every_truncation_is_safe_and_honest),
		cmocka_unit_test(a_spent_budget_is_ordinary),
		cmocka_unit_test(nothing_is_fine),
	};

	return cmocka_run_group_tests_name("gss", tests, NULL, NULL);
}
