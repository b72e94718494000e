#include <stdio.h>

#include "unit/facts.h"

#include "base/digest.h"
#include "base/limits.h"
#include "task/content.h"

#define NAMESPACE "xmlns=\"http://schemas.microsoft.com/windows/2004/02/mit/task\""

/* Every kind of trigger and action, and every setting. */
static const char rich[] =
    "<?xml version=\"1.0\" encoding=\"UTF-16\"?>\r\n"
    "<!-- made by hand --><Task version=\"1.4\" " NAMESPACE ">\n"
    "<RegistrationInfo><URI>\\Dir\\Rich</URI><Source>A &amp; B</Source><Date>2026-11-24T15:00:00</Date>"
    "<Author> CORP\\bob </Author><Version>7</Version>"
    "<Description><![CDATA[<all> of it]]> &#x263a;</Description></RegistrationInfo>\n"
    "<Triggers>"
    "<BootTrigger><Enabled>true</Enabled><Delay>PT1M</Delay></BootTrigger>"
    "<RegistrationTrigger id=\"r\"><Enabled>0</Enabled></RegistrationTrigger>"
    "<IdleTrigger/>"
    "<TimeTrigger><StartBoundary>2026-01-01T00:00:00</StartBoundary>"
    "<EndBoundary>2026-02-01T00:00:00Z</EndBoundary><RandomDelay>PT5M</RandomDelay>"
    "<Repetition><Interval>PT10M</Interval><Duration>P1D</Duration>"
    "<StopAtDurationEnd>true</StopAtDurationEnd></Repetition></TimeTrigger>"
    "<EventTrigger><Subscription>&lt;QueryList&gt;&lt;/QueryList&gt;</Subscription></EventTrigger>"
    "<LogonTrigger><UserId>CORP\\alice</UserId></LogonTrigger>"
    "<SessionStateChangeTrigger><StateChange>SessionLock</StateChange></SessionStateChangeTrigger>"
    "<NoSuchTrigger><UserId>nobody</UserId></NoSuchTrigger>"
    "<CalendarTrigger><StartBoundary>2015-07-15T20:35:13.2757294</StartBoundary>"
    "<ScheduleByDay><DaysInterval>1</DaysInterval></ScheduleByDay></CalendarTrigger>"
    "<WnfStateChangeTrigger><StateName>7508BCA3</StateName></WnfStateChangeTrigger>"
    "</Triggers>\n"
    "<Principals><Principal id=\"Other\"><UserId>S-1-5-19</UserId></Principal>"
    "<Principal id=\"LocalSystem\"><UserId>S-1-5-18</UserId><LogonType>S4U</LogonType>"
    "<RunLevel>HighestAvailable</RunLevel></Principal></Principals>\n"
    "<Settings><AllowStartOnDemand>true</AllowStartOnDemand>"
    "<RestartOnFailure><Interval>PT1M</Interval><Count>3</Count></RestartOnFailure>"
    "<MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>"
    "<DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>"
    "<StopIfGoingOnBatteries>false</StopIfGoingOnBatteries>"
    "<AllowHardTerminate>true</AllowHardTerminate><StartWhenAvailable>1</StartWhenAvailable>"
    "<NetworkProfileName>net</NetworkProfileName>"
    "<RunOnlyIfNetworkAvailable>false</RunOnlyIfNetworkAvailable><WakeToRun>false</WakeToRun>"
    "<Enabled>true</Enabled><Hidden> true </Hidden>"
    "<DeleteExpiredTaskAfter>PT0S</DeleteExpiredTaskAfter>"
    "<IdleSettings><Duration>PT10M</Duration><WaitTimeout>PT1H</WaitTimeout>"
    "<StopOnIdleEnd>true</StopOnIdleEnd><RestartOnIdle>false</RestartOnIdle></IdleSettings>"
    "<NetworkSettings><Name>n</Name><Id>{1}</Id></NetworkSettings>"
    "<ExecutionTimeLimit>P3D</ExecutionTimeLimit><Priority>7</Priority>"
    "<RunOnlyIfIdle>false</RunOnlyIfIdle>"
    "<UseUnifiedSchedulingEngine>true</UseUnifiedSchedulingEngine>"
    "<DisallowStartOnRemoteAppSession>false</DisallowStartOnRemoteAppSession>"
    "<MaintenanceSettings><Period>P2D</Period><Deadline>P14D</Deadline>"
    "<Exclusive>false</Exclusive></MaintenanceSettings><Volatile>false</Volatile></Settings>\n"
    "<Data>anything</Data>"
    "<Actions Context=\"LocalSystem\">"
    "<Exec id=\"e\"><Command>cmd.exe</Command><Arguments>/c \"a &lt; b\"</Arguments>"
    "<WorkingDirectory>C:\\Temp</WorkingDirectory></Exec>"
    "<Exec><Command>\n  calc.exe\n</Command></Exec>"
    "<ComHandler><ClassId>{00000000-0000-0000-0000-000000000001}</ClassId>"
    "<Data><![CDATA[<x>1</x>]]></Data></ComHandler>"
    "<ComHandler><ClassId>{00000000-0000-0000-0000-000000000002}</ClassId>"
    "<Data><x a=\"1\">y &amp; z</x></Data></ComHandler>"
    "<SendEmail><Server>mail</Server><Subject>s</Subject><To>t</To><Cc>c</Cc><Bcc>b</Bcc>"
    "<ReplyTo>r</ReplyTo><From>f</From><Body>text</Body>"
    "<Attachments><File>one.txt</File><File>two.txt</File></Attachments></SendEmail>"
    "<ShowMessage><Title>Hi</Title><Body>there</Body></ShowMessage>"
    "<NoSuchAction><Command>evil.exe</Command></NoSuchAction>"
    "</Actions></Task>";

/* ---- Helpers ---- */

static struct fact *
new_obs(struct facts *f)
{
	return fact_new(&f->budget, FACT_TASK, &f->peers, f->world.now);
}

/* Read a copy that ends where its memory does. */
static bool
read_bytes(struct fact *o, const void *p, size_t len, bool big)
{
	uint8_t *copy = test_malloc(len > 0 ? len : 1);
	bool is;

	memcpy(copy, p, len);
	is = taskxml_read(o, (struct view){ copy, len }, big) != CONTENT_NOT;
	test_free(copy);
	return is;
}

static bool
script_scan(struct fact *o, const char *text)
{
	return read_bytes(o, text, strlen(text), false);
}

static size_t
put_unit(uint8_t *p, uint16_t c, bool big)
{
	p[big] = (uint8_t)c;
	p[!big] = (uint8_t)(c >> 8);
	return 2;
}

/* ASCII as UTF-16, with room for a NUL; the caller frees. */
static uint8_t *
utf16(const char *text, bool big, bool bom, size_t *len)
{
	uint8_t *p = test_malloc(2 * strlen(text) + 4);
	size_t n = bom ? put_unit(p, 0xfeff, big) : 0;

	for (; *text != '\0'; text++)
		n += put_unit(p + n, (uint8_t)*text, big);
	*len = n;
	return p;
}

/* The nth value of a field, counted over all elements of its list. */
static const struct fact_item *
nth(const struct fact *o, enum field f, size_t n)
{
	for (const struct fact_item *i = NULL; (i = fact_each(o, i)) != NULL;)
		if (i->field == f && n-- == 0)
			return i;
	return NULL;
}

static void
assert_nth(const struct fact *o, enum field f, size_t n, unsigned int elem, const char *want)
{
	const struct fact_item *i = nth(o, f, n);

	assert_non_null(i);
	assert_int_equal(i->elem, elem);
	assert_string_equal(i->str, want);
}

/* ---- What a definition says ---- */

static void
every_trigger_is_told_in_order(void **state)
{
	static const char *const types[] = { "boot", "registration", "idle", "time", "event", "logon",
		"session_state_change", "calendar", "wnf" };
	struct facts f;
	struct fact *o;

	(void)state;
	facts_init(&f);
	o = new_obs(&f);
	assert_true(script_scan(o, rich));
	for (unsigned int i = 0; i < nitems(types); i++)
		assert_nth(o, F_TRG_TYPE, i, i, types[i]);
	assert_null(nth(o, F_TRG_TYPE, nitems(types)));
	assert_nth(o, F_TRG_DELAY, 0, 0, "PT1M");
	assert_int_equal(nth(o, F_TRG_ENABLED, 0)->num, true);
	assert_int_equal(nth(o, F_TRG_ENABLED, 1)->num, false);
	assert_null(nth(o, F_TRG_ENABLED, 2));
	assert_nth(o, F_TRG_START, 0, 3, "2026-01-01T00:00:00");
	assert_nth(o, F_TRG_END, 0, 3, "2026-02-01T00:00:00Z");
	assert_nth(o, F_TRG_RANDOM_DELAY, 0, 3, "PT5M");
	assert_nth(o, F_TRG_REP_INTERVAL, 0, 3, "PT10M");
	assert_nth(o, F_TRG_REP_DURATION, 0, 3, "P1D");
	assert_nth(o, F_TRG_SUBSCRIPTION, 0, 4, "<QueryList></QueryList>");
	assert_nth(o, F_TRG_USER_ID, 0, 5, "CORP\\alice");
	assert_null(nth(o, F_TRG_USER_ID, 1));
	assert_nth(o, F_TRG_START, 1, 7, "2015-07-15T20:35:13.2757294");
	fact_free(o);
	facts_free(&f);
}

static void
every_action_is_told_in_order(void **state)
{
	static const char *const types[] = { "exec", "exec", "com_handler", "com_handler", "send_email",
		"show_message" };
	struct facts f;
	struct fact *o;

	(void)state;
	facts_init(&f);
	o = new_obs(&f);
	assert_true(script_scan(o, rich));
	for (unsigned int i = 0; i < nitems(types); i++)
		assert_nth(o, F_ACT_TYPE, i, i, types[i]);
	assert_null(nth(o, F_ACT_TYPE, nitems(types)));
	assert_nth(o, F_ACT_COMMAND, 0, 0, "cmd.exe");
	assert_nth(o, F_ACT_ARGUMENTS, 0, 0, "/c \"a < b\"");
	assert_nth(o, F_ACT_DIRECTORY, 0, 0, "C:\\Temp");
	assert_nth(o, F_ACT_COMMAND_LINE, 0, 0, "cmd.exe /c \"a < b\"");
	assert_nth(o, F_ACT_COMMAND_LINE, 1, 1, "calc.exe");
	assert_null(nth(o, F_ACT_COMMAND, 2));
	assert_nth(o, F_ACT_CLASS_ID, 1, 3, "{00000000-0000-0000-0000-000000000002}");
	assert_nth(o, F_ACT_DATA, 0, 2, "<x>1</x>");
	assert_nth(o, F_ACT_DATA, 1, 3, "<x a=\"1\">y &amp; z</x>");
	assert_nth(o, F_ACT_SERVER, 0, 4, "mail");
	assert_nth(o, F_ACT_REPLY_TO, 0, 4, "r");
	assert_nth(o, F_ACT_ATTACHMENTS, 0, 4, "one.txt");
	assert_nth(o, F_ACT_ATTACHMENTS, 1, 4, "two.txt");
	assert_nth(o, F_ACT_BODY, 0, 4, "text");
	assert_nth(o, F_ACT_TITLE, 0, 5, "Hi");
	assert_nth(o, F_ACT_BODY, 1, 5, "there");
	fact_free(o);
	facts_free(&f);
}

static void
the_rest_is_told_as_sent(void **state)
{
	struct facts f;
	struct fact *o;
	size_t settings = 0;

	(void)state;
	facts_init(&f);
	o = new_obs(&f);
	assert_true(script_scan(o, rich));
	assert_field(o, F_URI, "\\Dir\\Rich");
	assert_field(o, F_NAME, NULL);		/* that is its reader's business */
	assert_field(o, F_SOURCE, "A & B");
	assert_field(o, F_AUTHOR, "CORP\\bob");
	assert_field(o, F_DESCRIPTION, "<all> of it \xe2\x98\xba");
	assert_field(o, F_DATE, "2026-11-24T15:00:00");
	assert_field(o, F_USER_ID, "S-1-5-18");	/* Actions@Context names it */
	assert_field(o, F_PRINCIPAL_LOGON, "S4U");
	assert_field(o, F_RUN_LEVEL, "HighestAvailable");
	assert_int_equal(field_int(o, F_SET_HIDDEN), true);
	assert_int_equal(field_int(o, F_SET_WHEN_AVAILABLE), true);
	assert_int_equal(field_int(o, F_SET_NO_BATTERIES), false);
	assert_int_equal(field_int(o, F_SET_PRIORITY), 7);
	assert_int_equal(field_int(o, F_SET_RESTART_COUNT), 3);
	assert_field(o, F_SET_RESTART_INTERVAL, "PT1M");
	assert_field(o, F_SET_IDLE_DURATION, "PT10M");
	assert_field(o, F_SET_TIME_LIMIT, "P3D");
	assert_field(o, F_SET_MAINT_DEADLINE, "P14D");
	for (const struct fact_item *i = NULL; (i = fact_each(o, i)) != NULL;)
		settings += strncmp(field_info[i->field].object, "task.settings", 13) == 0;
	assert_int_equal(settings, 29);
	assert_field(o, F_XML, rich);
	assert_int_equal(field_int(o, F_XML_SIZE), strlen(rich));
	assert_false(o->cut);
	fact_free(o);
	facts_free(&f);
}

static void
what_was_not_sent_is_absent(void **state)
{
	struct facts f;
	struct fact *o;

	(void)state;
	facts_init(&f);
	o = new_obs(&f);
	assert_true(script_scan(o, "<Task><Settings><Enabled></Enabled><Hidden>maybe</Hidden>"
	    "<Priority>seven</Priority></Settings><Triggers><IdleTrigger/></Triggers>"
	    "<Actions><Exec><Arguments>x</Arguments></Exec></Actions></Task>"));
	assert_false(fact_get_int(o, F_SET_ENABLED, &(int64_t){ 0 }));
	assert_false(fact_get_int(o, F_SET_HIDDEN, &(int64_t){ 0 }));
	assert_false(fact_get_int(o, F_SET_PRIORITY, &(int64_t){ 0 }));
	assert_field(o, F_USER_ID, NULL);
	assert_field(o, F_ACT_COMMAND_LINE, NULL);
	assert_field(o, F_ACT_ARGUMENTS, "x");
	fact_free(o);
	facts_free(&f);
}

static void
the_first_of_a_repeated_value_counts(void **state)
{
	struct facts f;
	struct fact *o;

	(void)state;
	facts_init(&f);
	o = new_obs(&f);
	assert_true(script_scan(o, "<Task><Principals><Principal><UserId>a</UserId><UserId>b</UserId>"
	    "</Principal><Principal><UserId>c</UserId></Principal></Principals>"
	    "<Actions Context=\"nobody\"><Exec><Command>1</Command><Command>2</Command></Exec>"
	    "<Exec><Command>3</Command></Exec></Actions></Task>"));
	assert_field(o, F_USER_ID, "a");
	assert_nth(o, F_ACT_COMMAND, 0, 0, "1");
	assert_nth(o, F_ACT_COMMAND, 1, 1, "3");
	fact_free(o);
	facts_free(&f);
}

static void
values_count_only_in_their_place(void **state)
{
	struct facts f;
	struct fact *o;

	(void)state;
	facts_init(&f);
	o = new_obs(&f);
	assert_true(script_scan(o, "<Task><Command>a</Command><Exec><Command>b</Command></Exec>"
	    "<Actions><Exec><Command>c<x/>d</Command><Y><Arguments>e</Arguments></Y></Exec>"
	    "<Command>f</Command></Actions><Data><Actions><Exec><Command>g</Command></Exec></Actions>"
	    "</Data></Task>"));
	assert_field(o, F_ACT_COMMAND, NULL);
	assert_field(o, F_ACT_ARGUMENTS, NULL);
	assert_null(nth(o, F_ACT_TYPE, 1));
	fact_free(o);
	facts_free(&f);
}

static void
a_prefix_changes_nothing(void **state)
{
	struct facts f;
	struct fact *o;

	(void)state;
	facts_init(&f);
	o = new_obs(&f);
	assert_true(script_scan(o, "<t:Task xmlns:t=\"x\"><t:Actions><t:Exec><t:Command>a</t:Command>"
	    "</t:Exec></t:Actions></t:Task>"));
	assert_field(o, F_ACT_COMMAND, "a");
	fact_free(o);
	facts_free(&f);
}

/* ---- Encodings ---- */

static void
every_encoding_gives_the_same(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < 8; i++) {
		bool big = (i & 1) != 0, bom = (i & 2) != 0, nul = (i & 4) != 0;
		char hash[65];
		struct facts f;
		struct fact *o;
		uint8_t *p;
		size_t len;

		facts_init(&f);
		o = new_obs(&f);
		p = utf16(rich, big, bom, &len);
		sha256_hex((struct view){ p + (bom ? 2 : 0), len - (bom ? 2 : 0) }, hash);
		if (nul)
			p[len] = p[len + 1] = 0;
		assert_true(read_bytes(o, p, len + (nul ? 2 : 0), big));
		test_free(p);
		assert_field(o, F_XML, rich);
		assert_int_equal(field_int(o, F_XML_SIZE), strlen(rich));
		assert_field(o, F_XML_SHA256, hash);
		assert_field(o, F_ACT_TITLE, "Hi");
		fact_free(o);
		facts_free(&f);
	}
}

static void
a_utf8_bom_is_no_part_of_it(void **state)
{
	struct facts f;
	struct fact *o;
	char hash[65];

	(void)state;
	facts_init(&f);
	o = new_obs(&f);
	assert_true(script_scan(o, "\xef\xbb\xbf<Task/>"));
	assert_field(o, F_XML, "<Task/>");
	assert_int_equal(field_int(o, F_XML_SIZE), 7);
	sha256_hex(view_str("<Task/>"), hash);
	assert_field(o, F_XML_SHA256, hash);
	fact_free(o);
	facts_free(&f);
}

static void
odd_characters_hide_nothing(void **state)
{
	static const char text[] = "<Task><RegistrationInfo><Author>?</Author></RegistrationInfo>"
	    "<Actions><Exec><Command>evil.exe</Command></Exec></Actions></Task>";
	struct facts f;
	struct fact *o;
	uint8_t *p;
	size_t len;

	(void)state;
	facts_init(&f);
	/* A lone surrogate. */
	o = new_obs(&f);
	p = utf16(text, false, false, &len);
	for (size_t i = 0; i < len; i += 2)
		if (p[i] == '?')
			p[i + 1] = 0xd8;
	assert_true(read_bytes(o, p, len, false));
	test_free(p);
	assert_field(o, F_AUTHOR, "\xef\xbf\xbd");
	assert_field(o, F_ACT_COMMAND, "evil.exe");
	fact_free(o);
	/* A byte that is not UTF-8. */
	o = new_obs(&f);
	assert_true(script_scan(o, "<Task><RegistrationInfo><Author>J\xf6rg</Author></RegistrationInfo>"
	    "<Actions><Exec><Command>evil.exe</Command></Exec></Actions></Task>"));
	assert_field(o, F_AUTHOR, "J\\xf6rg");
	assert_field(o, F_ACT_COMMAND, "evil.exe");
	fact_free(o);
	/* A NUL ends the text. */
	o = new_obs(&f);
	assert_true(read_bytes(o, "<Task><Actions>\0<Exec/></Actions></Task>", 40, false));
	assert_field(o, F_XML, "<Task><Actions>");
	assert_field(o, F_ACT_TYPE, NULL);
	fact_free(o);
	facts_free(&f);
}

/* ---- Hostile texts ---- */

static void
what_is_no_task_is_said_to_be_none(void **state)
{
	static const char *const texts[] = { "", " ", "Task", "<", "<T", "<Project/>", "<?xml version='1.0'?>",
		"<!-- <Task/> -->", "<task/>", "<x><Task/></x>", "\xff", "\x01\x02\x03\x04" };

	(void)state;
	for (size_t i = 0; i < nitems(texts); i++) {
		struct facts f;
		struct fact *o;

		facts_init(&f);
		o = new_obs(&f);
		assert_false(script_scan(o, texts[i]));
		assert_field(o, F_ACT_TYPE, NULL);
		fact_free(o);
		facts_free(&f);
	}
	assert_false(script_scan(NULL, rich));
}

static void
malformed_text_keeps_what_came_before(void **state)
{
	static const char *const tails[] = { "", "<", "</Exec>", "&nosuch;", "<a b>", "&#0;", "\x01",
		"</Actions></Task><Task>", "<![CDATA[", "<!DOCTYPE x>", "<Exec><Command>half" };

	(void)state;
	for (size_t i = 0; i < nitems(tails); i++) {
		char text[512];
		struct facts f;
		struct fact *o;

		snprintf(text, sizeof(text), "<Task><Actions><Exec><Command>a</Command></Exec>%s", tails[i]);
		facts_init(&f);
		o = new_obs(&f);
		assert_true(script_scan(o, text));
		assert_nth(o, F_ACT_COMMAND, 0, 0, "a");
		assert_null(nth(o, F_ACT_COMMAND, 1));
		assert_nth(o, F_ACT_COMMAND_LINE, 0, 0, "a");
		assert_field(o, F_XML, text);
		fact_free(o);
		facts_free(&f);
	}
}

static void
a_dtd_is_not_read(void **state)
{
	static const char bomb[] = "<!DOCTYPE Task [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;&a;\">"
	    "<!ENTITY c \"&b;&b;&b;&b;\"><!ENTITY d SYSTEM \"file:///etc/passwd\">]>"
	    "<Task><Actions><Exec><Command>&c;&d;</Command></Exec></Actions></Task>";
	struct facts f;
	struct fact *o;

	(void)state;
	facts_init(&f);
	o = new_obs(&f);
	assert_false(script_scan(o, bomb));
	assert_field(o, F_ACT_COMMAND, NULL);
	assert_field(o, F_XML, bomb);		/* it was sent all the same */
	fact_free(o);
	facts_free(&f);
}

/* text, then n times part. */
static char *
repeated(const char *text, const char *part, size_t n, const char *tail)
{
	size_t len = strlen(text), step = strlen(part);
	char *s = test_malloc(len + n * step + strlen(tail) + 1);

	memcpy(s, text, len);
	for (size_t i = 0; i < n; i++)
		memcpy(s + len + i * step, part, step);
	memcpy(s + len + n * step, tail, strlen(tail) + 1);
	return s;
}

static void
depth_is_bounded(void **state)
{
	char *s = repeated("<Task><Actions><Exec><Command>a</Command>", "<x>", 100000, "");
	struct facts f;
	struct fact *o;

	(void)state;
	facts_init(&f);
	o = new_obs(&f);
	assert_true(script_scan(o, s));
	assert_field(o, F_ACT_COMMAND, "a");
	fact_free(o);
	facts_free(&f);
	test_free(s);
}

static void
lists_are_bounded(void **state)
{
	struct facts f;
	struct fact *o;
	char *s;

	(void)state;
	facts_init(&f);
	s = repeated("<Task><Actions>", "<Exec><Command>a</Command></Exec>", MAX_ACTIONS + 1,
	    "</Actions></Task>");
	o = new_obs(&f);
	assert_true(script_scan(o, s));
	assert_non_null(nth(o, F_ACT_TYPE, MAX_ACTIONS - 1));
	assert_null(nth(o, F_ACT_TYPE, MAX_ACTIONS));
	assert_true(o->cut);
	fact_free(o);
	test_free(s);
	s = repeated("<Task><Triggers>", "<BootTrigger/>", MAX_TRIGGERS + 1, "</Triggers></Task>");
	o = new_obs(&f);
	assert_true(script_scan(o, s));
	assert_null(nth(o, F_TRG_TYPE, MAX_TRIGGERS));
	assert_true(o->cut);
	fact_free(o);
	test_free(s);
	s = repeated("<Task><Principals>", "<Principal id=\"x\"><UserId>u</UserId></Principal>",
	    MAX_PRINCIPALS + 1, "</Principals></Task>");
	o = new_obs(&f);
	assert_true(script_scan(o, s));
	assert_field(o, F_USER_ID, "u");
	assert_true(o->cut);
	fact_free(o);
	test_free(s);
	s = repeated("<Task><Actions><SendEmail><Attachments>", "<File>f</File>", MAX_ATTACHMENTS + 1, "");
	o = new_obs(&f);
	assert_true(script_scan(o, s));
	assert_null(nth(o, F_ACT_ATTACHMENTS, MAX_ATTACHMENTS));
	assert_true(o->cut);
	fact_free(o);
	test_free(s);
	facts_free(&f);
}

/* What comes behind shows whether reading went on. */
static bool
reads_past(const char *part, size_t n)
{
	char *s = repeated("<Task>", part, n, "<Actions><Exec><Command>a</Command></Exec></Actions></Task>");
	struct facts f;
	struct fact *o;
	bool past;

	facts_init(&f);
	o = new_obs(&f);
	assert_true(script_scan(o, s));
	past = fact_get(o, F_ACT_COMMAND) != NULL;
	fact_free(o);
	facts_free(&f);
	test_free(s);
	return past;
}

static void
names_and_tags_are_bounded(void **state)
{
	char *tag = repeated("<x a=\"", "y", MAX_XML_TOKEN + (64u << 10), "\"/>");

	(void)state;
	assert_true(reads_past("<x/>", MAX_XML_NAMES - 16));
	assert_false(reads_past("<x/>", MAX_XML_NAMES));
	assert_true(reads_past("text ", 400000));
	assert_false(reads_past(tag, 1));
	test_free(tag);
}

static void
every_truncation_is_honest(void **state)
{
	struct facts f;

	(void)state;
	facts_init(&f);
	for (size_t n = 0; n < strlen(rich); n += 7) {
		struct fact *o = new_obs(&f);

		(void)read_bytes(o, rich, n, false);
		for (const struct fact_item *i = NULL; (i = fact_each(o, i)) != NULL;)
			if (i->field != F_XML && i->field != F_XML_SHA256 && i->str != NULL &&
			    i->field != F_SOURCE && i->field != F_DESCRIPTION &&
			    i->field != F_TRG_TYPE && i->field != F_ACT_TYPE &&
			    i->field != F_ACT_ARGUMENTS && i->field != F_ACT_COMMAND_LINE &&
			    i->field != F_TRG_SUBSCRIPTION && i->field != F_ACT_DATA)
				assert_non_null(strstr(rich, i->str));
		fact_free(o);
	}
	facts_free(&f);
}

static void
a_spent_budget_only_cuts(void **state)
{
	struct peers peers = { 0 };

	(void)state;
	for (size_t limit = 300; limit < 20000; limit += 217) {
		struct budget b;
		struct fact *o;

		budget_init(&b, NULL, limit);
		o = fact_new(&b, FACT_TASK, &peers, (struct packet_ref){ 0 });
		(void)script_scan(o, rich);
		fact_free(o);
		assert_int_equal(b.used, 0);
	}
}

static void
it_says_how_much_was_read(void **state)
{
	static const struct {
		const char	*text;
		enum content_got got;
	} cases[] = {
		{ "<Task><Actions/></Task>", CONTENT_WHOLE },
		{ "<Task><Actions>", CONTENT_BROKEN },
		{ "<Task><Actions></Wrong></Task>", CONTENT_BROKEN },
		{ "<!DOCTYPE x><Task/>", CONTENT_NOT },
		{ "<Project/>", CONTENT_NOT },
		{ "", CONTENT_NOT },
	};
	struct facts f;
	struct fact *o;

	(void)state;
	facts_init(&f);
	for (size_t i = 0; i < nitems(cases); i++) {
		o = fact_new(&f.budget, FACT_TASK, &f.peers, f.world.now);
		assert_int_equal(taskxml_read(o, view_str(cases[i].text), false), cases[i].got);
		fact_free(o);
	}
	facts_free(&f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_trigger_is_told_in_order),
		cmocka_unit_test(every_action_is_told_in_order),
		cmocka_unit_test(the_rest_is_told_as_sent),
		cmocka_unit_test(what_was_not_sent_is_absent),
		cmocka_unit_test(the_first_of_a_repeated_value_counts),
		cmocka_unit_test(values_count_only_in_their_place),
		cmocka_unit_test(a_prefix_changes_nothing),
		cmocka_unit_test(every_encoding_gives_the_same),
		cmocka_unit_test(a_utf8_bom_is_no_part_of_it),
		cmocka_unit_test(odd_characters_hide_nothing),
		cmocka_unit_test(what_is_no_task_is_said_to_be_none),
		cmocka_unit_test(malformed_text_keeps_what_came_before),
		cmocka_unit_test(it_says_how_much_was_read),
		cmocka_unit_test(a_dtd_is_not_read),
		cmocka_unit_test(depth_is_bounded),
		cmocka_unit_test(lists_are_bounded),
		cmocka_unit_test(names_and_tags_are_bounded),
		cmocka_unit_test(every_truncation_is_honest),
		cmocka_unit_test(a_spent_budget_only_cuts),
	};

	return cmocka_run_group_tests_name("taskxml", tests, NULL, NULL);
}
