#include "wire/http.h"

/* ---- Conversations, cut in every way ---- */

#define MAX_TURNS 8

struct conversation {
	const char	*name;
	struct {
		enum dir	 dir;
		const char	*text;
	}		 turn[MAX_TURNS];
	const char	*want;
};

static const struct conversation conversations[] = {
	{ "keep-alive", {
		{ C2S, POST(LEN(5), "hello") },
		{ S2C, OK(LEN(5), "world") },
		{ C2S, POST(LEN(3), "abc") },
		{ S2C, OK(LEN(0), "") },
	  }, "Q1 POST /wsman\nq1 hello\nA1 200 to POST\na1 world\n"
	     "Q2 POST /wsman\nq2 abc\nA2 200 to POST\na2 \n" },
	{ "pipelined", {
		{ C2S, POST(LEN(1), "a") POST(LEN(0), "") POST(LEN(2), "cc") },
		{ S2C, OK(LEN(1), "A") OK(CHUNKED, "2\r\nBB\r\n0\r\n\r\n") OK(LEN(2), "CC") },
	  }, "Q1 POST /wsman\nq1 a\nQ2 POST /wsman\nq2 \nQ3 POST /wsman\nq3 cc\n"
	     "A1 200 to POST\na1 A\nA2 200 to POST\na2 BB\nA3 200 to POST\na3 CC\n" },
	{ "chunked", {
		{ C2S, POST(CHUNKED, "3;x=y\r\nfoo\r\n2\r\n\nb\r\nA\r\n0123456789\r\n"
		    "0\r\nTrailer: POST / HTTP/1.1\r\n\r\n") },
		{ S2C, OK(CHUNKED, "00003\r\nbar\r\n0\r\nA: b\r\nC: d\r\n\r\n") },
		{ C2S, POST(LEN(0), "") },
	  }, "Q1 POST /wsman\nq1 foo\nb0123456789\nA1 200 to POST\na1 bar\n"
	     "Q2 POST /wsman\nq2 \n" },
	{ "chunked with a length that lies", {
		{ C2S, POST(LEN(1) CHUNKED, "3\r\nfoo\r\n0\r\n\r\n") POST(CHUNKED LEN(999),
		    "3\r\nbar\r\n0\r\n\r\n") },
		{ S2C, OK(LEN(1) CHUNKED, "3\r\nfoo\r\n0\r\n\r\n") OK(LEN(1), "x") },
	  }, "Q1 POST /wsman\nq1 foo\nQ2 POST /wsman\nq2 bar\n"
	     "A1 200 to POST\na1 foo\nA2 200 to POST\na2 x\n" },
	{ "100 continue", {
		{ C2S, POST("Expect: 100-continue\r\n" LEN(5), "") },
		{ S2C, "HTTP/1.1 100 Continue\r\n\r\n" },
		{ C2S, "hello" },
		{ S2C, "HTTP/1.1 102 Processing\r\nX: y\r\n\r\n"
		    "HTTP/1.1 100 Continue\r\nA: b\r\n\r\n"
		    OK(LEN(2), "ok") },
	  }, "Q1 POST /wsman\nq1 hello\nA1 200 to POST\na1 ok\n" },
	{ "no bodies", {
		{ C2S, "HEAD / HTTP/1.1\r\n\r\n" "GET /a HTTP/1.1\r\n\r\n" "GET /b HTTP/1.0\r\n\r\n"
		    "OPTIONS * HTTP/1.1\r\n\r\n" },
		{ S2C, OK(LEN(1000), "") "HTTP/1.1 204 No\r\n" LEN(10) "\r\n"
		    "HTTP/1.1 304 Not\r\n" LEN(10) "\r\n" OK(LEN(2), "ok") },
	  }, "Q1 HEAD /\nq1 \nQ2 GET /a\nq2 \nQ3 GET /b\nq3 \nQ4 OPTIONS *\nq4 \n"
	     "A1 200 to HEAD\na1 \nA2 204 to GET\na2 \nA3 304 to GET\na3 \n"
	     "A4 200 to OPTIONS\na4 ok\n" },
	{ "lines that end in LF, and empty ones", {
		{ C2S, "\r\n\n\r\nPOST /wsman HTTP/1.1\nContent-Length: 2\n\nhi\r\n"
		    "POST /wsman HTTP/1.1\nTransfer-Encoding: chunked\n\n1\nx\n0\n\n" },
		{ S2C, "HTTP/1.1 200 OK\nContent-Length: 2\n\nho\n" "HTTP/1.1 401\n"
		    "Content-Length: 0\n\n" },
	  }, "Q1 POST /wsman\nq1 hi\nQ2 POST /wsman\nq2 x\n"
	     "A1 200 to POST\na1 ho\nA2 401 to POST\na2 \n" },
	{ "until the connection ends", {
		{ C2S, POST(LEN(0), "") },
		{ S2C, "HTTP/1.1 200 OK\r\nServer: x\r\n\r\nall of\n" },
		{ S2C, "HTTP/1.1 200 this" },
	  }, "Q1 POST /wsman\nq1 \nA1 200 to POST\na1 all of\nHTTP/1.1 200 this\n" },
	{ "early answer", {
		{ C2S, POST(LEN(10), "01234") },
		{ S2C, "HTTP/1.1 401 No\r\n" LEN(0) "\r\n" },
		{ C2S, "56789" POST(LEN(1), "x") },
		{ S2C, OK(LEN(0), "") },
	  }, "Q1 POST /wsman\nA1 401 to POST\na1 \nq1 0123456789\n"
	     "Q2 POST /wsman\nq2 x\nA2 200 to POST\na2 \n" },
};

/* Every turn in pieces of step bytes, the first of first bytes. */
static void
converse(const struct conversation *c, size_t first, size_t step, size_t most)
{
	for (size_t i = 0; i < MAX_TURNS && c->turn[i].text != NULL; i++) {
		size_t len = strlen(c->turn[i].text), n;

		len = len < most ? len : most;
		most -= len;
		n = first < len ? first : len;
		say_bytes(c->turn[i].dir, c->turn[i].text, n);
		for (size_t at = n; at < len; at += n) {
			n = step < len - at ? step : len - at;
			say_bytes(c->turn[i].dir, c->turn[i].text + at, n);
		}
	}
}

static void
test_every_split(void **state)
{
	(void)state;
	for (size_t i = 0; i < nitems(conversations); i++) {
		const struct conversation *c = &conversations[i];

		for (size_t step = 1; step < 20; step++) {
			up();
			converse(c, 0, step, SIZE_MAX);
			assert_int_equal(rig.stats.n[STAT_BAD_PDUS], 0);
			down(c->want);
		}
		for (size_t first = 0; first < 400; first++) {
			up();
			converse(c, first, SIZE_MAX, SIZE_MAX);
			down(c->want);
		}
	}
}

/* Is it a line of want, or, if it is torn, the beginning of one? */
static bool
line_of(const char *want, const char *line, size_t len, bool torn)
{
	for (; want != NULL && *want != '\0'; want = strchr(want, '\n')) {
		want += *want == '\n';
		if (strncmp(want, line, len) == 0 && (torn || want[len] == '\n'))
			return true;
	}
	return len == 0;
}

/* What is told of a part is told of the whole too. */
static void
test_every_truncation(void **state)
{
	(void)state;
	for (size_t i = 0; i < nitems(conversations); i++) {
		const struct conversation *c = &conversations[i];
		bool to_end = strstr(c->want, "all of") != NULL;

		for (size_t most = 0; most < 500; most++) {
			up();
			converse(c, SIZE_MAX, SIZE_MAX, most);
			finish();
			for (const char *l = user.log; *l != '\0'; l += strcspn(l, "\n") + 1) {
				size_t len = strcspn(l, "\n");
				bool torn = len > 0 && l[len - 1] == '~';

				if (!line_of(c->want, l, len - torn, torn || to_end))
					fail_msg("%s, %zu bytes: %s", c->name, most, user.log);
			}
		}
	}
}

/* ---- Heads ---- */

static void
test_fields(void **state)
{
	(void)state;
	user.field = "WWW-Authenticate";
	user.names = true;
	up();
	say(C2S, "POST /wsman?PSVersion=5.1 HTTP/1.1\r\nHOST: Srv.Example:5985\r\n"
	    "user-agent:  Microsoft WinRM Client \r\n" LEN(0) "\r\n");
	say(S2C, "HTTP/1.1 401 \r\nWWW-Authenticate: Negotiate\r\nA: b\r\n"
	    "www-authenticate :Kerberos\r\nWWW-Authenticate: Basic realm=\"a,\r\n\t b\"\r\n"
	    "WWW-Authenticate:\r\n" LEN(0) "X-WWW-Authenticate: no\r\n\r\n");
	down("Q1 POST /wsman?PSVersion=5.1 Srv.Example Microsoft WinRM Client\nq1 \n"
	    "A1 401 to POST Srv.Example Microsoft WinRM Client [Negotiate] [Kerberos] "
	    "[Basic realm=\"a,  \t b\"] []\na1 \n");
}

/* A logon takes two exchanges, and each head has its own field. */
static void
test_logon(void **state)
{
	(void)state;
	user.field = "Authorization";
	up();
	say(C2S, POST("Authorization: Negotiate TlRMTVNTUAAB\r\n" LEN(0), ""));
	say(S2C, "HTTP/1.1 401 \r\nWWW-Authenticate: Negotiate TlRMTVNTUAAC\r\n" LEN(0) "\r\n");
	say(C2S, POST("Authorization: Negotiate TlRMTVNTUAAD\r\n" LEN(1), "x"));
	say(S2C, OK(LEN(1), "y"));
	down("Q1 POST /wsman [Negotiate TlRMTVNTUAAB]\nq1 \nA1 401 to POST\na1 \n"
	    "Q2 POST /wsman [Negotiate TlRMTVNTUAAD]\nq2 x\nA2 200 to POST\na2 y\n");
}

/* A field of a large Kerberos ticket. */
static void
test_long_field(void **state)
{
	static char token[90001];

	(void)state;
	memset(token, 'A', sizeof(token) - 1);
	user.field = "Authorization";
	up();
	say(C2S, "POST /wsman HTTP/1.1\r\nAuthorization: Kerberos ");
	say(C2S, token);
	say(C2S, "\r\n" LEN(2) "\r\nok");
	down("Q1 POST /wsman [(90009)]\nq1 ok\n");
}

static void
test_floods(void **state)
{
	(void)state;
	up();			/* many lines */
	say(C2S, "POST /wsman HTTP/1.1\r\n");
	for (int i = 0; i < 100000; i++)
		say(C2S, "A: b\r\n");
	assert_true(rig.all.peak < 1u << 18);
	assert_int_equal(rig.stats.n[STAT_HTTP_LIMIT], 1);
	say(C2S, "\r\n" POST(LEN(2), "ok"));
	down("Q1 POST /wsman\nq1 ok\n");

	up();			/* a long one */
	say(C2S, "POST /wsman HTTP/1.1\r\nA: ");
	for (int i = 0; i < 100000; i++)
		say(C2S, "0123456789");
	assert_true(rig.all.peak < 1u << 18);
	say(C2S, "\r\n\r\n" POST(LEN(2), "ok"));
	down("Q1 POST /wsman\nq1 ok\n");

	up();			/* trailers */
	say(C2S, POST(CHUNKED, "1\r\nx\r\n0\r\n"));
	for (int i = 0; i < 20000; i++)
		say(C2S, "Trailer: 0123456789\r\n");
	assert_true(rig.all.peak < 1u << 18);
	say(C2S, "\r\n" POST(LEN(2), "ok"));
	down("Q1 POST /wsman\nq1 x~\nQ2 POST /wsman\nq2 ok\n");

	up();			/* requests without an answer */
	for (int i = 0; i < 1000; i++)
		say(C2S, POST(LEN(0), ""));
	assert_true(rig.all.peak < 1u << 17);
	assert_int_equal(rig.stats.n[STAT_HTTP_LIMIT], 1000 - MAX_HTTP_EXCHANGES);
	finish();
}

static void
test_no_http(void **state)
{
	static const char *const bad[] = {
		"POST /x\r\n",		/* and a good one behind it */
		"garbage\r\n\r\n", "POST /wsman\r\n\r\n", "POST /wsman HTTQ/1.1\r\n\r\n",
		"POST \r\n\r\n", "GET\r\n\r\n", "HTTP/1.1 200 OK\r\n\r\n",
		"POST /wsman HTTP/1.1\r\n" LEN(x) "\r\n",
		"POST /wsman HTTP/1.1\r\nTransfer-Encoding: magic\r\n\r\n",
		"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
	};

	(void)state;
	for (size_t i = 0; i < nitems(bad); i++) {
		up();
		say(C2S, bad[i]);
		if (i > 0)
			say(C2S, "...");
		say(C2S, POST(LEN(2), "ok"));
		if (strcmp(user.log, "Q1 POST /wsman\nq1 ok\n") != 0)
			fail_msg("%s: %s", bad[i], user.log);
		finish();
	}
}

static void
test_no_memory(void **state)
{
	(void)state;
	for (size_t limit = sizeof(rig.f) * 4; limit < 40000; limit += 100) {
		up_of(limit, false);
		converse(&conversations[1], 7, 11, SIZE_MAX);
		finish();
	}
	user.refuse = true;
	up();
	converse(&conversations[0], SIZE_MAX, 1, SIZE_MAX);
	assert_true(rig.f[C2S].left);
	down("");
}

/* ---- Half of it ---- */

static void
test_one_side(void **state)
{
	(void)state;
	up();
	say(C2S, POST(LEN(1), "a") POST(LEN(1), "b"));
	down("Q1 POST /wsman\nq1 a\nQ2 POST /wsman\nq2 b\n");
	up();
	say(S2C, OK(LEN(1), "a") OK(LEN(1), "b"));
	down("A1 200\na1 a\nA2 200\na2 b\n");
}

static void
test_midstream(void **state)
{
	(void)state;
	up_of(MAX_FLOW_MEM, true);
	say(C2S, "of a body</s:Envelope>");
	say(S2C, "HTT");
	say(S2C, "P/1.1 200 OK\r\n" LEN(1) "\r\na");
	say(C2S, POST(LEN(1), "b"));
	say(S2C, OK(LEN(1), "c"));
	down("A1 200\na1 a\nQ2 POST /wsman\nq2 b\nA2 200 to POST\na2 c\n");
}

/* ---- Who wants it ---- */

static void
test_bored(void **state)
{
	(void)state;
	user.bored_after = 2;
	up();
	converse(&conversations[0], SIZE_MAX, 1, SIZE_MAX);
	assert_true(rig.f[C2S].left || rig.f[S2C].left);
	down("Q1 POST /wsman\nq1 hello\nA1 200 to POST\na1 world\n");
}

static void
test_no_http_any_more(void **state)
{
	(void)state;
	up();
	say(C2S, "CONNECT h:5986 HTTP/1.1\r\n\r\n");
	say(S2C, OK("", ""));
	assert_true(rig.f[S2C].left);
	down("Q1 CONNECT h:5986\nq1 \n");
	up();
	say(C2S, POST("Upgrade: h2c\r\n" LEN(1), "x"));
	say(S2C, "HTTP/1.1 101 Switching\r\nUpgrade: h2c\r\n\r\n");
	say(S2C, "\1\2\3");
	assert_true(rig.f[S2C].left);
	down("Q1 POST /wsman\nq1 x\nA1 101 to POST\na1 \n");
}

static enum probe_answer
probe(const char *text)
{
	size_t n = strlen(text);
	uint8_t *cut = malloc(n > 0 ? n : 1);
	enum probe_answer says;

	memcpy(cut, text, n);
	says = http_proto.probe((struct view){ cut, n });
	free(cut);
	return says;
}

static void
test_probe(void **state)
{
	static const uint16_t port[] = { 5985, 47001, 80 };
	struct peers p = { .cport = 5985 };

	(void)state;
	assert_int_equal(probe(""), PROBE_MORE);
	assert_int_equal(probe("P"), PROBE_MORE);
	assert_int_equal(probe("POST "), PROBE_MORE);
	assert_int_equal(probe("POST /"), PROBE_CLIENT);
	assert_int_equal(probe("POST x"), PROBE_NO);
	assert_int_equal(probe("M-POST /wsman HTTP/1.1\r\n"), PROBE_CLIENT);
	assert_int_equal(probe("GET / HTTP/1.1\r\n"), PROBE_NO);
	assert_int_equal(probe("G"), PROBE_NO);
	assert_int_equal(probe("HEAD /"), PROBE_NO);
	assert_int_equal(probe("H"), PROBE_MORE);
	assert_int_equal(probe("HTTP/1.1 20"), PROBE_MORE);
	assert_int_equal(probe("HTTP/1.1 200"), PROBE_SERVER);
	assert_int_equal(probe("HTTP/2.0 200"), PROBE_NO);
	assert_int_equal(probe("HTTP/1.1 x00"), PROBE_NO);
	for (size_t i = 0; i < nitems(port); i++) {
		p.sport = port[i];
		assert_int_equal(http_proto.claims(NULL, &p), i < 2);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_every_split, setup),
		cmocka_unit_test_setup(test_every_truncation, setup),
		cmocka_unit_test_setup(test_fields, setup),
		cmocka_unit_test_setup(test_logon, setup),
		cmocka_unit_test_setup(test_long_field, setup),
		cmocka_unit_test_setup(test_floods, setup),
		cmocka_unit_test_setup(test_no_http, setup),
		cmocka_unit_test_setup(test_no_memory, setup),
		cmocka_unit_test_setup(test_one_side, setup),
		cmocka_unit_test_setup(test_midstream, setup),
		cmocka_unit_test_setup(test_bored, setup),
		cmocka_unit_test_setup(test_no_http_any_more, setup),
		cmocka_unit_test_setup(test_probe, setup),
	};

	return cmocka_run_group_tests_name("http", tests, NULL, NULL);
}
