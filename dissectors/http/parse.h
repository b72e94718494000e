/* parse.h -- for http_conn.c alone: libhtp's reading of one message. */
#ifndef HTTP_PARSE_H
#define HTTP_PARSE_H

#include "http/message.h"

enum framing { BODY_NONE, BODY_LENGTH, BODY_CHUNKS, BODY_TO_END };

struct http_head {
	struct view	 method, target, host;	/* of a request; alive as long as the parser */
	unsigned int	 status;	/* of an answer */
	bool		 interim;	/* not the answer yet: RFC 9110 15.2 */
	enum framing	 framing;
	uint64_t	 length;	/* of a BODY_LENGTH, above 0 */
};

struct parser;

/* For a head of so many bytes.  NULL: budget spent. */
struct parser	*parser_new(struct budget *, enum dir, size_t len);
void		 parser_free(struct parser *);	/* NULL is fine */

/* A whole head, of which the line at empty is the last.  asked: an answer's
 * request's method, or NULL.  False: it is none. */
bool		 parser_head(struct parser *, struct view head, size_t empty,
		    const char *asked, struct http_head *);

enum chunk { CHUNK_BAD, CHUNK_MORE, CHUNK_END };
/* No more than a line, of chunks or what is behind them, or a piece of one.
 * What was in them is added to kept. */
enum chunk	 parser_chunk(struct parser *, struct view, struct passing *kept);

#endif
