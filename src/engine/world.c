#include "engine/dissect.h"
#include "fact/fact.h"

void
world_init(struct world *w, struct budget *b, struct stats *s, struct sink *sink)
{
	*w = (struct world){ .budget = b, .stats = s, .sink = sink };
	TAILQ_INIT(&w->waiters);
}

void
world_free(struct world *w)
{
	for (size_t i = 0; i < SLOT_MAX; i++) {
		if (w->slot[i].p != NULL)
			w->slot[i].free(w->slot[i].p);
		w->slot[i].p = NULL;
	}
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
	w->sink->put(w->sink, o);
}
