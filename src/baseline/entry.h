/* entry.h -- one thing that happens here, and how often: arithmetic and text. */
#ifndef ENTRY_H
#define ENTRY_H

#include "baseline/baseline.h"

#define BASELINE_DAY	INT64_C(86400000000)	/* in microseconds, as all times here */
#define BASELINE_TEXT	200		/* bytes of a text that are kept */
#define BASELINE_LEAST	0.001		/* weight: what is written with three digits */

/*
 * Packet time, with its leaps taken out.  A clock that is set, an old capture
 * or a sensor that was off for months must neither age what is known nor lend
 * it days that nobody watched.
 */
struct calendar {
	bool		 set;
	int64_t		 now;		/* the latest packet time since the last leap */
	int64_t		 shift;		/* of all leaps; now - shift is our own time */
};

/* Our own time of a packet's.  now is brought into the years 1970 to 9999. */
int64_t		 calendar_read(struct calendar *, int64_t *now);
int64_t		 calendar_own(const struct calendar *);	/* of the latest */
bool		 calendar_valid(const struct calendar *);

struct baseline_entry {
	int64_t		 id;		/* of kind and text */
	enum tuple	 kind;
	uint64_t	 count;		/* 0: never seen */
	double		 weight;	/* as it was at upto */
	unsigned int	 days;
	int64_t		 first, last;	/* packet time, for people */
	int64_t		 since, upto;	/* our own time, for us */
	size_t		 len;
	uint8_t		 text[BASELINE_TEXT];
};

/* Never seen.  A text that is too long to be kept is cut, and its hash
 * put behind it: those that begin alike stay apart. */
void		 baseline_entry_init(struct baseline_entry *, enum tuple, struct view text);
struct view	 baseline_entry_text(const struct baseline_entry *);
/* Is what a file says of it possible? */
bool		 baseline_entry_valid(const struct baseline_entry *);

/* Seen at this packet time, which is own in our time. */
void		 baseline_entry_feed(struct baseline_entry *, int64_t now, int64_t own, unsigned int half_life_days);
/* Decayed since it was seen. */
double		 baseline_entry_weight(const struct baseline_entry *, int64_t own, unsigned int half_life_days);
/* The order in which they are forgotten, lowest first.  It is the order of
 * their decayed weights at any time. */
double		 baseline_entry_standing(double weight, int64_t upto, unsigned int half_life_days);
/* What two baselines know of the same; the greater counts win. */
void		 baseline_entry_merge(struct baseline_entry *, const struct baseline_entry *, unsigned int half_life_days);

/* The line of baseline_export(). */
void		 baseline_entry_write(const struct baseline_entry *, FILE *);
/* The same without its newline.  since and upto become first and last.
 * NULL, or what is wrong with it. */
const char	*baseline_entry_read(struct baseline_entry *, struct view line);
/* Bytes from the wire: what is no text, or a terminal would obey, as \xHH.
 * exact: a backslash as two, so that it can be read back. */
void		 baseline_entry_print(struct view, bool exact, FILE *);
const char	*baseline_entry_kind(enum tuple);

#endif
