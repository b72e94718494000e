/* tls.c -- TLS over TCP, and the HTTP inside it, RFC 5246 6.2, RFC 8446 5.1. */
#include "http/tls.h"

#include "engine/ledger.h"
#include "engine/proto-conn.h"
#include "fact/fact.h"
#include "http/http.h"
#include "http/tls-session.h"
#include "secret/secret.h"

struct tls_conn {
	struct carrier	 c;
	struct tls_session *session;
	struct proto_conn *inner;	/* HTTP; NULL: nothing was opened yet */
	bool		 missed;	/* records may be missing */
	bool		 over;		/* nothing more of it is of interest */
	struct packet_ref last;		/* the packet of the latest record */
};

/* Does the port tell that HTTP of interest is inside? */
static bool
is_claimed(const struct carrier *c)
{
	return http_listener->claims(c->peers->sport, true);
}

/* ---- What is inside ---- */

static void
tls_describe(void *arg, struct fact *o)
{
	const struct tls_conn *c = arg;

	if (c->c.describe != NULL)
		c->c.describe(c->c.arg, o);
	fact_str(o, F_APP_PROTO, http_proto.name);
}

static struct proto_conn *
inner_new(struct tls_conn *c)
{
	struct carrier in = c->c;

	in.tls = true;
	in.midstream = c->missed;
	in.describe = tls_describe;
	in.arg = c;
	return proto_conn_new(&http_proto, &in, (bool[2]){ c->missed, c->missed });
}

static void
inner_push(void *arg, enum dir d, struct view v)
{
	struct tls_conn *c = arg;

	if (c->inner == NULL && (c->inner = inner_new(c)) == NULL) {
		c->over = true;
		return;
	}
	proto_conn_data(c->inner, d, v);
	c->over = proto_conn_over(c->inner);
}

static void
inner_gap(void *arg, enum dir d)
{
	struct tls_conn *c = arg;

	proto_conn_gap(c->inner, d, UINT64_MAX);
}

/* ---- Reports ---- */

static void
report(const struct tls_conn *c)
{
	bool opened = tls_session_opened(c->session);
	bool given = is_claimed(&c->c) && tls_session_carried(c->session);

	if (opened || given)
		ledger_note(c->c.world->ledger, c->c.peers, "tls", NULL, opened,
		    tls_session_reason(c->session));
	if (given && !opened)
		http_listener->sealed(&c->c, c->last);
}

/* ---- The connection ---- */

/* Only a claimed port tells what is inside.  Elsewhere TLS must be opened to
 * know, which takes a key log. */
static bool
tls_claims(struct world *w, const struct peers *p)
{
	(void)w;
	return http_listener->claims(p->sport, true);
}

static void *
tls_conn_new(const struct carrier *carrier)
{
	struct tls_conn *c;

	if (!is_claimed(carrier) && !tls_has_log(carrier->world->keyring))
		return NULL;		/* it cannot be opened, and nobody claims it */
	if ((c = budget_calloc(carrier->budget, 1, sizeof(*c))) == NULL)
		return NULL;
	c->c = *carrier;
	c->missed = carrier->midstream;
	c->session = tls_session_new(carrier->world, carrier->budget,
	    &(struct tls_listener){ .data = inner_push, .gap = inner_gap, .arg = c });
	if (c->session == NULL) {
		budget_free(c);
		return NULL;
	}
	return c;
}

/* Reports what the connection was, and frees all but the struct itself. */
static void
end(struct tls_conn *c)
{
	proto_conn_end(c->inner);
	proto_conn_free(c->inner);
	c->inner = NULL;
	report(c);
	tls_session_free(c->session);
	c->session = NULL;
	c->over = true;
}

static enum head
tls_head(void *conn, enum dir d, struct view first, struct extent *e)
{
	struct tls_conn *c = conn;

	if (c->over)
		return HEAD_LEAVE;
	if (!tls_plausible(first))
		return HEAD_BAD;
	e->need = TLS_HEADER;
	if (first.len < TLS_HEADER)
		return HEAD_MORE;
	e->len = tls_record_len(first);
	e->keep = TLS_HEADER;
	switch (tls_session_need(c->session, d, first.p[0])) {
	case TLS_NONE:
		if (is_claimed(&c->c))
			break;
		end(c);
		return HEAD_LEAVE;
	case TLS_HEAD:
		break;
	case TLS_ALL:
		e->keep = e->len;
		break;
	}
	return HEAD_PDU;
}

static void
tls_pdu(void *conn, enum dir d, struct view have, size_t len)
{
	struct tls_conn *c = conn;

	if (c->over || have.len < TLS_HEADER)
		return;
	c->last = c->c.world->now;
	tls_session_record(c->session, d, have, len);
	if (c->over)
		end(c);
}

/* The next record must begin like one, too, if it is there. */
static size_t
tls_resync(struct view v)
{
	struct view at;
	size_t len;

	for (size_t i = 0; i < v.len; i++) {
		at = view_from(v, i);
		len = tls_record_len(at);
		if (tls_plausible(at) && (len == 0 || tls_plausible(view_from(at, len))))
			return i;
	}
	return v.len;
}

static void
tls_gap(void *conn, enum dir d)
{
	struct tls_conn *c = conn;

	if (c->over)
		return;
	c->missed = true;
	tls_session_gap(c->session, d);
}

static void
tls_conn_free(void *conn)
{
	struct tls_conn *c = conn;

	if (c == NULL)
		return;
	if (c->session != NULL)
		end(c);
	budget_free(c);
}

const struct proto_ops tls_proto = {
	.name = "tls",
	.claims = tls_claims,
	.probe = tls_hello,
	.conn_new = tls_conn_new,
	.head = tls_head,
	.pdu = tls_pdu,
	.resync = tls_resync,
	.gap = tls_gap,
	.conn_free = tls_conn_free,
};
