/* WS-Management over HTTP: logons, sealed bodies, and when to leave. */
#include "winrm/winrm.h"

#include <nettle/arcfour.h>
#include <nettle/hmac.h>
#include <nettle/md5.h>
#include <stdio.h>
#include <strings.h>

#include "base/digest.h"
#include "unit/facts.h"
#include "winrm/multipart.h"
#include "wire/ntlm.h"
#include "unit/ring.h"
#include "wire/soap.h"

/* ---- An HTTP of our own: messages as their user sees them ---- */

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

/* RC4 and the sequence number of one direction, [MS-NLMP] 3.4. */
struct sealer {
	struct arcfour_ctx rc4;
	uint8_t		 sign[16];
	uint32_t	 seq;
};

struct bench {
	struct facts	 f;
	struct keyring	*ring;
	struct budget	 purse;
	struct carrier	 c;
	void		*w;
	uint64_t	 exchange;
	struct http_want want;		/* of the last message */
	struct sealer	 sealer[2];
};

static void
md5(uint8_t out[16], const char *magic)
{
	struct md5_ctx h;

	md5_init(&h);
	for (unsigned int i = 0; i < 16; i++)
		md5_update(&h, 1, (const uint8_t *)"\x55");
	md5_update(&h, strlen(magic) + 1, (const uint8_t *)magic);
	md5_digest(&h, 16, out);
}

static void
sealers(struct bench *b)
{
	static const char *const magic[2][2] = {
		{ "session key to client-to-server signing key magic constant",
		    "session key to client-to-server sealing key magic constant" },
		{ "session key to server-to-client signing key magic constant",
		    "session key to server-to-client sealing key magic constant" },
	};
	uint8_t key[16];

	for (unsigned int d = 0; d < 2; d++) {
		md5(b->sealer[d].sign, magic[d][0]);
		md5(key, magic[d][1]);
		arcfour_set_key(&b->sealer[d].rc4, 16, key);
		b->sealer[d].seq = 0;
	}
}

static void
connect_to(struct bench *b, const char *secrets, uint16_t port)
{
	memset(b, 0, sizeof(*b));
	facts_init(&b->f);
	b->ring = secrets != NULL ? ring_of(secrets) : NULL;
	b->f.world.keyring = b->ring;
	b->f.peers.sport = port;
	budget_init(&b->purse, &b->f.budget, MAX_FLOW_MEM);
	b->c = (struct carrier){ .world = &b->f.world, .budget = &b->purse, .peers = &b->f.peers };
	b->w = winrm_listener.conn_new(&b->c);
	assert_non_null(b->w);
	sealers(b);
}

static void
end(struct bench *b)
{
	winrm_listener.conn_free(b->w);
	b->w = NULL;
}

static int
teardown(void **state)
{
	struct bench *b = *state;

	winrm_listener.conn_free(b->w);
	facts_free(&b->f);
	keyring_close(b->ring);
	return 0;
}

static int
setup(void **state)
{
	static struct bench b;

	connect_to(&b, NULL, 80);
	*state = &b;
	return 0;
}

static int
setup_keys(void **state)
{
	static struct bench b;

	connect_to(&b, "password\tDomain\\User\tPassword\n", 5985);
	*state = &b;
	return 0;
}

static void
exchange(struct bench *b, enum dir dir, unsigned int status, const struct field_text *fields,
    const struct http_body *body)
{
	struct http_message m = { .dir = dir, .exchange = b->exchange, .method = "POST",
		.target = "/wsman", .host = "srv:5985", .agent = "curl/8", .status = status,
		.fields = fields };

	b->f.world.now.pkt++;
	winrm_listener.head(b->w, &m, &b->want);
	winrm_listener.body(b->w, &m, body);
}

static void
post(struct bench *b, enum dir dir, const char *type, const char *authorization,
    struct view v)
{
	struct field_text fields[] = { { "Content-Type", type },
		{ dir == C2S ? "Authorization" : "WWW-Authenticate", authorization }, { NULL, NULL } };
	struct http_body body = { .first = v };

	if (dir == C2S)
		b->exchange++;
	if (authorization == NULL)
		fields[1].name = NULL;
	exchange(b, dir, dir == S2C ? 200 : 0, fields, &body);
}

#define SOAP_XML	"application/soap+xml;charset=UTF-8"
#define LINE(command)	"<rsp:CommandLine><rsp:Command>" command "</rsp:Command></rsp:CommandLine>"
#define RUN(command)	COMMAND("1", URI_CMD, "S1", "", LINE(command))

static void
run_clear(struct bench *b, const char *authorization)
{
	post(b, C2S, SOAP_XML, authorization, view_str(RUN("whoami")));
	post(b, S2C, SOAP_XML, NULL, view_str(STARTED("1", "C1")));
	post(b, C2S, SOAP_XML, authorization, view_str(RECEIVE("2", URI_CMD, "S1", "C1")));
	post(b, S2C, SOAP_XML, NULL, view_str(RECEIVED("2", DONE("C1", "0"))));
}

/* ---- Logons ---- */

static void
test_basic(void **state)
{
	static const struct {
		const char	*typed, *user, *domain;
	} rows[] = {
		{ "alice:se:cret", "alice", NULL },
		{ "CORP\\alice:x", "alice", "CORP" },
		{ "alice@corp.example:x", "alice", "corp.example" },
		{ "alice@x@corp:", "alice@x", "corp" },
		{ "no colon", NULL, NULL },
		{ ":x", NULL, NULL },
	};
	struct bench *b = *state;

	for (size_t i = 0; i < nitems(rows); i++) {
		char field[256] = "basic ";

		base64(view_str(rows[i].typed), field + strlen(field));
		end(b);
		b->w = winrm_listener.conn_new(&b->c);
		run_clear(b, field);
		assert_int_equal(b->f.n, 1);
		assert_field(b->f.o[0], F_AUTH_MECHANISM, "basic");
		assert_field(b->f.o[0], F_AUTH_USER, rows[i].user);
		assert_field(b->f.o[0], F_AUTH_DOMAIN, rows[i].domain);
		assert_field(b->f.o[0], F_WINRM_ENCRYPTION, "none");
		assert_field(b->f.o[0], F_VISIBILITY, "clear");
		assert_field(b->f.o[0], F_APP_PROTO, "http");
		assert_field(b->f.o[0], F_HTTP_HOST, "srv:5985");
		assert_field(b->f.o[0], F_HTTP_URL, "/wsman");
		assert_field(b->f.o[0], F_HTTP_METHOD, "POST");
		assert_field(b->f.o[0], F_HTTP_AGENT, "curl/8");
		assert_int_equal(field_int(b->f.o[0], F_HTTP_STATUS), 200);
		for (const struct fact_item *it = NULL; (it = fact_each(b->f.o[0], it)) != NULL;)
			assert_true(it->str == NULL || strstr(it->str, "cret") == NULL);
		facts_clear(&b->f);
	}
}

static const char *
negotiate_field(const struct bytes *token)
{
	static char field[8192];

	snprintf(field, sizeof(field), "Negotiate ");
	base64(view_of(token), field + strlen(field));
	return field;
}

static void
log_on(struct bench *b)
{
	struct bytes n = message(NTLM_NEGOTIATE, 40), c = nlmp_challenge(V2_FLAGS),
	    a = nlmp_authenticate(V2_FLAGS, "", V2_NT, V2_KEY);
	struct view none = { NULL, 0 };

	post(b, C2S, SOAP_XML, negotiate_field(&n), none);
	post(b, S2C, "text/html", negotiate_field(&c), none);
	post(b, C2S, SOAP_XML, negotiate_field(&a), none);
	post(b, S2C, "text/html", NULL, none);
	sealers(b);
}

/* A clear body under NTLM; then another account on the same connection. */
static void
test_clear_under_ntlm(void **state)
{
	struct bench *b = *state;

	log_on(b);
	run_clear(b, NULL);
	assert_int_equal(b->f.n, 1);
	assert_field(b->f.o[0], F_AUTH_MECHANISM, "ntlm");
	assert_field(b->f.o[0], F_AUTH_USER, "User");
	assert_field(b->f.o[0], F_AUTH_DOMAIN, "Domain");
	assert_field(b->f.o[0], F_WINRM_ENCRYPTION, "none");
	assert_field(b->f.o[0], F_VISIBILITY, "clear");
	facts_clear(&b->f);
	run_clear(b, "Basic Ym9iOng=");
	assert_field(b->f.o[0], F_AUTH_MECHANISM, "basic");
	assert_field(b->f.o[0], F_AUTH_USER, "bob");
	assert_field(b->f.o[0], F_AUTH_DOMAIN, NULL);
}

/* ---- Sealed bodies ---- */

#define SPNEGO_TYPE "multipart/encrypted;protocol=\"application/HTTP-SPNEGO-session-encrypted\";" \
	"boundary=\"Encrypted Boundary\""
#define KERBEROS_TYPE "multipart/encrypted;" \
	"protocol=\"application/HTTP-Kerberos-session-encrypted\";boundary=\"Encrypted Boundary\""
#define CREDSSP_TYPE "multipart/x-multi-encrypted;" \
	"protocol=\"application/HTTP-CredSSP-session-encrypted\";boundary=\"Encrypted Boundary\""

static void
part_head(struct buf *out, const char *dashes, size_t length)
{
	char head[512];

	snprintf(head, sizeof(head), "%sEncrypted Boundary\r\n"
	    "\tContent-Type: application/HTTP-SPNEGO-session-encrypted\r\n"
	    "\tOriginalContent: type=application/soap+xml;charset=UTF-8;Length=%zu\r\n"
	    "%sEncrypted Boundary\r\n\tContent-Type: application/octet-stream\r\n",
	    dashes, length, dashes);
	assert_true(buf_add(out, view_str(head)));
}

/* [MS-NLMP] 3.4.4.2, with key exchange. */
static void
part_sealed(struct bench *b, enum dir dir, struct buf *out, const char *dashes, struct view v)
{
	struct sealer *s = &b->sealer[dir];
	uint8_t token[20] = { 16, 0, 0, 0, 1 }, mac[16], seq[4], *body = test_malloc(v.len + 1);
	struct hmac_md5_ctx h;

	part_head(out, dashes, v.len);
	le32enc(seq, s->seq++);
	hmac_md5_set_key(&h, 16, s->sign);
	hmac_md5_update(&h, 4, seq);
	hmac_md5_update(&h, v.len, v.p);
	hmac_md5_digest(&h, 16, mac);
	arcfour_crypt(&s->rc4, v.len, body, v.p);
	arcfour_crypt(&s->rc4, 8, token + 8, mac);
	memcpy(token + 16, seq, 4);
	assert_true(buf_add(out, (struct view){ token, 20 }));
	assert_true(buf_add(out, (struct view){ body, v.len }));
	test_free(body);
}

static struct buf
sealed(struct bench *b, enum dir dir, const char *dashes, const char *text)
{
	struct buf out;

	buf_init(&out, &b->f.budget, 4u << 20);
	part_sealed(b, dir, &out, dashes, view_str(text));
	assert_true(buf_add(&out, view_str(dashes)) &&
	    buf_add(&out, view_str("Encrypted Boundary--\r\n")));
	return out;
}

static void
send_sealed(struct bench *b, enum dir dir, const char *dashes, const char *text)
{
	struct buf body = sealed(b, dir, dashes, text);

	post(b, dir, SPNEGO_TYPE, NULL, buf_view(&body));
	buf_free(&body);
}

static void
run_sealed(struct bench *b, const char *dashes)
{
	send_sealed(b, C2S, dashes, RUN("whoami"));
	send_sealed(b, S2C, dashes, STARTED("1", "C1"));
	send_sealed(b, C2S, dashes, RECEIVE("2", URI_CMD, "S1", "C1"));
	send_sealed(b, S2C, dashes, RECEIVED("2", DONE("C1", "0")));
}

static void
assert_opened(struct bench *b)
{
	assert_int_equal(b->f.n, 1);
	assert_field(b->f.o[0], F_CMD_LINE, "whoami");
	assert_field(b->f.o[0], F_VISIBILITY, "decrypted");
	assert_field(b->f.o[0], F_OUTCOME, "success");
	assert_field(b->f.o[0], F_WINRM_ENCRYPTION, "ntlm");
	assert_field(b->f.o[0], F_AUTH_USER, "User");
	end(b);
	assert_int_equal(b->f.n, 1);
}

static void
test_opened(void **state)
{
	struct bench *b = *state;

	log_on(b);
	run_sealed(b, "--");
	assert_int_equal(b->f.stats.n[STAT_WINRM_OPENED], 4);
	assert_opened(b);
}

static void
test_opened_blank(void **state)
{
	struct bench *b = *state;

	log_on(b);
	run_sealed(b, "-- ");
	assert_opened(b);
}

/* A logon on a connection that had one, and the keys of the new one. */
static void
test_logon_again(void **state)
{
	struct bench *b = *state;

	log_on(b);
	send_sealed(b, C2S, "--", COMMAND("0", URI_CMD, "S0", "", LINE("hostname")));
	send_sealed(b, S2C, "--", FAULT("0", "5"));
	assert_int_equal(b->f.n, 1);
	facts_clear(&b->f);
	log_on(b);
	run_sealed(b, "--");
	assert_opened(b);
}

/* One message in several parts. */
static void
test_parts(void **state)
{
	static const char text[] = RUN("whoami");
	struct bench *b = *state;
	struct buf body;

	log_on(b);
	buf_init(&body, &b->f.budget, 1u << 16);
	part_sealed(b, C2S, &body, "--", view_upto(view_str(text), 0, 300));
	part_sealed(b, C2S, &body, "--", view_from(view_str(text), 300));
	buf_add(&body, view_str("--Encrypted Boundary--\r\n"));
	post(b, C2S, SPNEGO_TYPE, NULL, buf_view(&body));
	buf_free(&body);
	send_sealed(b, S2C, "--", STARTED("1", "C1"));
	send_sealed(b, C2S, "--", RECEIVE("2", URI_CMD, "S1", "C1"));
	send_sealed(b, S2C, "--", RECEIVED("2", DONE("C1", "0")));
	assert_opened(b);
}

/* A body that was not captured whole, and one that is too long to keep: the
 * key stream goes on behind both. */
static void
test_torn(void **state)
{
	static const struct field_text fields[] = { { "Content-Type", SPNEGO_TYPE }, { NULL, NULL } };
	struct bench *b = *state;

	for (unsigned int torn = 0; torn < 2; torn++) {
		struct buf body = sealed(b, S2C, "--", RUN("x"));
		struct http_body half = { .torn = torn };

		buf_free(&body);
		facts_clear(&b->f);
		log_on(b);
		send_sealed(b, C2S, "--", RUN("whoami"));
		body = sealed(b, S2C, "--", STARTED("1", "C1"));
		half.first = view_upto(buf_view(&body), 0, torn ? 420 : 500);
		half.missing = torn ? 0 : body.len - 500;
		exchange(b, S2C, 200, fields, &half);
		buf_free(&body);
		send_sealed(b, C2S, "--", RECEIVE("2", URI_CMD, "S1", "C1"));
		send_sealed(b, S2C, "--", RECEIVED("2", DONE("C1", "0")));
		assert_int_equal(b->f.n, 1);
		assert_field(b->f.o[0], F_OUTCOME, "success");
	}
}

static void
assert_sealed(const struct fact *o, const char *encryption, uint64_t at)
{
	assert_int_equal(o->kind, FACT_COMMAND);
	assert_field(o, F_ROUTE, "winrm");
	assert_field(o, F_VISIBILITY, "sealed");
	assert_field(o, F_OUTCOME, "unknown");
	assert_field(o, F_CMD_LINE, NULL);
	assert_field(o, F_CMD_KIND, NULL);
	assert_field(o, F_WINRM_ENCRYPTION, encryption);
	assert_field(o, F_HTTP_URL, "/wsman");
	assert_int_equal(field_int(o, F_HTTP_STATUS), 200);
	assert_int_equal(o->at.pkt, at);
}

/* Without secrets: one fact for the connection, at its end. */
static void
test_sealed(void **state)
{
	struct bench *b = *state;
	uint64_t at;

	log_on(b);
	run_sealed(b, "--");
	at = b->f.world.now.pkt;
	b->f.world.now.pkt += 50;
	assert_int_equal(b->f.n, 0);
	end(b);
	assert_int_equal(b->f.n, 1);
	assert_sealed(b->f.o[0], "ntlm", at);
	assert_field(b->f.o[0], F_AUTH_USER, "User");
	assert_int_equal(b->f.stats.n[STAT_WINRM_SEALED], 4);
}

/* No logon was captured: the protocol's name, or a signature's length, tells. */
static void
test_sealed_nameless(void **state)
{
	static const struct {
		const char	*type, *encryption;
		uint8_t		 token;
	} rows[] = {
		{ SPNEGO_TYPE, "ntlm", 16 }, { SPNEGO_TYPE, "kerberos", 60 },
		{ KERBEROS_TYPE, "kerberos", 60 }, { CREDSSP_TYPE, "credssp", 0 },
	};
	struct bench *b = *state;

	for (size_t i = 0; i < nitems(rows); i++) {
		uint8_t bytes[200] = { rows[i].token };
		struct buf body;

		b->w = b->w != NULL ? b->w : winrm_listener.conn_new(&b->c);
		buf_init(&body, &b->f.budget, 1u << 16);
		part_head(&body, "--", 100);
		buf_add(&body, (struct view){ bytes, 4 + (size_t)rows[i].token + 100 });
		buf_add(&body, view_str("--Encrypted Boundary--\r\n"));
		post(b, C2S, rows[i].type, NULL, buf_view(&body));
		post(b, S2C, rows[i].type, NULL, buf_view(&body));
		buf_free(&body);
		assert_false(winrm_listener.done(b->w));
		end(b);
		assert_int_equal(b->f.n, 1);
		assert_sealed(b->f.o[0], rows[i].encryption, b->f.world.now.pkt);
		assert_field(b->f.o[0], F_AUTH_MECHANISM, NULL);
		facts_clear(&b->f);
	}
}

/* Every byte of a signature and of what it seals counts. */
static void
test_altered(void **state)
{
	struct bench *b = *state;
	struct buf body;

	log_on(b);
	body = sealed(b, C2S, "--", RUN("whoami"));
	body.p[body.len - 100] ^= 1;
	post(b, C2S, SPNEGO_TYPE, NULL, buf_view(&body));
	buf_free(&body);
	assert_int_equal(b->f.stats.n[STAT_UNSEAL_BAD] + b->f.stats.n[STAT_UNSEAL_LOST], 1);
	end(b);
	assert_int_equal(b->f.n, 1);
	assert_field(b->f.o[0], F_VISIBILITY, "sealed");
}

/* Out of TLS. */
static void
test_tls(void **state)
{
	struct bench *b = *state;

	end(b);
	b->c.tls = true;
	b->w = winrm_listener.conn_new(&b->c);
	run_clear(b, "Basic Ym9iOng=");
	assert_int_equal(b->f.n, 1);
	assert_field(b->f.o[0], F_VISIBILITY, "decrypted");
	assert_field(b->f.o[0], F_WINRM_ENCRYPTION, "tls");
	assert_field(b->f.o[0], F_AUTH_MECHANISM, "basic");
}

/* ---- multipart ---- */

static void
test_multipart(void **state)
{
	struct bench *b = *state;
	struct multipart m;
	struct multipart_part p;
	struct buf body;
	static const char tls[] = "\x17\x03\x03\0\4abcd\x17\x03\x03\0\2ef";

	assert_int_equal(multipart_type(view_str(SPNEGO_TYPE)), SEALING_SPNEGO);
	assert_int_equal(multipart_type(view_str(KERBEROS_TYPE)), SEALING_KERBEROS);
	assert_int_equal(multipart_type(view_str(CREDSSP_TYPE)), SEALING_CREDSSP);
	assert_int_equal(multipart_type(view_str(SOAP_XML)), SEALING_NONE);
	assert_int_equal(multipart_type(view_str("multipart/form-data;boundary=x")), SEALING_NONE);
	/* Its bytes hold the boundary: the length counts. */
	buf_init(&body, &b->f.budget, 1u << 16);
	part_head(&body, "--", 30);
	buf_add(&body, (struct view){ (const uint8_t *)"\2\0\0\0TK--Encrypted Boundary--\r\n123456"
	    "--Encrypted Boundary--\r\n", 60 });
	m = multipart_open(SEALING_SPNEGO, buf_view(&body));
	assert_true(multipart_next(&m, &p));
	assert_int_equal(p.token.len, 2);
	assert_int_equal(p.body.len, 30);
	assert_true(p.whole);
	assert_false(multipart_next(&m, &p));
	buf_free(&body);
	/* The length lies, and the boundary tells. */
	for (size_t lie = 0; lie < 2; lie++) {
		part_head(&body, "--", lie == 0 ? 3 : 1000);
		buf_add(&body, (struct view){ (const uint8_t *)"\2\0\0\0TK12345678"
		    "--Encrypted Boundary--\r\n", 38 });
		m = multipart_open(SEALING_SPNEGO, buf_view(&body));
		assert_true(multipart_next(&m, &p));
		assert_int_equal(p.whole, lie == 0);
		assert_int_equal(p.body.len, lie == 0 ? 8 : 32);
		assert_int_equal(p.len, lie == 0 ? 8 : 1000);
		buf_free(&body);
	}
	/* CredSSP: records, whose lengths say how long they are. */
	part_head(&body, "--", 6);
	buf_add(&body, (struct view){ (const uint8_t *)"\x10\0\0\0", 4 });
	buf_add(&body, (struct view){ (const uint8_t *)tls, sizeof(tls) - 1 });
	buf_add(&body, view_str("--Encrypted Boundary--\r\n"));
	m = multipart_open(SEALING_CREDSSP, buf_view(&body));
	assert_true(multipart_next(&m, &p));
	assert_true(p.whole);
	assert_int_equal(p.token.len, 0);
	assert_int_equal(p.body.len, sizeof(tls) - 1);
	buf_free(&body);
}

static void
test_multipart_truncated(void **state)
{
	struct bench *b = *state;
	struct buf body = sealed(b, C2S, "-- ", RUN("whoami"));

	for (size_t n = 0; n < body.len; n++) {
		uint8_t *cut = test_malloc(n + 1);
		struct multipart m = multipart_open(SEALING_SPNEGO, (struct view){ cut, n });
		struct multipart_part p;

		memcpy(cut, body.p, n);
		if (multipart_next(&m, &p)) {
			assert_true(p.len == strlen(RUN("whoami")));
			assert_true(p.body.len <= p.len);
			assert_int_equal(p.whole, p.body.len == p.len);
			assert_false(multipart_next(&m, &p));
		}
		test_free(cut);
	}
	buf_free(&body);
}

/* ---- What is wanted, and when to leave ---- */

static void
talk(struct bench *b, const char *target, const char *agent, const char *type, const char *text)
{
	struct field_text fields[] = { { "Content-Type", type }, { NULL, NULL } };
	struct http_message m = { .exchange = ++b->exchange, .method = "POST", .target = target,
		.agent = agent, .fields = type != NULL ? fields : fields + 1 };
	struct http_body body = { .first = view_str(text) };

	for (unsigned int d = 0; d < 2; d++) {
		m.dir = d == 0 ? C2S : S2C;
		m.status = d == 0 ? 0 : 200;
		winrm_listener.head(b->w, &m, &b->want);
		winrm_listener.body(b->w, &m, &body);
	}
}

static void
test_bored(void **state)
{
	static const struct {
		const char	*target, *agent, *type, *text;
		uint16_t	 port;
		bool		 at_once;	/* bored after an exchange */
	} rows[] = {
		{ "/", "curl", "text/html", "<html/>", 80, true },
		{ "/", "curl", NULL, "", 80, true },
		{ "/upload", "curl", "text/xml", "<x/>", 80, true },
		{ "/powershell-live", "curl", "text/html", "<html/>", 80, false },
		{ "/wsman", "curl", NULL, "", 80, false },
		{ "/x", "Microsoft WinRM Client", NULL, "", 80, false },
		{ "/x", "x", NULL, "", 5985, false },
	};
	struct bench *b = *state;

	for (size_t i = 0; i < nitems(rows); i++) {
		end(b);
		b->f.peers.sport = rows[i].port;
		b->w = winrm_listener.conn_new(&b->c);
		assert_false(winrm_listener.done(b->w));
		for (unsigned int n = 1; n <= MAX_WINRM_PATIENCE; n++) {
			talk(b, rows[i].target, rows[i].agent, rows[i].type, rows[i].text);
			assert_int_equal(winrm_listener.done(b->w),
			    rows[i].at_once || 2 * n >= MAX_WINRM_PATIENCE);
		}
	}
	/* An envelope, wherever it is posted to. */
	b->f.peers.sport = 80;
	end(b);
	b->w = winrm_listener.conn_new(&b->c);
	for (unsigned int n = 0; n < MAX_WINRM_PATIENCE; n++)
		talk(b, "/anything", "x", "text/xml", DELETE("1", URI_CMD, "S1"));
	assert_false(winrm_listener.done(b->w));
}

/* Of what nobody wants nothing is kept, of long answers their ends. */
static void
test_want(void **state)
{
	struct bench *b = *state;

	talk(b, "/", "curl", "image/png", "");
	assert_int_equal(b->want.first + b->want.last, 0);
	talk(b, "/", "curl", SOAP_XML, "");
	assert_int_equal(b->want.first, WINRM_PEEK);
	run_clear(b, NULL);
	assert_int_equal(b->want.first, WINRM_PEEK);
	assert_int_equal(b->want.last, WINRM_PEEK);
	post(b, C2S, SOAP_XML, NULL, (struct view){ NULL, 0 });
	assert_int_equal(b->want.first, MAX_WINRM_BODY);
	post(b, S2C, SPNEGO_TYPE, NULL, (struct view){ NULL, 0 });
	assert_int_equal(b->want.first, MAX_WINRM_BODY);
	assert_int_equal(b->want.last, 0);
}

static void
test_hostile_heads(void **state)
{
	static const char *const fields[] = {
		"", " ", "Basic", "Basic ", "Basic ====", "Basic \xff\xff", "Negotiate",
		"Negotiate YII", "Negotiate oYG2", "Kerberos YA==", "CredSSP AAAA", "Digest x",
		", ,, ", "NTLM TlRMTVNTUAABAAAA", "NTLM TlRMTVNTUAADAAAA", "Negotiate, Basic realm=\"x\"",
	};
	struct bench *b = *state;

	for (size_t i = 0; i < nitems(fields); i++) {
		post(b, C2S, SOAP_XML, fields[i], view_str(RUN("whoami")));
		post(b, S2C, SOAP_XML, fields[i], view_str(STARTED("1", "C1")));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(f, s) cmocka_unit_test_setup_teardown(f, s, teardown)
		TEST(test_basic, setup),
		TEST(test_clear_under_ntlm, setup),
		TEST(test_opened, setup_keys),
		TEST(test_opened_blank, setup_keys),
		TEST(test_logon_again, setup_keys),
		TEST(test_parts, setup_keys),
		TEST(test_torn, setup_keys),
		TEST(test_sealed, setup),
		TEST(test_sealed_nameless, setup),
		TEST(test_altered, setup_keys),
		TEST(test_tls, setup),
		TEST(test_multipart, setup),
		TEST(test_multipart_truncated, setup),
		TEST(test_bored, setup),
		TEST(test_want, setup),
		TEST(test_hostile_heads, setup),
	};

	return cmocka_run_group_tests_name("winrm", tests, NULL, NULL);
}
