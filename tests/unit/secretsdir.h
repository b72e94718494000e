/* secretsdir.h -- for tests: a directory with a secrets file, and the keyring out of it. */
#ifndef SECRETSDIR_H
#define SECRETSDIR_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "secret/keyring.h"

static char dir[] = "/tmp/keyring-test-XXXXXX";
static char secrets[64], warned[512], err[512];
static unsigned int warnings;

static inline int
setup(void **state)
{
	(void)state;
	if (mkdtemp(dir) == NULL)
		return -1;
	snprintf(secrets, sizeof(secrets), "%s/secrets.txt", dir);
	return 0;
}

static inline const char *
beside(const char *name)
{
	static char path[96];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return path;
}

static inline int
teardown(void **state)
{
	static const char *const names[] = { "secrets.txt", "a.keytab", "ssl keys.log", "d" };

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		remove(beside(names[i]));
	return rmdir(dir);
}

static inline void
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
static inline void
note(void *arg, const char *text)
{
	(void)arg;
	if (strstr(text, "LimitMEMLOCK") != NULL)
		return;
	snprintf(warned, sizeof(warned), "%s", text);
	warnings++;
}

static inline struct keyring *
open_bytes(const void *bytes, size_t n)
{
	put_file("secrets.txt", bytes, n, 0600);
	warned[0] = err[0] = '\0';
	warnings = 0;
	return keyring_open(secrets, note, NULL, err, sizeof(err));
}

static inline struct keyring *
open_text(const char *text)
{
	return open_bytes(text, strlen(text));
}

static inline struct keyring *
must_open(const char *text)
{
	struct keyring *k = open_text(text);

	assert_string_equal(err, "");
	assert_non_null(k);
	return k;
}

static inline void
assert_hex(const uint8_t *p, size_t n, const char *hex)
{
	char out[2 * 64 + 1];

	for (size_t i = 0; i < n; i++)
		snprintf(out + 2 * i, 3, "%02x", p[i]);
	assert_string_equal(out, hex);
}

static inline void
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

#endif
