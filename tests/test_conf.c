#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "conf.h"
#include "secret.h"

#define MAX_ARGS 12

/* The words of a command line, split at blanks. */
static bool
parse(struct conf *c, const char *line, char *err, size_t errlen)
{
	static char words[256];		/* the strings stay argv's */
	char *argv[MAX_ARGS + 1] = { NULL }, *at = words;
	int argc = 0;

	assert_true(strlen(line) < sizeof(words));
	memcpy(words, line, strlen(line) + 1);
	while (argc < MAX_ARGS && (argv[argc] = strsep(&at, " ")) != NULL)
		argc++;
	err[0] = '\0';
	return conf_parse(c, argc, argv, err, errlen);
}

static void
replay_takes_files_in_order(void **state)
{
	struct conf c;
	char err[256];

	(void)state;
	assert_true(parse(&c, "schedwire -r a.pcap --read b.pcap --read=- -o out.json --stats",
	    err, sizeof(err)));
	assert_int_equal(c.want, CONF_RUN);
	assert_int_equal(c.nfiles, 3);
	assert_string_equal(c.files[0], "a.pcap");
	assert_string_equal(c.files[1], "b.pcap");
	assert_string_equal(c.files[2], "-");
	assert_string_equal(c.out, "out.json");
	assert_null(c.iface);
	assert_true(c.stats);
	assert_false(c.pretty);
	assert_false(c.anomalies);
	assert_null(c.secrets);
	assert_false(c.check_secrets);
	conf_free(&c);
}

static void
secrets_are_one_file(void **state)
{
	struct conf c;
	char err[256];

	(void)state;
	assert_true(parse(&c, "schedwire -r a.pcap -S lab.secrets --check-secrets",
	    err, sizeof(err)));
	assert_string_equal(c.secrets, "lab.secrets");
	assert_true(c.check_secrets);
	conf_free(&c);
	assert_true(parse(&c, "schedwire -i eth0 --secrets=lab.secrets", err, sizeof(err)));
	assert_string_equal(c.secrets, "lab.secrets");
	assert_false(c.check_secrets);
	conf_free(&c);
}

static void
live_takes_one_interface(void **state)
{
	struct conf c;
	char err[256];

	(void)state;
	assert_true(parse(&c, "schedwire --interface eth0 --pretty --anomalies --output -",
	    err, sizeof(err)));
	assert_string_equal(c.iface, "eth0");
	assert_string_equal(c.out, "-");
	assert_int_equal(c.nfiles, 0);
	assert_true(c.pretty);
	assert_true(c.anomalies);
	conf_free(&c);
}

static void
help_and_version_need_nothing_else(void **state)
{
	static const struct {
		const char	*line;
		enum conf_want	 want;
	} v[] = {
		{ "schedwire -h", CONF_HELP },
		{ "schedwire --help", CONF_HELP },
		{ "schedwire -V", CONF_VERSION },
		{ "schedwire --version", CONF_VERSION },
		{ "schedwire -i eth0 -h", CONF_HELP },
	};
	struct conf c;
	char err[256];

	(void)state;
	for (size_t i = 0; i < sizeof(v) / sizeof(v[0]); i++) {
		assert_true(parse(&c, v[i].line, err, sizeof(err)));
		assert_int_equal(c.want, v[i].want);
		conf_free(&c);
	}
}

static void
version_says_what_is_built_in(void **state)
{
	char *text = NULL;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	(void)state;
	assert_non_null(f);
	conf_version(f);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(strncmp(text, "schedwire ", 10), 0);
	assert_non_null(strstr(text, secrets_built_in ? ", with secrets\n" :
	    ", built without secrets\n"));
	free(text);
}

static void
what_is_wrong_is_said(void **state)
{
	static const struct {
		const char	*line, *why;
	} v[] = {
		{ "schedwire", "nothing to read" },
		{ "schedwire --stats", "nothing to read" },
		{ "schedwire -r", "-r needs a value" },
		{ "schedwire --read", "--read needs a value" },
		{ "schedwire -r a -i eth0", "exclude each other" },
		{ "schedwire -i eth0 -i eth1", "-i can be given only once" },
		{ "schedwire -r a -o b -o c", "-o can be given only once" },
		{ "schedwire a.pcap", "'a.pcap' is no option" },
		{ "schedwire -r a.pcap b.pcap", "'b.pcap' is no option" },
		{ "schedwire -r - -r -", "standard input" },
		{ "schedwire -r a -x", "unknown option -x" },
		{ "schedwire -r a -xr", "unknown option -x" },
		{ "schedwire -r a --nonsense", "unknown option --nonsense" },
		{ "schedwire -r a --stats=yes", "--stats" },
		{ "schedwire -r a -c conf", "unknown option -c" },
		{ "schedwire -r a -S", "-S needs a value" },
		{ "schedwire -r a -S b -S c", "-S can be given only once" },
		{ "schedwire -r a --check-secrets", "needs a secrets file" },
		{ "schedwire -i eth0 --check-secrets", "needs a secrets file" },
		{ "schedwire -i eth0 -S b --check-secrets", "is for a replay" },
		{ "schedwire -S b --check-secrets", "nothing to read" },
		{ "schedwire -r a -w 4", "unknown option -w" },
		{ "schedwire --score f", "unknown option --score" },
	};
	struct conf c;
	char err[256];

	(void)state;
	for (size_t i = 0; i < sizeof(v) / sizeof(v[0]); i++) {
		assert_false(parse(&c, v[i].line, err, sizeof(err)));
		assert_non_null(strstr(err, v[i].why));
		assert_null(strchr(err, '\n'));
		conf_free(&c);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(replay_takes_files_in_order),
		cmocka_unit_test(secrets_are_one_file),
		cmocka_unit_test(version_says_what_is_built_in),
		cmocka_unit_test(live_takes_one_interface),
		cmocka_unit_test(help_and_version_need_nothing_else),
		cmocka_unit_test(what_is_wrong_is_said),
	};

	return cmocka_run_group_tests_name("conf", tests, NULL, NULL);
}
