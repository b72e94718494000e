/* call.c -- gathers calls and matches their answers, [C706] 12.6, [MS-RPCE] 3.3. */
#include "rpc/call.h"

#include <assert.h>

#include "base/limits.h"
#include "task/status.h"

static void
call_free(struct rpc_pending *p)
{
	struct rpc_conn *c = p->conn;

	TAILQ_REMOVE(&c->calls, p, link);
	c->n_calls--;
	if (p->iface == NULL)
		c->n_held--;
	waiter_stop(c->c.world, &p->waiter);
	buf_free(&p->req.bytes);
	buf_free(&p->res.bytes);
	fact_free(p->call.fact);
	budget_free(p);
}

/* Ends a call: puts its fact to the sink, unless the operation is not told, and
 * frees the rest. */
static void
call_tell(struct rpc_pending *p)
{
	const struct carrier *c = &p->conn->c;
	struct fact *o = p->call.fact;

	if (o != NULL && p->op->action != NULL) {
		assert(p->iface != NULL);
		o->at = p->at;
		rpc_call_describe(p);
		if (c->describe != NULL)
			c->describe(c->arg, o);
		if (p->iface->finish != NULL)
			p->iface->finish(&p->call);
		p->call.fact = NULL;
		sink_put(c->world->sink, o);
	}
	call_free(p);
}

static void
waited_long_enough(struct waiter *at)
{
	struct rpc_pending *p = (struct rpc_pending *)((char *)at -
	    offsetof(struct rpc_pending, waiter));

	stat_add(p->conn->c.world->stats, STAT_RPC_UNANSWERED, 1);
	call_tell(p);
}

/* ---- Reading stubs ---- */

enum fault
rpc_stub_read(const struct rpc_stub *s, bool wide,
    void (*decode)(struct ndr *, struct rpc_call *), struct rpc_call *call, size_t *left)
{
	struct ndr n = ndr_open(buf_view(&s->bytes), wide, s->big);

	if (decode != NULL)
		decode(&n, call);
	if (left != NULL)
		*left = n.r.left;
	return n.r.fault;
}

/* Returns the fact of a call as it is before its stub is read, or NULL. */
static struct fact *
call_fact(const struct rpc_pending *p)
{
	const struct rpc_iface *i = p->iface;
	struct fact *o;

	if (i->route == NULL)
		return NULL;
	o = fact_new(p->conn->c.budget, i->kind, p->conn->c.peers, p->at);
	fact_str(o, F_ACTION, p->op->action);
	fact_str(o, F_ROUTE, i->route);
	fact_str(o, F_VISIBILITY, p->req.sealed ? "sealed" : p->req.opened ? "decrypted" : "clear");
	fact_str(o, F_OUTCOME, "unknown");
	return o;
}

/* Reads a request that is complete, or as complete as it will ever be. */
static void
read_request(struct rpc_pending *p)
{
	struct rpc_conn *c = p->conn;

	p->call.fact = call_fact(p);
	if (p->iface->begin != NULL)
		p->iface->begin(&p->call);
	if (!p->req.sealed) {
		if (p->unsure)
			rpc_guess_syntax(p);
		if (rpc_stub_read(&p->req, p->wide, p->op->request, &p->call, NULL) != FAULT_NONE &&
		    !p->req.torn)
			anomaly(c->c.world, c->c.peers, STAT_RPC_BAD_STUB, "dcerpc",
			    "dcerpc_bad_request_stub");
	}
	buf_free(&p->req.bytes);
}

static void
read_response(struct rpc_pending *p)
{
	struct rpc_conn *c = p->conn;

	if (p->faulted)
		status_fault(p->call.fact, p->fault);
	else if (!p->req.sealed && !p->res.sealed && p->res.frags > 0 &&
	    rpc_stub_read(&p->res, p->wide, p->op->response, &p->call, NULL) != FAULT_NONE &&
	    !p->res.torn)
		anomaly(c->c.world, c->c.peers, STAT_RPC_BAD_STUB, "dcerpc",
		    "dcerpc_bad_response_stub");
}

/* ---- Which interface a call is for ---- */

/* Returns false if the interface's table lacks the call's operation: nobody wants
 * the call then. */
static bool
call_bind(struct rpc_pending *p, const struct rpc_context *x)
{
	p->op = rpc_op_find(x->iface, p->opnum);
	if (p->op == NULL)
		return false;
	p->iface = x->iface;
	p->major_version = x->major;
	p->minor_version = x->minor;
	p->wide = x->wide;
	p->unsure = x->unsure;
	return true;
}

/* ---- The life of a call ---- */

static void
call_answered(struct rpc_pending *p)
{
	read_response(p);
	call_tell(p);
}

static void
call_known(struct rpc_pending *p)
{
	read_request(p);
	if (p->res.done)
		call_answered(p);
	else
		waiter_arm(p->conn->c.world, &p->waiter);
}

/* Goes on with the calls that were held until this context was known. */
static void
release_held(struct rpc_conn *c, const struct rpc_context *x)
{
	struct rpc_pending *p, *next;

	TAILQ_FOREACH_SAFE(p, &c->calls, link, next) {
		if (p->iface != NULL || p->ctx_id != x->id || !p->req.done)
			continue;
		if (!call_bind(p, x)) {
			call_free(p);
			continue;
		}
		c->n_held--;
		call_known(p);
	}
}

static void
request_done(struct rpc_pending *p)
{
	struct rpc_conn *c = p->conn;
	struct rpc_context *x;

	p->req.done = true;
	p->at = c->c.world->now;
	if (p->iface != NULL) {
		call_known(p);
		return;
	}
	if ((x = rpc_identify(p)) != NULL)
		release_held(c, x);
	else if (p->req.sealed || c->n_held > MAX_RPC_HELD) {
		stat_add(c->c.world->stats, STAT_RPC_UNKNOWN_CTX, 1);
		TAILQ_FOREACH(p, &c->calls, link)
			if (p->iface == NULL)
				break;
		call_free(p);
	}
}

static struct rpc_pending *
call_new(struct rpc_conn *c, const struct rpc_pdu *pdu)
{
	const struct rpc_context *x = rpc_context_find(c, pdu->ctx_id);
	struct rpc_pending *p;

	if (c->n_calls >= MAX_RPC_CALLS) {
		stat_add(c->c.world->stats, STAT_RPC_LIMIT, 1);
		call_tell(TAILQ_FIRST(&c->calls));
	}
	if ((p = budget_calloc(c->c.budget, 1, sizeof(*p))) == NULL) {
		stat_add(c->c.world->stats, STAT_RPC_LIMIT, 1);
		return NULL;
	}
	p->conn = c;
	p->waiter.fire = waited_long_enough;
	p->call_id = pdu->call_id;
	p->ctx_id = pdu->ctx_id;
	p->opnum = pdu->opnum;
	p->minor = pdu->minor;
	p->at = c->c.world->now;
	p->call = (struct rpc_call){ .world = c->c.world, .peers = c->c.peers, .conn = c };
	if (pdu->has_object)
		p->call.object = memcpy(p->object, pdu->object, sizeof(p->object));
	buf_init(&p->req.bytes, c->c.budget, MAX_RPC_STUB);
	buf_init(&p->res.bytes, c->c.budget, MAX_RPC_STUB);
	if (x != NULL && !call_bind(p, x)) {
		budget_free(p);
		return NULL;
	}
	c->n_held += p->iface == NULL;
	TAILQ_INSERT_TAIL(&c->calls, p, link);
	c->n_calls++;
	return p;
}

/* Returns the newest call of that id whose bytes in this direction are not
 * complete, or NULL. */
static struct rpc_pending *
call_find(struct rpc_conn *c, uint32_t call_id, enum dir dir)
{
	struct rpc_pending *p;

	TAILQ_FOREACH_REVERSE(p, &c->calls, rpc_calls, link)
		if (p->call_id == call_id &&
		    (dir == C2S ? !p->req.done : !p->res.done))
			return p;
	return NULL;
}

/* Adds a fragment to a stub.  Where it is not known whether the bytes are
 * encrypted they count as sealed. */
static void
gather(struct rpc_pending *p, struct rpc_stub *s, const struct rpc_pdu *pdu)
{
	bool readable = pdu->opened || (p->auth_level != LEVEL_PRIVACY &&
	    !(p->trailer_lost && p->auth_level == 0));

	if (s->frags == 0) {
		s->torn = !pdu->first;
		s->sealed = !readable;
		s->opened = pdu->opened;
	} else if (!readable) {
		s->torn = true;
	}
	s->frags++;
	s->big = pdu->big;
	s->size += pdu->size;
	if (pdu->alloc_hint > s->hint)
		s->hint = pdu->alloc_hint;
	if (!s->sealed && !s->torn && !buf_add(&s->bytes, pdu->stub))
		s->torn = true;
	s->torn |= pdu->torn;
}

/* Notes how the call is protected, by its trailer or by the only logon there is. */
static void
see_trailer(struct rpc_pending *p, const struct rpc_pdu *pdu)
{
	const struct rpc_auth *a;

	if (pdu->has_trailer) {
		p->has_trailer = true;
		p->auth_type = pdu->auth_type;
		p->auth_level = pdu->auth_level;
		p->auth_id = pdu->auth_id;
	} else if (pdu->auth_len > 0 && !p->has_trailer) {
		p->trailer_lost = true;
		if ((a = rpc_auth_find(p->conn, false, 0)) != NULL) {
			p->auth_type = a->type;
			p->auth_level = a->level;
		}
	}
}

void
rpc_request(struct rpc_conn *c, const struct rpc_pdu *pdu)
{
	struct rpc_pending *p = NULL, *last = TAILQ_LAST(&c->calls, rpc_calls);

	/* A client ends one request before it begins the next ([MS-RPCE] 3.3.1.5.8). */
	if (last != NULL && !last->req.done) {
		if (!pdu->first && last->call_id == pdu->call_id)
			p = last;
		else {
			last->req.torn = true;
			request_done(last);
		}
	}
	if (p == NULL && (p = call_new(c, pdu)) == NULL)
		return;
	see_trailer(p, pdu);
	gather(p, &p->req, pdu);
	if (pdu->last)
		request_done(p);
}

static struct rpc_pending *
call_of_answer(struct rpc_conn *c, uint32_t call_id)
{
	struct rpc_pending *p = call_find(c, call_id, S2C);

	if (p == NULL || p->req.done)
		return p;
	/* It is answered, so its end was sent: we missed it. */
	p->req.torn = true;
	request_done(p);
	return call_find(c, call_id, S2C);
}

void
rpc_response(struct rpc_conn *c, const struct rpc_pdu *pdu)
{
	struct rpc_pending *p = call_of_answer(c, pdu->call_id);

	if (p == NULL)
		return;
	gather(p, &p->res, pdu);
	if (!pdu->last)
		return;
	p->res.done = true;
	p->at = c->c.world->now;
	if (p->iface != NULL)
		call_answered(p);
}

void
rpc_fault(struct rpc_conn *c, const struct rpc_pdu *pdu)
{
	struct rpc_pending *p = call_of_answer(c, pdu->call_id);

	if (p == NULL)
		return;
	p->faulted = true;
	p->fault = pdu->status;
	p->res.done = true;
	p->at = c->c.world->now;
	if (p->iface != NULL)
		call_answered(p);
}

void
rpc_orphaned(struct rpc_conn *c, const struct rpc_pdu *pdu)
{
	struct rpc_pending *p = call_find(c, pdu->call_id, C2S);

	if (p != NULL)
		call_free(p);
}

bool
rpc_wants_context(struct rpc_conn *c, uint16_t id)
{
	const struct rpc_context *x = rpc_context_find(c, id);

	return x != NULL ? x->iface != NULL : c->missed;
}

bool
rpc_wants_answer(struct rpc_conn *c, uint32_t call_id)
{
	return call_find(c, call_id, S2C) != NULL;
}

void
rpc_gap(void *conn, enum dir dir)
{
	struct rpc_conn *c = conn;
	struct rpc_pending *p;

	c->missed = true;
	TAILQ_FOREACH(p, &c->calls, link) {
		if (dir == C2S && !p->req.done)
			p->req.torn = true;
		else if (dir == S2C && p->res.frags > 0)
			p->res.torn = true;
	}
}

void
rpc_calls_free(struct rpc_conn *c)
{
	struct rpc_pending *p;

	while ((p = TAILQ_FIRST(&c->calls)) != NULL) {
		if (!p->req.done && p->iface != NULL) {
			p->req.torn = p->req.done = true;
			read_request(p);
		}
		call_tell(p);
	}
}
