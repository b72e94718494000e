/*
 * baseline.h -- what is usual here: which commands, names and pairs of
 * machines were seen, how often, on how many days.  Kept in a file that
 * survives restarts and crashes; bounded, and forgetful.
 */
#ifndef BASELINE_H
#define BASELINE_H

#include <stdio.h>

#include "base/reader.h"

enum tuple {
	TUPLE_COMMAND,		/* a command's template */
	TUPLE_TASK,		/* a task's name */
	TUPLE_PAIR,		/* client > server */
	TUPLE_USER,		/* user > server */
	TUPLE_INTERFACE,	/* client > interface, or route */
	TUPLES
};

struct baseline;

struct baseline_terms {
	unsigned int	 learning_days;	/* nothing is new until it has seen that many days */
	unsigned int	 half_life_days; /* what is seen no more counts half after that */
	unsigned int	 known_days;	/* on so many different days something must be seen to be usual … */
	unsigned int	 known_span;	/* … and so many days must lie between the first and the last */
	uint64_t	 max_tuples;	/* the least seen go first */
};
void		 baseline_terms_init(struct baseline_terms *);

/* NULL, with err one line that names the file.  It is made when it is not
 * there; one writer at a time, any number of readers.  read_only: for showing. */
struct baseline	*baseline_open(const char *path, const struct baseline_terms *, bool read_only,
		    char *err, size_t errlen);
/* Writes what is pending.  NULL is fine. */
void		 baseline_close(struct baseline *);

/* What is known of one tuple before this time counts. */
struct usual {
	bool		 learning;	/* too early to call anything new */
	bool		 seen, known;	/* at all; regularly, for long */
	uint64_t	 count;		/* times, undecayed */
	double		 weight;	/* decayed */
	unsigned int	 days;		/* different days */
	int64_t		 first, last;	/* microseconds; of what is seen */
};

/* text: UTF-8, lower-cased by the caller where case means nothing.  now:
 * packet time, microseconds. */
void		 baseline_look(struct baseline *, enum tuple, struct view text, int64_t now,
		    struct usual *);
/* Seen now.  Many an hour count little more than one (an attacker cannot make
 * himself usual by insisting).  Written in batches, at the latest with
 * baseline_tick(). */
void		 baseline_feed(struct baseline *, enum tuple, struct view text, int64_t now);
/* From time to time (packet or wall clock): commits, decays, prunes. */
void		 baseline_tick(struct baseline *, int64_t now);
/* A failure to write since the last call, as one line; false: none. */
bool		 baseline_error(struct baseline *, char *err, size_t errlen);

/* The most usual of each kind as a table for people. */
bool		 baseline_show(struct baseline *, FILE *);
/* All of it, a JSON-free text: kind TAB count TAB weight TAB days TAB first TAB
 * last TAB text a line; import adds to what is there (greater counts win). */
bool		 baseline_export(struct baseline *, FILE *);
bool		 baseline_import(struct baseline *, FILE *, char *err, size_t errlen);

#endif
