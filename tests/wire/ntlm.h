/* ntlm.h -- for tests: NTLMSSP messages written by hand, [MS-NLMP] 2.2.1. */
#ifndef WIRE_NTLM_H
#define WIRE_NTLM_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "secret/ntlmssp.h"

struct bytes {
	uint8_t	p[16384];
	size_t	n;
};

static inline struct view
view_of(const struct bytes *b)
{
	return (struct view){ b->p, b->n };
}

static inline void
put(struct bytes *b, const void *p, size_t n)
{
	assert_true(b->n + n <= sizeof(b->p));
	if (n > 0)
		memcpy(b->p + b->n, p, n);
	b->n += n;
}

static inline void
put_le32(struct bytes *b, uint32_t v)
{
	uint8_t p[4];

	le32enc(p, v);
	put(b, p, 4);
}

/* UTF-8 up to three bytes a character. */
static inline void
put_utf16(struct bytes *b, const char *text)
{
	const uint8_t *p = (const uint8_t *)text;

	while (*p != 0) {
		uint32_t c = *p++;
		uint8_t u[2];

		if (c >= 0xe0) {
			c = (c & 0x0f) << 12 | (p[0] & 0x3fu) << 6 | (p[1] & 0x3fu);
			p += 2;
		} else if (c >= 0xc0)
			c = (c & 0x1f) << 6 | (*p++ & 0x3fu);
		le16enc(u, (uint16_t)c);
		put(b, u, 2);
	}
}

static inline struct bytes
utf16(const char *text)
{
	struct bytes b = { .n = 0 };

	put_utf16(&b, text);
	return b;
}

/* "0102 03"; blanks are skipped. */
static inline struct bytes
hex(const char *text)
{
	struct bytes b = { .n = 0 };
	char pair[3] = "";

	while (*text != '\0') {
		if (*text == ' ') {
			text++;
			continue;
		}
		memcpy(pair, text, 2);
		b.p[b.n++] = (uint8_t)strtoul(pair, NULL, 16);
		text += 2;
	}
	return b;
}

/* A heap copy of exactly so many bytes, so that a read past them shows. */
static inline uint8_t *
cut(const void *p, size_t n)
{
	uint8_t *c = test_malloc(n > 0 ? n : 1);

	if (n > 0)
		memcpy(c, p, n);
	return c;
}

#define SERVER_CHALLENGE	"\x01\x23\x45\x67\x89\xab\xcd\xef"

/* A field at an offset of the fixed part, its content behind what is there. */
static inline void
put_field(struct bytes *b, size_t at, const void *p, size_t n)
{
	le16enc(b->p + at, (uint16_t)n);
	le16enc(b->p + at + 2, (uint16_t)n);
	le32enc(b->p + at + 4, (uint32_t)b->n);
	put(b, p, n);
}

static inline struct bytes
message(uint32_t type, size_t fixed)
{
	struct bytes b = { .n = fixed };

	memcpy(b.p, "NTLMSSP", 8);
	le32enc(b.p + 8, type);
	return b;
}

/* info: AV pairs. */
static inline struct bytes
challenge_message(uint32_t flags, const char *target, const struct bytes *info)
{
	struct bytes b = message(NTLM_CHALLENGE, 56), t = utf16(target);

	le32enc(b.p + 20, flags);
	memcpy(b.p + 24, SERVER_CHALLENGE, 8);
	put_field(&b, 12, t.p, t.n);
	put_field(&b, 40, info->p, info->n);
	return b;
}

struct logon_parts {
	uint32_t	 flags;
	const char	*user, *domain;
	struct bytes	 lm, nt, key;
};

static inline struct bytes
authenticate_message(const struct logon_parts *l)
{
	struct bytes b = message(NTLM_AUTHENTICATE, 88), u = utf16(l->user), d = utf16(l->domain);

	le32enc(b.p + 60, l->flags);
	put_field(&b, 28, d.p, d.n);
	put_field(&b, 36, u.p, u.n);
	put_field(&b, 44, "W\0S\0", 4);
	put_field(&b, 12, l->lm.p, l->lm.n);
	put_field(&b, 20, l->nt.p, l->nt.n);
	put_field(&b, 52, l->key.p, l->key.n);
	return b;
}

static inline void
put_av(struct bytes *b, enum ntlm_av id, const void *p, size_t n)
{
	uint8_t head[4];

	le16enc(head, (uint16_t)id);
	le16enc(head + 2, (uint16_t)n);
	put(b, head, sizeof(head));
	put(b, p, n);
}

static inline void
put_av_text(struct bytes *b, enum ntlm_av id, const char *text)
{
	struct bytes t = utf16(text);

	put_av(b, id, t.p, t.n);
}

/* [MS-NLMP] 4.2: Domain\User, Password; and what follows from it. */
#define V1_FLAGS	0xe2028233u
#define V1_ESS_FLAGS	0x820a8233u
#define V2_FLAGS	0xe2888235u
#define V1_NT	"67c43011f30298a2ad35ece64f16331c44bdbed927841f94"
#define V1_LM	"98def7b87f88aa5dafe2df779688a172def11c7d5ccdef13"
#define V1_KEY	"518822b1b3f350c8958682ecbb3e3cb7"
#define V1_ESS_NT "7537f803ae367128ca458204bde7caf81e97ed2683267232"
#define V1_ESS_LM "aaaaaaaaaaaaaaaa 00000000000000000000000000000000"
#define V2_NT	"68cd0ab851e51c96aabc927bebef6a1c" \
	"01010000000000000000000000000000aaaaaaaaaaaaaaaa0000000002000c0044006f006d006100" \
	"69006e0001000c005300650072007600650072000000000000000000"
#define V2_KEY	"c5dad2544fc9799094ce1ce90bc9d03e"

/* As in that section: the target's name and no pairs. */
static inline struct bytes
nlmp_challenge(uint32_t flags)
{
	struct bytes none = { .n = 0 };

	return challenge_message(flags, "Server", &none);
}

static inline struct bytes
nlmp_authenticate(uint32_t flags, const char *lm, const char *nt, const char *key)
{
	struct logon_parts l = { flags, "User", "Domain", hex(lm), hex(nt), hex(key) };

	return authenticate_message(&l);
}

#endif
