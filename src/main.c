/* main.c -- the order of start-up: command line, configuration, the job, the exit status. */
#include <linux/limits.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/log.h"
#include "offline.h"
#include "run.h"

#define EXIT_OPERATOR	1	/* a file, an interface or a permission is wrong */
#define EXIT_USAGE	2

/* -T: read what a run would read, and write nothing. */
static bool
test(struct setup *s)
{
	const struct conf *c = &s->conf;

	/* A baseline that does not exist yet would be made. */
	if (!setup_captures(s) || !setup_secrets(s) || (c->baseline != NULL &&
	    access(c->baseline, F_OK) == 0 && !setup_baseline(s, true)))
		return false;
	log_line("%s: good", c->settings != NULL ? c->settings : "command line");
	return true;
}

/* --score */
static bool
score(struct setup *s)
{
	char why[PATH_MAX + 256];
	bool done;

	if (!setup_output(s))
		return false;
	done = offline_score(s->conf.input, &s->settings, setup_write, s, why, sizeof(why));
	if (!done)
		log_line("%s", why);
	return setup_close_output(s) && done;
}

/* --rules */
static bool
rules(struct setup *s)
{
	char why[PATH_MAX + 256];

	if (setup_output_is_input(&s->conf))
		return false;
	if (offline_rules(&s->settings, s->conf.out, why, sizeof(why)))
		return true;
	log_line("%s", why);
	return false;
}

/* --baseline-show, -export and -import */
static bool
baseline(struct setup *s)
{
	const struct conf *c = &s->conf;
	bool import = c->want == CONF_BASELINE_IMPORT, done;
	char why[PATH_MAX + 256];

	if (c->baseline == NULL) {
		log_line("name a baseline with --baseline, or in the configuration");
		return false;
	}
	if (setup_output_is_input(c) || !setup_baseline(s, !import))
		return false;
	done = import ? offline_import(s->baseline, c->input, why, sizeof(why)) :
	    offline_baseline(s->baseline, c->want == CONF_BASELINE_EXPORT, c->out, why,
	    sizeof(why));
	if (!done)
		log_line("%s", why);
	return setup_close_baseline(s) && done;
}

int
main(int argc, char **argv)
{
	static bool (*const jobs[])(struct setup *) = {
		[CONF_RUN] = run, [CONF_TEST] = test, [CONF_SCORE] = score,
		[CONF_RULES] = rules, [CONF_BASELINE_SHOW] = baseline,
		[CONF_BASELINE_EXPORT] = baseline, [CONF_BASELINE_IMPORT] = baseline,
	};
	struct setup s = { .ncaptures = 0 };
	char why[256];
	int status = EXIT_SUCCESS;

	if (!conf_parse(&s.conf, argc, argv, why, sizeof(why))) {
		log_line("%s (see schedwire -h)", why);
		status = EXIT_USAGE;
	} else if (s.conf.want == CONF_HELP)
		conf_help(stdout);
	else if (s.conf.want == CONF_VERSION)
		conf_version(stdout);
	else if (!setup_settings(&s) || !jobs[s.conf.want](&s))
		status = EXIT_OPERATOR;
	setup_free(&s);
	return status;
}
