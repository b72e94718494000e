/*
 * baseline-db.h -- habits in a file: SQLite, with a write-ahead log, so that
 * readers and the writer don't wait for one another and a crash takes no more
 * than what was not yet committed.
 */
#ifndef BASELINE_DB_H
#define BASELINE_DB_H

#include "baseline/entry.h"

/* What is kept of the whole. */
struct db_state {
	struct calendar	 calendar;
	bool		 began;		/* anything was ever fed … */
	int64_t		 since;		/* … at first then, our own time */
	uint64_t	 habits;
};

struct db;

/* As baseline_open(). */
struct db	*db_open(const char *path, bool read_only, char *err, size_t errlen);
void		 db_close(struct db *);		/* NULL is fine */
/* The last failure, one line. */
const char	*db_error(const struct db *);

/* One habit by its id; count is 0 where there is none, or one that is not possible. */
bool		 db_load(struct db *, struct baseline_entry *);
bool		 db_load_state(struct db *, struct db_state *);

/* What is saved is there after db_commit(), whole.  Between db_begin() and it
 * what is read is of one moment. */
bool		 db_begin(struct db *);
bool		 db_commit(struct db *);
void		 db_rollback(struct db *);
bool		 db_save(struct db *, const struct baseline_entry *);
bool		 db_save_state(struct db *, const struct db_state *);
/* Removes the n (not 0) of the lowest standing; *n becomes how many there were. */
bool		 db_prune(struct db *, size_t *n, unsigned int half_life_days);

/* All of them. */
bool		 db_each(struct db *, void (*)(const struct baseline_entry *, void *), void *);
/* The n of a kind that were seen on most days. */
bool		 db_top(struct db *, enum tuple, unsigned int n,
		    void (*)(const struct baseline_entry *, void *), void *);
/* Of a kind: how many; how many are known; how often all were seen. */
struct db_totals {
	uint64_t	 habits, known;
	double		 count;
};
bool		 db_totals(struct db *, enum tuple, unsigned int days, int64_t span, struct db_totals *);

#endif
