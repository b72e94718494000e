/*
 * baseline.h -- the baseline: which commands, task names, users and pairs of
 * hosts were seen at this site, how often, and on how many days.  It is a file
 * that survives restarts and crashes; it is bounded, and old entries decay.
 */
#ifndef BASELINE_H
#define BASELINE_H

#include <stdio.h>

#include "base/reader.h"

/* The kinds of entries. */
enum baseline_tuple {
	TUPLE_COMMAND,		/* a command's template */
	TUPLE_TASK,		/* a task's name */
	TUPLE_PAIR,		/* client > server */
	TUPLE_USER,		/* user > server */
	TUPLE_INTERFACE,	/* client > interface, or route */
	TUPLES
};

struct baseline;

struct baseline_terms {
	unsigned int	 learning_days;	/* nothing counts as new before so many days were watched */
	unsigned int	 half_life_days; /* an entry that is not seen any more weighs half after that */
	unsigned int	 known_days;	/* an entry is known when it was seen on so many days … */
	unsigned int	 known_span;	/* … with so many days between the first and the last */
	uint64_t	 max_tuples;	/* entries; those of the least weight are dropped first */
};

/* Sets the defaults. */
void		 baseline_terms_init(struct baseline_terms *);

/*
 * Opens the file, and creates it unless read_only.  There can be one writer at a
 * time and any number of readers.  The terms are copied.  Returns NULL, with one
 * line in err that names the file, when that fails.
 */
struct baseline	*baseline_open(const char *path, const struct baseline_terms *, bool read_only,
		    char *err, size_t errlen);

/* Writes what is pending and closes the file.  NULL is fine. */
void		 baseline_close(struct baseline *);

/* What is known of one entry. */
struct baseline_usual {
	bool		 learning;	/* it is too early to call anything new */
	bool		 seen;		/* it was seen at least once */
	bool		 known;		/* it was seen on enough days, over a long enough time */
	uint64_t	 count;		/* times that it was seen */
	double		 weight;	/* the same, decayed */
	unsigned int	 days;		/* different days on which it was seen */
	int64_t		 first, last;	/* when it was seen: microseconds of packet time */
};

/*
 * Looks an entry up.  text is UTF-8, lower-cased by the caller where case means
 * nothing; now is packet time in microseconds.  When the file cannot be read,
 * the entry counts as not seen, and baseline_error() says why.
 */
void		 baseline_look(struct baseline *, enum baseline_tuple, struct view text, int64_t now,
		    struct baseline_usual *);

/*
 * Counts an entry as seen now.  Many times in an hour weigh little more than
 * one, so that an attacker cannot become usual by insisting.  It is written
 * later, with others, at the latest by baseline_tick().
 */
void		 baseline_feed(struct baseline *, enum baseline_tuple, struct view text, int64_t now);

/* Writes what is pending for ten seconds, and drops entries if there are too
 * many.  To be called now and then, with packet time or the clock's. */
void		 baseline_tick(struct baseline *, int64_t now);

/* Returns whether reading or writing failed since the last call; err is then one
 * line that says why. */
bool		 baseline_error(struct baseline *, char *err, size_t errlen);

/* Prints the most usual entries of each kind as a table for people.  Returns
 * false when reading or writing fails. */
bool		 baseline_show(struct baseline *, FILE *);

/* Prints all entries, one a line: kind TAB count TAB weight TAB days TAB first
 * TAB last TAB text.  Returns false when reading or writing fails. */
bool		 baseline_export(struct baseline *, FILE *);

/*
 * Reads lines as baseline_export() prints them and adds them to the baseline;
 * of two counts of one entry the greater one stays.  All lines are added or,
 * when it returns false with one line in err, none.
 */
bool		 baseline_import(struct baseline *, FILE *, char *err, size_t errlen);

#endif
