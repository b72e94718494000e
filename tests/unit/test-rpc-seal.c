/* test-rpc-seal.c -- sealed calls, with the account's password, another one, and none. */
#include "wire/rpc.h"

#include "unit/hex.h"
#include "unit/ring.h"

/* [MS-NLMP] 4.2.4: User, Domain, Password; sealed with its exported session key. */
static const char challenge[] = "4e544c4d53535000020000000c000c003800000035828ae2"
    "0123456789abcdef000000000000000024002400440000000000000000000000"
    "530065007200760065007200"
    "02000c0044006f006d00610069006e0001000c0053006500720076006500720000000000";
static const char lm[] = "86c35097ac9cec102554764a57cccc19aaaaaaaaaaaaaaaa";
static const char nt[] = "68cd0ab851e51c96aabc927bebef6a1c"
    "01010000000000000000000000000000aaaaaaaaaaaaaaaa0000000002000c00"
    "44006f006d00610069006e0001000c0053006500720076006500720000000000"
    "00000000";
static const char key[] = "c5dad2544fc9799094ce1ce90bc9d03e";
/* SchRpcRegisterTask("\t", "<T/>", ...) with 12 bytes of padding, and SchRpcRun("\t"). */
static const char register_pdu[] =
    "05000003100000008000100001000000440000000000010004e56f65dd195fdcf76054c1e71b7706"
    "d35f7b86a694370b0f7f34c364e0ffa25ae79a236d53f84a56e74afa373858cd81109c1242ac6415"
    "0550a3d4b842ffc8f08b202d71b0b6fa7f4b55bbddf807b50a060c00000000000100000081edef8e"
    "fc3e206100000000";
static const char run_pdu[] =
    "050000031000000060001000020000002800000000000c0057c9ce6b1a69544499ab18f335b7c251"
    "ad2778d962b5f18f1076fcaa839a7057f8a6960fb81da8458802b26e29b69fe20a06080000000000"
    "01000000fd251f21ef08c21601000000";

struct rig {
	struct wire	*w;
	struct keyring	*keyring;
};

static void
rig_open(struct rig *r, const char *line)
{
	struct wire *w;

	setup((void **)&r->w);
	w = r->w;
	r->keyring = line != NULL ? ring_of(line) : NULL;
	w->f.world.keyring = r->keyring;
	reopen(w, false);
}

static void
rig_close(struct rig *r)
{
	teardown((void **)&r->w);
	keyring_close(r->keyring);
}

/* ---- The logon ---- */

static void
with_token(struct out *o, uint32_t id, const struct out *token)
{
	wpad(o, 4);
	w8(o, 10), w8(o, 6), w8(o, 0), w8(o, 0), w32(o, id);
	wbytes(o, token->p, token->n);
	end(o, (unsigned int)token->n);
}

static void
whex(struct out *o, const char *text)
{
	o->n += hex(text, o->p + o->n, sizeof(o->p) - o->n);
}

static void
utf16(struct out *o, const char *s)
{
	for (; *s != '\0'; s++)
		w16(o, (uint8_t)*s);
}

static struct out
authenticate(const char *user)
{
	struct out o = { 0 };
	const size_t sizes[6] = { 24, 84, 12, 2 * strlen(user), 16, 16 };
	size_t at = 72;

	wbytes(&o, "NTLMSSP\0\3\0\0\0", 12);
	for (int i = 0; i < 6; i++) {
		w16(&o, (unsigned int)sizes[i]), w16(&o, (unsigned int)sizes[i]);
		w32(&o, (uint32_t)at);
		at += sizes[i];
	}
	w32(&o, 0xe2888235);
	wbytes(&o, "\0\0\0\0\0\0\0\0", 8);
	whex(&o, lm), whex(&o, nt);
	utf16(&o, "Domain"), utf16(&o, user), utf16(&o, "COMPUTER");
	whex(&o, key);
	assert_int_equal(o.n, at);
	return o;
}

static void
log_on(struct wire *w, const char *user, uint32_t id)
{
	struct out negotiate = { 0 }, o, token = { 0 };

	wbytes(&negotiate, "NTLMSSP\0\1\0\0\0\x35\x82\x88\xe2", 16);
	for (int i = 0; i < 24; i++)
		w8(&negotiate, 0);
	o = begin(false, BIND, WHOLE, 1);
	w32(&o, 0x10b810b8), w32(&o, 0), w32(&o, 1);
	w16(&o, 0), w16(&o, 1);
	wbytes(&o, tsch_uuid, 16), w32(&o, 1);
	wbytes(&o, ndr20, 16), w32(&o, 2);
	with_token(&o, id, &negotiate);
	feed(w, C2S, &o);

	whex(&token, challenge);
	o = begin(false, BIND_ACK, WHOLE, 1);
	w32(&o, 0x10b810b8), w32(&o, 0), w16(&o, 0), w16(&o, 0);
	w32(&o, 1), w32(&o, 0);
	wbytes(&o, ndr20, 16), w32(&o, 2);
	with_token(&o, id, &token);
	feed(w, S2C, &o);

	token = authenticate(user);
	o = begin(false, 16, WHOLE, 1);
	w32(&o, 0);
	with_token(&o, id, &token);
	feed(w, C2S, &o);
}

static void
send_hex(struct wire *w, const char *text, size_t cut)
{
	uint8_t pdu[256];
	size_t n = hex(text, pdu, sizeof(pdu));

	feed_cut(w, C2S, (struct view){ pdu, n }, cut < n ? cut : n);
}

/* What is pending is told when the connection ends. */
static void
finish(struct rig *r)
{
	dcerpc_proto.conn_free(r->w->conn);
	r->w->conn = NULL;
}

static void
expect_register(const struct fact *o)
{
	assert_field(o, F_VISIBILITY, "decrypted");
	assert_field(o, F_ACTION, "create");
	assert_field(o, F_NAME, "\\t");
	assert_field(o, F_XML, "<T/>");
	assert_int_equal(field_int(o, F_STUB_SIZE), 68);
	assert_field(o, F_AUTH_USER, "User");
}

static void
expect_run(const struct fact *o)
{
	assert_field(o, F_VISIBILITY, "decrypted");
	assert_field(o, F_ACTION, "run");
	assert_field(o, F_NAME, "\\t");
}

static void
expect_sealed(const struct fact *o, const char *action)
{
	assert_field(o, F_VISIBILITY, "sealed");
	assert_field(o, F_ACTION, action);
	assert_field(o, F_NAME, NULL);
	assert_field(o, F_XML, NULL);
}

/* ---- Tests ---- */

static void
the_password_opens_every_call(void **state)
{
	static const char *const lines[] = { "password Domain\\User Password\n",
		"password domain\\USER Password\n", "password User Password\n",
		"nthash Domain\\User a4f49c406510bdcab6824ee7c30fd852\n" };

	(void)state;
	for (size_t i = 0; i < nitems(lines); i++) {
		struct rig r;

		rig_open(&r, lines[i]);
		log_on(r.w, "User", 0);
		send_hex(r.w, register_pdu, SIZE_MAX);
		send_hex(r.w, run_pdu, SIZE_MAX);
		finish(&r);
		assert_int_equal(r.w->f.n, 2);
		expect_register(r.w->f.o[0]);
		expect_run(r.w->f.o[1]);
		assert_int_equal(r.w->f.stats.n[STAT_LOGONS_OPENED], 1);
		assert_int_equal(r.w->f.stats.n[STAT_RPC_OPENED], 2);
		rig_close(&r);
	}
}

static void
without_the_right_secret_nothing_is_said(void **state)
{
	static const struct { const char *line; enum counter count; } tries[] = {
		{ NULL, STAT_MAX },
		{ "password Domain\\User password\n", STAT_LOGONS_WRONG_SECRET },
		{ "password Domain\\Other Password\n", STAT_LOGONS_NO_SECRET },
		{ "nthash Domain\\User a4f49c406510bdcab6824ee7c30fd853\n", STAT_LOGONS_WRONG_SECRET },
	};

	(void)state;
	for (size_t i = 0; i < nitems(tries); i++) {
		struct rig r;

		rig_open(&r, tries[i].line);
		log_on(r.w, "User", 0);
		send_hex(r.w, register_pdu, SIZE_MAX);
		send_hex(r.w, run_pdu, SIZE_MAX);
		finish(&r);
		assert_int_equal(r.w->f.n, 2);
		expect_sealed(r.w->f.o[0], "create");
		expect_sealed(r.w->f.o[1], "run");
		assert_int_equal(r.w->f.stats.n[STAT_RPC_OPENED], 0);
		if (tries[i].count != STAT_MAX)
			assert_int_equal(r.w->f.stats.n[tries[i].count], 1);
		rig_close(&r);
	}
}

/* The key stream goes on behind what was lost. */
static void
a_lost_call_does_not_close_the_next(void **state)
{
	struct rig r;

	(void)state;
	rig_open(&r, "password Domain\\User Password\n");
	log_on(r.w, "User", 0);
	dcerpc_proto.gap(r.w->conn, C2S);
	send_hex(r.w, run_pdu, SIZE_MAX);
	finish(&r);
	assert_int_equal(r.w->f.n, 1);
	expect_run(r.w->f.o[0]);
	rig_close(&r);
}

/* Cut at every byte: nothing is proven, so nothing is said of its content. */
static void
a_torn_call_stays_sealed_and_the_next_opens(void **state)
{
	(void)state;
	for (size_t n = 24; n < sizeof(register_pdu) / 2; n++) {
		struct rig r;

		rig_open(&r, "password Domain\\User Password\n");
		log_on(r.w, "User", 0);
		send_hex(r.w, register_pdu, n);
		send_hex(r.w, run_pdu, SIZE_MAX);
		finish(&r);
		assert_int_equal(r.w->f.n, 2);
		expect_sealed(r.w->f.o[0], "create");
		expect_run(r.w->f.o[1]);
		rig_close(&r);
	}
}

static void
an_altered_call_stays_sealed(void **state)
{
	uint8_t pdu[256], altered[256];
	size_t n = hex(register_pdu, pdu, sizeof(pdu));

	(void)state;
	for (size_t i = 24; i < n; i += 5) {
		struct rig r;

		if (i >= 104 && i < 112)
			continue;	/* another type, level or context: another story */
		memcpy(altered, pdu, n);
		altered[i] ^= 0x40;
		rig_open(&r, "password Domain\\User Password\n");
		log_on(r.w, "User", 0);
		feed_cut(r.w, C2S, (struct view){ altered, n }, n);
		send_hex(r.w, run_pdu, SIZE_MAX);
		finish(&r);
		assert_int_equal(r.w->f.n, 2);
		expect_sealed(r.w->f.o[0], "create");
		expect_run(r.w->f.o[1]);
		rig_close(&r);
	}
}

static void
without_the_logon_all_stays_sealed(void **state)
{
	struct rig r;

	(void)state;
	rig_open(&r, "password Domain\\User Password\n");
	bound(r.w);
	send_hex(r.w, register_pdu, SIZE_MAX);
	finish(&r);
	assert_int_equal(r.w->f.n, 1);
	expect_sealed(r.w->f.o[0], "create");
	rig_close(&r);
}

/* A call on an interface of no interest takes its share of the key stream. */
static void
unwanted_calls_are_passed_over(void **state)
{
	uint8_t other[256];
	size_t n = hex(register_pdu, other, sizeof(other));
	struct rig r;

	(void)state;
	rig_open(&r, "password Domain\\User Password\n");
	log_on(r.w, "User", 0);
	other[20] = 9;			/* a presentation context that nobody knows */
	feed_cut(r.w, C2S, (struct view){ other, n }, n);
	send_hex(r.w, run_pdu, SIZE_MAX);
	finish(&r);
	assert_int_equal(r.w->f.n, 1);
	expect_run(r.w->f.o[0]);
	rig_close(&r);
}

/* Two logons on one connection ([MS-RPCE] 3.3.1.5.4): each has its own keys. */
static void
each_context_has_its_own_keys(void **state)
{
	uint8_t other[256];
	size_t n = hex(register_pdu, other, sizeof(other));
	struct rig r;

	(void)state;
	rig_open(&r, "password Domain\\User Password\n");
	log_on(r.w, "User", 0);
	log_on(r.w, "Stranger", 7);
	other[108] = 7;			/* auth_context_id */
	feed_cut(r.w, C2S, (struct view){ other, n }, n);
	send_hex(r.w, register_pdu, SIZE_MAX);
	feed_cut(r.w, C2S, (struct view){ other, n }, n);
	send_hex(r.w, run_pdu, SIZE_MAX);
	finish(&r);
	assert_int_equal(r.w->f.n, 4);
	expect_sealed(r.w->f.o[0], "create");
	expect_register(r.w->f.o[1]);
	expect_sealed(r.w->f.o[2], "create");
	expect_run(r.w->f.o[3]);
	rig_close(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_password_opens_every_call),
		cmocka_unit_test(without_the_right_secret_nothing_is_said),
		cmocka_unit_test(a_lost_call_does_not_close_the_next),
		cmocka_unit_test(a_torn_call_stays_sealed_and_the_next_opens),
		cmocka_unit_test(an_altered_call_stays_sealed),
		cmocka_unit_test(without_the_logon_all_stays_sealed),
		cmocka_unit_test(unwanted_calls_are_passed_over),
		cmocka_unit_test(each_context_has_its_own_keys),
	};

	return cmocka_run_group_tests_name("rpc_seal", tests, NULL, NULL);
}
