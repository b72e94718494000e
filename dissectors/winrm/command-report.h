/*
 * command-report.h -- the facts that one command of WS-Management gives: its
 * own, and one for each task that it makes, changes, runs or deletes.
 */
#ifndef COMMAND_REPORT_H
#define COMMAND_REPORT_H

#include "engine/dissect.h"
#include "fact/fact.h"
#include "script/script.h"

struct command_report {
	struct world	*world;
	struct fact	*fact;		/* the command's own, owned; NULL once it was reported */
	struct packet_ref at;		/* the last response, or the request before there is one */
	enum language	 language;	/* of the script or the command line in the fact */
	const char	*parent;	/* static: the process that starts its processes */
	bool		 tasks_only;	/* report no command: its fact is only for the tasks */
	struct fact	*tasks[MAX_SCRIPT_TASKS];	/* owned, until the command is reported */
	size_t		 n_tasks;
};

/* Returns how many bytes the script and the command line in the fact have. */
size_t		 command_report_size(const struct command_report *);

/* Returns a script that adds the tasks it finds to tasks, each with what the
 * command's fact says of connection and logon.  It borrows the report. */
struct script	 command_report_script(struct command_report *);

/*
 * Reads the command's text for tasks, sets the outcome ("success", "failure",
 * "unknown") in all facts and hands them to the world's sink.  It may be
 * called once, and leaves the report without facts.
 */
void		 command_report_put(struct command_report *, const char *outcome);

#endif
