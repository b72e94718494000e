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
 * bytes) listens on port.  At most MAX_RPC_PORTS are kept; the oldest makes
 * room.
 */
void	 ports_learn(struct world *, const struct addr *client,
	    const struct addr *server, uint16_t port, const uint8_t uuid[16]);

/*
 * Returns the interface that was told to listen on the server's port of that
 * connection, or NULL if it is none of ours.  *known says whether the port was
 * told at all.
 */
const struct rpc_iface *ports_find(struct world *, const struct peers *, bool *known);

#endif
