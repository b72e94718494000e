#include "run.h"

#include <sys/prctl.h>

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <linux/limits.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "detect/correlate.h"
#include "engine/ledger.h"
#include "engine/worker.h"
#include "output/eve.h"
#include "output/progress.h"

#define SECOND		INT64_C(1000000)	/* in microseconds */
#define MINUTE		(60 * SECOND)
#define STATS_EVERY	MINUTE		/* microseconds between counters, live */
#define BASELINE_EVERY	SECOND		/* microseconds between looks at its pending writes */

static volatile sig_atomic_t stopped;	/* SIGINT or SIGTERM came */
static volatile sig_atomic_t hung_up;	/* SIGHUP came */

struct run {
	struct setup	 *setup;
	struct progress	  progress;
	struct stats	  stats;
	struct ledger	 *ledger;	/* NULL: --check-secrets is not given */
	struct eve	 *eve;
	struct correlate *correlate;
	struct worker	 *worker;
	int64_t		  stats_due, baseline_due;	/* packet time, microseconds */
};

/* ---- Signals ---- */

static void
on_end(int sig)
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
catch_end(void)
{
	struct sigaction end = { .sa_handler = on_end, .sa_flags = (int)SA_RESETHAND };
	struct sigaction ignore = { .sa_handler = SIG_IGN };

	sigaction(SIGINT, &end, NULL);
	sigaction(SIGTERM, &end, NULL);
	sigaction(SIGPIPE, &ignore, NULL);	/* write() fails with EPIPE */
}

/* ---- The pipeline ---- */

static void
write_record(void *arg, const char *line, size_t len)
{
	struct run *r = arg;

	progress_hide(&r->progress);
	setup_write(r->setup, line, len);
}

/* Keeps other processes of this user from reading the keys.  Not before the
 * output is open: /proc/self, where /dev/stdout leads, is then closed to us too. */
static bool
hide_memory(const struct setup *s)
{
	if (s->keyring == NULL || prctl(PR_SET_DUMPABLE, 0) == 0)
		return true;
	log_line("cannot keep other processes out: %s", strerror(errno));
	return false;
}

static struct correlate *
build_correlate(struct run *r)
{
	const struct settings *s = &r->setup->settings;
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

	return correlate_new(&r->stats, eve_output(r->eve), &terms, r->setup->baseline);
}

static bool
build(struct run *r)
{
	struct setup *s = r->setup;
	struct worker_wants wants = { .anomalies = s->conf.anomalies, .keyring = s->keyring };

	if (s->conf.check_secrets)
		wants.ledger = r->ledger = ledger_new();
	r->eve = eve_new(&r->stats, s->conf.iface != NULL, write_record, r);
	if (r->eve != NULL) {
		eve_sensor(r->eve, s->settings.sensor);
		r->correlate = build_correlate(r);
	}
	if (r->correlate != NULL)
		r->worker = worker_new(&r->stats, correlate_sink(r->correlate), &wants);
	if (r->worker != NULL && (r->ledger != NULL || !s->conf.check_secrets))
		return true;
	log_line("out of memory");
	return false;
}

static void
tear_down(struct run *r)
{
	worker_free(r->worker);
	correlate_free(r->correlate);
	ledger_free(r->ledger);
	eve_free(r->eve);
}

/* ---- What is due ---- */

static int64_t
wall_clock(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

/* Before the first packet there is no packet time, and the record needs one. */
static void
write_stats(struct run *r)
{
	const struct budget *memory = worker_memory(r->worker);
	const struct setup *s = r->setup;
	struct eve_totals t = { .memuse = memory->used, .memuse_peak = memory->peak };
	int64_t first, last;

	if (!worker_times(r->worker, &first, &last))
		first = last = wall_clock();
	t.us = last;
	t.uptime = last > first ? (last - first) / 1000000 : 0;
	t.kernel = s->conf.iface != NULL &&
	    capture_drops(s->captures[0], &t.received, &t.dropped, &t.ifdropped);
	eve_stats(r->eve, &t);
}

static void
stats_when_due(struct run *r, int64_t us)
{
	const struct conf *c = &r->setup->conf;

	if (!c->stats || c->iface == NULL)
		return;
	if (r->stats_due == 0)
		r->stats_due = us + STATS_EVERY;
	if (us < r->stats_due)
		return;
	r->stats_due = us + STATS_EVERY;
	write_stats(r);
}

static void
baseline_when_due(struct run *r, int64_t us)
{
	struct baseline *b = r->setup->baseline;
	char why[PATH_MAX + 256];

	if (b == NULL || (us < r->baseline_due && r->baseline_due - us <= BASELINE_EVERY))
		return;
	r->baseline_due = us + BASELINE_EVERY;
	baseline_tick(b, us);
	if (baseline_error(b, why, sizeof(why)))
		log_line("%s", why);
}

/* ---- The captures ---- */

/* Returns false if an interface is gone.  A file that is cut short or damaged
 * counts as read as far as that. */
static bool
read_capture(struct run *r, struct capture *c, const char *name)
{
	struct setup *s = r->setup;
	uint64_t done, total;
	struct frame f;

	worker_source(r->worker, capture_name(c));
	while (!stopped && output_file_error(s->out) == 0) {
		if (hung_up) {
			hung_up = 0;
			setup_reload_secrets(s);
		}
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
			if (stopped)	/* the signal ended the read */
				return true;
			progress_hide(&r->progress);
			log_line("%s: %s", name, capture_error(c));
			return s->conf.iface == NULL;
		}
		if (progress_due(&r->progress) && capture_progress(c, &done, &total))
			progress_step(&r->progress, done, total);
	}
	return true;
}

static bool
read_captures(struct run *r)
{
	struct setup *s = r->setup;
	bool read = true;

	progress_begin(&r->progress, s->conf.iface == NULL && isatty(STDERR_FILENO) == 1 &&
	    !output_file_tty(s->out));
	for (size_t i = 0; i < s->ncaptures && !stopped; i++)
		read &= read_capture(r, s->captures[i], setup_capture_name(s, i));
	worker_flush(r->worker);
	progress_hide(&r->progress);
	if (s->conf.stats)
		write_stats(r);
	return read;
}

/* ---- What the operator is told ---- */

static void
print_summary(const struct run *r)
{
	double took = (double)(progress_clock() - r->progress.begun) / 1e6;
	const struct setup *s = r->setup;
	const uint64_t *n = r->stats.n;
	const uint64_t clear = n[STAT_TASKS_CLEAR], sealed = n[STAT_TASKS_SEALED];
	const uint64_t opened = n[STAT_TASKS_DECRYPTED];
	const uint64_t commands = n[STAT_COMMANDS_CLEAR] + n[STAT_COMMANDS_DECRYPTED] +
	    n[STAT_COMMANDS_SEALED];
	uint64_t received, dropped, ifdropped;
	char drops[96] = "", decrypted[48] = "";

	if (s->conf.iface != NULL &&
	    capture_drops(s->captures[0], &received, &dropped, &ifdropped))
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

/* An entry that never matched may be superfluous, or misspelt. */
static void
print_allowed(const struct allow *allow)
{
	for (size_t i = 0; allow != NULL && i < allow_count(allow); i++) {
		const struct allow_entry *e = allow_nth(allow, i);

		log_line("allow list, entry %zu%s%s: applied %" PRIu64 " times", i + 1,
		    e->comment != NULL ? ", " : "", e->comment != NULL ? e->comment : "", e->hits);
	}
}

static void
print_ledger(struct run *r)
{
	if (r->ledger == NULL)
		return;
	worker_free(r->worker);		/* sessions are noted when they end */
	r->worker = NULL;
	ledger_print(r->ledger, stderr);
}

/* ---- All of it ---- */

static bool
run_all(struct run *r)
{
	struct setup *s = r->setup;
	bool read, left;

	if (!build(r))
		return false;
	catch_end();
	read = read_captures(r);
	read &= setup_close_baseline(s);
	left = output_file_error(s->out) == EPIPE;	/* who reads our pipe has seen enough */
	if (!setup_close_output(s) || left)
		return left;
	print_ledger(r);
	print_allowed(s->settings.allow);
	print_summary(r);
	return read;
}

bool
run(struct setup *s)
{
	struct run r = { .setup = s };
	bool good;

	if (s->conf.iface != NULL)
		catch_hangup();
	if (!setup_captures(s) || !setup_secrets(s) || !setup_baseline(s, false) ||
	    !setup_output(s) || !hide_memory(s))
		return false;
	good = run_all(&r);
	tear_down(&r);
	return good;
}
