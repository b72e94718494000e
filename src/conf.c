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

/* ---- The options ---- */

/* What a job can make use of. */
enum {
	WITH_CAPTURE = 1,
	WITH_OUTPUT = 2,
	WITH_PRETTY = 4,
	WITH_BASELINE = 8,
	WITH_ANYTHING = 15
};

static const unsigned int useful[] = {
	[CONF_RUN] = WITH_ANYTHING,
	[CONF_TEST] = WITH_ANYTHING,
	[CONF_SCORE] = WITH_OUTPUT | WITH_PRETTY,
	[CONF_RULES] = WITH_OUTPUT,
	[CONF_BASELINE_SHOW] = WITH_OUTPUT | WITH_BASELINE,
	[CONF_BASELINE_EXPORT] = WITH_OUTPUT | WITH_BASELINE,
	[CONF_BASELINE_IMPORT] = WITH_BASELINE,
};

enum kind {
	FLAG,			/* sets a bool */
	VALUE,			/* sets a string, once */
	CAPTURE,		/* adds a capture file */
	WORKERS,		/* sets their number, once */
	JOB,			/* says what is to be done */
	JOB_VALUE,		/* the same, of an input file */
	HELP			/* says it, and ends the command line */
};

static const struct opt {
	const char	*name;		/* "-r"; "--stats" has no letter */
	const char	*word;		/* the long option, without its dashes */
	enum kind	 kind;
	unsigned int	 with;		/* the jobs that it may be given with */
	size_t		 offset;	/* in struct conf */
	enum conf_want	 want;
} opts[] = {
#define SETS(member) offsetof(struct conf, member), CONF_RUN
	{ "-r", "read", CAPTURE, WITH_CAPTURE, SETS(files) },
	{ "-i", "interface", VALUE, WITH_CAPTURE, SETS(iface) },
	{ "-c", "config", VALUE, WITH_ANYTHING, SETS(settings) },
	{ "-o", "output", VALUE, WITH_OUTPUT, SETS(out) },
	{ "-S", "secrets", VALUE, WITH_CAPTURE, SETS(secrets) },
	{ "--check-secrets", "check-secrets", FLAG, WITH_CAPTURE, SETS(check_secrets) },
	{ "-w", "workers", WORKERS, WITH_CAPTURE, SETS(workers) },
	{ "--pretty", "pretty", FLAG, WITH_PRETTY, SETS(pretty) },
	{ "--stats", "stats", FLAG, WITH_CAPTURE, SETS(stats) },
	{ "--anomalies", "anomalies", FLAG, WITH_CAPTURE, SETS(anomalies) },
	{ "--baseline", "baseline", VALUE, WITH_BASELINE, SETS(baseline) },
#undef SETS
#define ASKS(want) WITH_ANYTHING, offsetof(struct conf, input), want
	{ "--score", "score", JOB_VALUE, ASKS(CONF_SCORE) },
	{ "--rules", "rules", JOB, ASKS(CONF_RULES) },
	{ "--baseline-show", "baseline-show", JOB, ASKS(CONF_BASELINE_SHOW) },
	{ "--baseline-export", "baseline-export", JOB, ASKS(CONF_BASELINE_EXPORT) },
	{ "--baseline-import", "baseline-import", JOB_VALUE, ASKS(CONF_BASELINE_IMPORT) },
	{ "-T", "test", JOB, ASKS(CONF_TEST) },
	{ "-V", "version", HELP, ASKS(CONF_VERSION) },
	{ "-h", "help", HELP, ASKS(CONF_HELP) },
#undef ASKS
};

#define LONG_OPTION	256	/* getopt_long() returns this plus the number in opts */

struct parse {
	struct conf	*c;
	bool		 given[nitems(opts)];
	char		*err;
	size_t		 errlen;
};

static bool __attribute__((format(printf, 2, 3)))
wrong(const struct parse *p, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(p->err, p->errlen, fmt, ap);
	va_end(ap);
	return false;
}

/* Returns the option that asked for the job, or NULL where none did. */
static const struct opt *
job(const struct conf *c)
{
	for (size_t i = 0; i < nitems(opts); i++)
		if (opts[i].want == c->want && opts[i].want != CONF_RUN)
			return &opts[i];
	return NULL;
}

/* ---- One option ---- */

static bool
ask(struct parse *p, const struct opt *o)
{
	const struct opt *before = job(p->c);

	if (before != NULL && before != o)
		return wrong(p, "%s and %s cannot be used together", before->name, o->name);
	p->c->want = o->want;
	return true;
}

/* An empty value is a variable of the caller's script that was not set. */
static bool
value(struct parse *p, const struct opt *o)
{
	if (*optarg == '\0')
		return wrong(p, "%s needs a value", o->name);
	*(const char **)((char *)p->c + o->offset) = optarg;
	return true;
}

static bool
workers(struct parse *p)
{
	const char *why;

	p->c->workers = (unsigned int)strtonum(optarg, 1, MAX_WORKERS, &why);
	return why == NULL || wrong(p, "-w %s: a number from 1 to %d is needed", optarg,
	    MAX_WORKERS);
}

static bool
take(struct parse *p, size_t i)
{
	const struct opt *o = &opts[i];
	bool again = p->given[i];

	p->given[i] = true;
	if (again && o->kind != FLAG && o->kind != JOB && o->kind != CAPTURE)
		return wrong(p, "%s can be given only once", o->name);
	switch (o->kind) {
	case FLAG:
		*(bool *)((char *)p->c + o->offset) = true;
		return true;
	case VALUE:
		return value(p, o);
	case CAPTURE:
		p->c->files[p->c->nfiles++] = optarg;
		return true;
	case WORKERS:
		return workers(p);
	case JOB:
		return ask(p, o);
	case JOB_VALUE:
		return ask(p, o) && value(p, o);
	case HELP:
		p->c->want = o->want;
		return true;
	}
	return true;
}

/* ---- All of them ---- */

/* What is given must be of use for what is asked. */
static bool
fitting(const struct parse *p)
{
	for (size_t i = 0; i < nitems(opts); i++)
		if (p->given[i] && (opts[i].with & useful[p->c->want]) == 0)
			return wrong(p, "%s cannot be used with %s", opts[i].name,
			    job(p->c)->name);
	return true;
}

/* Where the packets come from. */
static bool
capture(const struct parse *p)
{
	const struct conf *c = p->c;
	size_t stdins = 0;

	if (c->nfiles > 0 && c->iface != NULL)
		return wrong(p, "-r and -i cannot be used together");
	if (c->nfiles == 0 && c->iface == NULL && c->want == CONF_RUN)
		return wrong(p, "nothing to read: name a capture with -r"
		    " or an interface with -i");
	for (size_t i = 0; i < c->nfiles; i++)
		stdins += strcmp(c->files[i], "-") == 0;
	if (stdins > 1)
		return wrong(p, "standard input can be read only once");
	if (c->check_secrets && c->secrets == NULL && c->settings == NULL)
		return wrong(p, "--check-secrets needs a secrets file: name it with -S");
	if (c->check_secrets && c->iface != NULL)
		return wrong(p, "--check-secrets works only with a replay (-r)");
	return true;
}

static bool
consistent(const struct parse *p, int argc, char **argv)
{
	const struct conf *c = p->c;

	if (optind < argc)
		return wrong(p, "unexpected '%s': name a capture with -r", argv[optind]);
	if (!fitting(p) || !capture(p))
		return false;
	if ((c->want == CONF_BASELINE_SHOW || c->want == CONF_BASELINE_EXPORT ||
	    c->want == CONF_BASELINE_IMPORT) && c->baseline == NULL && c->settings == NULL)
		return wrong(p, "%s needs a database: name it with --baseline,"
		    " or with -c a configuration that does", job(c)->name);
	return true;
}

/* ---- getopt_long(3) ---- */

static int
letter(const struct opt *o)
{
	return o->name[1] != '-' ? o->name[1] : '\0';
}

static void
make_tables(char shorts[2 * nitems(opts) + 2], struct option longs[nitems(opts) + 1])
{
	*shorts++ = ':';		/* tell a missing value from an unknown option */
	for (size_t i = 0; i < nitems(opts); i++) {
		bool has_value = opts[i].kind == VALUE || opts[i].kind == CAPTURE ||
		    opts[i].kind == WORKERS || opts[i].kind == JOB_VALUE;

		longs[i] = (struct option){ .name = opts[i].word, .has_arg = has_value,
		    .val = LONG_OPTION + (int)i };
		if (letter(&opts[i]) == '\0')
			continue;
		*shorts++ = (char)letter(&opts[i]);
		if (has_value)
			*shorts++ = ':';
	}
	*shorts = '\0';
	longs[nitems(opts)] = (struct option){ .name = NULL };
}

/* The number in opts of what getopt_long() returned; nitems(opts): an error. */
static size_t
find(int got)
{
	size_t i;

	if (got >= LONG_OPTION)
		return (size_t)(got - LONG_OPTION);
	for (i = 0; i < nitems(opts) && letter(&opts[i]) != got; i++)
		;
	return i;
}

bool
conf_parse(struct conf *c, int argc, char **argv, char *err, size_t errlen)
{
	struct parse p = { .c = c, .err = err, .errlen = errlen };
	struct option longs[nitems(opts) + 1];
	char shorts[2 * nitems(opts) + 2];
	int got;

	*c = (struct conf){ .want = CONF_RUN };
	if ((c->files = calloc((size_t)argc + 1, sizeof(*c->files))) == NULL)
		return wrong(&p, "out of memory");
	make_tables(shorts, longs);
	optind = 0;		/* glibc: start afresh */
	while ((got = getopt_long(argc, argv, shorts, longs, NULL)) != -1) {
		if (got == ':')
			return wrong(&p, "%s needs a value", argv[optind - 1]);
		if (find(got) == nitems(opts) && optopt > 0 && optopt < LONG_OPTION)
			return wrong(&p, "unknown option -%c", optopt);
		if (find(got) == nitems(opts))
			return wrong(&p, "unknown option %s", argv[optind - 1]);
		if (!take(&p, find(got)))
			return false;
		if (c->want == CONF_HELP || c->want == CONF_VERSION)
			return true;
	}
	return consistent(&p, argc, argv);
}

void
conf_free(struct conf *c)
{
	free(c->files);
	*c = (struct conf){ .want = CONF_RUN };
}

static const char help[] =
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
"Reports which Windows scheduled tasks are created, changed, run or deleted over\n"
"the network, by whom and with what command line, and how suspicious that is.\n"
"Each record is one line of JSON in the format of Suricata's EVE.\n"
"\n"
"  -r, --read FILE       read a pcap or pcapng file; '-' is standard input.\n"
"                        Several files are read in order, as one capture\n"
"  -i, --interface IFACE watch a network interface until interrupted\n"
"  -c, --config FILE     read a configuration file (YAML): thresholds, weights,\n"
"                        allow list; options of the command line take precedence\n"
"  -o, --output FILE     write records to FILE; '-' is standard output (the default)\n"
"  -S, --secrets FILE    decrypt with the passwords, keytabs and keys in FILE,\n"
"                        which nobody but its owner may be able to read\n"
"      --check-secrets   after a replay, list which session was decrypted with\n"
"                        which secret, and why the others were not\n"
"      --baseline FILE   use FILE, a database of what is usual in this network, and\n"
"                        add what is seen; it is created if it does not exist\n"
"  -w, --workers N       number of worker threads, 1 to 64; only one is used so far\n"
"      --pretty          indent records for people; the default on a terminal\n"
"      --stats           end with a record of counters (live: one every minute too)\n"
"      --anomalies       write a record for malformed or hostile input, too\n"
"      --score FILE      score the lines of FILE instead of traffic: a task's name,\n"
"                        a tab and a command line each; '-' is standard input\n"
"      --rules           list all detection rules with their weights\n"
"      --baseline-show   print the most usual entries of the baseline\n"
"      --baseline-export print the whole baseline as text, for --baseline-import\n"
"      --baseline-import FILE\n"
"                        add an exported baseline; '-' is standard input\n"
"  -T, --test            check the configuration and all files that it and the\n"
"                        options name, and exit\n"
"  -V, --version         print the version\n"
"  -h, --help            print this help\n"
"\n"
"Examples:\n"
"  schedwire -r capture.pcap\n"
"        show what happened in a capture, in readable form\n"
"  schedwire -r mon.pcap -r tue.pcap -o eve.json\n"
"        write the records of two captures to a file, for a SIEM\n"
"  schedwire -r mon.pcap -S lab.secrets --check-secrets\n"
"        decrypt what the secrets allow\n"
"  schedwire -r mon.pcap | jq 'select(.task.action == \"create\").task.actions'\n"
"        show what new tasks execute\n"
"  schedwire -r mon.pcap | jq 'select(.event_type == \"alert\").detection.reasons'\n"
"        show why tasks and commands are suspicious\n"
"  schedwire -T -c schedwire.yaml && schedwire -i eth0 -c schedwire.yaml -o eve.json\n"
"        check a configuration, then watch an interface with it\n"
"\n"
"What is seen: calls to the Task Scheduler's interfaces (ITaskSchedulerService,\n"
"ATSvc, SASec) over SMB pipes and TCP, task files written to shares, commands and\n"
"scripts sent over WinRM, and the tasks that those commands create.\n"
"Traffic encrypted with NTLM, Kerberos, SMB 3 or TLS is decrypted with the secrets of\n"
"-S.  Without them, RPC calls and WinRM sessions are reported with \"visibility\":\n"
"\"sealed\", and traffic inside SMB 3 encryption is not seen at all (the counter\n"
"smb3_sealed of --stats says how many messages that were).\n"
"\n"
"Exit status: 0 success; 1 a file, interface or permission is wrong; 2 wrong usage.\n"
"See schedwire(8) for details.\n";

void
conf_help(FILE *to)
{
	fputs(help, to);
}

void
conf_version(FILE *to)
{
	fprintf(to, "schedwire %s, %s\n", PACKAGE_VERSION,
	    secrets_built_in ? "with secrets" : "built without secrets");
}
