#include "secret/tls-records.h"

#include <nettle/cbc.h>
#include <nettle/chacha-poly1305.h>
#include <nettle/gcm.h>
#include <nettle/hmac.h>
#include <nettle/memops.h>
#include <string.h>

#define TAG		16
#define EXPLICIT	8		/* bytes of the nonce in the record, RFC 5288 3 */
#define MAC_HEAD	13		/* bytes before the content in a MAC, RFC 5246 6.2.3.1 */

union aead_ctx {
	struct gcm_aes128_ctx aes128;
	struct gcm_aes256_ctx aes256;
	struct chacha_poly1305_ctx chacha;
};

/* Makes what a MAC is over before the content: the number, and the header with
 * the length of what is authenticated. */
static void
mac_head(uint64_t number, struct view record, size_t len, uint8_t out[MAC_HEAD])
{
	be64enc(out, number);
	memcpy(out + 8, record.p, 3);
	be16enc(out + 11, (uint16_t)len);
}

static bool
aead_open(const struct tls_keys *k, const uint8_t nonce[TLS_IV], struct view aad,
    struct view body, uint8_t *out)
{
	const struct nettle_aead *a = k->suite->aead;
	size_t len = body.len - TAG;
	uint8_t tag[TAG];
	union aead_ctx c;
	bool ok;

	a->set_decrypt_key(&c, k->key);
	a->set_nonce(&c, nonce);
	a->update(&c, aad.len, aad.p);
	a->decrypt(&c, len, out, body.p);
	a->digest(&c, TAG, tag);
	ok = memeql_sec(tag, body.p + len, TAG);
	explicit_bzero(&c, sizeof(c));
	return ok;
}

/* Makes a nonce: the number is XORed to the end of the IV, RFC 8446 5.3, 7905 2. */
static void
nonce_of(const struct tls_keys *k, uint64_t number, uint8_t nonce[TLS_IV])
{
	memcpy(nonce, k->iv, TLS_IV);
	be64enc(nonce + 4, be64dec(nonce + 4) ^ number);
}

static bool
aead12_open(const struct tls_keys *k, uint64_t number, struct view record, uint8_t *out,
    size_t *len)
{
	bool brings = k->suite->salt < TLS_IV;
	struct view body = view_from(record, TLS_HEADER + (brings ? EXPLICIT : 0));
	uint8_t nonce[TLS_IV], aad[MAC_HEAD];

	if (body.len < TAG)
		return false;
	nonce_of(k, number, nonce);
	if (brings)
		memcpy(nonce + 4, record.p + TLS_HEADER, EXPLICIT);
	*len = body.len - TAG;
	mac_head(number, record, *len, aad);
	return aead_open(k, nonce, (struct view){ aad, sizeof(aad) }, body, out);
}

/* Opens a record of 1.3, where the content type and zeros follow the content,
 * RFC 8446 5.2. */
static bool
aead13_open(const struct tls_keys *k, uint64_t number, struct view record, uint8_t *out,
    size_t *len, uint8_t *type)
{
	struct view body = view_from(record, TLS_HEADER);
	uint8_t nonce[TLS_IV];
	size_t n;

	if (body.len < TAG)
		return false;
	nonce_of(k, number, nonce);
	if (!aead_open(k, nonce, view_upto(record, 0, TLS_HEADER), body, out))
		return false;
	for (n = body.len - TAG; n > 0 && out[n - 1] == 0; n--)
		;
	*type = n > 0 ? out[n - 1] : 0;
	*len = n > 0 ? n - 1 : 0;
	return true;
}

/* ---- CBC, RFC 5246 6.2.3.2 ---- */

static bool
mac_ok(const struct tls_keys *k, uint64_t number, struct view record, struct view v,
    const uint8_t *mac)
{
	struct HMAC_CTX(struct sha512_ctx) c;	/* with room for the smaller ones, too */
	const struct nettle_hash *h = k->suite->mac;
	uint8_t head[MAC_HEAD], want[SHA512_DIGEST_SIZE];
	bool ok;

	mac_head(number, record, v.len, head);
	hmac_set_key(&c.outer, &c.inner, &c.state, h, h->digest_size, k->mac);
	hmac_update(&c.state, h, sizeof(head), head);
	hmac_update(&c.state, h, v.len, v.p);
	hmac_digest(&c.outer, &c.inner, &c.state, h, h->digest_size, want);
	ok = memeql_sec(want, mac, h->digest_size);
	explicit_bzero(&c, sizeof(c));
	explicit_bzero(want, sizeof(want));
	return ok;
}

/* Decrypts whole blocks, the first of which is the IV, and sets *len to the
 * length without the padding.  Returns false if the padding is wrong. */
static bool
blocks_open(const struct tls_keys *k, struct view v, uint8_t *out, size_t *len)
{
	const struct nettle_cipher *c = k->suite->cbc;
	struct aes256_ctx ctx;		/* has room for the smaller key, too */
	uint8_t iv[AES_BLOCK_SIZE];
	size_t n, pad;

	if (v.len < 2 * AES_BLOCK_SIZE || v.len % AES_BLOCK_SIZE != 0)
		return false;
	n = v.len - AES_BLOCK_SIZE;
	memcpy(iv, v.p, sizeof(iv));
	c->set_decrypt_key(&ctx, k->key);
	cbc_decrypt(&ctx, c->decrypt, AES_BLOCK_SIZE, iv, n, out, v.p + AES_BLOCK_SIZE);
	explicit_bzero(&ctx, sizeof(ctx));
	pad = out[n - 1] + 1u;
	if (pad > n)
		return false;
	for (size_t i = n - pad; i < n; i++)
		if (out[i] != pad - 1)
			return false;
	*len = n - pad;
	return true;
}

static bool
cbc_open(const struct tls_keys *k, uint64_t number, struct view record, uint8_t *out, size_t *len)
{
	struct view v = view_from(record, TLS_HEADER);
	size_t mac = k->suite->mac->digest_size;

	if (v.len < mac)
		return false;
	if (k->etm) {
		v.len -= mac;
		return mac_ok(k, number, record, v, v.p + v.len) && blocks_open(k, v, out, len);
	}
	if (!blocks_open(k, v, out, len) || *len < mac)
		return false;
	*len -= mac;
	return mac_ok(k, number, record, (struct view){ out, *len }, out + *len);
}

bool
tls_record_open(const struct tls_keys *k, uint64_t number, struct view record, uint8_t *out,
    size_t *len, uint8_t *type)
{
	if (record.len <= TLS_HEADER)
		return false;
	*type = record.p[0];
	if (k->suite->aead == NULL)
		return cbc_open(k, number, record, out, len);
	if (k->version == TLS_1_3)
		return aead13_open(k, number, record, out, len, type);
	return aead12_open(k, number, record, out, len);
}
