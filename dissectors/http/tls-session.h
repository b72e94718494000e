/*
 * tls-session.h -- one TLS session (RFC 5246, 8446) as its records tell it,
 * whatever carries them.  The secrets of a key log open it.
 */
#ifndef TLS_SESSION_H
#define TLS_SESSION_H

#include "engine/dissect.h"

/* ---- Records ---- */

#define TLS_HEADER	5		/* bytes: type, version, length */

/* Can a record begin like this?  Looks at the header, or what is there of it. */
bool		 tls_plausible(struct view);

/* Returns the length of the record that begins here, header included; 0 if none
 * does, or its header is not whole. */
size_t		 tls_record_len(struct view);

/* Does a handshake begin here, in the clear?  PROBE_CLIENT: with a ClientHello;
 * PROBE_SERVER: with a ServerHello; PROBE_MORE: there are too few bytes. */
enum probe_answer	 tls_hello(struct view first);

/* ---- Sessions ---- */

struct tls_session;

/* What is called for what comes out of a session, in order. */
struct tls_listener {
	/* Application data, opened; borrowed for the call. */
	void		(*data)(void *arg, enum dir, struct view);
	/* Application data of that side may be missing here.  How much is not
	 * known, since a sealed record does not tell its padding. */
	void		(*gap)(void *arg, enum dir);
	void		*arg;
};

/* Makes a session.  The listener is copied.  Returns NULL when the budget is
 * spent. */
struct tls_session *tls_session_new(struct world *, struct budget *,
		    const struct tls_listener *);

/* Wipes the keys and frees the session.  NULL is accepted. */
void		 tls_session_free(struct tls_session *);

/* Do these bytes begin the handshake of another session?  The ClientHello that
 * answers a HelloRetryRequest has the first one's random, and begins none. */
bool		 tls_session_other(const struct tls_session *, struct view first);

/* How much of the next record tls_session_record() needs. */
enum tls_need {
	TLS_NONE,		/* nothing, nor of later ones: no key can come any more */
	TLS_HEAD,		/* the header */
	TLS_ALL
};

/* Returns what is needed of that side's next record, of that content type.  Ask
 * once for each record, in order. */
enum tls_need	 tls_session_need(struct tls_session *, enum dir, uint8_t type);

/* Reads that side's next record, which is len bytes long.  have has the header
 * at least. */
void		 tls_session_record(struct tls_session *, enum dir, struct view have, size_t len);

/* Reads records that follow one another.  Returns false if they do not fill the
 * view to its end. */
bool		 tls_session_records(struct tls_session *, enum dir, struct view);

/* Records of that side were lost here. */
void		 tls_session_gap(struct tls_session *, enum dir);

/* Was there application data?  And was some of it opened? */
bool		 tls_session_carried(const struct tls_session *);
bool		 tls_session_opened(const struct tls_session *);

/* Returns what opened the session ("key log sslkeys.log, line 3"), or why
 * nothing did.  The text belongs to the session, or is static. */
const char	*tls_session_reason(const struct tls_session *);

#endif
