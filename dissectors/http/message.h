/*
 * message.h -- the heads of HTTP messages: start lines and header fields, RFC
 * 9112 2 to 5.
 */
#ifndef HTTP_MESSAGE_H
#define HTTP_MESSAGE_H

#include "engine/dissect.h"

/* A message's head.  All that it points to is good for the call that it is
 * given to. */
struct http_message {
	enum dir	 dir;		/* C2S: a request; S2C: a response */
	uint64_t	 exchange;	/* number that a request and its response share, from 1 */
	const char	*method;	/* these four are the request's; NULL: not seen */
	const char	*target;
	const char	*host;
	const char	*agent;
	unsigned int	 status;	/* of a response; 0 in a request */
	const void	*fields;	/* for http_field() */
};

/* Returns the value of the nth (from 0) header field of that name, in any case;
 * p NULL: there is none. */
struct view	 http_field(const struct http_message *, const char *name, size_t nth);

/*
 * Does a message begin at these bytes?  PROBE_CLIENT: a request; PROBE_SERVER:
 * a response; PROBE_MORE: there are too few.  posts: only requests whose
 * methods carry content count.
 */
enum probe_answer	 start_line(struct view, bool posts);

/* Returns how many bytes of empty lines the view begins with.  They mean
 * nothing before a message (RFC 9112 2.2). */
size_t		 empty_lines(struct view);

/* Returns the length of the first line with its LF, or of all if there is none. */
size_t		 line_len(struct view);

/* Joins the folded lines of a whole head (RFC 9112 5.2) in place, so that each
 * field is one line. */
void		 head_unfold(struct buf *head);

/* Does the first line of a head end with an HTTP version, as a request's must? */
bool		 head_versioned(struct view head);

/* Does the body have a content coding that we can undo?  RFC 9110 8.4.1. */
bool		 head_coded(const struct http_message *);

#endif
