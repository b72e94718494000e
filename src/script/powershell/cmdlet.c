/* cmdlet.c -- cmdlets that run commands, and those that scripts compute with. */
#include "script/powershell/cmdlet.h"

#include "base/limits.h"
#include "base/text.h"
#include "script/powershell/call.h"
#include "script/powershell/com.h"
#include "script/powershell/decode.h"
#include "script/powershell/define.h"
#include "script/powershell/method.h"
#include "script/powershell/powershell.h"
#include "script/powershell/program.h"
#include "script/powershell/statement.h"
#include "script/powershell/string.h"
#include "script/powershell/target.h"
#include "task/taskwords.h"

bool
ps_switch_is_set(const struct ps_value *bound, const char *name)
{
	struct ps_value v = ps_property(bound, name);
	bool b;

	return ps_as_bool(&v, &b) && b;
}

static struct ps_value
param(const struct ps_call *c, const char *name)
{
	return ps_property(&c->bound, name);
}

static bool
given(const struct ps_call *c, const char *name)
{
	return ps_map_find(c->bound.map, view_str(name)) != NULL;
}

/* Returns a parameter's value; where it is not given, the pipeline's input. */
static struct ps_value
param_or_input(const struct ps_call *c, const char *name)
{
	return c->input != NULL && !given(c, name) ? *c->input : param(c, name);
}

/* ---- Running commands ---- */

static struct ps_value
invoke_expression(struct ps *ps, const struct ps_call *c)
{
	return ps_invoke_expression(ps, param_or_input(c, "Command"));
}

static struct ps_value
for_each(struct ps *ps, const struct ps_call *c)
{
	struct ps_value block = param(c, "Process"), begin = param(c, "Begin");
	struct ps_value end = param(c, "End"), name, v;

	name = param(c, "MemberName");
	if (block.kind == PS_STRING && c->input != NULL && c->input->kind == PS_STRING)
		return ps_get_member(ps, *c->input, block.text, NULL);
	if (begin.kind == PS_SCRIPT_BLOCK)
		ps_run_text(ps, begin.text);
	if (block.kind != PS_SCRIPT_BLOCK)
		return name.kind == PS_STRING && c->input != NULL ? *c->input : ps_unknown();
	v = ps_foreach_object(ps, block.text, c->input != NULL ? *c->input : ps_unknown());
	if (end.kind == PS_SCRIPT_BLOCK)
		v = ps_run_text(ps, end.text);
	return v;
}

/* Calls a script block on each of the hosts, with variables of its own. */
static void
call_on_hosts(struct ps *ps, struct ps_value hosts, struct ps_value block,
    const struct ps_arg *args, size_t n)
{
	struct ps_map *vars = ps->vars, *outer = ps->outer;
	struct ps_value own;
	const char *old;

	for (size_t i = 0; i < ps_n_items(&hosts) && i < MAX_SCRIPT_TASKS; i++) {
		own = ps_map(ps, NULL);
		if (own.kind != PS_MAP)
			return;
		old = ps_set_target(ps, ps_item(&hosts, i));
		ps->outer = vars;
		ps->vars = own.map;
		ps_call_block(ps, block.text, view_str(""), args, n, NULL);
		ps->vars = vars;
		ps->outer = outer;
		ps->script->target = old;
	}
}

static struct ps_value
invoke_command(struct ps *ps, const struct ps_call *c)
{
	struct ps_value block = param(c, "ScriptBlock"), list = param(c, "ArgumentList");
	struct ps_entry *first = ps_map_find(c->bound.map, view_str("ComputerName"));
	struct ps_value hosts, v = ps_unknown();
	size_t n = given(c, "ArgumentList") ? ps_n_items(&list) : 0;
	struct ps_arg *args = ps_alloc(ps, (n + 1) * sizeof(*args));

	if (first != NULL && first->v.kind == PS_SCRIPT_BLOCK) {
		block = first->v;	/* the only positional argument is the block, not a host */
		first->v.kind = PS_NULL;
	}
	hosts = ps_target_hosts(c->bound);
	if (args == NULL || block.kind != PS_SCRIPT_BLOCK)
		return v;
	for (size_t i = 0; i < n; i++)
		args[i].v = ps_item(&list, i);
	if (hosts.kind != PS_NULL)
		call_on_hosts(ps, hosts, block, args, n);
	else
		v = ps_call_block(ps, block.text, view_str(""), args, n, c->input);
	return v;
}

/* Start-Job and its like run the block here, with variables of its own. */
static struct ps_value
start_job(struct ps *ps, const struct ps_call *c)
{
	struct ps_value block = param(c, "ScriptBlock");

	if (block.kind == PS_SCRIPT_BLOCK)
		call_on_hosts(ps, (struct ps_value){ .kind = PS_NULL }, block, NULL, 0);
	return ps_unknown();
}

static struct ps_value
start_process(struct ps *ps, const struct ps_call *c)
{
	if (!ps_switch_is_set(&c->bound, "WhatIf"))
		ps_start_process(ps, param(c, "FilePath"), given(c, "ArgumentList") ?
		    param(c, "ArgumentList") : (struct ps_value){ .kind = PS_NULL });
	return ps_unknown();
}

/* ---- Objects ---- */

static struct ps_value
new_object(struct ps *ps, const struct ps_call *c)
{
	struct ps_value com = param(c, "ComObject"), type = param(c, "TypeName");
	struct ps_value args = param(c, "ArgumentList");
	struct view name;

	if (given(c, "ComObject"))
		return ps_com_new(ps, ps_as_string(ps, com).text);
	if (type.kind != PS_STRING || type.partial)
		return ps_unknown();
	name = text_begins(type.text, "system.") ? view_from(type.text, 7) : type.text;
	if (!given(c, "ArgumentList"))
		return ps_new_object(ps, name, NULL, 0);
	if (args.kind == PS_ARRAY)
		return ps_new_object(ps, name, args.array->v, args.array->n);
	return ps_new_object(ps, name, &args, 1);
}

static struct ps_value
new_session(struct ps *ps, const struct ps_call *c)
{
	struct ps_value hosts = ps_target_hosts(c->bound), l = ps_array(ps), m;
	size_t n = ps_n_items(&hosts);

	for (size_t i = 0; i < n; i++) {
		m = ps_map(ps, "session");
		if (m.kind != PS_MAP || l.kind != PS_ARRAY)
			return ps_unknown();
		ps_map_put(ps, m.map, "ComputerName", ps_item(&hosts, i));
		if (n == 1)
			return m;
		ps_append(ps, l.array, m);
	}
	return l;
}

/* Scripts make the triggers that no cmdlet makes, such as those of events, from their CIM class. */
static struct ps_value
get_cim_class(struct ps *ps, const struct ps_call *c)
{
	struct ps_value m = ps_map(ps, "class");

	if (m.kind == PS_MAP)
		ps_map_put(ps, m.map, "ClassName", param(c, "ClassName"));
	return m;
}

static struct ps_value
new_cim_instance(struct ps *ps, const struct ps_call *c)
{
	struct ps_value class = param_or_input(c, "CimClass"), m = ps_unknown();
	struct ps_value properties = param(c, "Property");
	const char *type;

	class = class.kind == PS_MAP ? ps_property(&class, "ClassName") : param(c, "ClassName");
	if (class.kind != PS_STRING)
		return m;
	type = taskwords_trigger_class(class.text);
	if (type != NULL && (m = ps_map(ps, "trigger")).kind == PS_MAP)
		ps_map_put(ps, m.map, "Type", ps_string(view_str(type)));
	else if (text_is(class.text, "MSFT_TaskExecAction"))
		m = ps_map(ps, "action");
	if (m.kind == PS_MAP && properties.kind == PS_MAP)
		for (struct ps_entry *s = properties.map->first; s != NULL; s = s->next)
			ps_assign(ps, ps_map_entry(ps, m.map, s->key), s->v, false);
	return m;
}

static struct ps_value
invoke_method(struct ps *ps, const struct ps_call *c)
{
	struct ps_value hosts = ps_target_hosts(c->bound), class = param(c, "ClassName");
	size_t n = ps_n_items(&hosts);
	const char *old;

	if (given(c, "CimClass") || (c->input != NULL && ps_is_object(c->input, "class"))) {
		class = param_or_input(c, "CimClass");
		class = ps_property(&class, "ClassName");
	}
	if (c->input != NULL && ps_is_object(c->input, "wmiclass"))
		class = *c->input;
	if (ps_switch_is_set(&c->bound, "WhatIf"))
		return ps_unknown();
	for (size_t i = 0; i < n && i < MAX_SCRIPT_TASKS; i++) {
		old = ps_set_target(ps, ps_item(&hosts, i));
		ps_invoke_cim_method(ps, class, param(c, "MethodName"), param(c, "Arguments"));
		ps->script->target = old;
	}
	return ps_unknown();
}

static struct ps_value
get_wmi_object(struct ps *ps, const struct ps_call *c)
{
	struct ps_value m = ps_map(ps, "wmiclass");

	if (m.kind != PS_MAP || !ps_switch_is_set(&c->bound, "List"))
		return ps_unknown();
	ps_map_put(ps, m.map, "Path", param(c, "Class"));
	ps_map_put(ps, m.map, "ComputerName", ps_target_hosts(c->bound));
	return m;
}

/* ---- Variables, aliases ---- */

static struct ps_value
set_variable(struct ps *ps, const struct ps_call *c)
{
	struct ps_value name = param(c, "Name");
	bool outer;

	if (name.kind == PS_STRING && ps_is_known(&name) && name.text.len > 0)
		ps_assign(ps, ps_map_entry(ps, ps->vars, ps_strip_scope(name.text, &outer)),
		    param_or_input(c, "Value"), true);
	return (struct ps_value){ .kind = PS_NULL };
}

/* Set-Item Variable:x or env:x sets a variable. */
static struct ps_value
set_item(struct ps *ps, const struct ps_call *c)
{
	struct ps_value name = param(c, "Name");

	if (name.kind == PS_STRING && (text_begins(name.text, "variable:") ||
	    text_begins(name.text, "env:")))
		return set_variable(ps, c);
	return (struct ps_value){ .kind = PS_NULL };
}

/* Get-Variable x and Get-Item Variable:x return an object whose Value is the variable's. */
static struct ps_value
get_variable(struct ps *ps, const struct ps_call *c)
{
	struct ps_value name = param(c, "Name"), m, v;

	if (name.kind != PS_STRING || !ps_is_known(&name) || (c->cmdlet->what != NULL &&
	    !text_begins(name.text, "variable:") && !text_begins(name.text, "env:")))
		return ps_unknown();
	v = ps_variable_value(ps, name.text);
	if (ps_switch_is_set(&c->bound, "ValueOnly"))
		return v;
	m = ps_map(ps, "variable");
	if (m.kind == PS_MAP)
		ps_map_put(ps, m.map, "Value", v);
	return m;
}

static struct ps_value
set_alias(struct ps *ps, const struct ps_call *c)
{
	struct ps_value name = param(c, "Name");

	if (name.kind == PS_STRING && ps_is_known(&name))
		ps_assign(ps, ps_map_entry(ps, ps->aliases, name.text), param(c, "Value"), false);
	return (struct ps_value){ .kind = PS_NULL };
}

static struct ps_value
get_command(struct ps *ps, const struct ps_call *c)
{
	struct ps_value name = param(c, "Name");

	(void)ps;
	return name.kind == PS_STRING && view_chr(name.text, '*') == NULL ? name :
	    ps_unknown();
}

/* ---- Cmdlets of pipelines ---- */

static struct ps_value
pass_through(struct ps *ps, const struct ps_call *c)
{
	(void)ps;
	return param_or_input(c, "InputObject");
}

static struct ps_value
out_string(struct ps *ps, const struct ps_call *c)
{
	struct ps_value v = param_or_input(c, "InputObject");

	return v.kind == PS_ARRAY ? ps_join(ps, v, view_str("\r\n")) : v;
}

static struct ps_value
filter(struct ps *ps, const struct ps_call *c)
{
	(void)ps;
	/* Which of several objects pass is not known; a single one is taken to. */
	return c->input != NULL && c->input->kind == PS_MAP ? *c->input : ps_unknown();
}

static struct ps_value
new_timespan(struct ps *ps, const struct ps_call *c)
{
	static const struct { const char *name; int64_t seconds; } units[] = {
		{ "Days", 86400 }, { "Hours", 3600 }, { "Minutes", 60 }, { "Seconds", 1 },
	};
	int64_t seconds = 0, n;
	struct ps_value v;

	for (size_t i = 0; i < nitems(units); i++) {
		if (!given(c, units[i].name))
			continue;
		v = param(c, units[i].name);
		if (!ps_as_int(&v, &n) || n < 0 || n > 1 << 30)
			return ps_unknown();
		seconds += n * units[i].seconds;
	}
	return given(c, "Start") || given(c, "End") ? ps_unknown() :
	    ps_timespan(ps, seconds);
}

static struct ps_value
nothing(struct ps *ps, const struct ps_call *c)
{
	(void)ps, (void)c;
	return ps_unknown();
}

static const struct ps_cmdlet cmdlets[] = {
	{ "Invoke-Expression", "+Command", invoke_expression, NULL },
	{ "ForEach-Object", "+Process Begin End MemberName InputObject Parallel=Process", for_each,
	    NULL },
	{ "Invoke-Command", "+ComputerName +ScriptBlock +ArgumentList Args=ArgumentList "
	    "Command=ScriptBlock Cn=ComputerName Session Credential FilePath HostName "
	    "ConfigurationName Port ?UseSSL ?AsJob JobName Authentication SessionOption "
	    "ThrottleLimit ?HideComputerName ?NoNewScope InputObject ConnectionUri UserName",
	    invoke_command, NULL },
	{ "Start-Job", "+ScriptBlock Name ArgumentList InitializationScript FilePath Credential",
	    start_job, NULL },
	{ "Start-ThreadJob", "+ScriptBlock Name ArgumentList InitializationScript", start_job,
	    NULL },
	{ "Measure-Command", "+ScriptBlock Expression=ScriptBlock", start_job, NULL },
	{ "Start-Process", "+FilePath PSPath=FilePath +ArgumentList Args=ArgumentList WindowStyle "
	    "Verb WorkingDirectory Credential RedirectStandardOutput RedirectStandardError "
	    "RedirectStandardInput ?NoNewWindow ?Wait ?PassThru ?LoadUserProfile "
	    "?UseNewEnvironment", start_process, NULL },
	{ "New-Object", "+TypeName +ArgumentList Args=ArgumentList ComObject Property ?Strict",
	    new_object, NULL },
	{ "New-CimSession", "+ComputerName Cn=ComputerName ServerName=ComputerName Credential "
	    "Authentication Name Port SessionOption OperationTimeoutSec ?SkipTestConnection",
	    new_session, NULL },
	{ "New-PSSession", "+ComputerName Cn=ComputerName Credential Name Port ?UseSSL "
	    "ConfigurationName Authentication SessionOption HostName UserName", new_session, NULL },
	{ "Get-CimClass", "+ClassName +Namespace ComputerName CimSession", get_cim_class, NULL },
	{ "New-CimInstance", "+ClassName +Property CimClass Namespace ?ClientOnly ComputerName "
	    "CimSession", new_cim_instance, NULL },
	{ "Invoke-CimMethod", "+ClassName Class=ClassName +Arguments +MethodName "
	    "Name=MethodName Namespace CimClass ComputerName Cn=ComputerName CimSession "
	    "InputObject Query", invoke_method, NULL },
	{ "Invoke-WmiMethod", "+ClassName Class=ClassName Path=ClassName +MethodName "
	    "Name=MethodName +Arguments ArgumentList=Arguments Namespace ComputerName "
	    "Cn=ComputerName Credential InputObject", invoke_method, NULL },
	{ "Get-WmiObject", "+Class ClassName=Class ComputerName Cn=ComputerName ?List Namespace "
	    "Filter Query Credential", get_wmi_object, NULL },
	{ "Set-Variable", "+Name +Value Option Scope ?Force", set_variable, NULL },
	{ "Set-Item", "+Name Path=Name LiteralPath=Name +Value ?Force", set_item, NULL },
	{ "Get-Variable", "+Name ?ValueOnly Scope", get_variable, NULL },
	{ "Get-Item", "+Name Path=Name LiteralPath=Name ?Force", get_variable, "item" },
	{ "Set-Alias", "+Name +Value Option Scope ?Force", set_alias, NULL },
	{ "Get-Command", "+Name Module CommandType", get_command, NULL },
	{ "Write-Output", "+InputObject ?NoEnumerate", pass_through, NULL },
	{ "Out-String", "InputObject ?Stream Width", out_string, NULL },
	{ "Select-Object", "+Property InputObject First Last ExpandProperty", filter, NULL },
	{ "Where-Object", "+FilterScript +Property +Value", filter, NULL },
	{ "Tee-Object", "+FilePath InputObject Variable", pass_through, NULL },
	{ "New-TimeSpan", "+Start +End Days Hours Minutes Seconds", new_timespan, NULL },
	{ "Set-Content", "", nothing, NULL }, { "Set-Location", "", nothing, NULL },
	{ "Get-Help", "", nothing, NULL }, { "Write-Host", "", nothing, NULL },
};

const struct ps_cmdlet *
ps_find_cmdlet(struct view name)
{
	for (size_t i = 0; i < nitems(cmdlets); i++)
		if (text_is(name, cmdlets[i].name))
			return &cmdlets[i];
	return NULL;
}
