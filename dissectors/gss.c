/* dissectors/gss.c -- logon tokens: RFC 4178, [MS-NLMP] 2.2.1, RFC 4120, RFC 4121. */
#include "gss.h"

#include "der.h"
#include "obs.h"
#include "utf16.h"

#define MAX_NAME	512	/* bytes of one name; Windows allows 256 characters */
#define MAX_SNAMES	4	/* components of a service's name; two are usual */

enum mechanism { UNKNOWN, NTLM, KERBEROS };

struct gss {
	struct budget	*budget;
	enum mechanism	 mechanism;
	char		*user, *domain, *workstation;	/* NTLM; NULL: not told */
	char		*realm, *snames[MAX_SNAMES];	/* Kerberos */
	size_t		 n_snames;
};

struct gss *
gss_new(struct budget *b)
{
	struct gss *g = budget_calloc(b, 1, sizeof(*g));

	if (g != NULL)
		g->budget = b;
	return g;
}

static void
forget(struct gss *g)
{
	budget_free(g->user);
	budget_free(g->domain);
	budget_free(g->workstation);
	budget_free(g->realm);
	for (size_t i = 0; i < g->n_snames; i++)
		budget_free(g->snames[i]);
	*g = (struct gss){ .budget = g->budget };
}

void
gss_free(struct gss *g)
{
	if (g == NULL)
		return;
	forget(g);
	budget_free(g);
}

/* The mechanism that this leg speaks: what another one told is void. */
static void
become(struct gss *g, enum mechanism m)
{
	if (g->mechanism == m)
		return;
	forget(g);
	g->mechanism = m;
}

/* Text as it was sent, or as UTF-8 where it is UTF-16; NULL for none. */
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

static const uint8_t ntlmssp[8] = { 'N', 'T', 'L', 'M', 'S', 'S', 'P', 0 };

/* A length and an offset into the message. */
static struct view
ntlm_field(struct reader *r, struct view message)
{
	uint16_t len = rd_le16(r);
	uint32_t off;

	rd_skip(r, 2);
	off = rd_le32(r);
	return rd_ok(r) ? view_at(message, off, len) : (struct view){ NULL, 0 };
}

/* [MS-NLMP] 2.2.1.3. */
static void
ntlm_authenticate(struct gss *g, struct view message, struct reader r)
{
	struct view domain, user, workstation;
	bool unicode;

	rd_skip(&r, 8 + 8);		/* LmChallengeResponse, NtChallengeResponse */
	domain = ntlm_field(&r, message);
	user = ntlm_field(&r, message);
	workstation = ntlm_field(&r, message);
	rd_skip(&r, 8);			/* EncryptedRandomSessionKey */
	unicode = (rd_le32(&r) & 1) != 0;
	if (!rd_ok(&r))
		return;
	forget(g);
	g->mechanism = NTLM;
	g->domain = keep(g->budget, domain, unicode);
	g->user = keep(g->budget, user, unicode);
	g->workstation = keep(g->budget, workstation, unicode);
}

static void
ntlm_token(struct gss *g, struct view v)
{
	enum { AUTHENTICATE = 3 };
	struct reader r = rd_open(v);
	uint32_t type;

	rd_skip(&r, sizeof(ntlmssp));
	type = rd_le32(&r);
	if (!rd_ok(&r))
		return;
	become(g, NTLM);
	if (type == AUTHENTICATE)
		ntlm_authenticate(g, v, r);
}

/* ---- Kerberos ---- */

/* RFC 4120 5.5.1, 5.3.  The ticket tells its realm and service; the client's
 * name is sealed inside. */
static void
krb_ap_req(struct gss *g, struct view content)
{
	struct view seq, ticket, names;
	struct reader r;

	seq = der_find(content, DER_SEQUENCE);
	ticket = der_find(der_find(seq, DER_CTX(3)), DER_APP(1));
	ticket = der_find(ticket, DER_SEQUENCE);
	become(g, KERBEROS);
	/* Once the sealed part begins, what comes before it is whole. */
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

/* ---- SPNEGO and the GSS frame ---- */

static void	token(struct gss *, struct view, unsigned int depth);

static const struct {
	enum mechanism	 mechanism;
	uint8_t		 len, oid[10];
} mechanisms[] = {
	{ NTLM, 10, { 0x2b, 0x06, 0x01, 0x04, 0x01, 0x82, 0x37, 0x02, 0x02, 0x0a } },
	{ KERBEROS, 9, { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x12, 0x01, 0x02, 0x02 } },
	/* Windows 2000's slip of a bit, which all have spoken since. */
	{ KERBEROS, 9, { 0x2a, 0x86, 0x48, 0x82, 0xf7, 0x12, 0x01, 0x02, 0x02 } },
	/* User to user. */
	{ KERBEROS, 10, { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x12, 0x01, 0x02, 0x02, 0x03 } },
};

/* What the acceptor picked: an optimistic token of any other is void
 * ([MS-SPNG] 3.2.5.1). */
static void
picked(struct gss *g, struct view oid)
{
	for (size_t i = 0; i < nitems(mechanisms); i++)
		if (oid.len == mechanisms[i].len && memcmp(oid.p, mechanisms[i].oid, oid.len) == 0)
			become(g, mechanisms[i].mechanism);
}

/* RFC 4178 4.2.1, 4.2.2: mechToken of the one, responseToken of the other are [2]. */
static void
spnego(struct gss *g, bool response, struct view choice, unsigned int depth)
{
	struct view seq = der_find(choice, DER_SEQUENCE);

	if (response)
		picked(g, der_find(der_find(seq, DER_CTX(1)), DER_OID));
	token(g, der_find(der_find(seq, DER_CTX(2)), DER_OCTETS), depth);
}

/* RFC 2743 3.1: an OID, then a token; a Kerberos one has an id before it
 * (RFC 4121 4.1): AP-REQ, AP-REP. */
static void
framed(struct gss *g, struct view content, unsigned int depth)
{
	struct reader r = rd_open(content);
	struct view inner;

	(void)der_want(&r, DER_OID);
	inner = rd_rest(&r);
	if (view_starts(inner, "\1\0", 2) || view_starts(inner, "\2\0", 2))
		inner = view_from(inner, 2);
	token(g, inner, depth);
}

/* What a token is, its first bytes say. */
static void
token(struct gss *g, struct view v, unsigned int depth)
{
	enum { AP_REQ = DER_APP(14), AP_REP = DER_APP(15) };
	struct reader r = rd_open(v);
	struct view content;
	uint8_t tag;

	if (depth >= MAX_DER_DEPTH)
		return;
	if (view_starts(v, ntlmssp, sizeof(ntlmssp))) {
		ntlm_token(g, v);
		return;
	}
	content = der_next(&r, &tag);
	if (!rd_ok(&r))
		return;
	switch (tag) {
	case DER_APP(0):
		framed(g, content, depth + 1);
		break;
	case DER_CTX(0):
	case DER_CTX(1):
		spnego(g, tag == DER_CTX(1), content, depth + 1);
		break;
	case AP_REQ:
		krb_ap_req(g, content);
		break;
	case AP_REP:
		become(g, KERBEROS);
		break;
	default:
		break;
	}
}

void
gss_token(struct gss *g, enum dir dir, struct view v)
{
	(void)dir;
	if (g != NULL && v.len > 0)
		token(g, v, 0);
}

/* ---- What is told ---- */

void
gss_auth(const struct gss *g, struct obs *o)
{
	char service[MAX_SNAMES * (MAX_NAME + 1) + 1];
	size_t n = 0, len;

	if (g == NULL || g->mechanism == UNKNOWN)
		return;
	obs_str(o, F_AUTH_MECHANISM, g->mechanism == NTLM ? "ntlm" : "kerberos");
	obs_str(o, F_AUTH_USER, g->user);
	obs_str(o, F_AUTH_DOMAIN, g->domain);
	obs_str(o, F_AUTH_WORKSTATION, g->workstation);
	obs_str(o, F_AUTH_REALM, g->realm);
	for (size_t i = 0; i < g->n_snames; i++) {
		len = strlen(g->snames[i]);
		if (n > 0)
			service[n++] = '/';
		memcpy(service + n, g->snames[i], len);
		n += len;
	}
	obs_utf8(o, F_AUTH_SERVICE, (struct view){ (uint8_t *)service, n });
}

void
gss_smb(const struct gss *g, struct obs *o)
{
	if (g == NULL)
		return;
	obs_str(o, F_SMB_DOMAIN, g->domain);
	obs_str(o, F_SMB_USER, g->user);
	obs_str(o, F_SMB_HOST, g->workstation);
	obs_str(o, F_SMB_REALM, g->realm);
	for (size_t i = 0; i < g->n_snames; i++)
		obs_add(o, F_SMB_SNAMES, view_str(g->snames[i]));
}

bool
gss_known(const struct gss *g)
{
	return g != NULL && g->mechanism != UNKNOWN;
}
