/*
 * taskfile.h -- files that make tasks, and the output files of atexec: definitions
 * below System32\Tasks, .job files in Tasks ([MS-TSCH] 2.4), and group policy's
 * ScheduledTasks.xml ([MS-GPPREF] 2.2.1.22).
 */
#ifndef TASKFILE_H
#define TASKFILE_H

#include "engine/dissect.h"

/* Returns whether the scheduler or group policy looks for tasks at this path
 * (UTF-8, relative to its share); NULL: no. */
bool	 taskfile_path(const char *path);

/*
 * If content is a task, puts a fact of its creation to the world's sink, and of
 * group policy's file one for each of its elements.  The fact is named by the
 * path (NULL if not seen).  fresh(arg) makes each fact, with its context and
 * outcome, or returns NULL when the budget is spent.  Returns whether content
 * is a task, or a file of group policy.
 */
bool	 taskfile_tell(struct world *, struct view content, const char *path,
	    struct fact *(*fresh)(void *arg), void *arg);

/*
 * Returns NAME if the path is that of Windows\Temp\NAME.tmp, where the command
 * of an atexec task leaves its output, as seen from that share; a view into
 * path.  Empty if it is not, or path is NULL.  share NULL: any share may be.
 */
struct view taskfile_output(const char *share, const char *path);

#endif
