/* asked.h -- for tests of command lines: the tasks that they make, all in one line. */
#ifndef ASKED_H
#define ASKED_H

#include "unit/asking.h"
#include "base/limits.h"

/* The text stands in memory of just its size. */
static inline void
ask_bytes(struct asking *a, enum language language, const void *p, size_t n)
{
	uint8_t *copy = test_malloc(n > 0 ? n : 1);

	if (n > 0)
		memcpy(copy, p, n);
	script_read(&a->script, language, (struct view){ copy, n });
	test_free(copy);
	/* What was begun was ended. */
	assert_int_equal(a->script.depth, 0);
	assert_null(a->script.target);
}

/* What one text makes; ends with asked_end(). */
static inline struct asking *
asked(enum language language, const char *text)
{
	void *state = NULL;

	assert_int_equal(asking_setup(&state), 0);
	ask_bytes(state, language, text, strlen(text));
	return state;
}

static inline void
asked_end(struct asking *a)
{
	void *state = a;

	asking_teardown(&state);
}

static inline void
asked_put(char *out, size_t size, const char *before, const char *s)
{
	if (s != NULL) {
		strlcat(out, before, size);
		strlcat(out, s, size);
	}
}

struct asked_row {
	const char	*in;
	const char	*out;	/* "create \Name = command line @host; run \Name" */
};

static inline void
assert_asked(enum language language, const struct asked_row *row)
{
	struct asking *a = asked(language, row->in);
	char out[4096] = "";

	for (size_t i = 0; i < a->facts.n; i++) {
		const struct fact *o = a->facts.o[i];

		asked_put(out, sizeof(out), i > 0 ? "; " : "", fact_get(o, F_ACTION));
		asked_put(out, sizeof(out), " ", fact_get(o, F_NAME));
		asked_put(out, sizeof(out), " = ", fact_get(o, F_ACT_COMMAND_LINE));
		asked_put(out, sizeof(out), " @", fact_get(o, F_TARGET));
	}
	if (strcmp(out, row->out) != 0)
		print_error("%s\n", row->in);
	assert_string_equal(out, row->out);
	asked_end(a);
}

#endif
