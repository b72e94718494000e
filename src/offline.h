/* offline.h -- what is asked of schedwire besides watching: scores of lines, the list of reasons. */
#ifndef OFFLINE_H
#define OFFLINE_H

#include "output/eve.h"
#include "settings/settings.h"

/*
 * All return false, with err one line, when something cannot be read or
 * written.  Files named "-" are standard input and output; out may be NULL for
 * the latter.
 */

/* Each line of path, "task name TAB command line" or a command line alone, as
 * one detection object. */
bool	offline_score(const char *path, const struct settings *, eve_write *, void *arg,
	    char *err, size_t errlen);

/* All reasons with their weights, as a table. */
bool	offline_rules(const struct settings *, const char *out, char *err, size_t errlen);

/* The baseline as a table of what is most usual, or all of it for an import. */
bool	offline_baseline(struct baseline *, bool all, const char *out, char *err, size_t errlen);
bool	offline_import(struct baseline *, const char *path, char *err, size_t errlen);

#endif
