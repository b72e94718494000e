/* sink.h -- where facts go: to someone who keeps them, or who reads them. */
#ifndef SINK_H
#define SINK_H

struct fact;

/* put() owns the fact from then on; NULL is fine. */
struct sink {
	void		(*put)(struct sink *, struct fact *);
};

/* write() reads the fact, which stays the caller's. */
struct fact_output {
	void		(*write)(struct fact_output *, struct fact *);
};

#endif
