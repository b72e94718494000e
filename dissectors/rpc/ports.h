/*
 * ports.h -- TCP ports that the endpoint mapper told, for each client that
 * asked and server that was asked about.
 */
#ifndef PORTS_H
#define PORTS_H

#include "engine/dissect.h"
#include "rpc/iface.h"

/*
 * Keeps that server told client that the interface uuid (little-endian wire
 * bytes) listens on port; does nothing if it is none of ours.  A port may have
 * several interfaces.  At most MAX_RPC_PORTS rows are kept; the oldest makes
 * room.
 */
void	 ports_learn(struct world *, const struct addr *client,
	    const struct addr *server, uint16_t port, const uint8_t uuid[16]);

/*
 * Walks through the interfaces that were told to listen on the server's port
 * of that connection: returns the first one for after == NULL, then the one
 * behind after, and NULL at the end.  Their order means nothing.
 */
const struct rpc_iface *ports_next(struct world *, const struct peers *,
	    const struct rpc_iface *after);

#endif
