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

enum probe {
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
	enum probe	(*probe)(struct view first);	/* the first bytes of one direction */
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
/* What speaks on a named pipe. */
extern const struct proto_ops *const pipe_proto;

/* A protocol whose messages are datagrams; asked only where there is a keyring. */
struct dgram_ops {
	uint16_t	port;			/* the server's */
	/* One message; have and len as for pdu() above.  All lives during the call only. */
	void		(*datagram)(struct world *, const struct peers *, enum dir,
			    struct view have, size_t len);
};
extern const struct dgram_ops *const udp_protos[];	/* ends with NULL */

/* ---- RPC interfaces: dcerpc hands stubs to them through this table ---- */

struct ndr;

/* One call, as an interface sees it. */
struct rpc_call {
	struct world		*world;
	const struct peers	*peers;
	struct fact		*fact;	/* NULL for interfaces that only inform (epm) */
};

struct rpc_op {
	uint16_t	 opnum;
	const char	*name;		/* "SchRpcRegisterTask" */
	const char	*action;	/* task.action when the stub cannot be read, or says no more */
	/* Read the stub's [in] or [out] parameters; either may be NULL.  Faults
	 * stay in the ndr; what was read before one is true. */
	void		(*request)(struct ndr *, struct rpc_call *);
	void		(*response)(struct ndr *, struct rpc_call *);
	/* A stub that decodes to its end and holds a task definition is proof
	 * of the interface where the bind was missed. */
	bool		 proves;
};

struct rpc_iface {
	const char	*name;		/* "ITaskSchedulerService" */
	uint8_t		 uuid[16];	/* as little-endian wire bytes */
	uint16_t	 major, minor;
	bool		 tells;		/* calls become task facts */
	const struct rpc_op *ops;
	size_t		 nops;
};
extern const struct rpc_iface *const rpc_ifaces[];	/* ends with NULL */

const struct rpc_iface	*rpc_iface_find(const uint8_t uuid[16]);
const struct rpc_op	*rpc_op_find(const struct rpc_iface *, uint16_t opnum);

/* Ports learnt from the endpoint mapper (ports.c), keyed by who asked whom. */
void	 ports_learn(struct world *, const struct addr *client,
	    const struct addr *server, uint16_t port, const uint8_t uuid[16]);
/* The interface that was said to be there: *known is whether the port was
 * learnt at all, the result NULL if it is none of ours. */
const struct rpc_iface *ports_find(struct world *, const struct peers *, bool *known);

/* ---- Contents: who has a whole text or file hands it to its parser ---- */

enum content {
	CONTENT_TASK_XML,	/* a task definition, as bytes sent: any encoding, with or without BOM */
	CONTENT_JOB,		/* a legacy .job file */
	CONTENT_GPO		/* ScheduledTasks.xml of group policy */
};

/*
 * What are these first bytes of a file?  name is its path in the share
 * (UTF-8, backslashes), which alone is not believed.  Returns false when they
 * are none of the above; *maybe then says that more bytes could change that.
 */
bool	 content_sniff(struct view first, const char *name, enum content *, bool *maybe);

enum content_got {
	CONTENT_NOT,		/* no task at all */
	CONTENT_BROKEN,		/* malformed or cut: what could be read before that is told */
	CONTENT_WHOLE
};

/* Fill o (a task fact) from a definition.  CONTENT_TASK_XML only; big: UTF-16
 * without BOM is big-endian.  Sets xml, xml_size, xml_sha256 and all that the
 * text says. */
enum content_got taskxml_read(struct fact *o, struct view v, bool big);
bool	 jobfile_read(struct fact *o, struct view v);
/* Can a .job file begin like that?  Of JOB_HEADER bytes or more: it is one. */
#define JOB_HEADER	70
bool	 jobfile_begins(struct view first);

/* Each element of a GPO file, with a fresh copy of the fact made by fresh(arg).
 * False: the file is malformed or cut; the elements before that are told. */
bool	 gpo_read(struct view v, struct fact *(*fresh)(void *arg),
	    void (*done)(void *arg, struct fact *), void *arg);

#endif
