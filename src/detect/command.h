/* command.h -- a command line or script, judged by what it runs at any depth. */
#ifndef COMMAND_H
#define COMMAND_H

#include "fact/fact.h"
#include "script/script.h"
#include "detect/rules.h"

struct judging {
	struct findings	*f;		/* get what is found */
	struct budget	*b;		/* for memory that is taken meanwhile; where it is spent, less is found */
	struct fact	*o;		/* its detection.decoded[] gets what encoded parts say */
	unsigned int	 depth;		/* commands of tasks that commands make */
	size_t		*work;		/* bytes read so far, of all that is judged together; NULL */
};

/* text: UTF-8. */
void	command_judge(const struct judging *, enum language, struct view text);

/*
 * A task's action as one command line: a program's path with blanks is put in
 * quotes, as the scheduler takes it whole.  Appends to out.
 */
bool	command_of_action(struct view command, struct view arguments, struct buf *out);

/* The program that such a line starts, without quotes, and what is behind it. */
struct view command_program(struct view line, struct view *arguments);

#endif
