/* flow.h -- the table of TCP connections: finds, begins, expires and evicts. */
#ifndef FLOW_H
#define FLOW_H

#include "engine/dissect.h"
#include "engine/pkt.h"

struct flow_table;

/* Makes an empty table, charged to the world's budget as its flows are.  The
 * world must outlive it, and so must protos, which ends with NULL (tcp_protos,
 * or a test's own).  Returns NULL when the budget is spent. */
struct flow_table *flow_table_new(struct world *, const struct proto_ops *const *protos);

/* Takes one TCP segment, captured at world->now.  Its payload is copied where
 * it must wait.  When memory is short, idle flows are ended to make room. */
void		 flow_packet(struct flow_table *, const struct pkt *);

/* Ends all flows, oldest first: the protocols get the bytes that waited.  The
 * table is empty then and can be used again. */
void		 flow_flush(struct flow_table *);

/* Ends all flows as flow_flush() does, and frees the table.  NULL is
 * allowed. */
void		 flow_table_free(struct flow_table *);

#endif
