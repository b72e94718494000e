/* PowerShell scripts, the tasks that they make, and what their encoded parts say. */
#include "unit/facts.h"

#include <stdio.h>

#include "script/script.h"
#include "base/limits.h"

struct read {
	struct facts	 f;
	struct fact	*command;
	struct script	 script;
	char		 text[4096];	/* the tasks, as one line */
};

static struct fact *
fresh(void *arg)
{
	struct read *r = arg;

	return fact_new(&r->f.budget, FACT_TASK, &r->f.peers, r->f.world.now);
}

static void
done(void *arg, struct fact *o)
{
	struct read *r = arg;

	facts_put(&r->f.sink, o);
}

static void
put(struct read *r, const char *before, const char *s, const char *after)
{
	if (s == NULL)
		return;
	strlcat(r->text, before, sizeof(r->text));
	strlcat(r->text, s, sizeof(r->text));
	strlcat(r->text, after, sizeof(r->text));
}

/* "create \Name {command line} <trigger> @target; …" */
static void
render(struct read *r)
{
	r->text[0] = '\0';
	for (size_t i = 0; i < r->f.n; i++) {
		const struct fact *o = r->f.o[i];

		put(r, i > 0 ? "; " : "", fact_get(o, F_ACTION), "");
		put(r, " ", fact_get(o, F_NAME), "");
		for (const struct fact_item *t = NULL; (t = fact_each(o, t)) != NULL;) {
			if (t->field == F_ACT_COMMAND_LINE)
				put(r, " {", t->str, "}");
			if (t->field == F_TRG_TYPE)
				put(r, " <", t->str, ">");
		}
		put(r, " @", fact_get(o, F_TARGET), "");
	}
	for (unsigned int i = 0; i < fact_count(r->command, F_CMD_DEC_METHOD); i++) {
		put(r, " [", fact_elem(r->command, F_CMD_DEC_METHOD, i), ": ");
		put(r, "", fact_elem(r->command, F_CMD_DEC_TEXT, i), "]");
	}
}

static void
begin(struct read *r)
{
	facts_init(&r->f);
	r->command = fact_new(&r->f.budget, FACT_COMMAND, &r->f.peers, r->f.world.now);
	r->script = (struct script){ .budget = &r->f.budget, .command = r->command, .fresh = fresh,
		.done = done, .arg = r };
}

static void
end(struct read *r)
{
	fact_free(r->command);
	facts_free(&r->f);
}

static void
read_whole(struct read *r, const char *s)
{
	size_t n = strlen(s);
	char *own = test_malloc(n + 1);		/* of exactly that size, for ASan */

	memcpy(own, s, n);
	begin(r);
	script_read(&r->script, LANGUAGE_POWERSHELL, (struct view){ (const uint8_t *)own, n });
	test_free(own);
	render(r);
}

struct row {
	const char	*script;
	const char	*told;
};

static void
check(const struct row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct read r;

		read_whole(&r, rows[i].script);
		if (strcmp(r.text, rows[i].told) != 0)
			fail_msg("%s\n\ttold:  %s\n\tshould be: %s", rows[i].script, r.text,
			    rows[i].told);
		end(&r);
	}
}

/* ---- Cmdlets ---- */

static const struct row cmdlets[] = {
	{ "Register-ScheduledTask -TaskName Up -Action (New-ScheduledTaskAction -Execute cmd.exe "
	  "-Argument '/c whoami')", "create \\Up {cmd.exe /c whoami}" },
	{ "$a = New-ScheduledTaskAction -Execute \"powershell.exe\" -Argument \"-NoP -Enc SQBF\"\n"
	  "$t = New-ScheduledTaskTrigger -Daily -At 3am\n"
	  "Register-ScheduledTask -TaskName \"Core2\" -Action $a -Trigger $t -User "
	  "\"NT AUTHORITY\\SYSTEM\" -RunLevel Highest -Force",
	  "create \\Core2 {powershell.exe -NoP -Enc SQBF} <calendar>" },
	{ "$action = New-ScheduledTaskAction -Execute 'C:\\Program Files\\T\\T.exe' -Argument "
	  "'--check-health'\n$trigger = New-ScheduledTaskTrigger -Weekly -DaysOfWeek Sunday -At "
	  "2:30am\nRegister-ScheduledTask -TaskName 'T Health' -TaskPath '\\T\\' -Action $action "
	  "-Trigger $trigger -Description 'check' -User 'NT AUTHORITY\\SYSTEM' ",
	  "create \\T\\T Health {C:\\Program Files\\T\\T.exe --check-health} <calendar>" },
	/* positions, abbreviations, case */
	{ "register-scheduledtask Up \\Dir (new-scheduledtaskaction notepad.exe 'a b')",
	  "create \\Dir\\Up {notepad.exe a b}" },
	{ "Register-ScheduledTask -TaskN x -Act (New-ScheduledTaskAction -Exec a.exe -Arg b)",
	  "create \\x {a.exe b}" },
	{ "Register-ScheduledTask -TaskName:x -Action:(New-ScheduledTaskAction -Execute:a.exe)",
	  "create \\x {a.exe}" },
	{ "ScheduledTasks\\Register-ScheduledTask x -Action (New-ScheduledTaskAction a.exe)",
	  "create \\x {a.exe}" },
	/* dashes and quotes as word processors write them */
	{ "Register\xe2\x80\x93" "ScheduledTask", "" },
	{ "Register-ScheduledTask \xe2\x80\x93TaskName \xe2\x80\x98My \xe2\x80\x9cT\xe2\x80\x99 "
	  "\xe2\x80\x94" "Action (New-ScheduledTaskAction \xe2\x80\x95" "Execute "
	  "\xe2\x80\x9c" "a.exe\xe2\x80\x9d)", "create \\My \xe2\x80\x9cT {a.exe}" },
	/* splatting */
	{ "$p = @{ TaskName = 'S'; Action = New-ScheduledTaskAction -Execute a.exe\n"
	  " Force=$true }\nRegister-ScheduledTask @p", "create \\S {a.exe}" },
	{ "$a = @{Execute='a.exe'; Argument='-x'}; $r = @{ TaskName='S'\n"
	  "  Action = (New-ScheduledTaskAction @a) }; Register-ScheduledTask @r -TaskPath 'P'",
	  "create \\P\\S {a.exe -x}" },
	/* the pipeline */
	{ "New-ScheduledTask -Action (New-ScheduledTaskAction a.exe) -Trigger "
	  "(New-ScheduledTaskTrigger -AtLogOn) | Register-ScheduledTask -TaskName P",
	  "create \\P {a.exe} <logon>" },
	{ "$t = New-ScheduledTask -Action (New-ScheduledTaskAction -Execute a.exe)\n"
	  "Register-ScheduledTask P -InputObject $t", "create \\P {a.exe}" },
	{ "New-ScheduledTaskAction a.exe |\n %{ Register-ScheduledTask q -Action $_ } | Out-Null",
	  "create \\q {a.exe}" },
	{ "Register-ScheduledTask `\n  -TaskName 'L' `\r\n  -Action (New-ScheduledTaskAction "
	  "`\n -Execute a.exe)", "create \\L {a.exe}" },
	{ "Register-ScheduledTask m -Action (New-ScheduledTaskAction a.exe),"
	  "(New-ScheduledTaskAction b.exe c) -Trigger @((New-ScheduledTaskTrigger -AtStartup), "
	  "(New-ScheduledTaskTrigger -Once -At '2026-01-01'))",
	  "create \\m {a.exe} {b.exe c} <boot> <time>" },
	/* XML */
	{ "Register-ScheduledTask -TaskName X -Xml '<Task xmlns=\"http://schemas.microsoft.com/"
	  "windows/2004/02/mit/task\"><Actions><Exec><Command>a.exe</Command><Arguments>b"
	  "</Arguments></Exec></Actions></Task>'", "create \\X {a.exe b}" },
	{ "$x = @'\n<?xml version=\"1.0\" encoding=\"UTF-16\"?>\n<Task xmlns=\"http://schemas."
	  "microsoft.com/windows/2004/02/mit/task\"><Triggers><BootTrigger/></Triggers><Actions>"
	  "<Exec><Command>a.exe</Command></Exec></Actions></Task>\n'@\n"
	  "Register-ScheduledTask -Xml $x -TaskName X -User SYSTEM", "create \\X {a.exe} <boot>" },
	{ "Register-ScheduledTask -TaskName X -Xml (Get-Content C:\\t.xml -Raw)", "create \\X" },
	{ "Get-Content t.xml | Out-String | Register-ScheduledTask -TaskName X", "create \\X" },
	/* the other cmdlets */
	{ "Set-ScheduledTask -TaskName s -Action (New-ScheduledTaskAction a.exe)",
	  "update \\s {a.exe}" },
	{ "Unregister-ScheduledTask -TaskName s -Confirm:$false", "delete \\s" },
	{ "Start-ScheduledTask s; Stop-ScheduledTask s -TaskPath \\A\\B\\",
	  "run \\s; stop \\A\\B\\s" },
	{ "Enable-ScheduledTask -TaskName \\A\\s\nDisable-ScheduledTask 'Microsoft\\t'",
	  "enable \\A\\s; disable \\Microsoft\\t" },
	{ "Get-ScheduledTask; Get-ScheduledTask s; Export-ScheduledTask s",
	  "list; query \\s; query \\s" },
	{ "Get-ScheduledTask -TaskName s | Disable-ScheduledTask", "query \\s; disable \\s" },
	{ "Get-ScheduledTask | ? { $_.TaskName -like 'x*' } | Unregister-ScheduledTask",
	  "list; delete" },
	{ "$t = Get-ScheduledTask -TaskName s\n$t.Actions[0].Execute = 'evil.exe'\n"
	  "Set-ScheduledTask -InputObject $t", "query \\s; update \\s {evil.exe}" },
	{ "Unregister-ScheduledTask -TaskName a,b", "delete \\a; delete \\b" },
	{ "Register-ScheduledTask x -Action (New-ScheduledTaskAction a.exe) -WhatIf", "" },
	/* scheduled jobs */
	{ "Register-ScheduledJob -Name J -ScriptBlock { Get-Process } -Trigger (New-JobTrigger "
	  "-AtStartup)", "create \\Microsoft\\Windows\\PowerShell\\ScheduledJobs\\J {Get-Process} "
	  "<boot>" },
	{ "Unregister-ScheduledJob J",
	  "delete \\Microsoft\\Windows\\PowerShell\\ScheduledJobs\\J" },
	/* CIM and WMI */
	{ "Invoke-CimMethod -Namespace root/Microsoft/Windows/TaskScheduler -ClassName "
	  "PS_ScheduledTask -MethodName RegisterByXml -Arguments @{TaskName='svc'; Force=$true; "
	  "Xml=(Get-Content C:\\t.xml -Raw)}; schtasks.exe /run /tn svc",
	  "create \\svc; run \\svc" },
	{ "icim -Namespace root/x -Class PS_ScheduledTask -Name StartByPath @{TaskName='a';"
	  "TaskPath='\\b\\'}", "run \\b\\a" },
	{ "Invoke-WmiMethod -Path win32_process -Name create -ArgumentList 'schtasks /run /tn w' "
	  "-ComputerName srv7", "run \\w @srv7" },
	{ "([wmiclass]'Win32_Process').Create('schtasks /run /tn w')", "run \\w" },
	{ "([WMICLASS]\"\\\\dc1\\root\\cimv2:win32_process\").Create(\"schtasks /run /tn w\")",
	  "run \\w @dc1" },
	{ "Invoke-CimMethod Win32_ScheduledJob -MethodName Create -Arguments @{Command='a.exe'}",
	  "create {a.exe}" },
};

static void
cmdlets_make_tasks(void **state)
{
	(void)state;
	check(cmdlets, nitems(cmdlets));
}

/* ---- Target hosts ---- */

static const struct row hosts[] = {
	{ "Register-ScheduledTask x -CimSession srv1 -Action (New-ScheduledTaskAction a.exe)",
	  "create \\x {a.exe} @srv1" },
	{ "$s = New-CimSession -ComputerName srv2 -Credential $c; Start-ScheduledTask x "
	  "-CimSession $s", "run \\x @srv2" },
	{ "Invoke-Command -ComputerName srv3 -ScriptBlock { schtasks /run /tn y; "
	  "Start-ScheduledTask z }; Start-ScheduledTask here", "run \\y @srv3; run \\z @srv3; "
	  "run \\here" },
	{ "icm -cn a,b { Stop-ScheduledTask z }", "stop \\z @a; stop \\z @b" },
	{ "$n='t1'; Invoke-Command srv { param($x) Start-ScheduledTask $x } -ArgumentList $n",
	  "run \\t1 @srv" },
	{ "$n='t1'; icm -ComputerName srv { Start-ScheduledTask $using:n; Start-ScheduledTask $n }",
	  "run \\t1 @srv; run @srv" },
	{ "$s = New-PSSession srv; Invoke-Command -Session $s { Start-ScheduledTask q }",
	  "run \\q @srv" },
	{ "foreach ($h in 'a','b') { Start-ScheduledTask x -CimSession $h }",
	  "run \\x @a; run \\x @b" },
	{ "Invoke-Command -ComputerName localhost { Start-ScheduledTask q }", "run \\q" },
	{ "schtasks /run /s srv9 /tn r", "run \\r @srv9" },
};

static void
second_hosts_are_named(void **state)
{
	(void)state;
	check(hosts, nitems(hosts));
}

/* ---- Schedule.Service ---- */

static const struct row com[] = {
	{ "$s = New-Object -ComObject Schedule.Service\n$s.Connect()\n"
	  "$f = $s.GetFolder('\\')\n$d = $s.NewTask(0)\n"
	  "$d.RegistrationInfo.Description = 'd'\n$d.Settings.Hidden = $true\n"
	  "$t = $d.Triggers.Create(8)\n$t.Enabled = $true\n"
	  "$a = $d.Actions.Create(0)\n$a.Path = 'cmd.exe'\n$a.Arguments = '/c calc'\n"
	  "$f.RegisterTaskDefinition('Com', $d, 6, 'SYSTEM', $null, 5) | Out-Null",
	  "create \\Com {cmd.exe /c calc} <boot>" },
	{ "($s = new-object -com(\"Schedule.Service\")).Connect('srv')\n"
	  "$s.GetFolder('\\Dir').GetTask('T').Run($null)",
	  "query \\Dir\\T @srv; run \\Dir\\T @srv" },
	{ "$s = New-Object -ComObject Schedule.Service; $s.Connect('h'); "
	  "$s.GetFolder('\\').DeleteTask('gone', 0)", "delete \\gone @h" },
	{ "$s = New-Object -ComObject Schedule.Service; $s.Connect(); $t = $s.GetFolder('\\')."
	  "GetTask('e'); $t.Enabled = $false", "query \\e; disable \\e" },
	{ "$s = New-Object -Com Schedule.Service; $s.Connect(); $f = $s.GetFolder('\\a').GetFolder("
	  "'b'); [void]$f.RegisterTask('n', '<Task xmlns=\"http://schemas.microsoft.com/windows/"
	  "2004/02/mit/task\"><Actions><Exec><Command>c.exe</Command></Exec></Actions></Task>', 6, "
	  "$null, $null, 0)", "create \\a\\b\\n {c.exe}" },
	{ "$s = [activator]::CreateInstance([type]::GetTypeFromProgID('Schedule.Service'))\n"
	  "$s.Connect(); $s.GetFolder('\\').CreateFolder('new')", "create_folder \\new" },
};

static void
com_objects_make_tasks(void **state)
{
	(void)state;
	check(com, nitems(com));
}

/* ---- Texts that are run ---- */

static const struct row nested[] = {
	{ "iex 'Start-ScheduledTask a'", "run \\a" },
	{ "Invoke-Expression -Command \"schtasks /run /tn b\"", "run \\b" },
	{ "'Start-ScheduledTask a' | iex", "run \\a" },
	{ "& 'schtasks.exe' /run /tn c", "run \\c" },
	{ "& \"$env:windir\\system32\\schtasks.exe\" /run /tn c", "run \\c" },
	{ ".\\schtasks.exe /run /tn c", "run \\c" },
	{ "cmd /c 'schtasks /run /tn d'", "run \\d" },
	{ "cmd.exe /c schtasks /run /tn d", "run \\d" },
	{ "Start-Process schtasks -ArgumentList '/run','/tn','e'", "run \\e" },
	{ "start schtasks.exe '/run /tn e' -WindowStyle Hidden -Wait", "run \\e" },
	{ "Start-Process -FilePath cmd -Args '/c schtasks /run /tn e' -Verb RunAs", "run \\e" },
	{ "[Diagnostics.Process]::Start('schtasks', '/run /tn f')", "run \\f" },
	{ "powershell -Command { Start-ScheduledTask g }", "run \\g" },
	{ "& { Start-ScheduledTask h }; . { Start-ScheduledTask i }", "run \\h; run \\i" },
	{ "Start-Job { Start-ScheduledTask j } | Wait-Job", "run \\j" },
	{ "$c = { Start-ScheduledTask k }; & $c; $c.Invoke()", "run \\k; run \\k" },
	{ "function go($n) { Start-ScheduledTask $n }\ngo l; go -n m", "run \\l; run \\m" },
	{ "function f($name, [switch]$go, $h = 'fs02') { if ($go) { schtasks /run /tn $name "
	  "/s $h } }\nf -n x -go; f y", "run \\x @fs02" },
	{ "function f($a, $b) { Start-ScheduledTask \"$a$b\" }\nf -b 1 2", "run \\21" },
	{ "function f($abc, $abd) { Start-ScheduledTask $abc }\nf -ab x", "run \\x" },
	{ "function f($a = 'd', $b) { Start-ScheduledTask \"$a$b\" }\nf -a -b y", "run \\dy" },
	{ "function f($a) { Start-ScheduledTask $args[0] }\nf x y", "run \\y" },
	{ "function f($a, $b = $a) { Start-ScheduledTask $b }\nf x", "run \\x" },
	{ "function later { schtasks /run /tn n }", "run \\n" },
	{ "sal x Start-ScheduledTask; x 'o'", "run \\o" },
	{ "$p = '/run','/tn','p'; schtasks @p; schtasks $p", "run \\p; run \\p" },
	{ "schtasks --% /run /tn q", "run \\q" },
	{ "schtasks /create /tn \"My Task\" /tr 'cmd /c \"dir c:\\\"' /f",
	  "create \\My Task {cmd /c dir}" },
	{ "schtasks /create /tn \"My Task\" /tr \"cmd /c \\`\"x y\\`\"\" /f",
	  "create \\My Task {cmd /c \"x y\"}" },
	{ "1..3 | % { Start-ScheduledTask \"t$_\" }", "run \\t1; run \\t2; run \\t3" },
	{ "if ($x) { schtasks /run /tn r } else { schtasks /run /tn s }", "run \\r; run \\s" },
	{ "if ($true) { schtasks /run /tn r } else { schtasks /run /tn s }", "run \\r" },
	{ "try { schtasks /run /tn r } catch { Write-Host x } finally { schtasks /run /tn s }",
	  "run \\r; run \\s" },
	{ "while ($true) { schtasks /run /tn r; sleep 5 }", "run \\r" },
	{ "$sb = [scriptblock]::Create('schtasks /run /tn t'); & $sb", "run \\t" },
	{ "$ExecutionContext.InvokeCommand.InvokeScript('schtasks /run /tn u')", "run \\u" },
	{ "(New-Object -ComObject WScript.Shell).Run('schtasks /run /tn v')", "run \\v" },
	{ "schtasks /run /tn w 2>&1 > $null; exit; schtasks /run /tn x", "run \\w" },
};

static void
what_is_run_is_read(void **state)
{
	(void)state;
	check(nested, nitems(nested));
}

/* ---- Decoding ---- */

#define RUN_B64		"UwB0AGEAcgB0AC0AUwBjAGgAZQBkAHUAbABlAGQAVABhAHMAawAgAGEA"
#define RUN_UTF8	"U3RhcnQtU2NoZWR1bGVkVGFzayBh"
#define RUN_GZIP	"H4sIAAAAAAACAwsuSSwq0Q1OzkhNKc1JTQlJLM5WSAQAjf7O+hUAAAA="
#define RUN_DEFLATE	"Cy5JLCrRDU7OSE0pzUlNCUkszlZIBAA="
#define RUN_TOLD	"run \\a ["

static const struct row decoded[] = {
	{ "powershell -enc " RUN_B64, RUN_TOLD "base64: Start-ScheduledTask a]" },
	{ "iex ([Text.Encoding]::Unicode.GetString([Convert]::FromBase64String('" RUN_B64 "')))",
	  RUN_TOLD "base64: Start-ScheduledTask a]" },
	{ "$b = [System.Convert]::FromBase64String(\"" RUN_UTF8 "\")\n"
	  "$s = [System.Text.Encoding]::UTF8.GetString($b)\nInvoke-Expression $s",
	  RUN_TOLD "base64: Start-ScheduledTask a]" },
	{ "$x = [Convert]::FromBase64String('" RUN_UTF8 "')", " [base64: Start-ScheduledTask a]" },
	{ "$s=New-Object IO.MemoryStream(,[Convert]::FromBase64String(\"" RUN_GZIP "\"));"
	  "IEX (New-Object IO.StreamReader(New-Object IO.Compression.GzipStream($s,"
	  "[IO.Compression.CompressionMode]::Decompress))).ReadToEnd();",
	  RUN_TOLD "gzip: Start-ScheduledTask a]" },
	{ "(New-Object IO.StreamReader((New-Object IO.Compression.DeflateStream([IO.MemoryStream]"
	  "[Convert]::FromBase64String('" RUN_DEFLATE "'),[IO.Compression.CompressionMode]::"
	  "Decompress)),[Text.Encoding]::ASCII)).ReadToEnd() | iex",
	  RUN_TOLD "deflate: Start-ScheduledTask a]" },
	{ "iex ('Start-Sch'+'eduled'+\"Task a\")", RUN_TOLD "concat: Start-ScheduledTask a]" },
	{ "$a='Start-Sched'; $b='uledTask a'; iex \"$a$b\"",
	  RUN_TOLD "concat: Start-ScheduledTask a]" },
	{ "$a='Start-Sched'; $a += 'uledTask a'; iex $a",
	  RUN_TOLD "concat: Start-ScheduledTask a]" },
	{ "&('{1}e{0}'-f'x','i') 'Start-ScheduledTask a'", "run \\a [format: iex]" },
	{ "iex ('{2}{0}{1}' -f 'eduled','Task a','Start-Sch')",
	  RUN_TOLD "format: Start-ScheduledTask a]" },
	{ "iex ('StZrt-SchZduledTask a'.Replace('StZ','Sta') -replace 'SchZ','Sche')",
	  RUN_TOLD "replace: Start-ScheduledTask a]" },
	{ "$s='a ksaTdeludehcS-tratS'; iex (-join $s[-1..-($s.Length)])",
	  RUN_TOLD "reverse: Start-ScheduledTask a]" },
	{ "$c='a ksaTdeludehcS-tratS'.ToCharArray(); [array]::Reverse($c); iex -join $c",
	  "" },
	{ "$c='a ksaTdeludehcS-tratS'.ToCharArray(); [array]::Reverse($c); iex (-join $c)",
	  RUN_TOLD "reverse: Start-ScheduledTask a]" },
	{ "([regex]::Matches('a ksaTdeludehcS-tratS','.','RightToLeft')|foreach{$_.value})-join''"
	  "|iex", RUN_TOLD "reverse: Start-ScheduledTask a]" },
	{ "iex (-join [char[]](83,116,97,114,116,45,83,99,104,101,100,117,108,101,100,84,97,115,"
	  "107,32,97))", RUN_TOLD "char: Start-ScheduledTask a]" },
	{ "(83,116,97,114,116,45,83,99,104,101,100,117,108,101,100,84,97,115,107,32,97|%{[char]$_})"
	  " -join '' | iex", RUN_TOLD "char: Start-ScheduledTask a]" },
	{ "iex ([string]::Join('',('53,74,61,72,74,2d,53,63,68,65,64,75,6c,65,64,54,61,73,6b,20,61'"
	  ".Split(',')|%{[char][Convert]::ToInt32($_,16)})))",
	  RUN_TOLD "char: Start-ScheduledTask a]" },
	{ "$k=7; iex (-join ([byte[]](84,115,102,117,115,42,84,100,111,98,99,114,107,98,99,83,102,"
	  "116,108,39,102)|%{[char]($_ -bxor $k)}))", RUN_TOLD "char: Start-ScheduledTask a]" },
	{ "&($PSHome[4]+$PSHome[30]+'x') 'Start-ScheduledTask a'", "run \\a [char: iex]" },
	{ "'Start-ScheduledTask a' | .($env:ComSpec[4,24,25]-join'')", "run \\a [char: iex]" },
	{ ".(Get-C`ommand ('{1}e{0}'-f'x','i')) 'Start-ScheduledTask a'", "run \\a [format: iex]" },
	{ "sc`ht`As`ks /run /tn a", "run \\a" },
	{ "$c=[Convert]::ToBase64String([Text.Encoding]::Unicode.GetBytes('hi'))\n"
	  "Register-ScheduledTask e -Action (New-ScheduledTaskAction powershell \"-enc $c\")",
	  "create \\e {powershell -enc aABpAA==}" },
};

static void
encoded_texts_are_decoded(void **state)
{
	(void)state;
	check(decoded, nitems(decoded));
}

/* ---- Unknown values stay as they are written ---- */

static const struct row unknown[] = {
	{ "Register-ScheduledTask -TaskName $n -Action (New-ScheduledTaskAction $exe $args2)",
	  "create {$exe $args2}" },
	{ "Register-ScheduledTask \"Up-$env:COMPUTERNAME\" -Action (New-ScheduledTaskAction "
	  "\"$env:TEMP\\x.exe\" -Argument \"-f $(Get-Date) $x\")",
	  "create \\Up-$env:COMPUTERNAME {$env:TEMP\\x.exe -f $(Get-Date) $x}" },
	{ "$d = Get-Location; Register-ScheduledTask t -Action (New-ScheduledTaskAction "
	  "(Join-Path $d 'a.exe') ('-d ' + $d))", "create \\t {(Join-Path $d 'a.exe') -d $d}" },
	{ "if ($x) { $n='a' } else { $n='b' }; Start-ScheduledTask $n", "run" },
	{ "$n='a'; if ($x) { $n='b' }; Start-ScheduledTask $n", "run" },
	{ "$i=0; while ($i -lt 5) { Start-ScheduledTask \"t$i\"; $i++ }", "run \\t$i" },
	{ "foreach ($h in Get-Content hosts.txt) { Start-ScheduledTask x -CimSession $h }",
	  "run \\x" },
	{ "function f { $n='in' }; $n='out'; f; Start-ScheduledTask $n", "run \\out" },
	{ "Start-ScheduledTask 'it''s $x `n'", "run \\it's $x `n" },
	{ "$h = @{}; $h['TaskName']='x'; $h.Add('TaskPath','p'); $h += @{Action="
	  "(New-ScheduledTaskAction a.exe)}; Register-ScheduledTask @h", "create \\p\\x {a.exe}" },
	{ "Register-ScheduledTask x -Action (New-ScheduledTaskAction a.exe) | Start-ScheduledTask",
	  "create \\x {a.exe}; run \\x" },
	{ "foreach($t in @(@{n='a';c='x'},@{n='b';c='y'})) { Register-ScheduledTask $t.n -Action "
	  "(New-ScheduledTaskAction $t.c \"-$($t.n)\") }", "create \\a {x -a}; create \\b {y -b}" },
	{ "$a, $b = 'x', 'y'; Start-ScheduledTask $b; Start-ScheduledTask $a", "run \\y; run \\x" },
};

static void
nothing_is_guessed(void **state)
{
	(void)state;
	check(unknown, nitems(unknown));
}

/* ---- Texts that only mention tasks ---- */

static const struct row quiet[] = {
	{ "# Register-ScheduledTask -TaskName x", "" },
	{ "<# schtasks /run /tn x #> Get-Process # schtasks /run /tn x", "" },
	{ "'Register-ScheduledTask x'", "" },
	{ "Write-Host \"Start-ScheduledTask x\"", "" },
	{ "Get-Help Register-ScheduledTask", "" },
	{ "Get-Command Register-ScheduledTask, schtasks.exe", "" },
	{ "$s = 'schtasks /run /tn x'", "" },
	{ "Set-Content run.ps1 'Start-ScheduledTask x'", "" },
	{ "@'\nschtasks /run /tn x\n'@ | Out-File x.cmd", "" },
	{ "Get-Process schtasks", "" },
	{ "$b = { Start-ScheduledTask x }", "" },
	{ "if ($false) { Start-ScheduledTask x }", "" },
	{ "return; Start-ScheduledTask x", "" },
	{ "New-ScheduledTaskAction a.exe; New-ScheduledTaskTrigger -AtLogOn", "" },
	{ "Import-Module ScheduledTasks; ipmo PSScheduledJob", "" },
	{ "\"@ ' $( # comment ) \" } ) ] ' schtasks /run /tn x", "" },
	{ "Enter-PSSession -ComputerName x", "" },
	{ "", "" },
};

static void
a_mention_is_no_task(void **state)
{
	(void)state;
	check(quiet, nitems(quiet));
}

/* ---- Fields ---- */

static void
all_that_cmdlets_say_is_kept(void **state)
{
	struct read r;
	const struct fact *o;

	(void)state;
	read_whole(&r,
	    "$t = New-ScheduledTaskTrigger -Once -At '2026-11-24T10:00:00' -RepetitionInterval "
	    "(New-TimeSpan -Minutes 5) -RepetitionDuration (New-TimeSpan -Days 1 -Hours 2) "
	    "-RandomDelay 00:10:00\n"
	    "$p = New-ScheduledTaskPrincipal -UserId 'SYSTEM' -LogonType ServiceAccount -RunLevel "
	    "Highest\n"
	    "$s = New-ScheduledTaskSettingsSet -Hidden -AllowStartIfOnBatteries -DontStopIfGoing "
	    "-ExecutionTimeLimit 0 -Priority 4 -MultipleInstances IgnoreNew -IdleDuration "
	    "([TimeSpan]::FromMinutes(90))\n"
	    "$s.Enabled = $true\n"
	    "Register-ScheduledTask F -Action (New-ScheduledTaskAction a.exe -WorkingDirectory "
	    "C:\\w) "
	    "-Trigger $t -Principal $p -Settings $s -Description 'd d' -Password 'secret'");
	assert_int_equal(r.f.n, 1);
	o = r.f.o[0];
	assert_field(o, F_TRG_START, "2026-11-24T10:00:00");
	assert_field(o, F_TRG_REP_INTERVAL, "PT5M");
	assert_field(o, F_TRG_REP_DURATION, "P1DT2H");
	assert_field(o, F_TRG_RANDOM_DELAY, "PT10M");
	assert_field(o, F_USER_ID, "SYSTEM");
	assert_field(o, F_PRINCIPAL_LOGON, "ServiceAccount");
	assert_field(o, F_RUN_LEVEL, "HighestAvailable");
	assert_int_equal(field_int(o, F_SET_HIDDEN), 1);
	assert_int_equal(field_int(o, F_SET_ENABLED), 1);
	assert_int_equal(field_int(o, F_SET_NO_BATTERIES), 0);
	assert_int_equal(field_int(o, F_SET_STOP_BATTERIES), 0);
	assert_int_equal(field_int(o, F_SET_PRIORITY), 4);
	assert_field(o, F_SET_INSTANCES, "IgnoreNew");
	assert_field(o, F_SET_IDLE_DURATION, "PT1H30M");
	assert_field(o, F_SET_TIME_LIMIT, NULL);
	assert_field(o, F_ACT_DIRECTORY, "C:\\w");
	assert_field(o, F_DESCRIPTION, "d d");
	assert_int_equal(field_int(o, F_HAS_PASSWORD), 1);
	end(&r);
}

static void
all_that_com_says_is_kept(void **state)
{
	struct read r;
	const struct fact *o;

	(void)state;
	read_whole(&r,
	    "$s = New-Object -ComObject 'Schedule.Service'; $s.Connect(); $d = $s.NewTask($null)\n"
	    "$d.RegistrationInfo.Author = 'me'; $d.Principal.RunLevel = 1\n"
	    "$d.Settings.StartWhenAvailable = $true; $d.Settings.ExecutionTimeLimit = 'PT0S'\n"
	    "$t = $d.Triggers.Create(9); $t.UserId = 'bob'; $t.Repetition.Interval = 'PT1M'\n"
	    "$a = $d.Actions.Create(0); $a.Path='a.exe'; $a.WorkingDirectory='C:\\'\n"
	    "$s.GetFolder('\\').RegisterTaskDefinition('x', $d, 4, 'u', 'pw', 1)");
	assert_int_equal(r.f.n, 1);
	o = r.f.o[0];
	assert_field(o, F_ACTION, "update");
	assert_field(o, F_AUTHOR, "me");
	assert_field(o, F_RUN_LEVEL, "HighestAvailable");
	assert_field(o, F_PRINCIPAL_LOGON, "Password");
	assert_field(o, F_USER_ID, "u");
	assert_int_equal(field_int(o, F_SET_WHEN_AVAILABLE), 1);
	assert_field(o, F_SET_TIME_LIMIT, "PT0S");
	assert_field(o, F_TRG_USER_ID, "bob");
	assert_field(o, F_TRG_REP_INTERVAL, "PT1M");
	assert_int_equal(field_int(o, F_HAS_PASSWORD), 1);
	end(&r);
}

/* ---- Hostile texts ---- */

static const struct row *const tables[] = { cmdlets, hosts, com, nested, decoded, unknown, quiet };
static const size_t sizes[] = { nitems(cmdlets), nitems(hosts), nitems(com), nitems(nested),
	nitems(decoded), nitems(unknown), nitems(quiet) };

static void
every_truncation_is_safe(void **state)
{
	struct read r;
	char text[2048];

	(void)state;
	for (size_t t = 0; t < nitems(tables); t++)
		for (size_t i = 0; i < sizes[t]; i++)
			for (size_t n = 0; n < strlen(tables[t][i].script); n++) {
				strlcpy(text, tables[t][i].script, n + 1);
				read_whole(&r, text);
				end(&r);
			}
}

/* Reads a text of n times the same, and what follows it. */
static void
repeat(struct read *r, const char *what, size_t n, const char *behind)
{
	size_t step = strlen(what), len = n * step + strlen(behind);
	char *s = test_malloc(len + 1);

	for (size_t i = 0; i < n; i++)
		memcpy(s + i * step, what, step);
	memcpy(s + n * step, behind, strlen(behind) + 1);
	begin(r);
	script_read(&r->script, LANGUAGE_POWERSHELL, (struct view){ (const uint8_t *)s, len });
	test_free(s);
	assert_true(r->script.work <= MAX_SCRIPT_WORK);
}

static void
depth_and_size_are_bounded(void **state)
{
	static const char *const texts[] = {
		"(", "{", "@(", "@{a=", "$(", "\"$(", "[", "[int]", "& {", "if(1){",
		"if($x){", "while(1){", "foreach($a in 1){", "1..9|%{", "a(", "$a[",
		"$a.b(", "'a',", ",", "-not ", "!", "@'\n", "\"", "'", "`", "<#",
		"function f{", "try{", "$x=", "1+", "'a'+", "|", ";", "$a.", "${", "@",
		"[a]::b(", "iex '", "&", ".", "-f ", "switch(1){a{", "param(", "}", ")",
		"]", "{}", "$x+='a';", "$a=$a+$a;", "1;", "x -y ", "function f{f;f};f;",
		"\xe2\x80\x98", "$m+=@{a=1};", "$l+=1,2;", "$a.b=$a;", "x 1,", "-join ",
		"'{0}'-f", "$a=1..99999999;", "'a'*99999;", "$$", "2>", "--%", ":a ",
		"do{", "[x](", "\\", "\xff", "@a ",
	};
	struct read r;

	(void)state;
	for (size_t i = 0; i < nitems(texts); i++) {
		repeat(&r, texts[i], 20000, "");
		end(&r);
	}
	/* What is nested too deeply is skipped, and the rest is read. */
	repeat(&r, "$x = ((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((1"
	    "))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))\n", 10,
	    "Start-ScheduledTask y");
	assert_int_equal(r.f.n, 1);
	end(&r);
	repeat(&r, "Start-ScheduledTask x;", 3 * MAX_SCRIPT_TASKS, "");
	assert_int_equal(r.f.n, MAX_SCRIPT_TASKS);
	end(&r);
}

static void
growth_is_bounded(void **state)
{
	static const char *const texts[] = {
		"$a='xxxxxxxxxxxxxxxx'; foreach ($i in 1..100) { $a = $a + $a }; iex $a",
		"$a='x'*1000000; foreach ($i in 1..1000000) { $b = $a.Replace('x','yy') }",
		"$a='iex $a;iex $a'; iex $a",
		"function f { f; f }; f",
		"$b = { & $b; & $b }; & $b",
		"1..1000 | % { 1..1000 | % { 1..1000 | % { $_ } } }",
		"$a = @(1,2); foreach ($i in 1..64) { $a = $a + $a }; -join $a",
		"$a = ,$a; foreach ($i in 1..64) { $a = $a, $a }; \"$a\"",
		"$l = @{}; $l.x = $l; \"$l\"; Register-ScheduledTask @l -Action $l",
		"$x = 'a'*100000; foreach ($i in 1..100000) { $x -replace 'b','c' }",
		"$a = 1; foreach ($i in 1..100000) { $a = ,$a }; \"$a\"; -join $a; schtasks $a",
		"$x = 'a'*100000; foreach ($i in 1..100000) { $x.Trim('a'); $x.Length; & $x }",
		"$q='powershell -c '; foreach ($i in 1..100) { $q += $q }; iex $q",
		"foreach ($i in 1..100000) { powershell -c \"1..100000 | % { iex 'x' }\" }",
	};
	struct read r;

	(void)state;
	for (size_t i = 0; i < nitems(texts); i++) {
		read_whole(&r, texts[i]);
		assert_true(r.script.work <= MAX_SCRIPT_WORK);
		assert_true(r.f.budget.peak < MAX_SCRIPT_DEPTH * (MAX_PS_MEM + MAX_SCRIPT_TEXT));
		end(&r);
	}
}

static void
a_spent_budget_only_cuts(void **state)
{
	struct read r;

	(void)state;
	for (size_t limit = 0; limit < 40000; limit += 251) {
		begin(&r);
		r.f.budget.limit = r.f.budget.used + limit;
		script_read(&r.script, LANGUAGE_POWERSHELL, view_str(com[0].script));
		script_read(&r.script, LANGUAGE_POWERSHELL, view_str(decoded[4].script));
		end(&r);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cmdlets_make_tasks),
		cmocka_unit_test(second_hosts_are_named),
		cmocka_unit_test(com_objects_make_tasks),
		cmocka_unit_test(what_is_run_is_read),
		cmocka_unit_test(encoded_texts_are_decoded),
		cmocka_unit_test(nothing_is_guessed),
		cmocka_unit_test(a_mention_is_no_task),
		cmocka_unit_test(all_that_cmdlets_say_is_kept),
		cmocka_unit_test(all_that_com_says_is_kept),
		cmocka_unit_test(every_truncation_is_safe),
		cmocka_unit_test(depth_and_size_are_bounded),
		cmocka_unit_test(growth_is_bounded),
		cmocka_unit_test(a_spent_budget_only_cuts),
	};

	return cmocka_run_group_tests_name("powershell", tests, NULL, NULL);
}
