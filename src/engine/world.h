/*
 * world.h -- what the connections of one worker share: its memory, counters
 * and sink, the clock, the operator's secrets, and the state that outlives a
 * connection.  Each thread has a world of its own, so nothing here is locked.
 */
#ifndef WORLD_H
#define WORLD_H

#include <sys/queue.h>

#include "base/addr.h"
#include "base/budget.h"
#include "base/stats.h"
#include "fact/sink.h"

struct keyring;
struct ledger;

/*
 * A timer that fires once, ANSWER_WAIT of packet time after it was armed, in
 * the order of arming.  It is embedded in the struct that waits; that struct's
 * owner sets fire, zeroes the rest, and stops the timer before it frees it.
 */
struct waiter {
	TAILQ_ENTRY(waiter) link;
	int64_t		 due;		/* microseconds of packet time; 0 while not armed */
	void		(*fire)(struct waiter *);
};
TAILQ_HEAD(waiters, waiter);

/*
 * A kind of state of which each world has one, such as the table of SMB
 * sessions.  Its owner defines one static const key in its .c file; the key's
 * address names the state.
 */
struct world;
struct world_key {
	size_t	 size;				/* bytes of the state */
	void	(*init)(struct world *, void *);	/* fills the zeroed state; may be NULL */
	void	(*clear)(void *);		/* frees what the state holds, but not the state */
};
TAILQ_HEAD(world_states, world_state);

struct world {
	struct budget	*budget;	/* the worker's; parent of each connection's */
	struct stats	*stats;
	struct sink	*sink;		/* takes the facts */
	struct packet_ref now;		/* the packet being looked at */
	struct waiters	 waiters;	/* those that are armed, earliest first */
	struct world_states states;	/* made so far, oldest first */
	unsigned int	 ports_epoch;	/* grows when a port is learnt: flows are offered again */
	bool		 anomalies;	/* make anomaly records */
	struct keyring	*keyring;	/* the operator's secrets; NULL: none were given */
	struct ledger	*ledger;	/* which sessions they opened; NULL: not recorded */
};

/* Makes an empty world.  The world borrows all three; they must outlive it. */
void	 world_init(struct world *, struct budget *, struct stats *, struct sink *);

/* Frees all states, oldest first.  Call it when every connection is gone.
 * States may still put facts to the sink then. */
void	 world_free(struct world *);

/* Fires the waiters that are due at world->now. */
void	 world_tick(struct world *);

/* Returns the world's state of that key, key->size bytes, made on the first
 * call and owned by the world; NULL when the world's budget is spent. */
void	*world_state(struct world *, const struct world_key *key);

/* Arms the waiter, or arms it again: it fires ANSWER_WAIT after world->now. */
void	 waiter_arm(struct world *, struct waiter *);

/* Disarms the waiter; does nothing if it is not armed. */
void	 waiter_stop(struct world *, struct waiter *);

/*
 * Counts malformed or hostile input, and puts an anomaly record to the sink
 * if the operator asked for those.  app_proto is as in EVE ("smb"), event a
 * fixed lower-case name such as "smb2_bad_header".
 */
void	 anomaly(struct world *, const struct peers *, enum counter,
	    const char *app_proto, const char *event);

#endif
