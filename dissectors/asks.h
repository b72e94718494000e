/*
 * asks.h -- what a command line or a script asks for: the tasks it makes, runs
 * or deletes, and what its encoded parts say.  Whoever carries such a text
 * (WinRM, services, WMI) gives it to asks_read(); the readers of each language
 * are behind it, and call one another through it.
 */
#ifndef ASKS_H
#define ASKS_H

#include "dissect.h"
#include "obs.h"

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

struct asks {
	struct budget	*budget;
	struct obs	*command;	/* the fact that carries the text: gets decoded[] */
	/* A task fact with all that is known but the task itself; NULL: budget spent. */
	struct obs	*(*fresh)(void *arg);
	void		 (*done)(void *arg, struct obs *);	/* takes it */
	void		*arg;
	const char	*target;	/* the host that an enclosing part names; NULL */
	unsigned int	 depth;		/* texts inside texts */
	unsigned int	 tasks;		/* told so far */
	unsigned int	 decoded;
	size_t		 work;		/* bytes read and made so far, of all texts inside */
};

/* A whole text in one of the languages.  Bounded by its length, MAX_ASK_DEPTH,
 * MAX_ASK_TASKS, MAX_ASK_DECODED. */
void		 asks_read(struct asks *, enum language, struct view text);

/* A program is started with these words: schtasks, at, cmd /c, powershell -c
 * and what else is known by its name (program.c). */
void		 asks_program(struct asks *, const struct words *);

/* An encoded part says that: told in decoded[], method is e.g. "base64". */
void		 asks_decoded(struct asks *, const char *method, struct view utf8);

/* A task fact for one action ("create", "run", …), with target set; NULL when
 * there are too many.  asks_done() hands it over. */
struct obs	*asks_task(struct asks *, const char *action);
void		 asks_done(struct asks *, struct obs *);

/* ---- The readers; asks_read() and asks_program() call them ---- */

void		 cmd_read(struct asks *, struct view text);		/* cmd.exe's language */
void		 powershell_read(struct asks *, struct view text);
bool		 schtasks_read(struct asks *, const struct words *);	/* false: it is none */
bool		 at_read(struct asks *, const struct words *);

/* Split as CommandLineToArgvW would.  The words live in the budget until
 * words_free(). */
struct words	*words_split(struct budget *, struct view utf8);
void		 words_free(struct words *);

#endif
