/* invoke.h -- finding out which command a name means, and invoking it. */
#ifndef PS_INVOKE_H
#define PS_INVOKE_H

#include "script/powershell/bind.h"

/*
 * Invokes a command with n arguments: what is a script block, or the name of an
 * alias, function, cmdlet or program, in that order.  input is the pipeline's,
 * or NULL.  Returns what it outputs.
 */
struct ps_value	 ps_invoke_command(struct ps *, struct ps_value what, const struct ps_arg *,
		    size_t n, const struct ps_value *input);

#endif
