/*
 * baseline-db.h -- the entries of a baseline in a file of SQLite.  Its write-ahead
 * log lets readers and the writer work at the same time, and a crash loses only
 * what was not committed.  Functions that return bool return false on failure,
 * which db_error() explains.
 */
#ifndef BASELINE_DB_H
#define BASELINE_DB_H

#include "baseline/entry.h"

/* What is kept of the baseline as a whole. */
struct baseline_db_state {
	struct baseline_calendar calendar;
	bool		 began;		/* something was fed … */
	int64_t		 since;		/* … first at this time, continuous time (entry.h) */
	uint64_t	 entries;
};

struct baseline_db;

/* Opens the file as baseline_open() does. */
struct baseline_db *db_open(const char *path, bool read_only, char *err, size_t errlen);
void		 db_close(struct baseline_db *);		/* NULL is fine */

/* Returns the last failure as one line, which is the database's. */
const char	*db_error(const struct baseline_db *);

/* Reads the entry whose ID is set.  Its count becomes 0 when there is none, or
 * when what the file says of it is impossible. */
bool		 db_load(struct baseline_db *, struct baseline_entry *);
bool		 db_load_state(struct baseline_db *, struct baseline_db_state *);

/*
 * db_begin() starts a transaction: all that is read until its end is of one
 * moment.  db_commit() ends it and makes all that was saved permanent;
 * db_rollback() ends it without that.
 */
bool		 db_begin(struct baseline_db *);
bool		 db_commit(struct baseline_db *);
void		 db_rollback(struct baseline_db *);
bool		 db_save(struct baseline_db *, const struct baseline_entry *);
bool		 db_save_state(struct baseline_db *, const struct baseline_db_state *);

/* Deletes the *n (not 0) entries of the lowest standing (entry.h).  *n becomes
 * the number that was deleted. */
bool		 db_prune(struct baseline_db *, size_t *n, unsigned int half_life_days);

/* Calls the function, with the last argument, for each entry in the order of the IDs. */
bool		 db_each(struct baseline_db *, void (*)(const struct baseline_entry *, void *), void *);

/* The same for the n entries of a kind that were seen on the most days. */
bool		 db_top(struct baseline_db *, enum baseline_tuple, unsigned int n,
		    void (*)(const struct baseline_entry *, void *), void *);

struct baseline_db_totals {
	uint64_t	 entries;	/* of one kind */
	uint64_t	 known;		/* of them */
	double		 count;		/* times that all were seen */
};

/* Counts the entries of a kind; known are those seen on so many days, over a
 * span of so many microseconds. */
bool		 db_totals(struct baseline_db *, enum baseline_tuple, unsigned int days, int64_t span,
		    struct baseline_db_totals *);

#endif
