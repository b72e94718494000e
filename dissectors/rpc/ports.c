/* ports.c -- who was told which interface listens on what port of whom. */
#include "rpc/ports.h"

#include "base/limits.h"
#include "base/rb.h"

struct port {
	RB_ENTRY(port)	 link;
	TAILQ_ENTRY(port) age;
	struct addr	 client, server;
	uint16_t	 port;
	const struct rpc_iface *iface;	/* NULL: none of ours */
};

static int
port_cmp(const struct port *a, const struct port *b)
{
	int c;

	if ((c = memcmp(a->client.b, b->client.b, sizeof(a->client.b))) != 0 ||
	    (c = memcmp(a->server.b, b->server.b, sizeof(a->server.b))) != 0)
		return c;
	if ((c = a->client.v6 - b->client.v6) != 0 || (c = a->server.v6 - b->server.v6) != 0)
		return c;
	return a->port - b->port;
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
	struct port key = { .client = *client, .server = *server, .port = port }, *p;
	struct ports *ports = world_state(w, &ports_key);

	if (ports == NULL)
		return;
	key.iface = rpc_iface_find(uuid);
	if ((p = RB_FIND(port_tree, &ports->tree, &key)) != NULL) {
		/* One process, one port, many interfaces: ours is the news. */
		if (key.iface == NULL || key.iface == p->iface)
			return;
		p->iface = key.iface;
		w->ports_epoch++;
		return;
	}
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
	if (p->iface != NULL)
		w->ports_epoch++;
}

const struct rpc_iface *
ports_find(struct world *w, const struct peers *peers, bool *known)
{
	struct port key = { .client = peers->client, .server = peers->server,
	    .port = peers->sport }, *p;
	struct ports *ports = world_state(w, &ports_key);

	p = ports != NULL ? RB_FIND(port_tree, &ports->tree, &key) : NULL;
	*known = p != NULL;
	return p != NULL ? p->iface : NULL;
}
