#include "wire/stub.h"


enum { REGISTER = 1, RUN = 12 };

/* [MS-TSCH] leaves these three syntaxes; every stub below is made in all. */
static const struct {
	bool	wide, big;
} syntaxes[] = { { false, false }, { true, false }, { false, true } };

/* What a definition cut short may say that the whole one does not. */
static const enum field cut_text[] = { F_XML, F_NAME };

#define FOR_EACH_SYNTAX(s) \
	for (size_t at_ = 0; at_ < nitems(syntaxes); at_++) \
		for (struct stub s = stub_new(syntaxes[at_].wide, syntaxes[at_].big), \
		    *once_ = &s; once_ != NULL; once_ = NULL)

static size_t
count(const struct fact *o, enum field f)
{
	size_t n = 0;

	for (const struct fact_item *i = NULL; (i = fact_each(o, i)) != NULL;)
		n += i->field == f;
	return n;
}

/* ---- Vectors ---- */

#define NDR20_HEAD "00000200 03000000 00000000 03000000 5c0074000000 0000 " \
	"05000000 00000000 05000000 3c0054002f003e000000 0000 06000000 00000000 "
#define NDR64_HEAD "0000020000000000 0300000000000000 0000000000000000 0300000000000000 " \
	"5c0074000000 0000 0500000000000000 0000000000000000 0500000000000000 " \
	"3c0054002f003e000000 0000 06000000 0000000000000000 "

static const struct vector {
	const char	*name, *hex;
	bool		 wide, big;
	const char	*logon_type;
	int		 has_password;
} registers[] = {
	{ "NDR20", NDR20_HEAD "03000000 00000000 00000000", false, false, "interactive_token", 0 },
	{ "NDR20 with credentials", NDR20_HEAD "01000000 01000000 04000200 01000000 08000200 0c000200 "
	    "01000000 02000000 00000000 02000000 75000000 03000000 00000000 03000000 700077000000",
	    false, false, "password", 1 },
	{ "NDR64", NDR64_HEAD "03000000 00000000 0000000000000000", true, false,
	    "interactive_token", 0 },
	{ "NDR64 with credentials", NDR64_HEAD "01000000 01000000 0400020000000000 0100000000000000 "
	    "0800020000000000 0c00020000000000 01000000 00000000 0200000000000000 0000000000000000 "
	    "0200000000000000 75000000 00000000 0300000000000000 0000000000000000 0300000000000000 "
	    "700077000000", true, false, "password", 1 },
	{ "NDR20, big-endian", "00020000 00000003 00000000 00000003 005c00740000 0000 00000005 00000000 "
	    "00000005 003c0054002f003e0000 0000 00000006 00000000 00000003 00000000 00000000",
	    false, true, "interactive_token", 0 },
};

static void
register_vectors_decode_to_their_end(void **state)
{
	(void)state;
	for (const struct vector *v = registers; v < registers + nitems(registers); v++) {
		struct stub s = stub_hex(v->hex, v->wide, v->big);
		struct facts f;
		struct fact *o;
		size_t left;

		facts_init(&f);
		o = new_obs(&f);
		assert_int_equal(stub_read(&s, s.n, &tsch_iface, REGISTER, C2S, &f, o, &left), FAULT_NONE);
		assert_int_equal(left, 0);
		assert_field(o, F_NAME, "\\t");
		assert_field(o, F_XML, "<T/>");
		assert_int_equal(field_int(o, F_XML_SIZE), 4);
		assert_field(o, F_ACTION, "create");
		assert_int_equal(count(o, F_FLAGS), 2);
		assert_field(o, F_SDDL, NULL);
		assert_field(o, F_LOGON_TYPE, v->logon_type);
		assert_int_equal(field_int(o, F_HAS_PASSWORD), v->has_password);
		assert_field(o, F_USER_ID, NULL);	/* flags say: the default account */
		fact_free(o);
		facts_free(&f);
		assert_cuts_are_honest(&s, &tsch_iface, REGISTER, C2S, cut_text, nitems(cut_text));
	}
}

static void
response_and_run_vectors_decode_to_their_end(void **state)
{
	static const struct {
		const char	*hex;
		bool		 wide;
		uint16_t	 opnum;
		enum dir	 dir;
	} rows[] = {
		{ "00000200 03000000 00000000 03000000 5c0074000000 0000 00000000 00000000",
		    false, REGISTER, S2C },
		{ "0000020000000000 0300000000000000 0000000000000000 0300000000000000 5c0074000000 0000 "
		    "0000000000000000 00000000", true, REGISTER, S2C },
		{ "03000000 00000000 03000000 5c0074000000 0000 01000000 00000200 01000000 04000200 "
		    "02000000 00000000 02000000 41000000 02000000 ffffffff 00000000", false, RUN, C2S },
		{ "0300000000000000 0000000000000000 0300000000000000 5c0074000000 0000 01000000 00000000 "
		    "0000020000000000 0100000000000000 0400020000000000 0200000000000000 0000000000000000 "
		    "0200000000000000 41000000 02000000 ffffffff 00000000 0000000000000000", true, RUN, C2S },
	};

	(void)state;
	for (size_t i = 0; i < nitems(rows); i++) {
		struct stub s = stub_hex(rows[i].hex, rows[i].wide, false);
		struct facts f;
		struct fact *o;
		size_t left;

		facts_init(&f);
		o = new_obs(&f);
		assert_int_equal(stub_read(&s, s.n, &tsch_iface, rows[i].opnum, rows[i].dir, &f, o, &left),
		    FAULT_NONE);
		assert_int_equal(left, 0);
		assert_field(o, F_NAME, "\\t");
		assert_field(o, F_OUTCOME, rows[i].dir == S2C ? "success" : NULL);
		fact_free(o);
		facts_free(&f);
		assert_cuts_are_honest(&s, &tsch_iface, rows[i].opnum, rows[i].dir, NULL, 0);
	}
}

/* ---- Register ---- */

static const char definition[] = "<Task version=\"1.2\" "
    "xmlns=\"http://schemas.microsoft.com/windows/2004/02/mit/task\">"
    "<RegistrationInfo><URI>\\FromXml</URI></RegistrationInfo>"
    "<Actions><Exec><Command>cmd.exe</Command><Arguments>/c calc</Arguments></Exec>"
    "<Exec><Command>b.exe</Command></Exec></Actions></Task>";

struct reg {
	const char	*path, *xml, *sddl, *user, *password;
	uint32_t	 flags, logon, cred_flags;
};

static void
put_register(struct stub *s, const struct reg *r)
{
	put_ustr(s, r->path);
	put_wstr(s, r->xml);
	put_u32(s, r->flags);
	put_ustr(s, r->sddl);
	put_u32(s, r->logon);
	put_u32(s, r->user != NULL || r->password != NULL);
	if (r->user == NULL && r->password == NULL) {
		put_size(s, 0);
		return;
	}
	put_size(s, 0x20000);
	put_size(s, 1);
	put_size(s, r->user != NULL ? 0x20000 : 0);
	put_size(s, r->password != NULL ? 0x20000 : 0);
	put_u32(s, r->cred_flags);
	put_pad(s, s->wide ? 8 : 4);
	if (r->user != NULL)
		put_wstr(s, r->user);
	if (r->password != NULL)
		put_wstr(s, r->password);
}

static struct fact *
read_register(struct facts *f, struct stub *s, const struct reg *r)
{
	struct fact *o = new_obs(f);

	put_register(s, r);
	assert_int_equal(stub_read(s, s->n, &tsch_iface, REGISTER, C2S, f, o, NULL), FAULT_NONE);
	return o;
}

static void
a_task_is_registered(void **state)
{
	(void)state;
	FOR_EACH_SYNTAX(s) {
		struct facts f;
		struct fact *o;

		facts_init(&f);
		o = read_register(&f, &s, &(struct reg){ .path = "\\Dir\\Evil", .xml = definition,
		    .sddl = "D:P(A;;FA;;;SY)", .flags = 0x2a, .logon = 1, .user = "CORP\\svc",
		    .password = "secret" });
		assert_field(o, F_NAME, "\\Dir\\Evil");
		assert_field(o, F_URI, "\\FromXml");
		assert_field(o, F_XML, definition);
		assert_int_equal(field_int(o, F_XML_SIZE), sizeof(definition) - 1);
		assert_field(o, F_ACT_COMMAND_LINE, "b.exe");
		assert_field(o, F_SDDL, "D:P(A;;FA;;;SY)");
		assert_int_equal(count(o, F_FLAGS), 3);
		assert_field(o, F_LOGON_TYPE, "password");
		assert_field(o, F_USER_ID, "CORP\\svc");
		assert_int_equal(field_int(o, F_HAS_PASSWORD), true);
		for (const struct fact_item *i = NULL; (i = fact_each(o, i)) != NULL;)
			assert_true(i->str == NULL || strstr(i->str, "secret") == NULL);
		fact_free(o);
		facts_free(&f);
		assert_cuts_are_honest(&s, &tsch_iface, REGISTER, C2S, cut_text, nitems(cut_text));
	}
}

static void
flags_decide_the_action(void **state)
{
	static const struct {
		uint32_t	 flags;
		const char	*action;
	} rows[] = {
		{ 0, "create" }, { 2, "create" }, { 4, "update" }, { 6, "create" }, { 1, "validate" },
		{ 7, "validate" }, { 5, "validate" }, { 0x80000000, "create" },
	};

	(void)state;
	for (size_t i = 0; i < nitems(rows); i++) {
		struct stub s = stub_new(false, false);
		struct facts f;
		struct fact *o;

		facts_init(&f);
		o = read_register(&f, &s, &(struct reg){ .path = "\\A", .xml = definition,
		    .flags = rows[i].flags, .logon = 99 });
		assert_field(o, F_ACTION, rows[i].action);
		assert_field(o, F_LOGON_TYPE, NULL);
		fact_free(o);
		facts_free(&f);
	}
}

static void
a_name_comes_from_the_answer_the_path_or_the_definition(void **state)
{
	struct stub s = stub_new(true, false), none = s, bare = s, answer = s;
	struct facts f;
	struct fact *o;

	(void)state;
	facts_init(&f);
	o = read_register(&f, &s, &(struct reg){ .xml = definition, .flags = 2 });
	assert_field(o, F_NAME, "\\FromXml");
	put_ustr(&answer, "\\Given");
	put_size(&answer, 0);
	put_u32(&answer, 0);
	assert_int_equal(stub_read(&answer, answer.n, &tsch_iface, REGISTER, S2C, &f, o, NULL),
	    FAULT_NONE);
	assert_field(o, F_NAME, "\\Given");
	assert_field(o, F_OUTCOME, "success");
	fact_free(o);
	o = read_register(&f, &none, &(struct reg){ .xml = "<Task/>", .flags = 2 });
	assert_field(o, F_NAME, NULL);
	fact_free(o);
	o = read_register(&f, &bare, &(struct reg){ .path = "Bare", .xml = "<Task/>", .flags = 2 });
	assert_field(o, F_NAME, "\\Bare");
	fact_free(o);
	facts_free(&f);
}

static void
credentials_are_never_kept_and_rarely_name_the_account(void **state)
{
	static const char named[] = "<Task><Principals><Principal><UserId>S-1-5-18</UserId></Principal>"
	    "</Principals></Task>";
	static const struct {
		struct reg	 r;
		const char	*user;
		bool		 password;
	} rows[] = {
		{ { .xml = "<Task/>", .user = "u" }, "u", false },
		{ { .xml = "<Task/>", .user = "u", .password = "" }, "u", false },
		{ { .xml = "<Task/>", .password = "pw" }, NULL, true },
		{ { .xml = "<Task/>", .user = "u", .password = "pw", .cred_flags = 1 }, NULL, true },
		{ { .xml = named, .user = "u", .password = "pw" }, "S-1-5-18", true },
		{ { .xml = "<Task/>" }, NULL, false },
	};

	(void)state;
	for (size_t i = 0; i < nitems(rows); i++)
		FOR_EACH_SYNTAX(s) {
			struct facts f;
			struct fact *o;

			facts_init(&f);
			o = read_register(&f, &s, &rows[i].r);
			assert_field(o, F_USER_ID, rows[i].user);
			assert_int_equal(field_int(o, F_HAS_PASSWORD), rows[i].password);
			fact_free(o);
			facts_free(&f);
		}
}

static void
of_a_torn_definition_there_is_what_there_is(void **state)
{
	struct stub s = stub_new(false, false);
	struct facts f;
	struct fact *o;
	size_t len;

	(void)state;
	facts_init(&f);
	put_register(&s, &(struct reg){ .path = "\\A", .xml = definition, .flags = 2 });
	len = s.n - 2 * strlen("</Exec></Actions></Task>") - 32;
	o = new_obs(&f);
	assert_int_equal(stub_read(&s, len, &tsch_iface, REGISTER, C2S, &f, o, NULL), FAULT_SHORT);
	assert_non_null(strstr(fact_get(o, F_XML), "/c calc"));
	assert_field(o, F_XML_SHA256, NULL);
	assert_false(fact_get_int(o, F_XML_SIZE, &(int64_t){ 0 }));
	assert_false(fact_get_int(o, F_HAS_PASSWORD, &(int64_t){ 0 }));
	assert_int_equal(count(o, F_ACT_COMMAND_LINE), 1);
	assert_field(o, F_ACTION, NULL);
	fact_free(o);
	facts_free(&f);
}

static void
trailing_bytes_hide_no_status(void **state)
{
	struct stub s = stub_new(false, false);
	struct facts f;
	struct fact *o;
	size_t left;

	(void)state;
	facts_init(&f);
	put_ustr(&s, "\\A");
	put_size(&s, 0x20000);		/* TASK_XML_ERROR_INFO */
	put_u32(&s, 3);
	put_u32(&s, 7);
	put_size(&s, 0x20000);
	put_size(&s, 0x20000);
	put_wstr(&s, "Command");
	put_wstr(&s, "");
	put_u32(&s, 0x80041318);
	put(&s, 0, 8);
	o = new_obs(&f);
	assert_int_equal(stub_read(&s, s.n, &tsch_iface, REGISTER, S2C, &f, o, &left), FAULT_NONE);
	assert_int_equal(left, 8);
	assert_field(o, F_STATUS, "0x80041318");
	assert_field(o, F_STATUS_NAME, "SCHED_E_INVALIDVALUE");
	assert_field(o, F_OUTCOME, "failure");
	fact_free(o);
	facts_free(&f);
}

/* ---- All other procedures ---- */

static void
path_only(struct stub *s)
{
	put_wstr(s, "\\A");
}

static void
path_flags(struct stub *s)
{
	put_wstr(s, "\\A");
	put_u32(s, 0);
}

static void
upath_flags(struct stub *s)
{
	put_ustr(s, "\\A");
	put_u32(s, 0);
}

static void
retrieve(struct stub *s)
{
	put_wstr(s, "\\A");
	put_wstr(s, "en-US");
	put_u32(s, 1);
}

static void
path_sddl(struct stub *s)
{
	put_wstr(s, "\\A");
	put_ustr(s, "D:");
	put_u32(s, 0);
}

static void
set_security(struct stub *s)
{
	put_wstr(s, "\\A");
	put_wstr(s, "D:");
	put_u32(s, 0);
}

static void
enumerate(struct stub *s)
{
	put_wstr(s, "\\A");
	put_u32(s, 1);
	put_u32(s, 0);
	put_u32(s, 100);
}

static void
guid(struct stub *s)
{
	put_pad(s, 4);
	put(s, 0x1122334455667788, 8);
	put(s, 0x1122334455667788, 8);
}

static void
guid_flags(struct stub *s)
{
	guid(s);
	put_u32(s, 0);
}

static void
run(struct stub *s)
{
	put_wstr(s, "\\A");
	put_u32(s, 2);
	put_size(s, 0x20000);
	put_size(s, 2);
	put_size(s, 0x20000);
	put_size(s, 0);
	put_wstr(s, "one");
	put_u32(s, 0);
	put_u32(s, 0);
	put_ustr(s, "S-1-5-18");
}

static void
rename_task(struct stub *s)
{
	put_wstr(s, "\\A");
	put_wstr(s, "\\B");
	put_u32(s, 0);
}

static void
systemtime(struct stub *s)
{
	put_pad(s, 2);
	for (int i = 0; i < 8; i++)
		put(s, 2026, 2);
}

static void
runtimes(struct stub *s)
{
	put_wstr(s, "\\A");
	put_size(s, 0x20000);
	systemtime(s);
	put_size(s, 0);
	put_u32(s, 0);
	put_u32(s, 10);
}

static void
enable(struct stub *s)
{
	put_wstr(s, "\\A");
	put_u32(s, 1);
}

static void
disable(struct stub *s)
{
	put_wstr(s, "\\A");
	put_u32(s, 0);
}

static void
nothing(struct stub *s)
{
	(void)s;
}

static void
one_u32(struct stub *s)
{
	put_u32(s, 0x00010004);
}

static void
two_u32(struct stub *s)
{
	put_u32(s, 1);
	put_u32(s, 3);
}

static void
the_definition(struct stub *s)
{
	put_ustr(s, definition);
}

static void
sddl(struct stub *s)
{
	put_ustr(s, "D:");
}

static void
names(struct stub *s)
{
	put_u32(s, 3);
	put_u32(s, 3);
	put_size(s, 0x20000);
	put_size(s, 3);
	for (int i = 0; i < 3; i++)
		put_size(s, i == 1 ? 0 : 0x20000);
	put_wstr(s, "One");
	put_wstr(s, "Three");
}

static void
guids(struct stub *s)
{
	put_u32(s, 2);
	put_size(s, 0x20000);
	put_size(s, 2);
	guid(s);
	guid(s);
}

static void
instance(struct stub *s)
{
	put_ustr(s, "\\A");
	put_u32(s, 4);
	put_ustr(s, "cmd.exe");
	put_ustr(s, NULL);
	put_u32(s, 1);
	put_size(s, 0x20000);
	put_size(s, 1);
	guid(s);
	put_u32(s, 4711);
}

static void
times(struct stub *s)
{
	put_u32(s, 2);
	put_size(s, 0x20000);
	put_size(s, 2);
	systemtime(s);
	systemtime(s);
}

static void
last_run(struct stub *s)
{
	systemtime(s);
	put_u32(s, 0x41301);
}

static const struct procedure {
	uint16_t	 opnum;
	void		(*request)(struct stub *), (*response)(struct stub *);
	const char	*action;
	bool		 nameless;	/* the request names no task */
} procedures[] = {
	{ 0, nothing, one_u32, NULL, true },
	{ 2, retrieve, the_definition, NULL, false },
	{ 3, path_sddl, nothing, NULL, false },
	{ 4, set_security, nothing, NULL, false },
	{ 5, path_flags, sddl, NULL, false },
	{ 6, enumerate, names, NULL, false },
	{ 7, enumerate, names, NULL, false },
	{ 8, upath_flags, guids, NULL, false },
	{ 9, guid, instance, NULL, true },
	{ 10, guid_flags, nothing, NULL, true },
	{ 11, upath_flags, nothing, NULL, false },
	{ 12, run, guid, NULL, false },
	{ 13, path_flags, nothing, NULL, false },
	{ 14, rename_task, nothing, NULL, false },
	{ 15, runtimes, times, NULL, false },
	{ 16, path_only, last_run, NULL, false },
	{ 17, path_flags, two_u32, NULL, false },
	{ 18, path_only, one_u32, NULL, false },
	{ 19, enable, nothing, "enable", false },
	{ 19, disable, nothing, "disable", false },
};

static void
every_procedure_reads_to_its_end(void **state)
{
	(void)state;
	for (const struct procedure *p = procedures; p < procedures + nitems(procedures); p++)
		FOR_EACH_SYNTAX(s) {
			struct stub answer = s;
			struct facts f;
			struct fact *o;
			size_t left;

			p->request(&s);
			p->response(&answer);
			put_u32(&answer, 0x80070005);
			facts_init(&f);
			o = new_obs(&f);
			assert_int_equal(stub_read(&s, s.n, &tsch_iface, p->opnum, C2S, &f, o, &left),
			    FAULT_NONE);
			assert_int_equal(left, 0);
			assert_field(o, F_NAME, p->nameless ? NULL : "\\A");
			assert_field(o, F_ACTION, p->action);
			assert_int_equal(stub_read(&answer, answer.n, &tsch_iface, p->opnum, S2C, &f, o, &left),
			    FAULT_NONE);
			assert_int_equal(left, 0);
			assert_field(o, F_STATUS, "0x80070005");
			assert_field(o, F_STATUS_NAME, "E_ACCESSDENIED");
			assert_field(o, F_OUTCOME, "failure");
			assert_field(o, F_ACT_COMMAND, p->opnum == 2 ? "b.exe" : NULL);
			fact_free(o);
			facts_free(&f);
			if (s.n > 0)
				assert_cuts_are_honest(&s, &tsch_iface, p->opnum, C2S, NULL, 0);
			assert_cuts_are_honest(&answer, &tsch_iface, p->opnum, S2C, cut_text, 1);
		}
}

static void
an_instance_has_the_name_that_the_answer_gives(void **state)
{
	struct stub s = stub_new(true, false);
	struct facts f;
	struct fact *o;

	(void)state;
	facts_init(&f);
	instance(&s);
	put_u32(&s, 0);
	o = new_obs(&f);
	assert_int_equal(stub_read(&s, s.n, &tsch_iface, 9, S2C, &f, o, NULL), FAULT_NONE);
	assert_field(o, F_NAME, "\\A");
	fact_free(o);
	facts_free(&f);
}

static void
the_table_has_every_opnum_once(void **state)
{
	(void)state;
	assert_int_equal(tsch_iface.nops, 20);
	for (uint16_t i = 0; i < 20; i++) {
		assert_int_equal(tsch_iface.ops[i].opnum, i);
		assert_int_equal(tsch_iface.ops[i].proves != NULL, i == REGISTER);
		assert_non_null(tsch_iface.ops[i].action);
	}
	assert_null(rpc_op_find(&tsch_iface, 20));
}

static void
decoders_do_without_a_fact(void **state)
{
	struct stub s = stub_new(false, false);
	struct facts f;

	(void)state;
	facts_init(&f);
	put_register(&s, &(struct reg){ .xml = definition, .user = "u", .password = "p" });
	assert_int_equal(stub_read(&s, s.n, &tsch_iface, REGISTER, C2S, &f, NULL, NULL), FAULT_NONE);
	facts_free(&f);
}

static void
counts_that_lie_are_refused(void **state)
{
	struct stub s = stub_new(false, false), answer = s;
	struct facts f;
	struct fact *o;

	(void)state;
	facts_init(&f);
	put_wstr(&s, "\\A");
	put_u32(&s, 0xffffffff);
	put_size(&s, 0x20000);
	put_size(&s, 0xffffffff);
	put_size(&s, 0);
	o = new_obs(&f);
	assert_int_equal(stub_read(&s, s.n, &tsch_iface, RUN, C2S, &f, o, NULL), FAULT_SHORT);
	put_u32(&answer, 0xffffffff);
	put_size(&answer, 0x20000);
	put_size(&answer, 0x0fffffff);
	put_u32(&answer, 0);
	assert_int_equal(stub_read(&answer, answer.n, &tsch_iface, 8, S2C, &f, o, NULL), FAULT_SHORT);
	assert_field(o, F_OUTCOME, NULL);
	fact_free(o);
	facts_free(&f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(register_vectors_decode_to_their_end),
		cmocka_unit_test(response_and_run_vectors_decode_to_their_end),
		cmocka_unit_test(a_task_is_registered),
		cmocka_unit_test(flags_decide_the_action),
		cmocka_unit_test(a_name_comes_from_the_answer_the_path_or_the_definition),
		cmocka_unit_test(credentials_are_never_kept_and_rarely_name_the_account),
		cmocka_unit_test(of_a_torn_definition_there_is_what_there_is),
		cmocka_unit_test(trailing_bytes_hide_no_status),
		cmocka_unit_test(every_procedure_reads_to_its_end),
		cmocka_unit_test(an_instance_has_the_name_that_the_answer_gives),
		cmocka_unit_test(the_table_has_every_opnum_once),
		cmocka_unit_test(decoders_do_without_a_fact),
		cmocka_unit_test(counts_that_lie_are_refused),
	};

	return cmocka_run_group_tests_name("tsch", tests, NULL, NULL);
}
