#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <errno.h>
#include <inttypes.h>
#include <linux/limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "engine/capture.h"
#include "conf.h"
#include "detect/correlate.h"
#include "offline.h"
#include "output/eve.h"
#include "engine/ledger.h"
#include "base/log.h"
#include "output/pretty.h"
#include "output/progress.h"
#include "secret/secret.h"
#include "settings/settings.h"
#include "output/file.h"
#include "engine/worker.h"

#define EXIT_OPERATOR	1
#define EXIT_USAGE	2
#define SECOND		1000000LL	/* in microseconds */
#define MINUTE		(60 * SECOND)
#define STATS_EVERY	60000000	/* microseconds of packet time, live */
#define BASELINE_EVERY	1000000		/* the same: how often its pending writes are looked at */

static volatile sig_atomic_t stopped;
static volatile sig_atomic_t hung_up;

struct run {
	struct conf	  conf;
	struct settings	  settings;
	struct capture	**captures;
	size_t		  ncaptures;
	struct keyring	 *keyring;	/* NULL: no secrets */
	struct ledger	 *ledger;	/* NULL: nobody asks */
	struct baseline	 *baseline;	/* NULL: none is used */
	struct output_file *out;
	bool		  pretty, colour;
	struct progress	  progress;
	struct stats	  stats;
	struct eve	 *eve;
	struct correlate *correlate;
	struct worker	 *worker;
	int64_t		  stats_due, baseline_due;
};

static void
on_signal(int sig)
{
	(void)sig;
	stopped = 1;
}

static void
on_hangup(int sig)
{
	(void)sig;
	hung_up = 1;
}

/* A sensor outlives the terminal that it was started from; a replay does not. */
static void
catch_hangup(void)
{
	struct sigaction hangup = { .sa_handler = on_hangup, .sa_flags = SA_RESTART };

	sigaction(SIGHUP, &hangup, NULL);
}

/* The first signal ends the run in order, a second one at once. */
static void
catch_signals(void)
{
	struct sigaction end = { .sa_handler = on_signal, .sa_flags = (int)SA_RESETHAND };
	struct sigaction ignore = { .sa_handler = SIG_IGN };

	sigaction(SIGINT, &end, NULL);
	sigaction(SIGTERM, &end, NULL);
	sigaction(SIGPIPE, &ignore, NULL);	/* write() says it too */
}

/* What an operator calls a source. */
static const char *
known_as(const char *name)
{
	return strcmp(name, "-") == 0 ? "standard input" : name;
}

static bool
open_one(struct run *r, const char *name, bool live)
{
	char why[256];
	struct capture *c;

	c = live ? capture_live(name, why, sizeof(why)) : capture_file(name, why, sizeof(why));
	if (c == NULL) {
		log_line("%s: %s", known_as(name), why);
		return false;
	}
	r->captures[r->ncaptures++] = c;
	return true;
}

/* All of them, before the first packet is read. */
static bool
open_captures(struct run *r)
{
	if ((r->captures = calloc(r->conf.nfiles + 1, sizeof(*r->captures))) == NULL) {
		log_line("out of memory");
		return false;
	}
	if (r->conf.iface != NULL)
		return open_one(r, r->conf.iface, true);
	for (size_t i = 0; i < r->conf.nfiles; i++)
		if (!open_one(r, r->conf.files[i], false))
			return false;
	return true;
}

/* The configuration file, and what the command line says beside it. */
static bool
read_settings(struct run *r)
{
	struct conf *c = &r->conf;
	char why[PATH_MAX + 256];

	settings_init(&r->settings);
	if (c->settings != NULL &&
	    !settings_read(&r->settings, c->settings, why, sizeof(why))) {
		log_line("%s", why);
		return false;
	}
	if (c->out == NULL && c->want == CONF_RUN)
		c->out = r->settings.output;
	if (c->secrets == NULL)
		c->secrets = r->settings.secrets;
	/* A replay uses none that it is not told of, so that it can be repeated. */
	if (c->baseline == NULL && (c->want != CONF_RUN || c->iface != NULL))
		c->baseline = r->settings.baseline;
	if (c->check_secrets && c->secrets == NULL) {
		log_line("%s: names no secrets for --check-secrets", c->settings);
		return false;
	}
	c->stats |= r->settings.stats;
	c->anomalies |= r->settings.anomalies;
	return true;
}

static bool
open_baseline(struct run *r, bool read_only)
{
	char why[PATH_MAX + 256];

	if (r->conf.baseline == NULL)
		return true;
	r->baseline = baseline_open(r->conf.baseline, &r->settings.baseline_terms, read_only, why,
	    sizeof(why));
	if (r->baseline == NULL)
		log_line("%s", why);
	return r->baseline != NULL;
}

static void
warned(void *arg, const char *text)
{
	(void)arg;
	log_line("%s", text);
}

static bool
open_secrets(struct run *r)
{
	static const struct rlimit none = { 0, 0 };
	char why[PATH_MAX + 256];

	if (r->conf.secrets == NULL)
		return true;
	if (setrlimit(RLIMIT_CORE, &none) != 0) {
		log_line("can't forbid core dumps: %s", strerror(errno));
		return false;
	}
	r->keyring = keyring_open(r->conf.secrets, warned, NULL, why, sizeof(why));
	if (r->keyring == NULL) {
		log_line("%s", why);
		return false;
	}
	if (r->conf.check_secrets && (r->ledger = ledger_new()) == NULL) {
		log_line("out of memory");
		return false;
	}
	return true;
}

/* No other process of this user may look into this one from here on.  Not
 * sooner: /proc/self, where /dev/stdout leads, is then no longer ours either. */
static bool
close_curtains(const struct run *r)
{
	if (r->keyring == NULL || prctl(PR_SET_DUMPABLE, 0) == 0)
		return true;
	log_line("can't keep other processes out: %s", strerror(errno));
	return false;
}

/* Asked for with SIGHUP.  What fails leaves the secrets as they were. */
static void
read_secrets_again(struct run *r)
{
	char why[PATH_MAX + 256];

	hung_up = 0;
	if (r->keyring == NULL)
		return;
	if (keyring_reload(r->keyring, warned, NULL, why, sizeof(why)))
		log_line("secrets read again: %s", r->conf.secrets);
	else
		log_line("secrets not read again: %s", why);
}

static bool
same_file(const struct stat *a, const char *path)
{
	struct stat b;

	return path != NULL && stat(path, &b) == 0 && a->st_dev == b.st_dev &&
	    a->st_ino == b.st_ino;
}

/* To open it for writing would destroy what is to be read. */
static bool
is_input(const struct conf *c, const char *path)
{
	struct stat out;

	if (path == NULL || strcmp(path, "-") == 0 || stat(path, &out) != 0 ||
	    !S_ISREG(out.st_mode))
		return false;
	for (size_t i = 0; i < c->nfiles; i++)
		if (same_file(&out, c->files[i]))
			return true;
	return same_file(&out, c->secrets) || same_file(&out, c->settings) ||
	    same_file(&out, c->baseline) || same_file(&out, c->input);
}

static bool
open_output(struct run *r)
{
	const struct conf *c = &r->conf;
	const char *no_colour = getenv("NO_COLOR");

	if (is_input(c, c->out)) {
		log_line("%s: is an input; name another file with -o", c->out);
		return false;
	}
	/* A sensor that is started again goes on where it was; a replay starts anew. */
	if ((r->out = output_file_open(c->out, c->iface != NULL)) == NULL) {
		log_line("%s: %s; name a file that can be written with -o", c->out,
		    strerror(errno));
		return false;
	}
	r->pretty = c->pretty || (c->out == NULL && output_file_tty(r->out));
	r->colour = output_file_tty(r->out) && (no_colour == NULL || *no_colour == '\0');
	return true;
}

static void
write_out(void *arg, const char *s, size_t len)
{
	struct run *r = arg;

	output_file_write(r->out, s, len);
}

static void
write_record(void *arg, const char *line, size_t len)
{
	struct run *r = arg;

	progress_hide(&r->progress);
	if (r->pretty)
		pretty_line(line, len, r->colour, write_out, r);
	else
		output_file_write(r->out, line, len);
}

static struct correlate *
build_correlate(struct run *r)
{
	const struct settings *s = &r->settings;
	const struct correlate_terms terms = {
		.rules = &s->rules,
		.allow = s->allow,
		.alert = s->alert,
		.repeat = s->repeat_minutes * MINUTE,
		.chains = {
			.short_lived = s->short_lived * SECOND,
			.fan_out = s->spread_minutes * MINUTE,
			.fan_out_servers = s->spread_hosts
		}
	};

	return correlate_new(&r->stats, eve_output(r->eve), &terms, r->baseline);
}

static bool
build(struct run *r)
{
	const struct worker_wants wants = {
		.anomalies = r->conf.anomalies,
		.keyring = r->keyring,
		.ledger = r->ledger
	};

	r->eve = eve_new(&r->stats, r->conf.iface != NULL, write_record, r);
	if (r->eve != NULL) {
		eve_sensor(r->eve, r->settings.sensor);
		r->correlate = build_correlate(r);
	}
	if (r->correlate != NULL)
		r->worker = worker_new(&r->stats, correlate_sink(r->correlate), &wants);
	if (r->worker == NULL) {
		log_line("out of memory");
		return false;
	}
	return true;
}

static int64_t
wall_clock(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

/* Without a packet there is no packet time; a record needs one all the same. */
static void
tell_stats(struct run *r)
{
	const struct budget *memory = worker_memory(r->worker);
	struct eve_totals t = { .memuse = memory->used, .memuse_peak = memory->peak };
	int64_t first, last;

	if (!worker_times(r->worker, &first, &last))
		first = last = wall_clock();
	t.us = last;
	t.uptime = last > first ? (last - first) / 1000000 : 0;
	t.kernel = r->conf.iface != NULL &&
	    capture_drops(r->captures[0], &t.received, &t.dropped, &t.ifdropped);
	eve_stats(r->eve, &t);
}

static void
stats_when_due(struct run *r, int64_t us)
{
	if (!r->conf.stats || r->conf.iface == NULL)
		return;
	if (r->stats_due == 0)
		r->stats_due = us + STATS_EVERY;
	if (us < r->stats_due)
		return;
	r->stats_due = us + STATS_EVERY;
	tell_stats(r);
}

static void
baseline_when_due(struct run *r, int64_t us)
{
	char why[PATH_MAX + 256];

	if (r->baseline == NULL || (us < r->baseline_due && r->baseline_due - us <= BASELINE_EVERY))
		return;
	r->baseline_due = us + BASELINE_EVERY;
	baseline_tick(r->baseline, us);
	if (baseline_error(r->baseline, why, sizeof(why)))
		log_line("%s", why);
}

/* False when it ended though it should not have: an interface that is gone.
 * Of a file that is cut short, what there was has been read. */
static bool
read_capture(struct run *r, struct capture *c, const char *name)
{
	struct frame f;
	uint64_t done, total;

	worker_source(r->worker, capture_name(c));
	while (!stopped && output_file_error(r->out) == 0) {
		if (hung_up)
			read_secrets_again(r);
		switch (capture_next(c, &f)) {
		case CAPTURE_FRAME:
			worker_frame(r->worker, &f);
			stats_when_due(r, f.us);
			baseline_when_due(r, f.us);
			break;
		case CAPTURE_NONE:
			worker_idle(r->worker, wall_clock());
			baseline_when_due(r, wall_clock());
			break;
		case CAPTURE_END:
			return true;
		case CAPTURE_BROKEN:
			if (stopped)	/* a read that the signal ended */
				return true;
			progress_hide(&r->progress);
			log_line("%s: %s", name, capture_error(c));
			return r->conf.iface == NULL;
		}
		if (progress_due(&r->progress) && capture_progress(c, &done, &total))
			progress_step(&r->progress, done, total);
	}
	return true;
}

static void
tell_summary(const struct run *r, double took)
{
	const uint64_t *n = r->stats.n;
	const uint64_t clear = n[STAT_TASKS_CLEAR], sealed = n[STAT_TASKS_SEALED];
	const uint64_t opened = n[STAT_TASKS_DECRYPTED];
	const uint64_t commands = n[STAT_COMMANDS_CLEAR] + n[STAT_COMMANDS_DECRYPTED] +
	    n[STAT_COMMANDS_SEALED];
	uint64_t received, dropped, ifdropped;
	char drops[96] = "", decrypted[48] = "";

	if (r->conf.iface != NULL &&
	    capture_drops(r->captures[0], &received, &dropped, &ifdropped))
		snprintf(drops, sizeof(drops), " (%" PRIu64 " dropped by the kernel, %" PRIu64
		    " by the interface)", dropped, ifdropped);
	if (opened > 0)
		snprintf(decrypted, sizeof(decrypted), "%" PRIu64 " decrypted, ", opened);
	log_line("%" PRIu64 " packets%s, %" PRIu64 " flows (%" PRIu64 " ours), %" PRIu64
	    " tasks (%" PRIu64 " clear, %s%" PRIu64 " sealed), %" PRIu64 " commands, %" PRIu64
	    " alerts in %.2f s",
	    n[STAT_PKTS], drops, n[STAT_FLOWS], n[STAT_FLOWS_OURS],
	    clear + opened + sealed, clear, decrypted, sealed, commands, n[STAT_ALERTS], took);
}

/* What it was fed last is written; false, and it is said, when that failed. */
static bool
close_baseline(struct run *r)
{
	char why[PATH_MAX + 256];
	bool failed = false;

	if (r->baseline != NULL) {
		baseline_tick(r->baseline, INT64_MAX);
		failed = baseline_error(r->baseline, why, sizeof(why));
		baseline_close(r->baseline);
	}
	r->baseline = NULL;
	if (failed)
		log_line("%s", why);
	return !failed;
}

/* Entries that never hold are there for nothing. */
static void
tell_allowed(const struct allow *allow)
{
	for (size_t i = 0; allow != NULL && i < allow_count(allow); i++) {
		const struct allow_entry *e = allow_nth(allow, i);

		log_line("allow list, entry %zu%s%s: held %" PRIu64 " times", i + 1,
		    e->comment != NULL ? ", " : "", e->comment != NULL ? e->comment : "", e->hits);
	}
}

/* The last records are out; was every one of them? */
static bool
close_output(struct run *r)
{
	const char *name = output_file_name(r->out);
	int error = output_file_close(r->out);

	r->out = NULL;
	if (error != 0 && error != EPIPE)
		log_line("%s: %s; records are missing", name, strerror(error));
	return error == 0;
}

/* Returns the exit status. */
static int
run(struct run *r)
{
	bool read = true, written, left;

	if (r->conf.iface != NULL)
		catch_hangup();
	if (!open_captures(r) || !open_secrets(r) || !open_baseline(r, false) ||
	    !open_output(r) || !close_curtains(r) || !build(r))
		return EXIT_OPERATOR;
	catch_signals();
	progress_begin(&r->progress, r->conf.iface == NULL && isatty(STDERR_FILENO) == 1 &&
	    !output_file_tty(r->out));
	for (size_t i = 0; i < r->ncaptures && !stopped; i++)
		read = read_capture(r, r->captures[i], r->conf.iface != NULL ?
		    r->conf.iface : known_as(r->conf.files[i])) && read;
	worker_flush(r->worker);
	progress_hide(&r->progress);
	if (r->conf.stats)
		tell_stats(r);
	read = close_baseline(r) && read;
	left = output_file_error(r->out) == EPIPE;	/* the reader has seen enough */
	written = close_output(r);
	if (left)
		return EXIT_SUCCESS;
	if (!written)
		return EXIT_OPERATOR;
	if (r->ledger != NULL) {
		worker_free(r->worker);		/* sessions are noted when they end */
		r->worker = NULL;
		ledger_print(r->ledger, stderr);
	}
	tell_allowed(r->settings.allow);
	tell_summary(r, (double)(progress_clock() - r->progress.begun) / 1e6);
	return read ? EXIT_SUCCESS : EXIT_OPERATOR;
}

/* -T: all that a start reads, and nothing that it writes. */
static int
test(struct run *r)
{
	if (r->conf.nfiles + (r->conf.iface != NULL) > 0 && !open_captures(r))
		return EXIT_OPERATOR;
	if (!open_secrets(r) || (r->conf.baseline != NULL && access(r->conf.baseline, F_OK) == 0 &&
	    !open_baseline(r, true)))
		return EXIT_OPERATOR;
	log_line("%s: good", r->conf.settings != NULL ? r->conf.settings : "command line");
	return EXIT_SUCCESS;
}

/* Lines of a file, scored. */
static int
score(struct run *r)
{
	char why[PATH_MAX + 256];
	bool done;

	if (!open_output(r))
		return EXIT_OPERATOR;
	done = offline_score(r->conf.input, &r->settings, write_record, r, why, sizeof(why));
	if (!done)
		log_line("%s", why);
	return close_output(r) && done ? EXIT_SUCCESS : EXIT_OPERATOR;
}

/* Tables and lists for people, or for another sensor. */
static int
desk(struct run *r)
{
	const struct conf *c = &r->conf;
	char why[PATH_MAX + 256] = "";
	bool done;

	if (c->want != CONF_RULES && c->baseline == NULL) {
		log_line("name a baseline with --baseline, or in the configuration");
		return EXIT_OPERATOR;
	}
	if (is_input(c, c->out)) {
		log_line("%s: is an input; name another file with -o", c->out);
		return EXIT_OPERATOR;
	}
	if (c->want != CONF_RULES && !open_baseline(r, c->want != CONF_BASELINE_IMPORT))
		return EXIT_OPERATOR;
	switch (c->want) {
	case CONF_RULES:
		done = offline_rules(&r->settings, c->out, why, sizeof(why));
		break;
	case CONF_BASELINE_IMPORT:
		done = offline_import(r->baseline, c->input, why, sizeof(why));
		break;
	default:
		done = offline_baseline(r->baseline, c->want == CONF_BASELINE_EXPORT, c->out, why,
		    sizeof(why));
	}
	if (!done)
		log_line("%s", why);
	return close_baseline(r) && done ? EXIT_SUCCESS : EXIT_OPERATOR;
}

static void
tear_down(struct run *r)
{
	worker_free(r->worker);
	correlate_free(r->correlate);
	baseline_close(r->baseline);
	ledger_free(r->ledger);
	keyring_close(r->keyring);
	eve_free(r->eve);
	(void)output_file_close(r->out);
	for (size_t i = 0; i < r->ncaptures; i++)
		capture_close(r->captures[i]);
	free(r->captures);
	settings_free(&r->settings);
	conf_free(&r->conf);
}

int
main(int argc, char **argv)
{
	struct run r = { .ncaptures = 0 };
	char why[256];
	int status = EXIT_SUCCESS;

	if (!conf_parse(&r.conf, argc, argv, why, sizeof(why))) {
		log_line("%s (schedwire -h helps)", why);
		status = EXIT_USAGE;
	} else if (r.conf.want == CONF_HELP)
		conf_help(stdout);
	else if (r.conf.want == CONF_VERSION)
		conf_version(stdout);
	else if (!read_settings(&r))
		status = EXIT_OPERATOR;
	else if (r.conf.want == CONF_RUN)
		status = run(&r);
	else if (r.conf.want == CONF_TEST)
		status = test(&r);
	else if (r.conf.want == CONF_SCORE)
		status = score(&r);
	else
		status = desk(&r);
	tear_down(&r);
	return status;
}
