/*
 * shell.h -- shells of WS-Management ([MS-WSMV] 3.1.1).  A shell outlives the
 * connection that created it, and several connections may use it, so shells
 * belong to the world, found by client, server and ShellId.
 */
#ifndef SHELL_H
#define SHELL_H

#include "winrm/command.h"

struct psrp;

enum shell_kind {
	SHELL_OTHER,
	SHELL_WINRS,		/* runs command lines */
	SHELL_PSRP		/* a runspace pool of PowerShell remoting */
};

struct shell {
	struct shell_key *key;
	enum shell_kind	 kind;
	char		*resource;	/* the ResourceURI it was created with, or NULL */
	struct psrp	*psrp;		/* of SHELL_PSRP; NULL: the budget was spent */
	struct commands	 commands;
};

/*
 * Makes a shell.  id is its ShellId, or NULL: it is then unnamed, and has an
 * id of our own until the server names it.  A shell of the same id, and the
 * least recently used one if there are too many, are dropped.  Returns NULL
 * when the budget is spent.  The world owns the shell.
 */
struct shell	*shell_new(struct world *, const struct peers *, const char *id,
		    enum shell_kind, const char *resource);

/* Reports the commands of the shell and frees it.  NULL is accepted. */
void		 shell_drop(struct world *, struct shell *);

/* Returns the shell of that id (in any case) between those hosts, or NULL.
 * It then counts as the most recently used. */
struct shell	*shell_find(struct world *, const struct peers *, const char *id);

/* Returns the ShellId, or our own id of an unnamed shell; it belongs to the shell. */
const char	*shell_id(const struct shell *);

/* Did the server name the shell? */
bool		 shell_named(const struct shell *);

/* The server names the shell.  Returns false when the budget is spent: the
 * shell was then dropped. */
bool		 shell_set_id(struct world *, struct shell *, const char *id);

/* Call it before the shell keeps more: drops the shells that were not used for
 * longest, while all together have used more than three quarters of their
 * memory. */
void		 shell_make_room(struct world *, struct shell *);

/* Returns a number that no other request of this world has; 0 when the budget
 * is spent. */
uint64_t	 shell_serial(struct world *);

#endif
