/*
 * task.h -- how a task fact is filled, for all who read tasks: from RPC, files,
 * CIM, PowerShell and command lines.  The fact may be NULL: then nothing is set.
 */
#ifndef TASK_H
#define TASK_H

#include "fact/fact.h"

/* Returns whether that action comes with a definition: create, update or
 * validate. */
bool	 task_defines(const char *action);

/* Sets name, with a backslash before it if it has none.  An empty name sets
 * nothing. */
void	 task_name(struct fact *, struct view utf8);

/* The same for a task in a folder.  Backslashes around either are ignored. */
void	 task_name_in(struct fact *, struct view folder, struct view name);

/*
 * Sets a field from text, as the field's type has it.  A BOOL takes true,
 * false, 1 and 0; an INT takes a decimal number from 0 to INT32_MAX; other
 * text sets neither.
 */
void	 task_keep(struct fact *, enum field, struct view utf8);

/* Sets command_line of the newest action from its command and arguments. */
void	 task_command_line(struct fact *);

/* Adds an exec action.  The arguments may be empty. */
void	 task_exec(struct fact *, struct view command, struct view arguments);

/* Adds an exec action whose command and arguments are one string, UTF-16 in
 * the byte order that big says.  An empty string adds none. */
void	 task_command(struct fact *, struct view utf16, bool big);

/*
 * Sets what follows from action and outcome, once both are known: which event
 * the host should have logged (windows_event_id), and under which parent the
 * task's process will run (expected_parent).  A failure has neither.
 */
void	 task_finish(struct fact *);

#endif
