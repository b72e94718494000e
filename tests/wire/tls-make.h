/* tls-make.h -- for tests: a TLS 1.2 session of AES-128-GCM that seals what a test likes;
 * what goes wrong stops the program. */
#ifndef WIRE_TLS_MAKE_H
#define WIRE_TLS_MAKE_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <nettle/gcm.h>

#include "base/budget.h"
#include "secret/tls-keys.h"

#define MADE_SUITE	0xc02b

struct made {
	uint8_t		 random[2][TLS_RANDOM], master[TLS_MASTER];
	struct tls_keys	 keys[2];
	uint64_t	 number[2];
};

/* Sessions of other numbers are others. */
static inline void
made_init(struct made *m, uint8_t number)
{
	*m = (struct made){ .number = { 0 } };
	memset(m->random[C2S], number, TLS_RANDOM);
	memset(m->random[S2C], 0x80 | number, TLS_RANDOM);
	memset(m->master, 0x40 | number, TLS_MASTER);
	tls12_keys(tls_suite_find(TLS_1_2, MADE_SUITE), false, m->master, m->random[C2S],
	    m->random[S2C], m->keys);
}

/* Its line of a key log. */
static inline void
made_log(const struct made *m, FILE *f)
{
	fputs("CLIENT_RANDOM ", f);
	for (size_t i = 0; i < TLS_RANDOM; i++)
		fprintf(f, "%02x", m->random[C2S][i]);
	fputc(' ', f);
	for (size_t i = 0; i < TLS_MASTER; i++)
		fprintf(f, "%02x", m->master[i]);
	fputc('\n', f);
}

/* The log of a session, or an empty one (NULL), and a secrets file that names it. */
static inline void
made_secrets(const struct made *m, char path[32], char text[64])
{
	FILE *f;

	snprintf(path, 32, "/tmp/schedwire-keylog.XXXXXX");
	if ((f = fdopen(mkstemp(path), "w")) == NULL)
		abort();
	if (m != NULL)
		made_log(m, f);
	fclose(f);
	snprintf(text, 64, "keylog %s\n", path);
}

static inline void
made_record(struct buf *out, uint8_t type, struct view body)
{
	uint8_t header[5] = { type, 3, 3 };

	be16enc(header + 3, (uint16_t)body.len);
	if (!buf_add(out, (struct view){ header, 5 }) || !buf_add(out, body))
		abort();
}

static inline void
made_hello(const struct made *m, enum dir d, struct buf *out)
{
	uint8_t b[4 + 2 + TLS_RANDOM + 1 + 4 + 2] = { d == C2S ? 1 : 2, 0, 0, 0, 3, 3 };
	size_t n = 6 + TLS_RANDOM + 1;

	memcpy(b + 6, m->random[d], TLS_RANDOM);
	if (d == C2S) {
		be16enc(b + n, 2);	/* bytes of suites */
		n += 2;
	}
	be16enc(b + n, MADE_SUITE);
	n += 2;
	if (d == C2S)
		b[n++] = 1;		/* compressions: none */
	b[n++] = 0;
	b[3] = (uint8_t)(n - 4);
	made_record(out, 22, (struct view){ b, n });
}

/* RFC 5288: an explicit nonce, the ciphertext, the tag. */
static inline void
made_sealed(struct made *m, enum dir d, uint8_t type, struct view v, struct buf *out)
{
	struct gcm_aes128_ctx gcm;
	uint8_t nonce[12], aad[13], *body = malloc(8 + v.len + 16);

	if (body == NULL)
		abort();
	be64enc(aad, m->number[d]++);
	memcpy(nonce, m->keys[d].iv, 4);
	memcpy(nonce + 4, aad, 8);
	memcpy(body, aad, 8);
	aad[8] = type;
	be16enc(aad + 9, TLS_1_2);
	be16enc(aad + 11, (uint16_t)v.len);
	gcm_aes128_set_key(&gcm, m->keys[d].key);
	gcm_aes128_set_iv(&gcm, sizeof(nonce), nonce);
	gcm_aes128_update(&gcm, sizeof(aad), aad);
	gcm_aes128_encrypt(&gcm, v.len, body + 8, v.p);
	gcm_aes128_digest(&gcm, 16, body + 8 + v.len);
	made_record(out, type, (struct view){ body, 8 + v.len + 16 });
	free(body);
}

/* ChangeCipherSpec and Finished, which nobody checks. */
static inline void
made_finish(struct made *m, enum dir d, struct buf *out)
{
	made_record(out, 20, (struct view){ (const uint8_t *)"\1", 1 });
	made_sealed(m, d, 22, (struct view){ (const uint8_t *)"\x14\0\0\x0c............", 16 }, out);
}

static inline void
made_data(struct made *m, enum dir d, struct view v, struct buf *out)
{
	made_sealed(m, d, 23, v, out);
}

#endif
