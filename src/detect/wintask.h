/* wintask.h -- the built-in tasks of Windows: their paths, and what they run. */
#ifndef WINTASK_H
#define WINTASK_H

#include "base/reader.h"

enum wintask {
	WINTASK_NONE,		/* no built-in task has that path, or it is not known what the task runs */
	WINTASK_AMONG,		/* none has, but it lies in a folder of built-in tasks */
	WINTASK_SAME,		/* a built-in task that runs what it always runs */
	WINTASK_CHANGED		/* a built-in task that runs something else */
};

/*
 * Returns what a task is, by its path (UTF-8) and what one of its actions runs.
 * program is the action's program in plain form (normalise.h), or its COM class
 * ("{…}"); empty: not known.  arguments are in plain form.
 */
enum wintask	wintask_find(struct view path, struct view program, struct view arguments);

/* Returns whether a built-in task uses the COM class, "{…}" in any case. */
bool		wintask_class(struct view class_id);

#endif
