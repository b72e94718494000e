#include "secret/ntlm-keys.h"

#include <nettle/des.h>
#include <nettle/hmac.h>
#include <nettle/md4.h>
#include <nettle/md5.h>
#include <nettle/memops.h>

#include "secret/ntlmssp.h"

#define nitems(a)	(sizeof(a) / sizeof((a)[0]))

/* ---- Upper case ---- */

/*
 * Windows maps each UTF-16 unit with a table of its own.  It leaves characters
 * as they are whose upper case has another length, and the micro sign, dotless
 * i and long s.  This table needs no locale, which a small host may not have.
 */
static const struct {
	uint16_t	first, last, step;
	int16_t		by;
} upper[] = {
	{ 0x0061, 0x007a, 1, -32 },
	{ 0x00e0, 0x00f6, 1, -32 },	/* Latin-1 */
	{ 0x00f8, 0x00fe, 1, -32 },
	{ 0x00ff, 0x00ff, 1, 121 },
	{ 0x0101, 0x012f, 2, -1 },	/* Latin Extended */
	{ 0x0133, 0x0137, 2, -1 },
	{ 0x013a, 0x0148, 2, -1 },
	{ 0x014b, 0x0177, 2, -1 },
	{ 0x017a, 0x017e, 2, -1 },
	{ 0x01ce, 0x01dc, 2, -1 },
	{ 0x01df, 0x01ef, 2, -1 },
	{ 0x01f9, 0x021f, 2, -1 },
	{ 0x0223, 0x0233, 2, -1 },
	{ 0x03ac, 0x03ac, 1, -38 },	/* Greek */
	{ 0x03ad, 0x03af, 1, -37 },
	{ 0x03b1, 0x03c1, 1, -32 },
	{ 0x03c2, 0x03c2, 1, -31 },
	{ 0x03c3, 0x03cb, 1, -32 },
	{ 0x03cc, 0x03cc, 1, -64 },
	{ 0x03cd, 0x03ce, 1, -63 },
	{ 0x0430, 0x044f, 1, -32 },	/* Cyrillic */
	{ 0x0450, 0x045f, 1, -80 },
	{ 0x0461, 0x0481, 2, -1 },
	{ 0x048b, 0x04bf, 2, -1 },
	{ 0x04c2, 0x04ce, 2, -1 },
	{ 0x04d1, 0x052f, 2, -1 },
	{ 0x0561, 0x0586, 1, -48 },	/* Armenian */
	{ 0x1e01, 0x1e95, 2, -1 },	/* Latin Extended Additional */
	{ 0x1ea1, 0x1eff, 2, -1 },	/* Vietnamese */
	{ 0xff41, 0xff5a, 1, -32 },	/* full width */
};

static uint16_t
upper_unit(uint16_t u)
{
	for (size_t i = 0; i < nitems(upper) && u >= upper[i].first; i++)
		if (u <= upper[i].last && (u - upper[i].first) % upper[i].step == 0)
			return (uint16_t)(u + upper[i].by);
	return u;
}

void
ntlm_upper(uint8_t *utf16, size_t len)
{
	for (size_t i = 0; i + 1 < len; i += 2)
		le16enc(utf16 + i, upper_unit(le16dec(utf16 + i)));
}

/* ---- Hashes ---- */

static void
md4(struct view v, uint8_t out[16])
{
	struct md4_ctx c;

	md4_init(&c);
	md4_update(&c, v.len, v.p);
	md4_digest(&c, MD4_DIGEST_SIZE, out);
	explicit_bzero(&c, sizeof(c));
}

static void
md5(struct view a, struct view b, uint8_t out[16])
{
	struct md5_ctx c;

	md5_init(&c);
	md5_update(&c, a.len, a.p);
	md5_update(&c, b.len, b.p);
	md5_digest(&c, MD5_DIGEST_SIZE, out);
	explicit_bzero(&c, sizeof(c));
}

static void
hmac(const uint8_t key[16], struct view a, struct view b, uint8_t out[16])
{
	struct hmac_md5_ctx c;

	hmac_md5_set_key(&c, 16, key);
	hmac_md5_update(&c, a.len, a.p);
	hmac_md5_update(&c, b.len, b.p);
	hmac_md5_digest(&c, MD5_DIGEST_SIZE, out);
	explicit_bzero(&c, sizeof(c));
}

/* Spreads seven bytes to a DES key, each of whose bytes has a parity bit, which
 * is ignored. */
static void
des(const uint8_t k[7], const uint8_t in[8], uint8_t out[8])
{
	struct des_ctx c;
	uint64_t bits = 0;
	uint8_t key[DES_KEY_SIZE];

	for (size_t i = 0; i < 7; i++)
		bits = bits << 8 | k[i];
	for (size_t i = 0; i < 8; i++)
		key[i] = (uint8_t)(bits >> (49 - 7 * i) << 1);
	des_set_key(&c, key);
	des_encrypt(&c, DES_BLOCK_SIZE, out, in);
	explicit_bzero(&c, sizeof(c));
	explicit_bzero(key, sizeof(key));
	explicit_bzero(&bits, sizeof(bits));
}

/* ---- Responses ---- */

bool
ntlm_v2(const uint8_t nthash[16], struct view user, struct view domain,
    const uint8_t challenge[8], struct view response, uint8_t base[16])
{
	uint8_t key[16], proof[NTLM_PROOF];
	bool fits;

	if (response.len < sizeof(proof))
		return false;
	hmac(nthash, user, domain, key);
	hmac(key, (struct view){ challenge, 8 }, view_from(response, sizeof(proof)), proof);
	fits = memeql_sec(proof, response.p, sizeof(proof)) != 0;
	if (fits)
		hmac(key, (struct view){ proof, sizeof(proof) }, (struct view){ NULL, 0 }, base);
	explicit_bzero(key, sizeof(key));
	return fits;
}

bool
ntlm_v1(const uint8_t nthash[16], const uint8_t challenge[8], const uint8_t *client,
    const uint8_t response[NTLM_V1_RESPONSE], uint8_t base[16])
{
	uint8_t keys[21] = { 0 }, question[16], want[NTLM_V1_RESPONSE];
	bool fits;

	memcpy(question, challenge, 8);
	if (client != NULL)
		md5((struct view){ challenge, 8 }, (struct view){ client, 8 }, question);
	memcpy(keys, nthash, 16);
	for (size_t i = 0; i < 3; i++)
		des(keys + 7 * i, question, want + 8 * i);
	fits = memeql_sec(want, response, sizeof(want)) != 0;
	if (fits)
		md4((struct view){ nthash, 16 }, base);
	explicit_bzero(keys, sizeof(keys));
	explicit_bzero(want, sizeof(want));
	return fits;
}

bool
ntlm_lm_hash(const char *password, uint8_t lmhash[16])
{
	uint8_t key[14] = { 0 };
	bool can = strlen(password) <= sizeof(key);

	/* Beyond ASCII the hash depends on the client's code page, which is not
	 * known. */
	for (size_t i = 0; can && password[i] != '\0'; i++) {
		uint8_t c = (uint8_t)password[i];

		can = c < 0x80;
		key[i] = c >= 'a' && c <= 'z' ? (uint8_t)(c - 32) : c;
	}
	if (can) {
		des(key, (const uint8_t *)"KGS!@#$%", lmhash);
		des(key + 7, (const uint8_t *)"KGS!@#$%", lmhash + 8);
	}
	explicit_bzero(key, sizeof(key));
	return can;
}

/* ---- Keys ---- */

void
ntlm_exchange_ess(const uint8_t base[16], const uint8_t challenge[8], const uint8_t *lm,
    uint8_t key[16])
{
	hmac(base, (struct view){ challenge, 8 }, (struct view){ lm, 8 }, key);
}

void
ntlm_exchange_lm(const uint8_t lmhash[16], const uint8_t *lm, uint8_t key[16])
{
	uint8_t second[7];

	memset(second, 0xbd, sizeof(second));
	second[0] = lmhash[7];
	des(lmhash, lm, key);
	des(second, lm, key + 8);
	explicit_bzero(second, sizeof(second));
}

/* The NUL at their end counts. */
static const char signing[2][60] = {
	"session key to client-to-server signing key magic constant",
	"session key to server-to-client signing key magic constant",
};
static const char sealing[2][60] = {
	"session key to client-to-server sealing key magic constant",
	"session key to server-to-client sealing key magic constant",
};

static struct view
magic(const char text[60])
{
	return (struct view){ (const uint8_t *)text, strlen(text) + 1 };
}

void
ntlm_sign_key(const uint8_t exported[16], enum dir d, uint8_t key[16])
{
	md5((struct view){ exported, 16 }, magic(signing[d]), key);
}

void
ntlm_seal_key(const uint8_t exported[16], uint32_t flags, enum dir d, uint8_t key[16])
{
	size_t n = flags & NTLM_128 ? 16 : flags & NTLM_56 ? 7 : 5;

	md5((struct view){ exported, n }, magic(sealing[d]), key);
}

size_t
ntlm_seal_key_old(const uint8_t exported[16], uint32_t flags, uint8_t key[16])
{
	memcpy(key, exported, 16);
	if ((flags & (NTLM_LM_KEY | NTLM_DATAGRAM)) == 0)
		return 16;
	if (flags & NTLM_56)
		key[7] = 0xa0;
	else
		memcpy(key + 5, "\xe5\x38\xb0", 3);
	return 8;
}
