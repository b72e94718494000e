/*
 * test-smb2-smallest.c -- the smallest legal request and answer of every SMB2
 * command, [MS-SMB2] 2.2.3 to 2.2.40, as bytes of a TCP stream.
 */
#include "wire/smb2.h"

enum { FLUSH = 7, LOCK = 10, CANCEL = 12, ECHO, QUERY_DIRECTORY, CHANGE_NOTIFY, QUERY_INFO,
	OPLOCK_BREAK = 18 };

/* What follows the header: some bytes, then zeros; len 0: there is no such message. */
struct body {
	size_t		 len;
	size_t		 id;		/* where the FileId is; 0: nowhere */
	const char	*p;
	size_t		 n;
};
#define B(len, id, text) { len, id, text, sizeof(text) - 1 }
#define NO { 0, 0, NULL, 0 }

static const struct smallest {
	const char	*name;
	unsigned int	 command;
	struct body	 request, answer;
} smallest[] = {
	/* One dialect; an answer without a token. */
	{ "NEGOTIATE", NEGOTIATE, B(38, 0, "\x24\0\1\0"), B(64, 0, "\x41\0\1\0\2\2") },
	{ "SESSION_SETUP", SESSION_SETUP, B(24, 0, "\x19"), B(8, 0, "\x09") },
	{ "LOGOFF", LOGOFF, B(4, 0, "\x04"), B(4, 0, "\x04") },
	{ "TREE_CONNECT", TREE_CONNECT,
	    B(18, 0, "\x09\0\0\0\x48\0\x0a\0\\\0\\\0s\0\\\0a"), B(16, 0, "\x10\0\1") },
	{ "TREE_DISCONNECT", TREE_DISCONNECT, B(4, 0, "\x04"), B(4, 0, "\x04") },
	/* The root of the share: no name, but its buffer has a byte. */
	{ "CREATE", CREATE, B(57, 0, "\x39"), B(88, 64, "\x59") },
	{ "CLOSE", CLOSE, B(24, 8, "\x18"), B(60, 0, "\x3c") },
	{ "FLUSH", FLUSH, B(24, 8, "\x18"), B(4, 0, "\x04") },
	{ "READ", READ, B(49, 16, "\x31\0\0\0\1"), B(17, 0, "\x11\0\x50\0\1") },
	{ "WRITE", WRITE, B(48, 16, "\x31\0\x70"), B(16, 0, "\x11") },
	{ "LOCK", LOCK, B(48, 8, "\x30\0\1"), B(4, 0, "\x04") },
	{ "IOCTL", IOCTL, B(56, 8, "\x39\0\0\0\x17\xc0\x11"), B(48, 8, "\x31\0\0\0\x17\xc0\x11") },
	{ "CANCEL", CANCEL, B(4, 0, "\x04"), NO },
	{ "ECHO", ECHO, B(4, 0, "\x04"), B(4, 0, "\x04") },
	/* Any name; one entry, a FileNamesInformation of one character. */
	{ "QUERY_DIRECTORY", QUERY_DIRECTORY, B(32, 8, "\x21\0\x0c"),
	    B(22, 0, "\x09\0\x48\0\x0e\0\0\0\0\0\0\0\0\0\0\0\2\0\0\0a") },
	{ "CHANGE_NOTIFY", CHANGE_NOTIFY, B(32, 8, "\x20"), B(8, 0, "\x09") },
	/* FileModeInformation */
	{ "QUERY_INFO", QUERY_INFO, B(40, 24, "\x29\0\1\x10\4"), B(12, 0, "\x09\0\x48\0\4") },
	/* FileDispositionInformation, which has one byte. */
	{ "SET_INFO", SET_INFO, B(33, 16, "\x21\0\1\x0d\1\0\0\0\x60"), B(2, 0, "\x02") },
	{ "OPLOCK_BREAK", OPLOCK_BREAK, B(24, 8, "\x18"), B(24, 8, "\x18") },
	{ "OPLOCK_BREAK of a lease", OPLOCK_BREAK, B(36, 0, "\x24"), B(36, 0, "\x24") },
	{ "oplock break notification", OPLOCK_BREAK, NO, B(24, 8, "\x18") },
	{ "lease break notification", OPLOCK_BREAK, NO, B(44, 0, "\x2c") },
};

/* 2.2.2.  It has a byte of ErrorData where there are none, but not every server sends it. */
static const struct body errors[] = { B(9, 0, "\x09"), B(8, 0, "\x09") };

enum delivery { WHOLE, TRICKLE, COMPOUND, N_DELIVERIES };

static void
put(struct out *o, const struct body *b)
{
	size_t at = o->n;

	wbytes(o, b->p, b->n);
	wzero(o, b->len - b->n);
	if (b->id != 0) {
		le64enc(o->p + at + b->id, FID);
		le64enc(o->p + at + b->id + 8, ~(uint64_t)FID);
	}
}

/* One message, with an ECHO behind it if it is to be one of a compound. */
static void
message(struct rig *r, enum delivery how, enum dir d, unsigned int command, uint32_t status,
    uint64_t mid, const struct body *b)
{
	uint32_t flags = d == S2C ? RESPONSE : 0;
	uint64_t before = r->f.stats.n[STAT_SMB2_MSGS];
	struct out o = { .n = 0 };

	head(r, &o, command, flags, status, mid, 7);
	put(&o, b);
	if (how == COMPOUND) {
		head(r, &o, ECHO, flags, 0, mid ^ 1u << 31, 7);
		w16(&o, 4), w16(&o, 0);
	}
	conn_send(r->c, d, &o);
	assert_int_equal(r->f.stats.n[STAT_SMB2_MSGS], before + (how == COMPOUND ? 2 : 1));
}

/* Returns the memory that is in use after the command was asked for and answered. */
static size_t
exchange(struct rig *r, enum delivery how, const struct smallest *s, uint32_t status,
    const struct body *answer)
{
	uint64_t mid = ONES;

	mount(r, "\\\\FS01\\C$", 1);
	open_file(r, "x");
	if (s->request.len != 0)
		message(r, how, C2S, s->command, 0, mid = ++r->mid, &s->request);
	if (answer->len != 0)
		message(r, how, S2C, s->command, status, mid, answer);
	return r->f.budget.used;
}

/* The stream goes on: what is written next is seen. */
static void
expect_task(struct rig *r)
{
	mount(r, "\\\\FS01\\C$", 1);
	open_file(r, "Windows\\System32\\Tasks\\Evil");
	SEND(r, C2S, write_, 0, FID, 0, task_xml, TASK_XML_LEN);
	SEND(r, S2C, write_answer, r->mid);
	SEND(r, C2S, close_, 0, FID);
	SEND(r, S2C, close_answer, r->mid);
	assert_int_equal(r->f.n, 1);
	assert_field(r->f.o[0], F_NAME, "\\Evil");
	assert_field(r->f.o[0], F_OUTCOME, "success");
	assert_int_equal(r->f.stats.n[STAT_BAD_PDUS], 0);
	assert_int_equal(r->f.stats.n[STAT_RESYNCS], 0);
	assert_int_equal(r->f.stats.n[STAT_TORN_PDUS], 0);
	assert_int_equal(r->f.stats.n[STAT_SKIPPED_BYTES], 0);
}

/* An answer that never reached its command leaves the request waiting: then
 * the second exchange takes more memory than the first. */
static void
try(const struct smallest *s, enum delivery how, uint32_t status, const struct body *answer)
{
	void *state;
	struct rig *r;
	size_t used;

	print_message("%s, %s, delivery %d\n", s->name, status == 0 ? "answer" : "error", how);
	setup(&state);
	r = state;
	r->c->trickle = how == TRICKLE;
	exchange(r, how, s, status, answer);
	used = exchange(r, how, s, status, answer);
	assert_int_equal(exchange(r, how, s, status, answer), used);
	expect_task(r);
	teardown(&state);
}

static void
every_command_is_answered(void **state)
{
	(void)state;
	for (size_t i = 0; i < nitems(smallest); i++)
		for (enum delivery how = WHOLE; how < N_DELIVERIES; how++)
			try(&smallest[i], how, 0, &smallest[i].answer);
}

static void
every_command_is_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < nitems(smallest); i++) {
		if (smallest[i].request.len == 0 || smallest[i].answer.len == 0)
			continue;
		for (size_t e = 0; e < nitems(errors); e++)
			for (enum delivery how = WHOLE; how < N_DELIVERIES; how++)
				try(&smallest[i], how, DENIED, &errors[e]);
	}
}

/* Every request and answer of every command is in the table. */
static void
the_table_is_complete(void **state)
{
	unsigned int requests = 0, answers = 0;

	(void)state;
	for (size_t i = 0; i < nitems(smallest); i++) {
		if (smallest[i].request.len != 0)
			requests |= 1u << smallest[i].command;
		if (smallest[i].answer.len != 0)
			answers |= 1u << smallest[i].command;
	}
	assert_int_equal(requests, (1u << 19) - 1);
	assert_int_equal(answers, ((1u << 19) - 1) & ~(1u << CANCEL));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_command_is_answered),
		cmocka_unit_test(every_command_is_refused),
		cmocka_unit_test(the_table_is_complete),
	};

	return cmocka_run_group_tests_name("smb2_smallest", tests, NULL, NULL);
}
