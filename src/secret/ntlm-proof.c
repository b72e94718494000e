#include "secret/ntlm-proof.h"

#include <nettle/arcfour.h>
#include <nettle/hmac.h>
#include <nettle/memops.h>
#include <stdio.h>

#include "secret/ntlm-keys.h"
#include "secret/ntlmssp.h"
#include "base/utf16.h"

#define KEY		16	/* bytes of every key and hash here */

/* ---- Names ---- */

/* A name in two encodings: UTF-16LE is hashed, UTF-8 is compared. */
struct name {
	size_t	 len;
	uint8_t	 utf16[2 * MAX_NTLM_NAME];
	char	 utf8[3 * MAX_NTLM_NAME + 1];	/* up to the first NUL in the name */
};

static void
name_utf8(struct name *n)
{
	n->utf8[utf16_to_utf8((struct view){ n->utf16, n->len }, false,
	    (uint8_t *)n->utf8)] = '\0';
}

/* Sets a name; one that is too long becomes empty. */
static void
name_set(struct name *n, struct view v, bool utf16)
{
	n->len = 0;
	if (utf16 && v.len <= sizeof(n->utf16) && v.len > 0) {
		memcpy(n->utf16, v.p, v.len);
		n->len = v.len;
	} else if (!utf16 && v.len <= MAX_NTLM_NAME) {
		/* The OEM code page is not known; names are mostly ASCII. */
		for (size_t i = 0; i < v.len; i++)
			le16enc(n->utf16 + 2 * i, v.p[i]);
		n->len = 2 * v.len;
	}
	name_utf8(n);
}

static struct view
name_view(const struct name *n)
{
	return (struct view){ n->utf16, n->len };
}

/* ---- The account that proves it ---- */

#define TARGETS	5	/* names of server and domain in a CHALLENGE */

struct claim {			/* what the client claims, and its proof */
	struct ntlm_challenge c;
	struct ntlm_authenticate a;
	struct name	 user, domain, target[TARGETS];
	struct name	 upper;		/* user */
	const char	*realm;		/* what follows the '@' of a user; NULL: none */
	size_t		 work;
};

static void
claim_names(struct claim *c)
{
	static const enum ntlm_av av[TARGETS - 1] = { AV_NB_DOMAIN, AV_NB_COMPUTER,
		AV_DNS_DOMAIN, AV_DNS_COMPUTER };

	name_set(&c->user, c->a.user, c->a.flags & NTLM_UNICODE);
	name_set(&c->domain, c->a.domain, c->a.flags & NTLM_UNICODE);
	name_set(&c->target[0], c->c.target, c->c.flags & NTLM_UNICODE);
	for (size_t i = 0; i < TARGETS - 1; i++)
		name_set(&c->target[i + 1], ntlm_av_find(c->c.info, av[i]), true);
	c->upper = c->user;
	ntlm_upper(c->upper.utf16, c->upper.len);
	c->realm = strchr(c->user.utf8, '@');
	if (c->realm != NULL)
		c->realm++;
}

#define SHOWN	32			/* UTF-16 units of a name in a reason */
#define WHO	(2 * 3 * SHOWN + 2)	/* bytes of two names, a backslash and a NUL */

static void
show(const struct name *n, char out[3 * SHOWN + 1])
{
	struct view v = view_upto(name_view(n), 0, 2 * SHOWN);
	uint8_t text[2 * SHOWN];

	for (size_t i = 0; i + 1 < v.len; i += 2) {
		uint16_t u = le16dec(v.p + i);
		bool control = u < 0x20 || (u >= 0x7f && u < 0xa0);

		le16enc(text + i, control ? '?' : u);
	}
	out[utf16_to_utf8((struct view){ text, v.len }, false, (uint8_t *)out)] = '\0';
}

/* Writes whom the client claims to be as it sent it: "CORP\alice". */
static void
claim_who(const struct claim *c, char who[WHO])
{
	char domain[3 * SHOWN + 1], user[3 * SHOWN + 1];

	show(&c->domain, domain);
	show(&c->user, user);
	snprintf(who, WHO, "%s%s%s", domain, domain[0] != '\0' ? "\\" : "", user);
}

static bool
is_target(const struct claim *c, const char *domain)
{
	for (size_t i = 0; i < TARGETS; i++)
		if (c->target[i].len > 0 && strcasecmp(c->target[i].utf8, domain) == 0)
			return true;
	return false;
}

/* Can this be the account that the client names?  Other accounts with that user
 * name may have the same password. */
static bool
is_named(const struct claim *c, const struct account *a)
{
	const char *domain = c->domain.len == 0 && c->realm != NULL ? c->realm : c->domain.utf8;

	if (a->domain[0] == '\0' || domain[0] == '\0' || strcmp(domain, ".") == 0)
		return true;
	return strcasecmp(a->domain, domain) == 0 ||
	    (is_target(c, domain) && is_target(c, a->domain));
}

/* Does the account prove a NTLMv2 response, with one of the domains that
 * clients hash?  3.3.2. */
static bool
proves_v2(struct claim *c, const struct account *a, const struct name *domain,
    uint8_t base[KEY])
{
	c->work += NTLM_TRY + c->a.nt.len;
	return ntlm_v2(a->nthash, name_view(&c->upper), name_view(domain), c->c.challenge.p,
	    c->a.nt, base);
}

static bool
proves(struct claim *c, const struct account *a, uint8_t base[KEY])
{
	static const struct name nothing;
	const struct name *target = &c->target[0];
	const uint8_t *client = NULL;

	if (c->a.nt.len == NTLM_V1_RESPONSE) {
		if (c->a.flags & NTLM_ESS)
			client = c->a.lm.p;
		c->work += NTLM_TRY;
		return ntlm_v1(a->nthash, c->c.challenge.p, client, c->a.nt.p, base);
	}
	/* Some clients send one domain and hash another: none, or the server's. */
	return proves_v2(c, a, &c->domain, base) ||
	    (c->domain.len > 0 && proves_v2(c, a, &nothing, base)) ||
	    (target->len > 0 && proves_v2(c, a, target, base));
}

/* Returns the account that proves the claim, or NULL.  Accounts that it may
 * name are tried first.  Sets *named to one that it names, whether it proves it
 * or not. */
static const struct account *
prover(const struct keyring *k, struct claim *c, const struct account **named,
    uint8_t base[KEY])
{
	struct name before;		/* what stands before the '@' of a user */
	const char *users[] = { c->user.utf8, NULL };
	const struct account *a;

	if (c->realm != NULL) {
		before = c->user;
		before.utf8[c->realm - 1 - c->user.utf8] = '\0';
		users[1] = before.utf8;
	}
	*named = NULL;
	for (int others = 0; others < 2; others++)
		for (size_t i = 0; i < 2 && users[i] != NULL; i++)
			for (a = keyring_account(k, users[i], NULL);
			    a != NULL && c->work < MAX_NTLM_WORK;
			    a = keyring_account(k, users[i], a)) {
				if (is_named(c, a) == (others == 1))
					continue;
				if (*named == NULL && others == 0)
					*named = a;
				if (proves(c, a, base))
					return a;
			}
	return NULL;
}

/* ---- The session key ---- */

/* Makes the KeyExchangeKey, 3.4.5.1.  Returns NULL, or why there is none. */
static const char *
exchange_key(const struct claim *c, const struct account *a, const uint8_t base[KEY],
    uint8_t key[KEY])
{
	uint8_t lmhash[KEY];
	const char *why = NULL;

	memcpy(key, base, KEY);
	if (c->a.nt.len > NTLM_V1_RESPONSE)
		return NULL;
	if (c->a.flags & NTLM_ESS) {
		ntlm_exchange_ess(base, c->c.challenge.p, c->a.lm.p, key);
		return NULL;
	}
	if ((c->a.flags & (NTLM_LM_KEY | NTLM_NON_NT_KEY)) == 0)
		return NULL;
	if (a->password == NULL)
		why = "an LM session key needs the password";
	else if (!ntlm_lm_hash(a->password, lmhash))
		why = "this password has no LM hash";
	else if ((c->a.flags & NTLM_LM_KEY) == 0) {
		memset(key, 0, KEY);
		memcpy(key, lmhash, 8);
	} else if (c->a.lm.len >= 8)
		ntlm_exchange_lm(lmhash, c->a.lm.p, key);
	else
		why = "an LM session key without an LM response";
	explicit_bzero(lmhash, sizeof(lmhash));
	return why;
}

/* Makes the ExportedSessionKey, 3.1.5.1.2: the one that the client sent, if it
 * did. */
static void
exported_key(const struct claim *c, const uint8_t exchange[KEY], uint8_t key[KEY])
{
	struct arcfour_ctx rc4;

	memcpy(key, exchange, KEY);
	if ((c->a.flags & NTLM_KEY_EXCH) == 0 || c->a.key.len != KEY)
		return;
	arcfour_set_key(&rc4, KEY, exchange);
	arcfour_crypt(&rc4, KEY, key, c->a.key.p);
	explicit_bzero(&rc4, sizeof(rc4));
}

/* Checks the MIC over the three messages, in which it counts as zeros, 3.1.5.1.2. */
static bool
mic_fits(const uint8_t key[KEY], struct view negotiate, struct view challenge,
    struct view authenticate, struct view mic)
{
	static const uint8_t zeros[KEY];
	struct view behind = view_from(authenticate, NTLM_MIC_AT + KEY);
	struct hmac_md5_ctx h;
	uint8_t sum[KEY];

	hmac_md5_set_key(&h, KEY, key);
	hmac_md5_update(&h, negotiate.len, negotiate.p);
	hmac_md5_update(&h, challenge.len, challenge.p);
	hmac_md5_update(&h, NTLM_MIC_AT, authenticate.p);
	hmac_md5_update(&h, KEY, zeros);
	hmac_md5_update(&h, behind.len, behind.p);
	hmac_md5_digest(&h, KEY, sum);
	explicit_bzero(&h, sizeof(h));
	return memeql_sec(sum, mic.p, KEY) != 0;
}

/* ---- Proofs ---- */

static bool
is_anonymous(const struct ntlm_authenticate *a)
{
	return a->user.len == 0 && a->nt.len == 0 && a->lm.len <= 1;
}

/* Reads the messages.  Returns LOGON_OPEN if all that the keys need was captured. */
static enum logon_state
torn(struct claim *c, struct view challenge, struct view authenticate, char why[MAX_REASON])
{
	const struct ntlm_authenticate *a = &c->a;
	const char *lack = NULL;

	if (ntlm_type(authenticate) != NTLM_AUTHENTICATE ||
	    !ntlm_authenticate_read(authenticate, &c->a))
		lack = "authentication not captured";
	else if (a->lm.p == NULL || a->nt.p == NULL || a->domain.p == NULL ||
	    a->user.p == NULL || a->key.p == NULL)
		lack = "authentication not captured whole";
	else if (ntlm_type(challenge) != NTLM_CHALLENGE ||
	    !ntlm_challenge_read(challenge, &c->c))
		lack = "challenge not captured";
	if (lack == NULL)
		return LOGON_OPEN;
	strlcpy(why, lack, MAX_REASON);
	return LOGON_TORN;
}

/* The key of an anonymous logon is zero, 3.2.5.1.2.  It proves nobody; each
 * message must prove the key. */
static enum logon_state
anonymous(const struct claim *c, char why[MAX_REASON])
{
	strlcpy(why, "anonymous", MAX_REASON);
	return c->a.flags & (NTLM_SIGN | NTLM_SEAL) ? LOGON_OPEN : LOGON_NONE;
}

/* Is it a response of NTLMv1 or NTLMv2? */
static bool
is_known_response(const struct ntlm_authenticate *a)
{
	if (a->nt.len == NTLM_V1_RESPONSE)
		return (a->flags & NTLM_ESS) == 0 || a->lm.len >= 8;
	return a->nt.len > NTLM_V1_RESPONSE;
}

/* Finds the account that was used, and makes the KeyExchangeKey. */
static enum logon_state
proven(const struct keyring *k, struct claim *c, uint8_t exchange[KEY], char why[MAX_REASON])
{
	const struct account *a, *named;
	const char *foreign;
	char who[WHO];
	uint8_t base[KEY];

	if (!is_known_response(&c->a)) {
		strlcpy(why, "no NTLMv1 or NTLMv2 response", MAX_REASON);
		return LOGON_FOREIGN;
	}
	if ((a = prover(k, c, &named, base)) == NULL) {
		claim_who(c, who);
		if (named == NULL) {
			snprintf(why, MAX_REASON, "no secret for %s", who);
			return LOGON_NO_SECRET;
		}
		snprintf(why, MAX_REASON, "wrong password for %s (%s)", who, named->label);
		return LOGON_WRONG_SECRET;
	}
	foreign = exchange_key(c, a, base, exchange);
	explicit_bzero(base, sizeof(base));
	if (foreign != NULL) {
		snprintf(why, MAX_REASON, "%s (%s)", foreign, a->label);
		return LOGON_FOREIGN;
	}
	strlcpy(why, a->label, MAX_REASON);
	return LOGON_OPEN;
}

enum logon_state
ntlm_prove(const struct keyring *k, struct view negotiate, struct view challenge,
    struct view authenticate, uint8_t key[KEY], uint32_t *flags, char why[MAX_REASON])
{
	uint8_t exchange[KEY] = { 0 };
	struct claim c = { 0 };
	enum logon_state state;

	state = torn(&c, challenge, authenticate, why);
	if (state != LOGON_OPEN)
		return state;
	claim_names(&c);
	*flags = c.a.flags;
	state = is_anonymous(&c.a) ? anonymous(&c, why) : proven(k, &c, exchange, why);
	if (state == LOGON_OPEN)
		exported_key(&c, exchange, key);
	explicit_bzero(exchange, sizeof(exchange));
	if (state != LOGON_OPEN)
		return state;
	/* Altered, or torn.  Each message must prove itself in any case. */
	if (c.a.mic.len == KEY && negotiate.len > 0 &&
	    !mic_fits(key, negotiate, challenge, authenticate, c.a.mic))
		strlcat(why, ", MIC differs", MAX_REASON);
	return LOGON_OPEN;
}
