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

/*
 * Makes a decoder.  tcp() takes each TCP segment, and udp(), which may be NULL,
 * each UDP datagram that is not a tunnel's; both get arg, and the packet and
 * its payload are valid during the call only.  The budget and stats must
 * outlive the decoder, which decoder_free() frees.  Returns NULL when the
 * budget is spent.
 */
struct decoder	*decoder_new(struct budget *, struct stats *,
		    void (*tcp)(void *arg, const struct pkt *),
		    void (*udp)(void *arg, const struct pkt *), void *arg);

/* Frees the decoder and the fragments that it keeps.  NULL is allowed. */
void		 decoder_free(struct decoder *);

/*
 * Takes one frame, from its link layer on.  dlt is libpcap's DLT_ number,
 * wire_len the frame's length in bytes before snaplen cut it, and now its time
 * in microseconds, by which fragments expire.  Bytes of fragments are copied.
 * A malformed frame is counted and dropped.
 */
void		 decode_frame(struct decoder *, int dlt, struct view frame,
		    size_t wire_len, int64_t now);

/* Returns whether frames of that link type (a DLT_ number) can be decoded. */
bool		 decode_knows(int dlt);

#endif
