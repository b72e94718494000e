/* task.h -- what all readers of tasks say in the same way. */
#ifndef TASK_H
#define TASK_H

#include "fact/fact.h"

/* Does that action come with a definition: "create", "update", "validate"? */
bool	 task_defines(const char *action);

/* The task's name: v, behind a backslash if it has none. */
void	 task_name(struct fact *, struct view utf8);

/* The same, of a task in a folder, with as many backslashes around both as
 * they like.  An empty name sets nothing. */
void	 task_name_in(struct fact *, struct view folder, struct view name);

/* A value as its field has it: a truth, a number, a text.  A word that is no
 * truth, or no number, sets nothing. */
void	 task_keep(struct fact *, enum field, struct view utf8);

/* command_line of the newest action, from its command and arguments. */
void	 task_command_line(struct fact *);

/* An exec action; arguments may be empty. */
void	 task_exec(struct fact *, struct view command, struct view arguments);

/* An exec action that is one string. */
void	 task_command(struct fact *, struct view utf16, bool big);

#endif
