/*
 * fuzz-credssp.c -- a logon's legs and bodies as chunks: {u8 what, u16 length,
 * bytes}.  Bit 0 of what: the server speaks; bit 1: the bytes are sealed first,
 * behind the handshake, so that they are what comes out of the session; bit 2:
 * a body, no leg; bit 3: the record is cut in half.
 */
#include "winrm/credssp.h"

#include "fact/fact.h"
#include "unit/ring.h"
#include "wire/tls-make.h"

int	LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static void
put(struct sink *s, struct fact *o)
{
	(void)s;
	fact_free(o);
}

static struct keyring *
ring_new(const struct made *m)
{
	char path[32], text[64];
	struct keyring *ring;

	made_secrets(m, path, text);
	ring = ring_of(text);
	(void)unlink(path);
	return ring;
}

static void
give(struct credssp *c, enum dir d, bool body, struct view v, struct buf *clear)
{
	uint8_t *copy = malloc(v.len + 1);	/* so that its end is seen */

	if (copy == NULL)
		abort();
	if (v.len > 0)
		memcpy(copy + 1, v.p, v.len);
	v.p = copy + 1;
	if (body)
		(void)credssp_unseal(c, d, v, clear);
	else if (d == S2C || !credssp_begins(c, v))
		credssp_token(c, d, v);
	buf_free(clear);
	free(copy);
}

static void
shake(struct credssp *c, struct made *m, struct buf *out)
{
	for (enum dir d = C2S; d <= S2C; d++) {
		made_hello(m, d, out);
		credssp_token(c, d, buf_view(out));
		buf_free(out);
	}
	for (enum dir d = C2S; d <= S2C; d++) {
		made_finish(m, d, out);
		credssp_token(c, d, buf_view(out));
		buf_free(out);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct reader r = rd_open((struct view){ data, len });
	struct stats stats = { 0 };
	struct sink sink = { .put = put };
	struct peers peers = { .sport = 5985 };
	struct buf out, clear;
	struct budget budget;
	struct world world;
	struct credssp *c;
	struct made m;
	struct fact *o;

	budget_init(&budget, NULL, 16u << 20);
	world_init(&world, &budget, &stats, &sink);
	made_init(&m, 1);
	world.keyring = ring_new(&m);
	buf_init(&out, &budget, 1u << 17);
	buf_init(&clear, &budget, 1u << 17);
	if ((c = credssp_new(&world, &budget)) == NULL)
		abort();
	shake(c, &m, &out);
	while (rd_ok(&r) && r.left > 0) {
		uint8_t what = rd_u8(&r);
		size_t n = rd_le16(&r);
		struct view v = rd_view(&r, n < r.left ? n : r.left);
		enum dir d = (what & 1) != 0 ? S2C : C2S;

		if ((what & 2) != 0) {
			made_data(&m, d, view_upto(v, 0, 1u << 14), &out);
			v = buf_view(&out);
		}
		if ((what & 8) != 0)
			v = view_upto(v, 0, v.len / 2);
		give(c, d, (what & 4) != 0, v, &clear);
		buf_free(&out);
	}
	if ((o = fact_new(&budget, FACT_COMMAND, &peers, world.now)) != NULL)
		credssp_auth(c, o);
	fact_free(o);
	credssp_note(c, &peers);
	credssp_free(c);
	world_free(&world);
	keyring_close(world.keyring);
	if (budget.used != 0)
		abort();	/* a leak */
	return 0;
}
