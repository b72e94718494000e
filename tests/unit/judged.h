/* judged.h -- for tests of scores: facts made of values, and what is found of them. */
#ifndef JUDGED_H
#define JUDGED_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "detect/score.h"

#define NOW	1795478400000000LL	/* 2026-11-24, at midnight */

struct value {
	enum field	 field;		/* a list's first field begins its next element */
	const char	*s;
};

static inline void
set_values(struct fact *o, const struct value *v)
{
	for (; v->s != NULL; v++) {
		if (v->field == F_ACT_TYPE || v->field == F_TRG_TYPE)
			fact_next(o, v->field);
		switch (field_info[v->field].type) {
		case FT_INT:
		case FT_BOOL:
		case FT_TIME:
			fact_int(o, v->field, strtoll(v->s, NULL, 10));
			break;
		default:
			fact_utf8(o, v->field, view_str(v->s));
			break;
		}
	}
}

static inline struct fact *
fact_of(struct budget *b, enum fact_kind kind, const struct value *v)
{
	static const struct peers peers = { .client = { .b = { 10, 0, 0, 1 } },
	    .server = { .b = { 10, 0, 0, 2 } } };
	struct fact *o = fact_new(b, kind, &peers, (struct packet_ref){ .us = NOW, .source = "test" });

	assert_non_null(o);
	set_values(o, v);
	return o;
}

/* A task that runs that, as the dissectors tell it. */
static inline struct fact *
task_of(struct budget *b, const char *name, const char *line)
{
	const struct value values[] = { { F_ACTION, "create" }, { F_NAME, name },
	    { F_ACT_TYPE, "exec" }, { F_ACT_COMMAND_LINE, line }, { F_ACTION, NULL } };

	return fact_of(b, FACT_TASK, values);
}

static inline int
shipped_score(const struct findings *f)
{
	struct rule_set rules;

	rule_set_init(&rules);
	return findings_score(f, &rules);
}

static inline const char *
names_of(const struct findings *f, char *out, size_t size)
{
	*out = '\0';
	for (enum rule r = 0; r < R_MAX; r++)
		if (f->has[r]) {
			strlcat(out, " ", size);
			strlcat(out, rule_info[r].name, size);
		}
	return out;
}

#endif
