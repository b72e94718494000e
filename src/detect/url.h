/*
 * url.h -- web addresses inside a text, and what can be said of each.
 */
#ifndef URL_H
#define URL_H

#include "base/reader.h"

/* A set of these says what an address is. */
enum {
	URL_REMOTE	= 1 << 0,	/* it names a host other than this one */
	URL_NUMERIC	= 1 << 1,	/* … by its IP address */
	URL_PROGRAM	= 1 << 2	/* … and its path ends like a program, a script or a library */
};

/*
 * colon: where "://" begins in text (plain form).  Returns what follows it, to
 * the end of the address; an empty view where no scheme of the web (http, https,
 * ftp, ftps, ws, wss) stands before it.  The view points into text.
 */
struct view	 url_at(struct view text, size_t colon);

/* Returns the host that begins rest, which is what url_at() returned. */
struct view	 url_host(struct view rest);

/* Returns the set of URL_* that hold for what url_at() returned.  It is empty
 * for localhost and for hosts that only name an XML namespace. */
unsigned int	 url_kinds(struct view rest);

#endif
