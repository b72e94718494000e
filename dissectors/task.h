/* task.h -- what all readers of tasks say in the same way. */
#ifndef TASK_H
#define TASK_H

#include "obs.h"

/* The task's name: v, behind a backslash if it has none. */
void	 task_name(struct obs *, struct view utf8);

/* command_line of the newest action, from its command and arguments. */
void	 task_command_line(struct obs *);

/* An exec action that is one string. */
void	 task_command(struct obs *, struct view utf16, bool big);

#endif
