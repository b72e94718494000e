#include "unit/lives.h"

#include "detect/alert.h"

static const struct view none;

static struct fact *
fact_of(struct lives *l, enum fact_kind kind)
{
	return fact_new(&l->facts, kind, &l->peers,
	    (struct packet_ref){ .us = l->now, .pkt = 1, .source = "test" });
}

static int64_t
number(const struct fact *o, enum field f)
{
	int64_t n = -1;

	assert_true(fact_get_int(o, f, &n));
	return n;
}

/* The strings of a list, one behind another. */
static const char *
all_of(const struct fact *o, enum field f)
{
	static char text[512];
	size_t n = 0;

	text[0] = '\0';
	for (const struct fact_item *i = NULL; (i = fact_each(o, i)) != NULL;)
		if (i->field == f)
			n += (size_t)snprintf(text + n, sizeof(text) - n, "%s%s",
			    n > 0 ? " " : "", i->str);
	assert_true(n < sizeof(text));
	return text;
}

/* ---- The object ---- */

static void
the_heaviest_reason_leads(void **state)
{
	struct rule_set rules;
	struct findings f;
	struct lives l;
	struct fact *o;

	(void)state;
	lives_init(&l);
	rule_set_init(&rules);
	findings_init(&f);
	found(&f, R_HIDDEN_WINDOW, none);
	found(&f, R_ENCODED_COMMAND, none);
	found(&f, R_OBFUSCATED, none);		/* T1027.010, too */
	found(&f, R_AS_SYSTEM, none);		/* T1053.005, as any such task */
	found(&f, R_WINDOWS_TASK, none);
	o = fact(&l, "create", "\\A", 0);
	fact_str(o, F_RPC_IFACE, "ITaskSchedulerService");
	alert_set(o, &f, &rules);
	assert_string_equal(fact_get(o, F_ALERT_ACTION), "allowed");
	assert_int_equal(number(o, F_ALERT_GID), 1);
	assert_int_equal(number(o, F_ALERT_SID), rule_info[R_ENCODED_COMMAND].sid);
	assert_int_equal(number(o, F_ALERT_REV), 1);
	assert_string_equal(fact_get(o, F_ALERT_SIGNATURE),
	    "SCHEDWIRE remote scheduled task: runs an encoded PowerShell command");
	assert_string_equal(all_of(o, F_ALERT_TECHNIQUE_ID), "T1053.005 T1027.010 T1564.003");
	assert_string_equal(all_of(o, F_ALERT_TECHNIQUE),
	    "Scheduled Task Command Obfuscation Hidden Window");
	assert_string_equal(all_of(o, F_ALERT_TACTIC_ID), "TA0002 TA0005");
	assert_string_equal(all_of(o, F_ALERT_TACTIC), "Execution Defense Evasion");
	fact_free(o);
	/* What is off leads nothing and tells nothing. */
	rules.weight[R_ENCODED_COMMAND] = rules.weight[R_OBFUSCATED] = 0;
	o = fact(&l, "create", "\\A", 0);
	alert_set(o, &f, &rules);
	assert_int_equal(number(o, F_ALERT_SID), rule_info[R_HIDDEN_WINDOW].sid);
	assert_string_equal(all_of(o, F_ALERT_TECHNIQUE_ID), "T1053.005 T1564.003");
	fact_free(o);
	lives_free(&l);
}

static void
severity_follows_the_verdict(void **state)
{
	static const struct {
		enum rule	 found;
		int64_t		 severity;
		const char	*category;
	} verdicts[] = {
		{ R_CREDENTIALS, 1, "Attempted Administrator Privilege Gain" },
		{ R_DISCOVERY, 2, "Potentially Bad Traffic" },
		{ R_HIDDEN_WINDOW, 3, "Potentially Bad Traffic" },
	};
	struct rule_set rules;
	struct findings f;
	struct lives l;

	(void)state;
	lives_init(&l);
	rule_set_init(&rules);
	for (size_t i = 0; i < nitems(verdicts); i++) {
		struct fact *o = fact(&l, "create", "\\A", 0);

		findings_init(&f);
		found(&f, verdicts[i].found, none);
		alert_set(o, &f, &rules);
		assert_int_equal(number(o, F_ALERT_SEVERITY), verdicts[i].severity);
		assert_string_equal(fact_get(o, F_ALERT_CATEGORY), verdicts[i].category);
		fact_free(o);
	}
	lives_free(&l);
}

static void
ways_have_techniques(void **state)
{
	static const struct {
		enum fact_kind	 kind;
		enum field	 field;
		const char	*way, *technique, *tactic;
	} ways[] = {
		{ FACT_TASK, F_RPC_IFACE, "ATSvc", "T1053.002", "TA0002" },
		{ FACT_TASK, F_RPC_IFACE, "ITaskSchedulerService", "T1053.005", "TA0002" },
		{ FACT_TASK, F_ROUTE, "file", "T1053.005", "TA0002" },
		{ FACT_TASK, F_ROUTE, "winrm", "T1053.005", "TA0002" },
		{ FACT_COMMAND, F_ROUTE, "winrm", "T1021.006", "TA0008" },
		{ FACT_COMMAND, F_ROUTE, "wmi", "T1047", "TA0002" },
		{ FACT_COMMAND, F_ROUTE, "service", "T1569.002", "TA0002" },
	};
	struct rule_set rules;
	struct findings f;
	struct lives l;

	(void)state;
	lives_init(&l);
	rule_set_init(&rules);
	findings_init(&f);
	found(&f, R_DISCOVERY, none);
	for (size_t i = 0; i < nitems(ways); i++) {
		struct fact *o = fact_of(&l, ways[i].kind);
		char want[64];

		fact_str(o, ways[i].field, ways[i].way);
		alert_set(o, &f, &rules);
		snprintf(want, sizeof(want), "%s T1082", ways[i].technique);
		assert_string_equal(all_of(o, F_ALERT_TECHNIQUE_ID), want);
		snprintf(want, sizeof(want), "%s TA0007", ways[i].tactic);
		assert_string_equal(all_of(o, F_ALERT_TACTIC_ID), want);
		assert_string_equal(fact_get(o, F_ALERT_SIGNATURE), ways[i].kind == FACT_COMMAND ?
		    "SCHEDWIRE remote command: collects information about users, hosts or the configuration" :
		    "SCHEDWIRE remote scheduled task: collects information about users, hosts or the configuration");
		fact_free(o);
	}
	lives_free(&l);
}

static void
no_reason_is_no_alert(void **state)
{
	struct rule_set rules;
	struct findings f;
	struct lives l;
	struct fact *o;

	(void)state;
	lives_init(&l);
	rule_set_init(&rules);
	findings_init(&f);
	found(&f, R_WINDOWS_TASK, none);
	o = fact(&l, "create", "\\A", 0);
	alert_set(o, &f, &rules);
	assert_null(fact_get(o, F_ALERT_SIGNATURE));
	fact_free(o);
	lives_free(&l);
}

/* Every signature fits its buffer: none is cut. */
static void
signatures_are_whole(void **state)
{
	struct rule_set rules;
	struct findings f;
	struct lives l;

	(void)state;
	lives_init(&l);
	rule_set_init(&rules);
	for (enum rule r = 0; r < R_MAX; r++) {
		struct fact *o = fact(&l, "create", "\\A", 0);
		const char *signature;

		findings_init(&f);
		found(&f, r, none);
		alert_set(o, &f, &rules);
		if (rule_info[r].weight > 0) {
			assert_non_null(signature = fact_get(o, F_ALERT_SIGNATURE));
			assert_non_null(strstr(signature, rule_info[r].sentence));
		}
		fact_free(o);
	}
	lives_free(&l);
}

/* ---- Repeats ---- */

struct bench {
	struct lives	 l;
	struct budget	 b;
	struct alerts	*a;
};

static void
bench_init(struct bench *b)
{
	lives_init(&b->l);
	budget_init(&b->b, NULL, MAX_KEPT_MEM);
	assert_non_null(b->a = alerts_new(&b->l.stats, &b->b, HOUR));
}

static void
bench_free(struct bench *b)
{
	alerts_free(b->a);
	assert_int_equal(b->b.used, 0);
	lives_free(&b->l);
}

static unsigned int
count(struct bench *b, const char *name, enum rule lead)
{
	struct fact *o = fact(&b->l, "create", name, 0);
	unsigned int n = alerts_count(b->a, o, lead);

	fact_free(o);
	return n;
}

static void
repeats_count_within_the_window(void **state)
{
	struct bench b;

	(void)state;
	bench_init(&b);
	for (unsigned int i = 1; i <= 6; i++, b.l.now += 10 * MINUTE)
		assert_int_equal(count(&b, "\\A", R_DOWNLOAD), i);
	/* The window is of the first, so one that goes on is told again. */
	assert_int_equal(count(&b, "\\A", R_DOWNLOAD), 1);
	assert_int_equal(count(&b, "\\A", R_DOWNLOAD), 2);
	b.l.now -= SECOND;
	assert_int_equal(count(&b, "\\A", R_DOWNLOAD), 3);
	/* An older capture is another time. */
	b.l.now -= 1000 * HOUR;
	assert_int_equal(count(&b, "\\A", R_DOWNLOAD), 1);
	assert_int_equal(count(&b, "\\A", R_DOWNLOAD), 2);
	bench_free(&b);
}

/* What is forgotten leaves its place to others. */
static void
alerts_of_long_ago_do_not_fill_the_table(void **state)
{
	struct bench b;

	(void)state;
	bench_init(&b);
	for (unsigned int i = 0; i < MAX_ALERTS_TOLD + 10; i++, b.l.now += 2 * HOUR)
		assert_int_equal(count(&b, "\\A", R_DOWNLOAD), 1);
	assert_int_equal(b.l.stats.n[STAT_ALERTS_LIMIT], 0);
	bench_free(&b);
}

static void
what_differs_is_no_repeat(void **state)
{
	struct bench b;

	(void)state;
	bench_init(&b);
	assert_int_equal(count(&b, "\\A", R_DOWNLOAD), 1);
	assert_int_equal(count(&b, "\\B", R_DOWNLOAD), 1);
	assert_int_equal(count(&b, "\\A", R_TUNNEL), 1);
	b.l.peers.server.b[3]++;
	assert_int_equal(count(&b, "\\A", R_DOWNLOAD), 1);
	b.l.peers.server.b[3]--;
	b.l.peers.client.b[3]++;
	assert_int_equal(count(&b, "\\A", R_DOWNLOAD), 1);
	b.l.peers.client.b[3]--;
	b.l.peers.cport++;
	b.l.peers.flow_id++;
	assert_int_equal(count(&b, "\\A", R_DOWNLOAD), 2);
	bench_free(&b);
}

static void
without_a_name_the_text_tells(void **state)
{
	static const struct {
		enum fact_kind	 kind;
		enum field	 field;
	} texts[] = {
		{ FACT_TASK, F_ACT_COMMAND_LINE }, { FACT_TASK, F_XML_SHA256 },
		{ FACT_COMMAND, F_CMD_LINE }, { FACT_COMMAND, F_CMD_SCRIPT },
	};
	struct bench b;

	(void)state;
	bench_init(&b);
	for (size_t i = 0; i < nitems(texts); i++)
		for (unsigned int k = 0; k < 6; k++) {
			struct fact *o = fact_of(&b.l, texts[i].kind);
			char text[16];

			snprintf(text, sizeof(text), "%zu.%u", i, k % 3);
			fact_str(o, texts[i].field, text);
			assert_int_equal(alerts_count(b.a, o, R_DOWNLOAD), k / 3 + 1);
			assert_int_equal(alerts_count(b.a, o, R_TUNNEL), k / 3 + 1);
			fact_free(o);
		}
	bench_free(&b);
}

static void
sealed_ones_are_never_the_same(void **state)
{
	struct bench b;

	(void)state;
	bench_init(&b);
	for (int i = 0; i < 10; i++) {
		struct fact *o = fact(&b.l, "create", NULL, 2968);

		assert_int_equal(alerts_count(b.a, o, R_OUTPUT_READ), 1);
		fact_free(o);
	}
	bench_free(&b);
}

static void
distinct_names_are_never_held_back(void **state)
{
	struct bench b;
	char name[32];
	size_t full = 0;

	(void)state;
	bench_init(&b);
	for (int i = 0; i < MAX_ALERTS_TOLD + 5000; i++) {
		snprintf(name, sizeof(name), "\\T%d", i);
		assert_int_equal(count(&b, name, R_DOWNLOAD), 1);
		if (i == MAX_ALERTS_TOLD - 1)
			full = b.b.used;
	}
	assert_int_equal(b.b.used, full);
	assert_true(full <= 14u << 20);
	assert_int_equal(b.l.stats.n[STAT_ALERTS_LIMIT], 5000);
	assert_int_equal(count(&b, name, R_DOWNLOAD), 2);
	assert_int_equal(count(&b, "\\T0", R_DOWNLOAD), 1);
	bench_free(&b);
}

static void
a_spent_budget_tells_all(void **state)
{
	(void)state;
	for (size_t limit = 0; limit < 1000; limit += 8) {
		struct bench b;

		bench_init(&b);
		alerts_free(b.a);
		b.b.limit = limit;
		if ((b.a = alerts_new(&b.l.stats, &b.b, HOUR)) == NULL) {
			assert_int_equal(b.b.used, 0);
			lives_free(&b.l);
			continue;
		}
		assert_int_equal(count(&b, "\\A", R_DOWNLOAD), 1);
		assert_int_equal(count(&b, "\\B", R_DOWNLOAD), 1);
		assert_int_equal(count(&b, "\\C", R_DOWNLOAD), 1);
		bench_free(&b);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_heaviest_reason_leads),
		cmocka_unit_test(severity_follows_the_verdict),
		cmocka_unit_test(ways_have_techniques),
		cmocka_unit_test(no_reason_is_no_alert),
		cmocka_unit_test(signatures_are_whole),
		cmocka_unit_test(repeats_count_within_the_window),
		cmocka_unit_test(alerts_of_long_ago_do_not_fill_the_table),
		cmocka_unit_test(what_differs_is_no_repeat),
		cmocka_unit_test(without_a_name_the_text_tells),
		cmocka_unit_test(sealed_ones_are_never_the_same),
		cmocka_unit_test(distinct_names_are_never_held_back),
		cmocka_unit_test(a_spent_budget_tells_all),
	};

	return cmocka_run_group_tests_name("alert", tests, NULL, NULL);
}
