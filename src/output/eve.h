/* eve.h -- facts and counters as EVE JSON, one object a line.  The only user of jansson. */
#ifndef EVE_H
#define EVE_H

#include "fact/fact.h"
#include "base/stats.h"
#include "fact/sink.h"

struct eve;

/* A whole line of at most MAX_LINE bytes, its newline included; valid during the call. */
typedef void eve_write(void *arg, const char *line, size_t len);

/* live: sources are interfaces, not files.  NULL: no memory. */
struct eve	*eve_new(struct stats *, bool live, eve_write *, void *arg);
/* The sensor's name, in every record; it must outlive the eve. */
void		 eve_sensor(struct eve *, const char *);
void		 eve_free(struct eve *);

/* Write one fact.  It stays the caller's, but the order of its items changes. */
void		 eve_fact(struct eve *, struct fact *);

/* Returns an output whose write() is eve_fact().  It is freed with the eve. */
struct fact_output *eve_output(struct eve *);

/* Only what its detection says, as an object of its own. */
void		 eve_detection(struct eve *, struct fact *);

struct eve_totals {
	int64_t		 us;		/* the last packet's time */
	int64_t		 uptime;	/* seconds from the first packet to it */
	size_t		 memuse, memuse_peak;
	bool		 kernel;	/* the next three are known (live) */
	uint64_t	 received, dropped, ifdropped;
};
void		 eve_stats(struct eve *, const struct eve_totals *);

#endif
