/* Envelopes as a struct: prefixes, encodings, holes, hostile XML. */
#include "winrm/soap.h"

#include <stdio.h>

#include "unit/facts.h"
#include "wire/soap.h"

static const char command[] = ENVELOPE(
	"<a:Action s:mustUnderstand=\"true\">"
	"http://schemas.microsoft.com/wbem/wsman/1/windows/shell/Command</a:Action>"
	"<a:MessageID>uuid:6B88A9D7</a:MessageID>"
	"<w:ResourceURI>\n http://schemas.microsoft.com/wbem/wsman/1/windows/shell/cmd </w:ResourceURI>"
	"<w:SelectorSet><w:Selector Name=\"ShellId\">19CE36E9</w:Selector>"
	"<w:Selector>nameless</w:Selector></w:SelectorSet>"
	"<w:OptionSet><w:Option Name=\"WINRS_CONSOLEMODE_STDIN\">TRUE</w:Option>"
	"<w:Option Name=\"WINRS_SKIP_CMD_SHELL\">False</w:Option></w:OptionSet>",
	"<rsp:CommandLine CommandId=\"789B\"><rsp:Command>schtasks</rsp:Command>"
	"<rsp:Arguments>/create /tn &quot;A &amp; B&quot;</rsp:Arguments>"
	"<rsp:Arguments><![CDATA[/tr <x>]]></rsp:Arguments></rsp:CommandLine>");

struct bench {
	struct budget	 budget;
};

static int
setup(void **state)
{
	static struct bench b;

	budget_init(&b.budget, NULL, 16u << 20);
	*state = &b;
	return 0;
}

static int
teardown(void **state)
{
	struct bench *b = *state;

	return b->budget.used != 0;
}

static struct soap *
script_scan(struct bench *b, const char *text)
{
	return soap_read(&b->budget, view_str(text), 0, (struct view){ NULL, 0 });
}

static void
check_command(const struct soap *s)
{
	assert_non_null(s);
	assert_string_equal(s->action,
	    "http://schemas.microsoft.com/wbem/wsman/1/windows/shell/Command");
	assert_string_equal(s->resource,
	    "http://schemas.microsoft.com/wbem/wsman/1/windows/shell/cmd");
	assert_string_equal(s->id, "uuid:6B88A9D7");
	assert_null(s->relates);
	assert_string_equal(s->shell, "19CE36E9");
	assert_string_equal(soap_selector(s, "shellid"), "19CE36E9");
	assert_string_equal(soap_option(s, "WINRS_SKIP_CMD_SHELL"), "False");
	assert_string_equal(soap_option(s, "WINRS_CONSOLEMODE_STDIN"), "TRUE");
	assert_null(soap_option(s, "WINRS_CODEPAGE"));
	assert_true(s->has_line);
	assert_string_equal(s->command, "schtasks");
	assert_string_equal(s->command_id, "789B");
	assert_int_equal(s->n_arguments, 2);
	assert_string_equal((const char *)s->arguments[0].p, "/create /tn \"A & B\"");
	assert_string_equal((const char *)s->arguments[1].p, "/tr <x>");
	assert_false(s->fault);
	assert_false(s->cut);
}

static void
test_command(void **state)
{
	struct soap *s = script_scan(*state, command);

	check_command(s);
	soap_free(s);
}

/* UTF-16 in both orders, with and without a mark. */
static void
test_utf16(void **state)
{
	struct bench *b = *state;

	for (unsigned int how = 0; how < 4; how++) {
		bool big = how & 1, mark = how & 2;
		size_t len = 2 * strlen(command) + (mark ? 2 : 0);
		uint8_t *text = test_malloc(len), *p = text;
		struct soap *s;

		if (mark) {
			memcpy(p, big ? "\xfe\xff" : "\xff\xfe", 2);
			p += 2;
		}
		for (const char *c = command; *c != '\0'; c++, p += 2) {
			p[big ? 0 : 1] = 0;
			p[big ? 1 : 0] = (uint8_t)*c;
		}
		s = soap_read(&b->budget, (struct view){ text, len }, 0,
		    (struct view){ NULL, 0 });
		check_command(s);
		soap_free(s);
		test_free(text);
	}
}

/* The same envelope under other prefixes: as default, re-declared further in. */
static void
test_prefixes(void **state)
{
	static const char text[] =
	    "<Envelope xmlns=\"http://www.w3.org/2003/05/soap-envelope\">"
	    "<Header xmlns:rsp=\"http://schemas.xmlsoap.org/ws/2004/08/addressing\">"
	    "<rsp:Action>act</rsp:Action>"
	    "<ResourceURI xmlns=\"http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd\">res</ResourceURI>"
	    "<ResourceURI>not this</ResourceURI></Header>"
	    "<Body><CommandLine xmlns=\"http://schemas.microsoft.com/wbem/wsman/1/windows/shell\">"
	    "<Command>dir</Command></CommandLine></Body></Envelope>";
	static const char strange[] =
	    "<s:Envelope xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\" xmlns:rsp=\"urn:mine\">"
	    "<s:Body><rsp:CommandLine><rsp:Command>dir</rsp:Command></rsp:CommandLine></s:Body>"
	    "</s:Envelope>";
	struct soap *s = script_scan(*state, text);

	assert_non_null(s);
	assert_string_equal(s->action, "act");
	assert_string_equal(s->resource, "res");
	assert_string_equal(s->command, "dir");
	soap_free(s);
	/* The usual prefix, another namespace: not ours. */
	s = script_scan(*state, strange);
	assert_non_null(s);
	assert_null(s->command);
	soap_free(s);
}

static void
test_created(void **state)
{
	struct soap *s = script_scan(*state, ENVELOPE(
	    "<a:Action>http://schemas.xmlsoap.org/ws/2004/09/transfer/CreateResponse</a:Action>"
	    "<a:RelatesTo>uuid:A779</a:RelatesTo>",
	    "<x:ResourceCreated><a:Address>https://h:5986/wsman</a:Address><a:ReferenceParameters>"
	    "<w:ResourceURI>http://r</w:ResourceURI><w:SelectorSet>"
	    "<w:Selector Name=\"ShellId\">19CE</w:Selector></w:SelectorSet></a:ReferenceParameters>"
	    "</x:ResourceCreated>"));

	assert_non_null(s);
	assert_string_equal(s->relates, "uuid:A779");
	assert_string_equal(s->shell, "19CE");
	assert_null(s->resource);
	soap_free(s);
	s = script_scan(*state, ENVELOPE("",
	    "<rsp:Shell><rsp:ShellId>77AB</rsp:ShellId></rsp:Shell>"));
	assert_string_equal(s->shell, "77AB");
	soap_free(s);
	s = script_scan(*state, ENVELOPE("<rsp:CompressionType>xpress</rsp:CompressionType>",
	    "<rsp:Shell ShellId=\"AA\"><creationXml "
	    "xmlns=\"http://schemas.microsoft.com/powershell\"> AAAA </creationXml></rsp:Shell>"));
	assert_string_equal(s->shell, "AA");
	assert_string_equal((const char *)s->creation.p, "AAAA");
	soap_free(s);
}

static const char receive[] = ENVELOPE("",
    "<rsp:ReceiveResponse><rsp:Stream Name=\"stdout\" CommandId=\"C1\">QUJD</rsp:Stream>"
    "<rsp:Stream Name=\"stderr\" CommandId=\"C1\" End=\"true\"/>"
    "<rsp:CommandState CommandId=\"C1\" State=\"http://schemas.microsoft.com/wbem/wsman/1/"
    "windows/shell/CommandState/Done\"><rsp:ExitCode>-1073741819</rsp:ExitCode>"
    "</rsp:CommandState></rsp:ReceiveResponse>");

static void
test_receive(void **state)
{
	struct soap *s = script_scan(*state, receive);

	assert_non_null(s);
	assert_int_equal(s->n_streams, 2);
	assert_string_equal(s->streams[0].name, "stdout");
	assert_string_equal((const char *)s->streams[0].text.p, "QUJD");
	assert_false(s->streams[0].end);
	assert_true(s->streams[1].end);
	assert_string_equal(s->streams[1].command_id, "C1");
	assert_string_equal(s->state, "Done");
	assert_true(s->has_exit);
	assert_int_equal(s->exit_code, 0xc0000005);
	soap_free(s);
}

/* An answer of many streams of which the middle was not kept, wherever the two
 * cuts fall: how the command ended is read, and no base64 is made up. */
static void
test_hole(void **state)
{
	struct bench *b = *state;
	char text[4096];
	size_t n, all = 0, holed = 0;

	n = (size_t)snprintf(text, sizeof(text), "<s:Envelope" SOAP_NS "><s:Body><rsp:ReceiveResponse>");
	for (unsigned int i = 0; i < 12; i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n,
		    "<rsp:Stream Name=\"stdout\" CommandId=\"C%u\">%s</rsp:Stream>", i, i % 3 == 0 ?
		    "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVo=" : "YWJj");
	n += (size_t)snprintf(text + n, sizeof(text) - n, "<rsp:CommandState CommandId=\"C9\" "
	    "State=\"CommandState/Done\"><rsp:ExitCode>7</rsp:ExitCode></rsp:CommandState>"
	    "</rsp:ReceiveResponse></s:Body></s:Envelope>");
	for (size_t from = 480; from < n - 600; from += 7) {
		for (size_t to = from + 1; to < n - 200; to += 11) {
			struct soap *s = soap_read(&b->budget, (struct view){ (uint8_t *)text, from },
			    to - from, (struct view){ (uint8_t *)text + to, n - to });

			assert_non_null(s);
			assert_true(s->cut);
			assert_true(s->has_exit);
			assert_int_equal(s->exit_code, 7);
			assert_string_equal(s->state, "Done");
			for (size_t i = 0; i < s->n_streams; i++) {
				const struct soap_stream *t = &s->streams[i];

				assert_null(t->text.len > 0 ?
				    memchr(t->text.p, '#', t->text.len) : NULL);
				assert_true(t->holed || t->text.len == 4 || t->text.len == 36);
				holed += t->holed;
			}
			all++;
			soap_free(s);
		}
	}
	assert_true(holed > all / 8);
	/* The same in UTF-16, where a cut may fall between the bytes of a unit. */
	for (size_t to = 2; to < 6; to++) {
		uint8_t *wide = test_calloc(n, 2);
		struct soap *s;

		for (size_t i = 0; i < n; i++)
			wide[2 * i] = (uint8_t)text[i];
		s = soap_read(&b->budget, (struct view){ wide, 1201 }, 700 + to,
		    (struct view){ wide + 1901 + to, 2 * n - 1901 - to });
		assert_non_null(s);
		assert_int_equal(s->exit_code, 7);
		soap_free(s);
		test_free(wide);
	}
}

static void
test_fault(void **state)
{
	struct soap *s = script_scan(*state, ENVELOPE("",
	    "<s:Fault><s:Code><s:Value>s:Sender</s:Value><s:Subcode><s:Value>w:AccessDenied</s:Value>"
	    "</s:Subcode></s:Code><s:Reason><s:Text xml:lang=\"\">Access is denied. </s:Text></s:Reason>"
	    "<s:Detail><f:WSManFault xmlns:f=\"http://schemas.microsoft.com/wbem/wsman/1/wsmanfault\""
	    " Code=\"2150858843\" Machine=\"h\"><f:Message/></f:WSManFault></s:Detail></s:Fault>"));

	assert_non_null(s);
	assert_true(s->fault);
	assert_true(s->has_fault_status);
	assert_int_equal(s->fault_status, 0x8033805b);
	soap_free(s);
}

static void
test_method(void **state)
{
	static const char body[] = ENVELOPE("",
	    "<p:RegisterByPrincipal_INPUT xmlns:p=\"http://schemas.microsoft.com/wbem/wsman/1/wmi/root/"
	    "Microsoft/Windows/TaskScheduler/PS_ScheduledTask\" "
	    "xmlns:i=\"http://www.w3.org/2001/XMLSchema-instance\">"
	    "<p:Action i:type=\"p1:MSFT_TaskExecAction_Type\"><p1:Execute xmlns:p1=\"urn:1\"> cmd.exe "
	    "</p1:Execute></p:Action><p:Action/><p:Description i:nil=\"true\"/>"
	    "<p:TaskName>T</p:TaskName></p:RegisterByPrincipal_INPUT>");
	struct soap *s = script_scan(*state, body);

	assert_non_null(s);
	assert_int_equal(s->n_nodes, 5);
	assert_string_equal(s->nodes[0].name, "Action");
	assert_string_equal(s->nodes[0].type, "MSFT_TaskExecAction_Type");
	assert_int_equal(s->nodes[0].value.len, 0);
	assert_int_equal(s->nodes[1].depth, 1);
	assert_string_equal((const char *)s->nodes[1].value.p, "cmd.exe");
	assert_int_equal(s->nodes[2].depth, 0);
	assert_true(s->nodes[3].nil);
	assert_ptr_equal(soap_param(s, "taskname"), &s->nodes[4]);
	assert_null(soap_param(s, "Execute"));
	soap_free(s);
}

/* Whatever is said before a cut is what the whole says. */
static void
test_truncated(void **state)
{
	static const char *const texts[] = { command, receive };
	struct bench *b = *state;

	for (size_t t = 0; t < nitems(texts); t++)
		for (size_t n = 0; n < strlen(texts[t]); n++) {
			uint8_t *cut = test_malloc(n + 1);
			struct soap *s;

			memcpy(cut, texts[t], n);
			s = soap_read(&b->budget, (struct view){ cut, n }, 0,
			    (struct view){ NULL, 0 });
			test_free(cut);
			if (s == NULL)
				continue;
			assert_true(s->cut);
			if (s->command != NULL)
				assert_string_equal(s->command, "schtasks");
			if (s->shell != NULL)
				assert_string_equal(s->shell, "19CE36E9");
			if (s->n_streams > 0 && s->streams[0].text.p != NULL)
				assert_int_equal(s->streams[0].text.len, 4);
			assert_false(t == 0 && s->has_line && s->n_arguments != 2);
			soap_free(s);
		}
}

static void
test_hostile(void **state)
{
	static const char *const bad[] = {
		"", "<", "text", "<x/>", "<Envelope/>", "<s:Envelope/>",
		"<!DOCTYPE s [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;\">]>"
		    "<s:Envelope" SOAP_NS "><s:Body>&b;</s:Body></s:Envelope>",
	};
	struct bench *b = *state;
	struct soap *s;
	size_t n = 0;
	char *deep = test_malloc(64u << 10);

	for (size_t i = 0; i < nitems(bad); i++)
		assert_null(script_scan(b, bad[i]));
	/* An entity that nobody declared ends the reading; what was before it stands. */
	s = script_scan(b, ENVELOPE("<a:MessageID>1</a:MessageID><a:Action>&x;</a:Action>", ""));
	assert_non_null(s);
	assert_string_equal(s->id, "1");
	assert_null(s->action);
	assert_true(s->cut);
	soap_free(s);
	/* Deeper than any envelope. */
	n += (size_t)snprintf(deep, 64u << 10, "<s:Envelope" SOAP_NS "><s:Body>");
	for (unsigned int i = 0; i < 5000; i++)
		n += (size_t)snprintf(deep + n, (64u << 10) - n, "<p:a>");
	s = script_scan(b, deep);
	assert_non_null(s);
	assert_true(s->cut);
	assert_true(s->n_nodes <= MAX_XML_DEPTH);
	soap_free(s);
	/* More declarations than are remembered: what a prefix means is not guessed. */
	n = (size_t)snprintf(deep, 64u << 10, "<s:Envelope" SOAP_NS "><s:Body");
	for (unsigned int i = 0; i < 200; i++)
		n += (size_t)snprintf(deep + n, (64u << 10) - n, " xmlns:n%u=\"urn:%u\"", i, i);
	snprintf(deep + n, (64u << 10) - n, "><rsp:CommandLine><rsp:Command>x</rsp:Command>"
	    "</rsp:CommandLine></s:Body></s:Envelope>");
	s = script_scan(b, deep);
	assert_non_null(s);
	assert_true(s->cut);
	assert_null(s->command);
	soap_free(s);
	test_free(deep);
}

/* Every list has its end. */
static void
test_limits(void **state)
{
	static const struct {
		const char	*open, *item, *close;
	} lists[] = {
		{ "<s:Header><w:SelectorSet>", "<w:Selector Name=\"n\">v</w:Selector>",
		    "</w:SelectorSet></s:Header>" },
		{ "<s:Header><w:OptionSet>", "<w:Option Name=\"n\">v</w:Option>",
		    "</w:OptionSet></s:Header>" },
		{ "<s:Body><rsp:CommandLine>", "<rsp:Arguments>a</rsp:Arguments>",
		    "</rsp:CommandLine></s:Body>" },
		{ "<s:Body><rsp:Send>", "<rsp:Stream>AAAA</rsp:Stream>", "</rsp:Send></s:Body>" },
		{ "<s:Body><m>", "<n>v</n>", "</m></s:Body>" },
	};
	struct bench *b = *state;

	for (size_t i = 0; i < nitems(lists); i++) {
		struct buf text;
		struct soap *s;

		buf_init(&text, &b->budget, 1u << 20);
		buf_add(&text, view_str("<s:Envelope" SOAP_NS ">"));
		buf_add(&text, view_str(lists[i].open));
		for (unsigned int n = 0; n < MAX_SOAP_STREAMS + 1; n++)
			buf_add(&text, view_str(lists[i].item));
		buf_add(&text, view_str(lists[i].close));
		assert_true(buf_add(&text, view_str("</s:Envelope>")));
		s = soap_read(&b->budget, buf_view(&text), 0, (struct view){ NULL, 0 });
		buf_free(&text);
		assert_non_null(s);
		assert_true(s->cut);
		assert_true(s->n_selectors + s->n_options <= MAX_SOAP_PAIRS);
		assert_true(s->n_arguments <= MAX_SOAP_ARGUMENTS);
		assert_true(s->n_streams <= MAX_SOAP_STREAMS && s->n_nodes <= MAX_SOAP_NODES);
		soap_free(s);
	}
	/* A purse that is spent somewhere on the way. */
	for (size_t limit = 0; limit < 12000; limit += 37) {
		struct budget small;
		struct soap *s;

		budget_init(&small, &b->budget, limit);
		s = soap_read(&small, view_str(command), 0, (struct view){ NULL, 0 });
		soap_free(s);
		assert_int_equal(small.used, 0);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
		TEST(test_command),
		TEST(test_utf16),
		TEST(test_prefixes),
		TEST(test_created),
		TEST(test_receive),
		TEST(test_hole),
		TEST(test_fault),
		TEST(test_method),
		TEST(test_truncated),
		TEST(test_hostile),
		TEST(test_limits),
	};

	return cmocka_run_group_tests_name("soap", tests, NULL, NULL);
}
