/*
 * bind.h -- parameter binding: which argument is the value of which parameter
 * of a cmdlet or function (Language Specification 8.14).
 */
#ifndef PS_BIND_H
#define PS_BIND_H

#include "base/limits.h"
#include "script/powershell/value.h"

/* One argument of a command. */
struct ps_arg {
	struct view	 name;		/* of a parameter, without its dash; empty: a value */
	struct ps_value	 v;		/* PS_NULL of a name without a colon */
	bool		 colon;		/* it was written -name:value */
	bool		 raw;		/* it stood behind --% and is passed on as it is */
};

struct ps_param {
	struct view	 name;
	struct view	 spelling;	/* as it may be written: the name, or an alias of it */
	struct view	 initial;	/* source of its default value; empty: none */
	bool		 is_switch;	/* it has no value: being there makes it true */
	bool		 positional;	/* it may be given without its name */
	bool		 common;	/* every cmdlet has it */
};

struct ps_params {
	struct ps_param	 v[MAX_PS_PARAMS];	/* in the order of their positions */
	size_t		 n;
	/*
	 * A cmdlet's: a name that none or several have is bound as it is written,
	 * and one without a value to PS_NULL.  A function's: the first of several
	 * is meant, what none has goes to rest, and no value means the default.
	 */
	bool		 cmdlet;
};

/*
 * Binds n arguments: first those with a name, which may be abbreviated, then
 * the others by position.  What is left is appended to rest, or dropped if that
 * is NULL.  Returns a map of the bound parameters' names to their values;
 * unknown, when memory is spent.
 */
struct ps_value	 ps_bind(struct ps *, const struct ps_params *, const struct ps_arg *, size_t n,
		    struct ps_array *rest);

/*
 * The same for a cmdlet, whose parameters are listed in params and separated by
 * blanks: "Name", "+Name" (positional), "?Name" (a switch), "Alias=Name".
 * The parameters that all cmdlets share need not be listed.
 */
struct ps_value	 ps_bind_cmdlet(struct ps *, const char *params, const struct ps_arg *, size_t n);

#endif
