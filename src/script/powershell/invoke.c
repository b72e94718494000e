/* invoke.c -- which command a name means (about_Command_Precedence). */
#include "script/powershell/invoke.h"

#include "base/text.h"
#include "script/powershell/call.h"
#include "script/powershell/cmdlet.h"
#include "script/powershell/powershell.h"
#include "script/powershell/program.h"

static const struct alias {
	const char	*name, *meaning;
} aliases[] = {
	{ "%", "ForEach-Object" }, { "foreach", "ForEach-Object" }, { "?", "Where-Object" },
	{ "where", "Where-Object" }, { "iex", "Invoke-Expression" },
	{ "icm", "Invoke-Command" }, { "start", "Start-Process" }, { "saps", "Start-Process" },
	{ "sajb", "Start-Job" }, { "nsn", "New-PSSession" }, { "ncms", "New-CimSession" },
	{ "icim", "Invoke-CimMethod" }, { "iwmi", "Invoke-WmiMethod" },
	{ "gwmi", "Get-WmiObject" }, { "gcls", "Get-CimClass" }, { "ncim", "New-CimInstance" },
	{ "gcm", "Get-Command" }, { "sal", "Set-Alias" }, { "nal", "Set-Alias" },
	{ "new-alias", "Set-Alias" }, { "sv", "Set-Variable" }, { "set", "Set-Variable" },
	{ "nv", "Set-Variable" }, { "new-variable", "Set-Variable" }, { "gv", "Get-Variable" },
	{ "si", "Set-Item" }, { "gi", "Get-Item" }, { "ls", "Get-Item" }, { "dir", "Get-Item" },
	{ "get-childitem", "Get-Item" }, { "gci", "Get-Item" }, { "echo", "Write-Output" },
	{ "write", "Write-Output" }, { "select", "Select-Object" }, { "sc", "Set-Content" },
	{ "cd", "Set-Location" }, { "at", "at.exe" },
};

/* Removes the module from a cmdlet's name: ScheduledTasks\Register-ScheduledTask. */
static struct view
without_module(struct view name)
{
	size_t at = 0;

	for (size_t i = 0; i < name.len; i++) {
		if (name.p[i] == ':' || (name.p[i] == '.' && i == 0))
			return name;
		if (name.p[i] == '\\')
			at = i + 1;
	}
	return at < name.len && memchr(name.p + at, '-', name.len - at) != NULL ?
	    view_from(name, at) : name;
}

static struct view
resolve_alias(struct ps *ps, struct view name)
{
	struct ps_entry *s = ps_map_find(ps->aliases, name);

	if (s != NULL && s->v.kind == PS_STRING)
		name = s->v.text;
	for (size_t i = 0; i < nitems(aliases); i++)
		if (text_is(name, aliases[i].name))
			return view_str(aliases[i].meaning);
	return name;
}

static struct ps_value
call_function(struct ps *ps, struct ps_entry *f, const struct ps_arg *args, size_t n,
    const struct ps_value *input)
{
	static const struct ps_arg none;

	if (ps->conditional == 0)
		ps_map_put(ps, f->v.map, "called", ps_bool(true));
	return ps_call_block(ps, ps_property(&f->v, "body").text, ps_property(&f->v, "params").text,
	    args != NULL ? args : &none, n, input);
}

/* Is one of the arguments a script block, as in powershell { … }? */
static bool
has_block(const struct ps_arg *args, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (args[i].v.kind == PS_SCRIPT_BLOCK)
			return true;
	return false;
}

static struct ps_value
do_program(struct ps *ps, struct view name, const struct ps_arg *args, size_t n)
{
	if ((text_begins(name, "powershell") || text_begins(name, "pwsh")) && has_block(args, n)) {
		for (size_t i = 0; i < n; i++)
			if (args[i].v.kind == PS_SCRIPT_BLOCK)
				ps_call_block(ps, args[i].v.text, view_str(""), NULL, 0, NULL);
	} else
		ps_start_program(ps, name, args, n);
	return ps_unknown();
}

struct ps_value
ps_invoke_command(struct ps *ps, struct ps_value what, const struct ps_arg *args, size_t n,
    const struct ps_value *input)
{
	const struct ps_cmdlet *c;
	struct ps_call call = { .input = input };
	struct view name;
	struct ps_entry *f;

	if (what.kind == PS_SCRIPT_BLOCK) {
		static const struct ps_arg none;

		return ps_call_block(ps, what.text, view_str(""), args != NULL ? args : &none, n,
		    input);
	}
	if (what.kind != PS_STRING || what.text.len == 0 || !ps_work(ps, what.text.len))
		return ps_unknown();
	name = resolve_alias(ps, what.text);
	if ((f = ps_map_find(ps->functions, name)) != NULL && f->v.kind == PS_MAP)
		return call_function(ps, f, args, n, input);
	if (what.partial)
		return do_program(ps, what.text, args, n);
	if ((c = ps_find_cmdlet(without_module(name))) == NULL)
		c = ps_find_task_cmdlet(without_module(name));
	if (c == NULL)
		return do_program(ps, name, args, n);
	call.cmdlet = c;
	call.bound = ps_bind_cmdlet(ps, c->params, args, n);
	return call.bound.kind == PS_MAP ? c->run(ps, &call) : call.bound;
}
