/* lives.h -- facts of tasks for tests, as the dissectors tell them. */
#ifndef LIVES_H
#define LIVES_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "detect/chain.h"
#include "base/limits.h"

#define SECOND	1000000LL
#define MINUTE	(60 * SECOND)
#define HOUR	(60 * MINUTE)
#define POLL	"SchRpcGetLastRunInfo"
#define BEGIN	1795521600000000LL	/* 2026-11-24 */

struct lives {
	struct stats	 stats;
	struct budget	 kept, facts;
	struct chains	*chains;
	int64_t		 now;
	struct peers	 peers;
	const char	*user, *transport, *syntax;
	int64_t		 call;
};

static inline void
lives_init(struct lives *l)
{
	static const struct chain_terms terms = { .short_lived = MINUTE, .fan_out = HOUR,
	    .fan_out_servers = 3 };

	memset(l, 0, sizeof(*l));
	budget_init(&l->kept, NULL, MAX_KEPT_MEM);
	budget_init(&l->facts, NULL, 16u << 20);
	assert_non_null(l->chains = chains_new(&l->stats, &l->kept, &terms));
	l->now = BEGIN;
	l->peers = (struct peers){ .client = { .b = { 10, 0, 0, 1 } },
	    .server = { .b = { 10, 0, 0, 2 } }, .cport = 50000, .sport = 445, .flow_id = 1 };
	l->user = "alice";
	l->transport = "ncacn_np";
	l->syntax = "ndr";
}

/* Everything is given back: a leak is a failure. */
static inline void
lives_free(struct lives *l)
{
	chains_free(l->chains);
	assert_int_equal(l->kept.used, 0);
	assert_int_equal(l->facts.used, 0);
}

/* A fact; name NULL and size: a sealed one. */
static inline struct fact *
fact(struct lives *l, const char *action, const char *name, int64_t size)
{
	struct fact *o = fact_new(&l->facts, FACT_TASK, &l->peers,
	    (struct packet_ref){ .us = l->now, .pkt = 1, .source = "test" });

	fact_str(o, F_ACTION, action);
	fact_str(o, F_NAME, name);
	fact_str(o, F_ROUTE, "rpc");
	fact_str(o, F_VISIBILITY, size > 0 ? "sealed" : "clear");
	fact_str(o, F_OUTCOME, size > 0 ? "unknown" : "success");
	fact_str(o, F_AUTH_USER, l->user);
	fact_str(o, F_RPC_TRANSPORT, l->transport);
	fact_str(o, F_RPC_SYNTAX, l->syntax);
	fact_int(o, F_RPC_CALL_ID, ++l->call);
	if (size > 0)
		fact_int(o, F_STUB_SIZE, size);
	return o;
}

static inline struct chain *
tell(struct lives *l, struct fact *o)
{
	struct chain *chain = chains_put(l->chains, o);

	fact_free(o);
	return chain;
}

static inline struct chain *
does(struct lives *l, const char *action, const char *name)
{
	return tell(l, fact(l, action, name, 0));
}

static inline struct chain *
seals(struct lives *l, const char *action, int64_t size)
{
	static const char *const procedures[][2] = { { "create", "SchRpcRegisterTask" },
	    { "run", "SchRpcRun" }, { "delete", "SchRpcDelete" } };
	struct fact *o = fact(l, action, NULL, size);

	for (size_t i = 0; i < nitems(procedures); i++)
		if (strcmp(procedures[i][0], action) == 0)
			fact_str(o, F_RPC_PROCEDURE, procedures[i][1]);
	return tell(l, o);
}

/* A query by that procedure; size 0: in clear. */
static inline struct chain *
asks(struct lives *l, const char *procedure, const char *name, int64_t size)
{
	struct fact *o = fact(l, "query", name, size);

	fact_str(o, F_RPC_PROCEDURE, procedure);
	return tell(l, o);
}

/* The output file of the name is read. */
static inline struct chain *
reads(struct lives *l, const char *name)
{
	struct fact *o = fact(l, "query", name, 0);

	fact_drop(o, F_RPC_TRANSPORT);
	fact_str(o, F_ROUTE, "file");
	fact_str(o, F_SMB_FILENAME, "Temp\\x.tmp");
	return tell(l, o);
}

static inline struct chain *
creates(struct lives *l, const char *name, const char *line)
{
	struct fact *o = fact(l, "create", name, 0);

	fact_next(o, F_ACT_TYPE);
	fact_str(o, F_ACT_TYPE, "exec");
	fact_str(o, F_ACT_COMMAND_LINE, line);
	return tell(l, o);
}

static inline int
score_of(const struct lives *l, const struct chain *chain, bool defined)
{
	struct rule_set rules;
	struct findings f;

	rule_set_init(&rules);
	findings_init(&f);
	chain_judge(l->chains, chain, &f);
	for (enum rule r = 0; defined && r < R_MAX; r++)
		if (rule_info[r].group == GROUP_DEFINITION)
			found(&f, r, view_str(""));
	return findings_score(&f, &rules);
}

static inline bool
has(const struct lives *l, const struct chain *chain, enum rule r)
{
	struct findings f;

	findings_init(&f);
	chain_judge(l->chains, chain, &f);
	return f.has[r];
}

/* As impacket's atexec does, with the sizes of its calls. */
static inline struct chain *
sealed_atexec(struct lives *l, bool runs)
{
	bool wide = strcmp(l->syntax, "ndr64") == 0;

	assert_non_null(seals(l, "create", 2968));
	if (runs) {
		l->now += SECOND / 100;
		assert_non_null(seals(l, "run", wide ? 88 : 56));
	}
	for (int i = 0; i < 2; i++) {
		l->now += SECOND;
		assert_non_null(asks(l, POLL, NULL, wide ? 44 : 32));
	}
	l->now += SECOND / 100;
	return seals(l, "delete", wide ? 48 : 36);
}

#endif
