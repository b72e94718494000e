/*
 * http.h -- one connection's HTTP messages (RFC 9110, 9112) for whoever speaks
 * inside them: http.c parses, its user reads heads and gets bodies.
 */
#ifndef HTTP_H
#define HTTP_H

#include "engine/dissect.h"

/* A message's head.  Alive during the call it is given to. */
struct http_message {
	enum dir	 dir;		/* C2S: a request */
	uint64_t	 exchange;	/* the number that a request and its answer share, from 1 */
	const char	*method;	/* of the exchange's request, as are the next three; NULL: not seen */
	const char	*target;
	const char	*host;
	const char	*agent;
	unsigned int	 status;	/* of an answer; 0 in a request */
	const void	*fields;	/* for http_field() */
};

/* The value of the nth header field of that name (any case), from 0; p NULL: none. */
struct view	 http_field(const struct http_message *, const char *name, size_t nth);

/* How much of a body is wanted: all of one that is no longer than first +
 * last, else that much of its beginning and its end.  0, 0: nothing. */
struct http_want {
	size_t		 first, last;
};

struct http_body {
	struct view	 first;		/* without chunks and content codings */
	uint64_t	 missing;	/* bytes between the two that were not wanted */
	struct view	 last;
	bool		 torn;		/* bytes were lost: first holds those before the loss, last is empty */
};

struct http_user {
	void		*(*conn_new)(const struct carrier *);	/* copies the carrier; NULL: budget spent */
	void		 (*head)(void *conn, const struct http_message *, struct http_want *);
	/* The end of a message; also of one without a body. */
	void		 (*body)(void *conn, const struct http_message *, const struct http_body *);
	/* Nothing on this connection is, or will be, of interest. */
	bool		 (*bored)(void *conn);
	void		 (*conn_free)(void *conn);	/* tells what is still open, then frees; NULL is fine */
};
extern const struct http_user winrm_user;

/*
 * Returns whether a Windows server listens for WinRM at that TCP port, over
 * HTTP or (tls) over HTTPS ([MS-WSMV] 2.1).  47001 is open even where the WinRM
 * service has no listener configured.
 */
static inline bool
http_winrm_port(uint16_t port, bool tls)
{
	return tls ? port == 5986 : port == 5985 || port == 47001;
}

/* HTTP by itself, and inside TLS: the same ops, another carrier. */
extern const struct proto_ops http_proto, tls_proto;

#endif
