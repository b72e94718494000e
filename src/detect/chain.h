/*
 * chain.h -- what becomes of a task: created, run, watched, deleted.  Each
 * fact of one is put to its chain, by (client, server, user, name), or, where
 * names are sealed, by the order of the calls.
 */
#ifndef CHAIN_H
#define CHAIN_H

#include <sys/queue.h>

#include "fact/fact.h"
#include "detect/rules.h"
#include "base/stats.h"

struct chains;
struct chain_client;

/* One task's life, so far.  Times in microseconds of packet time; 0: not seen. */
struct chain {
	TAILQ_ENTRY(chain) of_client, of_all;	/* the latest last */
	struct chain_client *client;
	struct addr	 server;
	uint64_t	 name, user;	/* hashes; 0: not known */
	uint64_t	 flow;
	int64_t		 latest;

	uint64_t	 id;		/* below 2^51, the same in every replay */
	int64_t		 created, run, deleted;
	unsigned int	 polls;		/* since then: SchRpcGetLastRunInfo, SchRpcGetInstanceInfo */
	bool		 watched;	/* by SchRpcGetInstanceInfo */
	bool		 retrieved;	/* SchRpcRetrieveTask after such a poll */
	bool		 output;	/* its output file was fetched */
	bool		 pipe;		/* all calls so far came through a named pipe */
	bool		 sealed;	/* its create was */
	bool		 probed;	/* validated before */
	bool		 sizes;		/* sealed, with the sizes of a tool's calls */
	unsigned int	 hosts;		/* servers that got the same definition lately, this one too */
	char		 found[16];	/* what the output file was called, if that named a sealed task */

	struct fact	*create;	/* the fact that made it, without its long texts; NULL: not kept */
	struct findings	 findings;	/* of its definition; the user's to fill */
	int		 told;		/* the verdict that was told, the user's; -1: none */
};

struct chain_terms {
	int64_t		 short_lived;	/* microseconds from creation to deletion that are short */
	int64_t		 spread;	/* microseconds in which … */
	unsigned int	 spread_hosts;	/* … the same task on so many servers is told */
};

/* NULL: no memory.  At most MAX_CHAINS of them; a client's share is a quarter. */
struct chains	*chains_new(struct stats *, struct budget *, const struct chain_terms *);
void		 chains_free(struct chains *);

/*
 * A task fact; NULL: it belongs to no chain (a query of nothing known, what
 * failed, what only asks if a task would be accepted).  The chain lives until
 * the next call.
 */
struct chain	*chains_put(struct chains *, const struct fact *);

/* What became of it so far, as reasons. */
void		 chain_judge(const struct chains *, const struct chain *, struct findings *);

#endif
