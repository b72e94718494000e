/*
 * alert.h -- a fact as an alert: Suricata's object, and how often the same one
 * is told.
 */
#ifndef ALERT_H
#define ALERT_H

#include "fact/fact.h"
#include "detect/rules.h"
#include "base/stats.h"

/* Sets alert in o: the signature of the heaviest reason, what ATT&CK calls all
 * of them, severity by the verdict. */
void	alert_set(struct fact *, const struct findings *, const struct rule_set *);

struct alerts;			/* those told lately */

/* window: microseconds for which the same alert is not told again.  NULL: no memory. */
struct alerts	*alerts_new(struct stats *, struct budget *, int64_t window);
void		 alerts_free(struct alerts *);

/*
 * How often the alert that o would be was met in the window: 1 is the first
 * time.  The same is one of the same signature, client, server and name, or
 * text where there is no name, or definition where there is neither; sealed
 * ones are never the same.
 */
unsigned int	 alerts_count(struct alerts *, const struct fact *, enum rule lead);

#endif
