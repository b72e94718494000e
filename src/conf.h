/* conf.h -- the command line as a struct. */
#ifndef CONF_H
#define CONF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* The job that is asked for. */
enum conf_want {
	CONF_RUN,		/* read captures or an interface */
	CONF_HELP,
	CONF_VERSION,
	CONF_SCORE,		/* score the lines of a file */
	CONF_RULES,		/* list all rules */
	CONF_TEST,		/* open what a run would open, and end */
	CONF_BASELINE_SHOW,
	CONF_BASELINE_EXPORT,
	CONF_BASELINE_IMPORT
};

/* The strings are argv's; NULL: the option is not given. */
struct conf {
	enum conf_want	 want;
	const char	**files;	/* -r, in order; "-": standard input */
	size_t		 nfiles;
	const char	*iface;		/* -i */
	const char	*out;		/* -o */
	const char	*secrets;	/* -S */
	const char	*settings;	/* -c, the configuration file */
	const char	*baseline;	/* --baseline, its database */
	const char	*input;		/* of --score and --baseline-import; "-": standard input */
	unsigned int	 workers;	/* -w; 0: not given */
	bool		 pretty;
	bool		 stats;
	bool		 anomalies;
	bool		 check_secrets;
};

/*
 * Reads a command line.  Returns false, with one line in err that says why, if
 * an option is unknown, lacks its value or cannot be used with another one.
 * conf_free() is due even then.
 */
bool	 conf_parse(struct conf *, int argc, char **argv, char *err, size_t errlen);
void	 conf_free(struct conf *);

/* Prints the text of --help, and of --version. */
void	 conf_help(FILE *);
void	 conf_version(FILE *);

#endif
