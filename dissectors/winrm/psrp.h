/*
 * psrp.h -- PowerShell Remoting ([MS-PSRP]) in one runspace pool: fragments
 * are joined to messages, and those about pipelines are read.
 */
#ifndef PSRP_H
#define PSRP_H

#include "engine/dissect.h"

struct psrp;

/* What is called for each message, in order.  pid is the pipeline's id: 16
 * bytes, as on the wire.  Views are borrowed for the call. */
struct psrp_listener {
	/* The client creates a pipeline: its commands and scripts as a person
	 * would type them, in UTF-8; never empty. */
	void		(*create)(void *arg, const uint8_t pid[16], struct view script);
	/* The client sends an object into the pipeline: its text, in UTF-8;
	 * never empty. */
	void		(*input)(void *arg, const uint8_t pid[16], struct view text);
	/* The server tells the state of the pipeline: PSInvocationState (2.2.3.5). */
	void		(*state)(void *arg, const uint8_t pid[16], int state);
	void		*arg;
};

/* The streams of fragments: each direction of each goes on where it ended. */
enum psrp_stream {
	PSRP_COMMAND,		/* creationXml, connectXml and the Arguments of Command requests */
	PSRP_SEND,
	PSRP_RECEIVE,
	PSRP_STREAMS
};

/* Makes the state of a pool.  All it keeps is charged to the budget.  Returns
 * NULL when that is spent. */
struct psrp	*psrp_new(struct world *, struct budget *);

/* Frees the state.  NULL is accepted. */
void		 psrp_free(struct psrp *);

/*
 * Reads the next bytes of a stream, decoded from base64.  They hold several
 * fragments (2.2.4), or parts of fragments that the next call goes on with, and
 * may be compressed ([MS-WSMV] 3.1.4.1.31.6), which is found out.  tail: bytes
 * before them are missing, so the next fragment's start is looked for.
 */
void		 psrp_data(struct psrp *, const struct psrp_listener *, enum dir,
		    enum psrp_stream, struct view, bool tail);

#endif
