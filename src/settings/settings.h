/* settings.h -- the configuration file (YAML) as a struct. */
#ifndef SETTINGS_H
#define SETTINGS_H

#include "detect/allow.h"
#include "baseline/baseline.h"
#include "detect/rules.h"

struct settings {
	char		*sensor;	/* "host" of every record; NULL */
	char		*output;	/* as -o; NULL */
	char		*secrets;	/* as -S; NULL; relative to the file */
	bool		 stats, anomalies;

	struct rule_set	 rules;		/* weights, thresholds, what is off */
	enum verdict	 alert;		/* from this verdict on a fact becomes an alert */
	unsigned int	 repeat_minutes;	/* the same alert is counted, not told, for so long */
	unsigned int	 short_lived;	/* seconds from creation to deletion that are short */
	unsigned int	 spread_hosts, spread_minutes;

	char		*baseline;	/* its file; NULL: none */
	struct baseline_terms baseline_terms;

	struct allow	*allow;		/* NULL: no entries */
};

/* As shipped. */
void		 settings_init(struct settings *);
/* From a file; what it does not say stays as shipped.  False, with err one
 * line: "FILE:LINE: what is wrong". */
bool		 settings_read(struct settings *, const char *path, char *err, size_t errlen);
void		 settings_free(struct settings *);

#endif
