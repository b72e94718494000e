/* powershell.c -- the reader of PowerShell scripts. */
#include "script/powershell/powershell.h"

#include "base/limits.h"
#include "script/powershell/statement.h"

void
powershell_read(struct script *script, struct view text)
{
	struct ps ps = { .script = script };
	struct ps_value vars, functions, aliases;

	text = view_upto(text, 0, MAX_SCRIPT_TEXT);
	vars = ps_map(&ps, NULL);
	functions = ps_map(&ps, NULL);
	aliases = ps_map(&ps, NULL);
	if (vars.kind == PS_MAP && functions.kind == PS_MAP && aliases.kind == PS_MAP) {
		ps.vars = vars.map;
		ps.functions = functions.map;
		ps.aliases = aliases.map;
		ps.conditional_loop = 1;		/* no loop has begun */
		ps_run_text(&ps, text);
		if (ps.script->work < MAX_SCRIPT_WORK)
			ps.stop = PS_STOP_NONE;
		ps_read_uncalled_functions(&ps);
	}
	ps_free(&ps);
}
