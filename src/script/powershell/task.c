/* task.c -- cmdlets of the ScheduledTasks and PSScheduledJob modules. */
#include "script/powershell/task.h"

#include "base/limits.h"
#include "base/text.h"
#include "script/powershell/cmdlet.h"
#include "script/powershell/define.h"
#include "script/powershell/powershell.h"
#include "script/powershell/target.h"
#include "task/task.h"

#define FOLDER_OF_JOBS	"Microsoft\\Windows\\PowerShell\\ScheduledJobs"

/* ---- Reporting tasks ---- */

static void
report(struct ps *ps, const char *action, struct ps_value d, struct ps_value path,
    struct ps_value name)
{
	struct fact *o = script_task_new(ps->script, action);

	if (o == NULL)
		return;
	ps_set_task_name(ps, o, path, name);
	if (task_defines(action))
		ps_set_definition(ps, o, d);
	script_task_done(ps->script, o);
}

static struct ps_value
own_or_inner(const struct ps_value *d, const char *key)
{
	struct ps_value v = ps_property(d, key), inner = ps_property(d, "InputObject");

	return ps_map_find(d->map, view_str(key)) != NULL ? v : ps_property(&inner, key);
}

void
ps_report_task(struct ps *ps, const char *action, struct ps_value d)
{
	struct ps_value name, path;

	if (d.kind != PS_MAP)
		return;
	name = own_or_inner(&d, "TaskName");
	path = own_or_inner(&d, "TaskPath");
	for (size_t i = 0; i < ps_n_items(&name) && i < MAX_SCRIPT_TASKS; i++)
		report(ps, action, d, path, ps_item(&name, i));
}

static void
report_on_hosts(struct ps *ps, const char *action, struct ps_value d)
{
	struct ps_value hosts = ps_target_hosts(d);
	size_t n = ps_n_items(&hosts);
	const char *old;

	for (size_t i = 0; i < n && i < MAX_SCRIPT_TASKS; i++) {
		old = ps_set_target(ps, ps_item(&hosts, i));
		ps_report_task(ps, action, d);
		ps->script->target = old;
	}
}

/* Adds the pipeline's input to the description: a task, its definition, or its XML. */
static void
take_input(struct ps *ps, struct ps_value d, struct ps_value input)
{
	if (input.kind == PS_STRING && text_begins(text_trim(input.text), "<"))
		ps_map_put(ps, d.map, "Xml", input);
	else
		ps_map_put(ps, d.map, "InputObject", input);
}

/* Returns the task that the cmdlet outputs, so that it can be changed or piped. */
static struct ps_value
as_task(struct ps_value d)
{
	struct ps_value inner = ps_property(&d, "InputObject");

	if (ps_is_object(&inner, "task"))
		return inner;
	d.map->type = "task";
	return d;
}

static struct ps_value
change_task(struct ps *ps, const struct ps_call *c)
{
	struct ps_value d = c->bound;
	size_t n = c->input != NULL ? ps_n_items(c->input) : 1;

	if (ps_switch_is_set(&d, "WhatIf"))
		return ps_unknown();
	for (size_t i = 0; i < n && i < MAX_SCRIPT_TASKS; i++) {
		if (c->input != NULL)
			take_input(ps, d, ps_item(c->input, i));
		report_on_hosts(ps, c->cmdlet->what, d);
	}
	return as_task(d);
}

/* Without a name, all tasks are listed. */
static struct ps_value
get_task(struct ps *ps, const struct ps_call *c)
{
	struct ps_value d = c->bound;
	report_on_hosts(ps, ps_map_find(d.map, view_str("TaskName")) != NULL ? "query" : "list", d);
	return ps_map_find(d.map, view_str("TaskName")) != NULL ? as_task(d) : ps_unknown();
}

/* ---- Actions, triggers, settings ---- */

static struct ps_value
new_object(struct ps *ps, const struct ps_call *c)
{
	struct ps_value d = c->bound;
	(void)ps;
	d.map->type = c->cmdlet->what;
	return d;
}

static struct ps_value
new_trigger(struct ps *ps, const struct ps_call *c)
{
	struct ps_value d = c->bound;
	static const struct { const char *name, *type; } kinds[] = {
		{ "Once", "time" }, { "Daily", "calendar" }, { "Weekly", "calendar" },
		{ "AtStartup", "boot" }, { "AtLogOn", "logon" },
	};
	struct ps_value r = ps_map(ps, "repetition");

	new_object(ps, c);
	if (r.kind != PS_MAP)
		return d;
	for (size_t i = 0; i < nitems(kinds); i++)
		if (ps_switch_is_set(&d, kinds[i].name))
			ps_map_put(ps, d.map, "Type", ps_string(view_str(kinds[i].type)));
	ps_map_put(ps, r.map, "Interval", ps_property(&d, "RepetitionInterval"));
	ps_map_put(ps, r.map, "Duration", ps_property(&d, "RepetitionDuration"));
	ps_map_put(ps, d.map, "Repetition", r);
	return d;
}

/* The switches of New-ScheduledTaskSettingsSet, and the properties that they set. */
static const struct {
	const char	*name, *inside, *property;
	bool		 value;
} switches[] = {
	{ "AllowStartIfOnBatteries", NULL, "DisallowStartIfOnBatteries", false },
	{ "DontStopIfGoingOnBatteries", NULL, "StopIfGoingOnBatteries", false },
	{ "DisallowDemandStart", NULL, "AllowDemandStart", false },
	{ "DisallowHardTerminate", NULL, "AllowHardTerminate", false },
	{ "Disable", NULL, "Enabled", false },
	{ "DontStopOnIdleEnd", "IdleSettings", "StopOnIdleEnd", false },
	{ "RestartOnIdle", "IdleSettings", "RestartOnIdle", true },
	{ "HideInTaskScheduler", NULL, "Hidden", true },
	{ "RequireNetwork", NULL, "RunOnlyIfNetworkAvailable", true },
	{ "StartIfOnBattery", NULL, "DisallowStartIfOnBatteries", false },
	{ "ContinueIfGoingOnBattery", NULL, "StopIfGoingOnBatteries", false },
	{ "DoNotAllowDemandStart", NULL, "AllowDemandStart", false },
	{ "StartIfIdle", NULL, "RunOnlyIfIdle", true },
	{ "MaintenanceExclusive", "MaintenanceSettings", "Exclusive", true },
};

/* Its parameters that become properties of an object inside. */
static const struct {
	const char	*name, *inside, *property;
} inner[] = {
	{ "IdleDuration", "IdleSettings", "IdleDuration" },
	{ "IdleWaitTimeout", "IdleSettings", "WaitTimeout" },
	{ "IdleTimeout", "IdleSettings", "WaitTimeout" },
	{ "NetworkName", "NetworkSettings", "Name" },
	{ "NetworkId", "NetworkSettings", "Id" },
	{ "MaintenancePeriod", "MaintenanceSettings", "Period" },
	{ "MaintenanceDeadline", "MaintenanceSettings", "Deadline" },
};

static struct ps_map *
object_in(struct ps *ps, struct ps_map *m, const char *name)
{
	struct ps_entry *s = ps_map_entry(ps, m, view_str(name));

	if (s != NULL && s->v.kind != PS_MAP)
		s->v = ps_map(ps, "settings");
	return s != NULL && s->v.kind == PS_MAP ? s->v.map : m;
}

static struct ps_value
new_settings(struct ps *ps, const struct ps_call *c)
{
	struct ps_value d = c->bound;
	new_object(ps, c);
	for (size_t i = 0; i < nitems(switches); i++)
		if (ps_switch_is_set(&d, switches[i].name))
			ps_map_put(ps, switches[i].inside != NULL ? object_in(ps, d.map,
			    switches[i].inside) : d.map, switches[i].property,
			    ps_bool(switches[i].value));
	for (size_t i = 0; i < nitems(inner); i++)
		if (ps_map_find(d.map, view_str(inner[i].name)) != NULL)
			ps_map_put(ps, object_in(ps, d.map, inner[i].inside), inner[i].property,
			    ps_property(&d, inner[i].name));
	if (ps_switch_is_set(&d, "RunElevated"))
		ps_map_put(ps, d.map, "RunLevel", ps_string(view_str("Highest")));
	return d;
}

/* ---- Scheduled jobs, which are tasks in a folder of their own ---- */

static void
job_action(struct ps *ps, struct ps_value d)
{
	struct ps_value a = ps_map(ps, "action"), block = ps_property(&d, "ScriptBlock");

	if (ps_map_find(d.map, view_str("ScriptBlock")) == NULL)
		block = ps_property(&d, "FilePath");
	if (block.kind == PS_SCRIPT_BLOCK)
		block = ps_string(text_trim(block.text));
	if (a.kind == PS_MAP && block.kind == PS_STRING) {
		ps_map_put(ps, a.map, "Execute", block);
		ps_map_put(ps, d.map, "Actions", a);
	}
}

static struct ps_value
change_job(struct ps *ps, const struct ps_call *c)
{
	struct ps_value d = c->bound;
	struct ps_call own = *c;
	struct ps_value options = ps_property(&d, "Settings"), every = ps_property(&d, "RunEvery");

	if (every.kind == PS_STRING) {
		struct ps_value t = ps_map(ps, "trigger"), r = ps_map(ps, "repetition");

		if (t.kind == PS_MAP && r.kind == PS_MAP) {
			ps_map_put(ps, r.map, "Interval", every);
			ps_map_put(ps, t.map, "Type", ps_string(view_str("time")));
			ps_map_put(ps, t.map, "Repetition", r);
			ps_map_put(ps, d.map, "Triggers", t);
		}
	}
	job_action(ps, d);
	if (options.kind == PS_MAP)
		ps_map_put(ps, d.map, "RunLevel", ps_property(&options, "RunLevel"));
	ps_map_put(ps, d.map, "TaskPath", ps_string(view_str(FOLDER_OF_JOBS)));
	if (c->input != NULL && !ps_is_object(c->input, "task"))
		own.input = NULL;
	return change_task(ps, &own);
}

#define WHERE	"CimSession Session=CimSession ThrottleLimit ?AsJob "
#define WHICH	"+TaskName +TaskPath InputObject Cluster " WHERE
#define WHAT	"+TaskName +TaskPath +Actions +Triggers +Settings +User +Password +RunLevel " \
		"+Description Principal Xml InputObject ?Force TaskType Resource Cluster " WHERE
#define WHEN	"?Once ?Daily ?Weekly ?AtStartup ?AtLogOn At DaysOfWeek DaysInterval " \
		"WeeksInterval RepetitionInterval RepetitionDuration RandomDelay User " \
		"?RepeatIndefinitely " WHERE
#define JOB	"+TaskName Name=TaskName +ScriptBlock +Triggers ScheduledJobOption=Settings " \
		"FilePath Credential ArgumentList MaxResultCount ?RunNow ?RunAs32 Authentication " \
		"InitializationScript RunEvery InputObject Id"

static const struct ps_cmdlet cmdlets[] = {
	{ "Register-ScheduledTask", WHAT, change_task, "create" },
	{ "Register-ClusteredScheduledTask", WHAT, change_task, "create" },
	{ "Set-ScheduledTask", WHAT, change_task, "update" },
	{ "Set-ClusteredScheduledTask", WHAT, change_task, "update" },
	{ "Unregister-ScheduledTask", WHICH, change_task, "delete" },
	{ "Unregister-ClusteredScheduledTask", WHICH, change_task, "delete" },
	{ "Start-ScheduledTask", WHICH, change_task, "run" },
	{ "Stop-ScheduledTask", WHICH, change_task, "stop" },
	{ "Enable-ScheduledTask", WHICH, change_task, "enable" },
	{ "Disable-ScheduledTask", WHICH, change_task, "disable" },
	{ "Get-ScheduledTask", WHICH, get_task, NULL },
	{ "Get-ClusteredScheduledTask", WHICH, get_task, NULL },
	{ "Get-ScheduledTaskInfo", WHICH, change_task, "query" },
	{ "Export-ScheduledTask", WHICH, change_task, "query" },
	{ "New-ScheduledTask", "+Actions +Triggers +Settings +Principal +Description " WHERE,
	    new_object, "task" },
	{ "New-ScheduledTaskAction", "+Execute +Arguments +WorkingDirectory Id " WHERE, new_object,
	    "action" },
	{ "New-ScheduledTaskTrigger", WHEN, new_trigger, "trigger" },
	{ "New-ScheduledTaskPrincipal", "+UserId +LogonType +RunLevel GroupId Id "
	    "ProcessTokenSidType RequiredPrivilege " WHERE, new_object, "principal" },
	{ "New-ScheduledTaskSettingsSet", "?AllowStartIfOnBatteries ?DontStopIfGoingOnBatteries "
	    "?DisallowDemandStart ?DisallowHardTerminate ?Disable ?DontStopOnIdleEnd "
	    "?RestartOnIdle ?Hidden ?StartWhenAvailable ?WakeToRun ?RunOnlyIfIdle "
	    "?RunOnlyIfNetworkAvailable ?DisallowStartOnRemoteAppSession ?MaintenanceExclusive "
	    "ExecutionTimeLimit DeleteExpiredTaskAfter RestartCount RestartInterval Priority "
	    "MultipleInstances Compatibility IdleDuration IdleWaitTimeout NetworkId NetworkName "
	    "MaintenancePeriod MaintenanceDeadline " WHERE, new_settings, "settings" },
	{ "Register-ScheduledJob", JOB, change_job, "create" },
	{ "Set-ScheduledJob", JOB, change_job, "update" },
	{ "Unregister-ScheduledJob", "+TaskName Name=TaskName InputObject Id ?Force", change_job,
	    "delete" },
	{ "Enable-ScheduledJob", "+TaskName Name=TaskName InputObject Id", change_job, "enable" },
	{ "Disable-ScheduledJob", "+TaskName Name=TaskName InputObject Id", change_job, "disable" },
	{ "Get-ScheduledJob", "+TaskName Name=TaskName Id", change_job, "query" },
	{ "New-JobTrigger", WHEN, new_trigger, "trigger" },
	{ "New-ScheduledJobOption", "?RunElevated ?HideInTaskScheduler ?RestartOnIdleResume "
	    "?MultipleInstancePolicy ?DoNotAllowDemandStart ?RequireNetwork ?StopIfGoingOffIdle "
	    "?WakeToRun ?ContinueIfGoingOnBattery ?StartIfOnBattery IdleTimeout IdleDuration "
	    "?StartIfIdle", new_settings, "settings" },
};

const struct ps_cmdlet *
ps_find_task_cmdlet(struct view name)
{
	for (size_t i = 0; i < nitems(cmdlets); i++)
		if (text_is(name, cmdlets[i].name))
			return &cmdlets[i];
	return NULL;
}
