/*
 * vars.h -- the environment variables that a text for cmd.exe sets itself, and
 * the variables of its "for" loops.
 */
#ifndef CMD_VARS_H
#define CMD_VARS_H

#include "base/rb.h"
#include "script/readers.h"

struct cmdvar {
	RB_ENTRY(cmdvar) link;
	struct view	 name;
	struct view	 value;		/* p is NULL: it is set, but its value is not known */
	unsigned int	 conditional;	/* how many conditional bodies it was set inside of */
};
RB_HEAD(cmdvartree, cmdvar);

/* The variable of a "for" loop.  Loops nest: up is that of the enclosing one. */
struct cmdloop {
	const struct cmdloop *up;
	char		 letter;
	struct view	 value;		/* p is NULL: not known */
};

struct cmdvars {
	struct script	*script;
	struct cmdvartree tree;
	size_t		 n, held;	/* how many, of MAX_CMD_VARS; their bytes, of MAX_CMD_MEM */
	unsigned int	 conditional;	/* bodies around the current position that may not run */
	bool		 changed;	/* a variable was set inside of such a body */
};

void	 cmdvars_init(struct cmdvars *, struct script *);

/* Frees all variables. */
void	 cmdvars_free(struct cmdvars *);

/* Does what the command "set" does; rest is the text behind its name. */
void	 cmdvars_set(struct cmdvars *, struct view rest);

/*
 * Called before and after a body that may not run: the values of variables that
 * are set inside are not known behind it.
 */
void	 cmdvars_enter(struct cmdvars *);
void	 cmdvars_leave(struct cmdvars *);

/*
 * Appends the text to out, with %a%, %a:~1,2%, %a:x=y%, !a! and the variables
 * %i of the loops replaced where their values are known; all else stays as
 * written.  Returns false when MAX_SCRIPT_WORK is spent or out is full.
 */
bool	 cmdvars_expand(struct cmdvars *, const struct cmdloop *, struct view text,
	    struct buf *out);

#endif
