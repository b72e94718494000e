/* tls-records.h -- opening one TLS record: RFC 5246 6.2.3, 5288, 7366, 7905,
 * 8446 5.2. */
#ifndef TLS_RECORDS_H
#define TLS_RECORDS_H

#include "secret/tls-keys.h"

#define TLS_HEADER	5		/* bytes: type, version, length */

enum tls_content {			/* RFC 8446 B.1 */
	TLS_CHANGE_CIPHER_SPEC = 20, TLS_ALERT, TLS_HANDSHAKE, TLS_APPLICATION_DATA
};

/*
 * Opens a record, header included, if it is the one of that number.  out has
 * room for as many bytes; on success the first *len of them are the cleartext,
 * and *type is the content type, in 1.3 the inner one.  Returns false if the
 * check fails.
 */
bool	tls_record_open(const struct tls_keys *, uint64_t number, struct view record,
	    uint8_t *out, size_t *len, uint8_t *type);

#endif
