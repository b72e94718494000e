/* cim.c -- tasks as instances of CIM classes, [MS-WSMV] 4.1.4. */
#include "winrm/cim.h"

#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include "task/content.h"
#include "task/task.h"
#include "task/taskwords.h"
#include "base/text.h"

/* ---- Instances ---- */

/* An instance, or the parameters of a method: of the nodes from (inclusive) to
 * to (exclusive), those at depth. */
struct instance {
	const struct soap *soap;
	const char	*type;		/* its class, "MSFT_TaskExecAction_Type"; NULL: not told */
	size_t		 from, to;
	unsigned int	 depth;
};

static struct instance
params(const struct soap *s)
{
	return (struct instance){ .soap = s, .to = s->n_nodes };
}

/* Returns the next property of that name from *at on, and moves *at behind it;
 * an array has several.  NULL: there is none. */
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

/* Returns the instance that a property holds.  Its class is named by xsi:type,
 * or by an element of that name in between. */
static struct instance
inside(const struct instance *in, const struct soap_node *n)
{
	const struct soap_node *nodes = in->soap->nodes;
	struct instance held = { .soap = in->soap, .type = n->type,
	    .from = (size_t)(n - nodes) + 1, .depth = n->depth + 1 };

	for (held.to = held.from; held.to < in->to && nodes[held.to].depth > n->depth;)
		held.to++;
	if (held.from < held.to && strncasecmp(nodes[held.from].name, "MSFT_", 5) == 0) {
		held.type = nodes[held.from++].name;
		held.depth++;
	}
	return held;
}

/* Returns the instance in the property of that name; an empty one if there is
 * no such property. */
static struct instance
property(const struct instance *in, const char *name)
{
	size_t at = in->from;
	const struct soap_node *n = next(in, name, &at);

	return n != NULL ? inside(in, n) : (struct instance){ .soap = in->soap };
}

/* Returns the value of the property of that name, or empty.  A time stands in
 * an element of its own: cim:Datetime, DSP0230. */
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

struct row {
	const char	*name;
	enum field	 field;
};

static const struct row info_rows[] = {
	{ "Author", F_AUTHOR },
	{ "Description", F_DESCRIPTION },
	{ "URI", F_URI },
	{ "Date", F_DATE },
	{ "Source", F_SOURCE },
	{ "SecurityDescriptor", F_SDDL },
};

static const struct row principal_rows[] = {
	{ "UserId", F_USER_ID },
	{ "User", F_USER_ID },
	{ "GroupId", F_GROUP_ID },
	{ "LogonType", F_PRINCIPAL_LOGON },
	{ "RunLevel", F_RUN_LEVEL },
};

static const struct row action_rows[] = {
	{ "Execute", F_ACT_COMMAND },
	{ "Arguments", F_ACT_ARGUMENTS },
	{ "WorkingDirectory", F_ACT_DIRECTORY },
	{ "ClassId", F_ACT_CLASS_ID },
	{ "Data", F_ACT_DATA },
	{ "Server", F_ACT_SERVER },
	{ "Subject", F_ACT_SUBJECT },
	{ "To", F_ACT_TO },
	{ "Cc", F_ACT_CC },
	{ "Bcc", F_ACT_BCC },
	{ "ReplyTo", F_ACT_REPLY_TO },
	{ "From", F_ACT_FROM },
	{ "Title", F_ACT_TITLE },
	{ "Body", F_ACT_BODY },
	{ "MessageBody", F_ACT_BODY },
};

static const struct row trigger_rows[] = {
	{ "StartBoundary", F_TRG_START },
	{ "EndBoundary", F_TRG_END },
	{ "Enabled", F_TRG_ENABLED },
	{ "Delay", F_TRG_DELAY },
	{ "RandomDelay", F_TRG_RANDOM_DELAY },
	{ "UserId", F_TRG_USER_ID },
	{ "Subscription", F_TRG_SUBSCRIPTION },
};

static const struct row repetition_rows[] = {
	{ "Interval", F_TRG_REP_INTERVAL },
	{ "Duration", F_TRG_REP_DURATION },
};

static void
keep(struct fact *o, enum field f, struct view v)
{
	if (taskwords_spells(f))
		fact_str(o, f, taskwords_spelling(f, v));
	else if (v.len > 0)
		task_keep(o, f, v);
}

static void
keep_rows(struct fact *o, struct instance in, const struct row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++)
		keep(o, rows[i].field, value(&in, rows[i].name));
}

/* ---- What a task is made of ---- */

/* Returns the name of its class; empty: it is not told. */
static struct view
class_of(const struct instance *in)
{
	return view_str(in->type != NULL ? in->type : "");
}

static void
keep_action(struct fact *o, struct instance action)
{
	const char *type = taskwords_action_class(class_of(&action));
	const struct soap_node *file;
	size_t at = action.from;

	/* If the class is not told, a property that only one class has tells it. */
	if (type == NULL && value(&action, "Execute").len > 0)
		type = "exec";
	else if (type == NULL && value(&action, "ClassId").len > 0)
		type = "com_handler";
	fact_next(o, F_ACT_TYPE);
	fact_str(o, F_ACT_TYPE, type);
	keep_rows(o, action, action_rows, nitems(action_rows));
	for (size_t n = 0; (file = next(&action, "Attachments", &at)) != NULL; n++) {
		if (n == MAX_ATTACHMENTS) {
			o->cut = true;
			break;
		}
		fact_utf8(o, F_ACT_ATTACHMENTS, file->value);
	}
	task_command_line(o);
}

static void
keep_trigger(struct fact *o, struct instance trigger)
{
	fact_next(o, F_TRG_TYPE);
	fact_str(o, F_TRG_TYPE, taskwords_trigger_class(class_of(&trigger)));
	keep_rows(o, trigger, trigger_rows, nitems(trigger_rows));
	keep_rows(o, property(&trigger, "Repetition"), repetition_rows, nitems(repetition_rows));
}

/* Hands each element of an array to keep_one(), up to max of them. */
static void
each(struct fact *o, const struct instance *in, const char *name, size_t max,
    void (*keep_one)(struct fact *, struct instance))
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
keep_settings(struct fact *o, struct instance set)
{
	for (size_t i = 0; i < TASK_SETTINGS; i++) {
		const struct task_setting *t = &task_settings[i];
		struct instance in = t->inside != NULL ? property(&set, t->inside) : set;

		keep(o, t->field, value(&in, t->name));
	}
}

/* Keeps the parts of a definition: parameters of a method, or properties of the
 * MSFT_ScheduledTask among them. */
static void
keep_parts(struct fact *o, struct instance in)
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
keep_definition(struct fact *o, const struct soap *s)
{
	struct instance in = params(s);
	struct view xml = value(&in, "Xml");

	if (xml.len > 0)
		taskxml_read(o, xml, false);
	keep_parts(o, property(&in, "InputObject"));
	keep_parts(o, in);
	keep_rows(o, in, principal_rows, nitems(principal_rows));
	if (value(&in, "Password").len > 0)
		fact_bool(o, F_HAS_PASSWORD, true);
}

/* ---- Names ---- */

static void
keep_instance_name(struct fact *o, struct instance task)
{
	task_name_in(o, value(&task, "TaskPath"), value(&task, "TaskName"));
}

/* Selectors name the task before parameters do, and these before the object
 * that is given. */
static void
keep_request_name(struct fact *o, const struct soap *s)
{
	const char *path = soap_selector(s, "TaskPath"), *name = soap_selector(s, "TaskName");
	struct instance in = params(s);

	keep_instance_name(o, property(&in, "InputObject"));
	keep_instance_name(o, in);
	if (name != NULL)
		task_name_in(o, view_str(path != NULL ? path : ""), view_str(name));
}

/* Keeps the job id and the name that the service gives to the task of a job, as
 * for ATSvc. */
static void
keep_job(struct fact *o, const char *id)
{
	const char *why;
	long long n = id != NULL ? strtonum(id, 0, UINT32_MAX, &why) : 0;
	char name[16];

	if (id == NULL || why != NULL)
		return;
	snprintf(name, sizeof(name), "\\At%lld", n);
	fact_str(o, F_NAME, name);
	fact_int(o, F_JOB_ID, n);
}

/* ---- Classes and methods ---- */

/* Returns what an operation of WS-Management itself does to an instance
 * (DSP0226 7, 8); NULL: nothing of interest. */
static const struct task_method *
transfer(struct view name)
{
	static const struct task_method transfers[] = {
		{ "Delete", "delete" }, { "Get", "query" }, { "Enumerate", "list" },
	};

	for (size_t i = 0; i < nitems(transfers); i++)
		if (text_begins(name, transfers[i].begins))
			return &transfers[i];
	return NULL;
}

static const struct task_method *
job_method(struct view name)
{
	static const struct task_method create = { "Create", "create" };

	return text_begins(name, create.begins) ? &create : transfer(name);
}

static const struct {
	const char	*name;
	const struct task_method *(*method)(struct view name);
	bool		 job;
} classes[] = {
	{ "PS_ScheduledTask", taskwords_method, false },
	{ "PS_ClusteredScheduledTask", taskwords_method, false },
	{ "MSFT_ScheduledTask", transfer, false },
	{ "MSFT_ClusteredScheduledTask", transfer, false },
	{ "Win32_ScheduledJob", job_method, true },
};

static void
keep_job_request(struct fact *o, const struct soap *s)
{
	const struct soap_node *command = soap_param(s, "Command");

	keep_job(o, soap_selector(s, "JobId"));
	if (command != NULL && command->value.len > 0)
		task_exec(o, command->value, (struct view){ NULL, 0 });
}

/* Hands a task fact for the request to the script. */
static void
put_task(struct script *a, const struct soap *s, const char *action, bool job)
{
	struct fact *o = script_task_new(a, action);

	if (o == NULL)
		return;
	if (job)
		keep_job_request(o, s);
	else
		keep_request_name(o, s);
	if (!job && task_defines(action))
		keep_definition(o, s);
	script_task_done(a, o);
}

bool
cim_request(struct script *a, const struct soap *s)
{
	struct view class = soap_last_part(s->resource);
	const struct task_method *m;

	for (size_t i = 0; i < nitems(classes); i++) {
		if (!text_is(class, classes[i].name))
			continue;
		m = classes[i].method(soap_last_part(s->action));
		if (m != NULL && m->action != NULL)
			put_task(a, s, m->action, classes[i].job);
		return m != NULL;
	}
	return false;
}

void
cim_response(struct fact *o, const struct soap *s)
{
	const char *action = fact_get(o, F_ACTION);
	const struct soap_node *id = soap_param(s, "JobId");
	struct instance in = params(s);

	if (action == NULL || strcmp(action, "create") != 0)
		return;
	keep_instance_name(o, property(&in, "cmdletOutput"));
	if (id != NULL && id->value.len > 0)
		keep_job(o, (const char *)id->value.p);
}
