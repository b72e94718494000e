/*
 * frame.h -- cuts one direction of a byte stream into the PDUs of a protocol.
 * TCP streams, pipes inside SMB and the plaintext of TLS are cut alike.
 */
#ifndef FRAME_H
#define FRAME_H

#include "engine/dissect.h"

struct framer {
	const struct proto_ops *ops;
	void		*conn;		/* of ops->conn_new(); borrowed */
	struct world	*world;
	enum dir	 dir;
	struct buf	 buf;		/* the PDU being gathered, from its first byte */
	size_t		 need;		/* bytes that head() must be given next time */
	size_t		 pdu;		/* length of the PDU being gathered; 0 if unknown */
	size_t		 keep;		/* the PDU's first bytes, so many are wanted */
	uint64_t	 skip;		/* bytes to come that are not looked at */
	bool		 lost;		/* looking for the start of a PDU */
	bool		 left;		/* the protocol wants no more bytes */
	uint64_t	 searched;	/* bytes looked at since it was lost */
};

/*
 * Makes a framer for one direction.  conn, which all calls of ops get, stays
 * the caller's; it, the world and the budget must outlive the framer.  lost
 * says that the first byte need not start a PDU, so that a start is searched.
 */
void	 frame_init(struct framer *, const struct proto_ops *, void *conn,
	    struct world *, struct budget *, enum dir dir, bool lost);

/* Takes the next bytes in order, and calls ops->pdu() for each PDU that they
 * complete.  Bytes of an incomplete PDU are copied; if the budget refuses
 * that, the PDU is handed over incomplete, or the framer is lost. */
void	 frame_push(struct framer *, struct view);

/* Says that the next n bytes will not come.  A PDU of known length is handed
 * over incomplete, and framing goes on behind it if the gap ends within it.
 * Else the framer is lost and calls ops->gap(). */
void	 frame_gap(struct framer *, uint64_t n);

/* Says that no more bytes will come.  A PDU of known length is handed over
 * incomplete; bytes before that are dropped. */
void	 frame_end(struct framer *);

/* Frees the bytes that were gathered, without handing them over. */
void	 frame_free(struct framer *);

/* Returns whether MAX_RESYNC bytes were searched without finding a PDU. */
bool	 frame_hopeless(const struct framer *);

#endif
