#include "wire/smb.h"

#include "smb/atexec-output.h"

enum { CLOSE = 0x04, DELETE = 0x06, RENAME = 0x07, TRANSACTION = 0x25, SECONDARY = 0x26,
	READ_ANDX = 0x2e, WRITE_ANDX = 0x2f, SESSION_SETUP = 0x73, TREE_CONNECT = 0x75,
	NT_CREATE = 0xa2, NONE = 0xff };
#define FID 0x4001
#define OVERFLOW 0x80000005u
#define DENIED 0xc0000022u

struct rig {
	struct facts	 f;
	struct conn	*c;
	unsigned int	 mid;
	bool		 ascii;
};

static int
setup(void **state)
{
	struct rig *r = calloc(1, sizeof(*r));

	facts_init(&r->f);
	r->c = conn_open(&r->f, 50000);
	*state = r;
	return 0;
}

static int
teardown(void **state)
{
	struct rig *r = *state;

	if (r->c != NULL)
		conn_close(r->c);
	facts_free(&r->f);
	free(r);
	return 0;
}

/* ---- A writer of messages, [MS-CIFS] 2.2.3 ---- */

static void
head(struct rig *r, struct out *o, unsigned int command, bool reply, uint32_t status)
{
	o->n = 0;
	wzero(o, NBSS);
	wbytes(o, "\xffSMB", 4);
	w8(o, command), w32(o, status), w8(o, reply ? 0x98 : 0x18);
	w16(o, r->ascii ? 0x4801 : 0xc801);
	wzero(o, 12);
	w16(o, 3), w16(o, 0x1234), w16(o, 100), w16(o, reply ? r->mid : ++r->mid);
}

static void
andx(struct out *o, unsigned int words)
{
	w8(o, words), w8(o, NONE), w8(o, 0), w16(o, 0);
}

/* The text, aligned to the message, with its NUL. */
static void
text(struct rig *r, struct out *o, const char *s)
{
	if (r->ascii) {
		wbytes(o, s, strlen(s) + 1);
		return;
	}
	if ((o->n - NBSS) % 2 != 0)
		w8(o, 0);
	wutf16(o, s);
	w16(o, 0);
}

static void
send_bytes(struct rig *r, enum dir d, struct out *o, size_t count_at)
{
	set16(o, count_at, o->n - count_at - 2);
	conn_send(r->c, d, o);
}

static void
simple_answer(struct rig *r, unsigned int command, uint32_t status)
{
	struct out o;

	head(r, &o, command, true, status);
	w8(&o, 0), w16(&o, 0);
	conn_send(r->c, S2C, &o);
}

static void
mount(struct rig *r, const char *path, const char *service)
{
	struct out o;
	size_t at;

	head(r, &o, TREE_CONNECT, false, 0);
	andx(&o, 4), w16(&o, 0), w16(&o, 1);
	at = o.n, w16(&o, 0), w8(&o, 0);
	text(r, &o, path);
	wbytes(&o, "?????", 6);
	send_bytes(r, C2S, &o, at);
	head(r, &o, TREE_CONNECT, true, 0);
	andx(&o, 3), w16(&o, 0);
	at = o.n, w16(&o, 0);
	wbytes(&o, service, strlen(service) + 1);
	send_bytes(r, S2C, &o, at);
}

static void
create(struct rig *r, struct out *o, const char *name)
{
	size_t at;

	head(r, o, NT_CREATE, false, 0);
	andx(o, 24), w8(o, 0), w16(o, (unsigned int)strlen(name) * 2), wzero(o, 41);
	at = o->n, w16(o, 0);
	text(r, o, name);
	set16(o, at, o->n - at - 2);
}

static void
open_file(struct rig *r, const char *name)
{
	struct out o;

	create(r, &o, name);
	conn_send(r->c, C2S, &o);
	head(r, &o, NT_CREATE, true, 0);
	andx(&o, 34), w8(&o, 0), w16(&o, FID), wzero(&o, 61), w16(&o, 0);
	conn_send(r->c, S2C, &o);
}

static void
write_andx(struct rig *r, struct out *o, uint32_t off, unsigned int mode, const void *p, size_t n)
{
	head(r, o, WRITE_ANDX, false, 0);
	andx(o, 14), w16(o, FID), w32(o, off), w32(o, 0), w16(o, mode), w16(o, 0);
	w16(o, 0), w16(o, (unsigned int)n), w16(o, 64), w32(o, 0);
	w16(o, (unsigned int)n + 1), w8(o, 0);
	wbytes(o, p, n);
}

static void
write_file(struct rig *r, uint32_t off, unsigned int mode, const void *p, size_t n)
{
	struct out o;

	write_andx(r, &o, off, mode, p, n);
	conn_send(r->c, C2S, &o);
}

static void
write_answered(struct rig *r, uint32_t status)
{
	struct out o;

	head(r, &o, WRITE_ANDX, true, status);
	andx(&o, 6), wzero(&o, 8), w16(&o, 0);
	conn_send(r->c, S2C, &o);
}

static void
read_pipe(struct rig *r, uint32_t status, const void *p, size_t n)
{
	struct out o;

	head(r, &o, READ_ANDX, false, 0);
	andx(&o, 12), w16(&o, FID), wzero(&o, 18), w16(&o, 0);
	conn_send(r->c, C2S, &o);
	head(r, &o, READ_ANDX, true, status);
	andx(&o, 12), wzero(&o, 6), w16(&o, (unsigned int)n), w16(&o, 59), wzero(&o, 10);
	w16(&o, (unsigned int)n);
	wbytes(&o, p, n);
	conn_send(r->c, S2C, &o);
}

static void
close_file(struct rig *r)
{
	struct out o;

	head(r, &o, CLOSE, false, 0);
	w8(&o, 3), w16(&o, FID), w32(&o, 0), w16(&o, 0);
	conn_send(r->c, C2S, &o);
	simple_answer(r, CLOSE, 0);
}

/* TransactNmPipe of the first n of total bytes. */
static void
transact(struct rig *r, struct out *o, const void *p, size_t n, size_t total)
{
	size_t at;

	head(r, o, TRANSACTION, false, 0);
	w8(o, 16), w16(o, 0), w16(o, (unsigned int)total), w16(o, 0), w16(o, 4280);
	wzero(o, 10), w16(o, 0), w16(o, 84), w16(o, (unsigned int)n), w16(o, 84);
	w8(o, 2), w8(o, 0), w16(o, 0x26), w16(o, FID);
	at = o->n, w16(o, 0), w8(o, 0);
	wutf16(o, "\\PIPE\\"), w16(o, 0);
	while (o->n < NBSS + 84)
		w8(o, 0);
	wbytes(o, p, n);
	set16(o, at, o->n - at - 2);
}

static void
secondary(struct rig *r, const void *p, size_t n, size_t disp, size_t total)
{
	struct out o;

	r->mid--;		/* it carries the MID of what it continues */
	head(r, &o, SECONDARY, false, 0);
	w8(&o, 8), w16(&o, 0), w16(&o, (unsigned int)total), wzero(&o, 6);
	w16(&o, (unsigned int)n), w16(&o, 51), w16(&o, (unsigned int)disp), w16(&o, (unsigned int)n);
	wbytes(&o, p, n);
	conn_send(r->c, C2S, &o);
}

static void
transacted(struct rig *r, uint32_t status, const void *p, size_t n, size_t disp, size_t total)
{
	struct out o;

	head(r, &o, TRANSACTION, true, status);
	w8(&o, 10), w16(&o, 0), w16(&o, (unsigned int)total), wzero(&o, 8);
	w16(&o, (unsigned int)n), w16(&o, 55), w16(&o, (unsigned int)disp), w16(&o, 0);
	w16(&o, (unsigned int)n);
	wbytes(&o, p, n);
	conn_send(r->c, S2C, &o);
}

/* ---- Tests ---- */

static void
a_written_task_file(void **state)
{
	struct rig *r = *state;

	for (int i = 0; i < 2; i++) {
		r->ascii = i == 1;
		mount(r, "\\\\FS01\\ADMIN$", "A:");
		open_file(r, "\\System32\\Tasks\\Evil");
		write_file(r, 0, 0, task_xml, 100);
		write_answered(r, 0);
		write_file(r, 100, 0, task_xml + 100, TASK_XML_LEN - 100);
		write_answered(r, 0);
		close_file(r);
		assert_int_equal(r->f.n, 1);
		assert_field(r->f.o[0], F_NAME, "\\Evil");
		assert_field(r->f.o[0], F_OUTCOME, "success");
		assert_field(r->f.o[0], F_SMB_SHARE, "\\\\FS01\\ADMIN$");
		assert_field(r->f.o[0], F_XML, task_xml);
		assert_int_equal(field_int(r->f.o[0], F_SMB_SESSION_ID), 100);
		assert_int_equal(field_int(r->f.o[0], F_SMB_TREE_ID), 3);
		facts_clear(&r->f);
	}
}

static void
a_refused_write(void **state)
{
	struct rig *r = *state;

	mount(r, "\\\\FS01\\ADMIN$", "A:");
	open_file(r, "\\Tasks\\Evil.job");
	write_file(r, 0, 0, task_xml, TASK_XML_LEN);
	write_answered(r, DENIED);
	close_file(r);
	assert_int_equal(r->f.n, 1);
	assert_field(r->f.o[0], F_OUTCOME, "failure");
}

static void
a_call_by_transaction(void **state)
{
	struct rig *r = *state;
	struct out o;

	mount(r, "\\\\FS01\\IPC$", "IPC");
	open_file(r, "\\atsvc");
	transact(r, &o, at_bind, 40, sizeof(at_bind));
	conn_send(r->c, C2S, &o);
	simple_answer(r, TRANSACTION, 0);	/* "send the rest" */
	secondary(r, at_bind + 40, sizeof(at_bind) - 40, 40, sizeof(at_bind));
	transacted(r, 0, at_bind_ack, 30, 0, sizeof(at_bind_ack));
	transacted(r, 0, at_bind_ack + 30, sizeof(at_bind_ack) - 30, 30, sizeof(at_bind_ack));
	transact(r, &o, at_del, sizeof(at_del), sizeof(at_del));
	conn_send(r->c, C2S, &o);
	transacted(r, OVERFLOW, at_del_answer, 20, 0, 20);
	read_pipe(r, 0, at_del_answer + 20, sizeof(at_del_answer) - 20);
	assert_int_equal(r->f.n, 1);
	assert_field(r->f.o[0], F_ACTION, "delete");
	assert_field(r->f.o[0], F_OUTCOME, "success");
	assert_field(r->f.o[0], F_SMB_PIPE, "atsvc");
}

/* 2.2.4.43: message start and raw mode together put a length before the data. */
static void
a_call_by_writes_with_and_without_a_prefix(void **state)
{
	struct rig *r = *state;
	uint8_t bind[2 + sizeof(at_bind)];

	mount(r, "\\\\FS01\\IPC$", "IPC");
	open_file(r, "\\PIPE\\atsvc");
	le16enc(bind, sizeof(at_bind));
	memcpy(bind + 2, at_bind, sizeof(at_bind));
	write_file(r, 0, 0x000c, bind, sizeof(bind));
	read_pipe(r, 0, at_bind_ack, sizeof(at_bind_ack));
	write_file(r, 0, 0x0008, at_del, sizeof(at_del));
	read_pipe(r, 0, at_del_answer, sizeof(at_del_answer));
	assert_int_equal(r->f.n, 1);
	assert_field(r->f.o[0], F_SMB_PIPE, "atsvc");
	assert_field(r->f.o[0], F_OUTCOME, "success");
}

static void
a_pipe_from_before_the_capture(void **state)
{
	struct rig *r = *state;

	write_file(r, 0, 0, at_bind, sizeof(at_bind));
	read_pipe(r, 0, at_bind_ack, sizeof(at_bind_ack));
	write_file(r, 0, 0, at_del, sizeof(at_del));
	read_pipe(r, 0, at_del_answer, sizeof(at_del_answer));
	assert_int_equal(r->f.n, 1);
	assert_field(r->f.o[0], F_ACTION, "delete");
	assert_field(r->f.o[0], F_SMB_PIPE, NULL);
}

/* 2.2.4.53: a logon without tokens names its user in clear. */
static void
an_old_logon(void **state)
{
	struct rig *r = *state;
	struct out o;
	size_t at;

	head(r, &o, SESSION_SETUP, false, 0);
	andx(&o, 13), wzero(&o, 10), w16(&o, 3), w16(&o, 4), wzero(&o, 8);
	at = o.n, w16(&o, 0);
	wbytes(&o, "pw1pw2!", 7);
	text(r, &o, "alice");
	text(r, &o, "CORP");
	send_bytes(r, C2S, &o, at);
	head(r, &o, SESSION_SETUP, true, 0);
	andx(&o, 3), w16(&o, 0), w16(&o, 0);
	conn_send(r->c, S2C, &o);
	mount(r, "\\\\FS01\\ADMIN$", "A:");
	open_file(r, "\\System32\\Tasks\\Evil");
	write_file(r, 0, 0, task_xml, TASK_XML_LEN);
	close_file(r);
	assert_int_equal(r->f.n, 1);
	assert_field(r->f.o[0], F_SMB_USER, "alice");
	assert_field(r->f.o[0], F_SMB_DOMAIN, "CORP");
	assert_field(r->f.o[0], F_AUTH_USER, "alice");
	assert_field(r->f.o[0], F_AUTH_MECHANISM, "ntlm");
}

static void
path_command(struct rig *r, unsigned int command, const char *from, const char *to, uint32_t status)
{
	struct out o;
	size_t at;

	head(r, &o, command, false, 0);
	w8(&o, 1), w16(&o, 0);
	at = o.n, w16(&o, 0);
	w8(&o, 4), text(r, &o, from);
	if (to != NULL)
		w8(&o, 4), text(r, &o, to);
	send_bytes(r, C2S, &o, at);
	simple_answer(r, command, status);
}

static void
deleted_output(void **state)
{
	struct rig *r = *state;

	atexec_called(&r->f.world, &r->f.peers.client, &r->f.peers.server);
	mount(r, "\\\\FS01\\C$", "A:");
	path_command(r, DELETE, "\\Windows\\Temp\\abc.tmp", NULL, 0);
	path_command(r, DELETE, "\\Windows\\Temp\\abc.tmp", NULL, 0);
	assert_int_equal(r->f.n, 1);
	assert_field(r->f.o[0], F_NAME, "\\abc");
	assert_field(r->f.o[0], F_ACTION, "query");
}

static void
a_rename_by_path(void **state)
{
	struct rig *r = *state;

	mount(r, "\\\\FS01\\C$", "A:");
	open_file(r, "\\x.xml");
	write_file(r, 0, 0, task_xml, TASK_XML_LEN);
	write_answered(r, 0);
	close_file(r);
	assert_int_equal(r->f.n, 1);
	path_command(r, RENAME, "\\x.xml", "\\Windows\\System32\\Tasks\\No", DENIED);
	assert_int_equal(r->f.n, 1);
	path_command(r, RENAME, "\\x.xml", "\\Windows\\System32\\Tasks\\Moved", 0);
	assert_int_equal(r->f.n, 2);
	assert_field(r->f.o[1], F_NAME, "\\Moved");
}

static void
an_andx_offset_must_advance(void **state)
{
	struct rig *r = *state;
	struct out o;

	write_andx(r, &o, 0, 0, "x", 1);
	o.p[NBSS + 33] = WRITE_ANDX;
	for (unsigned int at = 0; at <= 32; at++) {
		set16(&o, NBSS + 35, at);
		conn_send(r->c, C2S, &o);
		assert_int_equal(r->f.stats.n[STAT_BAD_PDUS], at + 1);
	}
	/* Each step advances by three: the chain ends at its limit. */
	head(r, &o, 0x74, false, 0);
	for (unsigned int i = 0; i < 100; i++)
		w8(&o, 2), w8(&o, 0x74), w8(&o, 0), w16(&o, (unsigned int)(o.n - NBSS + 4)), w16(&o, 0);
	conn_send(r->c, C2S, &o);
	assert_int_equal(r->f.stats.n[STAT_SMB_LIMIT], 1);
	assert_int_equal(r->f.n, 0);
}

static void
bulk_is_skipped(void **state)
{
	static uint8_t data[8000] = "MZ";
	struct rig *r = *state;
	struct out o;

	mount(r, "\\\\FS01\\C$", "A:");
	open_file(r, "\\x.exe");
	write_andx(r, &o, 0, 0, data, sizeof(data));
	conn_send_cut(r->c, C2S, &o, NBSS + 200);
	assert_true(r->c->in[C2S].skip > 7000);
}

static void
every_truncation_is_safe(void **state)
{
	struct rig *r = *state;
	struct out o;

	for (int what = 0; what < 3; what++) {
		for (size_t cut = 1, n = 2; cut < n; cut++) {
			if (r->c == NULL)
				r->c = conn_open(&r->f, 50000);
			r->mid = 0;
			mount(r, "\\\\FS01\\C$", "A:");
			open_file(r, "\\Windows\\System32\\Tasks\\A");
			switch (what) {
			case 0: create(r, &o, "name"); break;
			case 1: write_andx(r, &o, 0, 0, task_xml, TASK_XML_LEN); break;
			default: transact(r, &o, at_bind, sizeof(at_bind), sizeof(at_bind));
			}
			n = o.n;
			conn_send_cut(r->c, C2S, &o, cut);
			frame_gap(&r->c->in[C2S], n - cut);
			conn_close(r->c);
			r->c = NULL;
			assert_true(r->f.n <= 1);
			facts_clear(&r->f);
		}
	}
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(a_written_task_file),
		T(a_refused_write),
		T(a_call_by_transaction),
		T(a_call_by_writes_with_and_without_a_prefix),
		T(a_pipe_from_before_the_capture),
		T(an_old_logon),
		T(deleted_output),
		T(a_rename_by_path),
		T(an_andx_offset_must_advance),
		T(bulk_is_skipped),
		T(every_truncation_is_safe),
	};

	return cmocka_run_group_tests_name("smb1", tests, NULL, NULL);
}
