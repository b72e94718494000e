/* command.h -- PowerShell's pipelines: commands with their arguments, assignments. */
#ifndef PS_COMMAND_H
#define PS_COMMAND_H

#include "script/powershell/lex.h"

/*
 * Reads a pipeline or an assignment and moves past it.  Returns the value that
 * the last command outputs, or that was assigned (ps->assigned is then true).
 */
struct ps_value	 ps_pipeline(struct ps *, struct ps_cursor *);

#endif
