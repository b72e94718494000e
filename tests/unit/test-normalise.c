#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "detect/normalise.h"
#include "detect/path.h"
#include "detect/template.h"
#include "base/utf16.h"

static struct budget budget;

static const struct row {
	const char	*in, *out;
} rows[] = {
	/* case, blanks, characters */
	{ "", "" },
	{ "  CMD.exe \t /C\r\n WHOAMI ", "cmd.exe /c whoami" },
	{ "x \xe2\x80\x93" "enc \xe2\x80\x9c" "a b\xe2\x80\x9d", "x -enc \"a b\"" },
	{ "\xef\xbd\x83\xef\xbd\x8d\xef\xbd\x84\xe3\x80\x80\xef\xbc\x8f" "C", "cmd /c" },
	{ "\xca\xb3" "eg e\xcb\xa3port", "reg export" },
	{ "who\xe2\x80\x8b" "ami", "whoami" },
	{ "D:\\\xd0\x9e\xd1\x82\xd1\x87\xd1\x91\xd1\x82.XLS", "d:\\\xd0\x9e\xd1\x82\xd1\x87\xd1\x91\xd1\x82.xls" },
	/* carets, backticks, ends of lines */
	{ "w^h^^o^ami 2^>^&1", "whoami 2>&1" },
	{ "In`Vo`ke-Exp`ression", "invoke-expression" },
	{ "who^\nami `\r\n/all", "whoami /all" },
	/* quotes */
	{ "w\"h\"oam\"\"i", "whoami" },
	{ "\"C:\\Tools\\x.exe\" \"\" /a", "c:\\tools\\x.exe /a" },
	{ "\"C:\\Program Files\\x y.exe\" /a", "\"c:\\program files\\x y.exe\" /a" },
	{ "c:\\\"tools\"\\x", "c:\\tools\\x" },
	{ "x -c \\\"whoami\\\"", "x -c whoami" },
	{ "x \\\"c:\\a b\\\" \"c:\\dir one\\\"", "x \"c:\\a b\" \"c:\\dir one\\\"" },
	{ "a \"b c", "a \"b c" },
	/* variables of cmd.exe */
	{ "%windir%\\x %SystemRoot%\\y", "c:\\windows\\x c:\\windows\\y" },
	{ "%comspec% !comspec!", "c:\\windows\\system32\\cmd.exe c:\\windows\\system32\\cmd.exe" },
	{ "%comspec:~0,1%:%comspec:~2,1%%systemroot:~-7,3%", "c:\\win" },
	{ "%comspec:~-7,-4% %comspec:~-3%", "cmd exe" },
	{ "%OS:_nt=x% %comspec:*\\system32\\=%", "windowsx cmd.exe" },
	{ "%programfiles:~10,1%x", "x" },
	{ "%ProgramFiles(x86)%\\a", "c:\\program files (x86)\\a" },
	{ "%TEMP%\\a %appdata%\\b", "c:\\users\\<user>\\appdata\\local\\temp\\a c:\\users\\<user>\\appdata\\roaming\\b" },
	{ "%win%os:~0,0%dir%", "c:\\windows" },
	{ "%computername% %username% 100% !a!", "%computername% %username% 100% !a!" },
	{ "set path=%path%;c:\\x", "set path=%path%;c:\\x" },
	{ "%comspec:~x% %comspec:~1,% %os:=%", "%comspec:~x% %comspec:~1,% %os:=%" },
	{ "%os:w=\"%", "%os:w=\"%" },
	/* and of PowerShell */
	{ "$env:TEMP\\a ${env:ProgramFiles(x86)}\\b", "c:\\users\\<user>\\appdata\\local\\temp\\a c:\\program files (x86)\\b" },
	{ "$env:tempo ${env:windir $env:", "$env:tempo ${env:windir $env:" },
	/* paths */
	{ "C:\\Windows\\System32\\..\\.\\System32\\cmd.exe", "c:\\windows\\system32\\cmd.exe" },
	{ "\"c:\\program files\\..\\a b\\x\"", "\"c:\\a b\\x\"" },
	{ "c:\\a foo\\..\\b", "c:\\a b" },
	{ "c:\\..\\..\\x ..\\..\\y \\\\s\\d\\..\\z", "c:\\x ..\\..\\y \\\\s\\d\\z" },
	{ "c:/windows/system32/cmd.exe /c dir", "c:\\windows\\system32\\cmd.exe /c dir" },
	{ "http://a/../b c:\\x.exe/c file:///c:/x", "http://a/../b c:\\x.exe/c file:///c:/x" },
	{ "\\\\?\\C:\\x \\\\.\\c:\\y \\\\?\\UNC\\s\\d\\z", "c:\\x c:\\y \\\\s\\d\\z" },
	{ "\\\\.\\pipe\\a \\\\.\\globalroot\\device", "\\\\.\\pipe\\a \\\\.\\globalroot\\device" },
	{ "c:\\\\a\\\\b \\\\\\\\s\\\\d /s:\\\\h\\d hkcu:\\\\x", "c:\\a\\b \\\\s\\d /s:\\\\h\\d hkcu:\\x" },
	{ ".\\x \\.\\y a\\.\\b", ".\\x \\y a\\b" },
};

static void
assert_plain(bool (*f)(struct view, struct buf *), const char *in, const char *want)
{
	struct buf out;
	char text[512];

	buf_init(&out, &budget, 4096);
	assert_true(f(view_str(in), &out));
	assert_true(out.len < sizeof(text));
	memcpy(text, out.len > 0 ? out.p : (const uint8_t *)"", out.len);
	text[out.len] = '\0';
	assert_string_equal(text, want);
	buf_free(&out);
}

static void
test_plain(void **state)
{
	(void)state;
	for (size_t i = 0; i < nitems(rows); i++) {
		assert_plain(normalise_text, rows[i].in, rows[i].out);
		assert_plain(normalise_text, rows[i].out, rows[i].out);
	}
}

static void
test_append(void **state)
{
	struct buf out;

	(void)state;
	buf_init(&out, &budget, 16);
	assert_true(buf_add(&out, view_str("x\\")));
	assert_true(normalise_text(view_str("..\\A"), &out));
	assert_memory_equal(out.p, "x\\..\\a", 6);
	/* full: a part, and no part of a character */
	assert_false(normalise_text(view_str("123456789\xd0\x9e\xd0\x9e"), &out));
	assert_true(out.len <= 16 && utf8_valid(buf_view(&out)));
	buf_free(&out);
}

/* Each row, cut after every byte, on the heap so that ASan sees the edge. */
static void
test_truncated(void **state)
{
	(void)state;
	for (size_t i = 0; i < nitems(rows); i++)
		for (size_t n = 0; n < strlen(rows[i].in); n++) {
			uint8_t *cut = test_malloc(n > 0 ? n : 1);
			struct buf out;

			memcpy(cut, rows[i].in, n);
			buf_init(&out, &budget, 4096);
			assert_true(normalise_text((struct view){ cut, n }, &out));
			assert_true(command_template((struct view){ cut, n }, &out));
			(void)path_place((struct view){ cut, n });
			(void)path_program((struct view){ cut, n });
			(void)path_extension((struct view){ cut, n });
			buf_free(&out);
			test_free(cut);
		}
	assert_int_equal(budget.used, 0);
}

/* What would be quadratic if anything were. */
static void
test_linear(void **state)
{
	static const char *const units[] = {
		"\\..", "a\\..\\", "%os:", "%a", "\\\"", "\"", "..\\", "1-", "a/", "aaaaaaaaaaaaa/",
		"/a\\", "^", "\\temp\\", "\\users\\", "!os:w=%", "1-1a-",
	};

	(void)state;
	for (size_t i = 0; i < nitems(units); i++) {
		size_t one = strlen(units[i]), n = 200000 / one * one;
		uint8_t *text = test_malloc(n);
		struct buf out;

		for (size_t k = 0; k < n; k += one)
			memcpy(text + k, units[i], one);
		buf_init(&out, &budget, 1 << 20);
		assert_true(command_template((struct view){ text, n }, &out));
		buf_free(&out);
		test_free(text);
	}
}

static void
test_spent(void **state)
{
	struct budget small;
	struct buf out;

	(void)state;
	for (size_t n = 0; n < 400; n += 7) {
		budget_init(&small, NULL, n);
		buf_init(&out, &small, 100);
		(void)normalise_text(view_str("%windir%\\\xd0\x9e\xd0\x9e\xd0\x9e\xd0\x9e\xd0\x9e"), &out);
		assert_true(utf8_valid(buf_view(&out)));
		buf_free(&out);
		assert_int_equal(small.used, 0);
	}
}

static void
test_place(void **state)
{
	static const struct {
		const char	*path;
		enum place	 place;
	} places[] = {
		{ "", PLACE_NAME }, { "cmd.exe", PLACE_NAME }, { "/c", PLACE_NAME },
		{ ".\\x.exe", PLACE_RELATIVE }, { "tools\\x", PLACE_RELATIVE },
		{ "c:\\windows\\system32\\cmd.exe", PLACE_SYSTEM }, { "\"c:\\windows\\x\"", PLACE_SYSTEM },
		{ "\\windows\\x", PLACE_SYSTEM }, { "\\systemroot\\x", PLACE_SYSTEM },
		{ "\\??\\c:\\windows\\x", PLACE_SYSTEM },
		{ "c:\\windows \\system32\\x", PLACE_OTHER }, { "c:\\windowsx\\y", PLACE_OTHER },
		{ "d:\\windows\\x", PLACE_OTHER },
		{ "c:\\program files\\v\\x", PLACE_PROGRAMS }, { "d:\\program files (x86)\\x", PLACE_PROGRAMS },
		{ "c:\\program filesx\\v", PLACE_OTHER },
		{ "c:\\scripts\\x.ps1", PLACE_OTHER }, { "c:\\programdata\\vendor\\x", PLACE_OTHER },
		{ "%scripts%\\x", PLACE_OTHER }, { "\\\\.\\pipe\\x", PLACE_OTHER },
		{ "c:\\programdata\\x.exe", PLACE_PROFILE }, { "c:\\users\\u\\appdata\\local\\v\\x", PLACE_PROFILE },
		{ "c:\\users\\<user>\\appdata\\local\\temp\\x", PLACE_TEMP }, { "c:\\users\\public\\x", PLACE_TEMP },
		{ "c:\\users\\u\\downloads\\x", PLACE_TEMP }, { "c:\\windows\\temp\\x", PLACE_TEMP },
		{ "c:\\windows\\system32\\spool\\drivers\\color\\x", PLACE_TEMP },
		{ "c:\\windows\\system32\\spool\\drivers\\x64\\y", PLACE_SYSTEM },
		{ "c:\\windows\\tasks\\x", PLACE_TEMP }, { "e:\\$recycle.bin\\x", PLACE_TEMP }, { "c:\\temp\\x", PLACE_TEMP },
		{ "\\\\bkp01\\share\\x", PLACE_SHARE }, { "//bkp01/share/x", PLACE_SHARE },
		{ "\\\\srv\\c$\\x", PLACE_ADMIN_SHARE }, { "\\\\srv\\admin$\\x", PLACE_ADMIN_SHARE },
		{ "\\\\10.1.2.3\\share\\x", PLACE_ADMIN_SHARE }, { "\\\\h@ssl\\x", PLACE_ADMIN_SHARE },
		{ "\\\\h\\davwwwroot\\x", PLACE_ADMIN_SHARE }, { "\\\\1.2.srv\\share", PLACE_SHARE },
		{ "https://h/x", PLACE_WEB }, { "file://h/x", PLACE_WEB }, { "c://x", PLACE_OTHER },
	};

	(void)state;
	for (size_t i = 0; i < nitems(places); i++)
		if (path_place(view_str(places[i].path)) != places[i].place)
			fail_msg("%s: %d", places[i].path, path_place(view_str(places[i].path)));
}

static void
assert_view(struct view v, const char *want)
{
	assert_int_equal(v.len, strlen(want));
	assert_true(v.len == 0 || view_starts(v, want, v.len));
}

static void
test_parts(void **state)
{
	(void)state;
	assert_view(path_program(view_str("\"c:\\windows\\system32\\cmd.exe\"")), "cmd");
	assert_view(path_program(view_str("cmd.exe. .")), "cmd");
	assert_view(path_program(view_str("c:\\x\\powers~1.exe")), "powershell");
	assert_view(path_program(view_str("x.com")), "x.com");
	assert_view(path_program(view_str("")), "");
	assert_view(path_base(view_str("c:\\a\\b.ps1")), "b.ps1");
	assert_view(path_base(view_str("https://h/a/b.ps1?x=/y")), "b.ps1");
	assert_view(path_base(view_str("c:\\a\\")), "");
	assert_view(path_extension(view_str("c:\\a.b\\c")), "");
	assert_view(path_extension(view_str("c:\\a\\b.tar.gz ")), "gz");
	assert_view(path_extension(view_str(".profile")), "");
	assert_view(path_extension(view_str("http://h/x.sct#a")), "sct");
}

static void
test_template(void **state)
{
	static const struct row templates[] = {
		{ "cmd.exe /C whoami > %windir%\\Temp\\abcDEFgh.tmp 2>&1",
		    "cmd.exe /c whoami > c:\\windows\\temp\\<name>.tmp 2>&1" },
		{ "robocopy D:\\data \\\\bkp01\\share\\2026-11-24T10:00:00 /log:c:\\l\\backup20261124.log",
		    "robocopy d:\\data \\\\bkp01\\share\\<n> /log:c:\\l\\backup<n>.log" },
		{ "x {3e04167e-c2b6-4a9a-8fb7-c811158dc97c} S-1-5-21-1-2-3-500 0xDEAD 5",
		    "x {<guid>} <sid> <hex> 5" },
		{ "powershell -enc SQBFAFgAIAAoAE4AZQB3AC0ATwBiAGoAZQBjAHQAIABOAGUAdAAuAFcAZQA=",
		    "powershell -enc <base64>" },
		{ "\"C:\\Users\\Ann Lee\\AppData\\Local\\x7f3k9a2q.exe\"",
		    "\"c:\\users\\<user>\\appdata\\local\\<name>.exe\"" },
		{ "C:\\Users\\Public\\a.exe 10.0.0.5", "c:\\users\\public\\a.exe <n>" },
		{ "rundll32 system32 v1.0 base64 sha256 /p:5", "rundll32 system32 v1.0 base64 sha256 /p:5" },
		{ "C:\\Scripts\\Backup-Exchange.ps1 -Server MAIL01", "c:\\scripts\\backup-exchange.ps1 -server mail01" },
	};

	(void)state;
	for (size_t i = 0; i < nitems(templates); i++)
		assert_plain(command_template, templates[i].in, templates[i].out);
}

static int
set_up(void **state)
{
	(void)state;
	budget_init(&budget, NULL, 64u << 20);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plain),
		cmocka_unit_test(test_append),
		cmocka_unit_test(test_truncated),
		cmocka_unit_test(test_linear),
		cmocka_unit_test(test_spent),
		cmocka_unit_test(test_place),
		cmocka_unit_test(test_parts),
		cmocka_unit_test(test_template),
	};

	return cmocka_run_group_tests_name("normalise", tests, set_up, NULL);
}
