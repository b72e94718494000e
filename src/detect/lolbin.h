/*
 * lolbin.h -- programs that come with Windows, or are trusted as if they did,
 * and what their arguments make of them.
 */
#ifndef LOLBIN_H
#define LOLBIN_H

#include "detect/rules.h"

/*
 * One program as it is started: its path and its arguments in plain form
 * (normalise.h), the latter with blanks between.  Adds what lolbin.def says of
 * them.
 */
void	lolbin_judge(struct findings *, struct view program, struct view arguments);

#endif
