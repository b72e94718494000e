/*
 * probe.h -- a connection that may be ours: its first bytes are shown to every
 * dissector until one takes it, which then gets all of them.
 */
#ifndef PROBE_H
#define PROBE_H

#include "engine/dissect.h"
#include "engine/frame.h"
#include "engine/tcp.h"

struct flow;

enum connection_state {
	CONNECTION_NEW,		/* nothing says what it is yet */
	CONNECTION_OURS,		/* a dissector has it */
	CONNECTION_OTHER		/* no dissector wants it, or not any more: to be freed */
};

#define CLIENT_UNKNOWN 2	/* no side */

struct connection {
	struct world	*world;
	const struct proto_ops *const *protos;
	enum connection_state	 state;
	bool		 midstream;	/* bytes before the first were missed */
	unsigned int	 client;	/* its side: 0, 1 or CLIENT_UNKNOWN */
	unsigned int	 tries;		/* midstream, segments that began with nothing known */
	struct budget	 budget;
	struct tcp	 tcp;
	struct buf	 held;		/* first bytes of both sides, until a dissector has it */
	const struct proto_ops *ops;	/* who has, or had it */
	void		*conn;
	struct framer	 framer[2];	/* by enum dir, as spoke */
	bool		 spoke[2];
	struct peers	 peers;		/* till it is ours, side 0 is called the client */

	/* The table's own: flows that wait for bytes. */
	struct flow	*flow;
	TAILQ_ENTRY(connection) pending;
	bool		 waits;
	int64_t		 due;
};

/* ends: as if side 0 were the client.  client: its side, if that is known.
 * NULL when the budget is spent. */
struct connection	*connection_new(struct world *, const struct proto_ops *const *protos,
		    const struct peers *ends, unsigned int client, bool midstream);
void		 connection_end(struct connection *);	/* tells what waits, then frees; NULL is fine */
void		 connection_free(struct connection *);	/* what waits for bytes is dropped untold */

/* Who claims a connection by its ports alone?  *client becomes the client's side. */
const struct proto_ops *connection_claimed(struct world *, const struct proto_ops *const *protos,
		    const struct peers *ends, unsigned int *client);
/* It is given to who claimed it, in the middle of its bytes. */
void		 connection_give(struct connection *, const struct proto_ops *, unsigned int client);

#endif
