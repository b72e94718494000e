#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/limits.h"
#include "settings/settings.h"

static char path[] = "/tmp/schedwire-settings-XXXXXX";

static void
write_file(struct view text)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_int_equal(fwrite(text.p, 1, text.len, f), text.len);
	assert_int_equal(fclose(f), 0);
}

static bool
read_view(struct settings *s, struct view text, char *err, size_t errlen)
{
	write_file(text);
	settings_init(s);
	err[0] = '\0';
	return settings_read(s, path, err, errlen);
}

static void
accept(struct settings *s, const char *text)
{
	char err[512];

	if (!read_view(s, view_str(text), err, sizeof(err)))
		fail_msg("%s", err);
}

/* It is refused, with the line, and one line that says why. */
static void
refuse(struct view text, unsigned int line, const char *why)
{
	struct settings s;
	char err[1024], where[64];

	assert_false(read_view(&s, text, err, sizeof(err)));
	settings_free(&s);
	if (line > 0)
		snprintf(where, sizeof(where), "%s:%u: ", path, line);
	else
		snprintf(where, sizeof(where), "%s: ", path);
	if (strncmp(err, where, strlen(where)) != 0 || strstr(err, why) == NULL)
		fail_msg("%.*s: got '%s', not line %u, '%s'", (int)text.len, text.p, err, line, why);
	assert_null(strchr(err, '\n'));
}

static void
same_as_shipped(const struct settings *s)
{
	struct settings d;

	settings_init(&d);
	assert_null(s->sensor);
	assert_null(s->output);
	assert_null(s->secrets);
	assert_null(s->baseline);
	assert_null(s->allow);
	assert_false(s->stats);
	assert_false(s->anomalies);
	assert_memory_equal(s->rules.weight, d.rules.weight, sizeof(d.rules.weight));
	assert_int_equal(s->rules.suspicious, 40);
	assert_int_equal(s->rules.malicious, 70);
	assert_int_equal(s->alert, VERDICT_SUSPICIOUS);
	assert_int_equal(s->repeat_minutes, d.repeat_minutes);
	assert_int_equal(s->short_lived, d.short_lived);
	assert_int_equal(s->spread_hosts, d.spread_hosts);
	assert_int_equal(s->spread_minutes, d.spread_minutes);
	assert_int_equal(s->baseline_terms.learning_days, d.baseline_terms.learning_days);
	assert_int_equal(s->baseline_terms.half_life_days, d.baseline_terms.half_life_days);
	assert_int_equal(s->baseline_terms.known_days, d.baseline_terms.known_days);
	assert_int_equal(s->baseline_terms.known_span, d.baseline_terms.known_span);
	assert_int_equal(s->baseline_terms.max_tuples, d.baseline_terms.max_tuples);
	settings_free(&d);
}

/* ---- */

static void
what_is_not_said_stays(void **state)
{
	static const char *const texts[] = {
		"", "\n", "# nothing\n", "---\n", "~\n", "--- {}\n", "score:\n", "score: ~\nrules:\n",
		"allow: []\n", "allow:\n", "score: {spread: }\nbaseline: {}\n", "sensor:\n",
		"rules:\n  encoded_command:\n",
	};
	struct settings s;

	(void)state;
	for (size_t i = 0; i < nitems(texts); i++) {
		accept(&s, texts[i]);
		same_as_shipped(&s);
		settings_free(&s);
	}
}

static void
all_of_it_is_read(void **state)
{
	const struct allow_entry *e;
	struct settings s;

	(void)state;
	accept(&s,
	    "sensor: dmz-1\noutput: /var/log/eve.json\nsecrets: lab.secrets\n"
	    "stats: yes\nanomalies: true\n"
	    "score:\n  suspicious: 35\n  malicious: 80\n  alert: malicious\n"
	    "  repeat_minutes: 0\n  short_lived_seconds: 30\n  spread: {hosts: 5, minutes: 10}\n"
	    "rules:\n  encoded_command: {weight: 010}\n  download: {enabled: off}\n"
	    "  tunnel: {enabled: on, weight: -5}\n  persistence: {weight: 9, enabled: no}\n"
	    "baseline:\n  file: baseline.db\n  learning_days: 0\n  half_life_days: 7\n"
	    "  known_days: 3\n  known_span_days: 20\n  max_tuples: 5000\n"
	    "allow:\n"
	    "- comment: 'first: one'\n  clients: [10.0.0.0/8, '2001:db8::/32', WS7]\n"
	    "  servers:\n  - fs01\n  users: ['CORP\\svc', svc@CORP.EXAMPLE]\n"
	    "  tasks: ['\\A\\*']\n  commands: ['a.exe -b', \"c.exe\"]\n"
	    "  action: suppress\n  expires: 2026-12-31\n"
	    "- hashes: [" "0123456789abcdef0123456789abcdef0123456789abcdef0123456789ABCDEF" "]\n");
	assert_string_equal(s.sensor, "dmz-1");
	assert_string_equal(s.output, "/var/log/eve.json");
	assert_string_equal(s.secrets, "/tmp/lab.secrets");
	assert_true(s.stats);
	assert_true(s.anomalies);
	assert_int_equal(s.rules.suspicious, 35);
	assert_int_equal(s.rules.malicious, 80);
	assert_int_equal(s.alert, VERDICT_MALICIOUS);
	assert_int_equal(s.repeat_minutes, 0);
	assert_int_equal(s.short_lived, 30);
	assert_int_equal(s.spread_hosts, 5);
	assert_int_equal(s.spread_minutes, 10);
	assert_int_equal(s.rules.weight[R_ENCODED_COMMAND], 10);
	assert_int_equal(s.rules.weight[R_DOWNLOAD], 0);
	assert_int_equal(s.rules.weight[R_TUNNEL], -5);
	assert_int_equal(s.rules.weight[R_PERSISTENCE], 0);
	assert_int_equal(s.rules.weight[R_OBFUSCATED], rule_info[R_OBFUSCATED].weight);
	assert_string_equal(s.baseline, "/tmp/baseline.db");
	assert_int_equal(s.baseline_terms.learning_days, 0);
	assert_int_equal(s.baseline_terms.half_life_days, 7);
	assert_int_equal(s.baseline_terms.known_days, 3);
	assert_int_equal(s.baseline_terms.known_span, 20);
	assert_int_equal(s.baseline_terms.max_tuples, 5000);
	assert_int_equal(allow_count(s.allow), 2);
	e = allow_nth(s.allow, 0);
	assert_string_equal(e->comment, "first: one");
	assert_string_equal(e->clients[0], "10.0.0.0/8");
	assert_string_equal(e->clients[1], "2001:db8::/32");
	assert_string_equal(e->clients[2], "WS7");
	assert_null(e->clients[3]);
	assert_string_equal(e->servers[0], "fs01");
	assert_string_equal(e->users[0], "CORP\\svc");
	assert_string_equal(e->tasks[0], "\\A\\*");
	assert_string_equal(e->commands[1], "c.exe");
	assert_null(e->hashes);
	assert_int_equal(e->action, ALLOW_SUPPRESS);
	/* All of that day: it ends with midnight of the next, UTC. */
	assert_int_equal(e->expires, INT64_C(1798761600000000));
	e = allow_nth(s.allow, 1);
	assert_null(e->comment);
	assert_int_equal(e->action, ALLOW_LOWER);
	assert_int_equal(e->expires, 0);
	assert_null(allow_nth(s.allow, 2));
	settings_free(&s);
	same_as_shipped(&s);
}

static void
files_lie_beside_the_configuration(void **state)
{
	struct settings s;

	(void)state;
	accept(&s, "output: '-'\nsecrets: /etc/s\nbaseline: {file: a/b.db}\n");
	assert_string_equal(s.output, "-");
	assert_string_equal(s.secrets, "/etc/s");
	assert_string_equal(s.baseline, "/tmp/a/b.db");
	settings_free(&s);
}

static void
what_is_wrong_is_said_with_its_line(void **state)
{
	static const struct {
		const char	*text;
		unsigned int	 line;
		const char	*why;
	} v[] = {
		{ "sensor: a\n\nsensors: b\n", 3, "unknown name 'sensors'; is 'sensor' meant?" },
		{ "qqqqqqqq: b\n", 1, "unknown name 'qqqqqqqq'" },
		{ "a: b\n", 1, "unknown name 'a'" },
		{ "rules:\n  encoded_comand:\n    weight: 3\n", 2, "is 'encoded_command' meant?" },
		{ "rules:\n  tunnel:\n    # a\n    wight: 3\n", 4, "is 'weight' meant?" },
		{ "allow:\n- users: [a]\n  client: [b]\n", 3, "is 'clients' meant?" },
		{ "stats: yes\nsensor: a\nstats: no\n", 3, "stats is there twice" },
		{ "rules:\n  tunnel: {weight: 1}\n  tunnel: {weight: 2}\n", 3, "tunnel is there twice" },
		{ "\nstats: maybe\n", 2, "stats: 'maybe' is none of: true, yes, on, false, no, off" },
		{ "stats: 1\n", 1, "none of" },
		{ "stats: True\n", 1, "none of" },
		{ "stats:\n", 1, "none of" },
		{ "score:\n  alert: benign\n", 2, "none of: suspicious, malicious" },
		{ "score: 40\n", 1, "score: 'name: value' lines are needed" },
		{ "sensor: [a]\n", 1, "sensor: a single value is needed" },
		{ "sensor: {a: b}\n", 1, "sensor: a single value is needed" },
		{ "- a\n", 1, "'name: value' lines" },
		{ "a\n", 1, "'name: value' lines" },
		{ "allow:\n  users: [a]\n", 2, "allow: a list is needed" },
		{ "allow:\n- users: a\n", 2, "users: a list is needed" },
		{ "allow:\n- users:\n", 2, "users: a list is needed" },
		{ "allow:\n- tasks: [x]\n  users: []\n", 3, "users: the list is empty" },
		{ "allow:\n- tasks: [x]\n  users: [[a]]\n", 3, "users: a single value" },
		{ "score:\n  suspicious: 0\n", 2, "score.suspicious: '0' is no number from 1 to 100" },
		{ "score:\n  malicious: 101\n", 2, "score.malicious: '101'" },
		{ "score:\n  malicious: 7x\n", 2, "'7x'" },
		{ "score:\n  malicious: 99999999999999999999\n", 2, "no number" },
		{ "score:\n  malicious: 0x50\n", 2, "no number" },
		{ "score:\n  suspicious: 80\n", 2, "malicious (70) is less than suspicious (80)" },
		{ "score:\n  suspicious: 50\n  malicious: 49\n", 3, "malicious (49) is less" },
		{ "score:\n  repeat_minutes: -1\n", 2, "score.repeat_minutes" },
		{ "score:\n  short_lived_seconds: 0\n", 2, "score.short_lived_seconds" },
		{ "score:\n  spread:\n    hosts: 1\n", 3, "score.spread.hosts" },
		{ "score:\n  spread:\n    minutes: 0\n", 3, "score.spread.minutes" },
		{ "rules:\n  tunnel:\n    weight: 101\n", 3, "rules.tunnel.weight: '101' is no number"
		    " from -100 to 100" },
		{ "rules:\n  tunnel: {weight: -101}\n", 2, "rules.tunnel.weight" },
		{ "baseline:\n  half_life_days: 0\n", 2, "baseline.half_life_days" },
		{ "baseline:\n  max_tuples: 10\n", 2, "baseline.max_tuples" },
		{ "allow:\n- tasks: [x]\n- comment: all\n", 3, "no condition" },
		{ "allow:\n- {}\n", 2, "no condition" },
		{ "allow:\n-\n", 2, "'name: value' lines" },
		{ "allow:\n- tasks: [x]\n\n- clients: [10.0.0.1/8]\n", 4, "'10.0.0.1/8' has bits" },
		{ "allow:\n- users: [a]\n  hashes: [abc]\n", 2, "hashes: 'abc' is no SHA-256" },
		{ "allow:\n- users: ['']\n", 2, "users: an empty pattern" },
		{ "allow:\n- users: [a]\n  action: drop\n", 3, "none of: lower, suppress" },
		{ "allow:\n- users: [a]\n  expires: tomorrow\n", 3, "'tomorrow' is no day" },
		{ "allow:\n- users: [a]\n  expires: 2026-13-01\n", 3, "is no day" },
		{ "allow:\n- users: [a]\n  expires: 2026-12-31T00:00:00Z\n", 3, "is no day" },
		{ "sensor: a\n  b: c\n", 2, "mapping values are not allowed" },
		{ "sensor: \"a\\q\"\n", 1, "unknown escape" },
		{ "sensor: [\n", 1, "a single value is needed" },
		{ "allow:\n- users: [\n", 3, "did not find expected" },
		{ "sensor: a\n---\nstats: yes\n", 2, "second document" },
		{ "stats: no\nsensor: &x a\n", 2, "aliases" },
		{ "sensor: *x\n", 1, "aliases" },
		{ "? [a]\n: b\n", 1, "a key is no text" },
		{ "sensor: \"a\\0b\"\n", 1, "NUL" },
		{ "? \"a\\0b\"\n: c\n", 1, "NUL" },
		{ "\"a\\nb\": c\n", 1, "unknown name 'a?b'" },
		{ "sensor: \x01\n", 1, "control characters" },
		{ "sensor: \xff\n", 1, "UTF-8" },
		{ "sensor: a\n\nstats: \xff\n", 3, "UTF-8" },
	};

	(void)state;
	for (size_t i = 0; i < nitems(v); i++)
		refuse(view_str(v[i].text), v[i].line, v[i].why);
}

/* Lists of lists of aliases. */
static void
a_bomb_of_aliases_is_refused(void **state)
{
	(void)state;
	refuse(view_str("allow:\n- tasks: &a [x, x, x, x]\n- tasks: *a\n- tasks: *a\n"), 2, "aliases");
	refuse(view_str("sensor: &a [x]\noutput: &b [*a, *a]\nsecrets: [*b, *b]\n"), 1, "aliases");
	refuse(view_str("&a sensor: &b [*a]\n"), 1, "aliases");
	refuse(view_str("allow: &a [*a]\n"), 1, "aliases");
	refuse(view_str("&a sensor: *a\n"), 1, "aliases");
}

static void
what_is_too_large_is_refused(void **state)
{
	uint8_t *text = malloc(MAX_SETTINGS + 1);
	struct settings s;
	char err[256];
	size_t len;

	(void)state;
	memset(text, '#', MAX_SETTINGS + 1);
	assert_true(read_view(&s, (struct view){ text, MAX_SETTINGS }, err, sizeof(err)));
	settings_free(&s);
	refuse((struct view){ text, MAX_SETTINGS + 1 }, 0, "larger than 1024 KiB");
	memset(text, '[', MAX_SETTINGS);
	refuse((struct view){ text, MAX_SETTINGS }, 1, "'name: value' lines are needed");
	len = (size_t)snprintf((char *)text, MAX_SETTINGS, "allow:\n");
	for (size_t i = 0; i <= MAX_ALLOW; i++)
		len += (size_t)snprintf((char *)text + len, MAX_SETTINGS - len, "- {users: [a]}\n");
	refuse((struct view){ text, len }, 2, "allow: more than 4096 in one list");
	/* One less is fine. */
	assert_true(read_view(&s, (struct view){ text, len - strlen("- {users: [a]}\n") }, err,
	    sizeof(err)));
	assert_int_equal(allow_count(s.allow), MAX_ALLOW);
	settings_free(&s);
	free(text);
}

static void
a_file_that_cannot_be_read_is_named(void **state)
{
	struct settings s;
	char err[256];

	(void)state;
	settings_init(&s);
	assert_false(settings_read(&s, "/nonexistent/a.yaml", err, sizeof(err)));
	assert_string_equal(err, "/nonexistent/a.yaml: No such file or directory");
	assert_false(settings_read(&s, "/", err, sizeof(err)));
	assert_string_equal(err, "/: Is a directory");
	settings_free(&s);
}

static void
every_truncation_is_safe(void **state)
{
	static const char text[] =
	    "sensor: \"a\\x41\"\nscore: {suspicious: 30, spread: {hosts: 4}}\nrules:\n"
	    "  tunnel: {weight: 3, enabled: yes}\nallow:\n- users: ['a', \"b\"]\n"
	    "  expires: 2026-12-31\n- tasks: |\n    x\n";
	struct settings s;
	char err[8];		/* the message is cut, too */

	(void)state;
	for (size_t n = 0; n < sizeof(text); n++) {
		(void)read_view(&s, (struct view){ (const uint8_t *)text, n }, err, sizeof(err));
		assert_non_null(memchr(err, '\0', sizeof(err)));
		settings_free(&s);
	}
}

/* The sample is a comment as a whole.  Without the marks before its settings
 * ("#x", "#  x"; prose is "# x" and "#<tab>x") it says what is shipped. */
static void
the_sample_is_what_is_shipped(void **state)
{
	const char *root = getenv("srcdir");
	char name[512], line[256], text[16384], err[512];
	struct baseline_terms terms;
	struct settings s;
	size_t len = 0;
	FILE *f;

	(void)state;
	snprintf(name, sizeof(name), "%s/data/schedwire.yaml", root != NULL ? root : ".");
	settings_init(&s);
	if (!settings_read(&s, name, err, sizeof(err)))
		fail_msg("%s", err);
	same_as_shipped(&s);
	settings_free(&s);
	assert_non_null(f = fopen(name, "r"));
	while (fgets(line, sizeof(line), f) != NULL)
		if (line[0] == '#' && (strchr(" \t\n", line[1]) == NULL || line[2] == ' ')) {
			const char *from = line + 1;

			assert_true(len + strlen(from) < sizeof(text));
			memcpy(text + len, from, strlen(from));
			len += strlen(from);
		}
	fclose(f);
	text[len] = '\0';
	accept(&s, text);
	assert_string_equal(s.sensor, "dmz-1");
	assert_int_equal(allow_count(s.allow), 1);
	assert_int_equal(s.rules.weight[R_POLICY_BYPASS], 0);
	assert_int_equal(s.rules.weight[R_REMOTE_PATH], 0);
	s.rules.weight[R_POLICY_BYPASS] = rule_info[R_POLICY_BYPASS].weight;
	s.rules.weight[R_REMOTE_PATH] = rule_info[R_REMOTE_PATH].weight;
	free(s.sensor);
	free(s.output);
	free(s.secrets);
	free(s.baseline);
	allow_free(s.allow);
	s.sensor = s.output = s.secrets = s.baseline = NULL;
	s.allow = NULL;
	baseline_terms_init(&terms);
	if (terms.max_tuples == 0)	/* built without a baseline */
		s.baseline_terms = terms;
	same_as_shipped(&s);
	settings_free(&s);
}

static int
make_file(void **state)
{
	int fd = mkstemp(path);

	(void)state;
	return fd < 0 ? -1 : close(fd);
}

static int
remove_file(void **state)
{
	(void)state;
	return unlink(path);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_not_said_stays),
		cmocka_unit_test(all_of_it_is_read),
		cmocka_unit_test(files_lie_beside_the_configuration),
		cmocka_unit_test(what_is_wrong_is_said_with_its_line),
		cmocka_unit_test(a_bomb_of_aliases_is_refused),
		cmocka_unit_test(what_is_too_large_is_refused),
		cmocka_unit_test(a_file_that_cannot_be_read_is_named),
		cmocka_unit_test(every_truncation_is_safe),
		cmocka_unit_test(the_sample_is_what_is_shipped),
	};

	return cmocka_run_group_tests_name("settings", tests, make_file, remove_file);
}
