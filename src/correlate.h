/*
 * correlate.h -- the sink that dissectors see.  Facts pass through it one by
 * one, in the order in which they complete: what a person must not read is
 * masked here, what is known of several connections meets here.
 */
#ifndef CORRELATE_H
#define CORRELATE_H

#include "eve.h"
#include "sink.h"

struct correlate {
	struct sink	 sink;		/* first: a sink pointer is this */
	struct stats	*stats;
	struct eve	*eve;
};

void	correlate_init(struct correlate *, struct stats *, struct eve *);

#endif
