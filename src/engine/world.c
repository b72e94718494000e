#include "engine/world.h"

#include <stddef.h>

#include "fact/fact.h"

struct world_state {
	TAILQ_ENTRY(world_state) link;
	const struct world_key *key;
	_Alignas(max_align_t) uint8_t state[];
};

void
world_init(struct world *w, struct budget *b, struct stats *s, struct sink *sink)
{
	*w = (struct world){ .budget = b, .stats = s, .sink = sink };
	TAILQ_INIT(&w->waiters);
	TAILQ_INIT(&w->states);
}

/* A state that is being cleared may use itself and others, or make one anew:
 * that one joins the end of the list. */
void
world_free(struct world *w)
{
	struct world_state *s;

	while ((s = TAILQ_FIRST(&w->states)) != NULL) {
		s->key->clear(s->state);
		TAILQ_REMOVE(&w->states, s, link);
		budget_free(s);
	}
}

void *
world_state(struct world *w, const struct world_key *key)
{
	struct world_state *s;

	TAILQ_FOREACH(s, &w->states, link)
		if (s->key == key)
			return s->state;
	if ((s = budget_calloc(w->budget, 1, sizeof(*s) + key->size)) == NULL)
		return NULL;
	s->key = key;
	if (key->init != NULL)
		key->init(w, s->state);
	TAILQ_INSERT_TAIL(&w->states, s, link);
	return s->state;
}

void
world_tick(struct world *w)
{
	struct waiter *at;

	while ((at = TAILQ_FIRST(&w->waiters)) != NULL && at->due <= w->now.us) {
		waiter_stop(w, at);
		at->fire(at);
	}
}

/* Every wait is equally long, so the list stays in order of what is due. */
void
waiter_arm(struct world *w, struct waiter *at)
{
	const struct waiter *last;

	waiter_stop(w, at);
	at->due = w->now.us + ANSWER_WAIT;
	/* Packet time can step back; a wait never ends before an older one. */
	last = TAILQ_LAST(&w->waiters, waiters);
	if (last != NULL && last->due > at->due)
		at->due = last->due;
	TAILQ_INSERT_TAIL(&w->waiters, at, link);
}

void
waiter_stop(struct world *w, struct waiter *at)
{
	if (at->due == 0)
		return;
	TAILQ_REMOVE(&w->waiters, at, link);
	at->due = 0;
}

void
anomaly(struct world *w, const struct peers *peers, enum counter count,
    const char *app_proto, const char *event)
{
	struct fact *o;

	stat_add(w->stats, count, 1);
	if (!w->anomalies)
		return;
	o = fact_new(w->budget, FACT_ANOMALY, peers, w->now);
	fact_str(o, F_ANOMALY_TYPE, "applayer");
	fact_str(o, F_ANOMALY_EVENT, event);
	fact_str(o, F_ANOMALY_LAYER, "proto_parser");
	fact_str(o, F_ANOMALY_APP, app_proto);
	sink_put(w->sink, o);
}
