/* eve.h -- facts and counters as EVE JSON, one object a line.  Only eve.c uses jansson. */
#ifndef EVE_H
#define EVE_H

#include "base/stats.h"
#include "fact/fact.h"
#include "fact/sink.h"

struct eve;

/* Takes one line of at most MAX_LINE bytes, its newline included.  The line is
 * valid during the call only. */
typedef void eve_write(void *arg, const char *line, size_t len);

/*
 * Make a writer that gives each line to write(arg, ...) and counts shortened
 * lines in stats.  live says that a packet's source is an interface, not a
 * file.  Returns NULL without memory.
 */
struct eve	*eve_new(struct stats *, bool live, eve_write *, void *arg);
void		 eve_free(struct eve *);

/* Name the sensor in every record.  The string is not copied; NULL: no name. */
void		 eve_sensor(struct eve *, const char *);

/* Returns an output whose write() is eve_fact().  It is freed with the eve. */
struct fact_output *eve_output(struct eve *);

/* Write one fact as a record.  If the line would be longer than MAX_LINE, its
 * longest texts are shortened and marked with "_truncated". */
void		 eve_fact(struct eve *, const struct fact *);

/* Write only the fact's detection object, as a record of its own. */
void		 eve_detection(struct eve *, const struct fact *);

/* What a record of counters says beside the table of counters. */
struct eve_totals {
	int64_t		 us;		/* time of the last packet, microseconds since 1970 */
	int64_t		 uptime;	/* seconds from the first packet to the last */
	size_t		 memuse, memuse_peak;	/* bytes charged to the worker, now and at most */
	bool		 kernel;	/* live capture: the next three are known */
	uint64_t	 received, dropped, ifdropped;	/* packets, by the kernel's count */
};

/* Write a record of all counters. */
void		 eve_stats(struct eve *, const struct eve_totals *);

#endif
