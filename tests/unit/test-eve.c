#include "unit/evedesk.h"
#include "base/utf16.h"

static const char *
text_of(json_t *j, const char *key)
{
	return json_string_value(json_object_get(json_object_get(j, "task"), key));
}

static bool
cut(json_t *task, const char *flag)
{
	return json_is_true(json_object_get(task, flag));
}

/* A text of n bytes made of repetitions; the caller frees it. */
static char *
repeat(const char *s, size_t n)
{
	char *p = malloc(n + 1);
	size_t len = strlen(s);

	assert_non_null(p);
	for (size_t i = 0; i < n; i++)
		p[i] = s[i % len];
	p[n] = '\0';
	return p;
}

static void
a_record_reads_as_the_contract_says(void **state)
{
	struct desk *d = offline_new(false);
	struct fact *o = task(d);

	(void)state;
	/* In an order that isn't field.def's. */
	fact_str(o, F_NAME, "\\WOeiLwKF");
	fact_str(o, F_ACTION, "create");
	fact_next(o, F_ACT_TYPE);
	fact_str(o, F_ACT_COMMAND, "cmd.exe");
	fact_str(o, F_ACT_TYPE, "exec");
	fact_next(o, F_ACT_TYPE);		/* says nothing, so leaves no trace */
	fact_next(o, F_ACT_TYPE);
	fact_str(o, F_ACT_TYPE, "com_handler");
	fact_bool(o, F_SET_HIDDEN, true);
	fact_int(o, F_SET_RESTART_COUNT, 3);
	fact_utf8(o, F_FLAGS, view_str("create"));
	fact_utf8(o, F_FLAGS, view_str("update"));
	fact_int(o, F_RPC_CALL_ID, 2);
	fact_int(o, F_RPC_OPNUM, 1);
	fact_str(o, F_RPC_IFACE, "ITaskSchedulerService");
	fact_next(o, F_RPC_IFACE_UUID);
	fact_str(o, F_RPC_IFACE_VERSION, "1.0");
	fact_str(o, F_SMB_PIPE, "atsvc");
	fact_str(o, F_SMB_USER, "svc_backup");
	fact_bool(o, F_SMB_ENCRYPTED, false);
	fact_str(o, F_APP_PROTO, "smb");
	say(d, o);
	assert_string_equal(d->line,
	    "{\"timestamp\":\"2026-11-22T15:13:19.486457+0000\",\"flow_id\":1234567890,"
	    "\"event_type\":\"task\",\"pcap_filename\":\"atexec.pcap\",\"pcap_cnt\":41,"
	    "\"src_ip\":\"10.1.2.4\",\"src_port\":49152,\"dest_ip\":\"10.1.2.3\",\"dest_port\":445,"
	    "\"proto\":\"TCP\",\"app_proto\":\"smb\","
	    "\"community_id\":\"1:eUWmO6Kg4OlMpKyU3dw15kQGcK0=\","
	    "\"smb\":{\"named_pipe\":\"atsvc\",\"encrypted\":false,\"ntlmssp\":{\"user\":\"svc_backup\"}},"
	    "\"dcerpc\":{\"call_id\":2,\"req\":{\"opnum\":1},\"interfaces\":[{\"version\":\"1.0\"}],"
	    "\"interface\":\"ITaskSchedulerService\"},"
	    "\"task\":{\"action\":\"create\",\"name\":\"\\\\WOeiLwKF\","
	    "\"actions\":[{\"type\":\"exec\",\"command\":\"cmd.exe\"},{\"type\":\"com_handler\"}],"
	    "\"settings\":{\"restart_on_failure\":{\"count\":3},\"hidden\":true},"
	    "\"flags\":[\"create\",\"update\"]}}\n");
	offline_free(d);
}

static void
a_command_reads_as_the_contract_says(void **state)
{
	struct desk *d = offline_new(false);
	struct fact *o = command(d);

	(void)state;
	fact_str(o, F_CMD_SCRIPT, "iex $x");
	fact_str(o, F_CMD_SHELL, "powershell");
	fact_str(o, F_CMD_KIND, "psrp");
	fact_int(o, F_CMD_EXIT, 0);
	fact_str(o, F_OUTCOME, "success");
	fact_next(o, F_CMD_DEC_METHOD);
	fact_str(o, F_CMD_DEC_METHOD, "base64");
	fact_str(o, F_CMD_DEC_TEXT, "whoami");
	fact_next(o, F_CMD_DEC_METHOD);
	fact_str(o, F_CMD_DEC_METHOD, "gzip");
	fact_str(o, F_CMD_DEC_TEXT, "hostname");
	fact_str(o, F_WINRM_PROTOCOL, "psrp");
	fact_str(o, F_WINRM_ENCRYPTION, "none");
	fact_str(o, F_AUTH_USER, "ops");
	fact_str(o, F_HTTP_URL, "/wsman");
	fact_int(o, F_HTTP_STATUS, 200);
	fact_str(o, F_APP_PROTO, "http");
	say(d, o);
	assert_string_equal(d->line,
	    "{\"timestamp\":\"2026-11-22T15:13:19.486457+0000\",\"flow_id\":1234567890,"
	    "\"event_type\":\"command\",\"pcap_filename\":\"winrm.pcap\",\"pcap_cnt\":41,"
	    "\"src_ip\":\"10.1.2.4\",\"src_port\":49152,\"dest_ip\":\"10.1.2.3\","
	    "\"dest_port\":5985,\"proto\":\"TCP\",\"app_proto\":\"http\","
	    "\"community_id\":\"1:ez4GTgPaY7hcVgRilAf5S6BjZGM=\","
	    "\"auth\":{\"user\":\"ops\"},\"http\":{\"url\":\"/wsman\",\"status\":200},"
	    "\"winrm\":{\"protocol\":\"psrp\",\"encryption\":\"none\"},"
	    "\"command\":{\"route\":\"winrm\",\"kind\":\"psrp\",\"visibility\":\"clear\","
	    "\"shell\":\"powershell\",\"script\":\"iex $x\",\"outcome\":\"success\","
	    "\"exit_code\":0,\"decoded\":[{\"method\":\"base64\",\"text\":\"whoami\"},"
	    "{\"method\":\"gzip\",\"text\":\"hostname\"}]}}\n");
	offline_free(d);
}

/* EVE.md's order: a script before what was decoded, that before all else. */
static void
what_was_decoded_gives_way_before_the_rest(void **state)
{
	struct desk *d = offline_new(false);
	char *big = repeat("schtasks ", 40000);
	struct fact *o = command(d);
	json_t *j, *c, *e;

	(void)state;
	fact_str(o, F_CMD_LINE, big);
	fact_next(o, F_CMD_DEC_METHOD);
	fact_str(o, F_CMD_DEC_METHOD, "base64");
	fact_str(o, F_CMD_DEC_TEXT, big);
	say(d, o);
	j = parsed(d);
	c = json_object_get(j, "command");
	e = json_array_get(json_object_get(c, "decoded"), 0);
	assert_string_equal(json_string_value(json_object_get(c, "command_line")), big);
	assert_in_range(json_string_length(json_object_get(e, "text")), 20000, 39999);
	assert_true(cut(e, "text_truncated"));
	json_decref(j);

	o = command(d);
	fact_str(o, F_CMD_SCRIPT, big);
	fact_next(o, F_CMD_DEC_METHOD);
	fact_str(o, F_CMD_DEC_TEXT, big);
	say(d, o);
	j = parsed(d);
	c = json_object_get(j, "command");
	e = json_array_get(json_object_get(c, "decoded"), 0);
	assert_string_equal(json_string_value(json_object_get(e, "text")), big);
	assert_true(cut(c, "script_truncated"));
	json_decref(j);
	free(big);
	offline_free(d);
}

static void
a_live_record_names_its_interface_and_tags(void **state)
{
	struct desk *d = offline_new(true);
	struct peers p = peers("10.1.2.4", 49152, "10.1.2.3", 445);
	struct fact *o;

	(void)state;
	p.vlan[0] = 100;
	p.vlan[1] = 7;
	p.nvlan = 2;
	o = fact_new(&d->budget, FACT_ANOMALY, &p, (struct packet_ref){ 5, 1, "eth0" });
	fact_str(o, F_ANOMALY_TYPE, "applayer");
	say(d, o);
	assert_string_equal(d->line,
	    "{\"timestamp\":\"1970-01-01T00:00:00.000005+0000\",\"flow_id\":1234567890,"
	    "\"event_type\":\"anomaly\",\"in_iface\":\"eth0\",\"vlan\":[100,7],"
	    "\"src_ip\":\"10.1.2.4\",\"src_port\":49152,\"dest_ip\":\"10.1.2.3\",\"dest_port\":445,"
	    "\"proto\":\"TCP\",\"community_id\":\"1:eUWmO6Kg4OlMpKyU3dw15kQGcK0=\","
	    "\"anomaly\":{\"type\":\"applayer\"}}\n");
	offline_free(d);
}

/* Vectors of the community-id specification, and some of our own. */
static void
community_ids_are_those_of_the_specification(void **state)
{
	static const struct {
		const char	*client, *server, *id;
		uint16_t	 cport, sport;
	} v[] = {
		{ "128.232.110.120", "66.35.250.204", "1:LQU9qZlK+B5F3KDmev6m5PMibrg=", 34855, 80 },
		{ "66.35.250.204", "128.232.110.120", "1:LQU9qZlK+B5F3KDmev6m5PMibrg=", 80, 34855 },
		{ "2001:470:e5bf:dead:4957:2174:e82c:4887", "2607:f8b0:400c:c03::1a",
		    "1:/qFaeAR+gFe1KYjMzVDsMv+wgU4=", 63943, 25 },
		{ "10.1.2.4", "10.1.2.3", "1:eUWmO6Kg4OlMpKyU3dw15kQGcK0=", 49152, 445 },
		{ "2001:db8::1", "2001:db8::2", "1:R4tBBp2phSmhEEInp7dOUftvdME=", 1234, 135 },
		{ "10.0.0.5", "10.0.0.5", "1:nKm55EFCijp2APqpd+Uhk/7kr5A=", 2000, 1000 },
	};
	struct desk *d = offline_new(false);

	(void)state;
	for (size_t i = 0; i < sizeof(v) / sizeof(v[0]); i++) {
		struct peers p = peers(v[i].client, v[i].cport, v[i].server, v[i].sport);
		json_t *j;

		say(d, fact_new(&d->budget, FACT_TASK, &p, (struct packet_ref){ 0, 1, "x" }));
		j = parsed(d);
		assert_string_equal(json_string_value(json_object_get(j, "community_id")), v[i].id);
		json_decref(j);
	}
	offline_free(d);
}

static void
addresses_are_written_as_rfc_5952_asks(void **state)
{
	static const char *const v[][2] = {
		{ "2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1" },
		{ "2001:DB8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1" },	/* one zero isn't shortened */
		{ "2001:0:0:1:0:0:0:1", "2001:0:0:1::1" },
		{ "::ffff:192.0.2.1", "::ffff:192.0.2.1" },
		{ "0:0:0:0:0:0:1:2", "::1:2" },
		{ "0:0:0:0:0:0:1:0", "::1:0" },
		{ "::1", "::1" },
		{ "::", "::" },
		{ "fe80::", "fe80::" },
		{ "192.0.2.1", "192.0.2.1" },
	};
	struct desk *d = offline_new(false);

	(void)state;
	for (size_t i = 0; i < sizeof(v) / sizeof(v[0]); i++) {
		struct peers p = peers(v[i][0], 1, v[i][0], 2);
		json_t *j;

		say(d, fact_new(&d->budget, FACT_TASK, &p, (struct packet_ref){ 0, 1, "x" }));
		j = parsed(d);
		assert_string_equal(json_string_value(json_object_get(j, "src_ip")), v[i][1]);
		assert_string_equal(json_string_value(json_object_get(j, "dest_ip")), v[i][1]);
		json_decref(j);
	}
	offline_free(d);
}

static void
times_stay_four_digit_years(void **state)
{
	static const struct {
		int64_t		 us;
		const char	*text;
	} v[] = {
		{ 1511968445637765, "2017-11-29T15:14:05.637765+0000" },
		{ -1, "1970-01-01T00:00:00.000000+0000" },
		{ INT64_MIN, "1970-01-01T00:00:00.000000+0000" },
		{ INT64_MAX, "9999-12-31T23:59:59.999999+0000" },
	};
	struct desk *d = offline_new(false);

	(void)state;
	for (size_t i = 0; i < sizeof(v) / sizeof(v[0]); i++) {
		struct peers p = peers("10.0.0.1", 1, "10.0.0.2", 2);
		json_t *j;

		say(d, fact_new(&d->budget, FACT_TASK, &p, (struct packet_ref){ v[i].us, 1, "x" }));
		j = parsed(d);
		assert_string_equal(json_string_value(json_object_get(j, "timestamp")), v[i].text);
		json_decref(j);
	}
	offline_free(d);
}

static void
text_is_escaped_as_suricata_does(void **state)
{
	struct desk *d = offline_new(false);
	struct fact *o = task(d);
	json_t *j;

	(void)state;
	o->at.source = "m\xfcll.pcap";
	fact_str(o, F_NAME, "\\a/b \"\x01\t\x7f \xc3\xa9 \xf0\x9f\x98\x80");
	say(d, o);
	assert_non_null(strstr(d->line,
	    "\"name\":\"\\\\a/b \\\"\\u0001\\t\x7f \xc3\xa9 \xf0\x9f\x98\x80\""));
	j = parsed(d);
	assert_string_equal(json_string_value(json_object_get(j, "pcap_filename")), "m\\xfcll.pcap");
	json_decref(j);
	offline_free(d);
}

static void
xml_gives_way_first(void **state)
{
	struct desk *d = offline_new(false);
	struct fact *o = task(d);
	char *xml = repeat("<x>\xe2\x82\xac</x>\n", 200000), *words = repeat("word ", 20000);
	json_t *j, *t;
	const char *got;

	(void)state;
	fact_str(o, F_DESCRIPTION, words);
	fact_str(o, F_XML, xml);
	say(d, o);
	assert_in_range(d->len, MAX_LINE - 8, MAX_LINE);	/* no more is cut than need be */
	j = parsed(d);
	t = json_object_get(j, "task");
	got = text_of(j, "xml");
	assert_memory_equal(got, xml, strlen(got));
	assert_true(utf8_valid(view_str(got)));
	assert_string_equal(text_of(j, "description"), words);
	assert_true(cut(t, "xml_truncated"));
	assert_false(cut(t, "description_truncated"));
	assert_int_equal(d->stats.n[STAT_LINES_CUT], 1);
	json_decref(j);
	free(xml);
	free(words);
	offline_free(d);
}

/* A line that is just full stays whole; one more byte is cut. */
static void
the_limit_is_exact(void **state)
{
	struct desk *d = offline_new(false);
	size_t frame;

	(void)state;
	say(d, task(d));
	frame = d->len + strlen(",\"task\":{\"xml\":\"\"}");
	for (size_t over = 0; over < 2; over++) {
		struct fact *o = task(d);
		char *xml = repeat("x", MAX_LINE - frame + over);
		json_t *j;

		fact_str(o, F_XML, xml);
		say(d, o);
		j = parsed(d);
		assert_int_equal(d->len, MAX_LINE);
		assert_int_equal(cut(json_object_get(j, "task"), "xml_truncated"), over != 0);
		json_decref(j);
		free(xml);
	}
	offline_free(d);
}

/* Each control character takes six bytes of the line. */
static void
size_counts_what_is_written(void **state)
{
	struct desk *d = offline_new(false);
	struct fact *o = task(d);
	char *bell = repeat("\a", 60000);
	json_t *j;

	(void)state;
	fact_str(o, F_AUTHOR, bell);
	say(d, o);
	assert_in_range(d->len, MAX_LINE - 8, MAX_LINE);
	j = parsed(d);
	assert_true(cut(json_object_get(j, "task"), "author_truncated"));
	json_decref(j);
	free(bell);
	offline_free(d);
}

static void
one_action_of_a_megabyte(void **state)
{
	struct desk *d = offline_new(false);
	struct fact *o = task(d);
	char *big = repeat("0123456789 \"quoted\" ", 1u << 20), *author = repeat("a", 4000);
	json_t *j, *t, *a;

	(void)state;
	fact_str(o, F_ACTION, "create");
	fact_str(o, F_AUTHOR, author);
	fact_str(o, F_XML, big);
	fact_next(o, F_ACT_TYPE);
	fact_str(o, F_ACT_ARGUMENTS, big);
	fact_str(o, F_ACT_COMMAND_LINE, big);
	say(d, o);
	j = parsed(d);
	t = json_object_get(j, "task");
	a = json_array_get(json_object_get(t, "actions"), 0);
	assert_true(cut(t, "xml_truncated"));
	assert_in_range(strlen(text_of(j, "xml")), 800, 1024);
	assert_true(cut(a, "arguments_truncated"));
	assert_true(cut(a, "command_line_truncated"));
	assert_in_range(json_string_length(json_object_get(a, "arguments")), 20000, MAX_LINE);
	assert_string_equal(text_of(j, "author"), author);
	assert_in_range(d->len, MAX_LINE - 8, MAX_LINE);
	json_decref(j);
	free(big);
	free(author);
	offline_free(d);
}

static void
every_one_of_many_long_actions_is_told(void **state)
{
	struct desk *d = offline_new(false);
	struct fact *o = task(d);
	char *big = repeat("\xc3\xa9\\", 32u << 10);
	json_t *j, *list;

	(void)state;
	for (size_t i = 0; i < MAX_ACTIONS; i++) {
		fact_next(o, F_ACT_TYPE);
		fact_str(o, F_ACT_TYPE, "exec");
		fact_str(o, F_ACT_ARGUMENTS, big);
		fact_str(o, F_ACT_COMMAND_LINE, big);
	}
	say(d, o);
	j = parsed(d);
	list = json_object_get(json_object_get(j, "task"), "actions");
	assert_int_equal(json_array_size(list), MAX_ACTIONS);
	for (size_t i = 0; i < MAX_ACTIONS; i++) {
		json_t *a = json_array_get(list, i);

		assert_string_equal(json_string_value(json_object_get(a, "type")), "exec");
		assert_true(cut(a, "command_line_truncated"));
		assert_in_range(json_string_length(json_object_get(a, "command_line")), 100, 1024);
	}
	json_decref(j);
	free(big);
	offline_free(d);
}

/* Nothing is long, there is only too much of it. */
static void
too_many_elements_go_from_the_end(void **state)
{
	struct desk *d = offline_new(false);
	struct fact *o = task(d);
	char *some = repeat("s", 100);
	json_t *j, *t;

	(void)state;
	for (size_t i = 0; i < MAX_ACTIONS; i++) {
		fact_next(o, F_ACT_TYPE);
		for (unsigned int f = F_ACT_TYPE; f <= F_ACT_BODY; f++)
			fact_str(o, (enum field)f, some);
	}
	for (size_t i = 0; i < MAX_TRIGGERS; i++) {
		fact_next(o, F_TRG_TYPE);
		for (unsigned int f = F_TRG_TYPE; f <= F_TRG_SUBSCRIPTION; f++)
			fact_str(o, (enum field)f, some);
	}
	for (size_t i = 0; i < 3000; i++)
		fact_utf8(o, F_FLAGS, view_str("f"));
	say(d, o);
	j = parsed(d);
	t = json_object_get(j, "task");
	assert_true(cut(t, "actions_truncated"));
	assert_true(cut(t, "triggers_truncated"));
	assert_true(cut(t, "flags_truncated"));
	assert_int_equal(json_array_size(json_object_get(t, "actions")), 16);
	json_decref(j);
	free(some);
	offline_free(d);
}

static void
stats_are_nested_by_their_paths(void **state)
{
	struct desk *d = offline_new(true);
	struct eve_totals t = { .us = 1511968445637765, .uptime = 61, .memuse = 10,
	    .memuse_peak = 20, .kernel = true, .received = 7, .dropped = 2 };
	json_t *j, *s;

	(void)state;
	d->stats.n[STAT_GAPS] = 3;
	eve_stats(d->eve, &t);
	assert_memory_equal(d->line, "{\"timestamp\":\"2017-11-29T15:14:05.637765+0000\","
	    "\"event_type\":\"stats\",\"stats\":{\"uptime\":61,\"capture\":{\"kernel_packets\":7,"
	    "\"kernel_drops\":2,\"kernel_ifdrops\":0},\"decoder\":{\"pkts\":0,", 160);
	j = parsed(d);
	s = json_object_get(j, "stats");
	assert_int_equal(json_integer_value(json_object_get(json_object_get(s, "tcp"),
	    "reassembly_gap")), 3);
	assert_int_equal(json_integer_value(json_object_get(json_object_get(s, "schedwire"),
	    "memuse_peak")), 20);
	for (size_t i = 0; i < STAT_MAX; i++) {
		char *path = strdup(stat_path((enum counter)i)), *at = path, *key;
		json_t *in = s;

		while ((key = strsep(&at, ".")) != NULL)
			in = json_object_get(in, key);
		assert_true(json_is_integer(in));
		free(path);
	}
	json_decref(j);
	offline_free(d);
}

static void
replay_stats_claim_nothing_of_the_kernel(void **state)
{
	struct desk *d = offline_new(false);
	struct eve_totals t = { .us = 0 };

	(void)state;
	eve_stats(d->eve, &t);
	assert_null(strstr(d->line, "\"capture\""));
	offline_free(d);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_record_reads_as_the_contract_says),
		cmocka_unit_test(a_command_reads_as_the_contract_says),
		cmocka_unit_test(what_was_decoded_gives_way_before_the_rest),
		cmocka_unit_test(a_live_record_names_its_interface_and_tags),
		cmocka_unit_test(community_ids_are_those_of_the_specification),
		cmocka_unit_test(addresses_are_written_as_rfc_5952_asks),
		cmocka_unit_test(times_stay_four_digit_years),
		cmocka_unit_test(text_is_escaped_as_suricata_does),
		cmocka_unit_test(xml_gives_way_first),
		cmocka_unit_test(the_limit_is_exact),
		cmocka_unit_test(size_counts_what_is_written),
		cmocka_unit_test(one_action_of_a_megabyte),
		cmocka_unit_test(every_one_of_many_long_actions_is_told),
		cmocka_unit_test(too_many_elements_go_from_the_end),
		cmocka_unit_test(stats_are_nested_by_their_paths),
		cmocka_unit_test(replay_stats_claim_nothing_of_the_kernel),
	};

	return cmocka_run_group_tests_name("eve", tests, NULL, NULL);
}
