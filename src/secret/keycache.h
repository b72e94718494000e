/*
 * keycache.h -- a table of keys by name, of a limited size, in the vault.  When
 * it is full, the entry that was not used for longest is wiped.
 */
#ifndef KEYCACHE_H
#define KEYCACHE_H

#include <sys/queue.h>
#include <sys/tree.h>

#include <stdint.h>

#include "secret/vault.h"

#define KEYCACHE_ID	32		/* bytes of a name: a SHA-256 */

struct keycache_entry;

struct keycache {
	struct vault	*vault;
	size_t		 n, max;
	RB_HEAD(keycache_tree, keycache_entry) tree;
	TAILQ_HEAD(keycache_list, keycache_entry) used;	/* most recently used first */
};

/* Makes an empty table of at most max entries. */
void	 keycache_init(struct keycache *, struct vault *, size_t max);

/* Wipes and frees all entries. */
void	 keycache_clear(struct keycache *);

/* Returns the bytes of the entry of that name, or NULL.  They belong to the
 * table, and are good until the next keycache_add(). */
void	*keycache_find(struct keycache *, const uint8_t id[KEYCACHE_ID]);

/* Adds an entry with a name that is not there yet.  Returns its cleared bytes,
 * which belong to the table; NULL: the vault is full. */
void	*keycache_add(struct keycache *, const uint8_t id[KEYCACHE_ID], size_t size);

#endif
