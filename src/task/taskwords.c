/* taskwords.c -- the names of a task's parts in CIM and COM, [MS-TSCH] 2.5. */
#include "task/taskwords.h"

#include "base/text.h"

const struct task_setting task_settings[TASK_SETTINGS] = {
	{ NULL, "AllowDemandStart", F_SET_ALLOW_DEMAND, false },
	{ NULL, "RestartInterval", F_SET_RESTART_INTERVAL, true },
	{ NULL, "RestartCount", F_SET_RESTART_COUNT, false },
	{ NULL, "MultipleInstances", F_SET_INSTANCES, false },
	{ NULL, "DisallowStartIfOnBatteries", F_SET_NO_BATTERIES, false },
	{ NULL, "StopIfGoingOnBatteries", F_SET_STOP_BATTERIES, false },
	{ NULL, "AllowHardTerminate", F_SET_HARD_TERMINATE, false },
	{ NULL, "StartWhenAvailable", F_SET_WHEN_AVAILABLE, false },
	{ NULL, "RunOnlyIfNetworkAvailable", F_SET_IF_NETWORK, false },
	{ NULL, "WakeToRun", F_SET_WAKE, false },
	{ NULL, "Enabled", F_SET_ENABLED, false },
	{ NULL, "Hidden", F_SET_HIDDEN, false },
	{ NULL, "DeleteExpiredTaskAfter", F_SET_DELETE_AFTER, true },
	{ "IdleSettings", "IdleDuration", F_SET_IDLE_DURATION, true },
	{ "IdleSettings", "WaitTimeout", F_SET_IDLE_WAIT, true },
	{ "IdleSettings", "StopOnIdleEnd", F_SET_IDLE_STOP, false },
	{ "IdleSettings", "RestartOnIdle", F_SET_IDLE_RESTART, false },
	{ "NetworkSettings", "Name", F_SET_NET_NAME, false },
	{ "NetworkSettings", "Id", F_SET_NET_ID, false },
	{ NULL, "ExecutionTimeLimit", F_SET_TIME_LIMIT, true },
	{ NULL, "Priority", F_SET_PRIORITY, false },
	{ NULL, "RunOnlyIfIdle", F_SET_IF_IDLE, false },
	{ NULL, "UseUnifiedSchedulingEngine", F_SET_UNIFIED, false },
	{ NULL, "DisallowStartOnRemoteAppSession", F_SET_NO_REMOTE_APP, false },
	{ "MaintenanceSettings", "Period", F_SET_MAINT_PERIOD, true },
	{ "MaintenanceSettings", "Deadline", F_SET_MAINT_DEADLINE, true },
	{ "MaintenanceSettings", "Exclusive", F_SET_MAINT_EXCLUSIVE, false },
	{ NULL, "Volatile", F_SET_VOLATILE, false },
};

/* ---- Enumerations ---- */

static const struct {
	enum field	 field;
	const char	*number, *xml;
	const char	*cim, *com;	/* NULL: as in the XML */
} members[] = {
	{ F_RUN_LEVEL, "0", "LeastPrivilege", "Limited", "LUA" },
	{ F_RUN_LEVEL, "1", "HighestAvailable", "Highest", NULL },
	{ F_PRINCIPAL_LOGON, "0", "None", NULL, NULL },
	{ F_PRINCIPAL_LOGON, "1", "Password", NULL, NULL },
	{ F_PRINCIPAL_LOGON, "2", "S4U", NULL, NULL },
	{ F_PRINCIPAL_LOGON, "3", "InteractiveToken", "Interactive", NULL },
	{ F_PRINCIPAL_LOGON, "4", "Group", NULL, NULL },
	{ F_PRINCIPAL_LOGON, "5", "ServiceAccount", NULL, NULL },
	{ F_PRINCIPAL_LOGON, "6", "InteractiveTokenOrPassword", "InteractiveOrPassword", NULL },
	{ F_SET_INSTANCES, "0", "Parallel", NULL, NULL },
	{ F_SET_INSTANCES, "1", "Queue", NULL, NULL },
	{ F_SET_INSTANCES, "2", "IgnoreNew", NULL, NULL },
	{ F_SET_INSTANCES, "3", "StopExisting", NULL, NULL },
};

bool
taskwords_spells(enum field f)
{
	return f == F_RUN_LEVEL || f == F_PRINCIPAL_LOGON || f == F_SET_INSTANCES;
}

static bool
either(struct view v, const char *name)
{
	return name != NULL && text_is(v, name);
}

const char *
taskwords_spelling(enum field f, struct view v)
{
	for (size_t i = 0; i < nitems(members); i++)
		if (members[i].field == f && (text_is(v, members[i].number) ||
		    text_is(v, members[i].xml) || either(v, members[i].cim) ||
		    either(v, members[i].com)))
			return members[i].xml;
	return NULL;
}

/* ---- Actions and triggers ---- */

struct kind {
	const char	*element;
	const char	*class;		/* how its name begins */
	const char	*type;
};

static const struct kind actions[] = {
	{ "Exec", "MSFT_TaskExecAction", "exec" },
	{ "ComHandler", "MSFT_TaskComHandlerAction", "com_handler" },
	{ "SendEmail", "MSFT_TaskEmailAction", "send_email" },
	{ "ShowMessage", "MSFT_TaskShowMessageAction", "show_message" },
};

static const struct kind triggers[] = {
	{ "BootTrigger", "MSFT_TaskBootTrigger", "boot" },
	{ "RegistrationTrigger", "MSFT_TaskRegistrationTrigger", "registration" },
	{ "IdleTrigger", "MSFT_TaskIdleTrigger", "idle" },
	{ "TimeTrigger", "MSFT_TaskTimeTrigger", "time" },
	{ "EventTrigger", "MSFT_TaskEventTrigger", "event" },
	{ "LogonTrigger", "MSFT_TaskLogonTrigger", "logon" },
	{ "SessionStateChangeTrigger", "MSFT_TaskSessionStateChangeTrigger",
	    "session_state_change" },
	{ "CalendarTrigger", "MSFT_TaskDailyTrigger", "calendar" },
	{ "CalendarTrigger", "MSFT_TaskWeeklyTrigger", "calendar" },
	{ "CalendarTrigger", "MSFT_TaskMonthly", "calendar" },
	{ "WnfStateChangeTrigger", "MSFT_TaskWnfStateChangeTrigger", "wnf" },
};

static const char *
by_element(const struct kind *k, size_t n, const char *element)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(k[i].element, element) == 0)
			return k[i].type;
	return NULL;
}

static const char *
by_class(const struct kind *k, size_t n, struct view class)
{
	for (size_t i = 0; i < n; i++)
		if (text_begins(class, k[i].class))
			return k[i].type;
	return NULL;
}

const char *
taskwords_action_element(const char *element)
{
	return by_element(actions, nitems(actions), element);
}

const char *
taskwords_trigger_element(const char *element)
{
	return by_element(triggers, nitems(triggers), element);
}

const char *
taskwords_action_class(struct view class)
{
	return by_class(actions, nitems(actions), class);
}

const char *
taskwords_trigger_class(struct view class)
{
	return by_class(triggers, nitems(triggers), class);
}

/* ---- Methods ---- */

const struct task_method *
taskwords_method(struct view name)
{
	static const struct task_method methods[] = {
		{ "RegisterBy", "create" }, { "SetBy", "update" }, { "StartBy", "run" },
		{ "StopBy", "stop" }, { "EnableBy", "enable" }, { "DisableBy", "disable" },
		{ "UnregisterBy", "delete" }, { "DeleteBy", "delete" }, { "ExportBy", "query" },
		{ "GetInfoBy", "query" }, { "New", NULL },
	};

	for (size_t i = 0; i < nitems(methods); i++)
		if (text_begins(name, methods[i].begins))
			return &methods[i];
	return NULL;
}
