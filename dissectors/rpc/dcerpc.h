/*
 * dcerpc.h -- one connection of DCE RPC, and the functions that its files share:
 * dcerpc.c reads PDUs, bind.c knows presentation and security contexts, assoc.c
 * associations and context handles, seal.c opens what is sealed, call.c matches
 * calls and answers.
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

/* One PDU's header and security trailer, decoded.  Its views live as long as
 * the PDU. */
struct rpc_pdu {
	enum dir	 dir;
	uint8_t		 minor, ptype, flags;
	bool		 big;		/* its integers are big-endian */
	bool		 torn;		/* its end was not captured */
	bool		 first, last;	/* of its call's fragments */
	uint16_t	 auth_len;	/* bytes of the token; 0: there is no trailer */
	uint32_t	 call_id;
	size_t		 body_end;	/* offset of the security trailer, or the PDU's length */
	bool		 has_trailer;	/* captured: the next six are set */
	uint8_t		 auth_type, auth_level, auth_pad;
	uint32_t	 auth_id;
	struct view	 trailer, token;
	/* Of requests, responses and faults only: */
	uint32_t	 alloc_hint, status;
	uint16_t	 ctx_id, opnum;
	bool		 has_object;
	uint8_t		 object[16];	/* the object UUID, little-endian wire bytes */
	struct view	 head;		/* up to the body */
	struct view	 body;		/* from there to the trailer, as captured */
	size_t		 body_len;	/* as sent */
	size_t		 size;		/* bytes of the stub in this fragment, without padding */
	struct view	 stub;		/* those that were captured; decrypted if opened */
	bool		 opened;	/* it was encrypted, and a key of ours opened it */
};

/* A presentation context: which interface an id in a request means. */
struct rpc_context {
	SLIST_ENTRY(rpc_context) link;
	uint16_t	 id;
	uint8_t		 uuid[16];	/* little-endian wire bytes */
	uint16_t	 major, minor;
	const struct rpc_iface *iface;	/* NULL: none of ours */
	bool		 acked;		/* the server accepted it; else it is assumed */
	bool		 wide;		/* NDR64 */
	bool		 unsure;	/* both syntaxes were offered and the answer was not seen */
};

/* A security context: whose logon, and how well its calls are protected. */
struct rpc_auth {
	SLIST_ENTRY(rpc_auth) link;
	uint32_t	 id;
	uint8_t		 type, level;
	struct gss	*gss;
	bool		 lost;		/* the place in its key stream, after losses */
};

/* A bind or alter_context whose answer is awaited; its results are positional. */
struct rpc_offer {
	TAILQ_ENTRY(rpc_offer) link;
	uint32_t	 call_id;
	size_t		 n;
	uint16_t	 ids[];		/* of the presentation contexts */
};

TAILQ_HEAD(rpc_offers, rpc_offer);

struct rpc_assoc;
struct rpc_pending;
TAILQ_HEAD(rpc_calls, rpc_pending);

struct rpc_conn {
	struct carrier	 c;
	char		*pipe;			/* owned copy of c.pipe */
	bool		 missed;		/* a bind may have been missed */
	SLIST_HEAD(, rpc_context) contexts;
	SLIST_HEAD(, rpc_auth) auths;
	struct rpc_offers offers;
	struct rpc_calls calls;			/* oldest first */
	size_t		 n_contexts, n_auths, n_offers, n_calls;
	size_t		 n_held;		/* of the calls: those whose interface is not known */
	bool		 nameless;		/* sealed, by a logon that was not seen */
	struct rpc_assoc *assoc;		/* shared by its connections; NULL: not known yet */
	bool		 assoc_told;		/* the server said which one */
};

/* ---- bind.c: presentation and security contexts ---- */

/* Take a bind or alter_context, its answer, and a bind_nak.  The reader stands
 * behind the common header. */
void	 rpc_bind(struct rpc_conn *, const struct rpc_pdu *, struct reader);
void	 rpc_bind_ack(struct rpc_conn *, const struct rpc_pdu *, struct reader);
void	 rpc_bind_nak(struct rpc_conn *, const struct rpc_pdu *);

/* Takes the leg of a logon that the PDU's security trailer carries, if any. */
void	 rpc_auth(struct rpc_conn *, const struct rpc_pdu *);

/* Returns the security context of that id, or, for a call whose trailer does
 * not name one, the only one that there is; else NULL. */
struct rpc_auth *rpc_auth_find(const struct rpc_conn *, bool named, uint32_t id);

/* Returns the presentation context of that id, or NULL. */
struct rpc_context *rpc_context_find(struct rpc_conn *, uint16_t id);

/*
 * Makes or replaces a presentation context.  uuid is the interface's as
 * little-endian wire bytes, version has its major version in the low half.
 * Returns NULL if MAX_RPC_CONTEXTS or the budget is reached.
 */
struct rpc_context *rpc_context_put(struct rpc_conn *, uint16_t id,
	    const uint8_t uuid[16], uint32_t version);

/* Frees all contexts of the connection, and reports its logons. */
void	 rpc_bindings_free(struct rpc_conn *);

/* ---- assoc.c: associations; context handles are in iface.h ---- */

/* The client asked to be in the association of that assoc_group_id; 0 asks for
 * a new one.  [C706] 12.6.4.3, [MS-RPCE] 3.3.1.5.7. */
void	 rpc_assoc_asked(struct rpc_conn *, uint32_t group);

/* The server told the client which association it is in, [C706] 12.6.4.4. */
void	 rpc_assoc_told(struct rpc_conn *, uint32_t group);

/* The connection ends.  The last one of an association frees it, and with it
 * the context handles, [MS-RPCE] 3.3.3.7.1. */
void	 rpc_assoc_leave(struct rpc_conn *);

/* ---- seal.c: sealed and signed bodies ---- */

/* Returns whether the place in a key stream depends on seeing all that this
 * connection sends. */
bool	 rpc_keyed(const struct rpc_conn *);

/*
 * Opens the body of a request or response, or checks its signature.  If it
 * was opened, clear, an empty buf, holds the bytes that the PDU's stub shows
 * from then on: the caller frees it when it is done with the PDU.
 */
void	 rpc_unseal(struct rpc_conn *, struct rpc_pdu *, struct buf *clear);

/* Moves the place in the key stream behind a body that nobody wants. */
void	 rpc_pass(struct rpc_conn *, const struct rpc_pdu *);

/* ---- call.c: calls and their answers ---- */

/* Returns whether requests in that presentation context are wanted. */
bool	 rpc_wants_context(struct rpc_conn *, uint16_t id);

/* Returns whether a call of that id waits for its answer. */
bool	 rpc_wants_answer(struct rpc_conn *, uint32_t call_id);

/* Take a fragment of a request or response, a fault, and an orphaned PDU. */
void	 rpc_request(struct rpc_conn *, const struct rpc_pdu *);
void	 rpc_response(struct rpc_conn *, const struct rpc_pdu *);
void	 rpc_fault(struct rpc_conn *, const struct rpc_pdu *);
void	 rpc_orphaned(struct rpc_conn *, const struct rpc_pdu *);

/* PDUs of that direction may be missing here. */
void	 rpc_gap(void *conn, enum dir);

/* Tells what is known of the calls that are still open, and frees them. */
void	 rpc_calls_free(struct rpc_conn *);

#endif
