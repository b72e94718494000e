/*
 * correlate.h -- the sink that dissectors see.  Facts pass through it one by
 * one, in the order in which they complete: what a person must not read is
 * masked here, what is known of several connections meets here, and what a
 * person should hear of becomes an alert.
 */
#ifndef CORRELATE_H
#define CORRELATE_H

#include "output/eve.h"
#include "settings/settings.h"
#include "fact/sink.h"

struct correlate;

/* baseline: NULL, or what is usual here.  All outlive it.  NULL: no memory. */
struct correlate *correlate_new(struct stats *, struct eve *, const struct settings *,
		    struct baseline *);
void		  correlate_free(struct correlate *);
struct sink	 *correlate_sink(struct correlate *);

#endif
