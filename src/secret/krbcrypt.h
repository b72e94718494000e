/*
 * krbcrypt.h -- Kerberos keys and what they encrypt: RFC 3961, 3962, 4757,
 * 8009.  Only functions of libk5crypto are used, which need no krb5_context and
 * wipe their copies of a key before they return.
 */
#ifndef KRBCRYPT_H
#define KRBCRYPT_H

#include <krb5.h>

#include "base/reader.h"

/* A key of an encryption type; len 0: none.  Who has one wipes it. */
struct krb_key {
	int32_t		 etype;		/* RFC 3961 8 */
	uint32_t	 len;
	uint8_t		 b[32];
};

/* Is that encryption type supported?  17, 18, 19, 20 and 23 are. */
bool	krb_etype_known(int32_t etype);

/* Sets a key to a copy of bytes.  Returns false, and sets no key, if the
 * encryption type is not supported or its keys have another length. */
bool	krb_key_set(struct krb_key *, int32_t etype, struct view bytes);

/* Returns the key for libkrb5, with its bytes borrowed. */
krb5_keyblock	krb_keyblock(const struct krb_key *);

/* Decrypts and checks.  out has room for cipher.len bytes; on success *plain is
 * the cleartext in it.  Returns false if the check fails. */
bool	krb_decrypt(const struct krb_key *, krb5_keyusage, struct view cipher,
	    uint8_t *out, struct view *plain);

/*
 * Makes the key of a password in UTF-8 with a salt, of any type but 23.  params
 * are those of ETYPE-INFO2, or empty.  Returns false if they ask for more
 * iterations than MAX_KRB_ITERATIONS, or for fewer than the 4096 that
 * libk5crypto allows.
 */
bool	krb_key_of_password(struct krb_key *, int32_t etype, const char *password,
	    struct view salt, struct view params);

/* Mixes two keys with their peppers to one of a's type: KRB-FX-CF2, RFC 6113
 * 5.1.  Returns false if they cannot be mixed. */
bool	krb_key_mix(struct krb_key *, const struct krb_key *a, const char *pepper_a,
	    const struct krb_key *b, const char *pepper_b);

#endif
