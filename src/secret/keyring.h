/*
 * keyring.h -- the owner's secrets as the code that opens things looks them
 * up: by user, by principal, by encryption type, by SMB session.  For the
 * secret layer only; everybody else has secret.h.
 *
 * What is returned belongs to the keyring and is gone after a reload: copy
 * what is kept, into the vault.
 */
#ifndef KEYRING_H
#define KEYRING_H

#include "secret/secret.h"
#include "secret/vault.h"

/* How a secret may be called in the open: "password CORP\alice, line 3",
 * "keytab key host/fs01.corp.example@CORP.EXAMPLE, line 7". */
#define MAX_REASON	256

struct account {
	const char	*user;		/* UTF-8, as written; never empty */
	const char	*domain;	/* the same; "" when none was given */
	const char	*password;	/* UTF-8; NULL: only the hash is known */
	uint8_t		 nthash[16];
	const char	*label;
};

struct service_key {
	const char	*principal;	/* "host/fs01.corp.example@CORP.EXAMPLE", as written */
	int32_t		 etype;
	uint32_t	 kvno;
	size_t		 len;
	uint8_t		 key[32];
	const char	*label;
};

struct session_key {
	uint64_t	 id;		/* of the SMB session */
	size_t		 len;
	uint8_t		 key[64];
	const char	*label;
};

struct vault	*keyring_vault(const struct keyring *);
struct keylog	*keyring_keylog(const struct keyring *);	/* NULL: none was given */

/* Moves when a key was learnt or the file was read again: what could not be
 * opened may be tried once more. */
unsigned int	 keyring_epoch(const struct keyring *);
void		 keyring_learnt(struct keyring *);	/* makes it move */
/* The KDC's keys, in seal-krb5.c's hands: a place to hang them, freed before
 * the vault is. */
void		**keyring_kdc(struct keyring *, void (*free)(void *));

/*
 * Walk the entries of one kind: after is NULL at first, then what was
 * returned; NULL ends.  Names match whatever their case.  Each costs what its
 * matches cost, not what the file holds.
 */
const struct account	 *keyring_account(const struct keyring *, const char *user,
			    const struct account *after);
/* Keys of keytabs, and hashes of accounts as keys of etype 23 ("user@DOMAIN"). */
const struct service_key *keyring_principal(const struct keyring *, const char *principal,
			    int32_t etype, const struct service_key *after);
/* The same by the first label of the host: "fs01" of "cifs/fs01.corp.example@CORP"
 * and of "FS01$@CORP", as principal_host() finds it; empty: it names none. */
const struct service_key *keyring_host(const struct keyring *, const char *host,
			    int32_t etype, const struct service_key *after);
struct view		 principal_host(const char *principal);
const struct service_key *keyring_etype(const struct keyring *, int32_t etype,
			    const struct service_key *after);
const struct session_key *keyring_session(const struct keyring *, uint64_t id,
			    const struct session_key *after);

#endif
