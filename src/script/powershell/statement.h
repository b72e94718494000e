/*
 * statement.h -- PowerShell's statements (Language Specification chapter 8).
 * Each function moves the cursor past what it reads and returns the value that
 * is output, PS_NULL for none.
 */
#ifndef PS_STATEMENT_H
#define PS_STATEMENT_H

#include "script/powershell/lex.h"

/* Reads one statement: a keyword's, or a pipeline. */
struct ps_value	 ps_statement(struct ps *, struct ps_cursor *);

/*
 * Reads statements up to and including the bracket close; 0: up to the end.
 * Returns what all of them output, several values as an array.
 */
struct ps_value	 ps_statement_list(struct ps *, struct ps_cursor *, int close);

/* Reads a whole text as statements, in the scope that is current. */
struct ps_value	 ps_run_text(struct ps *, struct view text);

/*
 * Reads a script block once for each element of input, which is $_ then, as
 * ForEach-Object does.  Returns the values that they output.
 */
struct ps_value	 ps_foreach_object(struct ps *, struct view block, struct ps_value input);

/* Reads the functions that no command called, for they may be called from elsewhere. */
void		 ps_read_uncalled_functions(struct ps *);

#endif
