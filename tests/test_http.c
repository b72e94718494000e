#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>
#include <zlib.h>

#include "frame.h"
#include "http.h"
#include "limits.h"

/*
 * The user of these tests writes down what it is told: "Q1 POST /wsman" a
 * request's head, "A1 200" an answer's, in lower case its body: "q1 hello",
 * "a1 he<3>lo" with three bytes left out, "a1 hel~" a torn one.
 */
static struct {
	char		 log[1 << 16];
	size_t		 len;
	struct http_want want[2];
	unsigned int	 bored_after;	/* bodies; 0: never */
	unsigned int	 bodies, conns, freed;
	const char	*field;		/* all values of it are told with a head */
	bool		 names;		/* host and agent are told with a head */
	bool		 refuse;
} user;

static void
note(const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(user.log + user.len, sizeof(user.log) - user.len, fmt, ap);
	va_end(ap);
	assert_true(n >= 0 && (size_t)n < sizeof(user.log) - user.len);
	user.len += (size_t)n;
}

static void
note_view(struct view v)
{
	if (v.len > 64)
		note("(%zu)", v.len);
	else
		note("%.*s", (int)v.len, (const char *)v.p);
}

static void *
user_new(const struct carrier *c)
{
	assert_non_null(c->budget);
	user.conns++;
	return user.refuse ? NULL : &user;
}

static void
user_head(void *conn, const struct http_message *m, struct http_want *want)
{
	struct view v;

	assert_ptr_equal(conn, &user);
	if (m->dir == C2S)
		note("Q%u %s %s", (unsigned int)m->exchange, m->method, m->target);
	else
		note("A%u %u%s%s", (unsigned int)m->exchange, m->status,
		    m->method != NULL ? " to " : "", m->method != NULL ? m->method : "");
	if (user.names)
		note(" %s %s", m->host != NULL ? m->host : "-", m->agent != NULL ? m->agent : "-");
	for (size_t i = 0; user.field != NULL; i++) {
		v = http_field(m, user.field, i);
		if (v.p == NULL)
			break;
		note(" [");
		note_view(v);
		note("]");
	}
	note("\n");
	*want = user.want[m->dir];
}

static void
user_body(void *conn, const struct http_message *m, const struct http_body *b)
{
	assert_ptr_equal(conn, &user);
	note("%c%u ", m->dir == C2S ? 'q' : 'a', (unsigned int)m->exchange);
	note_view(b->first);
	if (b->missing > 0)
		note("<%llu>", (unsigned long long)b->missing);
	note_view(b->last);
	note("%s\n", b->torn ? "~" : "");
	if (m->dir == C2S)
		assert_int_equal(m->status, 0);
	user.bodies++;
}

static bool
user_bored(void *conn)
{
	assert_ptr_equal(conn, &user);
	return user.bored_after > 0 && user.bodies >= user.bored_after;
}

static void
user_free(void *conn)
{
	if (conn != NULL)
		user.freed++;
}

const struct http_user winrm_user = { user_new, user_head, user_body, user_bored, user_free };

/* ---- A connection ---- */

static struct {
	struct budget	 all, b;
	struct stats	 stats;
	struct world	 w;
	struct peers	 peers;
	struct framer	 f[2];
	void		*conn;
} rig;

static void
up_of(size_t limit, bool midstream)
{
	struct carrier c = { .world = &rig.w, .budget = &rig.b, .peers = &rig.peers,
	    .midstream = midstream };

	user.len = user.bodies = user.conns = user.freed = 0;
	user.log[0] = '\0';
	memset(&rig, 0, sizeof(rig));
	budget_init(&rig.all, NULL, MAX_MEMORY);
	budget_init(&rig.b, &rig.all, limit);
	world_init(&rig.w, &rig.all, &rig.stats, NULL);
	rig.conn = http_proto.conn_new(&c);
	assert_non_null(rig.conn);
	for (int d = C2S; d <= S2C; d++)
		frame_init(&rig.f[d], &http_proto, rig.conn, &rig.w, &rig.b, (enum dir)d,
		    midstream);
}

static void
up(void)
{
	up_of(MAX_FLOW_MEM, false);
}

/* Bytes on a heap of their own, so that ASan sees their edge. */
static void
say_bytes(enum dir d, const void *p, size_t n)
{
	uint8_t *cut;

	if (n == 0)
		return;
	cut = malloc(n);
	memcpy(cut, p, n);
	frame_push(&rig.f[d], (struct view){ cut, n });
	free(cut);
}

static void
say(enum dir d, const char *text)
{
	say_bytes(d, text, strlen(text));
}

static void
lose(enum dir d, uint64_t n)
{
	frame_gap(&rig.f[d], n);
}

static void
finish(void)
{
	for (int d = C2S; d <= S2C; d++) {
		frame_end(&rig.f[d]);
		frame_free(&rig.f[d]);
	}
	http_proto.conn_free(rig.conn);
	assert_int_equal(user.freed, user.refuse ? 0 : user.conns);
	assert_int_equal(rig.all.used, 0);
}

static void
down(const char *want)
{
	finish();
	assert_string_equal(user.log, want);
}

static int
setup(void **state)
{
	(void)state;
	memset(&user, 0, sizeof(user));
	user.want[C2S] = user.want[S2C] = (struct http_want){ 1 << 16, 0 };
	return 0;
}

#define POST(more, body) "POST /wsman HTTP/1.1\r\nHost: h\r\n" more "\r\n" body
#define OK(more, body) "HTTP/1.1 200 OK\r\n" more "\r\n" body
#define LEN(n) "Content-Length: " #n "\r\n"
#define CHUNKED "Transfer-Encoding: chunked\r\n"

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

/* ---- Bodies ---- */

static void
test_wanted(void **state)
{
	static const struct {
		size_t		 first, last;
		const char	*want;
	} t[] = {
		{ 0, 0, "<10>" }, { 3, 0, "012<7>" }, { 0, 3, "<7>789" }, { 2, 2, "01<6>89" },
		{ 5, 5, "0123456789" }, { 9, 0, "012345678<1>" }, { 0, 10, "0123456789" },
		{ 4, 5, "0123<1>56789" }, { 3, 1, "012<6>9" }, { 1, 4, "0<5>6789" },
		{ SIZE_MAX, SIZE_MAX, "0123456789" },
	};
	static const char *const how[] = {
		OK(LEN(10), "0123456789"),
		OK(CHUNKED, "1\r\n0\r\n5\r\n12345\r\n4\r\n6789\r\n0\r\n\r\n"),
		"HTTP/1.0 200 \r\n\r\n0123456789",
	};
	char want[128];

	(void)state;
	for (size_t i = 0; i < nitems(t); i++)
		for (size_t j = 0; j < nitems(how); j++)
			for (size_t step = 1; step < 12; step++) {
				user.want[S2C] = (struct http_want){ t[i].first, t[i].last };
				up();
				for (size_t at = 0; at < strlen(how[j]); at += step)
					say_bytes(S2C, how[j] + at, step < strlen(how[j]) - at ?
					    step : strlen(how[j]) - at);
				if (how[j][7] == '1')
					say(S2C, OK(LEN(0), ""));
				snprintf(want, sizeof(want), "A1 200\na1 %s\n%s", t[i].want,
				    how[j][7] == '1' ? "A2 200\na2 \n" : "");
				down(want);
			}
}

/* A gigabyte of which the ends are wanted is neither kept nor looked at. */
static void
test_gigabyte(void **state)
{
	static char some[1 << 16];
	uint64_t skipped;

	(void)state;
	memset(some, 'x', sizeof(some));
	user.want[S2C] = (struct http_want){ 4, 4 };
	up();
	say(S2C, OK(LEN(1073741824), ""));
	say(S2C, "abcd");
	skipped = rig.f[S2C].skip;
	assert_int_equal(skipped, 1073741824 - 8);
	lose(S2C, skipped / 2);		/* is no loss there */
	for (skipped -= skipped / 2; skipped > sizeof(some); skipped -= sizeof(some))
		frame_push(&rig.f[S2C], (struct view){ (const uint8_t *)some, sizeof(some) });
	frame_push(&rig.f[S2C], (struct view){ (const uint8_t *)some, (size_t)skipped });
	say(S2C, "wx");
	say(S2C, "yz" OK(LEN(1), "!"));
	assert_true(rig.all.peak < 128 << 10);
	down("A1 200\na1 abcd<1073741816>wxyz\nA2 200\na2 !\n");

	user.want[S2C] = (struct http_want){ 16384, 16384 };
	up();				/* the same in chunks */
	say(S2C, OK(CHUNKED, ""));
	for (int i = 0; i < 500; i++) {
		say(S2C, "10000\r\n");
		frame_push(&rig.f[S2C], (struct view){ (const uint8_t *)some, sizeof(some) });
		say(S2C, "\r\n");
	}
	say(S2C, "0\r\n\r\n");
	assert_true(rig.all.peak < 192 << 10);
	down("A1 200\na1 (16384)<32735232>(16384)\n");
}

static void
test_body_limit(void **state)
{
	static char some[1 << 16];

	(void)state;
	memset(some, 'x', sizeof(some));
	user.want[C2S] = (struct http_want){ SIZE_MAX, SIZE_MAX };
	up();
	say(C2S, POST(LEN(4194305), ""));
	for (int i = 0; i < 64; i++)
		say_bytes(C2S, some, sizeof(some));
	say(C2S, "x" POST(LEN(1), "y"));
	down("Q1 POST /wsman\nq1 (4194304)<1>\nQ2 POST /wsman\nq2 y\n");
	up_of(1 << 18, false);		/* no memory: it is torn, and the next is not */
	say(C2S, POST(LEN(4194305), ""));
	for (int i = 0; i < 64; i++)
		say_bytes(C2S, some, sizeof(some));
	say(C2S, "x" POST(LEN(1), "y"));
	finish();
	assert_non_null(strstr(user.log, "~\nQ2 POST /wsman\nq2 y\n"));
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

/* ---- Content codings ---- */

#define HELLO	"\xcb\x48\xcd\xc9\xc9\x57\xc8\x40\x22\xcb\xf3\x8b\x72\x52\xb8\0"
#define GZIP	"\x1f\x8b\x08\0\0\0\0\0\x02\x03" HELLO "\x88\xd9\x5b\xe0\x18\0\0\0"
#define ZLIB	"\x78\xda" HELLO "\x71\x4c\x08\xcf"
#define TEXT	"hello hello hello world\n"

enum how { BY_LENGTH, BY_CHUNKS, BY_END };

/* A message with that body, which comes step bytes a time. */
static void
say_coded(enum dir d, enum how how, const char *coding, const char *bytes, size_t len,
    size_t step)
{
	char head[256];

	snprintf(head, sizeof(head), "%sContent-Encoding: %s\r\n",
	    d == C2S ? "POST / HTTP/1.1\r\n" : "HTTP/1.1 200 OK\r\n", coding);
	say(d, head);
	snprintf(head, sizeof(head), how == BY_LENGTH ? "Content-Length: %zu\r\n\r\n" :
	    how == BY_CHUNKS ? CHUNKED "\r\n%zx\r\n" : "\r\n", len);
	say(d, head);
	for (size_t at = 0; at < len; at += step)
		say_bytes(d, bytes + at, step < len - at ? step : len - at);
	if (how == BY_CHUNKS)
		say(d, "\r\n0\r\n\r\n");
}

static void
test_codings(void **state)
{
	static const struct {
		const char	*name, *bytes;
		size_t		 len;
	} c[] = {
		{ "gzip", GZIP, sizeof(GZIP) - 1 }, { "deflate", ZLIB, sizeof(ZLIB) - 1 },
		{ "deflate", HELLO, sizeof(HELLO) - 1 }, { "X-GZIP", GZIP, sizeof(GZIP) - 1 },
	};

	(void)state;
	for (size_t step = 1; step < 40; step++)
		for (size_t i = 0; i < nitems(c); i++)
			for (enum how how = BY_LENGTH; how <= BY_END; how++) {
				up();
				say_coded(S2C, how, c[i].name, c[i].bytes, c[i].len, step);
				down("A1 200\na1 " TEXT "\n");
				if (how == BY_END)
					continue;
				up();
				say_coded(C2S, how, c[i].name, c[i].bytes, c[i].len, step);
				down("Q1 POST /\nq1 " TEXT "\n");
			}
	user.want[S2C] = (struct http_want){ 5, 6 };
	up();
	say_coded(S2C, BY_LENGTH, "gzip", GZIP, sizeof(GZIP) - 1, 7);
	say_coded(S2C, BY_CHUNKS, "gzip", "plain", 5, 7);	/* it lies */
	down("A1 200\na1 hello<13>world\n\nA2 200\na2 plain\n");
}

/* Cut everywhere: what came out before is right. */
static void
test_coded_cuts(void **state)
{
	(void)state;
	for (size_t n = 1; n < sizeof(GZIP) - 1; n++) {
		up();
		say(C2S, POST(LEN(34) "Content-Encoding: gzip\r\n", ""));
		say_bytes(C2S, GZIP, n);
		lose(C2S, sizeof(GZIP) - 1 - n);
		say(C2S, POST(LEN(1), "y"));
		finish();
		assert_non_null(strstr(user.log, "~\nQ2 POST /wsman\nq2 y\n"));
	}
}

/* 64 KiB of which 64 MiB come. */
static void
test_bomb(void **state)
{
	static uint8_t zeros[1 << 20], body[1 << 17];
	z_stream z = { .next_out = body, .avail_out = sizeof(body) };
	char size[64];
	size_t n;

	(void)state;
	assert_int_equal(deflateInit(&z, 9), Z_OK);
	for (int i = 0; i < 64; i++) {
		z.next_in = zeros;
		z.avail_in = sizeof(zeros);
		deflate(&z, i == 63 ? Z_FINISH : Z_NO_FLUSH);
	}
	n = sizeof(body) - z.avail_out;
	deflateEnd(&z);
	user.want[C2S] = (struct http_want){ 4096, 4096 };
	up();
	snprintf(size, sizeof(size), "%zx\r\n", n);
	say(C2S, POST(CHUNKED "Content-Encoding: deflate\r\n", ""));
	say(C2S, size);
	for (size_t at = 0; at < n; at += 1460)
		say_bytes(C2S, body + at, 1460 < n - at ? 1460 : n - at);
	say(C2S, "\r\n0\r\n\r\n" POST(LEN(1), "y"));
	assert_true(rig.all.peak < MAX_HTTP_BODY * 2);
	down("Q1 POST /wsman\nq1 (4096)~\nQ2 POST /wsman\nq2 y\n");
}

/* ---- Loss ---- */

static void
test_loss_in_head(void **state)
{
	(void)state;
	up();
	say(C2S, "POST /wsman HTTP/1.1\r\nHo");
	lose(C2S, 100);
	say(C2S, "<a>POST it</a>\r\n\r\nrest");
	say(S2C, OK(LEN(1), "a"));
	say(C2S, POST(LEN(1), "b"));
	say(S2C, OK(LEN(1), "c"));
	down("A1 200\na1 a\nQ2 POST /wsman\nq2 b\nA2 200 to POST\na2 c\n");
}

static void
test_loss_of_answer(void **state)
{
	(void)state;
	up();
	say(C2S, POST(LEN(1), "a"));
	lose(S2C, 100);
	say(C2S, POST(LEN(1), "b"));
	say(S2C, OK(LEN(1), "B"));
	say(C2S, POST(LEN(1), "c"));
	say(S2C, OK(LEN(1), "C"));
	down("Q1 POST /wsman\nq1 a\nQ2 POST /wsman\nq2 b\nA2 200 to POST\na2 B\n"
	    "Q3 POST /wsman\nq3 c\nA3 200 to POST\na3 C\n");
}

static void
test_loss_in_body(void **state)
{
	(void)state;
	up();				/* its length is known: no search is needed */
	say(C2S, POST(LEN(60), "0123456789"));
	lose(C2S, 20);
	say(C2S, "POST / HTTP/1.1\r\n\r\n01234567890" POST(LEN(1), "x"));
	assert_int_equal(rig.stats.n[STAT_RESYNCS], 0);
	down("Q1 POST /wsman\nq1 0123456789~\nQ2 POST /wsman\nq2 x\n");

	up();				/* and beyond it */
	say(C2S, POST(LEN(60), "0123456789"));
	lose(C2S, 200);
	say(C2S, "..." POST(LEN(1), "x"));
	down("Q1 POST /wsman\nq1 0123456789~\nQ2 POST /wsman\nq2 x\n");

	up();				/* in chunks */
	say(C2S, POST(CHUNKED, "5\r\n01234\r\n8\r\n567"));
	lose(C2S, 2);
	say(C2S, "...\r\n0\r\n\r\n" POST(LEN(1), "x"));
	down("Q1 POST /wsman\nq1 01234567~\nQ2 POST /wsman\nq2 x\n");

	up();				/* to the end */
	say(S2C, OK("", "01234"));
	lose(S2C, 2);
	say(S2C, "56789");
	down("A1 200\na1 01234~\n");

	up();				/* from its first byte on */
	say(C2S, POST(LEN(20), ""));
	lose(C2S, 5);
	say(C2S, "POST / HTTP/1.1" POST(LEN(1), "x"));
	assert_int_equal(rig.stats.n[STAT_RESYNCS], 0);
	down("Q1 POST /wsman\nq1 ~\nQ2 POST /wsman\nq2 x\n");

	up();				/* chunks that are none */
	say(C2S, POST(CHUNKED, "5\r\n01234\r\nxyz\r\n") "..." POST(LEN(1), "x"));
	down("Q1 POST /wsman\nq1 01234~\nQ2 POST /wsman\nq2 x\n");
}

/* Answers that are lost to the byte do not shift those behind them. */
static void
test_loss_pipelined(void **state)
{
	(void)state;
	up();
	say(C2S, POST(LEN(0), "") POST(LEN(0), "") POST(LEN(0), ""));
	say(S2C, OK(LEN(5), ""));
	lose(S2C, 5);
	assert_int_equal(user.bodies, 4);	/* told, with nothing behind it */
	say(S2C, OK(LEN(1), "b") OK(LEN(1), "c"));
	down("Q1 POST /wsman\nq1 \nQ2 POST /wsman\nq2 \nQ3 POST /wsman\nq3 \n"
	    "A1 200 to POST\na1 ~\nA2 200 to POST\na2 b\nA3 200 to POST\na3 c\n");
}

/* Ten bytes of which two and two are wanted: any loss, and then another message. */
static void
test_loss_of_ends(void **state)
{
	static const char body[] = "0123456789";
	char want[128];

	(void)state;
	user.want[C2S] = (struct http_want){ 2, 2 };
	for (size_t at = 0; at < 10; at++)
		for (size_t n = 1; n <= 10 - at; n++) {
			size_t end = at + n;

			up();
			say(C2S, POST(LEN(10), ""));
			say_bytes(C2S, body, at);
			lose(C2S, n);
			say_bytes(C2S, body + end, 10 - end);
			say(C2S, POST(LEN(1), "x"));
			snprintf(want, sizeof(want),
			    "Q1 POST /wsman\nq1 %.*s%s\nQ2 POST /wsman\nq2 x\n",
			    at < 2 ? (int)at : 2, body, at < 2 || end > 8 ? "~" : "<6>89");
			down(want);
		}
}

static void
test_aborted(void **state)
{
	(void)state;
	up();
	say(C2S, POST(LEN(10), "0123"));
	say(S2C, "HTTP/1.1 500 No\r\n" LEN(0) "\r\n");
	down("Q1 POST /wsman\nA1 500 to POST\na1 \nq1 0123~\n");
	up();
	say(C2S, POST(CHUNKED, "a\r\n0123"));
	down("Q1 POST /wsman\nq1 0123~\n");
	up();
	say(C2S, "POST /wsman HTTP/1.1\r\nHost: h\r\n");
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

static enum probe
probe(const char *text)
{
	size_t n = strlen(text);
	uint8_t *cut = malloc(n > 0 ? n : 1);
	enum probe says;

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
		cmocka_unit_test_setup(test_wanted, setup),
		cmocka_unit_test_setup(test_gigabyte, setup),
		cmocka_unit_test_setup(test_body_limit, setup),
		cmocka_unit_test_setup(test_no_memory, setup),
		cmocka_unit_test_setup(test_codings, setup),
		cmocka_unit_test_setup(test_coded_cuts, setup),
		cmocka_unit_test_setup(test_bomb, setup),
		cmocka_unit_test_setup(test_loss_in_head, setup),
		cmocka_unit_test_setup(test_loss_of_answer, setup),
		cmocka_unit_test_setup(test_loss_in_body, setup),
		cmocka_unit_test_setup(test_loss_pipelined, setup),
		cmocka_unit_test_setup(test_loss_of_ends, setup),
		cmocka_unit_test_setup(test_aborted, setup),
		cmocka_unit_test_setup(test_one_side, setup),
		cmocka_unit_test_setup(test_midstream, setup),
		cmocka_unit_test_setup(test_bored, setup),
		cmocka_unit_test_setup(test_no_http_any_more, setup),
		cmocka_unit_test_setup(test_probe, setup),
	};

	return cmocka_run_group_tests_name("http", tests, NULL, NULL);
}
