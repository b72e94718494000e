#include "facts.h"

#include "digest.h"
#include "table.h"

static const uint8_t tsch_uuid[16] = {
	0x49, 0x59, 0xd3, 0x86, 0xc9, 0x83, 0x44, 0x40, 0xb4, 0x24, 0xdb, 0x36, 0x32, 0x31, 0xfd, 0x0c };
static const uint8_t epm_uuid[16] = {
	0x08, 0x83, 0xaf, 0xe1, 0x1f, 0x5d, 0xc9, 0x11, 0x91, 0xa4, 0x08, 0x00, 0x2b, 0x14, 0xa0, 0xfa };
static const uint8_t other_uuid[16] = { 1, 2, 3 };
static const uint8_t ndr20[16] = {
	0x04, 0x5d, 0x88, 0x8a, 0xeb, 0x1c, 0xc9, 0x11, 0x9f, 0xe8, 0x08, 0x00, 0x2b, 0x10, 0x48, 0x60 };
static const uint8_t ndr64[16] = {
	0x33, 0x05, 0x71, 0x71, 0xba, 0xbe, 0x37, 0x49, 0x83, 0x19, 0xb5, 0xdb, 0xef, 0x9c, 0xcc, 0x36 };

enum { REQUEST = 0, RESPONSE = 2, FAULT = 3, BIND = 11, BIND_ACK = 12 };
#define WHOLE 3		/* first and last fragment */

/* ---- A writer of PDUs ---- */

struct out {
	uint8_t	p[8192];
	size_t	n;
	bool	big;
};

static void
w8(struct out *o, unsigned int v)
{
	assert_true(o->n < sizeof(o->p));
	o->p[o->n++] = (uint8_t)v;
}

static void
w16(struct out *o, unsigned int v)
{
	w8(o, o->big ? v >> 8 : v & 0xff);
	w8(o, o->big ? v & 0xff : v >> 8);
}

static void
w32(struct out *o, uint32_t v)
{
	w16(o, o->big ? v >> 16 : v & 0xffff);
	w16(o, o->big ? v & 0xffff : v >> 16);
}

static void
wbytes(struct out *o, const void *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		w8(o, ((const uint8_t *)p)[i]);
}

static void
wpad(struct out *o, size_t to)
{
	while (o->n % to != 0)
		w8(o, 0xbb);
}

/* A [string] wchar_t *, NDR20, as it stands after alignment. */
static void
wstr(struct out *o, const char *s)
{
	uint32_t n = (uint32_t)strlen(s) + 1;

	wpad(o, 4);
	w32(o, n);
	w32(o, 0);
	w32(o, n);
	for (uint32_t i = 0; i < n; i++)
		w16(o, (uint8_t)s[i]);
}

static const char xml[] = "<Task version=\"1.2\" "
    "xmlns=\"http://schemas.microsoft.com/windows/2004/02/mit/task\"><Actions><Exec>"
    "<Command>cmd.exe</Command><Arguments>/c calc</Arguments></Exec></Actions></Task>";

static struct out
register_stub(bool big)
{
	struct out o = { .big = big };

	w32(&o, 0x20000);
	wstr(&o, "\\Evil");
	wstr(&o, xml);
	wpad(&o, 4);
	w32(&o, 2);		/* TASK_CREATE */
	w32(&o, 0);
	w32(&o, 0);
	w32(&o, 0);
	w32(&o, 0);
	return o;
}

static struct out
register_answer(const char *path, uint32_t hresult)
{
	struct out o = { 0 };

	w32(&o, 0x20000);
	wstr(&o, path);
	wpad(&o, 4);
	w32(&o, 0);
	w32(&o, hresult);
	return o;
}

static struct out
path_stub(const char *path)
{
	struct out o = { 0 };

	wstr(&o, path);
	wpad(&o, 4);
	w32(&o, 0);
	return o;
}

/* ---- A connection to feed ---- */

struct wire {
	struct facts	 f;
	struct carrier	 carrier;
	void		*conn;
};

static int
setup(void **state)
{
	struct wire *w = test_calloc(1, sizeof(*w));

	facts_init(&w->f);
	w->carrier = (struct carrier){ .world = &w->f.world, .budget = &w->f.budget,
	    .peers = &w->f.peers };
	w->conn = dcerpc_proto.conn_new(&w->carrier);
	*state = w;
	return 0;
}

static int
teardown(void **state)
{
	struct wire *w = *state;

	dcerpc_proto.conn_free(w->conn);
	facts_free(&w->f);
	test_free(w);
	return 0;
}

static void
reopen(struct wire *w, bool midstream)
{
	dcerpc_proto.conn_free(w->conn);
	facts_clear(&w->f);
	w->carrier.midstream = midstream;
	w->conn = dcerpc_proto.conn_new(&w->carrier);
}

/* As the framer would: head() decides what pdu() gets. */
static void
feed_cut(struct wire *w, enum dir d, struct view v, size_t cut)
{
	struct extent x = { 0 };
	uint8_t *copy;

	if (dcerpc_proto.head(w->conn, d, v, &x) != HEAD_PDU || x.keep == 0)
		return;
	assert_int_equal(x.len, v.len);
	if (cut > x.keep)
		cut = x.keep;
	copy = test_malloc(cut + 1);
	memcpy(copy, v.p, cut);
	dcerpc_proto.pdu(w->conn, d, (struct view){ copy, cut }, v.len);
	test_free(copy);
}

static void
feed(struct wire *w, enum dir d, const struct out *o)
{
	feed_cut(w, d, (struct view){ o->p, o->n }, o->n);
}

static struct out
begin(bool big, unsigned int ptype, unsigned int flags, uint32_t call_id)
{
	struct out o = { .big = big };

	w8(&o, 5);
	w8(&o, 0);
	w8(&o, ptype);
	w8(&o, flags);
	w32(&o, 0);
	o.p[4] = big ? 0x00 : 0x10;
	w32(&o, 0);		/* frag_length, auth_length: end() */
	w32(&o, call_id);
	return o;
}

static void
end(struct out *o, unsigned int auth_len)
{
	size_t n = o->n;

	o->n = 8;
	w16(o, (unsigned int)n);
	w16(o, auth_len);
	o->n = n;
}

/* level 0: no trailer. */
static void
send_stub(struct wire *w, unsigned int ptype, unsigned int flags, uint32_t call_id, unsigned int ctx,
    unsigned int opnum, const struct out *stub, size_t from, size_t n, unsigned int level)
{
	struct out o = begin(stub->big, ptype, flags, call_id);
	unsigned int pad;

	w32(&o, (uint32_t)(stub->n - from));
	w16(&o, ctx);
	w16(&o, opnum);
	wbytes(&o, stub->p + from, n);
	if (level != 0) {
		for (pad = 0; o.n % 16 != 0; pad++)
			w8(&o, 0);
		w8(&o, 10);
		w8(&o, level);
		w8(&o, pad);
		w8(&o, 0);
		w32(&o, 0);
		for (unsigned int i = 0; i < 16; i++)
			w8(&o, i);
	}
	end(&o, level != 0 ? 16 : 0);
	feed(w, ptype == REQUEST ? C2S : S2C, &o);
}

static void
request(struct wire *w, uint32_t call_id, unsigned int opnum, const struct out *stub)
{
	send_stub(w, REQUEST, WHOLE, call_id, 0, opnum, stub, 0, stub->n, 0);
}

static void
response(struct wire *w, uint32_t call_id, const struct out *stub)
{
	send_stub(w, RESPONSE, WHOLE, call_id, 0, 0, stub, 0, stub->n, 0);
}

static void
send_bind(struct wire *w, bool big, const uint8_t uuid[16], const uint8_t syntax[16], uint32_t call_id)
{
	struct out o = begin(big, BIND, WHOLE, call_id);

	w32(&o, 0x10b810b8);
	w32(&o, 0);
	w8(&o, 1);
	w8(&o, 0);
	w16(&o, 0);
	w16(&o, 0);
	w8(&o, 1);
	w8(&o, 0);
	w32(&o, le32dec(uuid));
	w16(&o, le16dec(uuid + 4));
	w16(&o, le16dec(uuid + 6));
	wbytes(&o, uuid + 8, 8);
	w32(&o, 1);
	w32(&o, le32dec(syntax));
	w16(&o, le16dec(syntax + 4));
	w16(&o, le16dec(syntax + 6));
	wbytes(&o, syntax + 8, 8);
	w32(&o, 2);
	end(&o, 0);
	feed(w, C2S, &o);
}

static void
send_ack(struct wire *w, unsigned int result, const uint8_t syntax[16], uint32_t call_id)
{
	struct out o = begin(false, BIND_ACK, WHOLE, call_id);

	w32(&o, 0x10b810b8);
	w32(&o, 0);
	w16(&o, 6);
	wbytes(&o, "49700\0", 6);
	wpad(&o, 4);
	w8(&o, 1);
	w8(&o, 0);
	w16(&o, 0);
	w16(&o, result);
	w16(&o, 0);
	wbytes(&o, syntax, 16);
	w32(&o, 2);
	end(&o, 0);
	feed(w, S2C, &o);
}

static void
bound(struct wire *w)
{
	send_bind(w, false, tsch_uuid, ndr20, 1);
	send_ack(w, 0, ndr20, 1);
}

/* ---- Tests ---- */

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

static void
a_verification_trailer_names_the_interface(void **state)
{
	static const uint8_t magic[] = { 0x8a, 0xe3, 0x13, 0x71, 0x02, 0xf4, 0x36, 0x71,
	    0x01, 0x00, 0x04, 0x00, 0x01, 0x00, 0x00, 0x00, 0x02, 0x40, 0x28, 0x00 };
	struct wire *w = *state;
	struct out del = path_stub("\\A"), ok = { 0 };

	w32(&ok, 0);
	wpad(&del, 4);
	wbytes(&del, magic, sizeof(magic));
	wbytes(&del, tsch_uuid, 16);
	w32(&del, 1);
	wbytes(&del, ndr20, 16);
	w32(&del, 2);
	reopen(w, true);
	request(w, 2, 13, &del);
	response(w, 2, &ok);
	assert_int_equal(w->f.n, 1);
	assert_field(w->f.o[0], F_NAME, "\\A");
	assert_int_equal(field_int(w->f.o[0], F_STUB_SIZE), del.n);
}

/* The answer of a real endpoint mapper (NDR20), then the port it names. */
static void
the_endpoint_mapper_teaches_ports(void **state)
{
	struct wire *w = *state;
	struct out answer = { 0 }, tower = { 0 }, del = path_stub("\\A"), empty = { 0 };
	bool known;

	w16(&tower, 5);
	w16(&tower, 19);
	w8(&tower, 0x0d);
	wbytes(&tower, tsch_uuid, 16);
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
	send_bind(w, false, epm_uuid, ndr20, 1);
	send_ack(w, 0, ndr20, 1);
	request(w, 2, 3, &empty);
	response(w, 2, &answer);
	assert_int_equal(w->f.n, 0);
	w->f.peers.sport = 49700;
	assert_non_null(ports_find(&w->f.world, &w->f.peers, &known));
	assert_true(known);
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
			if (obs_get(w->f.o[i], F_NAME) != NULL)
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
		w->f.world.now.us += RPC_WAIT;
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
		T(other_interfaces_are_counted_off),
		T(an_object_uuid_is_no_part_of_the_stub),
		T(contexts_are_added_and_replaced),
		T(orphans_are_dropped_and_cancels_are_not),
		T(a_callback_is_not_a_call),
		T(a_rejected_context_is_none),
		T(content_proves_a_missed_bind),
		T(a_missed_bind_alone_invents_nothing),
		T(a_verification_trailer_names_the_interface),
		T(the_endpoint_mapper_teaches_ports),
		T(a_windows_bind_settles_on_ndr64),
		T(both_syntaxes_offered_and_no_answer_seen),
		T(every_truncation_is_honest),
		T(calls_without_end_stay_within_the_limit),
		T(probe_knows_a_pdu_and_its_side),
	};

	return cmocka_run_group_tests_name("rpc", tests, NULL, NULL);
}
