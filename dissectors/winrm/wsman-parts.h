/*
 * wsman-parts.h -- what the parts of WS-Management share: wsman.c matches
 * requests and answers, winrs.c knows command lines, pipeline.c PowerShell
 * remoting, cimcall.c methods of CIM classes.
 */
#ifndef WSMAN_PARTS_H
#define WSMAN_PARTS_H

#include "winrm/shell.h"
#include "winrm/soap.h"
#include "winrm/wsman.h"

struct exchange;

struct wsman {
	struct wsman_via via;
	TAILQ_HEAD(, exchange) exchanges;	/* oldest first */
	size_t		 n_exchanges;
	struct my_commands commands;	/* spoken of here last */
	const struct soap *soap;	/* at hand */
	bool		 opened;
	uint64_t	 serial;	/* of the request at hand */
};

/* wsman.c */
/* A command with all that is known but the text: protocol is winrm.protocol's. */
struct fact *wsman_fact(struct wsman *, const char *protocol, const char *kind,
	    const char *shell);
/* Takes the fact, which waits for its outcome; NULL: no room. */
struct command *wsman_command(struct wsman *, struct shell *, struct fact *fact,
	    enum language, const char *parent);

/* winrs.c */
void	 winrs_command(struct wsman *, struct shell *);
void	 winrs_typed(struct wsman *, struct shell *, const struct soap_stream *);

/* pipeline.c */
void	 pipeline_pool(struct wsman *, struct shell *);	/* a new shell of that kind */
void	 pipeline_begin(struct wsman *, struct shell *, struct view base64);
void	 pipeline_stream(struct wsman *, struct shell *, enum dir, const struct soap_stream *);

/* cimcall.c */
bool	 cimcall_is(const struct soap *);
struct command *cimcall_request(struct wsman *);	/* NULL: it is of no interest */
void	 cimcall_answer(struct wsman *, struct command *);

#endif
