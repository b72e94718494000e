/* text.h -- views as text: compared without regard to the case of ASCII letters, trimmed. */
#ifndef TEXT_H
#define TEXT_H

#include "base/reader.h"

/* Return whether a text is that string, is the same as another, begins or ends with it. */
bool		 text_is(struct view, const char *);
bool		 text_same(struct view, struct view);
bool		 text_begins(struct view, const char *);
bool		 text_ends(struct view, const char *);

/* Returns the offset of the first place where the second text stands in the
 * first; the length of the first if it stands nowhere. */
size_t		 text_find(struct view, const char *);

/* Return the text without the blanks, tabs and newlines before it, or around it. */
struct view	 text_skip_blanks(struct view);
struct view	 text_trim(struct view);

#endif
