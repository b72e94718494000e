/* psrp.h -- for tests: fragments of PowerShell remoting, and what is told of them. */
#ifndef WIRE_PSRP_H
#define WIRE_PSRP_H

#include <stdio.h>

#include "unit/facts.h"
#include "winrm/psrp.h"

/* ---- What is told ---- */

struct told {
	struct facts	 f;
	struct psrp	*p;
	bool		 short_texts;	/* up to a comment */
	char		 text[4096];
	size_t		 n;
};

static inline void
tell(struct told *t, const char *what, const uint8_t pid[16], struct view v)
{
	const uint8_t *comment = t->short_texts ? memchr(v.p, '#', v.len) : NULL;

	if (comment != NULL)
		v.len = (size_t)(comment - v.p);
	t->n += (size_t)snprintf(t->text + t->n, sizeof(t->text) - t->n, "%s %x: %.*s\n", what, pid[0],
	    (int)v.len, (const char *)v.p);
	assert_true(t->n < sizeof(t->text));
}

static inline void
on_create(void *arg, const uint8_t pid[16], struct view script)
{
	tell(arg, "create", pid, script);
}

static inline void
on_input(void *arg, const uint8_t pid[16], struct view text)
{
	tell(arg, "input", pid, text);
}

static inline void
on_state(void *arg, const uint8_t pid[16], int state)
{
	char n[16];

	(void)snprintf(n, sizeof(n), "%d", state);
	tell(arg, "state", pid, view_str(n));
}

static inline struct told *
told_new(void)
{
	struct told *t = test_calloc(1, sizeof(*t));

	facts_init(&t->f);
	t->p = psrp_new(&t->f.world, &t->f.budget);
	assert_non_null(t->p);
	return t;
}

static inline void
told_free(struct told *t)
{
	psrp_free(t->p);
	facts_free(&t->f);
	test_free(t);
}

static inline void
told_is(struct told *t, const char *text)
{
	assert_string_equal(t->text, text);
	told_free(t);
}

/* On memory of just the size. */
static inline void
give(struct told *t, enum dir dir, enum psrp_stream stream, const uint8_t *b, size_t len, bool tail)
{
	const struct psrp_listener listener = { on_create, on_input, on_state, t };
	uint8_t *p = test_malloc(len + 1);

	memcpy(p + 1, b, len);
	psrp_data(t->p, &listener, dir, stream, (struct view){ p + 1, len }, tail);
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

static inline struct wire
wire_new(void)
{
	return (struct wire){ .p = test_malloc(1), .room = 1 };
}

/* More bytes, yet to be written. */
static inline uint8_t *
wire_more(struct wire *w, size_t n)
{
	if (n > w->room - w->n) {
		w->room = 2 * (w->n + n);
		w->p = test_realloc(w->p, w->room);
	}
	w->n += n;
	return w->p + w->n - n;
}

static inline void
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

static inline struct wire
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

static inline void
whole(struct wire *w, uint64_t object, uint32_t type, uint8_t pid, const char *xml)
{
	struct wire m = message(type, pid, xml);

	fragment(w, object, 0, 3, (struct view){ m.p, m.n });
	test_free(m.p);
}

/* Part i of n of a message, as a fragment. */
static inline void
part(struct wire *w, uint64_t object, size_t i, size_t n, uint32_t type, uint8_t pid,
    const char *xml)
{
	struct wire m = message(type, pid, xml);
	size_t from = m.n * i / n, to = m.n * (i + 1) / n;

	fragment(w, object, i, (uint8_t)((i == 0 ? 1 : 0) | (i + 1 == n ? 2 : 0)),
	    (struct view){ m.p + from, to - from });
	test_free(m.p);
}

static inline void
send(struct told *t, enum dir dir, enum psrp_stream stream, struct wire *w)
{
	give(t, dir, stream, w->p, w->n, false);
	w->n = 0;
}

#endif
