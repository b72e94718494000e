/*
 * worker.h -- one run of the pipe from frames to facts: decoder, flow table,
 * world and the memory that they share.  Today there is one.
 */
#ifndef WORKER_H
#define WORKER_H

#include "engine/capture.h"
#include "engine/dissect.h"

struct worker;

struct worker_wants {
	bool		 anomalies;	/* records of them */
	struct keyring	*keyring;	/* NULL: no secrets */
	struct ledger	*ledger;	/* NULL: none is kept.  Both outlive the worker */
};

/* Counts go to stats, facts to the sink.  NULL: no memory. */
struct worker	*worker_new(struct stats *, struct sink *, const struct worker_wants *);
void		 worker_free(struct worker *);

/* What follows comes from here; packets are counted from 1 again.  The name
 * must outlive the worker. */
void		 worker_source(struct worker *, const char *name);
void		 worker_frame(struct worker *, const struct frame *);
void		 worker_idle(struct worker *, int64_t us);	/* no packet, yet time has passed */
void		 worker_flush(struct worker *);			/* no more packets: tell what is pending */

/* Packet time of the first and the last frame; false before the first. */
bool		 worker_times(const struct worker *, int64_t *first, int64_t *last);
const struct budget *worker_memory(const struct worker *);

#endif
