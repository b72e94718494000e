#include "engine/worker.h"

#include <stdlib.h>

#include "engine/decode.h"
#include "engine/flow.h"

struct worker {
	struct budget	 budget;
	struct world	 world;
	struct decoder	*decoder;
	struct flow_table *flows;
	uint64_t	 frames;
	int64_t		 first, last;	/* packet time */
};

static void
segment(void *arg, const struct pkt *pkt)
{
	struct worker *w = arg;

	flow_packet(w->flows, pkt);
}

/* Hands a datagram to the UDP protocol that has one of its ports, if any. */
static void
datagram(void *arg, const struct pkt *pkt)
{
	struct worker *w = arg;
	const struct dgram_ops *const *ops;
	enum dir dir;
	struct peers peers;

	for (ops = udp_protos; *ops != NULL; ops++)
		if (pkt->dport == (*ops)->port || pkt->sport == (*ops)->port)
			break;
	if (*ops == NULL)
		return;
	dir = pkt->dport == (*ops)->port ? C2S : S2C;
	peers = (struct peers){
		.client = dir == C2S ? pkt->src : pkt->dst,
		.server = dir == C2S ? pkt->dst : pkt->src,
		.cport = dir == C2S ? pkt->sport : pkt->dport,
		.sport = (*ops)->port
	};
	(*ops)->datagram(&w->world, &peers, dir, pkt->payload, pkt->wire_len);
}

struct worker *
worker_new(struct stats *stats, struct sink *sink, const struct worker_wants *wants)
{
	struct worker *w = calloc(1, sizeof(*w));

	if (w == NULL)
		return NULL;
	budget_init(&w->budget, NULL, MAX_MEMORY);
	world_init(&w->world, &w->budget, stats, sink);
	w->world.anomalies = wants->anomalies;
	w->world.keyring = wants->keyring;
	w->world.ledger = wants->ledger;
	w->flows = flow_table_new(&w->world, tcp_protos);
	w->decoder = decoder_new(&w->budget, stats, segment,
	    wants->keyring != NULL ? datagram : NULL, w);
	if (w->flows == NULL || w->decoder == NULL) {
		worker_free(w);
		return NULL;
	}
	return w;
}

void
worker_free(struct worker *w)
{
	if (w == NULL)
		return;
	if (w->decoder != NULL)
		decoder_free(w->decoder);
	if (w->flows != NULL)
		flow_table_free(w->flows);
	world_free(&w->world);
	free(w);
}

void
worker_source(struct worker *w, const char *name)
{
	w->world.now.source = name;
	w->world.now.pkt = 0;
}

/* Time may step back, between packets out of order or to an older capture; that
 * fires no timer. */
void
worker_idle(struct worker *w, int64_t us)
{
	w->world.now.us = us;
	world_tick(&w->world);
}

void
worker_frame(struct worker *w, const struct frame *f)
{
	w->world.now.pkt++;
	worker_idle(w, f->us);
	if (w->frames++ == 0)
		w->first = f->us;
	w->last = f->us;
	decode_frame(w->decoder, f->dlt, f->bytes, f->wire_len, f->us);
}

void
worker_flush(struct worker *w)
{
	flow_flush(w->flows);
}

bool
worker_times(const struct worker *w, int64_t *first, int64_t *last)
{
	*first = w->first;
	*last = w->last;
	return w->frames > 0;
}

const struct budget *
worker_memory(const struct worker *w)
{
	return &w->budget;
}
