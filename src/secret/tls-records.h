/* tls-records.h -- one sealed record: RFC 5246 6.2.3, 5288, 7366, 7905, RFC 8446 5.2. */
#ifndef TLS_RECORDS_H
#define TLS_RECORDS_H

#include "secret/tls-keys.h"

#define TLS_HEADER	5		/* of a record: type, version, length */

enum tls_content {			/* RFC 8446 B.1 */
	TLS_CHANGE_CIPHER_SPEC = 20, TLS_ALERT, TLS_HANDSHAKE, TLS_APPLICATION_DATA
};

/*
 * Is that record, header included, the one of that number?  Then out has its
 * *len bytes of cleartext; out has room for the record's length.
 */
bool	tls_record_open(const struct tls_keys *, uint64_t number, struct view record,
	    uint8_t *out, size_t *len, uint8_t *type);

#endif
