/* keycache.h -- a bounded table in the vault; what was not used for longest goes. */
#ifndef KEYCACHE_H
#define KEYCACHE_H

#include <sys/queue.h>
#include <sys/tree.h>

#include <stdint.h>

#include "secret/vault.h"

#define KEYCACHE_ID	32		/* bytes of a name: a SHA-256 */

struct cached;

struct keycache {
	struct vault	*vault;
	size_t		 n, max;
	RB_HEAD(cacheds, cached) tree;
	TAILQ_HEAD(cached_list, cached) used;	/* the latest first */
};

void	 keycache_init(struct keycache *, struct vault *, size_t max);
void	 keycache_clear(struct keycache *);	/* wipes */

/* What has that name, or NULL.  Good until the next keycache_add(). */
void	*keycache_find(struct keycache *, const uint8_t id[KEYCACHE_ID]);
/* Cleared room of that size for a name that is not there yet; NULL: the vault
 * is full. */
void	*keycache_add(struct keycache *, const uint8_t id[KEYCACHE_ID], size_t);

#endif
