/* test-smb2-seal.c -- SMB 3.1.1 sessions that are encrypted, with and without their key. */
#include "wire/smb.h"

#include <nettle/gcm.h>
#include <nettle/hmac.h>

#include "base/digest.h"
#include "base/limits.h"
#include "unit/ring.h"

enum { NEGOTIATE = 0, SESSION_SETUP, TREE_CONNECT = 3, CREATE = 5, CLOSE, READ = 8, WRITE };
#define RESPONSE	1u
#define MORE		0xc0000016u
#define SID		0x0000100000000041u
#define BINDING		1

static const char secrets[] = "smbkey 0x0000100000000041 000102030405060708090a0b0c0d0e0f\n";
static const uint8_t session_key[16] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15 };

struct rig {
	struct facts	 f;
	struct keyring	*keyring;
	struct conn	*c;
	uint64_t	 mid, nonce;
	uint8_t		 preauth[64];
	uint8_t		 key[2][16];	/* by direction */
};

static void
rig_open(struct rig *r, const char *text)
{
	memset(r, 0, sizeof(*r));
	facts_init(&r->f);
	r->keyring = text != NULL ? ring_of(text) : NULL;
	r->f.world.keyring = r->keyring;
	r->c = conn_open(&r->f, 50000);
}

static void
rig_close(struct rig *r)
{
	conn_close(r->c);
	facts_free(&r->f);
	keyring_close(r->keyring);
}

/* ---- Messages ---- */

static struct out
head(struct rig *r, unsigned int command, uint32_t flags, uint32_t status, uint64_t session)
{
	struct out o = { .n = 0 };

	wzero(&o, NBSS);
	wbytes(&o, "\xfeSMB", 4);
	w16(&o, 64), w16(&o, 1), w32(&o, status), w16(&o, command), w16(&o, 1);
	w32(&o, flags), w32(&o, 0);
	w64(&o, (flags & RESPONSE) != 0 ? r->mid : ++r->mid);
	w32(&o, 0xfeff), w32(&o, 7), w64(&o, session), wzero(&o, 16);
	return o;
}

static void
id(struct out *o, uint64_t fid)
{
	w64(o, fid), w64(o, ~fid);
}

/* 3.1.4.2 */
static void
derive(const struct rig *r, const char *label, size_t n, uint8_t out[16])
{
	struct hmac_sha256_ctx h;

	hmac_sha256_set_key(&h, sizeof(session_key), session_key);
	hmac_sha256_update(&h, 4, (const uint8_t *)"\0\0\0\1");
	hmac_sha256_update(&h, n, (const uint8_t *)label);
	hmac_sha256_update(&h, 1, (const uint8_t *)"\0");
	hmac_sha256_update(&h, 64, r->preauth);
	hmac_sha256_update(&h, 4, (const uint8_t *)"\0\0\0\x80");
	hmac_sha256_digest(&h, 16, out);
}

/* 2.2.41: what o holds, sealed. */
static struct out
sealed(struct rig *r, enum dir d, const struct out *o)
{
	struct out s = { .n = 0 };
	struct gcm_aes128_ctx g;
	size_t len = o->n - NBSS;

	wzero(&s, NBSS);
	wbytes(&s, "\xfdSMB", 4);
	wzero(&s, 16);
	w64(&s, ++r->nonce), w64(&s, 0);
	w32(&s, (uint32_t)len), w16(&s, 0), w16(&s, 1), w64(&s, SID);
	s.n += len;
	assert_true(s.n <= sizeof(s.p));
	gcm_aes128_set_key(&g, r->key[d]);
	gcm_aes128_set_iv(&g, 12, s.p + NBSS + 20);
	gcm_aes128_update(&g, 32, s.p + NBSS + 20);
	gcm_aes128_encrypt(&g, len, s.p + NBSS + 52, o->p + NBSS);
	gcm_aes128_digest(&g, 16, s.p + NBSS + 4);
	return s;
}

static void
send(struct rig *r, struct conn *c, enum dir d, const struct out *o)
{
	struct out s = sealed(r, d, o);

	conn_send(c, d, &s);
}

static void
hashed(struct rig *r, struct conn *c, enum dir d, struct out *o)
{
	sha512_chain(r->preauth, (struct view){ o->p + NBSS, o->n - NBSS });
	conn_send(c, d, o);
}

static void
negotiate(struct rig *r, struct conn *c)
{
	struct out o = head(r, NEGOTIATE, 0, 0, 0);

	memset(r->preauth, 0, sizeof(r->preauth));
	w16(&o, 36), w16(&o, 1), wzero(&o, 32), w16(&o, 0x311);
	hashed(r, c, C2S, &o);
	o = head(r, NEGOTIATE, RESPONSE, 0, 0);
	w16(&o, 65), w16(&o, 1), w16(&o, 0x311), w16(&o, 2);
	wbytes(&o, "the server's gui", 16);
	wzero(&o, 32), w16(&o, 128), w16(&o, 0), w32(&o, 128);
	w16(&o, 1), w16(&o, 6), w32(&o, 0), wzero(&o, 8);
	w16(&o, 2), w16(&o, 4), w32(&o, 0), w16(&o, 1), w16(&o, 2);	/* AES-128-GCM */
	hashed(r, c, S2C, &o);
}

/* One leg there and back; the last answer is not hashed. */
static void
setup_leg(struct rig *r, struct conn *c, unsigned int flags, uint64_t session, uint32_t status)
{
	struct out o = head(r, SESSION_SETUP, 0, 0, session);

	w16(&o, 25), w8(&o, flags), wzero(&o, 9), w16(&o, 88), w16(&o, 4), w64(&o, 0);
	wbytes(&o, "none", 4);
	hashed(r, c, C2S, &o);
	o = head(r, SESSION_SETUP, RESPONSE, status, SID);
	w16(&o, 9), w16(&o, 0), w16(&o, 72), w16(&o, 0), w8(&o, 0);
	if (status == 0)
		conn_send(c, S2C, &o);
	else
		hashed(r, c, S2C, &o);
}

static void
log_on(struct rig *r)
{
	negotiate(r, r->c);
	setup_leg(r, r->c, 0, 0, MORE);
	setup_leg(r, r->c, 0, SID, 0);
	derive(r, "SMBC2SCipherKey", 16, r->key[C2S]);
	derive(r, "SMBS2CCipherKey", 16, r->key[S2C]);
}

static void
open_on(struct rig *r, unsigned int type, const char *share, const char *name, uint64_t fid)
{
	struct out o = head(r, TREE_CONNECT, 0, 0, SID);

	w16(&o, 9), w16(&o, 0), w16(&o, 72), w16(&o, (unsigned int)strlen(share) * 2);
	wutf16(&o, share);
	send(r, r->c, C2S, &o);
	o = head(r, TREE_CONNECT, RESPONSE, 0, SID);
	w16(&o, 16), w8(&o, type), wzero(&o, 13);
	send(r, r->c, S2C, &o);
	o = head(r, CREATE, 0, 0, SID);
	w16(&o, 57), wzero(&o, 42), w16(&o, 120), w16(&o, (unsigned int)strlen(name) * 2);
	wzero(&o, 8), wutf16(&o, name);
	send(r, r->c, C2S, &o);
	o = head(r, CREATE, RESPONSE, 0, SID);
	w16(&o, 89), wzero(&o, 62), id(&o, fid), wzero(&o, 9);
	send(r, r->c, S2C, &o);
}

static void
open_file(struct rig *r, const char *share, const char *name, uint64_t fid)
{
	open_on(r, 1, share, name, fid);
}

static struct out
write_(struct rig *r, uint64_t fid, uint64_t off, const void *p, size_t n)
{
	struct out o = head(r, WRITE, 0, 0, SID);

	w16(&o, 49), w16(&o, 112), w32(&o, (uint32_t)n), w64(&o, off), id(&o, fid), wzero(&o, 16);
	wbytes(&o, p, n);
	return o;
}

static struct out
write_answer(struct rig *r)
{
	struct out o = head(r, WRITE, RESPONSE, 0, SID);

	w16(&o, 17), wzero(&o, 15);
	return o;
}

static void
close_file(struct rig *r, uint64_t fid)
{
	struct out o = head(r, CLOSE, 0, 0, SID);

	w16(&o, 24), w16(&o, 0), w32(&o, 0), id(&o, fid);
	send(r, r->c, C2S, &o);
	o = head(r, CLOSE, RESPONSE, 0, SID);
	w16(&o, 60), wzero(&o, 58);
	send(r, r->c, S2C, &o);
}

static void
expect_task(const struct rig *r)
{
	assert_int_equal(r->f.n, 1);
	assert_field(r->f.o[0], F_VISIBILITY, "decrypted");
	assert_field(r->f.o[0], F_NAME, "\\Evil");
	assert_field(r->f.o[0], F_ACT_COMMAND_LINE, "calc.exe");
	assert_field(r->f.o[0], F_OUTCOME, "success");
	assert_field(r->f.o[0], F_SMB_DIALECT, "3.11");
	assert_int_equal(field_int(r->f.o[0], F_SMB_ENCRYPTED), 1);
}

static void
write_task(struct rig *r)
{
	struct out o;

	open_file(r, "\\\\FS01\\C$", "Windows\\System32\\Tasks\\Evil", 5);
	o = write_(r, 5, 0, task_xml, TASK_XML_LEN);
	send(r, r->c, C2S, &o);
	o = write_answer(r);
	send(r, r->c, S2C, &o);
	close_file(r, 5);
}

/* ---- A pipe ---- */

/* The request of a PDU is written, its answer is read. */
static void
pass(struct rig *r, uint64_t fid, struct out *request, struct out *answer)
{
	struct out o;

	set16(request, 8, request->n);
	set16(answer, 8, answer->n);
	o = write_(r, fid, 0, request->p, request->n);
	send(r, r->c, C2S, &o);
	o = write_answer(r);
	send(r, r->c, S2C, &o);
	o = head(r, READ, 0, 0, SID);
	w16(&o, 49), w16(&o, 0), w32(&o, 4096), w64(&o, 0), id(&o, fid), wzero(&o, 17);
	send(r, r->c, C2S, &o);
	o = head(r, READ, RESPONSE, 0, SID);
	w16(&o, 17), w8(&o, 80), w8(&o, 0), w32(&o, (uint32_t)answer->n), wzero(&o, 8);
	wbytes(&o, answer->p, answer->n);
	send(r, r->c, S2C, &o);
}

/* [C706] 12.6.3.1; the length comes later. */
static struct out
pdu(unsigned int type, uint32_t call)
{
	struct out o = { .n = 0 };

	w8(&o, 5), w8(&o, 0), w8(&o, type), w8(&o, 3), w32(&o, 0x10);
	w32(&o, 0), w32(&o, call);
	return o;
}

static void
bind(struct rig *r, uint64_t fid, const uint8_t uuid[16], uint32_t version)
{
	static const uint8_t ndr[16] = { 0x04, 0x5d, 0x88, 0x8a, 0xeb, 0x1c, 0xc9, 0x11, 0x9f, 0xe8,
	    0x08, 0x00, 0x2b, 0x10, 0x48, 0x60 };
	struct out request = pdu(11, 1), ack = pdu(12, 1);

	w16(&request, 4280), w16(&request, 4280), w32(&request, 0), w32(&request, 1);
	w32(&request, 0x10000), wbytes(&request, uuid, 16), w32(&request, version);
	wbytes(&request, ndr, 16), w32(&request, 2);
	w16(&ack, 4280), w16(&ack, 4280), w32(&ack, 7), w32(&ack, 0), w32(&ack, 1), w32(&ack, 0);
	wbytes(&ack, ndr, 16), w32(&ack, 2);
	pass(r, fid, &request, &ack);
}

static void
put_text(struct out *o, const char *s)
{
	uint32_t n = (uint32_t)strlen(s) + 1;

	w32(o, n), w32(o, 0), w32(o, n), wutf16(o, s), w16(o, 0);
	wzero(o, n % 2 * 2);
}

/* RCreateServiceW, [MS-SCMR] 3.1.4.12, with everything left out that may be. */
static void
create_service(struct rig *r, uint64_t fid, const char *name, const char *line)
{
	struct out request = pdu(0, 2), answer = pdu(2, 2);

	w32(&request, 0), w16(&request, 0), w16(&request, 12);
	wzero(&request, 4), w64(&request, 1), w64(&request, 2);		/* the manager's handle */
	put_text(&request, name), w32(&request, 0);
	w32(&request, 0xf01ff), w32(&request, 0x10), w32(&request, 3), w32(&request, 0);
	put_text(&request, line), wzero(&request, 7 * 4);
	w32(&answer, 0), w32(&answer, 0);
	wzero(&answer, 8), w64(&answer, 3), w64(&answer, 4), w32(&answer, 0);
	pass(r, fid, &request, &answer);
}

/* ---- Tests ---- */

static void
the_session_key_opens_a_file(void **state)
{
	struct rig r;

	(void)state;
	rig_open(&r, secrets);
	log_on(&r);
	write_task(&r);
	expect_task(&r);
	assert_int_equal(r.f.stats.n[STAT_SMB3_OPENED], 8);
	assert_int_equal(r.f.stats.n[STAT_SMB3_SEALED], 0);
	rig_close(&r);
}

/* Who made the fact of a call does not know how the pipe was carried. */
static void
a_command_through_a_pipe_was_decrypted(void **state)
{
	static const uint8_t svcctl[16] = { 0x81, 0xbb, 0x7a, 0x36, 0x44, 0x98, 0xf1, 0x35, 0xad,
	    0x32, 0x98, 0xf0, 0x38, 0x00, 0x10, 0x03 };
	struct rig r;

	(void)state;
	rig_open(&r, secrets);
	log_on(&r);
	open_on(&r, 2, "\\\\FS01\\IPC$", "svcctl", 5);
	bind(&r, 5, svcctl, 2);
	create_service(&r, 5, "Helper", "cmd.exe /c whoami");
	assert_int_equal(r.f.n, 1);
	assert_int_equal(r.f.o[0]->kind, FACT_COMMAND);
	assert_field(r.f.o[0], F_CMD_LINE, "cmd.exe /c whoami");
	assert_field(r.f.o[0], F_VISIBILITY, "decrypted");
	assert_int_equal(field_int(r.f.o[0], F_SMB_ENCRYPTED), 1);
	rig_close(&r);
}

static void
without_it_nothing_is_seen(void **state)
{
	static const char *const rings[] = { NULL, "", "password CORP\\alice x\n",
		"smbkey 0x42 000102030405060708090a0b0c0d0e0f\n",
		"smbkey 0x0000100000000041 0f0102030405060708090a0b0c0d0e0f\n" };

	(void)state;
	for (size_t i = 0; i < nitems(rings); i++) {
		struct rig r;

		rig_open(&r, rings[i]);
		log_on(&r);
		write_task(&r);
		assert_int_equal(r.f.n, 0);
		assert_int_equal(r.f.stats.n[STAT_SMB3_OPENED], 0);
		assert_int_equal(r.f.stats.n[STAT_SMB3_SEALED] +
		    r.f.stats.n[STAT_UNSEAL_BAD], 8);
		rig_close(&r);
	}
}

/* 3.1.1's keys depend on each byte of the logon: with one of its messages lost
 * there are none. */
static void
a_logon_that_was_not_seen_whole_has_no_keys(void **state)
{
	struct rig r;

	(void)state;
	rig_open(&r, secrets);
	negotiate(&r, r.c);
	r.c->f->world.now.pkt++;
	setup_leg(&r, r.c, 0, 0, MORE);
	sha512_chain(r.preauth, view_str("what the sensor did not see"));
	setup_leg(&r, r.c, 0, SID, 0);
	derive(&r, "SMBC2SCipherKey", 16, r.key[C2S]);
	derive(&r, "SMBS2CCipherKey", 16, r.key[S2C]);
	write_task(&r);
	assert_int_equal(r.f.n, 0);
	assert_true(r.f.stats.n[STAT_UNSEAL_BAD] > 0);
	rig_close(&r);
}

/* Each bit matters, also those that are not encrypted. */
static void
an_altered_message_is_not_believed(void **state)
{
	size_t n = NBSS + 5;

	(void)state;
	for (size_t at = 4; NBSS + at < n; at += 13) {
		struct rig r;
		struct out o;

		rig_open(&r, secrets);
		log_on(&r);
		open_file(&r, "\\\\FS01\\C$", "Windows\\System32\\Tasks\\Evil", 5);
		o = write_(&r, 5, 0, task_xml, TASK_XML_LEN);
		o = sealed(&r, C2S, &o);
		n = o.n;
		o.p[NBSS + at] ^= 1;
		conn_send(r.c, C2S, &o);
		o = write_answer(&r);
		send(&r, r.c, S2C, &o);
		close_file(&r, 5);
		assert_int_equal(r.f.n, 0);
		rig_close(&r);
	}
}

/* A second connection, from another address of the client to another of the
 * server, writes the second half (3.2.4.1.7). */
static void
channels_share_their_session(void **state)
{
	const size_t half = TASK_XML_LEN / 2;
	uint8_t kept[64];
	struct conn *second;
	struct rig r;
	struct out o;

	(void)state;
	rig_open(&r, secrets);
	log_on(&r);
	open_file(&r, "\\\\FS01\\C$", "Windows\\System32\\Tasks\\Evil", 5);
	o = write_(&r, 5, 0, task_xml, half);
	send(&r, r.c, C2S, &o);
	o = write_answer(&r);
	send(&r, r.c, S2C, &o);

	second = conn_open(&r.f, 50001);
	second->peers.client.b[3] = 77;
	second->peers.server.b[3] = 78;
	memcpy(kept, r.preauth, sizeof(kept));
	negotiate(&r, second);
	setup_leg(&r, second, BINDING, SID, MORE);
	setup_leg(&r, second, BINDING, SID, 0);
	o = write_(&r, 5, half, task_xml + half, TASK_XML_LEN - half);
	send(&r, second, C2S, &o);
	o = write_answer(&r);
	send(&r, second, S2C, &o);
	memcpy(r.preauth, kept, sizeof(kept));

	close_file(&r, 5);
	expect_task(&r);
	conn_close(second);
	rig_close(&r);
}

static void
a_logon_again_keeps_the_keys(void **state)
{
	struct rig r;

	(void)state;
	rig_open(&r, secrets);
	log_on(&r);
	setup_leg(&r, r.c, 0, SID, MORE);
	setup_leg(&r, r.c, 0, SID, 0);
	write_task(&r);
	expect_task(&r);
	rig_close(&r);
}

/* A payload that nobody wants is judged by its first bytes and passed over. */
static void
unwanted_payloads_are_not_decrypted(void **state)
{
	static const uint8_t data[8000] = { 0x1a, 0x45, 0xdf, 0xa3, 0x9f };
	struct rig r;
	struct out o;

	(void)state;
	rig_open(&r, secrets);
	log_on(&r);
	open_file(&r, "\\\\FS01\\Data", "movie.mkv", 6);
	o = write_(&r, 6, 0, data, sizeof(data));
	send(&r, r.c, C2S, &o);
	assert_int_equal(r.f.stats.n[STAT_SMB3_UNWANTED], 1);
	o = write_answer(&r);
	send(&r, r.c, S2C, &o);
	o = head(&r, READ, 0, 0, SID);
	w16(&o, 49), w16(&o, 0), w32(&o, 8000), w64(&o, 0), id(&o, 6), wzero(&o, 17);
	send(&r, r.c, C2S, &o);
	o = head(&r, READ, RESPONSE, 0, SID);
	w16(&o, 17), w16(&o, 80), w32(&o, 8000), wzero(&o, 8);
	wbytes(&o, data, sizeof(data));
	send(&r, r.c, S2C, &o);
	assert_int_equal(r.f.stats.n[STAT_SMB3_UNWANTED], 2);
	assert_int_equal(r.f.stats.n[STAT_SMB3_OPENED], 6);
	write_task(&r);
	expect_task(&r);
	rig_close(&r);
}

/* A task's definition is wanted, however long, and so is atexec's output. */
static void
wanted_payloads_are_decrypted_whole(void **state)
{
	static char text[8000];
	struct rig r;
	struct out o;
	size_t n = (size_t)snprintf(text, sizeof(text), "%s<!--%*s-->", task_xml, 7000, "");

	(void)state;
	rig_open(&r, secrets);
	log_on(&r);
	open_file(&r, "\\\\FS01\\C$", "Windows\\System32\\Tasks\\Evil", 5);
	o = write_(&r, 5, 0, text, n);
	send(&r, r.c, C2S, &o);
	o = write_answer(&r);
	send(&r, r.c, S2C, &o);
	close_file(&r, 5);
	expect_task(&r);
	assert_int_equal(r.f.stats.n[STAT_SMB3_UNWANTED], 0);
	rig_close(&r);
}

/* 2.2.42, chained, as it is: a message may be compressed before it is sealed. */
static void
compressed_inside(void **state)
{
	struct out o, z = { .n = 0 };
	struct rig r;

	(void)state;
	rig_open(&r, secrets);
	log_on(&r);
	open_file(&r, "\\\\FS01\\C$", "Windows\\System32\\Tasks\\Evil", 5);
	o = write_(&r, 5, 0, task_xml, TASK_XML_LEN);
	wzero(&z, NBSS);
	wbytes(&z, "\xfcSMB", 4), w32(&z, (uint32_t)(o.n - NBSS));
	w16(&z, 0), w16(&z, 1), w32(&z, (uint32_t)(o.n - NBSS));	/* NONE */
	wbytes(&z, o.p + NBSS, o.n - NBSS);
	send(&r, r.c, C2S, &z);
	o = write_answer(&r);
	send(&r, r.c, S2C, &o);
	close_file(&r, 5);
	expect_task(&r);
	assert_int_equal(r.f.stats.n[STAT_SMB3_COMPRESSED], 1);
	rig_close(&r);
}

/* Cut at every byte: as if it had not been sent. */
static void
a_torn_message_says_nothing(void **state)
{
	(void)state;
	for (size_t cut = NBSS; cut < NBSS + 300; cut++) {
		struct rig r;
		struct out o;

		rig_open(&r, secrets);
		log_on(&r);
		open_file(&r, "\\\\FS01\\C$", "Windows\\System32\\Tasks\\Evil", 5);
		o = write_(&r, 5, 0, task_xml, TASK_XML_LEN);
		o = sealed(&r, C2S, &o);
		conn_send_cut(r.c, C2S, &o, cut);
		frame_gap(&r.c->in[C2S], o.n - cut);
		o = write_answer(&r);
		send(&r, r.c, S2C, &o);
		close_file(&r, 5);
		assert_int_equal(r.f.n, 0);
		rig_close(&r);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_session_key_opens_a_file),
		cmocka_unit_test(a_command_through_a_pipe_was_decrypted),
		cmocka_unit_test(without_it_nothing_is_seen),
		cmocka_unit_test(a_logon_that_was_not_seen_whole_has_no_keys),
		cmocka_unit_test(an_altered_message_is_not_believed),
		cmocka_unit_test(channels_share_their_session),
		cmocka_unit_test(a_logon_again_keeps_the_keys),
		cmocka_unit_test(unwanted_payloads_are_not_decrypted),
		cmocka_unit_test(wanted_payloads_are_decrypted_whole),
		cmocka_unit_test(compressed_inside),
		cmocka_unit_test(a_torn_message_says_nothing),
	};

	return cmocka_run_group_tests_name("smb2_seal", tests, NULL, NULL);
}
