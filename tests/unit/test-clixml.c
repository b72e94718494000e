#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "winrm/clixml.h"
#include "engine/dissect.h"
#include "base/limits.h"

#define SHELL(x) "<Obj RefId=\"0\"><MS><B N=\"NoInput\">true</B>" \
	"<Obj N=\"PowerShell\" RefId=\"1\"><MS><B N=\"IsNested\">false</B>" x "</MS></Obj></MS></Obj>"
#define CMDS(x) "<Obj N=\"Cmds\" RefId=\"2\"><TN RefId=\"0\"><T>System.Object</T></TN>" \
	"<LST>" x "</LST></Obj>"
#define CMD(name, script, args) "<Obj><MS><S N=\"Cmd\">" name "</S>" \
	"<B N=\"IsScript\">" script "</B><Nil N=\"UseLocalScope\"/>" \
	"<Obj N=\"MergeMyResult\"><ToString>None</ToString><I32>0</I32></Obj>" \
	"<Obj N=\"Args\"><TNRef RefId=\"0\"/><LST>" args "</LST></Obj></MS></Obj>"
#define ARG(n, v) "<Obj><MS><S N=\"N\">" n "</S>" v "</MS></Obj>"
#define BARE(v) "<Obj><MS><Nil N=\"N\" />" v "</MS></Obj>"
#define ONE(x) SHELL(CMDS(x))
#define VALUE(v) ONE(CMD("X", "false", ARG("P", v)))	/* as an argument: "X -P …" */
#define PLUMBING CMD("Out-Default", "false", "")
#define STRING ARG("Stream", "<Nil N=\"V\"/>")

static const struct sample {
	const char	*xml, *text;
} pipelines[] = {
	/* Invoke-Command: a script block's text, as it is. */
	{ ONE(CMD("if ($a) {_x000A__x0009_'b' # c_x000d__X000A_}", "true", "")),
	  "if ($a) {\n\t'b' # c\r\n}" },
	{ ONE(CMD("a &lt;&amp;&gt; &quot;b&quot;", "true", "")), "a <&> \"b\"" },
	/* _x005F_ keeps what only looks like an escape; two units are one character. */
	{ ONE(CMD("'_x005F_x000A_ _x00g0_ _x000A _xD83D__xDE00_ _xD83D_ _x0000_'", "true", "")),
	  "'_x000A_ _x00g0_ _x000A \xf0\x9f\x98\x80 \xef\xbf\xbd \xef\xbf\xbd'" },
	/* Enter-PSSession: a console's commands behind the line. */
	{ ONE(CMD("whoami", "true", "") PLUMBING), "whoami" },
	/* … where the other side allows no scripts, as the parser splits them. */
	{ ONE(CMD("Get-Service", "false", ARG("-Name", "<Nil N=\"V\"/>") BARE("<S N=\"V\">spooler</S>")
	  ARG("-Force:", "<B N=\"V\">true</B>"))), "Get-Service -Name spooler -Force:$true" },
	/* pypsrp, evil-winrm */
	{ ONE(CMD("Invoke-Expression", "false", ARG("Command", "<S N=\"V\">schtasks /run /tn x; y</S>"))
	  CMD("Out-String", "false", STRING)), "schtasks /run /tn x; y" },
	{ ONE(CMD("invoke-expression", "false", BARE("<S N=\"V\">gps</S>"))), "gps" },
	{ ONE(CMD("Invoke-Expression", "false", ARG("Command", "<S N=\"V\">gps</S>"))
	  CMD("Sort-Object", "false", "")), "Invoke-Expression -Command gps | Sort-Object" },
	/* Elsewhere it's the person who wants it. */
	{ ONE(CMD("Get-Service", "false", ARG("Name", "<S N=\"V\">a b</S>"))
	  CMD("Out-String", "false", STRING)), "Get-Service -Name 'a b' | Out-String -Stream" },
	/* A script among others, or with arguments, is a block. */
	{ ONE(CMD("param($c) iex $c", "true", BARE("<S N=\"V\">schtasks /query</S>")
	  BARE("<I32 N=\"V\">-3</I32>"))),
	  "& { param($c) iex $c } 'schtasks /query' -3" },
	{ ONE(CMD("gps # all", "true", "") CMD("select", "false", BARE("<S N=\"V\">Id</S>"))),
	  "& {\ngps # all\n} | select Id" },
	/* Several statements: ExtraCmds has them all, Cmds the first again. */
	{ SHELL("<Obj N=\"ExtraCmds\"><LST><Obj><MS><Obj N=\"Cmds\" RefId=\"2\"><LST>"
	  CMD("a", "false", "") "</LST></Obj></MS></Obj><Obj><MS><Obj N=\"Cmds\"><LST>"
	  CMD("b # c", "true", "") "</LST></Obj></MS></Obj>"
	  "<Obj><MS><Obj N=\"Cmds\"><LST>" CMD("d", "true", "") "</LST></Obj></MS></Obj></LST></Obj>"
	  "<Ref N=\"Cmds\" RefId=\"2\"/>"), "a; b # c\nd" },
	{ SHELL("<Obj N=\"ExtraCmds\"><LST/></Obj>" CMDS(CMD("a", "false", ""))), "a" },
	/* The lab's cmdlets */
	{ ONE(CMD("Register-ScheduledTask", "false", ARG("TaskName", "<S N=\"V\">Nightly copy</S>")
	  ARG("Xml", "<S N=\"V\">&lt;Task xmlns=\"u\"/&gt;</S>") ARG("Force", "<B N=\"V\">true</B>"))),
	  "Register-ScheduledTask -TaskName 'Nightly copy' -Xml '<Task xmlns=\"u\"/>' -Force" },
	/* Names that aren't plain */
	{ ONE(CMD("C:\\Program Files\\a.exe", "false", BARE("<S N=\"V\">/c</S>"))),
	  "& 'C:\\Program Files\\a.exe' /c" },
	{ ONE(CMD("X", "false", ARG("a; b", "<I32 N=\"V\">1</I32>"))), "X -'a; b' 1" },

	/* Values: [MS-PSRP] 2.2.5.1 */
	{ VALUE("<S N=\"V\"></S>"), "X -P ''" },
	{ VALUE("<S N=\"V\">it's $x \xe2\x80\x98q\xe2\x80\x99</S>"),
	  "X -P 'it''s $x \xe2\x80\x98\xe2\x80\x98q\xe2\x80\x99\xe2\x80\x99'" },
	{ VALUE("<S N=\"V\">C:\\a\\b-c_1.exe</S>"), "X -P C:\\a\\b-c_1.exe" },
	{ VALUE("<S N=\"V\">3am</S>"), "X -P '3am'" },
	{ VALUE("<S N=\"V\">-x</S>"), "X -P '-x'" },
	{ VALUE("<S N=\"V\">a,b</S>"), "X -P 'a,b'" },
	{ VALUE("<C N=\"V\">97</C>"), "X -P a" },
	{ VALUE("<C N=\"V\">8364</C>"), "X -P '\xe2\x82\xac'" },
	{ VALUE("<B N=\"V\">true</B>"), "X -P:$true" },
	{ VALUE("<B N=\"V\">false</B>"), "X -P:$false" },
	{ VALUE("<By N=\"V\">1</By>"), "X -P 1" },
	{ VALUE("<SB N=\"V\">-1</SB>"), "X -P -1" },
	{ VALUE("<U64 N=\"V\">18446744073709551615</U64>"), "X -P 18446744073709551615" },
	{ VALUE("<D N=\"V\">1.50</D>"), "X -P 1.50" },
	{ VALUE("<Db N=\"V\">1.5E-7</Db>"), "X -P 1.5E-7" },
	{ VALUE("<Sg N=\"V\">Infinity</Sg>"), "X -P Infinity" },
	{ VALUE("<I32 N=\"V\">1; calc</I32>"), "X -P '1; calc'" },
	{ VALUE("<DT N=\"V\">2026-11-24T15:13:19Z</DT>"), "X -P '2026-11-24T15:13:19Z'" },
	{ VALUE("<TS N=\"V\">PT5M</TS>"), "X -P PT5M" },
	{ VALUE("<G N=\"V\">f91bd61f-cec7-47a3-8ce3-de7eb7aa5773</G>"),
	  "X -P f91bd61f-cec7-47a3-8ce3-de7eb7aa5773" },
	{ VALUE("<URI N=\"V\">http://a/b?c=d</URI>"), "X -P http://a/b?c=d" },
	{ VALUE("<Version N=\"V\">1.0</Version>"), "X -P '1.0'" },
	{ VALUE("<XD N=\"V\">&lt;a/&gt;</XD>"), "X -P '<a/>'" },
	{ VALUE("<SBK N=\"V\">gps</SBK>"), "X -P { gps }" },
	{ VALUE("<SS N=\"V\">AQBzZWNyZXQ=</SS>"), "X -P ***" },
	{ VALUE("<BA N=\"V\">YWJj</BA>"), "X -P ([Convert]::FromBase64String('YWJj'))" },
	{ VALUE("<Nil N=\"V\"/>"), "X -P" },
	{ ONE(CMD("X", "false", BARE("<Nil N=\"V\"/>"))), "X $null" },

	/* Objects: 2.2.5.2 */
	{ VALUE("<Obj N=\"V\" RefId=\"9\"><TN RefId=\"9\"><T>System.DayOfWeek</T><T>System.Enum</T></TN>"
	  "<ToString>Sunday</ToString><I32>0</I32></Obj>"), "X -P Sunday" },
	{ VALUE("<Obj N=\"V\"><S>a b</S><MS><S N=\"PSPath\">c</S></MS></Obj>"), "X -P 'a b'" },
	{ VALUE("<Obj N=\"V\"><I32>5</I32><ToString>five</ToString></Obj>"), "X -P 5" },
	{ VALUE("<Obj N=\"V\"><LST><S>a</S><S>b c</S><I32>1</I32><Nil/></LST></Obj>"),
	  "X -P a,'b c',1,$null" },
	{ VALUE("<Obj N=\"V\"><LST/></Obj>"), "X -P @()" },
	{ VALUE("<Obj N=\"V\"><QUE><S>a</S><Obj><STK><S>b</S></STK></Obj></QUE></Obj>"), "X -P a,@('b')" },
	{ VALUE("<Obj N=\"V\"><IE><I32>1</I32><I32>2</I32></IE></Obj>"), "X -P 1,2" },
	{ VALUE("<Obj N=\"V\"><DCT><En><S N=\"Key\">a</S><S N=\"Value\">b</S></En>"
	  "<En><S N=\"Key\">c d</S><B N=\"Value\">true</B></En><En><I32 N=\"Key\">1</I32>"
	  "<Obj N=\"Value\"><LST><S>e</S></LST></Obj></En></DCT></Obj>"),
	  "X -P @{a='b'; 'c d'=$true; '1'=@('e')}" },
	{ VALUE("<Obj N=\"V\"><TN RefId=\"9\"><T>Microsoft.Management.Infrastructure.CimInstance#Root/"
	  "Microsoft/Windows/TaskScheduler/MSFT_TaskExecAction</T></TN>"
	  "<ToString>MSFT_TaskExecAction</ToString>"
	  "<Props><Nil N=\"Id\"/><S N=\"Arguments\">/c a</S><S N=\"Execute\">cmd.exe</S></Props>"
	  "<MS><S N=\"PSComputerName\">h</S></MS></Obj>"), "X -P @{Arguments='/c a'; Execute='cmd.exe'}" },
	{ VALUE("<Obj N=\"V\"><TN RefId=\"9\"><T>System.Management.Automation.PSCredential</T></TN>"
	  "<ToString>System.Management.Automation.PSCredential</ToString><Props><S N=\"UserName\">u</S>"
	  "<SS N=\"Password\">AAAA</SS></Props></Obj>"), "X -P @{UserName='u'; Password=***}" },
	{ VALUE("<Obj N=\"V\"><TN RefId=\"9\"><T>System.IO.FileInfo</T></TN><ToString>C:\\a b</ToString>"
	  "<Props><I64 N=\"Length\">1</I64></Props></Obj>"), "X -P 'C:\\a b'" },
	/* References, to what came before and to what does not exist. */
	{ ONE(CMD("X", "false", BARE("<Obj N=\"V\" RefId=\"7\"><LST><S>a</S></LST></Obj>")
	  BARE("<Ref N=\"V\" RefId=\"7\"/>") BARE("<Ref N=\"V\" RefId=\"8\"/>"))), "X a a" },
	{ ONE(CMD("X", "false", BARE("<Obj N=\"V\"><LST><Ref RefId=\"8\"/></LST></Obj>"))), "X ..." },

	/* With a namespace, a prefix, a BOM, an outer element. */
	{ "\xef\xbb\xbf<Objs Version=\"1.1.0.1\" "
	  "xmlns=\"http://schemas.microsoft.com/powershell/2004/04\">"
	  ONE(CMD("gps", "true", "")) "</Objs>", "gps" },
	{ "<p:Obj xmlns:p=\"u\"><p:MS><p:Obj N=\"PowerShell\"><p:MS><p:Obj N=\"Cmds\"><p:LST><p:Obj><p:MS>"
	  "<p:S N=\"Cmd\">gps</p:S><p:B N=\"IsScript\">true</p:B></p:MS></p:Obj></p:LST></p:Obj>"
	  "</p:MS></p:Obj></p:MS></p:Obj>", "gps" },

	/* Nothing that can be told */
	{ "", NULL },
	{ "<Obj/>", NULL },
	{ ONE(""), NULL },
	{ ONE("<Obj><MS><S N=\"Cmd\">gps</S></MS></Obj>"), NULL },
	{ ONE("<Obj><MS><Nil N=\"Cmd\"/><B N=\"IsScript\">true</B></MS></Obj>"), NULL },
	{ "<!DOCTYPE a [<!ENTITY b \"gps\">]>" ONE(CMD("&b;", "true", "")), NULL },
};

static const struct sample texts[] = {
	{ "<S>a 'b'_x000A_c</S>", "a 'b'\nc" },
	{ "<I32>2</I32>", "2" },
	{ "<B>true</B>", "True" },
	{ "<SBK>gps</SBK>", "gps" },
	{ "<SS>AAAA</SS>", "***" },
	{ "<Obj RefId=\"0\"><TN RefId=\"0\"><T>System.Collections.Hashtable</T><T>System.Object</T></TN>"
	  "<DCT><En><S N=\"Key\">a</S><S N=\"Value\">b</S></En></DCT></Obj>", "@{a='b'}" },
	{ "<Obj RefId=\"0\"><TN RefId=\"0\"><T>System.Object[]</T><T>System.Array</T><T>System.Object</T>"
	  "</TN><LST><S>a</S><S>b</S></LST></Obj>", "a\nb" },
	{ "<Obj><ToString>x y</ToString><MS><I32 N=\"a\">1</I32></MS></Obj>", "x y" },
	{ "<Objs><S>a</S></Objs>", "a" },
	{ "<Nil/>", NULL },
};

typedef bool reader(struct view, struct buf *);

/* On memory of just the size; the answer as a string. */
static bool
read_as(reader *how, const char *xml, size_t len, char *text, size_t size)
{
	uint8_t *p = test_malloc(len + 1);
	struct budget b;
	struct buf out;
	bool ok;

	budget_init(&b, NULL, 1u << 20);
	buf_init(&out, &b, size - 1);
	memcpy(p + 1, xml, len);
	ok = how((struct view){ p + 1, len }, &out);
	if (out.len > 0)
		memcpy(text, out.p, out.len);
	text[out.len] = '\0';
	assert_int_equal(ok, out.len > 0);
	buf_free(&out);
	assert_int_equal(b.used, 0);
	test_free(p);
	return ok;
}

static void
all_samples(reader *how, const struct sample *s, size_t n)
{
	char text[4096];

	for (size_t i = 0; i < n; i++) {
		if (read_as(how, s[i].xml, strlen(s[i].xml), text, sizeof(text)) != (s[i].text != NULL))
			fail_msg("%s: %s", s[i].xml, text);
		assert_string_equal(text, s[i].text != NULL ? s[i].text : "");
	}
}

static void
pipelines_read_as_typed(void **state)
{
	(void)state;
	all_samples(clixml_pipeline, pipelines, nitems(pipelines));
}

static void
objects_read_as_printed(void **state)
{
	(void)state;
	all_samples(clixml_text, texts, nitems(texts));
}

/* A cut text tells less: no word of it that isn't in the whole. */
static void
every_truncation_is_safe(void **state)
{
	char text[4096], *at, *word;

	(void)state;
	for (size_t i = 0; i < nitems(pipelines); i++)
		for (size_t n = 0; n < strlen(pipelines[i].xml); n++) {
			if (!read_as(clixml_pipeline, pipelines[i].xml, n, text, sizeof(text)))
				continue;
			at = text;
			while ((word = strsep(&at, " ;,()&{}@")) != NULL)
				if ((pipelines[i].text == NULL || strstr(pipelines[i].text, word) == NULL) &&
				    strstr(pipelines[i].xml, word + strspn(word, "-")) == NULL)
					fail_msg("%s: %s", pipelines[i].text, word);
		}
	for (size_t i = 0; i < nitems(texts); i++)
		for (size_t n = 0; n < strlen(texts[i].xml); n++)
			(void)read_as(clixml_text, texts[i].xml, n, text, sizeof(text));
}

/* The same in UTF-16. */
static void
utf16_reads_as_utf8(void **state)
{
	const char *xml = ONE(CMD("gps", "true", ""));
	size_t len = strlen(xml);
	char *wide = test_malloc(2 * len), text[64];

	(void)state;
	for (size_t i = 0; i < len; i++) {
		wide[2 * i] = xml[i];
		wide[2 * i + 1] = '\0';
	}
	assert_true(read_as(clixml_pipeline, wide, 2 * len, text, sizeof(text)));
	assert_string_equal(text, "gps");
	test_free(wide);
}

/* Of a script that was too long to be kept whole the beginning is told. */
static void
a_long_script_is_told_as_far_as_kept(void **state)
{
	char xml[2048], text[2048];
	size_t n;

	(void)state;
	n = (size_t)snprintf(xml, sizeof(xml), "%s%0*d", "<Obj><MS><Obj N=\"PowerShell\"><MS>"
	    "<Obj N=\"Cmds\"><LST><Obj><MS><S N=\"Cmd\">schtasks /run /tn x #", MAX_CLIXML_NAME, 0);
	assert_true(read_as(clixml_pipeline, xml, n, text, sizeof(text)));
	assert_memory_equal(text, "schtasks /run /tn x #000", 24);
	assert_false(read_as(clixml_pipeline, xml, n - MAX_CLIXML_NAME, text, sizeof(text)));
}

/* No room: as much as there is, in whole characters. */
static void
output_ends_with_the_room(void **state)
{
	const char *xml = "<S>abc\xe2\x82\xac\xe2\x82\xac</S>";
	char text[16];

	(void)state;
	assert_true(read_as(clixml_text, xml, strlen(xml), text, 9));
	assert_string_equal(text, "abc\xe2\x82\xac");
	assert_true(read_as(clixml_text, xml, strlen(xml), text, 6));
	assert_string_equal(text, "abc");
}

/* An object that holds itself, and objects that double what they refer to. */
static void
references_end(void **state)
{
	static char xml[16384], text[65536];
	size_t n = 0;

	(void)state;
	n = (size_t)snprintf(xml, sizeof(xml), "<Obj RefId=\"0\"><LST><Ref RefId=\"0\"/>"
	    "<Ref RefId=\"0\"/></LST></Obj>");
	(void)read_as(clixml_text, xml, n, text, sizeof(text));
	n = (size_t)snprintf(xml, sizeof(xml), "<Obj><LST><Obj RefId=\"0\"><LST/></Obj>");
	for (int i = 1; i < 60; i++)
		n += (size_t)snprintf(xml + n, sizeof(xml) - n, "<Obj RefId=\"%d\"><LST><Ref RefId=\"%d\"/>"
		    "<Ref RefId=\"%d\"/></LST></Obj>", i, i - 1, i - 1);
	n += (size_t)snprintf(xml + n, sizeof(xml) - n, "</LST></Obj>");
	(void)read_as(clixml_text, xml, n, text, sizeof(text));
	(void)read_as(clixml_pipeline, xml, n, text, sizeof(text));
}

static void
depth_is_bounded(void **state)
{
	char xml[4096], text[256];
	size_t n = 0;

	(void)state;
	for (int i = 0; i < MAX_XML_DEPTH * 2; i++)
		n += (size_t)snprintf(xml + n, sizeof(xml) - n, "<Obj><LST>");
	(void)read_as(clixml_text, xml, n, text, sizeof(text));
	(void)read_as(clixml_pipeline, xml, n, text, sizeof(text));
}

static void
a_spent_budget_tells_nothing_false(void **state)
{
	const char *xml = ONE(CMD("Get-Service", "false", ARG("Name", "<S N=\"V\">spooler</S>")));
	struct budget b;
	struct buf out;

	(void)state;
	for (size_t limit = 0; limit < 20000; limit += 97) {
		budget_init(&b, NULL, limit);
		buf_init(&out, &b, 4096);
		if (clixml_pipeline((struct view){ (const uint8_t *)xml, strlen(xml) }, &out))
			assert_memory_equal(out.p, "Get-Service -Name spooler", out.len);
		buf_free(&out);
		assert_int_equal(b.used, 0);
	}
}

static void
numbers_are_found(void **state)
{
	static const struct {
		const char	*xml;
		bool		 found;
		int64_t		 n;
	} t[] = {
		{ "\xef\xbb\xbf<Obj RefId=\"0\"><MS><I32 N=\"PipelineState\">4</I32></MS></Obj>", true, 4 },
		{ "<Obj><MS><I32 N=\"PipelineState\">5</I32><Obj N=\"ExceptionAsErrorRecord\"><TN><T>x</T>",
		  true, 5 },
		{ "<Obj><MS><Obj N=\"PipelineState\"><TN><T>E</T></TN><ToString>Failed</ToString><I32>5</I32>"
		  "</Obj></MS></Obj>", true, 5 },
		{ "<Obj><MS><I32 N=\"a\">1</I32><I32 N=\"pipelinestate\"> -7 </I32></MS></Obj>", true, -7 },
		{ "<Obj><MS><I32 N=\"a\">1</I32></MS></Obj>", false, 0 },
		{ "<Obj><MS><I32 N=\"PipelineState\">x</I32></MS></Obj>", false, 0 },
		{ "<Obj><MS><I32 N=\"PipelineState\">4", false, 0 },
		{ "", false, 0 },
	};
	int64_t n;

	(void)state;
	for (size_t i = 0; i < nitems(t); i++) {
		size_t len = strlen(t[i].xml);
		uint8_t *p = test_malloc(len + 1);

		memcpy(p + 1, t[i].xml, len);
		n = -99;
		assert_int_equal(clixml_number((struct view){ p + 1, len }, "PipelineState", &n), t[i].found);
		assert_int_equal(n, t[i].found ? t[i].n : -99);
		test_free(p);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pipelines_read_as_typed),
		cmocka_unit_test(objects_read_as_printed),
		cmocka_unit_test(every_truncation_is_safe),
		cmocka_unit_test(utf16_reads_as_utf8),
		cmocka_unit_test(a_long_script_is_told_as_far_as_kept),
		cmocka_unit_test(output_ends_with_the_room),
		cmocka_unit_test(references_end),
		cmocka_unit_test(depth_is_bounded),
		cmocka_unit_test(a_spent_budget_tells_nothing_false),
		cmocka_unit_test(numbers_are_found),
	};

	return cmocka_run_group_tests_name("clixml", tests, NULL, NULL);
}
