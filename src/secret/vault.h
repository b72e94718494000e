/*
 * vault.h -- where keys live: one region of memory that is locked, left out of
 * core dumps, and wiped piece by piece.
 */
#ifndef VAULT_H
#define VAULT_H

#include <stdbool.h>
#include <stddef.h>

struct vault;

struct vault	*vault_new(size_t size);	/* NULL: no memory */
void		 vault_close(struct vault *);	/* wipes all; NULL is fine */
/* The system refused to lock it: keys could reach the swap space. */
bool		 vault_locked(const struct vault *);

/* Cleared; NULL when the region is full, which is ordinary. */
void		*vault_alloc(struct vault *, size_t);
void		 vault_free(void *);		/* wipes; NULL is fine */

#endif
