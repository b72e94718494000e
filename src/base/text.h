/* text.h -- views as text: compared with the case of ASCII aside, trimmed. */
#ifndef TEXT_H
#define TEXT_H

#include "base/reader.h"

bool		 text_is(struct view, const char *);
bool		 text_same(struct view, struct view);
bool		 text_begins(struct view, const char *);
bool		 text_ends(struct view, const char *);

/* Without the blanks, tabs and ends of lines before it, or around it. */
struct view	 text_skip_blanks(struct view);
struct view	 text_trim(struct view);

#endif
