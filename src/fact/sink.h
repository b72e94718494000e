/* sink.h -- where facts go. */
#ifndef SINK_H
#define SINK_H

struct obs;

/* put() owns the obs from then on; NULL is fine. */
struct sink {
	void		(*put)(struct sink *, struct obs *);
};

#endif
