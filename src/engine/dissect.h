/*
 * dissect.h -- the contract between the engine and the dissectors.  The
 * engine knows no protocol and a dissector knows no packet: they meet here
 * and in the tables of dissectors/table.c.
 */
#ifndef DISSECT_H
#define DISSECT_H

#include "engine/world.h"

struct fact;

/* What carries a connection: TCP, TLS, or a named pipe inside SMB. */
struct carrier {
	struct world	*world;
	struct budget	*budget;	/* the flow's: charged with all that the connection keeps */
	const struct peers *peers;	/* borrowed; outlives the connection */
	bool		 piped;		/* through a named pipe */
	const char	*pipe;		/* borrowed: the pipe's name, "atsvc"; NULL if not seen */
	bool		 midstream;	/* the connection's first bytes were missed */
	bool		 tls;		/* the bytes were decrypted from TLS */
	/* Adds the fields of the layers below (smb.*, auth.*) to a fact; may be
	 * NULL. */
	void		(*describe)(void *arg, struct fact *);
	void		*arg;
};

enum probe_answer {
	PROBE_NO,		/* not this protocol */
	PROBE_MORE,		/* too few bytes to say */
	PROBE_CLIENT,		/* this protocol, and the client sent these bytes */
	PROBE_SERVER		/* this protocol, and the server sent these bytes */
};

enum head {
	HEAD_MORE,		/* the bytes do not suffice: extent.need is set */
	HEAD_PDU,		/* a PDU starts here: extent.len and extent.keep are set */
	HEAD_BAD,		/* no PDU can start here: look for the next */
	HEAD_LEAVE		/* the protocol wants no more bytes of this direction */
};

/* The answer of head(), in bytes from the start of the PDU. */
struct extent {
	size_t		need;	/* how many bytes head() must see */
	size_t		len;	/* the length of the PDU */
	size_t		keep;	/* how many of them pdu() wants, MAX_PDU at most */
};

/*
 * A protocol whose byte streams consist of PDUs.  The framer (frame.h) buffers,
 * skips and finds its way again after a gap; the protocol only says where a PDU
 * ends.  All views are valid during the call only.
 */
struct proto_ops {
	const char	*name;			/* as EVE's app_proto: "smb" */
	/* Returns whether the protocol is known to be spoken on the server's
	 * port (peers->sport), so that no probe is needed.  May be NULL. */
	bool		(*claims)(struct world *, const struct peers *);
	/* Returns whether the first bytes of a direction are of this
	 * protocol. */
	enum probe_answer	(*probe)(struct view first);
	/* Returns the protocol's state for a new connection, to be freed with
	 * conn_free(); the carrier is copied.  NULL: the budget is spent, or
	 * the protocol does not want the connection. */
	void		*(*conn_new)(const struct carrier *);
	/* Returns what starts at the first byte, and fills the extent. */
	enum head	(*head)(void *conn, enum dir, struct view first, struct extent *);
	/* Takes a PDU of len bytes.  have holds its first bytes: fewer than len
	 * if head() kept fewer, or some were not captured. */
	void		(*pdu)(void *conn, enum dir, struct view have, size_t len);
	/* Returns the offset of the first place in v where a PDU plausibly
	 * starts, or could start if more bytes were there; v.len if there is
	 * none. */
	size_t		(*resync)(struct view v);
	/* Says that PDUs of that direction may be missing before the next. */
	void		(*gap)(void *conn, enum dir);
	/* Reports what is still pending, then frees the state.  NULL is
	 * allowed. */
	void		(*conn_free)(void *conn);
};

/* The protocols over TCP, in the order in which they are tried; ends with
 * NULL. */
extern const struct proto_ops *const tcp_protos[];

/* A protocol over UDP.  These are used only if the operator gave secrets. */
struct dgram_ops {
	uint16_t	port;			/* the server's, in host order */
	/* Takes one message; have and len are as for pdu() above.  The peers
	 * and the bytes are valid during the call only. */
	void		(*datagram)(struct world *, const struct peers *, enum dir,
			    struct view have, size_t len);
};
extern const struct dgram_ops *const udp_protos[];	/* ends with NULL */

#endif
