/*
 * entry.h -- one entry of the baseline: how its count and weight change in time,
 * and how it is written as text.  All times are in microseconds.
 */
#ifndef ENTRY_H
#define ENTRY_H

#include "baseline/baseline.h"

#define BASELINE_DAY	INT64_C(86400000000)
#define BASELINE_TEXT	200		/* bytes of a text that are kept */
#define BASELINE_LEAST	0.001		/* the least weight: three decimals are written */

/*
 * Turns packet time into continuous time, in which leaps of more than 40 days
 * are taken out.  A clock that is set, an old capture or a sensor that was off
 * for months must neither let entries decay nor add days that nobody watched.
 */
struct baseline_calendar {
	bool		 set;
	int64_t		 now;		/* the latest packet time since the last leap */
	int64_t		 shift;		/* the sum of all leaps; now - shift is continuous time */
};

/* Returns the continuous time of packet time *now, which is brought into the
 * years 1970 to 9999, and notes a leap. */
int64_t		 calendar_read(struct baseline_calendar *, int64_t *now);

/* Returns the latest continuous time. */
int64_t		 calendar_own(const struct baseline_calendar *);

/* Returns whether its values, from a file, are possible. */
bool		 calendar_valid(const struct baseline_calendar *);

struct baseline_entry {
	int64_t		 id;		/* a hash of kind and text */
	enum baseline_tuple kind;
	uint64_t	 count;		/* times that it was seen; 0: never */
	double		 weight;	/* the same, decayed, as of upto */
	unsigned int	 days;		/* different days on which it was seen */
	int64_t		 first, last;	/* when it was seen, packet time: for people */
	int64_t		 since, upto;	/* the same in continuous time: for arithmetic */
	size_t		 len;
	uint8_t		 text[BASELINE_TEXT];
};

/* Makes an entry that was never seen.  A text of more than BASELINE_TEXT bytes is
 * cut and its hash put behind it, so that texts that begin alike differ. */
void		 baseline_entry_init(struct baseline_entry *, enum baseline_tuple, struct view text);

/* Returns the text, which is part of the entry. */
struct view	 baseline_entry_text(const struct baseline_entry *);

/* Returns whether its values, from a file, are possible. */
bool		 baseline_entry_valid(const struct baseline_entry *);

/* Counts it as seen at packet time now, which is own in continuous time. */
void		 baseline_entry_feed(struct baseline_entry *, int64_t now, int64_t own, unsigned int half_life_days);

/* Returns its weight, decayed to the continuous time own.  A half-life of 0 days
 * means that nothing decays. */
double		 baseline_entry_weight(const struct baseline_entry *, int64_t own, unsigned int half_life_days);

/* Returns its rank among entries: those of the lowest are dropped first.  The
 * order is that of the decayed weights, which is the same at any time. */
double		 baseline_entry_standing(double weight, int64_t upto, unsigned int half_life_days);

/* Adds to an entry what another baseline knows of it; the greater counts stay. */
void		 baseline_entry_merge(struct baseline_entry *, const struct baseline_entry *, unsigned int half_life_days);

/* Writes the entry as a line of baseline_export(). */
void		 baseline_entry_write(const struct baseline_entry *, FILE *);

/* Reads such a line, without its newline; since and upto become first and last.
 * Returns NULL, or what is wrong with the line. */
const char	*baseline_entry_read(struct baseline_entry *, struct view line);

/*
 * Prints bytes from the wire: those that are no UTF-8, and characters that a
 * terminal would obey, as \xHH.  exact: a backslash as two, so that the text can
 * be read back.
 */
void		 baseline_entry_print(struct view, bool exact, FILE *);

/* Returns the name of a kind, a constant. */
const char	*baseline_entry_kind(enum baseline_tuple);

#endif
