/*
 * tls-session.h -- one TLS session as its records tell it (RFC 5246, 8446),
 * whatever they come in; a key log opens it.
 */
#ifndef TLS_SESSION_H
#define TLS_SESSION_H

#include "engine/dissect.h"

#define TLS_HEADER	5		/* of a record: type, version, length */

/* Do these bytes begin a record?  As many as there are. */
bool		 tls_plausible(struct view);
/* The length of the record that begins here, with its header; 0: none does, or
 * the header is not whole. */
size_t		 tls_record_len(struct view);
/* Does a handshake begin here, in the clear, and whose hello is it? */
enum probe	 tls_hello(struct view first);

struct tls_session;

/* What comes out of it, in order. */
struct tls_user {
	void		(*data)(void *arg, enum dir, struct view);	/* of the application */
	/* Some of that side's may be missing here.  How much is not known: a
	 * sealed record does not tell its padding. */
	void		(*gap)(void *arg, enum dir);
	void		*arg;
};

struct tls_session *tls_session_new(struct world *, struct budget *, const struct tls_user *);
void		 tls_session_free(struct tls_session *);	/* NULL is fine */

/* Does a handshake of another session begin here?  A hello that a
 * HelloRetryRequest asked for has the first one's random. */
bool		 tls_session_other(const struct tls_session *, struct view first);

/* How much of the next record matters; asked once for each, in order. */
enum tls_need {
	TLS_NONE,		/* nothing, nor of those after it: no key is to come */
	TLS_HEAD,		/* that it was there: its header */
	TLS_ALL
};
enum tls_need	 tls_session_need(struct tls_session *, enum dir, uint8_t type);
/* The next record, len bytes long, of which have is there: its header at least. */
void		 tls_session_record(struct tls_session *, enum dir, struct view have, size_t len);
/* Records as they stand one behind the other.  False: not all of v is some. */
bool		 tls_session_records(struct tls_session *, enum dir, struct view);
/* Records of that side were lost. */
void		 tls_session_gap(struct tls_session *, enum dir);

bool		 tls_session_carried(const struct tls_session *);	/* application data */
bool		 tls_session_opened(const struct tls_session *);	/* some of it */
/* "key log sslkeys.log, line 3", or why it is not opened. */
const char	*tls_session_reason(const struct tls_session *);

#endif
