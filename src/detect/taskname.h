/*
 * taskname.h -- names that look random, by a model of letter sequences which
 * was trained on names of tasks, vendors and words.
 */
#ifndef TASKNAME_H
#define TASKNAME_H

#include "base/reader.h"

/*
 * Returns whether a task's path or name (UTF-8) looks random.  The last element
 * is judged, without SIDs, GUIDs and version numbers, which installers append.
 */
bool	taskname_random(struct view name);

#endif
