/* parser.h -- one HTTP message as libhtp reads it: its head and its chunks. */
#ifndef HTTP_PARSER_H
#define HTTP_PARSER_H

#include "base/addr.h"
#include "http/body.h"

/* How the end of a body is found, RFC 9112 6.3. */
enum framing { BODY_NONE, BODY_LENGTH, BODY_CHUNKS, BODY_TO_END };

struct http_head {
	struct view	 method, target, host;	/* of a request; borrowed from the parser */
	unsigned int	 status;	/* of a response */
	bool		 interim;	/* a 1xx response, which another follows: RFC 9110 15.2 */
	enum framing	 framing;
	uint64_t	 length;	/* bytes, of BODY_LENGTH; above 0 */
};

struct parser;

/* Makes a parser of one message.  head_len is the length of its head, for what
 * is charged to the budget.  Returns NULL when that is spent. */
struct parser	*parser_new(struct budget *, enum dir, size_t head_len);

/* Frees the parser.  NULL is accepted. */
void		 parser_free(struct parser *);

/*
 * Reads a whole head, whose last line, the empty one, is at the offset empty.
 * method is that of the request a response answers, or NULL.  Returns false if
 * it is no head that HTTP allows.
 */
bool		 parser_head(struct parser *, struct view head, size_t empty,
		    const char *method, struct http_head *);

enum chunk {
	CHUNK_BAD,		/* malformed, or trailers beyond the limit */
	CHUNK_MORE,
	CHUNK_END		/* the message ended */
};

/* Reads the next bytes of a body in chunks, at most a line: of a chunk, its
 * size or the trailers.  Content is added to the buffer. */
enum chunk	 parser_chunk(struct parser *, struct view, struct body_buffer *);

#endif
