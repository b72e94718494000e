/*
 * xml.h -- XML as events.  The text is hostile: no DTD is read, and depth,
 * tags and names are bounded.
 */
#ifndef XML_H
#define XML_H

#include "fact/fact.h"

struct xml_text {
	struct view	bytes;		/* as sent, without BOM and closing NULs */
	bool		utf16, big;
};

/* What the bytes are by their BOM or their first character, whatever the
 * prolog says: on RPC it speaks of another encoding than the text is in.
 * Where neither tells: UTF-16 of the order big. */
struct xml_text	 xml_text(struct view, bool big);
struct xml_text	 xml_slice(const struct xml_text *, size_t from, size_t to);
void		 xml_keep(struct fact *, enum field, const struct xml_text *);

struct xml_tag {
	const char	*name;		/* without its prefix */
	size_t		 prefix_len;
	const char	*prefix;	/* not NUL-terminated */
	const char *const *atts;	/* name, value … NULL */
	size_t		 from, to;	/* its place in the text's bytes */
};
const char	*xml_att(const struct xml_tag *, const char *name);	/* NULL: not there */

struct xml_ops {
	bool		(*start)(void *arg, const struct xml_tag *);	/* false: read no further */
	void		(*text)(void *arg, struct view utf8);		/* in pieces; may be NULL */
	void		(*end)(void *arg, size_t from, size_t to);	/* may be NULL */
};

enum xml_got {
	XML_GOT_ALL,
	XML_GOT_PART,		/* well-formed as far as it goes */
	XML_GOT_BAD		/* malformed, refused, or start() had enough */
};
enum xml_got	 xml_read(const struct xml_text *, const struct xml_ops *, void *arg);

#endif
