#include "secret/tls-keys.h"

#include <nettle/hmac.h>
#include <string.h>

/* ---- Cipher suites of the IANA registry, with any key exchange ---- */

enum kind {
	AES128_SHA, AES256_SHA, AES128_SHA256, AES256_SHA256, AES256_SHA384,
	AES128_GCM, AES256_GCM, CHACHA, KINDS
};

static const struct tls_suite kinds[KINDS] = {
	[AES128_SHA] = { NULL, &nettle_aes128, &nettle_sha1, &nettle_sha256, 16, 0 },
	[AES256_SHA] = { NULL, &nettle_aes256, &nettle_sha1, &nettle_sha256, 32, 0 },
	[AES128_SHA256] = { NULL, &nettle_aes128, &nettle_sha256, &nettle_sha256, 16, 0 },
	[AES256_SHA256] = { NULL, &nettle_aes256, &nettle_sha256, &nettle_sha256, 32, 0 },
	[AES256_SHA384] = { NULL, &nettle_aes256, &nettle_sha384, &nettle_sha384, 32, 0 },
	[AES128_GCM] = { &nettle_gcm_aes128, NULL, NULL, &nettle_sha256, 16, 4 },
	[AES256_GCM] = { &nettle_gcm_aes256, NULL, NULL, &nettle_sha384, 32, 4 },
	[CHACHA] = { &nettle_chacha_poly1305, NULL, NULL, &nettle_sha256, 32, TLS_IV },
};

/* Numbers of suites of one kind: from first to last, step apart. */
static const struct {
	uint16_t	 first, last, step;
	enum kind	 kind;
} suites12[] = {
	/* RFC 5246 A.5 */
	{ 0x002f, 0x0034, 1, AES128_SHA },	{ 0x0035, 0x003a, 1, AES256_SHA },
	{ 0x003c, 0x003c, 1, AES128_SHA256 },	{ 0x003d, 0x003d, 1, AES256_SHA256 },
	{ 0x003e, 0x0040, 1, AES128_SHA256 },	{ 0x0067, 0x0067, 1, AES128_SHA256 },
	{ 0x0068, 0x006b, 1, AES256_SHA256 },	{ 0x006c, 0x006c, 1, AES128_SHA256 },
	{ 0x006d, 0x006d, 1, AES256_SHA256 },
	/* RFC 4279, 5487 */
	{ 0x008c, 0x0094, 4, AES128_SHA },	{ 0x008d, 0x0095, 4, AES256_SHA },
	{ 0x00ae, 0x00b6, 4, AES128_SHA256 },	{ 0x00af, 0x00b7, 4, AES256_SHA384 },
	/* RFC 5288, 5487 */
	{ 0x009c, 0x00ac, 2, AES128_GCM },	{ 0x009d, 0x00ad, 2, AES256_GCM },
	/* RFC 8422 6, 5489 */
	{ 0xc004, 0xc004, 1, AES128_SHA },	{ 0xc005, 0xc005, 1, AES256_SHA },
	{ 0xc009, 0xc009, 1, AES128_SHA },	{ 0xc00a, 0xc00a, 1, AES256_SHA },
	{ 0xc00e, 0xc00e, 1, AES128_SHA },	{ 0xc00f, 0xc00f, 1, AES256_SHA },
	{ 0xc013, 0xc013, 1, AES128_SHA },	{ 0xc014, 0xc014, 1, AES256_SHA },
	{ 0xc018, 0xc018, 1, AES128_SHA },	{ 0xc019, 0xc019, 1, AES256_SHA },
	{ 0xc035, 0xc035, 1, AES128_SHA },	{ 0xc036, 0xc036, 1, AES256_SHA },
	{ 0xc037, 0xc037, 1, AES128_SHA256 },	{ 0xc038, 0xc038, 1, AES256_SHA384 },
	/* RFC 5289 */
	{ 0xc023, 0xc029, 2, AES128_SHA256 },	{ 0xc024, 0xc02a, 2, AES256_SHA384 },
	{ 0xc02b, 0xc031, 2, AES128_GCM },	{ 0xc02c, 0xc032, 2, AES256_GCM },
	/* RFC 8442, 7905 */
	{ 0xd001, 0xd001, 1, AES128_GCM },	{ 0xd002, 0xd002, 1, AES256_GCM },
	{ 0xcca8, 0xccae, 1, CHACHA },
};

/* RFC 8446 B.4 */
static const enum kind suites13[] = { AES128_GCM, AES256_GCM, CHACHA };
#define FIRST_13	0x1301

const struct tls_suite *
tls_suite_find(uint16_t version, uint16_t id)
{
	if (version == TLS_1_3)
		return id >= FIRST_13 && id - FIRST_13 < 3 ?
		    &kinds[suites13[id - FIRST_13]] : NULL;
	if (version != TLS_1_2)
		return NULL;
	for (size_t i = 0; i < sizeof(suites12) / sizeof(suites12[0]); i++)
		if (id >= suites12[i].first && id <= suites12[i].last &&
		    (id - suites12[i].first) % suites12[i].step == 0)
			return &kinds[suites12[i].kind];
	return NULL;
}

/* ---- Derivation ---- */

struct mac_ctx HMAC_CTX(struct sha512_ctx);	/* has room for the smaller ones, too */

static void
mac_begin(struct mac_ctx *c, const struct nettle_hash *h, struct view key)
{
	hmac_set_key(&c->outer, &c->inner, &c->state, h, key.len, key.p);
}

static void
mac_add(struct mac_ctx *c, const struct nettle_hash *h, struct view v)
{
	hmac_update(&c->state, h, v.len, v.p);
}

static void
mac_end(struct mac_ctx *c, const struct nettle_hash *h, size_t len, uint8_t *out)
{
	hmac_digest(&c->outer, &c->inner, &c->state, h, len, out);
}

#define KEY_BLOCK	(2 * (48 + 32 + TLS_IV))

/* P_hash, RFC 5246 5. */
static void
prf(const struct nettle_hash *h, struct view secret, struct view seed, uint8_t *out, size_t len)
{
	uint8_t a[SHA512_DIGEST_SIZE];
	struct view chain = seed;
	struct mac_ctx c;
	size_t n;

	for (size_t at = 0; at < len; at += n) {
		n = len - at < h->digest_size ? len - at : h->digest_size;
		mac_begin(&c, h, secret);
		mac_add(&c, h, chain);
		mac_end(&c, h, h->digest_size, a);
		chain = (struct view){ a, h->digest_size };
		mac_add(&c, h, chain);
		mac_add(&c, h, seed);
		mac_end(&c, h, n, out + at);
	}
	explicit_bzero(a, sizeof(a));
	explicit_bzero(&c, sizeof(c));
}

void
tls12_keys(const struct tls_suite *s, bool etm, const uint8_t master[TLS_MASTER],
    const uint8_t client_random[TLS_RANDOM], const uint8_t server_random[TLS_RANDOM],
    struct tls_keys out[2])
{
	static const char label[] = "key expansion";
	uint8_t seed[sizeof(label) - 1 + 2 * TLS_RANDOM], block[KEY_BLOCK];
	size_t mac = s->mac != NULL ? s->mac->digest_size : 0, at = sizeof(label) - 1;

	memcpy(seed, label, at);
	memcpy(seed + at, server_random, TLS_RANDOM);
	memcpy(seed + at + TLS_RANDOM, client_random, TLS_RANDOM);
	prf(s->prf, (struct view){ master, TLS_MASTER },
	    (struct view){ seed, sizeof(seed) }, block, 2 * (mac + s->key + s->salt));
	for (size_t d = C2S; d <= S2C; d++) {
		out[d] = (struct tls_keys){ .suite = s, .version = TLS_1_2, .etm = etm };
		memcpy(out[d].mac, block + d * mac, mac);
		memcpy(out[d].key, block + 2 * mac + d * s->key, s->key);
		memcpy(out[d].iv, block + 2 * (mac + s->key) + d * s->salt, s->salt);
	}
	explicit_bzero(block, sizeof(block));
}

/* HKDF-Expand-Label with an empty context, RFC 8446 7.1.  One round is enough,
 * since no output is longer than the hash. */
static void
expand(const struct nettle_hash *h, const uint8_t *secret, const char *label,
    uint8_t *out, size_t len)
{
	static const uint8_t end[2] = { 0, 1 };		/* no context; the first round */
	const uint8_t begin[3] = { 0, (uint8_t)len, (uint8_t)(6 + strlen(label)) };
	struct mac_ctx c;

	mac_begin(&c, h, (struct view){ secret, h->digest_size });
	mac_add(&c, h, (struct view){ begin, sizeof(begin) });
	mac_add(&c, h, view_str("tls13 "));
	mac_add(&c, h, view_str(label));
	mac_add(&c, h, (struct view){ end, sizeof(end) });
	mac_end(&c, h, len, out);
	explicit_bzero(&c, sizeof(c));
}

void
tls13_keys(const struct tls_suite *s, const uint8_t *secret, struct tls_keys *out)
{
	*out = (struct tls_keys){ .suite = s, .version = TLS_1_3 };
	expand(s->prf, secret, "key", out->key, s->key);
	expand(s->prf, secret, "iv", out->iv, TLS_IV);
}

void
tls13_update(const struct tls_suite *s, const uint8_t *secret, uint8_t *next)
{
	expand(s->prf, secret, "traffic upd", next, s->prf->digest_size);
}
