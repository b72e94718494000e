/*
 * fuzz-smb2-transform.c -- an encrypted message, [MS-SMB2] 2.2.41.  Byte 0
 * chooses what was negotiated, and its top bit the direction.
 */
#include "unit/hex.h"
#include "unit/ring.h"
#include "secret/secret.h"

/* Keys with which the corpus was made, and one that opens nothing. */
#define RING \
	"smbkey 0x1 000102030405060708090a0b0c0d0e0f\n" \
	"smbkey 0x2 000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\n" \
	"smbkey 0x3 ffeeddccbbaa99887766554433221100\n" \
	"smbkey 0x3 000102030405060708090a0b0c0d0e0f\n"
#define PREAUTH \
	"cb9f77d3f28bc0e0b7b65f9f2041e8472a702cea916a41a29f976a8eae5f0463" \
	"9f443ffb963e78c833a43c3b2690eb6aa9f72cce5a99c74bf1dc3060288adb67"

static const struct {
	uint64_t	id;
	uint16_t	dialect, cipher;
} choices[] = {
	{ 1, 0x0300, 0 }, { 1, 0x0311, 2 }, { 1, 0x0311, 1 }, { 2, 0x0311, 3 },
	{ 2, 0x0311, 4 }, { 3, 0x0311, 0 }, { 3, 0, 0 }, { 4, 0x0302, 0 },
};

int	LLVMFuzzerTestOneInput(const uint8_t *, size_t);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct smb3_terms terms = { 0 };
	struct keyring *ring;
	size_t choice, body;
	uint8_t *out, *peek;
	struct view m;
	struct smb3 *s;
	enum dir dir;

	if (len == 0)
		return 0;
	ring = ring_of(RING);
	choice = data[0] % (sizeof(choices) / sizeof(choices[0]));
	dir = data[0] & 0x80 ? S2C : C2S;
	m = (struct view){ data + 1, len - 1 };
	body = m.len > SMB3_TRANSFORM ? m.len - SMB3_TRANSFORM : 0;
	if ((out = malloc(body + 1)) == NULL || (peek = malloc(body + 1)) == NULL)
		abort();
	terms.dialect = choices[choice].dialect;
	terms.cipher = choices[choice].cipher;
	(void)hex(PREAUTH, terms.preauth, sizeof(terms.preauth));
	s = smb3_new(ring, NULL, choices[choice].id, &terms);

	/* Opened once, a message opens again, and to what a peek shows. */
	if (smb3_unseal(s, dir, m, out) == UNSEAL_OK &&
	    (!smb3_peek(s, dir, m, peek) || memcmp(out, peek, body) != 0 ||
	    smb3_unseal(s, dir, m, peek) != UNSEAL_OK || memcmp(out, peek, body) != 0))
		abort();
	(void)smb3_peek(s, dir, m, peek);
	if (strlen(smb3_reason(s)) == 0)
		abort();
	smb3_free(s);
	keyring_close(ring);
	free(peek);
	free(out);
	return 0;
}
