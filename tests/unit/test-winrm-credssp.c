/* CredSSP: TSRequests in the heads, SOAP in the bodies, and what a loss leaves of both. */
#include "winrm/credssp.h"

#include <strings.h>

#include "base/digest.h"
#include "unit/facts.h"
#include "winrm/winrm.h"
#include "engine/ledger.h"
#include "wire/ntlm.h"
#include "unit/ring.h"
#include "wire/soap.h"
#include "wire/tls-make.h"

struct field_text {
	const char	*name, *value;
};

struct view
http_field(const struct http_message *m, const char *name, size_t nth)
{
	for (const struct field_text *f = m->fields; f->name != NULL; f++)
		if (strcasecmp(f->name, name) == 0 && nth-- == 0)
			return view_str(f->value);
	return (struct view){ NULL, 0 };
}

struct bench {
	struct facts	 f;
	struct carrier	 c;
	struct made	 m;
	char		 log[32];
	void		*w;
	uint64_t	 exchange;
};

enum keys { NO_LOG, OTHER_LOG, THE_LOG };

static void
begin(struct bench *b, enum keys keys)
{
	char secrets[64];

	memset(b, 0, sizeof(*b));
	facts_init(&b->f);
	b->f.peers.sport = 5985;
	made_init(&b->m, 1);
	if (keys != NO_LOG) {
		made_secrets(keys == THE_LOG ? &b->m : NULL, b->log, secrets);
		b->f.world.keyring = ring_of(secrets);
	}
	b->f.world.ledger = ledger_new();
	b->c = (struct carrier){ .world = &b->f.world, .budget = &b->f.budget,
	    .peers = &b->f.peers };
	b->w = winrm_listener.conn_new(&b->c);
	assert_non_null(b->w);
}

static void
close_conn(struct bench *b)
{
	winrm_listener.conn_free(b->w);
	b->w = NULL;
}

static void
finish(struct bench *b)
{
	close_conn(b);
	facts_clear(&b->f);
	keyring_close(b->f.world.keyring);
	ledger_free(b->f.world.ledger);
	if (b->log[0] != '\0')
		(void)unlink(b->log);
	facts_free(&b->f);
}

/* ---- Legs ---- */

/* DER, of less than 64 KiB. */
static struct bytes
der(uint8_t tag, const struct bytes *a, const struct bytes *more)
{
	size_t n = a->n + (more != NULL ? more->n : 0);
	uint8_t head[4] = { tag, 0x82, (uint8_t)(n >> 8), (uint8_t)n };
	struct bytes b = { .n = 0 };

	put(&b, head, 4);
	put(&b, a->p, a->n);
	if (more != NULL)
		put(&b, more->p, more->n);
	return b;
}

/* [MS-CSSP] 2.2.1: the token stands in the field of that number. */
static struct bytes
ts_request(const struct bytes *token, uint8_t field)
{
	struct bytes version = hex("a003020106"), b = der(0x04, token, NULL);

	if (field == 1) {
		b = der(0xa0, &b, NULL);
		b = der(0x30, &b, NULL);
		b = der(0x30, &b, NULL);
	}
	b = der(0xa0 | field, &b, NULL);
	return der(0x30, &version, &b);
}

static void
message_at(struct bench *b, enum dir d, const char *type, const struct buf *token,
    const struct http_body *body)
{
	static char field[32768];
	struct field_text fields[] = { { "Content-Type", type },
		{ d == C2S ? "Authorization" : "WWW-Authenticate", field }, { NULL, NULL } };
	struct http_message m = { .dir = d, .exchange = b->exchange += d == C2S,
		.method = "POST", .target = "/wsman", .host = "srv:5985",
		.status = d == S2C ? 200 : 0, .fields = fields };
	struct http_want want;

	snprintf(field, sizeof(field), "CredSSP ");
	if (token != NULL)
		base64(buf_view(token), field + strlen(field));
	else
		fields[1].name = NULL;
	b->f.world.now.pkt++;
	winrm_listener.head(b->w, &m, &want);
	winrm_listener.body(b->w, &m, body);
}

static void
leg(struct bench *b, enum dir d, struct buf *token)
{
	struct http_body none = { .torn = false };

	message_at(b, d, "text/html", token, &none);
	buf_free(token);
}

static void
shake(struct bench *b)
{
	struct buf t;

	buf_init(&t, &b->f.budget, 1u << 16);
	for (enum dir d = C2S; d <= S2C; d++) {
		made_hello(&b->m, d, &t);
		leg(b, d, &t);
	}
	for (enum dir d = C2S; d <= S2C; d++) {
		made_finish(&b->m, d, &t);
		leg(b, d, &t);
	}
}

static void
say(struct bench *b, enum dir d, const struct bytes *request)
{
	struct buf t;

	buf_init(&t, &b->f.budget, 1u << 16);
	made_data(&b->m, d, view_of(request), &t);
	leg(b, d, &t);
}

static void
log_on(struct bench *b)
{
	struct bytes n = message(NTLM_NEGOTIATE, 40), c = nlmp_challenge(V2_FLAGS),
	    a = nlmp_authenticate(V2_FLAGS, "", V2_NT, V2_KEY);

	shake(b);
	n = ts_request(&n, 1);
	say(b, C2S, &n);
	c = ts_request(&c, 1);
	say(b, S2C, &c);
	a = ts_request(&a, 1);
	say(b, C2S, &a);
}

/* ---- Bodies ---- */

#define CREDSSP_TYPE "multipart/x-multi-encrypted;" \
	"protocol=\"application/HTTP-CredSSP-session-encrypted\";boundary=\"Encrypted Boundary\""
#define RUN(command) COMMAND("1", URI_CMD, "S1", "", \
	"<rsp:CommandLine><rsp:Command>" command "</rsp:Command></rsp:CommandLine>")

static struct buf
body_of(struct bench *b, enum dir d, const char *text, size_t room)
{
	struct view v = view_str(text), some;
	char head[512];
	struct buf out;

	buf_init(&out, &b->f.budget, 1u << 20);
	for (size_t at = 0; at < v.len; at += room) {
		some = view_upto(v, at, room);
		snprintf(head, sizeof(head), "--Encrypted Boundary\r\n"
		    "\tContent-Type: application/HTTP-CredSSP-session-encrypted\r\n"
		    "\tOriginalContent: type=application/soap+xml;charset=UTF-8;Length=%zu\r\n"
		    "--Encrypted Boundary\r\n\tContent-Type: application/octet-stream\r\n", some.len);
		assert_true(buf_add(&out, view_str(head)) &&
		    buf_add(&out, (struct view){ (const uint8_t *)"\x10\0\0\0", 4 }));
		made_data(&b->m, d, some, &out);
	}
	assert_true(buf_add(&out, view_str("--Encrypted Boundary--\r\n")));
	return out;
}

static void
post(struct bench *b, enum dir d, const char *text, size_t room)
{
	struct buf body = body_of(b, d, text, room);

	message_at(b, d, CREDSSP_TYPE, NULL, &(struct http_body){ .first = buf_view(&body) });
	buf_free(&body);
}

/* A message that the capture has not. */
static void
miss(struct bench *b, enum dir d, const char *text)
{
	struct buf body = body_of(b, d, text, 1u << 14);

	buf_free(&body);
}

static void
run(struct bench *b, size_t room)
{
	post(b, C2S, RUN("whoami"), room);
	post(b, S2C, STARTED("1", "C1"), room);
	post(b, C2S, RECEIVE("2", URI_CMD, "S1", "C1"), room);
	post(b, S2C, RECEIVED("2", DONE("C1", "0")), room);
}

static void
assert_opened(const struct fact *o)
{
	assert_int_equal(o->kind, FACT_COMMAND);
	assert_field(o, F_CMD_LINE, "whoami");
	assert_field(o, F_VISIBILITY, "decrypted");
	assert_field(o, F_WINRM_ENCRYPTION, "credssp");
	assert_field(o, F_AUTH_MECHANISM, "credssp");
}

static void
assert_user(const struct fact *o)
{
	assert_field(o, F_AUTH_USER, "User");
	assert_field(o, F_AUTH_DOMAIN, "Domain");
}

static void
assert_sealed(const struct fact *o)
{
	assert_int_equal(o->kind, FACT_COMMAND);
	assert_field(o, F_ROUTE, "winrm");
	assert_field(o, F_VISIBILITY, "sealed");
	assert_field(o, F_OUTCOME, "unknown");
	assert_field(o, F_CMD_LINE, NULL);
	assert_field(o, F_WINRM_ENCRYPTION, "credssp");
	assert_field(o, F_AUTH_MECHANISM, "credssp");
}

static void
assert_ledger(struct bench *b, const char *want)
{
	char text[4096] = "";
	FILE *f = fmemopen(text, sizeof(text), "w");

	assert_non_null(f);
	ledger_print(b->f.world.ledger, f);
	fclose(f);
	if (strstr(text, want) == NULL)
		fail_msg("%s is not in: %s", want, text);
}

/* ---- Whole ---- */

static void
test_opened(void **state)
{
	struct bench b;

	(void)state;
	for (size_t room = 100; room <= 1u << 14; room *= 12) {
		begin(&b, THE_LOG);
		log_on(&b);
		run(&b, room);
		assert_int_equal(b.f.n, 1);
		assert_opened(b.f.o[0]);
		assert_user(b.f.o[0]);
		assert_field(b.f.o[0], F_OUTCOME, "success");
		assert_int_equal(b.f.stats.n[STAT_WINRM_OPENED], 4);
		assert_int_equal(b.f.stats.n[STAT_UNSEAL_BAD], 0);
		close_conn(&b);
		assert_int_equal(b.f.n, 1);
		assert_ledger(&b, "credssp  Domain\\User");
		assert_ledger(&b, "opened with key log");
		finish(&b);
	}
}

static void
test_sealed(void **state)
{
	static const char *const why[] = { "no key log", "key log lacks this session" };
	struct bench b;

	(void)state;
	for (enum keys keys = NO_LOG; keys < THE_LOG; keys++) {
		begin(&b, keys);
		log_on(&b);
		run(&b, 1u << 14);
		assert_int_equal(b.f.n, 0);
		close_conn(&b);
		assert_int_equal(b.f.n, 1);
		assert_sealed(b.f.o[0]);
		assert_field(b.f.o[0], F_AUTH_USER, NULL);
		assert_int_equal(b.f.stats.n[STAT_WINRM_SEALED], 4);
		assert_ledger(&b, why[keys]);
		finish(&b);
	}
}

/* The capture begins behind the handshake. */
static void
test_midstream(void **state)
{
	struct bench b;

	(void)state;
	begin(&b, THE_LOG);
	run(&b, 1u << 14);
	close_conn(&b);
	assert_int_equal(b.f.n, 1);
	assert_field(b.f.o[0], F_VISIBILITY, "sealed");
	assert_ledger(&b, "logon not captured");
	finish(&b);
}

/* Another session on the connection: who it was is void, and so are the keys. */
static void
test_logon_again(void **state)
{
	struct bench b;

	(void)state;
	begin(&b, THE_LOG);
	log_on(&b);
	run(&b, 1u << 14);
	assert_opened(b.f.o[0]);
	made_init(&b.m, 2);
	shake(&b);
	run(&b, 1u << 14);
	assert_int_equal(b.f.n, 1);
	close_conn(&b);
	assert_ledger(&b, "opened with key log");
	assert_ledger(&b, "key log lacks this session");
	finish(&b);
}

/* ---- Losses ---- */

/* Whole messages: those behind them open. */
static void
test_message_lost(void **state)
{
	struct bench b;

	(void)state;
	begin(&b, THE_LOG);
	log_on(&b);
	miss(&b, C2S, RUN("hostname"));
	miss(&b, S2C, STARTED("1", "C0"));
	run(&b, 1u << 14);
	assert_int_equal(b.f.n, 1);
	assert_opened(b.f.o[0]);
	finish(&b);
}

/* A body that ends anywhere, as the capture or as its sender has it: no command
 * comes of what is missing its end, and what follows opens. */
static void
test_body_cut(void **state)
{
	struct http_body half = { .torn = true };
	struct buf body;
	struct bench b;

	(void)state;
	for (size_t n = 0;; n += 7) {
		size_t len;

		begin(&b, THE_LOG);
		log_on(&b);
		body = body_of(&b, C2S, RUN("hostname"), 300);
		len = body.len;
		if (n < len) {
			half.first = (struct view){ cut(body.p, n), n };
			message_at(&b, C2S, CREDSSP_TYPE, NULL, &half);
			test_free((void *)(uintptr_t)half.first.p);
		}
		buf_free(&body);
		if (n < len)
			post(&b, S2C, STARTED("1", "C1"), 300);
		run(&b, 300);
		close_conn(&b);
		for (size_t i = 0; i < b.f.n; i++)
			if (fact_get(b.f.o[i], F_CMD_LINE) != NULL)
				assert_opened(b.f.o[i]);
		assert_true(b.f.n >= 1);
		finish(&b);
		if (n >= len)
			break;
	}
}

/* Not wanted, or not kept: what comes behind is not known. */
static void
test_body_missing(void **state)
{
	struct buf body;
	struct bench b;

	(void)state;
	begin(&b, THE_LOG);
	log_on(&b);
	body = body_of(&b, C2S, RUN("whoami"), 1u << 14);
	message_at(&b, C2S, CREDSSP_TYPE, NULL,
	    &(struct http_body){ .first = buf_view(&body), .missing = 10 });
	buf_free(&body);
	close_conn(&b);
	assert_int_equal(b.f.n, 1);
	assert_sealed(b.f.o[0]);
	assert_user(b.f.o[0]);
	finish(&b);
}

static void
test_altered(void **state)
{
	struct buf body;
	struct bench b;

	(void)state;
	begin(&b, THE_LOG);
	log_on(&b);
	body = body_of(&b, C2S, RUN("hostname"), 300);
	body.p[body.len - 40] ^= 1;
	message_at(&b, C2S, CREDSSP_TYPE, NULL, &(struct http_body){ .first = buf_view(&body) });
	buf_free(&body);
	close_conn(&b);
	assert_int_equal(b.f.n, 1);
	assert_sealed(b.f.o[0]);
	assert_int_equal(b.f.stats.n[STAT_UNSEAL_BAD], 1);
	finish(&b);
}

/* ---- TSRequests ---- */

static struct fact *
auth_of(struct bench *b, struct view request, enum dir d)
{
	struct credssp *c = credssp_new(&b->f.world, &b->f.budget);
	struct fact *o = fact_new(&b->f.budget, FACT_COMMAND, &b->f.peers, b->f.world.now);
	struct made m;
	struct buf t;

	made_init(&m, 1);
	buf_init(&t, &b->f.budget, 1u << 16);
	assert_true(c != NULL && o != NULL);
	for (enum dir side = C2S; side <= S2C; side++) {
		made_hello(&m, side, &t);
		credssp_token(c, side, buf_view(&t));
		buf_free(&t);
	}
	made_finish(&m, d, &t);
	made_data(&m, d, request, &t);
	credssp_token(c, d, buf_view(&t));
	buf_free(&t);
	credssp_auth(c, o);
	credssp_free(c);
	return o;
}

static void
test_request_cut(void **state)
{
	struct bytes a = nlmp_authenticate(V2_FLAGS, "", V2_NT, V2_KEY);
	const char *user;
	struct bench b;
	struct fact *o;

	(void)state;
	a = ts_request(&a, 1);
	begin(&b, THE_LOG);
	for (size_t n = 0; n <= a.n; n++) {
		uint8_t *exact = cut(a.p, n);

		o = auth_of(&b, (struct view){ exact, n }, C2S);
		if ((user = fact_get(o, F_AUTH_USER)) != NULL)
			assert_string_equal(user, "User");
		if (n == a.n)
			assert_user(o);
		fact_free(o);
		test_free(exact);
	}
	finish(&b);
}

/* What proves the server's key, and the user's credentials, are not looked at. */
static void
test_other_fields(void **state)
{
	struct bytes a;
	struct bench b;
	struct fact *o;

	(void)state;
	begin(&b, THE_LOG);
	for (uint8_t field = 0; field < 8; field++) {
		a = nlmp_authenticate(V2_FLAGS, "", V2_NT, V2_KEY);
		a = ts_request(&a, field);
		o = auth_of(&b, view_of(&a), C2S);
		if (field == 1)
			assert_user(o);
		else
			assert_field(o, F_AUTH_USER, NULL);
		fact_free(o);
	}
	finish(&b);
}

static void
test_hostile_requests(void **state)
{
	static const char *const texts[] = {
		"", "30", "3080", "3084ffffffff", "3085ffffffffff", "30820010a1", "3003a00302",
		"3004a1023000", "3006a10430023000", "3008a106300430025000", "3004a1020400",
		"300aa1083006300430020400", "300ca10a30083006a08204040400", "1f8101",
		"300aa1083006300430021f00", "30030201ff", "3006a1843000ffff",
	};
	struct bytes a;
	struct bench b;
	struct fact *o;

	(void)state;
	begin(&b, THE_LOG);
	for (size_t i = 0; i < nitems(texts); i++) {
		a = hex(texts[i]);
		o = auth_of(&b, view_of(&a), i % 2 == 0 ? C2S : S2C);
		assert_field(o, F_AUTH_USER, NULL);
		fact_free(o);
	}
	/* As many tokens as there is room for. */
	a = hex("3082300aa18230063082300230820000");
	while (a.n + 2 <= 12000)
		put(&a, "\x30\x00", 2);
	o = auth_of(&b, view_of(&a), C2S);
	assert_field(o, F_AUTH_USER, NULL);
	fact_free(o);
	finish(&b);
}

static void
test_null(void **state)
{
	struct bytes none = { .n = 0 };
	struct buf clear;
	struct bench b;

	(void)state;
	begin(&b, NO_LOG);
	buf_init(&clear, &b.f.budget, 100);
	credssp_token(NULL, C2S, view_of(&none));
	assert_false(credssp_begins(NULL, view_of(&none)));
	assert_false(credssp_unseal(NULL, C2S, view_of(&none), &clear));
	credssp_auth(NULL, NULL);
	credssp_note(NULL, &b.f.peers);
	credssp_free(NULL);
	finish(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_opened),
		cmocka_unit_test(test_sealed),
		cmocka_unit_test(test_midstream),
		cmocka_unit_test(test_logon_again),
		cmocka_unit_test(test_message_lost),
		cmocka_unit_test(test_body_cut),
		cmocka_unit_test(test_body_missing),
		cmocka_unit_test(test_altered),
		cmocka_unit_test(test_request_cut),
		cmocka_unit_test(test_other_fields),
		cmocka_unit_test(test_hostile_requests),
		cmocka_unit_test(test_null),
	};

	return cmocka_run_group_tests_name("winrm_credssp", tests, NULL, NULL);
}
