/* oper.h -- PowerShell's binary operators, computed where both operands are known. */
#ifndef PS_OPER_H
#define PS_OPER_H

#include "script/powershell/lex.h"

struct ps_operator {
	const char	*name;		/* "+", or "join" for -join */
	unsigned int	 level;		/* how closely it binds; greater is closer */
	struct ps_value	(*apply)(struct ps *, struct ps_value, struct ps_value,
			    const struct ps_operator *);
	char		 what;		/* tells operators that share apply() apart */
};

/*
 * Moves past the operator at the cursor and returns it.  Returns NULL, without
 * moving, if none stands there that binds at least as closely as level.
 */
const struct ps_operator *ps_read_operator(struct ps_cursor *, unsigned int level);

/* Returns the result of an operator; unknown if it depends on something unknown. */
struct ps_value	 ps_apply_operator(struct ps *, const struct ps_operator *, struct ps_value,
		    struct ps_value);

/* Returns a + b: the left operand decides between numbers, strings, arrays, hashtables. */
struct ps_value	 ps_add(struct ps *, struct ps_value, struct ps_value);

/*
 * Returns the result of an operator over integers: one of + - * / % & |, 'x'
 * (-bxor), '<' (-shl), '>' (-shr).  It is unknown if it overflows or is a fraction.
 */
struct ps_value	 ps_arithmetic(char what, struct ps_value, struct ps_value);

#endif
