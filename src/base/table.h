/*
 * table.h -- state keyed by what the wire says.  A table has a limit; when it
 * is full, a new entry takes the place of an old one, which this file chooses.
 * Entries are found by key in a balanced tree, so that nobody can choose keys
 * that make the search slow.
 */
#ifndef TABLE_H
#define TABLE_H

#include <sys/queue.h>
#include <sys/tree.h>

#include "base/budget.h"
#include "base/stats.h"

/*
 * A key is a number, then bytes: either may be unused (0, empty).  Keys are
 * in the order of the number, then of the bytes.  The bytes must have no
 * padding.  Those of an entry are borrowed: they live as long as the entry,
 * and mostly inside it.
 */
struct table_key {
	uint64_t	 num;
	struct view	 bytes;
};

/* Who is charged with entries: (client, server) as bytes, or the client alone. */
struct table_owner {
	RB_ENTRY(table_owner) by_id;
	TAILQ_HEAD(table_owned, table_entry) entries;	/* least recently used first */
	size_t		 n;
	struct view	 id;		/* behind the struct */
};

/* The first member of the user's struct, which the table allocates and frees. */
struct table_entry {
	RB_ENTRY(table_entry) by_key;
	TAILQ_ENTRY(table_entry) by_age;
	struct table_key key;
	bool		 keyed;		/* it is in the tree */
	uint8_t		 rank;		/* the user may raise it: lower ones are dropped first */
	struct table_owner *owner;	/* NULL where the table has no shares */
	TAILQ_ENTRY(table_entry) by_owner;
};

/* What is the same for all tables of a kind. */
struct table;
struct table_kind {
	size_t		 limit;		/* entries; see limits.h */
	size_t		 share;		/* entries of one owner; 0: any number */
	enum counter	 counter;	/* of entries dropped to make room; STAT_MAX: none */
	/* Tells and frees what the entry holds, but not the entry.  The table
	 * does not know the entry any more.  NULL: it holds nothing. */
	void		(*clear)(struct table *, void *entry);
};

struct table {
	const struct table_kind *kind;
	struct budget	*budget;
	struct stats	*stats;
	size_t		 n;
	RB_HEAD(table_keys, table_entry) keys;
	TAILQ_HEAD(table_ages, table_entry) ages;	/* least recently used first */
	RB_HEAD(table_owners, table_owner) owners;
};

/* Makes an empty table.  All three are borrowed and outlive it; entries are
 * allocated from the budget. */
void	 table_init(struct table *, const struct table_kind *, struct budget *, struct stats *);

/* Drops all entries, the least recently used first. */
void	 table_clear(struct table *);

/*
 * Makes an entry of size bytes, zeroed but for its struct table_entry, as the
 * most recently used.  A full table drops another for it first.  owner says
 * who caused it (copied).  Returns NULL when the budget is spent.  It can be
 * found once table_set_key() has given it a key.
 */
void	*table_add(struct table *, size_t size, struct view owner);

/* Drops the entry whose turn it is, but never that one, which may be NULL.
 * Returns false if there is no other. */
bool	 table_make_room(struct table *, const struct table_entry *but);

/* Gives an entry its key, or another one.  Another entry that has that key is
 * dropped. */
void	 table_set_key(struct table *, struct table_entry *, struct table_key);

/* Takes the key from an entry, which stays; its bytes may be freed then. */
void	 table_unset_key(struct table *, struct table_entry *);

/* Returns the entry with exactly that key, or NULL. */
void	*table_find(const struct table *, struct table_key);

/* Returns the first entry with that key or a higher one, or NULL. */
void	*table_at_least(const struct table *, struct table_key);

/* Returns the entry with the next higher key, or NULL. */
void	*table_next(struct table_entry *);

/* Returns the least recently used entry, or NULL if the table is empty. */
void	*table_oldest(const struct table *);

/* Makes the entry the most recently used. */
void	 table_touch(struct table *, struct table_entry *);

/* Clears, removes and frees an entry.  NULL is fine. */
void	 table_drop(struct table *, struct table_entry *);

#endif
