/*
 * ticket.h -- the keys that open Kerberos tickets, RFC 4120 5.3: session keys
 * learnt from KDCs, and the operator's service keys.
 */
#ifndef TICKET_H
#define TICKET_H

#include "secret/keycache.h"
#include "secret/keyring.h"
#include "secret/krbcrypt.h"
#include "secret/krbmsg.h"

/* What Kerberos keeps with a keyring, until the secrets are read again. */
struct krb_state {
	unsigned int	 epoch;		/* the keyring's, after what we learnt ourselves */
	size_t		 work;		/* how many bytes may still be decrypted in vain */
	struct keycache	 learnt;	/* session keys, by the hash of their ticket */
	struct keycache	 services;	/* service keys, by what a ticket says of its key */
	struct keycache	 derived;	/* keys of passwords, by what they are made of */
	struct keycache	 salts;		/* counts of keys made in vain, by account and etype */
};

/* Returns the state of the keyring, made on first use; it belongs to the
 * keyring.  NULL: the vault is full. */
struct krb_state *krb_state(struct keyring *);

/* What was in a ticket.  Who has it wipes it. */
struct ticket {
	struct krb_key	 session;
	bool		 learnt;	/* from a KDC: the key is known, and no name */
	char		 client[MAX_KRB_NAME];
	char		 realm[MAX_KRB_NAME];
	char		 label[MAX_REASON];	/* names the secret that opened it */
};

/* Looks up the session key that a KDC told for this ticket.  Returns false if
 * there is none. */
bool	ticket_learnt(struct keyring *, const struct krb_ticket *, struct ticket *);
/* Opens a ticket with whatever key fits.  Returns false if none does, with
 * *state and why saying why. */
bool	ticket_open(struct keyring *, const struct krb_ticket *, struct ticket *,
	    enum logon_state *state, char why[MAX_REASON]);
/*
 * Opens the authenticator that a client sends with the ticket, which proves the
 * session key.  The usage is 11 of an AP-REQ, 7 of a TGS-REQ.  Sets client and
 * realm if the ticket did not tell them, and the subkey that the client chose
 * (len 0: none).  Returns false if it cannot be opened.
 */
bool	ticket_authenticator(struct ticket *, const struct krb_sealed *, krb5_keyusage,
	    struct krb_key *subkey);
/* A KDC told the session key of that ticket: keeps it, under a label that names
 * the secret which opened the reply. */
void	ticket_learn(struct keyring *, const struct krb_ticket *,
	    const struct krb_key *session, const char *label);

/* Makes the SHA-256 of n parts, each behind its length, so that their borders
 * count. */
void	krb_hash(const struct view *parts, size_t n, uint8_t out[KEYCACHE_ID]);

#endif
