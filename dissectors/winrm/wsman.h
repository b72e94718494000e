/*
 * wsman.h -- WS-Management envelopes ([MS-WSMV]), in the clear: winrm.c gets
 * them out of HTTP, wsman.c knows what they ask for.
 */
#ifndef WSMAN_H
#define WSMAN_H

#include "engine/dissect.h"

struct wsman;			/* one HTTP connection's use of it */

/* How the layers below describe themselves to facts made here: copied. */
struct wsman_via {
	struct world	*world;
	struct budget	*budget;
	const struct peers *peers;	/* lives as long as the wsman */
	void		(*describe)(void *arg, struct fact *);	/* adds http.*, auth.*, winrm.encryption */
	void		*arg;
};

struct wsman	*wsman_new(const struct wsman_via *);	/* NULL: budget spent */
void		 wsman_free(struct wsman *);	/* commands without an answer are told; NULL is fine */

/* Can a body that begins like this be an envelope of WS-Management?  UTF-8 or
 * UTF-16, with or without BOM. */
bool		 wsman_begins(struct view first);

/*
 * One envelope.  exchange pairs an answer with its request.  missing bytes
 * between first and last were not kept (a long answer's output).  opened: it
 * was sealed, and a key of ours opened it.
 */
void		 wsman_message(struct wsman *, enum dir, uint64_t exchange,
		    struct view first, uint64_t missing, struct view last, bool opened);

#endif
