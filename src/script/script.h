/*
 * script.h -- what a command line or a script does when it is run: which
 * programs it starts, which tasks it creates, runs or deletes, and what its
 * encoded parts say.  Nothing is executed.  The text is read statically, and
 * what only the run decides (a variable of the machine, a program's output)
 * stays as it is written.
 *
 * script_read() is for a carrier of commands (WinRM), which gets the tasks as
 * facts.  script_scan() is for detection, which listens to everything that is
 * found.
 */
#ifndef SCRIPT_H
#define SCRIPT_H

#include "fact/fact.h"

struct words;

/* By whose rules a text is read. */
enum language {
	LANGUAGE_NONE,		/* one program's command line, as CreateProcess() takes it */
	LANGUAGE_CMD,		/* commands for cmd.exe */
	LANGUAGE_POWERSHELL	/* a PowerShell script */
};

/*
 * The callbacks of a listener; each may be NULL.  Every text is UTF-8 and
 * valid during the call only.
 */
struct script_listener {
	/*
	 * A program is started with this command line, by the text or by a text
	 * inside it.  A program that starts another one ("cmd /c whoami") is
	 * reported first, then the one that it starts.
	 */
	void		(*program)(void *arg, const struct words *);
	/* This text is run in that language: the text given, then those inside it. */
	void		(*text)(void *arg, enum language, struct view);
	/* The output of a program is redirected to the file of that name. */
	void		(*output)(void *arg, struct view file);
	/* An encoded part says this; method is "base64", "gzip", "concat" … */
	void		(*decoded)(void *arg, const char *method, struct view);
	/* A task is created, changed, run … as this fact says.  The callee owns the fact. */
	void		(*task)(void *arg, struct fact *);
	void		*arg;
	/*
	 * Bytes read so far by all scans that share one limit of
	 * MAX_SCRIPT_WORK.  NULL: the scan has that limit for itself.
	 */
	size_t		*work;
};

/*
 * One text that is being read, with all texts inside it.  The caller sets the
 * members up to listener, leaves the others zero, and keeps it during
 * script_read().
 */
struct script {
	struct budget	*budget;	/* memory that is needed while reading */
	/* The fact that carries the text, or NULL.  It gets decoded[], and is
	 * marked as cut where something was left out. */
	struct fact	*command;
	/* Returns a new task fact that has all but the task itself; NULL: budget spent. */
	struct fact	*(*fresh)(void *arg);
	/* Takes a finished task fact, which it then owns.  NULL: the listener's task() does. */
	void		 (*done)(void *arg, struct fact *);
	void		*arg;		/* for both */
	const struct script_listener *listener;	/* NULL: nobody listens */

	const char	*target;	/* host that an enclosing command names; NULL: none */
	unsigned int	 depth;		/* how many texts this one is inside of */
	unsigned int	 tasks;		/* made so far, of MAX_SCRIPT_TASKS */
	unsigned int	 decoded;	/* kept so far, of MAX_SCRIPT_DECODED */
	size_t		 work;		/* bytes read and made so far, of MAX_SCRIPT_WORK */
};

/*
 * Reads a whole text (UTF-8) in a language.  Its tasks go to script->done(),
 * its decoded parts to script->command, everything to script->listener.  Memory
 * and time are bounded by the text's length, MAX_SCRIPT_DEPTH and
 * MAX_SCRIPT_WORK; what is beyond them is left out.
 */
void		 script_read(struct script *, enum language, struct view text);

/* The same for one who only listens; tasks go to the listener's task(). */
void		 script_scan(struct budget *, enum language, struct view text,
		    const struct script_listener *);

/*
 * Begins a task fact for one action ("create", "run" …) with script->target
 * set.  Returns a fact that the caller fills and hands to script_task_done(), or
 * NULL after MAX_SCRIPT_TASKS of them or when the budget is spent.
 */
struct fact	*script_task_new(struct script *, const char *action);

/* Hands a finished task fact over; the caller no longer owns it.  NULL is allowed. */
void		 script_task_done(struct script *, struct fact *);

#endif
