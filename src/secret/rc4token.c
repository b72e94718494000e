#include "secret/krbtoken.h"

#include <nettle/arcfour.h>
#include <nettle/hmac.h>
#include <nettle/md5.h>
#include <nettle/memops.h>

#include "base/der.h"

/*
 * A token, RFC 4757 7.2, 7.3, behind the framing of RFC 2743 3.1: TOK_ID,
 * SGN_ALG, then SEAL_ALG and FF FF, or FF FF FF FF; SND_SEQ; SGN_CKSUM; and in
 * a Wrap token the confounder.
 */
#define START		8
#define SEQ		8
#define SUM		8
#define CONFOUNDER	8
#define MIC_LEN		(START + SEQ + SUM)
#define WRAP_LEN	(MIC_LEN + CONFOUNDER)
/* The frame of DCE's, which does not count the message; that has no padding then. */
#define DCE_FRAMED	(2 + 9 + WRAP_LEN)

enum { SALT_WRAP = 13, SALT_MIC = 15 };

/* Returns the token without its framing, or an empty view. */
static struct view
unframed(struct view token)
{
	static const uint8_t kerberos[] = { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x12, 0x01,
	    0x02, 0x02 };
	struct reader r = rd_open(token), in = rd_open(der_want(&r, DER_APP(0)));
	struct view oid = der_want(&in, DER_OID);

	if (oid.len != sizeof(kerberos) || memcmp(oid.p, kerberos, oid.len) != 0)
		return (struct view){ NULL, 0 };
	return rd_rest(&in);
}

static void
hmac(const uint8_t key[16], struct view v, uint8_t out[16])
{
	struct hmac_md5_ctx c;

	hmac_md5_set_key(&c, 16, key);
	hmac_md5_update(&c, v.len, v.p);
	hmac_md5_digest(&c, 16, out);
	explicit_bzero(&c, sizeof(c));
}

/* HMAC(HMAC(K, 0), v), which makes the keys of sequence number and message. */
static void
derive(const uint8_t key[16], struct view v, uint8_t out[16])
{
	static const uint8_t zero[4];

	hmac(key, (struct view){ zero, sizeof(zero) }, out);
	hmac(out, v, out);
}

static void
rc4(struct arcfour_ctx *c, struct view v, uint8_t *out)
{
	if (v.len > 0)
		arcfour_crypt(c, v.len, out, v.p);
}

static void
add(struct md5_ctx *c, struct view v)
{
	if (v.len > 0)
		md5_update(c, v.len, v.p);
}

/* Decrypts the sequence number.  Returns false if it is of the other direction. */
static bool
sequence(const struct krb_key *k, enum dir dir, struct view t, uint8_t seq[SEQ])
{
	static const uint8_t sent_by[][4] = { [C2S] = { 0, 0, 0, 0 },
	    [S2C] = { 0xff, 0xff, 0xff, 0xff } };
	struct arcfour_ctx c;
	uint8_t key[16];

	derive(k->b, view_at(t, START + SEQ, SUM), key);
	arcfour_set_key(&c, sizeof(key), key);
	rc4(&c, view_at(t, START, SEQ), seq);
	explicit_bzero(key, sizeof(key));
	explicit_bzero(&c, sizeof(c));
	return memcmp(seq + 4, sent_by[dir], 4) == 0;
}

/* Is SGN_CKSUM that of these parts? */
static bool
signed_by(const struct krb_key *k, uint32_t salt, struct view t, const struct view *parts,
    size_t n)
{
	static const uint8_t label[] = "signaturekey";	/* with its NUL */
	struct md5_ctx c;
	uint8_t key[16], sum[16];
	bool ok;

	le32enc(sum, salt);
	md5_init(&c);
	md5_update(&c, 4, sum);
	md5_update(&c, START, t.p);
	for (size_t i = 0; i < n; i++)
		add(&c, parts[i]);
	md5_digest(&c, sizeof(sum), sum);
	hmac(k->b, (struct view){ label, sizeof(label) }, key);
	hmac(key, (struct view){ sum, sizeof(sum) }, sum);
	ok = memeql_sec(sum, t.p + START + SEQ, SUM) != 0;
	explicit_bzero(key, sizeof(key));
	explicit_bzero(sum, sizeof(sum));
	return ok;
}

/* Decrypts confounder and message, which share a key stream, 7.3. */
static void
decrypt(const struct krb_key *k, const uint8_t seq[SEQ], struct view t, struct view body,
    uint8_t confounder[CONFOUNDER], uint8_t *out)
{
	struct arcfour_ctx c;
	uint8_t key[16];

	for (size_t i = 0; i < sizeof(key); i++)
		key[i] = k->b[i] ^ 0xf0;
	derive(key, (struct view){ seq, 4 }, key);
	arcfour_set_key(&c, sizeof(key), key);
	rc4(&c, view_at(t, MIC_LEN, CONFOUNDER), confounder);
	rc4(&c, body, out);
	explicit_bzero(key, sizeof(key));
	explicit_bzero(&c, sizeof(c));
}

bool
rc4token_wrap(const struct krb_key *k, enum dir dir, const struct sealed *in, bool bare,
    uint8_t *out, size_t *len)
{
	static const uint8_t start[START] = { 2, 1, 0x11, 0, 0x10, 0, 0xff, 0xff };
	struct view t = unframed(in->token), none = { NULL, 0 };
	uint8_t seq[SEQ], confounder[CONFOUNDER];
	struct view parts[] = { { confounder, CONFOUNDER }, bare ? none : in->before,
	    { out, in->body.len }, bare ? none : in->after };
	size_t pad;

	if (t.len != WRAP_LEN || memcmp(t.p, start, START) != 0 || !sequence(k, dir, t, seq))
		return false;
	decrypt(k, seq, t, in->body, confounder, out);
	if (!signed_by(k, SALT_WRAP, t, parts, sizeof(parts) / sizeof(parts[0])))
		return false;
	*len = in->body.len;
	if (in->token.p[1] == DCE_FRAMED)
		return true;
	/* 7.3: as in RFC 1964 1.2.2.3, each byte of the padding is its length. */
	pad = *len > 0 ? out[*len - 1] : 0;
	if (pad == 0 || pad > 8 || pad > *len)
		return false;
	*len -= pad;
	return true;
}

bool
rc4token_mic(const struct krb_key *k, enum dir dir, const struct sealed *in, bool bare)
{
	static const uint8_t start[START] = { 1, 1, 0x11, 0, 0xff, 0xff, 0xff, 0xff };
	struct view t = unframed(in->token), none = { NULL, 0 };
	const struct view parts[] = { bare ? none : in->before, in->body,
	    bare ? none : in->after };
	uint8_t seq[SEQ];

	return t.len == MIC_LEN && memcmp(t.p, start, START) == 0 &&
	    sequence(k, dir, t, seq) &&
	    signed_by(k, SALT_MIC, t, parts, sizeof(parts) / sizeof(parts[0]));
}
