/* conf.h -- the command line as a struct. */
#ifndef CONF_H
#define CONF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum conf_want {
	CONF_RUN,		/* capture or replay */
	CONF_HELP,
	CONF_VERSION,
	CONF_SCORE,		/* lines of a file; no network */
	CONF_RULES,		/* every reason with its weight */
	CONF_TEST,		/* read what a start reads, and end */
	CONF_BASELINE_SHOW,
	CONF_BASELINE_EXPORT,
	CONF_BASELINE_IMPORT
};

struct conf {
	enum conf_want	 want;
	const char	**files;	/* -r, in order */
	size_t		 nfiles;
	const char	*iface;		/* -i; NULL: replay */
	const char	*out;		/* -o; NULL: not given */
	const char	*secrets;	/* -S; NULL: none */
	const char	*settings;	/* -c, the configuration file; NULL: none */
	const char	*baseline;	/* --baseline, its database; NULL: not given */
	const char	*input;		/* of --score and --baseline-import; "-": standard input */
	unsigned int	 workers;	/* -w; 0: not given */
	bool		 pretty;
	bool		 stats;
	bool		 anomalies;
	bool		 check_secrets;	/* a table of what they opened */
};

/* False, with one line that says what is wrong in err, for what is no command
 * line of ours.  Strings stay argv's; conf_free() even after a failure. */
bool	 conf_parse(struct conf *, int argc, char **argv, char *err, size_t errlen);
void	 conf_free(struct conf *);

void	 conf_help(FILE *);
void	 conf_version(FILE *);

#endif
