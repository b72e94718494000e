/* fuzz-winrm.c -- messages of one connection.  Before each: a byte (1 an answer,
 * 2 torn; 4 … 64 a Content-Type; 128 not all of the body), the length of an
 * Authorization field in two and of the body in two, then both. */
#include <stdlib.h>
#include <strings.h>

#include "winrm/winrm.h"
#include "fact/fact.h"

int	LLVMFuzzerTestOneInput(const uint8_t *, size_t);

struct fields {
	const char	*type;
	struct view	 credentials;
};

struct view
http_field(const struct http_message *m, const char *name, size_t nth)
{
	const struct fields *f = m->fields;

	if (nth > 0)
		return (struct view){ NULL, 0 };
	if (strcasecmp(name, "Content-Type") == 0)
		return f->type != NULL ? view_str(f->type) : (struct view){ NULL, 0 };
	return f->credentials;
}

static void
put(struct sink *s, struct fact *o)
{
	(void)s;
	fact_free(o);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static const char *const types[] = {
		NULL, "application/soap+xml;charset=UTF-8", "text/html",
		"multipart/encrypted;protocol=\"application/HTTP-SPNEGO-session-encrypted\"",
		"multipart/encrypted;protocol=\"application/HTTP-Kerberos-session-encrypted\"",
		"multipart/x-multi-encrypted;protocol=\"application/HTTP-CredSSP-session-encrypted\"",
	};
	struct reader r = rd_open((struct view){ data, len });
	struct sink sink = { put };
	struct stats stats = { 0 };
	struct peers peers = { .sport = 5985 };
	struct budget budget, purse;
	struct world world;
	struct carrier carrier = { .world = &world, .budget = &purse, .peers = &peers };
	struct http_message m = { .method = "POST", .target = "/wsman" };
	void *w;

	budget_init(&budget, NULL, MAX_MEMORY);
	budget_init(&purse, &budget, MAX_FLOW_MEM);
	world_init(&world, &budget, &stats, &sink);
	world.now.us = 1;
	if ((w = winrm_listener.conn_new(&carrier)) == NULL)
		abort();
	while (r.left > 0 && rd_ok(&r)) {
		uint8_t how = rd_u8(&r);
		size_t n = rd_be16(&r), body = rd_be16(&r);
		struct fields f = { types[(how >> 2 & 31) % nitems(types)], { NULL, 0 } };
		struct http_want want;
		struct http_body b = { .torn = how & 2, .missing = how & 128 ? 1000 : 0 };

		f.credentials = rd_view(&r, n < r.left ? n : r.left);
		b.first = rd_view(&r, body < r.left ? body : r.left);
		m.dir = how & 1 ? S2C : C2S;
		m.exchange += m.dir == C2S;
		m.status = how & 1 ? 200 : 0;
		m.fields = &f;
		winrm_listener.head(w, &m, &want);
		winrm_listener.body(w, &m, &b);
		(void)winrm_listener.done(w);
	}
	winrm_listener.conn_free(w);
	world_free(&world);
	if (budget.used != 0)
		abort();	/* a leak */
	return 0;
}
