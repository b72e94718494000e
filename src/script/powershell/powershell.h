/*
 * powershell.h -- the state of one PowerShell script that is being read.
 *
 * The reader is an interpreter that runs nothing: it goes through the text
 * once, in order, and computes the expressions that are constants.  What
 * depends on the machine or on a program's output is an unknown value, which is
 * shown as it was written.  Of a branch that may not run, every command is
 * reported, and the variables that it assigns are unknown behind it.
 *
 * The terms are those of the PowerShell Language Specification 3.0.  The parts,
 * each with a header that says more:
 *
 *	memory value		values and where they live
 *	lex expr oper		tokens, expressions, operators
 *	statement command call	statements, pipelines, script blocks and functions
 *	bind invoke program	parameter binding, finding a command, native programs
 *	string method static	members of strings, of objects and of .NET types
 *	decode			base64, compressed streams, encodings
 *	cmdlet target		cmdlets that run something, here or on other hosts
 *	task com define		cmdlets, COM objects and classes that make tasks
 *	command-line		powershell.exe's own command line
 */
#ifndef POWERSHELL_H
#define POWERSHELL_H

#include "script/powershell/memory.h"
#include "script/powershell/value.h"
#include "script/readers.h"

/* An assignment, kept to be undone where it may not have run or goes out of scope. */
struct ps_assignment {
	struct ps_entry	*slot;
	struct ps_value	 old;
	bool		 local;		/* its variable belongs to the scope */
};

/* What a statement ended: an iteration, a loop, a script block, a try block, the script. */
enum ps_stop {
	PS_STOP_NONE, PS_STOP_ITERATION, PS_STOP_LOOP, PS_STOP_RETURN, PS_STOP_THROW, PS_STOP_ALL
};

struct ps {
	struct script	*script;	/* where it is reported to */
	struct ps_heap	 cells, bytes;	/* for structures, for text */
	size_t		 held;		/* bytes of both, of MAX_PS_MEM */
	struct ps_map	*vars, *functions, *aliases;
	struct ps_map	*outer;		/* variables of the caller, for $using:; NULL: none */
	struct ps_assignment *log;	/* since the outermost scope or conditional body began */
	size_t		 n_log, cap_log;
	unsigned int	 depth;		/* of nested expressions, blocks and calls */
	unsigned int	 scopes;	/* of script blocks that are being called */
	/*
	 * How many bodies around the current position may not run, and how many
	 * of them were there where the current script block and the innermost loop
	 * began: where that is the same number, "return" or "break" surely runs.
	 */
	unsigned int	 conditional, conditional_block, conditional_loop;
	bool		 assigned;	/* the last statement was an assignment, without output */
	enum ps_stop	 stop;		/* what is being left */
};

#endif
