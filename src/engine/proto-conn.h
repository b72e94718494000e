/*
 * proto-conn.h -- a protocol's view of one connection: its state, and a framer
 * for each direction.  Its bytes come out of TCP, out of a named pipe inside
 * SMB, or out of TLS.
 */
#ifndef PROTO_CONN_H
#define PROTO_CONN_H

#include "engine/frame.h"

struct proto_conn {
	const struct proto_ops *ops;
	void		*conn;		/* of ops->conn_new() */
	struct framer	 framer[2];	/* by enum dir */
	bool		 spoke[2];	/* bytes of that direction were handed over */
};

/*
 * Begins a connection of a protocol, with memory of carrier->budget.  lost, by
 * enum dir: the next bytes of that direction need not start a PDU.  Returns
 * NULL when the budget is spent or the protocol wants nothing of it.
 */
struct proto_conn *proto_conn_new(const struct proto_ops *, const struct carrier *,
		    const bool lost[2]);

/* Takes the next bytes of a direction, in order. */
void	 proto_conn_data(struct proto_conn *, enum dir, struct view);

/* The next n bytes of a direction will never come; UINT64_MAX: nobody knows
 * how many.  Does nothing for NULL. */
void	 proto_conn_gap(struct proto_conn *, enum dir, uint64_t n);

/* Returns whether nothing more is to be expected: the protocol has left, or
 * each direction that spoke was searched in vain. */
bool	 proto_conn_over(const struct proto_conn *);

/* No more bytes will come: a PDU in progress is told as it is.  NULL is
 * fine. */
void	 proto_conn_end(struct proto_conn *);

/* Frees it and the protocol's state.  A PDU in progress is dropped, so call
 * proto_conn_end() first where it counts.  NULL is fine. */
void	 proto_conn_free(struct proto_conn *);

#endif
