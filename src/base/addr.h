/* addr.h -- who talks to whom, and when. */
#ifndef ADDR_H
#define ADDR_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/limits.h"

enum dir { C2S, S2C };			/* client to server, server to client */

struct addr {
	uint8_t		b[16];		/* network order; IPv4 in the first four, the rest zero */
	bool		v6;
};

static inline bool
addr_eq(const struct addr *a, const struct addr *b)
{
	return a->v6 == b->v6 && memcmp(a->b, b->b, sizeof(a->b)) == 0;
}

/* An order of addresses, for trees. */
static inline int
addr_cmp(const struct addr *a, const struct addr *b)
{
	return a->v6 != b->v6 ? a->v6 - b->v6 : memcmp(a->b, b->b, sizeof(a->b));
}

/* As text; IPv6 as in RFC 5952, which inet_ntop() follows, but it takes ::1:2
 * for an IPv4 address. */
#define ADDR_TEXT	46
void	 addr_text(const struct addr *, char out[ADDR_TEXT]);

/* The packet that the engine is looking at. */
struct packet_ref {
	int64_t		 us;		/* microseconds since the epoch, packet time */
	uint64_t	 pkt;		/* its number in its file, from 1 */
	const char	*source;	/* pcap file's base name, or the interface; never freed */
};

/* A connection as the world sees it: the client calls, the server answers. */
struct peers {
	struct addr	client, server;
	uint16_t	cport, sport;		/* host order */
	uint16_t	vlan[MAX_VLANS];	/* outer to inner */
	uint8_t		nvlan;
	uint64_t	flow_id;		/* below 2^51 */
};

#endif
