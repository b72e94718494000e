/*
 * command.h -- commands of WS-Management ([MS-WSMV] 3.1.1): whatever a request
 * asks a server to run, from that request until its outcome is known.  That is
 * a command line, a script, a line typed into a running command, or a call of
 * a CIM method.
 */
#ifndef COMMAND_H
#define COMMAND_H

#include "winrm/command-report.h"

/*
 * Commands wait for their outcome in three lists: that of their shell; that of
 * the connection that spoke of them last, whose end reports them; and that of
 * the world, oldest first, whose length is limited.
 */
TAILQ_HEAD(command_list, command);

/* The commands of one shell. */
struct commands {
	struct command_list list;	/* oldest first */
	size_t		 n;
	struct budget	*budget;	/* pays for them */
};

struct command {
	TAILQ_ENTRY(command) of_shell;
	TAILQ_ENTRY(command) of_connection;
	TAILQ_ENTRY(command) of_world;
	struct commands	*commands;	/* its shell's; NULL: a CIM call */
	struct command_list *connection;
	struct waiter	 waiter;
	struct command_report report;
	size_t		 size;		/* bytes of its text */
	uint64_t	 serial;	/* the number of the request that asked for it */
	char		*id;		/* CommandId; NULL: not known yet */
	bool		 line;		/* typed into another command, whose id it has */
	bool		 feeds;		/* runs the PowerShell that is sent into it */
	struct buf	 typed;		/* input to it that is not a whole line yet */
};

/* Makes an empty list, whose commands the budget pays for. */
void		 commands_init(struct commands *, struct budget *);

/* Reports what was not reported yet and frees all commands of the list. */
void		 commands_free(struct commands *);

/*
 * Makes a command that waits for its outcome, in commands (NULL: in none) and
 * in the list of its connection.  Takes the fact; NULL stands for a fact that
 * the budget did not allow.  Returns NULL, and has freed the fact, when the
 * budget is spent.  A shell with MAX_SHELL_COMMANDS loses one, reported.
 */
struct command	*command_new(struct world *, struct commands *, struct command_list *connection,
		    struct fact *fact);

/* Reports the command with an unknown outcome, if it was not reported, and
 * frees it.  NULL is accepted. */
void		 command_free(struct command *);

/* A connection spoke of the command, in a response or in a request: from now
 * on it waits again for ANSWER_WAIT, and with that connection. */
void		 command_touch(struct command *, struct command_list *connection, bool response);

/* Sets its CommandId, in the fact too.  The text is copied. */
void		 command_set_id(struct command *, const char *id);

/* Reports the command with its outcome, "success", "failure" or NULL for
 * unknown.  Does nothing if it was reported before. */
void		 command_report(struct command *, const char *outcome);

/* Returns the command that has this CommandId (in any case), but none that is
 * a typed line; NULL if there is none. */
struct command	*command_find(struct commands *, const char *id);

/* Returns the only command that has no CommandId yet, but none that is a typed
 * line; NULL if there is none, or more than one. */
struct command	*command_unnamed(struct commands *);

/* Returns the first command that the request of that number asked for, or NULL. */
struct command	*command_of_request(struct commands *, uint64_t serial);

#endif
