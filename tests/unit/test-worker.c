/* The whole pipe from frames to facts, and the clock by which it waits. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engine/worker.h"
#include "fact/fact.h"
#include "secret/secret.h"

#define SECOND	INT64_C(1000000)

/* A task is registered over TCP, [MS-TSCH] 3.2.5.4.2: the request ends in frame
 * 25, its answer is frame 26. */
#define REGISTER	"02_tcp_none_imp"
#define REQUEST		25
#define ANSWER		26

/* Frames 4 to 7 are datagrams to and from a KDC, two each. */
#define KERBEROS	"02_krb_integrity_aes256_samba"

#define MAX_FRAMES	64

struct tape {
	struct frame	 f[MAX_FRAMES];	/* from 0; bytes are heap copies */
	size_t		 n;
};

static struct {
	struct sink	 sink;		/* first: put() finds the rest by it */
	struct fact	*facts[16];
	size_t		 n;
	struct stats	 stats;
	struct worker	*w;
} rig;

static void
put(struct sink *s, struct fact *o)
{
	(void)s;
	if (o == NULL)
		return;
	assert_true(rig.n < nitems(rig.facts));
	rig.facts[rig.n++] = o;
}

static struct tape
tape_read(const char *name)
{
	struct tape t = { .n = 0 };
	const char *root = getenv("srcdir");
	char path[512], why[256];
	struct capture *c;
	struct frame f;
	uint8_t *copy;

	snprintf(path, sizeof(path), "%s/pcaps/%s.pcap", root != NULL ? root : ".", name);
	c = capture_file(path, why, sizeof(why));
	assert_non_null(c);
	while (capture_next(c, &f) == CAPTURE_FRAME) {
		assert_true(t.n < MAX_FRAMES);
		copy = test_malloc(f.bytes.len);
		memcpy(copy, f.bytes.p, f.bytes.len);
		f.bytes.p = copy;
		t.f[t.n++] = f;
	}
	capture_close(c);
	return t;
}

static void
tape_free(struct tape *t)
{
	for (size_t i = 0; i < t->n; i++)
		test_free((void *)(uintptr_t)t->f[i].bytes.p);
}

static void
rig_up(struct keyring *keys)
{
	memset(&rig, 0, sizeof(rig));
	rig.sink.put = put;
	rig.w = worker_new(&rig.stats, &rig.sink, &(struct worker_wants){ .keyring = keys });
	assert_non_null(rig.w);
	worker_source(rig.w, "test");
}

static void
rig_down(void)
{
	/* Facts are of the worker's memory. */
	worker_flush(rig.w);
	for (size_t i = 0; i < rig.n; i++)
		fact_free(rig.facts[i]);
	worker_free(rig.w);
}

/* Frames first to last, counted from 1, later by that many microseconds. */
static void
play(const struct tape *t, size_t first, size_t last, int64_t later)
{
	struct frame f;

	for (size_t i = first; i <= last && i <= t->n; i++) {
		f = t->f[i - 1];
		f.us += later;
		worker_frame(rig.w, &f);
	}
}

static void
expect(size_t i, const char *action, const char *outcome, uint64_t pkt)
{
	assert_true(i < rig.n);
	assert_string_equal(fact_get(rig.facts[i], F_ACTION), action);
	assert_string_equal(fact_get(rig.facts[i], F_OUTCOME), outcome);
	assert_int_equal(rig.facts[i]->at.pkt, pkt);
	assert_string_equal(rig.facts[i]->at.source, "test");
}

static void
an_answer_completes_a_call(void **state)
{
	struct tape t = tape_read(REGISTER);
	int64_t first, last;

	(void)state;
	rig_up(NULL);
	assert_false(worker_times(rig.w, &first, &last));
	play(&t, 1, REQUEST, 0);
	assert_int_equal(rig.n, 1);
	play(&t, ANSWER, ANSWER, 0);
	assert_int_equal(rig.n, 2);
	expect(1, "create", "success", ANSWER);
	assert_int_equal(rig.facts[1]->at.us, t.f[ANSWER - 1].us);
	assert_true(worker_times(rig.w, &first, &last));
	assert_int_equal(first, t.f[0].us);
	assert_int_equal(last, t.f[ANSWER - 1].us);
	assert_true(worker_memory(rig.w)->used > 0);
	rig_down();
	tape_free(&t);
}

/* No packet comes, yet the time passes in which an answer would. */
static void
a_wait_ends_when_idle(void **state)
{
	struct tape t = tape_read(REGISTER);
	int64_t asked = t.f[REQUEST - 1].us;

	(void)state;
	rig_up(NULL);
	play(&t, 1, REQUEST, 0);
	worker_idle(rig.w, asked + ANSWER_WAIT - 1);
	assert_int_equal(rig.n, 1);
	worker_idle(rig.w, asked + ANSWER_WAIT);
	assert_int_equal(rig.n, 2);
	expect(1, "create", "unknown", REQUEST);
	assert_int_equal(rig.facts[1]->at.us, asked);
	rig_down();
	tape_free(&t);
}

static void
a_wait_ends_by_others_packets(void **state)
{
	struct tape t = tape_read(REGISTER);

	(void)state;
	rig_up(NULL);
	play(&t, 1, REQUEST, 0);
	play(&t, 1, 1, ANSWER_WAIT - SECOND);
	assert_int_equal(rig.n, 1);
	play(&t, 1, 1, ANSWER_WAIT + SECOND);
	assert_int_equal(rig.n, 2);
	expect(1, "create", "unknown", REQUEST);
	rig_down();
	tape_free(&t);
}

static void
the_end_tells_what_waits(void **state)
{
	struct tape t = tape_read(REGISTER);

	(void)state;
	rig_up(NULL);
	play(&t, 1, REQUEST, 0);
	worker_flush(rig.w);
	assert_int_equal(rig.n, 2);
	expect(1, "create", "unknown", REQUEST);
	rig_down();
	tape_free(&t);
}

/*
 * A capture from an hour before comes next, or the clock was set back: calls
 * are waited for as long as ever.
 */
static void
the_clock_may_step_back(void **state)
{
	struct tape t = tape_read(REGISTER);

	(void)state;
	rig_up(NULL);
	play(&t, 1, 1, 3600 * SECOND);
	worker_source(rig.w, "test");
	play(&t, 1, ANSWER, 0);
	assert_int_equal(rig.n, 2);
	expect(1, "create", "success", ANSWER);
	rig_down();
	/* And as long as ever is not for ever. */
	rig_up(NULL);
	play(&t, 1, 1, 3600 * SECOND);
	worker_source(rig.w, "test");
	play(&t, 1, REQUEST, 0);
	worker_idle(rig.w, t.f[REQUEST - 1].us + ANSWER_WAIT);
	assert_int_equal(rig.n, 2);
	expect(1, "create", "unknown", REQUEST);
	rig_down();
	tape_free(&t);
}

/* Packets out of order neither end a wait nor hold it up. */
static void
late_packets_end_no_wait(void **state)
{
	struct tape t = tape_read(REGISTER);

	(void)state;
	rig_up(NULL);
	play(&t, 1, 1, ANSWER_WAIT - SECOND);
	play(&t, 1, REQUEST, 0);
	worker_idle(rig.w, t.f[0].us + ANSWER_WAIT - SECOND);
	assert_int_equal(rig.n, 1);
	worker_idle(rig.w, t.f[REQUEST - 1].us + ANSWER_WAIT);
	assert_int_equal(rig.n, 2);
	rig_down();
	tape_free(&t);
}

static void
packets_are_counted_anew(void **state)
{
	struct tape t = tape_read(REGISTER);

	(void)state;
	rig_up(NULL);
	play(&t, 1, t.n, 0);
	worker_flush(rig.w);
	worker_source(rig.w, "test");
	play(&t, 1, t.n, 60 * SECOND);
	assert_int_equal(rig.n, 10);
	for (size_t i = 0; i < 5; i++)
		assert_int_equal(rig.facts[i]->at.pkt, rig.facts[i + 5]->at.pkt);
	rig_down();
	tape_free(&t);
}

/* Any secret will do: that there are some is what matters. */
static struct keyring *
keys_of(const char *line)
{
	char path[] = "/tmp/worker-test-XXXXXX", why[256];
	int fd = mkstemp(path);
	struct keyring *keys;

	assert_true(fd >= 0);
	assert_int_equal(write(fd, line, strlen(line)), strlen(line));
	close(fd);
	keys = keyring_open(path, NULL, NULL, why, sizeof(why));
	remove(path);
	return keys;
}

/* UDP is told with its two ends the right way round, and only if there are secrets. */
static void
datagrams_reach_their_reader(void **state)
{
	struct tape t = tape_read(KERBEROS);
	struct keyring *keys;

	(void)state;
	rig_up(NULL);
	play(&t, 4, 7, 0);
	assert_int_equal(rig.stats.n[STAT_KDC_MSGS], 0);
	rig_down();
	if (secrets_built_in) {
		keys = keys_of("password\tCORP\\jdoe_adm\tJ0hnD0e!!2024\n");
		assert_non_null(keys);
		rig_up(keys);
		play(&t, 4, 7, 0);
		assert_int_equal(rig.stats.n[STAT_KDC_MSGS], 4);
		rig_down();
		keyring_close(keys);
	}
	tape_free(&t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_answer_completes_a_call),
		cmocka_unit_test(a_wait_ends_when_idle),
		cmocka_unit_test(a_wait_ends_by_others_packets),
		cmocka_unit_test(the_end_tells_what_waits),
		cmocka_unit_test(the_clock_may_step_back),
		cmocka_unit_test(late_packets_end_no_wait),
		cmocka_unit_test(packets_are_counted_anew),
		cmocka_unit_test(datagrams_reach_their_reader),
	};

	return cmocka_run_group_tests_name("worker", tests, NULL, NULL);
}
