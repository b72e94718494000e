/*
 * assoc.c -- associations, and the context handles in their scope: [MS-RPCE]
 * 3.3.1.1.1, 3.3.1.4.1 and 3.3.1.5.7.  [C706] calls them association groups.
 */
#include "rpc/dcerpc.h"

#include <assert.h>
#include <stdio.h>
#include <strings.h>

#include "base/limits.h"
#include "base/rb.h"

struct handle {
	TAILQ_ENTRY(handle) link;
	struct ndr_handle wire;
	_Alignas(max_align_t) uint8_t value[];
};

/* The connections of a client's process to an endpoint of a server. */
struct rpc_assoc {
	RB_ENTRY(rpc_assoc) link;
	struct addr	 client, server;
	uint16_t	 port;
	char		 pipe[32];	/* its name; longer ones are told apart as far as that */
	uint32_t	 group;		/* assoc_group_id; 0: not known, and nobody can join */
	bool		 listed;	/* who binds with that id joins */
	unsigned int	 n_conns;
	struct budget	 budget;	/* of the handles */
	TAILQ_HEAD(, handle) handles;	/* oldest first */
	size_t		 n;
};

static int
assoc_cmp(const struct rpc_assoc *a, const struct rpc_assoc *b)
{
	int c;

	if ((c = addr_cmp(&a->client, &b->client)) != 0 ||
	    (c = addr_cmp(&a->server, &b->server)) != 0 || (c = a->port - b->port) != 0 ||
	    (c = strcasecmp(a->pipe, b->pipe)) != 0)
		return c;
	return a->group < b->group ? -1 : a->group > b->group;
}

RB_HEAD(assoc_tree, rpc_assoc);
RB_STATIC(assoc_tree, rpc_assoc, link, assoc_cmp)

/* Each belongs to its connections, which end before the world. */
static void
tree_clear(void *state)
{
	assert(RB_EMPTY((struct assoc_tree *)state));
}

/* Those that can be joined. */
static const struct world_key tree_key = { sizeof(struct assoc_tree), NULL, tree_clear };

static struct rpc_assoc
key_of(const struct rpc_conn *c, uint32_t group)
{
	struct rpc_assoc key = { .client = c->c.peers->client, .server = c->c.peers->server,
	    .port = c->c.peers->sport, .group = group };

	snprintf(key.pipe, sizeof(key.pipe), "%s", c->pipe != NULL ? c->pipe : "");
	return key;
}

/* Ids are unique among a server's associations: where one is given anew, the
 * old one has ended. */
static void
assoc_list(struct world *w, struct rpc_assoc *a)
{
	struct assoc_tree *tree = world_state(w, &tree_key);
	struct rpc_assoc *old;

	if (tree == NULL || a->group == 0)
		return;
	if ((old = RB_FIND(assoc_tree, tree, a)) != NULL) {
		RB_REMOVE(assoc_tree, tree, old);
		old->listed = false;
	}
	RB_INSERT(assoc_tree, tree, a);
	a->listed = true;
}

static void
assoc_new(struct rpc_conn *c, uint32_t group)
{
	struct world *w = c->c.world;

	if ((c->assoc = budget_alloc(w->budget, sizeof(*c->assoc))) == NULL) {
		stat_add(w->stats, STAT_RPC_LIMIT, 1);
		return;
	}
	*c->assoc = key_of(c, group);
	c->assoc->n_conns = 1;
	budget_init(&c->assoc->budget, w->budget, MAX_RPC_HANDLES_MEM);
	TAILQ_INIT(&c->assoc->handles);
	assoc_list(w, c->assoc);
}

static void
handle_drop(struct rpc_assoc *a, struct handle *h)
{
	TAILQ_REMOVE(&a->handles, h, link);
	a->n--;
	budget_free(h);
}

void
rpc_assoc_leave(struct rpc_conn *c)
{
	struct rpc_assoc *a = c->assoc;

	c->assoc = NULL;
	if (a == NULL || --a->n_conns > 0)
		return;
	if (a->listed)
		RB_REMOVE(assoc_tree, (struct assoc_tree *)world_state(c->c.world, &tree_key), a);
	while (!TAILQ_EMPTY(&a->handles))
		handle_drop(a, TAILQ_FIRST(&a->handles));
	budget_free(a);
}

/* Only where an interface of ours that makes facts is spoken. */
static bool
wants_assoc(const struct rpc_conn *c)
{
	const struct rpc_context *x;

	SLIST_FOREACH(x, &c->contexts, link)
		if (x->iface != NULL && x->iface->route != NULL)
			return true;
	return false;
}

void
rpc_assoc_asked(struct rpc_conn *c, uint32_t group)
{
	struct assoc_tree *tree = world_state(c->c.world, &tree_key);
	struct rpc_assoc key = key_of(c, group);

	if (group == 0 || c->assoc != NULL || tree == NULL || !wants_assoc(c))
		return;
	if ((c->assoc = RB_FIND(assoc_tree, tree, &key)) != NULL)
		c->assoc->n_conns++;
	else
		assoc_new(c, group);
}

/* A connection stays in the association that it was first told to be in. */
void
rpc_assoc_told(struct rpc_conn *c, uint32_t group)
{
	struct rpc_assoc *a = c->assoc;

	if (c->assoc_told || !wants_assoc(c))
		return;
	c->assoc_told = true;
	if (a != NULL && a->group == 0) {	/* made by a call, after a missed bind */
		a->group = group;
		assoc_list(c->c.world, a);
	} else if (a == NULL || a->group != group) {
		rpc_assoc_leave(c);
		assoc_new(c, group);
	}
}

/* ---- Context handles ---- */

static struct handle *
handle_find(const struct rpc_call *call, const struct ndr_handle *wire)
{
	struct handle *h;

	if (call->conn == NULL || call->conn->assoc == NULL)
		return NULL;
	TAILQ_FOREACH(h, &call->conn->assoc->handles, link)
		if (memcmp(&h->wire, wire, sizeof(*wire)) == 0)
			return h;
	return NULL;
}

void
rpc_handle_close(struct rpc_call *call, const struct ndr_handle *wire)
{
	struct handle *h = handle_find(call, wire);

	if (h != NULL)
		handle_drop(call->conn->assoc, h);
}

const void *
rpc_handle_value(const struct rpc_call *call, const struct ndr_handle *wire)
{
	const struct handle *h = handle_find(call, wire);

	return h != NULL ? h->value : NULL;
}

void
rpc_handle_open(struct rpc_call *call, const struct ndr_handle *wire, const void *value, size_t len)
{
	struct rpc_assoc *a;
	struct handle *h;

	if (call->conn == NULL || ndr_handle_is_null(wire))
		return;
	rpc_handle_close(call, wire);
	if (call->conn->assoc == NULL)
		assoc_new(call->conn, 0);
	if ((a = call->conn->assoc) == NULL)
		return;
	h = a->n < MAX_RPC_HANDLES ? budget_alloc(&a->budget, sizeof(*h) + len) : NULL;
	if (h == NULL) {
		stat_add(call->world->stats, STAT_RPC_LIMIT, 1);
		if ((h = TAILQ_FIRST(&a->handles)) != NULL)
			handle_drop(a, h);
		h = budget_alloc(&a->budget, sizeof(*h) + len);
	}
	if (h == NULL)
		return;
	h->wire = *wire;
	memcpy(h->value, value, len);
	TAILQ_INSERT_TAIL(&a->handles, h, link);
	a->n++;
}
