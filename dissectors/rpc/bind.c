/* bind.c -- presentation and security contexts, [C706] 12.6.4, [MS-RPCE] 2.2.2. */
#include "rpc/dcerpc.h"

#include "auth/gss.h"
#include "base/limits.h"

/* Transfer syntaxes as they stand on a little-endian wire; [MS-RPCE] 2.2.4.12, 2.2.5, 2.2.2.14. */
static const uint8_t ndr20[16] = {
	0x04, 0x5d, 0x88, 0x8a, 0xeb, 0x1c, 0xc9, 0x11, 0x9f, 0xe8, 0x08, 0x00, 0x2b, 0x10, 0x48, 0x60 };
static const uint8_t ndr64[16] = {
	0x33, 0x05, 0x71, 0x71, 0xba, 0xbe, 0x37, 0x49, 0x83, 0x19, 0xb5, 0xdb, 0xef, 0x9c, 0xcc, 0x36 };
static const uint8_t features[8] = { 0x2c, 0x1c, 0xb7, 0x6c, 0x12, 0x98, 0x40, 0x45 };

enum { ACCEPTANCE = 0 };	/* p_cont_def_result_t */

/* Reads a p_syntax_id_t: puts the UUID into out, as little-endian wire bytes.
 * Returns the version. */
static uint32_t
syntax_id(struct reader *r, uint8_t out[16])
{
	ndr_uuid(r, out);
	return rd_u32(r);
}

struct rpc_context *
rpc_context_find(struct rpc_conn *c, uint16_t id)
{
	struct rpc_context *x;

	SLIST_FOREACH(x, &c->contexts, link)
		if (x->id == id)
			return x;
	return NULL;
}

struct rpc_context *
rpc_context_put(struct rpc_conn *c, uint16_t id, const uint8_t uuid[16], uint32_t version)
{
	struct rpc_context *x = rpc_context_find(c, id);

	if (x == NULL) {
		if (c->n_contexts >= MAX_RPC_CONTEXTS ||
		    (x = budget_calloc(c->c.budget, 1, sizeof(*x))) == NULL) {
			stat_add(c->c.world->stats, STAT_RPC_LIMIT, 1);
			return NULL;
		}
		x->id = id;
		SLIST_INSERT_HEAD(&c->contexts, x, link);
		c->n_contexts++;
	}
	memcpy(x->uuid, uuid, sizeof(x->uuid));
	x->major = (uint16_t)version;
	x->minor = (uint16_t)(version >> 16);
	x->iface = rpc_iface_find(uuid);
	return x;
}

static void
context_drop(struct rpc_conn *c, struct rpc_context *x)
{
	SLIST_REMOVE(&c->contexts, x, rpc_context, link);
	c->n_contexts--;
	budget_free(x);
}

static struct rpc_offer *
offer_new(struct rpc_conn *c, uint32_t call_id, size_t n)
{
	struct rpc_offer *o;

	if (c->n_offers >= MAX_RPC_BINDS) {
		stat_add(c->c.world->stats, STAT_RPC_LIMIT, 1);
		o = TAILQ_FIRST(&c->offers);
		TAILQ_REMOVE(&c->offers, o, link);
		budget_free(o);
		c->n_offers--;
	}
	o = budget_calloc(c->c.budget, 1, sizeof(*o) + n * sizeof(o->ids[0]));
	if (o == NULL)
		return NULL;
	o->call_id = call_id;
	TAILQ_INSERT_TAIL(&c->offers, o, link);
	c->n_offers++;
	return o;
}

static struct rpc_offer *
offer_take(struct rpc_conn *c, uint32_t call_id)
{
	struct rpc_offer *o;

	TAILQ_FOREACH_REVERSE(o, &c->offers, rpc_offers, link)
		if (o->call_id == call_id) {
			TAILQ_REMOVE(&c->offers, o, link);
			c->n_offers--;
			return o;
		}
	return NULL;
}

/*
 * Takes one element of the list: an interface and the syntaxes offered for it.
 * The context is used from here on, since the answer may be lost; what the
 * answer says replaces it.  An accepted context that is offered again, in a
 * further leg of the logon, stays as it is.
 */
static void
context_offer(struct rpc_conn *c, struct reader *r, struct rpc_offer *offer)
{
	uint16_t id = rd_u16(r);
	uint8_t n = rd_u8(r), uuid[16], syntax[16];
	bool narrow = false, wide = false, other = false;
	struct rpc_context *x;
	uint32_t version;

	rd_skip(r, 1);
	version = syntax_id(r, uuid);
	for (; n > 0 && rd_ok(r); n--) {
		syntax_id(r, syntax);
		narrow |= memcmp(syntax, ndr20, sizeof(ndr20)) == 0;
		wide |= memcmp(syntax, ndr64, sizeof(ndr64)) == 0;
		other |= memcmp(syntax, features, sizeof(features)) == 0;
	}
	if (!rd_ok(r))
		return;
	if (offer != NULL)
		offer->ids[offer->n++] = id;
	if (other && !narrow && !wide)
		return;
	x = rpc_context_find(c, id);
	if (x != NULL && x->acked && memcmp(x->uuid, uuid, sizeof(uuid)) == 0)
		return;
	if ((x = rpc_context_put(c, id, uuid, version)) == NULL)
		return;
	x->acked = false;
	x->wide = wide && !narrow;
	x->unsure = wide && narrow;
}

void
rpc_bind(struct rpc_conn *c, const struct rpc_pdu *p, struct reader r)
{
	struct rpc_offer *offer;
	uint32_t group;
	uint8_t n;

	rpc_auth(c, p);
	rd_skip(&r, 2 + 2);		/* max_xmit_frag, max_recv_frag */
	group = rd_u32(&r);
	n = rd_u8(&r);
	rd_skip(&r, 3);
	if (!rd_ok(&r))
		return;
	offer = offer_new(c, p->call_id, n);
	for (; n > 0 && rd_ok(&r); n--)
		context_offer(c, &r, offer);
	rpc_assoc_asked(c, group);
}

/* Takes one element of the answer's list: whether the context was accepted, and
 * in which syntax. */
static void
context_result(struct rpc_conn *c, struct reader *r, uint16_t id)
{
	struct rpc_context *x = rpc_context_find(c, id);
	uint16_t result = rd_u16(r);
	uint8_t syntax[16];

	rd_skip(r, 2);
	syntax_id(r, syntax);
	if (x == NULL || !rd_ok(r))
		return;
	if (result != ACCEPTANCE) {
		if (!x->acked)
			context_drop(c, x);
		return;
	}
	x->acked = true;
	x->unsure = false;
	x->wide = memcmp(syntax, ndr64, sizeof(ndr64)) == 0;
}

void
rpc_bind_ack(struct rpc_conn *c, const struct rpc_pdu *p, struct reader r)
{
	struct rpc_offer *offer = offer_take(c, p->call_id);
	uint32_t group;
	uint8_t n;

	rpc_auth(c, p);
	if (offer == NULL)
		return;
	rd_skip(&r, 2 + 2);
	group = rd_u32(&r);
	rd_skip(&r, rd_u16(&r));	/* the secondary address */
	rd_skip(&r, -r.off & 3);
	n = rd_u8(&r);
	rd_skip(&r, 3);
	for (size_t i = 0; i < n && i < offer->n && rd_ok(&r); i++)
		context_result(c, &r, offer->ids[i]);
	if (rd_ok(&r))
		rpc_assoc_told(c, group);
	budget_free(offer);
}

void
rpc_bind_nak(struct rpc_conn *c, const struct rpc_pdu *p)
{
	struct rpc_offer *offer = offer_take(c, p->call_id);
	struct rpc_context *x;

	if (offer == NULL)
		return;
	for (size_t i = 0; i < offer->n; i++)
		if ((x = rpc_context_find(c, offer->ids[i])) != NULL && !x->acked)
			context_drop(c, x);
	budget_free(offer);
}

void
rpc_auth(struct rpc_conn *c, const struct rpc_pdu *p)
{
	struct rpc_auth *a;

	if (!p->has_trailer)
		return;
	SLIST_FOREACH(a, &c->auths, link)
		if (a->id == p->auth_id)
			break;
	if (a == NULL) {
		if (c->n_auths >= MAX_RPC_AUTHS ||
		    (a = budget_calloc(c->c.budget, 1, sizeof(*a))) == NULL) {
			stat_add(c->c.world->stats, STAT_RPC_LIMIT, 1);
			return;
		}
		a->id = p->auth_id;
		a->gss = gss_new(c->c.world, c->c.budget);
		SLIST_INSERT_HEAD(&c->auths, a, link);
		c->n_auths++;
	}
	a->type = p->auth_type;
	a->level = p->auth_level;
	a->lost = false;
	gss_token(a->gss, p->dir, p->token);
}

struct rpc_auth *
rpc_auth_find(const struct rpc_conn *c, bool named, uint32_t id)
{
	struct rpc_auth *a;

	if (!named)
		return c->n_auths == 1 ? SLIST_FIRST(&c->auths) : NULL;
	SLIST_FOREACH(a, &c->auths, link)
		if (a->id == id)
			return a;
	return NULL;
}

void
rpc_bindings_free(struct rpc_conn *c)
{
	struct rpc_context *x;
	struct rpc_offer *o;
	struct rpc_auth *a;

	while ((x = SLIST_FIRST(&c->contexts)) != NULL)
		context_drop(c, x);
	while ((a = SLIST_FIRST(&c->auths)) != NULL) {
		SLIST_REMOVE_HEAD(&c->auths, link);
		gss_note(a->gss, c->c.peers, "dcerpc");
		gss_free(a->gss);
		budget_free(a);
	}
	while ((o = TAILQ_FIRST(&c->offers)) != NULL) {
		TAILQ_REMOVE(&c->offers, o, link);
		budget_free(o);
	}
}
