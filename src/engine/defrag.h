/* defrag.h -- IPv4 and IPv6 datagrams, put together from their fragments. */
#ifndef DEFRAG_H
#define DEFRAG_H

#include "base/addr.h"
#include "base/budget.h"

struct defrag;
struct stats;

struct frag {
	struct addr	src, dst;
	uint32_t	scope;		/* as in struct pkt */
	uint32_t	id;
	uint32_t	off;		/* bytes */
	bool		more;
	uint8_t		proto;		/* of what the datagram carries */
	struct view	data;		/* all of it */
};

struct datagram {
	uint8_t		*p;		/* the caller's, for budget_free(); NULL: not complete yet */
	size_t		 len;
	uint8_t		 proto;
};

struct defrag	*defrag_new(struct budget *, struct stats *);
void		 defrag_free(struct defrag *);	/* NULL is fine */

/* now is packet time in microseconds.  Of bytes sent twice the first count. */
struct datagram	 defrag_add(struct defrag *, const struct frag *, int64_t now);

#endif
