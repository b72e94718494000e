/*
 * krb-make.h -- Kerberos logons and tokens of any encryption type, for tests of
 * what opens them: RFC 4120 5, RFC 4121 4.2, RFC 4757 7.
 */
#ifndef WIRE_KRB_MAKE_H
#define WIRE_KRB_MAKE_H

#include <nettle/arcfour.h>
#include <nettle/hmac.h>
#include <nettle/md5.h>

#include "secret/keyring.h"
#include "secret/krbcrypt.h"
#include "wire/krb.h"
#include "unit/ring.h"

/* A key of an etype that is told from others by a letter. */
static inline struct krb_key
make_key(int32_t etype, char letter)
{
	struct krb_key k = { .etype = etype, .len = etype == 18 || etype == 20 ? 32 : 16 };

	memset(k.b, letter, k.len);
	return k;
}

static inline bool
key_eq(struct view v, const struct krb_key *k)
{
	return v.len == k->len && memcmp(v.p, k->b, k->len) == 0;
}

/* ---- Messages ---- */

/* [n] INTEGER of four bytes. */
static inline void
put_int32(struct krb_text *t, unsigned int n, int32_t v)
{
	uint8_t b[4];

	be32enc(b, (uint32_t)v);
	krb_part(t, n, 2, b, sizeof(b));
}

/* [n] PrincipalName of what stands between the slashes. */
static inline void
put_name(struct krb_text *t, unsigned int n, const char *name)
{
	char first[128];
	const char *slash = strchr(name, '/');

	snprintf(first, sizeof(first), "%.*s", (int)strcspn(name, "/"), name);
	krb_name(t, n, slash != NULL ? 2 : 1, first, slash != NULL ? slash + 1 : NULL);
}

/* [n] EncryptionKey; none where there is no key. */
static inline void
put_key(struct krb_text *t, unsigned int n, const struct krb_key *k)
{
	size_t from = t->len;

	if (k == NULL || k->len == 0)
		return;
	put_int32(t, 0, k->etype);
	krb_part(t, 1, DER_OCTETS, k->b, k->len);
	krb_wrap(t, from, DER_SEQUENCE);
	krb_wrap(t, from, DER_CTX(n));
}

/* [n] EncryptedData of what was put from "from" on; kvno below 0: none. */
static inline void
put_sealed(struct krb_text *t, size_t from, unsigned int n, const struct krb_key *k,
    krb5_keyusage usage, int32_t kvno)
{
	krb5_keyblock key = krb_keyblock(k);
	const krb5_data in = { .length = (unsigned int)(t->len - from),
	    .data = (char *)(t->p + from) };
	char sealed[2048];
	krb5_enc_data out = { .ciphertext = { .length = sizeof(sealed), .data = sealed } };

	if (krb5_c_encrypt(NULL, &key, usage, NULL, &in, &out) != 0)
		abort();
	t->len = from;
	put_int32(t, 0, k->etype);
	if (kvno >= 0)
		put_int32(t, 1, kvno);
	krb_part(t, 2, DER_OCTETS, sealed, out.ciphertext.length);
	krb_wrap(t, from, DER_SEQUENCE);
	krb_wrap(t, from, DER_CTX(n));
}

struct make {
	const char	*client, *realm, *service;
	struct krb_key	 with;		/* the service's */
	int32_t		 kvno;		/* below 0: not told */
	struct krb_key	 ticket, initiator, acceptor;	/* len 0: none */
	bool		 user_to_user;
	krb5_keyusage	 authenticator;
};

static inline struct make
make_of(int32_t etype)
{
	return (struct make){ .client = "alice", .realm = "CORP.EXAMPLE",
	    .service = "cifs/fs01.corp.example", .with = make_key(etype, 'w'), .kvno = 3,
	    .ticket = make_key(etype, 't'), .initiator = make_key(etype, 'i'),
	    .acceptor = make_key(etype, 'a'), .authenticator = 11 };
}

/* [n] Ticket. */
static inline void
put_ticket(struct krb_text *t, unsigned int n, const struct make *m)
{
	size_t from = t->len, in;

	krb_int(t, 0, 5);
	krb_string(t, 1, m->realm);
	put_name(t, 2, m->service);
	in = t->len;
	krb_part(t, 0, 3, "\0\x40\xa1\0\0", 5);
	put_key(t, 1, &m->ticket);
	krb_string(t, 2, m->realm);
	put_name(t, 3, m->client);
	krb_time(t, 5, "20261124120000Z");
	krb_time(t, 7, "20261124220000Z");
	krb_wrap(t, in, DER_SEQUENCE);
	krb_wrap(t, in, DER_APP(3));
	put_sealed(t, in, 3, &m->with, 2, m->kvno);
	krb_wrap(t, from, DER_SEQUENCE);
	krb_wrap(t, from, DER_APP(1));
	krb_wrap(t, from, DER_CTX(n));
}

/* Puts an AP-REQ for a ticket, which is the content of its APPLICATION tag. */
static inline void
put_ap_req(struct krb_text *t, struct view ticket, const struct make *m)
{
	size_t from = t->len, in;

	krb_int(t, 0, 5);
	krb_int(t, 1, 14);
	krb_part(t, 2, 3, m->user_to_user ? "\0\x40\0\0\0" : "\0\x20\0\0\0", 5);
	in = t->len;
	krb_put(t, ticket.p, ticket.len);
	krb_wrap(t, in, DER_APP(1));
	krb_wrap(t, in, DER_CTX(3));
	in = t->len;
	krb_int(t, 0, 5);
	krb_string(t, 1, m->realm);
	put_name(t, 2, m->client);
	krb_int(t, 4, 7);
	krb_time(t, 5, "20261124120000Z");
	put_key(t, 6, &m->initiator);
	krb_int(t, 7, 1);
	krb_wrap(t, in, DER_SEQUENCE);
	krb_wrap(t, in, DER_APP(2));
	put_sealed(t, in, 4, &m->ticket, m->authenticator, -1);
	krb_wrap(t, from, DER_SEQUENCE);
	krb_wrap(t, from, DER_APP(14));
}

static inline void
make_ap_req(struct krb_text *t, const struct make *m)
{
	struct krb_text ticket = { .len = 0 };

	put_ticket(&ticket, 3, m);
	t->len = 0;
	put_ap_req(t, der_find(der_find(krb_view(&ticket), DER_CTX(3)), DER_APP(1)), m);
}

static inline void
make_ap_rep(struct krb_text *t, const struct make *m, const struct krb_key *subkey)
{
	size_t in;

	t->len = 0;
	krb_int(t, 0, 5);
	krb_int(t, 1, 15);
	in = t->len;
	krb_time(t, 0, "20261124120000Z");
	krb_int(t, 1, 7);
	put_key(t, 2, subkey);
	krb_int(t, 3, 1);
	krb_wrap(t, in, DER_SEQUENCE);
	krb_wrap(t, in, DER_APP(27));
	put_sealed(t, in, 2, &m->ticket, 12, -1);
	krb_wrap(t, 0, DER_SEQUENCE);
	krb_wrap(t, 0, DER_APP(15));
}

/* PA-ETYPE-INFO2 of one entry; params may be empty. */
static inline void
put_salt(struct krb_text *t, int32_t etype, const char *salt, struct view params)
{
	size_t from = t->len;

	put_int32(t, 0, etype);
	krb_string(t, 1, salt);
	if (params.len > 0)
		krb_part(t, 2, DER_OCTETS, params.p, params.len);
	krb_wrap(t, from, DER_SEQUENCE);
	krb_wrap(t, from, DER_SEQUENCE);
	krb_padata(t, from, 19);
}

/* PA-FX-FAST of an answer, RFC 6113 5.4.3. */
static inline void
put_fast(struct krb_text *t, const struct krb_key *armor, const struct krb_key *strengthen)
{
	static const uint8_t type[] = { 0xa1, 4, 2, 2, 0, 136 };
	size_t from = t->len, in;

	krb_put(t, type, sizeof(type));
	in = t->len;
	put_key(t, 1, strengthen);
	krb_int(t, 3, 42);
	krb_wrap(t, in, DER_SEQUENCE);
	put_sealed(t, in, 0, armor, 52, -1);
	krb_wrap(t, in, DER_SEQUENCE);
	krb_wrap(t, in, DER_CTX(0));
	krb_wrap(t, in, DER_OCTETS);
	krb_wrap(t, in, DER_CTX(2));
	krb_wrap(t, from, DER_SEQUENCE);
}

/* AS-REP (app 11) or TGS-REP (13) with the ticket of m; padata may be NULL. */
static inline void
make_kdc_rep(struct krb_text *t, unsigned int app, const struct make *m,
    const struct krb_key *with, krb5_keyusage usage, const struct krb_text *padata)
{
	size_t in;

	t->len = 0;
	krb_int(t, 0, 5);
	krb_int(t, 1, app);
	if (padata != NULL) {
		in = t->len;
		krb_put(t, padata->p, padata->len);
		krb_wrap(t, in, DER_SEQUENCE);
		krb_wrap(t, in, DER_CTX(2));
	}
	krb_string(t, 3, m->realm);
	put_name(t, 4, m->client);
	put_ticket(t, 5, m);
	in = t->len;
	put_key(t, 0, &m->ticket);
	krb_int(t, 2, 42);
	krb_wrap(t, in, DER_SEQUENCE);
	krb_wrap(t, in, DER_APP(app + (app == 11 ? 14 : 13)));
	put_sealed(t, in, 6, with, usage, -1);
	krb_wrap(t, 0, DER_SEQUENCE);
	krb_wrap(t, 0, DER_APP(app));
}

/* A TGS-REQ with the ticket that an answer gave; m made it. */
static inline void
make_tgs_req(struct krb_text *t, const struct krb_text *answer, const struct make *m)
{
	struct make asks = *m;
	size_t from;

	asks.authenticator = 7;
	t->len = 0;
	krb_int(t, 1, 5);
	krb_int(t, 2, 12);
	from = t->len;
	put_ap_req(t, krb_reply_ticket(answer), &asks);
	krb_padata(t, from, 1);
	krb_wrap(t, from, DER_SEQUENCE);
	krb_wrap(t, from, DER_CTX(3));
	krb_req_body(t, NULL, "cifs", "fs01.corp.example");
	krb_wrap(t, 0, DER_SEQUENCE);
	krb_wrap(t, 0, DER_APP(12));
}

/* ---- Secrets ---- */

struct made_key {
	const char	*principal;	/* "cifs/fs01@CORP" */
	struct krb_key	 key;
	uint8_t		 kvno;
};

static inline void
put_counted(struct krb_text *t, const char *s, size_t n)
{
	uint8_t len[2];

	be16enc(len, (uint16_t)n);
	krb_put(t, len, 2);
	krb_put(t, s, n);
}

/* One entry of an MIT keytab, format 5.2. */
static inline void
put_keytab_key(struct krb_text *t, const struct made_key *k)
{
	const char *at = strchr(k->principal, '@'), *slash = strchr(k->principal, '/');
	uint8_t b[16] = { 0 };
	size_t from = t->len;

	krb_put(t, b, 4);
	be16enc(b, slash != NULL ? 2 : 1);
	krb_put(t, b, 2);
	put_counted(t, at + 1, strlen(at + 1));
	if (slash != NULL) {
		put_counted(t, k->principal, (size_t)(slash - k->principal));
		put_counted(t, slash + 1, (size_t)(at - slash - 1));
	} else {
		put_counted(t, k->principal, (size_t)(at - k->principal));
	}
	memset(b, 0, sizeof(b));
	b[3] = 1;
	b[8] = k->kvno;
	be16enc(b + 9, (uint16_t)k->key.etype);
	krb_put(t, b, 11);
	put_counted(t, (const char *)k->key.b, k->key.len);
	be32enc(t->p + from, (uint32_t)(t->len - from - 4));
}

/* Opens lines of a secrets file, and a keytab with those keys. */
static inline struct keyring *
ring_with(const char *lines, const struct made_key *keys, size_t n)
{
	char path[] = "/tmp/schedwire-keytab.XXXXXX", text[1024];
	int fd = mkstemp(path);
	struct krb_text tab = { .len = 0 };
	struct keyring *ring;

	krb_put(&tab, "\5\2", 2);
	for (size_t i = 0; i < n; i++)
		put_keytab_key(&tab, &keys[i]);
	if (fd == -1 || write(fd, tab.p, tab.len) != (ssize_t)tab.len || close(fd) != 0)
		abort();
	snprintf(text, sizeof(text), "%s%s%s\n", lines, n > 0 ? "keytab " : "", n > 0 ? path : "");
	ring = ring_of(text);
	(void)unlink(path);
	return ring;
}

/* ---- Tokens ---- */

struct token {
	uint8_t		 token[128], body[512];
	size_t		 token_len, body_len;
};

struct seal {
	struct krb_key	 key;
	enum dir	 dir;
	bool		 acceptor_subkey;
	bool		 bare;		/* before and after are not signed */
	bool		 plain;		/* rotated as RFC 4121 says */
	uint16_t	 ec, rrc;
	struct view	 before, body, after;
};

static inline size_t
sum_of(int32_t etype)
{
	return etype == 19 ? 16 : etype == 20 ? 24 : 12;
}

static inline krb5_crypto_iov
iov_of(krb5_cryptotype flags, const void *p, size_t n)
{
	return (krb5_crypto_iov){ .flags = flags, .data = { .length = (unsigned int)n,
	    .data = (char *)(uintptr_t)p } };
}

static inline void
aes_header_of(const struct seal *s, bool mic, uint8_t h[16])
{
	memset(h, 0xff, 8);
	memset(h + 8, 0, 8);
	h[0] = mic ? 4 : 5;
	h[1] = 4;
	h[2] = (uint8_t)((s->dir == S2C ? 1 : 0) | (mic ? 0 : 2) | (s->acceptor_subkey ? 4 : 0));
	h[15] = 9;
	if (!mic) {
		be16enc(h + 4, s->ec);
		be16enc(h + 6, 0);
	}
}

/* RFC 4121 4.2.4, cut as DCE does: the body is as long as the cleartext. */
static inline void
aes_seal(const struct seal *s, struct token *t)
{
	krb5_keyblock key = krb_keyblock(&s->key);
	krb5_cryptotype around = s->bare ? KRB5_CRYPTO_TYPE_EMPTY : KRB5_CRYPTO_TYPE_SIGN_ONLY;
	uint8_t text[1024], turned[1024];
	size_t sum = sum_of(s->key.etype), end = s->body.len + s->ec + 16;
	size_t whole = 16 + end + sum, by = s->rrc + (s->plain ? 0u : s->ec);
	krb5_crypto_iov v[] = {
		iov_of(KRB5_CRYPTO_TYPE_HEADER, text, 16),
		iov_of(around, s->before.p, s->before.len),
		iov_of(KRB5_CRYPTO_TYPE_DATA, text + 16, s->body.len),
		iov_of(around, s->after.p, s->after.len),
		iov_of(KRB5_CRYPTO_TYPE_DATA, text + 16 + s->body.len, s->ec + 16u),
		iov_of(KRB5_CRYPTO_TYPE_TRAILER, text + 16 + end, sum),
	};

	memcpy(text + 16, s->body.p, s->body.len);
	memset(text + 16 + s->body.len, 0xee, s->ec);
	aes_header_of(s, false, text + 16 + s->body.len + s->ec);
	if (krb5_c_encrypt_iov(NULL, &key, s->dir == C2S ? 24 : 22, NULL, v, 6) != 0)
		abort();
	for (size_t i = 0; i < whole; i++)
		turned[(i + by) % whole] = text[i];
	aes_header_of(s, false, t->token);
	be16enc(t->token + 6, s->rrc);
	t->token_len = 16 + whole - s->body.len;
	t->body_len = s->body.len;
	memcpy(t->token + 16, turned, whole - s->body.len);
	memcpy(t->body, turned + whole - s->body.len, s->body.len);
}

/* RFC 4121 4.2.4 for a MIC. */
static inline void
aes_sign(const struct seal *s, struct token *t)
{
	krb5_keyblock key = krb_keyblock(&s->key);
	size_t sum = sum_of(s->key.etype), none = 0;
	krb5_crypto_iov v[] = {
		iov_of(KRB5_CRYPTO_TYPE_DATA, s->before.p, s->bare ? none : s->before.len),
		iov_of(KRB5_CRYPTO_TYPE_DATA, s->body.p, s->body.len),
		iov_of(KRB5_CRYPTO_TYPE_DATA, s->after.p, s->bare ? none : s->after.len),
		iov_of(KRB5_CRYPTO_TYPE_DATA, t->token, 16),
		iov_of(KRB5_CRYPTO_TYPE_CHECKSUM, t->token + 16, sum),
	};

	aes_header_of(s, true, t->token);
	if (krb5_c_make_checksum_iov(NULL, 0, &key, s->dir == C2S ? 25 : 23, v, 5) != 0)
		abort();
	t->token_len = 16 + sum;
	t->body_len = s->body.len;
	memcpy(t->body, s->body.p, s->body.len);
}

static inline void
hmac_of(const uint8_t *key, const void *p, size_t n, uint8_t out[16])
{
	struct hmac_md5_ctx c;

	hmac_md5_set_key(&c, 16, key);
	hmac_md5_update(&c, n, p);
	hmac_md5_digest(&c, 16, out);
}

/* RFC 4757 7: with a confounder and encrypted, or a MIC.  plain: not DCE's, so
 * that the frame counts the body, which ends in a padding. */
static inline void
rc4_token(const struct seal *s, bool mic, struct token *t)
{
	static const uint8_t frame[] = { 0x60, 0, 6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x12, 1,
	    2, 2 };
	static const uint8_t wrap[] = { 2, 1, 0x11, 0, 0x10, 0, 0xff, 0xff };
	static const uint8_t sign[] = { 1, 1, 0x11, 0, 0xff, 0xff, 0xff, 0xff };
	uint8_t *h = t->token + sizeof(frame), key[16], sum[16], seq[8] = { 0, 0, 0, 7 };
	struct arcfour_ctx c;
	struct md5_ctx m;

	memcpy(t->token, frame, sizeof(frame));
	memcpy(h, mic ? sign : wrap, 8);
	memcpy(h + 24, "confound", 8);
	t->body_len = s->body.len;
	memcpy(t->body, s->body.p, s->body.len);
	if (s->plain && !mic)
		t->body[t->body_len++] = 1;
	t->token_len = sizeof(frame) + (mic ? 24 : 32);
	t->token[1] = (uint8_t)(t->token_len - 2 + (s->plain && !mic ? t->body_len : 0));

	memcpy(sum, (uint8_t[4]){ mic ? 15 : 13 }, 4);
	md5_init(&m);
	md5_update(&m, 4, sum);
	md5_update(&m, 8, h);
	if (!mic)
		md5_update(&m, 8, h + 24);
	if (!s->bare)
		md5_update(&m, s->before.len, s->before.p);
	md5_update(&m, t->body_len, t->body);
	if (!s->bare)
		md5_update(&m, s->after.len, s->after.p);
	md5_digest(&m, 16, sum);
	hmac_of(s->key.b, "signaturekey", 13, key);
	hmac_of(key, sum, 16, sum);
	memcpy(h + 16, sum, 8);

	memset(seq + 4, s->dir == C2S ? 0 : 0xff, 4);
	hmac_of(s->key.b, "\0\0\0", 4, key);
	hmac_of(key, sum, 8, key);
	arcfour_set_key(&c, 16, key);
	arcfour_crypt(&c, 8, h + 8, seq);
	if (mic)
		return;
	for (size_t i = 0; i < 16; i++)
		key[i] = s->key.b[i] ^ 0xf0;
	hmac_of(key, "\0\0\0", 4, key);
	hmac_of(key, seq, 4, key);
	arcfour_set_key(&c, 16, key);
	arcfour_crypt(&c, 8, h + 24, h + 24);
	arcfour_crypt(&c, t->body_len, t->body, t->body);
}

static inline void
seal_or_sign(const struct seal *s, bool mic, struct token *t)
{
	if (s->key.etype == 23)
		rc4_token(s, mic, t);
	else if (mic)
		aes_sign(s, t);
	else
		aes_seal(s, t);
}

#endif
