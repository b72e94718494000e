/*
 * ticket.h -- the keys that open Kerberos tickets, RFC 4120 5.3: what KDCs told,
 * and the owner's service keys.
 */
#ifndef TICKET_H
#define TICKET_H

#include "secret/keycache.h"
#include "secret/keyring.h"
#include "secret/krbcrypt.h"
#include "secret/krbmsg.h"

/* What Kerberos remembers at a keyring; gone when the secrets are read again. */
struct krb_state {
	unsigned int	 epoch;		/* of the keyring, as far as we moved it */
	size_t		 work;		/* bytes that may still be decrypted in vain */
	struct keycache	 learnt;	/* by the hash of a ticket */
	struct keycache	 services;	/* by the hash of what a ticket says of its key */
	struct keycache	 derived;	/* keys of passwords, by what they are made of */
	struct keycache	 salts;		/* how many were made in vain, by account and etype */
};

struct krb_state *krb_state(struct keyring *);	/* NULL: the vault is full */

/* What a ticket held, for the length of a call: wipe it. */
struct ticket {
	struct krb_key	 session;
	bool		 learnt;	/* from a KDC, which told the key and no name */
	char		 client[MAX_KRB_NAME];
	char		 realm[MAX_KRB_NAME];
	char		 label[MAX_REASON];	/* of what opened it */
};

/* Only with what a KDC told of just this ticket. */
bool	ticket_learnt(struct keyring *, const struct krb_ticket *, struct ticket *);
/* With anything.  False: *state and why say why not. */
bool	ticket_open(struct keyring *, const struct krb_ticket *, struct ticket *,
	    enum logon_state *state, char why[MAX_REASON]);
/*
 * The authenticator that a client sends beside it: who he is, where the ticket
 * did not tell, and the subkey that he chose (len 0: none).  It proves the
 * session key.  Usage 11 of an AP-REQ, 7 of a TGS-REQ.
 */
bool	ticket_authenticator(struct ticket *, const struct krb_sealed *, krb5_keyusage,
	    struct krb_key *subkey);
/* A KDC has told the session key of that ticket. */
void	ticket_learn(struct keyring *, const struct krb_ticket *,
	    const struct krb_key *session, const char *label);

/* SHA-256 of parts, each with its length, so that none runs into the next. */
void	krb_hash(const struct view *parts, size_t n, uint8_t out[KEYCACHE_ID]);

#endif
