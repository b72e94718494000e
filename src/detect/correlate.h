/*
 * correlate.h -- the sink of the dissectors.  Facts pass through it one by one,
 * in the order in which they complete: passwords in them are masked, each is
 * put to the chain of its task, scored and compared with the baseline, and
 * written; behind one that is suspicious an alert is written.
 */
#ifndef CORRELATE_H
#define CORRELATE_H

#include "baseline/baseline.h"
#include "detect/allow.h"
#include "detect/chain.h"
#include "fact/sink.h"

/* What the operator configures. */
struct correlate_terms {
	const struct rule_set *rules;	/* weights and thresholds */
	struct allow	*allow;		/* the allow list, whose hits are counted; NULL: none */
	enum verdict	 alert;		/* the least verdict of an alert */
	int64_t		 repeat;	/* microseconds in which the same alert is counted, not written */
	struct chain_terms chains;
};

struct correlate;

/*
 * Returns a correlator that writes to the output, or NULL when there is no
 * memory.  baseline: what was seen before, which is judged by and fed; NULL:
 * none.  The terms are copied; all that they and the other arguments point to
 * must outlive the correlator.
 */
struct correlate *correlate_new(struct stats *, struct fact_output *,
		    const struct correlate_terms *, struct baseline *);
void		  correlate_free(struct correlate *);	/* NULL is fine */

/* Returns the sink, which is freed with the correlator. */
struct sink	 *correlate_sink(struct correlate *);

#endif
