/* seal-smb3.c -- SMB 3 encryption, [MS-SMB2] 2.2.41, 3.1.4.2, 3.1.4.3. */
#include "secret/secret.h"

#include <nettle/ccm.h>
#include <nettle/ctr.h>
#include <nettle/gcm.h>
#include <nettle/hmac.h>
#include <nettle/memops.h>
#include <nettle/nettle-meta.h>
#include <string.h>

#include "secret/keyring.h"
#include "secret/logon.h"

#define TAG		16
#define NONCE_AT	20		/* offset of the nonce; authenticated from there on */
#define SIZE_AT		36
#define AAD		(SMB3_TRANSFORM - NONCE_AT)
#define CCM_NONCE	11
#define MAX_KEY		32
#define KEY_128		16		/* bytes of the key derivation's input and output */

/* Ciphers, 2.2.3.1.2 */
enum cipher { CIPHER_NONE, AES128_CCM, AES128_GCM, AES256_CCM, AES256_GCM, CIPHER_MAX };

static const struct {
	const struct nettle_cipher *aes;
	bool		 gcm;
} ciphers[CIPHER_MAX] = {
	[AES128_CCM] = { &nettle_aes128, false },
	[AES128_GCM] = { &nettle_aes128, true },
	[AES256_CCM] = { &nettle_aes256, false },
	[AES256_GCM] = { &nettle_aes256, true },
};

/* Keys that a session may have.  There are several until a message opens. */
struct keys {
	enum cipher	 cipher;
	uint8_t		 key[2][MAX_KEY];	/* by enum dir */
	char		*label;		/* of the secret; MISFIT follows its NUL at end, */
	size_t		 end;		/* and a colon there joins the two */
};

struct smb3 {
	bool		 proven;	/* keys[0] opened a message, and is the only one left */
	size_t		 n;
	struct keys	 keys[];	/* and then their labels */
};
#define MISFIT	" does not fit the session"

/* ---- Keys ---- */

/* 3.1.4.2: SP800-108 in counter mode, of which one round is enough.  Labels
 * and contexts that are texts count their NUL. */
static void
derive(struct view ki, struct view label, struct view context, uint8_t *out, size_t len)
{
	static const uint8_t one[4] = { 0, 0, 0, 1 }, zero[1];
	const uint8_t bits[4] = { 0, 0, (uint8_t)(len * 8 >> 8), (uint8_t)(len * 8) };
	struct hmac_sha256_ctx c;

	hmac_sha256_set_key(&c, ki.len, ki.p);
	hmac_sha256_update(&c, sizeof(one), one);
	hmac_sha256_update(&c, label.len, label.p);
	hmac_sha256_update(&c, sizeof(zero), zero);
	hmac_sha256_update(&c, context.len, context.p);
	hmac_sha256_update(&c, sizeof(bits), bits);
	hmac_sha256_digest(&c, len, out);
	explicit_bzero(&c, sizeof(c));
}

#define TEXT(s) ((struct view){ (const uint8_t *)(s), sizeof(s) })

static void
keys_make(struct keys *k, struct view ki, const struct smb3_terms *terms, enum cipher cipher)
{
	struct view preauth = { terms->preauth, sizeof(terms->preauth) };
	size_t len = ciphers[cipher].aes->key_size;
	uint8_t padded[KEY_128] = { 0 };

	/* Only the ciphers of 256 bits use the whole key. */
	if (len == KEY_128) {
		memcpy(padded, ki.p, ki.len < sizeof(padded) ? ki.len : sizeof(padded));
		ki = (struct view){ padded, sizeof(padded) };
	}
	k->cipher = cipher;
	if (terms->dialect == 0x0311) {
		derive(ki, TEXT("SMBC2SCipherKey"), preauth, k->key[C2S], len);
		derive(ki, TEXT("SMBS2CCipherKey"), preauth, k->key[S2C], len);
	} else {
		derive(ki, TEXT("SMB2AESCCM"), TEXT("ServerIn "), k->key[C2S], len);
		derive(ki, TEXT("SMB2AESCCM"), TEXT("ServerOut"), k->key[S2C], len);
	}
	explicit_bzero(padded, sizeof(padded));
}

/* Finds the ciphers that the terms allow.  Returns how many. */
#define MAX_CIPHERS 2
static size_t
ciphers_of(const struct smb3_terms *terms, enum cipher out[MAX_CIPHERS])
{
	switch (terms->dialect) {
	case 0:			/* the negotiation was not seen, which 3.0 needs not */
	case 0x0300:
	case 0x0302:
		out[0] = AES128_CCM;
		return 1;
	case 0x0311:
		out[0] = AES128_GCM;
		out[1] = AES128_CCM;
		if (terms->cipher == CIPHER_NONE)
			return 2;	/* the response of the server was not seen */
		out[0] = terms->cipher;
		return terms->cipher < CIPHER_MAX ? 1 : 0;
	default:
		return 0;
	}
}

struct source {
	struct view	 key;
	const char	*label;
};

/* Finds where the key of a session may come from.  Returns how many sources
 * there are.  The logon counts even if there are smbkeys, since a session of
 * another server may have the same id. */
#define MAX_SOURCES (MAX_SMB3_KEYS + 1)
static size_t
sources(struct keyring *ring, struct logon *logon, uint64_t id, struct source out[MAX_SOURCES])
{
	struct source last = { logon_session_key(logon), logon_reason(logon) };
	const struct session_key *k = NULL;
	size_t n = 0;

	while (n < MAX_SMB3_KEYS && (k = keyring_session(ring, id, k)) != NULL)
		if (k->len > 0)
			out[n++] = (struct source){ { k->key, k->len }, k->label };
	if (last.key.len > 0)
		out[n++] = last;
	return n;
}

struct smb3 *
smb3_new(struct keyring *ring, struct logon *logon, uint64_t session_id,
    const struct smb3_terms *terms)
{
	struct source from[MAX_SOURCES];
	enum cipher cipher[MAX_CIPHERS];
	size_t nfrom, nciphers, size;
	struct smb3 *s;
	char *text;

	if (ring == NULL)
		return NULL;
	nfrom = sources(ring, logon, session_id, from);
	nciphers = ciphers_of(terms, cipher);
	size = sizeof(*s) + nfrom * nciphers * sizeof(s->keys[0]);
	for (size_t i = 0; i < nfrom; i++)
		size += strlen(from[i].label) + 1 + sizeof(MISFIT);
	if (nfrom * nciphers == 0 || (s = vault_alloc(keyring_vault(ring), size)) == NULL)
		return NULL;
	text = (char *)&s->keys[nfrom * nciphers];
	for (size_t i = 0; i < nfrom; i++) {
		size_t end = strlen(from[i].label);

		memcpy(text, from[i].label, end);
		memcpy(text + end + 1, MISFIT, sizeof(MISFIT));
		for (size_t j = 0; j < nciphers; j++) {
			struct keys *k = &s->keys[s->n++];

			keys_make(k, from[i].key, terms, cipher[j]);
			k->label = text;
			k->end = end;
		}
		text += end + 1 + sizeof(MISFIT);
	}
	return s;
}

void
smb3_free(struct smb3 *s)
{
	vault_free(s);
}

const char *
smb3_reason(const struct smb3 *s)
{
	return s != NULL ? s->keys[0].label : "no key for the session";
}

/* ---- Messages ---- */

union aes {
	struct aes128_ctx a128;
	struct aes256_ctx a256;
};

static struct view
body(struct view m)
{
	return view_from(m, SMB3_TRANSFORM);
}

/* Decrypts a whole message m.  Returns whether the tag is right. */
static bool
open_gcm(const union aes *aes, nettle_cipher_func *f, struct view m, uint8_t *out)
{
	struct gcm_key key;
	struct gcm_ctx c;
	uint8_t tag[TAG];
	bool ok;

	gcm_set_key(&key, aes, f);
	gcm_set_iv(&c, &key, GCM_IV_SIZE, m.p + NONCE_AT);
	gcm_update(&c, &key, AAD, m.p + NONCE_AT);
	gcm_decrypt(&c, &key, aes, f, body(m).len, out, body(m).p);
	gcm_digest(&c, &key, aes, f, sizeof(tag), tag);
	ok = memeql_sec(tag, m.p + 4, sizeof(tag));
	explicit_bzero(&key, sizeof(key));
	explicit_bzero(&c, sizeof(c));
	return ok;
}

static bool
open_ccm(const union aes *aes, nettle_cipher_func *f, struct view m, uint8_t *out)
{
	struct ccm_ctx c;
	uint8_t tag[TAG];
	bool ok;

	ccm_set_nonce(&c, aes, f, CCM_NONCE, m.p + NONCE_AT, AAD, body(m).len, sizeof(tag));
	ccm_update(&c, aes, f, AAD, m.p + NONCE_AT);
	ccm_decrypt(&c, aes, f, body(m).len, out, body(m).p);
	ccm_digest(&c, aes, f, sizeof(tag), tag);
	ok = memeql_sec(tag, m.p + 4, sizeof(tag));
	explicit_bzero(&c, sizeof(c));
	return ok;
}

static bool
keys_open(const struct keys *k, enum dir dir, struct view m, uint8_t *out)
{
	const struct nettle_cipher *cipher = ciphers[k->cipher].aes;
	union aes aes;
	bool ok;

	cipher->set_encrypt_key(&aes, k->key[dir]);
	ok = (ciphers[k->cipher].gcm ? open_gcm : open_ccm)(&aes, cipher->encrypt, m, out);
	explicit_bzero(&aes, sizeof(aes));
	return ok;
}

enum unseal
smb3_unseal(struct smb3 *s, enum dir dir, struct view m, uint8_t *out)
{
	size_t i;

	if (s == NULL)
		return UNSEAL_NO_KEY;
	if (m.len < SMB3_TRANSFORM || le32dec(m.p + SIZE_AT) != body(m).len)
		return UNSEAL_BAD;
	for (i = 0; i < s->n; i++)
		if (keys_open(&s->keys[i], dir, m, out))
			break;
	if (i == s->n) {
		memset(out, 0, body(m).len);
		if (!s->proven)
			s->keys[0].label[s->keys[0].end] = ':';
		return UNSEAL_BAD;
	}
	if (!s->proven) {
		s->keys[0] = s->keys[i];
		explicit_bzero(&s->keys[1], (s->n - 1) * sizeof(s->keys[0]));
		s->keys[0].label[s->keys[0].end] = '\0';
		s->n = 1;
		s->proven = true;
	}
	return UNSEAL_OK;
}

/*
 * Both modes decrypt in counter mode: GCM from counter 2 on, since 1 is for the
 * tag (SP800-38D 7.1), CCM with four bytes of length (RFC 3610 2.3).
 */
bool
smb3_peek(const struct smb3 *s, enum dir dir, struct view m, uint8_t *out)
{
	const struct nettle_cipher *cipher;
	uint8_t counter[16] = { 0 };
	union aes aes;

	if (s == NULL || s->n != 1 || m.len < SMB3_TRANSFORM)
		return false;
	cipher = ciphers[s->keys[0].cipher].aes;
	if (ciphers[s->keys[0].cipher].gcm) {
		memcpy(counter, m.p + NONCE_AT, GCM_IV_SIZE);
		counter[15] = 2;
	} else {
		counter[0] = 3;
		memcpy(counter + 1, m.p + NONCE_AT, CCM_NONCE);
		counter[15] = 1;
	}
	cipher->set_encrypt_key(&aes, s->keys[0].key[dir]);
	ctr_crypt(&aes, cipher->encrypt, sizeof(counter), counter, body(m).len, out, body(m).p);
	explicit_bzero(&aes, sizeof(aes));
	return true;
}
