/*
 * toy.h -- a protocol for tests of the engine.  A PDU is "LN", its length (16
 * bits, big-endian), a kind and a number.  Kinds: c and s are a client's and a
 * server's; of C and S only the header is wanted, of k and K nothing.
 * Everything that the dissector is told becomes text in toy.log: "c1" a PDU,
 * "c1-" one that was torn, "c1~" one that was kept in part, "C?" a gap.
 */
#ifndef WIRE_TOY_H
#define WIRE_TOY_H

#include <stdio.h>
#include <stdlib.h>

#include "engine/dissect.h"

#define TOY_HEAD 6

static struct {
	char		 log[1 << 16];
	size_t		 len;
	unsigned int	 conns, freed, heads;
	uint16_t	 port;		/* claimed, if not 0 */
	bool		 refuse;	/* conn_new() has no memory */
	struct peers	 peers;
	bool		 midstream;
} toy;

static void
toy_reset(void)
{
	memset(&toy, 0, sizeof(toy));
}

static void
toy_say(const char *what)
{
	int n = snprintf(toy.log + toy.len, sizeof(toy.log) - toy.len, "%s%s",
	    toy.len > 0 ? " " : "", what);

	if (n > 0 && (size_t)n < sizeof(toy.log) - toy.len)
		toy.len += (size_t)n;
}

static bool
toy_kind(uint8_t kind)
{
	return kind != 0 && strchr("csCSkK", kind) != NULL;
}

static bool
toy_claims(struct world *w, const struct peers *p)
{
	(void)w;
	return toy.port != 0 && p->sport == toy.port;
}

static enum probe_answer
toy_probe(struct view first)
{
	if (first.len < 2)
		return first.len == 0 || first.p[0] == 'L' ? PROBE_MORE : PROBE_NO;
	if (!view_starts(first, "LN", 2))
		return PROBE_NO;
	if (first.len < TOY_HEAD)
		return PROBE_MORE;
	if (!toy_kind(first.p[4]))
		return PROBE_NO;
	return strchr("cCk", first.p[4]) != NULL ? PROBE_CLIENT : PROBE_SERVER;
}

struct toy_conn {
	struct carrier	c;
};

static void *
toy_conn_new(const struct carrier *c)
{
	struct toy_conn *t;

	if (toy.refuse || (t = budget_calloc(c->budget, 1, sizeof(*t))) == NULL)
		return NULL;
	t->c = *c;
	toy.conns++;
	toy.peers = *c->peers;
	toy.midstream = c->midstream;
	return t;
}

static enum head
toy_head(void *conn, enum dir d, struct view first, struct extent *e)
{
	(void)conn;
	(void)d;
	toy.heads++;
	if (first.len < TOY_HEAD) {
		e->need = TOY_HEAD;
		return HEAD_MORE;
	}
	if (!view_starts(first, "LN", 2) || !toy_kind(first.p[4]))
		return HEAD_BAD;
	e->len = be16dec(first.p + 2);
	if (e->len < TOY_HEAD)
		return HEAD_BAD;
	e->keep = strchr("cs", first.p[4]) != NULL ? e->len :
	    strchr("CS", first.p[4]) != NULL ? TOY_HEAD : 0;
	return HEAD_PDU;
}

static void
toy_pdu(void *conn, enum dir d, struct view have, size_t len)
{
	char s[32];
	bool whole = have.len == len;
	struct reader r = rd_open(have);
	uint8_t kind, no;

	(void)conn;
	rd_skip(&r, 4);
	kind = rd_u8(&r);
	no = rd_u8(&r);
	/* What is inside a PDU is its number, over and over. */
	for (struct view v = rd_rest(&r); v.len > 0; v = view_from(v, 1))
		if (v.p[0] != no)
			toy_say("wrong");
	snprintf(s, sizeof(s), "%c%u%s", kind, no, whole ? "" :
	    strchr("CS", kind) != NULL && have.len == TOY_HEAD ? "~" : "-");
	if ((strchr("cCk", kind) != NULL) != (d == C2S))
		toy_say("turned");
	toy_say(s);
}

static size_t
toy_resync(struct view v)
{
	for (size_t i = 0; i < v.len; i++) {
		struct view at = view_from(v, i);

		if (toy_probe(at) != PROBE_NO)
			return i;
	}
	return v.len;
}

static void
toy_gap(void *conn, enum dir d)
{
	(void)conn;
	toy_say(d == C2S ? "C?" : "S?");
}

static void
toy_conn_free(void *conn)
{
	if (conn == NULL)
		return;
	toy.freed++;
	budget_free(conn);
}

static const struct proto_ops toy_ops = {
	.name = "toy", .claims = toy_claims, .probe = toy_probe,
	.conn_new = toy_conn_new, .head = toy_head, .pdu = toy_pdu,
	.resync = toy_resync, .gap = toy_gap, .conn_free = toy_conn_free,
};

/* Append a PDU to p; returns its length. */
static size_t
toy_make(uint8_t *p, char kind, uint8_t no, size_t len)
{
	memcpy(p, "LN", 2);
	be16enc(p + 2, (uint16_t)len);
	p[4] = (uint8_t)kind;
	p[5] = no;
	memset(p + TOY_HEAD, no, len - TOY_HEAD);
	return len;
}

#endif
