/* script-rows.h -- for tests: rows of a script and the tasks that it makes, as one line. */
#ifndef SCRIPT_ROWS_H
#define SCRIPT_ROWS_H

#include "unit/script-run.h"
#include "base/limits.h"

/* Reads n bytes, from memory of exactly that size. */
static inline void
run_bytes(struct script_run *a, enum language language, const void *p, size_t n)
{
	uint8_t *copy = test_malloc(n > 0 ? n : 1);

	if (n > 0)
		memcpy(copy, p, n);
	script_read(&a->script, language, (struct view){ copy, n });
	test_free(copy);
	/* Everything that was entered was left again. */
	assert_int_equal(a->script.depth, 0);
	assert_null(a->script.target);
}

/* Reads one text and returns what it makes, which run_end() frees. */
static inline struct script_run *
run_script(enum language language, const char *text)
{
	void *state = NULL;

	assert_int_equal(script_run_setup(&state), 0);
	run_bytes(state, language, text, strlen(text));
	return state;
}

static inline void
run_end(struct script_run *a)
{
	void *state = a;

	script_run_teardown(&state);
}

static inline void
add_part(char *out, size_t size, const char *before, const char *s)
{
	if (s != NULL) {
		strlcat(out, before, size);
		strlcat(out, s, size);
	}
}

struct script_row {
	const char	*in;
	const char	*out;	/* "create \Name = command line @host; run \Name" */
};

static inline void
assert_script_row(enum language language, const struct script_row *row)
{
	struct script_run *a = run_script(language, row->in);
	char out[4096] = "";

	for (size_t i = 0; i < a->facts.n; i++) {
		const struct fact *o = a->facts.o[i];

		add_part(out, sizeof(out), i > 0 ? "; " : "", fact_get(o, F_ACTION));
		add_part(out, sizeof(out), " ", fact_get(o, F_NAME));
		add_part(out, sizeof(out), " = ", fact_get(o, F_ACT_COMMAND_LINE));
		add_part(out, sizeof(out), " @", fact_get(o, F_TARGET));
	}
	if (strcmp(out, row->out) != 0)
		print_error("%s\n", row->in);
	assert_string_equal(out, row->out);
	run_end(a);
}

#endif
