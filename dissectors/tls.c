/* dissectors/tls.c -- TLS records and hellos, RFC 5246 6.2, 7.4.1, RFC 8446 4.1, 5.1. */
#include "frame.h"
#include "http.h"
#include "ledger.h"
#include "limits.h"
#include "obs.h"
#include "secret.h"
#include "table.h"

#define WINRM_PORT	5986
#define HEADER		5		/* of a record: type, version, length */
#define MAX_BODY	((1u << 14) + 2048)	/* RFC 5246 6.2.3; 1.3 allows less */
#define HELLO_HEAD	4		/* of a handshake message: type, length */
#define RANDOM		32
#define ALERT_13	(HEADER + 2 + 1 + 16)	/* a sealed alert without padding */

enum { TLS_1_2 = 0x0303, TLS_1_3 = 0x0304 };
enum { CHANGE_CIPHER_SPEC = 20, ALERT, HANDSHAKE, APPLICATION_DATA, HEARTBEAT };
enum { CLIENT_HELLO = 1, SERVER_HELLO = 2 };
enum { ENCRYPT_THEN_MAC = 22, SUPPORTED_VERSIONS = 43 };

/* RFC 8446 4.1.3: with this random a ServerHello is a HelloRetryRequest. */
static const uint8_t retry_random[RANDOM] = {
	0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91,
	0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb, 0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c,
};

/* What is inside. */
struct inner {
	void		*conn;
	struct framer	 in[2];		/* by direction */
};

struct tls_conn {
	struct carrier	 c;

	/* The newest handshake; in 1.2 there may be more than one. */
	struct buf	 hello[2];	/* as much of a side's as there is */
	bool		 heard[2];
	uint8_t		 random[2][RANDOM];
	uint16_t	 version;	/* that the server chose; 0: not heard */
	uint16_t	 suite;
	bool		 etm;
	bool		 changed[2];	/* ChangeCipherSpec was seen */
	uint64_t	 passed[2];	/* sealed records since, with nothing to open them */
	bool		 foreign;	/* it chose what cannot be opened */
	struct tls	*next;		/* its keys */
	unsigned int	 waits;		/* a key log may be late by so many records */

	struct tls	*now[2];	/* what opens a side's records; NULL: nothing */
	bool		 sealed[2];	/* 1.2: they are not in the clear any more */
	struct inner	*inner;
	bool		 missed;	/* records may be missing */
	bool		 over;		/* nothing more is wanted */

	uint64_t	 asked;		/* the client's records of application data */
	bool		 carried;	/* application data */
	bool		 opened;	/* some of it */
	struct moment	 last;		/* of the latest record */
};

static bool
is_winrm(const struct tls_conn *c)
{
	return c->c.peers->sport == WINRM_PORT;
}

/* ---- What is inside ---- */

static void
tls_describe(void *arg, struct obs *o)
{
	const struct tls_conn *c = arg;

	if (c->c.describe != NULL)
		c->c.describe(c->c.arg, o);
	obs_str(o, F_APP_PROTO, http_proto.name);
}

static void
inner_free(struct inner *i)
{
	if (i == NULL)
		return;
	for (enum dir d = C2S; d <= S2C; d++) {
		frame_end(&i->in[d]);
		frame_free(&i->in[d]);
	}
	http_proto.conn_free(i->conn);
	budget_free(i);
}

static struct inner *
inner_new(struct tls_conn *c)
{
	struct carrier in = c->c;
	struct inner *i = budget_calloc(c->c.budget, 1, sizeof(*i));

	if (i == NULL)
		return NULL;
	in.tls = true;
	in.midstream = c->missed;
	in.describe = tls_describe;
	in.arg = c;
	if ((i->conn = http_proto.conn_new(&in)) == NULL) {
		budget_free(i);
		return NULL;
	}
	for (enum dir d = C2S; d <= S2C; d++)
		frame_init(&i->in[d], &http_proto, i->conn, c->c.world, c->c.budget, d, c->missed);
	return i;
}

static void
inner_push(struct tls_conn *c, enum dir d, struct view v)
{
	const struct framer *f;

	c->opened = true;
	if (c->inner == NULL && (c->inner = inner_new(c)) == NULL) {
		c->over = true;
		return;
	}
	f = c->inner->in;
	frame_push(&c->inner->in[d], v);
	c->over = f[d].left || (frame_hopeless(&f[C2S]) && frame_hopeless(&f[S2C]));
}

/* How much is missing is not known: a sealed record does not tell its padding. */
static void
inner_gap(struct tls_conn *c, enum dir d)
{
	struct framer *f;

	if (c->inner == NULL)
		return;
	f = &c->inner->in[d];
	frame_end(f);
	frame_free(f);
	frame_init(f, &http_proto, c->inner->conn, c->c.world, c->c.budget, d, true);
	http_proto.gap(c->inner->conn, d);
}

/* ---- Keys ---- */

/* A later handshake's keys may still be in use for one side only. */
static void
drop(const struct tls_conn *c, struct tls *t)
{
	if (t != c->next && t != c->now[C2S] && t != c->now[S2C])
		tls_free(t);
}

static void
forget(struct tls_conn *c, struct tls **keys)
{
	struct tls *t = *keys;

	*keys = NULL;
	drop(c, t);
}

/* From here on that side seals with the keys of the newest handshake. */
static void
take_keys(struct tls_conn *c, enum dir d)
{
	struct tls *old = c->now[d];

	if (c->next != NULL) {
		tls_change_cipher(c->next, d);
		tls_skip(c->next, d, c->version == TLS_1_2 ? c->passed[d] : 0);
	}
	c->now[d] = c->next;
	drop(c, old);
}

/* Both hellos were heard, and there are secrets. */
static void
agree(struct tls_conn *c)
{
	c->foreign = !tls_server_hello(c->next, c->version, c->suite, c->random[S2C], c->etm);
	if (c->foreign) {
		c->waits = 0;
		forget(c, &c->next);
		return;
	}
	for (enum dir d = C2S; d <= S2C; d++)
		if (c->version == TLS_1_3 || c->changed[d])
			take_keys(c, d);
}

/* Programs write a session's secrets when they have them, and we are fast. */
static void
find_keys(struct tls_conn *c)
{
	if (c->next != NULL || !c->heard[C2S])
		return;
	c->next = tls_new(c->c.world->keyring, c->random[C2S]);
	if (c->next != NULL && c->heard[S2C])
		agree(c);
}

static void
change_cipher(struct tls_conn *c, enum dir d)
{
	/* In 1.3 it says nothing, and may come before the ServerHello (D.4). */
	if (c->version == TLS_1_3 || (d == S2C && !c->heard[S2C]))
		return;
	c->sealed[d] = c->changed[d] = true;
	c->passed[d] = 0;
	if (c->heard[S2C])
		take_keys(c, d);
}

/* ---- Hellos ---- */

static void
client_hello(struct tls_conn *c, struct view body)
{
	struct reader r = rd_open(body);
	struct view random;

	rd_skip(&r, 2);
	random = rd_view(&r, RANDOM);
	if (!rd_ok(&r))
		return;
	if (c->heard[C2S]) {
		/* A renegotiation: till ChangeCipherSpec it goes under the old keys. */
		forget(c, &c->next);
		c->heard[S2C] = c->changed[C2S] = c->changed[S2C] = false;
		c->waits = MAX_TLS_WAIT;
	}
	c->heard[C2S] = true;
	memcpy(c->random[C2S], random.p, RANDOM);
	find_keys(c);
}

static void
server_extension(struct tls_conn *c, uint16_t type, struct view v)
{
	if (type == ENCRYPT_THEN_MAC)
		c->etm = true;
	else if (type == SUPPORTED_VERSIONS && v.len == 2)
		c->version = be16dec(v.p);
}

static void
server_hello(struct tls_conn *c, struct view body)
{
	struct reader r = rd_open(body), ext;
	uint16_t version = rd_be16(&r), type;
	struct view random = rd_view(&r, RANDOM);
	uint8_t compression;

	rd_skip(&r, rd_u8(&r));
	c->suite = rd_be16(&r);
	compression = rd_u8(&r);
	if (!rd_ok(&r) || memcmp(random.p, retry_random, RANDOM) == 0)
		return;
	c->heard[S2C] = true;
	memcpy(c->random[S2C], random.p, RANDOM);
	c->etm = false;
	c->version = version;
	ext = rd_open(rd_view(&r, rd_be16(&r)));
	while (ext.left > 0 && rd_ok(&ext)) {
		type = rd_be16(&ext);
		server_extension(c, type, rd_view(&ext, rd_be16(&ext)));
	}
	if (compression != 0)
		c->suite = 0;		/* RFC 3749: we do not, and nobody does since 2012 */
	if (c->next != NULL)
		agree(c);
	else
		find_keys(c);
}

/* Does the next message of that side matter? */
static bool
hello_awaited(const struct tls_conn *c, enum dir d)
{
	if (c->hello[d].len > 0 || !c->heard[d])
		return true;
	return d == C2S && c->version == TLS_1_2 && c->heard[S2C] && c->sealed[C2S];
}

/* How many bytes more it takes; 0: it is whole. */
static size_t
hello_lacks(const struct buf *b)
{
	size_t whole = HELLO_HEAD;

	if (b->len >= HELLO_HEAD)
		whole += be32dec(b->p) & 0xffffff;
	return whole - b->len;
}

/* The bytes of a handshake record.  A hello may take several, and begins one. */
static void
hello_add(struct tls_conn *c, enum dir d, struct view v)
{
	const uint8_t type = d == C2S ? CLIENT_HELLO : SERVER_HELLO;
	struct buf *b = &c->hello[d];
	struct view more;

	if (!hello_awaited(c, d) || (b->len == 0 && !view_starts(v, &type, 1)))
		return;
	while (v.len > 0 && hello_lacks(b) > 0) {
		more = view_upto(v, 0, hello_lacks(b));
		if (!buf_add(b, more)) {
			stat_add(c->c.world->stats, STAT_TLS_LIMIT, 1);
			buf_free(b);
			return;
		}
		v = view_from(v, more.len);
	}
	if (hello_lacks(b) > 0)
		return;
	more = view_from(buf_view(b), HELLO_HEAD);
	if (d == C2S)
		client_hello(c, more);
	else
		server_hello(c, more);
	buf_free(b);
}

/* ---- Sealed records ---- */

/* Application data never goes in the clear; in 1.3 all that is sealed says
 * that it is application data. */
static bool
is_sealed(const struct tls_conn *c, enum dir d, uint8_t type)
{
	return type == APPLICATION_DATA || (c->version != TLS_1_3 && c->sealed[d]);
}

/* In 1.3 the client's first record is its Finished, and short ones are alerts. */
static void
carry(struct tls_conn *c, enum dir d, size_t len)
{
	if (c->version != TLS_1_3)
		c->carried = true;
	else if (d == C2S)
		c->carried |= c->asked++ > 0 && len > ALERT_13;
}

static void
opened(struct tls_conn *c, enum dir d, uint8_t type, struct view v)
{
	stat_add(c->c.world->stats, STAT_TLS_OPENED, 1);
	if (type == APPLICATION_DATA)
		inner_push(c, d, v);
	else if (c->version == TLS_1_2 && type == CHANGE_CIPHER_SPEC)
		change_cipher(c, d);
	else if (c->version == TLS_1_2 && type == HANDSHAKE)
		hello_add(c, d, v);
}

static void
unseal(struct tls_conn *c, enum dir d, struct view record)
{
	uint8_t *out = budget_alloc(c->c.budget, record.len), type;
	enum unseal got = UNSEAL_LOST;
	size_t len;

	if (out == NULL) {
		stat_add(c->c.world->stats, STAT_TLS_LIMIT, 1);
		tls_skip(c->now[d], d, 1);
	} else {
		got = tls_unseal(c->now[d], d, record, out, &len, &type);
	}
	if (got == UNSEAL_OK) {
		opened(c, d, type, (struct view){ out, len });
	} else {
		stat_add(c->c.world->stats, got == UNSEAL_BAD ? STAT_UNSEAL_BAD :
		    STAT_UNSEAL_LOST, 1);
		inner_gap(c, d);
	}
	budget_free(out);
}

static void
sealed_record(struct tls_conn *c, enum dir d, struct view have, size_t len)
{
	if (have.p[0] == APPLICATION_DATA) {
		carry(c, d, len);
		if (!c->sealed[d])
			change_cipher(c, d);	/* what said so was not captured */
	}
	if (c->now[d] == NULL) {
		c->passed[d]++;
	} else if (have.len < len) {
		tls_skip(c->now[d], d, 1);
		inner_gap(c, d);
	} else {
		unseal(c, d, have);
	}
}

/* ---- What is told ---- */

/* TLS on WinRM's port: commands were given, and nobody here can say which. */
static void
tell_sealed(const struct tls_conn *c)
{
	struct obs *o = obs_new(c->c.world->budget, OBS_COMMAND, c->c.peers, c->last);

	obs_str(o, F_CMD_ROUTE, "winrm");
	obs_str(o, F_CMD_VISIBILITY, "sealed");
	obs_str(o, F_CMD_OUTCOME, "unknown");
	obs_str(o, F_WINRM_ENCRYPTION, "tls");
	if (c->c.describe != NULL)
		c->c.describe(c->c.arg, o);
	obs_str(o, F_APP_PROTO, http_proto.name);
	c->c.world->sink->put(c->c.world->sink, o);
}

static const char *
reason(const struct tls_conn *c)
{
	const struct tls *t = c->next != NULL ? c->next :
	    c->now[C2S] != NULL ? c->now[C2S] : c->now[S2C];

	if (t != NULL)
		return tls_reason(t);
	if (!tls_has_log(c->c.world->keyring))
		return "no key log";
	if (c->foreign)
		return "TLS version or cipher suite not supported";
	return c->heard[C2S] ? "key log lacks this session" : "logon not captured";
}

static void
tell(const struct tls_conn *c)
{
	if (c->opened || (is_winrm(c) && c->carried))
		ledger_note(c->c.world->ledger, c->c.peers, "tls", NULL, c->opened, reason(c));
	if (is_winrm(c) && c->carried && !c->opened)
		tell_sealed(c);
}

/* ---- proto_ops ---- */

/* Only WinRM's port says what is inside; elsewhere TLS must be opened to know,
 * and without a key log nobody looks. */
static bool
tls_claims(struct world *w, const struct peers *p)
{
	(void)w;
	return p->sport == WINRM_PORT;
}

/* Do these bytes begin a record?  As many as there are. */
static bool
plausible(struct view v)
{
	return (v.len < 1 || (v.p[0] >= CHANGE_CIPHER_SPEC && v.p[0] <= HEARTBEAT)) &&
	    (v.len < 2 || v.p[1] == 3) && (v.len < 3 || v.p[2] <= 4) &&
	    (v.len < HEADER || (be16dec(v.p + 3) > 0 && be16dec(v.p + 3) <= MAX_BODY));
}

static enum probe
tls_probe(struct view first)
{
	if (!plausible(first) || (first.len > 0 && first.p[0] != HANDSHAKE))
		return PROBE_NO;
	if (first.len <= HEADER)
		return PROBE_MORE;
	/* A hello, whose length has three bytes, of which the first is zero. */
	if (first.len > HEADER + 1 && be16dec(first.p + 3) > 1 && first.p[HEADER + 1] != 0)
		return PROBE_NO;
	return first.p[HEADER] == CLIENT_HELLO ? PROBE_CLIENT :
	    first.p[HEADER] == SERVER_HELLO ? PROBE_SERVER : PROBE_NO;
}

static void *
tls_conn_new(const struct carrier *carrier)
{
	bool log = tls_has_log(carrier->world->keyring);
	struct tls_conn *c;

	if (carrier->peers->sport != WINRM_PORT && !log)
		return NULL;		/* nobody wants it */
	if ((c = budget_calloc(carrier->budget, 1, sizeof(*c))) == NULL)
		return NULL;
	c->c = *carrier;
	c->missed = carrier->midstream;
	c->waits = log ? MAX_TLS_WAIT : 0;
	for (enum dir d = C2S; d <= S2C; d++)
		buf_init(&c->hello[d], carrier->budget, MAX_TLS_HELLO);
	return c;
}

/* Tell what is to be told, and keep no more than the fact that it is over. */
static void
end(struct tls_conn *c)
{
	inner_free(c->inner);
	c->inner = NULL;
	tell(c);
	for (enum dir d = C2S; d <= S2C; d++)
		buf_free(&c->hello[d]);
	forget(c, &c->next);
	forget(c, &c->now[C2S]);
	forget(c, &c->now[S2C]);
	c->over = true;
}

static bool
has_keys(const struct tls_conn *c, enum dir d)
{
	return c->next != NULL || c->now[d] != NULL;
}

/* Of a sealed record: is it, or anything after it, wanted? */
static bool
wanted(struct tls_conn *c, enum dir d)
{
	if (!has_keys(c, d) && c->waits > 0) {
		c->waits--;
		find_keys(c);
	}
	return has_keys(c, d) || has_keys(c, !d) || c->waits > 0 || is_winrm(c);
}

static enum head
tls_head(void *conn, enum dir d, struct view first, struct extent *e)
{
	struct tls_conn *c = conn;

	if (c->over)
		return HEAD_LEAVE;
	if (!plausible(first))
		return HEAD_BAD;
	e->need = HEADER;
	if (first.len < HEADER)
		return HEAD_MORE;
	e->len = HEADER + be16dec(first.p + 3);
	e->keep = HEADER;
	if (!is_sealed(c, d, first.p[0])) {
		if (first.p[0] == HANDSHAKE && hello_awaited(c, d))
			e->keep = e->len;
	} else if (!wanted(c, d)) {
		end(c);
		return HEAD_LEAVE;
	} else if (has_keys(c, d)) {
		e->keep = e->len;
	}
	return HEAD_PDU;
}

static void
tls_pdu(void *conn, enum dir d, struct view have, size_t len)
{
	struct tls_conn *c = conn;

	if (c->over || have.len < HEADER)
		return;
	c->last = c->c.world->now;
	if (is_sealed(c, d, have.p[0])) {
		sealed_record(c, d, have, len);
	} else if (have.p[0] == CHANGE_CIPHER_SPEC) {
		change_cipher(c, d);
	} else if (have.p[0] == HANDSHAKE) {
		if (have.len == len)
			hello_add(c, d, view_from(have, HEADER));
		else
			buf_free(&c->hello[d]);
	}
	if (c->over)
		end(c);
}

/* The record behind must look like one, too, where it can be seen. */
static size_t
tls_resync(struct view v)
{
	struct view at;

	for (size_t i = 0; i < v.len; i++) {
		at = view_from(v, i);
		if (plausible(at) && (at.len < HEADER ||
		    plausible(view_from(at, HEADER + be16dec(at.p + 3)))))
			return i;
	}
	return v.len;
}

static void
tls_gap(void *conn, enum dir d)
{
	struct tls_conn *c = conn;

	c->missed = true;
	buf_free(&c->hello[d]);
	inner_gap(c, d);
}

static void
tls_conn_free(void *conn)
{
	struct tls_conn *c = conn;

	if (c == NULL)
		return;
	if (!c->over)
		end(c);
	budget_free(c);
}

const struct proto_ops tls_proto = {
	.name = "tls",
	.claims = tls_claims,
	.probe = tls_probe,
	.conn_new = tls_conn_new,
	.head = tls_head,
	.pdu = tls_pdu,
	.resync = tls_resync,
	.gap = tls_gap,
	.conn_free = tls_conn_free,
};
