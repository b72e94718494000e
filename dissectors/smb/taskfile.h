/* taskfile.h -- files that are tasks: where they lie, and what is told of them. */
#ifndef TASKFILE_H
#define TASKFILE_H

#include "engine/dissect.h"

/* Is this a path (in its share) where the scheduler or group policy looks?  NULL: no. */
bool	 taskfile_path(const char *path);

/*
 * If the content is a task, tell it: fresh(arg) makes the fact with its
 * context and outcome, or returns NULL when the budget is spent.  Returns
 * whether the content is one.
 */
bool	 taskfile_tell(struct world *, struct view content, const char *path,
	    struct fact *(*fresh)(void *arg), void *arg);

/* NAME of Windows\Temp\NAME.tmp, where atexec's command leaves its output, as
 * the share shows that path; empty if path is none.  share NULL: not known. */
struct view taskfile_output(const char *share, const char *path);

#endif
