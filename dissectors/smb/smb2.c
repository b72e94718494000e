/* smb2.c -- SMB2 and SMB3 messages, [MS-SMB2] 2.2. */
#include "smb/smb2.h"

#include "base/limits.h"
#include "base/rb.h"
#include "smb/smb2-compress.h"

#define ENOUGH		(SMB2_HEADER + 128)	/* of a large answer: every field that is read */

/* What the requests of a compound inherit from one another, 3.2.4.1.4. */
struct chain {
	uint64_t	 session;
	uint32_t	 tree;
	bool		 creating;	/* the FileId is that of CREATE mid's answer */
	uint64_t	 mid;
	bool		 known;		/* the FileId is id */
	uint8_t		 id[SMB2_FILEID];
};

static int
req_cmp(const struct smb2_req *a, const struct smb2_req *b)
{
	return a->mid < b->mid ? -1 : a->mid > b->mid;
}

RB_STATIC(smb2_reqs, smb2_req, by_mid, req_cmp)

/* ---- Requests that wait ---- */

static struct smb2_req *
req_find(struct smb2_conn *c, uint64_t mid)
{
	struct smb2_req key = { .mid = mid };

	return RB_FIND(smb2_reqs, &c->reqs, &key);
}

void
smb2_req_forget(struct smb2_req *r)
{
	r->open = NULL;
}

/* A compound's requests follow one another in MessageId. */
void
smb2_req_resolve(struct smb2_req *create, const uint8_t id[SMB2_FILEID])
{
	struct smb2_req *r;

	for (r = RB_NEXT(smb2_reqs, NULL, create); r != NULL && r->waits &&
	    r->create == create->mid; r = RB_NEXT(smb2_reqs, NULL, r)) {
		memcpy(r->id, id, SMB2_FILEID);
		r->waits = false;
	}
}

static void
req_free(struct smb2_conn *c, struct smb2_req *r)
{
	RB_REMOVE(smb2_reqs, &c->reqs, r);
	TAILQ_REMOVE(&c->req_ages, r, age);
	c->n_reqs--;
	smb2_open_drop(r->open);
	smb2_setup_free(r->setup);
	budget_free(r->path);
	budget_free(r);
}

void
smb2_req_answered(struct smb2_conn *c, uint64_t mid)
{
	struct smb2_req *r = req_find(c, mid);

	if (r != NULL)
		req_free(c, r);
}

struct smb2_open *
smb2_read_target(struct smb2_conn *c, uint64_t mid)
{
	struct smb2_req *r = req_find(c, mid);
	struct smb2_session *s;

	if (r == NULL || r->command != SMB2_READ || r->waits ||
	    (s = smb2_session_find(c, r->session)) == NULL)
		return NULL;
	return smb2_open_find(s, r->id);
}

/* No answer will be seen. */
static void
req_lose(struct smb2_conn *c, struct smb2_req *r)
{
	struct smb2_session *s;
	struct smb2_open *o;

	if (r->command == SMB2_READ && !r->waits &&
	    (s = smb2_session_find(c, r->session)) != NULL &&
	    (o = smb2_open_find(s, r->id)) != NULL)
		handle_fetched(o->open, NT_PENDING);
	req_free(c, r);
}

static struct smb2_req *
req_new(struct smb2_conn *c, const struct smb2_part *p)
{
	struct smb2_req *r;

	if ((r = req_find(c, p->mid)) != NULL)
		req_lose(c, r);
	if (c->n_reqs >= MAX_SMB_REQS) {
		stat_add(c->c.world->stats, STAT_SMB_LIMIT, 1);
		req_lose(c, TAILQ_FIRST(&c->req_ages));
	}
	if ((r = budget_calloc(c->c.budget, 1, sizeof(*r))) == NULL)
		return NULL;
	r->mid = p->mid;
	r->session = p->session;
	r->tree = p->tree;
	r->command = p->command;
	RB_INSERT(smb2_reqs, &c->reqs, r);
	TAILQ_INSERT_TAIL(&c->req_ages, r, age);
	c->n_reqs++;
	return r;
}

/* ---- Messages ---- */

/* The handle that a request names, by itself or by its place in a compound. */
static struct smb2_open *
target(struct smb2_conn *c, const struct smb2_part *p, struct smb2_req *r,
    struct chain *chain, size_t at)
{
	const uint8_t *id = smb2_field(p, SMB2_HEADER + at, SMB2_FILEID).p;
	struct smb2_req *create;

	if (id == NULL || p->s == NULL)
		return NULL;
	if (smb2_id_inherited(id) && (p->flags & SMB2_FLAG_RELATED) != 0) {
		if (chain->creating) {
			r->waits = true;
			r->create = chain->mid;
			create = req_find(c, chain->mid);
			return create != NULL ? create->open : NULL;
		}
		if (!chain->known)
			return NULL;
		id = chain->id;
	}
	memcpy(r->id, id, SMB2_FILEID);
	memmove(chain->id, id, SMB2_FILEID);
	chain->creating = false;
	chain->known = true;
	return smb2_open_find(p->s, r->id);
}

static void
request(struct smb2_conn *c, struct smb2_part *p, struct chain *chain)
{
	const struct smb2_command *cmd = &smb2_commands[p->command];
	struct view size = smb2_field(p, SMB2_HEADER, 2);
	struct smb2_open *o = NULL;
	struct smb2_req *r;

	if (cmd->size == 0 || size.p == NULL)
		return;
	if (le16dec(size.p) != cmd->size) {
		anomaly(c->c.world, c->c.peers, STAT_BAD_PDUS, "smb", "smb2_bad_request");
		return;
	}
	if ((p->flags & SMB2_FLAG_RELATED) != 0) {
		p->session = chain->session;
		p->tree = chain->tree;
	}
	chain->session = p->session;
	chain->tree = p->tree;
	p->s = smb2_session(c, p->session);
	if ((r = req_new(c, p)) == NULL)
		return;
	if (cmd->id != 0)
		o = target(c, p, r, chain, cmd->id);
	smb2_open_mark(c, o);
	if (p->command == SMB2_CREATE) {
		chain->creating = true;
		chain->mid = p->mid;
	}
	if (cmd->request != NULL)
		cmd->request(p, r, o);
	if (cmd->answer == NULL)
		req_free(c, r);
}

static void
answer(struct smb2_conn *c, struct smb2_part *p)
{
	struct smb2_req *r = req_find(c, p->mid);

	/* May answer an SMB1 NEGOTIATE, 3.3.5.3.1. */
	if (p->command == SMB2_NEGOTIATE && r == NULL)
		smb2_commands[SMB2_NEGOTIATE].answer(p, NULL);
	if (p->status == NT_PENDING || p->mid == UINT64_MAX)
		return;
	if (r == NULL) {
		/* Data for a handle that is not known is missing from its stream. */
		if (p->command == SMB2_READ || p->command == SMB2_IOCTL)
			c->gaps[S2C]++;
		return;
	}
	if (r->command == p->command) {
		/* An asynchronous answer has no TreeId, and none needs one. */
		p->s = smb2_session_find(c, p->command == SMB2_SESSION_SETUP ? p->session : r->session);
		smb2_commands[p->command].answer(p, r);
	}
	if ((r = req_find(c, p->mid)) != NULL)
		req_free(c, r);
}

/* Read the header at the start of p->v, 2.2.1. */
static bool
header(struct smb2_part *p, uint32_t *next)
{
	struct reader r = rd_open(p->v);

	rd_skip(&r, 4);
	if (rd_le16(&r) != SMB2_HEADER)
		return false;
	rd_skip(&r, 2);
	p->status = rd_le32(&r);
	p->command = rd_le16(&r);
	rd_skip(&r, 2);
	p->flags = rd_le32(&r);
	*next = rd_le32(&r);
	p->mid = rd_le64(&r);
	rd_skip(&r, 4);
	p->tree = rd_le32(&r);
	p->session = rd_le64(&r);
	rd_skip(&r, 16);
	return rd_ok(&r) && memcmp(p->v.p, "\xfeSMB", 4) == 0 && p->command <= SMB2_LAST_COMMAND;
}

static void
messages(struct smb2_conn *c, enum dir dir, struct view have, size_t len)
{
	struct chain chain = { 0 };
	size_t n, at = 0;
	uint32_t next;

	for (n = 0; n < MAX_COMPOUND && at < have.len; n++) {
		struct smb2_part p = { .c = c, .v = view_from(have, at), .len = len - at };

		if (!header(&p, &next) ||
		    ((p.flags & SMB2_FLAG_RESPONSE) != 0) != (dir == S2C) ||
		    (next != 0 && (next % 8 != 0 || next < SMB2_HEADER || next >= p.len))) {
			if (p.v.len >= SMB2_HEADER || p.v.len == p.len)
				anomaly(c->c.world, c->c.peers, STAT_BAD_PDUS, "smb",
				    "smb2_bad_header");
			return;
		}
		if (next != 0) {
			p.len = next;
			p.v = view_upto(p.v, 0, next);
		}
		stat_add(c->c.world->stats, STAT_SMB2_MSGS, 1);
		if (dir == C2S)
			request(c, &p, &chain);
		else
			answer(c, &p);
		if (next == 0)
			return;
		at += next;
	}
	if (n == MAX_COMPOUND)
		stat_add(c->c.world->stats, STAT_SMB_LIMIT, 1);
}

/* A compressed message, 2.2.42. */
static void
compressed(struct smb2_conn *c, enum dir dir, struct view have, size_t len)
{
	struct buf clear;

	stat_add(c->c.world->stats, STAT_SMB3_COMPRESSED, 1);
	if (have.len < len) {
		c->gaps[dir]++;
		return;
	}
	buf_init(&clear, c->c.budget, MAX_PDU);
	if (smb2_decompress(have, &clear)) {
		messages(c, dir, buf_view(&clear), clear.len);
	} else {
		c->gaps[dir]++;
		anomaly(c->c.world, c->c.peers, STAT_BAD_PDUS, "smb", "smb2_bad_compression");
	}
	buf_free(&clear);
}

void
smb2_clear(struct smb2_conn *c, enum dir dir, struct view have, size_t len)
{
	if (have.len > 0 && have.p[0] == 0xfc)
		compressed(c, dir, have, len);
	else
		messages(c, dir, have, len);
}

static void
smb2_message(void *conn, enum dir dir, struct view have, size_t len)
{
	struct smb2_conn *c = conn;

	if (have.p[0] == 0xfd)
		smb2_sealed(c, dir, have, len);
	else
		smb2_clear(c, dir, have, len);
}

static enum head
write_head(struct smb2_conn *c, struct smb2_part *p, struct extent *x)
{
	struct smb2_session *s = smb2_session(c, p->session);
	struct smb2_open *o = NULL;
	struct smb_payload d = { 0 };
	const uint8_t *id;

	if (!smb2_write_payload(smb2_body(p), &d, &id))
		return HEAD_PDU;
	if (s != NULL)
		o = smb2_open_get(c, s, p->tree, id, false);
	return smb_bulk(x, p->v, &d, o != NULL ? o->open : NULL, C2S);
}

static enum head
read_head(struct smb2_conn *c, struct smb2_part *p, struct extent *x)
{
	struct smb2_req *r = req_find(c, p->mid);
	struct smb2_open *o = NULL;
	struct smb_payload d = { 0 };

	if (!nt_data(p->status) || !smb2_read_payload(smb2_body(p), &d))
		return HEAD_PDU;
	if (r != NULL && (p->s = smb2_session_find(c, r->session)) != NULL)
		o = smb2_open_of(p, r);
	return smb_bulk(x, p->v, &d, o != NULL ? o->open : NULL, S2C);
}

enum head
smb2_clear_head(struct smb2_conn *c, enum dir dir, struct view v, struct extent *x)
{
	struct smb2_part p = { .c = c, .v = v, .len = x->len };
	uint32_t next;

	if (v.p[0] == 0xfc)
		return HEAD_PDU;
	x->need = x->len < ENOUGH ? x->len : ENOUGH;
	if (v.len < x->need)
		return HEAD_MORE;
	if (!header(&p, &next) || next != 0)
		return HEAD_PDU;
	if (dir == C2S && p.command == SMB2_WRITE)
		return write_head(c, &p, x);
	if (dir == S2C && p.command == SMB2_READ)
		return read_head(c, &p, x);
	if (x->len > SMB_SMALL && !(p.command == SMB2_IOCTL &&
	    le32dec(v.p + SMB2_HEADER + 4) == FSCTL_PIPE_TRANSCEIVE))
		x->keep = ENOUGH;
	return HEAD_PDU;
}

static enum head
smb2_head(void *conn, enum dir dir, struct view v, struct extent *x)
{
	return v.p[0] == 0xfd ? smb2_sealed_head(conn, dir, v, x) :
	    smb2_clear_head(conn, dir, v, x);
}

static void *
smb2_new(const struct carrier *carrier)
{
	struct smb2_conn *c = budget_calloc(carrier->budget, 1, sizeof(*c));

	if (c == NULL)
		return NULL;
	c->c = *carrier;
	RB_INIT(&c->links);
	RB_INIT(&c->reqs);
	TAILQ_INIT(&c->req_ages);
	return c;
}

static void
smb2_gap(void *conn, enum dir dir)
{
	struct smb2_conn *c = conn;

	c->gaps[dir]++;
}

static void
smb2_free(void *conn)
{
	struct smb2_conn *c = conn;

	if (c == NULL)
		return;
	while (!TAILQ_EMPTY(&c->req_ages))
		req_lose(c, TAILQ_FIRST(&c->req_ages));
	smb2_leave(c);
	budget_free(c);
}

const struct smb_ops smb2_ops = {
	.magic = "\xfe\xfd\xfc",
	.conn_new = smb2_new,
	.head = smb2_head,
	.message = smb2_message,
	.gap = smb2_gap,
	.conn_free = smb2_free,
};
