/* gpo.c -- reads the scheduled tasks of group policy, [MS-GPPREF] 2.2.1.22. */
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include "task/content.h"
#include "task/task.h"
#include "task/taskxml.h"

struct gpo {
	struct fact	*(*fresh)(void *arg);
	void		(*done)(void *arg, struct fact *);
	void		*arg;
	const struct xml_text *text;
	unsigned int	 depth;
	unsigned int	 n;		/* tasks so far */
	struct fact	*o;		/* the element's fact; NULL outside of one */
	size_t		 from;		/* where the element begins */
	bool		 properties;	/* the element has them: without, it does nothing */
	bool		 in_properties;
	bool		 inside;	/* in the definition that a V2 element holds */
	struct taskxml	 task;		/* begun for every element */
	char		*run_as, *logon_type;
	unsigned int	 triggers;
};

/* ---- Attributes ---- */

static void
keep_att(struct fact *o, const struct xml_tag *tag, const char *name, enum field f)
{
	fact_str(o, f, xml_att(tag, name));
}

static void
keep_flag(struct fact *o, const struct xml_tag *tag, const char *name, enum field f)
{
	const char *v = xml_att(tag, name);

	if (v != NULL && (strcmp(v, "1") == 0 || strcmp(v, "0") == 0))
		fact_bool(o, f, v[0] == '1');
}

/* Returns the attribute's number, or -1 if there is none from 0 to max. */
static int
number(const struct xml_tag *tag, const char *name, int max)
{
	const char *v = xml_att(tag, name), *why = NULL;
	int n = v != NULL ? (int)strtonum(v, 0, max, &why) : -1;

	return why == NULL ? n : -1;
}

static void
keep_minutes(struct fact *o, const struct xml_tag *tag, const char *name, enum field f)
{
	int n = number(tag, name, 366 * 24 * 60);
	char text[16];

	if (n <= 0)
		return;
	snprintf(text, sizeof(text), "PT%dM", n);
	fact_str(o, f, text);
}

/* ---- Task and ImmediateTask, which hold no definition ---- */

static void
exec_properties(struct fact *o, const struct xml_tag *tag)
{
	static const struct {
		const char	*name;
		enum field	 field;
	} flags[] = {
		{ "enabled", F_SET_ENABLED },
		{ "startOnlyIfIdle", F_SET_IF_IDLE },
		{ "stopOnIdleEnd", F_SET_IDLE_STOP },
		{ "noStartIfOnBatteries", F_SET_NO_BATTERIES },
		{ "stopIfGoingOnBatteries", F_SET_STOP_BATTERIES },
		{ "systemRequired", F_SET_WAKE },
	};
	const char *command = xml_att(tag, "appName");

	if (command != NULL && *command != '\0') {
		fact_next(o, F_ACT_TYPE);
		fact_str(o, F_ACT_TYPE, "exec");
		fact_str(o, F_ACT_COMMAND, command);
		keep_att(o, tag, "args", F_ACT_ARGUMENTS);
		keep_att(o, tag, "startIn", F_ACT_DIRECTORY);
		task_command_line(o);
	}
	keep_att(o, tag, "comment", F_DESCRIPTION);
	for (size_t i = 0; i < nitems(flags); i++)
		keep_flag(o, tag, flags[i].name, flags[i].field);
}

static void
keep_start(struct fact *o, const struct xml_tag *tag)
{
	int y = number(tag, "beginYear", 9999), m = number(tag, "beginMonth", 12);
	int d = number(tag, "beginDay", 31);
	int hour = number(tag, "startHour", 23), minute = number(tag, "startMinutes", 59);
	char text[48];

	if (y < 1 || m < 1 || d < 1)
		return;
	if (hour < 0 || minute < 0)
		snprintf(text, sizeof(text), "%04d-%02d-%02d", y, m, d);
	else
		snprintf(text, sizeof(text), "%04d-%02d-%02dT%02d:%02d:00", y, m, d, hour, minute);
	fact_str(o, F_TRG_START, text);
}

static void
keep_end(struct fact *o, const struct xml_tag *tag)
{
	int y = number(tag, "endYear", 9999), m = number(tag, "endMonth", 12);
	int d = number(tag, "endDay", 31);
	char text[40];

	if (number(tag, "hasEndDate", 1) != 1 || y < 1 || m < 1 || d < 1)
		return;
	snprintf(text, sizeof(text), "%04d-%02d-%02d", y, m, d);
	fact_str(o, F_TRG_END, text);
}

static void
trigger(struct gpo *g, const struct xml_tag *tag)
{
	static const struct {
		const char	*gpo, *type;
	} kinds[] = {
		{ "ONCE", "time" }, { "DAILY", "calendar" }, { "WEEKLY", "calendar" },
		{ "MONTHLY", "calendar" }, { "IDLE", "idle" }, { "STARTUP", "boot" },
		{ "LOGON", "logon" },
	};
	const char *type = xml_att(tag, "type");

	for (size_t i = 0; i < nitems(kinds) && type != NULL; i++) {
		if (strcasecmp(kinds[i].gpo, type) != 0)
			continue;
		if (g->triggers++ >= MAX_TRIGGERS) {
			g->o->cut = true;
			return;
		}
		fact_next(g->o, F_TRG_TYPE);
		fact_str(g->o, F_TRG_TYPE, kinds[i].type);
		keep_start(g->o, tag);
		keep_end(g->o, tag);
		if (number(tag, "repeatTask", 1) == 1)
			keep_minutes(g->o, tag, "interval", F_TRG_REP_INTERVAL);
	}
}

/* ---- Elements ---- */

static char *
copy(struct fact *o, const char *s)
{
	return s != NULL ? budget_strndup(fact_budget(o), view_str(s)) : NULL;
}

/* Without an action it is U, update, which makes the task if it is not there. */
static void
properties(struct gpo *g, const struct xml_tag *tag)
{
	const char *action = xml_att(tag, "action"), *password = xml_att(tag, "cpassword");

	g->properties = g->in_properties = true;
	fact_str(g->o, F_ACTION,
	    action != NULL && strcasecmp(action, "D") == 0 ? "delete" : "create");
	fact_bool(g->o, F_HAS_PASSWORD, password != NULL && *password != '\0');
	g->run_as = copy(g->o, xml_att(tag, "runAs"));
	g->logon_type = copy(g->o, xml_att(tag, "logonType"));
	exec_properties(g->o, tag);
}

static bool
is_task(const char *name)
{
	static const char *const names[] = { "Task", "ImmediateTask", "TaskV2", "ImmediateTaskV2" };

	for (size_t i = 0; i < nitems(names); i++)
		if (strcmp(names[i], name) == 0)
			return true;
	return false;
}

static bool
element_begin(struct gpo *g, const struct xml_tag *tag)
{
	if (!is_task(tag->name))
		return true;
	if (g->n++ >= MAX_GPO_TASKS)
		return false;
	if ((g->o = g->fresh(g->arg)) == NULL)
		return false;
	g->from = tag->from;
	g->properties = g->in_properties = g->inside = false;
	g->triggers = 0;
	taskxml_begin(&g->task, g->o, g->text);
	keep_att(g->o, tag, "name", F_NAME);
	return true;
}

/* Returns the length of cpassword="  at s, in any spacing; 0 if it is not there. */
static size_t
password_begins(const char *s)
{
	static const char name[] = "cpassword";
	const char *at = s + sizeof(name) - 1;

	if (strncasecmp(s, name, sizeof(name) - 1) != 0)
		return 0;
	at += strspn(at, " \t\r\n");
	if (*at++ != '=')
		return 0;
	at += strspn(at, " \t\r\n");
	return *at == '"' || *at == '\'' ? (size_t)(at - s) + 1 : 0;
}

/* Puts the text with *** for each value of cpassword into out, or nothing if it
 * has none.  Returns false if the budget is spent. */
static bool
masked(const char *s, struct buf *out)
{
	const char *from = s;
	size_t n;

	while (*s != '\0') {
		if ((n = password_begins(s)) == 0) {
			s++;
			continue;
		}
		s += n;
		if ((n = strcspn(s, s[-1] == '"' ? "\"" : "'")) == 0)
			continue;
		if (!buf_add(out, (struct view){ (const uint8_t *)from, (size_t)(s - from) }) ||
		    !buf_add(out, view_str("***")))
			return false;
		from = s += n;
	}
	return out->len == 0 || buf_add(out, view_str(from));
}

/* The key of cpassword is published ([MS-GPPREF] 2.2.1.1.4), so its value is as
 * good as the password.  Where it cannot be masked, the whole text is dropped. */
static void
mask_password(struct fact *o)
{
	const char *text = fact_get(o, F_XML);
	struct buf out;
	bool ok;

	if (text == NULL)
		return;
	buf_init(&out, fact_budget(o), 4 * strlen(text));
	ok = masked(text, &out);
	if (!ok)
		o->cut = true;
	if (!ok || out.len > 0)
		fact_drop(o, F_XML);
	if (ok)
		fact_utf8(o, F_XML, buf_view(&out));
	buf_free(&out);
}

/* The element ends: at its end tag, or where the text ends or is malformed. */
static void
element_end(struct gpo *g, size_t to, bool whole)
{
	struct xml_text text = xml_slice(g->text, g->from, to);
	struct fact *o = g->o;

	taskxml_finish(&g->task);
	if (fact_get(o, F_USER_ID) == NULL && fact_get(o, F_GROUP_ID) == NULL)
		fact_str(o, F_USER_ID, g->run_as);
	if (fact_get(o, F_PRINCIPAL_LOGON) == NULL)
		fact_str(o, F_PRINCIPAL_LOGON, g->logon_type);
	budget_free(g->run_as);
	budget_free(g->logon_type);
	g->run_as = g->logon_type = NULL;
	g->o = NULL;
	if (!g->properties) {
		fact_free(o);
		return;
	}
	taskxml_keep(o, &text, whole);
	mask_password(o);
	g->done(g->arg, o);
}

/* ---- ScheduledTasks / element / Properties / Triggers or Task / … ---- */

static bool
on_start(void *arg, const struct xml_tag *tag)
{
	struct gpo *g = arg;
	unsigned int depth = g->depth++;

	if (depth == 0)
		return strcmp(tag->name, "ScheduledTasks") == 0;
	if (depth == 1)
		return element_begin(g, tag);
	if (g->o == NULL)
		return true;
	if (g->inside)
		return taskxml_ops.start(&g->task, tag);
	if (depth == 2 && !g->properties && strcmp(tag->name, "Properties") == 0)
		properties(g, tag);
	else if (!g->in_properties)
		return true;
	else if (depth == 3 && !g->task.task && strcmp(tag->name, "Task") == 0)
		g->inside = taskxml_ops.start(&g->task, tag);
	else if (depth == 4 && strcmp(tag->name, "Trigger") == 0)
		trigger(g, tag);
	return true;
}

static void
on_text(void *arg, struct view v)
{
	struct gpo *g = arg;

	if (g->inside)
		taskxml_ops.text(&g->task, v);
}

static void
on_end(void *arg, size_t from, size_t to)
{
	struct gpo *g = arg;
	unsigned int depth = --g->depth;

	if (g->inside && depth >= 3) {
		taskxml_ops.end(&g->task, from, to);
		g->inside = depth > 3;
	} else if (depth == 2)
		g->in_properties = false;
	else if (g->o != NULL && depth == 1)
		element_end(g, to, true);
}

bool
gpo_read(struct view v, struct fact *(*fresh)(void *), void (*done)(void *, struct fact *),
    void *arg)
{
	static const struct xml_ops ops = { on_start, on_text, on_end };
	const struct xml_text text = xml_text(v, false);
	struct gpo g = { .fresh = fresh, .done = done, .arg = arg, .text = &text };
	bool whole = xml_read(&text, &ops, &g) == XML_GOT_ALL;

	if (g.o != NULL)
		element_end(&g, text.bytes.len, false);
	return whole;
}
