/* defrag.h -- puts IPv4 and IPv6 datagrams together from their fragments. */
#ifndef DEFRAG_H
#define DEFRAG_H

#include "base/addr.h"
#include "base/budget.h"

struct defrag;
struct stats;

/* A fragment.  All numbers are in host order. */
struct frag {
	struct addr	src, dst;
	uint32_t	scope;		/* as in struct pkt */
	uint32_t	id;		/* the datagram's Identification */
	uint32_t	off;		/* place of data in the datagram, in bytes */
	bool		more;		/* the More Fragments flag */
	uint8_t		proto;		/* protocol number of the datagram's payload */
	struct view	data;		/* all bytes of the fragment, borrowed */
};

/* A datagram's payload. */
struct datagram {
	uint8_t		*p;		/* NULL if there is none */
	size_t		 len;
	uint8_t		 proto;		/* its protocol number */
};

/* Makes an empty store of fragments.  The budget, which is charged with all of
 * them, and the stats must outlive it.  Returns NULL when the budget is
 * spent. */
struct defrag	*defrag_new(struct budget *, struct stats *);

/* Frees the store and its fragments.  NULL is allowed. */
void		 defrag_free(struct defrag *);

/*
 * Adds a copy of a fragment; of bytes that come twice the first count.  now is
 * packet time in microseconds: incomplete datagrams expire after FRAG_TIMEOUT
 * seconds.  Returns the payload that this fragment completes, to be freed by
 * the caller with budget_free(); else p is NULL.  A fragment that is malformed,
 * or for which there is no room, is counted and dropped.  RFC 791 3.2, RFC 8200
 * 4.5.
 */
struct datagram	 defrag_add(struct defrag *, const struct frag *, int64_t now);

#endif
