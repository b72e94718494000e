/*
 * message.h -- for http_conn.c and http.c alone: what a connection
 * remembers of its messages.
 */
#ifndef HTTP_MESSAGE_H
#define HTTP_MESSAGE_H

#include "http/http.h"

/* A request as its answer must know it.  Held by who waits for the answer and
 * by each message of the two that is in progress. */
struct exchange {
	TAILQ_ENTRY(exchange) link;
	unsigned int	 held;
	uint64_t	 number;
	char		*method, *target, *host, *agent;	/* NULL: not seen */
};

/* The requests that wait for an answer, the oldest first. */
struct exchanges {
	TAILQ_HEAD(waiting, exchange) waiting;
	unsigned int	 n;
	uint64_t	 begun;		/* numbers given */
	uint64_t	 forgotten;	/* older than those that wait */
	bool		 unsure;	/* answers were lost */
	struct budget	*budget;
};

void	 exchanges_init(struct exchanges *, struct budget *);
void	 exchanges_free(struct exchanges *);
/* Both return it held; NULL: budget spent. */
struct exchange *exchange_ask(struct exchanges *);	/* a request: the caller fills it in */
struct exchange *exchange_answer(struct exchanges *);	/* the one that an answer is for */
/* Which request would that be?  NULL: one that was not seen. */
struct exchange *exchange_next(const struct exchanges *);
bool		 exchanges_forget(struct exchanges *);	/* the oldest; false: there are few */
void		 exchange_drop(struct exchange *);	/* NULL is fine */

/* What is kept of a body of unknown length that passes by. */
struct passing {
	struct buf	 buf;		/* all of it, or its beginning and its latest bytes */
	struct http_want want;
	uint64_t	 total;		/* bytes that passed */
	bool		 full;		/* no memory: what came then is lost */
};

void	 passing_init(struct passing *, struct budget *, struct http_want);
void	 passing_add(struct passing *, struct view);
struct http_body passing_body(const struct passing *, bool torn);

/* The same of a body that is there. */
struct http_body body_ends(struct view, struct http_want, bool torn);

/* Does a message begin at v?  PROBE_CLIENT: a request; PROBE_SERVER: an answer.
 * posts: requests that carry something are meant only. */
enum probe start_line(struct view v, bool posts);
size_t	 empty_lines(struct view);	/* bytes of them at its beginning */
size_t	 line_len(struct view);		/* of its first line, or what is there of it */

/* A head, as sent, ends with an empty line.  Make its folded lines one
 * (RFC 9112 5.2), so that a value is one run of bytes. */
void	 head_unfold(struct buf *head);
/* Does its first line end as a request's must?  What only looks like one
 * should be found out before the head's end is looked for. */
bool	 head_versioned(struct view head);
/* Has the body a content coding that we know?  RFC 9110 8.4.1. */
bool	 head_coded(const struct http_message *);

#endif
