/* target.c -- the host on which a cmdlet acts. */
#include "script/powershell/target.h"

#include "base/text.h"
#include "script/powershell/powershell.h"

const char *
ps_set_target(struct ps *ps, struct ps_value host)
{
	const char *old = ps->script->target;

	if (host.kind == PS_MAP)
		host = ps_property(&host, "ComputerName");
	if (host.kind == PS_NULL)
		return old;
	while (host.kind == PS_STRING && text_begins(host.text, "\\"))
		host.text = view_from(host.text, 1);
	if (host.kind != PS_STRING || !script_host_is_local(host.text))
		ps->script->target = ps_cstr(ps, host);
	return old;
}

struct ps_value
ps_target_hosts(struct ps_value bound)
{
	static const char *const names[] = { "ComputerName", "CimSession", "Session", "HostName" };
	struct ps_value v = { .kind = PS_NULL };

	for (size_t i = 0; i < nitems(names) && v.kind == PS_NULL; i++)
		if (ps_map_find(bound.map, view_str(names[i])) != NULL)
			v = ps_property(&bound, names[i]);
	return v;
}
