/* seal.c -- opens sealed bodies and checks signed ones, [MS-RPCE] 2.2.2.11, 3.3.1.5.2. */
#include "rpc/dcerpc.h"

#include "auth/gss.h"
#include "engine/ledger.h"

bool
rpc_keyed(const struct rpc_conn *c)
{
	const struct rpc_auth *a;

	SLIST_FOREACH(a, &c->auths, link)
		if (logon_state(gss_logon(a->gss)) == LOGON_OPEN)
			return true;
	return false;
}

/* Returns the security context that protects a PDU, or NULL.  If the trailer was
 * not captured, it is the only one there is. */
static struct rpc_auth *
protector(struct rpc_conn *c, const struct rpc_pdu *p)
{
	struct rpc_auth *a;

	if (p->auth_len == 0 || (p->has_trailer && p->auth_level < LEVEL_PKT))
		return NULL;
	a = rpc_auth_find(c, p->has_trailer, p->auth_id);
	return a == NULL || a->level < LEVEL_PKT ? NULL : a;
}

void
rpc_pass(struct rpc_conn *c, const struct rpc_pdu *p)
{
	const struct rpc_auth *a = protector(c, p);

	if (a != NULL)
		logon_skip(gss_logon(a->gss), p->dir, p->body_len,
		    (p->has_trailer ? p->auth_level : a->level) != LEVEL_PRIVACY);
}

/* Notes, once for a connection, that its logon was not captured. */
static void
nameless(struct rpc_conn *c)
{
	if (c->nameless)
		return;
	c->nameless = true;
	ledger_note(c->c.world->ledger, c->c.peers, "dcerpc", NULL, false,
	    "logon not captured");
}

void
rpc_unseal(struct rpc_conn *c, struct rpc_pdu *p, struct buf *clear)
{
	struct sealed in = { .before = p->head, .body = p->body, .after = p->trailer,
	    .token = p->token, .clear = p->auth_level != LEVEL_PRIVACY };
	struct stats *stats = c->c.world->stats;
	struct rpc_auth *a = protector(c, p);
	size_t len;

	if (a == NULL) {
		if (p->has_trailer && p->auth_level == LEVEL_PRIVACY)
			nameless(c);
		return;
	}
	if (logon_state(gss_logon(a->gss)) != LOGON_OPEN)
		return;
	if (p->torn || p->token.len < p->auth_len || !buf_add(clear, p->body)) {
		rpc_pass(c, p);
		return;
	}
	switch (logon_unseal(gss_logon(a->gss), p->dir, &in, clear->p, &len)) {
	case UNSEAL_OK:
		stat_add(stats, in.clear ? STAT_RPC_CHECKED : STAT_RPC_OPENED, 1);
		if (in.clear)
			return;
		p->opened = true;
		p->stub = view_upto(buf_view(clear), 0, len < p->size ? len : p->size);
		return;
	case UNSEAL_NO_KEY:
		return;
	case UNSEAL_BAD:
		stat_add(stats, STAT_UNSEAL_BAD, 1);
		return;
	case UNSEAL_LOST:
		if (!a->lost)
			stat_add(stats, STAT_UNSEAL_LOST, 1);
		a->lost = true;
		return;
	}
}
