/* setup.h -- what a job works with, opened as the command line and the configuration say. */
#ifndef SETUP_H
#define SETUP_H

#include "conf.h"
#include "engine/capture.h"
#include "output/file.h"
#include "settings/settings.h"

/* Starts as zeroes with conf filled in.  What is not opened is NULL. */
struct setup {
	struct conf	  conf;
	struct settings	  settings;
	struct capture	**captures;
	size_t		  ncaptures;
	struct keyring	 *keyring;
	struct baseline	 *baseline;
	struct output_file *out;
	bool		  pretty, colour;	/* how records are written to out */
};

/*
 * These open one thing each, where conf or the configuration names it.  They
 * return false if that fails, and say why in one line on standard error.
 * setup_settings() comes first.
 */

/* Reads the configuration file, and adds to conf what the command line leaves open. */
bool	 setup_settings(struct setup *);
/* Opens the interface or all capture files. */
bool	 setup_captures(struct setup *);
/* Reads the secrets, after forbidding core dumps. */
bool	 setup_secrets(struct setup *);
/* Opens the baseline's database; read_only: it is shown, not fed. */
bool	 setup_baseline(struct setup *, bool read_only);
/* Opens the file that records go to. */
bool	 setup_output(struct setup *);

/* Returns whether conf's output is one of the files that it reads, so that
 * writing would destroy it, and if so says it on standard error. */
bool	 setup_output_is_input(const struct conf *);

/* Reads the secrets file again.  What is wrong in it is said on standard
 * error; the secrets in use then stay. */
void	 setup_reload_secrets(struct setup *);

/* Returns the name of the nth capture (from 0) for messages: its path, its
 * interface or "standard input". */
const char *setup_capture_name(const struct setup *, size_t n);

/* An eve_write whose arg is the setup: writes one record, indented if wanted. */
void	 setup_write(void *setup, const char *line, size_t len);

/* Saves what the baseline has still to write, and closes it.  Returns false if
 * that fails, and says so. */
bool	 setup_close_baseline(struct setup *);
/* Closes the output.  Returns false if records are missing in it, and says so
 * unless the reader of a pipe left early. */
bool	 setup_close_output(struct setup *);
/* Closes and frees everything. */
void	 setup_free(struct setup *);

#endif
