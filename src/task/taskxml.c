/* taskxml.c -- reads task definitions, [MS-TSCH] 2.5. */
#include "task/taskxml.h"

#include "base/digest.h"
#include "task/content.h"
#include "task/task.h"
#include "task/taskwords.h"
#include "base/text.h"

/* The path of a value below <Task>; "*" stands for any kind of trigger. */
struct taskxml_row {
	const char	*path;
	enum field	 field;
};

static const struct taskxml_row rows[] = {
	{ "RegistrationInfo/URI", F_URI },
	{ "RegistrationInfo/Source", F_SOURCE },
	{ "RegistrationInfo/Date", F_DATE },
	{ "RegistrationInfo/Author", F_AUTHOR },
	{ "RegistrationInfo/Description", F_DESCRIPTION },
	{ "Principals/Principal/UserId", F_USER_ID },
	{ "Principals/Principal/GroupId", F_GROUP_ID },
	{ "Principals/Principal/LogonType", F_PRINCIPAL_LOGON },
	{ "Principals/Principal/RunLevel", F_RUN_LEVEL },
	{ "Triggers/*/StartBoundary", F_TRG_START },
	{ "Triggers/*/EndBoundary", F_TRG_END },
	{ "Triggers/*/Enabled", F_TRG_ENABLED },
	{ "Triggers/*/Repetition/Interval", F_TRG_REP_INTERVAL },
	{ "Triggers/*/Repetition/Duration", F_TRG_REP_DURATION },
	{ "Triggers/*/Delay", F_TRG_DELAY },
	{ "Triggers/*/RandomDelay", F_TRG_RANDOM_DELAY },
	{ "Triggers/*/UserId", F_TRG_USER_ID },
	{ "Triggers/*/Subscription", F_TRG_SUBSCRIPTION },
	{ "Settings/AllowStartOnDemand", F_SET_ALLOW_DEMAND },
	{ "Settings/RestartOnFailure/Interval", F_SET_RESTART_INTERVAL },
	{ "Settings/RestartOnFailure/Count", F_SET_RESTART_COUNT },
	{ "Settings/MultipleInstancesPolicy", F_SET_INSTANCES },
	{ "Settings/DisallowStartIfOnBatteries", F_SET_NO_BATTERIES },
	{ "Settings/StopIfGoingOnBatteries", F_SET_STOP_BATTERIES },
	{ "Settings/AllowHardTerminate", F_SET_HARD_TERMINATE },
	{ "Settings/StartWhenAvailable", F_SET_WHEN_AVAILABLE },
	{ "Settings/NetworkProfileName", F_SET_NET_PROFILE },
	{ "Settings/RunOnlyIfNetworkAvailable", F_SET_IF_NETWORK },
	{ "Settings/WakeToRun", F_SET_WAKE },
	{ "Settings/Enabled", F_SET_ENABLED },
	{ "Settings/Hidden", F_SET_HIDDEN },
	{ "Settings/DeleteExpiredTaskAfter", F_SET_DELETE_AFTER },
	{ "Settings/IdleSettings/Duration", F_SET_IDLE_DURATION },
	{ "Settings/IdleSettings/WaitTimeout", F_SET_IDLE_WAIT },
	{ "Settings/IdleSettings/StopOnIdleEnd", F_SET_IDLE_STOP },
	{ "Settings/IdleSettings/RestartOnIdle", F_SET_IDLE_RESTART },
	{ "Settings/NetworkSettings/Name", F_SET_NET_NAME },
	{ "Settings/NetworkSettings/Id", F_SET_NET_ID },
	{ "Settings/ExecutionTimeLimit", F_SET_TIME_LIMIT },
	{ "Settings/Priority", F_SET_PRIORITY },
	{ "Settings/RunOnlyIfIdle", F_SET_IF_IDLE },
	{ "Settings/UseUnifiedSchedulingEngine", F_SET_UNIFIED },
	{ "Settings/DisallowStartOnRemoteAppSession", F_SET_NO_REMOTE_APP },
	{ "Settings/MaintenanceSettings/Period", F_SET_MAINT_PERIOD },
	{ "Settings/MaintenanceSettings/Deadline", F_SET_MAINT_DEADLINE },
	{ "Settings/MaintenanceSettings/Exclusive", F_SET_MAINT_EXCLUSIVE },
	{ "Settings/Volatile", F_SET_VOLATILE },
	{ "Actions/Exec/Command", F_ACT_COMMAND },
	{ "Actions/Exec/Arguments", F_ACT_ARGUMENTS },
	{ "Actions/Exec/WorkingDirectory", F_ACT_DIRECTORY },
	{ "Actions/ComHandler/ClassId", F_ACT_CLASS_ID },
	{ "Actions/ComHandler/Data", F_ACT_DATA },
	{ "Actions/SendEmail/Server", F_ACT_SERVER },
	{ "Actions/SendEmail/Subject", F_ACT_SUBJECT },
	{ "Actions/SendEmail/To", F_ACT_TO },
	{ "Actions/SendEmail/Cc", F_ACT_CC },
	{ "Actions/SendEmail/Bcc", F_ACT_BCC },
	{ "Actions/SendEmail/ReplyTo", F_ACT_REPLY_TO },
	{ "Actions/SendEmail/From", F_ACT_FROM },
	{ "Actions/SendEmail/Body", F_ACT_BODY },
	{ "Actions/SendEmail/Attachments/File", F_ACT_ATTACHMENTS },
	{ "Actions/ShowMessage/Title", F_ACT_TITLE },
	{ "Actions/ShowMessage/Body", F_ACT_BODY },
};

void
taskxml_begin(struct taskxml *t, struct fact *o, const struct xml_text *text)
{
	memset(t, 0, sizeof(*t));
	t->o = o;
	t->text = text;
	buf_init(&t->value, fact_budget(o), MAX_PDU);
}

/* ---- Elements ---- */

/* Begins one more element of the list whose fields are first … last.  Returns
 * false if it is of no known type, or one too many. */
static bool
begin_element(struct taskxml *t, unsigned int *n, unsigned int max, enum field first,
    enum field last, const char *type)
{
	if (type == NULL)
		return false;
	if (*n >= max) {
		t->o->cut = true;
		return false;
	}
	++*n;
	fact_next(t->o, first);
	fact_str(t->o, first, type);
	memset(t->seen + first, 0, (size_t)(last - first + 1) * sizeof(t->seen[0]));
	return true;
}

static bool
begin_principal(struct taskxml *t, const struct xml_tag *tag)
{
	const char *id = xml_att(tag, "id");
	struct principal *p;

	if (t->n_principals >= MAX_PRINCIPALS) {
		t->o->cut = true;
		return false;
	}
	p = &t->principals[t->n_principals++];
	if (id != NULL)
		p->id = budget_strndup(fact_budget(t->o), view_str(id));
	memset(t->seen + F_USER_ID, 0, PRINCIPAL_FIELDS * sizeof(t->seen[0]));
	return true;
}

static bool
path_is(const struct taskxml *t, const char *path)
{
	return strcmp(t->path, path) == 0;
}

/* Begins what the element stands for.  Returns false if it has no meaning. */
static bool
begin(struct taskxml *t, const struct xml_tag *tag)
{
	const char *context = xml_att(tag, "Context");

	if (path_is(t, "Triggers"))
		return begin_element(t, &t->triggers, MAX_TRIGGERS, F_TRG_TYPE, F_TRG_SUBSCRIPTION,
		    taskwords_trigger_element(tag->name));
	if (path_is(t, "Actions"))
		return begin_element(t, &t->actions, MAX_ACTIONS, F_ACT_TYPE, F_ACT_BODY,
		    taskwords_action_element(tag->name));
	if (path_is(t, "Principals") && strcmp(tag->name, "Principal") == 0)
		return begin_principal(t, tag);
	if (t->len == 0 && strcmp(tag->name, "Actions") == 0 && context != NULL &&
	    t->context == NULL)
		t->context = budget_strndup(fact_budget(t->o), view_str(context));
	return true;
}

/* Goes down to an element.  Returns false if there is no row for it or below it. */
static bool
enter(struct taskxml *t, const char *name)
{
	size_t n = t->len + (t->len > 0), len = n + strlen(name);

	if (len >= sizeof(t->path))
		return false;
	if (t->len > 0)
		t->path[t->len] = '/';
	memcpy(t->path + n, name, len - n + 1);
	for (size_t i = 0; i < nitems(rows); i++) {
		if (strncmp(rows[i].path, t->path, len) != 0)
			continue;
		if (rows[i].path[len] == '\0')
			t->row = &rows[i];
		else if (rows[i].path[len] != '/')
			continue;
		t->len = len;
		return true;
	}
	t->path[t->len] = '\0';
	return false;
}

static void
leave(struct taskxml *t)
{
	while (t->len > 0 && t->path[--t->len] != '/')
		continue;
	t->path[t->len] = '\0';
}

static bool
on_start(void *arg, const struct xml_tag *tag)
{
	struct taskxml *t = arg;
	const struct taskxml_row *outer = t->row;
	bool trigger = path_is(t, "Triggers");

	if (!t->task) {
		t->task = strcmp(tag->name, "Task") == 0;
		return t->task;
	}
	t->row = NULL;
	if (t->unknown > 0 || !begin(t, tag) || !enter(t, trigger ? "*" : tag->name)) {
		t->unknown++;
		t->markup = true;
		/* No other value may have elements inside. */
		t->row = outer != NULL && outer->field == F_ACT_DATA ? outer : NULL;
		return true;
	}
	buf_free(&t->value);
	t->value_from = tag->to;
	t->markup = false;
	return true;
}

/* ---- Values ---- */

static void
on_text(void *arg, struct view v)
{
	struct taskxml *t = arg;

	if (t->row == NULL || t->unknown > 0)
		return;
	if (!buf_add(&t->value, v))
		t->o->cut = true;
}

static void
keep(struct taskxml *t, enum field f, struct view v)
{
	struct principal *p;

	if (field_info[f].type == FT_STRS) {
		if (t->attachments++ < MAX_ATTACHMENTS)
			fact_utf8(t->o, f, v);
		else
			t->o->cut = true;
		return;
	}
	if (t->seen[f])
		return;
	t->seen[f] = true;
	if (f >= F_USER_ID && f <= F_RUN_LEVEL) {
		p = &t->principals[t->n_principals - 1];
		p->value[f - F_USER_ID] = budget_strndup(fact_budget(t->o), v);
		t->o->cut |= p->value[f - F_USER_ID] == NULL;
	} else
		task_keep(t->o, f, v);
}

/* ComHandler's Data may be text or elements; elements are kept as they stand. */
static void
keep_markup(struct taskxml *t, enum field f, size_t to)
{
	struct xml_text inside = xml_slice(t->text, t->value_from, to);

	if (!t->seen[f])
		xml_keep(t->o, f, &inside);
	t->seen[f] = true;
}

static void
on_end(void *arg, size_t from, size_t to)
{
	struct taskxml *t = arg;

	(void)to;
	if (t->unknown > 0) {
		t->unknown--;
		return;
	}
	if (t->row != NULL && t->markup)
		keep_markup(t, t->row->field, from);
	else if (t->row != NULL)
		keep(t, t->row->field, text_trim(buf_view(&t->value)));
	if (path_is(t, "Actions/Exec"))
		task_command_line(t->o);
	t->row = NULL;
	leave(t);
}

const struct xml_ops taskxml_ops = { on_start, on_text, on_end };

/* ---- The whole ---- */

/* Returns the principal that the actions name ([MS-TSCH] 2.5.7), or the first. */
static const struct principal *
choose_principal(const struct taskxml *t)
{
	for (unsigned int i = 0; i < t->n_principals && t->context != NULL; i++)
		if (t->principals[i].id != NULL && strcmp(t->principals[i].id, t->context) == 0)
			return &t->principals[i];
	return &t->principals[0];
}

void
taskxml_finish(struct taskxml *t)
{
	const struct principal *chosen = choose_principal(t);

	for (int f = 0; f < PRINCIPAL_FIELDS; f++)
		fact_str(t->o, (enum field)(F_USER_ID + f), chosen->value[f]);
	for (unsigned int i = 0; i < t->n_principals; i++) {
		budget_free(t->principals[i].id);
		for (int f = 0; f < PRINCIPAL_FIELDS; f++)
			budget_free(t->principals[i].value[f]);
	}
	budget_free(t->context);
	buf_free(&t->value);
}

void
taskxml_keep(struct fact *o, const struct xml_text *t, bool whole)
{
	char hash[65];

	if (t->bytes.len == 0)
		return;
	xml_keep(o, F_XML, t);
	if (!whole)
		return;
	sha256_hex(t->bytes, hash);
	fact_int(o, F_XML_SIZE, (int64_t)(t->utf16 ? t->bytes.len / 2 : t->bytes.len));
	fact_str(o, F_XML_SHA256, hash);
}

/*
 * The field's text is parsed, not the bytes as sent: lone surrogates and bytes
 * that are no UTF-8 are replaced there, so that they do not hide the rest.
 */
enum content_got
taskxml_read(struct fact *o, struct view v, bool big)
{
	struct xml_text sent = xml_text(v, big), told = { 0 };
	struct taskxml t;
	const char *text;
	bool whole;

	if (o == NULL)
		return CONTENT_NOT;
	taskxml_keep(o, &sent, true);
	if ((text = fact_get(o, F_XML)) == NULL)
		return CONTENT_NOT;
	told.bytes = view_str(text);
	taskxml_begin(&t, o, &told);
	whole = xml_read(&told, &taskxml_ops, &t) == XML_GOT_ALL;
	taskxml_finish(&t);
	if (!t.task)
		return CONTENT_NOT;
	return whole ? CONTENT_WHOLE : CONTENT_BROKEN;
}
