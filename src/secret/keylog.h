/*
 * keylog.h -- a TLS key log in the format of SSLKEYLOGFILE, which programs go
 * on writing while it is read.  Only the places of its lines are kept in
 * memory: a secret is read from the file when a connection needs it.
 */
#ifndef KEYLOG_H
#define KEYLOG_H

#include "secret/tls-keys.h"
#include "secret/vault.h"

struct keylog;

/* The lines that are used. */
enum keylog_kind {
	KEYLOG_MASTER,			/* CLIENT_RANDOM, of TLS up to 1.2 */
	KEYLOG_CLIENT_HANDSHAKE,
	KEYLOG_SERVER_HANDSHAKE,
	KEYLOG_CLIENT_TRAFFIC,
	KEYLOG_SERVER_TRAFFIC,
	KEYLOG_KINDS
};

/* The secrets of one session; who has them wipes them. */
struct keylog_secrets {
	uint8_t		 len[KEYLOG_KINDS];	/* bytes; 0: not there */
	uint8_t		 b[KEYLOG_KINDS][TLS_SECRET];
};

/* Takes the open file fd, and reads on in it later.  label is borrowed as long
 * as the log.  Returns NULL, and closes fd, when the vault is full. */
struct keylog	*keylog_open(struct vault *, int fd, const char *label);

/* Wipes, closes and frees the log.  NULL is accepted. */
void		 keylog_close(struct keylog *);

/* Returns the label that it was opened with. */
const char	*keylog_label(const struct keylog *);

/* Returns how many lines were malformed so far. */
uint64_t	 keylog_malformed(const struct keylog *);

/* Adds to *secrets what the log has for the session whose ClientHello has that
 * random.  Returns false if it has nothing. */
bool		 keylog_find(struct keylog *, const uint8_t random[TLS_RANDOM],
		    struct keylog_secrets *secrets);

#endif
