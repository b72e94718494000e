#include "secret/krbmsg.h"

#include "base/der.h"
#include "base/utf16.h"

#define DER_INTEGER	0x02
#define DER_BITS	0x03

/* The APPLICATION tags, RFC 4120 5.10 */
enum { TICKET = 1, AUTHENTICATOR = 2, TICKET_PART = 3, AS_REP = 11, TGS_REQ = 12,
	TGS_REP = 13, AP_REQ = 14, AP_REP = 15, AS_REP_PART = 25, TGS_REP_PART = 26,
	AP_REP_PART = 27, ERROR = 30 };
/* padata-types, 7.5.2 */
enum { PA_TGS_REQ = 1, PA_ETYPE_INFO2 = 19, PA_FX_FAST = 136 };

bool
krbmsg_whole(struct view m)
{
	size_t size = der_size(m);

	return size > 0 && size <= m.len;
}

/* Returns the content of the SEQUENCE in an APPLICATION tag at the start of v. */
static struct view
message(struct view v, unsigned int number)
{
	struct reader r = rd_open(v), in;

	in = rd_open(der_want(&r, (uint8_t)DER_APP(number)));
	return der_want(&in, DER_SEQUENCE);
}

static struct view
field(struct view seq, unsigned int number)
{
	return der_find(seq, (uint8_t)DER_CTX(number));
}

static bool
integer(struct view at, int64_t *out)
{
	struct view v = der_find(at, DER_INTEGER);
	uint64_t n;

	if (v.len == 0 || v.len > sizeof(n))
		return false;
	n = (v.p[0] & 0x80) != 0 ? UINT64_MAX : 0;
	for (size_t i = 0; i < v.len; i++)
		n = n << 8 | v.p[i];
	*out = (int64_t)n;
	return true;
}

/* Reads an Int32.  The encryption types of Microsoft are negative. */
static bool
int32(struct view at, int32_t *out)
{
	int64_t n;

	if (!integer(at, &n) || n < INT32_MIN || n > INT32_MAX)
		return false;
	*out = (int32_t)n;
	return true;
}

static bool
sealed(struct view at, struct krb_sealed *s)
{
	struct view seq = der_find(at, DER_SEQUENCE);
	int64_t kvno;

	if (!int32(field(seq, 0), &s->etype))
		return false;
	/* It is a UInt32, which some implementations send as a negative number. */
	s->has_kvno = integer(field(seq, 1), &kvno);
	s->kvno = s->has_kvno ? (uint32_t)kvno : 0;
	s->cipher = der_find(field(seq, 2), DER_OCTETS);
	return s->cipher.len > 0;
}

static bool
value(struct view at, struct krb_value *k)
{
	struct view seq = der_find(at, DER_SEQUENCE);

	*k = (struct krb_value){ 0 };
	if (!int32(field(seq, 0), &k->etype))
		return false;
	k->bytes = der_find(field(seq, 1), DER_OCTETS);
	return k->bytes.len > 0;
}

/* Reads an optional key.  Returns false if it is there and malformed. */
static bool
subkey(struct view at, struct krb_value *k)
{
	*k = (struct krb_value){ 0 };
	return at.p == NULL || value(at, k);
}

static bool
principal(struct view realm, struct view name, struct krb_principal *p)
{
	p->realm = der_find(realm, DER_STRING);
	p->name = der_find(field(der_find(name, DER_SEQUENCE), 1), DER_SEQUENCE);
	return p->realm.p != NULL && p->name.p != NULL;
}

static bool
ticket(struct view at, struct krb_ticket *t)
{
	struct view seq = message(at, TICKET);

	return principal(field(seq, 1), field(seq, 2), &t->service) &&
	    sealed(field(seq, 3), &t->part);
}

bool
krbmsg_ap_req(struct view m, struct krb_ap_req *a)
{
	struct view seq = message(m, AP_REQ);
	struct view options = der_find(field(seq, 2), DER_BITS);

	/* The first byte counts unused bits; bit 0 is the most significant one. */
	a->user_to_user = options.len >= 2 && (options.p[1] & 0x40) != 0;
	return ticket(field(seq, 3), &a->ticket) &&
	    sealed(field(seq, 4), &a->authenticator);
}

bool
krbmsg_ap_rep(struct view m, struct krb_sealed *part)
{
	return sealed(field(message(m, AP_REP), 2), part);
}

static bool
kdc_rep(struct view seq, struct krb_kdc_rep *k)
{
	k->padata = der_find(field(seq, 2), DER_SEQUENCE);
	return principal(field(seq, 3), field(seq, 4), &k->client) &&
	    ticket(field(seq, 5), &k->ticket) && sealed(field(seq, 6), &k->part);
}

bool
krbmsg_as_rep(struct view m, struct krb_kdc_rep *k)
{
	return kdc_rep(message(m, AS_REP), k);
}

bool
krbmsg_tgs_rep(struct view m, struct krb_kdc_rep *k)
{
	return kdc_rep(message(m, TGS_REP), k);
}

/* Returns the value of the first PA-DATA of that type, 5.2.7. */
static struct view
padata_find(struct view list, int32_t type)
{
	struct reader r = rd_open(list);
	struct view seq;
	int32_t got;

	while (r.left > 0) {
		seq = der_want(&r, DER_SEQUENCE);
		if (!rd_ok(&r))
			break;
		if (int32(field(seq, 1), &got) && got == type)
			return der_find(field(seq, 2), DER_OCTETS);
	}
	return (struct view){ NULL, 0 };
}

/* 5.4.1 */
bool
krbmsg_tgs_req(struct view m, struct krb_ap_req *a)
{
	struct view padata = der_find(field(message(m, TGS_REQ), 3), DER_SEQUENCE);

	return krbmsg_ap_req(padata_find(padata, PA_TGS_REQ), a);
}

bool
krbmsg_ticket_part(struct view plain, struct krb_ticket_part *t)
{
	struct view seq = message(plain, TICKET_PART);

	return value(field(seq, 1), &t->key) &&
	    principal(field(seq, 2), field(seq, 3), &t->client);
}

bool
krbmsg_authenticator(struct view plain, struct krb_authenticator *a)
{
	struct view seq = message(plain, AUTHENTICATOR);

	return principal(field(seq, 1), field(seq, 2), &a->client) &&
	    subkey(field(seq, 6), &a->subkey);
}

/* 5.5.2 */
bool
krbmsg_ap_rep_part(struct view plain, struct krb_value *k)
{
	struct view seq = message(plain, AP_REP_PART);

	return seq.p != NULL && subkey(field(seq, 2), k);
}

bool
krbmsg_kdc_rep_part(struct view plain, struct krb_value *k)
{
	struct view seq = message(plain, AS_REP_PART);

	/* Some KDCs tag the part of an AS-REP like that of a TGS-REP (5.4.2). */
	if (seq.p == NULL)
		seq = message(plain, TGS_REP_PART);
	return value(field(seq, 0), k);
}

bool
krbmsg_salt(struct view padata, int32_t etype, struct krb_salt *s)
{
	struct view list = der_find(padata_find(padata, PA_ETYPE_INFO2), DER_SEQUENCE);
	struct reader r = rd_open(list);
	struct view seq;
	int32_t got;

	while (r.left > 0) {
		seq = der_want(&r, DER_SEQUENCE);
		if (!rd_ok(&r))
			break;
		if (!int32(field(seq, 0), &got) || got != etype)
			continue;
		s->salt = der_find(field(seq, 1), DER_STRING);
		s->params = der_find(field(seq, 2), DER_OCTETS);
		return true;
	}
	return false;
}

/* If the KDC asks for preauthentication, e-data is a METHOD-DATA (5.9.1). */
struct view
krbmsg_error_salt(struct view m)
{
	struct view data = der_find(field(message(m, ERROR), 12), DER_OCTETS);
	struct view list = padata_find(der_find(data, DER_SEQUENCE), PA_ETYPE_INFO2);
	struct reader r = rd_open(der_find(list, DER_SEQUENCE));
	struct view salt;

	while (r.left > 0 && rd_ok(&r)) {
		salt = der_find(field(der_want(&r, DER_SEQUENCE), 1), DER_STRING);
		if (salt.len > 0)
			return salt;
	}
	return (struct view){ NULL, 0 };
}

bool
krbmsg_fast_rep(struct view padata, struct krb_sealed *s)
{
	struct view armored = field(padata_find(padata, PA_FX_FAST), 0);

	return sealed(field(der_find(armored, DER_SEQUENCE), 0), s);
}

bool
krbmsg_fast_response(struct view plain, struct krb_value *strengthen)
{
	struct view seq = der_find(plain, DER_SEQUENCE);

	return seq.p != NULL && subkey(field(seq, 1), strengthen);
}

/* ---- Names ---- */

static size_t
put(char out[MAX_KRB_NAME], size_t n, struct view v)
{
	v = view_upto(v, 0, MAX_KRB_NAME - 1 - n);
	if (v.len > 0)
		memcpy(out + n, v.p, v.len);
	return n + v.len;
}

/* Ends the text of n bytes; bytes that are not printable become question marks. */
static void
finish(char out[MAX_KRB_NAME], size_t n)
{
	bool utf8 = utf8_valid((struct view){ (const uint8_t *)out, n });

	for (size_t i = 0; i < n; i++) {
		uint8_t c = (uint8_t)out[i];

		if (c < ' ' || c == 0x7f || (c >= 0x80 && !utf8))
			out[i] = '?';
	}
	out[n] = '\0';
}

void
krbmsg_name_text(struct view name, char out[MAX_KRB_NAME])
{
	struct reader r = rd_open(name);
	size_t n = 0;

	while (r.left > 0) {
		struct view v = der_want(&r, DER_STRING);

		if (!rd_ok(&r))
			break;
		if (n > 0)
			n = put(out, n, view_str("/"));
		n = put(out, n, v);
	}
	finish(out, n);
}

void
krbmsg_realm_text(struct view realm, char out[MAX_KRB_NAME])
{
	finish(out, put(out, 0, realm));
}
