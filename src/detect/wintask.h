/* wintask.h -- the tasks that Windows itself brings: their paths, and what they run. */
#ifndef WINTASK_H
#define WINTASK_H

#include "base/reader.h"

enum wintask {
	WINTASK_NONE,		/* Windows has none of that name, or what it runs isn't known */
	WINTASK_AMONG,		/* none, but it sits in a folder of Windows' own */
	WINTASK_SAME,		/* one of them, and it runs what it always runs */
	WINTASK_CHANGED		/* one of them, and it runs something else */
};

/* path: the task's, UTF-8.  program: its first action's command in plain form
 * (normalise.h), or a COM class ("{…}"); empty: not known.  arguments: in
 * plain form. */
enum wintask	wintask_find(struct view path, struct view program, struct view arguments);

/* Is this a COM class, "{…}" in any case, that a task of Windows' own has? */
bool		wintask_class(struct view class_id);

#endif
