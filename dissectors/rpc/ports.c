/* ports.c -- which of our interfaces the endpoint mapper told to be on which ports. */
#include "rpc/ports.h"

#include "base/limits.h"
#include "base/table.h"

/* One port may have several of our interfaces: the table has them in a row. */
struct port_key {
	struct hosts	 hosts;
	uint8_t		 iface[8];	/* its address in memory; no padding */
};

struct port {
	struct table_entry entry;	/* by the port's number and the key */
	struct port_key	 key;
	const struct rpc_iface *iface;	/* one of those that are there */
};

static const struct table_kind port_kind = {
	.limit = MAX_RPC_PORTS, .counter = STAT_RPC_LIMIT
};

static void
ports_init(struct world *w, void *state)
{
	table_init(state, &port_kind, w->budget, w->stats);
}

static void
ports_clear(void *state)
{
	table_clear(state);
}

static const struct world_key ports_key = { sizeof(struct table), ports_init, ports_clear };

static struct port_key
key_of(const struct hosts *hosts, const struct rpc_iface *iface)
{
	struct port_key k = { .hosts = *hosts };

	be64enc(k.iface, (uintptr_t)iface);
	return k;
}

void
ports_learn(struct world *w, const struct addr *client, const struct addr *server,
    uint16_t port, const uint8_t uuid[16])
{
	const struct rpc_iface *iface = rpc_iface_find(uuid);
	struct port_key key = key_of(&(struct hosts){ *client, *server }, iface);
	struct table *ports = world_state(w, &ports_key);
	struct port *p;

	if (ports == NULL || iface == NULL ||
	    table_find(ports, (struct table_key){ port, view_bytes(key) }) != NULL ||
	    (p = table_add(ports, sizeof(*p), view_bytes(key.hosts))) == NULL)
		return;
	p->key = key;
	p->iface = iface;
	table_set_key(ports, &p->entry, (struct table_key){ port, view_bytes(p->key) });
	stat_add(w->stats, STAT_RPC_PORTS, 1);
	w->ports_epoch++;
}

const struct rpc_iface *
ports_next(struct world *w, const struct peers *peers, const struct rpc_iface *after)
{
	struct port_key key = key_of(&peers->hosts, after);
	struct table *ports = world_state(w, &ports_key);
	struct port *p;

	if (ports == NULL)
		return NULL;
	p = table_at_least(ports, (struct table_key){ peers->sport, view_bytes(key) });
	if (p != NULL && p->iface == after)
		p = table_next(&p->entry);
	return p != NULL && p->entry.key.num == peers->sport &&
	    memcmp(&p->key.hosts, &peers->hosts, sizeof(p->key.hosts)) == 0 ? p->iface : NULL;
}
