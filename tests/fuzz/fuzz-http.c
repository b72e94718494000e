/*
 * fuzz-http.c -- a connection as chunks, behind a byte: bit 0 its beginning was
 * not seen, the rest how much of bodies is wanted.
 */
#include "fuzz/chunks.h"
#include "http/http.h"
#include "base/limits.h"

int	LLVMFuzzerTestOneInput(const uint8_t *, size_t);

struct fuzz_user {
	struct http_want want;
	uint64_t	 sum;
};

static struct http_want fuzz_want;

/* Every byte is looked at, so that a view of bytes that are not there is found. */
static void
look(struct fuzz_user *u, struct view v)
{
	for (size_t i = 0; i < v.len; i++)
		u->sum += v.p[i];
}

static void
look_at(struct fuzz_user *u, const struct http_message *m)
{
	static const char *const names[] = { "Authorization", "Content-Type", "" };
	const char *texts[] = { m->method, m->target, m->host, m->agent };
	struct view v;

	if (m->exchange == 0)
		abort();
	for (size_t i = 0; i < nitems(texts); i++)
		if (texts[i] != NULL)
			look(u, view_str(texts[i]));
	for (size_t i = 0; i < nitems(names); i++)
		for (size_t n = 0; (v = http_field(m, names[i], n)).p != NULL; n++)
			look(u, v);
}

static void *
fuzz_new(const struct carrier *c)
{
	struct fuzz_user *u = budget_calloc(c->budget, 1, sizeof(*u));

	if (u != NULL)
		u->want = fuzz_want;
	return u;
}

static void
fuzz_head(void *conn, const struct http_message *m, struct http_want *want)
{
	struct fuzz_user *u = conn;

	look_at(u, m);
	*want = u->want;
}

static void
fuzz_body(void *conn, const struct http_message *m, const struct http_body *b)
{
	struct fuzz_user *u = conn;

	look_at(u, m);
	look(u, b->first);
	look(u, b->last);
	if (b->torn && (b->missing > 0 || b->last.len > 0))
		abort();
	if (b->first.len > u->want.first + u->want.last || b->last.len > u->want.last)
		abort();
}

static bool
fuzz_bored(void *conn)
{
	(void)conn;
	return false;
}

static const struct http_listener listener = {
	.conn_new = fuzz_new, .head = fuzz_head, .body = fuzz_body, .done = fuzz_bored,
	.conn_free = budget_free };
const struct http_listener *const http_listener = &listener;

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct reader r = rd_open((struct view){ data, len });
	uint8_t kind = rd_u8(&r);
	struct fuzz_world w;

	fuzz_want = (struct http_want){ kind >> 1 & 7, kind >> 4 };
	fuzz_world_init(&w, 5985);
	fuzz_chunks(&w, &http_proto, (kind & 1) != 0, &r);
	fuzz_world_free(&w);
	return 0;
}
