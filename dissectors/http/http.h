/*
 * http.h -- HTTP/1.1 connections (RFC 9110, 9112), over TCP or inside TLS.  The
 * messages are handed to one listener.
 */
#ifndef HTTP_H
#define HTTP_H

#include "http/body.h"
#include "http/message.h"

/* Who reads the messages of connections.  conn is its state of one connection. */
struct http_listener {
	/* Makes that state, with the first message.  The carrier is copied.
	 * Returns NULL when the budget is spent. */
	void		*(*conn_new)(const struct carrier *);
	/* A head is complete.  Sets how much of the body is wanted. */
	void		 (*head)(void *conn, const struct http_message *, struct http_want *);
	/* A message ended, with or without a body.  The views are borrowed for
	 * the call. */
	void		 (*body)(void *conn, const struct http_message *, const struct http_body *);
	/* Returns true when nothing more of the connection is of interest. */
	bool		 (*done)(void *conn);
	/* Reports what is still open and frees the state.  NULL is accepted. */
	void		 (*conn_free)(void *conn);
};

/* The listener of all connections: a row of dissectors/table.c. */
extern const struct http_listener *const http_listener;

extern const struct proto_ops http_proto;

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

#endif
