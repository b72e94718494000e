/* dissectors/cim.c -- tasks as CIM classes: PS_ScheduledTask, Win32_ScheduledJob ([MS-WSMV] 4.1.4). */
#include "cim.h"

#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include "task.h"

/* ---- Instances ---- */

/* Properties or parameters: of nodes from … to those at depth. */
struct instance {
	const struct soap *soap;
	const char	*type;		/* "MSFT_TaskExecAction_Type"; NULL */
	size_t		 from, to;
	unsigned int	 depth;
};

static struct instance
params(const struct soap *s)
{
	return (struct instance){ .soap = s, .to = s->n_nodes };
}

/* The next property of that name from *at on; an array has several. */
static const struct soap_node *
next(const struct instance *in, const char *name, size_t *at)
{
	for (; *at < in->to; ++*at) {
		const struct soap_node *n = &in->soap->nodes[*at];

		if (n->depth == in->depth && !n->nil && strcasecmp(n->name, name) == 0) {
			++*at;
			return n;
		}
	}
	return NULL;
}

static bool
begins(const char *s, const char *with)
{
	return s != NULL && strncasecmp(s, with, strlen(with)) == 0;
}

/* What a property holds.  Its class is told by xsi:type, or by an element of
 * that name in between. */
static struct instance
inside(const struct instance *in, const struct soap_node *n)
{
	const struct soap_node *nodes = in->soap->nodes;
	struct instance held = { .soap = in->soap, .type = n->type,
	    .from = (size_t)(n - nodes) + 1, .depth = n->depth + 1 };

	for (held.to = held.from; held.to < in->to && nodes[held.to].depth > n->depth;)
		held.to++;
	if (held.from < held.to && begins(nodes[held.from].name, "MSFT_")) {
		held.type = nodes[held.from++].name;
		held.depth++;
	}
	return held;
}

/* No property of that name: nothing is in it. */
static struct instance
property(const struct instance *in, const char *name)
{
	size_t at = in->from;
	const struct soap_node *n = next(in, name, &at);

	return n != NULL ? inside(in, n) : (struct instance){ .soap = in->soap };
}

/* A time stands in an element of its own: cim:Datetime, DSP0230. */
static struct view
value(const struct instance *in, const char *name)
{
	size_t at = in->from;
	const struct soap_node *n = next(in, name, &at);

	if (n == NULL)
		return (struct view){ NULL, 0 };
	if (n->value.len == 0 && at < in->to && n[1].depth > n->depth &&
	    strcasecmp(n[1].name, "Datetime") == 0)
		n++;
	return n->value;
}

/* ---- Properties that are fields ---- */

/* An enumeration's number, and as the XML spells it ([MS-TSCH] 2.5). */
struct spelling {
	const char	*name;
	const char	*xml;
};

static const struct spelling run_levels[] = {
	{ "0", "LeastPrivilege" }, { "Limited", "LeastPrivilege" },
	{ "1", "HighestAvailable" }, { "Highest", "HighestAvailable" }, { NULL, NULL },
};

static const struct spelling logon_types[] = {
	{ "0", "None" }, { "1", "Password" }, { "2", "S4U" }, { "3", "InteractiveToken" },
	{ "Interactive", "InteractiveToken" }, { "4", "Group" }, { "5", "ServiceAccount" },
	{ "6", "InteractiveTokenOrPassword" },
	{ "InteractiveOrPassword", "InteractiveTokenOrPassword" }, { NULL, NULL },
};

static const struct spelling instances[] = {
	{ "0", "Parallel" }, { "1", "Queue" }, { "2", "IgnoreNew" }, { "3", "StopExisting" },
	{ NULL, NULL },
};

struct row {
	const char	*name;
	enum field	 field;
	const struct spelling *spelling;
};

static const struct row info_rows[] = {
	{ "Author", F_AUTHOR, NULL },
	{ "Description", F_DESCRIPTION, NULL },
	{ "URI", F_URI, NULL },
	{ "Date", F_DATE, NULL },
	{ "Source", F_SOURCE, NULL },
	{ "SecurityDescriptor", F_SDDL, NULL },
};

static const struct row principal_rows[] = {
	{ "UserId", F_USER_ID, NULL },
	{ "User", F_USER_ID, NULL },
	{ "GroupId", F_GROUP_ID, NULL },
	{ "LogonType", F_PRINCIPAL_LOGON, logon_types },
	{ "RunLevel", F_RUN_LEVEL, run_levels },
};

static const struct row action_rows[] = {
	{ "Execute", F_ACT_COMMAND, NULL },
	{ "Arguments", F_ACT_ARGUMENTS, NULL },
	{ "WorkingDirectory", F_ACT_DIRECTORY, NULL },
	{ "ClassId", F_ACT_CLASS_ID, NULL },
	{ "Data", F_ACT_DATA, NULL },
	{ "Server", F_ACT_SERVER, NULL },
	{ "Subject", F_ACT_SUBJECT, NULL },
	{ "To", F_ACT_TO, NULL },
	{ "Cc", F_ACT_CC, NULL },
	{ "Bcc", F_ACT_BCC, NULL },
	{ "ReplyTo", F_ACT_REPLY_TO, NULL },
	{ "From", F_ACT_FROM, NULL },
	{ "Title", F_ACT_TITLE, NULL },
	{ "Body", F_ACT_BODY, NULL },
	{ "MessageBody", F_ACT_BODY, NULL },
};

static const struct row trigger_rows[] = {
	{ "StartBoundary", F_TRG_START, NULL },
	{ "EndBoundary", F_TRG_END, NULL },
	{ "Enabled", F_TRG_ENABLED, NULL },
	{ "Delay", F_TRG_DELAY, NULL },
	{ "RandomDelay", F_TRG_RANDOM_DELAY, NULL },
	{ "UserId", F_TRG_USER_ID, NULL },
	{ "Subscription", F_TRG_SUBSCRIPTION, NULL },
};

static const struct row repetition_rows[] = {
	{ "Interval", F_TRG_REP_INTERVAL, NULL },
	{ "Duration", F_TRG_REP_DURATION, NULL },
};

static const struct row settings_rows[] = {
	{ "AllowDemandStart", F_SET_ALLOW_DEMAND, NULL },
	{ "RestartInterval", F_SET_RESTART_INTERVAL, NULL },
	{ "RestartCount", F_SET_RESTART_COUNT, NULL },
	{ "MultipleInstances", F_SET_INSTANCES, instances },
	{ "DisallowStartIfOnBatteries", F_SET_NO_BATTERIES, NULL },
	{ "StopIfGoingOnBatteries", F_SET_STOP_BATTERIES, NULL },
	{ "AllowHardTerminate", F_SET_HARD_TERMINATE, NULL },
	{ "StartWhenAvailable", F_SET_WHEN_AVAILABLE, NULL },
	{ "RunOnlyIfNetworkAvailable", F_SET_IF_NETWORK, NULL },
	{ "WakeToRun", F_SET_WAKE, NULL },
	{ "Enabled", F_SET_ENABLED, NULL },
	{ "Hidden", F_SET_HIDDEN, NULL },
	{ "DeleteExpiredTaskAfter", F_SET_DELETE_AFTER, NULL },
	{ "ExecutionTimeLimit", F_SET_TIME_LIMIT, NULL },
	{ "Priority", F_SET_PRIORITY, NULL },
	{ "RunOnlyIfIdle", F_SET_IF_IDLE, NULL },
	{ "UseUnifiedSchedulingEngine", F_SET_UNIFIED, NULL },
	{ "DisallowStartOnRemoteAppSession", F_SET_NO_REMOTE_APP, NULL },
	{ "Volatile", F_SET_VOLATILE, NULL },
};

static const struct row idle_rows[] = {
	{ "IdleDuration", F_SET_IDLE_DURATION, NULL },
	{ "WaitTimeout", F_SET_IDLE_WAIT, NULL },
	{ "StopOnIdleEnd", F_SET_IDLE_STOP, NULL },
	{ "RestartOnIdle", F_SET_IDLE_RESTART, NULL },
};

static const struct row network_rows[] = {
	{ "Name", F_SET_NET_NAME, NULL },
	{ "Id", F_SET_NET_ID, NULL },
};

static const struct row maintenance_rows[] = {
	{ "Period", F_SET_MAINT_PERIOD, NULL },
	{ "Deadline", F_SET_MAINT_DEADLINE, NULL },
	{ "Exclusive", F_SET_MAINT_EXCLUSIVE, NULL },
};

static bool
is(struct view v, const char *s)
{
	return v.len == strlen(s) && strncasecmp((const char *)v.p, s, v.len) == 0;
}

static void
keep_spelled(struct obs *o, enum field f, struct view v, const struct spelling *s)
{
	for (; s->name != NULL; s++)
		if (is(v, s->name) || is(v, s->xml)) {
			obs_str(o, f, s->xml);
			return;
		}
}

static void
keep_bool(struct obs *o, enum field f, struct view v)
{
	if (is(v, "true") || is(v, "1"))
		obs_bool(o, f, true);
	else if (is(v, "false") || is(v, "0"))
		obs_bool(o, f, false);
}

static void
keep_int(struct obs *o, enum field f, struct view v)
{
	const char *why;
	long long n = strtonum((const char *)v.p, 0, INT32_MAX, &why);

	if (why == NULL)
		obs_int(o, f, n);
}

static void
keep(struct obs *o, const struct row *row, struct view v)
{
	if (v.len == 0)
		return;
	if (row->spelling != NULL)
		keep_spelled(o, row->field, v, row->spelling);
	else if (field_info[row->field].type == FT_BOOL)
		keep_bool(o, row->field, v);
	else if (field_info[row->field].type == FT_INT)
		keep_int(o, row->field, v);
	else
		obs_utf8(o, row->field, v);
}

static void
keep_rows(struct obs *o, struct instance in, const struct row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++)
		keep(o, &rows[i], value(&in, rows[i].name));
}

/* ---- What a task is made of ---- */

struct kind {
	const char	*class;		/* or how it begins */
	const char	*type;
};

static const struct kind action_kinds[] = {
	{ "MSFT_TaskExecAction", "exec" },
	{ "MSFT_TaskComHandlerAction", "com_handler" },
	{ "MSFT_TaskEmailAction", "send_email" },
	{ "MSFT_TaskShowMessageAction", "show_message" },
	{ NULL, NULL },
};

static const struct kind trigger_kinds[] = {
	{ "MSFT_TaskTimeTrigger", "time" },
	{ "MSFT_TaskDailyTrigger", "calendar" },
	{ "MSFT_TaskWeeklyTrigger", "calendar" },
	{ "MSFT_TaskMonthly", "calendar" },
	{ "MSFT_TaskBootTrigger", "boot" },
	{ "MSFT_TaskLogonTrigger", "logon" },
	{ "MSFT_TaskIdleTrigger", "idle" },
	{ "MSFT_TaskRegistrationTrigger", "registration" },
	{ "MSFT_TaskEventTrigger", "event" },
	{ "MSFT_TaskSessionStateChangeTrigger", "session_state_change" },
	{ "MSFT_TaskWnfStateChangeTrigger", "wnf" },
	{ NULL, NULL },
};

static const char *
kind_of(const struct instance *in, const struct kind *k)
{
	while (k->class != NULL && !begins(in->type, k->class))
		k++;
	return k->type;
}

static void
keep_action(struct obs *o, struct instance action)
{
	const char *type = kind_of(&action, action_kinds);
	const struct soap_node *file;
	size_t at = action.from;

	/* Without its class, by what only that class has. */
	if (type == NULL && value(&action, "Execute").len > 0)
		type = "exec";
	else if (type == NULL && value(&action, "ClassId").len > 0)
		type = "com_handler";
	obs_next(o, F_ACT_TYPE);
	obs_str(o, F_ACT_TYPE, type);
	keep_rows(o, action, action_rows, nitems(action_rows));
	for (size_t n = 0; (file = next(&action, "Attachments", &at)) != NULL; n++) {
		if (n == MAX_ATTACHMENTS) {
			o->cut = true;
			break;
		}
		obs_add(o, F_ACT_ATTACHMENTS, file->value);
	}
	task_command_line(o);
}

static void
keep_trigger(struct obs *o, struct instance trigger)
{
	obs_next(o, F_TRG_TYPE);
	obs_str(o, F_TRG_TYPE, kind_of(&trigger, trigger_kinds));
	keep_rows(o, trigger, trigger_rows, nitems(trigger_rows));
	keep_rows(o, property(&trigger, "Repetition"), repetition_rows, nitems(repetition_rows));
}

/* All elements of an array, as an instance and as a parameter calls it. */
static void
each(struct obs *o, const struct instance *in, const char *name, size_t max,
    void (*keep_one)(struct obs *, struct instance))
{
	const struct soap_node *n;
	size_t at = in->from;

	for (size_t i = 0; (n = next(in, name, &at)) != NULL; i++) {
		if (i == max) {
			o->cut = true;
			break;
		}
		keep_one(o, inside(in, n));
	}
}

static void
keep_settings(struct obs *o, struct instance set)
{
	keep_rows(o, set, settings_rows, nitems(settings_rows));
	keep_rows(o, property(&set, "IdleSettings"), idle_rows, nitems(idle_rows));
	keep_rows(o, property(&set, "NetworkSettings"), network_rows, nitems(network_rows));
	keep_rows(o, property(&set, "MaintenanceSettings"), maintenance_rows,
	    nitems(maintenance_rows));
}

/* A method's parameters, or the MSFT_ScheduledTask among them. */
static void
keep_parts(struct obs *o, struct instance in)
{
	keep_rows(o, in, info_rows, nitems(info_rows));
	each(o, &in, "Actions", MAX_ACTIONS, keep_action);
	each(o, &in, "Action", MAX_ACTIONS, keep_action);
	each(o, &in, "Triggers", MAX_TRIGGERS, keep_trigger);
	each(o, &in, "Trigger", MAX_TRIGGERS, keep_trigger);
	keep_rows(o, property(&in, "Principal"), principal_rows, nitems(principal_rows));
	keep_settings(o, property(&in, "Settings"));
}

static void
keep_definition(struct obs *o, const struct soap *s)
{
	struct instance in = params(s);
	struct view xml = value(&in, "Xml");

	if (xml.len > 0)
		taskxml_read(o, xml, false);
	keep_parts(o, property(&in, "InputObject"));
	keep_parts(o, in);
	keep_rows(o, in, principal_rows, nitems(principal_rows));
	if (value(&in, "Password").len > 0)
		obs_bool(o, F_HAS_PASSWORD, true);
}

/* ---- Names ---- */

static struct view
no_slashes(struct view v)
{
	while (v.len > 0 && v.p[0] == '\\')
		v = view_from(v, 1);
	while (v.len > 0 && v.p[v.len - 1] == '\\')
		v.len--;
	return v;
}

static void
keep_name(struct obs *o, struct view path, struct view name)
{
	struct buf whole;

	path = no_slashes(path);
	name = no_slashes(name);
	if (name.len == 0)
		return;
	buf_init(&whole, o->budget, path.len + name.len + 1);
	if (buf_add(&whole, path) && (path.len == 0 || buf_add(&whole, view_str("\\"))) &&
	    buf_add(&whole, name))
		task_name(o, buf_view(&whole));
	else
		o->cut = true;
	buf_free(&whole);
}

static void
keep_instance_name(struct obs *o, struct instance task)
{
	keep_name(o, value(&task, "TaskPath"), value(&task, "TaskName"));
}

/* What is named by parameters is meant, and else the object that is given. */
static void
keep_request_name(struct obs *o, const struct soap *s)
{
	const char *path = soap_selector(s, "TaskPath"), *name = soap_selector(s, "TaskName");
	struct instance in = params(s);

	keep_instance_name(o, property(&in, "InputObject"));
	keep_instance_name(o, in);
	if (name != NULL)
		keep_name(o, view_str(path != NULL ? path : ""), view_str(name));
}

/* As ATSvc's: the service names the task after the job. */
static void
keep_job(struct obs *o, const char *id)
{
	const char *why;
	long long n = id != NULL ? strtonum(id, 0, UINT32_MAX, &why) : 0;
	char name[16];

	if (id == NULL || why != NULL)
		return;
	snprintf(name, sizeof(name), "\\At%lld", n);
	obs_str(o, F_NAME, name);
	obs_int(o, F_JOB_ID, n);
}

/* ---- Classes and methods ---- */

/* An operation's last part, "RegisterByXml" or "Delete", and what it does. */
struct method {
	const char	*begins;
	const char	*action;	/* NULL: it makes something for another call */
	bool		 defines;
};

static const struct method task_methods[] = {
	{ "RegisterBy", "create", true },
	{ "SetBy", "update", true },
	{ "StartBy", "run", false },
	{ "StopBy", "stop", false },
	{ "EnableBy", "enable", false },
	{ "DisableBy", "disable", false },
	{ "UnregisterBy", "delete", false },
	{ "DeleteBy", "delete", false },
	{ "ExportBy", "query", false },
	{ "GetInfoBy", "query", false },
	{ "New", NULL, false },
	{ NULL, NULL, false },
};

/* DSP0226's own, on instances. */
static const struct method transfers[] = {
	{ "Delete", "delete", false },
	{ "Get", "query", false },
	{ "Enumerate", "list", false },
	{ NULL, NULL, false },
};

static const struct method job_methods[] = {
	{ "Create", "create", false },
	{ "Delete", "delete", false },
	{ "Get", "query", false },
	{ "Enumerate", "list", false },
	{ NULL, NULL, false },
};

static const struct {
	const char	*name;
	const struct method *methods;
	bool		 job;
} classes[] = {
	{ "PS_ScheduledTask", task_methods, false },
	{ "PS_ClusteredScheduledTask", task_methods, false },
	{ "MSFT_ScheduledTask", transfers, false },
	{ "MSFT_ClusteredScheduledTask", transfers, false },
	{ "Win32_ScheduledJob", job_methods, true },
};

/* Behind the last slash, without a query. */
static struct view
last_part(const char *uri)
{
	struct view v = view_upto(view_str(uri), 0, strcspn(uri, "?"));
	size_t n = v.len;

	while (n > 0 && v.p[n - 1] != '/')
		n--;
	return view_from(v, n);
}

static const struct method *
method_of(const struct method *m, struct view name)
{
	for (; m->begins != NULL; m++)
		if (name.len >= strlen(m->begins) && is(view_upto(name, 0, strlen(m->begins)),
		    m->begins))
			return m;
	return NULL;
}

static void
tell(struct asks *a, const struct soap *s, const struct method *m, bool job)
{
	struct obs *o = asks_task(a, m->action);
	const struct soap_node *command = job ? soap_param(s, "Command") : NULL;

	if (o == NULL)
		return;
	if (!job)
		keep_request_name(o, s);
	else
		keep_job(o, soap_selector(s, "JobId"));
	if (m->defines)
		keep_definition(o, s);
	if (command != NULL && command->value.len > 0) {
		obs_next(o, F_ACT_TYPE);
		obs_str(o, F_ACT_TYPE, "exec");
		obs_utf8(o, F_ACT_COMMAND, command->value);
		task_command_line(o);
	}
	asks_done(a, o);
}

bool
cim_read(struct asks *a, const struct soap *s)
{
	const struct method *m = NULL;
	struct view class;

	if (s->resource == NULL || s->action == NULL)
		return false;
	class = last_part(s->resource);
	for (size_t i = 0; i < nitems(classes); i++) {
		if (!is(class, classes[i].name))
			continue;
		m = method_of(classes[i].methods, last_part(s->action));
		if (m != NULL && m->action != NULL)
			tell(a, s, m, classes[i].job);
		break;
	}
	return m != NULL;
}

void
cim_answer(struct obs *o, const struct soap *s)
{
	const char *action = obs_get(o, F_ACTION);
	const struct soap_node *id = soap_param(s, "JobId");
	struct instance in = params(s);

	if (action == NULL || strcmp(action, "create") != 0)
		return;
	keep_instance_name(o, property(&in, "cmdletOutput"));
	if (id != NULL && id->value.len > 0)
		keep_job(o, (const char *)id->value.p);
}
