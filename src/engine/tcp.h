/*
 * tcp.h -- one connection's two byte streams, put in order.
 *
 * The first copy of a byte wins, as with Windows.  What a side sent after it
 * had seen bytes of the other is handed over after those bytes, whatever the
 * order in which the capture has them; a request is told before its answer.
 */
#ifndef TCP_H
#define TCP_H

#include <sys/queue.h>

#include "base/budget.h"
#include "engine/pkt.h"
#include "base/stats.h"

/* Who gets the bytes.  side is 0 or 1, as given to tcp_packet(). */
struct tcp_user {
	/* at: the last packet captured of all that this side's bytes, up to the
	 * end of the view, came in; bytes that waited are not told as new. */
	void		(*data)(void *arg, unsigned int side, const struct packet_ref *at,
			    struct view);
	/* n bytes will never come; UINT64_MAX: nobody knows how many. */
	void		(*gap)(void *arg, unsigned int side, uint64_t n);
	/* How many of the next bytes nobody wants: they are not waited for. */
	uint64_t	(*skip)(void *arg, unsigned int side);
};

/* A point in the life of a connection, in both of its clocks. */
struct tcp_time {
	int64_t		 us;
	uint32_t	 pkts;
};

TAILQ_HEAD(tcp_segs, tcp_seg);

/* Stream offsets are sequence numbers widened to 64 bits: they do not wrap. */
struct tcp_stream {
	struct tcp_segs	 segs;		/* cannot be handed over yet; in order, disjoint */
	size_t		 queued;	/* bytes that they hold */
	unsigned int	 nsegs;
	struct packet_ref	 latest;	/* of what was handed over */
	uint64_t	 next;		/* of the byte to hand over next */
	uint64_t	 floor;		/* nothing from here to next was handed over */
	uint64_t	 acked;		/* what the other side says it has */
	uint64_t	 fin;		/* where the stream ends; 0: not known */
	uint64_t	 hole_at;	/* acknowledged bytes were missed at this offset ... */
	struct tcp_time	 hole;		/* ... since then */
	uint32_t	 stray_end;	/* sequence number behind the last that was too far off */
	uint8_t		 strays;	/* such segments in a row */
	bool		 anchored;	/* the offsets mean something */
	bool		 seen;		/* this side sent a packet */
	bool		 begun;		/* data or a gap was handed over */
};

struct tcp {
	const struct tcp_user *user;
	void		*arg;
	struct budget	*budget;
	struct stats	*stats;
	struct tcp_stream s[2];
	struct tcp_time	 now;
};

void	 tcp_init(struct tcp *, const struct tcp_user *, void *arg,
	    struct budget *, struct stats *);
void	 tcp_free(struct tcp *);		/* what waits is dropped untold */

/* That side's SYN was seen: its stream starts behind isn. */
void	 tcp_syn(struct tcp *, unsigned int side, uint32_t isn);

/* A segment of that side.  Returns whether the stream moved on by it. */
bool	 tcp_packet(struct tcp *, unsigned int side, const struct pkt *,
	    const struct packet_ref *now);

bool	 tcp_waits(const struct tcp *);		/* for bytes that may come yet */
void	 tcp_tick(struct tcp *, int64_t now);	/* waits that are too long end in a gap */
void	 tcp_flush(struct tcp *);		/* all waits end */
bool	 tcp_finished(const struct tcp *);	/* both FINs were reached */

#endif
