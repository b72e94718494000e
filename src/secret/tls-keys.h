/*
 * tls-keys.h -- TLS cipher suites, and from secrets to record keys: RFC 5246 5
 * and 6.3, RFC 8446 7.  For the secret layer only; who calls wipes what he gets.
 */
#ifndef TLS_KEYS_H
#define TLS_KEYS_H

#include <nettle/nettle-meta.h>

#include "base/addr.h"
#include "base/reader.h"

#define TLS_1_2		0x0303
#define TLS_1_3		0x0304
#define TLS_RANDOM	32
#define TLS_MASTER	48		/* a master secret */
#define TLS_SECRET	48		/* a traffic secret at most: as long as the hash */
#define TLS_IV		12		/* of every AEAD here, RFC 5116 */

/* What of a cipher suite matters once the secrets are known. */
struct tls_suite {
	const struct nettle_aead *aead;	/* else: */
	const struct nettle_cipher *cbc;
	const struct nettle_hash *mac;	/* beside CBC */
	const struct nettle_hash *prf;	/* of the key derivation */
	size_t		 key;		/* so many bytes */
	size_t		 salt;		/* of the nonce that are derived; records bring the rest */
};

/* What the records of one direction are sealed with. */
struct tls_keys {
	const struct tls_suite *suite;
	uint16_t	 version;
	bool		 etm;		/* RFC 7366: the MAC is over the ciphertext */
	uint8_t		 mac[48], key[32], iv[TLS_IV];
};

/* NULL: none that we know of that version. */
const struct tls_suite *tls_suite_find(uint16_t version, uint16_t id);

/* RFC 5246 6.3: by direction. */
void	tls12_keys(const struct tls_suite *, bool etm, const uint8_t master[TLS_MASTER],
	    const uint8_t client_random[TLS_RANDOM], const uint8_t server_random[TLS_RANDOM],
	    struct tls_keys out[2]);

/* RFC 8446 7.3, 7.2: a traffic secret is as long as suite->prf's digest. */
void	tls13_keys(const struct tls_suite *, const uint8_t *secret, struct tls_keys *);
void	tls13_update(const struct tls_suite *, const uint8_t *secret, uint8_t *next);

#endif
