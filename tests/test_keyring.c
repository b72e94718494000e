#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "keyring.h"
#include "keytabs.h"
#include "limits.h"

/* ---- A directory with a secrets file ---- */

static char dir[] = "/tmp/keyring-test-XXXXXX";
static char secrets[64], warned[512], err[512];
static unsigned int warnings;

static int
setup(void **state)
{
	(void)state;
	if (mkdtemp(dir) == NULL)
		return -1;
	snprintf(secrets, sizeof(secrets), "%s/secrets.txt", dir);
	return 0;
}

static const char *
beside(const char *name)
{
	static char path[96];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return path;
}

static int
teardown(void **state)
{
	static const char *const names[] = { "secrets.txt", "a.keytab", "ssl keys.log", "d" };

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		remove(beside(names[i]));
	return rmdir(dir);
}

static void
put_file(const char *name, const void *bytes, size_t n, mode_t mode)
{
	FILE *f;

	remove(beside(name));
	f = fopen(beside(name), "wb");
	assert_non_null(f);
	assert_int_equal(fwrite(bytes, 1, n, f), n);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(chmod(beside(name), mode), 0);
}

/* The last warning, but for the one about the memory that we were given. */
static void
note(void *arg, const char *text)
{
	(void)arg;
	if (strstr(text, "LimitMEMLOCK") != NULL)
		return;
	snprintf(warned, sizeof(warned), "%s", text);
	warnings++;
}

static struct keyring *
open_bytes(const void *bytes, size_t n)
{
	put_file("secrets.txt", bytes, n, 0600);
	warned[0] = err[0] = '\0';
	warnings = 0;
	return keyring_open(secrets, note, NULL, err, sizeof(err));
}

static struct keyring *
open_text(const char *text)
{
	return open_bytes(text, strlen(text));
}

static struct keyring *
must_open(const char *text)
{
	struct keyring *k = open_text(text);

	assert_string_equal(err, "");
	assert_non_null(k);
	return k;
}

static void
assert_hex(const uint8_t *p, size_t n, const char *hex)
{
	char out[2 * 64 + 1];

	for (size_t i = 0; i < n; i++)
		snprintf(out + 2 * i, 3, "%02x", p[i]);
	assert_string_equal(out, hex);
}

static void
assert_account(const struct account *a, const char *user, const char *domain,
    const char *password, const char *label)
{
	assert_non_null(a);
	assert_string_equal(a->user, user);
	assert_string_equal(a->domain, domain);
	if (password != NULL)
		assert_string_equal(a->password, password);
	else
		assert_null(a->password);
	assert_string_equal(a->label, label);
}

/* ---- What lines may say ---- */

static void
every_kind_of_secret_is_read(void **state)
{
	struct keyring *k = must_open(
	    "# the lab's\n"
	    "password  CORP\\alice            Summer2026!\n"
	    "nthash    CORP\\bob              8846F7EAEE8FB117AD06BDD830B7586C\n"
	    "\n"
	    "smbkey    0x0000100000000041    000102030405060708090a0b0c0d0e0f\n");
	const struct account *a;
	const struct session_key *s;

	(void)state;
	assert_true(secrets_built_in);
	assert_int_equal(warnings, 0);
	a = keyring_account(k, "alice", NULL);
	assert_account(a, "alice", "CORP", "Summer2026!", "password CORP\\alice, line 2");
	assert_null(keyring_account(k, "alice", a));
	a = keyring_account(k, "BOB", NULL);
	assert_account(a, "bob", "CORP", NULL, "nthash CORP\\bob, line 3");
	assert_hex(a->nthash, 16, "8846f7eaee8fb117ad06bdd830b7586c");
	s = keyring_session(k, 0x100000000041, NULL);
	assert_non_null(s);
	assert_int_equal(s->id, 0x100000000041);
	assert_hex(s->key, s->len, "000102030405060708090a0b0c0d0e0f");
	assert_string_equal(s->label, "smbkey 0x100000000041, line 5");
	assert_null(keyring_session(k, 0x100000000041, s));
	assert_null(keyring_session(k, 0x41, NULL));
	assert_null(keyring_account(k, "", NULL));
	assert_null(keyring_account(k, "carol", NULL));
	keyring_close(k);
}

static void
accounts_are_written_in_many_ways(void **state)
{
	static const struct {
		const char	*line, *user, *domain, *password;
	} v[] = {
		{ "password CORP\\alice pw", "alice", "CORP", "pw" },
		{ "password alice@CORP.EXAMPLE pw", "alice", "CORP.EXAMPLE", "pw" },
		{ "password alice pw", "alice", "", "pw" },
		{ "password .\\alice pw", "alice", "", "pw" },
		{ "password \\alice pw", "alice", "", "pw" },
		{ "password alice@ pw", "alice", "", "pw" },
		{ "password CORP\\al@ice pw", "al@ice", "CORP", "pw" },
		{ "password al@ice@CORP pw", "al@ice", "CORP", "pw" },
		{ "password CORP\\a\\b pw", "a\\b", "CORP", "pw" },
		{ "  password \t alice   pw", "alice", "", "pw" },
		{ "password\tCORP\\svc backup\tpw", "svc backup", "CORP", "pw" },
		{ "password\t\tCORP\\svc backup  \t\tpw", "svc backup", "CORP", "pw" },
		{ "password\tCORP\\svc pw", "svc", "CORP", "pw" },
		{ "password CORP\\svc\tpw", "svc", "CORP", "pw" },
		{ "password CORP\\alice  pw with #blanks \t", "alice", "CORP",
		    "pw with #blanks \t" },
		{ "password\tCORP\\alice\t pw", "alice", "CORP", " pw" },
		{ "password\tCORP\\alice\tpw\tpw", "alice", "CORP", "pw\tpw" },
		{ "password alice #", "alice", "", "#" },
		{ "password CORP\\m\xc3\xbcller gr\xc3\xbc\xc3\x9f", "m\xc3\xbcller", "CORP",
		    "gr\xc3\xbc\xc3\x9f" },
	};
	static const char *const ends[] = { "", "\n", "\r\n" };
	char text[256];

	(void)state;
	for (size_t i = 0; i < sizeof(v) / sizeof(v[0]); i++)
		for (size_t j = 0; j < sizeof(ends) / sizeof(ends[0]); j++) {
			struct keyring *k;
			const struct account *a;

			snprintf(text, sizeof(text), "%s%s", v[i].line, ends[j]);
			k = must_open(text);
			a = keyring_account(k, v[i].user, NULL);
			assert_non_null(a);
			assert_account(a, v[i].user, v[i].domain, v[i].password, a->label);
			assert_null(keyring_account(k, v[i].user, a));
			keyring_close(k);
		}
}

static void
editors_leave_marks(void **state)
{
	struct keyring *k = must_open("\xef\xbb\xbf# mine\r\n\r\n \t \r\n"
	    "password a b\r\nsmbkey 0x1 00112233445566778899AABBCCDDEEFF \t\r\n"
	    "nthash c aad3b435b51404eeaad3b435b51404ee:31d6cfe0d16ae931b73c59d7e0c089c0 \r\n");

	(void)state;
	assert_account(keyring_account(k, "a", NULL), "a", "", "b", "password a, line 4");
	assert_int_equal(keyring_session(k, 1, NULL)->len, 16);
	assert_hex(keyring_account(k, "c", NULL)->nthash, 16,
	    "31d6cfe0d16ae931b73c59d7e0c089c0");
	keyring_close(k);
	keyring_close(must_open(""));
	keyring_close(must_open("\xef\xbb\xbf"));
	keyring_close(must_open("# nothing yet\n"));
	keyring_close(NULL);
}

/* [MS-NLMP] 4.2.1.1, and passwords that are not ASCII. */
static void
passwords_are_hashed(void **state)
{
	static const struct {
		const char	*password, *hash;
	} v[] = {
		{ "Password", "a4f49c406510bdcab6824ee7c30fd852" },
		{ "password", "8846f7eaee8fb117ad06bdd830b7586c" },
		{ "foo", "ac8e657f83df82beea5d43bdaf7800cc" },
		/* gr U+FC U+DF e, and U+1F600 */
		{ "gr\xc3\xbc\xc3\x9f" "e", "3c681b289f386d2175d511e18e7d15c1" },
		{ "\xf0\x9f\x98\x80", "4b58a10cc20a4e7d808d218e1f80aabc" },
	};
	char text[128];

	(void)state;
	for (size_t i = 0; i < sizeof(v) / sizeof(v[0]); i++) {
		struct keyring *k;

		snprintf(text, sizeof(text), "password CORP\\u %s\n", v[i].password);
		k = must_open(text);
		assert_hex(keyring_account(k, "u", NULL)->nthash, 16, v[i].hash);
		keyring_close(k);
	}
}

static void
session_keys_have_many_lengths(void **state)
{
	char text[200] = "smbkey 0xFFFFFFFFFFFFFFFF ";
	size_t at = strlen(text);

	(void)state;
	for (size_t n = 0; n <= 66; n++) {
		struct keyring *k = open_text(text);

		if (n >= 16 && n <= 64) {
			assert_int_equal(keyring_session(k, UINT64_MAX, NULL)->len, n);
			assert_int_equal(keyring_session(k, UINT64_MAX, NULL)->key[n - 1], n);
		} else
			assert_null(k);
		keyring_close(k);
		at += (size_t)snprintf(text + at, sizeof(text) - at, "%02x",
		    (unsigned int)n + 1);
	}
}

/* ---- What is refused ---- */

static void
errors_name_the_line_and_no_secret(void **state)
{
	static const struct {
		const char	*line, *why;
	} v[] = {
		{ "nthash CORP\\bob S3cr3t", "nthash: 32 hex digits are needed" },
		{ "nthash CORP\\bob 8846f7eaee8fb117ad06bdd830b7586", "32 hex digits" },
		{ "nthash CORP\\bob 8846f7eaee8fb117ad06bdd830b7586cS3", "32 hex digits" },
		{ "nthash CORP\\bob 8846f7eaee8fb117ad06bdd830b7586c00", "32 hex digits" },
		{ "nthash CORP\\bob S3d3b435b51404eeaad3b435b51404ee:"
		    "8846f7eaee8fb117ad06bdd830b7586c", "32 hex digits" },
		{ "nthash CORP\\svc S3cr3t 8846f7eaee8fb117ad06bdd830b7586c", "32 hex digits" },
		{ "nthash", "nthash: an account is needed" },
		{ "password", "password: an account is needed" },
		{ "password S3cr3t", "password: a password is needed" },
		{ "password CORP\\ S3cr3t", "password: an account is needed" },
		{ "password @CORP S3cr3t", "password: an account is needed" },
		{ "smbkey 41 S3cr3t", "smbkey: the session's id is needed" },
		{ "smbkey 0x S3cr3t", "smbkey: the session's id is needed" },
		{ "smbkey 0x1S3 00112233445566778899aabbccddeeff", "the session's id" },
		{ "smbkey 0x11112222333344445 00112233445566778899aabbccddeeff", "session's id" },
		{ "smbkey 0x41 S3cr3t", "smbkey: a key of 32 to 128 hex digits" },
		{ "smbkey 0x41 00112233445566778899aabbccddeeff0", "smbkey: a key of" },
		{ "smbkey 0x41", "smbkey: a key of" },
		{ "keytab", "keytab: a path is needed" },
		{ "keytab S3cr3t", "keytab: No such file" },
		{ "keytab /S3cr3t/S3cr3t", "keytab: No such file" },
		{ "keytab .", "keytab: it is not a regular file" },
		{ "keylog \t", "keylog: a path is needed" },
		{ "keylog S3cr3t", "keylog: No such file" },
		{ "pasword CORP\\alice S3cr3t", "begins with none of password, " },
		{ "S3cr3t", "begins with none of password, " },
		{ "CORP\\alice S3cr3t", "begins with none of password, " },
		{ "passwordpasswordS S3cr3t", "begins with none of password, " },
		{ "password: S3cr3t", "begins with none of password, " },
		{ " # S3cr3t", "begins with none of password, " },
		{ "password a S3cr3t\xff", "it is not text in UTF-8" },
	};
	char text[256], at[96];

	(void)state;
	snprintf(at, sizeof(at), "%s:3: ", secrets);
	for (size_t i = 0; i < sizeof(v) / sizeof(v[0]); i++) {
		snprintf(text, sizeof(text), "# x\npassword ok S3cr3t\n%s\n", v[i].line);
		assert_null(open_text(text));
		assert_int_equal(strncmp(err, at, strlen(at)), 0);
		assert_non_null(strstr(err, v[i].why));
		assert_null(strstr(err, "S3"));
		assert_null(strchr(err, '\n'));
	}
	assert_null(open_bytes("password a S3\0cr3t\n", 19));
	assert_non_null(strstr(err, "secrets.txt:1: it is not text in UTF-8"));
	assert_null(open_bytes("\xff\xfep\0a\0", 6));
	assert_non_null(strstr(err, "secrets.txt:1: it is not text in UTF-8"));
}

static void
only_its_owner_may_use_the_file(void **state)
{
	static const mode_t good[] = { 0600, 0400, 0700 };
	static const mode_t wrong[] = { 0640, 0604, 0620, 0602, 0610, 0601, 0666, 0777 };

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		put_file("secrets.txt", "password a b\n", 13, wrong[i]);
		assert_null(keyring_open(secrets, NULL, NULL, err, sizeof(err)));
		assert_non_null(strstr(err, "lets others than its owner use it"));
	}
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		struct keyring *k;

		put_file("secrets.txt", "password a b\n", 13, good[i]);
		k = keyring_open(secrets, NULL, NULL, err, sizeof(err));
		assert_non_null(k);
		keyring_close(k);
	}
}

static void
it_is_a_regular_file_of_some_size(void **state)
{
	size_t size = MAX_SECRETS_FILE;
	char *big = test_malloc(size + 1);

	(void)state;
	assert_null(keyring_open(beside("none"), NULL, NULL, err, sizeof(err)));
	assert_non_null(strstr(err, "/none: No such file"));
	assert_null(keyring_open(dir, NULL, NULL, err, sizeof(err)));
	assert_non_null(strstr(err, "not a regular file"));
	assert_int_equal(mkfifo(beside("d"), 0600), 0);
	assert_null(keyring_open(beside("d"), NULL, NULL, err, sizeof(err)));
	assert_non_null(strstr(err, "not a regular file"));
	memset(big, '#', size + 1);
	put_file("secrets.txt", big, size + 1, 0600);
	assert_null(keyring_open(secrets, NULL, NULL, err, sizeof(err)));
	assert_non_null(strstr(err, "larger"));
	put_file("secrets.txt", big, size, 0600);
	keyring_close(keyring_open(secrets, NULL, NULL, err, sizeof(err)));
	test_free(big);
}

static void
too_many_secrets_are_said(void **state)
{
	char *text = test_malloc(MAX_SECRETS_FILE);
	struct keyring *k;
	size_t at = 0;

	(void)state;
	while (at < MAX_SECRETS_FILE - 32)
		at += (size_t)snprintf(text + at, 32, "password D\\u%zu pw\n", at);
	assert_null(open_bytes(text, at));
	assert_non_null(strstr(err, "more secrets than"));
	/* One that is as long as all of them can be. */
	memset(text, 'x', MAX_SECRETS_FILE);
	memcpy(text, "password a ", 11);
	k = open_bytes(text, MAX_SECRETS_FILE);
	assert_non_null(k);
	assert_int_equal(strlen(keyring_account(k, "a", NULL)->password),
	    MAX_SECRETS_FILE - 11);
	keyring_close(k);
	test_free(text);
}

/* ---- Looking up ---- */

static void
names_match_whatever_their_case(void **state)
{
	struct keyring *k = must_open(
	    "password CORP\\M\xc3\xbcller one\n"
	    "password corp\\m\xc3\x9cLLER two\n"
	    "password CORP\\\xd0\x98\xd0\xb2\xd0\xb0\xd0\xbd three\n"
	    "password CORP\\mu:ller four\n");
	const struct account *a = keyring_account(k, "M\xc3\x9cLLER", NULL);
	const struct service_key *s;

	(void)state;
	assert_string_equal(a->password, "one");
	assert_string_equal((a = keyring_account(k, "", a))->password, "two");
	assert_null(keyring_account(k, "", a));
	a = keyring_account(k, "\xd0\xb8\xd0\x92\xd0\x90\xd0\x9d", NULL);
	assert_string_equal(a->password, "three");
	assert_null(keyring_account(k, "M\xc3", NULL));
	assert_null(keyring_account(k, "M\xff\xff", NULL));
	s = keyring_principal(k, "m\xc3\xbcller@cOrP", 23, NULL);
	assert_string_equal(s->principal, "M\xc3\xbcller@CORP");
	assert_string_equal((s = keyring_principal(k, "", 0, s))->principal,
	    "m\xc3\x9cLLER@corp");
	assert_null(keyring_principal(k, "", 0, s));
	assert_null(keyring_principal(k, "m\xc3\xbcller@corp", 18, NULL));
	keyring_close(k);
}

/* As an estate with a local administrator's password a computer has. */
static void
thousands_share_a_name(void **state)
{
	enum { HOSTS = 5000 };
	char *text = test_malloc(HOSTS * 64), want[32];
	const struct account *a = NULL;
	const struct service_key *s = NULL;
	struct keyring *k;
	size_t at = 0;

	(void)state;
	for (unsigned int i = 0; i < HOSTS; i++)
		at += (size_t)snprintf(text + at, 64, "password HOST%u\\Administrator pw%u\n"
		    "%s", i, i, i == HOSTS / 2 ? "password CORP\\alice x\n" : "");
	k = must_open(text);
	for (unsigned int i = 0; i < HOSTS; i++) {
		a = keyring_account(k, "administrator", a);
		assert_non_null(a);
		snprintf(want, sizeof(want), "pw%u", i);
		assert_string_equal(a->password, want);
		s = keyring_etype(k, 23, s);
		if (i <= HOSTS / 2)
			assert_memory_equal(s->key, a->nthash, 16);
		snprintf(want, sizeof(want), "administrator@host%u", i);
		assert_memory_equal(keyring_principal(k, want, 23, NULL)->key, a->nthash, 16);
	}
	assert_null(keyring_account(k, "administrator", a));
	assert_string_equal(keyring_account(k, "ALICE", NULL)->password, "x");
	/* And once more: old and new are there for a while. */
	assert_true(keyring_reload(k, note, NULL, err, sizeof(err)));
	assert_true(keyring_reload(k, note, NULL, err, sizeof(err)));
	assert_string_equal(keyring_account(k, "ALICE", NULL)->password, "x");
	keyring_close(k);
	test_free(text);
}

static void
a_session_may_have_several_keys(void **state)
{
	struct keyring *k = must_open(
	    "smbkey 0x2 22222222222222222222222222222222\n"
	    "smbkey 0x1 33333333333333333333333333333333\n"
	    "smbkey 0x2 11111111111111111111111111111111\n");
	const struct session_key *s = keyring_session(k, 2, NULL);

	(void)state;
	assert_int_equal(s->key[0], 0x22);
	s = keyring_session(k, 2, s);
	assert_int_equal(s->key[0], 0x11);
	assert_null(keyring_session(k, 2, s));
	keyring_close(k);
}

static void
labels_are_printable_and_short(void **state)
{
	char text[1200], name[1024];
	const struct account *a;
	struct keyring *k;

	(void)state;
	k = must_open("password CORP\\a\x1b[2J\x7f\xc2\x9b" "b pw\n");
	a = keyring_account(k, "a\x1b[2J\x7f\xc2\x9b" "b", NULL);
	assert_string_equal(a->label, "password CORP\\a?[2J??b, line 1");
	keyring_close(k);
	for (size_t pad = 0; pad < 3; pad++) {
		size_t n = pad;

		memset(name, 'x', pad);
		for (; n + 3 < sizeof(name); n += 3)
			memcpy(name + n, "\xe2\x82\xac", 3);
		name[n] = '\0';
		snprintf(text, sizeof(text), "password CORP\\%s pw\n", name);
		k = must_open(text);
		a = keyring_account(k, name, NULL);
		assert_string_equal(a->user, name);
		n = strlen(a->label);
		assert_true(n < MAX_REASON && n >= MAX_REASON - 4);
		assert_string_equal(a->label + n - 11, "\xe2\x82\xac, line 1");
		keyring_close(k);
	}
}

/* ---- Keytabs and key logs ---- */

static void
keytabs_are_read_beside_the_file(void **state)
{
	struct keytab_file f;
	const struct service_key *s;
	const struct account *a;
	struct keyring *k;

	(void)state;
	keytab_begin(&f);
	keytab_put(&f, "host/fs01.corp.example", "CORP.EXAMPLE", 18, 2, 32, 258);
	keytab_put(&f, "host/fs01.corp.example", "CORP.EXAMPLE", 23, 2, 16, 0);
	keytab_put(&f, "FS01$", "CORP.EXAMPLE", 23, 3, 16, 0);
	keytab_put(&f, "FS01$", "CORP.EXAMPLE", 18, 3, 32, 0);
	put_file("a.keytab", f.bytes, f.len, 0600);
	k = must_open("password CORP\\alice pw\nkeytab a.keytab \n");
	assert_int_equal(warnings, 0);
	s = keyring_principal(k, "HOST/FS01.corp.example@corp.example", 18, NULL);
	assert_string_equal(s->principal, "host/fs01.corp.example@CORP.EXAMPLE");
	assert_int_equal(s->kvno, 258);
	assert_int_equal(s->len, 32);
	assert_int_equal(s->key[31], 18 + 31);
	assert_string_equal(s->label,
	    "keytab key host/fs01.corp.example@CORP.EXAMPLE, line 2");
	assert_null(keyring_principal(k, "", 18, s));

	/* The service's key and the computer's are one host's. */
	s = keyring_host(k, "FS01", 18, NULL);
	assert_int_equal(s->kvno, 258);
	s = keyring_host(k, "", 0, s);
	assert_string_equal(s->principal, "FS01$@CORP.EXAMPLE");
	assert_null(keyring_host(k, "", 0, s));
	assert_null(keyring_host(k, "fs01.corp", 18, NULL));
	assert_null(keyring_host(k, "fs01", 20, NULL));

	s = keyring_etype(k, 18, NULL);
	assert_int_equal(s->kvno, 258);
	s = keyring_etype(k, 18, s);
	assert_string_equal(s->principal, "FS01$@CORP.EXAMPLE");
	assert_null(keyring_etype(k, 18, s));
	s = keyring_etype(k, 23, NULL);
	assert_string_equal(s->principal, "alice@CORP");
	assert_string_equal(s->label, "password CORP\\alice, line 1");
	assert_memory_equal(s->key, keyring_account(k, "alice", NULL)->nthash, 16);
	s = keyring_etype(k, 23, s);
	assert_string_equal(s->principal, "host/fs01.corp.example@CORP.EXAMPLE");
	s = keyring_etype(k, 23, s);
	assert_string_equal(s->principal, "FS01$@CORP.EXAMPLE");
	assert_null(keyring_etype(k, 23, s));
	assert_null(keyring_etype(k, 17, NULL));
	assert_null(keyring_etype(k, 3, NULL));
	assert_null(keyring_etype(k, -1, NULL));

	/* The computer's RC4 key is its NT hash; a service's is no account's. */
	a = keyring_account(k, "fs01$", NULL);
	assert_account(a, "FS01$", "CORP.EXAMPLE", NULL,
	    "keytab key FS01$@CORP.EXAMPLE, line 2");
	assert_memory_equal(a->nthash, s->key, 16);
	assert_null(keyring_account(k, "fs01$", a));
	assert_null(keyring_account(k, "host", NULL));
	assert_null(keyring_account(k, "host/fs01.corp.example", NULL));
	keyring_close(k);
}

static void
bad_keytabs_are_named(void **state)
{
	struct keytab_file f;
	char want[256];

	(void)state;
	keytab_begin(&f);
	keytab_put(&f, "a", "R", 18, 2, 32, 0);
	keytab_put(&f, "b", "R", 18, 2, 32, 0);
	put_file("a.keytab", f.bytes, f.len - 1, 0600);
	assert_null(open_text("\nkeytab a.keytab\n"));
	snprintf(want, sizeof(want), "%s:2: keytab %s: entry 2 is malformed", secrets,
	    beside("a.keytab"));
	assert_string_equal(err, want);
	put_file("a.keytab", "", 0, 0600);
	assert_null(open_text("keytab a.keytab\n"));
	assert_non_null(strstr(err, "it is no MIT keytab"));
	keytab_begin(&f);
	keytab_put(&f, "a", "R", 3, 2, 8, 0);
	put_file("a.keytab", f.bytes, f.len, 0600);
	keyring_close(must_open("keytab a.keytab\n"));
	assert_int_equal(warnings, 1);
	assert_non_null(strstr(warned, "no AES or RC4 key"));
}

static void
what_others_can_read_is_a_warning(void **state)
{
	struct keytab_file f;
	char text[160];

	(void)state;
	keytab_begin(&f);
	keytab_put(&f, "a", "R", 18, 2, 32, 0);
	put_file("a.keytab", f.bytes, f.len, 0644);
	keyring_close(must_open("keytab a.keytab\n"));
	assert_int_equal(warnings, 1);
	assert_non_null(strstr(warned, "secrets.txt:1: keytab "));
	assert_non_null(strstr(warned, "a.keytab: its mode 0644"));
	put_file("ssl keys.log", "", 0, 0640);
	keyring_close(must_open("# x\nkeylog ssl keys.log\n"));
	assert_int_equal(warnings, 1);
	assert_non_null(strstr(warned, "secrets.txt:2: keylog "));
	put_file("ssl keys.log", "", 0, 0600);
	snprintf(text, sizeof(text), "keylog %s\n", beside("ssl keys.log"));
	keyring_close(must_open(text));
	assert_int_equal(warnings, 0);
	assert_null(open_text("keylog ssl keys.log\nkeylog ssl keys.log\n"));
	assert_non_null(strstr(err, ":2: keylog: there is one already"));
}

/* ---- Reading it again ---- */

static void *freed;

static void
kdc_free(void *p)
{
	freed = p;
}

static void
a_good_reload_replaces_all(void **state)
{
	struct keyring *k = must_open("password CORP\\alice old\nsmbkey 0x1 "
	    "00112233445566778899aabbccddeeff\n");
	unsigned int epoch = keyring_epoch(k);
	void **slot = keyring_kdc(k, kdc_free);
	int learnt;

	(void)state;
	assert_ptr_equal(keyring_kdc(k, kdc_free), slot);
	assert_null(*slot);
	*slot = &learnt;
	freed = NULL;
	keyring_learnt(k);
	assert_int_not_equal(keyring_epoch(k), epoch);
	epoch = keyring_epoch(k);
	put_file("secrets.txt", "password CORP\\bob new\n", 22, 0600);
	assert_true(keyring_reload(k, note, NULL, err, sizeof(err)));
	assert_null(keyring_account(k, "alice", NULL));
	assert_null(keyring_session(k, 1, NULL));
	assert_string_equal(keyring_account(k, "bob", NULL)->password, "new");
	assert_int_not_equal(keyring_epoch(k), epoch);
	assert_ptr_equal(freed, &learnt);
	assert_null(*slot);
	freed = NULL;
	*slot = &epoch;
	keyring_close(k);
	assert_ptr_equal(freed, &epoch);
}

static void
the_old_secrets_are_wiped(void **state)
{
	struct keyring *k = must_open("password CORP\\alice Summer2026!\n");
	const char *password = keyring_account(k, "alice", NULL)->password;

	(void)state;
	put_file("secrets.txt", "", 0, 0600);
	assert_true(keyring_reload(k, note, NULL, err, sizeof(err)));
	for (size_t i = 0; i < strlen("Summer2026!"); i++)
		assert_int_equal(password[i], 0);
	keyring_close(k);
}

static void
a_bad_reload_changes_nothing(void **state)
{
	struct keyring *k = must_open("password CORP\\alice old\n");
	unsigned int epoch = keyring_epoch(k);
	void **slot = keyring_kdc(k, kdc_free);

	(void)state;
	*slot = &epoch;
	freed = NULL;
	put_file("secrets.txt", "password CORP\\bob new\nnthash x\n", 31, 0600);
	assert_false(keyring_reload(k, note, NULL, err, sizeof(err)));
	assert_non_null(strstr(err, "secrets.txt:2: nthash"));
	put_file("secrets.txt", "password CORP\\bob new\n", 22, 0644);
	assert_false(keyring_reload(k, note, NULL, err, sizeof(err)));
	remove(secrets);
	assert_false(keyring_reload(k, note, NULL, err, sizeof(err)));
	assert_non_null(strstr(err, "No such file"));
	assert_string_equal(keyring_account(k, "alice", NULL)->password, "old");
	assert_null(keyring_account(k, "bob", NULL));
	assert_int_equal(keyring_epoch(k), epoch);
	assert_null(freed);
	assert_ptr_equal(*slot, &epoch);
	keyring_close(k);
}

/* However often and of whatever size: the vault does not wear out. */
static void
reloads_go_on(void **state)
{
	struct keyring *k = must_open("password a b\n");
	char *text = test_malloc(64u << 10);
	void *p;

	(void)state;
	for (unsigned int round = 0; round < 60; round++) {
		size_t at = 0;

		for (unsigned int i = 0; i < 1 + round * 20; i++)
			at += (size_t)snprintf(text + at, 48, "password D%u\\u%u pw\n", round, i);
		put_file("secrets.txt", text, at, 0600);
		assert_true(keyring_reload(k, note, NULL, err, sizeof(err)));
		assert_non_null(keyring_account(k, "u0", NULL));
	}
	assert_non_null(p = vault_alloc(keyring_vault(k), 1u << 20));
	vault_free(p);
	keyring_close(k);
	test_free(text);
}

/* ---- Memory that cannot be locked ---- */

static void
count_memlock(void *arg, const char *text)
{
	*(int *)arg += strcmp(text,
	    "keys may reach swap: raise the memlock limit (LimitMEMLOCK)") == 0;
}

static void
swap_is_warned_of_once(void **state)
{
	static const struct rlimit none = { 0, 0 };
	int status, told = 0;
	pid_t pid;

	(void)state;
	put_file("secrets.txt", "password a b\n", 13, 0600);
	assert_int_equal(chmod(dir, 0755), 0);
	if (geteuid() == 0)
		assert_int_equal(chown(secrets, 65534, (gid_t)-1), 0);
	if ((pid = fork()) == 0) {
		struct keyring *k;

		if (setrlimit(RLIMIT_MEMLOCK, &none) == -1 ||
		    (geteuid() == 0 && seteuid(65534) == -1))
			_exit(77);
		k = keyring_open(secrets, count_memlock, &told, err, sizeof(err));
		if (k == NULL || told != 1)
			_exit(1);
		if (!keyring_reload(k, count_memlock, &told, err, sizeof(err)) || told != 1)
			_exit(2);
		keyring_close(k);
		_exit(0);
	}
	assert_true(pid > 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == 77)
		skip();
	assert_int_equal(WEXITSTATUS(status), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_kind_of_secret_is_read),
		cmocka_unit_test(accounts_are_written_in_many_ways),
		cmocka_unit_test(editors_leave_marks),
		cmocka_unit_test(passwords_are_hashed),
		cmocka_unit_test(session_keys_have_many_lengths),
		cmocka_unit_test(errors_name_the_line_and_no_secret),
		cmocka_unit_test(only_its_owner_may_use_the_file),
		cmocka_unit_test(it_is_a_regular_file_of_some_size),
		cmocka_unit_test(too_many_secrets_are_said),
		cmocka_unit_test(names_match_whatever_their_case),
		cmocka_unit_test(thousands_share_a_name),
		cmocka_unit_test(a_session_may_have_several_keys),
		cmocka_unit_test(labels_are_printable_and_short),
		cmocka_unit_test(keytabs_are_read_beside_the_file),
		cmocka_unit_test(bad_keytabs_are_named),
		cmocka_unit_test(what_others_can_read_is_a_warning),
		cmocka_unit_test(a_good_reload_replaces_all),
		cmocka_unit_test(the_old_secrets_are_wiped),
		cmocka_unit_test(a_bad_reload_changes_nothing),
		cmocka_unit_test(reloads_go_on),
		cmocka_unit_test(swap_is_warned_of_once),
	};

	return cmocka_run_group_tests_name("keyring", tests, setup, teardown);
}
