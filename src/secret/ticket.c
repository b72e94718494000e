#include "secret/ticket.h"

#include <stdio.h>

#define PRINCIPAL_ROOM	(2 * MAX_KRB_NAME)

/* ---- Session keys learnt from KDCs ---- */

struct learnt {
	struct krb_key	 session;
	char		 label[];
};

static void
ticket_id(const struct krb_ticket *t, uint8_t id[KEYCACHE_ID])
{
	krb_hash(&t->part.cipher, 1, id);
}

bool
ticket_learnt(struct keyring *k, const struct krb_ticket *t, struct ticket *out)
{
	struct krb_state *s = krb_state(k);
	const struct learnt *l;
	uint8_t id[KEYCACHE_ID];

	if (s == NULL)
		return false;
	ticket_id(t, id);
	if ((l = keycache_find(&s->learnt, id)) == NULL)
		return false;
	out->session = l->session;
	out->learnt = true;
	out->client[0] = out->realm[0] = '\0';
	snprintf(out->label, sizeof(out->label), "%s", l->label);
	return true;
}

void
ticket_learn(struct keyring *k, const struct krb_ticket *t, const struct krb_key *session,
    const char *label)
{
	struct krb_state *s = krb_state(k);
	size_t room = strlen(label) + 1;
	struct learnt *l;
	uint8_t id[KEYCACHE_ID];

	if (s == NULL)
		return;
	ticket_id(t, id);
	/* A reply that was sent twice tells nothing new. */
	if (keycache_find(&s->learnt, id) != NULL ||
	    (l = keycache_add(&s->learnt, id, sizeof(*l) + room)) == NULL)
		return;
	l->session = *session;
	memcpy(l->label, label, room);
	keyring_learnt(k);
	s->epoch = keyring_epoch(k);
}

/* ---- The operator's service keys ---- */

struct search {
	struct keyring	*keyring;
	struct krb_state *state;
	const struct krb_ticket *ticket;
	struct ticket	*out;
	char		 principal[PRINCIPAL_ROOM];	/* the service of the ticket */
	char		 host[MAX_KRB_NAME];	/* its host; empty: it names none */
	const struct service_key *failed;	/* a key of that principal, which did not fit */
	size_t		 tries;
};

/* Opens a ticket with a service key, RFC 4120 5.3: usage 2. */
static bool
open_with(const struct krb_key *k, const struct krb_ticket *t, struct ticket *out)
{
	uint8_t plain[MAX_KRB_MESSAGE];
	struct krb_ticket_part p;
	struct view v;
	bool ok;

	if (t->part.cipher.len > sizeof(plain))
		return false;
	ok = krb_decrypt(k, KRB5_KEYUSAGE_KDC_REP_TICKET, t->part.cipher, plain, &v) &&
	    krbmsg_ticket_part(v, &p) &&
	    krb_key_set(&out->session, p.key.etype, p.key.bytes);
	if (ok) {
		out->learnt = false;
		krbmsg_name_text(p.client.name, out->client);
		krbmsg_realm_text(p.client.realm, out->realm);
	}
	explicit_bzero(plain, t->part.cipher.len);
	return ok;
}

static bool
try(struct search *q, const struct service_key *s)
{
	struct krb_key k;
	bool ok;

	ok = krb_key_set(&k, s->etype, (struct view){ s->key, s->len }) &&
	    open_with(&k, q->ticket, q->out);
	if (ok)
		snprintf(q->out->label, sizeof(q->out->label), "%s", s->label);
	explicit_bzero(&k, sizeof(k));
	return ok;
}

static const struct service_key *
next_of_etype(const struct search *q, const struct service_key *after)
{
	return keyring_etype(q->keyring, q->ticket->part.etype, after);
}

static bool
by_principal(struct search *q)
{
	const struct service_key *s = NULL;

	while ((s = keyring_principal(q->keyring, q->principal, q->ticket->part.etype, s)) !=
	    NULL && q->tries++ < MAX_KRB_TRIES) {
		if (try(q, s))
			return true;
		/* The newest key tells most about what is wrong. */
		if (q->failed == NULL || s->kvno > q->failed->kvno)
			q->failed = s;
	}
	return false;
}

/* The services of a computer share the key of its account ([MS-KILE] 3.4.5),
 * and a keytab may not list them all. */
static bool
by_host(struct search *q)
{
	const struct service_key *s = NULL;

	if (q->host[0] == '\0')
		return false;
	while ((s = keyring_host(q->keyring, q->host, q->ticket->part.etype, s)) != NULL)
		if (strcasecmp(s->principal, q->principal) != 0) {
			if (q->tries++ >= MAX_KRB_TRIES)
				return false;
			if (try(q, s))
				return true;
		}
	return false;
}

/* Which key opened tickets of a service. */
struct service {
	const struct service_key *key;	/* NULL: none did yet */
	unsigned int	 scans;		/* how often all keys were tried in vain */
};

static struct service *
service_of(struct search *q)
{
	const struct krb_sealed *p = &q->ticket->part;
	const struct view parts[] = {
		view_str(q->principal),
		{ (const uint8_t *)&p->etype, sizeof(p->etype) },
		{ (const uint8_t *)&p->kvno, sizeof(p->kvno) },
	};
	struct service *s;
	uint8_t id[KEYCACHE_ID];

	krb_hash(parts, 3, id);
	if ((s = keycache_find(&q->state->services, id)) == NULL)
		s = keycache_add(&q->state->services, id, sizeof(*s));
	return s;
}

/*
 * Tries all keys of that encryption type: a service may have other names than
 * in the keytab, and the ticket proves the key.  The work for foreign tickets
 * is limited by the bytes they send, and each unknown service gets few scans.
 */
static bool
by_trial(struct search *q)
{
	struct service *memo = service_of(q);
	const struct service_key *s = NULL;
	size_t cost = q->ticket->part.cipher.len, tries = 0;

	if (memo == NULL)
		return false;
	if (memo->key != NULL && try(q, memo->key))
		return true;
	if (memo->scans >= MAX_KRB_SCANS)
		return false;
	while ((s = next_of_etype(q, s)) != NULL && tries++ < MAX_KRB_TRIES &&
	    q->state->work >= cost) {
		if (try(q, s)) {
			memo->key = s;
			return true;
		}
		q->state->work -= cost;
	}
	memo->scans++;
	return false;
}

static void
earn(struct krb_state *s, size_t len)
{
	if (len > MAX_KRB_MESSAGE)
		len = MAX_KRB_MESSAGE;
	len *= KRB_EARNS;
	s->work = len < MAX_KRB_WORK - s->work ? s->work + len : MAX_KRB_WORK;
}

/* Are there keys of that service or host, but none of the ticket's type? */
static bool
lacks_etype(const struct search *q)
{
	static const int32_t etypes[] = { 18, 17, 20, 19, 23 };
	bool named = false;

	for (size_t i = 0; i < sizeof(etypes) / sizeof(etypes[0]); i++)
		if (keyring_principal(q->keyring, q->principal, etypes[i], NULL) != NULL ||
		    (q->host[0] != '\0' &&
		    keyring_host(q->keyring, q->host, etypes[i], NULL) != NULL)) {
			if (etypes[i] == q->ticket->part.etype)
				return false;
			named = true;
		}
	return named;
}

static void
explain(const struct search *q, enum logon_state *state, char why[MAX_REASON])
{
	const struct krb_sealed *p = &q->ticket->part;

	*state = LOGON_NO_SECRET;
	if (q->failed != NULL) {
		*state = LOGON_WRONG_SECRET;
		if (p->has_kvno)
			snprintf(why, MAX_REASON, "keytab key for %.160s is not the one in use "
			    "(kvno %u here, ticket has kvno %u)", q->principal,
			    (unsigned int)q->failed->kvno, (unsigned int)p->kvno);
		else
			snprintf(why, MAX_REASON, "keytab key for %.160s is not the one in use "
			    "(kvno %u)", q->principal, (unsigned int)q->failed->kvno);
	} else if (lacks_etype(q)) {
		snprintf(why, MAX_REASON, "keytab lacks etype %d for %.200s", (int)p->etype,
		    q->principal);
	} else {
		snprintf(why, MAX_REASON, "no key for %.200s", q->principal);
	}
}

bool
ticket_open(struct keyring *k, const struct krb_ticket *t, struct ticket *out,
    enum logon_state *state, char why[MAX_REASON])
{
	struct search q = { .keyring = k, .state = krb_state(k), .ticket = t, .out = out };
	char name[MAX_KRB_NAME], realm[MAX_KRB_NAME];
	struct view host;

	*state = LOGON_OPEN;
	if (ticket_learnt(k, t, out))
		return true;
	if (!krb_etype_known(t->part.etype)) {
		*state = LOGON_FOREIGN;
		snprintf(why, MAX_REASON, "ticket of etype %d", (int)t->part.etype);
		return false;
	}
	if (q.state == NULL) {
		*state = LOGON_NO_SECRET;
		snprintf(why, MAX_REASON, "no memory for keys");
		return false;
	}
	krbmsg_name_text(t->service.name, name);
	krbmsg_realm_text(t->service.realm, realm);
	snprintf(q.principal, sizeof(q.principal), "%s@%s", name, realm);
	host = principal_host(q.principal);
	snprintf(q.host, sizeof(q.host), "%.*s", (int)host.len, (const char *)host.p);
	earn(q.state, t->part.cipher.len);
	if (by_principal(&q) || by_host(&q) || by_trial(&q))
		return true;
	explain(&q, state, why);
	return false;
}

bool
ticket_authenticator(struct ticket *t, const struct krb_sealed *sealed, krb5_keyusage usage,
    struct krb_key *subkey)
{
	uint8_t plain[MAX_KRB_MESSAGE];
	struct krb_authenticator a;
	struct view v;
	bool ok;

	if (sealed->cipher.len > sizeof(plain))
		return false;
	ok = krb_decrypt(&t->session, usage, sealed->cipher, plain, &v) &&
	    krbmsg_authenticator(v, &a);
	if (ok)
		(void)krb_key_set(subkey, a.subkey.etype, a.subkey.bytes);
	if (ok && t->learnt) {
		krbmsg_name_text(a.client.name, t->client);
		krbmsg_realm_text(a.client.realm, t->realm);
	}
	explicit_bzero(plain, sealed->cipher.len);
	return ok;
}
