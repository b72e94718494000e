#include "setup.h"

#include <sys/resource.h>
#include <sys/stat.h>

#include <errno.h>
#include <linux/limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "output/pretty.h"
#include "secret/secret.h"

/* ---- What is read ---- */

bool
setup_settings(struct setup *s)
{
	struct conf *c = &s->conf;
	char why[PATH_MAX + 256];

	settings_init(&s->settings);
	if (c->settings != NULL &&
	    !settings_read(&s->settings, c->settings, why, sizeof(why))) {
		log_line("%s", why);
		return false;
	}
	if (c->out == NULL && c->want == CONF_RUN)
		c->out = s->settings.output;
	if (c->secrets == NULL)
		c->secrets = s->settings.secrets;
	/* A replay uses only a baseline named with --baseline: it can be repeated. */
	if (c->baseline == NULL && (c->want != CONF_RUN || c->iface != NULL))
		c->baseline = s->settings.baseline;
	if (c->check_secrets && c->secrets == NULL) {
		log_line("%s: names no secrets file for --check-secrets", c->settings);
		return false;
	}
	c->stats |= s->settings.stats;
	c->anomalies |= s->settings.anomalies;
	return true;
}

const char *
setup_capture_name(const struct setup *s, size_t n)
{
	if (s->conf.iface != NULL)
		return s->conf.iface;
	return strcmp(s->conf.files[n], "-") == 0 ? "standard input" : s->conf.files[n];
}

bool
setup_captures(struct setup *s)
{
	const struct conf *c = &s->conf;
	size_t n = c->iface != NULL ? 1 : c->nfiles;
	char why[256];

	if ((s->captures = calloc(n + 1, sizeof(*s->captures))) == NULL) {
		log_line("out of memory");
		return false;
	}
	for (size_t i = 0; i < n; i++) {
		s->captures[i] = c->iface != NULL ? capture_live(c->iface, why, sizeof(why)) :
		    capture_file(c->files[i], why, sizeof(why));
		if (s->captures[i] == NULL) {
			log_line("%s: %s", setup_capture_name(s, i), why);
			return false;
		}
		s->ncaptures++;
	}
	return true;
}

bool
setup_baseline(struct setup *s, bool read_only)
{
	char why[PATH_MAX + 256];

	if (s->conf.baseline == NULL)
		return true;
	s->baseline = baseline_open(s->conf.baseline, &s->settings.baseline_terms, read_only, why,
	    sizeof(why));
	if (s->baseline == NULL)
		log_line("%s", why);
	return s->baseline != NULL;
}

static void
warned(void *arg, const char *text)
{
	(void)arg;
	log_line("%s", text);
}

bool
setup_secrets(struct setup *s)
{
	static const struct rlimit none = { 0, 0 };
	char why[PATH_MAX + 256];

	if (s->conf.secrets == NULL)
		return true;
	if (setrlimit(RLIMIT_CORE, &none) != 0) {
		log_line("cannot forbid core dumps: %s", strerror(errno));
		return false;
	}
	s->keyring = keyring_open(s->conf.secrets, warned, NULL, why, sizeof(why));
	if (s->keyring == NULL)
		log_line("%s", why);
	return s->keyring != NULL;
}

void
setup_reload_secrets(struct setup *s)
{
	char why[PATH_MAX + 256];

	if (s->keyring == NULL)
		return;
	if (keyring_reload(s->keyring, warned, NULL, why, sizeof(why)))
		log_line("secrets read again: %s", s->conf.secrets);
	else
		log_line("secrets not read again: %s", why);
}

/* ---- What is written ---- */

static bool
same_file(const struct stat *a, const char *path)
{
	struct stat b;

	return path != NULL && stat(path, &b) == 0 && a->st_dev == b.st_dev &&
	    a->st_ino == b.st_ino;
}

bool
setup_output_is_input(const struct conf *c)
{
	struct stat out;
	bool same = false;

	if (c->out == NULL || strcmp(c->out, "-") == 0 || stat(c->out, &out) != 0 ||
	    !S_ISREG(out.st_mode))
		return false;
	for (size_t i = 0; i < c->nfiles; i++)
		same |= same_file(&out, c->files[i]);
	same |= same_file(&out, c->secrets) || same_file(&out, c->settings) ||
	    same_file(&out, c->baseline) || same_file(&out, c->input);
	if (same)
		log_line("%s: is an input; name another file with -o", c->out);
	return same;
}

bool
setup_output(struct setup *s)
{
	const struct conf *c = &s->conf;
	const char *no_colour = getenv("NO_COLOR");

	if (setup_output_is_input(c))
		return false;
	/* A live sensor that is started again goes on in its file. */
	if ((s->out = output_file_open(c->out, c->iface != NULL)) == NULL) {
		log_line("%s: %s; name a file that can be written with -o", c->out,
		    strerror(errno));
		return false;
	}
	s->pretty = c->pretty || (c->out == NULL && output_file_tty(s->out));
	s->colour = output_file_tty(s->out) && (no_colour == NULL || *no_colour == '\0');
	return true;
}

static void
write_out(void *out, const char *text, size_t len)
{
	output_file_write(out, text, len);
}

void
setup_write(void *setup, const char *line, size_t len)
{
	struct setup *s = setup;

	if (s->pretty)
		pretty_line(line, len, s->colour, write_out, s->out);
	else
		output_file_write(s->out, line, len);
}

/* ---- The end ---- */

bool
setup_close_baseline(struct setup *s)
{
	char why[PATH_MAX + 256];
	bool failed;

	if (s->baseline == NULL)
		return true;
	baseline_tick(s->baseline, INT64_MAX);
	failed = baseline_error(s->baseline, why, sizeof(why));
	baseline_close(s->baseline);
	s->baseline = NULL;
	if (failed)
		log_line("%s", why);
	return !failed;
}

bool
setup_close_output(struct setup *s)
{
	const char *name = output_file_name(s->out);
	int error = output_file_close(s->out);

	s->out = NULL;
	if (error != 0 && error != EPIPE)
		log_line("%s: %s; records are missing", name, strerror(error));
	return error == 0;
}

void
setup_free(struct setup *s)
{
	baseline_close(s->baseline);
	keyring_close(s->keyring);
	(void)output_file_close(s->out);
	for (size_t i = 0; i < s->ncaptures; i++)
		capture_close(s->captures[i]);
	free(s->captures);
	settings_free(&s->settings);
	conf_free(&s->conf);
}
