/*
 * keyring.h -- the operator's secrets as the code that opens things looks them
 * up: by user, by principal, by encryption type, by SMB session.  Only this
 * folder uses it; everybody else has secret.h.
 *
 * What is returned belongs to the keyring and is gone after a reload.  Who
 * keeps a secret copies it into the vault.
 */
#ifndef KEYRING_H
#define KEYRING_H

#include "secret/secret.h"
#include "secret/vault.h"

/* Bytes of the text that names a secret without telling it, with its NUL:
 * "password CORP\alice, line 3", "keytab key
 * host/fs01.corp.example@CORP.EXAMPLE, line 7". */
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
	int32_t		 etype;		/* encryption type, RFC 3961 8 */
	uint32_t	 kvno;		/* key version number */
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

/* Returns the vault of all keys, which belongs to the keyring. */
struct vault	*keyring_vault(const struct keyring *);

/* Returns the TLS key log, which belongs to the keyring; NULL: none was given. */
struct keylog	*keyring_keylog(const struct keyring *);

/* Returns a number that changes when a key was learnt or the file was read
 * again: what could not be opened before may be tried once more. */
unsigned int	 keyring_epoch(const struct keyring *);

/* A key was learnt: changes that number. */
void		 keyring_learnt(struct keyring *);

/* Returns a place for what Kerberos keeps with the keyring, NULL at first.
 * Whoever fills it passes the function that frees it, which is called before
 * the vault is closed. */
void		**keyring_kdc(struct keyring *, void (*free)(void *));

/*
 * Each returns the next entry that matches: after is NULL at first, then what
 * was returned last; NULL: there are no more.  Names match in any case.  A
 * look-up costs what its matches cost, not what the file holds.
 */
const struct account	 *keyring_account(const struct keyring *, const char *user,
			    const struct account *after);

/* Keys of keytabs, and the hashes of accounts as keys of etype 23
 * ("user@DOMAIN"). */
const struct service_key *keyring_principal(const struct keyring *, const char *principal,
			    int32_t etype, const struct service_key *after);

/* The same keys by the first label of the host name, as principal_host() has it. */
const struct service_key *keyring_host(const struct keyring *, const char *host,
			    int32_t etype, const struct service_key *after);

const struct service_key *keyring_etype(const struct keyring *, int32_t etype,
			    const struct service_key *after);
const struct session_key *keyring_session(const struct keyring *, uint64_t id,
			    const struct session_key *after);

/* Returns the first label of the host that a principal names: "fs01" of
 * "cifs/fs01.corp.example@CORP" and of "FS01$@CORP"; empty: it names none. */
struct view		 principal_host(const char *principal);

#endif
