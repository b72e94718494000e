/*
 * fuzz-score.c -- from a fact to what detection says of it.  Lines of "=", of a
 * letter and a text each, make the fact: see fields; what else stands there is
 * the command of one more action, or of a command.
 */
#include <stdlib.h>

#include "base/limits.h"
#include "fact/redact-fact.h"
#include "detect/score.h"
#include "base/utf16.h"

int	LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static const enum field fields[] = {
	F_NAME, F_AUTHOR, F_AUTH_USER, F_USER_ID, F_RUN_LEVEL, F_PRINCIPAL_LOGON, F_LOGON_TYPE,
	F_FLAGS, F_XML, F_ROUTE, F_TARGET, F_CMD_SHELL, F_ROUTE, F_CMD_SCRIPT, F_SET_DELETE_AFTER,
	F_ACT_COMMAND, F_ACT_ARGUMENTS, F_ACT_CLASS_ID, F_TRG_TYPE, F_TRG_START, F_TRG_END,
	F_TRG_REP_INTERVAL, F_SET_HIDDEN, F_SET_ALLOW_DEMAND, F_HAS_PASSWORD, F_HAS_PASSWORD,
};

/* "=aname": field a. */
static void
add_field(struct fact *o, struct view line)
{
	const uint8_t c = line.p[1];
	enum field f;

	if (c < 'a' || c >= 'a' + nitems(fields))
		return;
	f = fields[c - 'a'];
	line = view_from(line, 2);
	if (f == F_ACT_COMMAND || f == F_ACT_CLASS_ID || f == F_TRG_TYPE)
		fact_next(o, f);
	if (field_info[f].type == FT_BOOL)
		fact_bool(o, f, line.len > 0);
	else
		fact_utf8(o, f, line);
}

static void
add_line(struct fact *o, struct view line)
{
	if (line.len > 2 && line.p[0] == '=')
		add_field(o, line);
	else if (o->kind == FACT_COMMAND)
		fact_utf8(o, F_CMD_LINE, line);
	else {
		fact_next(o, F_ACT_TYPE);
		fact_str(o, F_ACT_TYPE, "exec");
		fact_utf8(o, F_ACT_COMMAND_LINE, line);
	}
}

static struct fact *
fact_of(struct budget *b, struct view v)
{
	static const struct peers nobody;
	struct fact *o = fact_new(b, v.len > 0 && v.p[0] == 'c' ? FACT_COMMAND : FACT_TASK, &nobody,
	    (struct packet_ref){ .us = 1795478400000000 });
	const uint8_t *end;

	fact_str(o, F_ACTION, "create");
	for (v = view_from(v, 1); v.len > 0; v = view_from(v, (size_t)(end - v.p) + 1)) {
		end = memchr(v.p, '\n', v.len);
		if (end == NULL)
			end = v.p + v.len;
		add_line(o, view_upto(v, 0, (size_t)(end - v.p)));
	}
	return o;
}

static void
require(bool holds)
{
	if (!holds)
		abort();
}

static int
judge(struct budget *b, struct fact *o, const struct rule_set *rules)
{
	static const char *const verdicts[] = { "benign", "suspicious", "malicious" };
	struct findings f;
	size_t used = b->used;
	int64_t score;
	const char *verdict;

	findings_init(&f);
	score_fact(&f, b, o);
	require(b->used == used);
	score_set(&f, rules, o);
	require(fact_get_int(o, F_DET_SCORE, &score) && score >= 0 && score <= 100);
	verdict = fact_get(o, F_DET_VERDICT);
	require(verdict != NULL && strcmp(verdict, verdicts[verdict_of((int)score, rules)]) == 0);
	for (enum rule r = 0; r < R_MAX; r++)
		require(utf8_valid(view_str(found_detail(&f, r))));
	return (int)score;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct budget facts, b;
	struct rule_set rules;
	struct fact *o;
	int first;

	rule_set_init(&rules);
	budget_init(&facts, NULL, 64u << 20);
	budget_init(&b, NULL, MAX_SCORE_MEM);
	if ((o = fact_of(&facts, (struct view){ data, len })) == NULL)
		return 0;
	redact_fact(o);
	first = judge(&b, o, &rules);
	/* A password may be found in what is encoded: that is told by the fact then. */
	require(judge(&b, o, &rules) == first);
	fact_free(o);
	require(facts.used == 0 && b.used == 0);
	return 0;
}
