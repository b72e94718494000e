/* Services over PDUs, in NDR of both byte orders and in NDR64, by the calls with
 * wide and those with 8-bit characters. */
#include "wire/rpc.h"
#include "wire/stub.h"

enum { CLOSE = 0, CREATE = 12, OPEN_MANAGER = 15, OPEN_SERVICE = 16, START = 19, AS_8_BIT = 12 };

static const uint8_t svcctl_uuid[16] = {
	0x81, 0xbb, 0x7a, 0x36, 0x44, 0x98, 0xf1, 0x35, 0xad, 0x32, 0x98, 0xf0, 0x38, 0x00, 0x10, 0x03 };

/* A syntax to speak in, and the calls made so far. */
struct talk {
	struct wire	*w;
	bool		 wide, big;	/* NDR64; big-endian */
	uint16_t	 form;		/* AS_8_BIT for 8-bit characters, else 0 */
	uint32_t	 call_id;
};

static struct talk
talk_new(struct wire *w, int way)
{
	struct talk t = { w, way % 3 == 2, way % 3 == 1, way < 3 ? 0 : AS_8_BIT, 1 };
	const uint8_t *syntax = t.wide ? ndr64 : ndr20;

	reopen(w, false);
	send_bind(w, t.big, svcctl_uuid, syntax, 1);
	send_ack(w, 0, syntax, 1);
	return t;
}

#define FOR_EACH_WAY(t, w) \
	for (int way_ = 0; way_ < 6; way_++) \
		for (struct talk t = talk_new(w, way_), *once_ = &t; once_ != NULL; once_ = NULL)

static void
send_one(struct talk *t, unsigned int ptype, unsigned int opnum, const struct stub *s,
    unsigned int level)
{
	struct out o = { .big = t->big && ptype == REQUEST };

	wbytes(&o, s->p, s->n);
	send_stub(t->w, ptype, WHOLE, t->call_id, 0, opnum, &o, 0, o.n, level);
}

static void
do_call(struct talk *t, unsigned int opnum, const struct stub *req, const struct stub *res)
{
	t->call_id++;
	send_one(t, REQUEST, opnum, req, 0);
	send_one(t, RESPONSE, opnum, res, 0);
}

static struct stub
stub_of(const struct talk *t)
{
	return stub_new(t->wide, t->big);
}

/* The server answers in its own byte order. */
static struct stub
answer_of(const struct talk *t)
{
	return stub_new(t->wide, false);
}

static void
put_text(const struct talk *t, struct stub *s, const char *text)
{
	size_t n = strlen(text) + 1;

	if (t->form == 0) {
		put_wstr(s, text);
		return;
	}
	put_size(s, n);
	put_size(s, 0);
	put_size(s, n);
	for (size_t i = 0; i < n; i++)
		put(s, (uint8_t)text[i], 1);
}

static void
put_unique(const struct talk *t, struct stub *s, const char *text)
{
	put_size(s, text != NULL ? 0x20000 : 0);
	if (text != NULL)
		put_text(t, s, text);
}

/* number 0: the NULL handle. */
static void
put_handle(struct stub *s, unsigned int number)
{
	put_u32(s, 0);
	put(s, number != 0 ? 0xd014db0c : 0, 4);
	put(s, number != 0 ? 0xc9dd : 0, 2);
	put(s, number != 0 ? 0x7845 : 0, 2);
	put(s, 0, 4);
	for (int shift = 24; shift >= 0; shift -= 8)
		put(s, number >> shift & 0xff, 1);
}

static struct stub
create_stub(const struct talk *t, const char *name, const char *line, bool full)
{
	struct stub s = stub_of(t);

	put_handle(&s, 1);
	put_text(t, &s, name);
	put_unique(t, &s, full ? "Display" : NULL);
	put_u32(&s, 0xf01ff);
	put_u32(&s, 0x10);
	put_u32(&s, 3);
	put_u32(&s, 0);
	put_text(t, &s, line);
	put_unique(t, &s, full ? "group" : NULL);
	put_size(&s, full ? 1 : 0);
	if (full)
		put_u32(&s, 7);			/* the tag */
	for (int i = 0; i < 2; i++) {		/* dependencies, then the password */
		if (i == 1)
			put_unique(t, &s, full ? "CORP\\svc" : NULL);
		put_size(&s, full ? 1 : 0);
		if (full) {
			put_size(&s, 3);
			put(&s, 0x414243, 3);
		}
		put_u32(&s, full ? 3 : 0);
	}
	return s;
}

static void
create(struct talk *t, const char *name, const char *line, unsigned int handle, uint32_t status)
{
	struct stub req = create_stub(t, name, line, handle % 2 == 0), res = answer_of(t);

	put_size(&res, handle % 2 == 0);
	if (handle % 2 == 0)
		put_u32(&res, 7);
	put_handle(&res, handle);
	put_u32(&res, status);
	do_call(t, CREATE + t->form, &req, &res);
}

static void
answer_handle(struct talk *t, unsigned int opnum, const struct stub *req, unsigned int handle,
    uint32_t status)
{
	struct stub res = answer_of(t);

	put_handle(&res, handle);
	put_u32(&res, status);
	do_call(t, opnum, req, &res);
}

/* The smallest that the specification allows: no machine, no database. */
static void
open_manager(struct talk *t, unsigned int handle)
{
	struct stub req = stub_of(t);

	put_unique(t, &req, NULL);
	put_unique(t, &req, NULL);
	put_u32(&req, 0xf003f);
	answer_handle(t, OPEN_MANAGER + t->form, &req, handle, 0);
}

static void
open_service(struct talk *t, const char *name, unsigned int handle, uint32_t status)
{
	struct stub req = stub_of(t);

	put_handle(&req, 1);
	put_text(t, &req, name);
	put_u32(&req, 0xf01ff);
	answer_handle(t, OPEN_SERVICE + t->form, &req, handle, status);
}

static void
close_handle(struct talk *t, unsigned int handle, unsigned int left, uint32_t status)
{
	struct stub req = stub_of(t);

	put_handle(&req, handle);
	answer_handle(t, CLOSE, &req, left, status);
}

/* Returns the fact of a start that the server answers with that code. */
static const struct fact *
start(struct talk *t, unsigned int handle, uint32_t status)
{
	struct stub req = stub_of(t), res = answer_of(t);

	put_handle(&req, handle);
	put_u32(&req, 0);
	put_size(&req, 0);
	put_u32(&res, status);
	facts_clear(&t->w->f);
	do_call(t, START + t->form, &req, &res);
	assert_int_equal(t->w->f.n, 1);
	return t->w->f.o[0];
}

/* ---- Tests ---- */

static void
a_created_service_is_a_command(void **state)
{
	struct wire *w = *state;

	FOR_EACH_WAY(t, w)
		for (unsigned int i = 2; i < 4; i++) {	/* with all that is optional, and without */
			facts_clear(&w->f);
			create(&t, "TaskHelper", "cmd.exe /c calc", i, 0);
			assert_int_equal(w->f.n, 1);
			assert_int_equal(w->f.o[0]->kind, FACT_COMMAND);
			assert_field(w->f.o[0], F_ACTION, "create");
			assert_field(w->f.o[0], F_ROUTE, "service");
			assert_field(w->f.o[0], F_CMD_KIND, "service");
			assert_field(w->f.o[0], F_VISIBILITY, "clear");
			assert_field(w->f.o[0], F_CMD_SERVICE, "TaskHelper");
			assert_field(w->f.o[0], F_CMD_LINE, "cmd.exe /c calc");
			assert_field(w->f.o[0], F_OUTCOME, "success");
			assert_field(w->f.o[0], F_RPC_IFACE, "svcctl");
			assert_field(w->f.o[0], F_RPC_PROCEDURE,
			    t.form == 0 ? "RCreateServiceW" : "RCreateServiceA");
			assert_field(w->f.o[0], F_RPC_SYNTAX, t.wide ? "ndr64" : "ndr");
		}
}

static void
a_refused_service_says_so(void **state)
{
	struct wire *w = *state;

	FOR_EACH_WAY(t, w) {
		create(&t, "TaskHelper", "cmd.exe", 3, 1073);
		assert_int_equal(w->f.n, 1);
		assert_field(w->f.o[0], F_OUTCOME, "failure");
		assert_field(w->f.o[0], F_STATUS, "0x00000431");
		assert_field(w->f.o[0], F_STATUS_NAME, "ERROR_SERVICE_EXISTS");
		assert_field(start(&t, 3, 6), F_CMD_SERVICE, NULL);
	}
}

static void
a_start_names_the_service_of_its_handle(void **state)
{
	struct wire *w = *state;

	FOR_EACH_WAY(t, w) {
		open_manager(&t, 1);
		create(&t, "made", "cmd.exe", 2, 0);
		facts_clear(&w->f);
		open_service(&t, "o", 3, 0);
		open_service(&t, "denied", 4, 5);
		assert_int_equal(w->f.n, 0);
		assert_field(start(&t, 2, 0), F_CMD_SERVICE, "made");
		assert_field(w->f.o[0], F_ACTION, "run");
		assert_field(w->f.o[0], F_CMD_LINE, NULL);
		assert_field(w->f.o[0], F_OUTCOME, "success");
		assert_field(start(&t, 3, 0), F_CMD_SERVICE, "o");
		assert_field(start(&t, 4, 6), F_CMD_SERVICE, NULL);
		/* The manager is no service. */
		assert_field(start(&t, 1, 6), F_CMD_SERVICE, NULL);
		assert_field(w->f.o[0], F_OUTCOME, "failure");
	}
}

/* A command that is no service never speaks to the manager: it ran all the same. */
static void
a_start_that_timed_out_ran(void **state)
{
	struct wire *w = *state;

	FOR_EACH_WAY(t, w) {
		open_service(&t, "svc", 3, 0);
		assert_field(start(&t, 3, 1053), F_OUTCOME, "success");
		assert_field(w->f.o[0], F_STATUS_NAME, "ERROR_SERVICE_REQUEST_TIMEOUT");
		assert_field(start(&t, 3, 1056), F_OUTCOME, "failure");
	}
}

static void
a_closed_handle_means_nothing(void **state)
{
	struct wire *w = *state;

	FOR_EACH_WAY(t, w) {
		open_service(&t, "svc", 3, 0);
		close_handle(&t, 3, 3, 6);
		assert_field(start(&t, 3, 0), F_CMD_SERVICE, "svc");
		close_handle(&t, 3, 0, 0);
		assert_field(start(&t, 3, 6), F_CMD_SERVICE, NULL);
	}
}

static void
sealed_calls_are_told_by_their_number(void **state)
{
	struct wire *w = *state;
	struct talk t = talk_new(w, 0);
	struct stub req = create_stub(&t, "TaskHelper", "cmd.exe", false), res = answer_of(&t);

	put_handle(&res, 2);
	send_one(&t, REQUEST, CREATE, &req, 6);
	send_one(&t, RESPONSE, CREATE, &res, 6);
	assert_int_equal(w->f.n, 1);
	assert_int_equal(w->f.o[0]->kind, FACT_COMMAND);
	assert_field(w->f.o[0], F_VISIBILITY, "sealed");
	assert_field(w->f.o[0], F_CMD_KIND, "service");
	assert_field(w->f.o[0], F_ACTION, "create");
	assert_field(w->f.o[0], F_CMD_LINE, NULL);
	assert_field(w->f.o[0], F_OUTCOME, "unknown");
}

/* As impacket's services.py sent it, with junk for pads. */
static const char real_create[] =
    "00000000ded33ea2de41b543bfb24df1c392a7430b000000000000000b0000005400610073006b00"
    "480065006c007000650072000000aaaa664400000c000000000000000c0000005400610073006b00"
    "2000480065006c007000650072000000ff010f001000000002000000000000007b00000000000000"
    "7b00000043003a005c00570069006e0064006f00770073005c00530079007300740065006d003300"
    "32005c0063006d0064002e0065007800650020002f00630020007300630068007400610073006b00"
    "730020002f0063007200650061007400650020002f0074006e002000570069006e00550070006400"
    "20002f007400720020002200720075006e0064006c006c0033003200200043003a005c0050007200"
    "6f006700720061006d0044006100740061005c0077002e0064006c006c002c006100220020002f00"
    "7300630020006f006e007300740061007200740020002f0072007500200053005900530054004500"
    "4d0020002f0066000000bfbf00000000000000000000000000000000000000000000000000000000";

static void
a_real_stub_reads_to_its_end(void **state)
{
	struct stub s = stub_hex(real_create, false, false);
	struct facts f;
	struct fact *o;
	size_t left;

	(void)state;
	facts_init(&f);
	o = new_obs(&f);
	assert_int_equal(stub_read(&s, s.n, &svcctl_iface, CREATE, C2S, &f, o, &left), FAULT_NONE);
	assert_int_equal(left, 0);
	assert_field(o, F_CMD_SERVICE, "TaskHelper");
	assert_field(o, F_CMD_LINE, "C:\\Windows\\System32\\cmd.exe /c schtasks /create /tn WinUpd "
	    "/tr \"rundll32 C:\\ProgramData\\w.dll,a\" /sc onstart /ru SYSTEM /f");
	fact_free(o);
	facts_free(&f);
}

static void
every_stub_may_end_anywhere(void **state)
{
	struct wire *w = *state;
	struct stub s = stub_hex(real_create, false, false);

	assert_cuts_are_honest(&s, &svcctl_iface, CREATE, C2S, NULL, 0);
	FOR_EACH_WAY(t, w) {
		s = create_stub(&t, "svc", "cmd.exe", true);
		assert_cuts_are_honest(&s, &svcctl_iface, (uint16_t)(CREATE + t.form), C2S, NULL, 0);
		s = stub_of(&t);
		put_size(&s, 1);
		put_u32(&s, 7);
		put_handle(&s, 2);
		put_u32(&s, 0);
		assert_cuts_are_honest(&s, &svcctl_iface, (uint16_t)(CREATE + t.form), S2C, NULL, 0);
		s = stub_of(&t);
		put_unique(&t, &s, "\\\\host");
		put_unique(&t, &s, "ServicesActive");
		put_u32(&s, 0xf003f);
		assert_cuts_are_honest(&s, &svcctl_iface, (uint16_t)(OPEN_MANAGER + t.form), C2S, NULL, 0);
		s = stub_of(&t);
		put_handle(&s, 1);
		put_text(&t, &s, "svc");
		put_u32(&s, 0xf01ff);
		assert_cuts_are_honest(&s, &svcctl_iface, (uint16_t)(OPEN_SERVICE + t.form), C2S, NULL, 0);
		s = stub_of(&t);
		put_handle(&s, 2);
		put_u32(&s, 2);
		put_size(&s, 1);
		put_size(&s, 2);
		put_size(&s, 1);
		put_size(&s, 0);
		put_text(&t, &s, "argument");
		assert_cuts_are_honest(&s, &svcctl_iface, (uint16_t)(START + t.form), C2S, NULL, 0);
		s = stub_of(&t);
		put_handle(&s, 0);
		put_u32(&s, 0);
		assert_cuts_are_honest(&s, &svcctl_iface, CLOSE, S2C, NULL, 0);
		assert_cuts_are_honest(&s, &svcctl_iface, (uint16_t)(OPEN_SERVICE + t.form), S2C, NULL, 0);
	}
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(a_created_service_is_a_command),
		T(a_refused_service_says_so),
		T(a_start_names_the_service_of_its_handle),
		T(a_start_that_timed_out_ran),
		T(a_closed_handle_means_nothing),
		T(sealed_calls_are_told_by_their_number),
		cmocka_unit_test(a_real_stub_reads_to_its_end),
		T(every_stub_may_end_anywhere),
	};

	return cmocka_run_group_tests_name("svcctl", tests, NULL, NULL);
}
