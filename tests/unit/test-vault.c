#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "secret/vault.h"

#define SIZE	(256u << 10)

/* The VmFlags of the mapping that p is in, "" if there is none. */
static void
vm_flags(const void *p, char out[512])
{
	FILE *f = fopen("/proc/self/smaps", "r");
	unsigned long from, to;
	char line[512];
	int inside = 0;

	out[0] = '\0';
	if (f == NULL)
		return;
	while (fgets(line, sizeof(line), f) != NULL)
		if (sscanf(line, "%lx-%lx ", &from, &to) == 2)
			inside = (uintptr_t)p >= from && (uintptr_t)p < to;
		else if (inside && strncmp(line, "VmFlags:", 8) == 0)
			snprintf(out, 512, "%s", line + 8);
	fclose(f);
}

static int
zero(const void *p, size_t n)
{
	const uint8_t *b = p;
	size_t i = 0;

	while (i < n && b[i] == 0)
		i++;
	return i == n;
}

static void
the_region_stays_in_memory_and_out_of_dumps(void **state)
{
	struct vault *v = vault_new(SIZE);
	char flags[512];
	void *p;

	(void)state;
	assert_non_null(v);
	assert_non_null(p = vault_alloc(v, 100));
	vm_flags(p, flags);
	assert_non_null(strstr(flags, " dd"));
	assert_non_null(strstr(flags, " wf"));
	assert_int_equal(strstr(flags, " lo") != NULL, vault_locked(v));
	vault_close(v);
	vm_flags(p, flags);
	assert_null(strstr(flags, " dd"));
}

/* In a child that may lock nothing: the vault works, and says so. */
static void
what_cannot_be_locked_says_so(void **state)
{
	static const struct rlimit none = { 0, 0 };
	struct vault *v;
	char flags[512];
	int status;
	pid_t pid;
	void *p;

	(void)state;
	if ((pid = fork()) == 0) {
		if (setrlimit(RLIMIT_MEMLOCK, &none) == -1 ||
		    (geteuid() == 0 && seteuid(65534) == -1))
			_exit(77);
		if ((v = vault_new(SIZE)) == NULL || (p = vault_alloc(v, 16)) == NULL)
			_exit(1);
		vm_flags(p, flags);
		_exit(vault_locked(v) || strstr(flags, " lo") != NULL);
	}
	assert_true(pid > 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == 77)
		skip();
	assert_int_equal(WEXITSTATUS(status), 0);
}

static void
a_child_has_no_copy(void **state)
{
	struct vault *v = vault_new(SIZE);
	uint8_t *p = vault_alloc(v, 64);
	int status;
	pid_t pid;

	(void)state;
	memset(p, 0xa5, 64);
	if ((pid = fork()) == 0)
		_exit(!zero(p, 64));
	assert_true(pid > 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	assert_int_equal(p[63], 0xa5);
	vault_close(v);
}

static void
blocks_are_clear_apart_and_aligned(void **state)
{
	static const size_t sizes[] = { 0, 1, 16, 17, 48, 49, 100, 1000, 4096, 40000 };
	uint8_t *p[sizeof(sizes) / sizeof(sizes[0])];
	struct vault *v = vault_new(SIZE);

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		p[i] = vault_alloc(v, sizes[i]);
		assert_non_null(p[i]);
		assert_int_equal((uintptr_t)p[i] % _Alignof(max_align_t), 0);
		assert_true(zero(p[i], sizes[i]));
		memset(p[i], (int)(i + 1), sizes[i]);
	}
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
		for (size_t j = 0; j < sizes[i]; j++)
			assert_int_equal(p[i][j], i + 1);
	vault_close(v);
}

static void
freed_memory_is_zero(void **state)
{
	static const size_t sizes[] = { 1, 16, 64, 500, 70000 };
	struct vault *v = vault_new(SIZE);

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		uint8_t *p = vault_alloc(v, sizes[i]), *again;

		assert_non_null(p);
		memset(p, 0xff, sizes[i]);
		vault_free(p);
		assert_true(zero(p, sizes[i]));
		again = vault_alloc(v, sizes[i]);
		assert_ptr_equal(again, p);
		assert_true(zero(again, sizes[i]));
	}
	vault_free(NULL);
	vault_close(v);
}

/* Fill it, empty it, and fill it again: as many fit. */
static void
a_full_vault_recovers(void **state)
{
	static const size_t sizes[] = { 20, 1000, 30000 };
	static void *p[SIZE / 32];
	size_t n, first = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		struct vault *v = vault_new(SIZE);

		for (int round = 0; round < 3; round++) {
			for (n = 0; (p[n] = vault_alloc(v, sizes[i])) != NULL; n++)
				memset(p[n], 0x5a, sizes[i]);
			assert_true(n > 0);
			if (round == 0)
				first = n;
			assert_int_equal(n, first);
			assert_null(vault_alloc(v, sizes[i]));
			while (n > 0)
				vault_free(p[--n]);
		}
		vault_close(v);
	}
}

static void
impossible_sizes_are_refused(void **state)
{
	struct vault *v = vault_new(SIZE);

	(void)state;
	assert_null(vault_alloc(v, SIZE));
	assert_null(vault_alloc(v, SIZE_MAX));
	assert_null(vault_alloc(v, SIZE_MAX - 8));
	assert_non_null(vault_alloc(v, 1));
	assert_null(vault_new(SIZE_MAX));
	assert_null(vault_new(0));
	vault_close(v);
	vault_close(NULL);
}

static void
blocks_go_back_to_their_own(void **state)
{
	struct vault *a = vault_new(SIZE), *b = vault_new(SIZE);
	void *p = vault_alloc(a, 100), *q = vault_alloc(b, 100);

	(void)state;
	vault_free(p);
	vault_free(q);
	assert_ptr_equal(vault_alloc(b, 100), q);
	assert_ptr_equal(vault_alloc(a, 100), p);
	vault_close(a);
	vault_close(b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_region_stays_in_memory_and_out_of_dumps),
		cmocka_unit_test(what_cannot_be_locked_says_so),
		cmocka_unit_test(a_child_has_no_copy),
		cmocka_unit_test(blocks_are_clear_apart_and_aligned),
		cmocka_unit_test(freed_memory_is_zero),
		cmocka_unit_test(a_full_vault_recovers),
		cmocka_unit_test(impossible_sizes_are_refused),
		cmocka_unit_test(blocks_go_back_to_their_own),
	};

	return cmocka_run_group_tests_name("vault", tests, NULL, NULL);
}
