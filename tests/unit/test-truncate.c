/*
 * Every capture of pcaps/, ended after each of its packets, and with its
 * frames cut to many lengths, in this process and so under the sanitizers.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <glob.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/capture.h"
#include "fact/fact.h"
#include "engine/worker.h"

/* What was told, as text, and with which packet. */
struct told {
	char		*text;
	uint64_t	 pkt;
	char		 call[96];	/* what it is known by, answered or not */
};

struct facts {
	struct sink	 sink;		/* first: put() finds the rest by it */
	struct told	*v;
	size_t		 n;
};

struct tape {
	struct frame	*v;		/* bytes are heap copies of exactly their length */
	size_t		 n;
	const char	*path;
};

static void
put(struct sink *s, struct fact *o)
{
	struct facts *f = (struct facts *)s;
	struct told *t;
	size_t len;
	FILE *m;
	const char *action, *route;
	int64_t id = -1;

	if (o == NULL)
		return;
	f->v = realloc(f->v, (f->n + 1) * sizeof(*f->v));
	assert_non_null(f->v);
	t = &f->v[f->n++];
	t->pkt = o->at.pkt;
	action = fact_get(o, F_ACTION);
	route = fact_get(o, F_ROUTE);
	(void)fact_get_int(o, F_RPC_CALL_ID, &id);
	snprintf(t->call, sizeof(t->call), "%s %s %u %" PRId64, action != NULL ? action : "-",
	    route != NULL ? route : "-", o->peers.cport, id);
	m = open_memstream(&t->text, &len);
	assert_non_null(m);
	fprintf(m, "%d %" PRIu64 "\n", (int)o->kind, o->at.pkt);
	for (const struct fact_item *i = NULL; (i = fact_each(o, i)) != NULL;)
		fprintf(m, "%d.%u %" PRId64 " %s\n", (int)i->field, i->elem, i->num,
		    i->str != NULL ? i->str : "");
	fclose(m);
	fact_free(o);
}

static void
facts_free(struct facts *f)
{
	for (size_t i = 0; i < f->n; i++)
		free(f->v[i].text);
	free(f->v);
	f->v = NULL;
	f->n = 0;
}

static struct tape
tape_read(const char *path)
{
	struct tape t = { .path = path };
	struct capture *c;
	struct frame f;
	char why[256];

	c = capture_file(path, why, sizeof(why));
	assert_non_null(c);
	while (capture_next(c, &f) == CAPTURE_FRAME) {
		uint8_t *copy = malloc(f.bytes.len > 0 ? f.bytes.len : 1);

		assert_non_null(copy);
		memcpy(copy, f.bytes.p, f.bytes.len);
		f.bytes.p = copy;
		t.v = realloc(t.v, (t.n + 1) * sizeof(*t.v));
		assert_non_null(t.v);
		t.v[t.n++] = f;
	}
	capture_close(c);
	return t;
}

static void
tape_free(struct tape *t)
{
	for (size_t i = 0; i < t->n; i++)
		free((void *)(uintptr_t)t->v[i].bytes.p);
	free(t->v);
}

/* The first n frames, each cut to snaplen. */
static void
play(const struct tape *t, size_t n, size_t snaplen, struct facts *f)
{
	struct stats stats = { { 0 } };
	struct worker *w;

	*f = (struct facts) { .sink = { .put = put } };
	w = worker_new(&stats, &f->sink, &(struct worker_wants){ .anomalies = true });
	assert_non_null(w);
	worker_source(w, "test");
	for (size_t i = 0; i < n; i++) {
		struct frame cut = t->v[i];
		uint8_t *edge = NULL;

		if (cut.bytes.len > snaplen) {
			/* a copy that ends where the bytes do */
			edge = malloc(snaplen > 0 ? snaplen : 1);
			assert_non_null(edge);
			memcpy(edge, cut.bytes.p, snaplen);
			cut.bytes = (struct view) { edge, snaplen };
		}
		worker_frame(w, &cut);
		free(edge);
	}
	worker_flush(w);
	worker_free(w);
}

/* Loss makes what is told, and when, depend on what comes later. */
static bool
lossy(const char *path)
{
	static const char *const marks[] = { "_gap_", "_loss", "_oneway_", "_midstream_" };

	for (size_t i = 0; i < nitems(marks); i++)
		if (strstr(path, marks[i]) != NULL)
			return true;
	return false;
}

/* Is each fact that was complete by then told, and is no other one new? */
static void
assert_honest(const struct facts *whole, const struct facts *part, size_t n, const char *path)
{
	size_t at = 0;
	bool *used = calloc(whole->n + 1, sizeof(*used));

	assert_non_null(used);
	for (size_t i = 0; i < part->n; i++) {
		const struct told *p = &part->v[i];
		size_t k;

		for (k = 0; k < whole->n; k++)
			if (!used[k] && strcmp(whole->v[k].text, p->text) == 0)
				break;
		if (k == whole->n)
			for (k = 0; k < whole->n; k++)
				if (!used[k] && whole->v[k].pkt > n &&
				    strcmp(whole->v[k].call, p->call) == 0)
					break;
		if (k == whole->n)
			fail_msg("%s after %zu packets invents %s:\n%s", path, n, p->call, p->text);
		used[k] = true;
	}
	for (at = 0; at < whole->n; at++)
		if (!used[at] && whole->v[at].pkt <= n)
			fail_msg("%s after %zu packets lacks %s:\n%s", path, n,
			    whole->v[at].call, whole->v[at].text);
	free(used);
}

static void
each_capture(void (*test)(const struct tape *))
{
	const char *root = getenv("srcdir");
	char pattern[4096];
	glob_t g;

	snprintf(pattern, sizeof(pattern), "%s/pcaps/*.pcap", root != NULL ? root : ".");
	assert_int_equal(glob(pattern, 0, NULL, &g), 0);
	for (size_t i = 0; i < g.gl_pathc; i++) {
		struct tape t = tape_read(g.gl_pathv[i]);

		test(&t);
		tape_free(&t);
	}
	globfree(&g);
}

static void
ended_anywhere(const struct tape *t)
{
	struct facts whole, part;
	size_t step = t->n / 150 + 1;	/* of long ones, not each */

	play(t, t->n, SIZE_MAX, &whole);
	for (size_t n = 0; n < t->n; n += step) {
		play(t, n, SIZE_MAX, &part);
		if (!lossy(t->path))
			assert_honest(&whole, &part, n, t->path);
		facts_free(&part);
	}
	facts_free(&whole);
}

static void
cut_to_any_length(const struct tape *t)
{
	struct facts part;

	for (size_t len = 0; len < 1600; len += len < 160 ? 3 : 61) {
		play(t, t->n, len, &part);
		facts_free(&part);
	}
}

static void
a_capture_may_end_after_any_packet(void **state)
{
	(void)state;
	each_capture(ended_anywhere);
}

static void
frames_may_be_cut_to_any_length(void **state)
{
	(void)state;
	each_capture(cut_to_any_length);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_capture_may_end_after_any_packet),
		cmocka_unit_test(frames_may_be_cut_to_any_length),
	};

	return cmocka_run_group_tests_name("truncate", tests, NULL, NULL);
}
