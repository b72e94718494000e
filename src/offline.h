/* offline.h -- jobs without a capture: scoring lines, listing rules, showing a baseline. */
#ifndef OFFLINE_H
#define OFFLINE_H

#include "output/eve.h"
#include "settings/settings.h"

/*
 * All return false, with one line in err that says why, if something cannot be
 * read or written.  A path "-" is standard input or output; out may be NULL
 * for standard output.
 */

/* Scores each line of a file, "task name TAB command line" or a command line
 * alone, and writes a detection object for each. */
bool	offline_score(const char *path, const struct settings *, eve_write *, void *arg,
	    char *err, size_t errlen);

/* Writes all rules, with the weights that the settings give them, as a table. */
bool	offline_rules(const struct settings *, const char *out, char *err, size_t errlen);

/* Writes the baseline: all of it as baseline_export() does, or the most usual
 * entries as a table. */
bool	offline_baseline(struct baseline *, bool all, const char *out, char *err, size_t errlen);

/* Adds the entries of an exported baseline to this one. */
bool	offline_import(struct baseline *, const char *path, char *err, size_t errlen);

#endif
