/*
 * task.h -- tasks that a script creates, changes or runs.  A task is described
 * by a map of what its cmdlet or COM object was given: TaskName, TaskPath,
 * InputObject (a definition), Actions, Triggers, Principal, Settings, Xml …
 */
#ifndef PS_TASK_H
#define PS_TASK_H

#include "script/powershell/value.h"

/* Reports one task fact for each TaskName of the description. */
void		 ps_report_task(struct ps *, const char *action, struct ps_value description);

#endif
