#include "baseline/baseline-db.h"

#include <sys/file.h>
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <linux/limits.h>
#include <math.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define APPLICATION	0x53776273	/* "Swbs", in the file's header */
#define VERSION		1
#define PATIENCE	2000		/* milliseconds: a log may have to be recovered first */

/*
 * first_shift and last_shift turn packet time into continuous time (entry.h).
 * Without a leap they are zero and take no space.
 */
static const char schema[] =
    "CREATE TABLE habit ("
    " id INTEGER PRIMARY KEY,"
    " kind INTEGER NOT NULL, count INTEGER NOT NULL, weight REAL NOT NULL,"
    " days INTEGER NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL,"
    " first_shift INTEGER NOT NULL, last_shift INTEGER NOT NULL, text BLOB NOT NULL);"
    "CREATE TABLE state ("
    " id INTEGER PRIMARY KEY CHECK (id = 1),"
    " now INTEGER, shift INTEGER NOT NULL, since INTEGER, habits INTEGER NOT NULL);"
    "INSERT INTO state VALUES (1, NULL, 0, NULL, 0);"
    "PRAGMA application_id = 1400332915;"
    "PRAGMA user_version = 1;";

static const char settings[] =
    "PRAGMA trusted_schema = OFF;"
    "PRAGMA cache_size = -8192;"
    "PRAGMA mmap_size = 0;"
    "PRAGMA temp_store = MEMORY;";

/* NORMAL: a power cut loses the latest commits and nothing else. */
static const char settings_writing[] =
    "PRAGMA journal_mode = WAL;"
    "PRAGMA synchronous = NORMAL;"
    "PRAGMA journal_size_limit = 1048576;";

#define BASELINE_COLUMNS	"id, kind, count, weight, days, first, last, first_shift, last_shift, text"

enum statement {
	LOAD, LOAD_STATE, SAVE, SAVE_STATE, STANDINGS, DELETE, EACH, TOP, TOTALS, STATEMENTS
};

static const char *const statements[STATEMENTS] = {
	[LOAD] = "SELECT " BASELINE_COLUMNS " FROM habit WHERE id = ?1",
	[LOAD_STATE] = "SELECT now, shift, since, habits FROM state",
	[SAVE] = "INSERT OR REPLACE INTO habit (" BASELINE_COLUMNS ")"
	    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
	[SAVE_STATE] = "UPDATE state SET now = ?1, shift = ?2, since = ?3, habits = ?4",
	[STANDINGS] = "SELECT id, weight, last - last_shift FROM habit",
	[DELETE] = "DELETE FROM habit WHERE id = ?1",
	[EACH] = "SELECT " BASELINE_COLUMNS " FROM habit ORDER BY id",
	[TOP] = "SELECT " BASELINE_COLUMNS " FROM habit WHERE kind = ?1"
	    " ORDER BY days DESC, count DESC, id LIMIT ?2",
	[TOTALS] = ("SELECT count(*), total(count), total(days >= ?2 AND"
	    " (last - last_shift) - (first - first_shift) >= ?3) FROM habit WHERE kind = ?1"),
};

struct baseline_db {
	sqlite3		*sql;
	sqlite3_stmt	*statement[STATEMENTS];
	int		 lock;		/* the writer's lock file, beside the database; or -1 */
	char		 path[PATH_MAX];
	char		 error[PATH_MAX + 256];
};

/* ---- Opening ---- */

/* Says why, after the name of the file, and returns false. */
static bool
fail(struct baseline_db *db, const char *why)
{
	snprintf(db->error, sizeof(db->error), "%s: %s", db->path, why);
	return false;
}

static bool
fail_sql(struct baseline_db *db)
{
	return fail(db, sqlite3_errmsg(db->sql));
}

const char *
db_error(const struct baseline_db *db)
{
	return db->error;
}

/*
 * Locks a file beside the database: closing the database's own file would drop
 * SQLite's locks.  The kernel unlocks it when the program ends, however it ends.
 * If root creates it, it gets the owner of the database, as SQLite's own files do.
 */
static bool
lock(struct baseline_db *db)
{
	char path[PATH_MAX + 8];
	struct stat st;

	snprintf(path, sizeof(path), "%s-lock", db->path);
	db->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (db->lock == -1)
		return fail(db, strerror(errno));
	if (geteuid() == 0 && stat(db->path, &st) == 0 && fchown(db->lock, st.st_uid, st.st_gid) == -1)
		return fail(db, strerror(errno));
	if (flock(db->lock, LOCK_EX | LOCK_NB) == -1)
		return fail(db, errno == EWOULDBLOCK ?
		    "another process writes to this baseline" : strerror(errno));
	return true;
}

/* Creates the file readable for its owner only: SQLite would use the umask.  The
 * files that SQLite makes beside it get the same mode. */
static bool
create(struct baseline_db *db)
{
	int fd = open(db->path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	if (fd == -1)
		return errno == EEXIST || fail(db, strerror(errno));
	return close(fd) == 0 || fail(db, strerror(errno));
}

static bool
run(struct baseline_db *db, const char *sql)
{
	return sqlite3_exec(db->sql, sql, NULL, NULL, NULL) == SQLITE_OK || fail_sql(db);
}

static bool
ask(struct baseline_db *db, const char *sql, int64_t *n)
{
	sqlite3_stmt *s;
	bool ok;

	if (sqlite3_prepare_v2(db->sql, sql, -1, &s, NULL) != SQLITE_OK)
		return fail_sql(db);
	ok = sqlite3_step(s) == SQLITE_ROW || fail_sql(db);
	if (ok)
		*n = sqlite3_column_int64(s, 0);
	sqlite3_finalize(s);
	return ok;
}

/* Returns whether the file is a baseline, or empty. */
static bool
check(struct baseline_db *db, bool read_only, bool *empty)
{
	int64_t application, version, tables;

	if (!ask(db, "PRAGMA application_id", &application) ||
	    !ask(db, "PRAGMA user_version", &version) ||
	    !ask(db, "SELECT count(*) FROM sqlite_schema", &tables))
		return false;
	*empty = application == 0 && version == 0 && tables == 0;
	if (!read_only && *empty)
		return true;
	if (application != APPLICATION)
		return fail(db, "this is no baseline of schedwire");
	if (version > VERSION)
		return fail(db, "a newer schedwire made this baseline");
	return version == VERSION || fail(db, "this baseline has no valid version");
}

/* The file may come from others: no code in it (triggers, views) may run. */
static bool
harden(struct baseline_db *db)
{
	return (sqlite3_db_config(db->sql, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL) == SQLITE_OK &&
	    sqlite3_db_config(db->sql, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL) == SQLITE_OK &&
	    sqlite3_db_config(db->sql, SQLITE_DBCONFIG_ENABLE_VIEW, 0, NULL) == SQLITE_OK) ||
	    fail_sql(db);
}

static bool
prepare(struct baseline_db *db)
{
	for (int i = 0; i < STATEMENTS; i++)
		if (sqlite3_prepare_v3(db->sql, statements[i], -1, SQLITE_PREPARE_PERSISTENT,
		    &db->statement[i], NULL) != SQLITE_OK)
			return fail_sql(db);
	return true;
}

/* Leaves no files beside a database that is not a baseline. */
static bool
begin_writing(struct baseline_db *db, bool empty)
{
	return lock(db) && (!empty || (run(db, "BEGIN IMMEDIATE") && run(db, schema) &&
	    run(db, "COMMIT"))) && run(db, settings_writing);
}

static bool
open_file(struct baseline_db *db, bool read_only)
{
	int flags = read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
	bool empty;

	if (!read_only && !create(db))
		return false;
	if (sqlite3_open_v2(db->path, &db->sql, flags | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK)
		return db->sql != NULL ? fail_sql(db) : fail(db, "no memory");
	sqlite3_busy_timeout(db->sql, PATIENCE);
	return harden(db) && run(db, settings) && check(db, read_only, &empty) &&
	    (read_only || begin_writing(db, empty)) && prepare(db);
}

struct baseline_db *
db_open(const char *path, bool read_only, char *err, size_t errlen)
{
	struct baseline_db *db = calloc(1, sizeof(*db));
	int n;

	if (db == NULL) {
		snprintf(err, errlen, "%s: no memory", path);
		return NULL;
	}
	db->lock = -1;
	/* A path with a slash: names like ":memory:" mean something else to SQLite. */
	n = snprintf(db->path, sizeof(db->path), "%s%s", path[0] == '/' ? "" : "./", path);
	if (n < 0 || (size_t)n >= sizeof(db->path)) {
		snprintf(err, errlen, "the name of the baseline is too long");
		db_close(db);
		return NULL;
	}
	if (!open_file(db, read_only)) {
		snprintf(err, errlen, "%s", db->error);
		db_close(db);
		return NULL;
	}
	return db;
}

void
db_close(struct baseline_db *db)
{
	if (db == NULL)
		return;
	for (int i = 0; i < STATEMENTS; i++)
		sqlite3_finalize(db->statement[i]);
	sqlite3_close(db->sql);
	if (db->lock != -1)
		close(db->lock);
	free(db);
}

/* ---- Reading ---- */

static bool
read_row(sqlite3_stmt *s, struct baseline_entry *h)
{
	const void *text = sqlite3_column_blob(s, 9);
	int len = sqlite3_column_bytes(s, 9), kind = sqlite3_column_int(s, 1);
	int64_t count = sqlite3_column_int64(s, 2), days = sqlite3_column_int64(s, 4);

	if (kind < 0 || kind >= TUPLES || len < 0 || len > BASELINE_TEXT ||
	    count < 0 || days < 0 || days > UINT32_MAX)
		return false;
	*h = (struct baseline_entry){
		.id = sqlite3_column_int64(s, 0),
		.kind = (enum baseline_tuple)kind,
		.count = (uint64_t)count,
		.weight = sqlite3_column_double(s, 3),
		.days = (unsigned int)days,
		.first = sqlite3_column_int64(s, 5),
		.last = sqlite3_column_int64(s, 6),
		.len = (size_t)len,
	};
	if (__builtin_sub_overflow(h->first, sqlite3_column_int64(s, 7), &h->since) ||
	    __builtin_sub_overflow(h->last, sqlite3_column_int64(s, 8), &h->upto))
		return false;
	if (len > 0)
		memcpy(h->text, text, h->len);
	return baseline_entry_valid(h);
}

/* Runs a statement to its end and calls the function for each valid row. */
static bool
rows(struct baseline_db *db, sqlite3_stmt *s, void (*each)(const struct baseline_entry *, void *), void *arg)
{
	struct baseline_entry h;
	int rc;

	while ((rc = sqlite3_step(s)) == SQLITE_ROW)
		if (read_row(s, &h))
			each(&h, arg);
	if (rc != SQLITE_DONE)
		fail_sql(db);
	sqlite3_reset(s);
	return rc == SQLITE_DONE;
}

static void
keep(const struct baseline_entry *h, void *arg)
{
	*(struct baseline_entry *)arg = *h;
}

bool
db_load(struct baseline_db *db, struct baseline_entry *h)
{
	sqlite3_stmt *s = db->statement[LOAD];

	sqlite3_bind_int64(s, 1, h->id);
	return rows(db, s, keep, h);
}

bool
db_each(struct baseline_db *db, void (*each)(const struct baseline_entry *, void *), void *arg)
{
	return rows(db, db->statement[EACH], each, arg);
}

bool
db_top(struct baseline_db *db, enum baseline_tuple kind, unsigned int n,
    void (*each)(const struct baseline_entry *, void *), void *arg)
{
	sqlite3_stmt *s = db->statement[TOP];

	sqlite3_bind_int(s, 1, (int)kind);
	sqlite3_bind_int64(s, 2, n);
	return rows(db, s, each, arg);
}

bool
db_totals(struct baseline_db *db, enum baseline_tuple kind, unsigned int days, int64_t span, struct baseline_db_totals *t)
{
	sqlite3_stmt *s = db->statement[TOTALS];
	bool ok;

	sqlite3_bind_int(s, 1, (int)kind);
	sqlite3_bind_int64(s, 2, days);
	sqlite3_bind_int64(s, 3, span);
	if ((ok = sqlite3_step(s) == SQLITE_ROW || fail_sql(db))) {
		t->entries = (uint64_t)sqlite3_column_int64(s, 0);
		t->count = sqlite3_column_double(s, 1);
		t->known = (uint64_t)sqlite3_column_double(s, 2);
	}
	sqlite3_reset(s);
	return ok;
}

bool
db_load_state(struct baseline_db *db, struct baseline_db_state *state)
{
	sqlite3_stmt *s = db->statement[LOAD_STATE];
	int64_t habits = -1;
	int rc = sqlite3_step(s);

	if (rc == SQLITE_ROW) {
		habits = sqlite3_column_int64(s, 3);
		*state = (struct baseline_db_state){
			.calendar = {
				.set = sqlite3_column_type(s, 0) != SQLITE_NULL,
				.now = sqlite3_column_int64(s, 0),
				.shift = sqlite3_column_int64(s, 1),
			},
			.began = sqlite3_column_type(s, 2) != SQLITE_NULL,
			.since = sqlite3_column_int64(s, 2),
			.entries = (uint64_t)habits,
		};
	} else if (rc != SQLITE_DONE)
		fail_sql(db);
	sqlite3_reset(s);
	if (rc != SQLITE_ROW && rc != SQLITE_DONE)
		return false;
	return (habits >= 0 && calendar_valid(&state->calendar)) || fail(db, "its state is damaged");
}

/* ---- Writing ---- */

/* Runs a statement that returns no rows. */
static bool
finish(struct baseline_db *db, sqlite3_stmt *s)
{
	bool ok = sqlite3_step(s) == SQLITE_DONE || fail_sql(db);

	sqlite3_reset(s);
	return ok;
}

bool
db_begin(struct baseline_db *db)
{
	return run(db, "BEGIN");
}

bool
db_commit(struct baseline_db *db)
{
	return run(db, "COMMIT");
}

void
db_rollback(struct baseline_db *db)
{
	/* After some failures SQLite has rolled back itself; the first error counts. */
	if (!sqlite3_get_autocommit(db->sql))
		sqlite3_exec(db->sql, "ROLLBACK", NULL, NULL, NULL);
}

bool
db_save(struct baseline_db *db, const struct baseline_entry *h)
{
	sqlite3_stmt *s = db->statement[SAVE];

	sqlite3_bind_int64(s, 1, h->id);
	sqlite3_bind_int(s, 2, (int)h->kind);
	sqlite3_bind_int64(s, 3, (int64_t)h->count);
	sqlite3_bind_double(s, 4, h->weight);
	sqlite3_bind_int64(s, 5, h->days);
	sqlite3_bind_int64(s, 6, h->first);
	sqlite3_bind_int64(s, 7, h->last);
	sqlite3_bind_int64(s, 8, h->first - h->since);
	sqlite3_bind_int64(s, 9, h->last - h->upto);
	if (sqlite3_bind_blob(s, 10, h->text, (int)h->len, SQLITE_STATIC) != SQLITE_OK)
		return fail_sql(db);
	return finish(db, s);
}

bool
db_save_state(struct baseline_db *db, const struct baseline_db_state *state)
{
	sqlite3_stmt *s = db->statement[SAVE_STATE];

	sqlite3_clear_bindings(s);
	if (state->calendar.set)
		sqlite3_bind_int64(s, 1, state->calendar.now);
	sqlite3_bind_int64(s, 2, state->calendar.shift);
	if (state->began)
		sqlite3_bind_int64(s, 3, state->since);
	sqlite3_bind_int64(s, 4, (int64_t)state->entries);
	return finish(db, s);
}

/* ---- Forgetting ---- */

struct standing {
	double		 value;
	int64_t		 id;
};

static int
by_value(const void *a, const void *b)
{
	const struct standing *x = a, *y = b;

	return x->value < y->value ? -1 : x->value > y->value;
}

static int
by_id(const void *a, const void *b)
{
	const struct standing *x = a, *y = b;

	return x->id < y->id ? -1 : x->id > y->id;
}

/* Puts the *n entries of the lowest standing at the beginning of lowest, which has
 * room for twice as many: SQLite would sort all entries in memory.  *n becomes the
 * number that was found. */
static bool
find_lowest(struct baseline_db *db, struct standing *lowest, size_t *n, unsigned int half_life_days)
{
	sqlite3_stmt *s = db->statement[STANDINGS];
	struct standing one;
	size_t have = 0;
	double limit = INFINITY;
	int rc;

	while ((rc = sqlite3_step(s)) == SQLITE_ROW) {
		one.id = sqlite3_column_int64(s, 0);
		one.value = baseline_entry_standing(sqlite3_column_double(s, 1),
		    sqlite3_column_int64(s, 2), half_life_days);
		/* An entry without a number as its standing is damaged: it goes first. */
		if (isnan(one.value))
			one.value = -INFINITY;
		if (one.value >= limit)
			continue;
		lowest[have++] = one;
		if (have == 2 * *n) {
			qsort(lowest, have, sizeof(*lowest), by_value);
			have = *n;
			limit = lowest[have - 1].value;
		}
	}
	if (rc != SQLITE_DONE)
		fail_sql(db);
	sqlite3_reset(s);
	qsort(lowest, have, sizeof(*lowest), by_value);
	if (have < *n)
		*n = have;
	return rc == SQLITE_DONE;
}

static bool
delete_all(struct baseline_db *db, const struct standing *these, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		sqlite3_bind_int64(db->statement[DELETE], 1, these[i].id);
		if (!finish(db, db->statement[DELETE]))
			return false;
	}
	return true;
}

bool
db_prune(struct baseline_db *db, size_t *n, unsigned int half_life_days)
{
	struct standing *lowest = calloc(*n, 2 * sizeof(*lowest));
	bool ok = lowest != NULL ? find_lowest(db, lowest, n, half_life_days) : fail(db, "no memory");

	if (ok) {
		qsort(lowest, *n, sizeof(*lowest), by_id);	/* in the order of the file */
		ok = delete_all(db, lowest, *n);
	}
	free(lowest);
	return ok;
}
