/*
 * expr.h -- PowerShell's expressions (Language Specification chapter 7).  Each
 * function moves the cursor past what it reads and returns its value; an unknown
 * one has the source as its text.
 */
#ifndef PS_EXPR_H
#define PS_EXPR_H

#include "script/powershell/lex.h"

/* What an assignment to an expression would change; all NULL: nothing that is known. */
struct ps_lvalue {
	struct ps_entry	*slot;		/* a variable, property or hashtable entry */
	struct ps_array	*array;		/* or an element of this array */
	size_t		 index;
	struct ps_map	*of;		/* the object whose property the slot is */
	struct view	 cast;		/* [type] before the expression; empty: none */
	bool		 local;		/* the slot is a variable of the scope */
};

#define PS_LOWEST	0	/* level: the whole expression */
#define PS_NO_COMMA	100	/* added to a level: commas separate arguments of a method */

/*
 * Reads operands and the operators between them that bind at least as closely
 * as level.  *place, if not NULL, becomes what could be assigned to.
 */
struct ps_value	 ps_expression(struct ps *, struct ps_cursor *, unsigned int level,
		    struct ps_lvalue *place);

/* Reads one primary expression with its members, indexes and calls. */
struct ps_value	 ps_primary(struct ps *, struct ps_cursor *, struct ps_lvalue *place);

#endif
