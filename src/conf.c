#include "conf.h"

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include <getopt.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "secret.h"

enum { OPT_PRETTY = 256, OPT_STATS, OPT_ANOMALIES, OPT_CHECK };

static const char shorts[] = ":r:i:o:S:Vh";

static const struct option longs[] = {
	{ "read",	required_argument,	NULL,	'r' },
	{ "interface",	required_argument,	NULL,	'i' },
	{ "output",	required_argument,	NULL,	'o' },
	{ "secrets",	required_argument,	NULL,	'S' },
	{ "check-secrets", no_argument,		NULL,	OPT_CHECK },
	{ "pretty",	no_argument,		NULL,	OPT_PRETTY },
	{ "stats",	no_argument,		NULL,	OPT_STATS },
	{ "anomalies",	no_argument,		NULL,	OPT_ANOMALIES },
	{ "version",	no_argument,		NULL,	'V' },
	{ "help",	no_argument,		NULL,	'h' },
	{ NULL,		0,			NULL,	0 },
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

/* One option that may be given once. */
static bool
once(const char **at, int opt, char *err, size_t errlen)
{
	if (*at != NULL)
		return wrong(err, errlen, "-%c can be given only once", opt);
	*at = optarg;
	return true;
}

static bool
consistent(const struct conf *c, int argc, char **argv, char *err, size_t errlen)
{
	size_t stdins = 0;

	if (optind < argc)
		return wrong(err, errlen, "'%s' is no option: a capture is named with -r",
		    argv[optind]);
	if (c->nfiles > 0 && c->iface != NULL)
		return wrong(err, errlen, "-r and -i exclude each other");
	if (c->nfiles == 0 && c->iface == NULL)
		return wrong(err, errlen, "nothing to read: name a capture with -r"
		    " or an interface with -i");
	for (size_t i = 0; i < c->nfiles; i++)
		stdins += strcmp(c->files[i], "-") == 0;
	if (stdins > 1)
		return wrong(err, errlen, "standard input can be read only once");
	if (c->check_secrets && c->secrets == NULL)
		return wrong(err, errlen, "--check-secrets needs a secrets file: name it with -S");
	if (c->check_secrets && c->iface != NULL)
		return wrong(err, errlen, "--check-secrets is for a replay (-r)");
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
			if (!once(&c->iface, opt, err, errlen))
				return false;
			break;
		case 'o':
			if (!once(&c->out, opt, err, errlen))
				return false;
			break;
		case 'S':
			if (!once(&c->secrets, opt, err, errlen))
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
"usage: schedwire -r FILE [-r FILE ...] [-S FILE [--check-secrets]] [-o FILE]\n"
"                 [--pretty] [--stats] [--anomalies]\n"
"       schedwire -i IFACE [-S FILE] [-o FILE] [--pretty] [--stats] [--anomalies]\n"
"\n"
"Tells which Windows scheduled tasks are created, changed, run or deleted over\n"
"the network, by whom and with what command line: one EVE JSON record a line.\n"
"\n"
"  -r, --read FILE       replay a pcap or pcapng file; '-' is standard input.\n"
"                        Several are read one after the other, as one capture\n"
"  -i, --interface IFACE watch a network interface until interrupted\n"
"  -o, --output FILE     write records there; '-' is standard output (the default)\n"
"  -S, --secrets FILE    passwords, keytabs and keys that open what is sealed;\n"
"                        only its owner may be able to read it\n"
"      --check-secrets   after a replay: which session was opened with which\n"
"                        secret, and why the others were not\n"
"      --pretty          indented, for people; the default on a terminal\n"
"      --stats           counters, as a last record (live: every minute too)\n"
"      --anomalies       a record for malformed or hostile input too\n"
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
