/*
 * secretset.h -- the secrets of one reading of the file: they lie in the vault,
 * are found by name, and are given back as a whole.
 */
#ifndef SECRETSET_H
#define SECRETSET_H

#include <locale.h>

#include "secret/keylog.h"
#include "secret/keyring.h"

struct set_chunk;
struct set_entry;
struct set_service;

struct set_index {
	struct set_entry *last;		/* linked backwards while it is filled */
	struct set_entry **sorted;
	unsigned int	 n;
};

#define ETYPE_FIRST	17		/* of the encryption types that we know */
#define ETYPE_LAST	23

struct set {
	struct vault	*vault;
	struct set_chunk *chunks;
	size_t		 taken;
	struct set_index accounts, services, hosts, sessions;
	struct set_service *etypes[ETYPE_LAST - ETYPE_FIRST + 1];
	struct keylog	*keylog;	/* NULL: none */
};

void	 set_free(struct set *);	/* wipes; an empty set of that vault is left */

/* All below return NULL or false when the secrets have taken their share of
 * the vault.  What they are given is copied, but for labels. */
char	*set_text(struct set *, struct view);
/* "password CORP\alice, line 3": at most MAX_REASON bytes, and printable. */
const char *set_label(struct set *, const char *kind, struct view name, unsigned int line);

/* An account, and its hash as a key of etype 23.  A password makes the hash;
 * without (p NULL) it is given. */
bool	 set_account(struct set *, struct view user, struct view domain, struct view password,
	    const uint8_t nthash[16], const char *label);
/* A key for tickets.  user: so many bytes of the principal are the name of the
 * account whose RC4 key it is; 0 if it is none's. */
bool	 set_service(struct set *, const struct service_key *, size_t user);
bool	 set_session(struct set *, const struct session_key *);

/* When all is there, and before anything is looked up. */
bool	 set_sort(struct set *, locale_t);

/* As keyring_account() and so on. */
const struct account	 *set_find_account(const struct set *, const char *user,
			    const struct account *after, locale_t);
const struct service_key *set_find_principal(const struct set *, const char *principal,
			    int32_t etype, const struct service_key *after, locale_t);
const struct service_key *set_find_host(const struct set *, const char *host,
			    int32_t etype, const struct service_key *after, locale_t);
const struct service_key *set_find_etype(const struct set *, int32_t etype,
			    const struct service_key *after);
const struct session_key *set_find_session(const struct set *, uint64_t id,
			    const struct session_key *after, locale_t);

#endif
