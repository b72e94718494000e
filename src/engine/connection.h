/*
 * connection.h -- a TCP connection that carries data: the bytes of both sides,
 * put in order, and the protocol that has them once the probe has found it.
 * A side is 0 or 1, as the flow table numbers them.
 */
#ifndef CONNECTION_H
#define CONNECTION_H

#include "engine/probe.h"
#include "engine/proto-conn.h"
#include "engine/tcp.h"

struct flow;

enum connection_state {
	CONNECTION_NEW,		/* the probe goes on */
	CONNECTION_OURS,	/* a protocol has it */
	CONNECTION_OTHER	/* no protocol wants it, or not any more: to be freed */
};

struct connection {
	struct world	*world;
	enum connection_state state;
	bool		 midstream;	/* bytes before the first were missed */
	unsigned int	 client;	/* its side, or CLIENT_UNKNOWN */
	struct budget	 budget;	/* for everything below; MAX_FLOW_MEM */
	struct peers	 peers;		/* until it is ours, side 0 is called the client */
	struct tcp	 tcp;
	struct probe	 probe;
	struct proto_conn *proto;	/* NULL until it is ours */

	/* The flow table's own. */
	struct flow	*flow;
	TAILQ_ENTRY(connection) pending;	/* of those whose tcp waits for bytes */
	bool		 waits;		/* is in that list */
	int64_t		 due;		/* microseconds of packet time */
};

/*
 * Makes a connection, with memory of the world's budget.  ends are the two
 * hosts as if side 0 were the client; client is the client's side, or
 * CLIENT_UNKNOWN; protos is as for probe_init().  Returns NULL when the budget
 * is spent.
 */
struct connection *connection_new(struct world *, const struct proto_ops *const *protos,
		    const struct peers *ends, unsigned int client, bool midstream);

/* Hands over what waits in tcp and in the framers, then frees.  NULL is
 * fine. */
void	 connection_end(struct connection *);

/* Frees; what waits is dropped.  NULL is fine. */
void	 connection_free(struct connection *);

/* Gives the connection to a protocol that claims it by its ports, in the
 * middle of its bytes.  The state says whether the protocol took it. */
void	 connection_give(struct connection *, const struct proto_ops *, unsigned int client);

#endif
