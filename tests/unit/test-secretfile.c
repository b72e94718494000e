#include "base/limits.h"
#include "unit/secretsdir.h"

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
		/* Behind the path: its random letters may spell anything. */
		assert_null(strstr(err + strlen(at), "S3"));
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
	};

	return cmocka_run_group_tests_name("secretfile", tests, setup, teardown);
}
