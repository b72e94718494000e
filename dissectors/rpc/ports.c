/* ports.c -- which of our interfaces the endpoint mapper told to be on which ports. */
#include "rpc/ports.h"

#include "base/limits.h"
#include "base/rb.h"

struct port {
	RB_ENTRY(port)	 link;
	TAILQ_ENTRY(port) age;
	struct addr	 client, server;
	uint16_t	 port;
	const struct rpc_iface *iface;	/* one of those that are there */
};

static int
port_cmp(const struct port *a, const struct port *b)
{
	int c;

	if ((c = addr_cmp(&a->client, &b->client)) != 0 ||
	    (c = addr_cmp(&a->server, &b->server)) != 0 || (c = a->port - b->port) != 0)
		return c;
	return (uintptr_t)a->iface < (uintptr_t)b->iface ? -1 : a->iface != b->iface;
}

RB_HEAD(port_tree, port);
RB_STATIC(port_tree, port, link, port_cmp)

struct ports {
	struct port_tree tree;
	TAILQ_HEAD(, port) ages;	/* oldest first */
	size_t		 n;
};

static void
port_drop(struct ports *ports, struct port *p)
{
	RB_REMOVE(port_tree, &ports->tree, p);
	TAILQ_REMOVE(&ports->ages, p, age);
	ports->n--;
	budget_free(p);
}

static void
ports_init(struct world *w, void *state)
{
	struct ports *ports = state;

	(void)w;
	RB_INIT(&ports->tree);
	TAILQ_INIT(&ports->ages);
}

static void
ports_clear(void *state)
{
	struct ports *ports = state;

	while (!TAILQ_EMPTY(&ports->ages))
		port_drop(ports, TAILQ_FIRST(&ports->ages));
}

static const struct world_key ports_key = { sizeof(struct ports), ports_init, ports_clear };

void
ports_learn(struct world *w, const struct addr *client, const struct addr *server,
    uint16_t port, const uint8_t uuid[16])
{
	struct port key = { .client = *client, .server = *server, .port = port,
	    .iface = rpc_iface_find(uuid) }, *p;
	struct ports *ports = world_state(w, &ports_key);

	if (ports == NULL || key.iface == NULL || RB_FIND(port_tree, &ports->tree, &key) != NULL)
		return;
	if (ports->n >= MAX_RPC_PORTS) {
		stat_add(w->stats, STAT_RPC_LIMIT, 1);
		port_drop(ports, TAILQ_FIRST(&ports->ages));
	}
	if ((p = budget_alloc(w->budget, sizeof(*p))) == NULL)
		return;
	*p = key;
	RB_INSERT(port_tree, &ports->tree, p);
	TAILQ_INSERT_TAIL(&ports->ages, p, age);
	ports->n++;
	stat_add(w->stats, STAT_RPC_PORTS, 1);
	w->ports_epoch++;
}

const struct rpc_iface *
ports_next(struct world *w, const struct peers *peers, const struct rpc_iface *after)
{
	struct port key = { .client = peers->client, .server = peers->server,
	    .port = peers->sport, .iface = after }, *p;
	struct ports *ports = world_state(w, &ports_key);

	if (ports == NULL || (p = RB_NFIND(port_tree, &ports->tree, &key)) == NULL)
		return NULL;
	if (p->iface == after && (p = RB_NEXT(port_tree, &ports->tree, p)) == NULL)
		return NULL;
	key.iface = p->iface;
	return port_cmp(&key, p) == 0 ? p->iface : NULL;
}
