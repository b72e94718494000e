/*
 * secretset.h -- the secrets of one reading of the secrets file.  They live in
 * the vault, are found by name, and are freed together.
 */
#ifndef SECRETSET_H
#define SECRETSET_H

#include <locale.h>

#include "secret/keylog.h"
#include "secret/keyring.h"

struct set_chunk;
struct set_entry;
struct set_service;

struct secret_set_index {
	struct set_entry *last;		/* while the set is filled: linked backwards */
	struct set_entry **sorted;	/* after set_sort(): n entries */
	unsigned int	 n;
};

#define ETYPE_FIRST	17		/* the encryption types that are supported lie */
#define ETYPE_LAST	23		/* between these two */

struct secret_set {
	struct vault	*vault;
	struct set_chunk *chunks;
	size_t		 taken;		/* bytes of the vault */
	struct secret_set_index accounts, services, hosts, sessions;
	struct set_service *etypes[ETYPE_LAST - ETYPE_FIRST + 1];
	struct keylog	*keylog;	/* owned; NULL: none */
};

/* Wipes and frees all that is in the set.  An empty set of the same vault is left. */
void	 set_free(struct secret_set *);

/* ---- Filling: each returns NULL or false when the secrets have taken their
 * share of the vault.  What is given is copied, but for labels, which belong to
 * the set. ---- */

/* Returns a copy of a text, which belongs to the set. */
char	*set_text(struct secret_set *, struct view);

/* Returns a label of at most MAX_REASON bytes, printable, which belongs to the
 * set: "password CORP\alice, line 3". */
const char *set_label(struct secret_set *, const char *kind, struct view name, unsigned int line);

/* Adds an account, and its hash as a key of etype 23.  The hash is made from
 * the password if there is one (p not NULL), else it is given. */
bool	 set_account(struct secret_set *, struct view user, struct view domain,
	    struct view password, const uint8_t nthash[16], const char *label);

/* Adds a key that opens tickets.  user is the length of the account's name at
 * the beginning of the principal, if the key is the RC4 key of an account; else
 * 0. */
bool	 set_service(struct secret_set *, const struct service_key *, size_t user);

/* Adds the key of an SMB session. */
bool	 set_session(struct secret_set *, const struct session_key *);

/* Sorts the set by names, in that locale.  Call it once, when the set is filled. */
bool	 set_sort(struct secret_set *, locale_t);

/* ---- Look-ups, after set_sort(): as the functions of keyring.h ---- */

const struct account	 *set_find_account(const struct secret_set *, const char *user,
			    const struct account *after, locale_t);
const struct service_key *set_find_principal(const struct secret_set *, const char *principal,
			    int32_t etype, const struct service_key *after, locale_t);
const struct service_key *set_find_host(const struct secret_set *, const char *host,
			    int32_t etype, const struct service_key *after, locale_t);
const struct service_key *set_find_etype(const struct secret_set *, int32_t etype,
			    const struct service_key *after);
const struct session_key *set_find_session(const struct secret_set *, uint64_t id,
			    const struct session_key *after, locale_t);

#endif
