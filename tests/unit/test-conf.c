#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "conf.h"
#include "secret/secret.h"

#define MAX_ARGS 24

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
same_name(const char *got, const char *want)
{
	if (want == NULL) {
		assert_null(got);
		return;
	}
	assert_non_null(got);
	assert_string_equal(got, want);
}

static void
one_thing_is_wanted(void **state)
{
	static const struct {
		const char	*line;
		enum conf_want	 want;
		const char	*settings, *baseline, *input, *out;
		unsigned int	 workers;
	} v[] = {
		{ .line = "schedwire -r a -c b", .settings = "b" },
		{ .line = "schedwire -r a --config=b --baseline d -o e", .settings = "b",
		    .baseline = "d", .out = "e" },
		{ .line = "schedwire -i eth0 -w 64", .workers = 64 },
		{ .line = "schedwire -r a --workers 1", .workers = 1 },
		{ .line = "schedwire -r a -c b --check-secrets", .settings = "b" },
		{ .line = "schedwire --score f", .want = CONF_SCORE, .input = "f" },
		{ .line = "schedwire --score - -c b -o e --pretty", .want = CONF_SCORE, .input = "-",
		    .settings = "b", .out = "e" },
		{ .line = "schedwire --rules", .want = CONF_RULES },
		{ .line = "schedwire --rules -c b -o e", .want = CONF_RULES, .settings = "b",
		    .out = "e" },
		{ .line = "schedwire -T", .want = CONF_TEST },
		{ .line = "schedwire --test -c b -r a -S s --check-secrets -w 2 -o e --stats"
		    " --anomalies --pretty --baseline d", .want = CONF_TEST, .settings = "b",
		    .baseline = "d", .out = "e", .workers = 2 },
		{ .line = "schedwire -T -i eth0", .want = CONF_TEST },
		{ .line = "schedwire --baseline-show --baseline d", .want = CONF_BASELINE_SHOW,
		    .baseline = "d" },
		{ .line = "schedwire --baseline-show -c b", .want = CONF_BASELINE_SHOW,
		    .settings = "b" },
		{ .line = "schedwire --baseline-export --baseline d -o e",
		    .want = CONF_BASELINE_EXPORT, .baseline = "d", .out = "e" },
		{ .line = "schedwire --baseline-import f --baseline d",
		    .want = CONF_BASELINE_IMPORT, .baseline = "d", .input = "f" },
	};
	struct conf c;
	char err[256];

	(void)state;
	for (size_t i = 0; i < sizeof(v) / sizeof(v[0]); i++) {
		if (!parse(&c, v[i].line, err, sizeof(err)))
			fail_msg("%s: %s", v[i].line, err);
		assert_int_equal(c.want, v[i].want);
		same_name(c.settings, v[i].settings);
		same_name(c.baseline, v[i].baseline);
		same_name(c.input, v[i].input);
		same_name(c.out, v[i].out);
		assert_int_equal(c.workers, v[i].workers);
		conf_free(&c);
	}
}

/* Every long option is in the help, as people find it there. */
static void
help_tells_every_option(void **state)
{
	static const char *const options[] = {
		"-r, --read FILE", "-i, --interface IFACE", "-c, --config FILE", "-o, --output FILE",
		"-S, --secrets FILE", "--check-secrets", "--baseline FILE", "-w, --workers N",
		"--pretty ", "--stats ", "--anomalies ", "--score FILE", "--rules ",
		"--baseline-show ", "--baseline-export ", "--baseline-import FILE", "-T, --test",
		"-V, --version", "-h, --help",
	};
	char *text = NULL;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	(void)state;
	assert_non_null(f);
	conf_help(f);
	assert_int_equal(fclose(f), 0);
	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++)
		if (strstr(text, options[i]) == NULL)
			fail_msg("%s", options[i]);
	free(text);
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
		{ "schedwire -r a -i eth0", "cannot be used together" },
		{ "schedwire -i eth0 -i eth1", "-i can be given only once" },
		{ "schedwire -r a -o b -o c", "-o can be given only once" },
		{ "schedwire a.pcap", "unexpected 'a.pcap'" },
		{ "schedwire -r a.pcap b.pcap", "unexpected 'b.pcap'" },
		{ "schedwire -r - -r -", "standard input" },
		{ "schedwire -r a -x", "unknown option -x" },
		{ "schedwire -r a -xr", "unknown option -x" },
		{ "schedwire -r a --nonsense", "unknown option --nonsense" },
		{ "schedwire -r a --stats=yes", "--stats" },
		{ "schedwire -r a -S", "-S needs a value" },
		{ "schedwire -r a -S b -S c", "-S can be given only once" },
		{ "schedwire -r a --check-secrets", "needs a secrets file" },
		{ "schedwire -i eth0 --check-secrets", "needs a secrets file" },
		{ "schedwire -i eth0 -S b --check-secrets", "only with a replay" },
		{ "schedwire -S b --check-secrets", "nothing to read" },
		{ "schedwire -c conf", "nothing to read" },
		{ "schedwire -r a -c", "-c needs a value" },
		{ "schedwire -r a -c b -c c", "-c can be given only once" },
		{ "schedwire -r a -c ", "-c needs a value" },
		{ "schedwire -r a --output=", "-o needs a value" },
		{ "schedwire -r a --baseline b --baseline c", "--baseline can be given only once" },
		{ "schedwire -r a -w 0", "-w 0: a number from 1 to 64 is needed" },
		{ "schedwire -r a -w 65", "-w 65" },
		{ "schedwire -r a -w four", "-w four" },
		{ "schedwire -r a -w 4x", "-w 4x" },
		{ "schedwire -r a -w 1 -w 2", "-w can be given only once" },
		{ "schedwire --score", "--score needs a value" },
		{ "schedwire --score a --score b", "--score can be given only once" },
		{ "schedwire --score f -r a", "-r cannot be used with --score" },
		{ "schedwire --score f -i eth0", "-i cannot be used with --score" },
		{ "schedwire --score f -S s", "-S cannot be used with --score" },
		{ "schedwire --score f -w 1", "-w cannot be used with --score" },
		{ "schedwire --score f --stats", "--stats cannot be used with --score" },
		{ "schedwire --score f --anomalies", "--anomalies cannot be used with --score" },
		{ "schedwire --score f --check-secrets",
		    "--check-secrets cannot be used with --score" },
		{ "schedwire --score f --baseline b", "--baseline cannot be used with --score" },
		{ "schedwire --score f --rules", "--score and --rules cannot be used together" },
		{ "schedwire --rules --score f", "--rules and --score cannot be used together" },
		{ "schedwire --rules -T", "--rules and -T cannot be used together" },
		{ "schedwire --rules -r a", "-r cannot be used with --rules" },
		{ "schedwire --rules --pretty", "--pretty cannot be used with --rules" },
		{ "schedwire --rules f", "unexpected 'f'" },
		{ "schedwire --baseline b", "nothing to read" },
		{ "schedwire --baseline-show", "--baseline-show needs a database" },
		{ "schedwire --baseline-export", "--baseline-export needs a database" },
		{ "schedwire --baseline-import f", "--baseline-import needs a database" },
		{ "schedwire --baseline-import", "--baseline-import needs a value" },
		{ "schedwire --baseline-import f --baseline b -o x",
		    "-o cannot be used with --baseline-import" },
		{ "schedwire --baseline-show --baseline b -r a",
		    "-r cannot be used with --baseline-show" },
		{ "schedwire --baseline-show --baseline b --pretty", "--pretty cannot be used" },
		{ "schedwire --baseline-show --baseline-export --baseline b",
		    "--baseline-show and --baseline-export cannot be used together" },
		{ "schedwire -T --baseline-show --baseline b", "-T and --baseline-show cannot" },
		{ "schedwire -T -r a -i b", "-r and -i cannot be used together" },
		{ "schedwire -T --check-secrets", "needs a secrets file" },
		{ "schedwire -T f", "unexpected 'f'" },
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
		cmocka_unit_test(one_thing_is_wanted),
		cmocka_unit_test(help_tells_every_option),
		cmocka_unit_test(version_says_what_is_built_in),
		cmocka_unit_test(live_takes_one_interface),
		cmocka_unit_test(help_and_version_need_nothing_else),
		cmocka_unit_test(what_is_wrong_is_said),
	};

	return cmocka_run_group_tests_name("conf", tests, NULL, NULL);
}
