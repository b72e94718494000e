/* asking.h -- for tests: who reads a text, and gets the tasks that are in it. */
#ifndef ASKING_H
#define ASKING_H

#include <stdlib.h>

#include "script/script.h"
#include "unit/facts.h"

struct asking {
	struct facts	 facts;		/* the tasks told */
	struct fact	*command;
	struct script	 script;
};

static inline struct fact *
asking_fresh(void *arg)
{
	struct asking *a = arg;

	return fact_new(&a->facts.budget, FACT_TASK, &a->facts.peers, a->facts.world.now);
}

static inline void
asking_done(void *arg, struct fact *o)
{
	struct asking *a = arg;

	facts_put(&a->facts.sink, o);
}

static inline int
asking_setup(void **state)
{
	struct asking *a = calloc(1, sizeof(*a));

	if (a == NULL)
		return -1;
	facts_init(&a->facts);
	a->command = fact_new(&a->facts.budget, FACT_COMMAND, &a->facts.peers, a->facts.world.now);
	a->script = (struct script){ .budget = &a->facts.budget, .command = a->command,
	    .fresh = asking_fresh, .done = asking_done, .arg = a };
	*state = a;
	return 0;
}

static inline int
asking_teardown(void **state)
{
	struct asking *a = *state;

	fact_free(a->command);
	facts_free(&a->facts);
	free(a);
	return 0;
}

/* How many parts were decoded, and the nth's text. */
static inline size_t
asking_decoded(const struct asking *a, size_t nth, const char **text)
{
	size_t n = 0;

	*text = NULL;
	for (const struct fact_item *i = NULL; (i = fact_each(a->command, i)) != NULL;)
		if (i->field == F_CMD_DEC_TEXT && n++ == nth)
			*text = i->str;
	return n;
}

#endif
