/* What an interface's row asks for is done: a toy interface in place of ours. */
#include "wire/rpc.h"

#include "base/limits.h"

/* ---- The toy: OPEN gives a handle for a name, USE tells the name, CLOSE ends it ---- */

enum { OPEN, USE, CLOSE };

static unsigned int begun, finished;

static void
toy_begin(struct rpc_call *call)
{
	begun++;
	fact_str(call->fact, F_CMD_KIND, "service");
}

/* All that is known of the call is in the fact by now. */
static void
toy_finish(struct rpc_call *call)
{
	int64_t size;

	finished++;
	assert_true(fact_get_int(call->fact, F_RPC_REQ_SIZE, &size));
	assert_non_null(fact_get(call->fact, F_OUTCOME));
}

static void
open_request(struct ndr *n, struct rpc_call *call)
{
	struct view name = ndr_str(n);

	if (rd_ok(&n->r))
		fact_utf8(call->fact, F_CMD_SERVICE, name);
}

static void
open_response(struct ndr *n, struct rpc_call *call)
{
	struct ndr_handle h = ndr_handle(n);
	const char *name = fact_get(call->fact, F_CMD_SERVICE);

	if (ndr_u32(n) == 0 && rd_ok(&n->r) && name != NULL)
		rpc_handle_open(call, &h, name, strlen(name) + 1);
}

static void
use_request(struct ndr *n, struct rpc_call *call)
{
	char text[37];

	call->handle = ndr_handle(n);
	fact_str(call->fact, F_CMD_SERVICE, rpc_handle_value(call, &call->handle));
	if (call->object != NULL) {
		uuid_text(call->object, text);
		fact_str(call->fact, F_CMD_LINE, text);
	}
}

static void
close_response(struct ndr *n, struct rpc_call *call)
{
	struct ndr_handle h = ndr_handle(n);

	if (ndr_u32(n) == 0 && rd_ok(&n->r) && ndr_handle_is_null(&h))
		rpc_handle_close(call, &call->handle);
}

static const struct rpc_op toy_ops[] = {
	{ OPEN, "ToyOpen", NULL, open_request, open_response, NULL },
	{ USE, "ToyUse", "run", use_request, NULL, NULL },
	{ CLOSE, "ToyClose", NULL, use_request, close_response, NULL },
};

static const struct rpc_iface toy = {
	.name = "toy",
	.uuid = { 0x70, 1, 2, 3 },
	.major = 1,
	.route = "service",
	.kind = FACT_COMMAND,
	.begin = toy_begin,
	.finish = toy_finish,
	.ops = toy_ops,
	.nops = nitems(toy_ops),
};

/* In place of the library's own table. */
const struct rpc_iface *const rpc_ifaces[] = { &toy, NULL };

/* ---- Calls ---- */

static uint32_t next_id = 10;

static void
bind_toy(struct wire *w, uint32_t asks, uint32_t told)
{
	w->asks = asks;
	w->told = told;
	send_bind(w, false, toy.uuid, ndr20, 1);
	send_ack(w, 0, ndr20, 1);
}

/* The handle whose UUID ends in that number; 0: the NULL handle. */
static void
whandle(struct out *o, unsigned int number)
{
	w32(o, 0);
	w32(o, number != 0 ? 0x01020304 : 0);
	w16(o, number != 0 ? 0x0506 : 0);
	w16(o, number != 0 ? 0x0708 : 0);
	w32(o, 0);
	w16(o, 0);
	w8(o, number >> 8);
	w8(o, number & 0xff);
}

static void
do_call(struct wire *w, unsigned int opnum, const struct out *req, unsigned int handle,
    uint32_t status)
{
	struct out res = { 0 };

	whandle(&res, handle);
	w32(&res, status);
	request(w, ++next_id, opnum, req);
	response(w, next_id, &res);
}

static void
open_as(struct wire *w, unsigned int handle, const char *name, uint32_t status)
{
	struct out req = { 0 };
	uint32_t n = (uint32_t)strlen(name) + 1;

	w32(&req, n);
	w32(&req, 0);
	w32(&req, n);
	wbytes(&req, name, n);
	do_call(w, OPEN, &req, handle, status);
}

/* Returns what the handle stands for; NULL: it is not known.  The string lives
 * until the next call. */
static const char *
meant_by(struct wire *w, struct facts *f, unsigned int handle)
{
	struct out req = { 0 };

	facts_clear(f);
	whandle(&req, handle);
	do_call(w, USE, &req, 0, 0);
	assert_int_equal(f->n, 1);
	return fact_get(f->o[0], F_CMD_SERVICE);
}

static void
close_it(struct wire *w, unsigned int handle, unsigned int left, uint32_t status)
{
	struct out req = { 0 };

	whandle(&req, handle);
	do_call(w, CLOSE, &req, left, status);
}

/* One more connection of the same client to the same port. */
static void
connect_too(struct wire *first, struct wire *w)
{
	w->carrier = first->carrier;
	w->conn = dcerpc_proto.conn_new(&w->carrier);
}

static void
hang_up(struct wire *w)
{
	dcerpc_proto.conn_free(w->conn);
	w->conn = NULL;
}

#define assert_means(w, f, handle, name) do { \
	const char *got_ = meant_by(w, f, handle); \
	assert_non_null(got_); \
	assert_string_equal(got_, name); \
} while (0)

/* ---- Tests ---- */

static void
the_row_says_what_a_call_becomes(void **state)
{
	struct wire *w = *state;

	begun = finished = 0;
	bind_toy(w, 0, 7);
	open_as(w, 1, "spooler", 0);
	assert_int_equal(w->f.n, 0);		/* no action: not told */
	assert_int_equal(begun, 1);
	assert_int_equal(finished, 0);
	assert_means(w, &w->f, 1, "spooler");
	assert_int_equal(finished, 1);
	assert_int_equal(w->f.o[0]->kind, FACT_COMMAND);
	assert_field(w->f.o[0], F_CMD_KIND, "service");
	assert_field(w->f.o[0], F_RPC_PROCEDURE, "ToyUse");
	assert_field(w->f.o[0], F_CMD_LINE, NULL);
}

static void
an_operation_sees_the_object(void **state)
{
	struct wire *w = *state;

	bind_toy(w, 0, 7);
	for (int big = 0; big < 2; big++) {
		struct out o = begin(big, REQUEST, WHOLE | 0x80, 2);

		w32(&o, 20);
		w16(&o, 0);
		w16(&o, USE);
		w32(&o, 0xa0a1a2a3);
		w16(&o, 0xb0b1);
		w16(&o, 0xc0c1);
		wbytes(&o, "\1\2\3\4\5\6\7\x8", 8);
		whandle(&o, 0);
		end(&o, 0);
		facts_clear(&w->f);
		feed(w, C2S, &o);
		hang_up(w);
		assert_int_equal(w->f.n, 1);
		assert_field(w->f.o[0], F_CMD_LINE, "a0a1a2a3-b0b1-c0c1-0102-030405060708");
		reopen(w, false);
		bind_toy(w, 0, 7);
	}
}

static void
only_success_changes_what_is_known(void **state)
{
	struct wire *w = *state;

	bind_toy(w, 0, 7);
	open_as(w, 1, "denied", 5);
	assert_null(meant_by(w, &w->f, 1));
	open_as(w, 1, "spooler", 0);
	close_it(w, 1, 0, 6);
	assert_means(w, &w->f, 1, "spooler");
	close_it(w, 1, 1, 0);			/* the server keeps it */
	assert_means(w, &w->f, 1, "spooler");
	close_it(w, 1, 0, 0);
	assert_null(meant_by(w, &w->f, 1));
	open_as(w, 0, "nothing", 0);		/* the NULL handle is none */
	assert_null(meant_by(w, &w->f, 0));
	open_as(w, 2, "one", 0);
	open_as(w, 2, "other", 0);		/* a server may use a number again */
	assert_means(w, &w->f, 2, "other");
}

/* A client of the other byte order writes the same handle in other bytes. */
static void
a_handle_has_no_byte_order(void **state)
{
	struct wire *w = *state;
	struct out req = { .big = true };

	bind_toy(w, 0, 7);
	open_as(w, 1, "spooler", 0);
	whandle(&req, 1);
	do_call(w, USE, &req, 0, 0);
	assert_int_equal(w->f.n, 1);
	assert_field(w->f.o[0], F_CMD_SERVICE, "spooler");
}

static void
who_binds_with_the_id_shares_the_handles(void **state)
{
	struct wire *w = *state, second = { .conn = NULL }, third = { .conn = NULL };

	bind_toy(w, 0, 7);
	open_as(w, 1, "spooler", 0);
	connect_too(w, &second);
	bind_toy(&second, 7, 7);
	connect_too(w, &third);
	bind_toy(&third, 0, 8);			/* asks for one of its own */
	assert_means(&second, &w->f, 1, "spooler");
	assert_null(meant_by(&third, &w->f, 1));
	hang_up(w);
	assert_means(&second, &w->f, 1, "spooler");
	open_as(&second, 2, "second's", 0);
	w->conn = dcerpc_proto.conn_new(&w->carrier);
	bind_toy(w, 7, 7);
	assert_means(w, &w->f, 2, "second's");
	hang_up(w);
	hang_up(&second);
	/* With its last connection the association ended, handles and all. */
	w->conn = dcerpc_proto.conn_new(&w->carrier);
	bind_toy(w, 7, 7);
	assert_null(meant_by(w, &w->f, 1));
	hang_up(&third);
}

/* The answer counts, not what was asked for. */
static void
the_server_decides_on_the_association(void **state)
{
	struct wire *w = *state, second = { .conn = NULL };

	bind_toy(w, 0, 7);
	open_as(w, 1, "spooler", 0);
	connect_too(w, &second);
	bind_toy(&second, 7, 9);
	assert_null(meant_by(&second, &w->f, 1));
	hang_up(&second);
	/* A server that gives one id to all that ask for a new one. */
	connect_too(w, &second);
	bind_toy(&second, 0, 7);
	assert_null(meant_by(&second, &w->f, 1));
	assert_means(w, &w->f, 1, "spooler");
	hang_up(&second);
	assert_means(w, &w->f, 1, "spooler");
}

/* Another client, server, port or pipe has ids of its own. */
static void
an_id_is_of_one_client_and_one_endpoint(void **state)
{
	struct wire *w = *state;
	struct peers other[3] = { w->f.peers, w->f.peers, w->f.peers };

	other[0].client.b[3] = 77;
	other[1].server.b[3] = 77;
	other[2].sport++;
	bind_toy(w, 0, 7);
	open_as(w, 1, "spooler", 0);
	for (size_t i = 0; i < nitems(other) + 1; i++) {
		struct wire second = { .carrier = w->carrier };

		if (i < nitems(other))
			second.carrier.peers = &other[i];
		else
			second.carrier.pipe = "svcctl";
		second.conn = dcerpc_proto.conn_new(&second.carrier);
		bind_toy(&second, 7, 7);
		assert_null(meant_by(&second, &w->f, 1));
		hang_up(&second);
	}
}

static void
handles_outlive_alter_context(void **state)
{
	struct wire *w = *state;

	bind_toy(w, 0, 7);
	open_as(w, 1, "spooler", 0);
	bind_toy(w, 0, 0);		/* as alter_context: the ids say nothing there */
	assert_means(w, &w->f, 1, "spooler");
	bind_toy(w, 0, 9);
	assert_means(w, &w->f, 1, "spooler");
}

static void
a_missed_bind_keeps_handles_too(void **state)
{
	struct wire *w = *state, second = { .conn = NULL };

	/* The bind was seen, its answer was not. */
	send_bind(w, false, toy.uuid, ndr20, 1);
	open_as(w, 1, "spooler", 0);
	assert_means(w, &w->f, 1, "spooler");
	/* Then an alter_context names the association. */
	bind_toy(w, 7, 7);
	assert_means(w, &w->f, 1, "spooler");
	connect_too(w, &second);
	bind_toy(&second, 7, 7);
	assert_means(&second, &w->f, 1, "spooler");
	hang_up(&second);
}

static void
handles_without_end_stay_within_the_limits(void **state)
{
	struct wire *w = *state;
	char name[2048];
	size_t used;

	bind_toy(w, 0, 7);
	for (unsigned int i = 1; i <= MAX_RPC_HANDLES + 2; i++)
		open_as(w, i, "x", 0);
	assert_null(meant_by(w, &w->f, 2));		/* the oldest went */
	assert_means(w, &w->f, 3, "x");
	assert_means(w, &w->f, MAX_RPC_HANDLES + 2, "x");
	assert_int_equal(w->f.stats.n[STAT_RPC_LIMIT], 2);
	facts_clear(&w->f);
	used = w->f.budget.used;
	memset(name, 'y', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	for (unsigned int i = 1; i <= 2 * MAX_RPC_HANDLES; i++) {
		open_as(w, i, name, 0);
		assert_true(w->f.budget.used < used + MAX_RPC_HANDLES_MEM);
	}
	assert_means(w, &w->f, 2 * MAX_RPC_HANDLES, name);
}

/* Where there is no memory for handles, calls are told all the same. */
static void
without_memory_nothing_is_kept(void **state)
{
	struct wire *w = *state;
	struct budget none;

	budget_init(&none, NULL, 0);
	bind_toy(w, 0, 7);
	hang_up(w);
	w->f.world.budget = &none;
	w->conn = dcerpc_proto.conn_new(&w->carrier);
	bind_toy(w, 0, 7);
	open_as(w, 1, "spooler", 0);
	assert_null(meant_by(w, &w->f, 1));
	hang_up(w);
	w->f.world.budget = &w->f.budget;
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(the_row_says_what_a_call_becomes),
		T(an_operation_sees_the_object),
		T(only_success_changes_what_is_known),
		T(a_handle_has_no_byte_order),
		T(who_binds_with_the_id_shares_the_handles),
		T(the_server_decides_on_the_association),
		T(an_id_is_of_one_client_and_one_endpoint),
		T(handles_outlive_alter_context),
		T(a_missed_bind_keeps_handles_too),
		T(handles_without_end_stay_within_the_limits),
		T(without_memory_nothing_is_kept),
	};

	return cmocka_run_group_tests_name("rpc-iface", tests, NULL, NULL);
}
