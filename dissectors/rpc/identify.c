/* identify.c -- finds out interface and syntax where the bind, or its answer, was missed. */
#include "rpc/call.h"

#include "rpc/ports.h"

/* Reads the request as that operation would, to no effect.  Returns whether it
 * reads without a fault, and in *left the bytes that are left then. */
static bool
reads_as(const struct rpc_pending *p, const struct rpc_op *op, bool wide, size_t *left)
{
	struct rpc_call nobody = { .world = p->call.world, .peers = p->call.peers };

	return rpc_stub_read(&p->req, wide, op->request, &nobody, left) == FAULT_NONE;
}

void
rpc_guess_syntax(struct rpc_pending *p)
{
	size_t narrow_left, wide_left;
	bool narrow, wide;

	if (p->op->request == NULL || p->req.torn)
		return;
	narrow = reads_as(p, p->op, false, &narrow_left);
	wide = reads_as(p, p->op, true, &wide_left);
	if (narrow == wide && (!narrow || narrow_left == wide_left))
		return;
	p->wide = wide && (!narrow || wide_left < narrow_left);
	p->unsure = false;
}

/*
 * The PCONTEXT command of a verification trailer names interface and syntax
 * ([MS-RPCE] 2.2.2.13).  The trailer stands at the end of the last fragment, at
 * a multiple of four.
 */
static struct rpc_context *
by_trailer(struct rpc_pending *p)
{
	static const uint8_t magic[8] = { 0x8a, 0xe3, 0x13, 0x71, 0x02, 0xf4, 0x36, 0x71 };
	static const uint8_t ndr64[4] = { 0x33, 0x05, 0x71, 0x71 };
	struct view stub = buf_view(&p->req.bytes), id;
	size_t at = stub.len > 256 ? (stub.len - 256) & ~(size_t)3 : 0;
	struct rpc_context *x;
	struct reader r;
	uint16_t command, len;

	while (at < stub.len && !view_starts(view_from(stub, at), magic, sizeof(magic)))
		at += 4;
	r = rd_open(view_from(stub, at + sizeof(magic)));
	do {
		command = rd_le16(&r);
		len = rd_le16(&r);
		id = rd_view(&r, len);
		if (!rd_ok(&r))
			return NULL;
		if ((command & 0x3fff) != 2 || id.len != 40 || rpc_iface_find(id.p) == NULL)
			continue;
		x = rpc_context_put(p->conn, p->ctx_id, id.p, le32dec(id.p + 16));
		if (x != NULL)
			x->wide = memcmp(id.p + 20, ndr64, sizeof(ndr64)) == 0;
		return x;
	} while ((command & 0x4000) == 0);
	return NULL;
}

static struct rpc_context *
assume(struct rpc_pending *p, const struct rpc_iface *i)
{
	struct rpc_context *x = rpc_context_put(p->conn, p->ctx_id, i->uuid,
	    i->major | (uint32_t)i->minor << 16);

	if (x != NULL)
		x->unsure = true;
	return x;
}

/* Returns whether the request, in that syntax, can only be of this interface. */
static bool
is_proven(const struct rpc_pending *p, const struct rpc_iface *i, const struct rpc_op *op,
    bool wide)
{
	struct rpc_call call = { .world = p->call.world, .peers = p->call.peers,
	    .fact = fact_new(p->conn->c.budget, i->kind, p->call.peers, p->at) };
	bool proven = rpc_stub_read(&p->req, wide, op->request, &call, NULL) == FAULT_NONE &&
	    op->proves(call.fact);

	fact_free(call.fact);
	return proven;
}

static struct rpc_context *
by_content(struct rpc_pending *p)
{
	const struct rpc_op *op;
	struct rpc_context *x;

	for (size_t i = 0; rpc_ifaces[i] != NULL; i++) {
		op = rpc_op_find(rpc_ifaces[i], p->opnum);
		if (op == NULL || op->proves == NULL)
			continue;
		for (int wide = 0; wide < 2; wide++) {
			if (!is_proven(p, rpc_ifaces[i], op, wide) ||
			    (x = assume(p, rpc_ifaces[i])) == NULL)
				continue;
			x->unsure = false;
			x->wide = wide;
			return x;
		}
	}
	return NULL;
}

/* Returns whether the request reads as one of that interface. */
static bool
fits(const struct rpc_pending *p, const struct rpc_iface *i)
{
	const struct rpc_op *op = rpc_op_find(i, p->opnum);

	return op != NULL && op->request != NULL && !p->req.sealed && !p->req.torn &&
	    (reads_as(p, op, false, NULL) || reads_as(p, op, true, NULL));
}

/*
 * Goes by what the endpoint mapper told of this port.  Where several interfaces
 * are there, the request must read as one of them and as no other.
 */
static struct rpc_context *
by_port(struct rpc_pending *p)
{
	struct world *w = p->call.world;
	const struct rpc_iface *i = ports_next(w, p->call.peers, NULL), *only = NULL;

	if (i == NULL || ports_next(w, p->call.peers, i) == NULL)
		return i != NULL ? assume(p, i) : NULL;
	for (; i != NULL; i = ports_next(w, p->call.peers, i)) {
		if (!fits(p, i))
			continue;
		if (only != NULL)
			return NULL;
		only = i;
	}
	return only != NULL ? assume(p, only) : NULL;
}

struct rpc_context *
rpc_identify(struct rpc_pending *p)
{
	struct rpc_context *x;

	if (!p->req.sealed && (x = by_trailer(p)) != NULL)
		return x;
	if (!p->conn->c.piped && (x = by_port(p)) != NULL)
		return x;
	return p->req.sealed || p->req.torn ? NULL : by_content(p);
}
