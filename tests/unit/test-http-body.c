#include "wire/http.h"

#include <zlib.h>

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

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_wanted, setup),
		cmocka_unit_test_setup(test_gigabyte, setup),
		cmocka_unit_test_setup(test_body_limit, setup),
		cmocka_unit_test_setup(test_codings, setup),
		cmocka_unit_test_setup(test_coded_cuts, setup),
		cmocka_unit_test_setup(test_bomb, setup),
		cmocka_unit_test_setup(test_loss_in_head, setup),
		cmocka_unit_test_setup(test_loss_of_answer, setup),
		cmocka_unit_test_setup(test_loss_in_body, setup),
		cmocka_unit_test_setup(test_loss_pipelined, setup),
		cmocka_unit_test_setup(test_loss_of_ends, setup),
		cmocka_unit_test_setup(test_aborted, setup),
	};

	return cmocka_run_group_tests_name("http_body", tests, NULL, NULL);
}
