/* flow.h -- the table of TCP connections: look up, begin, expire, evict. */
#ifndef FLOW_H
#define FLOW_H

#include "engine/dissect.h"
#include "engine/pkt.h"

struct flow_table;

/* Flows charge to the world's budget.  protos: tcp_protos, or a test's own. */
struct flow_table *flow_table_new(struct world *, const struct proto_ops *const *protos);
void		 flow_packet(struct flow_table *, const struct pkt *);	/* at world->now */
void		 flow_flush(struct flow_table *);	/* the capture ends: tell what is pending, drop all flows */
void		 flow_table_free(struct flow_table *);	/* flushes */

#endif
