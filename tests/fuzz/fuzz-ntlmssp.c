/*
 * fuzz-ntlmssp.c -- three messages, {u16 length, bytes} each, then what the
 * opened context is given: {u8 what, u16 length, token, body}.
 */
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "secret/ntlmssp.h"
#include "secret/seal-ntlm.h"

int	LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static struct keyring *keyring;

static void
close_keyring(void)
{
	keyring_close(keyring);
}

/* The account of [MS-NLMP] 4.2, so that what it proves may be mutated. */
static void
open_keyring(void)
{
	static const char lines[] = "password Domain\\User Password\npassword User other\n";
	char path[] = "/tmp/fuzz_ntlmssp.XXXXXX", err[256];
	int fd = mkstemp(path);

	if (fd == -1 || fchmod(fd, 0600) == -1 ||
	    write(fd, lines, sizeof(lines) - 1) != sizeof(lines) - 1)
		abort();
	close(fd);
	keyring = keyring_open(path, NULL, NULL, err, sizeof(err));
	unlink(path);
	if (keyring == NULL || atexit(close_keyring) != 0)
		abort();
}

static void
parse(struct view message)
{
	struct ntlm_challenge c;
	struct ntlm_authenticate a;

	(void)ntlm_type(message);
	if (ntlm_challenge_read(message, &c) && c.challenge.len != 8)
		abort();
	if (ntlm_authenticate_read(message, &a) && a.mic.p != NULL && !a.has_mic)
		abort();
}

static void
step(struct ntlm *n, struct reader *r)
{
	uint8_t what = rd_u8(r);
	enum dir d = what & 1 ? S2C : C2S;
	uint16_t len = rd_le16(r);
	struct sealed in = { .clear = what & 2 };
	uint8_t *out;

	switch (what >> 2 & 3) {
	case 0:
		ntlm_skip(n, d, len, in.clear);
		break;
	case 1:
		ntlm_list_mic(n, d);
		break;
	default:
		in.token = rd_view(r, what & 0x80 ? 15 : 16);
		in.body = rd_view(r, len < r->left ? len : r->left);
		if (what & 0x40) {
			in.before = view_upto(in.body, 0, 24);
			in.body = view_from(in.body, 24);
		}
		if ((out = malloc(in.body.len + 1)) == NULL)
			abort();
		if (ntlm_unseal(n, d, &in, out) == UNSEAL_OK && in.clear &&
		    in.body.len > 0 && memcmp(out, in.body.p, in.body.len) != 0)
			abort();
		free(out);
		break;
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct reader r = rd_open((struct view){ data, len });
	enum logon_state state;
	char why[MAX_REASON] = "";
	struct view m[3];
	struct ntlm *n;

	if (keyring == NULL)
		open_keyring();
	for (size_t i = 0; i < 3; i++) {
		m[i] = rd_view(&r, rd_le16(&r));
		parse(m[i]);
	}
	n = ntlm_open(keyring, m[0], m[1], m[2], &state, why);
	if ((n != NULL) != (state == LOGON_OPEN) || why[0] == '\0')
		abort();
	/* Each may take some milliseconds. */
	for (int i = 0; n != NULL && rd_ok(&r) && r.left > 0 && i < 8; i++)
		step(n, &r);
	ntlm_free(n);
	return 0;
}
