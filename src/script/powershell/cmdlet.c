/* cmdlet.c -- cmdlets that run things, here or elsewhere. */
#include "script/powershell/powershell.h"

#include "task/taskwords.h"

static bool
given(const struct ps_value *bound, const char *name)
{
	return ps_find(bound->map, view_str(name)) != NULL;
}

/* What stands in the pipeline or under a name. */
static struct ps_value
input_or(const struct ps_value *bound, const char *name, const struct ps_value *input)
{
	return input != NULL && !given(bound, name) ? *input : ps_get(bound, name);
}

/* ---- Running ---- */

static struct ps_value
expression(struct ps *ps, const struct ps_cmdlet *c, struct ps_value bound, const struct ps_value *input)
{
	(void)c;
	return ps_invoke_text(ps, input_or(&bound, "Command", input));
}

static struct ps_value
for_each(struct ps *ps, const struct ps_cmdlet *c, struct ps_value bound, const struct ps_value *input)
{
	struct ps_value block = ps_get(&bound, "Process"), begin = ps_get(&bound, "Begin");
	struct ps_value end = ps_get(&bound, "End"), name, v;

	(void)c;
	name = ps_get(&bound, "MemberName");
	if (block.kind == PS_TEXT && input != NULL && input->kind == PS_TEXT)
		return ps_member(ps, *input, block.text, NULL);
	if (begin.kind == PS_BLOCK)
		ps_run(ps, begin.text);
	if (block.kind != PS_BLOCK)
		return name.kind == PS_TEXT && input != NULL ? *input : ps_unknown();
	v = ps_each(ps, block.text, input != NULL ? *input : ps_unknown());
	if (end.kind == PS_BLOCK)
		v = ps_run(ps, end.text);
	return v;
}

/* On each of the hosts, apart from this text's variables. */
static void
elsewhere(struct ps *ps, struct ps_value hosts, struct ps_value block, const struct ps_arg *args, size_t n)
{
	size_t many = hosts.kind == PS_LIST ? hosts.list->n : 1;
	struct ps_map *vars = ps->vars, *outer = ps->outer;
	struct ps_value own;
	const char *old;

	for (size_t i = 0; i < many && i < MAX_SCRIPT_TASKS; i++) {
		own = ps_map(ps, NULL);
		if (own.kind != PS_MAP)
			return;
		old = ps_aim(ps, hosts.kind == PS_LIST ? hosts.list->v[i] : hosts);
		ps->outer = vars;
		ps->vars = own.map;
		ps_call(ps, block.text, view_str(""), args, n, NULL);
		ps->vars = vars;
		ps->outer = outer;
		ps->script->target = old;
	}
}

static struct ps_value
command(struct ps *ps, const struct ps_cmdlet *c, struct ps_value bound, const struct ps_value *input)
{
	struct ps_value block = ps_get(&bound, "ScriptBlock"), list = ps_get(&bound, "ArgumentList");
	struct ps_entry *first = ps_find(bound.map, view_str("ComputerName"));
	struct ps_value hosts, v = ps_unknown();
	size_t n = given(&bound, "ArgumentList") ? list.kind == PS_LIST ? list.list->n : 1 : 0;
	struct ps_arg *args = ps_take(ps, (n + 1) * sizeof(*args));

	(void)c;
	if (first != NULL && first->v.kind == PS_BLOCK) {
		block = first->v;	/* it stands alone: no host is named */
		first->v.kind = PS_NULL;
	}
	hosts = ps_hosts(ps, bound);
	if (args == NULL || block.kind != PS_BLOCK)
		return v;
	for (size_t i = 0; i < n; i++)
		args[i].v = list.kind == PS_LIST ? list.list->v[i] : list;
	if (hosts.kind != PS_NULL)
		elsewhere(ps, hosts, block, args, n);
	else
		v = ps_call(ps, block.text, view_str(""), args, n, input);
	return v;
}

/* Start-Job and its like have variables of their own. */
static struct ps_value
job(struct ps *ps, const struct ps_cmdlet *c, struct ps_value bound, const struct ps_value *input)
{
	struct ps_value block = ps_get(&bound, "ScriptBlock");

	(void)c, (void)input;
	if (block.kind == PS_BLOCK)
		elsewhere(ps, (struct ps_value){ .kind = PS_NULL }, block, NULL, 0);
	return ps_unknown();
}

static struct ps_value
process(struct ps *ps, const struct ps_cmdlet *c, struct ps_value bound, const struct ps_value *input)
{
	(void)c, (void)input;
	if (!ps_switch(&bound, "WhatIf"))
		ps_process(ps, ps_get(&bound, "FilePath"), given(&bound, "ArgumentList") ?
		    ps_get(&bound, "ArgumentList") : (struct ps_value){ .kind = PS_NULL });
	return ps_unknown();
}

/* ---- Objects ---- */

static struct ps_value
object(struct ps *ps, const struct ps_cmdlet *c, struct ps_value bound, const struct ps_value *input)
{
	struct ps_value com = ps_get(&bound, "ComObject"), type = ps_get(&bound, "TypeName");
	struct ps_value args = ps_get(&bound, "ArgumentList");
	struct view name;

	(void)c, (void)input;
	if (given(&bound, "ComObject"))
		return ps_com_object(ps, ps_written(ps, com).text);
	if (type.kind != PS_TEXT || type.partly)
		return ps_unknown();
	name = text_begins(type.text, "system.") ? view_from(type.text, 7) : type.text;
	if (!given(&bound, "ArgumentList"))
		return ps_new(ps, name, NULL, 0);
	if (args.kind == PS_LIST)
		return ps_new(ps, name, args.list->v, args.list->n);
	return ps_new(ps, name, &args, 1);
}

static struct ps_value
session(struct ps *ps, const struct ps_cmdlet *c, struct ps_value bound, const struct ps_value *input)
{
	struct ps_value hosts = ps_hosts(ps, bound), l = ps_list(ps), m;
	size_t n = hosts.kind == PS_LIST ? hosts.list->n : 1;

	(void)c, (void)input;
	for (size_t i = 0; i < n; i++) {
		m = ps_map(ps, "session");
		if (m.kind != PS_MAP || l.kind != PS_LIST)
			return ps_unknown();
		ps_put(ps, m.map, "ComputerName", hosts.kind == PS_LIST ? hosts.list->v[i] : hosts);
		if (n == 1)
			return m;
		ps_push(ps, l.list, m);
	}
	return l;
}

/* The event triggers that have no cmdlet are made of their class. */
static struct ps_value
cim_class(struct ps *ps, const struct ps_cmdlet *c, struct ps_value bound, const struct ps_value *input)
{
	struct ps_value m = ps_map(ps, "class");

	(void)c, (void)input;
	if (m.kind == PS_MAP)
		ps_put(ps, m.map, "ClassName", ps_get(&bound, "ClassName"));
	return m;
}

static struct ps_value
cim_instance(struct ps *ps, const struct ps_cmdlet *c, struct ps_value bound, const struct ps_value *input)
{
	struct ps_value class = input_or(&bound, "CimClass", input), m = ps_unknown();
	struct ps_value properties = ps_get(&bound, "Property");
	const char *type;

	(void)c;
	class = class.kind == PS_MAP ? ps_get(&class, "ClassName") : ps_get(&bound, "ClassName");
	if (class.kind != PS_TEXT)
		return m;
	type = taskwords_trigger_class(class.text);
	if (type != NULL && (m = ps_map(ps, "trigger")).kind == PS_MAP)
		ps_put(ps, m.map, "Type", ps_text(view_str(type)));
	else if (text_is(class.text, "MSFT_TaskExecAction"))
		m = ps_map(ps, "action");
	if (m.kind == PS_MAP && properties.kind == PS_MAP)
		for (struct ps_entry *s = properties.map->first; s != NULL; s = s->next)
			ps_assign(ps, ps_slot(ps, m.map, s->key), s->v, false);
	return m;
}

static struct ps_value
method(struct ps *ps, const struct ps_cmdlet *c, struct ps_value bound, const struct ps_value *input)
{
	struct ps_value hosts = ps_hosts(ps, bound), class = ps_get(&bound, "ClassName");
	size_t n = hosts.kind == PS_LIST ? hosts.list->n : 1;
	const char *old;

	(void)c;
	if (given(&bound, "CimClass") || (input != NULL && ps_is(input, "class"))) {
		class = input_or(&bound, "CimClass", input);
		class = ps_get(&class, "ClassName");
	}
	if (input != NULL && ps_is(input, "wmiclass"))
		class = *input;
	if (ps_switch(&bound, "WhatIf"))
		return ps_unknown();
	for (size_t i = 0; i < n && i < MAX_SCRIPT_TASKS; i++) {
		old = ps_aim(ps, hosts.kind == PS_LIST ? hosts.list->v[i] : hosts);
		ps_cim_method(ps, class, ps_get(&bound, "MethodName"), ps_get(&bound, "Arguments"));
		ps->script->target = old;
	}
	return ps_unknown();
}

static struct ps_value
wmi_object(struct ps *ps, const struct ps_cmdlet *c, struct ps_value bound, const struct ps_value *input)
{
	struct ps_value m = ps_map(ps, "wmiclass");

	(void)c, (void)input;
	if (m.kind != PS_MAP || !ps_switch(&bound, "List"))
		return ps_unknown();
	ps_put(ps, m.map, "Path", ps_get(&bound, "Class"));
	ps_put(ps, m.map, "ComputerName", ps_hosts(ps, bound));
	return m;
}

/* ---- Names ---- */

static struct ps_value
set_variable(struct ps *ps, const struct ps_cmdlet *c, struct ps_value bound, const struct ps_value *input)
{
	struct ps_value name = ps_get(&bound, "Name");
	bool outer;

	(void)c;
	if (name.kind == PS_TEXT && ps_known(&name) && name.text.len > 0)
		ps_assign(ps, ps_slot(ps, ps->vars, ps_scope(name.text, &outer)),
		    input_or(&bound, "Value", input), true);
	return (struct ps_value){ .kind = PS_NULL };
}

/* Set-Item Variable:x, Set-Item env:x. */
static struct ps_value
set_item(struct ps *ps, const struct ps_cmdlet *c, struct ps_value bound, const struct ps_value *input)
{
	struct ps_value name = ps_get(&bound, "Name");

	if (name.kind == PS_TEXT && (text_begins(name.text, "variable:") ||
	    text_begins(name.text, "env:")))
		return set_variable(ps, c, bound, input);
	return (struct ps_value){ .kind = PS_NULL };
}

/* Get-Variable x, Get-Item Variable:x: an object, whose Value is it. */
static struct ps_value
get_variable(struct ps *ps, const struct ps_cmdlet *c, struct ps_value bound, const struct ps_value *input)
{
	struct ps_value name = ps_get(&bound, "Name"), m, v;

	(void)input;
	if (name.kind != PS_TEXT || !ps_known(&name) || (c->what != NULL &&
	    !text_begins(name.text, "variable:") && !text_begins(name.text, "env:")))
		return ps_unknown();
	v = ps_variable(ps, name.text);
	if (ps_switch(&bound, "ValueOnly"))
		return v;
	m = ps_map(ps, "variable");
	if (m.kind == PS_MAP)
		ps_put(ps, m.map, "Value", v);
	return m;
}

static struct ps_value
set_alias(struct ps *ps, const struct ps_cmdlet *c, struct ps_value bound, const struct ps_value *input)
{
	struct ps_value name = ps_get(&bound, "Name");

	(void)c, (void)input;
	if (name.kind == PS_TEXT && ps_known(&name))
		ps_assign(ps, ps_slot(ps, ps->aliases, name.text), ps_get(&bound, "Value"), false);
	return (struct ps_value){ .kind = PS_NULL };
}

static struct ps_value
get_command(struct ps *ps, const struct ps_cmdlet *c, struct ps_value bound, const struct ps_value *input)
{
	struct ps_value name = ps_get(&bound, "Name");

	(void)ps, (void)c, (void)input;
	return name.kind == PS_TEXT && memchr(name.text.p, '*', name.text.len) == NULL ? name :
	    ps_unknown();
}

/* ---- What only passes on ---- */

static struct ps_value
pass(struct ps *ps, const struct ps_cmdlet *c, struct ps_value bound, const struct ps_value *input)
{
	(void)ps, (void)c;
	return input_or(&bound, "InputObject", input);
}

static struct ps_value
as_text(struct ps *ps, const struct ps_cmdlet *c, struct ps_value bound, const struct ps_value *input)
{
	struct ps_value v = input_or(&bound, "InputObject", input);

	(void)c;
	return v.kind == PS_LIST ? ps_join(ps, v, view_str("\r\n")) : v;
}

static struct ps_value
filter(struct ps *ps, const struct ps_cmdlet *c, struct ps_value bound, const struct ps_value *input)
{
	(void)ps, (void)c, (void)bound;
	/* Which pass is not known, unless one alone is asked about. */
	return input != NULL && input->kind == PS_MAP ? *input : ps_unknown();
}

static struct ps_value
span(struct ps *ps, const struct ps_cmdlet *c, struct ps_value bound, const struct ps_value *input)
{
	static const struct { const char *name; int64_t seconds; } units[] = {
		{ "Days", 86400 }, { "Hours", 3600 }, { "Minutes", 60 }, { "Seconds", 1 },
	};
	int64_t seconds = 0, n;
	struct ps_value v;

	(void)c, (void)input;
	for (size_t i = 0; i < nitems(units); i++) {
		if (!given(&bound, units[i].name))
			continue;
		v = ps_get(&bound, units[i].name);
		if (!ps_int(&v, &n) || n < 0 || n > 1 << 30)
			return ps_unknown();
		seconds += n * units[i].seconds;
	}
	return given(&bound, "Start") || given(&bound, "End") ? ps_unknown() :
	    ps_span(ps, seconds);
}

static struct ps_value
nothing(struct ps *ps, const struct ps_cmdlet *c, struct ps_value bound, const struct ps_value *input)
{
	(void)ps, (void)c, (void)bound, (void)input;
	return ps_unknown();
}

static const struct ps_cmdlet cmdlets[] = {
	{ "Invoke-Expression", "+Command", expression, NULL },
	{ "ForEach-Object", "+Process Begin End MemberName InputObject Parallel=Process", for_each,
	    NULL },
	{ "Invoke-Command", "+ComputerName +ScriptBlock +ArgumentList Args=ArgumentList "
	    "Command=ScriptBlock Cn=ComputerName Session Credential FilePath HostName "
	    "ConfigurationName Port ?UseSSL ?AsJob JobName Authentication SessionOption "
	    "ThrottleLimit ?HideComputerName ?NoNewScope InputObject ConnectionUri UserName",
	    command, NULL },
	{ "Start-Job", "+ScriptBlock Name ArgumentList InitializationScript FilePath Credential",
	    job, NULL },
	{ "Start-ThreadJob", "+ScriptBlock Name ArgumentList InitializationScript", job, NULL },
	{ "Measure-Command", "+ScriptBlock Expression=ScriptBlock", job, NULL },
	{ "Start-Process", "+FilePath PSPath=FilePath +ArgumentList Args=ArgumentList WindowStyle "
	    "Verb WorkingDirectory Credential RedirectStandardOutput RedirectStandardError "
	    "RedirectStandardInput ?NoNewWindow ?Wait ?PassThru ?LoadUserProfile "
	    "?UseNewEnvironment", process, NULL },
	{ "New-Object", "+TypeName +ArgumentList Args=ArgumentList ComObject Property ?Strict",
	    object, NULL },
	{ "New-CimSession", "+ComputerName Cn=ComputerName ServerName=ComputerName Credential "
	    "Authentication Name Port SessionOption OperationTimeoutSec ?SkipTestConnection",
	    session, NULL },
	{ "New-PSSession", "+ComputerName Cn=ComputerName Credential Name Port ?UseSSL "
	    "ConfigurationName Authentication SessionOption HostName UserName", session, NULL },
	{ "Get-CimClass", "+ClassName +Namespace ComputerName CimSession", cim_class, NULL },
	{ "New-CimInstance", "+ClassName +Property CimClass Namespace ?ClientOnly ComputerName "
	    "CimSession", cim_instance, NULL },
	{ "Invoke-CimMethod", "+ClassName Class=ClassName +Arguments +MethodName "
	    "Name=MethodName Namespace CimClass ComputerName Cn=ComputerName CimSession "
	    "InputObject Query", method, NULL },
	{ "Invoke-WmiMethod", "+ClassName Class=ClassName Path=ClassName +MethodName "
	    "Name=MethodName +Arguments ArgumentList=Arguments Namespace ComputerName "
	    "Cn=ComputerName Credential InputObject", method, NULL },
	{ "Get-WmiObject", "+Class ClassName=Class ComputerName Cn=ComputerName ?List Namespace "
	    "Filter Query Credential", wmi_object, NULL },
	{ "Set-Variable", "+Name +Value Option Scope ?Force", set_variable, NULL },
	{ "Set-Item", "+Name Path=Name LiteralPath=Name +Value ?Force", set_item, NULL },
	{ "Get-Variable", "+Name ?ValueOnly Scope", get_variable, NULL },
	{ "Get-Item", "+Name Path=Name LiteralPath=Name ?Force", get_variable, "item" },
	{ "Set-Alias", "+Name +Value Option Scope ?Force", set_alias, NULL },
	{ "Get-Command", "+Name Module CommandType", get_command, NULL },
	{ "Write-Output", "+InputObject ?NoEnumerate", pass, NULL },
	{ "Out-String", "InputObject ?Stream Width", as_text, NULL },
	{ "Select-Object", "+Property InputObject First Last ExpandProperty", filter, NULL },
	{ "Where-Object", "+FilterScript +Property +Value", filter, NULL },
	{ "Tee-Object", "+FilePath InputObject Variable", pass, NULL },
	{ "New-TimeSpan", "+Start +End Days Hours Minutes Seconds", span, NULL },
	{ "Set-Content", "", nothing, NULL }, { "Set-Location", "", nothing, NULL },
	{ "Get-Help", "", nothing, NULL }, { "Write-Host", "", nothing, NULL },
};

const struct ps_cmdlet *
ps_cmdlet(struct view name)
{
	for (size_t i = 0; i < nitems(cmdlets); i++)
		if (text_is(name, cmdlets[i].name))
			return &cmdlets[i];
	return NULL;
}
