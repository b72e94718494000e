#include "engine/connection.h"

static void
not_ours(struct connection *k)
{
	k->state = CONNECTION_OTHER;
}

static enum dir
dir_of(const struct connection *k, unsigned int side)
{
	return side == k->client ? C2S : S2C;
}

/* ---- The protocol ---- */

static void
push(struct connection *k, unsigned int side, struct view v)
{
	proto_conn_data(k->proto, dir_of(k, side), v);
	if (proto_conn_over(k->proto))
		not_ours(k);
}

static void
give(struct connection *k, const struct probe_found *found)
{
	struct carrier c = { .world = k->world, .budget = &k->budget,
	    .peers = &k->peers, .midstream = k->midstream };
	bool lost[2];

	k->client = found->client;
	if (k->client != 0)
		k->peers = probe_turned(k->peers);
	for (unsigned int side = 0; side < 2; side++)
		lost[dir_of(k, side)] = !found->in_step[side];
	if ((k->proto = proto_conn_new(found->ops, &c, lost)) == NULL) {
		not_ours(k);
		return;
	}
	k->state = CONNECTION_OURS;
	stat_add(k->world->stats, STAT_FLOWS_OURS, 1);
	if (k->midstream)
		stat_add(k->world->stats, STAT_MIDSTREAM, 1);
}

void
connection_give(struct connection *k, const struct proto_ops *ops, unsigned int client)
{
	give(k, &(struct probe_found){ .ops = ops, .client = client });
}

/* Bytes of a connection that no protocol has yet.  What the probe held comes
 * before them. */
static void
introduce(struct connection *k, unsigned int side, struct view v)
{
	struct probe_found found;
	struct reader held;
	unsigned int of;
	struct view piece;

	if (!probe_bytes(&k->probe, side, v, &k->peers, k->client, k->midstream, &found))
		return;
	if (found.ops == NULL) {
		not_ours(k);
		return;
	}
	give(k, &found);
	held = rd_open(buf_view(&k->probe.held));
	while (k->state == CONNECTION_OURS && probe_next(&held, &of, &piece))
		push(k, of, piece);
	probe_free(&k->probe);
	if (k->state == CONNECTION_OURS)
		push(k, side, v);
}

/* ---- What tcp.c hands over ---- */

static void
connection_data(void *arg, unsigned int side, const struct packet_ref *at, struct view v)
{
	struct connection *k = arg;
	const struct packet_ref now = k->world->now;

	k->world->now = *at;
	if (k->state == CONNECTION_OURS)
		push(k, side, v);
	else if (k->state == CONNECTION_NEW)
		introduce(k, side, v);
	k->world->now = now;
}

static void
connection_gap(void *arg, unsigned int side, uint64_t n)
{
	struct connection *k = arg;

	if (k->state == CONNECTION_OURS) {
		proto_conn_gap(k->proto, dir_of(k, side), n);
	} else if (k->state == CONNECTION_NEW) {
		k->midstream = true;
		probe_free(&k->probe);
	}
}

static uint64_t
connection_skip(void *arg, unsigned int side)
{
	const struct connection *k = arg;

	return k->state == CONNECTION_OURS ? k->proto->framer[dir_of(k, side)].skip : 0;
}

static const struct tcp_user connection_user = { connection_data, connection_gap, connection_skip };

/* ---- Begin and end ---- */

struct connection *
connection_new(struct world *w, const struct proto_ops *const *protos,
    const struct peers *ends, unsigned int client, bool midstream)
{
	struct connection *k = budget_calloc(w->budget, 1, sizeof(*k));

	if (k == NULL)
		return NULL;
	k->world = w;
	k->peers = *ends;
	k->client = client;
	k->midstream = midstream;
	budget_init(&k->budget, w->budget, MAX_FLOW_MEM);
	probe_init(&k->probe, w, protos, &k->budget);
	tcp_init(&k->tcp, &connection_user, k, &k->budget, w->stats);
	return k;
}

void
connection_free(struct connection *k)
{
	if (k == NULL)
		return;
	proto_conn_free(k->proto);
	tcp_free(&k->tcp);
	probe_free(&k->probe);
	budget_free(k);
}

void
connection_end(struct connection *k)
{
	if (k == NULL)
		return;
	tcp_flush(&k->tcp);
	proto_conn_end(k->proto);
	connection_free(k);
}
