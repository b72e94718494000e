/* Methods of CIM classes: what they ask for, and what the answer calls it. */
#include "winrm/cim.h"

#include "unit/script-run.h"
#include "wire/soap.h"

#define URI_WMI		"http://schemas.microsoft.com/wbem/wsman/1/wmi/root/"
#define URI_TASKS	URI_WMI "Microsoft/Windows/TaskScheduler/PS_ScheduledTask"
#define URI_INSTANCE	URI_WMI "microsoft/windows/taskscheduler/MSFT_ScheduledTask"
#define URI_JOB		URI_WMI "cimv2/Win32_ScheduledJob"
#define NS_P		" xmlns:p=\"" URI_TASKS "\" xmlns:p1=\"" URI_WMI "\"" \
			" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\""
#define INVOKE(method, parameters) ASK(URI_TASKS "/" method, "1", URI_TASKS, "", \
	"<p:" method "_INPUT" NS_P ">" parameters "</p:" method "_INPUT>")
#define OUTPUT(method, parameters) TELL(URI_TASKS "/" method, "1", \
	"<p:" method "_OUTPUT" NS_P ">" parameters "</p:" method "_OUTPUT>")
#define SELECT(name, value) "<w:Selector Name=\"" name "\">" value "</w:Selector>"
#define SELECTORS(all) "<w:SelectorSet>" all "</w:SelectorSet>"

static struct soap *
soap(struct script_run *a, struct view v)
{
	return soap_read(&a->facts.budget, v, 0, (struct view){ NULL, 0 });
}

/* The tasks that one request asks for. */
static bool
request(struct script_run *a, const char *text)
{
	struct soap *s = soap(a, view_str(text));
	bool is;

	assert_non_null(s);
	assert_false(s->cut);
	is = cim_request(&a->script, s);
	soap_free(s);
	return is;
}

static struct fact *
one(struct script_run *a, const char *text, const char *action, const char *name)
{
	facts_clear(&a->facts);
	assert_true(request(a, text));
	assert_int_equal(a->facts.n, 1);
	assert_field(a->facts.o[0], F_ACTION, action);
	assert_field(a->facts.o[0], F_NAME, name);
	return a->facts.o[0];
}

static void
none(struct script_run *a, const char *text, bool is)
{
	facts_clear(&a->facts);
	assert_int_equal(request(a, text), is);
	assert_int_equal(a->facts.n, 0);
}

/* ---- Registering ---- */

static void
a_task_by_its_xml(void **state)
{
	struct fact *o = one(*state, INVOKE("RegisterByXml",
	    "<p:Force>true</p:Force><p:Xml>&lt;?xml version=\"1.0\" encoding=\"UTF-16\"?&gt;"
	    "&lt;Task xmlns=\"http://schemas.microsoft.com/windows/2004/02/mit/task\"&gt;"
	    "&lt;RegistrationInfo&gt;&lt;Author&gt;CORP\\eve&lt;/Author&gt;&lt;/RegistrationInfo&gt;"
	    "&lt;Actions&gt;&lt;Exec&gt;&lt;Command&gt;mshta&lt;/Command&gt;&lt;Arguments&gt;a.hta"
	    "&lt;/Arguments&gt;&lt;/Exec&gt;&lt;/Actions&gt;&lt;/Task&gt;</p:Xml>"
	    "<p:Password xsi:nil=\"true\"/><p:User>SYSTEM</p:User>"
	    "<p:TaskPath>\\Vendor\\</p:TaskPath><p:TaskName>Sync</p:TaskName>"),
	    "create", "\\Vendor\\Sync");

	assert_field(o, F_ACT_COMMAND_LINE, "mshta a.hta");
	assert_field(o, F_AUTHOR, "CORP\\eve");
	assert_field(o, F_USER_ID, "SYSTEM");
	assert_non_null(fact_get(o, F_XML));
	assert_true(field_int(o, F_XML_SIZE) > 200);
	assert_false(fact_get_int(o, F_HAS_PASSWORD, &(int64_t){ 0 }));
}

static void
a_task_by_its_user(void **state)
{
	struct script_run *a = *state;
	struct fact *o = one(a, INVOKE("RegisterByUser",
	    "<p:Action xsi:type=\"p1:MSFT_TaskExecAction_Type\"><p1:Execute>powershell.exe</p1:Execute>"
	    "<p1:Arguments>-w hidden -c \"iex $x\"</p1:Arguments>"
	    "<p1:WorkingDirectory>C:\\ProgramData</p1:WorkingDirectory></p:Action>"
	    "<p:Action xsi:type=\"p1:MSFT_TaskComHandlerAction_Type\">"
	    "<p1:ClassId>{06DA0625-9701-43DA-BFD7-FBEEA2180A1E}</p1:ClassId>"
	    "<p1:Data>x</p1:Data></p:Action>"
	    "<p:Trigger xsi:type=\"p1:MSFT_TaskDailyTrigger_Type\"><p1:Enabled>TRUE</p1:Enabled>"
	    "<p1:StartBoundary>2026-11-24T03:00:00</p1:StartBoundary><p1:Repetition "
	    "xsi:type=\"p1:MSFT_TaskRepetitionPattern_Type\"><p1:Duration>P1D</p1:Duration>"
	    "<p1:Interval>PT15M</p1:Interval></p1:Repetition></p:Trigger>"
	    "<p:Trigger xsi:type=\"p1:MSFT_TaskLogonTrigger_Type\"><p1:UserId>CORP\\bob</p1:UserId>"
	    "<p1:Delay>PT30S</p1:Delay></p:Trigger>"
	    "<p:Settings xsi:type=\"p1:MSFT_TaskSettings3_Type\"><p1:Hidden>true</p1:Hidden>"
	    "<p1:MultipleInstances>2</p1:MultipleInstances><p1:Priority>7</p1:Priority>"
	    "<p1:ExecutionTimeLimit>PT0S</p1:ExecutionTimeLimit><p1:IdleSettings "
	    "xsi:type=\"p1:MSFT_TaskIdleSettings_Type\"><p1:StopOnIdleEnd>false</p1:StopOnIdleEnd>"
	    "</p1:IdleSettings><p1:DisallowStartIfOnBatteries>false</p1:DisallowStartIfOnBatteries>"
	    "</p:Settings><p:Description>Edge &amp; more</p:Description>"
	    "<p:User>CORP\\svc</p:User><p:Password>hunter2hunter2</p:Password>"
	    "<p:RunLevel>1</p:RunLevel><p:TaskName>Edge Update</p:TaskName><p:Force>true</p:Force>"),
	    "create", "\\Edge Update");

	assert_field(o, F_ACT_TYPE, "com_handler");		/* the newest */
	assert_field(o, F_ACT_CLASS_ID, "{06DA0625-9701-43DA-BFD7-FBEEA2180A1E}");
	assert_field(o, F_TRG_TYPE, "logon");
	assert_field(o, F_TRG_USER_ID, "CORP\\bob");
	assert_field(o, F_TRG_DELAY, "PT30S");
	assert_int_equal(field_int(o, F_SET_HIDDEN), 1);
	assert_field(o, F_SET_INSTANCES, "IgnoreNew");
	assert_int_equal(field_int(o, F_SET_PRIORITY), 7);
	assert_field(o, F_SET_TIME_LIMIT, "PT0S");
	assert_int_equal(field_int(o, F_SET_IDLE_STOP), 0);
	assert_int_equal(field_int(o, F_SET_NO_BATTERIES), 0);
	assert_field(o, F_DESCRIPTION, "Edge & more");
	assert_field(o, F_USER_ID, "CORP\\svc");
	assert_field(o, F_RUN_LEVEL, "HighestAvailable");
	assert_int_equal(field_int(o, F_HAS_PASSWORD), 1);
	assert_elem(o, F_ACT_TYPE, 0, "exec");
	assert_elem(o, F_ACT_COMMAND_LINE, 0, "powershell.exe -w hidden -c \"iex $x\"");
	assert_elem(o, F_ACT_DIRECTORY, 0, "C:\\ProgramData");
	assert_elem(o, F_TRG_TYPE, 0, "calendar");
	assert_elem(o, F_TRG_START, 0, "2026-11-24T03:00:00");
	assert_elem(o, F_TRG_REP_INTERVAL, 0, "PT15M");
	assert_elem(o, F_TRG_REP_DURATION, 0, "P1D");
	assert_elem(o, F_TRG_USER_ID, 0, NULL);
	for (const struct fact_item *i = NULL; (i = fact_each(o, i)) != NULL;) {
		/* The password is nowhere. */
		assert_true(i->str == NULL || strstr(i->str, "hunter2") == NULL);
		if (i->field == F_TRG_ENABLED)
			assert_true(i->elem == 0 && i->num == 1);
	}
}

static void
a_task_by_its_principal(void **state)
{
	struct fact *o = one(*state, INVOKE("RegisterByPrincipal",
	    "<p:Principal xsi:type=\"p1:MSFT_TaskPrincipal2_Type\"><p1:GroupId>BUILTIN\\Users</p1:GroupId>"
	    "<p1:LogonType>4</p1:LogonType><p1:RunLevel>0</p1:RunLevel><p1:UserId xsi:nil=\"true\"/>"
	    "</p:Principal><p:Action xsi:type=\"p1:MSFT_TaskExecAction_Type\">"
	    "<p1:Execute>calc.exe</p1:Execute></p:Action>"
	    "<p:TaskPath>\\</p:TaskPath><p:TaskName>\\Calc</p:TaskName>"), "create", "\\Calc");

	assert_field(o, F_GROUP_ID, "BUILTIN\\Users");
	assert_field(o, F_USER_ID, NULL);
	assert_field(o, F_PRINCIPAL_LOGON, "Group");
	assert_field(o, F_RUN_LEVEL, "LeastPrivilege");
	assert_field(o, F_ACT_COMMAND_LINE, "calc.exe");
}

#define OBJECT \
	"<p:InputObject xsi:type=\"p1:MSFT_ScheduledTask_Type\"><p1:Actions " \
	"xsi:type=\"p1:MSFT_TaskExecAction_Type\"><p1:Execute>rundll32</p1:Execute></p1:Actions>" \
	"<p1:Author>CORP\\eve</p1:Author><p1:Principal xsi:type=\"p1:MSFT_TaskPrincipal2_Type\">" \
	"<p1:UserId>NETWORK SERVICE</p1:UserId></p1:Principal><p1:TaskName>Old</p1:TaskName>" \
	"<p1:TaskPath>\\A\\B\\</p1:TaskPath><p1:Triggers xsi:type=\"p1:MSFT_TaskBootTrigger_Type\">" \
	"<p1:Enabled>false</p1:Enabled></p1:Triggers></p:InputObject>"

static void
a_task_by_an_object(void **state)
{
	struct fact *o = one(*state, INVOKE("RegisterByObject", OBJECT "<p:TaskName>New</p:TaskName>"),
	    "create", "\\New");

	assert_field(o, F_ACT_COMMAND, "rundll32");
	assert_field(o, F_AUTHOR, "CORP\\eve");
	assert_field(o, F_USER_ID, "NETWORK SERVICE");
	assert_field(o, F_TRG_TYPE, "boot");
	assert_int_equal(field_int(o, F_TRG_ENABLED), 0);
	one(*state, INVOKE("SetByObject", OBJECT), "update", "\\A\\B\\Old");
	one(*state, INVOKE("StartByObject", OBJECT), "run", "\\A\\B\\Old");
}

/* UNCONFIRMED in the fact sheet: the class as an element of its own, times in
 * cim:Datetime. */
static void
other_shapes_of_instances_are_read(void **state)
{
	struct fact *o = one(*state, INVOKE("RegisterByUser",
	    "<p:Action><p1:MSFT_TaskExecAction><p1:Execute>calc</p1:Execute></p1:MSFT_TaskExecAction>"
	    "</p:Action><p:Trigger><p1:MSFT_TaskTimeTrigger><p1:StartBoundary><c:Datetime "
	    "xmlns:c=\"http://schemas.dmtf.org/wbem/wscim/1/common\">2026-11-24T03:00:00Z</c:Datetime>"
	    "</p1:StartBoundary></p1:MSFT_TaskTimeTrigger></p:Trigger>"
	    "<p:Action><p1:Execute>notepad</p1:Execute></p:Action><p:TaskName>T</p:TaskName>"),
	    "create", "\\T");

	assert_field(o, F_ACT_TYPE, "exec");
	assert_field(o, F_ACT_COMMAND, "notepad");
	assert_field(o, F_TRG_TYPE, "time");
	assert_field(o, F_TRG_START, "2026-11-24T03:00:00Z");
	assert_elem(o, F_ACT_TYPE, 0, "exec");
	assert_elem(o, F_ACT_COMMAND, 0, "calc");
}

static void
what_is_nil_is_not_there(void **state)
{
	struct fact *o = one(*state, INVOKE("RegisterByUser", "<p:Action xsi:nil=\"true\"/>"
	    "<p:User xsi:nil=\"true\">bob</p:User><p:Password xsi:nil=\"1\">x</p:Password>"
	    "<p:Action xsi:nil=\"false\"><p1:Execute>calc</p1:Execute></p:Action>"
	    "<p:TaskPath xsi:nil=\"true\"/><p:TaskName>T</p:TaskName>"), "create", "\\T");

	assert_int_equal(fact_count(o, F_ACT_TYPE), 1);
	assert_field(o, F_ACT_COMMAND, "calc");
	assert_field(o, F_USER_ID, NULL);
	assert_false(fact_get_int(o, F_HAS_PASSWORD, &(int64_t){ 0 }));
}

/* ---- Everything else ---- */

#define NAMED	"<p:TaskPath>\\Microsoft\\</p:TaskPath><p:TaskName>T</p:TaskName>"

static void
every_method_has_its_action(void **state)
{
	struct script_run *a = *state;

	one(a, INVOKE("RegisterByXml", NAMED), "create", "\\Microsoft\\T");
	one(a, INVOKE("SetByUser", NAMED), "update", "\\Microsoft\\T");
	one(a, INVOKE("SetByPrincipal", NAMED), "update", "\\Microsoft\\T");
	one(a, INVOKE("StartByPath", NAMED), "run", "\\Microsoft\\T");
	one(a, INVOKE("StopByPath", NAMED), "stop", "\\Microsoft\\T");
	one(a, INVOKE("EnableByName", NAMED), "enable", "\\Microsoft\\T");
	one(a, INVOKE("DisableByName", NAMED), "disable", "\\Microsoft\\T");
	one(a, INVOKE("ExportByName", NAMED), "query", "\\Microsoft\\T");
	one(a, INVOKE("GetInfoByName", NAMED), "query", "\\Microsoft\\T");
	one(a, INVOKE("startbypath", "<p:taskname>t</p:taskname>"), "run", "\\t");
	/* What only makes parts of a task does nothing to one. */
	none(a, INVOKE("New", NAMED), true);
	none(a, INVOKE("NewActionByExec", "<p:Execute>calc</p:Execute>"), true);
	none(a, INVOKE("Reticulate", NAMED), false);
}

static void
an_instance_is_deleted(void **state)
{
	struct script_run *a = *state;

	one(a, ASK(URI_TRANSFER "Delete", "1", URI_INSTANCE,
	    SELECTORS(SELECT("TaskName", "T") SELECT("TaskPath", "\\V\\")), ""), "delete", "\\V\\T");
	one(a, ASK(URI_TRANSFER "Get", "1", URI_INSTANCE,
	    SELECTORS(SELECT("taskname", "T")), ""), "query", "\\T");
	/* The class alone, its namespace in a selector. */
	one(a, ASK(URI_TRANSFER "Delete", "1",
	    "http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/MSFT_ScheduledTask?a=/x",
	    SELECTORS(SELECT("__cimnamespace", "root/x") SELECT("TaskName", "T")), ""),
	    "delete", "\\T");
	one(a, ASK("http://schemas.xmlsoap.org/ws/2004/09/enumeration/Enumerate", "1", URI_INSTANCE,
	    "", ""), "list", NULL);
	none(a, ASK("http://schemas.xmlsoap.org/ws/2004/09/enumeration/Pull", "1", URI_INSTANCE,
	    "", ""), false);
}

static void
a_job_of_at(void **state)
{
	struct script_run *a = *state;
	struct fact *o = one(a, ASK(URI_JOB "/Create", "1", URI_JOB, "",
	    "<p:Create_INPUT xmlns:p=\"" URI_JOB "\"><p:Command>cmd /c calc</p:Command>"
	    "<p:StartTime>********143000.000000-420</p:StartTime></p:Create_INPUT>"), "create", NULL);

	assert_field(o, F_ACT_TYPE, "exec");
	assert_field(o, F_ACT_COMMAND_LINE, "cmd /c calc");
	o = one(a, ASK(URI_JOB "/Delete", "1", URI_JOB, SELECTORS(SELECT("JobId", "7")),
	    "<p:Delete_INPUT xmlns:p=\"" URI_JOB "\"/>"), "delete", "\\At7");
	assert_int_equal(field_int(o, F_JOB_ID), 7);
	o = one(a, ASK(URI_JOB "/Delete", "1", URI_JOB, SELECTORS(SELECT("JobId", "-7x")),
	    "<p:Delete_INPUT xmlns:p=\"" URI_JOB "\"/>"), "delete", NULL);
}

static void
what_has_to_do_with_no_task_is_left_alone(void **state)
{
	struct script_run *a = *state;

	none(a, ASK(URI_WMI "cimv2/Win32_Process/Create", "1", URI_WMI "cimv2/Win32_Process", "",
	    "<p:Create_INPUT xmlns:p=\"x\"><p:CommandLine>calc</p:CommandLine></p:Create_INPUT>"),
	    false);
	none(a, ASK(URI_TRANSFER "Delete", "1", URI_WMI "cimv2/PS_ScheduledTask/Other", "", ""), false);
	none(a, CREATE("1", URI_CMD, "<rsp:Shell/>"), false);
	none(a, ENVELOPE("<a:Action>RegisterByXml</a:Action>", "<p:RegisterByXml_INPUT" NS_P "/>"),
	    false);
	none(a, ENVELOPE("<w:ResourceURI>" URI_TASKS "</w:ResourceURI>", ""), false);
}

/* ---- Answers ---- */

static void
answer(struct script_run *a, const char *text)
{
	struct soap *s = soap(a, view_str(text));

	assert_non_null(s);
	for (size_t i = 0; i < a->facts.n; i++)
		cim_response(a->facts.o[i], s);
	soap_free(s);
}

static void
the_answer_names_what_was_made(void **state)
{
	struct script_run *a = *state;
	struct fact *o = one(a, INVOKE("RegisterByXml", "<p:Xml>&lt;Task/&gt;</p:Xml>"), "create", NULL);

	answer(a, OUTPUT("RegisterByXml", "<p:cmdletOutput xsi:type=\"p1:MSFT_ScheduledTask_Type\">"
	    "<p1:TaskName>T</p1:TaskName><p1:TaskPath>\\V\\</p1:TaskPath></p:cmdletOutput>"
	    "<p:ReturnValue>0</p:ReturnValue>"));
	assert_field(o, F_NAME, "\\V\\T");
	o = one(a, ASK(URI_JOB "/Create", "1", URI_JOB, "",
	    "<p:Create_INPUT xmlns:p=\"" URI_JOB "\"><p:Command>calc</p:Command></p:Create_INPUT>"),
	    "create", NULL);
	answer(a, TELL(URI_JOB "/Create", "1", "<p:Create_OUTPUT xmlns:p=\"" URI_JOB "\">"
	    "<p:JobId>12</p:JobId><p:ReturnValue>0</p:ReturnValue></p:Create_OUTPUT>"));
	assert_field(o, F_NAME, "\\At12");
	assert_int_equal(field_int(o, F_JOB_ID), 12);
}

static void
an_answer_says_nothing_of_other_calls(void **state)
{
	struct script_run *a = *state;
	struct fact *o = one(a, INVOKE("StartByPath", NAMED), "run", "\\Microsoft\\T");

	answer(a, OUTPUT("StartByPath", "<p:cmdletOutput><p1:TaskName>Other</p1:TaskName>"
	    "</p:cmdletOutput><p:JobId>3</p:JobId>"));
	assert_field(o, F_NAME, "\\Microsoft\\T");
	o = one(a, INVOKE("RegisterByXml", NAMED), "create", "\\Microsoft\\T");
	answer(a, FAULT("1", "2147942405"));
	assert_field(o, F_NAME, "\\Microsoft\\T");
}

/* ---- Hostile ---- */

static void
lists_have_an_end(void **state)
{
	struct script_run *a = *state;
	const char *one_action = "<p:Action><p1:Execute>x</p1:Execute></p:Action>";
	size_t n = MAX_ACTIONS + 3, room = n * strlen(one_action) + 2048;
	char *text = malloc(room);

	assert_non_null(text);
	strlcpy(text, "<s:Envelope" SOAP_NS "><s:Header><a:Action>" URI_TASKS "/RegisterByUser"
	    "</a:Action><w:ResourceURI>" URI_TASKS "</w:ResourceURI></s:Header><s:Body>"
	    "<p:RegisterByUser_INPUT" NS_P ">", room);
	for (size_t i = 0; i < n; i++)
		strlcat(text, one_action, room);
	strlcat(text, "</p:RegisterByUser_INPUT></s:Body></s:Envelope>", room);
	one(a, text, "create", NULL);
	assert_true(a->facts.o[0]->cut);
	assert_int_equal(fact_count(a->facts.o[0], F_ACT_TYPE), MAX_ACTIONS);
	free(text);
}

/* What is cut says less, and nothing else. */
static void
every_truncation_is_safe(void **state)
{
	static const char whole[] = INVOKE("SetByObject", OBJECT "<p:Password>p</p:Password>");
	struct script_run *a = *state;
	uint8_t *cut;
	struct soap *s;

	for (size_t n = 0; n < sizeof(whole) - 1; n++) {
		cut = malloc(n + 1);
		assert_non_null(cut);
		memcpy(cut, whole, n);
		facts_clear(&a->facts);
		a->script.tasks = 0;
		if ((s = soap(a, (struct view){ cut, n })) != NULL)
			cim_request(&a->script, s);
		for (size_t i = 0; i < a->facts.n; i++) {
			assert_field(a->facts.o[i], F_ACTION, "update");
			if (fact_get(a->facts.o[i], F_NAME) != NULL)
				assert_true(strstr("\\A\\B\\Old", fact_get(a->facts.o[i], F_NAME)) != NULL);
		}
		soap_free(s);
		free(cut);
	}
}

static void
without_memory_less_is_told(void **state)
{
	struct script_run *a = *state;
	size_t limit = a->facts.budget.limit;
	struct soap *s;

	for (size_t spare = 0; spare < 20000; spare += 61) {
		s = soap(a, view_str(INVOKE("SetByObject", OBJECT)));
		a->facts.budget.limit = a->facts.budget.used + spare;
		a->script.tasks = 0;
		cim_request(&a->script, s);
		facts_clear(&a->facts);
		soap_free(s);
		a->facts.budget.limit = limit;
	}
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, script_run_setup, script_run_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_task_by_its_xml),
		TEST(a_task_by_its_user),
		TEST(a_task_by_its_principal),
		TEST(a_task_by_an_object),
		TEST(other_shapes_of_instances_are_read),
		TEST(what_is_nil_is_not_there),
		TEST(every_method_has_its_action),
		TEST(an_instance_is_deleted),
		TEST(a_job_of_at),
		TEST(what_has_to_do_with_no_task_is_left_alone),
		TEST(the_answer_names_what_was_made),
		TEST(an_answer_says_nothing_of_other_calls),
		TEST(lists_have_an_end),
		TEST(every_truncation_is_safe),
		TEST(without_memory_less_is_told),
	};

	return cmocka_run_group_tests_name("cim", tests, NULL, NULL);
}
