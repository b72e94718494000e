/*
 * worker.h -- turns frames into facts: a decoder, a flow table, a world and the
 * memory that they share.  The program has one worker.
 */
#ifndef WORKER_H
#define WORKER_H

#include "engine/capture.h"
#include "engine/dissect.h"

struct worker;

/* What the operator asked for.  The pointers are borrowed by the worker. */
struct worker_wants {
	bool		 anomalies;	/* put anomaly records to the sink */
	struct keyring	*keyring;	/* NULL: no secrets were given */
	struct ledger	*ledger;	/* NULL: do not record sessions */
};

/* Makes a worker, which counts in the stats and puts facts to the sink; both
 * are borrowed and must outlive it.  Returns NULL when there is no memory. */
struct worker	*worker_new(struct stats *, struct sink *, const struct worker_wants *);

/* Frees the worker and all connections; they may still put facts to the
 * sink. */
void		 worker_free(struct worker *);

/* Names the source of the frames that follow, for records, and numbers its
 * packets from 1.  The name is borrowed and must outlive the worker. */
void		 worker_source(struct worker *, const char *name);

/* Takes the next frame of the source; its bytes are not needed afterwards. */
void		 worker_frame(struct worker *, const struct frame *);

/* Says that the time is now us, in microseconds since the epoch, though no
 * packet came: timers that are due fire. */
void		 worker_idle(struct worker *, int64_t us);

/* Says that no more frames will come: all connections end, and facts that are
 * pending are put to the sink. */
void		 worker_flush(struct worker *);

/* Sets the times of the first and the last frame, in microseconds since the
 * epoch.  Returns false if there was no frame yet. */
bool		 worker_times(const struct worker *, int64_t *first, int64_t *last);

/* Returns the budget of all that the worker allocates; owned by the worker. */
const struct budget *worker_memory(const struct worker *);

#endif
