/* script-run.h -- for tests: a script to be read, and the tasks that it makes. */
#ifndef SCRIPT_RUN_H
#define SCRIPT_RUN_H

#include <stdlib.h>

#include "script/script.h"
#include "unit/facts.h"

struct script_run {
	struct facts	 facts;		/* the task facts made so far */
	struct fact	*command;
	struct script	 script;
};

static inline struct fact *
script_run_fresh(void *arg)
{
	struct script_run *a = arg;

	return fact_new(&a->facts.budget, FACT_TASK, &a->facts.peers, a->facts.world.now);
}

static inline void
script_run_done(void *arg, struct fact *o)
{
	struct script_run *a = arg;

	facts_put(&a->facts.sink, o);
}

static inline int
script_run_setup(void **state)
{
	struct script_run *a = calloc(1, sizeof(*a));

	if (a == NULL)
		return -1;
	facts_init(&a->facts);
	a->command = fact_new(&a->facts.budget, FACT_COMMAND, &a->facts.peers, a->facts.world.now);
	a->script = (struct script){ .budget = &a->facts.budget, .command = a->command,
	    .fresh = script_run_fresh, .done = script_run_done, .arg = a };
	*state = a;
	return 0;
}

static inline int
script_run_teardown(void **state)
{
	struct script_run *a = *state;

	fact_free(a->command);
	facts_free(&a->facts);
	free(a);
	return 0;
}

/* Returns how many parts were decoded; *text becomes the nth's text, or NULL. */
static inline size_t
script_run_decoded(const struct script_run *a, size_t nth, const char **text)
{
	size_t n = 0;

	*text = NULL;
	for (const struct fact_item *i = NULL; (i = fact_each(a->command, i)) != NULL;)
		if (i->field == F_CMD_DEC_TEXT && n++ == nth)
			*text = i->str;
	return n;
}

#endif
