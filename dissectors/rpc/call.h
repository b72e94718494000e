/*
 * call.h -- one call of a DCE RPC connection, from its first fragment until it
 * was told: what call.c, identify.c and call-fact.c share.
 */
#ifndef CALL_H
#define CALL_H

#include "rpc/dcerpc.h"

/* One direction of a call, gathered from its fragments. */
struct rpc_stub {
	struct buf	 bytes;
	bool		 big;		/* integers are big-endian */
	bool		 torn;		/* bytes is a prefix: something is missing */
	bool		 sealed;	/* encrypted, and no key of ours opened the first fragment */
	bool		 opened;	/* it was encrypted, and a key of ours opened it */
	bool		 done;		/* its last fragment was seen, or will never be */
	unsigned int	 frags;
	size_t		 size;		/* bytes in the fragments seen */
	uint32_t	 hint;		/* the largest alloc_hint: the whole size, or what was left of it */
};

struct rpc_pending {
	TAILQ_ENTRY(rpc_pending) link;
	struct waiter	 waiter;	/* for the answer */
	struct rpc_conn	*conn;
	uint32_t	 call_id;
	uint16_t	 ctx_id, opnum;
	uint8_t		 minor;		/* of the protocol: 5.0 or 5.1 */
	const struct rpc_iface *iface;	/* NULL: held until it is known */
	const struct rpc_op *op;
	uint16_t	 major_version, minor_version;	/* of the interface, as bound */
	bool		 wide, unsure;	/* as struct rpc_context */
	bool		 has_trailer;	/* it gave the three below; else the bind did */
	bool		 trailer_lost;	/* a security trailer was announced and not captured */
	uint8_t		 auth_type, auth_level;
	uint32_t	 auth_id;
	struct rpc_stub	 req, res;
	bool		 faulted;
	uint32_t	 fault;		/* the code of its fault PDU */
	uint8_t		 object[16];	/* its object UUID, if call.object says so */
	struct packet_ref at;		/* the last packet that belongs to it */
	struct rpc_call	 call;		/* what the interface sees */
};

/*
 * Reads a stub with decode(), one of an operation's two functions, into the
 * call; decode NULL reads nothing.  Returns the fault, and the number of bytes
 * that were not read in *left, if left is not NULL.
 */
enum fault rpc_stub_read(const struct rpc_stub *, bool wide,
	    void (*decode)(struct ndr *, struct rpc_call *), struct rpc_call *, size_t *left);

/*
 * identify.c: finds out the interface of a call whose bind was missed, by its
 * verification trailer, its port or its content.  Returns the presentation
 * context, which later calls use too, or NULL if nothing tells.
 */
struct rpc_context *rpc_identify(struct rpc_pending *);

/* identify.c: of a call whose bind offered both syntaxes, with the answer
 * missed, sets p->wide to the one that its request reads in. */
void	 rpc_guess_syntax(struct rpc_pending *p);

/* call-fact.c: fills the fact's dcerpc object, and auth by the call's own
 * security context. */
void	 rpc_call_describe(const struct rpc_pending *);

#endif
