#include "unit/facts.h"

#include <unistd.h>

#include "fact/redact.h"

#define SAME NULL	/* nothing to mask */

static const struct line {
	const char	*in, *out;
} lines[] = {
	/* schtasks */
	{ "schtasks /create /s H /ru u /rp S3cret /tn x", "schtasks /create /s H /ru u /rp *** /tn x" },
	{ "schtasks /create /s H /u a /p S3cret /tn x", "schtasks /create /s H /u a /p *** /tn x" },
	{ "SCHTASKS.EXE /RP:S3cret /tn x", "SCHTASKS.EXE /RP:*** /tn x" },
	{ "schtasks -rp=S3cret", "schtasks -rp=***" },
	{ "schtasks /rp \"S3 cret\" /tn x", "schtasks /rp \"***\" /tn x" },
	{ "schtasks /rp 'S3cret' /tn x", "schtasks /rp '***' /tn x" },
	{ "schtasks /rp P&ss /tn x", "schtasks /rp *** /tn x" },
	{ "schtasks /^r^p S3^cret /tn x", "schtasks /^r^p *** /tn x" },
	{ "s^chtasks /p S3cret", "s^chtasks /p ***" },
	{ "\"C:\\Windows\\System32\\schtasks.exe\" /create /p S3cret", "\"C:\\Windows\\System32\\schtasks.exe\" /create /p ***" },
	{ "cmd /c \"schtasks /create /rp S3cret\"", "cmd /c \"schtasks /create /rp ***\"" },
	{ "cmd /c \"schtasks /create /rp \\\"S3 cret\\\" /tn x\"", "cmd /c \"schtasks /create /rp \\\"***\\\" /tn x\"" },
	{ "cmd /c 'schtasks /create /rp S3cret' & dir", "cmd /c 'schtasks /create /rp ***' & dir" },
	{ "schtasks /tr \"a & b\" /p S3cret", "schtasks /tr \"a & b\" /p ***" },
	{ "dir & schtasks /p a /rp b", "dir & schtasks /p *** /rp ***" },
	{ "schtasks\t/rp\tS3cret\t/f", "schtasks\t/rp\t***\t/f" },
	{ "schtasks /rp \"a\\\"S3 cret\" /f", "schtasks /rp \"***\" /f" },
	{ "schtasks /rp \"a\"\"S3 cret\" /f", "schtasks /rp \"***\" /f" },
	{ "schtasks /rp \"a b\"S3cret /f", "schtasks /rp \"***\"*** /f" },
	{ "schtasks /rp S3\"cr et\"x /f", "schtasks /rp *** /f" },
	{ "schtasks /rp ^\"S3 cret^\" /f", "schtasks /rp ^\"***^\" /f" },
	{ "schtasks /rp \"S3 cret", "schtasks /rp \"***" },
	{ "schtasks /rp \"S3 cret\r\ndir", "schtasks /rp \"***\r\ndir" },
	{ "schtasks /rp S3\xc3\xa9t /f", "schtasks /rp *** /f" },
	{ "cmd /c \"schtasks /create /rp \"S3 cret\" /tn x\"", "cmd /c \"schtasks /create /rp \"***\" /tn x\"" },
	{ "cmd /c \"schtasks /rp \"\"S3 cret\"\" /f\" & dir", "cmd /c \"schtasks /rp \"\"***\"\" /f\" & dir" },
	{ "cmd /c \"cmd /c \\\"schtasks /rp \\\\\\\"S3 cret\\\\\\\" /f\\\"\"",
	    "cmd /c \"cmd /c \\\"schtasks /rp \\\\\\\"***\\\\\\\" /f\\\"\"" },
	{ "echo don't & schtasks /rp S3cret't /f", "echo don't & schtasks /rp *** /f" },
	{ "schtasks /create ^\r\n /u a /p ^\r\n S3cret", "schtasks /create ^\r\n /u a /p ^\r\n ***" },
	{ "schtasks /tr a^&b /p S3cret", "schtasks /tr a^&b /p ***" },
	{ "schtasks /query 2>&1 /p S3cret", "schtasks /query 2>&1 /p ***" },
	{ "/create /s H /u a /p S3cret", "/create /s H /u a /p ***" },
	{ "/create /rp /tn x", SAME },
	{ "Start-Process schtasks '/create','/rp','S3cret','/f'", "Start-Process schtasks '/create','/rp','***','/f'" },
	{ "& schtasks \"/rp\" \"S3cret\"", "& schtasks \"/rp\" \"***\"" },
	{ "psexec \\\\h -u a -p S3cret cmd", "psexec \\\\h -u a -p *** cmd" },
	{ "tasklist /s H /u a /p S3cret", "tasklist /s H /u a /p ***" },
	{ "schtasks /rp", SAME },
	{ "schtasks /rp ", SAME },
	{ "cmd /c \"schtasks /rp \" & dir", SAME },
	{ "schtasks /rp * /tn x", SAME },
	{ "schtasks /rp \"\" /tn x", SAME },
	{ "schtasks /u a /p /s H", SAME },
	{ "schtasks /create /tn rpx /sc daily", SAME },
	{ "xcopy /p a b", SAME },
	{ "del /p secret.txt", SAME },
	{ "schtasks /query & del /p secret.txt", SAME },
	{ "mkdir -p /var/rp", SAME },
	{ "C:\\tools/rp/x.exe", SAME },
	{ "myschtasksx /p y", SAME },
	{ "schtasks /query | more /p y", SAME },
	{ "schtasks /query\ndel /p y", SAME },
	{ "tar -p x & schtasks /run", SAME },
	{ "rmdir x/rp y", SAME },
	{ "net user evil Evil123! /add", SAME },
	{ "dir /pas x/password", SAME },
	/* PowerShell */
	{ "Register-ScheduledTask -User u -Password S3cret -TaskName x", "Register-ScheduledTask -User u -Password *** -TaskName x" },
	{ "Register-ScheduledTask -Password 'it''s' -Force", "Register-ScheduledTask -Password '***' -Force" },
	{ "Register-ScheduledTask -Passw \"S3 cret\"", "Register-ScheduledTask -Passw \"***\"" },
	{ "x \xe2\x80\x93Password S3cret", "x \xe2\x80\x93Password ***" },
	{ "x -pas`sword:S3cret y", "x -pas`sword:*** y" },
	{ "x -Password \"a`\"S3 cret\" y", "x -Password \"***\" y" },
	{ "x -Password \xe2\x80\x9cS3 cret\xe2\x80\x9d y", "x -Password \xe2\x80\x9c***\xe2\x80\x9d y" },
	{ "(x -Password 'S3cret')", "(x -Password '***')" },
	{ "x -Password ('S3'+ \"cret\") y", "x -Password ('***'+ \"***\") y" },
	{ "x --password=S3cret y", "x --password=*** y" },
	{ "wmic /password:$3cret x", "wmic /password:*** x" },
	{ "wmic /password:\"S3 cret\" x", "wmic /password:\"***\" x" },
	{ "wmic /node:H /password:S3cret process", "wmic /node:H /password:*** process" },
	{ "x -Password $pw", SAME },
	{ "x -Password (Get-Pw)", SAME },
	{ "x -PassThru y", SAME },
	{ "x -Pass | y", SAME },
	{ "x -Pass -Force", SAME },
	{ "x -Passport y", SAME },
	{ "x -Pa y", SAME },
	{ "ConvertTo-SecureString 'S3cret' -AsPlainText -Force", "ConvertTo-SecureString '***' -AsPlainText -Force" },
	{ "(ConvertTo-SecureString -AsPlainText -Force -String \"S3cret\")", "(ConvertTo-SecureString -AsPlainText -Force -String \"***\")" },
	{ "convertto-securestring S3cret -a -f", "convertto-securestring *** -a -f" },
	{ "'S3cret' | ConvertTo-SecureString -AsPlainText -Force", "'***' | ConvertTo-SecureString -AsPlainText -Force" },
	{ "'S3cret' |\n  ConvertTo-SecureString -a", "'***' |\n  ConvertTo-SecureString -a" },
	{ "'it''s S3cret'|ConvertTo-SecureString", "'***'|ConvertTo-SecureString" },
	{ "pwsh -c \"'S3cret' | ConvertTo-SecureString -a\"", "pwsh -c \"'***' | ConvertTo-SecureString -a\"" },
	{ "ConvertTo-SecureString -Key $k -String:'S3cret'", "ConvertTo-SecureString -Key $k -String:'***'" },
	{ "ConvertTo-SecureString ('S3'+'cret') -a", "ConvertTo-SecureString ('***'+'***') -a" },
	{ "ConvertTo-SecureString (Get-It 'x') -a", SAME },
	{ "(ConvertTo-SecureString -a); 'x'", SAME },
	{ "$p | ConvertTo-SecureString -AsPlainText", SAME },
	{ "ConvertTo-SecureString $p -AsPlainText -Force", SAME },
	{ "'a'; $p | ConvertTo-SecureString -Force", SAME },
	/* XML */
	{ "<Properties cpassword=\"abcDEF==\" runAs=\"x\"/>", "<Properties cpassword=\"***\" runAs=\"x\"/>" },
	{ "<Properties cpassword = 'abcDEF=='/>", "<Properties cpassword = '***'/>" },
	{ "<Properties cpassword=\"\"/>", SAME },
	{ "&lt;P cpassword=&quot;abc&quot;", "&lt;P cpassword=&quot;***&quot;" },
	{ "<P cpassword=\"abc\" cpassword='def'/>", "<P cpassword=\"***\" cpassword='***'/>" },
	{ "cpassword = none", SAME },
	{ "<Arguments>/create /rp &quot;S3 cret&quot; /f</Arguments>", "<Arguments>/create /rp &quot;***&quot; /f</Arguments>" },
	{ "<Arguments>/create /rp S3cret</Arguments>", "<Arguments>/create /rp ***</Arguments>" },
	{ "<Command>schtasks</Command>\r\n  <Arguments>/f /p S3cret</Arguments>", "<Command>schtasks</Command>\r\n  <Arguments>/f /p ***</Arguments>" },
	{ "<Command>schtasks</Command>\n<Command>del</Command>\n<Arguments>/p x</Arguments>", SAME },
	{ "<Arguments>/c &quot;schtasks /rp \\&quot;S3 cret\\&quot; /f&quot;</Arguments>",
	    "<Arguments>/c &quot;schtasks /rp \\&quot;***\\&quot; /f&quot;</Arguments>" },
	{ "<Arguments>schtasks /rp &#34;S3 cret&#34; &gt; x</Arguments>", "<Arguments>schtasks /rp &#34;***&#34; &gt; x</Arguments>" },
	{ "<Arguments>/c schtasks /run &amp; del /p x</Arguments>", SAME },
	{ "<Arguments>/c schtasks /p P&amp;ss</Arguments>", "<Arguments>/c schtasks /p ***</Arguments>" },
	{ "<t:Password>S3cret</t:Password>", "<t:Password>***</t:Password>" },
	{ "<Password type=\"x\"><![CDATA[S3cret]]></Password>", "<Password type=\"x\">***</Password>" },
	{ "<AdministratorPassword>\n<Value>S3cret</Value>", "<AdministratorPassword>\n***</Value>" },
	{ "<Password>S3cret", "<Password>***" },
	{ "<Password/> text <b>", SAME },
	{ "<Password></Password>", SAME },
	{ "<PasswordAge>12</PasswordAge>", SAME },
	{ "<LogonType>Password</LogonType>", SAME },
	{ "<Description>-word password</Description>", SAME },
	{ "", SAME },
};

static void
lines_are_masked_as_they_should(void **state)
{
	struct budget b;
	struct buf out;

	(void)state;
	budget_init(&b, NULL, 1 << 20);
	for (const struct line *l = lines; l < lines + nitems(lines); l++) {
		buf_init(&out, &b, 4096);
		if (redact(view_str(l->in), &out) != (l->out != SAME))
			fail_msg("%s: %s", l->in, l->out != SAME ? "not masked" : "masked");
		if (l->out != SAME && (out.len != strlen(l->out) ||
		    memcmp(out.p, l->out, out.len) != 0))
			fail_msg("%s: got %.*s", l->in, (int)out.len, (const char *)out.p);
		buf_free(&out);
	}
	assert_int_equal(b.used, 0);
}

/* No prefix of a line may show more than the whole line does: a value that is
 * cut is masked all the same, unless what makes it one comes behind it. */
static void
no_prefix_tells_a_secret(void **state)
{
	struct view shown;
	struct budget b;
	struct buf out;
	uint8_t *cut;

	(void)state;
	budget_init(&b, NULL, 1 << 20);
	for (const struct line *l = lines; l < lines + nitems(lines); l++)
		for (size_t n = 0; n < strlen(l->in); n++) {
			cut = test_malloc(n + 1);
			memcpy(cut + 1, l->in, n);
			shown = (struct view){ cut + 1, n };
			buf_init(&out, &b, 4096);
			if (redact(shown, &out))
				shown = buf_view(&out);
			if (strchr(l->in, '|') == NULL && memmem(shown.p, shown.len, "S3c", 3) != NULL)
				fail_msg("%.*s", (int)shown.len, (const char *)shown.p);
			buf_free(&out);
			test_free(cut);
		}
}

static void
a_refused_buffer_shows_nothing(void **state)
{
	struct budget b;
	struct buf out;

	(void)state;
	budget_init(&b, NULL, 1 << 20);
	buf_init(&out, &b, 8);
	assert_true(redact(view_str("schtasks /rp S3cret /tn something"), &out));
	assert_int_equal(out.len, 0);
	assert_int_equal(b.used, 0);
}

/* Whatever could be walked again from each of its places.  A megabyte takes
 * some milliseconds, or hours. */
static void
hostile_text_takes_linear_time(void **state)
{
	static const char *const units[] = { "/rp \"", "'a' | ", "<Password>", "-Pas ",
		"schtasks /p ", "^", "`", "\\", "\\\"", "cpassword=", "cpassword=\"", " ", "\n",
		"\r\n<", "'", "&quot;", "<", "<Password ", "-Pas ('a'+", "ConvertTo-SecureString ",
		"|ConvertTo-SecureString -a $", "'a'|ConvertTo-SecureString", "/create ", "/",
		"^\n", "\"/rp\",", "&" };
	size_t max = 1 << 20;
	uint8_t *p = test_malloc(max);
	struct budget b;
	struct buf out;

	(void)state;
	budget_init(&b, NULL, 16u << 20);
	alarm(120);
	for (size_t u = 0; u < nitems(units); u++) {
		size_t n = strlen(units[u]);

		for (size_t i = 0; i < max; i++)
			p[i] = (uint8_t)units[u][i % n];
		buf_init(&out, &b, 4u << 20);
		redact((struct view){ p, max }, &out);
		buf_free(&out);
	}
	alarm(0);
	test_free(p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_are_masked_as_they_should),
		cmocka_unit_test(no_prefix_tells_a_secret),
		cmocka_unit_test(a_refused_buffer_shows_nothing),
		cmocka_unit_test(hostile_text_takes_linear_time),
	};

	return cmocka_run_group_tests_name("redact", tests, NULL, NULL);
}
