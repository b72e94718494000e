#include "ntlm.h"

#include <sys/endian.h>

#include <nettle/hmac.h>
#include <nettle/md4.h>
#include <nettle/md5.h>

#include <stdlib.h>
#include <string.h>

/* [MS-NLMP] 2.2.2.5: 56, key exchange, 128, version, target info, ESS, always
 * sign, NTLM, seal, sign, request target, Unicode. */
#define FLAGS		0xe2888235u
#define FLAGS_SERVER	0xe28a8235u	/* and the target is a server */
#define MIC_AT		72
#define HEADER		88

#define MAX_NAMES	64	/* characters of the user and the domain, or of the password */

void
ntlm_init(struct ntlm *n)
{
	msg_init(&n->negotiate, 512);
	msg_init(&n->challenge, 512);
	msg_init(&n->authenticate, 1024);
}

void
ntlm_free(struct ntlm *n)
{
	free(n->negotiate.p);
	free(n->challenge.p);
	free(n->authenticate.p);
}

static void
hmac(uint8_t out[16], const uint8_t key[16], const void *a, size_t alen,
    const void *b, size_t blen)
{
	struct hmac_md5_ctx h;

	hmac_md5_set_key(&h, 16, key);
	hmac_md5_update(&h, alen, a);
	hmac_md5_update(&h, blen, b);
	hmac_md5_digest(&h, 16, out);
}

static void
begin(struct msg *m, uint32_t type)
{
	m->len = 0;
	put(m, "NTLMSSP", 8);
	put32(m, type);
}

static void
put_version(struct msg *m)
{
	put(m, "\x0a\0\x7c\x4f\0\0\0\x0f", 8);
}

/* 2.2.2.1 */
static void
put_av(struct msg *m, uint16_t id, const char *text)
{
	put16(m, id);
	put16(m, (uint16_t)(strlen(text) * 2));
	put_wide(m, text);
}

/* The server's AV pairs but for their end. */
static void
put_target(struct msg *m, uint64_t now)
{
	put_av(m, 2, NTLM_DOMAIN);
	put_av(m, 1, "AGENT");
	put_av(m, 4, "bench.example");
	put_av(m, 3, "agent.bench.example");
	put16(m, 7);
	put16(m, 8);
	put64(m, now);
}

/* 2.2.1.1 */
static void
put_negotiate(struct msg *m)
{
	put32(m, FLAGS);
	put_zero(m, 16);
	put_version(m);
}

/* 2.2.1.2; returns the challenge's place. */
static size_t
put_challenge(struct msg *m, struct wire *w, uint64_t now)
{
	const uint16_t name = (uint16_t)(strlen(NTLM_DOMAIN) * 2);
	size_t at, info;

	put16(m, name);
	put16(m, name);
	put32(m, 56);
	put32(m, FLAGS_SERVER);
	at = m->len;
	put32(m, wire_random(w));
	put32(m, wire_random(w));
	put_zero(m, 8 + 8);
	put_version(m);
	put_wide(m, NTLM_DOMAIN);
	info = m->len;
	put_target(m, now);
	put32(m, 0);
	le16enc(m->p + 40, (uint16_t)(m->len - info));
	le16enc(m->p + 42, (uint16_t)(m->len - info));
	le32enc(m->p + 44, (uint32_t)info);
	return at;
}

/* 2.2.2.7, from where its proof will be: 3.3.2. */
static void
put_response(struct msg *m, struct wire *w, uint64_t now)
{
	put_zero(m, 16);
	put32(m, 0x0101);
	put32(m, 0);
	put64(m, now);
	put32(m, wire_random(w));
	put32(m, wire_random(w));
	put32(m, 0);
	put_target(m, now);
	put16(m, 6);			/* there is a MIC */
	put16(m, 4);
	put32(m, 2);
	put32(m, 0);
	put32(m, 0);
}

/* One of the fields of 2.2.1.3: what was put last, from "from". */
static void
field(struct msg *m, size_t header, size_t from)
{
	le16enc(m->p + header, (uint16_t)(m->len - from));
	le16enc(m->p + header + 2, (uint16_t)(m->len - from));
	le32enc(m->p + header + 4, (uint32_t)from);
}

static void
field_text(struct msg *m, size_t header, const char *text)
{
	size_t from = m->len;

	put_wide(m, text);
	field(m, header, from);
}

/* NTOWFv2 of 3.3.2: the user's name in capitals, the domain's as it is. */
static void
owf(uint8_t out[16])
{
	uint8_t hash[16], wide[2 * MAX_NAMES];
	struct msg m = { wide, 0, sizeof(wide) };
	struct md4_ctx md4;

	put_wide(&m, NTLM_PASSWORD);
	md4_init(&md4);
	md4_update(&md4, m.len, m.p);
	md4_digest(&md4, sizeof(hash), hash);

	m.len = 0;
	for (const char *p = NTLM_USER; *p != '\0'; p++)
		put16(&m, (uint16_t)(*p >= 'a' && *p <= 'z' ? *p - 32 : *p));
	put_wide(&m, NTLM_DOMAIN);
	hmac(out, hash, m.p, m.len, "", 0);
}

/* 3.4.5.2, 3.4.5.3 */
static void
side_keys(struct ntlm_side *s, const uint8_t key[16], const char *direction)
{
	static const char *const kinds[] = { "signing", "sealing" };
	uint8_t made[2][16];

	for (size_t i = 0; i < 2; i++) {
		char text[96];
		struct md5_ctx md5;
		int n = snprintf(text, sizeof(text), "session key to %s %s key magic constant",
		    direction, kinds[i]);

		md5_init(&md5);
		md5_update(&md5, 16, key);
		md5_update(&md5, (size_t)n + 1, (const uint8_t *)text);	/* with its NUL */
		md5_digest(&md5, 16, made[i]);
	}
	memcpy(s->sign, made[0], sizeof(s->sign));
	arcfour_set_key(&s->rc4, 16, made[1]);
	s->seq = 0;
}

/* 3.1.5.1.2, 3.3.2 */
static void
authenticate(struct ntlm *n, struct wire *w, uint64_t now, const uint8_t challenge[8])
{
	struct msg *m = &n->authenticate;
	uint8_t owner[16], base[16], *proof;
	struct arcfour_ctx rc4;
	struct hmac_md5_ctx mic;
	size_t from;

	put_zero(m, 60 - 12);
	put32(m, FLAGS);
	put_version(m);
	put_zero(m, HEADER - MIC_AT);
	field_text(m, 28, NTLM_DOMAIN);
	field_text(m, 36, NTLM_USER);
	field_text(m, 44, "WS7");
	from = m->len;
	put_zero(m, 24);		/* LM: none where there is a timestamp */
	field(m, 12, from);
	from = m->len;
	put_response(m, w, now);
	field(m, 20, from);

	owf(owner);
	proof = m->p + from;
	hmac(proof, owner, challenge, 8, proof + 16, m->len - from - 16);
	hmac(base, owner, proof, 16, "", 0);

	for (size_t i = 0; i < sizeof(n->key); i++)
		n->key[i] = (uint8_t)wire_random(w);
	from = m->len;
	put(m, n->key, sizeof(n->key));
	field(m, 52, from);
	arcfour_set_key(&rc4, sizeof(base), base);
	arcfour_crypt(&rc4, sizeof(n->key), m->p + from, m->p + from);

	hmac_md5_set_key(&mic, sizeof(n->key), n->key);
	hmac_md5_update(&mic, n->negotiate.len, n->negotiate.p);
	hmac_md5_update(&mic, n->challenge.len, n->challenge.p);
	hmac_md5_update(&mic, m->len, m->p);
	hmac_md5_digest(&mic, 16, m->p + MIC_AT);
}

void
ntlm_logon(struct ntlm *n, struct wire *w)
{
	const uint64_t now = ((uint64_t)w->us + 11644473600000000) * 10;
	size_t at;

	begin(&n->negotiate, 1);
	put_negotiate(&n->negotiate);
	begin(&n->challenge, 2);
	at = put_challenge(&n->challenge, w, now);
	begin(&n->authenticate, 3);
	authenticate(n, w, now, n->challenge.p + at);
	side_keys(&n->side[0], n->key, "client-to-server");
	side_keys(&n->side[1], n->key, "server-to-client");
}

void
ntlm_seal(struct ntlm *n, bool server, struct msg *m, size_t at, size_t body)
{
	struct ntlm_side *s = &n->side[server];
	uint8_t seq[4], sum[16];

	le32enc(seq, s->seq++);
	hmac(sum, s->sign, seq, sizeof(seq), m->p, m->len);
	arcfour_crypt(&s->rc4, body, m->p + at, m->p + at);
	arcfour_crypt(&s->rc4, 8, sum, sum);
	put32(m, 1);
	put(m, sum, 8);
	put(m, seq, sizeof(seq));
}
