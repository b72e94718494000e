/* conf.h -- the command line as a struct. */
#ifndef CONF_H
#define CONF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum conf_want { CONF_RUN, CONF_HELP, CONF_VERSION };

struct conf {
	enum conf_want	 want;
	const char	**files;	/* -r, in order */
	size_t		 nfiles;
	const char	*iface;		/* -i; NULL: replay */
	const char	*out;		/* -o; NULL: not given */
	const char	*secrets;	/* -S; NULL: none */
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
