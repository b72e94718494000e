/* addr.h -- addresses, the ends of a connection, and references to packets. */
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

/* Returns whether both are the same address of the same family. */
static inline bool
addr_eq(const struct addr *a, const struct addr *b)
{
	return a->v6 == b->v6 && memcmp(a->b, b->b, sizeof(a->b)) == 0;
}

/* Compares as strcmp() does, for trees: IPv4 before IPv6, then by bytes. */
static inline int
addr_cmp(const struct addr *a, const struct addr *b)
{
	return a->v6 != b->v6 ? a->v6 - b->v6 : memcmp(a->b, b->b, sizeof(a->b));
}

/* Writes an address as text with its NUL; IPv6 as RFC 5952 4 and 5 recommend. */
#define ADDR_TEXT	46	/* bytes of the longest */
void	 addr_text(const struct addr *, char out[ADDR_TEXT]);

/* A packet by its time and place, for records. */
struct packet_ref {
	int64_t		 us;		/* microseconds since the epoch, packet time */
	uint64_t	 pkt;		/* its number in the file, from 1 */
	const char	*source;	/* the pcap file's base name, or the interface; borrowed */
};

/* The two ends of a connection, as a key of tables: there is no padding. */
struct hosts {
	struct addr	client, server;
};

/* A connection by its ends: the client sent the first request. */
struct peers {
	union {
		struct {
			struct addr	client, server;
		};
		struct hosts	hosts;		/* the same two */
	};
	uint16_t	cport, sport;		/* host order */
	uint16_t	vlan[MAX_VLANS];	/* outer to inner */
	uint8_t		nvlan;
	uint64_t	flow_id;		/* as in records; below 2^51 */
};

#endif
