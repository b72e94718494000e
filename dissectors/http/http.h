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
	/* Returns whether the server's TCP port alone tells that such messages
	 * come, in the clear or inside TLS. */
	bool		 (*claims)(uint16_t port, bool tls);
	/* Reports a TLS connection at such a port whose application data no key
	 * opened.  at is the packet of its last record. */
	void		 (*sealed)(const struct carrier *, struct packet_ref at);
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

#endif
