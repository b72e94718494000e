/* psrp.h -- PowerShell remoting, [MS-PSRP]: fragments, messages, pipelines. */
#ifndef PSRP_H
#define PSRP_H

#include "engine/dissect.h"

struct psrp;			/* one runspace pool: a shell of WS-Management */

struct psrp_user {
	/* A pipeline was asked for: its id (16 bytes, as on the wire) and its text, as a
	 * person would have typed it (UTF-8). */
	void		(*create)(void *arg, const uint8_t pid[16], struct view script);
	/* An object was sent into it, as text. */
	void		(*input)(void *arg, const uint8_t pid[16], struct view text);
	/* 2.2.3.5 PSInvocationState: 4 completed, 5 failed, 3 stopped; message may be empty. */
	void		(*state)(void *arg, const uint8_t pid[16], int state);
};

struct psrp	*psrp_new(struct world *, struct budget *, const struct psrp_user *, void *arg);
void		 psrp_free(struct psrp *);	/* NULL is fine */

/*
 * Fragments as one carrier has them (2.2.4), base64 and compression undone:
 * whole ones, several, or parts that the next call goes on with.  stream keeps
 * the carriers of one direction apart (0 for creationXml and Command, 1 for Send,
 * 2 for Receive).  tail: what was before is missing, look for a fragment's start.
 */
void		 psrp_data(struct psrp *, enum dir, unsigned int stream, struct view, bool tail);

/* The blocks of a compressed stream ([MS-WSMV] 3.1.4.1.31.6): appended to out.
 * False: it is none. */
bool		 psrp_decompress(struct view, struct buf *out);

#endif
