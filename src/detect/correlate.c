#include "detect/correlate.h"

#include <stdlib.h>

#include "base/limits.h"
#include "detect/alert.h"
#include "detect/rarity.h"
#include "detect/score.h"
#include "fact/redact-fact.h"

struct correlate {
	struct sink	 sink;		/* first: a sink pointer is this */
	struct stats	*stats;
	struct fact_output *out;
	struct correlate_terms terms;
	struct baseline	*baseline;	/* NULL: none */

	struct budget	 kept;		/* for chains and the alerts of the last minutes */
	struct budget	 scratch;	/* for memory while one fact is judged */
	struct chains	*chains;
	struct alerts	*alerts;
};

static void
count(struct correlate *c, const struct fact *o)
{
	static const struct {
		const char	*visibility;
		enum counter	 tasks, commands;
	} seen[] = {
		{ "clear",	STAT_TASKS_CLEAR,	STAT_COMMANDS_CLEAR },
		{ "sealed",	STAT_TASKS_SEALED,	STAT_COMMANDS_SEALED },
		{ "decrypted",	STAT_TASKS_DECRYPTED,	STAT_COMMANDS_DECRYPTED },
	};
	bool command = o->kind == FACT_COMMAND;
	const char *how = fact_get(o, F_VISIBILITY);

	if (how == NULL)
		return;
	for (size_t i = 0; i < sizeof(seen) / sizeof(seen[0]); i++)
		if (strcmp(how, seen[i].visibility) == 0)
			stat_add(c->stats, command ? seen[i].commands : seen[i].tasks, 1);
}

/* ---- Alerts ---- */

/* Writes the fact a second time, as an alert. */
static void
write_alert(struct correlate *c, struct fact *o, const struct findings *f)
{
	alert_set(o, f, c->terms.rules);
	o->alert = true;
	stat_add(c->stats, STAT_ALERTS, 1);
	c->out->write(c->out, o);
	o->alert = false;
}

static void
set_chain(struct fact *o, const struct chain *chain)
{
	fact_int(o, F_DET_CHAIN_ID, (int64_t)chain->id);
	if (chain->created != 0)
		fact_int(o, F_DET_CREATED, chain->created);
	if (chain->run != 0)
		fact_int(o, F_DET_RUN, chain->run);
	if (chain->deleted != 0)
		fact_int(o, F_DET_DELETED, chain->deleted);
	if (chain->created != 0 && chain->deleted != 0)
		fact_int(o, F_DET_LIFETIME, (chain->deleted - chain->created) / 1000);
}

/* ---- A fact that is judged ---- */

/* VALIDATE_ONLY registers nothing. */
static bool
is_validation(const struct fact *o)
{
	const char *action = fact_get(o, F_ACTION);

	return action != NULL && strcmp(action, "validate") == 0;
}

/* Returns whether the fact may be added to the baseline: it happened, and is not
 * suspicious. */
static bool
is_harmless(const struct correlate *c, const struct fact *o, const struct findings *f)
{
	const char *outcome = fact_get(o, F_OUTCOME);

	return !is_validation(o) && (outcome == NULL || strcmp(outcome, "failure") != 0) &&
	    findings_score(f, c->terms.rules) < c->terms.rules->suspicious;
}

/* Returns the entry of the allow list that matches, or NULL. */
static const struct allow_entry *
allowance(struct correlate *c, struct fact *o, struct findings *f)
{
	const struct allow_entry *e = c->terms.allow != NULL ?
	    allow_find(c->terms.allow, &c->scratch, o) : NULL;

	if (e == NULL)
		return NULL;
	fact_str(o, F_DET_ALLOWED, e->comment != NULL ? e->comment : "allowed");
	stat_add(c->stats, STAT_ALLOWED, 1);
	if (e->action == ALLOW_LOWER)
		found(f, R_ALLOWED, view_str(""));
	return e;
}

/* The chain keeps the findings of the definition alone: those of the chain itself
 * are added anew with each fact. */
static void
judge(struct correlate *c, struct fact *o, struct chain *chain)
{
	const struct rule_set *rules = c->terms.rules;
	const struct allow_entry *allowed;
	struct findings f;
	enum verdict verdict;
	unsigned int times;

	findings_init(&f);
	score_fact(&f, &c->scratch, o);
	allowed = allowance(c, o, &f);
	if (c->baseline != NULL) {
		rarity_judge(c->baseline, &c->scratch, o, &f);
		if (is_harmless(c, o, &f))
			rarity_feed(c->baseline, &c->scratch, o);
	}
	if (chain != NULL) {
		chain->findings = f;
		chain_judge(c->chains, chain, &f);
		set_chain(o, chain);
	}
	score_set(&f, rules, o);
	verdict = verdict_of(findings_score(&f, rules), rules);
	if (allowed != NULL && allowed->action == ALLOW_SUPPRESS) {
		if (chain != NULL)
			chain->alerted = VERDICT_MALICIOUS;	/* no later alert either */
		c->out->write(c->out, o);
		return;
	}
	if (verdict < c->terms.alert || is_validation(o)) {
		c->out->write(c->out, o);
		return;
	}
	if (chain != NULL)
		chain->alerted = (int)verdict;
	times = alerts_count(c->alerts, o, findings_lead(&f, rules));
	if (times > 1) {
		fact_int(o, F_DET_REPEATS, times);
		stat_add(c->stats, STAT_ALERTS_REPEATED, 1);
	}
	c->out->write(c->out, o);
	if (times == 1)
		write_alert(c, o, &f);
}

/* ---- A later fact of a task ---- */

/* Writes one more alert of the task when its verdict has risen. */
static void
follow(struct correlate *c, const struct fact *o, struct chain *chain)
{
	const struct rule_set *rules = c->terms.rules;
	struct findings f = chain->findings;
	enum verdict verdict;
	struct fact *again;

	chain_judge(c->chains, chain, &f);
	verdict = verdict_of(findings_score(&f, rules), rules);
	if (chain->create == NULL || verdict < c->terms.alert || (int)verdict <= chain->alerted)
		return;
	chain->alerted = (int)verdict;
	if ((again = fact_copy(&c->scratch, chain->create, SIZE_MAX)) == NULL)
		return;
	again->at = o->at;
	set_chain(again, chain);
	score_set(&f, rules, again);
	write_alert(c, again, &f);
	fact_free(again);
}

/* ---- The sink ---- */

static void
put(struct sink *s, struct fact *o)
{
	struct correlate *c = (struct correlate *)s;
	struct chain *chain = NULL;

	redact_fact(o);
	count(c, o);
	if (o->kind == FACT_TASK)
		chain = chains_put(c->chains, o);
	if (score_applies(o))
		judge(c, o, chain);
	else {
		c->out->write(c->out, o);
		if (chain != NULL)
			follow(c, o, chain);
	}
	if (o->cut)		/* by its size, or while it was judged */
		stat_add(c->stats, STAT_FACT_CUT, 1);
	fact_free(o);
}

struct correlate *
correlate_new(struct stats *stats, struct fact_output *out, const struct correlate_terms *terms,
    struct baseline *baseline)
{
	struct correlate *c = calloc(1, sizeof(*c));

	if (c == NULL)
		return NULL;
	c->sink.put = put;
	c->stats = stats;
	c->out = out;
	c->terms = *terms;
	c->baseline = baseline;
	budget_init(&c->kept, NULL, MAX_KEPT_MEM);
	budget_init(&c->scratch, NULL, MAX_SCORE_MEM);
	c->chains = chains_new(stats, &c->kept, &terms->chains);
	c->alerts = alerts_new(stats, &c->kept, terms->repeat);
	if (c->chains == NULL || c->alerts == NULL) {
		correlate_free(c);
		return NULL;
	}
	return c;
}

void
correlate_free(struct correlate *c)
{
	if (c == NULL)
		return;
	alerts_free(c->alerts);
	chains_free(c->chains);
	free(c);
}

struct sink *
correlate_sink(struct correlate *c)
{
	return &c->sink;
}
