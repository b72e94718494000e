#include "secret/ticket.h"

#include <nettle/sha2.h>

static void
clear(struct krb_state *s)
{
	keycache_clear(&s->learnt);
	keycache_clear(&s->services);
	keycache_clear(&s->derived);
	keycache_clear(&s->salts);
	s->work = MAX_KRB_WORK;
}

static void
state_free(void *p)
{
	if (p == NULL)
		return;
	clear(p);
	vault_free(p);
}

static struct krb_state *
state_new(const struct keyring *k)
{
	struct vault *v = keyring_vault(k);
	struct krb_state *s = vault_alloc(v, sizeof(*s));

	if (s == NULL)
		return NULL;
	keycache_init(&s->learnt, v, MAX_KRB_LEARNT);
	keycache_init(&s->services, v, MAX_KRB_MEMOS);
	keycache_init(&s->derived, v, MAX_KRB_DERIVED);
	keycache_init(&s->salts, v, MAX_KRB_LEARNT);
	s->work = MAX_KRB_WORK;
	s->epoch = keyring_epoch(k);
	return s;
}

struct krb_state *
krb_state(struct keyring *k)
{
	void **slot = keyring_kdc(k, state_free);
	struct krb_state *s = *slot;

	if (s == NULL)
		return *slot = state_new(k);
	/* The secrets were read again: what is kept refers to keys that are gone. */
	if (s->epoch != keyring_epoch(k)) {
		clear(s);
		s->epoch = keyring_epoch(k);
	}
	return s;
}

void
krb_hash(const struct view *parts, size_t n, uint8_t out[KEYCACHE_ID])
{
	struct sha256_ctx c;
	uint8_t len[8];

	sha256_init(&c);
	for (size_t i = 0; i < n; i++) {
		le64enc(len, parts[i].len);
		sha256_update(&c, sizeof(len), len);
		sha256_update(&c, parts[i].len, parts[i].p);
	}
	sha256_digest(&c, KEYCACHE_ID, out);
	explicit_bzero(&c, sizeof(c));
}
