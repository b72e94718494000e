/*
 * frame.h -- one direction of a byte stream, cut into a protocol's PDUs.
 * Used for TCP streams and for the pipes inside SMB alike.
 */
#ifndef FRAME_H
#define FRAME_H

#include "engine/dissect.h"

struct framer {
	const struct proto_ops *ops;
	void		*conn;
	struct world	*world;
	enum dir	 dir;
	struct buf	 buf;		/* the PDU being gathered, from its first byte */
	size_t		 need;		/* bytes the buffer must hold before head() is asked again */
	size_t		 pdu;		/* the length of that PDU, once head() told it; else 0 */
	size_t		 keep;		/* bytes of it that are wanted */
	uint64_t	 skip;		/* bytes to count off unseen */
	bool		 lost;		/* looking for the start of a PDU */
	bool		 left;		/* the protocol wants no more */
	uint64_t	 searched;	/* bytes looked at since it was lost */
};

void	 frame_init(struct framer *, const struct proto_ops *, void *conn,
	    struct world *, struct budget *, enum dir, bool lost);

/* The next bytes in order.  Calls pdu() for each PDU that they complete. */
void	 frame_push(struct framer *, struct view);

/* The next n bytes will never come.  Inside a skip that is no loss; inside a
 * PDU whose length is known it is told with what there is, and framing goes
 * on behind it; else the framer is lost and gap() is called. */
void	 frame_gap(struct framer *, uint64_t n);

/* No more bytes.  A PDU in progress whose header was seen is told as it is. */
void	 frame_end(struct framer *);
void	 frame_free(struct framer *);

/* MAX_RESYNC bytes were searched in vain: nothing is to be expected here. */
bool	 frame_hopeless(const struct framer *);

#endif
