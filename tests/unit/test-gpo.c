#include "unit/facts.h"

#include "base/digest.h"
#include "base/limits.h"
#include "task/content.h"

#define OPEN "<?xml version=\"1.0\" encoding=\"utf-8\"?>\r\n" \
	"<ScheduledTasks clsid=\"{CC63F200-7309-4ba0-B154-A71CD118DBCC}\">"
#define CLOSE "</ScheduledTasks>"

#define OLD "<Task clsid=\"{2DEECB1C-261F-4e13-9B21-16FB83BC03BD}\" name=\"Old &amp; new\" image=\"0\">" \
	"<Properties action=\"R\" name=\"Old\" appName=\"cmd.exe\" args=\"/c x\" startIn=\"C:\\\" " \
	"comment=\"why\" runAs=\"CORP\\svc\" cpassword = 'VPe/o9YRyz2c' enabled=\"0\" " \
	"startOnlyIfIdle=\"1\" deleteWhenDone=\"0\"><Triggers>" \
	"<Trigger type=\"DAILY\" startHour=\"13\" startMinutes=\"5\" beginYear=\"2026\" beginMonth=\"2\" " \
	"beginDay=\"3\" hasEndDate=\"1\" endYear=\"2027\" endMonth=\"1\" endDay=\"2\" repeatTask=\"1\" " \
	"interval=\"15\"/><Trigger type=\"LOGON\" hasEndDate=\"0\" repeatTask=\"0\" interval=\"9\"/>" \
	"<Trigger type=\"SOME\"/></Triggers></Properties></Task>"

#define NEW "<ImmediateTaskV2 clsid=\"{9756B581-76EC-4169-9AFC-0CA8D43ADB5F}\" name=\"New\">" \
	"<Properties action=\"C\" name=\"New\" runAs=\"NT AUTHORITY\\System\" logonType=\"S4U\">" \
	"<Task version=\"1.3\"><RegistrationInfo><Author>CORP\\adm</Author></RegistrationInfo>" \
	"<Triggers><TimeTrigger><StartBoundary>%LocalTimeXmlEx%</StartBoundary></TimeTrigger></Triggers>" \
	"<Settings><Hidden>true</Hidden></Settings>" \
	"<Actions><Exec><Command>evil.exe</Command><Arguments>-x</Arguments></Exec></Actions></Task>" \
	"</Properties><Filters><Task><Actions><Exec><Command>no</Command></Exec></Actions></Task></Filters>" \
	"</ImmediateTaskV2>"

static struct fact *
fresh(void *arg)
{
	struct facts *f = arg;

	return fact_new(&f->budget, FACT_TASK, &f->peers, f->world.now);
}

static void
done(void *arg, struct fact *o)
{
	struct facts *f = arg;

	f->sink.put(&f->sink, o);
}

static void
read_bytes(struct facts *f, const void *p, size_t len)
{
	uint8_t *copy = test_malloc(len > 0 ? len : 1);

	memcpy(copy, p, len);
	facts_clear(f);
	gpo_read((struct view){ copy, len }, fresh, done, f);
	test_free(copy);
}

static void
script_scan(struct facts *f, const char *text)
{
	read_bytes(f, text, strlen(text));
}

static const struct fact_item *
nth(const struct fact *o, enum field f, size_t n)
{
	for (const struct fact_item *i = NULL; (i = fact_each(o, i)) != NULL;)
		if (i->field == f && n-- == 0)
			return i;
	return NULL;
}

static void
an_old_element_is_told(void **state)
{
	struct facts f;
	struct fact *o;
	char hash[65];

	(void)state;
	facts_init(&f);
	script_scan(&f, OPEN OLD CLOSE);
	assert_int_equal(f.n, 1);
	o = f.o[0];
	assert_field(o, F_ACTION, "create");
	assert_field(o, F_NAME, "Old & new");
	assert_field(o, F_ACT_TYPE, "exec");
	assert_field(o, F_ACT_COMMAND_LINE, "cmd.exe /c x");
	assert_field(o, F_ACT_DIRECTORY, "C:\\");
	assert_field(o, F_DESCRIPTION, "why");
	assert_field(o, F_USER_ID, "CORP\\svc");
	assert_int_equal(field_int(o, F_HAS_PASSWORD), true);
	assert_int_equal(field_int(o, F_SET_ENABLED), false);
	assert_int_equal(field_int(o, F_SET_IF_IDLE), true);
	assert_string_equal(nth(o, F_TRG_TYPE, 0)->str, "calendar");
	assert_string_equal(nth(o, F_TRG_TYPE, 1)->str, "logon");
	assert_null(nth(o, F_TRG_TYPE, 2));
	assert_string_equal(nth(o, F_TRG_START, 0)->str, "2026-02-03T13:05:00");
	assert_string_equal(nth(o, F_TRG_END, 0)->str, "2027-01-02");
	assert_string_equal(nth(o, F_TRG_REP_INTERVAL, 0)->str, "PT15M");
	assert_null(nth(o, F_TRG_REP_INTERVAL, 1));
	/* The text is told with its password masked; size and hash are of what was sent. */
	assert_null(strstr(fact_get(o, F_XML), "VPe/o9"));
	assert_non_null(strstr(fact_get(o, F_XML), "cpassword = '***' enabled"));
	assert_int_equal(strncmp(fact_get(o, F_XML), OLD, 60), 0);
	assert_int_equal(field_int(o, F_XML_SIZE), strlen(OLD));
	sha256_hex(view_str(OLD), hash);
	assert_field(o, F_XML_SHA256, hash);
	facts_free(&f);
}

static void
a_new_element_holds_a_definition(void **state)
{
	struct facts f;
	struct fact *o;

	(void)state;
	facts_init(&f);
	script_scan(&f, OPEN NEW CLOSE);
	assert_int_equal(f.n, 1);
	o = f.o[0];
	assert_field(o, F_ACTION, "create");
	assert_field(o, F_NAME, "New");
	assert_field(o, F_ACT_COMMAND_LINE, "evil.exe -x");
	assert_null(nth(o, F_ACT_TYPE, 1));
	assert_field(o, F_AUTHOR, "CORP\\adm");
	assert_field(o, F_TRG_TYPE, "time");
	assert_field(o, F_TRG_START, "%LocalTimeXmlEx%");
	assert_int_equal(field_int(o, F_SET_HIDDEN), true);
	assert_field(o, F_USER_ID, "NT AUTHORITY\\System");
	assert_field(o, F_PRINCIPAL_LOGON, "S4U");
	assert_int_equal(field_int(o, F_HAS_PASSWORD), false);
	assert_field(o, F_XML, NEW);
	facts_free(&f);
}

static void
each_element_is_its_own_fact(void **state)
{
	struct facts f;

	(void)state;
	facts_init(&f);
	script_scan(&f, OPEN OLD NEW "<Folder name=\"x\"><Properties action=\"C\"/></Folder>" OLD CLOSE);
	assert_int_equal(f.n, 3);
	assert_field(f.o[0], F_NAME, "Old & new");
	assert_field(f.o[1], F_NAME, "New");
	assert_field(f.o[1], F_DESCRIPTION, NULL);
	assert_field(f.o[2], F_NAME, "Old & new");
	facts_free(&f);
}

static void
the_action_is_what_policy_asks_for(void **state)
{
	static const struct {
		const char	*properties, *action;
	} rows[] = {
		{ "<Properties action=\"C\"/>", "create" },
		{ "<Properties action=\"U\"/>", "create" },
		{ "<Properties/>", "create" },
		{ "<Properties action=\"D\"/>", "delete" },
		{ "<Properties action=\"d\" cpassword=\"\"/>", "delete" },
		{ "", NULL },
	};

	(void)state;
	for (size_t i = 0; i < nitems(rows); i++) {
		char text[512];
		struct facts f;

		facts_init(&f);
		strlcpy(text, OPEN "<TaskV2 name=\"a\">", sizeof(text));
		strlcat(text, rows[i].properties, sizeof(text));
		strlcat(text, "</TaskV2>" CLOSE, sizeof(text));
		script_scan(&f, text);
		assert_int_equal(f.n, rows[i].action != NULL);
		if (f.n > 0) {
			assert_field(f.o[0], F_ACTION, rows[i].action);
			assert_int_equal(field_int(f.o[0], F_HAS_PASSWORD), false);
			assert_field(f.o[0], F_ACT_TYPE, NULL);
		}
		facts_free(&f);
	}
}

static void
every_password_is_masked(void **state)
{
	static const char *const spellings[] = { "cpassword=\"s3cret\"", "cpassword='s3cret'",
		"cpassword\n=\t\"s3cret\"", "CPASSWORD=\"s3cret\"", "x=\"cpassword\" cpassword=\"s3cret\"",
		"cpassword=\"s3cret\" y=\"cpassword='s3cret'\"" };

	(void)state;
	for (size_t i = 0; i < nitems(spellings); i++) {
		char text[512];
		struct facts f;

		facts_init(&f);
		strlcpy(text, OPEN "<Task name=\"a\"><Properties ", sizeof(text));
		strlcat(text, spellings[i], sizeof(text));
		strlcat(text, "/></Task>" CLOSE, sizeof(text));
		script_scan(&f, text);
		assert_int_equal(f.n, 1);
		for (const struct fact_item *j = NULL; (j = fact_each(f.o[0], j)) != NULL;)
			assert_true(j->str == NULL || strstr(j->str, "s3cret") == NULL);
		assert_non_null(strstr(fact_get(f.o[0], F_XML), "***"));
		assert_non_null(strstr(fact_get(f.o[0], F_XML), "/></Task>"));
		facts_free(&f);
	}
}

static void
utf16_is_read_too(void **state)
{
	static const char text[] = OPEN NEW OLD CLOSE;

	(void)state;
	for (unsigned int i = 0; i < 4; i++) {
		uint8_t p[2 * sizeof(text)];
		bool big = (i & 1) != 0, bom = (i & 2) != 0;
		struct facts f;
		size_t n = 0;

		if (bom) {
			p[n + big] = 0xff;
			p[n + !big] = 0xfe;
			n += 2;
		}
		for (const char *s = text; *s != '\0'; s++, n += 2) {
			p[n + big] = (uint8_t)*s;
			p[n + !big] = 0;
		}
		facts_init(&f);
		read_bytes(&f, p, n);
		assert_int_equal(f.n, 2);
		assert_field(f.o[0], F_ACT_COMMAND_LINE, "evil.exe -x");
		assert_field(f.o[0], F_XML, NEW);
		assert_int_equal(field_int(f.o[0], F_XML_SIZE), strlen(NEW));
		assert_null(strstr(fact_get(f.o[1], F_XML), "VPe/o9"));
		facts_free(&f);
	}
}

static void
every_truncation_is_honest(void **state)
{
	static const char text[] = OPEN OLD NEW CLOSE;
	struct facts f;

	(void)state;
	facts_init(&f);
	for (size_t n = 0; n < strlen(text); n++) {
		read_bytes(&f, text, n);
		assert_true(f.n <= 2);
		for (size_t i = 0; i < f.n; i++) {
			bool whole = fact_get(f.o[i], F_XML_SHA256) != NULL;

			assert_field(f.o[i], F_ACTION, "create");
			assert_field(f.o[i], F_NAME, i == 0 ? "Old & new" : "New");
			assert_true(whole || i == f.n - 1);
			assert_null(strstr(fact_get(f.o[i], F_XML), "VPe/o9"));
			if (i == 1)
				assert_field(f.o[i], F_USER_ID, "NT AUTHORITY\\System");
		}
	}
	assert_int_equal(f.n, 2);
	facts_free(&f);
}

static void
other_texts_tell_nothing(void **state)
{
	static const char *const texts[] = { "", "<", "<Task><Properties/></Task>", "<a>" OLD "</a>",
		OPEN CLOSE, "<!DOCTYPE x><ScheduledTasks>" OLD CLOSE, OPEN "<x>" OLD "</x>" CLOSE };

	(void)state;
	for (size_t i = 0; i < nitems(texts); i++) {
		struct facts f;

		facts_init(&f);
		script_scan(&f, texts[i]);
		assert_int_equal(f.n, 0);
		facts_free(&f);
	}
}

struct tally {
	struct facts	 f;
	size_t		 fresh, done;
};

static struct fact *
fresh_counted(void *arg)
{
	struct tally *t = arg;

	t->fresh++;
	return fresh(&t->f);
}

static void
done_counted(void *arg, struct fact *o)
{
	struct tally *t = arg;

	t->done++;
	fact_free(o);
}

static void
elements_and_triggers_are_bounded(void **state)
{
	static const char element[] = "<Task name=\"a\"><Properties/></Task>";
	static const char one[] = "<Trigger type=\"IDLE\"/>";
	const size_t n = MAX_GPO_TASKS + 5, step = sizeof(element) - 1;
	char *s = test_malloc(sizeof(OPEN) + n * step), text[4096] = OPEN "<Task><Properties><Triggers>";
	struct tally t = { 0 };

	(void)state;
	strlcpy(s, OPEN, sizeof(OPEN));
	for (size_t i = 0; i < n; i++)
		memcpy(s + sizeof(OPEN) - 1 + i * step, element, step);
	facts_init(&t.f);
	gpo_read((struct view){ (const uint8_t *)s, sizeof(OPEN) - 1 + n * step }, fresh_counted,
	    done_counted, &t);
	test_free(s);
	assert_int_equal(t.fresh, MAX_GPO_TASKS);
	assert_int_equal(t.done, MAX_GPO_TASKS);
	for (size_t i = 0; i <= MAX_TRIGGERS; i++)
		strlcat(text, one, sizeof(text));
	script_scan(&t.f, text);
	assert_int_equal(t.f.n, 1);
	assert_non_null(nth(t.f.o[0], F_TRG_TYPE, MAX_TRIGGERS - 1));
	assert_null(nth(t.f.o[0], F_TRG_TYPE, MAX_TRIGGERS));
	assert_true(t.f.o[0]->cut);
	facts_free(&t.f);
}

static struct fact *
none(void *arg)
{
	(void)arg;
	return NULL;
}

static void
a_spent_budget_only_cuts(void **state)
{
	struct facts f;

	(void)state;
	facts_init(&f);
	gpo_read(view_str(OPEN OLD NEW CLOSE), none, done, &f);
	assert_int_equal(f.n, 0);
	for (size_t limit = 200; limit < 12000; limit += 97) {
		f.budget.limit = limit;
		script_scan(&f, OPEN OLD NEW CLOSE);
		for (size_t i = 0; i < f.n; i++)
			for (const struct fact_item *j = NULL; (j = fact_each(f.o[i], j)) != NULL;)
				assert_true(j->str == NULL || strstr(j->str, "VPe/o9") == NULL);
	}
	facts_free(&f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_old_element_is_told),
		cmocka_unit_test(a_new_element_holds_a_definition),
		cmocka_unit_test(each_element_is_its_own_fact),
		cmocka_unit_test(the_action_is_what_policy_asks_for),
		cmocka_unit_test(every_password_is_masked),
		cmocka_unit_test(utf16_is_read_too),
		cmocka_unit_test(every_truncation_is_honest),
		cmocka_unit_test(other_texts_tell_nothing),
		cmocka_unit_test(elements_and_triggers_are_bounded),
		cmocka_unit_test(a_spent_budget_only_cuts),
	};

	return cmocka_run_group_tests_name("gpo", tests, NULL, NULL);
}
