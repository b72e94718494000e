/* credssp.c -- the logon inside the TLS session of CredSSP, [MS-CSSP] 2.2.1,
 * 3.1.5. */
#include "winrm/credssp.h"

#include "base/der.h"
#include "auth/gss.h"
#include "engine/ledger.h"
#include "base/limits.h"
#include "http/tls-session.h"

struct credssp {
	struct world	*world;
	struct budget	*budget;
	struct tls_session *tls;
	struct gss	*gss;		/* the logon inside */

	/* During credssp_unseal() */
	struct buf	*clear;		/* takes the cleartext */
	bool		 torn;		/* some of it is missing */
};

/* ---- What comes out of the TLS session ---- */

static void
data(void *arg, enum dir d, struct view v)
{
	struct credssp *c = arg;

	(void)d;
	c->torn |= !buf_add(c->clear, v);
}

static void
gap(void *arg, enum dir d)
{
	struct credssp *c = arg;

	(void)d;
	c->torn = true;
}

/* ---- The logon ---- */

/*
 * Reads a TSRequest, [MS-CSSP] 2.2.1, whose [1] negoTokens are those of the
 * logon.  Its other fields prove the server's key and hand over the user's
 * credentials.  They are sealed once more, with the keys of the logon, and are
 * not read.
 */
static void
ts_request(struct credssp *c, enum dir dir, struct view v)
{
	struct view request = der_find(v, DER_SEQUENCE);
	struct reader r = rd_open(der_find(der_find(request, DER_CTX(1)), DER_SEQUENCE));
	struct view token;

	while (r.left > 0) {
		token = der_want(&r, DER_SEQUENCE);
		if (!rd_ok(&r))
			return;
		gss_token(c->gss, dir, der_find(der_find(token, DER_CTX(0)), DER_OCTETS));
	}
}

/* ---- The session ---- */

struct credssp *
credssp_new(struct world *w, struct budget *b)
{
	struct credssp *c = budget_calloc(b, 1, sizeof(*c));

	if (c == NULL)
		return NULL;
	c->world = w;
	c->budget = b;
	c->gss = gss_new(w, b);
	c->tls = tls_session_new(w, b,
	    &(struct tls_listener){ .data = data, .gap = gap, .arg = c });
	if (c->gss == NULL || c->tls == NULL) {
		credssp_free(c);
		return NULL;
	}
	return c;
}

void
credssp_free(struct credssp *c)
{
	if (c == NULL)
		return;
	tls_session_free(c->tls);
	gss_free(c->gss);
	budget_free(c);
}

/* A leg holds one TSRequest, perhaps behind records of the TLS handshake. */
void
credssp_token(struct credssp *c, enum dir dir, struct view token)
{
	struct buf request;

	if (c == NULL)
		return;
	buf_init(&request, c->budget, MAX_KRB_MESSAGE);
	if (credssp_unseal(c, dir, token, &request))
		ts_request(c, dir, buf_view(&request));
	buf_free(&request);
}

bool
credssp_begins(const struct credssp *c, struct view token)
{
	return c != NULL && tls_session_other(c->tls, token);
}

bool
credssp_unseal(struct credssp *c, enum dir dir, struct view records, struct buf *clear)
{
	size_t before = clear->len;

	if (c == NULL)
		return false;
	c->clear = clear;
	c->torn = false;
	if (!tls_session_records(c->tls, dir, records))
		c->torn = true;
	c->clear = NULL;
	return !c->torn && clear->len > before;
}

void
credssp_auth(const struct credssp *c, struct fact *o)
{
	if (c != NULL)
		gss_auth(c->gss, o);
}

void
credssp_note(const struct credssp *c, const struct peers *peers)
{
	char who[GSS_WHO];

	if (c == NULL)
		return;
	ledger_note(c->world->ledger, peers, "credssp", gss_who(c->gss, who) ? who : NULL,
	    tls_session_opened(c->tls), tls_session_reason(c->tls));
}
