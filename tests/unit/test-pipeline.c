/* PowerShell remoting in its shells, as facts. */
#include "wire/wsman.h"

#include "base/digest.h"

/* One message in one fragment: [MS-PSRP] 2.2.1, 2.2.4. */
static const char *
fragment(unsigned int object, uint32_t type, const char *clixml)
{
	static char text[8192];
	uint8_t p[4096] = { 0 };
	size_t n = strlen(clixml);

	be64enc(p, object);
	p[16] = 3;
	be32enc(p + 17, (uint32_t)(40 + n));
	le32enc(p + 21, type == 0x41006 ? 1 : 2);
	le32enc(p + 25, type);
	memset(p + 29, 0x11, 16);
	memset(p + 45, 0xab, 16);
	memcpy(p + 61, clixml, n);
	base64((struct view){ p, 61 + n }, text);
	return text;
}

#define PID "ABABABAB-ABAB-ABAB-ABAB-ABABABABABAB"
#define CAPABILITY "AAAAAAAAAAEAAAAAAAAAAAMAAABCAgAAAAIAAQARERERERERERERERERERER" \
	"AAAAAAAAAAAAAAAAAAAAADxPYmogUmVmSWQ9IjAiPjxNUy8+PC9PYmo+"
#define PIPELINE(script) "<Obj RefId=\"0\"><MS><B N=\"NoInput\">true</B><Obj N=\"PowerShell\" " \
	"RefId=\"1\"><MS><B N=\"IsNested\">false</B><Obj N=\"Cmds\" RefId=\"2\"><LST>" \
	"<Obj RefId=\"3\"><MS><S N=\"Cmd\">" script "</S><B N=\"IsScript\">true</B>" \
	"<Obj N=\"Args\" RefId=\"4\"><LST/></Obj></MS></Obj></LST></Obj></MS></Obj></MS></Obj>"
#define STATE(n) "<Obj RefId=\"0\"><MS><I32 N=\"PipelineState\">" n "</I32></MS></Obj>"

static void
pipeline(struct bench *b, unsigned int object, const char *script)
{
	char text[12000], response[4096];

	snprintf(text, sizeof(text), COMMAND("30", URI_POWERSHELL, "P1", "",
	    "<rsp:CommandLine CommandId=\"" PID "\"><rsp:Command/><rsp:Arguments>%s"
	    "</rsp:Arguments></rsp:CommandLine>"), fragment(object, 0x21006, script));
	snprintf(response, sizeof(response), "%s", STARTED("30", PID));
	both(b, text, response);
}

static void
pipeline_state(struct bench *b, unsigned int object, const char *state)
{
	char text[12000];

	snprintf(text, sizeof(text), RECEIVED("31",
	    "<rsp:Stream Name=\"stdout\" CommandId=\"" PID "\">%s</rsp:Stream>"),
	    fragment(object, 0x41006, state));
	both(b, RECEIVE("31", URI_POWERSHELL, "P1", PID), text);
}

static void
test_psrp(void **state)
{
	static const struct {
		const char	*state, *outcome;
	} ends[] = {
		{ STATE("4"), "success" }, { STATE("5"), "failure" }, { STATE("3"), "unknown" },
	};
	struct bench *b = *state;
	const struct fact *o;

	both(b, CREATE("1", URI_POWERSHELL, "<rsp:Shell><creationXml "
	    "xmlns=\"http://schemas.microsoft.com/powershell\">" CAPABILITY "</creationXml></rsp:Shell>"),
	    CREATED("1", "P1"));
	for (size_t i = 0; i < nitems(ends); i++) {
		pipeline(b, 3 + (unsigned int)i, PIPELINE("Get-Date"));
		assert_int_equal(b->f.n, 0);
		pipeline_state(b, 10 + (unsigned int)i, ends[i].state);
		assert_int_equal(b->f.n, 1);
		o = b->f.o[0];
		assert_field(o, F_CMD_KIND, "psrp");
		assert_field(o, F_CMD_SHELL, "powershell");
		assert_field(o, F_CMD_SCRIPT, "Get-Date");
		assert_field(o, F_OUTCOME, ends[i].outcome);
		assert_field(o, F_WINRM_PROTOCOL, "psrp");
		assert_field(o, F_WINRM_SHELL, "P1");
		assert_field(o, F_WINRM_COMMAND, PID);
		assert_field(o, F_WINRM_RESOURCE, URI_POWERSHELL);
		facts_clear(&b->f);
	}
}

/* What is sent into a pipeline is a command where the pipeline runs it. */
static void
test_psrp_input(void **state)
{
	static const char *const scripts[] = { "$input | iex", "Out-File iexplore.txt" };
	struct bench *b = *state;
	char text[12000];

	for (size_t i = 0; i < nitems(scripts); i++) {
		char script[1024];

		snprintf(script, sizeof(script), PIPELINE("%s"), scripts[i]);
		pipeline(b, 60 + (unsigned int)i, script);
		snprintf(text, sizeof(text), SEND("32", URI_POWERSHELL, "P1",
		    "<rsp:Stream Name=\"stdin\" CommandId=\"" PID "\">%s</rsp:Stream>"),
		    fragment(40 + (unsigned int)i, 0x41002, "<S>Get-Secret x</S>"));
		both(b, text, SENT("32"));
		pipeline_state(b, 50 + (unsigned int)i, STATE("4"));
		assert_int_equal(b->f.n, i == 0 ? 2 : 1);
		assert_field(b->f.o[0], F_CMD_SCRIPT, scripts[i]);
		if (i == 0) {
			assert_field(b->f.o[1], F_CMD_SCRIPT, "Get-Secret x");
			assert_field(b->f.o[1], F_OUTCOME, "success");
		}
		facts_clear(&b->f);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
		TEST(test_psrp),
		TEST(test_psrp_input),
	};

	return cmocka_run_group_tests_name("pipeline", tests, NULL, NULL);
}
