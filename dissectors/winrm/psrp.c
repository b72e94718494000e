/* psrp.c -- fragments and messages of PowerShell Remoting, [MS-PSRP] 2.2.1, 2.2.4. */
#include "winrm/psrp.h"

#include "winrm/clixml.h"
#include "base/decompress.h"
#include "base/digest.h"
#include "base/limits.h"

#define FRAGMENT_HEADER	21
#define MESSAGE_HEADER	40
#define BLOCK_HEADER	4
#define BLOCK_MAX	65536

/* Flags of a fragment, 2.2.4 */
#define FLAG_START	1
#define FLAG_END	2

/* MessageTypes, 2.2.1 */
#define MSG_CREATE_PIPELINE	0x00021006
#define MSG_PIPELINE_INPUT	0x00041002
#define MSG_PIPELINE_STATE	0x00041006

struct fragment {
	uint64_t	 object, id;
	uint8_t		 flags;
	uint32_t	 len;
};

/* A message (in 2.2.4, an object) of which not all fragments are there yet. */
struct object {
	TAILQ_ENTRY(object) link;
	enum dir	 dir;
	uint64_t	 id;
	uint64_t	 next;		/* the FragmentId that must follow */
	size_t		 want;		/* how many of its bytes are kept; 0: none, it is skipped */
	struct buf	 data;
};
TAILQ_HEAD(objects, object);

/* One direction of a stream, whose bytes go on where the last call ended. */
struct lane {
	bool		 xpress;	/* it was found compressed, and stays so */
	bool		 lost;		/* bytes are missing: look for the next fragment */
	uint8_t		 head[FRAGMENT_HEADER];
	size_t		 have;		/* bytes in head */
	struct fragment	 fragment;	/* the one in progress */
	size_t		 left;		/* bytes of it to come */
	struct object	*to;		/* takes them; NULL: they are skipped */
	struct buf	 held;		/* the beginning of a compressed block */
	size_t		 work;		/* how many bytes may still be decompressed */
};

struct psrp {
	struct world	*world;
	struct budget	*budget;
	const struct psrp_listener *listener;	/* during psrp_data() */
	struct lane	 lanes[2][PSRP_STREAMS];
	struct objects	 objects;	/* least recently used first */
	size_t		 n_objects;
	size_t		 held;		/* bytes in them */
	struct done {
		uint64_t	 object;
		uint8_t		 sum[20];	/* SHA-1 */
	}		 done[MAX_PSRP_DONE];	/* the latest messages, a ring */
	size_t		 n_done;
};

/* ---- Messages ---- */

/* Returns how much of a message is read, by its direction and type; 0: nothing. */
static size_t
wanted(enum dir dir, struct view head)
{
	struct reader r = rd_open(head);
	uint32_t type;

	rd_skip(&r, 4);
	type = rd_le32(&r);
	if (dir == C2S && (type == MSG_CREATE_PIPELINE || type == MSG_PIPELINE_INPUT))
		return MAX_PSRP_MESSAGE;
	if (dir == S2C && type == MSG_PIPELINE_STATE)
		return MAX_PSRP_STATE;
	return 0;
}

/* Was this message read before?  A client whose connection broke may send it
 * again. */
static bool
seen(struct psrp *p, const struct object *o)
{
	struct done d = { .object = o->id };

	sha1(buf_view(&o->data), d.sum);
	for (size_t i = 0; i < MAX_PSRP_DONE && i < p->n_done; i++)
		if (p->done[i].object == d.object &&
		    memcmp(p->done[i].sum, d.sum, sizeof(d.sum)) == 0)
			return true;
	p->done[p->n_done++ % MAX_PSRP_DONE] = d;
	return false;
}

static void
message(struct psrp *p, const struct object *o)
{
	struct reader r = rd_open(buf_view(&o->data));
	const uint8_t *pid;
	uint32_t type;
	struct buf text;
	int64_t state;

	rd_skip(&r, 4);
	type = rd_le32(&r);
	rd_skip(&r, 16);
	pid = rd_need(&r, 16);
	if (pid == NULL || o->want == 0 || seen(p, o))
		return;
	stat_add(p->world->stats, STAT_PSRP_MESSAGES, 1);
	buf_init(&text, p->world->budget, MAX_SCRIPT_TEXT);
	if (type == MSG_PIPELINE_STATE) {
		if (clixml_number(rd_rest(&r), "PipelineState", &state))
			p->listener->state(p->listener->arg, pid, (int)state);
	} else if (type == MSG_CREATE_PIPELINE) {
		if (clixml_pipeline(rd_rest(&r), &text))
			p->listener->create(p->listener->arg, pid, buf_view(&text));
		else
			stat_add(p->world->stats, STAT_BAD_XML, 1);
	} else if (clixml_text(rd_rest(&r), &text))
		p->listener->input(p->listener->arg, pid, buf_view(&text));
	buf_free(&text);
}

/* ---- Objects: joined fragments ---- */

static void
object_drop(struct psrp *p, struct object *o)
{
	for (size_t i = 0; i < nitems(p->lanes); i++)
		for (size_t j = 0; j < nitems(p->lanes[i]); j++)
			if (p->lanes[i][j].to == o)
				p->lanes[i][j].to = NULL;
	TAILQ_REMOVE(&p->objects, o, link);
	p->n_objects--;
	p->held -= o->data.len;
	buf_free(&o->data);
	budget_free(o);
}

/* Drops an object that cannot be completed, or for which there is no room. */
static void
object_tear(struct psrp *p, struct object *o, enum counter why)
{
	stat_add(p->world->stats, why, 1);
	object_drop(p, o);
}

static struct object *
object_find(struct psrp *p, enum dir dir, uint64_t id)
{
	struct object *o;

	TAILQ_FOREACH_REVERSE(o, &p->objects, objects, link)
		if (o->id == id && o->dir == dir)
			return o;
	return NULL;
}

static struct object *
object_new(struct psrp *p, enum dir dir, uint64_t id)
{
	struct object *o;

	if (p->n_objects == MAX_PSRP_OBJECTS)
		object_tear(p, TAILQ_FIRST(&p->objects), STAT_PSRP_LIMIT);
	if ((o = budget_calloc(p->budget, 1, sizeof(*o))) == NULL) {
		stat_add(p->world->stats, STAT_PSRP_LIMIT, 1);
		return NULL;
	}
	o->dir = dir;
	o->id = id;
	o->want = MESSAGE_HEADER;
	buf_init(&o->data, p->budget, MESSAGE_HEADER + MAX_PSRP_MESSAGE);
	TAILQ_INSERT_TAIL(&p->objects, o, link);
	p->n_objects++;
	return o;
}

/* Adds bytes.  Returns false if there was no room: the object was then dropped. */
static bool
object_keep(struct psrp *p, struct object *o, struct view v)
{
	struct object *oldest;

	while (v.len > MAX_PSRP_HELD - p->held && (oldest = TAILQ_FIRST(&p->objects)) != o)
		object_tear(p, oldest, STAT_PSRP_LIMIT);
	if (v.len > MAX_PSRP_HELD - p->held || !buf_add(&o->data, v)) {
		object_tear(p, o, STAT_PSRP_LIMIT);
		return false;
	}
	p->held += v.len;
	return true;
}

/* Adds bytes, as far as they are wanted.  The message header, once it is whole,
 * tells how many are. */
static void
object_add(struct psrp *p, struct object *o, struct view v)
{
	size_t room = o->want > o->data.len ? o->want - o->data.len : 0;
	size_t n;

	if (room == 0 || !object_keep(p, o, view_upto(v, 0, room)) || v.len < room ||
	    o->want != MESSAGE_HEADER)
		return;
	if ((n = wanted(o->dir, buf_view(&o->data))) == 0) {
		p->held -= o->data.len;
		buf_free(&o->data);
		o->want = 0;
		return;
	}
	o->want += n;
	v = view_upto(view_from(v, room), 0, n);
	if (v.len > 0)
		(void)object_keep(p, o, v);
}

/* ---- Fragments ---- */

static struct fragment
fragment_read(struct view v)
{
	struct reader r = rd_open(v);
	struct fragment f;

	r.big = true;
	f.object = rd_u64(&r);
	f.id = rd_u64(&r);
	f.flags = rd_u8(&r);
	f.len = rd_u32(&r);
	return f;
}

/* Is this likely to be a fragment header, where none was expected? */
static bool
fragment_begins(struct view v)
{
	struct fragment f = fragment_read(v);

	return v.len >= FRAGMENT_HEADER && f.object - 1 < UINT32_MAX && f.id < UINT32_MAX &&
	    f.flags <= (FLAG_START | FLAG_END) && ((f.flags & FLAG_START) != 0) == (f.id == 0) &&
	    f.len <= MAX_PSRP_FRAGMENT;
}

/* Do whole fragments follow one another here, to the end or PSRP_HOPS of them? */
static bool
fragments_at(struct view v)
{
	for (unsigned int hops = 0; hops < PSRP_HOPS; hops++) {
		struct fragment f = fragment_read(v);

		if (!fragment_begins(v) || f.len > v.len - FRAGMENT_HEADER)
			return false;
		v = view_from(v, FRAGMENT_HEADER + (size_t)f.len);
		if (v.len == 0)
			return true;
	}
	return true;
}

/* Returns the first offset at which they do; v.len: there is none. */
static size_t
fragment_find(struct view v)
{
	size_t at = 0;

	while (at < v.len && !fragments_at(view_from(v, at)))
		at++;
	return at;
}

/*
 * Returns the object that a fragment belongs to, or NULL: the fragment is
 * skipped.  rest is what is there of its bytes.  A first fragment that was sent
 * twice equals the first one; if it does not, the object begins anew, as for
 * the receiver.
 */
static struct object *
fragment_object(struct psrp *p, enum dir dir, const struct fragment *f, struct view rest)
{
	struct object *o = object_find(p, dir, f->object);

	if (f->flags & FLAG_START) {
		if (o != NULL && (f->flags & FLAG_END) == 0 && f->len > 0 && rest.len >= f->len &&
		    o->data.len >= f->len && memcmp(o->data.p, rest.p, f->len) == 0)
			return NULL;
		if (o != NULL)
			object_tear(p, o, STAT_PSRP_TORN);
		if ((o = object_new(p, dir, f->object)) != NULL)
			o->next = f->id;
	} else if (o != NULL && f->id > o->next) {
		object_tear(p, o, STAT_PSRP_TORN);
		return NULL;
	}
	if (o == NULL || f->id < o->next)
		return NULL;
	o->next++;
	TAILQ_REMOVE(&p->objects, o, link);
	TAILQ_INSERT_TAIL(&p->objects, o, link);
	return o;
}

static void
fragment_end(struct psrp *p, struct lane *l)
{
	struct object *o = l->to;

	l->to = NULL;
	if (o == NULL || (l->fragment.flags & FLAG_END) == 0)
		return;
	message(p, o);
	object_drop(p, o);
}

/* The header in head is whole; rest stands behind it.  Returns false if it is
 * no fragment header. */
static bool
fragment_start(struct psrp *p, enum dir dir, struct lane *l, struct view rest)
{
	l->have = 0;
	l->fragment = fragment_read((struct view){ l->head, FRAGMENT_HEADER });
	if (l->fragment.object == 0 || l->fragment.len > MAX_PSRP_FRAGMENT)
		return false;
	l->left = l->fragment.len;
	l->to = fragment_object(p, dir, &l->fragment, rest);
	if (l->left == 0)
		fragment_end(p, l);
	return true;
}

/* The next bytes do not go on where the last ended: drops what is in progress. */
static void
lane_cut(struct psrp *p, struct lane *l)
{
	if (l->to != NULL)
		object_tear(p, l->to, STAT_PSRP_TORN);
	l->have = l->left = 0;
	l->lost = true;
	buf_free(&l->held);
}

/* Reads bytes that are not compressed (any more). */
static void
lane_plain(struct psrp *p, enum dir dir, struct lane *l, struct view v)
{
	struct view part;

	/* Fragment headers do not occur in texts: these bytes come from another
	 * envelope, and the fragment in progress will not be completed. */
	if ((l->have > 0 || l->left > 0) && fragments_at(v))
		lane_cut(p, l);
	while (v.len > 0) {
		if (l->lost) {
			v = view_from(v, fragment_find(v));
			l->lost = v.len == 0;
		} else if (l->left == 0) {
			part = view_upto(v, 0, FRAGMENT_HEADER - l->have);
			memcpy(l->head + l->have, part.p, part.len);
			l->have += part.len;
			v = view_from(v, part.len);
			if (l->have == FRAGMENT_HEADER && !fragment_start(p, dir, l, v)) {
				stat_add(p->world->stats, STAT_PSRP_TORN, 1);
				l->lost = true;
			}
		} else {
			part = view_upto(v, 0, l->left);
			v = view_from(v, part.len);
			l->left -= part.len;
			if (l->to != NULL)
				object_add(p, l->to, part);
			if (l->left == 0)
				fragment_end(p, l);
		}
	}
}

/* ---- Compression, [MS-WSMV] 3.1.4.1.31.6 ---- */

enum block { BLOCK_WHOLE, BLOCK_PART, BLOCK_BAD };

/* Reads the head of the block that v begins with: its lengths before and after
 * compression, each less one. */
static enum block
block_head(struct view v, size_t *len, size_t *stored)
{
	struct reader r = rd_open(v);

	*len = (size_t)rd_le16(&r) + 1;
	*stored = (size_t)rd_le16(&r) + 1;
	if (!rd_ok(&r))
		return BLOCK_PART;
	if (*stored > *len)
		return BLOCK_BAD;
	return r.left < *stored ? BLOCK_PART : BLOCK_WHOLE;
}

/* Decompresses a whole block to out[BLOCK_MAX]. */
static bool
block_open(struct view v, size_t len, size_t stored, uint8_t *out)
{
	struct view in = view_at(v, BLOCK_HEADER, stored);

	if (stored < len)
		return lz77_huffman(in, out, len);
	memcpy(out, in.p, len);
	return true;
}

/* Decompresses a whole block, unless the stream has decompressed to too much. */
static bool
lane_open(struct lane *l, struct view v, size_t len, size_t stored, uint8_t *plain)
{
	l->work += stored * PSRP_EARNS;
	if (l->work > MAX_PSRP_WORK)
		l->work = MAX_PSRP_WORK;
	if (len > l->work)
		return false;
	l->work -= len;
	return block_open(v, len, stored, plain);
}

/* Moves bytes from *v to held until the next block is whole there. */
static enum block
lane_block(struct lane *l, struct view *v, size_t *len, size_t *stored)
{
	enum block got;
	struct view part;

	while ((got = block_head(buf_view(&l->held), len, stored)) == BLOCK_PART && v->len > 0) {
		part = view_upto(*v, 0, BLOCK_HEADER - l->held.len);
		if (l->held.len >= BLOCK_HEADER)
			part = view_upto(*v, 0, BLOCK_HEADER + *stored - l->held.len);
		if (!buf_add(&l->held, part))
			return BLOCK_BAD;
		*v = view_from(*v, part.len);
	}
	return got;
}

/* Reads compressed bytes.  Returns false if they are no blocks, or decompress
 * to too much. */
static bool
lane_packed(struct psrp *p, enum dir dir, struct lane *l, struct view v, uint8_t *plain)
{
	size_t len, stored;
	enum block got;

	while ((got = lane_block(l, &v, &len, &stored)) == BLOCK_WHOLE) {
		struct view out = { plain, len };

		if (!lane_open(l, buf_view(&l->held), len, stored, plain) ||
		    (!l->xpress && !fragment_begins(out)))
			return false;
		l->xpress = true;
		buf_free(&l->held);
		lane_plain(p, dir, l, out);
	}
	return got == BLOCK_PART;
}

/* Returns the offset of the last block of v, which its length tells; v.len:
 * there is none. */
static size_t
block_find(struct lane *l, struct view v, uint8_t *plain)
{
	size_t len, stored;
	unsigned int tries = 0;

	for (size_t at = 0; at < v.len && tries < PSRP_TRIES; at++) {
		struct view rest = view_from(v, at);

		if (block_head(rest, &len, &stored) != BLOCK_WHOLE ||
		    BLOCK_HEADER + stored != rest.len)
			continue;
		tries++;
		if (lane_open(l, rest, len, stored, plain) &&
		    fragment_find((struct view){ plain, len }) < len)
			return at;
	}
	return v.len;
}

/* Does v begin like fragments that are not compressed?  Either its ObjectId is
 * small, or fragments follow one another to the end. */
static bool
is_plain(struct view v)
{
	static const uint8_t zero[4];

	if (memcmp(v.p, zero, v.len < sizeof(zero) ? v.len : sizeof(zero)) == 0)
		return true;
	while (v.len >= FRAGMENT_HEADER) {
		struct fragment f = fragment_read(v);

		if (f.object == 0 || f.len > v.len - FRAGMENT_HEADER)
			return false;
		v = view_from(v, FRAGMENT_HEADER + (size_t)f.len);
	}
	return v.len == 0;
}

/* Reads bytes that may be compressed, and finds out whether they are. */
static void
lane_guess(struct psrp *p, enum dir dir, struct lane *l, struct view v, bool tail)
{
	uint8_t *plain = budget_alloc(p->world->budget, BLOCK_MAX);
	struct view blocks = v;

	if (plain == NULL) {
		stat_add(p->world->stats, STAT_PSRP_LIMIT, 1);
		lane_cut(p, l);
		return;
	}
	if (tail) {
		blocks = view_from(v, block_find(l, v, plain));
		l->xpress |= blocks.len > 0;
	}
	if (!lane_packed(p, dir, l, blocks, plain)) {
		stat_add(p->world->stats, STAT_PSRP_TORN, 1);
		lane_cut(p, l);
		if (!l->xpress)
			lane_plain(p, dir, l, v);
	}
	budget_free(plain);
}

void
psrp_data(struct psrp *p, const struct psrp_listener *listener, enum dir dir,
    enum psrp_stream stream, struct view v, bool tail)
{
	struct lane *l = &p->lanes[dir][stream];

	if (v.len == 0)
		return;
	p->listener = listener;
	if (tail || (!l->xpress && l->held.len > 0 && fragments_at(v)))
		lane_cut(p, l);
	if (!l->xpress && l->held.len == 0 && (l->have > 0 || l->left > 0 ||
	    (tail ? fragment_find(v) < v.len : is_plain(v))))
		lane_plain(p, dir, l, v);
	else
		lane_guess(p, dir, l, v, tail);
	p->listener = NULL;
}

struct psrp *
psrp_new(struct world *world, struct budget *budget)
{
	struct psrp *p = budget_calloc(budget, 1, sizeof(*p));

	if (p == NULL)
		return NULL;
	p->world = world;
	p->budget = budget;
	TAILQ_INIT(&p->objects);
	for (size_t i = 0; i < nitems(p->lanes); i++)
		for (size_t j = 0; j < nitems(p->lanes[i]); j++) {
			p->lanes[i][j].work = MAX_PSRP_WORK;
			buf_init(&p->lanes[i][j].held, budget, BLOCK_HEADER + BLOCK_MAX);
		}
	return p;
}

void
psrp_free(struct psrp *p)
{
	if (p == NULL)
		return;
	while (!TAILQ_EMPTY(&p->objects))
		object_drop(p, TAILQ_FIRST(&p->objects));
	for (size_t i = 0; i < nitems(p->lanes); i++)
		for (size_t j = 0; j < nitems(p->lanes[i]); j++)
			buf_free(&p->lanes[i][j].held);
	budget_free(p);
}
