#include "unit/facts.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>

#include "detect/allow.h"
#include "base/digest.h"
#include "base/limits.h"

#define MAX_WORDS 8

/* The words of a text, split at '|'; NULL stays NULL. */
static char **
list(const char *text)
{
	char **l, *copy, *at, *word;
	size_t n = 0;

	if (text == NULL)
		return NULL;
	l = calloc(MAX_WORDS + 1, sizeof(*l));
	at = copy = strdup(text);
	while (n < MAX_WORDS && (word = strsep(&at, "|")) != NULL)
		l[n++] = strdup(word);
	free(copy);
	return l;
}

struct want {
	const char	*clients, *servers, *users, *tasks, *commands, *hashes;
	int64_t		 expires;
};

static void
fill(struct allow_entry *e, const struct want *w)
{
	*e = (struct allow_entry){
		.clients = list(w->clients), .servers = list(w->servers), .users = list(w->users),
		.tasks = list(w->tasks), .commands = list(w->commands), .hashes = list(w->hashes),
		.expires = w->expires, .action = ALLOW_LOWER, .comment = strdup("test"),
	};
}

static struct allow *
allow_one(const struct want *w)
{
	struct allow_entry *e = calloc(1, sizeof(*e));
	struct allow *a;
	char err[256] = "";

	fill(e, w);
	if ((a = allow_new(e, 1, err, sizeof(err))) == NULL)
		fail_msg("%s", err);
	return a;
}

static bool
holds(const struct want *w, const struct fact *o)
{
	struct allow *a = allow_one(w);
	struct budget scratch;
	const struct allow_entry *e;

	budget_init(&scratch, NULL, MAX_SCORE_MEM);
	e = allow_find(a, &scratch, o);

	assert_true(e == NULL || e == allow_nth(a, 0));
	assert_int_equal(allow_nth(a, 0)->hits, e != NULL);
	allow_free(a);
	return e != NULL;
}

static struct fact *
task(struct facts *f, const char *name, const char *first, const char *second)
{
	struct fact *o = fact_new(&f->budget, FACT_TASK, &f->peers, f->world.now);

	fact_str(o, F_NAME, name);
	fact_next(o, F_ACT_TYPE);
	fact_str(o, F_ACT_TYPE, "exec");
	fact_str(o, F_ACT_COMMAND_LINE, first);
	if (second != NULL) {
		fact_next(o, F_ACT_TYPE);
		fact_str(o, F_ACT_TYPE, "exec");
		fact_str(o, F_ACT_COMMAND_LINE, second);
	}
	return o;
}

static struct fact *
command(struct facts *f, const char *line)
{
	struct fact *o = fact_new(&f->budget, FACT_COMMAND, &f->peers, f->world.now);

	fact_str(o, F_CMD_LINE, line);
	return o;
}

/* ---- */

static void
patterns_match(void **state)
{
	static const struct {
		const char	*pattern, *text;
		bool		 match;
	} v[] = {
		{ "abc", "ABC", true }, { "abc", "abcd", false }, { "abcd", "abc", false },
		{ "*", "x", true }, { "a*", "a", true }, { "*a", "ba", true }, { "*a", "ab", false },
		{ "a*c", "abbc", true }, { "a*c", "abcd", false }, { "a**c", "ac", true },
		{ "*a*b*", "xaxbx", true }, { "*a*b*", "xbxax", false },
		{ "a?c", "abc", true }, { "a?c", "ac", false }, { "???", "abc", true },
		{ "???", "ab", false }, { "?*", "a", true }, { "*?", "a", true },
		{ "*.exe", "a.exe.exe", true }, { "*aab", "aaaab", true }, { "*ab?", "ababc", true },
		{ "t?r", "t\xc3\xbcr", true }, { "t??r", "t\xc3\xbcr", false },
		{ "T\xc3\xbcR", "t\xc3\xbcr", true }, { "T\xc3\x9cR", "t\xc3\xbcr", false },
		{ "[a]", "a", false }, { "\\x", "x", true }, { "x", "\\x", true },
		{ "\\Dir\\*", "dir\\x", true }, { "\\*", "\\a\\b", true },
	};
	struct facts f;
	struct fact *o;

	(void)state;
	facts_init(&f);
	for (size_t i = 0; i < nitems(v); i++) {
		o = task(&f, v[i].text, "a.exe", NULL);
		if (holds(&(struct want){ .tasks = v[i].pattern }, o) != v[i].match)
			fail_msg("'%s' and '%s'", v[i].pattern, v[i].text);
		fact_free(o);
	}
	facts_free(&f);
}

static void
addresses_are_in_networks(void **state)
{
	static const struct {
		const char	*pattern, *address;
		bool		 match;
	} v[] = {
		{ "10.0.0.1", "10.0.0.1", true }, { "10.0.0.1", "10.0.0.2", false },
		{ "10.0.0.0/8", "10.255.1.1", true }, { "10.0.0.0/8", "11.0.0.1", false },
		{ "10.1.2.0/28", "10.1.2.15", true }, { "10.1.2.0/28", "10.1.2.16", false },
		{ "10.0.0.1/32", "10.0.0.1", true }, { "10.0.0.1/32", "10.0.0.3", false },
		{ "0.0.0.0/0", "192.0.2.1", true }, { "0.0.0.0/0", "2001:db8::1", false },
		{ "::/0", "2001:db8::1", true }, { "::/0", "192.0.2.1", false },
		{ "2001:db8::/33", "2001:db8:7fff::1", true },
		{ "2001:db8::/33", "2001:db8:8000::1", false },
		{ "2001:DB8::1", "2001:db8::1", true }, { "2001:db8::1", "2001:db8::2", false },
		{ "2001:db8::1/128", "2001:db8::1", true },
		{ "10.0.*", "10.0.3.4", true }, { "10.0.*", "10.1.3.4", false },
		{ "2001:db8:*", "2001:db8::5", true }, { "*", "10.0.0.1", true },
	};
	struct facts f;
	struct fact *o;

	(void)state;
	facts_init(&f);
	for (size_t i = 0; i < nitems(v); i++) {
		struct addr a = { .v6 = strchr(v[i].address, ':') != NULL };

		assert_int_equal(inet_pton(a.v6 ? AF_INET6 : AF_INET, v[i].address, a.b), 1);
		o = task(&f, "x", "a.exe", NULL);
		o->peers.client = a;
		o->peers.server = (struct addr){ .b = { 198, 51, 100, 1 } };
		if (holds(&(struct want){ .clients = v[i].pattern }, o) != v[i].match)
			fail_msg("'%s' and '%s'", v[i].pattern, v[i].address);
		o->peers.server = a;
		o->peers.client = (struct addr){ .b = { 198, 51, 100, 1 } };
		assert_true(holds(&(struct want){ .servers = v[i].pattern }, o) == v[i].match);
		fact_free(o);
	}
	facts_free(&f);
}

/* What names a client must not stand for a server, nor the other way round. */
static void
hosts_have_names(void **state)
{
	struct facts f;
	struct fact *o;

	(void)state;
	facts_init(&f);
	o = task(&f, "x", "a.exe", NULL);
	assert_false(holds(&(struct want){ .clients = "ws7" }, o));
	fact_str(o, F_AUTH_WORKSTATION, "WS7");
	assert_true(holds(&(struct want){ .clients = "ws7" }, o));
	assert_true(holds(&(struct want){ .clients = "other|WS?" }, o));
	assert_false(holds(&(struct want){ .servers = "ws7" }, o));
	fact_str(o, F_SMB_HOST, "WS8");
	assert_true(holds(&(struct want){ .clients = "ws8" }, o));
	fact_str(o, F_SMB_SHARE, "\\\\FS01\\IPC$");
	assert_true(holds(&(struct want){ .servers = "fs01" }, o));
	assert_false(holds(&(struct want){ .servers = "IPC$" }, o));
	assert_false(holds(&(struct want){ .clients = "fs01" }, o));
	fact_str(o, F_AUTH_SERVICE, "HOST/dc1.corp.example");
	assert_true(holds(&(struct want){ .servers = "*.corp.example" }, o));
	assert_false(holds(&(struct want){ .servers = "host" }, o));
	fact_str(o, F_HTTP_HOST, "web:5985");
	assert_true(holds(&(struct want){ .servers = "web" }, o));
	fact_free(o);
	facts_free(&f);
}

static void
users_have_domains(void **state)
{
	static const struct {
		const char	*pattern, *user, *domain, *realm;
		bool		 match;
	} v[] = {
		{ "svc", "SVC", NULL, NULL, true }, { "svc", "svc", "CORP", NULL, true },
		{ "svc", "svc2", NULL, NULL, false }, { "svc", NULL, NULL, NULL, false },
		{ "*", NULL, "CORP", NULL, false },
		{ "corp\\svc", "svc", "CORP", NULL, true }, { "corp\\svc", "svc", "CORP2", NULL, false },
		{ "corp\\svc", "svc", NULL, NULL, false }, { "corp\\svc", "svc", NULL, "CORP", false },
		{ "corp\\*", "svc", "CORP", NULL, true }, { "*\\svc", "svc", "X", NULL, true },
		{ "svc@corp.example", "svc", NULL, "CORP.EXAMPLE", true },
		{ "svc@corp.example", "svc", NULL, "CORP.TEST", false },
		{ "svc@corp.example", "svc@corp.example", NULL, NULL, true },
		{ "svc@corp.example", "svc", "CORP", NULL, false },
		{ "*@corp.example", "a", NULL, "CORP.EXAMPLE", true },
		{ "a\\b\\c", "b\\c", "a", NULL, true },
	};
	struct facts f;
	struct fact *o;

	(void)state;
	facts_init(&f);
	for (size_t i = 0; i < nitems(v); i++) {
		o = task(&f, "x", "a.exe", NULL);
		if (v[i].user != NULL)
			fact_str(o, F_AUTH_USER, v[i].user);
		if (v[i].domain != NULL)
			fact_str(o, F_AUTH_DOMAIN, v[i].domain);
		if (v[i].realm != NULL)
			fact_str(o, F_AUTH_REALM, v[i].realm);
		if (holds(&(struct want){ .users = v[i].pattern }, o) != v[i].match)
			fail_msg("'%s' and '%s'", v[i].pattern, v[i].user);
		fact_free(o);
	}
	facts_free(&f);
}

/* An entry for one action must not let a second one through. */
static void
every_action_must_match(void **state)
{
	const struct want w = { .commands = "C:\\Vendor\\agent.exe --nightly|c:\\vendor\\log.exe" };
	struct facts f;
	struct fact *o;

	(void)state;
	facts_init(&f);
	o = task(&f, "x", "c:\\vendor\\AGENT.exe --nightly", NULL);
	assert_true(holds(&w, o));
	fact_free(o);
	o = task(&f, "x", "c:\\vendor\\agent.exe --nightly", "C:\\Vendor\\log.exe");
	assert_true(holds(&w, o));
	fact_free(o);
	o = task(&f, "x", "c:\\vendor\\agent.exe --nightly", "cmd.exe /c evil.bat");
	assert_false(holds(&w, o));
	fact_free(o);
	o = task(&f, "x", "cmd.exe /c evil.bat", "c:\\vendor\\agent.exe --nightly");
	assert_false(holds(&w, o));
	fact_free(o);
	o = task(&f, "x", "c:\\vendor\\agent.exe --nightly & evil.bat", NULL);
	assert_false(holds(&w, o));
	fact_free(o);
	/* No program, so no command line that could match. */
	o = task(&f, "x", "c:\\vendor\\agent.exe --nightly", NULL);
	fact_next(o, F_ACT_TYPE);
	fact_str(o, F_ACT_CLASS_ID, "{00000000-0000-0000-0000-000000000000}");
	assert_false(holds(&w, o));
	assert_false(holds(&(struct want){ .commands = "*" }, o));
	fact_free(o);
	/* Something of it was not kept: nobody knows what. */
	o = task(&f, "x", "c:\\vendor\\agent.exe --nightly", NULL);
	o->cut = true;
	assert_false(holds(&w, o));
	assert_true(holds(&(struct want){ .tasks = "x" }, o));
	fact_free(o);
	/* Without actions (a deletion, a sealed call) there is nothing to match. */
	o = fact_new(&f.budget, FACT_TASK, &f.peers, f.world.now);
	fact_str(o, F_NAME, "x");
	assert_false(holds(&(struct want){ .commands = "*" }, o));
	fact_free(o);
	facts_free(&f);
}

/* A definition that is full may have had more. */
static void
more_actions_than_are_kept_are_not_allowed(void **state)
{
	struct facts f;
	struct fact *o;

	(void)state;
	facts_init(&f);
	o = task(&f, "x", "a.exe", NULL);
	for (size_t i = 1; i < MAX_ACTIONS - 1; i++) {
		fact_next(o, F_ACT_TYPE);
		fact_str(o, F_ACT_COMMAND_LINE, "a.exe");
	}
	assert_true(holds(&(struct want){ .commands = "a.exe" }, o));
	fact_next(o, F_ACT_TYPE);
	fact_str(o, F_ACT_COMMAND_LINE, "a.exe");
	assert_false(holds(&(struct want){ .commands = "a.exe" }, o));
	fact_next(o, F_ACT_TYPE);
	fact_str(o, F_ACT_COMMAND_LINE, "b.exe");
	assert_false(holds(&(struct want){ .commands = "a.exe" }, o));
	fact_free(o);
	facts_free(&f);
}

static void
commands_match_in_plain_form(void **state)
{
	struct facts f;
	struct fact *o;

	(void)state;
	facts_init(&f);
	o = command(&f, "%windir%\\system32\\^whoami.exe   /all");
	assert_true(holds(&(struct want){ .commands = "c:\\windows\\system32\\whoami.exe /all" }, o));
	assert_true(holds(&(struct want){ .commands = "%WINDIR%\\system32\\^whoami.exe   /all" }, o));
	assert_false(holds(&(struct want){ .commands = "whoami.exe /all" }, o));
	fact_str(o, F_CMD_SCRIPT, "Get-Date");
	assert_false(holds(&(struct want){ .commands = "*whoami.exe /all" }, o));
	assert_true(holds(&(struct want){ .commands = "*whoami.exe /all|get-date" }, o));
	fact_free(o);
	facts_free(&f);
}

static void
hashes_match(void **state)
{
	char a[65], b[65], both[131];
	struct facts f;
	struct fact *o;

	(void)state;
	facts_init(&f);
	sha256_hex(view_str("a.exe"), a);
	sha256_hex(view_str("b.exe"), b);
	snprintf(both, sizeof(both), "%s|%s", a, b);
	o = task(&f, "x", "a.exe", "b.exe");
	assert_true(holds(&(struct want){ .hashes = both }, o));
	assert_false(holds(&(struct want){ .hashes = a }, o));
	fact_str(o, F_XML_SHA256, a);
	assert_true(holds(&(struct want){ .hashes = a }, o));
	fact_free(o);
	o = command(&f, "a.exe");
	assert_true(holds(&(struct want){ .hashes = a }, o));
	assert_false(holds(&(struct want){ .hashes = b }, o));
	fact_free(o);
	facts_free(&f);
}

static void
an_entry_ends(void **state)
{
	struct facts f;
	struct fact *o;

	(void)state;
	facts_init(&f);
	o = task(&f, "x", "a.exe", NULL);
	assert_true(holds(&(struct want){ .tasks = "x", .expires = o->at.us + 1 }, o));
	assert_false(holds(&(struct want){ .tasks = "x", .expires = o->at.us }, o));
	fact_free(o);
	facts_free(&f);
}

static void
every_list_must_hold(void **state)
{
	struct want w = { .clients = "10.0.0.1", .servers = "10.0.0.2", .users = "a", .tasks = "x",
	    .commands = "a.exe" };
	const char **const lists[] = { &w.clients, &w.servers, &w.users, &w.tasks, &w.commands };
	struct facts f;
	struct fact *o;

	(void)state;
	facts_init(&f);
	o = task(&f, "x", "a.exe", NULL);
	fact_str(o, F_AUTH_USER, "a");
	assert_true(holds(&w, o));
	for (size_t i = 0; i < nitems(lists); i++) {
		const char *was = *lists[i];

		*lists[i] = "other";
		assert_false(holds(&w, o));
		*lists[i] = was;
	}
	fact_free(o);
	facts_free(&f);
}

static void
the_first_that_holds_counts(void **state)
{
	struct allow_entry *e = calloc(3, sizeof(*e));
	struct allow *a;
	struct facts f;
	struct fact *o;
	char err[128];

	(void)state;
	facts_init(&f);
	fill(&e[0], &(struct want){ .tasks = "y" });
	fill(&e[1], &(struct want){ .tasks = "x" });
	fill(&e[2], &(struct want){ .tasks = "*" });
	assert_non_null(a = allow_new(e, 3, err, sizeof(err)));
	assert_int_equal(allow_count(a), 3);
	o = task(&f, "x", "a.exe", NULL);
	assert_ptr_equal(allow_find(a, &f.budget, o), allow_nth(a, 1));
	assert_ptr_equal(allow_find(a, &f.budget, o), allow_nth(a, 1));
	assert_int_equal(allow_nth(a, 1)->hits, 2);
	assert_int_equal(allow_nth(a, 2)->hits, 0);
	o->kind = FACT_ANOMALY;
	assert_null(allow_find(a, &f.budget, o));
	assert_null(allow_find(a, &f.budget, NULL));
	assert_null(allow_find(NULL, &f.budget, o));
	fact_free(o);
	allow_free(a);
	allow_free(NULL);
	assert_int_equal(allow_count(NULL), 0);
	facts_free(&f);
}

static void
wrong_entries_are_refused(void **state)
{
	static const struct {
		struct want	 w;
		const char	*why;
	} v[] = {
		{ { .clients = NULL }, "no condition" },
		{ { .expires = 1 }, "no condition" },
		{ { .clients = "10.0.0.1/8" }, "bits behind its prefix" },
		{ { .clients = "2001:db8::1/64" }, "bits behind its prefix" },
		{ { .servers = "10.0.0.0/33" }, "servers: '10.0.0.0/33' is no" },
		{ { .clients = "10.0.0.0/" }, "is no address" },
		{ { .clients = "10.0.0.0/08x" }, "is no address" },
		{ { .clients = "10.0.0.0/-1" }, "is no address" },
		{ { .clients = "::/129" }, "is no address" },
		{ { .clients = "::/1280" }, "is no address" },
		{ { .clients = "10.0.0.256" }, "is no address" },
		{ { .clients = "10.0.0" }, "is no address" },
		{ { .clients = "2001:db8::g" }, "is no address" },
		{ { .clients = "ws7/8" }, "is no address" },
		{ { .clients = "" }, "clients: '' is no address" },
		{ { .users = "a|" }, "users: an empty pattern" },
		{ { .hashes = "0123" }, "is no SHA-256" },
		{ { .hashes = "g123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef" },
		    "is no SHA-256" },
	};
	char err[256], *big = calloc(1, MAX_ALLOW_PATTERN + 2);
	struct allow_entry *e;

	(void)state;
	for (size_t i = 0; i < nitems(v); i++) {
		e = calloc(2, sizeof(*e));
		fill(&e[0], &(struct want){ .tasks = "x" });
		fill(&e[1], &v[i].w);
		assert_null(allow_new(e, 2, err, sizeof(err)));
		if (strstr(err, v[i].why) == NULL)
			fail_msg("%s: %s", v[i].why, err);
	}
	memset(big, 'a', MAX_ALLOW_PATTERN + 1);
	e = calloc(1, sizeof(*e));
	fill(e, &(struct want){ .tasks = big });
	assert_null(allow_new(e, 1, err, sizeof(err)));
	assert_non_null(strstr(err, "more than 1024 bytes"));
	e = calloc(1, sizeof(*e));
	fill(e, &(struct want){ .tasks = "x" });
	e->action = ALLOW_NO;
	assert_null(allow_new(e, 1, err, sizeof(err)));
	assert_non_null(strstr(err, "no action"));
	free(big);
}

/* What a hostile text can make it cost is its length times a pattern's. */
static void
a_long_text_takes_no_long_time(void **state)
{
	size_t len = 1u << 20;
	struct facts f;
	struct fact *o;
	char *text = malloc(len + 1);

	(void)state;
	facts_init(&f);
	memset(text, 'a', len);
	text[len] = '\0';
	o = command(&f, text);
	assert_false(holds(&(struct want){ .commands = "*a*a*a*a*a*a*a*a*aab|*aaaaaaaaaaaaaaaab" }, o));
	fact_free(o);
	free(text);
	facts_free(&f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(patterns_match),
		cmocka_unit_test(addresses_are_in_networks),
		cmocka_unit_test(hosts_have_names),
		cmocka_unit_test(users_have_domains),
		cmocka_unit_test(every_action_must_match),
		cmocka_unit_test(more_actions_than_are_kept_are_not_allowed),
		cmocka_unit_test(commands_match_in_plain_form),
		cmocka_unit_test(hashes_match),
		cmocka_unit_test(an_entry_ends),
		cmocka_unit_test(every_list_must_hold),
		cmocka_unit_test(the_first_that_holds_counts),
		cmocka_unit_test(wrong_entries_are_refused),
		cmocka_unit_test(a_long_text_takes_no_long_time),
	};

	return cmocka_run_group_tests_name("allow", tests, NULL, NULL);
}
