/* wsman.h -- for tests: two connections of WS-Management, and what they tell. */
#ifndef WIRE_WSMAN_H
#define WIRE_WSMAN_H

#include <stdio.h>

#include "unit/facts.h"
#include "wire/soap.h"
#include "winrm/wsman.h"

struct bench {
	struct facts	 f;
	struct budget	 purse;
	struct wsman	*w, *other;	/* two connections of one session */
	int64_t		 status;	/* of the answer at hand */
	uint64_t	 exchange;
};

static inline void
describe(void *arg, struct fact *o)
{
	const struct bench *b = arg;

	fact_str(o, F_APP_PROTO, "http");
	fact_str(o, F_HTTP_URL, "/wsman");
	fact_str(o, F_AUTH_USER, "alice");
	fact_str(o, F_WINRM_ENCRYPTION, "none");
	if (b->status != 0)
		fact_int(o, F_HTTP_STATUS, b->status);
}

static inline struct wsman *
connection(struct bench *b)
{
	return wsman_new(&(struct carrier){ .world = &b->f.world, .budget = &b->purse,
	    .peers = &b->f.peers, .describe = describe, .arg = b });
}

static inline int
setup(void **state)
{
	static struct bench b;

	memset(&b, 0, sizeof(b));
	facts_init(&b.f);
	budget_init(&b.purse, &b.f.budget, MAX_FLOW_MEM);
	b.w = connection(&b);
	b.other = connection(&b);
	*state = &b;
	return b.w == NULL || b.other == NULL;
}

static inline int
teardown(void **state)
{
	struct bench *b = *state;

	wsman_free(b->w);
	wsman_free(b->other);
	facts_free(&b->f);
	return 0;
}

static inline void
say(struct bench *b, struct wsman *w, enum dir dir, uint64_t exchange, const char *text)
{
	b->f.world.now.pkt++;
	b->f.world.now.us += 1000;
	b->status = dir == S2C ? 200 : 0;
	wsman_message(w, dir, exchange, view_str(text), 0, (struct view){ NULL, 0 }, false);
}

/* A request and its answer. */
static inline void
both(struct bench *b, const char *request, const char *response)
{
	say(b, b->w, C2S, ++b->exchange, request);
	say(b, b->w, S2C, b->exchange, response);
}

static inline void
open_shell(struct bench *b)
{
	both(b, CREATE("1", URI_CMD, "<rsp:Shell><rsp:InputStreams>stdin</rsp:InputStreams>"
	    "</rsp:Shell>"), CREATED("1", "S1"));
}

#endif
