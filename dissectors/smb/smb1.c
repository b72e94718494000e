/* smb1.c -- SMB1 messages, [MS-CIFS] 2.2.4, [MS-SMB] 2.2.4. */
#include "smb/smb1.h"

#include "auth/gss.h"
#include "base/limits.h"
#include "base/rb.h"

#define ENOUGH		(SMB1_HEADER + 1 + 2 * 50 + 2)	/* the longest block of words that is read */
#define NO_COMMAND	0xff

#define FLAG_REPLY	0x80
#define FLAG2_NT_STATUS	0x4000
#define FLAG2_UNICODE	0x8000
#define ERR_MORE_DATA	0x00ea0001u	/* ERRDOS, 2.2.2.4 */

static int
req_cmp(const struct smb1_req *a, const struct smb1_req *b)
{
	return a->key < b->key ? -1 : a->key > b->key;
}

RB_STATIC(smb1_reqs, smb1_req, by_key, req_cmp)

/* ---- Requests that wait ---- */

static struct smb1_req *
req_find(struct smb1_conn *c, uint64_t key)
{
	struct smb1_req want = { .key = key };

	return RB_FIND(smb1_reqs, &c->reqs, &want);
}

void
smb1_req_forget(struct smb1_req *r)
{
	r->open = NULL;
}

static void
req_free(struct smb1_conn *c, struct smb1_req *r)
{
	RB_REMOVE(smb1_reqs, &c->reqs, r);
	TAILQ_REMOVE(&c->req_ages, r, age);
	c->n_reqs--;
	smb1_open_drop(r->open);
	gss_free(r->gss);
	budget_free(r->path);
	budget_free(r->to);
	budget_free(r->user);
	budget_free(r->domain);
	budget_free(r);
}

/* No answer will be seen. */
static void
req_lose(struct smb1_conn *c, struct smb1_req *r)
{
	struct smb1_open *o = r->reads ? smb1_open_find(c, r->fid) : NULL;

	if (o != NULL)
		handle_fetched(o->open, NT_PENDING);
	req_free(c, r);
}

static struct smb1_req *
req_new(struct smb1_conn *c, const struct smb1_message *m)
{
	struct smb1_req *r;

	if ((r = req_find(c, m->key)) != NULL)
		req_lose(c, r);
	if (c->n_reqs >= MAX_SMB_REQS) {
		stat_add(c->c.world->stats, STAT_SMB_LIMIT, 1);
		req_lose(c, TAILQ_FIRST(&c->req_ages));
	}
	if ((r = budget_calloc(c->c.budget, 1, sizeof(*r))) == NULL)
		return NULL;
	r->key = m->key;
	r->command = m->command;
	r->tid = m->tid;
	r->uid = m->uid;
	RB_INSERT(smb1_reqs, &c->reqs, r);
	TAILQ_INSERT_TAIL(&c->req_ages, r, age);
	c->n_reqs++;
	return r;
}

/* ---- Messages ---- */

/* 2.2.3.1 */
static bool
header(struct smb1_message *m)
{
	struct reader r = rd_open(m->v);
	uint8_t flags;
	uint16_t flags2, pid, mid;

	rd_skip(&r, 4);
	m->command = rd_u8(&r);
	m->status = rd_le32(&r);
	flags = rd_u8(&r);
	flags2 = rd_le16(&r);
	rd_skip(&r, 12);
	m->tid = rd_le16(&r);
	pid = rd_le16(&r);
	m->uid = rd_le16(&r);
	mid = rd_le16(&r);
	m->reply = (flags & FLAG_REPLY) != 0;
	m->unicode = (flags2 & FLAG2_UNICODE) != 0;
	if ((flags2 & FLAG2_NT_STATUS) == 0 && m->status != 0)
		m->status = m->status == ERR_MORE_DATA ? NT_BUFFER_OVERFLOW : NT_UNSUCCESSFUL;
	/* Their answers are the first to carry the UID and the TID, and impacket's
	 * server leaves the PID out of them. */
	if (m->command == SMB1_SESSION_SETUP || m->command == SMB1_TREE_CONNECT)
		m->key = (uint64_t)mid << 32 | m->command;
	else
		m->key = (uint64_t)pid << 48 | (uint64_t)mid << 32 |
		    (uint32_t)m->tid << 16 | m->uid;
	return rd_ok(&r);
}

/* The block of words and bytes at at; false when its words are not all there. */
static bool
block(const struct smb1_message *m, uint8_t command, size_t at, struct smb1_block *b)
{
	const uint8_t *n = view_at(m->v, at, 1).p;
	struct view words;
	uint16_t count = 0;

	if (n == NULL)
		return false;
	words = view_at(m->v, at + 1, 2u * *n);
	if (words.p == NULL)
		return false;
	*b = (struct smb1_block){ .m = m, .command = command, .n = *n, .status = m->status };
	b->words = rd_open(words);
	b->bytes_at = at + 1 + words.len + 2;
	if (view_at(m->v, b->bytes_at - 2, 2).p != NULL)
		count = le16dec(m->v.p + b->bytes_at - 2);
	b->bytes = rd_open(view_upto(m->v, b->bytes_at, count));
	return true;
}

/* 2.2.3.4: where the next command of a chain is; its offset has to advance. */
static bool
andx(struct smb1_conn *c, const struct smb1_block *b, size_t *at, uint8_t *next)
{
	struct reader r = b->words;
	size_t to;

	*next = rd_u8(&r);
	rd_skip(&r, 1);
	to = rd_le16(&r);
	if (!rd_ok(&r) || *next == NO_COMMAND)
		return false;
	if (to <= *at) {
		anomaly(c->c.world, c->c.peers, STAT_BAD_PDUS, "smb", "smb1_andx_loop");
		return false;
	}
	*at = to;
	return true;
}

static void
request(struct smb1_conn *c, const struct smb1_message *m)
{
	const struct smb1_command *cmd = smb1_command(m->command);
	uint8_t code = m->command;
	size_t n, at = SMB1_HEADER;
	struct smb1_req *r;
	struct smb1_block b;

	if (m->command == SMB1_SECONDARY) {
		r = req_find(c, m->key);
		if (r != NULL && block(m, code, at, &b))
			smb1_secondary(c, &b, r);
		return;
	}
	if (cmd == NULL || (r = req_new(c, m)) == NULL)
		return;
	for (n = 0; n < MAX_ANDX && cmd != NULL && block(m, code, at, &b); n++) {
		bool more = cmd->andx && andx(c, &b, &at, &code);

		if (cmd->request != NULL)
			cmd->request(c, &b, r);
		if (!more)
			return;
		cmd = smb1_command(code);
	}
	if (n == MAX_ANDX)
		stat_add(c->c.world->stats, STAT_SMB_LIMIT, 1);
}

static void
answer(struct smb1_conn *c, const struct smb1_message *m)
{
	const struct smb1_command *cmd = smb1_command(m->command);
	struct smb1_req *r = req_find(c, m->key);
	uint8_t code = m->command;
	size_t at = SMB1_HEADER;
	struct smb1_block b;
	bool more;

	if (r == NULL || r->command != m->command) {
		/* Data for a handle that is not known is missing from its stream. */
		if (code == SMB1_READ_ANDX || code == SMB1_TRANSACTION)
			c->gaps[S2C]++;
		return;
	}
	for (size_t n = 0; n < MAX_ANDX && cmd != NULL && block(m, code, at, &b); n++) {
		if (cmd->code == SMB1_TRANSACTION) {
			if (smb1_pipe_answered(c, &b, r))
				return;
			break;
		}
		more = cmd->andx && andx(c, &b, &at, &code);
		/* An error is that of the last command that was tried. */
		if (more)
			b.status = NT_SUCCESS;
		cmd->answer(c, &b, r);
		if (!more)
			break;
		cmd = smb1_command(code);
	}
	if ((r = req_find(c, m->key)) != NULL)
		req_free(c, r);
}

static void
smb1_message(void *conn, enum dir dir, struct view have, size_t len)
{
	struct smb1_conn *c = conn;
	struct smb1_message m = { .v = have, .len = len };

	if (!header(&m))
		return;
	if (m.reply != (dir == S2C)) {
		/* What a server sends unasked is an oplock break, 2.2.4.32. */
		if (dir == C2S)
			anomaly(c->c.world, c->c.peers, STAT_BAD_PDUS, "smb", "smb1_bad_header");
		return;
	}
	stat_add(c->c.world->stats, STAT_SMB1_MSGS, 1);
	if (dir == C2S)
		request(c, &m);
	else
		answer(c, &m);
}

/* Data of files that nobody wants are skipped, unless another command follows them. */
static enum head
smb1_head(void *conn, enum dir dir, struct view v, struct extent *x)
{
	struct smb1_conn *c = conn;
	struct smb1_message m = { .v = v, .len = x->len };
	struct smb1_open *o = NULL;
	struct smb_payload d = { 0 };
	struct smb1_req *r;
	struct smb1_block b;
	uint16_t fid;

	x->need = x->len < ENOUGH ? x->len : ENOUGH;
	if (v.len < x->need)
		return HEAD_MORE;
	if (!header(&m) || !block(&m, m.command, SMB1_HEADER, &b) || b.n == 0 ||
	    (m.command != SMB1_READ_ANDX && m.command != SMB1_WRITE_ANDX) ||
	    b.words.p[0] != NO_COMMAND)
		return HEAD_PDU;
	if (m.command == SMB1_WRITE_ANDX && dir == C2S && smb1_write_payload(&b, &d, &fid)) {
		if ((o = smb1_open_find(c, fid)) == NULL &&
		    (o = smb1_open_new(c, m.tid, m.uid, NULL, false)) != NULL)
			smb1_open_name(o, fid);
	} else if (m.command == SMB1_READ_ANDX && dir == S2C && smb1_read_payload(&b, &d)) {
		if ((r = req_find(c, m.key)) != NULL && r->reads)
			o = smb1_open_find(c, r->fid);
	} else
		return HEAD_PDU;
	return smb_bulk(x, v, &d, o != NULL ? o->open : NULL, dir);
}

static void *
smb1_new(const struct carrier *carrier)
{
	struct smb1_conn *c = budget_calloc(carrier->budget, 1, sizeof(*c));

	if (c == NULL)
		return NULL;
	c->c = *carrier;
	RB_INIT(&c->reqs);
	TAILQ_INIT(&c->req_ages);
	smb1_state_init(c);
	return c;
}

static void
smb1_gap(void *conn, enum dir dir)
{
	struct smb1_conn *c = conn;

	c->gaps[dir]++;
}

static void
smb1_free(void *conn)
{
	struct smb1_conn *c = conn;

	if (c == NULL)
		return;
	while (!TAILQ_EMPTY(&c->req_ages))
		req_lose(c, TAILQ_FIRST(&c->req_ages));
	smb1_state_free(c);
	budget_free(c);
}

const struct smb_ops smb1_ops = {
	.magic = "\xff",
	.conn_new = smb1_new,
	.head = smb1_head,
	.message = smb1_message,
	.gap = smb1_gap,
	.conn_free = smb1_free,
};
