/*
 * dcerpc.h -- what the parts of DCE RPC share: dcerpc.c reads PDUs, bind.c
 * knows contexts and logons, seal.c opens what is sealed, call.c matches calls
 * and answers.
 */
#ifndef DCERPC_H
#define DCERPC_H

#include "engine/dissect.h"
#include "rpc/iface.h"

struct gss;

/* DCE RPC over TCP, and on named pipes. */
extern const struct proto_ops dcerpc_proto;

/* Authentication levels, [MS-RPCE] 2.2.1.1.8. */
enum { LEVEL_NONE = 1, LEVEL_CONNECT, LEVEL_CALL, LEVEL_PKT, LEVEL_INTEGRITY, LEVEL_PRIVACY };

/* One PDU's header and trailer, decoded. */
struct rpc_pdu {
	enum dir	 dir;
	uint8_t		 minor, ptype, flags;
	bool		 big;		/* its drep: integers are big-endian */
	bool		 torn;		/* its end was not captured */
	bool		 first, last;	/* of its fragments */
	uint16_t	 auth_len;
	uint32_t	 call_id;
	size_t		 body_end;	/* offset of the security trailer, or the PDU's length */
	bool		 has_trailer;
	uint8_t		 auth_type, auth_level, auth_pad;
	uint32_t	 auth_id;
	struct view	 trailer, token;
	/* Requests, responses and faults only: */
	uint32_t	 alloc_hint, status;
	uint16_t	 ctx_id, opnum;
	struct view	 head;		/* up to the stub */
	struct view	 body;		/* from there to the trailer, as captured */
	size_t		 body_len;
	size_t		 size;		/* stub bytes in this fragment, padding left out */
	struct view	 stub;		/* those that were captured; in the clear once opened */
	bool		 opened;	/* it was sealed, and a key of ours opened it */
};

/* A presentation context: what an id in a request means. */
struct rpc_context {
	SLIST_ENTRY(rpc_context) link;
	uint16_t	 id;
	uint8_t		 uuid[16];
	uint16_t	 major, minor;
	const struct rpc_iface *iface;	/* NULL: none of ours */
	bool		 acked;		/* the server accepted it; else assumed */
	bool		 wide;		/* NDR64 */
	bool		 unsure;	/* both were offered and the answer was not seen */
};

/* A security context: who, and how well protected. */
struct rpc_auth {
	SLIST_ENTRY(rpc_auth) link;
	uint32_t	 id;
	uint8_t		 type, level;
	struct gss	*gss;
	bool		 lost;		/* its key stream, after losses */
};

/* A bind or alter_context whose answer is awaited; results are positional. */
struct rpc_offer {
	TAILQ_ENTRY(rpc_offer) link;
	uint32_t	 call_id;
	size_t		 n;
	uint16_t	 ids[];
};

TAILQ_HEAD(rpc_offers, rpc_offer);

struct rpc_pending;
TAILQ_HEAD(rpc_calls, rpc_pending);

struct rpc_conn {
	struct carrier	 c;
	char		*pipe;			/* c.pipe's copy */
	bool		 missed;		/* a bind may have been missed */
	SLIST_HEAD(, rpc_context) contexts;
	SLIST_HEAD(, rpc_auth) auths;
	struct rpc_offers offers;
	struct rpc_calls calls;			/* oldest first */
	size_t		 n_contexts, n_auths, n_offers, n_calls, n_held;
	bool		 nameless;	/* sealed, by a logon that was not seen */
};

/* bind.c */
void	 rpc_bind(struct rpc_conn *, const struct rpc_pdu *, struct reader);
void	 rpc_bind_ack(struct rpc_conn *, const struct rpc_pdu *, struct reader);
void	 rpc_bind_nak(struct rpc_conn *, const struct rpc_pdu *);
void	 rpc_auth(struct rpc_conn *, const struct rpc_pdu *);	/* a leg of a logon, if the PDU carries one */
/* The context that a call's trailer names; without a trailer, the only one there is. */
struct rpc_auth *rpc_auth_find(const struct rpc_conn *, bool named, uint32_t id);
struct rpc_context *rpc_context_find(struct rpc_conn *, uint16_t id);
/* Make or replace a context; NULL when the limit or the budget is reached. */
struct rpc_context *rpc_context_put(struct rpc_conn *, uint16_t id,
	    const uint8_t uuid[16], uint32_t version);
void	 rpc_bindings_free(struct rpc_conn *);

/* seal.c */
/* Do keys of this connection depend on seeing all that is sent? */
bool	 rpc_keyed(const struct rpc_conn *);
/* Open a request's or response's body, or check its signature.  clear, an
 * empty buf, then holds what stub shows. */
void	 rpc_unseal(struct rpc_conn *, struct rpc_pdu *, struct buf *clear);
/* A body that nobody wants: its keys go on behind it. */
void	 rpc_pass(struct rpc_conn *, const struct rpc_pdu *);

/* call.c */
bool	 rpc_wants_context(struct rpc_conn *, uint16_t id);
bool	 rpc_wants_answer(struct rpc_conn *, uint32_t call_id);
void	 rpc_request(struct rpc_conn *, const struct rpc_pdu *);
void	 rpc_response(struct rpc_conn *, const struct rpc_pdu *);
void	 rpc_fault(struct rpc_conn *, const struct rpc_pdu *);
void	 rpc_orphaned(struct rpc_conn *, const struct rpc_pdu *);
void	 rpc_gap(void *conn, enum dir);
void	*rpc_conn_new(const struct carrier *);
void	 rpc_conn_free(void *conn);

#endif
