/* kdc.c -- requests to a KDC and its replies, RFC 4120 3.1, 3.3, 7.2. */
#include "auth/kdc.h"

#include <sys/random.h>

#include "base/der.h"
#include "secret/krbmsg.h"
#include "base/hash.h"
#include "base/limits.h"
#include "base/table.h"
#include "secret/secret.h"

#define KDC_PORT	88
#define RECORD_MARK	4	/* 7.2.2: bytes of the length before a message over TCP */
#define HEAD		(RECORD_MARK + 6)	/* and those of the longest DER tag and length */

enum {
	AS_REQ = DER_APP(10), AS_REP = DER_APP(11),
	TGS_REQ = DER_APP(12), TGS_REP = DER_APP(13),
	KRB_ERROR = DER_APP(30)
};

/* ---- What is kept from one message to the next ---- */

struct note {
	struct table_entry entry;	/* by the client's port, a salt by the name, and by hosts */
	struct hosts	 hosts;
	uint64_t	 name;		/* of an AS-REQ: a hash of the name it asks for */
	struct tgs_ask	*ask;		/* of a TGS-REQ */
	size_t		 len;
	uint8_t		 salt[];
};

static void
note_clear(struct table *t, void *entry)
{
	struct note *n = entry;

	(void)t;
	tgs_ask_free(n->ask);
}

static const struct table_kind note_kind = {
	.limit = MAX_KDC_NOTES, .counter = STAT_KDC_LIMIT, .clear = note_clear
};

struct kdc {
	struct table	 requests;	/* requests that wait for a reply */
	struct table	 salts;		/* in errors, until the ticket comes */
	uint64_t	 seed;		/* of the hashes of names */
};

static struct note *
note_find(const struct table *t, const struct peers *p, uint64_t key)
{
	return table_find(t, (struct table_key){ key, view_bytes(p->hosts) });
}

static void
note_drop(struct table *t, struct note *n)
{
	if (n != NULL)
		table_drop(t, &n->entry);
}

/* Adds a note, in place of the one with that key.  Returns NULL when the budget
 * is spent. */
static struct note *
note_add(struct table *t, const struct peers *p, uint64_t key, struct view salt)
{
	struct note *n;

	note_drop(t, note_find(t, p, key));
	if ((n = table_add(t, sizeof(*n) + salt.len, view_bytes(p->hosts))) == NULL)
		return NULL;
	n->hosts = p->hosts;
	n->len = salt.len;
	if (salt.len > 0)
		memcpy(n->salt, salt.p, salt.len);
	table_set_key(t, &n->entry, (struct table_key){ key, view_bytes(n->hosts) });
	return n;
}

static void
kdc_init(struct world *w, void *state)
{
	struct kdc *k = state;

	table_init(&k->requests, &note_kind, w->budget, w->stats);
	table_init(&k->salts, &note_kind, w->budget, w->stats);
	if (getrandom(&k->seed, sizeof(k->seed), 0) != sizeof(k->seed))
		k->seed = 0;
}

static void
kdc_clear(void *state)
{
	struct kdc *k = state;

	table_clear(&k->requests);
	table_clear(&k->salts);
}

static const struct world_key kdc_key = { sizeof(struct kdc), kdc_init, kdc_clear };

/* ---- Names ---- */

/* Returns a hash of the cname and the realm that an AS-REQ asks for, 5.4.1. */
static uint64_t
name_of(const struct kdc *k, struct view as_req)
{
	struct view fields = der_find(der_find(as_req, AS_REQ), DER_SEQUENCE);
	struct view body = der_find(der_find(fields, DER_CTX(4)), DER_SEQUENCE);

	return hash_view(hash_view(k->seed ^ HASH_START, der_find(body, DER_CTX(1))),
	    der_find(body, DER_CTX(2)));
}

/* ---- Messages ---- */

/* After an error the client asks again at once, from another port.  The salt
 * in the error, kept by the name in both AS-REQs, helps to open the second
 * reply. */
static void
as_req(struct world *w, struct kdc *k, const struct peers *p, struct view m)
{
	struct note *n = note_add(&k->requests, p, p->cport, (struct view){ NULL, 0 });

	(void)w;
	if (n != NULL)
		n->name = name_of(k, m);
}

static void
as_rep(struct world *w, struct kdc *k, const struct peers *p, struct view m)
{
	struct note *asked = note_find(&k->requests, p, p->cport), *told = NULL;

	if (asked != NULL && asked->ask == NULL)
		told = note_find(&k->salts, p, asked->name);
	kdc_as_rep(w->keyring, m, told != NULL ? (struct view){ told->salt, told->len } :
	    (struct view){ NULL, 0 });
	note_drop(&k->salts, told);
	note_drop(&k->requests, asked);
}

static void
tgs_req(struct world *w, struct kdc *k, const struct peers *p, struct view m)
{
	struct tgs_ask *ask = kdc_tgs_req(w->keyring, m);
	struct note *n;

	if (ask == NULL)
		return;
	n = note_add(&k->requests, p, p->cport, (struct view){ NULL, 0 });
	if (n != NULL)
		n->ask = ask;
	else
		tgs_ask_free(ask);
}

static void
tgs_rep(struct world *w, struct kdc *k, const struct peers *p, struct view m)
{
	struct note *asked = note_find(&k->requests, p, p->cport);

	if (asked == NULL || asked->ask == NULL)
		return;
	kdc_tgs_rep(w->keyring, asked->ask, m);
	note_drop(&k->requests, asked);
}

static void
krb_error(struct world *w, struct kdc *k, const struct peers *p, struct view m)
{
	struct note *asked = note_find(&k->requests, p, p->cport);
	struct view salt = krbmsg_error_salt(m);

	(void)w;
	if (asked != NULL && asked->ask == NULL && salt.len > 0 && salt.len <= MAX_KRB_SALT)
		note_add(&k->salts, p, asked->name, salt);
	note_drop(&k->requests, asked);
}

static const struct {
	uint8_t		 tag;
	enum dir	 dir;
	void		(*read)(struct world *, struct kdc *, const struct peers *, struct view);
} messages[] = {
	{ AS_REQ, C2S, as_req },
	{ AS_REP, S2C, as_rep },
	{ TGS_REQ, C2S, tgs_req },
	{ TGS_REP, S2C, tgs_rep },
	{ KRB_ERROR, S2C, krb_error },
};

/* Reads one whole message, from TCP or UDP. */
static void
message(struct world *w, const struct peers *p, enum dir d, struct view m)
{
	struct kdc *k = world_state(w, &kdc_key);

	if (k == NULL || m.len == 0)
		return;
	for (size_t i = 0; i < nitems(messages); i++)
		if (messages[i].tag == m.p[0] && messages[i].dir == d) {
			stat_add(w->stats, STAT_KDC_MSGS, 1);
			messages[i].read(w, k, p, m);
			return;
		}
}

/* ---- UDP, 7.2.1 ---- */

static void
kdc_datagram(struct world *w, const struct peers *p, enum dir d, struct view have, size_t len)
{
	if (have.len == len)
		message(w, p, d, have);
	else
		stat_add(w->stats, STAT_TORN_PDUS, 1);
}

const struct dgram_ops kdc_dgram = { .port = KDC_PORT, .datagram = kdc_datagram };

/* ---- TCP, 7.2.2 ---- */

/* Without secrets there is nothing to learn here. */
static bool
kdc_claims(struct world *w, const struct peers *p)
{
	return w->keyring != NULL && p->sport == KDC_PORT;
}

static bool
known_tag(uint8_t tag)
{
	for (size_t i = 0; i < nitems(messages); i++)
		if (messages[i].tag == tag)
			return true;
	return false;
}

/* The record mark and the head of the message must agree on its length, which
 * tells a message from other bytes. */
static enum head
kdc_head(void *conn, enum dir d, struct view first, struct extent *e)
{
	struct view mark = view_at(first, 0, RECORD_MARK);
	struct view head = view_at(first, RECORD_MARK, HEAD - RECORD_MARK);
	size_t len;

	(void)conn;
	(void)d;
	if (first.len > 0 && first.p[0] != 0)	/* too long, or an extension of RFC 5021 */
		return HEAD_BAD;
	if (mark.p == NULL || head.p == NULL) {
		e->need = HEAD;
		return HEAD_MORE;
	}
	len = be32dec(mark.p);
	if (len > MAX_KRB_MESSAGE || !known_tag(head.p[0]) || der_size(head) != len)
		return HEAD_BAD;
	e->len = e->keep = RECORD_MARK + len;
	return HEAD_PDU;
}

/* Only its port tells a KDC; the bytes tell whether a message begins here. */
static enum probe_answer
kdc_probe(struct view first)
{
	struct extent e;

	return kdc_head(NULL, C2S, first, &e) == HEAD_BAD ? PROBE_NO : PROBE_MORE;
}

static void
kdc_pdu(void *conn, enum dir d, struct view have, size_t len)
{
	const struct carrier *c = conn;

	if (have.len == len)
		message(c->world, c->peers, d, view_from(have, RECORD_MARK));
}

static size_t
kdc_resync(struct view v)
{
	struct extent e;
	size_t i;

	for (i = 0; i < v.len; i++)
		if (kdc_head(NULL, C2S, view_from(v, i), &e) != HEAD_BAD)
			break;
	return i;
}

/* A request whose reply was lost is kept until its port is used again. */
static void
kdc_gap(void *conn, enum dir d)
{
	(void)conn;
	(void)d;
}

static void *
kdc_conn_new(const struct carrier *from)
{
	struct carrier *c = budget_alloc(from->budget, sizeof(*c));

	if (c != NULL)
		*c = *from;
	return c;
}

const struct proto_ops kdc_proto = {
	.name = "krb5",
	.claims = kdc_claims,
	.probe = kdc_probe,
	.conn_new = kdc_conn_new,
	.head = kdc_head,
	.pdu = kdc_pdu,
	.resync = kdc_resync,
	.gap = kdc_gap,
	.conn_free = budget_free,
};
