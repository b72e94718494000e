/* fuzz_cmdline.c -- a text for cmd.exe, or for no shell if it begins with '|'. */
#include <stdlib.h>

#include "asks.h"
#include "limits.h"

int	LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static struct obs *
fresh(void *arg)
{
	static const struct peers nobody;

	return obs_new(arg, OBS_TASK, &nobody, (struct moment){ 0 });
}

static void
done(void *arg, struct obs *o)
{
	(void)arg;
	if (obs_get(o, F_ACTION) == NULL)
		abort();
	obs_free(o);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static const struct peers nobody;
	struct view text = { data, len };
	struct budget budget;
	struct obs *command;
	struct asks asks;
	bool bare = view_starts(text, "|", 1);

	budget_init(&budget, NULL, 48u << 20);
	command = obs_new(&budget, OBS_COMMAND, &nobody, (struct moment){ 0 });
	asks = (struct asks){ .budget = &budget, .command = command, .fresh = fresh, .done = done,
	    .arg = &budget };
	asks_read(&asks, bare ? LANGUAGE_NONE : LANGUAGE_CMD, view_from(text, bare));
	if (asks.depth != 0 || asks.target != NULL || asks.tasks > MAX_ASK_TASKS ||
	    asks.work > MAX_ASK_WORK)
		abort();
	obs_free(command);
	if (budget.used != 0)
		abort();	/* a leak */
	return 0;
}
