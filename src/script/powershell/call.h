/* call.h -- PowerShell's variables and scopes, and the calling of script blocks. */
#ifndef PS_CALL_H
#define PS_CALL_H

#include "script/powershell/bind.h"

/*
 * Removes the scope from a variable's name ("global:x").  *outer becomes true
 * if the name means a variable outside the script block's own scope.
 */
struct view	 ps_strip_scope(struct view name, bool *outer);

/* Returns the value of the variable of that name, with or without a scope. */
struct ps_value	 ps_variable_value(struct ps *, struct view name);

/*
 * Assigns v to a variable or other entry and remembers the old value where the
 * assignment may have to be undone.  local: it ends with the current scope.
 * slot NULL is allowed and does nothing.
 */
void		 ps_assign(struct ps *, struct ps_entry *slot, struct ps_value v, bool local);

/*
 * Returns the value of an expression, given by its source, that is the same on
 * all machines ("$env:comspec").  Scripts take letters out of these to spell
 * names.  Returns an unknown value for all others.
 */
struct ps_value	 ps_well_known_value(struct view source);

/*
 * Assigns arguments to the variables of param(params), and what is left of them
 * to $args.  Parameters without an argument get their default.  args NULL:
 * nothing is known of the arguments.
 */
void		 ps_bind_function(struct ps *, struct view params, const struct ps_arg *args,
		    size_t n);

/*
 * Reads a script block in a scope of its own with arguments (as above) for its
 * param( ), or for params if it has none.  input is the pipeline's, or NULL.
 * Returns what it outputs.
 */
struct ps_value	 ps_call_block(struct ps *, struct view block, struct view params,
		    const struct ps_arg *args, size_t n, const struct ps_value *input);

/*
 * Reads a string or script block in the current scope, as Invoke-Expression
 * does, and reports the string if it was decoded.  Returns what it outputs.
 */
struct ps_value	 ps_invoke_expression(struct ps *, struct ps_value text);

#endif
