/* Shells, command lines and CIM calls, as facts. */
#include "wire/wsman.h"

#include "base/digest.h"

#define LINE(command, arguments) "<rsp:CommandLine><rsp:Command>" command "</rsp:Command>" \
	"<rsp:Arguments>" arguments "</rsp:Arguments></rsp:CommandLine>"

/* ---- WinRS ---- */

static void
test_winrs(void **state)
{
	struct bench *b = *state;
	const struct fact *o;

	open_shell(b);
	both(b, COMMAND("2", URI_CMD, "S1", "", LINE("whoami", "/all /fo list")),
	    STARTED("2", "C1"));
	both(b, RECEIVE("3", URI_CMD, "S1", "C1"), RECEIVED("3", STREAM("stdout", "C1", "QUJD")));
	assert_int_equal(b->f.n, 0);
	both(b, RECEIVE("4", URI_CMD, "S1", "C1"), RECEIVED("4", DONE("C1", "0")));
	assert_int_equal(b->f.n, 1);
	o = b->f.o[0];
	assert_int_equal(o->kind, FACT_COMMAND);
	assert_field(o, F_ROUTE, "winrm");
	assert_field(o, F_CMD_KIND, "winrs");
	assert_field(o, F_CMD_SHELL, "cmd");
	assert_field(o, F_CMD_LINE, "whoami /all /fo list");
	assert_field(o, F_VISIBILITY, "clear");
	assert_field(o, F_OUTCOME, "success");
	assert_int_equal(field_int(o, F_CMD_EXIT), 0);
	assert_field(o, F_WINRM_PROTOCOL, "winrs");
	assert_field(o, F_WINRM_RESOURCE, URI_CMD);
	assert_field(o, F_WINRM_SHELL, "S1");
	assert_field(o, F_WINRM_COMMAND, "C1");
	assert_field(o, F_WINRM_ENCRYPTION, "none");
	assert_field(o, F_AUTH_USER, "alice");
	assert_int_equal(field_int(o, F_HTTP_STATUS), 200);
	/* Its last answer's packet. */
	assert_int_equal(o->at.pkt, b->f.world.now.pkt);
	both(b, SIGNAL("5", URI_CMD, "S1", "C1"), SIGNALLED("5"));
	both(b, DELETE("6", URI_CMD, "S1"), DELETED("6"));
	assert_int_equal(b->f.n, 1);
}

static void
test_outcomes(void **state)
{
	struct bench *b = *state;

	open_shell(b);
	/* It ran and failed. */
	both(b, COMMAND("2", URI_CMD, "S1", "", LINE("a", "")), STARTED("2", "C1"));
	both(b, RECEIVE("3", URI_CMD, "S1", "C1"), RECEIVED("3", DONE("C1", "2147942402")));
	assert_int_equal(b->f.n, 1);
	assert_field(b->f.o[0], F_CMD_LINE, "a");
	assert_field(b->f.o[0], F_OUTCOME, "failure");
	assert_int_equal(field_int(b->f.o[0], F_CMD_EXIT), 0x80070002);
	/* It was refused. */
	both(b, COMMAND("4", URI_CMD, "S1", "", LINE("b", "1")), FAULT("4", "5"));
	assert_int_equal(b->f.n, 2);
	assert_field(b->f.o[1], F_OUTCOME, "failure");
	/* A Receive that ran into its time says nothing of the command. */
	both(b, COMMAND("5", URI_CMD, "S1", "", LINE("c", "1")), STARTED("5", "C3"));
	both(b, RECEIVE("6", URI_CMD, "S1", "C3"), FAULT("6", "2150858793"));
	assert_int_equal(b->f.n, 2);
	/* It was ended from outside. */
	both(b, SIGNAL("7", URI_CMD, "S1", "C3"), SIGNALLED("7"));
	assert_int_equal(b->f.n, 3);
	assert_field(b->f.o[2], F_OUTCOME, "unknown");
	/* Its shell was. */
	both(b, COMMAND("8", URI_CMD, "S1", "", LINE("d", "1")), STARTED("8", "C4"));
	both(b, DELETE("9", URI_CMD, "S1"), DELETED("9"));
	assert_int_equal(b->f.n, 4);
	assert_field(b->f.o[3], F_CMD_LINE, "d 1");
}

/* Nobody answers: after ANSWER_WAIT, at the request; the answer comes too late. */
static void
test_waits(void **state)
{
	struct bench *b = *state;
	uint64_t at;

	open_shell(b);
	say(b, b->w, C2S, ++b->exchange, COMMAND("2", URI_CMD, "S1", "", LINE("slow", "x")));
	at = b->f.world.now.pkt;
	b->f.world.now.us += ANSWER_WAIT / 2;
	world_tick(&b->f.world);
	assert_int_equal(b->f.n, 0);
	b->f.world.now.us += ANSWER_WAIT;
	b->f.world.now.pkt += 100;
	world_tick(&b->f.world);
	assert_int_equal(b->f.n, 1);
	assert_field(b->f.o[0], F_OUTCOME, "unknown");
	assert_int_equal(b->f.o[0]->at.pkt, at);
	assert_int_equal(b->f.stats.n[STAT_WINRM_UNANSWERED], 1);
	say(b, b->w, S2C, b->exchange, STARTED("2", "C1"));
	both(b, RECEIVE("3", URI_CMD, "S1", "C1"), RECEIVED("3", DONE("C1", "0")));
	assert_int_equal(b->f.n, 1);
}

/* The connection ends first. */
static void
test_ends(void **state)
{
	struct bench *b = *state;

	open_shell(b);
	both(b, COMMAND("2", URI_CMD, "S1", "", LINE("first", "1")), STARTED("2", "C1"));
	say(b, b->w, C2S, ++b->exchange, COMMAND("3", URI_CMD, "S1", "", LINE("second", "2")));
	wsman_free(b->w);
	b->w = NULL;
	assert_int_equal(b->f.n, 2);
	assert_field(b->f.o[0], F_CMD_LINE, "first 1");
	assert_field(b->f.o[1], F_CMD_LINE, "second 2");
	assert_field(b->f.o[1], F_OUTCOME, "unknown");
}

/* The command goes over one connection, and its outcome comes over another. */
static void
test_two_connections(void **state)
{
	struct bench *b = *state;

	open_shell(b);
	both(b, COMMAND("2", URI_CMD, "S1", "", LINE("whoami", "")), STARTED("2", "C1"));
	say(b, b->other, C2S, 1, RECEIVE("3", URI_CMD, "s1", "c1"));
	wsman_free(b->w);
	b->w = NULL;
	assert_int_equal(b->f.n, 0);
	say(b, b->other, S2C, 1, RECEIVED("3", DONE("c1", "1")));
	assert_int_equal(b->f.n, 1);
	assert_field(b->f.o[0], F_CMD_LINE, "whoami");
	assert_field(b->f.o[0], F_OUTCOME, "failure");
}

/* Nothing was captured before the command; and of the command's answer nothing. */
static void
test_midstream(void **state)
{
	struct bench *b = *state;

	say(b, b->w, C2S, 7, COMMAND("2", URI_CMD, "S9", "", LINE("whoami", "")));
	say(b, b->w, C2S, 8, RECEIVE("3", URI_CMD, "S9", "C1"));
	say(b, b->w, S2C, 8, RECEIVED("3", DONE("C1", "0")));
	assert_int_equal(b->f.n, 1);
	assert_field(b->f.o[0], F_WINRM_SHELL, "S9");
	assert_field(b->f.o[0], F_WINRM_COMMAND, "C1");
	assert_field(b->f.o[0], F_OUTCOME, "success");
	/* Two that have no id yet: which of them ended is not known. */
	say(b, b->w, C2S, 9, COMMAND("4", URI_CMD, "S9", "", LINE("a", "")));
	say(b, b->w, C2S, 10, COMMAND("5", URI_CMD, "S9", "", LINE("b", "")));
	say(b, b->w, C2S, 11, RECEIVE("6", URI_CMD, "S9", "C2"));
	say(b, b->w, S2C, 11, RECEIVED("6", DONE("C2", "0")));
	assert_int_equal(b->f.n, 1);
}

/* Answers are told apart by what they relate to, else by their place. */
static void
test_pairs(void **state)
{
	struct bench *b = *state;

	open_shell(b);
	say(b, b->w, C2S, 2, COMMAND("2", URI_CMD, "S1", "", LINE("a", "")));
	say(b, b->w, C2S, 3, COMMAND("3", URI_CMD, "S1", "", LINE("b", "")));
	say(b, b->w, S2C, 2, STARTED("3", "CB"));
	say(b, b->w, S2C, 3, STARTED("2", "CA"));
	both(b, RECEIVE("4", URI_CMD, "S1", "CB"), RECEIVED("4", DONE("CB", "0")));
	assert_int_equal(b->f.n, 1);
	assert_field(b->f.o[0], F_CMD_LINE, "b");
	both(b, RECEIVE("5", URI_CMD, "S1", "CA"), RECEIVED("77", DONE("CA", "0")));
	assert_int_equal(b->f.n, 2);
	assert_field(b->f.o[1], F_CMD_LINE, "a");
}

static void
test_no_shell(void **state)
{
	struct bench *b = *state;

	open_shell(b);
	both(b, COMMAND("2", URI_CMD, "S1", "<w:OptionSet><w:Option "
	    "Name=\"WINRS_SKIP_CMD_SHELL\">True</w:Option></w:OptionSet>",
	    LINE("&quot;C:\\a b\\x.exe&quot;", "1 &amp; 2")), FAULT("2", "5"));
	assert_int_equal(b->f.n, 1);
	assert_field(b->f.o[0], F_CMD_SHELL, "none");
	assert_field(b->f.o[0], F_CMD_LINE, "\"C:\\a b\\x.exe\" 1 & 2");
}

static char *
encode(const char *text)
{
	static char out[8192];

	base64((struct view){ (const uint8_t *)text, strlen(text) }, out);
	return out;
}

static void
type_in(struct bench *b, const char *text, bool end)
{
	char message[16384];

	snprintf(message, sizeof(message), SEND("20", URI_CMD, "S1",
	    "<rsp:Stream Name=\"stdin\" CommandId=\"C1\" End=\"%s\">%s</rsp:Stream>"),
	    end ? "true" : "false", encode(text));
	both(b, message, SENT("20"));
}

/* Lines typed into a command, across messages. */
static void
test_typed(void **state)
{
	static const char *const lines[] = { "cd \\", "net user x y /add", "dir", "exit" };
	struct bench *b = *state;

	open_shell(b);
	both(b, COMMAND("2", URI_CMD, "S1", "", LINE("cmd", "/Q")), STARTED("2", "C1"));
	type_in(b, "cd \\\r\n\r\nnet us", false);
	assert_int_equal(b->f.n, 1);
	type_in(b, "er x y /add\n  \n", false);
	type_in(b, "dir\nexit", true);
	assert_int_equal(b->f.n, nitems(lines));
	for (size_t i = 0; i < nitems(lines); i++) {
		assert_field(b->f.o[i], F_CMD_LINE, lines[i]);
		assert_field(b->f.o[i], F_CMD_SHELL, "cmd");
		assert_field(b->f.o[i], F_OUTCOME, "unknown");
		assert_field(b->f.o[i], F_WINRM_COMMAND, "C1");
	}
	both(b, RECEIVE("3", URI_CMD, "S1", "C1"), RECEIVED("3", DONE("C1", "0")));
	assert_int_equal(b->f.n, nitems(lines) + 1);
	assert_field(b->f.o[nitems(lines)], F_CMD_LINE, "cmd /Q");
	assert_field(b->f.o[nitems(lines)], F_OUTCOME, "success");
}

static void
test_typed_powershell(void **state)
{
	struct bench *b = *state;

	open_shell(b);
	both(b, COMMAND("2", URI_CMD, "S1", "", LINE("powershell.exe", "-NoP -")),
	    STARTED("2", "C1"));
	type_in(b, "Get-Date\n", false);
	assert_int_equal(b->f.n, 1);
	assert_field(b->f.o[0], F_CMD_SHELL, "powershell");
	assert_field(b->f.o[0], F_CMD_SCRIPT, "Get-Date");
	assert_field(b->f.o[0], F_CMD_LINE, NULL);
}

static size_t counted;

static void
count_put(struct sink *s, struct fact *o)
{
	(void)s;
	counted += o != NULL;
	fact_free(o);
}

/* Base64 that is none; a line without an end; more lines than anybody types. */
static void
test_typed_hostile(void **state)
{
	struct bench *b = *state;
	char many[2200];

	open_shell(b);
	both(b, COMMAND("2", URI_CMD, "S1", "", LINE("cmd", "")), STARTED("2", "C1"));
	both(b, SEND("3", URI_CMD, "S1", STREAM("stdin", "C1", "A&lt;!*")), SENT("3"));
	both(b, SEND("4", URI_CMD, "S1", STREAM("stdin", "C1", "====")), SENT("4"));
	assert_int_equal(b->f.n, 0);
	for (unsigned int i = 0; i < 100; i++) {
		memset(many, 'x', 2000);
		many[2000] = '\0';
		type_in(b, many, false);
	}
	assert_true(b->f.n >= 5 && b->f.n <= 7);
	type_in(b, "\n", false);
	facts_clear(&b->f);
	b->f.sink.put = count_put;
	counted = 0;
	for (size_t i = 0; i < sizeof(many) - 1; i++)
		many[i] = i % 2 != 0 ? '\n' : 'y';
	many[sizeof(many) - 1] = '\0';
	type_in(b, many, false);
	assert_int_equal(counted, MAX_TYPED_LINES);
}

/* Through a hole in a long answer. */
static void
test_long_answer(void **state)
{
	static const char answer[] = RECEIVED("3",
	    "<rsp:Stream Name=\"stdout\" CommandId=\"C1\">QUJDREVGR0hJSktMTU5P</rsp:Stream>"
	    DONE("C1", "3"));
	struct bench *b = *state;
	const char *in = strstr(answer, "QUJD");

	open_shell(b);
	both(b, COMMAND("2", URI_CMD, "S1", "", LINE("type", "big")), STARTED("2", "C1"));
	say(b, b->w, C2S, ++b->exchange, RECEIVE("3", URI_CMD, "S1", "C1"));
	wsman_message(b->w, S2C, b->exchange,
	    (struct view){ (const uint8_t *)answer, (size_t)(in - answer) + 3 }, 1000000,
	    view_str(in + 10), true);
	assert_int_equal(b->f.n, 1);
	assert_int_equal(field_int(b->f.o[0], F_CMD_EXIT), 3);
}

/* ---- What a command line makes ---- */

static void
test_task(void **state)
{
	struct bench *b = *state;
	const struct fact *o;

	open_shell(b);
	both(b, COMMAND("2", URI_CMD, "S1", "", LINE("schtasks", "/create /tn Up /tr calc.exe /sc once "
	    "/st 10:00")), STARTED("2", "C1"));
	both(b, RECEIVE("3", URI_CMD, "S1", "C1"), RECEIVED("3", DONE("C1", "0")));
	assert_int_equal(b->f.n, 2);
	assert_int_equal(b->f.o[0]->kind, FACT_COMMAND);
	o = b->f.o[1];
	assert_int_equal(o->kind, FACT_TASK);
	assert_field(o, F_NAME, "\\Up");
	assert_field(o, F_ACTION, "create");
	assert_field(o, F_ROUTE, "winrm");
	assert_field(o, F_VISIBILITY, "clear");
	assert_field(o, F_OUTCOME, "success");
	assert_field(o, F_EXPECTED_PARENT, "winrshost.exe");
	assert_int_equal(field_int(o, F_WINDOWS_EVENT), 4698);
	assert_field(o, F_WINRM_SHELL, "S1");
	assert_field(o, F_HTTP_URL, "/wsman");
	assert_field(o, F_AUTH_USER, "alice");
	assert_field(o, F_CMD_LINE, NULL);
	assert_int_equal(o->at.pkt, b->f.o[0]->at.pkt);
	/* Refused: nothing was logged. */
	facts_clear(&b->f);
	both(b, COMMAND("4", URI_CMD, "S1", "", LINE("schtasks", "/run /tn Up")), FAULT("4", "5"));
	assert_int_equal(b->f.n, 2);
	assert_field(b->f.o[1], F_OUTCOME, "failure");
	assert_field(b->f.o[1], F_EXPECTED_PARENT, NULL);
}

/* ---- CIM ---- */

#define URI_PROCESS "http://schemas.microsoft.com/wbem/wsman/1/wmi/root/cimv2/Win32_Process"

static void
test_process(void **state)
{
	static const char *const answers[] = {
		TELL(URI_PROCESS "/Create", "1", "<p:Create_OUTPUT xmlns:p=\"" URI_PROCESS "\">"
		    "<p:ProcessId>4711</p:ProcessId><p:ReturnValue>0</p:ReturnValue></p:Create_OUTPUT>"),
		TELL(URI_PROCESS "/Create", "1", "<p:Create_OUTPUT xmlns:p=\"" URI_PROCESS "\">"
		    "<p:ReturnValue>9</p:ReturnValue></p:Create_OUTPUT>"),
		FAULT("1", "2150858778"),
	};
	static const char *const outcomes[] = { "success", "failure", "failure" };
	struct bench *b = *state;

	for (size_t i = 0; i < nitems(answers); i++) {
		both(b, ASK(URI_PROCESS "/Create", "1", URI_PROCESS, "",
		    "<p:Create_INPUT xmlns:p=\"" URI_PROCESS "\"><p:CommandLine>calc.exe /x"
		    "</p:CommandLine></p:Create_INPUT>"), answers[i]);
		assert_int_equal(b->f.n, 1);
		assert_field(b->f.o[0], F_CMD_KIND, "process");
		assert_field(b->f.o[0], F_CMD_SHELL, "none");
		assert_field(b->f.o[0], F_CMD_LINE, "calc.exe /x");
		assert_field(b->f.o[0], F_OUTCOME, outcomes[i]);
		assert_field(b->f.o[0], F_WINRM_PROTOCOL, "cim");
		assert_field(b->f.o[0], F_WINRM_RESOURCE, URI_PROCESS);
		facts_clear(&b->f);
	}
	/* Reading a class is no command. */
	both(b, ASK(URI_TRANSFER "Get", "2", URI_PROCESS, "", ""), TELL(URI_TRANSFER "Get", "2", ""));
	assert_int_equal(b->f.n, 0);
}

#define URI_TASKS "http://schemas.microsoft.com/wbem/wsman/1/wmi/root/Microsoft/Windows/" \
	"TaskScheduler/PS_ScheduledTask"

static void
test_cim_task(void **state)
{
	struct bench *b = *state;
	const struct fact *o;

	both(b, ASK(URI_TASKS "/StartByPath", "1", URI_TASKS, "", "<p:StartByPath_INPUT xmlns:p=\""
	    URI_TASKS "\"><p:TaskPath>\\</p:TaskPath><p:TaskName>Up</p:TaskName></p:StartByPath_INPUT>"),
	    TELL(URI_TASKS "/StartByPath", "1", "<p:StartByPath_OUTPUT xmlns:p=\"" URI_TASKS "\">"
	    "<p:ReturnValue>2147942402</p:ReturnValue></p:StartByPath_OUTPUT>"));
	assert_int_equal(b->f.n, 1);
	o = b->f.o[0];
	assert_int_equal(o->kind, FACT_TASK);
	assert_field(o, F_ACTION, "run");
	assert_field(o, F_NAME, "\\Up");
	assert_field(o, F_OUTCOME, "failure");
	assert_field(o, F_STATUS, "0x80070002");
	assert_field(o, F_WINRM_PROTOCOL, "cim");
}

/* ---- Hostile ---- */

/* A fragment that begins an object, and nothing that ends it. */
#define HALF "AAAAAAAAAAEAAAAAAAAAAAEAAAAgQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE="

/* Shells that nobody closes, each with a command that never ends. */
static void
test_half_open(void **state)
{
	struct bench *b = *state;
	char text[4096];

	for (unsigned int i = 0; i < 3000; i++) {
		snprintf(text, sizeof(text), COMMAND("1", URI_POWERSHELL, "S%u", "",
		    "<rsp:CommandLine><rsp:Command/><rsp:Arguments>" HALF "</rsp:Arguments>"
		    "</rsp:CommandLine>"), i);
		say(b, b->w, C2S, i + 1, text);
		snprintf(text, sizeof(text), CREATE("%u", URI_CMD, "<rsp:Shell/>"), i);
		say(b, b->w, C2S, i + 1, text);
		facts_clear(&b->f);
	}
	assert_true(b->f.budget.peak < MAX_SHELLS_MEM + (4u << 20));
	assert_true(b->f.stats.n[STAT_WINRM_LIMIT] > 0);
}

/* Commands that wait for their outcome may hold so much text, not more. */
static void
test_long_lines(void **state)
{
	struct bench *b = *state;
	char *line = test_malloc((600u << 10) + 1), *text = test_malloc(1u << 20);

	memset(line, 'x', 600u << 10);
	line[600u << 10] = '\0';
	open_shell(b);
	for (unsigned int i = 0; i < 40; i++) {
		snprintf(text, 1u << 20, COMMAND("2", URI_CMD, "S1", "", LINE("rem", "%s")), line);
		say(b, b->w, C2S, i + 2, text);
	}
	assert_true(b->f.budget.used < MAX_UNTOLD + (30u << 20));
	assert_true(b->f.n >= 40 - MAX_UNTOLD / (600u << 10) - 1);
	test_free(line);
	test_free(text);
}

static void
test_truncated(void **state)
{
	static const char *const texts[] = {
		CREATE("1", URI_CMD, "<rsp:Shell/>"),
		COMMAND("2", URI_CMD, "S1", "", LINE("whoami", "/all")),
		SEND("4", URI_CMD, "S1", STREAM("stdin", "C1", "ZGlyDQo=")),
	};
	struct bench *b = *state;

	for (size_t t = 0; t < nitems(texts); t++)
		for (size_t n = 0; n < strlen(texts[t]); n++) {
			uint8_t *cut = test_malloc(n + 1);

			memcpy(cut, texts[t], n);
			wsman_message(b->w, C2S, n + 1, (struct view){ cut, n }, 0,
			    (struct view){ NULL, 0 }, false);
			test_free(cut);
			wsman_free(b->w);
			b->w = connection(b);
			for (size_t i = 0; i < b->f.n; i++) {
				const char *line = fact_get(b->f.o[i], F_CMD_LINE);

				assert_true(strcmp(line, "whoami /all") == 0 ||
				    strcmp(line, "dir") == 0);
			}
			facts_clear(&b->f);
		}
}

static void
test_begins(void **state)
{
	static const char envelope[] = DELETED("1");
	uint8_t wide[2 * sizeof(envelope)] = { 0xff, 0xfe };

	(void)state;
	for (size_t i = 0; i + 1 < sizeof(envelope); i++)
		wide[2 + 2 * i] = (uint8_t)envelope[i];
	assert_true(wsman_begins(view_str(envelope)));
	assert_true(wsman_begins((struct view){ wide, sizeof(wide) }));
	assert_false(wsman_begins((struct view){ NULL, 0 }));
	assert_false(wsman_begins(view_str("<s:Envelope xmlns:s=\"http://www.w3.org/2003/05/"
	    "soap-envelope\"><s:Body/></s:Envelope>")));
	assert_false(wsman_begins(view_str("The /wbem/wsman/1/ namespace")));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
		TEST(test_winrs),
		TEST(test_outcomes),
		TEST(test_waits),
		TEST(test_ends),
		TEST(test_two_connections),
		TEST(test_midstream),
		TEST(test_pairs),
		TEST(test_no_shell),
		TEST(test_typed),
		TEST(test_typed_powershell),
		TEST(test_typed_hostile),
		TEST(test_long_answer),
		TEST(test_task),
		TEST(test_process),
		TEST(test_cim_task),
		TEST(test_half_open),
		TEST(test_long_lines),
		TEST(test_truncated),
		TEST(test_begins),
	};

	return cmocka_run_group_tests_name("wsman", tests, NULL, NULL);
}
