#include "unit/script-rows.h"

#include <stdio.h>

#include <stdio.h>

/* Commands for cmd.exe. */
static const struct script_row lines[] = {
	/* One command, in the ways it may be written */
	{ "schtasks /run /tn x", "run \\x" },
	{ "  @schtasks /run /tn x\r\n", "run \\x" },
	{ ";,= schtasks /run /tn x", "run \\x" },
	{ "SCHTASKS.EXE /RUN /TN x", "run \\x" },
	{ "C:\\Windows\\System32\\schtasks.exe /run /tn x", "run \\x" },
	{ "\"C:\\Windows\\System32\\schtasks.exe\" /run /tn x", "run \\x" },
	{ "C:\\\"Program Files\"\\schtasks.exe /run /tn x", "run \\x" },
	{ "%SystemRoot%\\System32\\schtasks /run /tn x", "run \\x" },
	{ "..\\schtasks/run /tn x", "run \\x" },
	{ "schtasks\t/run\t/tn\tx", "run \\x" },
	{ "schtasks /create /tn \"a b\" /tr \"cmd /c echo 1 & 2\" /sc once", "create \\a b = cmd /c echo 1 & 2" },
	{ "schtasks /create /tn x /tr %TEMP%\\x.exe /sc onlogon", "create \\x = %TEMP%\\x.exe" },
	{ "schtasks /create /tn %n% /tr calc", "create \\%n% = calc" },
	/* Carets */
	{ "s^c^h^t^a^s^k^s /r^un /tn x", "run \\x" },
	{ "schtasks /run /tn x^&y", "run \\x&y" },
	{ "schtasks /run /tn \"x^&y\"", "run \\x^&y" },
	{ "schtasks /run /tn ^\"x y^\"", "run \\x y" },
	{ "schtasks /run ^\r\n /tn x", "run \\x" },
	{ "schtasks /run ^\n /tn x\nschtasks /end /tn y", "run \\x; stop \\y" },
	{ "schtasks /run /tn x^", "run \\x" },
	{ "schtasks /run /tn x^^y", "run \\x^y" },
	{ "schtasks /create /tn x /tr \"cmd /c a ^| b\"", "create \\x = cmd /c a ^| b" },
	{ "sch\"task\"s /run /tn x", "run \\x" },
	{ "\"schtasks\" \"/run\" \"/tn\" \"x\"", "run \\x" },
	/* Several commands */
	{ "schtasks /run /tn a & schtasks /run /tn b", "run \\a; run \\b" },
	{ "schtasks /run /tn a&schtasks /run /tn b", "run \\a; run \\b" },
	{ "schtasks /run /tn a && schtasks /end /tn b || schtasks /delete /tn c", "run \\a; stop \\b; delete \\c" },
	{ "echo y | schtasks /delete /tn c", "delete \\c" },
	{ "schtasks /run /tn a\r\nschtasks /run /tn b\r\n", "run \\a; run \\b" },
	{ "(schtasks /run /tn a)&(schtasks /run /tn b)", "run \\a; run \\b" },
	{ "(\r\n schtasks /run /tn a\r\n\r\n schtasks /run /tn b\r\n)\r\nschtasks /run /tn c", "run \\a; run \\b; run \\c" },
	{ "((schtasks /run /tn a))", "run \\a" },
	{ "schtasks /run /tn a)", "run \\a)" },
	{ "(schtasks /run /tn (a)", "run \\(a" },
	{ "cd \\ & whoami & schtasks", "list" },
	{ "& && schtasks /run /tn a &&", "run \\a" },
	/* Redirections */
	{ "schtasks /run /tn x > C:\\out.txt 2>&1", "run \\x" },
	{ "schtasks /run /tn x>nul", "run \\x" },
	{ "schtasks /run>nul /tn x", "run \\x" },
	{ ">nul 2>nul schtasks /run /tn x", "run \\x" },
	{ "schtasks /run /tn x1>nul", "run \\x1" },
	{ "schtasks /run /tn x 1>> \"C:\\a b.txt\" & schtasks /end /tn y", "run \\x; stop \\y" },
	{ "schtasks /run /tn \"a>b\"", "run \\a>b" },
	{ "schtasks /create /tn x /tr a^>b", "create \\x = a>b" },
	{ "schtasks /query /fo csv | findstr x", "list" },
	/* A second shell */
	{ "cmd /c schtasks /run /tn x", "run \\x" },
	{ "cmd.exe /C schtasks /run /tn x", "run \\x" },
	{ "cmd/c schtasks /run /tn x", "run \\x" },
	{ "cmd /cschtasks /run /tn x", "run \\x" },
	{ "cmd.exe/c\"schtasks /run /tn x\"", "run \\x" },
	{ "cmd /q/d/c schtasks /run /tn x", "run \\x" },
	{ "cmd /V:ON /E:ON /T:0a /S /C \"schtasks /run /tn x\"", "run \\x" },
	{ "cmd,/c,schtasks /run /tn x", "run \\x" },
	{ "cmd /r schtasks /run /tn x", "run \\x" },
	{ "cmd /k \"schtasks /run /tn x\"", "run \\x" },
	{ "%COMSPEC% /Q /c schtasks /run /tn x", "run \\x" },
	{ "%SystemRoot%\\system32\\cmd.exe /c schtasks /run /tn x", "run \\x" },
	{ "C:\\Windows\\System32\\..\\System32\\cmd.exe /T:fg /Q /C schtasks /run /tn x > \\Windows\\Temp\\a 2>&1", "run \\x" },
	{ "cmd /c \"schtasks /run /tn a & schtasks /run /tn b\"", "run \\a; run \\b" },
	{ "cmd /c schtasks /run /tn a ^& schtasks /run /tn b", "run \\a; run \\b" },
	{ "cmd /c \"schtasks /create /tn \"a b\" /tr \"c d\"\"", "create \\a b = c d" },
	{ "cmd /c \"\"C:\\Windows\\System32\\schtasks.exe\" /run /tn x\"", "run \\x" },
	{ "cmd /c \"C:\\Windows\\System32\\schtasks.exe\" /run /tn \"x y\"", "run \\x y" },
	{ "cmd /c \"cmd /c \"schtasks /run /tn x\"\"", "run \\x" },
	{ "cmd /c cmd /c cmd /c schtasks /run /tn x", "run \\x" },
	{ "cmd /c \"schtasks /run\" /tn x", "run \\x" },
	{ "cmd /c start /min \"\" schtasks /run /tn x", "run \\x" },
	{ "start schtasks /run /tn x", "run \\x" },
	{ "start \"my title\" /d C:\\ /b /wait schtasks /run /tn \"x y\"", "run \\x y" },
	{ "start /affinity 1 schtasks /run /tn x", "run \\x" },
	{ "start \"\" \"schtasks.exe\" /run /tn x", "run \\x" },
	{ "call schtasks /run /tn x", "run \\x" },
	{ "@call call schtasks /run /tn x", "run \\x" },
	{ "runas /user:a\\b \"schtasks /run /tn x\"", "run \\x" },
	{ "runas /savecred /user:a\\b schtasks", "list" },
	{ "conhost.exe --headless cmd /c schtasks /run /tn x", "run \\x" },
	{ "forfiles /p c:\\windows /m notepad.exe /c \"cmd /c schtasks /run /tn x\"", "run \\x" },
	/* On other hosts */
	{ "winrs -r:fs02 schtasks /run /tn x", "run \\x @fs02" },
	{ "winrs /remote:fs02 /u:a /p:b \"schtasks /run /tn x & schtasks /end /tn y\"", "run \\x @fs02; stop \\y @fs02" },
	{ "winrs -r:https://fs02:5986 -ssl cmd /c schtasks /run /tn x", "run \\x @fs02" },
	{ "winrs -r:a winrs -r:b schtasks & schtasks", "list @b; list" },
	{ "psexec \\\\fs02 -accepteula -u a -p b -s -d schtasks /run /tn x", "run \\x @fs02" },
	{ "PsExec64.exe -i 1 -s cmd /c \"schtasks /run /tn x\"", "run \\x" },
	{ "psexec \\\\a,b schtasks /run /tn x", "run \\x @a; run \\x @b" },
	{ "psexec \\\\fs02 \"schtasks /run /tn x\"", "run \\x @fs02" },
	{ "wmic process call create \"schtasks /run /tn x\"", "run \\x" },
	{ "wmic /node:\"fs02\" /user:a /password:b process call create \"cmd /c schtasks /create /tn x /tr \\\"a b\\\"\"", "create \\x = a b @fs02" },
	{ "wmic.exe /node:a,b process call create 'schtasks /run /tn x'", "run \\x @a; run \\x @b" },
	{ "wmic path win32_process call create \"schtasks /run /tn x\", \"C:\\\"", "run \\x" },
	{ "wmic process call create schtasks", "list" },
	{ "sc create evil binPath= \"cmd /c schtasks /run /tn x\" start= auto", "run \\x" },
	{ "sc \\\\fs02 config evil binpath=\"cmd /c schtasks /run /tn x\"", "run \\x @fs02" },
	{ "winrs -r:fs02 schtasks /s fs03 /run /tn x", "run \\x @fs03" },
	/* if, for */
	{ "if exist C:\\x schtasks /run /tn x", "run \\x" },
	{ "if not exist \"C:\\x y\" (schtasks /run /tn x) else (schtasks /end /tn y)", "run \\x; stop \\y" },
	{ "if /i \"%a%\"==\"b c\" schtasks /run /tn x", "run \\x" },
	{ "if %errorlevel% equ 0 schtasks /run /tn x", "run \\x" },
	{ "if errorlevel 1 schtasks /run /tn x", "run \\x" },
	{ "if not defined a (\r\nschtasks /run /tn x\r\n) else if a == b (\r\nschtasks /end /tn y\r\n) else schtasks", "run \\x; stop \\y; list" },
	{ "for %i in (a b,c) do schtasks /run /tn %i", "run \\a; run \\b; run \\c" },
	{ "for %%h in (fs02 fs03) do @schtasks /run /s %%h /tn x", "run \\x @fs02; run \\x @fs03" },
	{ "for %i in (\"a b\") do (schtasks /run /tn \"%~i\") & schtasks", "run \\a b; list" },
	{ "for %c in (schtasks) do %c /run /tn x", "run \\x" },
	{ "for %a in (1 2) do for %b in (3 4) do schtasks /run /tn %a%b", "run \\13; run \\14; run \\23; run \\24" },
	{ "for /l %i in (1,2,5) do schtasks /run /tn t%i", "run \\t1; run \\t3; run \\t5" },
	{ "for /l %i in (1,-1,-1) do schtasks /run /tn t%i", "run \\t1; run \\t0; run \\t-1" },
	{ "for /f \"tokens=1 delims=,\" %i in ('schtasks /query /fo csv ^| find \"x\"') do schtasks /delete /tn %i", "list; delete \\%i" },
	{ "for /f %i in (hosts.txt) do schtasks /run /s %i /tn x", "run \\x @%i" },
	{ "for /f \"usebackq\" %i in (`schtasks`) do echo", "list" },
	{ "for /f \"usebackq\" %i in ('schtasks') do echo", "" },
	{ "for /r C:\\ %f in (*.exe) do schtasks /create /tn x /tr %f", "create \\x = %f" },
	{ "for %f in (*.xml) do schtasks /create /tn x /xml %f", "create \\x" },
	/* Variables */
	{ "set c=schtasks&& call %c% /run /tn x", "run \\x" },
	{ "set \"a=sch\" & set \"b=tasks\" & call %a%%b% /run /tn x", "run \\x" },
	{ "set x=schtasks&&cmd /c %x% /run /tn x", "run \\x" },
	{ "cmd /v:on /c \"set x=schtasks&&!x! /run /tn x\"", "run \\x" },
	{ "set a=schtasks\r\n%a% /run /tn x", "run \\x" },
	{ "set a=xxschtasksxx&call %a:~2,8% /run /tn x", "run \\x" },
	{ "set a=xxschtasks&call %a:~2% /run /tn x", "run \\x" },
	{ "set a=xxschtasksyy&call %a:~-10,-2% /run /tn x", "run \\x" },
	{ "set a=sQQchtaqqsks&call %a:qq=% /run /tn x", "run \\x" },
	{ "set a=junk.schtasks&call %a:*.=% /run /tn x", "run \\x" },
	{ "set a=x y&schtasks /run /tn \"%a%\"", "run \\x y" },
	{ "SET N=x\r\nschtasks /run /tn %n%", "run \\x" },
	{ "set /p n=name? & schtasks /run /tn %n%", "run \\%n%" },
	{ "set n=a\r\nif x==y set n=b\r\nschtasks /run /tn %n%", "run \\%n%" },
	{ "if x==y (set n=b& schtasks /run /tn %n%)", "run \\b" },
	{ "set n=a\r\nset n=\r\nschtasks /run /tn %n%", "run \\%n%" },
	{ "fail || set n=b\r\nschtasks /run /tn %n%", "run \\%n%" },
	{ "set n=\xc3\xa4\xc3\xb6\r\nschtasks /run /tn %n:~0,1%", "run \\%n:~0,1%" },
	{ "schtasks /run /tn 100%", "run \\100%" },
	{ "schtasks /run /tn %a:~x% %", "run \\%a:~x%" },
	/* PowerShell's switches */
	{ "powershell -c \"schtasks /run /tn x\"", "run \\x" },
	{ "powershell.exe -NoP -NonI -W Hidden -Exec Bypass -Command schtasks /run /tn x", "run \\x" },
	{ "powershell \"schtasks /run /tn x\"", "run \\x" },
	{ "powershell -w 1 -e cwBjAGgAdABhAHMAawBzACAALwByAHUAbgAgAC8AdABuACAAeAA=", "run \\x" },
	{ "powershell \xe2\x80\x93" "enc cwBjAGgAdABhAHMAawBzACAALwByAHUAbgAgAC8AdABuACAAeAA=", "run \\x" },
	{ "powershell /ec cwBjAGgAdABhAHMAawBzACAALwByAHUAbgAgAC8AdABuACAAeAA= -nop", "run \\x" },
	{ "pwsh -c \"schtasks /run /tn x\"", "run \\x" },
	{ "cmd /c powershell -c \"cmd /c 'schtasks /run /tn x'\"", "run \\x" },
	/* No tasks */
	{ "", "" },
	{ "echo schtasks /create /tn x /tr y", "" },
	{ "echo.schtasks /create /tn x", "" },
	{ "echo \"x\" > schtasks /create", "" },
	{ "tasklist | findstr schtasks", "" },
	{ "rem schtasks /run /tn x & schtasks /run /tn x", "" },
	{ "@REM schtasks /run /tn x", "" },
	{ ":: schtasks /run /tn x", "" },
	{ ":schtasks /run", "" },
	{ ") & schtasks /run /tn x", "" },
	{ "type schtasks.exe", "" },
	{ "where schtasks", "" },
	{ "echo ^& schtasks /run /tn x", "" },
	{ "echo \"a & schtasks /run /tn x\"", "" },
	{ "notschtasks /run /tn x", "" },
	{ "schtasks2 /run /tn x", "" },
	{ "C:\\schtasks\\x.exe /run /tn x", "" },
	{ "schtasks.txt /run /tn x", "" },
	{ "schtasks_old.exe /run", "" },
	{ "%x%schtasks /run /tn x", "" },
	{ "net start schtasks", "" },
	{ "set x=schtasks /run /tn x", "" },
	{ "if exist schtasks echo /run", "" },
	{ "copy C:\\Windows\\System32\\schtasks.exe x.exe", "" },
	{ "cmd /c", "" },
	{ "cmd /c \"\"", "" },
	{ "cmd schtasks /run", "" },
	{ "cmd /?  /c schtasks", "" },
	{ "powershell -File schtasks.ps1 /run /tn x", "" },
	{ "powershell -c -", "" },
	{ "powershell -enc !!!", "" },
	{ "powershell -enc", "" },
	{ "pwsh schtasks /run /tn x", "" },
	{ "wmic process list", "" },
	{ "wmic process call create", "" },
	{ "sc query schtasks", "" },
	{ "winrs -r:fs02", "" },
	{ "psexec \\\\fs02", "" },
	{ "forfiles /c", "" },
	{ "start", "" },
	{ "runas /user:x", "" },
	{ "for %i in (schtasks) do echo %i /run", "" },
	{ "for schtasks /run", "" },
	{ "for %i in schtasks do schtasks", "" },
	{ "if schtasks", "" },
	{ "reg add HKCU\\Run /v x /d \"schtasks /run /tn x\"", "" },
	{ "rundll32 schtasks,/run", "" },
	{ "net use * \\\\at\\c$", "" },
};

static void
lines_are_read(void **state)
{
	(void)state;
	for (size_t i = 0; i < nitems(lines); i++)
		assert_script_row(LANGUAGE_CMD, &lines[i]);
}

/* Command lines of programs, as CreateProcess() takes them. */
static const struct script_row programs[] = {
	{ "schtasks /run /tn x & y", "run \\x" },
	{ "\"C:\\Windows\\system32\\schtasks.exe\" /run /tn x", "run \\x" },
	{ "\"C:\\Windows\\system32\\cmd.exe\"/c schtasks /run /tn x", "run \\x" },
	{ "cmd /c \"schtasks /run /tn a & schtasks /run /tn b\"", "run \\a; run \\b" },
	{ "%COMSPEC% /C schtasks /run /tn x", "run \\x" },
	{ "schtasks^ /run", "" },
	{ "whoami & schtasks /run", "" },
	{ "", "" },
	{ "\"", "" },
};

static void
programs_are_read(void **state)
{
	(void)state;
	for (size_t i = 0; i < nitems(programs); i++)
		assert_script_row(LANGUAGE_NONE, &programs[i]);
}

static void
every_truncation_is_safe(void **state)
{
	struct script_run *a;

	(void)state;
	for (size_t i = 0; i < nitems(lines); i++)
		for (size_t n = 0; n < strlen(lines[i].in); n++) {
			a = run_script(LANGUAGE_CMD, "");
			run_bytes(a, LANGUAGE_CMD, lines[i].in, n);
			run_end(a);
		}
}

/* ---- Hostile texts ---- */

#define LOTS	(1u << 20)

/* Reads head, then unit again and again up to a megabyte.  Returns the number of tasks. */
static size_t
lots_of(const char *head, const char *unit)
{
	char *text = test_malloc(LOTS + 1);
	size_t n = strlcpy(text, head, LOTS), len = strlen(unit), tasks;
	struct script_run *a = run_script(LANGUAGE_CMD, "");

	for (; n + len < LOTS; n += len)
		memcpy(text + n, unit, len);
	run_bytes(a, LANGUAGE_CMD, text, n);
	assert_true(a->script.work <= MAX_SCRIPT_WORK);
	assert_true(a->facts.budget.peak < 16u << 20);
	tasks = a->facts.n;
	run_end(a);
	test_free(text);
	return tasks;
}

static void
hostile_texts_end(void **state)
{
	static const struct { const char *head, *unit; } texts[] = {
		{ "", "(" }, { "", ")" }, { "", "^" }, { "", "\"" }, { "", "%" }, { "", "!" },
		{ "", "%a" }, { "", "&" }, { "", "a&" }, { "", ">" }, { "", "1>" }, { "", "\n" },
		{ "", "^\n" }, { "", "if " }, { "", "for " }, { "", "if a==b " },
		{ "", "for %i in (a b) do " }, { "", "for /l %i in (1,1,9999) do (" },
		{ "", "for /f %i in ('cmd /c x') do @" }, { "", "call " }, { "", "start " },
		{ "", "cmd /c " }, { "", "cmd /c \"" }, { "", "winrs -r:a " },
		{ "", "psexec \\\\a,b " }, { "psexec \\\\", "a," }, { "", "schtasks " },
		{ "schtasks /create ", "/tn x " }, { "", "set a=%a%%a%\n" },
		{ "set a=b\n", "set a=%a%%a%&" }, { "", "set b%a%=c&" }, { "", "if a set a=b\n" },
		{ "set a=aaaaaaaaaaaaaaaaaaaaaaaa\n", "%a:a=bbbbbbbbbbbbbbb%" }, { "set a=", "a" },
		{ "set \"a=", "\"" }, { "(", "\n(" }, { "", "x||" }, { "echo ", "\\\"" },
		{ "wmic ", "process call create " }, { "powershell ", "-e A " }, { "sc ", "binpath=" },
	};

	(void)state;
	for (size_t i = 0; i < nitems(texts); i++)
		lots_of(texts[i].head, texts[i].unit);
}

static void
tasks_are_bounded(void **state)
{
	(void)state;
	assert_int_equal(lots_of("", "schtasks /run /tn x&"), MAX_SCRIPT_TASKS);
	assert_int_equal(lots_of("for /l %i in (1,1,1000000) do schtasks /run /tn %i\n", "\n"),
	    MAX_SCRIPT_TASKS);
}

static void
depth_is_bounded(void **state)
{
	struct script_run *a;

	(void)state;
	for (int depth = 1; depth <= MAX_SCRIPT_DEPTH + 1; depth++) {
		char text[512] = "";

		for (int i = 1; i < depth; i++)
			strlcat(text, "cmd /c ", sizeof(text));
		strlcat(text, "schtasks /run /tn x", sizeof(text));
		a = run_script(LANGUAGE_CMD, text);
		assert_int_equal(a->facts.n, depth <= MAX_SCRIPT_DEPTH);
		assert_int_equal(a->command->cut, depth > MAX_SCRIPT_DEPTH);
		run_end(a);
	}
}

static void
brackets_are_bounded(void **state)
{
	char text[256];
	struct script_run *a;

	(void)state;
	for (int depth = MAX_CMD_DEPTH - 1; depth <= MAX_CMD_DEPTH; depth++) {
		memset(text, '(', (size_t)depth);
		strlcpy(text + depth, "schtasks /run /tn x", sizeof(text) - (size_t)depth);
		a = run_script(LANGUAGE_CMD, text);
		assert_int_equal(a->facts.n, depth < MAX_CMD_DEPTH);
		assert_int_equal(a->command->cut, depth >= MAX_CMD_DEPTH);
		run_end(a);
	}
}

/* The deepest nesting that is read, and one level more. */
static void
variables_are_bounded(void **state)
{
	char *text = test_malloc(LOTS);
	struct script_run *a;
	size_t n = 0;

	(void)state;
	for (unsigned int i = 1; i <= MAX_CMD_VARS + 1; i++)
		n += (size_t)snprintf(text + n, LOTS - n, "set v%u=x\n", i);
	snprintf(text + n, LOTS - n, "schtasks /run /tn %%v%u%%%%v%u%%", MAX_CMD_VARS,
	    MAX_CMD_VARS + 1);
	a = run_script(LANGUAGE_CMD, text);
	assert_int_equal(a->facts.n, 1);
	assert_field(a->facts.o[0], F_NAME, "\\x%v1025%");
	run_end(a);
	test_free(text);
}

static void
a_spent_budget_is_survived(void **state)
{
	static const char text[] = "set a=b&cmd /c \"for %i in (1 2) do schtasks /create /tn %i%a% "
	    "/tr \\\"x y\\\" /sc onevent /ec System /mo *\" & powershell -e cwA= & "
	    "psexec \\\\a,b at 9:00 x";
	struct script_run *a;

	(void)state;
	for (size_t limit = 0; limit < 4096; limit += 16) {
		a = run_script(LANGUAGE_CMD, "");
		a->facts.budget.limit = a->facts.budget.used + limit;
		run_bytes(a, LANGUAGE_CMD, text, strlen(text));
		run_end(a);
	}
}

/* ---- PowerShell's switches ---- */

#define ENCODED	"cwBjAGgAdABhAHMAawBzACAALwByAHUAbgAgAC8AdABuACAAeAA="	/* schtasks /run /tn x */

static void
encoded_parts_are_told(void **state)
{
	struct script_run *a = run_script(LANGUAGE_CMD, "cmd /c powershell -EncodedCommand " ENCODED);

	(void)state;
	assert_field(a->command, F_CMD_DEC_METHOD, "base64");
	assert_field(a->command, F_CMD_DEC_TEXT, "schtasks /run /tn x");
	run_end(a);
}

/* Every abbreviation that PowerShell takes, in both cases and behind each kind of dash. */
static void
switches_are_known_by_their_beginning(void **state)
{
	static const char *const dashes[] = { "-", "/", "--", "\xe2\x80\x93", "\xe2\x80\x94",
		"\xe2\x80\x95" };
	static const struct { const char *name; bool encoded; } names[] = {
		{ "EncodedCommand", true }, { "enc", true }, { "E", true }, { "ec", true },
		{ "EnCoDeDc", true }, { "EncodedArguments", false }, { "ea", false },
		{ "ep", false }, { "Ex", false }, { "File", false }, { "v", false },
	};
	char text[256];
	struct script_run *a;

	(void)state;
	for (size_t d = 0; d < nitems(dashes); d++)
		for (size_t i = 0; i < nitems(names); i++) {
			snprintf(text, sizeof(text), "powershell -nop %s%s " ENCODED, dashes[d],
			    names[i].name);
			a = run_script(LANGUAGE_NONE, text);
			assert_int_equal(a->facts.n, names[i].encoded);
			run_end(a);
		}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_are_read),
		cmocka_unit_test(programs_are_read),
		cmocka_unit_test(every_truncation_is_safe),
		cmocka_unit_test(hostile_texts_end),
		cmocka_unit_test(tasks_are_bounded),
		cmocka_unit_test(depth_is_bounded),
		cmocka_unit_test(brackets_are_bounded),
		cmocka_unit_test(variables_are_bounded),
		cmocka_unit_test(a_spent_budget_is_survived),
		cmocka_unit_test(encoded_parts_are_told),
		cmocka_unit_test(switches_are_known_by_their_beginning),
	};

	return cmocka_run_group_tests_name("cmd", tests, NULL, NULL);
}
