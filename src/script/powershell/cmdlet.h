/* cmdlet.h -- the cmdlets that are known, as rows of two tables. */
#ifndef PS_CMDLET_H
#define PS_CMDLET_H

#include "script/powershell/value.h"

struct ps_call {
	const struct ps_cmdlet *cmdlet;
	struct ps_value	 bound;		/* a map of its parameters */
	const struct ps_value *input;	/* from the pipeline; NULL: it has none */
};

struct ps_cmdlet {
	const char	*name;
	const char	*params;	/* as ps_bind_cmdlet() takes them */
	/* Does what the cmdlet does.  Returns what it outputs. */
	struct ps_value	(*run)(struct ps *, const struct ps_call *);
	const char	*what;		/* for run(): a task's action or an object's type */
};

/* Return the cmdlet of that name, or NULL if the table has none. */
const struct ps_cmdlet *ps_find_cmdlet(struct view name);	/* those that run something */
const struct ps_cmdlet *ps_find_task_cmdlet(struct view name);	/* ScheduledTasks, PSScheduledJob */

/* Returns whether a bound switch parameter is given and true. */
bool		 ps_switch_is_set(const struct ps_value *bound, const char *name);

#endif
