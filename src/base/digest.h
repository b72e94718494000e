/* digest.h -- hashes without a key, base64 and UUIDs as text. */
#ifndef DIGEST_H
#define DIGEST_H

#include "base/reader.h"

/* Writes the SHA-256 of the bytes in lower-case hex, with a NUL. */
void	sha256_hex(struct view, char out[65]);
/* Replaces hash by the SHA-512 of itself followed by the bytes ([MS-SMB2] 3.1.4.4.1). */
void	sha512_chain(uint8_t hash[64], struct view);
/* Does that with a text in lower case, in pieces of 256 bytes: texts that differ
 * only in the case of ASCII letters change the hash in the same way. */
void	sha512_lower(uint8_t hash[64], const char *);
/* Writes the SHA-1 of the bytes. */
void	sha1(struct view, uint8_t out[20]);
/* Writes the bytes in base64, with a NUL; out has room for (len + 2) / 3 * 4 + 1. */
void	base64(struct view, char *out);

/* Writes a UUID as it stands in little-endian messages ([MS-DTYP] 2.3.4.2) as
 * text, in lower case and with a NUL. */
void	uuid_text(const uint8_t wire[16], char out[37]);

#endif
