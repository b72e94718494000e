#include "conf.h"

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include <getopt.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/reader.h"
#include "secret/secret.h"

enum {
	OPT_PRETTY = 256, OPT_STATS, OPT_ANOMALIES, OPT_CHECK, OPT_SCORE, OPT_RULES,
	OPT_BASELINE, OPT_SHOW, OPT_EXPORT, OPT_IMPORT
};

static const char shorts[] = ":r:i:c:o:S:w:TVh";

static const struct option longs[] = {
	{ "read",	required_argument,	NULL,	'r' },
	{ "interface",	required_argument,	NULL,	'i' },
	{ "config",	required_argument,	NULL,	'c' },
	{ "output",	required_argument,	NULL,	'o' },
	{ "secrets",	required_argument,	NULL,	'S' },
	{ "check-secrets", no_argument,		NULL,	OPT_CHECK },
	{ "workers",	required_argument,	NULL,	'w' },
	{ "pretty",	no_argument,		NULL,	OPT_PRETTY },
	{ "stats",	no_argument,		NULL,	OPT_STATS },
	{ "anomalies",	no_argument,		NULL,	OPT_ANOMALIES },
	{ "score",	required_argument,	NULL,	OPT_SCORE },
	{ "rules",	no_argument,		NULL,	OPT_RULES },
	{ "baseline",	required_argument,	NULL,	OPT_BASELINE },
	{ "baseline-show", no_argument,		NULL,	OPT_SHOW },
	{ "baseline-export", no_argument,	NULL,	OPT_EXPORT },
	{ "baseline-import", required_argument,	NULL,	OPT_IMPORT },
	{ "test",	no_argument,		NULL,	'T' },
	{ "version",	no_argument,		NULL,	'V' },
	{ "help",	no_argument,		NULL,	'h' },
	{ NULL,		0,			NULL,	0 },
};

/* What is asked of the program, and what may stand beside that. */
enum {
	WITH_CAPTURE = 1,	/* -r, -i, -S, -w, --check-secrets, --stats, --anomalies */
	WITH_OUTPUT = 2,	/* -o */
	WITH_PRETTY = 4,
	WITH_BASELINE = 8	/* --baseline */
};

static const struct want {
	const char	*name;		/* the option that asks for it */
	unsigned int	 with;
} wants[] = {
	[CONF_RUN] = { "a capture", WITH_CAPTURE | WITH_OUTPUT | WITH_PRETTY | WITH_BASELINE },
	[CONF_HELP] = { "-h", 0 },
	[CONF_VERSION] = { "-V", 0 },
	[CONF_SCORE] = { "--score", WITH_OUTPUT | WITH_PRETTY },
	[CONF_RULES] = { "--rules", WITH_OUTPUT },
	[CONF_TEST] = { "-T", WITH_CAPTURE | WITH_OUTPUT | WITH_PRETTY | WITH_BASELINE },
	[CONF_BASELINE_SHOW] = { "--baseline-show", WITH_OUTPUT | WITH_BASELINE },
	[CONF_BASELINE_EXPORT] = { "--baseline-export", WITH_OUTPUT | WITH_BASELINE },
	[CONF_BASELINE_IMPORT] = { "--baseline-import", WITH_BASELINE },
};

static bool __attribute__((format(printf, 3, 4)))
wrong(char *err, size_t errlen, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(err, errlen, fmt, ap);
	va_end(ap);
	return false;
}

/* One option that may be given once.  An empty name is a variable of the
 * caller's script that was not set. */
static bool
once(const char **at, const char *name, char *err, size_t errlen)
{
	if (*at != NULL)
		return wrong(err, errlen, "%s can be given only once", name);
	if (*optarg == '\0')
		return wrong(err, errlen, "%s needs a value", name);
	*at = optarg;
	return true;
}

static bool
ask(struct conf *c, enum conf_want want, char *err, size_t errlen)
{
	if (c->want != CONF_RUN && c->want != want)
		return wrong(err, errlen, "%s and %s exclude each other",
		    wants[c->want].name, wants[want].name);
	c->want = want;
	return true;
}

static bool
workers(struct conf *c, char *err, size_t errlen)
{
	const char *why;

	if (c->workers != 0)
		return wrong(err, errlen, "-w can be given only once");
	c->workers = (unsigned int)strtonum(optarg, 1, MAX_WORKERS, &why);
	if (why != NULL)
		return wrong(err, errlen, "-w %s: a number from 1 to %d is needed", optarg,
		    MAX_WORKERS);
	return true;
}

/* What was given that the wanted thing has no use for. */
static bool
fitting(const struct conf *c, char *err, size_t errlen)
{
	const struct {
		bool		 given;
		const char	*name;
		unsigned int	 with;
	} given[] = {
		{ c->nfiles > 0,	"-r",			WITH_CAPTURE },
		{ c->iface != NULL,	"-i",			WITH_CAPTURE },
		{ c->secrets != NULL,	"-S",			WITH_CAPTURE },
		{ c->check_secrets,	"--check-secrets",	WITH_CAPTURE },
		{ c->workers != 0,	"-w",			WITH_CAPTURE },
		{ c->stats,		"--stats",		WITH_CAPTURE },
		{ c->anomalies,		"--anomalies",		WITH_CAPTURE },
		{ c->out != NULL,	"-o",			WITH_OUTPUT },
		{ c->pretty,		"--pretty",		WITH_PRETTY },
		{ c->baseline != NULL,	"--baseline",		WITH_BASELINE },
	};

	for (size_t i = 0; i < nitems(given); i++)
		if (given[i].given && (wants[c->want].with & given[i].with) == 0)
			return wrong(err, errlen, "%s has no use for %s", wants[c->want].name,
			    given[i].name);
	return true;
}

/* Where the packets come from. */
static bool
capture(const struct conf *c, char *err, size_t errlen)
{
	size_t stdins = 0;

	if (c->nfiles > 0 && c->iface != NULL)
		return wrong(err, errlen, "-r and -i exclude each other");
	if (c->nfiles == 0 && c->iface == NULL && c->want == CONF_RUN)
		return wrong(err, errlen, "nothing to read: name a capture with -r"
		    " or an interface with -i");
	for (size_t i = 0; i < c->nfiles; i++)
		stdins += strcmp(c->files[i], "-") == 0;
	if (stdins > 1)
		return wrong(err, errlen, "standard input can be read only once");
	if (c->check_secrets && c->secrets == NULL && c->settings == NULL)
		return wrong(err, errlen, "--check-secrets needs a secrets file: name it with -S");
	if (c->check_secrets && c->iface != NULL)
		return wrong(err, errlen, "--check-secrets is for a replay (-r)");
	return true;
}

static bool
consistent(const struct conf *c, int argc, char **argv, char *err, size_t errlen)
{
	if (optind < argc)
		return wrong(err, errlen, "'%s' is no option: a capture is named with -r",
		    argv[optind]);
	if (!fitting(c, err, errlen) || !capture(c, err, errlen))
		return false;
	if ((c->want == CONF_BASELINE_SHOW || c->want == CONF_BASELINE_EXPORT ||
	    c->want == CONF_BASELINE_IMPORT) && c->baseline == NULL && c->settings == NULL)
		return wrong(err, errlen, "%s needs a database: name it with --baseline,"
		    " or a configuration that does with -c", wants[c->want].name);
	return true;
}

bool
conf_parse(struct conf *c, int argc, char **argv, char *err, size_t errlen)
{
	int opt;

	*c = (struct conf){ .want = CONF_RUN };
	if ((c->files = calloc((size_t)argc + 1, sizeof(*c->files))) == NULL)
		return wrong(err, errlen, "out of memory");
	optind = 0;		/* glibc: start afresh */
	while ((opt = getopt_long(argc, argv, shorts, longs, NULL)) != -1) {
		switch (opt) {
		case 'r':
			c->files[c->nfiles++] = optarg;
			break;
		case 'i':
			if (!once(&c->iface, "-i", err, errlen))
				return false;
			break;
		case 'o':
			if (!once(&c->out, "-o", err, errlen))
				return false;
			break;
		case 'S':
			if (!once(&c->secrets, "-S", err, errlen))
				return false;
			break;
		case 'c':
			if (!once(&c->settings, "-c", err, errlen))
				return false;
			break;
		case 'w':
			if (!workers(c, err, errlen))
				return false;
			break;
		case OPT_SCORE:
			if (!ask(c, CONF_SCORE, err, errlen) ||
			    !once(&c->input, "--score", err, errlen))
				return false;
			break;
		case OPT_RULES:
			if (!ask(c, CONF_RULES, err, errlen))
				return false;
			break;
		case OPT_BASELINE:
			if (!once(&c->baseline, "--baseline", err, errlen))
				return false;
			break;
		case OPT_SHOW:
			if (!ask(c, CONF_BASELINE_SHOW, err, errlen))
				return false;
			break;
		case OPT_EXPORT:
			if (!ask(c, CONF_BASELINE_EXPORT, err, errlen))
				return false;
			break;
		case OPT_IMPORT:
			if (!ask(c, CONF_BASELINE_IMPORT, err, errlen) ||
			    !once(&c->input, "--baseline-import", err, errlen))
				return false;
			break;
		case 'T':
			if (!ask(c, CONF_TEST, err, errlen))
				return false;
			break;
		case OPT_CHECK:
			c->check_secrets = true;
			break;
		case OPT_PRETTY:
			c->pretty = true;
			break;
		case OPT_STATS:
			c->stats = true;
			break;
		case OPT_ANOMALIES:
			c->anomalies = true;
			break;
		case 'V':
			c->want = CONF_VERSION;
			return true;
		case 'h':
			c->want = CONF_HELP;
			return true;
		case ':':
			return wrong(err, errlen, "%s needs a value", argv[optind - 1]);
		default:
			/* An unknown letter may stand in the middle of a word. */
			if (optopt > 0 && optopt < OPT_PRETTY)
				return wrong(err, errlen, "unknown option -%c", optopt);
			return wrong(err, errlen, "unknown option %s", argv[optind - 1]);
		}
	}
	return consistent(c, argc, argv, err, errlen);
}

void
conf_free(struct conf *c)
{
	free(c->files);
	*c = (struct conf){ .want = CONF_RUN };
}

void
conf_help(FILE *to)
{
	fputs(
"usage: schedwire -r FILE [-r FILE ...] [-c FILE] [-S FILE [--check-secrets]]\n"
"                 [-o FILE] [--baseline FILE] [--pretty] [--stats] [--anomalies]\n"
"       schedwire -i IFACE [-c FILE] [-S FILE] [-o FILE] [--baseline FILE] [-w N]\n"
"                 [--pretty] [--stats] [--anomalies]\n"
"       schedwire --score FILE [-c FILE] [-o FILE] [--pretty]\n"
"       schedwire --rules [-c FILE] [-o FILE]\n"
"       schedwire --baseline-show | --baseline-export | --baseline-import FILE\n"
"                 (--baseline FILE | -c FILE) [-o FILE]\n"
"       schedwire -T [-c FILE] [-r FILE ... | -i IFACE] [options of a run]\n"
"\n"
"Tells which Windows scheduled tasks are created, changed, run or deleted over\n"
"the network, by whom and with what command line, and how suspicious that is:\n"
"one EVE JSON record a line.\n"
"\n"
"  -r, --read FILE       replay a pcap or pcapng file; '-' is standard input.\n"
"                        Several are read one after the other, as one capture\n"
"  -i, --interface IFACE watch a network interface until interrupted\n"
"  -c, --config FILE     configuration (YAML): thresholds, weights, what is allowed;\n"
"                        options given here go before what it says\n"
"  -o, --output FILE     write records there; '-' is standard output (the default)\n"
"  -S, --secrets FILE    passwords, keytabs and keys that open what is sealed;\n"
"                        only its owner may be able to read it\n"
"      --check-secrets   after a replay: which session was opened with which\n"
"                        secret, and why the others were not\n"
"      --baseline FILE   a database of what is usual here; made if it is not there,\n"
"                        and fed with what is seen\n"
"  -w, --workers N       how many share the work, 1 to 64; so far one does\n"
"      --pretty          indented, for people; the default on a terminal\n"
"      --stats           counters, as a last record (live: every minute too)\n"
"      --anomalies       a record for malformed or hostile input too\n"
"      --score FILE      no network: score the lines of FILE, each a task's name, a\n"
"                        tab and a command line; '-' is standard input\n"
"      --rules           list every reason with its weight\n"
"      --baseline-show   what is most usual, as a table\n"
"      --baseline-export all of the database as text, to merge it into another\n"
"      --baseline-import FILE\n"
"                        add such a text to the database; '-' is standard input\n"
"  -T, --test            check the configuration, and the files it and the options\n"
"                        name, and exit\n"
"  -V, --version         print the version\n"
"  -h, --help            print this\n"
"\n"
"Examples:\n"
"  schedwire -r capture.pcap                  what happened in it, readable\n"
"  schedwire -r mon.pcap -r tue.pcap -o eve.json\n"
"                                             the same, for a SIEM\n"
"  schedwire -r mon.pcap -S lab.secrets --check-secrets\n"
"                                             with what is sealed opened\n"
"  schedwire -r mon.pcap | jq 'select(.task.action == \"create\").task.actions'\n"
"                                             what new tasks do\n"
"  schedwire -r mon.pcap | jq 'select(.event_type == \"alert\").detection.reasons'\n"
"                                             what a person should look at, and why\n"
"  schedwire -T -c schedwire.yaml && schedwire -i eth0 -c schedwire.yaml -o eve.json\n"
"                                             watch, once the configuration is right\n"
"\n"
"What is seen: calls to the Task Scheduler's interfaces (ITaskSchedulerService,\n"
"ATSvc, SASec) over SMB pipes and TCP, task files that are written to shares, and\n"
"commands and scripts that cross WinRM, with the tasks that they make.\n"
"What is sealed with NTLM, Kerberos, SMB 3 or TLS is opened with the secrets of -S;\n"
"without them calls and WinRM sessions are told as \"visibility\":\"sealed\", and\n"
"inside SMB 3 encryption nothing is seen (--stats counts it: smb3_sealed).\n"
"\n"
"Exit status: 0 done, 1 a file, interface or permission is not as it should be,\n"
"2 wrong usage.  schedwire(8) tells all.\n", to);
}

void
conf_version(FILE *to)
{
	fprintf(to, "schedwire %s, %s\n", PACKAGE_VERSION,
	    secrets_built_in ? "with secrets" : "built without secrets");
}
