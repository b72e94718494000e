/*
 * vault.h -- the memory that keys live in: one region that is locked, left out
 * of core dumps and of child processes, and wiped piece by piece.
 */
#ifndef VAULT_H
#define VAULT_H

#include <stdbool.h>
#include <stddef.h>

struct vault;

/* Makes a region of that many bytes.  Returns NULL when there is no memory. */
struct vault	*vault_new(size_t size);

/* Wipes and frees the region with all that is in it.  NULL is accepted. */
void		 vault_close(struct vault *);

/* Returns whether the vault is locked in memory.  If the system refused that,
 * keys may be written to the swap space. */
bool		 vault_locked(const struct vault *);

/* Returns cleared memory of n bytes, aligned for any type, which
 * vault_free() gives back; NULL when the region is full, which is no error
 * of the program. */
void		*vault_alloc(struct vault *, size_t n);

/* Wipes the memory and gives it back.  NULL is accepted. */
void		 vault_free(void *);

#endif
