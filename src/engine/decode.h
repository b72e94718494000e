/*
 * decode.h -- from a captured frame to TCP segments and UDP datagrams: link
 * layers, tags, tunnels, fragments.
 */
#ifndef DECODE_H
#define DECODE_H

#include "base/budget.h"
#include "engine/pkt.h"

struct decoder;
struct stats;

/* arg is handed to tcp() with each segment found, to udp(), which may be NULL,
 * with each datagram that is no tunnel's; its views live during the call. */
struct decoder	*decoder_new(struct budget *, struct stats *,
		    void (*tcp)(void *arg, const struct pkt *),
		    void (*udp)(void *arg, const struct pkt *), void *arg);
void		 decoder_free(struct decoder *);

/*
 * One frame.  dlt is libpcap's DLT_ value as a number, wire_len the frame's
 * length before snaplen cut it, now its time in microseconds (for fragment
 * expiry).  Malformed frames are counted and dropped.
 */
void		 decode_frame(struct decoder *, int dlt, struct view frame,
		    size_t wire_len, int64_t now);
bool		 decode_knows(int dlt);		/* is the link type supported? */

#endif
