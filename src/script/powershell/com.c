/* com.c -- COM objects (Task Scheduler scripting objects, shells) and WMI classes. */
#include "script/powershell/com.h"

#include "base/text.h"
#include "script/powershell/call.h"
#include "script/powershell/define.h"
#include "script/powershell/powershell.h"
#include "script/powershell/program.h"
#include "script/powershell/target.h"
#include "script/powershell/task.h"
#include "task/taskwords.h"

struct ps_value
ps_com_new(struct ps *ps, struct view progid)
{
	if (text_begins(progid, "Schedule.Service"))
		return ps_map(ps, "service");
	if (text_begins(progid, "WScript.Shell"))
		return ps_map(ps, "shell");
	if (text_begins(progid, "Shell.Application"))
		return ps_map(ps, "application");
	return ps_unknown();
}

/* ---- Objects inside objects ---- */

/* They are made when they are first used. */

static const struct {
	const char	*type, *name, *made;
} members[] = {
	{ "definition", "RegistrationInfo", "info" }, { "definition", "Settings", "settings" },
	{ "definition", "Principal", "principal" }, { "definition", "Triggers", "collection" },
	{ "definition", "Actions", "collection" }, { "task", "Settings", "settings" },
	{ "task", "Principal", "principal" }, { "task", "Actions", "action" },
	{ "task", "Triggers", "trigger" }, { "trigger", "Repetition", "repetition" },
	{ "settings", "IdleSettings", "settings" }, { "settings", "NetworkSettings", "settings" },
	{ "settings", "MaintenanceSettings", "settings" },
	{ "context", "InvokeCommand", "context" },
};

struct ps_value
ps_com_member(struct ps *ps, struct ps_value v, struct view name)
{
	struct ps_value m;

	if (ps_is_object(&v, "registered") && text_is(name, "definition"))
		m = ps_map(ps, "definition");
	else {
		m = ps_unknown();
		for (size_t i = 0; i < nitems(members); i++)
			if (ps_is_object(&v, members[i].type) && text_is(name, members[i].name))
				m = ps_map(ps, members[i].made);
	}
	if (m.kind != PS_MAP)
		return m;
	if (ps_is_object(&m, "collection"))
		ps_map_put(ps, m.map, "Kind", ps_string(name));
	ps_assign(ps, ps_map_entry(ps, v.map, name), m, false);
	return m;
}

/* ---- Collections ---- */

/* TASK_TRIGGER_TYPE2, with the types that a trigger has in an event. */
static const char *const trigger_types[] = {
	"event", "time", "calendar", "calendar", "calendar", "calendar", "idle", "registration",
	"boot", "logon", NULL, "session_state_change",
};

static struct ps_value
new_item(struct ps *ps, struct ps_value collection, const struct ps_value *args, size_t n)
{
	struct ps_value kind = ps_property(&collection, "Kind");
	struct ps_value items = ps_property(&collection, "Items"), m;
	bool trigger = kind.kind == PS_STRING && text_is(kind.text, "triggers");
	int64_t type;

	m = ps_map(ps, trigger ? "trigger" : "action");
	if (m.kind == PS_MAP && trigger && n > 0 && ps_as_int(&args[0], &type) && type >= 0 &&
	    (uint64_t)type < nitems(trigger_types) && trigger_types[type] != NULL)
		ps_map_put(ps, m.map, "Type", ps_string(view_str(trigger_types[type])));
	if (items.kind != PS_ARRAY) {
		items = ps_array(ps);
		ps_map_put(ps, collection.map, "Items", items);
	}
	if (m.kind == PS_MAP && items.kind == PS_ARRAY)
		ps_append(ps, items.array, m);
	return m;
}

/* ---- Folders and tasks ---- */

static struct ps_value
join_path(struct ps *ps, struct ps_value path, struct ps_value name)
{
	struct ps_value v;

	if (path.kind != PS_STRING || name.kind != PS_STRING)
		return name;
	v = ps_concat(ps, path, ps_string(view_str(text_ends(path.text, "\\") ||
	    text_begins(name.text, "\\") ? "" : "\\")));
	return ps_concat(ps, v, name);
}

static struct ps_value
folder(struct ps *ps, struct ps_value of, struct ps_value path)
{
	struct ps_value m = ps_map(ps, "folder");

	if (m.kind != PS_MAP)
		return m;
	ps_map_put(ps, m.map, "ComputerName", ps_property(&of, "ComputerName"));
	ps_map_put(ps, m.map, "TaskPath", path);
	return m;
}

/* Returns the description (task.h) of a task of that name in a folder. */
static struct ps_value
description(struct ps *ps, struct ps_value of, struct ps_value name, const char *type)
{
	struct ps_value d = ps_map(ps, type);

	if (d.kind != PS_MAP)
		return d;
	ps_map_put(ps, d.map, "TaskName", name);
	ps_map_put(ps, d.map, "TaskPath", ps_property(&of, "TaskPath"));
	ps_map_put(ps, d.map, "ComputerName", ps_property(&of, "ComputerName"));
	return d;
}

static void
report(struct ps *ps, const char *action, struct ps_value d)
{
	struct ps_value host = ps_property(&d, "ComputerName");
	const char *old;

	if (host.kind == PS_UNKNOWN && host.text.len == 0)
		host.kind = PS_NULL;
	old = ps_set_target(ps, host);
	ps_report_task(ps, action, d);
	ps->script->target = old;
}

/*
 * RegisterTaskDefinition(name, definition, flags, user, password, logon type), and
 * RegisterTask(), which has XML in the place of the definition.  The flags are
 * TASK_CREATION: 1 only validates, 2 creates, 4 updates.
 */
static void
register_task(struct ps *ps, struct ps_value of, const struct ps_value *args, size_t n, bool xml)
{
	struct ps_value d = description(ps, of, args[0], NULL), principal;
	int64_t flags = 6, logon;

	if (d.kind != PS_MAP)
		return;
	if (n > 1)
		ps_map_put(ps, d.map, xml ? "Xml" : "InputObject", args[1]);
	if (n > 2)
		ps_as_int(&args[2], &flags);
	if (n > 3)
		ps_map_put(ps, d.map, "UserId", args[3]);
	if (n > 4 && args[4].kind != PS_NULL)
		ps_map_put(ps, d.map, "Password", args[4]);
	principal = n > 1 ? ps_property(&args[1], "Principal") : ps_unknown();
	principal = ps_property(&principal, "LogonType");
	if (n > 5 && ps_as_int(&args[5], &logon) && logon > 0 && principal.kind == PS_UNKNOWN)
		ps_map_put(ps, d.map, "LogonType", ps_number(logon));
	report(ps, flags & 1 ? "validate" : (flags & 6) == 4 ? "update" : "create", d);
}

static struct ps_value
folder_method(struct ps *ps, struct ps_value v, struct view name, const struct ps_value *args,
    size_t n)
{
	struct ps_value d;

	if (text_is(name, "gettasks")) {
		d = description(ps, v, ps_unknown(), NULL);
		report(ps, "list", d);
		return ps_unknown();
	}
	if (n == 0)
		return ps_unknown();
	if (text_is(name, "getfolder"))
		return folder(ps, v, join_path(ps, ps_property(&v, "TaskPath"), args[0]));
	if (text_is(name, "registertaskdefinition") || text_is(name, "registertask"))
		register_task(ps, v, args, n, text_is(name, "registertask"));
	else if (text_is(name, "deletetask"))
		report(ps, "delete", description(ps, v, args[0], NULL));
	else if (text_is(name, "gettask")) {
		report(ps, "query", description(ps, v, args[0], NULL));
		return description(ps, v, args[0], "registered");
	} else if (text_is(name, "createfolder")) {
		report(ps, "create_folder", description(ps, v, args[0], NULL));
		return folder(ps, v, join_path(ps, ps_property(&v, "TaskPath"), args[0]));
	}
	return ps_unknown();
}

static struct ps_value
service_method(struct ps *ps, struct ps_value v, struct view name, const struct ps_value *args,
    size_t n)
{
	if (text_is(name, "connect") && n > 0)
		ps_assign(ps, ps_map_entry(ps, v.map, view_str("ComputerName")), args[0], false);
	else if (text_is(name, "getfolder") && n > 0)
		return folder(ps, v, args[0]);
	else if (text_is(name, "newtask"))
		return ps_map(ps, "definition");
	else if (text_is(name, "getrunningtasks"))
		report(ps, "list", description(ps, v, ps_unknown(), NULL));
	return ps_unknown();
}

static struct ps_value
registered_method(struct ps *ps, struct ps_value v, struct view name, const struct ps_value *args,
    size_t n)
{
	(void)args, (void)n;
	if (text_is(name, "run") || text_is(name, "runex"))
		report(ps, "run", v);
	else if (text_is(name, "stop"))
		report(ps, "stop", v);
	return ps_unknown();
}

void
ps_com_set(struct ps *ps, struct ps_map *m, struct view name, struct ps_value v)
{
	struct ps_value of = { .kind = PS_MAP, .map = m };
	bool b;

	if (ps_is_object(&of, "registered") && text_is(name, "enabled") && ps_as_bool(&v, &b))
		report(ps, b ? "enable" : "disable", of);
}

/* ---- WMI ---- */

/* Returns the class of a WMI path, \\host\root\cimv2:Class; *host is PS_NULL if it has none. */
static struct ps_value
class_of(struct ps_value v, struct ps_value *host)
{
	const uint8_t *p;

	*host = (struct ps_value){ .kind = PS_NULL };
	if (v.kind != PS_STRING)
		return v;
	if (text_begins(v.text, "\\\\")) {
		*host = v;
		host->text = view_from(v.text, 2);
		if ((p = view_chr(host->text, '\\')) != NULL)
			host->text.len = (size_t)(p - host->text.p);
	}
	if ((p = memrchr(v.text.p, ':', v.text.len)) != NULL)
		v.text = view_from(v.text, (size_t)(p - v.text.p) + 1);
	return v;
}

static void
wmi_job(struct ps *ps, struct ps_value command)
{
	struct fact *o = script_task_new(ps->script, "create");
	struct ps_value a = ps_map(ps, "action"), d = ps_map(ps, NULL);

	if (o == NULL)
		return;
	if (a.kind == PS_MAP && d.kind == PS_MAP) {
		ps_map_put(ps, a.map, "Execute", command);
		ps_map_put(ps, d.map, "Action", a);
		ps_set_definition(ps, o, d);
	}
	script_task_done(ps->script, o);
}

void
ps_invoke_cim_method(struct ps *ps, struct ps_value class, struct ps_value method,
    struct ps_value arguments)
{
	struct ps_value first = arguments, host;
	const struct task_method *task;
	const char *old;

	if (ps_is_object(&class, "wmiclass")) {
		host = ps_property(&class, "ComputerName");
		class = class_of(ps_property(&class, "Path"), &first);
		if (first.kind == PS_NULL && host.kind != PS_UNKNOWN)
			first = host;
		host = first;
		first = arguments;
	} else
		class = class_of(class, &host);
	if (arguments.kind == PS_ARRAY && arguments.array->n > 0)
		first = arguments.array->v[0];
	if (class.kind != PS_STRING || method.kind != PS_STRING)
		return;
	old = ps_set_target(ps, host);
	if (text_is(class.text, "Win32_Process") && text_is(method.text, "Create"))
		ps_start_command_line(ps, first.kind == PS_MAP ?
		    ps_property(&first, "CommandLine") : first);
	else if (text_is(class.text, "Win32_ScheduledJob") && text_is(method.text, "Create"))
		wmi_job(ps, first.kind == PS_MAP ? ps_property(&first, "Command") : first);
	else if (text_is(class.text, "PS_ScheduledTask") &&
	    (task = taskwords_method(method.text)) != NULL && task->action != NULL)
		ps_report_task(ps, task->action, arguments.kind == PS_MAP ? arguments :
		    ps_map(ps, NULL));
	ps->script->target = old;
}

/* ---- Methods ---- */

struct ps_value
ps_com_method(struct ps *ps, struct ps_value v, struct view name, struct ps_value *args, size_t n,
    bool *known)
{
	struct ps_value null = { .kind = PS_NULL };

	*known = true;
	if (ps_is_object(&v, "service"))
		return service_method(ps, v, name, args, n);
	if (ps_is_object(&v, "folder"))
		return folder_method(ps, v, name, args, n);
	if (ps_is_object(&v, "registered"))
		return registered_method(ps, v, name, args, n);
	if (ps_is_object(&v, "collection") && text_is(name, "create"))
		return new_item(ps, v, args, n);
	if (ps_is_object(&v, "wmiclass") && n > 0)
		ps_invoke_cim_method(ps, v, ps_string(name), args[0]);
	else if (ps_is_object(&v, "shell") && n > 0 &&
	    (text_is(name, "run") || text_is(name, "exec")))
		ps_start_command_line(ps, args[0]);
	else if (ps_is_object(&v, "application") && n > 0 && text_is(name, "shellexecute"))
		ps_start_process(ps, args[0], n > 1 ? args[1] : null);
	else if (ps_is_object(&v, "startinfo") && text_is(name, "start"))
		ps_start_process(ps, v, null);
	else
		*known = false;
	return ps_unknown();
}
