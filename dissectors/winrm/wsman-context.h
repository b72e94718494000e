/*
 * wsman-context.h -- the envelope at hand and the connection that carries it:
 * what the readers of WinRS, PSRP and CIM calls make their commands from.
 */
#ifndef WSMAN_CONTEXT_H
#define WSMAN_CONTEXT_H

#include "winrm/shell.h"
#include "winrm/soap.h"

struct exchange;

struct wsman_context {
	struct carrier	 carrier;
	struct command_list commands;	/* the connection was the last to speak of them */
	const struct soap *soap;	/* the envelope at hand, borrowed */
	bool		 decrypted;	/* a key of the operator's opened it */
	struct exchange	*exchange;	/* the request at hand, or that of the response at hand */
	uint64_t	 serial;	/* the number of the request at hand */
};

/*
 * Returns a new command fact with all that is known but its text; the caller
 * owns it.  protocol is as in winrm.protocol ("winrs", "psrp", "cim"), kind and
 * shell as in command.kind and command.shell.  Returns NULL, which the fact_
 * functions and wsman_command() accept, when the world's budget is spent.
 */
struct fact	*wsman_fact(const struct wsman_context *, const char *protocol,
		    const char *kind, const char *shell);

/*
 * Makes a command of the fact, which it takes, in a shell or (NULL) in none.
 * language is that of its text; parent, a static string, is the process that
 * starts what the command starts.  Returns NULL when the budget is spent.
 */
struct command	*wsman_command(struct wsman_context *, struct shell *, struct fact *,
		    enum language, const char *parent);

/* Adds what the connection knows now, such as the status of the response. */
void		 wsman_describe(const struct wsman_context *, struct fact *);

#endif
