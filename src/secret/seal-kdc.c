#include "secret/secret.h"

#include <ctype.h>
#include <stdio.h>

#include "secret/ticket.h"

struct tgs_ask {
	struct krb_key	 session;	/* of the ticket in the request */
	struct krb_key	 subkey;	/* len 0: none */
	char		 label[MAX_REASON];
};

/* Reads the session key that a reply has for the ticket in it, RFC 4120 5.4.2. */
static bool
answer_open(const struct krb_key *k, krb5_keyusage usage, const struct krb_kdc_rep *rep,
    struct krb_key *session)
{
	uint8_t plain[MAX_KRB_MESSAGE];
	struct krb_value key;
	struct view v;
	bool ok;

	if (rep->part.etype != k->etype || rep->part.cipher.len > sizeof(plain))
		return false;
	ok = krb_decrypt(k, usage, rep->part.cipher, plain, &v) &&
	    krbmsg_kdc_rep_part(v, &key) && krb_key_set(session, key.etype, key.bytes);
	explicit_bzero(plain, rep->part.cipher.len);
	return ok;
}

static void
told(char label[MAX_REASON], const char *client, const char *realm, const char *with)
{
	snprintf(label, MAX_REASON, "KDC answer to %.60s@%.60s (%.110s)", client, realm, with);
}

/* ---- AS-REP: opened with the client's own key ---- */

#define SALT_ROOM	(3 * MAX_KRB_NAME)

struct answer {
	struct keyring	*keyring;
	struct krb_state *state;
	const struct krb_kdc_rep *rep;
	char		 user[MAX_KRB_NAME], realm[MAX_KRB_NAME];
	char		 own_salt[SALT_ROOM];
	struct krb_salt	 salt;
};

/* A key made from a password, and whether it opened anything yet. */
struct derived {
	struct krb_key	 key;
	bool		 proved;
};

/* Makes the default salt of a principal, RFC 4120 4; of a computer as in
 * [MS-KILE] 4.4. */
static void
own_salt(struct answer *a)
{
	size_t n = strlen(a->user), at = strlen(a->realm);
	char *s = a->own_salt;

	memcpy(s, a->realm, at);
	if (n > 0 && a->user[n - 1] == '$') {
		snprintf(s + at, SALT_ROOM - at, "host%.*s.%s", (int)n - 1, a->user, a->realm);
		for (char *p = s + at; *p != '\0'; p++)
			*p = (char)tolower((unsigned char)*p);
	} else {
		for (const char *p = a->user; *p != '\0'; p++)
			if (*p != '/')
				s[at++] = *p;
		s[at] = '\0';
	}
}

/* The salt in the reply goes before that of an earlier error. */
static void
find_salt(struct answer *a, struct view salt)
{
	own_salt(a);
	if (!krbmsg_salt(a->rep->padata, a->rep->part.etype, &a->salt))
		a->salt = (struct krb_salt){ 0 };
	if (a->salt.salt.p == NULL)
		a->salt.salt = salt.len > 0 ? salt : view_str(a->own_salt);
}

static bool
open_as_rep(const struct answer *a, const struct krb_key *k, const char *with)
{
	struct krb_key session;
	char label[MAX_REASON];

	if (!answer_open(k, KRB5_KEYUSAGE_AS_REP_ENCPART, a->rep, &session))
		return false;
	told(label, a->user, a->realm, with);
	ticket_learn(a->keyring, &a->rep->ticket, &session, label);
	explicit_bzero(&session, sizeof(session));
	return true;
}

static bool
by_keytab(const struct answer *a)
{
	char principal[2 * MAX_KRB_NAME];
	const struct service_key *s = NULL;
	size_t tries = 0;

	snprintf(principal, sizeof(principal), "%s@%s", a->user, a->realm);
	while ((s = keyring_principal(a->keyring, principal, a->rep->part.etype, s)) != NULL &&
	    tries++ < MAX_KRB_TRIES) {
		struct krb_key k;
		bool ok = krb_key_set(&k, s->etype, (struct view){ s->key, s->len }) &&
		    open_as_rep(a, &k, s->label);

		explicit_bzero(&k, sizeof(k));
		if (ok)
			return true;
	}
	return false;
}

/* Returns the count of keys that were made from that password in vain. */
static unsigned int *
in_vain(const struct answer *a, const struct account *account)
{
	const struct view parts[] = {
		{ (const uint8_t *)&account, sizeof(account) },
		{ (const uint8_t *)&a->rep->part.etype, sizeof(a->rep->part.etype) },
	};
	uint8_t id[KEYCACHE_ID];
	unsigned int *n;

	krb_hash(parts, 2, id);
	if ((n = keycache_find(&a->state->salts, id)) == NULL)
		n = keycache_add(&a->state->salts, id, sizeof(*n));
	return n;
}

/*
 * Returns the key of the account for the reply's salt.  Making it is slow by
 * design, and anyone can send replies with new salts, so few are tried for each
 * password.
 */
static struct derived *
derive(const struct answer *a, const struct account *account)
{
	const struct view parts[] = {
		{ (const uint8_t *)&account, sizeof(account) },
		{ (const uint8_t *)&a->rep->part.etype, sizeof(a->rep->part.etype) },
		a->salt.salt, a->salt.params,
	};
	unsigned int *tried;
	struct derived *d;
	uint8_t id[KEYCACHE_ID];

	krb_hash(parts, 4, id);
	if ((d = keycache_find(&a->state->derived, id)) != NULL)
		return d;
	if (account->password == NULL || a->salt.salt.len > SALT_ROOM ||
	    (tried = in_vain(a, account)) == NULL || *tried >= MAX_KRB_SALTS ||
	    (d = keycache_add(&a->state->derived, id, sizeof(*d))) == NULL)
		return NULL;
	++*tried;
	(void)krb_key_of_password(&d->key, a->rep->part.etype, account->password, a->salt.salt,
	    a->salt.params);
	return d;
}

static bool
try_account(const struct answer *a, const struct account *account)
{
	struct derived *d;
	unsigned int *tried;
	struct krb_key k;
	bool ok;

	if (a->rep->part.etype == ENCTYPE_ARCFOUR_HMAC) {
		ok = krb_key_set(&k, ENCTYPE_ARCFOUR_HMAC,
		    (struct view){ account->nthash, sizeof(account->nthash) }) &&
		    open_as_rep(a, &k, account->label);
		explicit_bzero(&k, sizeof(k));
		return ok;
	}
	if ((d = derive(a, account)) == NULL || !open_as_rep(a, &d->key, account->label))
		return false;
	if (!d->proved && (tried = in_vain(a, account)) != NULL && *tried > 0)
		--*tried;
	d->proved = true;
	return true;
}

/* Is it the domain of that realm?  "CORP" and "corp.example" are that of
 * CORP.EXAMPLE, an empty one is that of any. */
static bool
domain_fits(const char *domain, const char *realm)
{
	size_t n = strlen(domain);

	return strncasecmp(domain, realm, n) == 0 &&
	    (n == 0 || realm[n] == '\0' || realm[n] == '.');
}

static bool
by_account(const struct answer *a)
{
	size_t tries = 0;

	for (unsigned int other = 0; other < 2; other++) {
		const struct account *at = NULL;

		while ((at = keyring_account(a->keyring, a->user, at)) != NULL)
			if (domain_fits(at->domain, a->realm) == (other == 0)) {
				if (tries++ >= MAX_KRB_ACCOUNTS)
					return false;
				if (try_account(a, at))
					return true;
			}
	}
	return false;
}

void
kdc_as_rep(struct keyring *k, struct view message, struct view salt)
{
	struct krb_kdc_rep rep;
	struct answer a = { .keyring = k, .rep = &rep };

	if (k == NULL || !krbmsg_as_rep(message, &rep) || !krb_etype_known(rep.part.etype) ||
	    (a.state = krb_state(k)) == NULL)
		return;
	krbmsg_name_text(rep.client.name, a.user);
	krbmsg_realm_text(rep.client.realm, a.realm);
	find_salt(&a, salt);
	if (!by_keytab(&a))
		by_account(&a);
}

/* ---- TGS-REQ and TGS-REP: opened with the key in the ticket-granting ticket ---- */

static struct tgs_ask *
ask_new(struct vault *v, const struct ticket *t, const struct krb_key *subkey)
{
	struct tgs_ask *ask = vault_alloc(v, sizeof(*ask));

	if (ask == NULL)
		return NULL;
	ask->session = t->session;
	ask->subkey = *subkey;
	if (t->learnt)
		snprintf(ask->label, sizeof(ask->label), "%s", t->label);
	else
		told(ask->label, t->client, t->realm, t->label);
	return ask;
}

struct tgs_ask *
kdc_tgs_req(struct keyring *k, struct view message)
{
	char why[MAX_REASON];
	enum logon_state state;
	struct krb_ap_req a;
	struct krb_key subkey;
	struct tgs_ask *ask = NULL;
	struct ticket t;

	if (k == NULL || !krbmsg_tgs_req(message, &a))
		return NULL;
	if (ticket_open(k, &a.ticket, &t, &state, why) &&
	    ticket_authenticator(&t, &a.authenticator, KRB5_KEYUSAGE_TGS_REQ_AUTH, &subkey))
		ask = ask_new(keyring_vault(k), &t, &subkey);
	explicit_bzero(&subkey, sizeof(subkey));
	explicit_bzero(&t, sizeof(t));
	return ask;
}

/* With FAST, client and KDC armor the exchange with both its keys, and a
 * strengthen key in the armor changes the key of the reply, RFC 6113 5.4.1.1,
 * 5.4.3. */
static bool
strengthened(const struct tgs_ask *ask, const struct krb_kdc_rep *rep, struct krb_key *out)
{
	uint8_t plain[MAX_KRB_MESSAGE];
	struct krb_key armor, strengthen;
	struct krb_sealed fast;
	struct krb_value key;
	struct view v;
	bool ok;

	if (!krbmsg_fast_rep(rep->padata, &fast) || fast.cipher.len > sizeof(plain) ||
	    !krb_key_mix(&armor, &ask->subkey, "subkeyarmor", &ask->session, "ticketarmor"))
		return false;
	ok = krb_decrypt(&armor, KRB5_KEYUSAGE_FAST_REP, fast.cipher, plain, &v) &&
	    krbmsg_fast_response(v, &key) &&
	    krb_key_set(&strengthen, key.etype, key.bytes) &&
	    krb_key_mix(out, &strengthen, "strengthenkey", &ask->subkey, "replykey");
	explicit_bzero(plain, fast.cipher.len);
	explicit_bzero(&armor, sizeof(armor));
	explicit_bzero(&strengthen, sizeof(strengthen));
	return ok;
}

/* The reply is encrypted with the subkey if there is one (usage 9), else with
 * the session key (8), RFC 4120 3.3.3. */
void
kdc_tgs_rep(struct keyring *k, const struct tgs_ask *ask, struct view message)
{
	struct krb_kdc_rep rep;
	struct krb_key session, reply;

	if (k == NULL || ask == NULL || !krbmsg_tgs_rep(message, &rep))
		return;
	if (!strengthened(ask, &rep, &reply))
		reply = ask->subkey;
	if (answer_open(&reply, KRB5_KEYUSAGE_TGS_REP_ENCPART_SUBKEY, &rep, &session) ||
	    answer_open(&ask->session, KRB5_KEYUSAGE_TGS_REP_ENCPART_SESSKEY, &rep, &session))
		ticket_learn(k, &rep.ticket, &session, ask->label);
	explicit_bzero(&reply, sizeof(reply));
	explicit_bzero(&session, sizeof(session));
}

void
tgs_ask_free(struct tgs_ask *ask)
{
	vault_free(ask);
}
