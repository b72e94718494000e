#include "offline.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/decode-text.h"
#include "base/limits.h"
#include "fact/redact-fact.h"
#include "detect/score.h"
#include "base/stats.h"

/* ---- Files ---- */

static FILE *
open_in(const char *path, char *err, size_t errlen)
{
	FILE *f = strcmp(path, "-") == 0 ? stdin : fopen(path, "r");

	if (f == NULL)
		snprintf(err, errlen, "%s: %s", path, strerror(errno));
	return f;
}

static void
close_in(FILE *f)
{
	if (f != stdin)
		(void)fclose(f);
}

static FILE *
open_out(const char *path, char *err, size_t errlen)
{
	FILE *f = path == NULL || strcmp(path, "-") == 0 ? stdout : fopen(path, "w");

	if (f == NULL)
		snprintf(err, errlen, "%s: %s", path, strerror(errno));
	return f;
}

static bool
close_out(FILE *f, const char *path, char *err, size_t errlen)
{
	bool failed = fflush(f) != 0 || ferror(f) != 0;

	if (f != stdout && fclose(f) != 0)
		failed = true;
	if (failed)
		snprintf(err, errlen, "%s: %s", f == stdout ? "standard output" : path,
		    strerror(errno));
	return !failed;
}

/* ---- Scores ---- */

struct scorer {
	const struct settings *settings;
	struct eve	*eve;
	struct budget	 budget;
};

/* A fact as if a task with that name and command line had been created. */
static struct fact *
task_of(struct scorer *s, struct view line)
{
	static const struct peers nobody;
	static const struct packet_ref never;
	struct fact *o = fact_new(&s->budget, FACT_TASK, &nobody, never);
	const uint8_t *tab = line.len > 0 ? view_chr(line, '\t') : NULL;

	fact_str(o, F_ACTION, "create");
	if (tab != NULL) {
		fact_utf8(o, F_NAME, view_at(line, 0, (size_t)(tab - line.p)));
		line = view_from(line, (size_t)(tab - line.p) + 1);
	}
	fact_next(o, F_ACT_TYPE);
	fact_str(o, F_ACT_TYPE, "exec");
	fact_utf8(o, F_ACT_COMMAND_LINE, text_upto(line, MAX_SCRIPT_TEXT));
	return o;
}

static void
score_line(struct scorer *s, struct view line)
{
	struct fact *o = task_of(s, line);
	struct findings f;

	if (o == NULL)
		return;
	findings_init(&f);
	redact_fact(o);
	score_fact(&f, &s->budget, o);
	score_set(&f, &s->settings->rules, o);
	eve_detection(s->eve, o);
	fact_free(o);
}

static bool
score_lines(struct scorer *s, FILE *in)
{
	char *text = NULL;
	size_t room = 0, n;
	ssize_t len;

	while ((len = getline(&text, &room, in)) >= 0) {
		n = (size_t)len;
		while (n > 0 && (text[n - 1] == '\n' || text[n - 1] == '\r'))
			n--;
		score_line(s, (struct view){ (const uint8_t *)text, n });
	}
	free(text);
	return ferror(in) == 0;
}

bool
offline_score(const char *path, const struct settings *settings, eve_write *write, void *arg,
    char *err, size_t errlen)
{
	struct stats stats = { .n = { 0 } };
	struct scorer s = { .settings = settings };
	FILE *in = open_in(path, err, errlen);
	bool done;

	if (in == NULL)
		return false;
	budget_init(&s.budget, NULL, MAX_SCORE_MEM);
	s.eve = eve_new(&stats, false, write, arg);
	done = s.eve != NULL && score_lines(&s, in);
	if (!done)
		snprintf(err, errlen, "%s: %s", path, s.eve != NULL ? strerror(errno) :
		    "out of memory");
	eve_free(s.eve);
	close_in(in);
	return done;
}

/* ---- Rules ---- */

static void
print_rules(const struct rule_set *rules, FILE *out)
{
	static const char *const groups[RULE_GROUPS] = {
		[GROUP_COMMAND] = "Command",
		[GROUP_NAME] = "Name of the task",
		[GROUP_DEFINITION] = "Definition of the task",
		[GROUP_CHAIN] = "What happened to the task",
		[GROUP_CONTEXT] = "Who did it, and how usual it is",
		[GROUP_LOWER] = "Evidence of legitimate use",
	};

	fprintf(out, "Rules that raise or lower a score of 0 to 100.  A score of %d or more is\n"
	    "suspicious, of %d or more malicious.  The number is the signature_id of an alert\n"
	    "whose heaviest rule this is.\n", rules->suspicious, rules->malicious);
	for (enum rule_group g = 0; g < RULE_GROUPS; g++) {
		fprintf(out, "\n%s", groups[g]);
		if (g < GROUP_LOWER && rule_limit(g) < 100)
			fprintf(out, ", at most %d together", rule_limit(g));
		fprintf(out, "\n");
		for (enum rule r = 0; r < R_MAX; r++)
			if (rule_info[r].group == g)
				fprintf(out, "%9u  %-20s %+4d  %-9s  %s\n", rule_info[r].sid,
				    rule_info[r].name, rules->weight[r], rule_info[r].technique,
				    rule_info[r].sentence);
	}
}

bool
offline_rules(const struct settings *settings, const char *out, char *err, size_t errlen)
{
	FILE *f = open_out(out, err, errlen);

	if (f == NULL)
		return false;
	print_rules(&settings->rules, f);
	return close_out(f, out, err, errlen);
}

/* ---- Baseline ---- */

bool
offline_baseline(struct baseline *b, bool all, const char *out, char *err, size_t errlen)
{
	FILE *f = open_out(out, err, errlen);
	bool read;

	if (f == NULL)
		return false;
	read = all ? baseline_export(b, f) : baseline_show(b, f);
	if (!close_out(f, out, err, errlen))
		return false;
	if (!read && !baseline_error(b, err, errlen))
		snprintf(err, errlen, "the baseline cannot be read");
	return read;
}

bool
offline_import(struct baseline *b, const char *path, char *err, size_t errlen)
{
	FILE *f = open_in(path, err, errlen);
	bool done;

	if (f == NULL)
		return false;
	done = baseline_import(b, f, err, errlen);
	close_in(f);
	return done;
}
