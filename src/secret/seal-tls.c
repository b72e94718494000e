/* seal-tls.c -- a TLS connection's records in order: RFC 5246 6, RFC 8446
 * 4.6.3, 5, 7. */
#include "secret/secret.h"

#include "secret/keylog.h"
#include "secret/keyring.h"
#include "secret/tls-records.h"

enum message { FINISHED = 20, KEY_UPDATE = 24 };	/* HandshakeTypes, RFC 8446 B.3 */
#define MESSAGE_HEAD	4		/* bytes of type and length, RFC 8446 4 */

/* Handshake messages in opened records, which may begin and end anywhere in them. */
struct messages {
	uint8_t		 head[MESSAGE_HEAD];
	size_t		 nhead;
	uint32_t	 left;		/* of the body */
};

struct side {
	bool		 sealed;	/* keys are known, and in use */
	bool		 proven;	/* they opened a record */
	unsigned int	 epoch;		/* of 1.3: 0 the handshake, then 1 for the first key … */
	uint8_t		 secret[TLS_SECRET];	/* of 1.3: the traffic secret */
	struct tls_keys	 keys;
	uint64_t	 number;	/* of the next record */
	struct messages	 messages;
};

struct tls {
	struct keyring	*ring;
	unsigned int	 asks;		/* how often the log may still be read */
	uint8_t		 random[TLS_RANDOM];	/* the ClientHello's */
	struct keylog_secrets secrets;
	const struct tls_suite *suite;	/* NULL: not supported */
	uint16_t	 version;	/* 0: no ServerHello yet */
	struct side	 side[2];	/* by enum dir */
	uint64_t	 vain;		/* bytes that were decrypted in vain */
	size_t		 end;		/* of the label; until a record opens, MISFIT follows */
	char		 label[];
};
#define MISFIT	": does not fit the session"

/* ---- Keys ---- */

/* Is there a secret of that kind and length?  The log may have it only now. */
static bool
has(struct tls *t, enum keylog_kind kind, size_t len)
{
	struct keylog *log = keyring_keylog(t->ring);

	if (t->secrets.len[kind] == 0 && t->asks > 0 && log != NULL) {
		t->asks--;
		keylog_find(log, t->random, &t->secrets);
	}
	return t->secrets.len[kind] == len;
}

static void
begin13(struct tls *t, struct side *s, const uint8_t *secret)
{
	memcpy(s->secret, secret, t->suite->prf->digest_size);
	tls13_keys(t->suite, s->secret, &s->keys);
	s->sealed = true;
}

/* Makes the keys that this side uses next, RFC 8446 7.2; the caller wipes them. */
static bool
next_epoch(struct tls *t, enum dir d, struct side *next)
{
	enum keylog_kind kind = d == C2S ? KEYLOG_CLIENT_TRAFFIC : KEYLOG_SERVER_TRAFFIC;
	const struct side *s = &t->side[d];
	uint8_t secret[TLS_SECRET];

	*next = (struct side){ .epoch = s->epoch + 1 };
	if (s->epoch > 0) {
		tls13_update(t->suite, s->secret, secret);
		begin13(t, next, secret);
		explicit_bzero(secret, sizeof(secret));
	} else if (has(t, kind, t->suite->prf->digest_size)) {
		begin13(t, next, t->secrets.b[kind]);
	}
	return next->sealed;
}

/* ---- Sessions ---- */

bool
tls_has_log(const struct keyring *k)
{
	return k != NULL && keyring_keylog(k) != NULL;
}

struct tls *
tls_new(struct keyring *k, const uint8_t client_random[32])
{
	struct keylog_secrets found = { 0 };
	struct tls *t = NULL;
	const char *label;

	if (!tls_has_log(k) || !keylog_find(keyring_keylog(k), client_random, &found))
		goto out;
	label = keylog_label(keyring_keylog(k));
	t = vault_alloc(keyring_vault(k), sizeof(*t) + strlen(label) + sizeof(MISFIT));
	if (t == NULL)
		goto out;
	*t = (struct tls){ .ring = k, .asks = MAX_TLS_ASKS, .secrets = found,
	    .end = strlen(label) };
	memcpy(t->random, client_random, sizeof(t->random));
	memcpy(t->label, label, t->end);
	memcpy(t->label + t->end, MISFIT, sizeof(MISFIT));
out:
	explicit_bzero(&found, sizeof(found));
	return t;
}

void
tls_free(struct tls *t)
{
	vault_free(t);
}

bool
tls_server_hello(struct tls *t, uint16_t version, uint16_t suite,
    const uint8_t server_random[32], bool encrypt_then_mac)
{
	struct tls_keys keys[2];

	t->version = version;
	if ((t->suite = tls_suite_find(version, suite)) == NULL)
		return false;
	if (version == TLS_1_2 && has(t, KEYLOG_MASTER, TLS_MASTER)) {
		tls12_keys(t->suite, encrypt_then_mac, t->secrets.b[KEYLOG_MASTER], t->random,
		    server_random, keys);
		t->side[C2S].keys = keys[C2S];
		t->side[S2C].keys = keys[S2C];
		explicit_bzero(keys, sizeof(keys));
	}
	for (enum dir d = C2S; version == TLS_1_3 && d <= S2C; d++) {
		enum keylog_kind kind = d == C2S ? KEYLOG_CLIENT_HANDSHAKE :
		    KEYLOG_SERVER_HANDSHAKE;

		if (has(t, kind, t->suite->prf->digest_size))
			begin13(t, &t->side[d], t->secrets.b[kind]);
	}
	return true;
}

void
tls_change_cipher(struct tls *t, enum dir d)
{
	if (t->version == TLS_1_2)
		t->side[d].sealed = t->side[d].keys.suite != NULL;
}

/* ---- Records ---- */

/* How many records were lost is not known, so several numbers are tried, and
 * the tag decides. */
static bool
search(struct tls *t, struct side *s, unsigned int tries, struct view record, uint8_t *out,
    size_t *len, uint8_t *type)
{
	uint64_t earned = TLS_EARNS * (uint64_t)record.len;

	for (unsigned int n = 0; n < tries && t->vain < MAX_TLS_SEARCH; n++) {
		if (!tls_record_open(&s->keys, s->number + n, record, out, len, type)) {
			t->vain += record.len + TLS_TRY;
			continue;
		}
		if (n > 0)
			s->messages = (struct messages){ 0 };
		s->number += n + 1;
		s->proven = true;
		t->vain -= earned < t->vain ? earned : t->vain;
		t->label[t->end] = '\0';
		return true;
	}
	return false;
}

/* After these messages a side uses its next keys, RFC 8446 4.4.4, 4.6.3. */
static bool
ends_epoch(const struct side *s, uint8_t message)
{
	return message == (s->epoch == 0 ? FINISHED : KEY_UPDATE);
}

/* Reads handshake messages of 1.3.  Returns true if the last one ends the epoch. */
static bool
messages_read(struct side *s, struct view v)
{
	struct messages *m = &s->messages;
	struct reader r = rd_open(v);
	size_t n;

	while (r.left > 0) {
		if (m->nhead < MESSAGE_HEAD) {
			m->head[m->nhead++] = rd_u8(&r);
			m->left = m->nhead == MESSAGE_HEAD ? be32dec(m->head) & 0xffffff : 0;
		} else {
			n = m->left < r.left ? m->left : r.left;
			rd_skip(&r, n);
			m->left -= (uint32_t)n;
		}
		if (m->nhead == MESSAGE_HEAD && m->left == 0) {
			m->nhead = 0;
			if (ends_epoch(s, m->head[0]))
				return true;
		}
	}
	return false;
}

static unsigned int
tries(const struct side *s)
{
	return s->proven && (s->keys.version == TLS_1_2 || s->epoch > 0) ?
	    MAX_TLS_LOST : MAX_TLS_FEW;
}

/* Opens a record of 1.3 with the present keys or, if the message that changes
 * them was not captured, with the next. */
static bool
open13(struct tls *t, enum dir d, struct view record, uint8_t *out, size_t *len, uint8_t *type)
{
	struct side *s = &t->side[d], next;
	bool ok = s->sealed && search(t, s, tries(s), record, out, len, type);

	if (!ok && next_epoch(t, d, &next) &&
	    (ok = search(t, &next, MAX_TLS_FEW, record, out, len, type)))
		*s = next;
	if (ok && *type == TLS_HANDSHAKE && messages_read(s, (struct view){ out, *len }) &&
	    next_epoch(t, d, &next))
		*s = next;
	explicit_bzero(&next, sizeof(next));
	return ok;
}

enum unseal
tls_unseal(struct tls *t, enum dir d, struct view record, uint8_t *out, size_t *len, uint8_t *type)
{
	struct side *s = &t->side[d];
	bool ok = false;

	*len = 0;
	*type = 0;
	if (t->suite == NULL)
		return UNSEAL_NO_KEY;
	if (t->version == TLS_1_3)
		ok = open13(t, d, record, out, len, type);
	else if (s->sealed)
		ok = search(t, s, tries(s), record, out, len, type);
	if (ok)
		return UNSEAL_OK;
	*len = 0;
	if (t->vain >= MAX_TLS_SEARCH)
		return UNSEAL_LOST;
	return s->sealed ? UNSEAL_BAD : UNSEAL_NO_KEY;
}

void
tls_skip(struct tls *t, enum dir d, uint64_t records)
{
	t->side[d].number += records;
	t->side[d].messages = (struct messages){ 0 };
}

const char *
tls_reason(const struct tls *t)
{
	if (t->version != 0 && t->suite == NULL)
		return "TLS version or cipher suite not supported";
	return t->label;
}
