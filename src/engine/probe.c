#include "engine/probe.h"

/* A held piece: its side and length, then that many bytes.  One byte a piece
 * is the worst case. */
#define MAX_HELD	(2 * MAX_PROBE * 3)

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

static void
push(struct connection *k, unsigned int side, struct view v)
{
	enum dir d = dir_of(k, side), o = dir_of(k, !side);

	k->spoke[d] = true;
	frame_push(&k->framer[d], v);
	if (k->framer[d].left || (frame_hopeless(&k->framer[d]) &&
	    (frame_hopeless(&k->framer[o]) || !k->spoke[o])))
		not_ours(k);
}

/* ---- First bytes ---- */

static bool
hold(struct connection *k, unsigned int side, struct view v)
{
	uint8_t head[2] = { (uint8_t)side, (uint8_t)v.len };

	return buf_add(&k->held, (struct view){ head, sizeof(head) }) &&
	    buf_add(&k->held, v);
}

static bool
held_next(struct reader *r, unsigned int *side, struct view *v)
{
	*side = rd_u8(r);
	*v = rd_view(r, rd_u8(r));
	return rd_ok(r);
}

/* The first bytes of a side, v being the latest of them.  Returns how many. */
static size_t
first_bytes(const struct connection *k, unsigned int side, struct view v,
    uint8_t first[MAX_PROBE])
{
	struct reader r = rd_open(buf_view(&k->held));
	struct view h;
	unsigned int of;
	size_t n = 0;

	while (held_next(&r, &of, &h))
		if (of == side && h.len <= MAX_PROBE - n) {
			memcpy(first + n, h.p, h.len);
			n += h.len;
		}
	v = view_upto(v, 0, MAX_PROBE - n);
	if (v.len > 0)
		memcpy(first + n, v.p, v.len);
	return n + v.len;
}

/* What came before it was known whose it is, in the same order. */
static void
replay(struct connection *k)
{
	struct reader r = rd_open(buf_view(&k->held));
	unsigned int side;
	struct view v;

	while (k->state == CONNECTION_OURS && held_next(&r, &side, &v))
		push(k, side, v);
	buf_free(&k->held);
}

/* ---- Who takes it ---- */

static struct peers
turned(struct peers p)
{
	struct addr client = p.client;
	uint16_t cport = p.cport;

	p.client = p.server;
	p.cport = p.sport;
	p.server = client;
	p.sport = cport;
	return p;
}

const struct proto_ops *
connection_claimed(struct world *w, const struct proto_ops *const *protos,
    const struct peers *ends, unsigned int *client)
{
	bool known = *client != CLIENT_UNKNOWN;
	const struct proto_ops *const *ops;
	struct peers p;

	/* The lower port is more likely the server's: that is asked first. */
	if (!known)
		*client = ends->cport < ends->sport;
	for (int turn = 0; turn < (known ? 1 : 2); turn++) {
		if (turn > 0)
			*client = !*client;
		p = *client == 0 ? *ends : turned(*ends);
		for (ops = protos; *ops != NULL; ops++)
			if ((*ops)->claims != NULL && (*ops)->claims(w, &p))
				return *ops;
	}
	return NULL;
}

/* synced: which sides' next bytes start a PDU, as bits. */
static void
give(struct connection *k, const struct proto_ops *ops, unsigned int client, unsigned int synced)
{
	struct carrier c = { .world = k->world, .budget = &k->budget,
	    .peers = &k->peers, .midstream = k->midstream };

	k->client = client;
	if (client != 0)
		k->peers = turned(k->peers);
	if ((k->conn = ops->conn_new(&c)) == NULL) {
		not_ours(k);
		return;
	}
	k->ops = ops;
	k->state = CONNECTION_OURS;
	for (unsigned int side = 0; side < 2; side++)
		frame_init(&k->framer[dir_of(k, side)], ops, k->conn, k->world,
		    &k->budget, dir_of(k, side), (synced >> side & 1) == 0);
	stat_add(k->world->stats, STAT_FLOWS_OURS, 1);
	if (k->midstream)
		stat_add(k->world->stats, STAT_MIDSTREAM, 1);
}

void
connection_give(struct connection *k, const struct proto_ops *ops, unsigned int client)
{
	give(k, ops, client, 0);
}

/* Show everybody the first bytes of a side, v being the latest of them.
 * PROBE_MORE: they should be kept; else it is decided, or PROBE_NO. */
static enum probe
show(struct connection *k, unsigned int side, struct view v)
{
	const struct proto_ops *const *ops, *claims;
	uint8_t bytes[MAX_PROBE];
	struct view first = { bytes, first_bytes(k, side, v, bytes) };
	enum probe says, all = PROBE_NO;
	unsigned int client = k->client;

	for (ops = k->protos; *ops != NULL; ops++) {
		says = (*ops)->probe(first);
		if (says == PROBE_CLIENT || says == PROBE_SERVER) {
			if (client == CLIENT_UNKNOWN)
				client = says == PROBE_CLIENT ? side : !side;
			give(k, *ops, client, k->midstream ? 1u << side : 3);
			return says;
		}
		if (says == PROBE_MORE && first.len < MAX_PROBE)
			all = PROBE_MORE;
	}
	if ((claims = connection_claimed(k->world, k->protos, &k->peers, &client)) != NULL) {
		says = claims->probe(first);
		give(k, claims, client, k->midstream || says == PROBE_NO ? 0 : 3);
		return PROBE_CLIENT;
	}
	return all;
}

/* Bytes of a connection that nobody has yet. */
static void
introduce(struct connection *k, unsigned int side, struct view v)
{
	enum probe says = show(k, side, v);

	if (says == PROBE_NO && k->midstream && k->held.len > 0) {
		/* What was held began in the middle of something; this may not. */
		buf_free(&k->held);
		says = show(k, side, v);
	}
	if (k->state == CONNECTION_OURS) {
		replay(k);
		if (k->state == CONNECTION_OURS)
			push(k, side, v);
	} else if (says == PROBE_MORE) {
		if (!hold(k, side, v))
			not_ours(k);
	} else if (!k->midstream || ++k->tries >= MAX_PROBE_SEGS) {
		not_ours(k);
	}
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
		frame_gap(&k->framer[dir_of(k, side)], n);
	} else if (k->state == CONNECTION_NEW) {
		k->midstream = true;
		buf_free(&k->held);
	}
}

static uint64_t
connection_skip(void *arg, unsigned int side)
{
	const struct connection *k = arg;

	return k->state == CONNECTION_OURS ? k->framer[dir_of(k, side)].skip : 0;
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
	k->protos = protos;
	k->peers = *ends;
	k->client = client;
	k->midstream = midstream;
	budget_init(&k->budget, w->budget, MAX_FLOW_MEM);
	buf_init(&k->held, &k->budget, MAX_HELD);
	tcp_init(&k->tcp, &connection_user, k, &k->budget, w->stats);
	return k;
}

void
connection_free(struct connection *k)
{
	if (k == NULL)
		return;
	if (k->ops != NULL) {
		k->ops->conn_free(k->conn);
		frame_free(&k->framer[C2S]);
		frame_free(&k->framer[S2C]);
	}
	tcp_free(&k->tcp);
	buf_free(&k->held);
	budget_free(k);
}

void
connection_end(struct connection *k)
{
	if (k == NULL)
		return;
	tcp_flush(&k->tcp);
	if (k->ops != NULL) {
		frame_end(&k->framer[C2S]);
		frame_end(&k->framer[S2C]);
	}
	connection_free(k);
}
