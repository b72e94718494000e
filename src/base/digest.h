/* digest.h -- unkeyed hashes, and the text forms of bytes. */
#ifndef DIGEST_H
#define DIGEST_H

#include "base/reader.h"

void	sha256_hex(struct view, char out[65]);
void	sha512_chain(uint8_t hash[64], struct view);	/* hash = SHA-512(hash || view) */
void	sha1(struct view, uint8_t out[20]);
void	base64(struct view, char *out);		/* out: (len + 2) / 3 * 4 + 1 */

/* Lower-case 8-4-4-4-12 text of a UUID in little-endian wire bytes. */
void	uuid_text(const uint8_t wire[16], char out[37]);

#endif
