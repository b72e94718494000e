/*
 * shell.h -- shells of WS-Management and what runs in them.  A shell outlives
 * the connection that made it, and several speak of it, so they live in the
 * world, known by client, server and ShellId.
 */
#ifndef SHELL_H
#define SHELL_H

#include "script/script.h"
#include "engine/dissect.h"
#include "fact/fact.h"

struct psrp;
struct shell;

enum shell_kind { SHELL_OTHER, SHELL_WINRS, SHELL_PSRP };

TAILQ_HEAD(commands, command);
TAILQ_HEAD(my_commands, command);

/*
 * Something that was asked for and is told once: a command line, a script, a
 * line typed into one, a call of a CIM method.
 */
struct command {
	TAILQ_ENTRY(command) link;	/* of its shell's, or of its exchange's */
	TAILQ_ENTRY(command) age;	/* of those not told */
	TAILQ_ENTRY(command) mine;	/* of the connection that spoke of it last */
	struct my_commands *speaker;	/* and that */
	struct waiter	 waiter;
	struct world	*world;
	struct shell	*shell;		/* NULL: a CIM call */
	uint64_t	 serial;	/* of the request that asked for it */
	char		*id;		/* CommandId; NULL: not known yet */
	struct fact	*fact;		/* NULL: told */
	struct packet_ref	 at;		/* of the last answer, else of the request */
	enum language	 language;	/* of its text */
	const char	*parent;	/* under which process its doings will show */
	size_t		 size;		/* of its text */
	bool		 silent;	/* a CIM call for tasks: the fact lends them its fields */
	bool		 line;		/* typed: no exit code is its own */
	bool		 feeds;		/* runs the PowerShell that is sent into it */
	struct buf	 typed;		/* a line that has not ended */
	struct fact	*tasks[MAX_SCRIPT_TASKS];
	size_t		 n_tasks;
};

struct shell {
	struct shell_key *key;
	enum shell_kind	 kind;
	char		*resource;
	struct psrp	*psrp;		/* SHELL_PSRP; NULL: budget spent */
	void		*user;		/* wsman.c's, during psrp_data() */
	struct commands	 commands;
	size_t		 n_commands;
};

/* id NULL: it has one of ours until the server names it.  NULL: no room. */
struct shell	*shell_new(struct world *, const struct peers *, const char *id,
		    enum shell_kind, const char *resource);
struct shell	*shell_find(struct world *, const struct peers *, const char *id);
const char	*shell_id(const struct shell *);
bool		 shell_named(const struct shell *);	/* is that the server's? */
/* It is that one.  False: no room, and the shell is gone. */
bool		 shell_name(struct world *, struct shell *, const char *id);
void		 shell_drop(struct world *, struct shell *);	/* tells its commands; NULL is fine */
struct budget	*shell_purse(struct shell *);	/* what it keeps comes from there */
/* It is about to keep more: the shells that were not used for longest go. */
void		 shell_make_room(struct world *, struct shell *);
uint64_t	 shell_serial(struct world *);	/* a number that no other request has */

/* Takes the fact and waits for its outcome; NULL: no room, and the fact is gone. */
struct command	*command_new(struct world *, struct shell *, struct my_commands *,
		    struct fact *fact);
/* Spoken of again: by whom, and whether in an answer.  It waits anew. */
void		 command_touch(struct command *, struct my_commands *, bool answer);
void		 command_name(struct command *, const char *id);
struct command	*command_find(struct shell *, const char *id);
struct command	*command_serial(struct shell *, uint64_t serial);
/* Its outcome is known ("success", "failure"), or NULL: told, with its tasks. */
void		 command_tell(struct command *, const char *outcome);
void		 command_free(struct command *);	/* what is not told is told; NULL is fine */
/* The asks of a fact's text or call; tasks are kept in the command. */
struct script	 command_asks(struct command *);

#endif
