/*
 * fuzz_http.c -- a connection's bytes as chunks: {u8 what, u16 length, bytes}.
 * Bit 0 of what: the server speaks; bit 1: that many bytes are lost.  Before
 * them a byte: bit 0 the beginning was not seen; the rest how much of bodies
 * is wanted.
 */
#include <stdlib.h>

#include "frame.h"
#include "http.h"
#include "limits.h"

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

const struct http_user winrm_user = { fuzz_new, fuzz_head, fuzz_body, fuzz_bored, budget_free };

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct reader r = rd_open((struct view){ data, len });
	uint8_t kind = rd_u8(&r);
	struct stats stats = { 0 };
	struct peers peers = { .sport = 5985 };
	struct budget budget;
	struct world world;
	struct carrier carrier = { .world = &world, .budget = &budget, .peers = &peers,
	    .midstream = (kind & 1) != 0 };
	struct framer f[2];
	void *conn;

	fuzz_want = (struct http_want){ kind >> 1 & 7, kind >> 4 };
	budget_init(&budget, NULL, 1u << 20);
	world_init(&world, &budget, &stats, NULL);
	if ((conn = http_proto.conn_new(&carrier)) == NULL)
		abort();
	for (int d = C2S; d <= S2C; d++)
		frame_init(&f[d], &http_proto, conn, &world, &budget, (enum dir)d,
		    carrier.midstream);
	while (rd_ok(&r) && r.left > 0) {
		uint8_t what = rd_u8(&r);
		size_t n = rd_le16(&r);
		struct view v = (what & 2) == 0 ? rd_view(&r, n < r.left ? n : r.left) :
		    (struct view){ NULL, 0 };
		uint8_t *copy = malloc(v.len + 1);	/* so that its end is seen */

		if (copy == NULL)
			break;
		if (v.len > 0)
			memcpy(copy + 1, v.p, v.len);
		v.p = copy + 1;
		if ((what & 2) != 0)
			frame_gap(&f[what & 1], n);
		else
			frame_push(&f[what & 1], v);
		free(copy);
	}
	for (int d = C2S; d <= S2C; d++) {
		frame_end(&f[d]);
		frame_free(&f[d]);
	}
	http_proto.conn_free(conn);
	world_free(&world);
	if (budget.used != 0)
		abort();	/* a leak */
	return 0;
}
