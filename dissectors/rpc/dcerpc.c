/* dcerpc.c -- reads the PDUs of connection-oriented DCE RPC, [C706] 12.6, [MS-RPCE]. */
#include "rpc/dcerpc.h"

#include "auth/gss.h"
#include "base/limits.h"
#include "rpc/ports.h"

#define HEADER		16
#define BODY		24		/* where a stub starts without an object UUID */
#define TRAILER		8		/* sec_trailer, [MS-RPCE] 2.2.2.11 */
#define MAX_SANE_FRAG	16384		/* Windows sends 5840, Samba as much: a bound for guessing only */

enum {
	REQUEST = 0, RESPONSE = 2, FAULT = 3, BIND = 11, BIND_ACK = 12, BIND_NAK = 13,
	ALTER_CONTEXT = 14, ALTER_CONTEXT_RESP = 15, AUTH3 = 16, SHUTDOWN = 17,
	CO_CANCEL = 18, ORPHANED = 19, LAST_PTYPE = 20
};
#define PFC_FIRST	0x01
#define PFC_LAST	0x02
#define PFC_OBJECT	0x80

static bool
from_client(uint8_t ptype)
{
	return ptype == REQUEST || ptype == BIND || ptype == ALTER_CONTEXT ||
	    ptype == AUTH3 || ptype == CO_CANCEL || ptype == ORPHANED;
}

/* Returns whether a PDU can begin with these bytes, of which there may be too few
 * to be sure.  [C706] 12.6.3.1. */
static bool
sane(struct view v, size_t max_frag)
{
	struct reader r = rd_open(view_at(v, 8, 4));
	const uint8_t *p = v.p;
	uint16_t frag, auth;

	if ((v.len > 0 && p[0] != 5) || (v.len > 1 && p[1] > 1) ||
	    (v.len > 2 && p[2] > LAST_PTYPE) || (v.len > 4 && (p[4] & 0xee) != 0) ||
	    (v.len > 5 && p[5] > 3) || (v.len > 6 && p[6] != 0) || (v.len > 7 && p[7] != 0))
		return false;
	if (v.len < 12)
		return true;
	r.big = (p[4] & 0x10) == 0;
	frag = rd_u16(&r);
	auth = rd_u16(&r);
	return frag >= HEADER && frag <= max_frag &&
	    (auth == 0 || (size_t)auth + TRAILER <= (size_t)frag - HEADER);
}

/* ---- The connection ---- */

static void *
rpc_conn_new(const struct carrier *from)
{
	struct rpc_conn *c = budget_calloc(from->budget, 1, sizeof(*c));

	if (c == NULL)
		return NULL;
	c->c = *from;
	c->missed = from->midstream;
	SLIST_INIT(&c->contexts);
	SLIST_INIT(&c->auths);
	TAILQ_INIT(&c->offers);
	TAILQ_INIT(&c->calls);
	if (from->pipe != NULL &&
	    (c->pipe = budget_strndup(from->budget, view_str(from->pipe))) == NULL) {
		budget_free(c);
		return NULL;
	}
	return c;
}

static void
rpc_conn_free(void *conn)
{
	struct rpc_conn *c = conn;

	if (c == NULL)
		return;
	rpc_calls_free(c);
	rpc_bindings_free(c);
	rpc_assoc_leave(c);
	budget_free(c->pipe);
	budget_free(c);
}

/* ---- PDUs ---- */

static enum probe_answer
rpc_probe(struct view v)
{
	if (!sane(v, UINT16_MAX))
		return PROBE_NO;
	if (v.len < HEADER)
		return PROBE_MORE;
	return from_client(v.p[2]) ? PROBE_CLIENT : PROBE_SERVER;
}

static size_t
rpc_resync(struct view v)
{
	for (size_t i = 0; i < v.len; i++)
		if (v.p[i] == 5 && sane(view_from(v, i), MAX_SANE_FRAG))
			return i;
	return v.len;
}

static bool
rpc_claims(struct world *w, const struct peers *peers)
{
	return peers->sport == 135 || ports_next(w, peers, NULL) != NULL;
}

/*
 * Returns how many bytes to keep of a PDU that nobody wants: none, or, where a
 * key stream goes on with each PDU, the header that has its lengths.  If there
 * are several logons, only the trailer at the end says whose stream it is.
 */
static size_t
unwanted(const struct rpc_conn *c, size_t len)
{
	if (!rpc_keyed(c))
		return 0;
	return c->n_auths > 1 || len < BODY ? len : BODY;
}

/* Nobody wants calls of interfaces that are none of ours, nor answers that no
 * call waits for. */
static enum head
rpc_head(void *conn, enum dir dir, struct view v, struct extent *x)
{
	struct reader r = rd_open(view_from(v, 8));
	struct rpc_conn *c = conn;
	uint32_t call_id;

	(void)dir;
	if (!sane(v, UINT16_MAX))
		return HEAD_BAD;
	if (v.len < HEADER) {
		x->need = HEADER;
		return HEAD_MORE;
	}
	r.big = (v.p[4] & 0x10) == 0;
	x->len = x->keep = rd_u16(&r);
	rd_skip(&r, 2);			/* auth_length */
	call_id = rd_u32(&r);
	if (v.p[2] == REQUEST && x->len >= BODY) {
		if (v.len < BODY) {
			x->need = BODY;
			return HEAD_MORE;
		}
		rd_skip(&r, 4);		/* alloc_hint */
		if (!rpc_wants_context(c, rd_u16(&r)))
			x->keep = unwanted(c, x->len);
	} else if (v.p[2] == RESPONSE && !rpc_wants_answer(c, call_id)) {
		x->keep = unwanted(c, x->len);
	}
	return HEAD_PDU;
}

/* Reads the security trailer, if there is one, [MS-RPCE] 2.2.2.11. */
static void
read_trailer(struct rpc_pdu *p, struct view have, size_t len)
{
	struct reader r;

	p->body_end = len;
	if (p->auth_len == 0)
		return;
	p->body_end = len - p->auth_len - TRAILER;
	r = rd_open(view_at(have, p->body_end, TRAILER));
	r.big = p->big;
	p->auth_type = rd_u8(&r);
	p->auth_level = rd_u8(&r);
	p->auth_pad = rd_u8(&r);
	rd_skip(&r, 1);
	p->auth_id = rd_u32(&r);
	p->has_trailer = rd_ok(&r);
	p->trailer = view_at(have, p->body_end, TRAILER);
	p->token = view_at(have, p->body_end + TRAILER, p->auth_len);
}

/* Takes a request or a response; r stands behind the common header. */
static void
call_pdu(struct rpc_conn *c, struct rpc_pdu *p, struct view have, struct reader r)
{
	bool request = p->ptype == REQUEST;
	struct buf clear;

	p->alloc_hint = rd_u32(&r);
	p->ctx_id = rd_u16(&r);
	p->opnum = rd_u16(&r);		/* a response has cancel_count here */
	p->has_object = request && (p->flags & PFC_OBJECT) != 0;
	if (p->has_object)
		ndr_uuid(&r, p->object);
	if (!rd_ok(&r))
		return;
	p->head = view_upto(have, 0, r.off);
	p->body_len = p->body_end > r.off ? p->body_end - r.off : 0;
	p->body = view_upto(have, r.off, p->body_len);
	/* What the trailer pads is no part of the stub. */
	p->size = p->body_len - (p->auth_pad < p->body_len ? p->auth_pad : p->body_len);
	p->stub = view_upto(p->body, 0, p->size);
	p->first = (p->flags & PFC_FIRST) != 0;
	p->last = (p->flags & PFC_LAST) != 0;
	if (request ? !rpc_wants_context(c, p->ctx_id) : !rpc_wants_answer(c, p->call_id)) {
		rpc_pass(c, p);
		return;
	}
	buf_init(&clear, c->c.budget, UINT16_MAX);
	rpc_unseal(c, p, &clear);
	if (request)
		rpc_request(c, p);
	else
		rpc_response(c, p);
	buf_free(&clear);
}

static void
rpc_pdu(void *conn, enum dir dir, struct view have, size_t len)
{
	struct rpc_conn *c = conn;
	struct rpc_pdu p = { .dir = dir, .torn = have.len < len };
	struct reader r = rd_open(have);

	p.minor = (rd_skip(&r, 1), rd_u8(&r));
	p.ptype = rd_u8(&r);
	p.flags = rd_u8(&r);
	p.big = (rd_u8(&r) & 0x10) == 0;
	rd_skip(&r, 5);
	r.big = p.big;
	p.auth_len = rd_u16(&r);
	p.call_id = rd_u32(&r);
	if (!rd_ok(&r))
		return;
	stat_add(c->c.world->stats, STAT_RPC_PDUS, 1);
	if (from_client(p.ptype) != (dir == C2S))
		return;		/* callbacks ([MS-RPCE] 3.3.1.5.9) are none of ours */
	read_trailer(&p, have, len);
	switch (p.ptype) {
	case BIND:
	case ALTER_CONTEXT:
		rpc_bind(c, &p, r);
		break;
	case BIND_ACK:
	case ALTER_CONTEXT_RESP:
		rpc_bind_ack(c, &p, r);
		break;
	case BIND_NAK:
		rpc_bind_nak(c, &p);
		break;
	case AUTH3:
		rpc_auth(c, &p);
		break;
	case REQUEST:
	case RESPONSE:
		call_pdu(c, &p, have, r);
		break;
	case FAULT:
		rd_skip(&r, 8);
		p.status = rd_u32(&r);
		if (rd_ok(&r))
			rpc_fault(c, &p);
		break;
	case ORPHANED:
		rpc_orphaned(c, &p);
		break;
	default:
		break;
	}
}

const struct proto_ops dcerpc_proto = {
	.name = "dcerpc",
	.claims = rpc_claims,
	.probe = rpc_probe,
	.conn_new = rpc_conn_new,
	.head = rpc_head,
	.pdu = rpc_pdu,
	.resync = rpc_resync,
	.gap = rpc_gap,
	.conn_free = rpc_conn_free,
};
