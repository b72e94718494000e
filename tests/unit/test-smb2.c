#include "wire/smb2.h"

#include "smb/atexec-output.h"

static void
a_written_task_file_is_told_at_its_close(void **state)
{
	struct rig *r = *state;
	size_t half = TASK_XML_LEN / 2;

	mount(r, "\\\\FS01\\ADMIN$", 1);
	open_file(r, "System32\\Tasks\\Evil");
	SEND(r, C2S, write_, 0, FID, half, task_xml + half, TASK_XML_LEN - half);
	SEND(r, C2S, write_, 0, FID, 0, task_xml, half);
	SEND(r, S2C, write_answer, r->mid - 1);
	SEND(r, S2C, write_answer, r->mid);
	SEND(r, C2S, close_, 0, FID);
	assert_int_equal(r->f.n, 0);
	SEND(r, S2C, close_answer, r->mid);
	assert_int_equal(r->f.n, 1);
	assert_field(r->f.o[0], F_NAME, "\\Evil");
	assert_field(r->f.o[0], F_OUTCOME, "success");
	assert_field(r->f.o[0], F_SMB_SHARE, "\\\\FS01\\ADMIN$");
	assert_field(r->f.o[0], F_SMB_FILENAME, "System32\\Tasks\\Evil");
	assert_field(r->f.o[0], F_XML, task_xml);
	assert_int_equal(field_int(r->f.o[0], F_SMB_TREE_ID), 7);
	assert_int_equal(field_int(r->f.o[0], F_SMB_SESSION_ID), SID);
	assert_int_equal(r->f.o[0]->at.pkt, r->f.world.now.pkt);
}

/* 3.2.4.1.4: the FileId of the CREATE's answer, whichever way the answers come. */
static void
a_related_compound_binds_its_fileid(void **state)
{
	struct rig *r = *state;
	struct out o = { .n = 0 };

	mount(r, "\\\\FS01\\C$", 1);
	create(r, &o, 0, 7, "Windows\\System32\\Tasks\\A", 0);
	write_(r, &o, RELATED, ONES, 0, task_xml, TASK_XML_LEN);
	close_(r, &o, RELATED, ONES);
	conn_send(r->c, C2S, &o);
	SEND(r, S2C, create_answer, r->mid - 2, FID);
	o.n = 0;
	write_answer(r, &o, r->mid - 1);
	close_answer(r, &o, r->mid);
	conn_send(r->c, S2C, &o);
	assert_int_equal(r->f.n, 1);
	assert_field(r->f.o[0], F_NAME, "\\A");
	assert_field(r->f.o[0], F_OUTCOME, "success");
}

static void
a_refused_compound_fails(void **state)
{
	struct rig *r = *state;
	struct out o = { .n = 0 };

	mount(r, "\\\\FS01\\C$", 1);
	create(r, &o, 0, 7, "Windows\\System32\\Tasks\\A", 0);
	write_(r, &o, RELATED, ONES, 0, task_xml, TASK_XML_LEN);
	conn_send(r->c, C2S, &o);
	SEND(r, S2C, error, CREATE, DENIED, r->mid - 1);
	assert_int_equal(r->f.n, 1);
	assert_field(r->f.o[0], F_OUTCOME, "failure");
	SEND(r, S2C, error, WRITE, DENIED, r->mid);
	assert_int_equal(r->f.n, 1);
}

/* FileId FF..FF means something only in a related request. */
static void
an_unrelated_ff_fileid_is_nobody(void **state)
{
	struct rig *r = *state;
	struct out o = { .n = 0 };

	mount(r, "\\\\FS01\\C$", 1);
	create(r, &o, 0, 7, "Windows\\System32\\Tasks\\A", 0);
	write_(r, &o, 0, ONES, 0, task_xml, TASK_XML_LEN);
	conn_send(r->c, C2S, &o);
	SEND(r, S2C, create_answer, r->mid - 1, FID);
	conn_close(r->c);
	r->c = NULL;
	assert_int_equal(r->f.n, 0);
}

static void
a_call_through_a_pipe(void **state)
{
	struct rig *r = *state;

	mount(r, "\\\\FS01\\IPC$", 2);
	open_file(r, "atsvc");
	/* The bind by WRITE and READ, its answer in two pieces. */
	SEND(r, C2S, write_, 0, FID, 0, at_bind, sizeof(at_bind));
	SEND(r, S2C, write_answer, r->mid);
	SEND(r, C2S, read_, FID);
	SEND(r, S2C, error, READ, PENDING, r->mid);
	SEND(r, S2C, read_answer, OVERFLOW, at_bind_ack, 20);
	SEND(r, C2S, read_, FID);
	SEND(r, S2C, read_answer, 0, at_bind_ack + 20, sizeof(at_bind_ack) - 20);
	SEND(r, C2S, transceive, FID, at_del, sizeof(at_del));
	SEND(r, S2C, error, IOCTL, PENDING, r->mid);
	SEND(r, S2C, transceive_answer, 0, FID, at_del_answer, sizeof(at_del_answer));
	assert_int_equal(r->f.n, 1);
	assert_field(r->f.o[0], F_ACTION, "delete");
	assert_field(r->f.o[0], F_OUTCOME, "success");
	assert_field(r->f.o[0], F_SMB_PIPE, "atsvc");
	assert_field(r->f.o[0], F_SMB_FILENAME, NULL);
	assert_field(r->f.o[0], F_APP_PROTO, "smb");
	assert_int_equal(field_int(r->f.o[0], F_SMB_ENCRYPTED), 0);
}

/* The pipe was opened, and its tree connected, before the capture began. */
static void
a_pipe_from_before_the_capture(void **state)
{
	struct rig *r = *state;

	SEND(r, C2S, write_, 0, FID, 0, at_bind, sizeof(at_bind));
	SEND(r, C2S, read_, FID);
	SEND(r, S2C, read_answer, 0, at_bind_ack, sizeof(at_bind_ack));
	SEND(r, C2S, transceive, FID, at_del, sizeof(at_del));
	SEND(r, S2C, transceive_answer, 0, FID, at_del_answer, sizeof(at_del_answer));
	assert_int_equal(r->f.n, 1);
	assert_field(r->f.o[0], F_ACTION, "delete");
	assert_field(r->f.o[0], F_SMB_PIPE, NULL);
	assert_field(r->f.o[0], F_SMB_SHARE, NULL);
}

static void
what_is_open_at_the_end_is_told(void **state)
{
	struct rig *r = *state;

	mount(r, "\\\\FS01\\C$", 1);
	open_file(r, "Windows\\System32\\Tasks\\A");
	SEND(r, C2S, write_, 0, FID, 0, task_xml, TASK_XML_LEN);
	conn_close(r->c);
	r->c = NULL;
	assert_int_equal(r->f.n, 1);
	assert_field(r->f.o[0], F_OUTCOME, "unknown");
}

/* Multichannel, 3.3.5.5.2: the session, its tree and its handle are on another connection. */
static void
two_connections_share_a_session(void **state)
{
	struct rig *r = *state;
	struct conn *first = r->c;

	mount(r, "\\\\FS01\\C$", 1);
	open_file(r, "Windows\\System32\\Tasks\\A");
	r->c = conn_open(&r->f, 50001);
	SEND(r, C2S, write_, 0, FID, 0, task_xml, TASK_XML_LEN);
	SEND(r, S2C, write_answer, r->mid);
	conn_close(first);
	assert_int_equal(r->f.n, 0);
	SEND(r, C2S, close_, 0, FID);
	SEND(r, S2C, close_answer, r->mid);
	assert_int_equal(r->f.n, 1);
	assert_field(r->f.o[0], F_NAME, "\\A");
	assert_int_equal(r->f.o[0]->peers.cport, 50000);
}

static void
a_rename_into_the_folder(void **state)
{
	struct rig *r = *state;

	mount(r, "\\\\FS01\\C$", 1);
	open_file(r, "Users\\x.xml");
	SEND(r, C2S, write_, 0, FID, 0, task_xml, TASK_XML_LEN);
	SEND(r, S2C, write_answer, r->mid);
	SEND(r, C2S, rename_, FID, "Windows\\System32\\Tasks\\Moved");
	SEND(r, S2C, set_info_answer, r->mid);
	SEND(r, C2S, close_, 0, FID);
	SEND(r, S2C, close_answer, r->mid);
	assert_int_equal(r->f.n, 1);
	assert_field(r->f.o[0], F_NAME, "\\Moved");
}

static void
fetched_output(void **state)
{
	struct rig *r = *state;

	atexec_called(&r->f.world, &r->f.peers.client, &r->f.peers.server);
	mount(r, "\\\\FS01\\ADMIN$", 1);
	SEND(r, C2S, create, 0, 7, "Temp\\abc.tmp", 0);
	SEND(r, S2C, error, CREATE, NOT_FOUND, r->mid);
	assert_int_equal(r->f.n, 0);
	open_file(r, "Temp\\abc.tmp");
	SEND(r, C2S, read_, FID);
	SEND(r, S2C, read_answer, 0, "owned", 5);
	assert_int_equal(r->f.n, 1);
	assert_field(r->f.o[0], F_ACTION, "query");
	assert_field(r->f.o[0], F_NAME, "\\abc");
	SEND(r, C2S, close_, 0, FID);
	SEND(r, S2C, close_answer, r->mid);
	SEND(r, C2S, create, 0, 7, "Temp\\def.tmp", 0x1000);
	SEND(r, S2C, create_answer, r->mid, FID);
	assert_int_equal(r->f.n, 2);
	open_file(r, "Temp\\ghi.tmp");
	SEND(r, C2S, read_, FID);
	conn_close(r->c);
	r->c = NULL;
	assert_int_equal(r->f.n, 3);
	assert_field(r->f.o[2], F_OUTCOME, "unknown");
}

static void
bulk_is_skipped(void **state)
{
	static uint8_t data[8000] = "MZ";
	struct rig *r = *state;
	struct out o = { .n = 0 };

	mount(r, "\\\\FS01\\C$", 1);
	open_file(r, "x.exe");
	r->f.stats.n[STAT_SKIPPED_BYTES] = 0;
	write_(r, &o, 0, FID, 0, data, sizeof(data));
	/* Only what decides is sent; the rest is counted off as it comes. */
	conn_send_cut(r->c, C2S, &o, NBSS + 200);
	assert_true(r->c->in[C2S].skip > 7000);
	assert_int_equal(r->c->in[C2S].buf.len, 0);
	frame_gap(&r->c->in[C2S], o.n - NBSS - 200);
	SEND(r, C2S, read_, FID);
	o.n = 0;
	read_answer(r, &o, 0, data, sizeof(data));
	conn_send_cut(r->c, S2C, &o, NBSS + 200);
	assert_true(r->c->in[S2C].skip > 7000);
	assert_int_equal(r->f.n, 0);
}

/* A sealed message costs its header; what follows is framed. */
static void
sealed_and_compressed_are_counted(void **state)
{
	struct rig *r = *state;
	struct out o = { .n = 0 };

	wzero(&o, NBSS);
	wbytes(&o, "\xfdSMB", 4);
	wzero(&o, 2000);
	conn_send(r->c, C2S, &o);
	assert_int_equal(r->f.stats.n[STAT_SMB3_SEALED], 0);	/* no session: impacket's LOGOFF */
	o.p[NBSS + 44] = 1;
	conn_send(r->c, C2S, &o);
	o.p[NBSS] = 0xfc;
	conn_send(r->c, S2C, &o);
	assert_int_equal(r->f.stats.n[STAT_SMB3_SEALED], 1);
	assert_int_equal(r->f.stats.n[STAT_SMB3_COMPRESSED], 1);
	mount(r, "\\\\FS01\\C$", 1);
	open_file(r, "Windows\\System32\\Tasks\\A");
	SEND(r, C2S, write_, 0, FID, 0, task_xml, TASK_XML_LEN);
	conn_close(r->c);
	r->c = NULL;
	assert_int_equal(r->f.n, 1);
}

static void
a_server_that_speaks_smb2_answers_an_smb1_negotiate(void **state)
{
	struct rig *r = *state;
	struct out o = { .n = 0 };

	head(r, &o, NEGOTIATE, RESPONSE, 0, 0, 0);
	w16(&o, 65), w16(&o, 1), w16(&o, 0x0311), wzero(&o, 60);
	conn_send(r->c, S2C, &o);
	mount(r, "\\\\FS01\\C$", 1);
	open_file(r, "Windows\\System32\\Tasks\\A");
	SEND(r, C2S, write_, 0, FID, 0, task_xml, TASK_XML_LEN);
	conn_close(r->c);
	r->c = NULL;
	assert_int_equal(r->f.n, 1);
	assert_field(r->f.o[0], F_SMB_DIALECT, "3.11");
}

static void
a_misaligned_compound_is_refused(void **state)
{
	static const uint32_t bad[] = { 1, 63, 68, 100, 1u << 20, UINT32_MAX };
	struct rig *r = *state;

	mount(r, "\\\\FS01\\C$", 1);
	for (size_t i = 0; i < nitems(bad); i++) {
		struct out o = { .n = 0 };

		create(r, &o, 0, 7, "Windows\\System32\\Tasks\\A", 0);
		set32(&o, NBSS + 20, bad[i]);
		conn_send(r->c, C2S, &o);
		assert_int_equal(r->f.stats.n[STAT_BAD_PDUS], i + 1);
	}
	open_file(r, "x");	/* and the stream goes on */
	assert_int_equal(r->f.stats.n[STAT_BAD_PDUS], nitems(bad));
}

static void
handles_that_are_never_closed_are_bounded(void **state)
{
	struct rig *r = *state;
	size_t used = 0;

	mount(r, "\\\\FS01\\C$", 1);
	for (unsigned int i = 0; i < MAX_SMB_OPENS + 2000; i++) {
		SEND(r, C2S, create, 0, 7, "x", 0);
		SEND(r, S2C, create_answer, r->mid, i);
		if (i == MAX_SMB_OPENS)
			used = r->f.budget.used;
	}
	assert_int_equal(r->f.budget.used, used);
	assert_true(r->f.stats.n[STAT_SMB_LIMIT] >= 2000);
	for (unsigned int i = 0; i < MAX_SMB_REQS + 100; i++)
		SEND(r, C2S, read_, FID);
	assert_true(r->f.stats.n[STAT_SMB_LIMIT] >= 2100);
}

/* A PDU whose middle was lost is not put together from what is around it. */
static void
a_gap_ends_what_a_pipe_was_gathering(void **state)
{
	struct rig *r = *state;

	mount(r, "\\\\FS01\\IPC$", 2);
	open_file(r, "atsvc");
	SEND(r, C2S, transceive, FID, at_bind, sizeof(at_bind));
	SEND(r, S2C, transceive_answer, 0, FID, at_bind_ack, sizeof(at_bind_ack));
	SEND(r, C2S, write_, 0, FID, 0, at_del, 10);
	nbss_proto.gap(r->c->conn, C2S);
	SEND(r, C2S, write_, 0, FID, 0, at_del, sizeof(at_del));
	SEND(r, C2S, read_, FID);
	SEND(r, S2C, read_answer, 0, at_del_answer, sizeof(at_del_answer));
	assert_int_equal(r->f.n, 1);
	assert_int_equal(field_int(r->f.o[0], F_STUB_SIZE), 12);
}

/* Each message of a conversation, cut after every byte: nothing over-reads, and
 * nothing is told that the whole would not tell. */
static void
every_truncation_is_safe(void **state)
{
	struct rig *r = *state;
	struct out o;

	for (int what = 0; what < 7; what++) {
		for (size_t cut = 1, n = 2; cut < n; cut++) {
			if (r->c == NULL)
				r->c = conn_open(&r->f, 50000);
			r->mid = 0;
			mount(r, "\\\\FS01\\C$", 1);
			open_file(r, "Windows\\System32\\Tasks\\A");
			o.n = 0;
			switch (what) {
			case 0: create(r, &o, 0, 7, "name", 0); break;
			case 1: write_(r, &o, 0, FID, 0, task_xml, TASK_XML_LEN); break;
			case 2: transceive(r, &o, FID, at_bind, sizeof(at_bind)); break;
			case 3: rename_(r, &o, FID, "other"); break;
			case 4: tree_connect(r, &o, "\\\\FS01\\IPC$"); break;
			case 5: read_(r, &o, FID); break;
			default:
				create(r, &o, 0, 7, "Windows\\System32\\Tasks\\B", 0);
				write_(r, &o, RELATED, ONES, 0, task_xml, TASK_XML_LEN);
			}
			n = o.n;
			conn_send_cut(r->c, C2S, &o, cut);
			frame_gap(&r->c->in[C2S], n - cut);
			conn_close(r->c);
			r->c = NULL;
			assert_true(r->f.n <= 1);
			if (r->f.n == 1)
				assert_field(r->f.o[0], F_OUTCOME, "unknown");
			facts_clear(&r->f);
		}
	}
}

static enum probe_answer
probe(const char *p, size_t n)
{
	return nbss_proto.probe((struct view){ (const uint8_t *)p, n });
}

static void
probe_and_resync(void **state)
{
	struct rig *r = *state;
	struct out o = { .n = 0 };
	struct view v;

	read_(r, &o, FID);
	o.p[3] = (uint8_t)(o.n - NBSS);
	v = (struct view){ o.p, o.n };
	for (size_t n = 0; n < 24; n++)
		assert_int_equal(nbss_proto.probe(view_upto(v, 0, n)), PROBE_MORE);
	assert_int_equal(nbss_proto.probe(v), PROBE_CLIENT);
	o.p[NBSS + 16] = 1;
	assert_int_equal(nbss_proto.probe(v), PROBE_SERVER);
	assert_int_equal(nbss_proto.resync(v), 0);
	assert_int_equal(probe("GET / HTTP/1.1\r\n\r\n......", 24), PROBE_NO);
	assert_int_equal(probe("\x81\0\0\x44 ", 5), PROBE_CLIENT);
	assert_int_equal(probe("\x82\0\0\0", 4), PROBE_SERVER);
	/* A start may be cut off at the end, and length and header must agree. */
	assert_int_equal(nbss_proto.resync((struct view){ (const uint8_t *)"abc\xfeSMB\0\0\1", 10 }), 7);
	assert_int_equal(nbss_proto.resync((struct view){ (const uint8_t *)"abc\xfeSMBxyz", 10 }), 10);
	assert_int_equal(nbss_proto.resync((struct view){
	    (const uint8_t *)"\0\0\0\x10\xfeSMB@\0-\0\0\0\x80\xfeSMB@\0...........", 30 }), 11);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(a_written_task_file_is_told_at_its_close),
		T(a_related_compound_binds_its_fileid),
		T(a_refused_compound_fails),
		T(an_unrelated_ff_fileid_is_nobody),
		T(a_call_through_a_pipe),
		T(a_pipe_from_before_the_capture),
		T(what_is_open_at_the_end_is_told),
		T(two_connections_share_a_session),
		T(a_rename_into_the_folder),
		T(fetched_output),
		T(bulk_is_skipped),
		T(sealed_and_compressed_are_counted),
		T(a_server_that_speaks_smb2_answers_an_smb1_negotiate),
		T(a_misaligned_compound_is_refused),
		T(handles_that_are_never_closed_are_bounded),
		T(a_gap_ends_what_a_pipe_was_gathering),
		T(every_truncation_is_safe),
		T(probe_and_resync),
	};

	return cmocka_run_group_tests_name("smb2", tests, NULL, NULL);
}
