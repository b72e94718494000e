/* sink.h -- where facts go. */
#ifndef SINK_H
#define SINK_H

struct fact;

/* put() owns the fact from then on; NULL is fine. */
struct sink {
	void		(*put)(struct sink *, struct fact *);
};

#endif
