#include "secret/krbtoken.h"

#include "base/limits.h"

/* Key usages, RFC 4121 2 */
enum { USE_ACCEPTOR_SEAL = 22, USE_ACCEPTOR_SIGN, USE_INITIATOR_SEAL, USE_INITIATOR_SIGN };

/* The header, 4.2.2, 4.2.6: TOK_ID, flags, FF, then FF FF FF FF or EC and RRC,
 * and SND_SEQ.  These are flags. */
enum { BY_ACCEPTOR = 1, SEALED = 2, ACCEPTOR_SUBKEY = 4 };
#define HEADER		16
#define CONFOUNDER	16
#define MAX_SUM		24

struct wrap {
	const struct sealed *in;
	struct view	 tail;		/* what follows the header of the token */
	size_t		 ec, rrc;
	size_t		 sum;		/* the checksum's length */
	size_t		 len;		/* of the cleartext */
};

static size_t
sum_len(int32_t etype)
{
	switch (etype) {
	case ENCTYPE_AES128_CTS_HMAC_SHA256_128:
		return 16;
	case ENCTYPE_AES256_CTS_HMAC_SHA384_192:
		return 24;
	default:
		return 12;
	}
}

static krb5_crypto_iov
iov(krb5_cryptotype flags, const uint8_t *p, size_t n)
{
	return (krb5_crypto_iov){ .flags = flags, .data = { .magic = KV5M_DATA,
	    .length = (unsigned int)n, .data = (char *)(uintptr_t)p } };
}

static bool
wrap_read(const struct sealed *in, const struct krb_key *k, struct wrap *w)
{
	size_t whole, around;

	*w = (struct wrap){ .in = in, .tail = view_from(in->token, HEADER),
	    .ec = be16dec(in->token.p + 4), .rrc = be16dec(in->token.p + 6),
	    .sum = sum_len(k->etype) };
	whole = w->tail.len + in->body.len;
	around = CONFOUNDER + w->ec + HEADER + w->sum;
	if (w->ec > MAX_KRB_FILLER || whole < around || whole - around > in->body.len ||
	    whole > MAX_PDU)
		return false;
	w->len = whole - around;
	return true;
}

/* Copies n bytes at from of the ciphertext, which was rotated to the right by
 * rotated bytes and then divided into token and body. */
static void
gather(const struct wrap *w, size_t rotated, size_t from, size_t n, uint8_t *to)
{
	size_t whole = w->tail.len + w->in->body.len;
	size_t at = (from + rotated) % whole;
	struct view v;

	while (n > 0) {
		v = at < w->tail.len ? view_upto(w->tail, at, n) :
		    view_upto(w->in->body, at - w->tail.len, n);
		memcpy(to, v.p, v.len);
		to += v.len;
		n -= v.len;
		at = (at + v.len) % whole;
	}
}

/* Opens a Wrap token, 4.2.4: the cleartext, the filler and the header with RRC
 * zero are sealed.  The signature of DCE also covers the PDU around the
 * cleartext. */
static bool
wrap_try(const struct wrap *w, const struct krb_key *k, krb5_keyusage usage,
    size_t rotated, bool bare, uint8_t *out)
{
	uint8_t confounder[CONFOUNDER], end[MAX_KRB_FILLER + HEADER + MAX_SUM];
	krb5_keyblock key = krb_keyblock(k);
	krb5_cryptotype around = bare ? KRB5_CRYPTO_TYPE_EMPTY : KRB5_CRYPTO_TYPE_SIGN_ONLY;
	const uint8_t *header = w->in->token.p, *copy = end + w->ec;
	krb5_crypto_iov v[] = {
		iov(KRB5_CRYPTO_TYPE_HEADER, confounder, CONFOUNDER),
		iov(around, w->in->before.p, w->in->before.len),
		iov(KRB5_CRYPTO_TYPE_DATA, out, w->len),
		iov(around, w->in->after.p, w->in->after.len),
		iov(KRB5_CRYPTO_TYPE_DATA, end, w->ec + HEADER),
		iov(KRB5_CRYPTO_TYPE_TRAILER, end + w->ec + HEADER, w->sum),
	};

	gather(w, rotated, 0, CONFOUNDER, confounder);
	gather(w, rotated, CONFOUNDER, w->len, out);
	gather(w, rotated, CONFOUNDER + w->len, w->ec + HEADER + w->sum, end);
	return krb5_c_decrypt_iov(NULL, &key, usage, NULL, v, sizeof(v) / sizeof(v[0])) == 0 &&
	    memcmp(copy, header, 6) == 0 && be16dec(copy + 6) == 0 &&
	    memcmp(copy + 8, header + 8, 8) == 0;
}

static bool
aes_wrap(struct krb_keys *keys, const struct krb_key *k, enum dir dir,
    const struct sealed *in, bool bare, uint8_t *out, size_t *len)
{
	krb5_keyusage usage = dir == C2S ? USE_INITIATOR_SEAL : USE_ACCEPTOR_SEAL;
	struct wrap w;

	if (!wrap_read(in, k, &w))
		return false;
	/* Windows also rotates by the filler, [MS-KILE] 3.4.5.4.1. */
	for (unsigned int i = 0; i < (w.ec > 0 ? 2 : 1); i++) {
		bool plain = keys->plain != (i > 0);

		if (wrap_try(&w, k, usage, w.rrc + (plain ? 0 : w.ec), bare, out)) {
			keys->plain = plain;
			*len = w.len;
			return true;
		}
	}
	return false;
}

/* Checks a MIC token, 4.2.4: it is over the message, then the header. */
static bool
aes_mic(const struct krb_key *k, enum dir dir, const struct sealed *in, bool bare)
{
	krb5_keyusage usage = dir == C2S ? USE_INITIATOR_SIGN : USE_ACCEPTOR_SIGN;
	krb5_keyblock key = krb_keyblock(k);
	size_t sum = sum_len(k->etype);
	krb5_crypto_iov v[] = {
		iov(KRB5_CRYPTO_TYPE_SIGN_ONLY, in->before.p, bare ? 0 : in->before.len),
		iov(KRB5_CRYPTO_TYPE_SIGN_ONLY, in->body.p, in->body.len),
		iov(KRB5_CRYPTO_TYPE_SIGN_ONLY, in->after.p, bare ? 0 : in->after.len),
		iov(KRB5_CRYPTO_TYPE_SIGN_ONLY, in->token.p, HEADER),
		iov(KRB5_CRYPTO_TYPE_CHECKSUM, in->token.p + HEADER, sum),
	};
	krb5_boolean valid = 0;

	return in->token.len == HEADER + sum &&
	    krb5_c_verify_checksum_iov(NULL, 0, &key, usage, v, sizeof(v) / sizeof(v[0]),
	    &valid) == 0 && valid;
}

static bool
open_with(struct krb_keys *keys, const struct krb_key *k, enum dir dir,
    const struct sealed *in, bool bare, uint8_t *out, size_t *len)
{
	if (!in->clear)
		return k->etype == ENCTYPE_ARCFOUR_HMAC ?
		    rc4token_wrap(k, dir, in, bare, out, len) :
		    aes_wrap(keys, k, dir, in, bare, out, len);
	if (k->etype == ENCTYPE_ARCFOUR_HMAC ? !rc4token_mic(k, dir, in, bare) :
	    !aes_mic(k, dir, in, bare))
		return false;
	if (in->body.len > 0)
		memcpy(out, in->body.p, in->body.len);
	*len = in->body.len;
	return true;
}

/* Is the token of that direction and kind?  4.2.2, 4.2.6.2. */
static bool
aes_header(enum dir dir, const struct sealed *in)
{
	struct view t = in->token;

	return t.len >= HEADER && t.p[0] == (in->clear ? 4 : 5) && t.p[1] == 4 &&
	    ((t.p[2] & BY_ACCEPTOR) != 0) == (dir == S2C) && t.p[3] == 0xff &&
	    (in->clear || (t.p[2] & SEALED) != 0);
}

enum unseal
krbtoken_open(struct krb_keys *keys, enum dir dir, const struct sealed *in, uint8_t *out,
    size_t *len)
{
	const struct krb_key *order[3] = { &keys->acceptor, &keys->initiator, &keys->ticket };
	bool rc4 = in->token.len > 0 && in->token.p[0] == 0x60, tried = false;

	if (!rc4 && !aes_header(dir, in))
		return UNSEAL_BAD;
	/* A token of RC4 does not tell which side's subkey it uses. */
	if (!rc4 && (in->token.p[2] & ACCEPTOR_SUBKEY) == 0) {
		order[0] = &keys->initiator;
		order[1] = &keys->ticket;
		order[2] = &keys->acceptor;
	}
	for (unsigned int i = 0; i < 3; i++) {
		/* The type of the key decides the form of the token, not the
		 * type of the ticket. */
		if (order[i]->len == 0 || (order[i]->etype == ENCTYPE_ARCFOUR_HMAC) != rc4)
			continue;
		tried = true;
		for (unsigned int j = 0; j < (in->before.len + in->after.len > 0 ? 2 : 1); j++) {
			bool bare = keys->bare != (j > 0);

			if (open_with(keys, order[i], dir, in, bare, out, len)) {
				keys->bare = bare;
				return UNSEAL_OK;
			}
		}
	}
	/* The AP-REP with the acceptor's subkey was not seen. */
	if (!tried || (!rc4 && (in->token.p[2] & ACCEPTOR_SUBKEY) != 0 &&
	    keys->acceptor.len == 0))
		return UNSEAL_NO_KEY;
	return UNSEAL_BAD;
}
