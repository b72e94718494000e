#include "unit/hex.h"
#include "base/limits.h"
#include "wire/psrp.h"

/* A recorded exchange: pypsrp's PIPELINE_INPUT and what the server answered. */
static void
recorded_fragments_are_read(void **state)
{
	static const char input[] =
	    "0000000000000004 0000000000000000 03 00000030 02000000 02100400"
	    "c189b341bb5644cabb6905f0cac14125 69743726 6fb34e5aad9e0650b745173f 3c533e313c2f533e"
	    "0000000000000005 0000000000000000 03 00000034 02000000 02100400"
	    "c189b341bb5644cabb6905f0cac14125 69743726 6fb34e5aad9e0650b745173f"
	    "3c4933323e323c2f4933323e";
	static const char answer[] =
	    "000000000000000b 0000000000000000 03 00000067 01000000 06100400"
	    "c189b341bb5644cabb6905f0cac14125 69743726 6fb34e5aad9e0650b745173f efbbbf"
	    "3c4f626a2052656649643d2230223e3c4d533e3c493332204e3d22506970656c696e655374617465223e34"
	    "3c2f4933323e3c2f4d533e3c2f4f626a3e";
	struct told *t = told_new();
	uint8_t b[512];

	(void)state;
	give(t, C2S, 1, b, hex(input, b, sizeof(b)), false);
	give(t, S2C, 2, b, hex(answer, b, sizeof(b)), false);
	told_is(t, "input 69: 1\ninput 69: 2\nstate 69: 4\n");
}

/* A session as a client has it, given in pieces of n bytes. */
static void
session(struct told *t, size_t n)
{
	struct wire w = wire_new();
	struct { enum dir dir; enum psrp_stream stream; size_t to; } at[3] = {
		{ C2S, 0, 0 }, { C2S, 1, 0 }, { S2C, 2, 0 } };

	whole(&w, 1, 0x00010002, 0, "<Obj RefId=\"0\"/>");
	whole(&w, 2, 0x00010004, 0, "<Obj RefId=\"0\"/>");
	part(&w, 3, 0, 3, CREATE_PIPELINE, 7, SCRIPT("gps_x000A_schtasks /query"));
	at[0].to = w.n;
	part(&w, 3, 1, 3, CREATE_PIPELINE, 7, SCRIPT("gps_x000A_schtasks /query"));
	part(&w, 3, 2, 3, CREATE_PIPELINE, 7, SCRIPT("gps_x000A_schtasks /query"));
	whole(&w, 4, INPUT, 7, "<S>in</S>");
	whole(&w, 5, 0x00041003, 7, "");
	at[1].to = w.n;
	whole(&w, 1, OUTPUT, 7, "<S>some</S>");
	part(&w, 2, 0, 2, OUTPUT, 7, "<S>more</S>");
	part(&w, 2, 1, 2, OUTPUT, 7, "<S>more</S>");
	whole(&w, 3, PIPELINE_STATE, 7, STATE("4"));
	at[2].to = w.n;
	for (size_t i = 0, off = 0; i < nitems(at); i++)
		for (size_t m; off < at[i].to; off += m) {
			m = n < at[i].to - off ? n : at[i].to - off;
			give(t, at[i].dir, at[i].stream, w.p + off, m, false);
		}
	test_free(w.p);
}

static void
fragments_split_anywhere(void **state)
{
	(void)state;
	for (size_t n = 1; n < 200; n += n < 70 ? 1 : 13) {
		struct told *t = told_new();

		session(t, n);
		assert_int_equal(t->f.stats.n[STAT_PSRP_TORN], 0);
		told_is(t, "create 7: gps\nschtasks /query\ninput 7: in\nstate 7: 4\n");
	}
}

/* Each prefix tells what was complete in it, and nothing else. */
static void
every_truncation_is_safe(void **state)
{
	struct wire w = wire_new();
	size_t first;

	(void)state;
	whole(&w, 3, CREATE_PIPELINE, 7, SCRIPT("gps"));
	first = w.n;
	part(&w, 4, 0, 2, INPUT, 7, "<S>in</S>");
	part(&w, 4, 1, 2, INPUT, 7, "<S>in</S>");
	for (size_t n = 0; n <= w.n; n++) {
		struct told *t = told_new();

		give(t, C2S, 0, w.p, n, false);
		told_is(t, n < first ? "" : n < w.n ? "create 7: gps\n" : "create 7: gps\ninput 7: in\n");
	}
	test_free(w.p);
}

static void
objects_interleave(void **state)
{
	struct told *t = told_new();
	struct wire w = wire_new();

	(void)state;
	for (size_t i = 0; i < 4; i++)
		for (uint8_t o = 1; o <= 3; o++)
			part(&w, o, i, 4, CREATE_PIPELINE, o, SCRIPT("gps"));
	send(t, C2S, 1, &w);
	test_free(w.p);
	told_is(t, "create 1: gps\ncreate 2: gps\ncreate 3: gps\n");
}

/* A number is each direction's own. */
static void
directions_are_apart(void **state)
{
	struct told *t = told_new();
	struct wire w = wire_new();

	(void)state;
	part(&w, 1, 0, 2, CREATE_PIPELINE, 1, SCRIPT("gps"));
	send(t, C2S, 0, &w);
	whole(&w, 1, PIPELINE_STATE, 1, STATE("5"));
	/* Each end sends what is its own. */
	whole(&w, 2, CREATE_PIPELINE, 2, SCRIPT("never"));
	send(t, S2C, 2, &w);
	part(&w, 1, 1, 2, CREATE_PIPELINE, 1, SCRIPT("gps"));
	whole(&w, 2, PIPELINE_STATE, 2, STATE("4"));
	send(t, C2S, 1, &w);
	test_free(w.p);
	told_is(t, "state 1: 5\ncreate 1: gps\n");
}

static void
a_lost_fragment_drops_its_object(void **state)
{
	struct told *t = told_new();
	struct wire w = wire_new();

	(void)state;
	part(&w, 1, 0, 3, CREATE_PIPELINE, 1, SCRIPT("gps"));
	part(&w, 1, 2, 3, CREATE_PIPELINE, 1, SCRIPT("gps"));
	part(&w, 2, 1, 2, CREATE_PIPELINE, 2, SCRIPT("gps"));
	whole(&w, 3, CREATE_PIPELINE, 3, SCRIPT("gps"));
	send(t, C2S, 1, &w);
	test_free(w.p);
	assert_int_equal(t->f.stats.n[STAT_PSRP_TORN], 1);
	told_is(t, "create 3: gps\n");
}

static void
what_comes_twice_is_told_once(void **state)
{
	struct told *t = told_new();
	struct wire w = wire_new();

	(void)state;
	whole(&w, 1, CREATE_PIPELINE, 1, SCRIPT("one"));
	whole(&w, 1, CREATE_PIPELINE, 1, SCRIPT("one"));
	part(&w, 2, 0, 3, CREATE_PIPELINE, 2, SCRIPT("two"));
	part(&w, 2, 0, 3, CREATE_PIPELINE, 2, SCRIPT("two"));
	part(&w, 2, 1, 3, CREATE_PIPELINE, 2, SCRIPT("two"));
	part(&w, 2, 1, 3, CREATE_PIPELINE, 2, SCRIPT("two"));
	part(&w, 2, 0, 3, CREATE_PIPELINE, 2, SCRIPT("two"));
	part(&w, 2, 2, 3, CREATE_PIPELINE, 2, SCRIPT("two"));
	part(&w, 2, 2, 3, CREATE_PIPELINE, 2, SCRIPT("two"));
	/* The same text again is another message. */
	whole(&w, 3, INPUT, 1, "<S>x</S>");
	whole(&w, 4, INPUT, 1, "<S>x</S>");
	send(t, C2S, 1, &w);
	test_free(w.p);
	told_is(t, "create 1: one\ncreate 2: two\ninput 1: x\ninput 1: x\n");
}

/* Whoever uses a number again begins anew: nothing hides behind an old one. */
static void
a_number_can_be_used_again(void **state)
{
	struct told *t = told_new();
	struct wire w = wire_new();

	(void)state;
	whole(&w, 1, CREATE_PIPELINE, 1, SCRIPT("one"));
	whole(&w, 1, CREATE_PIPELINE, 2, SCRIPT("two"));
	part(&w, 1, 0, 2, CREATE_PIPELINE, 3, SCRIPT("three"));
	whole(&w, 1, CREATE_PIPELINE, 4, SCRIPT("four"));
	whole(&w, UINT64_MAX, CREATE_PIPELINE, 5, SCRIPT("five"));
	send(t, C2S, 1, &w);
	test_free(w.p);
	told_is(t, "create 1: one\ncreate 2: two\ncreate 4: four\ncreate 5: five\n");
}

/* Fragments without bytes, flags that mean nothing, a message cut in its header. */
static void
odd_fragments_are_read(void **state)
{
	struct told *t = told_new();
	struct wire w = wire_new(), m = message(CREATE_PIPELINE, 1, SCRIPT("gps"));

	(void)state;
	fragment(&w, 1, 0, 1, (struct view){ NULL, 0 });
	fragment(&w, 1, 1, 0xf0, (struct view){ m.p, 7 });
	fragment(&w, 1, 2, 0, (struct view){ m.p + 7, m.n - 7 });
	fragment(&w, 1, 3, 2, (struct view){ NULL, 0 });
	fragment(&w, 2, 0, 3, (struct view){ m.p, 39 });
	fragment(&w, 3, 0, 3, (struct view){ m.p, 40 });
	send(t, C2S, 1, &w);
	test_free(m.p);
	test_free(w.p);
	told_is(t, "create 1: gps\n");
}

static void
a_large_number_may_come_first(void **state)
{
	struct told *t = told_new();
	struct wire w = wire_new();

	(void)state;
	whole(&w, 0xf301f30100000000, CREATE_PIPELINE, 1, SCRIPT("gps"));
	send(t, C2S, 1, &w);
	test_free(w.p);
	told_is(t, "create 1: gps\n");
}

/* Output costs nothing: its bytes are counted off. */
static void
output_is_not_kept(void **state)
{
	struct told *t = told_new();
	struct wire w = wire_new();
	static uint8_t much[32768];
	size_t before = t->f.budget.used;

	(void)state;
	part(&w, 1, 0, 2, OUTPUT, 1, "<S>begun</S>");
	send(t, S2C, 2, &w);
	t->f.budget.peak = 0;
	for (uint64_t i = 1; i < 500; i++) {
		fragment(&w, 1, i + 1, 0, (struct view){ much, sizeof(much) });
		fragment(&w, i + 1, 0, 1, (struct view){ much, 24 });
		send(t, S2C, 2, &w);
	}
	assert_true(t->f.budget.peak < before + MAX_PSRP_OBJECTS * 256);
	whole(&w, 9999, PIPELINE_STATE, 1, STATE("4"));
	send(t, S2C, 2, &w);
	test_free(w.p);
	told_is(t, "state 1: 4\n");
}

/* An error's record behind the number is long, and not looked at. */
static void
a_failure_is_read_from_its_beginning(void **state)
{
	static char xml[100000];
	struct told *t = told_new();
	struct wire w = wire_new();

	(void)state;
	(void)snprintf(xml, sizeof(xml), "<Obj RefId=\"0\"><MS><I32 N=\"PipelineState\">5</I32>"
	    "<Obj N=\"ExceptionAsErrorRecord\" RefId=\"1\"><S>%090000d</S></Obj></MS></Obj>", 0);
	whole(&w, 1, PIPELINE_STATE, 1, xml);
	t->f.budget.peak = 0;
	send(t, S2C, 2, &w);
	test_free(w.p);
	assert_true(t->f.budget.peak < 8192);
	told_is(t, "state 1: 5\n");
}

/* Fragments that never end: neither many objects nor long ones fill the memory,
 * and what comes after them is read. */
static void
what_never_ends_is_bounded(void **state)
{
	static uint8_t much[32768];
	struct told *t = told_new();
	struct wire w = wire_new();

	(void)state;
	for (uint64_t o = 1; o < 1000; o++) {
		part(&w, o, 0, 2, CREATE_PIPELINE, 1, SCRIPT("x"));
		fragment(&w, o, 1, 0, (struct view){ much, sizeof(much) });
		send(t, C2S, 1, &w);
	}
	assert_true(t->f.stats.n[STAT_PSRP_LIMIT] >= 1000 - MAX_PSRP_OBJECTS - 1);
	for (uint64_t i = 2; i < 500; i++)
		for (uint64_t o = 990; o < 1000; o++) {
			fragment(&w, o, i, 0, (struct view){ much, sizeof(much) });
			send(t, C2S, 1, &w);
		}
	assert_true(t->f.budget.used < MAX_PSRP_HELD * 2);
	whole(&w, 2000, CREATE_PIPELINE, 1, SCRIPT("gps"));
	send(t, C2S, 1, &w);
	test_free(w.p);
	told_is(t, "create 1: gps\n");
}

/* Too long to be kept: its beginning is told. */
static void
a_long_script_is_told_as_far_as_kept(void **state)
{
	char *xml = test_malloc(2 * MAX_PSRP_MESSAGE + 1024);
	struct told *t = told_new();
	struct wire w = wire_new();
	int n = snprintf(xml, 1024, "<Obj><MS><Obj N=\"PowerShell\"><MS><Obj N=\"Cmds\"><LST><Obj><MS>"
	    "<S N=\"Cmd\">schtasks /run /tn x #");

	(void)state;
	memset(xml + n, 'y', 2 * MAX_PSRP_MESSAGE);
	(void)snprintf(xml + n + 2 * MAX_PSRP_MESSAGE, 512,
	    "</S><B N=\"IsScript\">true</B></MS></Obj></LST></Obj></MS></Obj></MS></Obj>");
	for (size_t i = 0; i < 10; i++)
		part(&w, 1, i, 10, CREATE_PIPELINE, 1, xml);
	t->short_texts = true;
	send(t, C2S, 1, &w);
	test_free(xml);
	test_free(w.p);
	told_is(t, "create 1: schtasks /run /tn x \n");
}

static void
a_spent_budget_is_survived(void **state)
{
	(void)state;
	for (size_t limit = 2000; limit < 40000; limit += 500) {
		struct told *t = test_calloc(1, sizeof(*t));

		facts_init(&t->f);
		t->f.budget.limit = limit;
		if ((t->p = psrp_new(&t->f.world, &t->f.budget)) != NULL)
			session(t, 64);
		told_free(t);
	}
}

/* Bytes are missing: what is whole after them is found, what began before is not told. */
static void
a_tail_is_searched(void **state)
{
	struct wire w = wire_new();
	size_t first;

	(void)state;
	whole(&w, 1, OUTPUT, 1, "<S>some output that is long enough to be cut</S>");
	first = w.n;
	whole(&w, 2, OUTPUT, 1, "<S>more</S>");
	whole(&w, 3, PIPELINE_STATE, 1, STATE("4"));
	for (size_t at = 0; at < first; at++) {
		struct told *t = told_new();
		struct wire begun = wire_new();

		part(&begun, 9, 0, 2, PIPELINE_STATE, 1, STATE("5"));
		give(t, S2C, 2, begun.p, begun.n - 10, false);
		give(t, S2C, 2, w.p + at, w.n - at, true);
		test_free(begun.p);
		told_is(t, "state 1: 4\n");
	}
	test_free(w.p);
}

/* Junk is not taken for fragments for ever. */
static void
junk_is_passed(void **state)
{
	struct told *t = told_new();
	struct wire w = wire_new();

	(void)state;
	memset(wire_more(&w, 64), 0, 64);
	whole(&w, 1, CREATE_PIPELINE, 1, SCRIPT("gps"));
	send(t, C2S, 1, &w);
	test_free(w.p);
	assert_int_equal(t->f.stats.n[STAT_PSRP_TORN], 1);
	told_is(t, "create 1: gps\n");
}

/* A command's carrier that ends too early takes nothing from the next one. */
static void
carriers_do_not_hide_one_another(void **state)
{
	struct told *t = told_new();
	struct wire w = wire_new();

	(void)state;
	whole(&w, 1, CREATE_PIPELINE, 1, SCRIPT("one"));
	w.n -= 10;
	send(t, C2S, 0, &w);
	whole(&w, 2, CREATE_PIPELINE, 2, SCRIPT("two"));
	send(t, C2S, 0, &w);
	give(t, C2S, 0, (const uint8_t *)"\0\0\0\0\0\0\0\3", 8, false);
	whole(&w, 3, CREATE_PIPELINE, 3, SCRIPT("three"));
	send(t, C2S, 0, &w);
	give(t, C2S, 1, (const uint8_t *)"\xff\xff\xff\x7f", 4, false);
	whole(&w, 4, CREATE_PIPELINE, 4, SCRIPT("four"));
	send(t, C2S, 1, &w);
	test_free(w.p);
	told_is(t, "create 2: two\ncreate 3: three\ncreate 4: four\n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(recorded_fragments_are_read),
		cmocka_unit_test(fragments_split_anywhere),
		cmocka_unit_test(every_truncation_is_safe),
		cmocka_unit_test(objects_interleave),
		cmocka_unit_test(directions_are_apart),
		cmocka_unit_test(a_lost_fragment_drops_its_object),
		cmocka_unit_test(what_comes_twice_is_told_once),
		cmocka_unit_test(a_number_can_be_used_again),
		cmocka_unit_test(odd_fragments_are_read),
		cmocka_unit_test(a_large_number_may_come_first),
		cmocka_unit_test(output_is_not_kept),
		cmocka_unit_test(a_failure_is_read_from_its_beginning),
		cmocka_unit_test(what_never_ends_is_bounded),
		cmocka_unit_test(a_long_script_is_told_as_far_as_kept),
		cmocka_unit_test(a_spent_budget_is_survived),
		cmocka_unit_test(a_tail_is_searched),
		cmocka_unit_test(junk_is_passed),
		cmocka_unit_test(carriers_do_not_hide_one_another),
	};

	return cmocka_run_group_tests_name("psrp", tests, NULL, NULL);
}
