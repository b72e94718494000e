/*
 * tcp.h -- puts the two byte streams of one connection in order (RFC 9293).
 *
 * If a byte is sent twice, the first copy counts, as in Windows.  Bytes that a
 * side sent after it had acknowledged bytes of the other side are handed over
 * after those, whatever their order in the capture: so a request comes before
 * its answer.
 */
#ifndef TCP_H
#define TCP_H

#include <sys/queue.h>

#include "base/budget.h"
#include "engine/pkt.h"
#include "base/stats.h"

/* The callbacks that take the streams.  arg is that of tcp_init(), and side is
 * 0 or 1, as given to tcp_packet(). */
struct tcp_user {
	/* Takes the next bytes of a side.  The view and at are valid during the
	 * call only.  at is the latest packet in the capture, of all that
	 * brought this side's bytes up to the end of the view. */
	void		(*data)(void *arg, unsigned int side, const struct packet_ref *at,
			    struct view);
	/* The next n bytes are missing and will not come; UINT64_MAX if their
	 * number is unknown. */
	void		(*gap)(void *arg, unsigned int side, uint64_t n);
	/* Returns how many of the next bytes are not needed.  If they are
	 * missing, the stream goes on without waiting for them. */
	uint64_t	(*skip)(void *arg, unsigned int side);
};

/* A point in the life of a connection, measured in two ways. */
struct tcp_time {
	int64_t		 us;		/* packet time in microseconds */
	uint32_t	 pkts;		/* packets of this connection */
};

TAILQ_HEAD(tcp_segs, tcp_seg);

/* Stream offsets are sequence numbers widened to 64 bits: they do not wrap. */
struct tcp_stream {
	struct tcp_segs	 segs;		/* wait to be handed over; by offset, disjoint */
	size_t		 queued;	/* payload bytes in segs */
	unsigned int	 nsegs;
	struct packet_ref	 latest;	/* the latest packet of what was handed over */
	uint64_t	 next;		/* offset of the byte to hand over next */
	uint64_t	 floor;		/* no byte from here to next was handed over */
	uint64_t	 acked;		/* end of what the other side acknowledged */
	uint64_t	 fin;		/* offset of the end of the stream; 0 if unknown */
	uint64_t	 hole_at;	/* acknowledged bytes are missing at this offset ... */
	struct tcp_time	 hole;		/* ... since then */
	uint32_t	 stray_end;	/* sequence number behind the last stray segment */
	uint8_t		 strays;	/* segments in a row far outside the window */
	bool		 anchored;	/* a sequence number was seen: offsets are valid */
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

/* Makes an empty connection.  It borrows the pointers, which must outlive it;
 * arg is for the callbacks.  Segments that wait are charged to the budget. */
void	 tcp_init(struct tcp *, const struct tcp_user *, void *arg,
	    struct budget *, struct stats *);

/* Frees the segments that wait, without handing them over, but not the struct.
 * Call tcp_flush() first to get them. */
void	 tcp_free(struct tcp *);

/* Takes the initial sequence number, in host order, of a side whose SYN was
 * seen: its stream starts at isn + 1. */
void	 tcp_syn(struct tcp *, unsigned int side, uint32_t isn);

/*
 * Takes a segment that a side sent, and calls the callbacks for all that can
 * be handed over now.  Payload that must wait is copied.  now is the packet's
 * reference and time.  If memory is short, missing bytes are given up early.
 * Returns whether the next offset of that side's stream changed.
 */
bool	 tcp_packet(struct tcp *, unsigned int side, const struct pkt *,
	    const struct packet_ref *now);

/* Returns whether bytes are held back, or are missing and may still come. */
bool	 tcp_waits(const struct tcp *);

/* Takes the packet time in microseconds: bytes that have been missing for too
 * long are reported as a gap, and what waited for them is handed over. */
void	 tcp_tick(struct tcp *, int64_t now);

/* Ends all waiting: hands over all segments, with gaps where bytes are
 * missing. */
void	 tcp_flush(struct tcp *);

/* Returns whether both streams were handed over up to their FINs. */
bool	 tcp_finished(const struct tcp *);

#endif
