#include "wire/rpc.h"

#include "rpc/ports.h"

static void
other_interfaces_are_counted_off(void **state)
{
	struct wire *w = *state;
	struct out req = register_stub(false);
	struct out o;
	struct extent x;

	send_bind(w, false, other_uuid, ndr20, 1);
	send_ack(w, 0, ndr20, 1);
	request(w, 2, 1, &req);
	o = begin(false, REQUEST, WHOLE, 3);
	w32(&o, 0);
	w16(&o, 0);
	w16(&o, 1);
	end(&o, 0);
	assert_int_equal(dcerpc_proto.head(w->conn, C2S, (struct view){ o.p, o.n }, &x), HEAD_PDU);
	assert_int_equal(x.keep, 0);
	assert_int_equal(w->f.n, 0);
}

/* A second interface joins by alter_context; another one takes over an id. */
static void
contexts_are_added_and_replaced(void **state)
{
	struct wire *w = *state;
	struct out del = path_stub("\\A");

	send_bind(w, false, other_uuid, ndr20, 1);
	send_ack(w, 0, ndr20, 1);
	request(w, 2, 13, &del);
	assert_int_equal(w->f.n, 0);
	bound(w);				/* the same id, another interface */
	request(w, 3, 13, &del);
	dcerpc_proto.conn_free(w->conn);
	w->conn = NULL;
	assert_int_equal(w->f.n, 1);
	assert_int_equal(field_int(w->f.o[0], F_RPC_CALL_ID), 3);
}

static void
a_rejected_context_is_none(void **state)
{
	struct wire *w = *state;
	struct out del = path_stub("\\A");

	send_bind(w, false, tsch_uuid, ndr20, 1);
	send_ack(w, 2, ndr20, 1);
	request(w, 2, 13, &del);
	assert_int_equal(w->f.n, 0);
}

/* The bind was missed: content proves the interface, and the calls before
 * it that were held are told too. */
static void
content_proves_a_missed_bind(void **state)
{
	struct wire *w = *state;
	struct out del = path_stub("\\Before"), req = register_stub(false),
	    res = register_answer("\\Evil", 0), ok = { 0 };

	w32(&ok, 0);
	reopen(w, true);
	request(w, 2, 13, &del);
	response(w, 2, &ok);
	assert_int_equal(w->f.n, 0);
	request(w, 3, 1, &req);
	assert_int_equal(w->f.n, 1);
	assert_field(w->f.o[0], F_NAME, "\\Before");
	assert_field(w->f.o[0], F_OUTCOME, "success");
	response(w, 3, &res);
	assert_int_equal(w->f.n, 2);
	assert_field(w->f.o[1], F_ACT_COMMAND_LINE, "cmd.exe /c calc");
	assert_field(w->f.o[1], F_RPC_SYNTAX, "ndr");
	/* From there on it is known. */
	request(w, 4, 13, &del);
	response(w, 4, &ok);
	assert_int_equal(w->f.n, 3);
}

static void
a_missed_bind_alone_invents_nothing(void **state)
{
	struct wire *w = *state;
	struct out del = path_stub("\\Maybe"), ok = { 0 };

	w32(&ok, 0);
	reopen(w, true);
	for (uint32_t i = 0; i < 40; i++) {
		request(w, i, 13, &del);
		response(w, i, &ok);
		send_stub(w, REQUEST, WHOLE, 100 + i, 0, 1, &del, 0, del.n, 6);
	}
	dcerpc_proto.conn_free(w->conn);
	w->conn = NULL;
	assert_int_equal(w->f.n, 0);
}

/* A SchRpcDelete with a verification trailer: a bitmask, then a PCONTEXT of len
 * bytes, where the specification has 40. */
static struct out
verified_stub(unsigned int len)
{
	static const uint8_t magic[] = { 0x8a, 0xe3, 0x13, 0x71, 0x02, 0xf4, 0x36, 0x71,
	    0x01, 0x00, 0x04, 0x00, 0x01, 0x00, 0x00, 0x00, 0x02, 0x40 };
	struct out del = path_stub("\\A"), id = { 0 };

	wbytes(&id, tsch_uuid, 16);
	w32(&id, 1);
	wbytes(&id, ndr20, 16);
	w32(&id, 2);
	w32(&id, 0);
	wpad(&del, 4);
	wbytes(&del, magic, sizeof(magic));
	w16(&del, len);
	wbytes(&del, id.p, len);
	return del;
}

static void
a_verification_trailer_of_another_length_names_none(void **state)
{
	static const unsigned int lens[] = { 0, 4, 16, 20, 36, 39, 41, 44 };
	struct wire *w = *state;

	for (size_t i = 0; i < nitems(lens); i++) {
		struct out del = verified_stub(lens[i]), ok = { 0 };

		w32(&ok, 0);
		reopen(w, true);
		request(w, 2, 13, &del);
		response(w, 2, &ok);
		assert_int_equal(w->f.n, 0);
	}
}

static void
a_verification_trailer_names_the_interface(void **state)
{
	struct wire *w = *state;
	struct out del = verified_stub(40), ok = { 0 };

	w32(&ok, 0);
	reopen(w, true);
	request(w, 2, 13, &del);
	response(w, 2, &ok);
	assert_int_equal(w->f.n, 1);
	assert_field(w->f.o[0], F_NAME, "\\A");
	assert_int_equal(field_int(w->f.o[0], F_STUB_SIZE), del.n);
}

/* The answer of a real endpoint mapper (NDR20): that interface is on port 49700. */
static void
teach_port(struct wire *w, const uint8_t uuid[16])
{
	struct out answer = { 0 }, tower = { 0 }, empty = { 0 };

	w16(&tower, 5);
	w16(&tower, 19);
	w8(&tower, 0x0d);
	wbytes(&tower, uuid, 16);
	w16(&tower, 1);
	w16(&tower, 2);
	w16(&tower, 0);
	w16(&tower, 19);
	w8(&tower, 0x0d);
	wbytes(&tower, ndr20, 16);
	w16(&tower, 2);
	w16(&tower, 2);
	w16(&tower, 0);
	wbytes(&tower, "\1\0\x0b\2\0\0\0\1\0\x07\2\0\xc2\x24\1\0\x09\4\0\x0a\0\0\2", 23);
	for (int i = 0; i < 20; i++)
		w8(&answer, 0);
	w32(&answer, 1);
	w32(&answer, 4);
	w32(&answer, 0);
	w32(&answer, 1);
	w32(&answer, 3);
	w32(&answer, (uint32_t)tower.n);
	w32(&answer, (uint32_t)tower.n);
	wbytes(&answer, tower.p, tower.n);
	wpad(&answer, 4);
	w32(&answer, 0);

	w->f.peers.sport = 135;
	reopen(w, false);
	send_bind(w, false, epm_uuid, ndr20, 1);
	send_ack(w, 0, ndr20, 1);
	request(w, 2, 3, &empty);
	response(w, 2, &answer);
	assert_int_equal(w->f.n, 0);
	w->f.peers.sport = 49700;
}

static void
the_endpoint_mapper_teaches_ports(void **state)
{
	struct wire *w = *state;
	struct out del = path_stub("\\A");

	teach_port(w, tsch_uuid);
	assert_non_null(ports_next(&w->f.world, &w->f.peers, NULL));
	assert_int_equal(w->f.world.ports_epoch, 1);
	assert_true(dcerpc_proto.claims(&w->f.world, &w->f.peers));
	w->f.peers.sport = 49701;
	assert_false(dcerpc_proto.claims(&w->f.world, &w->f.peers));
	w->f.peers.sport = 49700;

	/* A sealed call in mid-stream on that port is one of the scheduler's. */
	reopen(w, true);
	send_stub(w, REQUEST, WHOLE, 2, 0, 13, &del, 0, del.n, 6);
	dcerpc_proto.conn_free(w->conn);
	w->conn = NULL;
	assert_int_equal(w->f.n, 1);
	assert_field(w->f.o[0], F_ACTION, "delete");
	assert_field(w->f.o[0], F_VISIBILITY, "sealed");
}

/* A first request that was caught in mid-stream, on a port with two interfaces
 * of ours and one of others. */
static const struct fact *
first_on_shared_port(struct wire *w, uint16_t opnum, const struct out *stub, unsigned int level)
{
	w->f.peers.sport = 49700;
	reopen(w, true);
	send_stub(w, REQUEST, WHOLE, 2, 0, opnum, stub, 0, stub->n, level);
	dcerpc_proto.conn_free(w->conn);
	w->conn = NULL;
	assert_true(w->f.n <= 1);
	return w->f.n == 1 ? w->f.o[0] : NULL;
}

static void
one_port_may_have_several_interfaces(void **state)
{
	const uint8_t *told[] = { tsch_uuid, atsvc_uuid, other_uuid };
	struct wire *w = *state;
	struct out del = path_stub("\\A"), job = { 0 }, odd = { 0 };

	/* NetrJobDel of job 7, without a server's name: two zeros to the scheduler. */
	w32(&job, 0);
	w32(&job, 7);
	w32(&job, 7);
	w32(&odd, 0xffffffff);
	for (size_t i = 0; i < 2 * nitems(told); i++) {		/* in either order */
		teach_port(w, told[i < nitems(told) ? i : 2 * nitems(told) - 1 - i]);
		assert_true(dcerpc_proto.claims(&w->f.world, &w->f.peers));
	}
	assert_int_equal(w->f.stats.n[STAT_RPC_PORTS], 2);
	assert_field(first_on_shared_port(w, 13, &del, 0), F_RPC_IFACE, "ITaskSchedulerService");
	assert_field(w->f.o[0], F_NAME, "\\A");
	assert_field(first_on_shared_port(w, 1, &job, 0), F_RPC_IFACE, "ATSvc");
	assert_field(w->f.o[0], F_NAME, "\\At7");
	/* What does not read, or is sealed, could be of either or of neither. */
	assert_null(first_on_shared_port(w, 1, &odd, 0));
	assert_null(first_on_shared_port(w, 13, &del, 6));
}

/* at.exe of Windows 7: three elements, NDR64 accepted (a real capture). */
static void
a_windows_bind_settles_on_ndr64(void **state)
{
	static const uint8_t bind[] = {
		5, 0, 11, 3, 0x10, 0, 0, 0, 0xa0, 0, 0, 0, 2, 0, 0, 0, 0xb8, 0x10, 0xb8, 0x10, 0, 0, 0, 0, 3, 0, 0, 0,
		0, 0, 1, 0, 0x82, 6, 0xf7, 0x1f, 0x51, 0x0a, 0xe8, 0x30, 7, 0x6d, 0x74, 0x0b, 0xe8, 0xce, 0xe9, 0x8b, 1, 0, 0, 0,
		4, 0x5d, 0x88, 0x8a, 0xeb, 0x1c, 0xc9, 0x11, 0x9f, 0xe8, 8, 0, 0x2b, 0x10, 0x48, 0x60, 2, 0, 0, 0,
		1, 0, 1, 0, 0x82, 6, 0xf7, 0x1f, 0x51, 0x0a, 0xe8, 0x30, 7, 0x6d, 0x74, 0x0b, 0xe8, 0xce, 0xe9, 0x8b, 1, 0, 0, 0,
		0x33, 5, 0x71, 0x71, 0xba, 0xbe, 0x37, 0x49, 0x83, 0x19, 0xb5, 0xdb, 0xef, 0x9c, 0xcc, 0x36, 1, 0, 0, 0,
		2, 0, 1, 0, 0x82, 6, 0xf7, 0x1f, 0x51, 0x0a, 0xe8, 0x30, 7, 0x6d, 0x74, 0x0b, 0xe8, 0xce, 0xe9, 0x8b, 1, 0, 0, 0,
		0x2c, 0x1c, 0xb7, 0x6c, 0x12, 0x98, 0x40, 0x45, 3, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0 };
	static const uint8_t ack[] = {
		5, 0, 12, 3, 0x10, 0, 0, 0, 0x74, 0, 0, 0, 2, 0, 0, 0, 0xb8, 0x10, 0xb8, 0x10, 0xd8, 0x0a, 0, 0,
		0x0c, 0, '\\', 'P', 'I', 'P', 'E', '\\', 'a', 't', 's', 'v', 'c', 0, 0, 0x55, 3, 0, 0, 0,
		2, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
		0, 0, 0, 0, 0x33, 5, 0x71, 0x71, 0xba, 0xbe, 0x37, 0x49, 0x83, 0x19, 0xb5, 0xdb, 0xef, 0x9c, 0xcc, 0x36, 1, 0, 0, 0,
		3, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 };
	static const char command[] = "c:\\mimikatz.exe";
	struct wire *w = *state;
	struct out stub = { 0 };

	feed_cut(w, C2S, (struct view){ bind, sizeof(bind) }, sizeof(bind));
	feed_cut(w, S2C, (struct view){ ack, sizeof(ack) }, sizeof(ack));
	w32(&stub, 0);
	w32(&stub, 0);			/* ServerName NULL */
	w32(&stub, 47100000);
	w32(&stub, 0);
	w32(&stub, 0);
	w32(&stub, 0x1000);
	w32(&stub, 0x20000);
	w32(&stub, 0);
	for (int i = 0; i < 6; i++)
		w32(&stub, i == 0 || i == 4 ? sizeof(command) : 0);
	for (size_t i = 0; i < sizeof(command); i++)
		w16(&stub, (uint8_t)command[i]);
	send_stub(w, REQUEST, WHOLE, 2, 1, 0, &stub, 0, stub.n, 0);
	dcerpc_proto.conn_free(w->conn);
	w->conn = NULL;
	assert_int_equal(w->f.n, 1);
	assert_field(w->f.o[0], F_RPC_IFACE, "ATSvc");
	assert_field(w->f.o[0], F_RPC_SYNTAX, "ndr64");
	assert_field(w->f.o[0], F_ACT_COMMAND_LINE, command);
}

static void
both_syntaxes_offered_and_no_answer_seen(void **state)
{
	struct wire *w = *state;
	struct out req = register_stub(false), o = begin(false, BIND, WHOLE, 1);

	w32(&o, 0);
	w32(&o, 0);
	w32(&o, 1);
	w16(&o, 0);
	w16(&o, 2);
	wbytes(&o, tsch_uuid, 16);
	w32(&o, 1);
	wbytes(&o, ndr20, 16);
	w32(&o, 2);
	wbytes(&o, ndr64, 16);
	w32(&o, 1);
	end(&o, 0);
	feed(w, C2S, &o);
	request(w, 2, 1, &req);
	dcerpc_proto.conn_free(w->conn);
	w->conn = NULL;
	assert_int_equal(w->f.n, 1);
	assert_field(w->f.o[0], F_RPC_SYNTAX, "ndr");
	assert_field(w->f.o[0], F_ACT_COMMAND_LINE, "cmd.exe /c calc");
}

/* A connection that only ever binds: contexts, offers and logons are bounded
 * and what goes is counted. */
static void
binds_without_end_stay_within_the_limits(void **state)
{
	const uint32_t n = 4 * MAX_RPC_CONTEXTS;
	struct wire *w = *state;
	size_t used = 0;

	for (uint32_t i = 0; i < n; i++) {
		struct out o = begin(false, BIND, WHOLE, i);

		w32(&o, 0);
		w32(&o, 0);
		w32(&o, 1);
		w16(&o, i);			/* another context each time */
		w16(&o, 1);
		wbytes(&o, other_uuid, 16);
		w32(&o, 1);
		wbytes(&o, ndr20, 16);
		w32(&o, 2);
		w32(&o, 0x060a);		/* NTLM, privacy */
		w32(&o, i);			/* and another logon */
		wbytes(&o, "NTLMSSP\0", 8);
		end(&o, 8);
		feed(w, C2S, &o);
		if (i == n / 2)
			used = w->f.budget.used;
	}
	assert_int_equal(w->f.budget.used, used);
	assert_int_equal(w->f.stats.n[STAT_RPC_LIMIT],
	    3 * n - MAX_RPC_CONTEXTS - MAX_RPC_AUTHS - MAX_RPC_BINDS);
}

static void
learnt_ports_are_bounded_and_the_oldest_goes(void **state)
{
	struct wire *w = *state;

	for (unsigned int i = 0; i <= MAX_RPC_PORTS; i++)
		ports_learn(&w->f.world, &w->f.peers.client, &w->f.peers.server,
		    (uint16_t)(1024 + i), tsch_uuid);
	assert_int_equal(w->f.stats.n[STAT_RPC_LIMIT], 1);
	w->f.peers.sport = 1024;
	assert_null(ports_next(&w->f.world, &w->f.peers, NULL));
	w->f.peers.sport = 1024 + MAX_RPC_PORTS;
	assert_non_null(ports_next(&w->f.world, &w->f.peers, NULL));
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(other_interfaces_are_counted_off),
		T(contexts_are_added_and_replaced),
		T(a_rejected_context_is_none),
		T(content_proves_a_missed_bind),
		T(a_missed_bind_alone_invents_nothing),
		T(a_verification_trailer_names_the_interface),
		T(a_verification_trailer_of_another_length_names_none),
		T(the_endpoint_mapper_teaches_ports),
		T(one_port_may_have_several_interfaces),
		T(a_windows_bind_settles_on_ndr64),
		T(both_syntaxes_offered_and_no_answer_seen),
		T(binds_without_end_stay_within_the_limits),
		T(learnt_ports_are_bounded_and_the_oldest_goes),
	};

	return cmocka_run_group_tests_name("rpc_bind", tests, NULL, NULL);
}
