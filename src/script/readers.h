/*
 * readers.h -- what a command line or a script runs, as cmd.exe and PowerShell
 * would read it: the contract between the readers of these languages and
 * whoever judges what they find.
 */
#ifndef READERS_H
#define READERS_H

#include "base/budget.h"

struct fact;

enum language { LANGUAGE_NONE, LANGUAGE_CMD, LANGUAGE_POWERSHELL };

/* Words of one program's command line: argv as it would see them. */
struct words {
	size_t		 n;
	const struct word {
		const char	*s;	/* UTF-8, quotes undone */
		size_t		 at;	/* where it begins in text */
		bool		 fixed;	/* a literal: nothing in it is decided at run time */
	}		*w;
	struct view	 text;		/* the whole, as the shell hands it over */
};

/* Whoever listens; each may be NULL.  All texts are UTF-8, and live during the
 * call only. */
struct script_listener {
	/* A program is started, by the text or by one inside it.  What starts
	 * another one ("cmd /c whoami") is told too, before what it starts. */
	void		(*program)(void *arg, const struct words *);
	/* A text that is run in that language: the one given, and those inside. */
	void		(*text)(void *arg, enum language, struct view);
	/* Output of a program goes to that file. */
	void		(*output)(void *arg, struct view to);
	/* An encoded part says that: method is "base64", "gzip", … */
	void		(*decoded)(void *arg, const char *method, struct view);
	/* A task is made, changed, run …, as far as the text says.  Takes it. */
	void		(*task)(void *arg, struct fact *);
	void		*arg;
	size_t		*work;	/* bytes read so far of all texts that share MAX_SCRIPT_WORK; NULL: of this one */
};

/* Bounded as script.h says.  NONE: a program's command line, as CreateProcess()
 * takes it. */
void		 script_scan(struct budget *, enum language, struct view text,
		    const struct script_listener *);

#endif
