/* command.h -- a command line or script, judged by all that it runs, at any depth. */
#ifndef COMMAND_H
#define COMMAND_H

#include "detect/rules.h"
#include "fact/fact.h"
#include "script/script.h"

/* Where the results of judging go.  Nothing here is owned. */
struct command_context {
	struct findings	*f;		/* gets what is found */
	struct budget	*b;		/* for memory meanwhile; when it is spent, less is found */
	struct fact	*o;		/* its detection.decoded[] gets what encoded parts decode to */
	unsigned int	 depth;		/* 0, or how many commands create the task that is judged */
	size_t		*work;		/* counts the bytes read, of all that is judged together; or NULL */
};

/* Judges text, UTF-8, in that language; LANGUAGE_NONE: as CreateProcess() or
 * cmd.exe would take it. */
void	command_judge(const struct command_context *, enum language, struct view text);

/*
 * Appends a task's action to out as one command line: the scheduler takes a
 * program's path as a whole, so one that has blanks is put in quotes.  Returns
 * false when out could not take all of it.
 */
bool	command_of_action(struct view command, struct view arguments, struct buf *out);

/* Returns the program that such a line starts, without its quotes, and in
 * *arguments what follows it.  Both point into the line. */
struct view command_program(struct view line, struct view *arguments);

#endif
