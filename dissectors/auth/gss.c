/* gss.c -- tokens of a logon: RFC 4178, [MS-NLMP] 2.2.1, RFC 4120, RFC 4121. */
#include "auth/gss.h"

#include <stdio.h>

#include "base/der.h"
#include "engine/ledger.h"
#include "base/limits.h"
#include "secret/ntlmssp.h"
#include "fact/fact.h"
#include "base/utf16.h"

#define MAX_NAME	512	/* bytes of one name; Windows allows 256 characters */
#define MAX_SNAMES	4	/* components of a service's name; two are usual */

enum mechanism { UNKNOWN, NTLM, KERBEROS };

struct gss {
	struct world	*world;
	struct budget	*budget;
	struct logon	*logon;		/* its keys; NULL: no secrets were given */
	enum logon_state counted;	/* the last state that was counted */
	struct buf	 negotiate, challenge;	/* the messages as sent, for the logon */
	enum mechanism	 mechanism;
	char		*user, *domain, *workstation;	/* of NTLM; NULL: not told */
	char		*realm, *snames[MAX_SNAMES];	/* of Kerberos, in the ticket */
	size_t		 n_snames;
};

struct gss *
gss_new(struct world *w, struct budget *b)
{
	struct gss *g = budget_calloc(b, 1, sizeof(*g));

	if (g == NULL)
		return NULL;
	g->world = w;
	g->budget = b;
	g->logon = logon_new(w->keyring, b);
	buf_init(&g->negotiate, b, MAX_NTLM_MESSAGE);
	buf_init(&g->challenge, b, MAX_NTLM_MESSAGE);
	return g;
}

/* Forgets who logs on, since a new logon begins. */
static void
forget(struct gss *g)
{
	budget_free(g->user);
	budget_free(g->domain);
	budget_free(g->workstation);
	budget_free(g->realm);
	for (size_t i = 0; i < g->n_snames; i++)
		budget_free(g->snames[i]);
	g->user = g->domain = g->workstation = g->realm = NULL;
	g->n_snames = 0;
	g->mechanism = UNKNOWN;
}

void
gss_free(struct gss *g)
{
	if (g == NULL)
		return;
	forget(g);
	logon_free(g->logon);
	buf_free(&g->negotiate);
	buf_free(&g->challenge);
	budget_free(g);
}

/* This leg speaks that mechanism: forgets what tokens of another one told. */
static void
become(struct gss *g, enum mechanism m)
{
	if (g->mechanism == m)
		return;
	forget(g);
	g->mechanism = m;
}

/* Returns a copy of a name of at most MAX_NAME bytes, UTF-16 as UTF-8; NULL if
 * it is empty. */
static char *
keep(struct budget *b, struct view v, bool utf16)
{
	char *s;

	v = view_upto(v, 0, MAX_NAME);
	if (v.len == 0)
		return NULL;
	if (!utf16)
		return budget_strndup(b, v);
	if ((s = budget_alloc(b, utf16_room(v) + 1)) != NULL)
		s[utf16_to_utf8(v, false, (uint8_t *)s)] = '\0';
	return s;
}

/* ---- NTLMSSP ---- */

static void
keep_message(const struct gss *g, struct buf *at, struct view message)
{
	buf_free(at);
	if (g->logon != NULL)
		buf_add(at, message);
}

/* [MS-NLMP] 2.2.1.3. */
static void
ntlm_authenticate(struct gss *g, struct view message)
{
	struct ntlm_authenticate a;
	bool unicode;

	if (!ntlm_authenticate_read(message, &a))
		return;
	unicode = (a.flags & NTLM_UNICODE) != 0;
	forget(g);
	g->mechanism = NTLM;
	g->domain = keep(g->budget, a.domain, unicode);
	g->user = keep(g->budget, a.user, unicode);
	g->workstation = keep(g->budget, a.workstation, unicode);
	logon_ntlm(g->logon, buf_view(&g->negotiate), buf_view(&g->challenge), message);
}

static void
ntlm_token(struct gss *g, struct view message)
{
	switch (ntlm_type(message)) {
	case NTLM_NONE:
		return;
	case NTLM_NEGOTIATE:
		become(g, NTLM);
		keep_message(g, &g->negotiate, message);
		break;
	case NTLM_CHALLENGE:
		become(g, NTLM);
		keep_message(g, &g->challenge, message);
		break;
	case NTLM_AUTHENTICATE:
		become(g, NTLM);
		ntlm_authenticate(g, message);
		break;
	}
}

/* ---- Kerberos ---- */

/* Reads an AP-REQ, RFC 4120 5.5.1, 5.3.  Its ticket tells realm and service in
 * the clear; the client's name is in its encrypted part. */
static void
krb_ap_req(struct gss *g, struct view content)
{
	struct view seq, ticket, names;
	struct reader r;

	seq = der_find(content, DER_SEQUENCE);
	ticket = der_find(der_find(seq, DER_CTX(3)), DER_APP(1));
	ticket = der_find(ticket, DER_SEQUENCE);
	become(g, KERBEROS);
	/* If the encrypted part has begun, what stands before it is whole. */
	if (der_find(ticket, DER_CTX(3)).p == NULL)
		return;
	forget(g);
	g->mechanism = KERBEROS;
	g->realm = keep(g->budget, der_find(der_find(ticket, DER_CTX(1)), DER_STRING), false);
	names = der_find(der_find(ticket, DER_CTX(2)), DER_SEQUENCE);
	names = der_find(der_find(names, DER_CTX(1)), DER_SEQUENCE);
	r = rd_open(names);
	while (r.left > 0 && g->n_snames < MAX_SNAMES) {
		char *s = keep(g->budget, der_want(&r, DER_STRING), false);

		if (s == NULL)
			break;
		g->snames[g->n_snames++] = s;
	}
}

/* ---- SPNEGO, and the framing of GSS-API ---- */

static void	token(struct gss *, enum dir, struct view, unsigned int depth);

static const struct {
	enum mechanism	 mechanism;
	uint8_t		 len, oid[10];
} mechanisms[] = {
	{ NTLM, 10, { 0x2b, 0x06, 0x01, 0x04, 0x01, 0x82, 0x37, 0x02, 0x02, 0x0a } },
	{ KERBEROS, 9, { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x12, 0x01, 0x02, 0x02 } },
	/* Windows 2000 had a wrong bit in it, and all clients send it since. */
	{ KERBEROS, 9, { 0x2a, 0x86, 0x48, 0x82, 0xf7, 0x12, 0x01, 0x02, 0x02 } },
	/* User to user. */
	{ KERBEROS, 10, { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x12, 0x01, 0x02, 0x02, 0x03 } },
};

/* The acceptor picked a mechanism: a token of another one, sent in advance, is
 * void ([MS-SPNG] 3.2.5.1). */
static void
picked(struct gss *g, struct view oid)
{
	for (size_t i = 0; i < nitems(mechanisms); i++)
		if (oid.len == mechanisms[i].len && memcmp(oid.p, mechanisms[i].oid, oid.len) == 0)
			become(g, mechanisms[i].mechanism);
}

/* Reads a NegTokenInit or a NegTokenResp, RFC 4178 4.2.1, 4.2.2: the mechToken
 * and the responseToken are both [2].  A mechListMIC is made after the token
 * beside it. */
static void
spnego(struct gss *g, enum dir dir, bool response, struct view choice, unsigned int depth)
{
	struct view seq = der_find(choice, DER_SEQUENCE);

	if (response)
		picked(g, der_find(der_find(seq, DER_CTX(1)), DER_OID));
	token(g, dir, der_find(der_find(seq, DER_CTX(2)), DER_OCTETS), depth);
	if (response && der_find(der_find(seq, DER_CTX(3)), DER_OCTETS).len == 16)
		logon_list_mic(g->logon, dir);
}

/* Reads a framed token, RFC 2743 3.1: an OID, then the token itself.  Before
 * that of Kerberos stands a TOK_ID (RFC 4121 4.1): AP-REQ or AP-REP. */
static void
framed(struct gss *g, enum dir dir, struct view content, unsigned int depth)
{
	struct reader r = rd_open(content);
	struct view inner;

	(void)der_want(&r, DER_OID);
	inner = rd_rest(&r);
	if (view_starts(inner, "\1\0", 2) || view_starts(inner, "\2\0", 2))
		inner = view_from(inner, 2);
	token(g, dir, inner, depth);
}

/* Reads a token, whose first bytes tell what it is.  depth counts the tokens
 * around it. */
static void
token(struct gss *g, enum dir dir, struct view v, unsigned int depth)
{
	enum { AP_REQ = DER_APP(14), AP_REP = DER_APP(15) };
	struct reader r = rd_open(v);
	struct view content, whole;
	uint8_t tag;

	if (depth >= MAX_DER_DEPTH)
		return;
	if (ntlm_type(v) != NTLM_NONE) {
		ntlm_token(g, v);
		return;
	}
	content = der_next(&r, &tag);
	if (!rd_ok(&r))
		return;
	whole = view_upto(v, 0, r.off);
	switch (tag) {
	case DER_APP(0):
		framed(g, dir, content, depth + 1);
		break;
	case DER_CTX(0):
	case DER_CTX(1):
		spnego(g, dir, tag == DER_CTX(1), content, depth + 1);
		break;
	case AP_REQ:
		krb_ap_req(g, content);
		if (dir == C2S)
			logon_ap_req(g->logon, whole);
		break;
	case AP_REP:
		become(g, KERBEROS);
		if (dir == S2C)
			logon_ap_rep(g->logon, whole);
		break;
	default:
		break;
	}
}

/* Counts each state that the logon comes to. */
static void
count(struct gss *g)
{
	static const enum counter counters[] = {
		[LOGON_OPEN]		= STAT_LOGONS_OPENED,
		[LOGON_NO_SECRET]	= STAT_LOGONS_NO_SECRET,
		[LOGON_WRONG_SECRET]	= STAT_LOGONS_WRONG_SECRET,
		[LOGON_TORN]		= STAT_LOGONS_TORN,
		[LOGON_FOREIGN]		= STAT_LOGONS_FOREIGN,
	};
	enum logon_state now = logon_state(g->logon);

	if (now != g->counted && now != LOGON_NONE)
		stat_add(g->world->stats, counters[now], 1);
	g->counted = now;
}

void
gss_token(struct gss *g, enum dir dir, struct view v)
{
	if (g == NULL || v.len == 0)
		return;
	token(g, dir, v, 0);
	count(g);
}

struct logon *
gss_logon(const struct gss *g)
{
	return g != NULL ? g->logon : NULL;
}

/* ---- What facts and the ledger say ---- */

/* The length of "cifs/fs01.corp.example" at most. */
#define SERVICE_ROOM	(MAX_SNAMES * (MAX_NAME + 1) + 1)

static size_t
service(const struct gss *g, char out[SERVICE_ROOM])
{
	size_t n = 0, len;

	for (size_t i = 0; i < g->n_snames; i++) {
		len = strlen(g->snames[i]);
		if (n > 0)
			out[n++] = '/';
		memcpy(out + n, g->snames[i], len);
		n += len;
	}
	out[n] = '\0';
	return n;
}

void
gss_auth(const struct gss *g, struct fact *o)
{
	char text[SERVICE_ROOM];

	if (g == NULL || g->mechanism == UNKNOWN)
		return;
	fact_str(o, F_AUTH_MECHANISM, g->mechanism == NTLM ? "ntlm" : "kerberos");
	fact_str(o, F_AUTH_USER, g->mechanism == NTLM ? g->user : logon_client(g->logon));
	fact_str(o, F_AUTH_DOMAIN, g->domain);
	fact_str(o, F_AUTH_WORKSTATION, g->workstation);
	fact_str(o, F_AUTH_REALM, g->realm);
	fact_utf8(o, F_AUTH_SERVICE, (struct view){ (uint8_t *)text, service(g, text) });
}

bool
gss_who(const struct gss *g, char who[GSS_WHO])
{
	char text[SERVICE_ROOM];

	if (g == NULL || g->mechanism == UNKNOWN)
		return false;
	if (g->mechanism == NTLM) {
		snprintf(who, GSS_WHO, "%s%s%s", g->domain != NULL ? g->domain : "",
		    g->domain != NULL ? "\\" : "", g->user != NULL ? g->user : "");
	} else if (logon_client(g->logon) != NULL) {
		snprintf(who, GSS_WHO, "%s@%s", logon_client(g->logon),
		    logon_realm(g->logon));
	} else {
		service(g, text);
		snprintf(who, GSS_WHO, "%.200s", text);
	}
	return who[0] != '\0';
}

void
gss_note(const struct gss *g, const struct peers *peers, const char *proto)
{
	char who[GSS_WHO];
	bool told;

	if (g == NULL || g->world->ledger == NULL)
		return;
	told = gss_who(g, who);
	ledger_note(g->world->ledger, peers, proto, told ? who : NULL,
	    logon_state(g->logon) == LOGON_OPEN, logon_reason(g->logon));
}

void
gss_smb(const struct gss *g, struct fact *o)
{
	if (g == NULL)
		return;
	fact_str(o, F_SMB_DOMAIN, g->domain);
	fact_str(o, F_SMB_USER, g->user);
	fact_str(o, F_SMB_HOST, g->workstation);
	fact_str(o, F_SMB_REALM, g->realm);
	for (size_t i = 0; i < g->n_snames; i++)
		fact_str(o, F_SMB_SNAMES, g->snames[i]);
}

bool
gss_known(const struct gss *g)
{
	return g != NULL && g->mechanism != UNKNOWN;
}
