/*
 * dissect.h -- the contract between the engine and the dissectors.  The
 * engine knows no protocol and a dissector knows no packet: they meet here
 * and in the tables of dissectors/table.c.
 */
#ifndef DISSECT_H
#define DISSECT_H

#include "engine/world.h"

struct fact;

/* How bytes reach a connection: over TCP, or through a pipe inside another. */
struct carrier {
	struct world	*world;
	struct budget	*budget;	/* the flow's; all that the connection keeps comes from it */
	const struct peers *peers;	/* lives as long as the connection */
	bool		 piped;		/* through a pipe, not over TCP */
	const char	*pipe;		/* its name, "atsvc"; NULL when not seen */
	bool		 midstream;	/* bytes before the first were missed */
	bool		 tls;		/* out of TLS, which a key of ours opened */
	/* Adds what the layers below know (smb.*, auth.*) to a fact; may be NULL. */
	void		(*describe)(void *arg, struct fact *);
	void		*arg;
};

enum probe_answer {
	PROBE_NO,		/* not this protocol */
	PROBE_MORE,		/* too few bytes to say */
	PROBE_CLIENT,		/* it is, and these bytes come from the client */
	PROBE_SERVER		/* it is, and these bytes come from the server */
};

enum head {
	HEAD_MORE,		/* first[] is too short: need says how much it must be */
	HEAD_PDU,		/* a PDU of len bytes, of which the first keep are wanted */
	HEAD_BAD,		/* no PDU can start here: look for the next */
	HEAD_LEAVE		/* nobody wants anything more of this connection */
};

struct extent {
	size_t		need;
	size_t		len;
	size_t		keep;	/* at most MAX_PDU; the rest is counted off unseen */
};

/*
 * A protocol that is framed into PDUs.  The framer (frame.h) buffers, skips,
 * survives gaps and resynchronises; the protocol only says where a PDU ends.
 */
struct proto_ops {
	const char	*name;			/* "smb": EVE's app_proto */
	/* Is this flow ours by its port alone, whatever its bytes say?  The server's port is sport. */
	bool		(*claims)(struct world *, const struct peers *);
	enum probe_answer	(*probe)(struct view first);	/* the first bytes of one direction */
	void		*(*conn_new)(const struct carrier *);	/* copies the carrier; NULL: budget spent */
	enum head	(*head)(void *conn, enum dir, struct view first, struct extent *);
	/*
	 * One PDU.  have holds its first bytes: all len of them, or fewer when
	 * head() kept fewer, the capture lost some, or it was cut by snaplen.
	 * have is valid during the call only.
	 */
	void		(*pdu)(void *conn, enum dir, struct view have, size_t len);
	/* Offset of the first place in v where a PDU plausibly starts, or might
	 * if more bytes were there; v.len if there is none. */
	size_t		(*resync)(struct view v);
	void		(*gap)(void *conn, enum dir);	/* whole PDUs of dir may be missing here */
	void		(*conn_free)(void *conn);	/* tells what is still open, then frees; NULL is fine */
};

/* Over TCP, in the order in which they are tried; ends with NULL. */
extern const struct proto_ops *const tcp_protos[];

/* A protocol whose messages are datagrams; asked only where there is a keyring. */
struct dgram_ops {
	uint16_t	port;			/* the server's */
	/* One message; have and len as for pdu() above.  All lives during the call only. */
	void		(*datagram)(struct world *, const struct peers *, enum dir,
			    struct view have, size_t len);
};
extern const struct dgram_ops *const udp_protos[];	/* ends with NULL */

#endif
