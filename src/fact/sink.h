/* sink.h -- where facts go: to someone who keeps them, or who reads them. */
#ifndef SINK_H
#define SINK_H

struct fact;

/* put() owns the fact from then on and must free it. */
struct sink {
	void		(*put)(struct sink *, struct fact *);
};

/*
 * Give a finished fact away.  Its memory is no longer charged to the budget
 * that it was made with (fact_detach()), so the sink may keep it for as long
 * as it likes, in any thread.  NULL does nothing.
 */
void	sink_put(struct sink *, struct fact *);

/* Where facts are written: write() reads a fact, which stays the caller's. */
struct fact_output {
	void		(*write)(struct fact_output *, const struct fact *);
};

#endif
