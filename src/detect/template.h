/*
 * template.h -- a command line's template: what stays the same when the same
 * tool runs the same command again.
 */
#ifndef TEMPLATE_H
#define TEMPLATE_H

#include "base/budget.h"

/*
 * Appends the template of text (UTF-8) to out: its plain form (normalise.h), in
 * which dates and numbers of two or more digits, GUIDs, SIDs, hexadecimal,
 * base64, the user in the path of a profile, and file names that look random
 * are replaced by <n>, <guid>, <sid>, <hex>, <base64>, <user> and <name>.
 * Memory for the plain form is taken from out's budget meanwhile.  Returns
 * false when out or the budget could not take all of it.
 */
bool	 command_template(struct view text, struct buf *out);

#endif
