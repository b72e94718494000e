#include "secret/logon.h"

#include <stdio.h>

#include "base/limits.h"
#include "secret/seal-krb5.h"
#include "secret/seal-ntlm.h"

/* Keys live in the vault.  What is kept here was on the wire. */
struct logon {
	struct keyring	*keyring;
	struct ntlm	*ntlm;
	struct krb	*krb;
	struct buf	 ap_req, ap_rep;	/* until the key of the ticket is known */
	unsigned int	 epoch;			/* of the keyring, when the ticket was tried */
	enum logon_state state;
	char		 why[MAX_REASON];
};

struct logon *
logon_new(struct keyring *k, struct budget *b)
{
	struct logon *l;

	if (k == NULL || (l = budget_calloc(b, 1, sizeof(*l))) == NULL)
		return NULL;
	l->keyring = k;
	buf_init(&l->ap_req, b, MAX_KRB_MESSAGE);
	buf_init(&l->ap_rep, b, MAX_KRB_MESSAGE);
	return l;
}

static void
forget(struct logon *l)
{
	ntlm_free(l->ntlm);
	krb_free(l->krb);
	l->ntlm = NULL;
	l->krb = NULL;
	buf_free(&l->ap_req);
	buf_free(&l->ap_rep);
	l->state = LOGON_NONE;
	l->why[0] = '\0';
}

void
logon_free(struct logon *l)
{
	if (l == NULL)
		return;
	forget(l);
	budget_free(l);
}

void
logon_ntlm(struct logon *l, struct view negotiate, struct view challenge,
    struct view authenticate)
{
	if (l == NULL)
		return;
	forget(l);
	l->ntlm = ntlm_open(l->keyring, negotiate, challenge, authenticate,
	    &l->state, l->why);
}

/* Tries to open the ticket with what the keyring knows now. */
static void
try_ticket(struct logon *l)
{
	l->epoch = keyring_epoch(l->keyring);
	l->krb = krb_open(l->keyring, buf_view(&l->ap_req), &l->state, l->why);
	if (l->krb == NULL)
		return;
	if (l->ap_rep.len > 0)
		krb_ap_rep(l->krb, buf_view(&l->ap_rep));
	buf_free(&l->ap_req);
	buf_free(&l->ap_rep);
}

static void
refresh(struct logon *l)
{
	if (l->krb == NULL && l->ap_req.len > 0 && l->epoch != keyring_epoch(l->keyring))
		try_ticket(l);
}

void
logon_ap_req(struct logon *l, struct view message)
{
	if (l == NULL)
		return;
	forget(l);
	if (buf_add(&l->ap_req, message)) {
		try_ticket(l);
	} else {
		l->state = LOGON_TORN;
		snprintf(l->why, sizeof(l->why), "no memory for its ticket");
	}
}

void
logon_ap_rep(struct logon *l, struct view message)
{
	if (l == NULL)
		return;
	refresh(l);
	if (l->krb != NULL)
		krb_ap_rep(l->krb, message);
	else if (l->ap_req.len > 0 && l->ap_rep.len == 0)
		buf_add(&l->ap_rep, message);
}

void
logon_list_mic(struct logon *l, enum dir dir)
{
	if (l != NULL && l->ntlm != NULL)
		ntlm_list_mic(l->ntlm, dir);
}

enum logon_state
logon_state(struct logon *l)
{
	if (l == NULL)
		return LOGON_NONE;
	refresh(l);
	return l->state;
}

const char *
logon_reason(const struct logon *l)
{
	return l != NULL && l->why[0] != '\0' ? l->why : "logon not captured";
}

const char *
logon_client(const struct logon *l)
{
	return l != NULL && l->krb != NULL ? krb_client(l->krb) : NULL;
}

const char *
logon_realm(const struct logon *l)
{
	return l != NULL && l->krb != NULL ? krb_realm(l->krb) : NULL;
}

struct view
logon_session_key(struct logon *l)
{
	if (logon_state(l) != LOGON_OPEN)
		return (struct view){ NULL, 0 };
	return l->ntlm != NULL ? ntlm_session_key(l->ntlm) : krb_session_key(l->krb);
}

enum unseal
logon_unseal(struct logon *l, enum dir dir, const struct sealed *in, uint8_t *out,
    size_t *len)
{
	if (logon_state(l) != LOGON_OPEN)
		return UNSEAL_NO_KEY;
	if (l->krb != NULL)
		return krb_unseal(l->krb, dir, in, out, len);
	*len = in->body.len;
	return ntlm_unseal(l->ntlm, dir, in, out);
}

void
logon_skip(struct logon *l, enum dir dir, size_t body, bool clear)
{
	if (l != NULL && l->ntlm != NULL)
		ntlm_skip(l->ntlm, dir, body, clear);
}
