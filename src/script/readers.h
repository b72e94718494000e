/*
 * readers.h -- the contract between script.c and the readers of scripts.  A
 * reader is one function in a file of its own and one row in the tables of
 * readers.c.  Readers do not call one another: a text inside a text goes back
 * to script_read(), a program that is started to script_program(), and the
 * tables say who reads it.
 */
#ifndef READERS_H
#define READERS_H

#include "script/script.h"

/* Reads a whole text of one language; all views live during the call only. */
typedef void	 language_reader(struct script *, struct view text);

/* Reads the command line of a program of one name; there is at least one word. */
typedef void	 program_reader(struct script *, const struct words *);

/* ---- Readers of languages, for the table ---- */

language_reader	 command_line_read;	/* one program's command line, by script.c itself */
language_reader	 cmd_read;		/* cmd.exe's commands */
language_reader	 powershell_read;	/* PowerShell */

/* ---- Readers of programs, for the table ---- */

program_reader	 at_read;		/* at.exe */
program_reader	 schtasks_read;		/* schtasks.exe */
program_reader	 cmd_exe_read;		/* cmd.exe /c command */
program_reader	 powershell_exe_read;	/* powershell.exe -EncodedCommand … */
program_reader	 pwsh_exe_read;		/* pwsh.exe, which differs in its default switch */
program_reader	 conhost_read, forfiles_read, psexec_read, runas_read, sc_read, start_read,
		 winrs_read, wmic_read;	/* programs that start others */

/* ---- The tables ---- */

/* Returns the reader of a language. */
language_reader	*reader_of_language(enum language);

/*
 * Returns the reader of the program of that name, or NULL when none is known.
 * The name may have a path and an ending such as ".exe".
 */
program_reader	*reader_of_program(const char *name);

/* ---- What readers report ---- */

/*
 * A program is started with this command line (of at least one word): tells
 * the listener, and has the command line read if the program is known by name.
 */
void		 script_program(struct script *, const struct words *);

/*
 * An encoded part of the text says this.  It is kept in decoded[] of
 * script->command, unless the same text is there already; method ("base64") is
 * how it was encoded.
 */
void		 script_decoded(struct script *, const char *method, struct view utf8);

/* The output of a program is redirected to the file of that name (UTF-8). */
void		 script_output(struct script *, struct view file);

/* Something was left out: marks script->command, if there is one, as cut. */
void		 script_cut(struct script *);

/*
 * Accounts n more bytes that are read or made.  Returns false, and marks the
 * command as cut, when that exceeds MAX_SCRIPT_WORK; no more work is possible
 * from then on.
 */
bool		 script_work(struct script *, size_t n);

/* Returns whether a name, as written in a script, means the machine it runs on. */
bool		 script_host_is_local(struct view host);

#endif
