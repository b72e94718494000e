/*
 * keylog.h -- a TLS key log in the format of SSLKEYLOGFILE, which programs
 * write while we read it.  Only where its lines are is remembered: a secret
 * leaves the file when a connection asks for it.  For the secret layer only.
 */
#ifndef KEYLOG_H
#define KEYLOG_H

#include "secret/tls-keys.h"
#include "secret/vault.h"

struct keylog;

/* Lines that are of use. */
enum keylog_kind {
	KEYLOG_MASTER,			/* CLIENT_RANDOM, of TLS up to 1.2 */
	KEYLOG_CLIENT_HANDSHAKE,
	KEYLOG_SERVER_HANDSHAKE,
	KEYLOG_CLIENT_TRAFFIC,
	KEYLOG_SERVER_TRAFFIC,
	KEYLOG_KINDS
};

struct keylog_secrets {
	uint8_t		 len[KEYLOG_KINDS];	/* 0: not there */
	uint8_t		 b[KEYLOG_KINDS][TLS_SECRET];
};

/* The file stays open and is read on.  fd is taken; label is borrowed.  NULL:
 * no memory. */
struct keylog	*keylog_open(struct vault *, int fd, const char *label);
void		 keylog_close(struct keylog *);		/* NULL is fine */
const char	*keylog_label(const struct keylog *);
uint64_t	 keylog_malformed(const struct keylog *);	/* so many lines */

/* Adds what the log holds of that ClientHello's random.  True: of that, there
 * is something. */
bool		 keylog_find(struct keylog *, const uint8_t random[TLS_RANDOM],
		    struct keylog_secrets *);

#endif
