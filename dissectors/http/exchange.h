/*
 * exchange.h -- the requests of a connection that wait for their responses, RFC
 * 9112 9.3.
 */
#ifndef HTTP_EXCHANGE_H
#define HTTP_EXCHANGE_H

#include <sys/queue.h>

#include "base/budget.h"

/* A request as far as its response must know it.  The waiting list and each of
 * the two messages that is in progress hold it. */
struct exchange {
	TAILQ_ENTRY(exchange) link;
	unsigned int	 held;		/* by so many */
	uint64_t	 number;	/* from 1 */
	char		*method, *target, *host, *agent;	/* owned; NULL: not seen */
};

struct exchanges {
	TAILQ_HEAD(waiting, exchange) waiting;	/* oldest first */
	unsigned int	 n;		/* that wait */
	uint64_t	 begun;		/* numbers given */
	uint64_t	 forgotten;	/* requests older than those that wait */
	bool		 unsure;	/* responses may have been lost */
	struct budget	*budget;
};

/* Makes an empty list, whose exchanges are charged to the budget. */
void		 exchanges_init(struct exchanges *, struct budget *);

/* Releases all that wait. */
void		 exchanges_free(struct exchanges *);

/* Makes room for one more request: forgets the oldest if MAX_HTTP_EXCHANGES
 * wait.  Returns whether it did. */
bool		 exchanges_forget(struct exchanges *);

/* Returns the request that the next response answers, or NULL if that was not
 * seen.  It belongs to the list. */
struct exchange *exchange_next(const struct exchanges *);

/* Returns a new exchange that waits for its response; the caller holds it and
 * fills in the texts.  NULL: the budget is spent. */
struct exchange *exchange_request(struct exchanges *);

/* Returns the exchange of a response, which waits no longer; one without texts
 * if its request was not seen.  The caller holds it.  NULL: the budget is
 * spent. */
struct exchange *exchange_response(struct exchanges *);

/* Ends a hold, and frees the exchange after the last.  NULL is accepted. */
void		 exchange_release(struct exchange *);

#endif
