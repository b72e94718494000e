/*
 * lolbin.h -- programs that come with Windows, or are trusted as if they did
 * (LOLBAS), and what their arguments make of them.
 */
#ifndef LOLBIN_H
#define LOLBIN_H

#include "detect/rules.h"

/*
 * Judges one program as it is started.  program is its path, arguments what
 * follows it with blanks between, both in plain form (normalise.h).  Adds to the
 * findings what lolbin.def says of them, and what the program's place and name
 * say.  An empty program adds nothing.
 */
void	lolbin_judge(struct findings *, struct view program, struct view arguments);

#endif
