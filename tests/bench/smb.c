#include "smb.h"

#include <sys/endian.h>

#include <nettle/hmac.h>
#include <nettle/sha2.h>

#include <stdlib.h>
#include <string.h>

enum { NEGOTIATE, SETUP, LOGOFF, TREE, UNTREE, CREATE, CLOSE, FLUSH, READ, WRITE, LOCK, IOCTL };

#define MORE_PROCESSING	0xc0000016u

/* A message begins after room for what an encrypted one has in front. */
#define NBSS		4
#define TRANSFORM	52
#define HEADER		64
#define START		(NBSS + TRANSFORM)
#define OVERHEAD	(START + 512)	/* headers; and a logon has no payload, but a token */

void
smb_init(struct smb *s, struct wire *w, size_t longest)
{
	memset(s, 0, sizeof(*s));
	s->w = w;
	msg_init(&s->m, longest + OVERHEAD);
	ntlm_init(&s->ntlm);
}

void
smb_free(struct smb *s)
{
	free(s->m.p);
	ntlm_free(&s->ntlm);
}

/* ---- Messages, 2.2.1 ---- */

static uint16_t
charge(uint16_t command)
{
	return command == READ || command == WRITE ? 16 : 1;
}

static void
begin(struct smb *s, uint16_t command, bool server)
{
	struct msg *m = &s->m;

	m->len = 0;
	put_zero(m, START);
	put(m, "\xfeSMB", 4);
	put16(m, HEADER);
	put16(m, charge(command));
	put32(m, 0);			/* status */
	put16(m, command);
	put16(m, 64);			/* credits */
	put32(m, server ? 1 : 0);
	put32(m, 0);
	put64(m, s->id);
	put32(m, 0xfeff);
	put32(m, s->tree);
	put64(m, s->session);
	put_zero(m, 16);
	if (server)
		s->id += charge(command);
}

/* 3.1.4.3, 2.2.41 */
static void
transform(struct smb *s, bool server)
{
	struct smb_side *side = &s->side[server];
	uint8_t *h = s->m.p + NBSS, *body = h + TRANSFORM;
	size_t len = s->m.len - START;

	memcpy(h, "\xfdSMB", 4);
	le64enc(h + 20, side->nonce++);
	memset(h + 28, 0, 8);
	le32enc(h + 36, (uint32_t)len);
	le32enc(h + 40, 1u << 16);
	le64enc(h + 44, s->session);
	gcm_aes128_set_iv(&side->gcm, GCM_IV_SIZE, h + 20);
	gcm_aes128_update(&side->gcm, TRANSFORM - 20, h + 20);
	gcm_aes128_encrypt(&side->gcm, len, body, body);
	gcm_aes128_digest(&side->gcm, 16, h + 4);
}

static void
send_off(struct smb *s, bool server)
{
	size_t from = s->sealed ? 0 : TRANSFORM;

	if (s->sealed)
		transform(s, server);
	be32enc(s->m.p + from, (uint32_t)(s->m.len - from - NBSS));
	conn_say(s->w, s->c, server, s->m.p + from, s->m.len - from);
}

static void
put_file(struct smb *s)
{
	put64(&s->m, s->file);
	put64(&s->m, s->file);
}

/* ---- Negotiation, 2.2.3, 2.2.4 ---- */

/* What both sides sent so far, 3.2.5.2: the message that is about to be sent. */
static void
remember(struct smb *s)
{
	struct sha512_ctx h;

	sha512_init(&h);
	sha512_update(&h, sizeof(s->preauth), s->preauth);
	sha512_update(&h, s->m.len - START, s->m.p + START);
	sha512_digest(&h, sizeof(s->preauth), s->preauth);
}

/* 2.2.3.1.1, 2.2.3.1.2: SHA-512 with a salt; AES-128-GCM. */
static void
put_contexts(struct smb *s)
{
	struct msg *m = &s->m;

	put_pad(m, START, 8);
	put16(m, 1);
	put16(m, 38);
	put32(m, 0);
	put16(m, 1);
	put16(m, 32);
	put16(m, 1);
	for (int i = 0; i < 8; i++)
		put32(m, wire_random(s->w));
	put_pad(m, START, 8);
	put16(m, 2);
	put16(m, 4);
	put32(m, 0);
	put16(m, 1);
	put16(m, 2);
}

static void
negotiate(struct smb *s)
{
	struct msg *m = &s->m;

	begin(s, NEGOTIATE, false);
	put16(m, 36);
	put16(m, 1);			/* dialects */
	put16(m, 1);			/* signing enabled */
	put16(m, 0);
	put32(m, 0x7f);
	put_zero(m, 16);
	put32(m, 104);			/* contexts at */
	put16(m, 2);
	put16(m, 0);
	put16(m, 0x0311);
	put_contexts(s);
	remember(s);
	send_off(s, false);

	begin(s, NEGOTIATE, true);
	put16(m, 65);
	put16(m, 1);
	put16(m, 0x0311);
	put16(m, 2);			/* contexts */
	put_zero(m, 16);
	put32(m, 0x2f);
	put32(m, 8u << 20);
	put32(m, 8u << 20);
	put32(m, 8u << 20);
	put_zero(m, 16);
	put16(m, 128);
	put16(m, 0);
	put32(m, 128);			/* contexts at */
	put_contexts(s);
	remember(s);
	send_off(s, true);
}

/* ---- The logon, 2.2.5, 2.2.6, and its keys, 3.1.4.2 ---- */

static void
side_key(struct smb *s, bool server, const char *label)
{
	struct hmac_sha256_ctx h;
	uint8_t key[16];

	hmac_sha256_set_key(&h, sizeof(s->ntlm.key), s->ntlm.key);
	hmac_sha256_update(&h, 4, (const uint8_t *)"\0\0\0\1");
	hmac_sha256_update(&h, strlen(label) + 1, (const uint8_t *)label);
	hmac_sha256_update(&h, 1, (const uint8_t *)"");
	hmac_sha256_update(&h, sizeof(s->preauth), s->preauth);
	hmac_sha256_update(&h, 4, (const uint8_t *)"\0\0\0\x80");
	hmac_sha256_digest(&h, sizeof(key), key);
	gcm_aes128_set_key(&s->side[server].gcm, key);
	s->side[server].nonce = 1;
}

static void
setup_ask(struct smb *s, const struct msg *token)
{
	struct msg *m = &s->m;

	begin(s, SETUP, false);
	put16(m, 25);
	put8(m, 0);
	put8(m, 1);
	put32(m, 0);
	put32(m, 0);
	put16(m, 88);
	put16(m, (uint16_t)token->len);
	put64(m, 0);
	put(m, token->p, token->len);
	remember(s);
	send_off(s, false);
}

/* token NULL: that was the last leg, which the hash leaves out. */
static void
setup_answer(struct smb *s, const struct msg *token)
{
	struct msg *m = &s->m;

	begin(s, SETUP, true);
	le32enc(m->p + START + 8, token != NULL ? MORE_PROCESSING : 0);
	put16(m, 9);
	put16(m, 0);
	put16(m, 72);
	put16(m, token != NULL ? (uint16_t)token->len : 0);
	if (token != NULL) {
		put(m, token->p, token->len);
		remember(s);
	}
	send_off(s, true);
}

static void
setup(struct smb *s, uint64_t session)
{
	ntlm_logon(&s->ntlm, s->w);
	setup_ask(s, &s->ntlm.negotiate);
	s->session = session;
	setup_answer(s, &s->ntlm.challenge);
	setup_ask(s, &s->ntlm.authenticate);
	setup_answer(s, NULL);
	side_key(s, false, "SMBC2SCipherKey");
	side_key(s, true, "SMBS2CCipherKey");
}

/* ---- Trees and files, 2.2.9 to 2.2.22 ---- */

static void
tree_connect(struct smb *s, const char *share)
{
	struct msg *m = &s->m;
	bool pipes = strcmp(share, "IPC$") == 0;
	char path[64];

	snprintf(path, sizeof(path), "\\\\10.%u.%u.%u\\%s", s->c->server >> 16 & 0xff,
	    s->c->server >> 8 & 0xff, s->c->server & 0xff, share);
	begin(s, TREE, false);
	put16(m, 9);
	put16(m, 0);
	put16(m, 72);
	put16(m, (uint16_t)(strlen(path) * 2));
	put_wide(m, path);
	send_off(s, false);

	s->tree = 1;
	begin(s, TREE, true);
	put16(m, 16);
	put16(m, pipes ? 2 : 1);
	put_zero(m, 8);
	put32(m, 0x1f01ff);
	send_off(s, true);
}

void
smb_open(struct smb *s, struct conn *c, uint64_t session, const char *share, bool seal)
{
	s->c = c;
	s->session = s->id = 0;
	s->tree = 0;
	s->sealed = false;
	memset(s->preauth, 0, sizeof(s->preauth));
	negotiate(s);
	setup(s, session);
	s->sealed = seal;
	tree_connect(s, share);
}

void
smb_create(struct smb *s, const char *name)
{
	struct msg *m = &s->m;

	s->file = s->id;
	begin(s, CREATE, false);
	put16(m, 57);
	put16(m, 0);
	put32(m, 2);
	put_zero(m, 16);
	put32(m, 0x12019f);
	put32(m, 0x80);
	put32(m, 7);
	put32(m, 5);
	put32(m, 0x40);
	put16(m, 120);
	put16(m, (uint16_t)(strlen(name) * 2));
	put64(m, 0);
	put_wide(m, name);
	send_off(s, false);

	begin(s, CREATE, true);
	put16(m, 89);
	put16(m, 0);
	put32(m, 1);
	put_zero(m, 48);
	put32(m, 0x80);
	put32(m, 0);
	put_file(s);
	put64(m, 0);
	send_off(s, true);
}

void
smb_close(struct smb *s)
{
	struct msg *m = &s->m;

	begin(s, CLOSE, false);
	put16(m, 24);
	put_zero(m, 6);
	put_file(s);
	send_off(s, false);

	begin(s, CLOSE, true);
	put16(m, 60);
	put_zero(m, 58);
	send_off(s, true);
}

void
smb_write(struct smb *s, uint64_t off, const void *p, size_t len)
{
	struct msg *m = &s->m;

	begin(s, WRITE, false);
	put16(m, 49);
	put16(m, 112);
	put32(m, (uint32_t)len);
	put64(m, off);
	put_file(s);
	put_zero(m, 16);
	put(m, p, len);
	send_off(s, false);

	begin(s, WRITE, true);
	put16(m, 17);
	put16(m, 0);
	put32(m, (uint32_t)len);
	put64(m, 0);
	put8(m, 0);
	send_off(s, true);
}

void
smb_read(struct smb *s, uint64_t off, const void *p, size_t len)
{
	struct msg *m = &s->m;

	begin(s, READ, false);
	put16(m, 49);
	put16(m, 0x50);
	put32(m, (uint32_t)len);
	put64(m, off);
	put_file(s);
	put_zero(m, 17);
	send_off(s, false);

	begin(s, READ, true);
	put16(m, 17);
	put16(m, 80);
	put32(m, (uint32_t)len);
	put64(m, 0);
	put(m, p, len);
	send_off(s, true);
}

/* FSCTL_PIPE_TRANSCEIVE, 2.2.31 */
#define TRANSCEIVE	0x0011c017

void
smb_transceive(struct smb *s, const struct msg *ask, const struct msg *answer)
{
	struct msg *m = &s->m;

	begin(s, IOCTL, false);
	put16(m, 57);
	put16(m, 0);
	put32(m, TRANSCEIVE);
	put_file(s);
	put32(m, 120);
	put32(m, (uint32_t)ask->len);
	put32(m, 0);
	put32(m, 0);
	put32(m, 0);
	put32(m, 65536);
	put32(m, 1);			/* it is an FSCTL */
	put32(m, 0);
	put(m, ask->p, ask->len);
	send_off(s, false);

	begin(s, IOCTL, true);
	put16(m, 49);
	put16(m, 0);
	put32(m, TRANSCEIVE);
	put_file(s);
	put32(m, 112);
	put32(m, 0);
	put32(m, 112);
	put32(m, (uint32_t)answer->len);
	put32(m, 0);
	put32(m, 0);
	put(m, answer->p, answer->len);
	send_off(s, true);
}
