/*
 * chain.h -- chains: the facts of one task's life, from its creation over its
 * runs to its deletion.  A fact belongs to the chain of its client, server, user
 * and task name; where the name is sealed, the order of the calls decides.
 */
#ifndef CHAIN_H
#define CHAIN_H

#include <sys/queue.h>

#include "base/stats.h"
#include "detect/rules.h"
#include "fact/fact.h"

struct chains;
struct chain_client;

/* What is known of one task.  Times are microseconds of packet time; 0: not seen. */
struct chain {
	TAILQ_ENTRY(chain) of_client, of_all;	/* in the order of latest, which comes last */
	struct chain_client *client;
	struct addr	 server;
	uint64_t	 name, user;	/* hashes; 0: not known */
	uint64_t	 flow;		/* the connection of its creation */
	int64_t		 latest;	/* the last fact */

	uint64_t	 id;		/* below 2^51, the same in every replay */
	int64_t		 created, run, deleted;
	unsigned int	 polls;		/* calls of SchRpcGetLastRunInfo or SchRpcGetInstanceInfo */
	bool		 watched;	/* by SchRpcGetInstanceInfo */
	bool		 retrieved;	/* SchRpcRetrieveTask was called after that */
	bool		 output;	/* its output file was read */
	bool		 pipe;		/* all calls so far came through a named pipe */
	bool		 sealed;	/* its creation was */
	bool		 validated;	/* before it was created */
	bool		 tool_sizes;	/* its sealed calls fit a row of tool-signature.def */
	unsigned int	 servers;	/* that got the same definition lately, this one included */
	char		 output_name[16];	/* of the output file, if that names a sealed task; or "" */

	struct fact	*create;	/* a copy of the fact that created it, without its long texts;
					 * NULL: it was not kept */
	struct findings	 findings;	/* of its definition: for the caller to fill */
	int		 alerted;	/* the verdict of its last alert, for the caller; -1: none */
};

struct chain_terms {
	int64_t		 short_lived;	/* microseconds from creation to deletion that count as short */
	int64_t		 fan_out;	/* microseconds in which the same task … */
	unsigned int	 fan_out_servers; /* … on so many servers is a reason */
};

/*
 * Returns an empty set of chains, or NULL when the budget is spent.  It holds at
 * most MAX_CHAINS, a quarter of them of one client; the oldest are dropped.
 * The terms are copied; the other arguments must outlive the result.
 */
struct chains	*chains_new(struct stats *, struct budget *, const struct chain_terms *);
void		 chains_free(struct chains *);	/* NULL is fine */

/*
 * Adds a task fact to the chain of its task, which it may begin.  Returns the
 * chain, which is valid until the next call, or NULL when the fact belongs to
 * none: it failed, only asked whether a task would be accepted (VALIDATE_ONLY),
 * or is of a task whose creation was not seen.  The fact stays the caller's.
 */
struct chain	*chains_put(struct chains *, const struct fact *);

/* Adds to the findings the reasons that the chain gives so far. */
void		 chain_judge(const struct chains *, const struct chain *, struct findings *);

#endif
