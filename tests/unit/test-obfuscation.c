#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "detect/obfuscation.h"

static const char *const obfuscated[] = {
	/* cmd.exe */
	"cmd /c w^h^oami", "p^^ow^^er^^shell", "regsvr32 ^/s ^/i:x.sct",
	"w\"h\"oami", "po\"\"wer\"\"shell -x", "&(n'e't) s'e'r'v'e",
	"cmd /c %comspec:~-7,1%%programdata:~3,1%x", "cmd /v /c !x:~1,1!!x:~3,1!",
	"cmd /c set a=who&&set b=ami&&call %a%%b%",
	",;,cmd;,/c;,whoami",
	/* PowerShell and scripts */
	"In`Vo`Ke-Item", "& (\"{1}{0}\"-f'x','ie')", "('{2}{0}{1}' -f ( 'b','c','a'))",
	"$c.('Down'+'load'+'String')", "&('ie'+'x') $a", ". ( \"ie\" + \"x\")",
	"[char]105+[char]101+[char]120+[char]32", "-join[char[]](105,101,120) -split ' '",
	"$a -bxor 35", "$env:comspec[4,24,25]-join''", "(gv '*mdr*').name[3,11,2]",
	"Execute(chr(77)&chr(115)&chr(103)&chr(66))", "[array]::Reverse($x);$x -join ''",
	"pOwErShElL -nOp", "IEx (NeW-ObJecT nEt.wEBcLIENt).x",
	/* characters */
	"powershell \xe2\x80\x95nop", "\xca\xb3""eg query", "who\xe2\x80\x8b""ami", "a\xe2\x80\xaetxt.exe",
	"js:\\x61\\x6c\\x65\\x72\\x74", "%70%6f%77%65%72shell", "&#112;&#111;&#119;&#101;&#114;",
	"\\u0070\\u006f\\u0077\\u0065\\u0072",
	"mshta http://3232235777/x", "start \\\\0x7f000001\\c", "curl http://0300.0250.0.1/",
	"${;}=+$();${=}=${;};${+}=++${;};${@}=++${;};${.}=++${;};${[}=++${;};"
	    "${]}=++${;};${(}=++${;};${)}=++${;};${&}=++${;};${|}=++${;};",
};

/* Its near misses. */
static const char *const plain[] = {
	"", "^", "\"", "%", "{", "\\\\", "`", "://",
	"cmd /c dir ^& echo 1 ^> x.txt 2^>^&1", "findstr /r \"^abc ^def\" x", "powershell 2^3",
	"echo a ^| find \"b\"",
	"\"C:\\Program Files\\x\\y.exe\" /a:\"b c\" /d=\"e\"", "say don't, can't, won't",
	"x {\"name\":\"a\",\"list\":[\"b\",\"c\"],\"n\":{\"d\":1,\"e\":[true,false]}}",
	"md %date:~-4%%date:~3,2%%date:~0,2%", "x %time:~0,2%-%time:~3,2%", "%mydate:~0,4%%mydate:~4,2%",
	"cd %~dp0 & call %~dp0x.cmd", "set a=1&&set b=2&&echo %a% %b%", "set p=c:&set q=x&dir %p%\\%q%",
	"x a,,,b;;;c", "x a, b; c",
	"\"a`nb`tc`rd\"", "'{0}\\{1}' -f $a,$b", "\"{1} {0}\" -f $a, $b", "\"{0}{1}\" -f 'a','b'",
	"'C:\\' + 'x' + '\\' + 'y'", "\"a\" + $b + \"c\"",
	"$a -join ',' -split ';'", "[char]9", "chr(13)&chr(10)",
	"Get-ADUser -Filter * | Export-Csv x", "PowerShell.exe -NoProfile -ExecutionPolicy Bypass -File C:\\S\\x.ps1",
	"New-PSSession; Get-DnsServerZone; ConvertTo-SecureString; Get-WmiObject Win32_OperatingSystem",
	"IISReset; McAfee; iSCSICLI; HPSSupply; VMwareToolboxCmd; ReFSUtil; LsPrnMon",
	"x C:\\Users\\aBcDeFgH\\y", "x {3E04167E-C2B6-4A9A-8FB7-C811158DC97C}",
	"x /token dGhpc0lzQVRlc3RUb2tlbkFiQ2RFZkdoSWpLbA==",
	"robocopy D:\\data \\\\BKP01\\share /mir", "\\\\10.1.2.3\\share\\x", "http://10.0.0.1:8080/a%20b%2Fc",
	"ping 3232235777", "\\\\20240101\\x",
	"sc sdset x D:(A;;CCLCSWRPWPDTLOCRRC;;;SY)(A;;CCDCLCSWRPWPDTLOCRSDRCWDWO;;;BA)(A;;CCLCSWLOCRRC;;;IU)",
	"x <Task version=\"1.2\"><Actions><Exec><Command>a</Command><Arguments>b</Arguments></Exec></Actions></Task>",
	"-match '^[a-z]+\\d{2,3}(\\.[^.]+)*$'", "x \"\\x00-\\x1f\\x7f\" \\u00e9\\u00e8\\u00e0\\u00fc\\u00f6",
	"echo ==================================================================================================================",
	"copy \xd0\x9e\xd1\x82\xd1\x87\xd1\x91\xd1\x82.xls D:\\", "x N\xc2\xba 1 a\xc2\xa0z", "\xef\xbb\xbfpowershell -x",
	"say \xe2\x80\x9chi\xe2\x80\x9d \xe2\x80\x93 a \xe2\x80\x93 b",
};

#define B64 "SQBFAFgAIAAoAE4AZQB3AC0ATwBiAGoA"

static const char *const encoded[] = {
	"powershell -e " B64, "powershell.exe -nop -w hidden -enc " B64 "ZQA=", "powershell /EncodedCommand " B64,
	"pwsh -ec " B64, "powershell -EncodedC:" B64, "p^ower^shell -^e^n^c " B64, "powershell \xe2\x80\x93""enc " B64,
	"powershell -en\"c\" \"" B64 "\"", "\"\"C:\\x\\powershell.exe\" -enc " B64, "renamed.exe -enc " B64,
	"powershell -enc 1notreallybase64atall", "cmd /c \"powershell -e " B64 "\"",
};

static const char *const not_encoded[] = {
	"powershell -ep bypass -File x.ps1", "powershell -ExecutionPolicy RemoteSigned -File C:\\x\\y.ps1",
	"powershell -e C:\\Scripts\\Something-Long.ps1", "powershell -enc", "powershell -enc abc",
	"grep -e averylongpatternwithoutend", "powershell -Environment ProductionEnvironment01",
	"powershell -EncodedArguments", "x -e " "0123456789012345678901234567890123456789",
	"powershell -c dir " B64,
};

static bool
fires(const char *text, enum rule r)
{
	size_t n = strlen(text);
	uint8_t *copy = test_malloc(n > 0 ? n : 1);
	struct findings f;

	memcpy(copy, text, n);
	findings_init(&f);
	obfuscation_judge(&f, (struct view){ copy, n });
	test_free(copy);
	return f.has[r];
}

static void
test_obfuscated(void **state)
{
	(void)state;
	for (size_t i = 0; i < nitems(obfuscated); i++)
		if (!fires(obfuscated[i], R_OBFUSCATED))
			fail_msg("missed: %s", obfuscated[i]);
}

static void
test_plain(void **state)
{
	(void)state;
	for (size_t i = 0; i < nitems(plain); i++)
		if (fires(plain[i], R_OBFUSCATED) || fires(plain[i], R_ENCODED_COMMAND))
			fail_msg("fired: %s", plain[i]);
}

static void
test_encoded(void **state)
{
	(void)state;
	for (size_t i = 0; i < nitems(encoded); i++)
		if (!fires(encoded[i], R_ENCODED_COMMAND))
			fail_msg("missed: %s", encoded[i]);
	for (size_t i = 0; i < nitems(not_encoded); i++)
		if (fires(not_encoded[i], R_ENCODED_COMMAND))
			fail_msg("fired: %s", not_encoded[i]);
}

static void
test_detail(void **state)
{
	struct findings f;

	(void)state;
	findings_init(&f);
	obfuscation_judge(&f, view_str("powershell -enc " B64 " & cmd /c w^h^oami"));
	assert_string_equal(found_detail(&f, R_ENCODED_COMMAND), "-enc " B64 " & cmd /c w^h^oami");
	assert_string_equal(found_detail(&f, R_OBFUSCATED), "w^h^oami");
}

/* Cut after every byte: what fired on the heap's edge would be told by ASan. */
static void
test_truncated(void **state)
{
	(void)state;
	for (size_t i = 0; i < nitems(obfuscated); i++)
		for (size_t n = 0; n < strlen(obfuscated[i]); n++) {
			uint8_t *cut = test_malloc(n > 0 ? n : 1);
			struct findings f;

			memcpy(cut, obfuscated[i], n);
			findings_init(&f);
			obfuscation_judge(&f, (struct view){ cut, n });
			test_free(cut);
		}
}

/* What would be quadratic if anything were. */
static void
test_linear(void **state)
{
	static const char *const units[] = {
		"^/e", " -e^", "a/", "'{0}", ".(", "'a'+", "%a", "! ", "powe", "//0", "\\x", "[char", "&#", "-e ",
	};

	(void)state;
	for (size_t i = 0; i < nitems(units); i++) {
		size_t one = strlen(units[i]), n = 300000 / one * one;
		uint8_t *text = test_malloc(n);
		struct findings f;

		for (size_t k = 0; k < n; k += one)
			memcpy(text + k, units[i], one);
		findings_init(&f);
		obfuscation_judge(&f, (struct view){ text, n });
		test_free(text);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_obfuscated),
		cmocka_unit_test(test_plain),
		cmocka_unit_test(test_encoded),
		cmocka_unit_test(test_detail),
		cmocka_unit_test(test_truncated),
		cmocka_unit_test(test_linear),
	};

	return cmocka_run_group_tests_name("disguise", tests, NULL, NULL);
}
