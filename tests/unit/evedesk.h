/* evedesk.h -- for tests: a writer of records, and facts to be written. */
#ifndef EVEDESK_H
#define EVEDESK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <arpa/inet.h>
#include <cmocka.h>
#include <jansson.h>

#include "output/eve.h"

struct desk {
	struct budget	 budget;
	struct stats	 stats;
	struct eve	*eve;
	char		 line[MAX_LINE + 1];
	size_t		 len;
	unsigned int	 lines;
	json_t		*records;	/* all of them */
};

static inline void
keep_line(void *arg, const char *line, size_t len)
{
	struct desk *d = arg;

	assert_in_range(len, 1, MAX_LINE);
	assert_int_equal(line[len - 1], '\n');
	assert_null(memchr(line, '\n', len - 1));
	memcpy(d->line, line, len);
	d->line[len] = '\0';
	d->len = len;
	d->lines++;
	json_array_append_new(d->records, json_loadb(line, len, JSON_REJECT_DUPLICATES, NULL));
}

static inline struct desk *
offline_new(bool live)
{
	struct desk *d = calloc(1, sizeof(*d));

	assert_non_null(d);
	budget_init(&d->budget, NULL, 64u << 20);
	d->eve = eve_new(&d->stats, live, keep_line, d);
	assert_non_null(d->eve);
	d->records = json_array();
	return d;
}

static inline void
offline_free(struct desk *d)
{
	assert_int_equal(d->budget.used, 0);
	eve_free(d->eve);
	json_decref(d->records);
	free(d);
}

static inline struct addr
addr(const char *text)
{
	struct addr a = { .v6 = strchr(text, ':') != NULL };

	assert_int_equal(inet_pton(a.v6 ? AF_INET6 : AF_INET, text, a.b), 1);
	return a;
}

static inline struct peers
peers(const char *client, uint16_t cport, const char *server, uint16_t sport)
{
	return (struct peers){ .client = addr(client), .server = addr(server),
	    .cport = cport, .sport = sport, .flow_id = 1234567890 };
}

static inline struct fact *
task(struct desk *d)
{
	const struct peers p = peers("10.1.2.4", 49152, "10.1.2.3", 445);
	struct fact *o = fact_new(&d->budget, FACT_TASK, &p,
	    (struct packet_ref){ 1795360399486457, 41, "atexec.pcap" });

	assert_non_null(o);
	return o;
}

static inline struct fact *
command(struct desk *d)
{
	const struct peers p = peers("10.1.2.4", 49152, "10.1.2.3", 5985);
	struct fact *o = fact_new(&d->budget, FACT_COMMAND, &p,
	    (struct packet_ref){ 1795360399486457, 41, "winrm.pcap" });

	assert_non_null(o);
	fact_str(o, F_ROUTE, "winrm");
	fact_str(o, F_VISIBILITY, "clear");
	return o;
}

static inline void
say(struct desk *d, struct fact *o)
{
	unsigned int before = d->lines;

	eve_fact(d->eve, o);
	fact_free(o);
	assert_int_equal(d->lines, before + 1);
}

/* The record just written; the parser refuses bad UTF-8 and twin keys. */
static inline json_t *
parsed(const struct desk *d)
{
	json_t *j = json_loadb(d->line, d->len, JSON_REJECT_DUPLICATES, NULL);

	assert_non_null(j);
	return j;
}

#endif
