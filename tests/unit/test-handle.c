#include "unit/facts.h"

#include <stdlib.h>

#include "smb/closed-files.h"
#include "smb/handle.h"
#include "smb/taskfile.h"
#include "smb/atexec-output.h"

#define NT_ACCESS_DENIED 0xc0000022u

static const char xml[] =
	"<?xml version=\"1.0\"?>\n"
	"<Task version=\"1.2\" xmlns=\"http://schemas.microsoft.com/windows/2004/02/mit/task\">"
	"<RegistrationInfo><URI>\\FromUri</URI></RegistrationInfo>"
	"<Actions><Exec><Command>calc.exe</Command></Exec></Actions></Task>";
static const char gpo[] =
	"<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"
	"<ScheduledTasks clsid=\"{CC63F200-7309-4ba0-B154-A71CD118DBCC}\">"
	"<ImmediateTaskV2 clsid=\"{9756B581-76EC-4169-9AFC-0CA8D43ADB5F}\" name=\"evil\">"
	"<Properties action=\"C\" name=\"evil\" runAs=\"S-1-5-18\"><Task version=\"1.2\">"
	"<Actions><Exec><Command>calc.exe</Command></Exec></Actions></Task></Properties>"
	"</ImmediateTaskV2></ScheduledTasks>";

struct rig {
	struct facts	 f;
	struct closed_files closed;
};

static int
setup(void **state)
{
	struct rig *r = calloc(1, sizeof(*r));

	facts_init(&r->f);
	closed_files_init(&r->closed, &r->f.budget);
	*state = r;
	return 0;
}

static int
teardown(void **state)
{
	struct rig *r = *state;

	closed_files_clear(&r->closed);
	facts_free(&r->f);
	free(r);
	return 0;
}

static struct handle *
file(struct rig *r, const char *share, const char *name)
{
	struct handle_opening at = { .world = &r->f.world, .budget = &r->f.budget,
	    .peers = &r->f.peers, .closed = &r->closed, .share = share, .name = name };
	struct handle *o = handle_new(&at);

	assert_non_null(o);
	return o;
}

/* As smb does: nothing is handed over that was not asked for. */
static void
put(struct handle *o, uint64_t off, const void *p, size_t n)
{
	struct view v = { p, n };
	size_t wants = handle_wants(o, C2S, off, view_upto(v, 0, 64), n);

	handle_data(o, C2S, off, view_upto(v, 0, wants), n);
}

static void
a_file_in_the_tasks_folder_is_named_by_its_place(void **state)
{
	struct rig *r = *state;
	struct handle *o = file(r, "\\\\FS01\\ADMIN$", "System32\\Tasks\\Sub\\Evil");

	put(o, 0, xml, 100);
	put(o, 100, xml + 100, sizeof(xml) - 101);
	handle_answer(o, 0);
	assert_int_equal(r->f.n, 0);
	handle_free(o);
	assert_int_equal(r->f.n, 1);
	assert_field(r->f.o[0], F_ACTION, "create");
	assert_field(r->f.o[0], F_ROUTE, "file");
	assert_field(r->f.o[0], F_NAME, "\\Sub\\Evil");
	assert_field(r->f.o[0], F_URI, "\\FromUri");
	assert_field(r->f.o[0], F_VISIBILITY, "clear");
	assert_field(r->f.o[0], F_OUTCOME, "success");
	assert_field(r->f.o[0], F_APP_PROTO, "smb");
	assert_field(r->f.o[0], F_SMB_FILENAME, "System32\\Tasks\\Sub\\Evil");
	assert_field(r->f.o[0], F_EXPECTED_PARENT, NULL);
	assert_int_equal(field_int(r->f.o[0], F_XML_SIZE), sizeof(xml) - 1);
	assert_int_equal(r->f.stats.n[STAT_FILES_CUT], 0);
}

static void
elsewhere_the_uri_names_it_and_an_unseen_path_does_not(void **state)
{
	struct rig *r = *state;
	struct handle *o = file(r, "\\\\FS01\\C$", "Users\\Public\\t.xml");

	put(o, 0, xml, sizeof(xml) - 1);
	handle_free(o);
	o = file(r, NULL, NULL);
	put(o, 0, xml, sizeof(xml) - 1);
	handle_free(o);
	assert_int_equal(r->f.n, 2);
	assert_field(r->f.o[0], F_NAME, "\\FromUri");
	assert_field(r->f.o[0], F_OUTCOME, "unknown");
	assert_field(r->f.o[1], F_NAME, NULL);
	assert_field(r->f.o[1], F_URI, "\\FromUri");
}

static void
gpo_elements_are_told_as_such(void **state)
{
	struct rig *r = *state;
	struct handle *o = file(r, "\\\\DC\\SYSVOL",
	    "corp\\Policies\\{X}\\Machine\\Preferences\\ScheduledTasks\\ScheduledTasks.xml");

	put(o, 0, gpo, sizeof(gpo) - 1);
	handle_answer(o, 0);
	handle_close(o);
	assert_int_equal(r->f.n, 1);
	assert_field(r->f.o[0], F_ROUTE, "gpo");
	assert_field(r->f.o[0], F_ACTION, "create");
	handle_free(o);
	assert_int_equal(r->f.n, 1);
}

static void
any_order_and_overlap_the_last_write_wins(void **state)
{
	struct rig *r = *state;
	struct handle *o = file(r, "\\\\FS01\\C$", "Windows\\System32\\Tasks\\X");
	size_t n = sizeof(xml) - 1;

	put(o, n - 10, xml + n - 10, 10);
	put(o, 60, "garbagegarbage", 14);
	put(o, 40, xml + 40, n - 50);
	put(o, 0, xml, 45);
	handle_free(o);
	assert_int_equal(r->f.n, 1);
	assert_field(r->f.o[0], F_NAME, "\\X");
	assert_field(r->f.o[0], F_XML, xml);
	assert_int_equal(r->f.stats.n[STAT_FILES_CUT], 0);
}

static void
a_hole_ends_the_file_and_is_counted(void **state)
{
	struct rig *r = *state;
	struct handle *o = file(r, "\\\\FS01\\C$", "Windows\\System32\\Tasks\\X");
	size_t n = sizeof(xml) - 1;

	put(o, 0, xml, n - 30);
	put(o, n - 10, xml + n - 10, 10);
	handle_free(o);
	assert_int_equal(r->f.n, 1);
	assert_int_equal(field_int(r->f.o[0], F_XML_SIZE), (int64_t)n - 30);
	assert_int_equal(r->f.stats.n[STAT_FILES_CUT], 1);
}

/* A write that was not captured whole leaves no stale bytes behind it. */
static void
a_torn_write_is_a_hole(void **state)
{
	struct rig *r = *state;
	struct handle *o = file(r, "\\\\FS01\\C$", "Windows\\System32\\Tasks\\X");
	size_t n = sizeof(xml) - 1;

	put(o, 0, xml, n);
	handle_data(o, C2S, 100, (struct view){ (const uint8_t *)xml + 100, 20 }, n - 100);
	handle_free(o);
	assert_int_equal(r->f.n, 1);
	assert_int_equal(field_int(r->f.o[0], F_XML_SIZE), 120);
	assert_int_equal(r->f.stats.n[STAT_FILES_CUT], 1);
}

static void
truncation_is_followed(void **state)
{
	struct rig *r = *state;
	struct handle *o = file(r, "\\\\FS01\\C$", "Windows\\System32\\Tasks\\X");
	size_t n = sizeof(xml) - 1;

	put(o, 0, xml, n);
	put(o, n, "tail of the file before", 23);
	handle_truncate(o, n);
	handle_free(o);
	assert_int_equal(r->f.n, 1);
	assert_field(r->f.o[0], F_XML, xml);
}

static void
other_files_are_not_wanted(void **state)
{
	static const uint8_t mz[64] = "MZ\x90";
	struct rig *r = *state;
	struct handle *o = file(r, "\\\\FS01\\C$", "Windows\\System32\\Tasks\\X");
	struct view v = { mz, sizeof(mz) };

	assert_int_equal(handle_wants(o, C2S, 0, v, 1u << 20), 0);
	assert_int_equal(handle_wants(o, S2C, 0, v, 64), 0);
	handle_free(o);
	o = file(r, "\\\\FS01\\C$", "Users\\x.iso");
	assert_int_equal(handle_wants(o, C2S, 1u << 16, v, 1u << 16), 0);
	assert_int_equal(handle_wants(o, C2S, UINT64_MAX, v, 64), 0);
	/* A pipe is wanted whole, a PDU on a disk share is only a file's bytes. */
	assert_int_equal(handle_wants(o, C2S, 0,
	    (struct view){ (const uint8_t *)"\5\0\0\3\x10\0\0\0\x18\0\0\0\1\0\0\0", 16 }, 24), 0);
	handle_free(o);
	assert_int_equal(r->f.n, 0);
	assert_int_equal(r->f.stats.n[STAT_FILES_WATCHED], 0);
}

static void
refused_writes_fail(void **state)
{
	struct rig *r = *state;
	struct handle *o = file(r, "\\\\FS01\\C$", "Windows\\System32\\Tasks\\X");

	put(o, 0, xml, sizeof(xml) - 1);
	handle_answer(o, NT_ACCESS_DENIED);
	handle_answer(o, 0);		/* of the close */
	handle_free(o);
	assert_int_equal(r->f.n, 1);
	assert_field(r->f.o[0], F_OUTCOME, "failure");
}

static void
a_close_without_answer_is_told_in_time(void **state)
{
	struct rig *r = *state;
	struct handle *o = file(r, "\\\\FS01\\C$", "Windows\\System32\\Tasks\\X");

	put(o, 0, xml, sizeof(xml) - 1);
	handle_closing(o);
	r->f.world.now.us += ANSWER_WAIT - 1;
	world_tick(&r->f.world);
	assert_int_equal(r->f.n, 0);
	r->f.world.now.us += 1;
	r->f.world.now.pkt = 9;
	world_tick(&r->f.world);
	assert_int_equal(r->f.n, 1);
	assert_int_equal(r->f.o[0]->at.pkt, 1);		/* of the request */
	handle_free(o);
	assert_int_equal(r->f.n, 1);
}

static void
a_rename_names_the_task(void **state)
{
	struct rig *r = *state;
	struct handle *o = file(r, "\\\\FS01\\C$", "Windows\\Temp\\x");

	put(o, 0, xml, sizeof(xml) - 1);
	handle_rename(o, "Windows\\System32\\Tasks\\Moved");
	handle_free(o);
	assert_int_equal(r->f.n, 1);
	assert_field(r->f.o[0], F_NAME, "\\Moved");
	assert_field(r->f.o[0], F_SMB_FILENAME, "Windows\\System32\\Tasks\\Moved");
}

static void
a_rename_after_the_close_is_told_too(void **state)
{
	struct rig *r = *state;
	struct handle *o = file(r, "\\\\FS01\\C$", "Windows\\Temp\\x");

	put(o, 0, xml, sizeof(xml) - 1);
	handle_free(o);
	assert_int_equal(r->f.n, 1);
	o = file(r, "\\\\FS01\\C$", "windows\\temp\\X");
	handle_rename(o, "Windows\\Temp\\y");
	assert_int_equal(r->f.n, 1);
	handle_free(o);
	o = file(r, "\\\\FS01\\C$", "Windows\\Temp\\y");
	handle_rename(o, "Windows\\System32\\Tasks\\Moved");
	handle_free(o);
	assert_int_equal(r->f.n, 2);
	assert_field(r->f.o[1], F_NAME, "\\Moved");
	assert_field(r->f.o[1], F_OUTCOME, "success");
	/* What was never seen is not made up. */
	o = file(r, "\\\\FS01\\C$", "Windows\\Temp\\never");
	handle_rename(o, "Windows\\System32\\Tasks\\No");
	handle_free(o);
	assert_int_equal(r->f.n, 2);
}

static void
few_closed_files_are_remembered(void **state)
{
	struct rig *r = *state;
	char name[] = "Windows\\Temp\\a";

	for (int i = 0; i < 20; i++) {
		struct handle *o;

		name[sizeof(name) - 2] = (char)('a' + i);
		o = file(r, "\\\\FS01\\C$", name);
		put(o, 0, xml, sizeof(xml) - 1);
		handle_free(o);
	}
	assert_int_equal(r->closed.n, MAX_CLOSED_FILES);
	assert_int_equal(r->closed.bytes, MAX_CLOSED_FILES * (sizeof(xml) - 1));
}

static void
what_goes_beyond_the_limit_is_cut(void **state)
{
	struct rig *r = *state;
	struct handle *o = file(r, "\\\\FS01\\C$", "Windows\\System32\\Tasks\\X");

	put(o, 0, xml, sizeof(xml) - 1);
	put(o, MAX_FILE, "x", 1);
	put(o, UINT64_MAX, "x", 1);
	handle_data(o, C2S, MAX_FILE - 1, (struct view){ (const uint8_t *)"xy", 2 }, 2);
	for (uint64_t i = 0; i < 2 * MAX_FILE_RANGES; i++)
		put(o, 4096 + 2 * i, "x", 1);
	handle_free(o);
	assert_int_equal(r->f.n, 1);
	assert_int_equal(r->f.stats.n[STAT_FILES_CUT], 1);
	assert_field(r->f.o[0], F_XML, xml);
}

static void
output_paths(void **state)
{
	static const struct { const char *share, *path, *name; } t[] = {
		{ "\\\\s\\ADMIN$", "Temp\\abc.tmp", "abc" },
		{ "\\\\s\\admin$", "\\temp\\abc.TMP", "abc" },
		{ "\\\\s\\C$", "Windows\\Temp\\abc.tmp", "abc" },
		{ "\\\\s\\C$", "Temp\\abc.tmp", NULL },
		{ "\\\\s\\ADMIN$", "Windows\\Temp\\abc.tmp", NULL },
		{ "\\\\s\\data", "Temp\\abc.tmp", NULL },
		{ NULL, "Windows\\Temp\\abc.tmp", "abc" },
		{ NULL, "Temp\\abc.tmp", "abc" },
		{ NULL, "Temp\\d\\abc.tmp", NULL },
		{ NULL, "Temp\\abc.txt", NULL },
		{ NULL, "Temp\\.tmp", NULL },
		{ NULL, ".tmp", NULL },
		{ NULL, "", NULL },
		{ NULL, NULL, NULL },
	};

	(void)state;
	for (size_t i = 0; i < nitems(t); i++) {
		struct view v = taskfile_output(t[i].share, t[i].path);

		assert_int_equal(v.len, t[i].name != NULL ? strlen(t[i].name) : 0);
		if (v.len > 0)
			assert_memory_equal(v.p, t[i].name, v.len);
	}
}

static void
output_is_told_once_and_only_to_those_who_called(void **state)
{
	struct rig *r = *state;
	struct handle *o = file(r, "\\\\s\\ADMIN$", "Temp\\abc.tmp");

	handle_fetched(o, 0);
	assert_int_equal(r->f.n, 0);
	atexec_called(&r->f.world, &r->f.peers.client, &r->f.peers.server);
	atexec_called(&r->f.world, &r->f.peers.client, &r->f.peers.server);
	handle_fetched(o, 0);
	handle_fetched(o, 0);
	assert_int_equal(r->f.n, 1);
	assert_field(r->f.o[0], F_ACTION, "query");
	assert_field(r->f.o[0], F_ROUTE, "file");
	assert_field(r->f.o[0], F_NAME, "\\abc");
	assert_field(r->f.o[0], F_OUTCOME, "success");
	assert_field(r->f.o[0], F_STATUS, NULL);
	assert_field(r->f.o[0], F_SMB_FILENAME, "Temp\\abc.tmp");
	handle_free(o);
	o = file(r, "\\\\s\\ADMIN$", "Temp\\def.tmp");
	handle_fetched(o, 0xc0000043u);
	assert_int_equal(r->f.n, 2);
	assert_field(r->f.o[1], F_OUTCOME, "failure");
	r->f.peers.client.b[3] = 77;
	handle_free(o);
	o = file(r, "\\\\s\\ADMIN$", "Temp\\ghi.tmp");
	handle_fetched(o, 0);
	assert_int_equal(r->f.n, 2);
	handle_free(o);
}

static void
pairs_and_names_are_bounded(void **state)
{
	struct rig *r = *state;
	struct addr a = { .b = { 1 } };
	uint8_t name[3];
	size_t used;

	for (unsigned int i = 0; i < MAX_ATEXEC_PAIRS; i++) {
		a.b[1] = (uint8_t)i, a.b[2] = (uint8_t)(i >> 8);
		atexec_called(&r->f.world, &a, &r->f.peers.server);
	}
	used = r->f.budget.used;
	for (unsigned int i = 0; i < 100; i++) {
		a.b[3] = (uint8_t)(i + 1);
		atexec_called(&r->f.world, &a, &r->f.peers.server);
	}
	assert_int_equal(r->f.budget.used, used);
	for (unsigned int i = 0; i < 500; i++) {
		for (unsigned int j = 0, n = i; j < 3; j++, n /= 10)
			name[j] = (uint8_t)('0' + n % 10);
		assert_true(atexec_first_read(&r->f.world, &a, &r->f.peers.server,
		    (struct view){ name, 3 }));
	}
	assert_false(atexec_first_read(&r->f.world, &a, &r->f.peers.server,
	    (struct view){ name, 3 }));
}

/* A refusal at any allocation loses the fact and nothing else. */
static void
a_spent_budget_is_ordinary(void **state)
{
	struct rig *r = *state;

	for (size_t limit = 0; limit < 8192; limit += 16) {
		struct budget b;
		struct closed_files closed;
		struct handle_opening at = { .world = &r->f.world, .budget = &b,
		    .peers = &r->f.peers, .closed = &closed, .share = "\\\\s\\C$",
		    .name = "Windows\\System32\\Tasks\\X" };
		struct handle *o;

		budget_init(&b, &r->f.budget, limit);
		closed_files_init(&closed, &b);
		if ((o = handle_new(&at)) != NULL) {
			put(o, 0, xml, sizeof(xml) - 1);
			handle_rename(o, "Windows\\Tasks\\X");
			handle_free(o);
		}
		closed_files_clear(&closed);
		facts_clear(&r->f);
		assert_int_equal(b.used, 0);
	}
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(a_file_in_the_tasks_folder_is_named_by_its_place),
		T(elsewhere_the_uri_names_it_and_an_unseen_path_does_not),
		T(gpo_elements_are_told_as_such),
		T(any_order_and_overlap_the_last_write_wins),
		T(a_hole_ends_the_file_and_is_counted),
		T(a_torn_write_is_a_hole),
		T(truncation_is_followed),
		T(other_files_are_not_wanted),
		T(refused_writes_fail),
		T(a_close_without_answer_is_told_in_time),
		T(a_rename_names_the_task),
		T(a_rename_after_the_close_is_told_too),
		T(few_closed_files_are_remembered),
		T(what_goes_beyond_the_limit_is_cut),
		T(output_paths),
		T(output_is_told_once_and_only_to_those_who_called),
		T(pairs_and_names_are_bounded),
		T(a_spent_budget_is_ordinary),
	};

	return cmocka_run_group_tests_name("handle", tests, NULL, NULL);
}
