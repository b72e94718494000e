#include "facts.h"

#include <stdio.h>

#include "hex.h"
#include "limits.h"
#include "psrp.h"

/* ---- What is told ---- */

struct told {
	struct facts	 f;
	struct psrp	*p;
	bool		 short_texts;	/* up to a comment */
	char		 text[4096];
	size_t		 n;
};

static void
tell(struct told *t, const char *what, const uint8_t pid[16], struct view v)
{
	const uint8_t *comment = t->short_texts ? memchr(v.p, '#', v.len) : NULL;

	if (comment != NULL)
		v.len = (size_t)(comment - v.p);
	t->n += (size_t)snprintf(t->text + t->n, sizeof(t->text) - t->n, "%s %x: %.*s\n", what, pid[0],
	    (int)v.len, (const char *)v.p);
	assert_true(t->n < sizeof(t->text));
}

static void
on_create(void *arg, const uint8_t pid[16], struct view script)
{
	tell(arg, "create", pid, script);
}

static void
on_input(void *arg, const uint8_t pid[16], struct view text)
{
	tell(arg, "input", pid, text);
}

static void
on_state(void *arg, const uint8_t pid[16], int state)
{
	char n[16];

	(void)snprintf(n, sizeof(n), "%d", state);
	tell(arg, "state", pid, view_str(n));
}

static const struct psrp_user user = { on_create, on_input, on_state };

static struct told *
told_new(void)
{
	struct told *t = test_calloc(1, sizeof(*t));

	facts_init(&t->f);
	t->p = psrp_new(&t->f.world, &t->f.budget, &user, t);
	assert_non_null(t->p);
	return t;
}

static void
told_free(struct told *t)
{
	psrp_free(t->p);
	facts_free(&t->f);
	test_free(t);
}

static void
told_is(struct told *t, const char *text)
{
	assert_string_equal(t->text, text);
	told_free(t);
}

/* On memory of just the size. */
static void
give(struct told *t, enum dir dir, unsigned int stream, const uint8_t *b, size_t len, bool tail)
{
	uint8_t *p = test_malloc(len + 1);

	memcpy(p + 1, b, len);
	psrp_data(t->p, dir, stream, (struct view){ p + 1, len }, tail);
	test_free(p);
}

/* ---- What is sent ---- */

#define PIPELINE(cmds) "<Obj RefId=\"0\"><MS><Obj N=\"PowerShell\" RefId=\"1\"><MS>" \
	"<Obj N=\"Cmds\" RefId=\"2\"><LST>" cmds "</LST></Obj></MS></Obj></MS></Obj>"
#define SCRIPT(text) PIPELINE("<Obj RefId=\"3\"><MS><S N=\"Cmd\">" text "</S>" \
	"<B N=\"IsScript\">true</B></MS></Obj>")
#define STATE(n) "\xef\xbb\xbf<Obj RefId=\"0\"><MS><I32 N=\"PipelineState\">" n "</I32></MS></Obj>"

#define CREATE_PIPELINE	0x00021006
#define INPUT		0x00041002
#define OUTPUT		0x00041004
#define PIPELINE_STATE	0x00041006

struct wire {
	uint8_t	*p;
	size_t	 n, room;
};

static struct wire
wire_new(void)
{
	return (struct wire){ .p = test_malloc(1), .room = 1 };
}

/* More bytes, yet to be written. */
static uint8_t *
wire_more(struct wire *w, size_t n)
{
	if (n > w->room - w->n) {
		w->room = 2 * (w->n + n);
		w->p = test_realloc(w->p, w->room);
	}
	w->n += n;
	return w->p + w->n - n;
}

static void
fragment(struct wire *w, uint64_t object, uint64_t id, uint8_t flags, struct view blob)
{
	uint8_t *h = wire_more(w, 21 + blob.len);

	be64enc(h, object);
	be64enc(h + 8, id);
	h[16] = flags;
	be32enc(h + 17, (uint32_t)blob.len);
	if (blob.len > 0)
		memcpy(h + 21, blob.p, blob.len);
}

static struct wire
message(uint32_t type, uint8_t pid, const char *xml)
{
	struct wire m = wire_new();

	memset(wire_more(&m, 40), 0, 40);
	le32enc(m.p, type == PIPELINE_STATE || type == OUTPUT ? 1 : 2);
	le32enc(m.p + 4, type);
	m.p[8] = 0x11;
	m.p[24] = pid;
	memcpy(wire_more(&m, strlen(xml)), xml, strlen(xml));
	return m;
}

static void
whole(struct wire *w, uint64_t object, uint32_t type, uint8_t pid, const char *xml)
{
	struct wire m = message(type, pid, xml);

	fragment(w, object, 0, 3, (struct view){ m.p, m.n });
	test_free(m.p);
}

/* Part i of n of a message, as a fragment. */
static void
part(struct wire *w, uint64_t object, size_t i, size_t n, uint32_t type, uint8_t pid,
    const char *xml)
{
	struct wire m = message(type, pid, xml);
	size_t from = m.n * i / n, to = m.n * (i + 1) / n;

	fragment(w, object, i, (uint8_t)((i == 0 ? 1 : 0) | (i + 1 == n ? 2 : 0)),
	    (struct view){ m.p + from, to - from });
	test_free(m.p);
}

static void
send(struct told *t, enum dir dir, unsigned int stream, struct wire *w)
{
	give(t, dir, stream, w->p, w->n, false);
	w->n = 0;
}

/* ---- Tests ---- */

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
	struct { enum dir dir; unsigned int stream; size_t to; } at[3] = {
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
		if ((t->p = psrp_new(&t->f.world, &t->f.budget, &user, t)) != NULL)
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

/* ---- Compression ---- */

/* v as blocks that are stored as they are. */
static struct wire
stored(const struct wire *v, size_t block)
{
	struct wire w = wire_new();

	for (size_t at = 0, n; at < v->n; at += n) {
		uint8_t *p;

		n = v->n - at < block ? v->n - at : block;
		p = wire_more(&w, 4 + n);
		le16enc(p, (uint16_t)(n - 1));
		le16enc(p + 2, (uint16_t)(n - 1));
		memcpy(p + 4, v->p + at, n);
	}
	return w;
}

/* LZ77 and Huffman, [MS-XCA] 2.2: bytes below 128 as they are, in seven bits each. */
static struct wire
packed(const struct wire *v)
{
	struct wire w = wire_new();
	uint32_t bits = 0, have = 0;
	size_t words = 1 + (v->n * 7 + 15) / 16, at = 0;

	memset(wire_more(&w, 4 + 256), 0, 4 + 256);
	memset(w.p + 4, 0x77, 64);
	for (; words > 0; words--) {
		for (; have < 16; have += 7) {
			assert_true(at >= v->n || v->p[at] < 128);
			bits = bits << 7 | (at < v->n ? v->p[at] : 0);
			at++;
		}
		have -= 16;
		le16enc(wire_more(&w, 2), (uint16_t)(bits >> have));
	}
	le16enc(w.p, (uint16_t)(v->n - 1));
	le16enc(w.p + 2, (uint16_t)(w.n - 4 - 1));
	return w;
}

static void
blocks_decompress(void **state)
{
	/* [MS-XCA] 3.2: "abc" a hundred times; and three bytes as they are. */
	static const struct { size_t at; const char *bytes; } table[] = {
		{ 48, "30" }, { 49, "23" }, { 128, "02" }, { 143, "20" } };
	uint8_t in[512] = { 0 };
	struct budget b;
	struct buf out;
	size_t n;

	(void)state;
	budget_init(&b, NULL, 1u << 20);
	buf_init(&out, &b, 4096);
	n = hex("2b01 0601", in, sizeof(in));
	for (size_t i = 0; i < nitems(table); i++)
		(void)hex(table[i].bytes, in + 4 + table[i].at, 1);
	n += 256 + hex("a8dc0000ff2601", in + 4 + 256, 16);
	n += hex("0200 0200 78797a", in + n, 16);
	assert_true(psrp_decompress((struct view){ in, n }, &out));
	assert_int_equal(out.len, 303);
	assert_memory_equal(out.p, "abcabc", 6);
	assert_memory_equal(out.p + 297, "abcxyz", 6);
	for (size_t cut = 0; cut < n; cut++) {
		uint8_t *p = test_malloc(cut + 1);

		memcpy(p + 1, in, cut);
		if (psrp_decompress((struct view){ p + 1, cut }, &out))
			assert_int_equal(cut, 267);	/* the first block alone */
		test_free(p);
	}
	in[2] = 0xff;		/* more is stored than there was */
	in[3] = 0xff;
	n = out.len;
	assert_false(psrp_decompress((struct view){ in, sizeof(in) }, &out));
	assert_int_equal(out.len, n);
	buf_free(&out);
	assert_int_equal(b.used, 0);
}

static void
a_compressed_stream_is_known(void **state)
{
	static const size_t block[] = { 65536, 100, 61 };
	struct wire w = wire_new(), z;

	(void)state;
	whole(&w, 1, CREATE_PIPELINE, 1, SCRIPT("one"));
	part(&w, 2, 0, 2, CREATE_PIPELINE, 2, SCRIPT("two"));
	part(&w, 2, 1, 2, CREATE_PIPELINE, 2, SCRIPT("two"));
	for (size_t i = 0; i < nitems(block); i++) {
		z = stored(&w, block[i]);
		for (size_t n = 1; n < z.n + 50; n += 50) {
			struct told *t = told_new();

			for (size_t at = 0; at < z.n; at += n)
				give(t, C2S, 1, z.p + at, n < z.n - at ? n : z.n - at, false);
			told_is(t, "create 1: one\ncreate 2: two\n");
		}
		test_free(z.p);
	}
	test_free(w.p);
}

/* Blocks that are really compressed; and that their stream is, is not forgotten. */
static void
huffman_blocks_are_opened(void **state)
{
	static char pad[4000];
	char xml[8192];
	struct told *t = told_new();
	struct wire w = wire_new(), z;

	(void)state;
	memset(pad, 'p', sizeof(pad) - 1);
	for (uint8_t i = 1; i <= 3; i++) {
		int n = snprintf(xml, sizeof(xml), SCRIPT("gps") "<!--%s-->", pad);

		/* The length has no byte above 127 either. */
		while (((40 + n) & 0x80) != 0)
			xml[n++] = ' ';
		xml[n] = '\0';
		whole(&w, i, CREATE_PIPELINE, i, xml);
		z = packed(&w);
		assert_true(z.n < w.n);
		give(t, C2S, 1, z.p, z.n, false);
		test_free(z.p);
		w.n = 0;
	}
	/* Another lane is none. */
	whole(&w, 9, CREATE_PIPELINE, 9, SCRIPT("gps"));
	send(t, C2S, 0, &w);
	test_free(w.p);
	told_is(t, "create 1: gps\ncreate 2: gps\ncreate 3: gps\ncreate 9: gps\n");
}

static void
a_compressed_tail_is_searched(void **state)
{
	struct told *t = told_new();
	struct wire w = wire_new(), z;
	size_t first;

	(void)state;
	whole(&w, 1, OUTPUT, 1, "<S>some output that is long enough to be cut, and longer than the "
	    "state that comes after it: so that each has a block</S>");
	first = w.n;
	whole(&w, 2, PIPELINE_STATE, 1, STATE("4"));
	z = stored(&w, first);
	give(t, S2C, 2, z.p + 20, z.n - 20, true);
	test_free(z.p);
	w.n = 0;
	whole(&w, 3, PIPELINE_STATE, 2, STATE("5"));
	z = stored(&w, first);
	send(t, S2C, 2, &z);
	test_free(z.p);
	test_free(w.p);
	told_is(t, "state 1: 4\nstate 2: 5\n");
}

/* What unpacks to more and more is given up; the other lanes go on. */
static void
bombs_are_bounded(void **state)
{
	/* A literal, then one match as long as a block: 65,536 bytes in 266. */
	static const struct { size_t at; const char *bytes; } table[] = {
		{ 0, "01" }, { 135, "10" } };
	uint8_t in[1024] = { 0 };
	struct told *t = told_new();
	struct wire w = wire_new(), z;
	struct buf out;
	size_t n = 4;

	(void)state;
	whole(&w, 1, OUTPUT, 1, "");
	z = stored(&w, 65536);
	send(t, S2C, 2, &z);
	test_free(z.p);
	w.n = 0;
	(void)hex("ffff", in, 2);
	for (size_t i = 0; i < nitems(table); i++)
		(void)hex(table[i].bytes, in + n + table[i].at, 1);
	n += 256 + hex("0040 0000 ff fcff", in + n + 256, 16);
	le16enc(in + 2, (uint16_t)(n - 4 - 1));
	buf_init(&out, &t->f.budget, 65536);
	assert_true(psrp_decompress((struct view){ in, n }, &out));
	assert_int_equal(out.len, 65536);
	buf_free(&out);
	for (size_t i = 0; i < 2000; i++)
		give(t, S2C, 2, in, n, false);
	assert_true(t->f.stats.n[STAT_PSRP_TORN] > 0);
	whole(&w, 9, CREATE_PIPELINE, 9, SCRIPT("gps"));
	send(t, C2S, 0, &w);
	test_free(w.p);
	told_is(t, "create 9: gps\n");
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
		cmocka_unit_test(blocks_decompress),
		cmocka_unit_test(a_compressed_stream_is_known),
		cmocka_unit_test(huffman_blocks_are_opened),
		cmocka_unit_test(a_compressed_tail_is_searched),
		cmocka_unit_test(bombs_are_bounded),
	};

	return cmocka_run_group_tests_name("psrp", tests, NULL, NULL);
}
