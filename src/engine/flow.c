#include "engine/flow.h"

#include <sys/random.h>

#include <err.h>

#include "base/hash.h"
#include "engine/connection.h"

#define BUCKETS		(MAX_FLOWS)	/* a power of two */
#define SECOND		1000000
#define PENDING_EVERY	(TCP_WAIT_ACKED / 4)

_Static_assert((BUCKETS & (BUCKETS - 1)) == 0, "bucket numbers are masked");

/* The two ends, the lower address and port first, so that both directions find
 * the same flow.  It has no padding, since it is compared and hashed as
 * bytes. */
struct key {
	uint8_t		 addr[2][16];
	uint16_t	 port[2];
	uint32_t	 scope;
	uint32_t	 v6;
};
#define KEY_WORDS	12	/* the last one is zero */
_Static_assert(sizeof(struct key) == 44, "no padding");

enum state {
	FLOW_OPEN,		/* a protocol has it or may get it; it has a
				 * connection once it carried data */
	FLOW_OTHER,		/* no protocol wants it */
	FLOW_OVER		/* both sides closed it; late segments belong to it */
};

/* The lists of flows, by how long they may be idle.  When memory is short,
 * flows of the first list are dropped first. */
enum lru { LRU_EMBRYO, LRU_CLOSED, LRU_OTHER, LRU_OURS, LRU_MAX };

static const uint32_t lru_idle[LRU_MAX] = {
	[LRU_EMBRYO] = FLOW_IDLE_OTHER / SECOND,
	[LRU_CLOSED] = FLOW_CLOSED / SECOND,
	[LRU_OTHER] = FLOW_IDLE_OTHER / SECOND,
	[LRU_OURS] = FLOW_IDLE / SECOND,
};

#define SAW_SYN(side)	(0x01 << (side))
#define SAW_FIN(side)	(0x04 << (side))
#define SAW_RST		0x10
#define KNOWS_CLIENT	0x20	/* a SYN told the client */
#define CLIENT_IS_1	0x40

/* What a packet of an unwanted flow needs comes first, in one cache line. */
struct flow {
	struct flow	*chain;
	struct key	 key;
	uint32_t	 last;		/* second of packet time in which it was touched */
	uint8_t		 state;
	uint8_t		 lru;
	uint8_t		 saw;
	uint8_t		 nvlan;
	uint16_t	 epoch;		/* the world's ports_epoch when it was last offered */
	uint16_t	 vlan[MAX_VLANS];
	uint32_t	 isn[2];
	uint32_t	 bucket;
	int64_t		 began;
	struct connection *connection;
	TAILQ_ENTRY(flow) idle;		/* in table->lru[lru], longest idle first */
	TAILQ_ENTRY(flow) all;		/* oldest first: flow_flush() ends them in this order */
};
TAILQ_HEAD(flows, flow);

/*
 * A cache of flows that no protocol wants, so that most of their packets touch
 * one cache line of it and nothing of the table.  An entry is valid for a round
 * of ROUND seconds; then a packet updates the flow in the table, which would
 * expire it otherwise.
 */
#define QUIET_SETS	32768
#define QUIET_WAYS	8
#define ROUND		4	/* seconds */

struct quiet {
	uint32_t	 tag;
	uint32_t	 round;		/* the round for which it is valid */
};

struct flow_table {
	struct world	*world;
	const struct proto_ops *const *protos;
	uint64_t	 seed;
	uint32_t	 seeds[KEY_WORDS];
	size_t		 n;
	struct flows	 lru[LRU_MAX];
	struct flows	 all;
	TAILQ_HEAD(, connection) pending;
	int64_t		 swept;
	int64_t		 round_began;
	uint32_t	 round;
	unsigned int	 round_epoch;	/* the world's ports_epoch: a change starts a round too */
	struct flow	*bucket[BUCKETS];
	struct quiet	 quiet[QUIET_SETS][QUIET_WAYS];
};

/* ---- Keys ---- */

/* Fills the key.  Returns the side that sent the packet: 0 is the lower end. */
static unsigned int
key_of(struct key *k, const struct pkt *p)
{
	int order = memcmp(p->src.b, p->dst.b, sizeof(p->src.b));
	unsigned int side = order > 0 || (order == 0 && p->sport > p->dport);

	/* cppcheck-suppress uninitvar ; it is the destination */
	memcpy(k->addr[side], p->src.b, sizeof(p->src.b));
	memcpy(k->addr[!side], p->dst.b, sizeof(p->dst.b));
	k->port[side] = p->sport;
	k->port[!side] = p->dport;
	k->scope = p->scope;
	k->v6 = p->src.v6;
	return side;
}

/* NH of RFC 4418 with secret seeds, then mixed, so that an attacker cannot make
 * flows that collide. */
static uint64_t
hash_of(const struct flow_table *t, const struct key *k)
{
	uint32_t w[KEY_WORDS] = { 0 };
	uint64_t sum = 0;

	memcpy(w, k, sizeof(*k));
	for (size_t i = 0; i < KEY_WORDS; i += 2)
		sum += (uint64_t)(w[i] + t->seeds[i]) * (w[i + 1] + t->seeds[i + 1]);
	sum = (sum ^ sum >> 32) * (t->seed | 1);
	return (sum ^ sum >> 29) * (t->seed | 1);
}

static uint32_t
bucket_of(uint64_t hash)
{
	return (uint32_t)(hash >> 40) & (BUCKETS - 1);
}

/* Returns the valid entry of an unwanted flow, or NULL if there is none. */
static struct quiet *
quiet_find(struct flow_table *t, uint64_t hash)
{
	struct quiet *set = t->quiet[hash >> 49];

	for (size_t i = 0; i < QUIET_WAYS; i++)
		if (set[i].tag == (uint32_t)(hash >> 16) && set[i].round == t->round)
			return &set[i];
	return NULL;
}

static void
quiet_note(struct flow_table *t, uint64_t hash)
{
	struct quiet *set = t->quiet[hash >> 49];
	size_t i;

	for (i = 0; i < QUIET_WAYS - 1; i++)
		if (set[i].round != t->round)
			break;
	/* The set is full: replace an entry.  That flow is found in the
	 * table. */
	if (set[i].round == t->round)
		i = hash & (QUIET_WAYS - 1);
	set[i] = (struct quiet){ (uint32_t)(hash >> 16), t->round };
}

static struct flow *
flow_find(const struct flow_table *t, const struct key *k, uint32_t bucket)
{
	struct flow *f = t->bucket[bucket];

	while (f != NULL && memcmp(&f->key, k, sizeof(*k)) != 0)
		f = f->chain;
	return f;
}

/* FNV-1a, without a seed, of the flow's ends, VLANs and time of its first
 * packet in network order, so that the same capture always gives the same
 * flow_id. */
static uint64_t
flow_id(const struct flow *f)
{
	uint64_t h;
	uint8_t b[4 + 2 * MAX_VLANS + 8];

	be16enc(b, f->key.port[0]);
	be16enc(b + 2, f->key.port[1]);
	for (size_t i = 0; i < MAX_VLANS; i++)
		be16enc(b + 4 + 2 * i, f->vlan[i]);
	be64enc(b + 4 + 2 * MAX_VLANS, (uint64_t)f->began);
	h = hash_view(HASH_START, (struct view){ (const uint8_t *)f->key.addr,
	    sizeof(f->key.addr) });
	h = hash_view(h, (struct view){ b, sizeof(b) });
	h = (h ^ h >> 32) & ((UINT64_C(1) << 51) - 1);
	return h != 0 ? h : 1;
}

/* Returns the ends as if side 0 were the client. */
static struct peers
ends_of(const struct flow *f)
{
	struct peers p = { .cport = f->key.port[0], .sport = f->key.port[1],
	    .nvlan = f->nvlan, .flow_id = flow_id(f) };

	memcpy(p.client.b, f->key.addr[0], sizeof(p.client.b));
	memcpy(p.server.b, f->key.addr[1], sizeof(p.server.b));
	p.client.v6 = p.server.v6 = f->key.v6 != 0;
	memcpy(p.vlan, f->vlan, sizeof(p.vlan));
	return p;
}

static unsigned int
client_of(const struct flow *f)
{
	if (!(f->saw & KNOWS_CLIENT))
		return CLIENT_UNKNOWN;
	return (f->saw & CLIENT_IS_1) ? 1 : 0;
}

/* ---- Flows come and go ---- */

static bool
closed(const struct flow *f)
{
	bool fin0 = f->saw & SAW_FIN(0), fin1 = f->saw & SAW_FIN(1);

	if (f->state == FLOW_OVER || (f->saw & SAW_RST) || (fin0 && fin1))
		return true;
	/* If only one side was captured, its FIN alone closes the flow. */
	return f->connection != NULL && ((fin0 && !f->connection->tcp.s[1].seen) ||
	    (fin1 && !f->connection->tcp.s[0].seen));
}

static enum lru
lru_of(const struct flow *f)
{
	if (closed(f))
		return LRU_CLOSED;
	if (f->connection == NULL)
		return f->state == FLOW_OPEN ? LRU_EMBRYO : LRU_OTHER;
	return f->connection->state == CONNECTION_OURS ? LRU_OURS : LRU_OTHER;
}

static uint32_t
second(const struct flow_table *t)
{
	return (uint32_t)(t->world->now.us / SECOND);
}

/* Moves the flow to the tail of the list that suits its present state. */
static void
flow_sort(struct flow_table *t, struct flow *f)
{
	TAILQ_REMOVE(&t->lru[f->lru], f, idle);
	f->lru = (uint8_t)lru_of(f);
	TAILQ_INSERT_TAIL(&t->lru[f->lru], f, idle);
	f->last = second(t);
}

static void
stop_waiting(struct flow_table *t, struct connection *k)
{
	if (k != NULL && k->waits)
		TAILQ_REMOVE(&t->pending, k, pending);
	if (k != NULL)
		k->waits = false;
}

static void
flow_drop(struct flow_table *t, struct flow *f)
{
	struct flow **at = &t->bucket[f->bucket];

	stop_waiting(t, f->connection);
	connection_end(f->connection);
	while (*at != f)
		at = &(*at)->chain;
	*at = f->chain;
	TAILQ_REMOVE(&t->lru[f->lru], f, idle);
	TAILQ_REMOVE(&t->all, f, all);
	t->n--;
	budget_free(f);
}

/* Drops the flow of least value, but not that given.  Returns false if there is
 * none. */
static bool
flow_evict(struct flow_table *t, const struct flow *but)
{
	struct flow *f;

	for (size_t i = 0; i < LRU_MAX; i++) {
		f = TAILQ_FIRST(&t->lru[i]);
		if (f != NULL && f == but)
			f = TAILQ_NEXT(f, idle);
		if (f != NULL) {
			flow_drop(t, f);
			stat_add(t->world->stats, STAT_FLOWS_EVICTED, 1);
			return true;
		}
	}
	return false;
}

/* Returns whether memory is short: then each new flow replaces one that is
 * idle. */
static bool
pressed(const struct flow_table *t)
{
	const struct budget *b = t->world->budget;

	return t->n >= MAX_FLOWS || b->used > b->limit - b->limit / 8;
}

static struct flow *
flow_new(struct flow_table *t, const struct key *k, uint32_t bucket, const struct pkt *p)
{
	struct flow *f;

	if (pressed(t))
		flow_evict(t, NULL);
	while ((f = budget_calloc(t->world->budget, 1, sizeof(*f))) == NULL)
		if (!flow_evict(t, NULL))
			return NULL;
	f->key = *k;
	f->bucket = bucket;
	f->began = t->world->now.us;
	f->last = second(t);
	f->nvlan = p->nvlan;
	memcpy(f->vlan, p->vlan, sizeof(f->vlan));
	f->lru = LRU_EMBRYO;
	f->chain = t->bucket[bucket];
	t->bucket[bucket] = f;
	TAILQ_INSERT_TAIL(&t->lru[f->lru], f, idle);
	TAILQ_INSERT_TAIL(&t->all, f, all);
	t->n++;
	stat_add(t->world->stats, STAT_FLOWS, 1);
	return f;
}

/* Brings the flow up to date with its connection's state. */
static void
flow_settle(struct flow_table *t, struct flow *f)
{
	struct connection *k = f->connection;

	if (k->state == CONNECTION_OTHER) {
		stop_waiting(t, k);
		connection_free(k);
		f->connection = NULL;
		f->state = FLOW_OTHER;
		f->epoch = (uint16_t)t->world->ports_epoch;
	} else if (tcp_finished(&k->tcp)) {
		stop_waiting(t, k);
		connection_end(k);
		f->connection = NULL;
		f->state = FLOW_OVER;
	} else if (!tcp_waits(&k->tcp)) {
		stop_waiting(t, k);
	} else if (!k->waits) {
		k->waits = true;
		k->due = t->world->now.us + PENDING_EVERY;
		TAILQ_INSERT_TAIL(&t->pending, k, pending);
	}
	if (f->lru != lru_of(f))
		flow_sort(t, f);
}

/* ---- The clock ---- */

/* Tells flows that wait for missing bytes what time it is, for they may get no
 * packets that would do so. */
static void
pending_tick(struct flow_table *t)
{
	int64_t now = t->world->now.us;
	struct connection *k;

	/* If the clock was set back, due lies too far ahead: it is due now. */
	while ((k = TAILQ_FIRST(&t->pending)) != NULL &&
	    (k->due <= now || k->due - now > PENDING_EVERY)) {
		stop_waiting(t, k);
		tcp_tick(&k->tcp, now);
		flow_settle(t, k->flow);
	}
}

static void
expire(struct flow_table *t)
{
	uint32_t now = second(t);
	struct flow *f;

	for (size_t i = 0; i < LRU_MAX; i++)
		while ((f = TAILQ_FIRST(&t->lru[i])) != NULL &&
		    (int32_t)(now - f->last) > (int32_t)lru_idle[i])
			flow_drop(t, f);
}

static void
tick(struct flow_table *t)
{
	int64_t now = t->world->now.us;

	if (t->round_epoch != t->world->ports_epoch || now - t->round_began >= ROUND * SECOND ||
	    now < t->round_began) {
		t->round++;
		t->round_began = now;
		t->round_epoch = t->world->ports_epoch;
	}
	pending_tick(t);
	if (now - t->swept >= SECOND || now < t->swept) {
		t->swept = now;
		expire(t);
	}
}

/* ---- Packets ---- */

/* Returns whether a SYN on a flow that is in the table begins another
 * connection. */
static bool
begins_anew(const struct flow_table *t, const struct flow *f, unsigned int side,
    const struct pkt *p)
{
	const struct tcp_stream *s;
	uint32_t behind;

	if ((f->saw & SAW_SYN(side)) && f->isn[side] == p->seq)
		return false;			/* a retransmission */
	if ((p->flags & TCP_ACK) && !closed(f))
		return false;			/* the answer to the SYN */
	if (f->connection == NULL)
		return f->state != FLOW_OPEN || (f->saw & SAW_SYN(side));
	if (closed(f) || (int32_t)(second(t) - f->last) > (int32_t)(FLOW_CLOSED / SECOND))
		return true;
	s = &f->connection->tcp.s[side];
	behind = (uint32_t)s->next - (p->seq + 1);
	/* In the window of a live connection it is forged (RFC 5961 4) or
	 * late. */
	return s->anchored && behind > MAX_TCP_AHEAD && -behind > MAX_TCP_AHEAD;
}

static void
see_syn(struct flow *f, unsigned int side, const struct pkt *p)
{
	unsigned int client = (p->flags & TCP_ACK) ? !side : side;

	if (f->saw & SAW_SYN(side))
		return;
	f->saw |= (uint8_t)SAW_SYN(side);
	f->isn[side] = p->seq;
	if (!(f->saw & KNOWS_CLIENT))
		f->saw |= (uint8_t)(KNOWS_CLIENT | (client ? CLIENT_IS_1 : 0));
	if (f->connection != NULL) {
		tcp_syn(&f->connection->tcp, side, p->seq);
		if (f->connection->state == CONNECTION_NEW)
			f->connection->client = client_of(f);
	}
}

static bool
flow_connect(struct flow_table *t, struct flow *f, unsigned int client, bool midstream)
{
	struct peers ends = ends_of(f);

	while ((f->connection = connection_new(t->world, t->protos, &ends, client, midstream)) == NULL)
		if (!flow_evict(t, f))
			return false;
	f->connection->flow = f;
	return true;
}

/* Offers an unwanted flow to the protocols again if a port was learnt since.
 * Returns whether one took it. */
static bool
reclaim(struct flow_table *t, struct flow *f)
{
	const struct proto_ops *ops;
	unsigned int client = client_of(f);
	struct peers ends;

	if (f->epoch == (uint16_t)t->world->ports_epoch)
		return false;
	f->epoch = (uint16_t)t->world->ports_epoch;
	ends = ends_of(f);
	ops = probe_ports(t->world, t->protos, &ends, &client);
	if (ops == NULL || !flow_connect(t, f, client, true))
		return false;
	f->state = FLOW_OPEN;
	connection_give(f->connection, ops, client);
	return true;
}

/* Makes the connection at the flow's first data.  Returns false without
 * memory. */
static bool
flow_open(struct flow_table *t, struct flow *f)
{
	bool midstream = (f->saw & (SAW_SYN(0) | SAW_SYN(1))) == 0;

	if (!flow_connect(t, f, client_of(f), midstream))
		return false;
	for (unsigned int side = 0; side < 2; side++)
		if (f->saw & SAW_SYN(side))
			tcp_syn(&f->connection->tcp, side, f->isn[side]);
	return true;
}

static void
flow_segment(struct flow_table *t, struct flow *f, uint64_t hash, unsigned int side,
    const struct pkt *p)
{
	if (p->flags & TCP_RST) {
		/* It may be forged: the flow only expires sooner. */
		stat_add(t->world->stats, STAT_RST, 1);
		f->saw |= SAW_RST;
	}
	if (p->flags & TCP_FIN)
		f->saw |= (uint8_t)SAW_FIN(side);
	if ((p->flags & (TCP_RST | TCP_FIN)) && f->lru != lru_of(f))
		flow_sort(t, f);
	if ((p->flags & TCP_RST) || f->state == FLOW_OVER)
		return;
	if (f->state == FLOW_OTHER) {
		if (p->wire_len == 0 || !reclaim(t, f)) {
			if (f->epoch == (uint16_t)t->world->ports_epoch)
				quiet_note(t, hash);
			return;
		}
	} else if (f->connection == NULL && (p->wire_len == 0 || !flow_open(t, f))) {
		return;
	}
	if (tcp_packet(&f->connection->tcp, side, p, &t->world->now))
		f->saw &= (uint8_t)~SAW_RST;
	flow_settle(t, f);
}

void
flow_packet(struct flow_table *t, const struct pkt *p)
{
	struct key k;
	unsigned int side = key_of(&k, p);
	uint64_t hash = hash_of(t, &k);
	uint32_t bucket = bucket_of(hash);
	struct quiet *quiet;
	struct flow *f;

	tick(t);
	if ((quiet = quiet_find(t, hash)) != NULL) {
		if (!(p->flags & (TCP_SYN | TCP_FIN | TCP_RST)))
			return;
		quiet->round--;
	}
	f = flow_find(t, &k, bucket);
	if (f != NULL && (p->flags & TCP_SYN) && begins_anew(t, f, side, p)) {
		flow_drop(t, f);
		f = NULL;
	}
	if (f == NULL) {
		/* A packet without SYN and data does not begin a flow. */
		if (!(p->flags & TCP_SYN) && p->wire_len == 0)
			return;
		if ((f = flow_new(t, &k, bucket, p)) == NULL)
			return;
	}
	if (f->last != second(t))
		flow_sort(t, f);
	if (p->flags & TCP_SYN)
		see_syn(f, side, p);
	flow_segment(t, f, hash, side, p);
}

/* ---- The table ---- */

struct flow_table *
flow_table_new(struct world *w, const struct proto_ops *const *protos)
{
	struct flow_table *t = budget_calloc(w->budget, 1, sizeof(*t));

	if (t == NULL)
		return NULL;
	t->world = w;
	t->protos = protos;
	t->round = 1;		/* zeroed entries, of round 0, are not valid */
	if (getentropy(&t->seed, sizeof(t->seed)) != 0 ||
	    getentropy(t->seeds, sizeof(t->seeds)) != 0)
		err(1, "getentropy");
	for (size_t i = 0; i < LRU_MAX; i++)
		TAILQ_INIT(&t->lru[i]);
	TAILQ_INIT(&t->all);
	TAILQ_INIT(&t->pending);
	return t;
}

void
flow_flush(struct flow_table *t)
{
	struct flow *f;

	while ((f = TAILQ_FIRST(&t->all)) != NULL)
		flow_drop(t, f);
}

void
flow_table_free(struct flow_table *t)
{
	if (t == NULL)
		return;
	flow_flush(t);
	budget_free(t);
}
