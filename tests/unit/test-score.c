#include "unit/judged.h"

#include "base/limits.h"

#define END	{ F_ACTION, NULL }
#define MOST	12
#define EXEC(line)	{ F_ACT_TYPE, "exec" }, { F_ACT_COMMAND_LINE, line }
#define DEFRAG	"\\Microsoft\\Windows\\Defrag\\ScheduledDefrag"
#define WINDOWS_COM	"{900BE39D-6BE8-461A-BC4D-B0FA71F5ECB1}"	/* WDI\ResolutionHost */

static struct budget b;

static int
setup(void **state)
{
	(void)state;
	budget_init(&b, NULL, 64u << 20);
	return 0;
}

/* Everything is given back: a leak is a failure. */
static int
teardown(void **state)
{
	(void)state;
	return b.used == 0 ? 0 : -1;
}

static int
scored(struct findings *f, struct fact *o)
{
	findings_init(f);
	score_fact(f, &b, o);
	return shipped_score(f);
}

/* ---- Each reason, and what is nearly one ---- */

static const struct row {
	enum rule	 rule;
	enum fact_kind	 kind;
	struct value	 fires[MOST], near_miss[MOST];
} rows[] = {
	{ R_RANDOM_NAME, FACT_TASK,
	    { { F_NAME, "\\xKqWzRtV" }, END },
	    { { F_NAME, "\\Contoso Backup" }, END } },
	{ R_RANDOM_NAME, FACT_TASK,
	    { { F_NAME, "\\Contoso\\QzXkWvJp" }, END },
	    { { F_NAME, "\\User_Feed_Synchronization-{87B814C1-CCB9-4FA2-8B36-7914DEC60311}" }, END } },
	{ R_WINDOWS_TASK_CHANGED, FACT_TASK,
	    { { F_NAME, DEFRAG }, EXEC("C:\\Jobs\\a.exe"), END },
	    { { F_NAME, DEFRAG }, EXEC("%windir%\\system32\\defrag.exe -c -h -k -g -$"), END } },
	{ R_WINDOWS_TASK_CHANGED, FACT_TASK,
	    { { F_NAME, DEFRAG }, { F_ACT_TYPE, "com_handler" },
	    { F_ACT_CLASS_ID, "{00000000-1111-2222-3333-444444444444}" }, END },
	    { { F_NAME, DEFRAG }, END } },
	/* One more action is enough. */
	{ R_WINDOWS_TASK_CHANGED, FACT_TASK,
	    { { F_NAME, DEFRAG }, EXEC("%windir%\\system32\\defrag.exe -c"),
	    EXEC("C:\\Jobs\\a.exe"), END },
	    { { F_NAME, "\\Defrag\\ScheduledDefrag" }, EXEC("%windir%\\system32\\defrag.exe -c"),
	    EXEC("C:\\Jobs\\a.exe"), END } },
	{ R_MASQUERADED_NAME, FACT_TASK,
	    { { F_NAME, "\\Microsoft\\Windows\\Defrag\\Nightly" }, EXEC("C:\\Jobs\\a.exe"), END },
	    { { F_NAME, "\\Contoso\\Defrag\\Nightly" }, EXEC("C:\\Jobs\\a.exe"), END } },

	{ R_HIDDEN_TASK, FACT_TASK, { { F_SET_HIDDEN, "1" }, END }, { { F_SET_HIDDEN, "0" }, END } },
	{ R_AS_SYSTEM, FACT_TASK, { { F_USER_ID, "S-1-5-18" }, END }, { { F_USER_ID, "S-1-5-19" },
	    END } },
	{ R_AS_SYSTEM, FACT_TASK, { { F_USER_ID, "nt authority\\system" }, END },
	    { { F_USER_ID, "CONTOSO\\system-backup" }, END } },
	{ R_AS_SYSTEM, FACT_TASK, { { F_USER_ID, "NT-AUTORIT\xc3\x84T\\SYSTEM" }, END },
	    { { F_USER_ID, "NT-AUTORIT\xc3\x84T\\NETZWERKDIENST" }, END } },
	{ R_HIGHEST, FACT_TASK, { { F_RUN_LEVEL, "HighestAvailable" }, END },
	    { { F_RUN_LEVEL, "LeastPrivilege" }, END } },
	{ R_S4U, FACT_TASK, { { F_PRINCIPAL_LOGON, "S4U" }, END },
	    { { F_PRINCIPAL_LOGON, "InteractiveToken" }, END } },
	{ R_S4U, FACT_TASK, { { F_LOGON_TYPE, "s4u" }, END }, { { F_LOGON_TYPE, "password" }, END } },
	{ R_ONCE_PAST, FACT_TASK,
	    { { F_TRG_TYPE, "time" }, { F_TRG_START, "2019-01-01T00:00:00" }, END },
	    { { F_TRG_TYPE, "time" }, { F_TRG_START, "2026-11-23T12:00:00" }, END } },
	{ R_ONCE_PAST, FACT_TASK,
	    { { F_TRG_TYPE, "time" }, { F_TRG_START, "1910-01-01T10:00:00" }, END },
	    { { F_TRG_TYPE, "calendar" }, { F_TRG_START, "2019-01-01T00:00:00" }, END } },
	{ R_ONCE_PAST, FACT_TASK,
	    { { F_TRG_TYPE, "boot" }, { F_TRG_TYPE, "time" },
	    { F_TRG_START, "2019-01-01T00:00:00" }, END },
	    { { F_TRG_TYPE, "time" }, { F_TRG_START, "2019-01-01T00:00:00" },
	    { F_TRG_REP_INTERVAL, "PT1H" }, END } },
	/* It is midnight in UTC. */
	{ R_ONCE_SOON, FACT_TASK,
	    { { F_TRG_TYPE, "time" }, { F_TRG_START, "2026-11-24T00:05:00Z" }, END },
	    { { F_TRG_TYPE, "time" }, { F_TRG_START, "2026-11-24T00:15:00Z" }, END } },
	{ R_ONCE_SOON, FACT_TASK,
	    { { F_TRG_TYPE, "time" }, { F_TRG_START, "2026-11-24T05:32:00" }, END },
	    { { F_TRG_TYPE, "time" }, { F_TRG_START, "2026-11-24T05:40:00" }, END } },
	{ R_ONCE_SOON, FACT_TASK,
	    { { F_TRG_TYPE, "time" }, { F_TRG_START, "2026-11-23T17:01:00" }, END },
	    { { F_TRG_TYPE, "time" }, { F_TRG_START, "2026-11-27T17:01:00" }, END } },
	{ R_ONCE_SOON, FACT_TASK,
	    { { F_TRG_TYPE, "time" }, { F_TRG_START, "2026-11-24T01:03:00+01:00" }, END },
	    { { F_TRG_TYPE, "time" }, { F_TRG_START, "soon" }, END } },
	{ R_ON_REGISTRATION, FACT_TASK, { { F_TRG_TYPE, "registration" }, END },
	    { { F_TRG_TYPE, "boot" }, END } },
	{ R_SELF_DELETING, FACT_TASK, { { F_SET_DELETE_AFTER, "PT0S" }, END },
	    { { F_SET_TIME_LIMIT, "PT1H" }, END } },
	{ R_FORGED_AUTHOR, FACT_TASK, { { F_AUTHOR, "CONTOSO\\anna" }, { F_AUTH_USER, "eve" }, END },
	    { { F_AUTHOR, "CONTOSO\\anna" }, { F_AUTH_USER, "Anna" }, END } },
	{ R_FORGED_AUTHOR, FACT_TASK, { { F_AUTHOR, "Microsoft Corporation" },
	    { F_AUTH_USER, "eve" }, END },
	    { { F_AUTHOR, "eve@corp.example" }, { F_AUTH_USER, "eve" }, END } },
	{ R_FORGED_AUTHOR, FACT_TASK, { { F_AUTHOR, "CONTOSO\\an" }, { F_AUTH_USER, "anna" }, END },
	    { { F_AUTHOR, "CONTOSO\\anna" }, END } },
	{ R_NO_ACE, FACT_TASK, { { F_FLAGS, "create" }, { F_FLAGS, "dont_add_principal_ace" }, END },
	    { { F_FLAGS, "create" }, { F_FLAGS, "ignore_registration_triggers" }, END } },

	{ R_MACHINE_ACCOUNT, FACT_TASK, { { F_AUTH_USER, "WS7$" }, END }, { { F_AUTH_USER, "ws7" },
	    END } },
	{ R_MACHINE_ACCOUNT, FACT_COMMAND, { { F_AUTH_USER, "WS7$" }, END }, { { F_AUTH_USER, "$" },
	    END } },

	{ R_WINDOWS_TASK, FACT_TASK,
	    { { F_NAME, DEFRAG }, { F_ACT_TYPE, "exec" },
	    { F_ACT_COMMAND, "%windir%\\system32\\defrag.exe" },
	    { F_ACT_ARGUMENTS, "-c -h -k -g -$" }, END },
	    { { F_NAME, DEFRAG }, { F_ACT_TYPE, "exec" }, { F_ACT_COMMAND, "C:\\Temp\\defrag.exe" },
	    { F_ACT_ARGUMENTS, "-c -h -k -g -$" }, END } },
	{ R_WINDOWS_TASK, FACT_TASK,
	    { { F_NAME, DEFRAG }, EXEC("defrag.exe -c"), EXEC("defrag.exe -o"), END },
	    { { F_NAME, DEFRAG }, EXEC("defrag.exe -c"), EXEC("cmd.exe /c C:\\Jobs\\a.cmd"), END } },
	{ R_AT_ONCE, FACT_COMMAND,
	    { { F_ROUTE, "winrm" }, { F_CMD_LINE, "whoami /all" }, END },
	    { { F_ROUTE, "wmi" }, { F_CMD_LINE, "whoami /all" }, END } },
	/* Of nothing, it takes nothing. */
	{ R_AT_ONCE, FACT_COMMAND,
	    { { F_ROUTE, "winrm" }, { F_CMD_SCRIPT, "whoami /all" }, END },
	    { { F_ROUTE, "winrm" }, { F_CMD_SCRIPT, "Get-Date" }, END } },

	{ R_IMPACKET_TASK, FACT_TASK,
	    { { F_SET_HIDDEN, "1" }, { F_TRG_TYPE, "calendar" },
	    { F_TRG_START, "2015-07-15T20:35:13.2757294" }, END },
	    { { F_SET_HIDDEN, "1" }, { F_TRG_TYPE, "calendar" },
	    { F_TRG_START, "2015-07-15T20:35:13.2757295" }, END } },
	{ R_NETEXEC_TASK, FACT_TASK,
	    { { F_TRG_TYPE, "registration" }, { F_TRG_END, "2026-11-25T00:00:01.123" },
	    { F_SET_HIDDEN, "1" },
	    { F_SET_ALLOW_DEMAND, "1" }, { F_RUN_LEVEL, "HighestAvailable" }, END },
	    { { F_TRG_TYPE, "registration" }, { F_TRG_END, "2026-11-25T00:00:01" },
	    { F_SET_HIDDEN, "1" },
	    { F_SET_ALLOW_DEMAND, "1" }, { F_RUN_LEVEL, "HighestAvailable" },
	    { F_SET_DELETE_AFTER, "PT0S" }, END } },
	{ R_NETEXEC_TASK, FACT_TASK,
	    { { F_TRG_TYPE, "registration" }, { F_TRG_END, "2026-11-25T00:00:01.123" },
	    { F_SET_HIDDEN, "1" },
	    { F_SET_ALLOW_DEMAND, "1" }, { F_RUN_LEVEL, "HighestAvailable" },
	    { F_USER_ID, "CORP\\anna" }, END },
	    { { F_TRG_TYPE, "registration" }, { F_SET_HIDDEN, "1" }, { F_SET_ALLOW_DEMAND, "1" },
	    { F_RUN_LEVEL, "HighestAvailable" }, END } },
	{ R_NETEXEC_TASK, FACT_TASK,
	    { { F_SET_ALLOW_DEMAND, "1" }, { F_SET_HIDDEN, "1" }, { F_RUN_LEVEL, "HighestAvailable" },
	    { F_TRG_TYPE, "registration" }, { F_TRG_END, "2026-11-25T00:00:01.123" }, END },
	    { { F_TRG_TYPE, "registration" }, { F_TRG_END, "2026-11-25T00:00:01.123" },
	    { F_SET_HIDDEN, "1" },
	    { F_SET_ALLOW_DEMAND, "1" }, { F_RUN_LEVEL, "HighestAvailable" },
	    { F_AUTHOR, "Contoso Ltd" }, END } },
	{ R_COM_UNKNOWN, FACT_TASK,
	    { { F_ACT_TYPE, "com_handler" },
	    { F_ACT_CLASS_ID, "{00000000-1111-2222-3333-444444444444}" }, END },
	    { { F_ACT_TYPE, "com_handler" }, { F_ACT_CLASS_ID, WINDOWS_COM }, END } },
	{ R_IMMEDIATE_TASK, FACT_TASK,
	    { { F_ROUTE, "gpo" }, { F_XML, "<ImmediateTaskV2 name=\"x\">" }, END },
	    { { F_ROUTE, "gpo" }, { F_XML, "<TaskV2 name=\"ImmediateTask\">" }, END } },
	{ R_IMMEDIATE_TASK, FACT_TASK,
	    { { F_ROUTE, "gpo" }, { F_XML, "<ImmediateTask name=\"x\">" }, END },
	    { { F_ROUTE, "rpc" }, { F_XML, "<ImmediateTask name=\"x\">" }, END } },
	{ R_OUTPUT_CAPTURED, FACT_TASK,
	    { EXEC("cmd.exe /C ver > %windir%\\Temp\\AbCdEfGh.tmp 2>&1"), END },
	    { EXEC("cmd.exe /C ver > %windir%\\Temp\\nightly.log 2>&1"), END } },
	{ R_OUTPUT_CAPTURED, FACT_TASK,
	    { { F_ACT_TYPE, "exec" }, { F_ACT_COMMAND, "C:\\Windows\\..\\Windows\\System32\\cmd" },
	    { F_ACT_ARGUMENTS, "/F:ON /Q /C ver > \\Windows\\Temp\\AbCdEfGh 2>&1" }, END },
	    { { F_ACT_TYPE, "exec" }, { F_ACT_COMMAND, "C:\\Jobs\\a.exe" },
	    { F_ACT_ARGUMENTS, "/C ver \\Windows\\Temp\\AbCdEfGh" }, END } },
	{ R_OUTPUT_CAPTURED, FACT_TASK,
	    { EXEC("cmd /c ver > C:\\Windows\\Temp\\out.txt"), END },
	    { EXEC("cmd /c ver > C:\\Temp\\out.txt"), END } },
	{ R_OUTPUT_CAPTURED, FACT_COMMAND,
	    { { F_CMD_LINE, "cmd.exe /Q /c cd \\ 1> \\\\127.0.0.1\\ADMIN$\\__1700000000.1 2>&1" },
	    END },
	    { { F_CMD_LINE, "cmd.exe /Q /c dir D:\\ 1> \\\\files02\\lists\\today 2>&1" }, END } },
	{ R_PASSWORD_CLEAR, FACT_TASK, { { F_HAS_PASSWORD, "1" }, END }, { { F_HAS_PASSWORD, "0" },
	    END } },
	{ R_PASSWORD_CLEAR, FACT_COMMAND, { { F_HAS_PASSWORD, "1" }, END },
	    { { F_CMD_LINE, "ver" }, END } },
	{ R_SECOND_HOP, FACT_TASK, { { F_TARGET, "srv7" }, END }, { { F_NAME, "\\srv7" }, END } },
	{ R_SECOND_HOP, FACT_COMMAND,
	    { { F_CMD_LINE, "schtasks /create /s srv7 /tn x /tr C:\\Jobs\\a.cmd /sc daily" }, END },
	    { { F_CMD_LINE, "schtasks /create /s localhost /tn x /tr C:\\Jobs\\a.cmd /sc daily" },
	    END } },
};

static struct fact *
fact_of_row(const struct row *r, const struct value *values)
{
	static const struct value task[] = { { F_ACTION, "create" }, { F_NAME, "\\Contoso Backup" },
	    END };
	static const struct value command[] = { { F_CMD_KIND, "process" }, END };
	struct fact *o = fact_of(&b, r->kind, r->kind == FACT_TASK ? task : command);

	set_values(o, values);
	return o;
}

static void
each_rule_fires_and_has_near_misses(void **state)
{
	struct findings f;
	struct fact *o;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const struct row *r = &rows[i];

		o = fact_of_row(r, r->fires);
		(void)scored(&f, o);
		if (!f.has[r->rule])
			fail_msg("row %zu: no %s", i, rule_info[r->rule].name);
		fact_free(o);
		o = fact_of_row(r, r->near_miss);
		(void)scored(&f, o);
		if (f.has[r->rule])
			fail_msg("row %zu: %s of a near miss", i, rule_info[r->rule].name);
		fact_free(o);
	}
}

/* Whoever adds a rule of these groups adds rows. */
static void
no_rule_is_forgotten(void **state)
{
	(void)state;
	for (enum rule r = 0; r < R_MAX; r++) {
		bool has_row = false;

		if (rule_info[r].group != GROUP_NAME && rule_info[r].group != GROUP_DEFINITION)
			continue;
		for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
			has_row |= rows[i].rule == r;
		if (!has_row)
			fail_msg("%s", rule_info[r].name);
	}
}

/* ---- What is scored at all ---- */

static void
what_applies(void **state)
{
	static const struct {
		const char	*action;
		bool		 applies;
	} actions[] = {
		{ "create", true }, { "update", true }, { "validate", true }, { "run", false },
		{ "delete", false }, { "query", false }, { NULL, false },
	};
	struct fact *o;

	(void)state;
	for (size_t i = 0; i < sizeof(actions) / sizeof(*actions); i++) {
		o = fact_of(&b, FACT_TASK, (const struct value[]){ { F_ACTION, actions[i].action },
		    END });
		assert_int_equal(score_applies(o), actions[i].applies);
		fact_free(o);
	}
	o = fact_of(&b, FACT_COMMAND, (const struct value[]){ END });
	assert_true(score_applies(o));
	o->kind = FACT_ANOMALY;
	assert_false(score_applies(o));
	fact_free(o);
}

/* Who made it and that it was made is all that is seen: no reason is invented. */
static void
sealed_tasks_are_let_alone(void **state)
{
	static const struct value sealed[] = { { F_ACTION, "create" }, { F_ROUTE, "rpc" },
	    { F_VISIBILITY, "sealed" }, { F_OUTCOME, "unknown" }, { F_AUTH_USER, "anna" },
	    { F_RPC_PROCEDURE, "SchRpcRegisterTask" }, { F_RPC_TRANSPORT, "ncacn_np" },
	    { F_RPC_REQ_SIZE, "3384" }, END };
	struct fact *o = fact_of(&b, FACT_TASK, sealed);
	struct findings f;

	(void)state;
	assert_int_equal(scored(&f, o), 0);
	assert_false(found_any(&f));
	fact_free(o);
}

/* ---- Tools ---- */

static void
atexec_is_malicious(void **state)
{
	static const struct value atexec[] = { { F_ACTION, "create" }, { F_NAME, "\\WbRtQxKz" },
	    { F_ROUTE, "rpc" }, { F_ACT_TYPE, "exec" }, { F_ACT_COMMAND, "cmd.exe" },
	    { F_ACT_ARGUMENTS, "/C hostname > %windir%\\Temp\\WbRtQxKz.tmp 2>&1" },
	    { F_ACT_COMMAND_LINE, "cmd.exe /C hostname > %windir%\\Temp\\WbRtQxKz.tmp 2>&1" },
	    { F_TRG_TYPE, "calendar" }, { F_TRG_START, "2015-07-15T20:35:13.2757294" },
	    { F_USER_ID, "S-1-5-18" }, { F_RUN_LEVEL, "HighestAvailable" }, { F_SET_HIDDEN, "1" },
	    END };
	struct fact *o = fact_of(&b, FACT_TASK, atexec);
	struct findings f;
	int score = scored(&f, o);

	(void)state;
	assert_true(score >= 70);
	assert_true(f.has[R_IMPACKET_TASK] && f.has[R_OUTPUT_CAPTURED] && f.has[R_HIDDEN_TASK] &&
	    f.has[R_AS_SYSTEM] && f.has[R_HIGHEST]);
	assert_string_equal(found_detail(&f, R_OUTPUT_CAPTURED), "%windir%\\Temp\\WbRtQxKz.tmp");
	/* The same fact is the same. */
	assert_int_equal(scored(&f, o), score);
	fact_free(o);
}

static void
netexec_is_malicious(void **state)
{
	static const struct value netexec[] = { { F_ACTION, "create" }, { F_NAME, "\\kQzVxWpT" },
	    { F_ACT_TYPE, "exec" }, { F_ACT_COMMAND, "C:\\Windows\\System32\\..\\System32\\cmd" },
	    { F_ACT_ARGUMENTS, "/T:fg /Q /C ver > \\Windows\\Temp\\QwErTyUi 2>&1" },
	    { F_TRG_TYPE, "registration" }, { F_TRG_END, "2026-11-25T01:02:03.456" },
	    { F_USER_ID, "S-1-5-18" }, { F_RUN_LEVEL, "HighestAvailable" }, { F_SET_HIDDEN, "1" },
	    { F_SET_ALLOW_DEMAND, "1" }, END };
	struct fact *o = fact_of(&b, FACT_TASK, netexec);
	struct findings f;

	(void)state;
	assert_true(scored(&f, o) >= 70);
	assert_true(f.has[R_NETEXEC_TASK] && f.has[R_OUTPUT_CAPTURED] && f.has[R_ON_REGISTRATION]);
	fact_free(o);
}

/* ---- Names of Windows' own ---- */

static void
an_evil_action_is_not_lowered(void **state)
{
	static const struct value second[] = { { F_ACTION, "create" }, { F_NAME, DEFRAG },
	    EXEC("%windir%\\system32\\defrag.exe -c"), EXEC("vssadmin delete shadows /all"), END };
	static const struct value alone[] = { { F_ACTION, "create" }, { F_NAME, DEFRAG },
	    EXEC("%windir%\\system32\\defrag.exe -c"), { F_USER_ID, "S-1-5-18" },
	    { F_SET_HIDDEN, "1" }, END };
	struct fact *o = fact_of(&b, FACT_TASK, second);
	struct findings f;

	(void)state;
	assert_true(scored(&f, o) >= 70);
	assert_false(f.has[R_WINDOWS_TASK]);
	fact_free(o);
	o = fact_of(&b, FACT_TASK, alone);
	assert_int_equal(scored(&f, o), 0);
	assert_true(f.has[R_WINDOWS_TASK]);
	fact_free(o);
}

static void
a_command_is_not_lowered_by_its_task(void **state)
{
	static const struct value values[] = { { F_CMD_LINE, "cmd /c schtasks /create /tn " DEFRAG
	    " /tr \"%windir%\\system32\\defrag.exe -c\" /sc weekly & vssadmin delete shadows "
	    "/all" }, END };
	struct fact *o = fact_of(&b, FACT_COMMAND, values);
	struct findings f;

	(void)state;
	assert_true(scored(&f, o) >= 70);
	assert_true(f.has[R_RECOVERY_INHIBITED]);
	assert_false(f.has[R_WINDOWS_TASK] || f.has[R_WINDOWS_TASK_CHANGED]);
	fact_free(o);
}

/* ---- Tasks inside commands ---- */

static bool
finds_in_command(enum rule r, const char *line)
{
	const struct value values[] = { { F_CMD_LINE, line }, END };
	struct fact *o = fact_of(&b, FACT_COMMAND, values);
	struct findings f;

	(void)scored(&f, o);
	fact_free(o);
	return f.has[r];
}

static void
made_tasks_are_judged(void **state)
{
	(void)state;
	assert_true(finds_in_command(R_PROGRAM_WRITABLE,
	    "schtasks /create /tn a /sc once /st 10:00 /tr C:\\Users\\Public\\a.exe"));
	assert_true(finds_in_command(R_PROGRAM_WRITABLE, "schtasks /create /tn a /sc once /st 10:00 /tr "
	    "\"schtasks /create /tn b /sc once /st 10:00 /tr C:\\Users\\Public\\a.exe\""));
	/* As far as MAX_TASK_DEPTH. */
	assert_int_equal(MAX_TASK_DEPTH, 2);
	assert_false(finds_in_command(R_PROGRAM_WRITABLE, "schtasks /create /tn a /sc once /st 10:00 /tr "
	    "\"schtasks /create /tn b /sc once /st 10:00 /tr \\\"schtasks /create /tn c /sc once /st "
	    "10:00 /tr C:\\Users\\Public\\a.exe\\\"\""));
	assert_true(finds_in_command(R_WINDOWS_TASK_CHANGED,
	    "schtasks /create /tn " DEFRAG " /tr C:\\Jobs\\a.cmd /sc daily"));
	/* That it is run or deleted is none of its definition. */
	assert_false(finds_in_command(R_WINDOWS_TASK_CHANGED, "schtasks /run /tn " DEFRAG));
	assert_false(finds_in_command(R_RANDOM_NAME, "schtasks /delete /f /tn \\xKqWzRtV"));
	/* Soon is from when the command runs. */
	assert_true(finds_in_command(R_ONCE_SOON,
	    "schtasks /create /tn a /tr C:\\Jobs\\a.cmd /sc once /sd 11/24/2026 /st 00:03"));
	assert_false(finds_in_command(R_ONCE_SOON,
	    "schtasks /create /tn a /tr C:\\Jobs\\a.cmd /sc once /sd 11/24/2026 /st 00:09"));
	assert_true(finds_in_command(R_ONCE_PAST,
	    "schtasks /create /tn a /tr C:\\Jobs\\a.cmd /sc once /sd 01/01/1999 /st 00:03"));
}

/* ---- Encoded parts ---- */

/* Base64 of UTF-16: Get-Date */
#define ENCODED	"RwBlAHQALQBEAGEAdABlAA=="

static void
decoded_is_the_outer_facts(void **state)
{
	static const char *const lines[] = {
		"powershell -enc " ENCODED,
		"cmd /c \"powershell -nop -e " ENCODED "\"",
		"schtasks /create /tn a /sc onstart /tr \"powershell -enc " ENCODED "\"",
	};
	struct findings f;
	struct fact *o;

	(void)state;
	for (size_t i = 0; i < 2 * sizeof(lines) / sizeof(*lines); i++) {
		const struct value command[] = { { F_CMD_LINE, lines[i / 2] }, END };

		o = i % 2 ? task_of(&b, "\\Contoso", lines[i / 2]) : fact_of(&b, FACT_COMMAND, command);
		/* Once, however often it is met. */
		for (int twice = 0; twice < 2; twice++) {
			(void)scored(&f, o);
			assert_true(f.has[R_ENCODED_COMMAND]);
		}
		assert_string_equal(fact_get(o, F_DET_DEC_METHOD), "base64");
		assert_string_equal(fact_get(o, F_DET_DEC_TEXT), "Get-Date");
		assert_int_equal(fact_count(o, F_DET_DEC_TEXT), 1);
		fact_free(o);
	}
}

static void
decoded_is_bounded(void **state)
{
	static char line[8192];
	struct findings f;
	struct fact *o;
	size_t n = 0, told = 0;

	(void)state;
	/* "AA=", "BA=", … each other text */
	n += (size_t)snprintf(line + n, sizeof(line) - n, "cmd /c ver");
	for (int i = 0; i < 2 * MAX_SCRIPT_DECODED; i++)
		n += (size_t)snprintf(line + n, sizeof(line) - n, "&powershell -enc RwBlAHQALQBEAGEAdABlAC%c%c",
		    'A' + i / 16, "AEIMQUYcgkosw048"[i % 16]);
	o = task_of(&b, "\\Contoso", line);
	(void)scored(&f, o);
	for (const struct fact_item *i = NULL; (i = fact_each(o, i)) != NULL;)
		told += i->field == F_DET_DEC_TEXT;
	assert_true(told > 1 && told <= MAX_SCRIPT_DECODED);
	fact_free(o);
}

/* ---- Bombs ---- */

/* Texts that double themselves, in all actions that there may be: they share
 * what one fact is worth, and that they do it is told. */
static void
bombs_are_told(void **state)
{
#define DOUBLE	"$a+=$a;$a+=$a;$a+=$a;$a+=$a;"
#define RUN	"cmd /c $a;cmd /c $a;cmd /c $a;cmd /c $a;"
	static const char bomb[] = "powershell -Command \"$a='echo one two ';" DOUBLE DOUBLE DOUBLE DOUBLE
	    RUN RUN RUN RUN RUN RUN RUN RUN "\"";
	struct findings f;
	struct fact *o = task_of(&b, "\\Contoso", bomb);

	(void)state;
	for (int i = 1; i < MAX_ACTIONS; i++)
		set_values(o, (const struct value[]){ EXEC(bomb), END });
	(void)scored(&f, o);
	assert_true(f.has[R_OBFUSCATED]);
	assert_string_equal(found_detail(&f, R_OBFUSCATED), "");
	fact_free(o);
}

/* ---- Telling ---- */

static void
telling(void **state)
{
	struct fact *o = task_of(&b, "\\Contoso Backup", "cmd /c vssadmin delete shadows /all");
	struct rule_set rules;
	struct findings f;
	int64_t n;

	(void)state;
	rule_set_init(&rules);
	assert_int_equal(scored(&f, o), 70);
	score_set(&f, &rules, o);
	assert_true(fact_get_int(o, F_DET_SCORE, &n));
	assert_int_equal(n, 70);
	assert_string_equal(fact_get(o, F_DET_VERDICT), "malicious");
	assert_string_equal(fact_get(o, F_DET_REASON), "recovery_inhibited");
	assert_true(fact_get_int(o, F_DET_WEIGHT, &n));
	assert_int_equal(n, 70);
	assert_string_equal(fact_get(o, F_DET_TEXT), "deletes backups or disables recovery: delete shadows");
	fact_free(o);

	/* As the operator weighs it; what weighs nothing is no reason. */
	o = task_of(&b, "\\Contoso Backup", "cmd /c vssadmin delete shadows /all");
	rules.weight[R_RECOVERY_INHIBITED] = 45;
	score_set(&f, &rules, o);
	assert_string_equal(fact_get(o, F_DET_VERDICT), "suspicious");
	fact_free(o);
	o = task_of(&b, "\\Contoso Backup", "cmd /c vssadmin delete shadows /all");
	rules.weight[R_RECOVERY_INHIBITED] = 0;
	score_set(&f, &rules, o);
	assert_string_equal(fact_get(o, F_DET_VERDICT), "benign");
	assert_null(fact_get(o, F_DET_REASON));
	fact_free(o);
}

/* Definitions alone never are enough, nor is who did it. */
static void
definitions_alone_are_benign(void **state)
{
	static const struct value values[] = { { F_ACTION, "create" }, { F_NAME, "\\Contoso Agent" },
	    EXEC("C:\\Program Files\\Contoso\\agent.exe"), { F_SET_HIDDEN, "1" },
	    { F_USER_ID, "S-1-5-18" },
	    { F_RUN_LEVEL, "HighestAvailable" }, { F_SET_DELETE_AFTER, "PT0S" },
	    { F_AUTH_USER, "WS7$" },
	    { F_AUTHOR, "Contoso" }, { F_TRG_TYPE, "registration" },
	    { F_FLAGS, "dont_add_principal_ace" }, END };
	struct fact *o = fact_of(&b, FACT_TASK, values);
	struct findings f;

	(void)state;
	assert_true(scored(&f, o) < 40);
	fact_free(o);
}

/* Numbers beyond what is kept of lists, and lists without anything in them. */
static void
strange_lists(void **state)
{
	struct fact *o = task_of(&b, "\\Contoso Backup", "C:\\Jobs\\a.cmd");
	struct findings f;

	(void)state;
	for (int i = 0; i < 2 * MAX_ACTIONS; i++)
		set_values(o, (const struct value[]){ EXEC("C:\\Jobs\\a.cmd"), { F_TRG_TYPE, "time" },
		    END });
	for (int i = 0; i < 5; i++) {
		fact_next(o, F_ACT_TYPE);
		fact_next(o, F_TRG_TYPE);
	}
	assert_int_equal(scored(&f, o), 0);
	fact_free(o);
}

#define SCORE_TEST(f)	cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		SCORE_TEST(each_rule_fires_and_has_near_misses),
		SCORE_TEST(no_rule_is_forgotten),
		SCORE_TEST(what_applies),
		SCORE_TEST(sealed_tasks_are_let_alone),
		SCORE_TEST(atexec_is_malicious),
		SCORE_TEST(netexec_is_malicious),
		SCORE_TEST(an_evil_action_is_not_lowered),
		SCORE_TEST(a_command_is_not_lowered_by_its_task),
		SCORE_TEST(made_tasks_are_judged),
		SCORE_TEST(decoded_is_the_outer_facts),
		SCORE_TEST(decoded_is_bounded),
		SCORE_TEST(bombs_are_told),
		SCORE_TEST(telling),
		SCORE_TEST(definitions_alone_are_benign),
		SCORE_TEST(strange_lists),
	};

	return cmocka_run_group_tests_name("score", tests, NULL, NULL);
}
