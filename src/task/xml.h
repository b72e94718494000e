/*
 * xml.h -- reads XML as a sequence of events.  The text may be hostile: no DTD
 * is read, and depth, length of tags and number of names are limited.
 */
#ifndef XML_H
#define XML_H

#include "fact/fact.h"

struct xml_text {
	struct view	bytes;		/* as sent, without BOM and without NULs at the end */
	bool		utf16, big;	/* UTF-16, and in that byte order; else UTF-8 */
};

/*
 * Returns the text in these bytes, which it borrows.  The encoding is known by
 * the BOM or by the first character; where neither tells, it is UTF-16 in the
 * byte order that big says.  The prolog is not asked: what is sent by RPC often
 * names another encoding than it is in.
 */
struct xml_text	 xml_text(struct view, bool big);

/* Returns the part of a text between two offsets into its bytes. */
struct xml_text	 xml_slice(const struct xml_text *, size_t from, size_t to);

/* Sets the field to the text, as UTF-8. */
void		 xml_keep(struct fact *, enum field, const struct xml_text *);

/* A start tag.  It lives during the call that it is given to. */
struct xml_tag {
	const char	*name;		/* without its prefix */
	size_t		 prefix_len;
	const char	*prefix;	/* of prefix_len bytes, without a NUL behind them */
	const char *const *atts;	/* name, value, name, value, NULL */
	size_t		 from, to;	/* offsets of the tag in the text's bytes */
};

/* Returns the value of an attribute, or NULL if the tag has none of that name. */
const char	*xml_att(const struct xml_tag *, const char *name);

/* What is called for each event, with the arg of xml_read(). */
struct xml_ops {
	/* An element begins.  Returns false to read no further. */
	bool		(*start)(void *arg, const struct xml_tag *);
	/* Text of an element, perhaps in pieces; may be NULL. */
	void		(*text)(void *arg, struct view utf8);
	/* An element ends, with its end tag at these offsets; may be NULL. */
	void		(*end)(void *arg, size_t from, size_t to);
};

enum xml_got {
	XML_GOT_ALL,
	XML_GOT_PART,		/* well-formed as far as it goes */
	XML_GOT_BAD		/* malformed, over a limit, or start() returned false */
};

/* Reads the text and calls ops for what stands in it.  Returns how far it came. */
enum xml_got	 xml_read(const struct xml_text *, const struct xml_ops *, void *arg);

#endif
