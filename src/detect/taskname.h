/* taskname.h -- does a name look drawn by lot?  A model of letter sequences, trained on names of tasks, vendors and words. */
#ifndef TASKNAME_H
#define TASKNAME_H

#include "base/reader.h"

/*
 * name: a task's path or a bare name, UTF-8.  Judged by its last element, in
 * which SIDs, GUIDs and version numbers, as installers append them, are left out.
 */
bool	taskname_random(struct view name);

#endif
