#include "secret/seal-krb5.h"

#include <stdio.h>

#include "secret/krbtoken.h"
#include "secret/ticket.h"

struct krb {
	struct krb_keys	 keys;
	const char	*realm;		/* it follows client in memory */
	char		 client[];
};

static struct krb *
krb_new(struct keyring *k, const struct ticket *t)
{
	size_t client = strlen(t->client) + 1, realm = strlen(t->realm) + 1;
	struct krb *c = vault_alloc(keyring_vault(k), sizeof(*c) + client + realm);

	if (c == NULL)
		return NULL;
	memcpy(c->client, t->client, client);
	memcpy(c->client + client, t->realm, realm);
	c->realm = c->client + client;
	c->keys.ticket = t->session;
	return c;
}

/* Opens the ticket, and then the authenticator with its session key, RFC 4120
 * 3.2.3. */
static struct krb *
open_ap_req(struct keyring *k, const struct krb_ap_req *a, struct ticket *t,
    enum logon_state *state, char why[MAX_REASON])
{
	struct krb_key subkey;
	struct krb *c;

	/* The ticket is encrypted with a key that is in the server's own ticket. */
	if (a->user_to_user && !ticket_learnt(k, &a->ticket, t)) {
		*state = LOGON_FOREIGN;
		snprintf(why, MAX_REASON, "user-to-user ticket");
		return NULL;
	}
	if (!ticket_open(k, &a->ticket, t, state, why))
		return NULL;
	if (!ticket_authenticator(t, &a->authenticator, KRB5_KEYUSAGE_AP_REQ_AUTH, &subkey)) {
		*state = LOGON_TORN;
		snprintf(why, MAX_REASON, "damaged authenticator");
		return NULL;
	}
	if ((c = krb_new(k, t)) != NULL) {
		c->keys.initiator = subkey;
		snprintf(why, MAX_REASON, "%s", t->label);
	} else {
		*state = LOGON_NO_SECRET;
		snprintf(why, MAX_REASON, "no memory for keys");
	}
	explicit_bzero(&subkey, sizeof(subkey));
	return c;
}

struct krb *
krb_open(struct keyring *k, struct view ap_req, enum logon_state *state,
    char why[MAX_REASON])
{
	struct krb_ap_req a;
	struct ticket t;
	struct krb *c;

	if (!krbmsg_whole(ap_req)) {
		*state = LOGON_TORN;
		snprintf(why, MAX_REASON, "ticket not captured whole");
		return NULL;
	}
	if (!krbmsg_ap_req(ap_req, &a)) {
		*state = LOGON_NONE;
		snprintf(why, MAX_REASON, "malformed ticket");
		return NULL;
	}
	*state = LOGON_OPEN;
	c = open_ap_req(k, &a, &t, state, why);
	explicit_bzero(&t, sizeof(t));
	return c;
}

void
krb_free(struct krb *c)
{
	vault_free(c);
}

bool
krb_ap_rep(struct krb *c, struct view ap_rep)
{
	uint8_t plain[MAX_KRB_MESSAGE];
	struct krb_sealed part;
	struct krb_value subkey;
	struct view v;
	bool ok;

	if (!krbmsg_ap_rep(ap_rep, &part) || part.cipher.len > sizeof(plain))
		return false;
	ok = krb_decrypt(&c->keys.ticket, KRB5_KEYUSAGE_AP_REP_ENCPART, part.cipher, plain,
	    &v) && krbmsg_ap_rep_part(v, &subkey);
	/* The third leg of a DCE logon is an AP-REP, too, without a subkey. */
	if (ok && subkey.bytes.len > 0)
		(void)krb_key_set(&c->keys.acceptor, subkey.etype, subkey.bytes);
	explicit_bzero(plain, part.cipher.len);
	return ok;
}

const char *
krb_client(const struct krb *c)
{
	return c->client;
}

const char *
krb_realm(const struct krb *c)
{
	return c->realm;
}

/* [MS-KILE] 3.1.1.2 */
struct view
krb_session_key(const struct krb *c)
{
	const struct krb_key *k = &c->keys.ticket;

	if (c->keys.acceptor.len > 0)
		k = &c->keys.acceptor;
	else if (c->keys.initiator.len > 0)
		k = &c->keys.initiator;
	return (struct view){ k->b, k->len };
}

enum unseal
krb_unseal(struct krb *c, enum dir dir, const struct sealed *in, uint8_t *out, size_t *len)
{
	return krbtoken_open(&c->keys, dir, in, out, len);
}
