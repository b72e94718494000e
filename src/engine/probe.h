/*
 * probe.h -- which protocol is it?  The first bytes of a connection are shown
 * to each protocol's probe(); if none knows them, a protocol may claim the
 * connection by its ports.  The bytes are held meanwhile, so that the protocol
 * gets all of them.
 */
#ifndef PROBE_H
#define PROBE_H

#include "engine/dissect.h"

#define CLIENT_UNKNOWN 2	/* in place of a side, which is 0 or 1 */

struct probe {
	struct world	*world;
	const struct proto_ops *const *protos;	/* in the order of trial; ends with NULL */
	struct buf	 held;		/* pieces of both sides, see probe_next() */
	unsigned int	 tries;		/* midstream, segments whose first bytes nobody knew */
};

/* What a probe found. */
struct probe_found {
	const struct proto_ops *ops;	/* NULL: no protocol takes the connection */
	unsigned int	 client;	/* its side */
	bool		 in_step[2];	/* by side: its first bytes start a PDU */
};

/* Begins a probe.  The bytes that it holds are of the budget. */
void	 probe_init(struct probe *, struct world *, const struct proto_ops *const *protos,
	    struct budget *);

/*
 * Takes the next bytes of a side.  ends are the two hosts as if side 0 were
 * the client, client is the client's side if known.  midstream: bytes before
 * the first were missed, so each segment may be the first that starts a PDU.
 * Returns true when it is decided: *found is set then, and the bytes held
 * come before v; else v is held with them or dropped.
 */
bool	 probe_bytes(struct probe *, unsigned int side, struct view v, const struct peers *ends,
	    unsigned int client, bool midstream, struct probe_found *found);

/* Reads the next piece that was held, in the order of arrival; r is opened
 * over probe->held.  Returns false behind the last one. */
bool	 probe_next(struct reader *r, unsigned int *side, struct view *);

/* Drops the bytes that are held.  The probe may be used again. */
void	 probe_free(struct probe *);

/*
 * Which protocol claims a connection by its ports alone?  ends are as above.
 * *client is the client's side, or CLIENT_UNKNOWN and then set.  Returns NULL
 * if no protocol does.
 */
const struct proto_ops *probe_ports(struct world *, const struct proto_ops *const *protos,
	    const struct peers *ends, unsigned int *client);

/* Returns the same two ends with client and server exchanged. */
struct peers probe_turned(struct peers);

#endif
