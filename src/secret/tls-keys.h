/*
 * tls-keys.h -- TLS cipher suites, and from secrets to the keys of records: RFC
 * 5246 5 and 6.3, RFC 8446 7.  The caller wipes the keys it gets.
 */
#ifndef TLS_KEYS_H
#define TLS_KEYS_H

#include <nettle/nettle-meta.h>

#include "base/addr.h"
#include "base/reader.h"

#define TLS_1_2		0x0303
#define TLS_1_3		0x0304
#define TLS_RANDOM	32
#define TLS_MASTER	48		/* bytes of a master secret */
#define TLS_SECRET	48		/* of a traffic secret at most: it is as long as the hash */
#define TLS_IV		12		/* of the nonce of every AEAD here, RFC 5116 */

/* What of a cipher suite matters when the secrets are known. */
struct tls_suite {
	const struct nettle_aead *aead;	/* NULL: it has cbc and mac */
	const struct nettle_cipher *cbc;
	const struct nettle_hash *mac;
	const struct nettle_hash *prf;	/* the hash of the key derivation */
	size_t		 key;		/* bytes of a key */
	size_t		 salt;		/* bytes of the nonce that are derived, not in records */
};

/* The keys of the records of one direction. */
struct tls_keys {
	const struct tls_suite *suite;
	uint16_t	 version;
	bool		 etm;		/* RFC 7366: the MAC is over the ciphertext */
	uint8_t		 mac[48], key[32], iv[TLS_IV];
};

/* Returns the suite of that number, static; NULL: it is not supported in that
 * version. */
const struct tls_suite *tls_suite_find(uint16_t version, uint16_t id);

/* Makes the keys of both directions (by enum dir) from a master secret, RFC
 * 5246 6.3. */
void	tls12_keys(const struct tls_suite *, bool etm, const uint8_t master[TLS_MASTER],
	    const uint8_t client_random[TLS_RANDOM], const uint8_t server_random[TLS_RANDOM],
	    struct tls_keys out[2]);

/* Make the keys of one direction from its traffic secret, RFC 8446 7.3, and
 * the next traffic secret, 7.2.  A secret is as long as the digest of
 * suite->prf. */
void	tls13_keys(const struct tls_suite *, const uint8_t *secret, struct tls_keys *);
void	tls13_update(const struct tls_suite *, const uint8_t *secret, uint8_t *next);

#endif
