/*
 * alert.h -- a fact as an alert in the form of Suricata's EVE, and how often the
 * same alert was met lately.
 */
#ifndef ALERT_H
#define ALERT_H

#include "base/stats.h"
#include "detect/rules.h"
#include "fact/fact.h"

/*
 * Sets the alert object of the fact: signature and its ID from the heaviest
 * reason, ATT&CK's techniques and tactics of all reasons, severity and category
 * by the verdict.  Does nothing when no reason has a weight.
 */
void	alert_set(struct fact *, const struct findings *, const struct rule_set *);

struct alerts;			/* the alerts of the last minutes */

/*
 * window: microseconds of packet time in which the same alert is a repetition.
 * At most MAX_ALERTS_TOLD alerts are remembered, the oldest go first.  Returns
 * NULL when the budget is spent; both arguments must outlive the result.
 */
struct alerts	*alerts_new(struct stats *, struct budget *, int64_t window);
void		 alerts_free(struct alerts *);	/* NULL is fine */

/*
 * Counts the alert that the fact would be, with lead as its heaviest reason
 * (R_MAX: none).  Returns how often it was met in the window: 1 is the first
 * time.  Alerts are the same when they agree in lead, client, server, and in
 * the task's name, or in the command line or script where there is no name, or
 * in the hash of the definition where there is neither.  A fact that has none of
 * them (its call is sealed) is always the first.  Returns 1 too when there is
 * no memory.
 */
unsigned int	 alerts_count(struct alerts *, const struct fact *, enum rule lead);

#endif
