/* call.c -- calls and their answers, [C706] 12.6, [MS-RPCE] 3.3. */
#include "rpc/dcerpc.h"

#include <stdio.h>

#include "base/digest.h"
#include "auth/gss.h"
#include "base/limits.h"
#include "rpc/ndr.h"
#include "fact/fact.h"
#include "task/status.h"
#include "smb/atexec-output.h"
#include "rpc/ports.h"

/* One direction of a call, gathered from its fragments. */
struct stub {
	struct buf	 bytes;
	bool		 big;
	bool		 torn;		/* bytes is a prefix: something is missing */
	bool		 sealed;	/* its first fragment, and no key of ours opened that */
	bool		 opened;	/* it was sealed, and is not any more */
	bool		 done;		/* nothing more belongs to it */
	unsigned int	 frags;
	size_t		 size;		/* of the fragments seen */
	uint32_t	 hint;		/* the largest alloc_hint: the whole, or what was left */
};

struct rpc_pending {
	TAILQ_ENTRY(rpc_pending) link;
	struct waiter	 waiter;
	struct rpc_conn	*conn;
	uint32_t	 call_id;
	uint16_t	 ctx_id, opnum;
	uint8_t		 minor;
	const struct rpc_iface *iface;	/* NULL: held until it is known */
	const struct rpc_op *op;
	uint16_t	 major_version, minor_version;
	bool		 wide, unsure;	/* as struct rpc_context */
	bool		 has_trailer;	/* it said the three below; else they are guessed from the bind */
	bool		 trailer_lost;	/* a trailer was announced and not captured */
	uint8_t		 auth_type, auth_level;
	uint32_t	 auth_id;
	struct stub	 req, res;
	bool		 faulted;
	uint32_t	 fault;
	struct packet_ref	 at;
	struct fact	*fact;
};

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
	fact_free(p->fact);
	budget_free(p);
}

static const char *
auth_type_name(uint8_t type, char text[4])
{
	switch (type) {
	case 0: return "none";
	case 9: return "spnego";
	case 10: return "ntlm";
	case 14: return "schannel";
	case 16: return "kerberos";
	case 68: return "netlogon";
	}
	snprintf(text, 4, "%u", type);
	return text;
}

static const char *
auth_level_name(uint8_t level)
{
	static const char *const names[] = { "none", "none", "connect", "call",
		"pkt", "pkt_integrity", "pkt_privacy" };

	return level < nitems(names) ? names[level] : NULL;
}

/* How well the call was protected, and by whose logon. */
static void
tell_auth(const struct rpc_pending *p)
{
	const struct rpc_auth *a = rpc_auth_find(p->conn, p->has_trailer, p->auth_id);
	uint8_t type = p->auth_type, level = p->auth_level;
	char text[4];

	/* At level connect the bind alone carries a token. */
	if (!p->has_trailer && a != NULL && a->level <= LEVEL_CONNECT)
		type = a->type, level = a->level;
	if (level != 0 || !p->trailer_lost) {
		fact_str(p->fact, F_RPC_AUTH_TYPE, auth_type_name(type, text));
		fact_str(p->fact, F_RPC_AUTH_LEVEL, auth_level_name(level));
	}
	if (a != NULL)
		gss_auth(a->gss, p->fact);
}

/* The size of a whole stub, if it is known. */
static bool
stub_size(const struct stub *s, int64_t *n)
{
	*n = s->torn ? s->hint : (int64_t)s->size;
	return !s->torn || s->hint != 0;
}

static void
tell_rpc(const struct rpc_pending *p)
{
	const struct rpc_conn *c = p->conn;
	struct fact *o = p->fact;
	char text[37];
	int64_t n;

	fact_str(o, F_RPC_REQUEST, "REQUEST");
	fact_str(o, F_RPC_RESPONSE, p->faulted ? "FAULT" : p->res.frags > 0 ? "RESPONSE" : "UNREPLIED");
	fact_int(o, F_RPC_CALL_ID, p->call_id);
	snprintf(text, sizeof(text), "5.%u", p->minor);
	fact_str(o, F_RPC_VERSION, text);
	fact_int(o, F_RPC_OPNUM, p->opnum);
	fact_int(o, F_RPC_REQ_FRAGS, p->req.frags);
	if (stub_size(&p->req, &n)) {
		fact_int(o, F_RPC_REQ_SIZE, n);
		fact_int(o, F_STUB_SIZE, n);
	}
	if (p->res.frags > 0) {
		fact_int(o, F_RPC_RES_FRAGS, p->res.frags);
		if (stub_size(&p->res, &n))
			fact_int(o, F_RPC_RES_SIZE, n);
	}
	uuid_text(p->iface->uuid, text);
	fact_str(o, F_RPC_IFACE_UUID, text);
	snprintf(text, sizeof(text), "%u.%u", p->major_version, p->minor_version);
	fact_str(o, F_RPC_IFACE_VERSION, text);
	fact_str(o, F_RPC_IFACE, p->iface->name);
	fact_str(o, F_RPC_PROCEDURE, p->op->name);
	if (!p->unsure)
		fact_str(o, F_RPC_SYNTAX, p->wide ? "ndr64" : "ndr");
	if (!c->c.piped) {
		snprintf(text, sizeof(text), "%u", c->c.peers->sport);
		fact_str(o, F_APP_PROTO, "dcerpc");
		fact_str(o, F_RPC_TRANSPORT, "ncacn_ip_tcp");
		fact_str(o, F_RPC_ENDPOINT, text);
	} else {
		fact_str(o, F_RPC_TRANSPORT, "ncacn_np");
		fact_str(o, F_RPC_ENDPOINT, c->pipe);
	}
}

/* A call is over: say what was seen of it, once, and let go of it. */
static void
call_tell(struct rpc_pending *p)
{
	struct world *w = p->conn->c.world;
	struct fact *o = p->fact;

	if (o != NULL) {
		o->at = p->at;
		tell_rpc(p);
		tell_auth(p);
		if (p->conn->c.describe != NULL)
			p->conn->c.describe(p->conn->c.arg, o);
		task_finish(o);
		p->fact = NULL;
		w->sink->put(w->sink, o);
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

static enum fault
read_stub(const struct rpc_pending *p, const struct stub *s, bool wide,
    void (*decode)(struct ndr *, struct rpc_call *), struct fact *o, size_t *left)
{
	struct ndr n = ndr_open(buf_view(&s->bytes), wide, s->big);
	struct rpc_call call = { p->conn->c.world, p->conn->c.peers, o };

	if (decode == NULL)
		return FAULT_NONE;
	decode(&n, &call);
	if (left != NULL)
		*left = n.r.left;
	return n.r.fault;
}

/* Both syntaxes were offered and the choice was not seen: the one that fits. */
static void
guess_syntax(struct rpc_pending *p)
{
	size_t narrow_left = SIZE_MAX, wide_left = SIZE_MAX;
	bool narrow, wide;

	if (p->op->request == NULL || p->req.torn)
		return;
	narrow = read_stub(p, &p->req, false, p->op->request, NULL, &narrow_left) == FAULT_NONE;
	wide = read_stub(p, &p->req, true, p->op->request, NULL, &wide_left) == FAULT_NONE;
	if (narrow == wide && (!narrow || narrow_left == wide_left))
		return;
	p->wide = wide && (!narrow || wide_left < narrow_left);
	p->unsure = false;
}

/* The request is known in full (or as far as it ever will be). */
static void
read_request(struct rpc_pending *p)
{
	struct rpc_conn *c = p->conn;
	struct world *w = c->c.world;

	if (p->iface->tells) {
		atexec_called(w, &c->c.peers->client, &c->c.peers->server);
		p->fact = fact_new(c->c.budget, FACT_TASK, c->c.peers, p->at);
		fact_str(p->fact, F_ACTION, p->op->action);
		fact_str(p->fact, F_ROUTE, "rpc");
		fact_str(p->fact, F_VISIBILITY, p->req.sealed ? "sealed" :
		    p->req.opened ? "decrypted" : "clear");
		fact_str(p->fact, F_OUTCOME, "unknown");
	}
	if (!p->req.sealed) {
		if (p->unsure)
			guess_syntax(p);
		if (read_stub(p, &p->req, p->wide, p->op->request, p->fact, NULL) != FAULT_NONE &&
		    !p->req.torn)
			anomaly(w, c->c.peers, STAT_RPC_BAD_STUB, "dcerpc", "dcerpc_bad_request_stub");
	}
	buf_free(&p->req.bytes);
}

static void
read_response(struct rpc_pending *p)
{
	struct rpc_conn *c = p->conn;

	if (p->faulted)
		status_fault(p->fact, p->fault);
	else if (!p->req.sealed && !p->res.sealed && p->res.frags > 0 &&
	    read_stub(p, &p->res, p->wide, p->op->response, p->fact, NULL) != FAULT_NONE &&
	    !p->res.torn)
		anomaly(c->c.world, c->c.peers, STAT_RPC_BAD_STUB, "dcerpc",
		    "dcerpc_bad_response_stub");
}

/* ---- Which interface a call is for ---- */

/* False: not a call of ours after all (an opnum that the interface lacks). */
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

/*
 * The verification trailer's PCONTEXT command names interface and syntax
 * ([MS-RPCE] 2.2.2.13).  It stands at the end of the last fragment, at a
 * multiple of four.
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

/* A stub that reads to its end as a call that carries a task definition. */
static struct rpc_context *
by_content(struct rpc_pending *p)
{
	const struct rpc_op *op;
	struct rpc_context *x;
	const char *xml;
	struct fact *o;
	bool proof;

	for (size_t i = 0; rpc_ifaces[i] != NULL; i++) {
		op = rpc_op_find(rpc_ifaces[i], p->opnum);
		if (op == NULL || !op->proves)
			continue;
		for (int wide = 0; wide < 2; wide++) {
			o = fact_new(p->conn->c.budget, FACT_TASK, p->conn->c.peers, p->at);
			proof = read_stub(p, &p->req, wide, op->request, o, NULL) == FAULT_NONE &&
			    (xml = fact_get(o, F_XML)) != NULL && strstr(xml, "<Task") != NULL;
			fact_free(o);
			if (!proof || (x = assume(p, rpc_ifaces[i])) == NULL)
				continue;
			x->unsure = false;
			x->wide = wide;
			return x;
		}
	}
	return NULL;
}

static struct rpc_context *
identify(struct rpc_pending *p)
{
	const struct rpc_iface *i;
	struct rpc_context *x;
	bool known;

	if (!p->req.sealed && (x = by_trailer(p)) != NULL)
		return x;
	if (!p->conn->c.piped &&
	    (i = ports_find(p->conn->c.world, p->conn->c.peers, &known)) != NULL)
		return assume(p, i);
	return p->req.sealed || p->req.torn ? NULL : by_content(p);
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

/* A context became known: the calls that were held for it are told now. */
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
	if ((x = identify(p)) != NULL)
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

/* The newest call of that id that still waits for bytes of this direction. */
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

/* One more fragment.  What cannot be known to be readable is not read. */
static void
gather(struct rpc_pending *p, struct stub *s, const struct rpc_pdu *pdu)
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

/* How the call is protected: every fragment says it, or the bind must. */
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

/* The client gives up on a request that it has not finished sending. */
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

/* Whatever was being gathered in that direction has a hole now. */
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

void *
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

void
rpc_conn_free(void *conn)
{
	struct rpc_conn *c = conn;
	struct rpc_pending *p;

	if (c == NULL)
		return;
	while ((p = TAILQ_FIRST(&c->calls)) != NULL) {
		if (!p->req.done && p->iface != NULL) {
			p->req.torn = p->req.done = true;
			read_request(p);
		}
		call_tell(p);
	}
	rpc_bindings_free(c);
	budget_free(c->pipe);
	budget_free(c);
}
