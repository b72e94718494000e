#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "secret/keytab.h"
#include "wire/keytab.h"

static void
assert_key(const struct keytab_key *k, const char *principal, int32_t etype, uint32_t kvno)
{
	char name[256];

	assert_int_equal(keytab_principal(k, name, sizeof(name)), strlen(principal));
	assert_string_equal(name, principal);
	assert_int_equal(k->etype, etype);
	assert_int_equal(k->kvno, kvno);
}

/* cifs/srv.example.com@EXAMPLE.COM, aes128, key version 3. */
static void
a_keytab_as_mit_writes_it(void **state)
{
	static const uint8_t file[] =
	    "\x05\x02\x00\x00\x00\x47\x00\x02\x00\x0b" "EXAMPLE.COM"
	    "\x00\x04" "cifs" "\x00\x0f" "srv.example.com"
	    "\x00\x00\x00\x01\x5f\x00\x00\x00\x03\x00\x11\x00\x10"
	    "\x4c\x01\xcd\x46\xd6\x32\xd0\x1e\x6d\xbe\x23\x0a\x01\xed\x64\x2a"
	    "\x00\x00\x00\x03";
	struct keytab_key k;
	struct keytab t;

	(void)state;
	assert_true(keytab_open(&t, (struct view){ file, sizeof(file) - 1 }));
	assert_int_equal(keytab_next(&t, &k), KEYTAB_KEY);
	assert_key(&k, "cifs/srv.example.com@EXAMPLE.COM", 17, 3);
	assert_int_equal(k.key.len, 16);
	assert_memory_equal(k.key.p, file + sizeof(file) - 1 - 20, 16);
	assert_false(k.single);
	assert_int_equal(t.entry, 1);
	assert_int_equal(keytab_next(&t, &k), KEYTAB_END);
}

static void
holes_and_unusable_keys_are_passed_over(void **state)
{
	struct keytab_file f;
	struct keytab_key k;
	struct keytab t;

	(void)state;
	keytab_begin(&f);
	keytab_hole(&f, 40);
	keytab_put(&f, "host/a", "R", 3, 1, 8, 0);	/* des-cbc-md5 */
	keytab_put(&f, "host/a", "R", 16, 1, 24, 0);	/* des3-cbc-sha1 */
	keytab_put(&f, "host/a", "R", 18, 1, 64, 0);
	keytab_put(&f, "host/a", "R", 18, 1, 16, 0);	/* not that type's length */
	keytab_put(&f, "WS7$", "R", 23, 2, 16, 0);
	keytab_hole(&f, 0x100);
	keytab_put(&f, "host/a", "R", 18, 255, 32, 70000);
	keytab_put(&f, "host/b", "R", 20, 4, 32, 0);
	assert_true(keytab_open(&t, keytab_view(&f)));
	assert_int_equal(keytab_next(&t, &k), KEYTAB_KEY);
	assert_key(&k, "WS7$@R", 23, 2);
	assert_true(k.single);
	assert_int_equal(t.entry, 5);
	assert_int_equal(keytab_next(&t, &k), KEYTAB_KEY);
	assert_key(&k, "host/a@R", 18, 70000);
	assert_int_equal(k.key.len, 32);
	assert_int_equal(keytab_next(&t, &k), KEYTAB_KEY);
	assert_key(&k, "host/b@R", 20, 4);
	assert_int_equal(keytab_next(&t, &k), KEYTAB_END);
}

/* 5.1: in the host's order, the realm counted, no name type. */
static void
the_old_format_is_read(void **state)
{
	static const uint8_t key[16] = "0123456789abcdef";
	uint8_t file[128], *p = file;
	struct keytab_key k;
	struct keytab t;
	int32_t size;
	uint16_t n;

#define NUM(v) (n = (v), memcpy(p, &n, 2), p += 2)
#define STR(s) (NUM((uint16_t)strlen(s)), memcpy(p, s, strlen(s)), p += strlen(s))
	(void)state;
	memcpy(p, "\x05\x01", 2);
	p += 6;
	NUM(3);
	STR("CORP");
	STR("host");
	STR("fs01");
	memset(p, 0, 4);
	p += 4;
	*p++ = 9;
	NUM(23);
	NUM(16);
	memcpy(p, key, 16);
	p += 16;
	size = (int32_t)(p - file - 6);
	memcpy(file + 2, &size, 4);
	assert_true(keytab_open(&t, (struct view){ file, (size_t)(p - file) }));
	assert_int_equal(keytab_next(&t, &k), KEYTAB_KEY);
	assert_key(&k, "host/fs01@CORP", 23, 9);
	assert_memory_equal(k.key.p, key, 16);
	assert_int_equal(keytab_next(&t, &k), KEYTAB_END);
	memset(file + 6, 0, 2);		/* not even the realm */
	assert_true(keytab_open(&t, (struct view){ file, (size_t)(p - file) }));
	assert_int_equal(keytab_next(&t, &k), KEYTAB_BAD);
#undef STR
#undef NUM
}

static void
what_is_no_keytab_is_refused(void **state)
{
	static const struct view files[] = {
		{ (const uint8_t *)"", 0 },
		{ (const uint8_t *)"\x05", 1 },
		{ (const uint8_t *)"\x05\x03", 2 },
		{ (const uint8_t *)"\x04\x02", 2 },
		{ (const uint8_t *)"# krb5", 6 },
	};
	struct keytab_key k;
	struct keytab t;

	(void)state;
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		assert_false(keytab_open(&t, files[i]));
	assert_true(keytab_open(&t, (struct view){ (const uint8_t *)"\x05\x02", 2 }));
	assert_int_equal(keytab_next(&t, &k), KEYTAB_END);
}

static void
sizes_that_lie_are_refused(void **state)
{
	static const uint8_t sizes[][4] = {
		{ 0x7f, 0xff, 0xff, 0xff }, { 0x80, 0, 0, 0 }, { 0xff, 0, 0, 0 },
		{ 0, 0, 0, 1 }, { 0, 0, 0, 0x20 },
	};
	struct keytab_file f;
	struct keytab_key k;
	struct keytab t;

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		keytab_begin(&f);
		keytab_put(&f, "host/a", "R", 18, 1, 32, 0);
		memcpy(f.bytes + 2, sizes[i], 4);
		assert_true(keytab_open(&t, keytab_view(&f)));
		assert_int_equal(keytab_next(&t, &k), KEYTAB_BAD);
	}
	keytab_begin(&f);
	keytab_put(&f, "host/a", "R", 18, 1, 32, 0);
	memset(f.bytes + 6, 0xff, 2);	/* that many components */
	assert_true(keytab_open(&t, keytab_view(&f)));
	assert_int_equal(keytab_next(&t, &k), KEYTAB_BAD);
}

static void
every_truncation_is_safe(void **state)
{
	struct keytab_file f;
	struct keytab_key k;
	unsigned int keys;
	struct keytab t;

	(void)state;
	keytab_begin(&f);
	keytab_put(&f, "alice", "CORP.EXAMPLE", 23, 1, 16, 7);
	keytab_hole(&f, 20);
	keytab_put(&f, "host/fs01", "CORP.EXAMPLE", 18, 1, 32, 7);
	for (size_t n = 0; n <= f.len; n++) {
		uint8_t *cut = test_malloc(n > 0 ? n : 1);
		enum keytab_found found;
		char name[64];

		memcpy(cut, f.bytes, n);
		keys = 0;
		if (keytab_open(&t, (struct view){ cut, n })) {
			while ((found = keytab_next(&t, &k)) == KEYTAB_KEY) {
				keys++;
				keytab_principal(&k, name, sizeof(name));
				assert_string_equal(name, keys == 1 ?
				    "alice@CORP.EXAMPLE" : "host/fs01@CORP.EXAMPLE");
			}
			assert_int_equal(found == KEYTAB_END,
			    n == 2 || n == 2 + f.ends[0] || n == 2 + f.ends[1] || n == f.len);
		} else
			assert_true(n < 2);
		assert_int_equal(keys, n == f.len ? 2 : n >= 2 + f.ends[0]);
		test_free(cut);
	}
}

static void
names_fit_or_are_refused(void **state)
{
	struct keytab_file f;
	struct keytab_key k;
	struct keytab t;
	char name[8];

	(void)state;
	keytab_begin(&f);
	keytab_put(&f, "a/b", "CDE", 18, 1, 32, 0);
	keytab_put(&f, "", "R", 18, 1, 32, 0);
	assert_true(keytab_open(&t, keytab_view(&f)));
	assert_int_equal(keytab_next(&t, &k), KEYTAB_KEY);
	assert_int_equal(keytab_principal(&k, name, sizeof(name)), 7);
	assert_string_equal(name, "a/b@CDE");
	for (size_t room = 0; room < 8; room++)
		assert_int_equal(keytab_principal(&k, name, room), 0);
	assert_int_equal(keytab_next(&t, &k), KEYTAB_KEY);
	assert_int_equal(keytab_principal(&k, name, sizeof(name)), 2);
	assert_string_equal(name, "@R");
	((uint8_t *)(uintptr_t)k.realm.p)[0] = '\0';
	assert_int_equal(keytab_principal(&k, name, sizeof(name)), 2);
	assert_string_equal(name, "@?");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_keytab_as_mit_writes_it),
		cmocka_unit_test(holes_and_unusable_keys_are_passed_over),
		cmocka_unit_test(the_old_format_is_read),
		cmocka_unit_test(what_is_no_keytab_is_refused),
		cmocka_unit_test(sizes_that_lie_are_refused),
		cmocka_unit_test(every_truncation_is_safe),
		cmocka_unit_test(names_fit_or_are_refused),
	};

	return cmocka_run_group_tests_name("keytab", tests, NULL, NULL);
}
