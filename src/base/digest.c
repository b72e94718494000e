#include "base/digest.h"

#include <ctype.h>
#include <nettle/base64.h>
#include <nettle/sha1.h>
#include <nettle/sha2.h>
#include <stdio.h>

void
sha256_hex(struct view v, char out[65])
{
	struct sha256_ctx c;
	uint8_t d[SHA256_DIGEST_SIZE];

	sha256_init(&c);
	sha256_update(&c, v.len, v.p);
	sha256_digest(&c, sizeof(d), d);
	for (size_t i = 0; i < sizeof(d); i++)
		snprintf(out + 2 * i, 3, "%02x", d[i]);
}

void
sha512_chain(uint8_t hash[64], struct view v)
{
	struct sha512_ctx c;

	sha512_init(&c);
	sha512_update(&c, SHA512_DIGEST_SIZE, hash);
	sha512_update(&c, v.len, v.p);
	sha512_digest(&c, SHA512_DIGEST_SIZE, hash);
}

void
sha512_lower(uint8_t hash[64], const char *s)
{
	uint8_t piece[256];
	size_t n;

	do {
		for (n = 0; n < sizeof(piece) && s[n] != '\0'; n++)
			piece[n] = (uint8_t)tolower((unsigned char)s[n]);
		sha512_chain(hash, (struct view){ piece, n });
		s += n;
	} while (n == sizeof(piece));
}

void
sha1(struct view v, uint8_t out[20])
{
	struct sha1_ctx c;

	sha1_init(&c);
	sha1_update(&c, v.len, v.p);
	sha1_digest(&c, SHA1_DIGEST_SIZE, out);
}

void
base64(struct view v, char *out)
{
	base64_encode_raw(out, v.len, v.p);
	out[BASE64_ENCODE_RAW_LENGTH(v.len)] = '\0';
}

void
uuid_text(const uint8_t w[16], char out[37])
{
	snprintf(out, 37, "%08x-%04x-%04x-%02x%02x-%02x%02x%02x%02x%02x%02x",
	    le32dec(w), le16dec(w + 4), le16dec(w + 6), w[8], w[9], w[10], w[11],
	    w[12], w[13], w[14], w[15]);
}
