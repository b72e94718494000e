#include "wire/keytab.h"
#include "base/limits.h"
#include "unit/secretsdir.h"

#include <sys/resource.h>
#include <sys/wait.h>

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
