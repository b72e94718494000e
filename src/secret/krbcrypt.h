/*
 * krbcrypt.h -- Kerberos keys and what they seal: RFC 3961, 3962, 4757, 8009.
 * Only libk5crypto's functions, which need no krb5_context and wipe what they
 * copy of a key before they return.
 */
#ifndef KRBCRYPT_H
#define KRBCRYPT_H

#include <krb5.h>

#include "base/reader.h"

/* An etype and its key; len 0: none. */
struct krb_key {
	int32_t		 etype;
	uint32_t	 len;
	uint8_t		 b[32];
};

bool	krb_etype_known(int32_t etype);		/* 17, 18, 19, 20, 23 */
/* False, and no key, if the etype is not known or its keys have another length. */
bool	krb_key_set(struct krb_key *, int32_t etype, struct view);
krb5_keyblock	krb_keyblock(const struct krb_key *);	/* borrowed */

/* Decrypts and proves; out has room for cipher.len bytes, plain is in it. */
bool	krb_decrypt(const struct krb_key *, krb5_keyusage, struct view cipher,
	    uint8_t *out, struct view *plain);

/* The key of a password, for an etype with a salt (not 23); params as in
 * ETYPE-INFO2, or empty.  False also beyond MAX_KRB_ITERATIONS, and below the
 * 4096 that libk5crypto wants. */
bool	krb_key_of_password(struct krb_key *, int32_t etype, const char *password,
	    struct view salt, struct view params);

/* KRB-FX-CF2 of two keys with their peppers, RFC 6113 5.1: a key of a's etype. */
bool	krb_key_mix(struct krb_key *, const struct krb_key *a, const char *pepper_a,
	    const struct krb_key *b, const char *pepper_b);

#endif
