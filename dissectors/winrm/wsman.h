/*
 * wsman.h -- WS-Management (DSP0226, [MS-WSMV]): the envelopes of one HTTP
 * connection, in the clear.  Commands and tasks become facts.
 */
#ifndef WSMAN_H
#define WSMAN_H

#include "engine/dissect.h"

struct wsman;

/* Makes the state of one connection.  The carrier is copied; its describe must
 * be set, and adds http.*, auth.* and winrm.encryption to facts.  Returns NULL
 * when the carrier's budget is spent. */
struct wsman	*wsman_new(const struct carrier *);

/* Reports the commands of the connection that have no outcome yet, as unknown,
 * and frees the state.  NULL is accepted. */
void		 wsman_free(struct wsman *);

/* Can a body that begins with these bytes be an envelope of WS-Management?  It
 * may be UTF-8 or UTF-16, with or without a byte order mark. */
bool		 wsman_begins(struct view first);

/*
 * Reads one envelope, a request (C2S) or a response (S2C).  exchange is the
 * number that a request shares with its response.  Of a long response the
 * middle may be left out: missing bytes lie between first and last.  decrypted
 * says that a key of the operator's opened it.  The views are borrowed for the
 * call.  What is no envelope is ignored.
 */
void		 wsman_message(struct wsman *, enum dir, uint64_t exchange,
		    struct view first, uint64_t missing, struct view last, bool decrypted);

#endif
