#include "wire/rpc.h"

static void
register_and_answer_make_one_fact(void **state)
{
	struct wire *w = *state;
	struct out req = register_stub(false), res = register_answer("\\Folder\\Evil", 0);

	bound(w);
	request(w, 1, 1, &req);		/* the bind's call_id again, as impacket does */
	assert_int_equal(w->f.n, 0);
	w->f.world.now.pkt = 9;
	response(w, 1, &res);
	assert_int_equal(w->f.n, 1);
	assert_int_equal(w->f.o[0]->at.pkt, 9);
	assert_field(w->f.o[0], F_ACTION, "create");
	assert_field(w->f.o[0], F_NAME, "\\Folder\\Evil");
	assert_field(w->f.o[0], F_VISIBILITY, "clear");
	assert_field(w->f.o[0], F_OUTCOME, "success");
	assert_field(w->f.o[0], F_ACT_COMMAND_LINE, "cmd.exe /c calc");
	assert_field(w->f.o[0], F_RPC_IFACE, "ITaskSchedulerService");
	assert_field(w->f.o[0], F_RPC_PROCEDURE, "SchRpcRegisterTask");
	assert_field(w->f.o[0], F_RPC_TRANSPORT, "ncacn_ip_tcp");
	assert_field(w->f.o[0], F_RPC_ENDPOINT, "49700");
	assert_field(w->f.o[0], F_RPC_AUTH_LEVEL, "none");
	assert_field(w->f.o[0], F_RPC_SYNTAX, "ndr");
	assert_int_equal(field_int(w->f.o[0], F_STUB_SIZE), req.n);
	assert_int_equal(field_int(w->f.o[0], F_RPC_RES_SIZE), res.n);
}

static void
a_failed_call_says_so(void **state)
{
	struct wire *w = *state;
	struct out req = register_stub(false), res = { 0 };

	bound(w);
	request(w, 2, 1, &req);
	w32(&res, 0);
	w32(&res, 0);
	w32(&res, 0x80070005);
	response(w, 2, &res);
	assert_int_equal(w->f.n, 1);
	assert_field(w->f.o[0], F_OUTCOME, "failure");
	assert_field(w->f.o[0], F_STATUS, "0x80070005");
	assert_field(w->f.o[0], F_NAME, "\\Evil");
}

static void
fragments_are_one_stub(void **state)
{
	struct wire *w = *state;
	struct out req = register_stub(false), res = register_answer("\\Evil", 0);
	size_t a = req.n / 3, b = req.n / 2;

	bound(w);
	send_stub(w, REQUEST, 1, 2, 0, 1, &req, 0, a, 0);
	send_stub(w, REQUEST, 0, 2, 0, 1, &req, a, b - a, 0);
	send_stub(w, REQUEST, 2, 2, 0, 1, &req, b, req.n - b, 0);
	send_stub(w, RESPONSE, 1, 2, 0, 0, &res, 0, 8, 0);
	send_stub(w, RESPONSE, 2, 2, 0, 0, &res, 8, res.n - 8, 0);
	assert_int_equal(w->f.n, 1);
	assert_int_equal(field_int(w->f.o[0], F_RPC_REQ_FRAGS), 3);
	assert_int_equal(field_int(w->f.o[0], F_RPC_RES_FRAGS), 2);
	assert_int_equal(field_int(w->f.o[0], F_STUB_SIZE), req.n);
	assert_field(w->f.o[0], F_ACT_COMMAND_LINE, "cmd.exe /c calc");
	assert_field(w->f.o[0], F_OUTCOME, "success");
}

static void
a_lost_fragment_leaves_what_is_known(void **state)
{
	struct wire *w = *state;
	struct out req = register_stub(false), res = register_answer("\\Real", 0);

	bound(w);
	send_stub(w, REQUEST, 1, 2, 0, 1, &req, 0, 64, 0);
	dcerpc_proto.gap(w->conn, C2S);
	send_stub(w, REQUEST, 2, 2, 0, 1, &req, 128, req.n - 128, 0);
	response(w, 2, &res);
	assert_int_equal(w->f.n, 1);
	assert_field(w->f.o[0], F_NAME, "\\Real");
	assert_field(w->f.o[0], F_ACT_COMMAND_LINE, NULL);
	assert_int_equal(field_int(w->f.o[0], F_STUB_SIZE), req.n);	/* alloc_hint */

	/* Even the last one: the answer says that it was sent. */
	facts_clear(&w->f);
	send_stub(w, REQUEST, 1, 3, 0, 1, &req, 0, 64, 0);
	response(w, 3, &res);
	assert_int_equal(w->f.n, 1);
	assert_field(w->f.o[0], F_OUTCOME, "success");
}

static void
privacy_is_sealed_and_measured(void **state)
{
	struct wire *w = *state;
	struct out req = register_stub(false), res = register_answer("\\Evil", 0);

	bound(w);
	send_stub(w, REQUEST, WHOLE, 2, 0, 1, &req, 0, req.n, 6);
	send_stub(w, RESPONSE, WHOLE, 2, 0, 0, &res, 0, res.n, 6);
	assert_int_equal(w->f.n, 1);
	assert_field(w->f.o[0], F_VISIBILITY, "sealed");
	assert_field(w->f.o[0], F_ACTION, "create");
	assert_field(w->f.o[0], F_NAME, NULL);
	assert_field(w->f.o[0], F_OUTCOME, "unknown");
	assert_field(w->f.o[0], F_RPC_AUTH_TYPE, "ntlm");
	assert_field(w->f.o[0], F_RPC_AUTH_LEVEL, "pkt_privacy");
	assert_int_equal(field_int(w->f.o[0], F_STUB_SIZE), req.n);
	assert_int_equal(field_int(w->f.o[0], F_RPC_RES_SIZE), res.n);

	/* Integrity leaves it readable. */
	facts_clear(&w->f);
	send_stub(w, REQUEST, WHOLE, 3, 0, 1, &req, 0, req.n, 5);
	send_stub(w, RESPONSE, WHOLE, 3, 0, 0, &res, 0, res.n, 5);
	assert_field(w->f.o[0], F_VISIBILITY, "clear");
	assert_field(w->f.o[0], F_NAME, "\\Evil");
	assert_field(w->f.o[0], F_RPC_AUTH_LEVEL, "pkt_integrity");
}

/* The end of the PDU, and the trailer with it, was lost. */
static void
a_lost_trailer_does_not_make_it_clear(void **state)
{
	struct wire *w = *state;
	struct out req = register_stub(false), o;

	bound(w);
	o = begin(false, REQUEST, WHOLE, 2);
	w32(&o, (uint32_t)req.n);
	w16(&o, 0);
	w16(&o, 1);
	wbytes(&o, req.p, req.n);
	end(&o, 16);
	feed_cut(w, C2S, (struct view){ o.p, o.n }, 400);
	dcerpc_proto.conn_free(w->conn);
	w->conn = NULL;
	assert_int_equal(w->f.n, 1);
	assert_field(w->f.o[0], F_VISIBILITY, "sealed");
	assert_field(w->f.o[0], F_NAME, NULL);
	assert_field(w->f.o[0], F_XML, NULL);
	assert_field(w->f.o[0], F_RPC_AUTH_LEVEL, NULL);
	assert_int_equal(field_int(w->f.o[0], F_STUB_SIZE), req.n);
}

static void
a_fault_is_a_failure_even_sealed(void **state)
{
	struct wire *w = *state;
	struct out req = register_stub(false), o;

	bound(w);
	send_stub(w, REQUEST, WHOLE, 2, 0, 1, &req, 0, req.n, 6);
	o = begin(false, FAULT, WHOLE, 2);
	w32(&o, 32);
	w16(&o, 0);
	w16(&o, 0);
	w32(&o, 5);
	w32(&o, 0);
	end(&o, 0);
	feed(w, S2C, &o);
	assert_int_equal(w->f.n, 1);
	assert_field(w->f.o[0], F_OUTCOME, "failure");
	assert_field(w->f.o[0], F_STATUS, "0x00000005");
	assert_field(w->f.o[0], F_RPC_RESPONSE, "FAULT");
}

static void
big_endian_reads_the_same(void **state)
{
	struct wire *w = *state;
	struct out req = register_stub(true), res = register_answer("\\Evil", 0);

	send_bind(w, true, tsch_uuid, ndr20, 1);
	send_ack(w, 0, ndr20, 1);
	request(w, 2, 1, &req);
	response(w, 2, &res);		/* each side has its own order */
	assert_int_equal(w->f.n, 1);
	assert_field(w->f.o[0], F_ACT_COMMAND_LINE, "cmd.exe /c calc");
	assert_field(w->f.o[0], F_OUTCOME, "success");
}

static void
answers_may_come_in_any_order(void **state)
{
	struct wire *w = *state;
	struct out run = path_stub("\\A"), del = path_stub("\\B"), res = { 0 };

	w32(&res, 0);
	bound(w);
	request(w, 2, 13, &run);
	request(w, 3, 13, &del);
	response(w, 3, &res);
	response(w, 2, &res);
	assert_int_equal(w->f.n, 2);
	assert_field(w->f.o[0], F_NAME, "\\B");
	assert_field(w->f.o[1], F_NAME, "\\A");
	assert_field(w->f.o[1], F_ACTION, "delete");
}

static void
without_an_answer_it_is_told_after_five_seconds(void **state)
{
	struct wire *w = *state;
	struct out del = path_stub("\\A");

	bound(w);
	request(w, 2, 13, &del);
	w->f.world.now.us += 4999999;
	world_tick(&w->f.world);
	assert_int_equal(w->f.n, 0);
	w->f.world.now.us += 1;
	w->f.world.now.pkt = 77;
	world_tick(&w->f.world);
	assert_int_equal(w->f.n, 1);
	assert_field(w->f.o[0], F_OUTCOME, "unknown");
	assert_field(w->f.o[0], F_RPC_RESPONSE, "UNREPLIED");
	assert_int_equal(w->f.o[0]->at.pkt, 1);		/* the request's own */

	/* Or when the connection ends. */
	facts_clear(&w->f);
	request(w, 3, 13, &del);
	dcerpc_proto.conn_free(w->conn);
	w->conn = NULL;
	assert_int_equal(w->f.n, 1);
}

/* With PFC_OBJECT_UUID the stub stands sixteen bytes later. */
static void
an_object_uuid_is_no_part_of_the_stub(void **state)
{
	struct wire *w = *state;
	struct out del = path_stub("\\A"), o;

	bound(w);
	o = begin(false, REQUEST, WHOLE | 0x80, 2);
	w32(&o, (uint32_t)del.n);
	w16(&o, 0);
	w16(&o, 13);
	wbytes(&o, other_uuid, 16);
	wbytes(&o, del.p, del.n);
	end(&o, 0);
	feed(w, C2S, &o);
	dcerpc_proto.conn_free(w->conn);
	w->conn = NULL;
	assert_int_equal(w->f.n, 1);
	assert_field(w->f.o[0], F_NAME, "\\A");
	assert_int_equal(field_int(w->f.o[0], F_STUB_SIZE), del.n);
}

/* Half a request is given up by the client; a cancel changes nothing. */
static void
orphans_are_dropped_and_cancels_are_not(void **state)
{
	enum { CO_CANCEL = 18, ORPHANED = 19 };
	struct wire *w = *state;
	struct out req = register_stub(false), del = path_stub("\\A"), o;

	bound(w);
	send_stub(w, REQUEST, 1, 2, 0, 1, &req, 0, 64, 0);
	o = begin(false, ORPHANED, WHOLE, 2);
	end(&o, 0);
	feed(w, C2S, &o);
	request(w, 3, 13, &del);
	o = begin(false, CO_CANCEL, WHOLE, 3);
	end(&o, 0);
	feed(w, C2S, &o);
	dcerpc_proto.conn_free(w->conn);
	w->conn = NULL;
	assert_int_equal(w->f.n, 1);
	assert_field(w->f.o[0], F_ACTION, "delete");
}

/* A server may call back with the call's own id, [MS-RPCE] 3.3.1.5.9. */
static void
a_callback_is_not_a_call(void **state)
{
	struct wire *w = *state;
	struct out del = path_stub("\\A"), o;

	bound(w);
	o = begin(false, REQUEST, WHOLE, 2);
	w32(&o, (uint32_t)del.n);
	w16(&o, 0);
	w16(&o, 13);
	wbytes(&o, del.p, del.n);
	end(&o, 0);
	feed(w, S2C, &o);
	dcerpc_proto.conn_free(w->conn);
	w->conn = NULL;
	assert_int_equal(w->f.n, 0);
}

/* Cut every PDU after every byte: no over-read, and what is told is true. */
static void
every_truncation_is_honest(void **state)
{
	struct wire *w = *state;
	struct out req = register_stub(false), o = begin(false, REQUEST, WHOLE, 2);

	w32(&o, (uint32_t)req.n);
	w16(&o, 0);
	w16(&o, 1);
	wbytes(&o, req.p, req.n);
	end(&o, 0);
	for (size_t cut = 0; cut < o.n; cut++) {
		reopen(w, false);
		bound(w);
		feed_cut(w, C2S, (struct view){ o.p, o.n }, cut);
		dcerpc_proto.conn_free(w->conn);
		w->conn = NULL;
		assert_true(w->f.n <= 1);
		for (size_t i = 0; i < w->f.n; i++) {
			assert_field(w->f.o[i], F_ACTION, "create");
			if (fact_get(w->f.o[i], F_NAME) != NULL)
				assert_field(w->f.o[i], F_NAME, "\\Evil");
			assert_int_equal(field_int(w->f.o[i], F_STUB_SIZE), req.n);
		}
	}
}

static void
calls_without_end_stay_within_the_limit(void **state)
{
	struct wire *w = *state;
	struct out del = path_stub("\\A");
	size_t told = 0;

	bound(w);
	for (uint32_t i = 0; i < 1000; i++) {
		request(w, i, 13, &del);
		told += w->f.n;
		facts_clear(&w->f);
	}
	/* Those pushed out are told, not lost. */
	assert_int_equal(told, 1000 - MAX_RPC_CALLS);
	while (told < 1000) {
		w->f.world.now.us += ANSWER_WAIT;
		/* The test's own sink holds 64. */
		for (int i = 0; i < 64 && !TAILQ_EMPTY(&w->f.world.waiters); i++) {
			struct waiter *at = TAILQ_FIRST(&w->f.world.waiters);

			waiter_stop(&w->f.world, at);
			at->fire(at);
		}
		told += w->f.n;
		facts_clear(&w->f);
	}
	assert_int_equal(told, 1000);
}

static void
probe_knows_a_pdu_and_its_side(void **state)
{
	static const uint8_t req[] = { 5, 0, 0, 3, 0x10, 0, 0, 0, 0x20, 0, 0, 0, 1, 0, 0, 0 };
	uint8_t res[16], bad[16];

	(void)state;
	memcpy(res, req, 16);
	memcpy(bad, req, 16);
	res[2] = 12;
	bad[6] = 1;
	assert_int_equal(dcerpc_proto.probe((struct view){ req, 16 }), PROBE_CLIENT);
	assert_int_equal(dcerpc_proto.probe((struct view){ res, 16 }), PROBE_SERVER);
	assert_int_equal(dcerpc_proto.probe((struct view){ bad, 16 }), PROBE_NO);
	for (size_t n = 0; n < 16; n++)
		assert_int_equal(dcerpc_proto.probe((struct view){ req, n }), PROBE_MORE);
	assert_int_equal(dcerpc_proto.resync((struct view){ req, 16 }), 0);
	assert_int_equal(dcerpc_proto.resync((struct view){ (const uint8_t *)"abc", 3 }), 3);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(register_and_answer_make_one_fact),
		T(a_failed_call_says_so),
		T(fragments_are_one_stub),
		T(a_lost_fragment_leaves_what_is_known),
		T(privacy_is_sealed_and_measured),
		T(a_lost_trailer_does_not_make_it_clear),
		T(a_fault_is_a_failure_even_sealed),
		T(big_endian_reads_the_same),
		T(answers_may_come_in_any_order),
		T(without_an_answer_it_is_told_after_five_seconds),
		T(an_object_uuid_is_no_part_of_the_stub),
		T(orphans_are_dropped_and_cancels_are_not),
		T(a_callback_is_not_a_call),
		T(every_truncation_is_honest),
		T(calls_without_end_stay_within_the_limit),
		T(probe_knows_a_pdu_and_its_side),
	};

	return cmocka_run_group_tests_name("rpc", tests, NULL, NULL);
}
