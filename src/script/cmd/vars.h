/* vars.h -- the variables that a text for cmd.exe sets itself. */
#ifndef CMD_VARS_H
#define CMD_VARS_H

#include "base/rb.h"
#include "script/readers.h"

struct cmdvar {
	RB_ENTRY(cmdvar) link;
	struct view	 name;
	struct view	 value;		/* p is NULL: set, to what isn't known */
	unsigned int	 maybe;		/* how many bodies that may not run it was set in */
};
RB_HEAD(cmdvartree, cmdvar);

/* A variable of "for"; they nest, the innermost first. */
struct cmdloop {
	const struct cmdloop *up;
	char		 letter;
	struct view	 value;		/* p is NULL: not known */
};

struct cmdvars {
	struct script	*script;
	struct cmdvartree tree;
	size_t		 n, held;
	unsigned int	 maybe;
	bool		 set;		/* one was, inside such a body */
};

void	 cmdvars_init(struct cmdvars *, struct script *);
void	 cmdvars_free(struct cmdvars *);

/* What "set" is followed by. */
void	 cmdvars_set(struct cmdvars *, struct view rest);

/* Around a body that may not run: what is set inside is not known behind it. */
void	 cmdvars_enter(struct cmdvars *);
void	 cmdvars_leave(struct cmdvars *);

/*
 * text with %a%, %a:~1,2%, %a:x=y%, !a! and the loops' %i in place where they
 * are known, appended to out; all else stays as written.  False: that takes
 * too long, or out is full.
 */
bool	 cmdvars_expand(struct cmdvars *, const struct cmdloop *, struct view text,
	    struct buf *out);

#endif
