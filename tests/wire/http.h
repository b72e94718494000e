/* http.h -- for tests: an HTTP connection, and a user who writes down what it is told. */
#ifndef WIRE_HTTP_H
#define WIRE_HTTP_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "engine/frame.h"
#include "winrm/winrm.h"
#include "base/limits.h"

/*
 * The user writes down what it is told: "Q1 POST /wsman" a
 * request's head, "A1 200" an answer's, in lower case its body: "q1 hello",
 * "a1 he<3>lo" with three bytes left out, "a1 hel~" a torn one.
 */
static struct {
	char		 log[1 << 16];
	size_t		 len;
	struct http_want want[2];
	unsigned int	 bored_after;	/* bodies; 0: never */
	unsigned int	 bodies, conns, freed;
	const char	*field;		/* all values of it are told with a head */
	bool		 names;		/* host and agent are told with a head */
	bool		 refuse;
} user;

static inline void
note(const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(user.log + user.len, sizeof(user.log) - user.len, fmt, ap);
	va_end(ap);
	assert_true(n >= 0 && (size_t)n < sizeof(user.log) - user.len);
	user.len += (size_t)n;
}

static inline void
note_view(struct view v)
{
	if (v.len > 64)
		note("(%zu)", v.len);
	else
		note("%.*s", (int)v.len, (const char *)v.p);
}

static inline void *
user_new(const struct carrier *c)
{
	assert_non_null(c->budget);
	user.conns++;
	return user.refuse ? NULL : &user;
}

static inline void
user_head(void *conn, const struct http_message *m, struct http_want *want)
{
	struct view v;

	assert_ptr_equal(conn, &user);
	if (m->dir == C2S)
		note("Q%u %s %s", (unsigned int)m->exchange, m->method, m->target);
	else
		note("A%u %u%s%s", (unsigned int)m->exchange, m->status,
		    m->method != NULL ? " to " : "", m->method != NULL ? m->method : "");
	if (user.names)
		note(" %s %s", m->host != NULL ? m->host : "-", m->agent != NULL ? m->agent : "-");
	for (size_t i = 0; user.field != NULL; i++) {
		v = http_field(m, user.field, i);
		if (v.p == NULL)
			break;
		note(" [");
		note_view(v);
		note("]");
	}
	note("\n");
	*want = user.want[m->dir];
}

static inline void
user_body(void *conn, const struct http_message *m, const struct http_body *b)
{
	assert_ptr_equal(conn, &user);
	note("%c%u ", m->dir == C2S ? 'q' : 'a', (unsigned int)m->exchange);
	note_view(b->first);
	if (b->missing > 0)
		note("<%llu>", (unsigned long long)b->missing);
	note_view(b->last);
	note("%s\n", b->torn ? "~" : "");
	if (m->dir == C2S)
		assert_int_equal(m->status, 0);
	user.bodies++;
}

static inline bool
user_bored(void *conn)
{
	assert_ptr_equal(conn, &user);
	return user.bored_after > 0 && user.bodies >= user.bored_after;
}

static inline void
user_free(void *conn)
{
	if (conn != NULL)
		user.freed++;
}

static inline bool
user_claims(uint16_t port, bool tls)
{
	return winrm_listener.claims(port, tls);
}

static const struct http_listener listener = { .claims = user_claims, .conn_new = user_new,
	.head = user_head, .body = user_body, .done = user_bored, .conn_free = user_free };
const struct http_listener *const http_listener = &listener;

/* ---- A connection ---- */

static struct {
	struct budget	 all, b;
	struct stats	 stats;
	struct world	 w;
	struct peers	 peers;
	struct framer	 f[2];
	void		*conn;
} rig;

static inline void
up_of(size_t limit, bool midstream)
{
	struct carrier c = { .world = &rig.w, .budget = &rig.b, .peers = &rig.peers,
	    .midstream = midstream };

	user.len = user.bodies = user.conns = user.freed = 0;
	user.log[0] = '\0';
	memset(&rig, 0, sizeof(rig));
	budget_init(&rig.all, NULL, MAX_MEMORY);
	budget_init(&rig.b, &rig.all, limit);
	world_init(&rig.w, &rig.all, &rig.stats, NULL);
	rig.conn = http_proto.conn_new(&c);
	assert_non_null(rig.conn);
	for (int d = C2S; d <= S2C; d++)
		frame_init(&rig.f[d], &http_proto, rig.conn, &rig.w, &rig.b, (enum dir)d,
		    midstream);
}

static inline void
up(void)
{
	up_of(MAX_FLOW_MEM, false);
}

/* Bytes on a heap of their own, so that ASan sees their edge. */
static inline void
say_bytes(enum dir d, const void *p, size_t n)
{
	uint8_t *cut;

	if (n == 0)
		return;
	cut = malloc(n);
	memcpy(cut, p, n);
	frame_push(&rig.f[d], (struct view){ cut, n });
	free(cut);
}

static inline void
say(enum dir d, const char *text)
{
	say_bytes(d, text, strlen(text));
}

static inline void
lose(enum dir d, uint64_t n)
{
	frame_gap(&rig.f[d], n);
}

static inline void
finish(void)
{
	for (int d = C2S; d <= S2C; d++) {
		frame_end(&rig.f[d]);
		frame_free(&rig.f[d]);
	}
	http_proto.conn_free(rig.conn);
	assert_int_equal(user.freed, user.refuse ? 0 : user.conns);
	assert_int_equal(rig.all.used, 0);
}

static inline void
down(const char *want)
{
	finish();
	assert_string_equal(user.log, want);
}

static inline int
setup(void **state)
{
	(void)state;
	memset(&user, 0, sizeof(user));
	user.want[C2S] = user.want[S2C] = (struct http_want){ 1 << 16, 0 };
	return 0;
}

#define POST(more, body) "POST /wsman HTTP/1.1\r\nHost: h\r\n" more "\r\n" body
#define OK(more, body) "HTTP/1.1 200 OK\r\n" more "\r\n" body
#define LEN(n) "Content-Length: " #n "\r\n"
#define CHUNKED "Transfer-Encoding: chunked\r\n"

#endif
