/* settings.h -- what the operator configures: the defaults, or a YAML file's values. */
#ifndef SETTINGS_H
#define SETTINGS_H

#include "detect/allow.h"
#include "baseline/baseline.h"
#include "detect/rules.h"

/* Texts are malloc'ed and NULL where the file gives none; settings_free() frees them. */
struct settings {
	char		*sensor;	/* written as "host" into every record */
	char		*output;	/* file of the records, as -o */
	char		*secrets;	/* secrets file, as -S */
	bool		 stats, anomalies;	/* as --stats and --anomalies */

	struct rule_set	 rules;		/* weights (0: disabled) and thresholds */
	bool		 enabled[R_MAX];	/* false: the file disables the rule */
	enum verdict	 alert;		/* the least verdict that is written as an alert */
	unsigned int	 repeat_minutes;	/* an alert is not written again for so long */
	unsigned int	 short_lived;	/* a task deleted within so many seconds is short-lived */
	unsigned int	 spread_hosts;	/* a task spreads if it is made on so many servers … */
	unsigned int	 spread_minutes;	/* … within that time */

	char		*baseline;	/* the baseline's database file, as --baseline */
	struct baseline_terms baseline_terms;

	struct allow	*allow;		/* the allow list; NULL: empty */
};

/* Fills in the defaults. */
void		 settings_init(struct settings *);

/*
 * Reads a configuration file over initialised settings; what it does not
 * mention keeps its value.  File names in it are taken relative to its folder.
 * Returns false, with one line "FILE:LINE: what is wrong" in err, at the first
 * error; some settings may then be changed already.
 */
bool		 settings_read(struct settings *, const char *path, char *err, size_t errlen);

/* Frees what the settings hold and fills in the defaults again. */
void		 settings_free(struct settings *);

#endif
