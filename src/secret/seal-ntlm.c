#include "secret/seal-ntlm.h"

#include <nettle/arcfour.h>
#include <nettle/hmac.h>
#include <nettle/memops.h>

#include "secret/ntlm-keys.h"
#include "secret/ntlm-proof.h"
#include "secret/ntlmssp.h"

#define KEY		16	/* bytes of every key and hash here */
#define SUM		8	/* bytes of the checksum in a signature */
#define SIGNATURE	16	/* 2.2.2.9: version, checksum, sequence number */

/*
 * A key stream.  Its place is behind the last message that was opened.  What
 * was not opened since is counted and not drawn: skipping costs nothing, and a
 * message that was never sent does not move the stream.
 */
struct stream {
	struct arcfour_ctx rc4;
	uint64_t	 passed;	/* bytes that unopened messages drew, if they were sent */
	uint32_t	 unknown;	/* how many others were missed, of unknown length */
	size_t		 last;		/* bytes that the last opened message drew */
	size_t		 effort;	/* bytes that may still be drawn to find the place */
};

/* With extended session security each direction has a stream; without it both
 * share stream[0], in the order on the wire. */
struct ntlm {
	uint8_t		 key[KEY];	/* ExportedSessionKey */
	uint32_t	 flags;
	struct hmac_md5_ctx mac[2];	/* by enum dir, as the next two */
	struct stream	 stream[2];
	uint32_t	 seq[2];	/* the number behind the last opened message */
	uint32_t	 missed[2];	/* messages that were not opened since */
	bool		 settled;	/* it is known whether signatures cover headers */
	bool		 headers;	/* they do so */
};

/* ---- Keys ---- */

static void
stream_init(struct stream *s, const uint8_t *key, size_t len)
{
	arcfour_set_key(&s->rc4, len, key);
	s->effort = NTLM_SEARCH;
}

/* Makes a context with its signing and sealing keys, 3.4.5.2, 3.4.5.3. */
static struct ntlm *
context(const struct keyring *k, const uint8_t key[KEY], uint32_t flags)
{
	struct ntlm *n = vault_alloc(keyring_vault(k), sizeof(*n));
	uint8_t derived[KEY];

	if (n == NULL)
		return NULL;
	memcpy(n->key, key, KEY);
	n->flags = flags;
	for (enum dir d = C2S; d <= S2C && (flags & NTLM_ESS); d++) {
		ntlm_sign_key(key, d, derived);
		hmac_md5_set_key(&n->mac[d], KEY, derived);
		ntlm_seal_key(key, flags, d, derived);
		stream_init(&n->stream[d], derived, KEY);
	}
	if ((flags & NTLM_ESS) == 0)
		stream_init(&n->stream[0], derived, ntlm_seal_key_old(key, flags, derived));
	explicit_bzero(derived, sizeof(derived));
	return n;
}

struct ntlm *
ntlm_open(const struct keyring *k, struct view negotiate, struct view challenge,
    struct view authenticate, enum logon_state *state, char why[MAX_REASON])
{
	struct ntlm *n = NULL;
	uint8_t key[KEY];
	uint32_t flags;

	*state = ntlm_prove(k, negotiate, challenge, authenticate, key, &flags, why);
	if (*state != LOGON_OPEN)
		return NULL;
	if ((n = context(k, key, flags)) == NULL) {
		*state = LOGON_NONE;
		strlcpy(why, "no room for its keys", MAX_REASON);
	}
	explicit_bzero(key, sizeof(key));
	return n;
}

void
ntlm_free(struct ntlm *n)
{
	vault_free(n);
}

struct view
ntlm_session_key(const struct ntlm *n)
{
	return (struct view){ n->key, sizeof(n->key) };
}

/* ---- Messages ---- */

static size_t
total(const struct sealed *in)
{
	return in->before.len + in->body.len + in->after.len;
}

/* Returns how many bytes a message draws of the key stream. */
static size_t
drawn(const struct ntlm *n, size_t body, bool clear)
{
	size_t sum = SIGNATURE - 4;

	if (n->flags & NTLM_ESS)
		sum = n->flags & NTLM_KEY_EXCH ? SUM : 0;
	return sum + (clear ? 0 : body);
}

/* Draws n bytes that are not used. */
static void
pass(struct arcfour_ctx *rc4, size_t n)
{
	uint8_t waste[256] = { 0 };
	size_t some;

	for (; n > 0; n -= some) {
		some = n < sizeof(waste) ? n : sizeof(waste);
		arcfour_crypt(rc4, some, waste, waste);
	}
	explicit_bzero(waste, sizeof(waste));
}

/* Checks a signature with extended session security, 3.4.4.2. */
static bool
ess_sum_fits(struct ntlm *n, enum dir d, const struct sealed *in, bool headers,
    struct view plain, const uint8_t sum[SUM])
{
	struct hmac_md5_ctx *h = &n->mac[d];
	uint8_t want[SUM];

	hmac_md5_update(h, 4, in->token.p + SIGNATURE - 4);
	if (headers)
		hmac_md5_update(h, in->before.len, in->before.p);
	hmac_md5_update(h, plain.len, plain.p);
	if (headers)
		hmac_md5_update(h, in->after.len, in->after.p);
	hmac_md5_digest(h, SUM, want);
	return memeql_sec(want, sum, SUM) != 0;
}

static uint32_t
crc32(uint32_t crc, struct view v)
{
	for (size_t i = 0; i < v.len; i++) {
		crc ^= v.p[i];
		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (0xedb88320u & -(crc & 1));
	}
	return crc;
}

/* Checks a CRC-32 without it, 3.4.4.1. */
static bool
crc_fits(const struct sealed *in, bool headers, struct view plain, uint32_t sum)
{
	uint32_t crc = ~0u;

	if (headers)
		crc = crc32(crc, in->before);
	crc = crc32(crc, plain);
	if (headers)
		crc = crc32(crc, in->after);
	return ~crc == sum;
}

/*
 * Windows signs the headers of a PDU only if both sides announced it ([MS-RPCE]
 * 3.3.1.5.2.2), others always do.  The first signature that fits settles it.
 */
static bool
sum_fits(struct ntlm *n, enum dir d, const struct sealed *in, struct view plain,
    const uint8_t sum[SUM])
{
	bool bare = in->before.len == 0 && in->after.len == 0;

	for (int headers = !bare; headers >= 0; headers--) {
		if (!bare && n->settled && n->headers != (headers == 1))
			continue;
		if (n->flags & NTLM_ESS ? !ess_sum_fits(n, d, in, headers == 1, plain, sum) :
		    !crc_fits(in, headers == 1, plain, le32dec(sum)))
			continue;
		if (!bare) {
			n->settled = true;
			n->headers = headers == 1;
		}
		return true;
	}
	return false;
}

/* Without extended session security both directions may share one count. */
static bool
seq_fits(const struct ntlm *n, enum dir d, uint32_t seq, bool passed)
{
	uint32_t own = n->seq[d], both = n->seq[C2S] + n->seq[S2C];

	if (passed) {
		own += n->missed[d];
		both += n->missed[C2S] + n->missed[S2C];
	}
	return seq == own || seq == both;
}

/*
 * Does the message open with the key stream at this place?  passed: the place
 * is behind the messages that were not opened.  On success the stream has moved
 * on.
 */
static bool
opens_at(struct ntlm *n, enum dir d, struct arcfour_ctx *rc4, bool passed,
    const struct sealed *in, uint8_t *out)
{
	struct view plain = in->body;
	uint8_t sum[SIGNATURE - 4];

	if (!in->clear) {
		arcfour_crypt(rc4, in->body.len, out, in->body.p);
		plain.p = out;
	}
	memcpy(sum, in->token.p + 4, sizeof(sum));
	if ((n->flags & NTLM_ESS) == 0) {
		/* A random pad, the checksum, and the sequence number, 3.4.4.1. */
		arcfour_crypt(rc4, sizeof(sum), sum, sum);
		return seq_fits(n, d, le32dec(sum + 8), passed) &&
		    sum_fits(n, d, in, plain, sum + 4);
	}
	if (n->flags & NTLM_KEY_EXCH)
		arcfour_crypt(rc4, SUM, sum, sum);
	return sum_fits(n, d, in, plain, sum);
}

/* The same, skip bytes further on.  Only success moves the stream. */
static bool
opens_after(struct ntlm *n, enum dir d, struct stream *s, uint64_t skip, bool passed,
    const struct sealed *in, uint8_t *out)
{
	struct arcfour_ctx rc4 = s->rc4;
	bool fits = false;

	if (skip <= s->effort) {
		pass(&rc4, (size_t)skip);
		fits = opens_at(n, d, &rc4, passed, in, out);
		if (fits)
			s->rc4 = rc4;
		else
			s->effort -= (size_t)skip;
	}
	explicit_bzero(&rc4, sizeof(rc4));
	return fits;
}

/* Messages of unknown length were lost: looks for the place from there on. */
static bool
search(struct ntlm *n, enum dir d, struct stream *s, uint64_t behind,
    const struct sealed *in, uint8_t *out)
{
	/* RPC pads what it seals to four bytes ([MS-RPCE] 2.2.2.11), HTTP does
	 * not. */
	size_t step = in->before.len > 0 ? 4 : 1, cost = NTLM_TRY + total(in);
	struct arcfour_ctx at = s->rc4, rc4;
	bool fits = false;
	size_t spend;

	if (drawn(n, in->body.len, in->clear) == 0 || behind > s->effort)
		return false;
	s->effort -= (size_t)behind;
	pass(&at, (size_t)behind);
	/* Leave work for a later, smaller message, which can search further. */
	for (spend = s->effort / 2; !fits && spend >= cost; spend -= cost) {
		s->effort -= cost;
		pass(&at, step);
		rc4 = at;
		fits = opens_at(n, d, &rc4, true, in, out);
	}
	if (fits)
		s->rc4 = rc4;
	explicit_bzero(&at, sizeof(at));
	explicit_bzero(&rc4, sizeof(rc4));
	return fits;
}

static struct stream *
stream_of(struct ntlm *n, enum dir d)
{
	return &n->stream[n->flags & NTLM_ESS ? d : 0];
}

/* Opens a message behind others that drew passed bytes, and unknown ones more
 * of unknown length. */
static bool
opens_ess(struct ntlm *n, enum dir d, struct stream *s, uint64_t passed, uint64_t unknown,
    const struct sealed *in, uint8_t *out)
{
	const uint64_t places[] = {
		passed + unknown * drawn(n, 0, true),
		/* A fragment is as long as its neighbours.  Before the first
		 * message there was a mechListMIC, which has a number and
		 * draws nothing. */
		passed + unknown * s->last,
		passed + unknown * drawn(n, in->body.len, in->clear),
	};

	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
		if ((i == 0 || places[i] != places[i - 1]) &&
		    opens_after(n, d, s, places[i], true, in, out))
			return true;
	return unknown > 0 && search(n, d, s, places[0], in, out);
}

/* The sequence number is in the clear, so it tells losses, 3.4.4.2. */
static enum unseal
unseal_ess(struct ntlm *n, enum dir d, const struct sealed *in, uint8_t *out)
{
	uint32_t seq = le32dec(in->token.p + SIGNATURE - 4), gone = seq - n->seq[d];
	uint32_t unknown = gone;
	struct stream *s = stream_of(n, d);
	uint64_t passed = 0;
	bool lost;

	if (gone > INT32_MAX)
		return UNSEAL_BAD;	/* its number was used before */
	if (gone > n->missed[d] && gone - n->missed[d] > MAX_NTLM_LOST)
		return UNSEAL_LOST;
	/* Its place is behind all that was seen, or some of that was never sent. */
	if (gone >= n->missed[d]) {
		passed = s->passed;
		unknown = s->unknown + gone - n->missed[d];
	}
	lost = unknown > 0 || passed > s->effort;
	if (opens_ess(n, d, s, passed, unknown, in, out)) {
		n->seq[d] = seq + 1;
		n->missed[d] = 0;
		return UNSEAL_OK;
	}
	if (gone >= n->missed[d]) {
		n->missed[d] = gone + 1;
		s->passed = passed + drawn(n, in->body.len, in->clear);
		s->unknown = unknown;
	}
	return lost ? UNSEAL_LOST : UNSEAL_BAD;
}

/* The sequence number is sealed too, 3.4.4.1.  Messages that were not opened
 * were either sent or not. */
static enum unseal
unseal_old(struct ntlm *n, enum dir d, const struct sealed *in, uint8_t *out)
{
	struct stream *s = stream_of(n, d);
	bool lost = s->unknown > 0 || s->passed > s->effort, all;

	all = opens_after(n, d, s, s->passed, true, in, out);
	if (!all && !opens_after(n, d, s, 0, false, in, out)) {
		s->passed += drawn(n, in->body.len, in->clear);
		s->unknown = 1;
		n->missed[d]++;
		return lost ? UNSEAL_LOST : UNSEAL_BAD;
	}
	for (enum dir i = C2S; i <= S2C; i++) {
		n->seq[i] += all ? n->missed[i] : 0;
		n->missed[i] = 0;
	}
	n->seq[d]++;
	return UNSEAL_OK;
}

/* Is it the dummy signature, 3.4.4.3, which is sent if none was negotiated and
 * proves nothing? */
static bool
is_dummy(const struct sealed *in)
{
	static const uint8_t dummy[SIGNATURE] = { 1 };

	return in->clear && memcmp(in->token.p, dummy, sizeof(dummy)) == 0;
}

/* Keeps the work in proportion to the traffic. */
static void
earn(struct stream *s, size_t n)
{
	s->effort += n < MAX_NTLM_SEARCH ? n : MAX_NTLM_SEARCH;
	if (s->effort > MAX_NTLM_SEARCH)
		s->effort = MAX_NTLM_SEARCH;
}

enum unseal
ntlm_unseal(struct ntlm *n, enum dir d, const struct sealed *in, uint8_t *out)
{
	struct stream *s = stream_of(n, d);
	enum unseal verdict;

	if (in->token.len != SIGNATURE || le32dec(in->token.p) != 1)
		return UNSEAL_BAD;
	if (is_dummy(in))
		return UNSEAL_NO_KEY;
	verdict = n->flags & NTLM_ESS ? unseal_ess(n, d, in, out) : unseal_old(n, d, in, out);
	if (verdict != UNSEAL_OK)
		return verdict;
	s->passed = 0;
	s->unknown = 0;
	s->last = drawn(n, in->body.len, in->clear);
	earn(s, NTLM_EARNS * total(in));
	if (in->clear && in->body.len > 0)
		memcpy(out, in->body.p, in->body.len);
	return UNSEAL_OK;
}

void
ntlm_skip(struct ntlm *n, enum dir d, size_t body, bool clear)
{
	struct stream *s = stream_of(n, d);
	size_t took = drawn(n, body, clear);

	s->passed += took;
	earn(s, took);
	n->missed[d]++;
}

/* It uses up a number, and resets the key stream, [MS-SPNG] 3.2.5.1. */
void
ntlm_list_mic(struct ntlm *n, enum dir d)
{
	n->missed[d]++;
}
