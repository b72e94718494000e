/* smb2.c -- SMB2 and SMB3 messages, their compounds and their answers, [MS-SMB2] 2.2. */
#include "smb/smb2.h"

#include "base/limits.h"
#include "smb/ntstatus.h"
#include "smb/smb2-command.h"
#include "smb/smb2-compress.h"
#include "smb/smb2-seal.h"

#define ENOUGH		(SMB2_HEADER + 128)	/* of a large answer: every field that is read */

/* What the requests of a compound inherit from one another, 3.2.4.1.4. */
struct chain {
	uint64_t	 session;
	uint32_t	 tree;
	bool		 creating;	/* the FileId is the one that the answer to mid will give */
	uint64_t	 mid;		/* of a CREATE */
	bool		 known;		/* the FileId is id */
	uint8_t		 id[SMB_ID];
};

static struct smb2_request *
request_new(const struct smb2_message *m)
{
	struct smb2_request *r = smb_request_new(&m->c->smb.requests, m->mid);

	if (r == NULL)
		return NULL;
	r->session = m->session;
	r->r.tree = m->tree;
	r->r.command = m->command;
	return r;
}

/* Returns what is open under the FileId that a request names, by itself or by its
 * place in a compound; NULL if that is not known.  at: where it is in the body. */
static struct smb_open *
target(const struct smb2_message *m, struct smb2_request *r, struct chain *chain, size_t at)
{
	const uint8_t *id = view_at(m->v, SMB2_HEADER + at, SMB_ID).p;
	struct smb2_request *create;

	if (id == NULL || m->s == NULL)
		return NULL;
	if (smb2_id_inherited(id) && (m->flags & SMB2_FLAG_RELATED) != 0) {
		if (chain->creating) {
			r->waits = true;
			r->create = chain->mid;
			create = smb2_request_find(m->c, chain->mid);
			return create != NULL ? create->r.open : NULL;
		}
		if (!chain->known)
			return NULL;
		id = chain->id;
	}
	memcpy(r->id, id, SMB_ID);
	memmove(chain->id, id, SMB_ID);
	chain->creating = false;
	chain->known = true;
	return smb_open_find(&m->s->opens, r->id);
}

static void
request(struct smb2_message *m, struct chain *chain)
{
	struct smb2_conn *c = m->c;
	const struct smb2_command *cmd = &smb2_commands[m->command];
	struct view size = view_at(m->v, SMB2_HEADER, 2);
	struct smb_open *o = NULL;
	struct smb2_request *r;

	if (cmd->size == 0 || size.p == NULL)
		return;
	if (le16dec(size.p) != cmd->size) {
		smb_anomaly(&c->smb, "smb2_bad_request");
		return;
	}
	if ((m->flags & SMB2_FLAG_RELATED) != 0) {
		m->session = chain->session;
		m->tree = chain->tree;
	}
	chain->session = m->session;
	chain->tree = m->tree;
	m->s = smb2_session(c, m->session);
	if ((r = request_new(m)) == NULL)
		return;
	if (cmd->id != 0)
		o = target(m, r, chain, cmd->id);
	smb2_open_mark(c, o);
	if (m->command == SMB2_CREATE) {
		chain->creating = true;
		chain->mid = m->mid;
	}
	if (cmd->request != NULL)
		cmd->request(m, r, o);
	if (cmd->answer == NULL)
		smb_request_free(&c->smb.requests, &r->r);
}

static void
answer(struct smb2_message *m)
{
	struct smb2_conn *c = m->c;
	struct smb2_request *r = smb2_request_find(c, m->mid);

	/* It may answer an SMB1 NEGOTIATE, 3.3.5.3.1. */
	if (m->command == SMB2_NEGOTIATE && r == NULL)
		smb2_commands[SMB2_NEGOTIATE].answer(m, NULL);
	if (m->status == NT_PENDING || m->mid == UINT64_MAX)
		return;
	if (r == NULL) {
		/* The data is for an open that is not known: it is missing there. */
		if (m->command == SMB2_READ || m->command == SMB2_IOCTL)
			c->smb.gaps[S2C]++;
		return;
	}
	if (r->r.command == m->command) {
		/* An asynchronous answer has no TreeId, and none needs one. */
		m->s = smb2_session_find(c, m->command == SMB2_SESSION_SETUP ? m->session :
		    r->session);
		smb2_commands[m->command].answer(m, r);
	}
	smb2_request_answered(c, m->mid);
}

/* A clear message, or a compound of them, 3.2.4.1.4. */
static void
messages(struct smb2_conn *c, enum dir dir, struct view have, size_t len)
{
	struct chain chain = { 0 };
	size_t n, at = 0;

	for (n = 0; n < MAX_COMPOUND && at < have.len; n++) {
		struct smb2_message m = { .c = c, .v = view_from(have, at), .len = len - at };

		if (!smb2_message_read(&m) ||
		    ((m.flags & SMB2_FLAG_RESPONSE) != 0) != (dir == S2C) ||
		    (m.next != 0 && (m.next % 8 != 0 || m.next < SMB2_HEADER || m.next >= m.len))) {
			if (m.v.len >= SMB2_HEADER || m.v.len == m.len)
				smb_anomaly(&c->smb, "smb2_bad_header");
			return;
		}
		if (m.next != 0) {
			m.len = m.next;
			m.v = view_upto(m.v, 0, m.next);
		}
		stat_add(c->smb.world->stats, STAT_SMB2_MSGS, 1);
		if (dir == C2S)
			request(&m, &chain);
		else
			answer(&m);
		if (m.next == 0)
			return;
		at += m.next;
	}
	if (n == MAX_COMPOUND)
		stat_add(c->smb.world->stats, STAT_SMB_LIMIT, 1);
}

/* A compressed message, 2.2.42. */
static void
compressed(struct smb2_conn *c, enum dir dir, struct view have, size_t len)
{
	struct buf clear;

	stat_add(c->smb.world->stats, STAT_SMB3_COMPRESSED, 1);
	if (have.len < len) {
		c->smb.gaps[dir]++;
		return;
	}
	buf_init(&clear, c->smb.budget, MAX_PDU);
	if (smb2_decompress(have, &clear)) {
		messages(c, dir, buf_view(&clear), clear.len);
	} else {
		c->smb.gaps[dir]++;
		smb_anomaly(&c->smb, "smb2_bad_compression");
	}
	buf_free(&clear);
}

static void
clear_message(struct smb2_conn *c, enum dir dir, struct view have, size_t len)
{
	if (have.len > 0 && have.p[0] == 0xfc)
		compressed(c, dir, have, len);
	else
		messages(c, dir, have, len);
}

static enum head
write_head(struct smb2_message *m, struct extent *x)
{
	struct smb_payload d = { 0 };
	struct smb_open *o;
	const uint8_t *id;

	if (!smb2_write_payload(smb2_body(m), &d, &id))
		return HEAD_PDU;
	m->s = smb2_session(m->c, m->session);
	o = smb2_open_get(m, m->tree, id, false);
	return smb_bulk(x, m->v, &d, smb_handle(o), C2S);
}

static enum head
read_head(const struct smb2_message *m, struct extent *x)
{
	struct smb2_request *r = smb2_request_find(m->c, m->mid);
	struct smb_open *o = NULL;
	struct smb_payload d = { 0 };

	if (!nt_data(m->status) || !smb2_read_payload(smb2_body(m), &d))
		return HEAD_PDU;
	if (r != NULL)
		o = smb2_request_open(smb2_session_find(m->c, r->session), r);
	return smb_bulk(x, m->v, &d, smb_handle(o), S2C);
}

static enum head
clear_head(struct smb2_conn *c, enum dir dir, struct view v, struct extent *x)
{
	struct smb2_message m = { .c = c, .v = v, .len = x->len };

	if (v.p[0] == 0xfc)
		return HEAD_PDU;
	x->need = x->len < ENOUGH ? x->len : ENOUGH;
	if (v.len < x->need)
		return HEAD_MORE;
	if (!smb2_message_read(&m) || m.next != 0)
		return HEAD_PDU;
	if (dir == C2S && m.command == SMB2_WRITE)
		return write_head(&m, x);
	if (dir == S2C && m.command == SMB2_READ)
		return read_head(&m, x);
	if (x->len > SMB_SMALL && !(m.command == SMB2_IOCTL &&
	    le32dec(v.p + SMB2_HEADER + 4) == FSCTL_PIPE_TRANSCEIVE))
		x->keep = ENOUGH;
	return HEAD_PDU;
}

/* Is it a WRITE, or a READ's answer, that says nothing but its payload? */
static bool
only_payload(struct smb2_conn *c, enum dir dir, const uint8_t header[SMB2_HEADER])
{
	struct smb2_request *r;
	struct smb_open *o;

	if (dir == C2S)
		return le16dec(header + 12) == SMB2_WRITE;
	c->unwanted_mid = le64dec(header + 24);
	if ((r = smb2_request_find(c, c->unwanted_mid)) == NULL || !r->r.reads)
		return false;
	o = smb2_request_open(smb2_session_find(c, r->session), r);
	return o != NULL && !handle_tells_reads(o->handle);
}

/* A long message is judged by its first bytes, which are not proven: they may
 * make us pass over it, and say nothing. */
static enum head
sealed_head(struct smb2_conn *c, enum dir dir, struct view v, struct extent *x)
{
	struct smb2_peek peek;
	struct extent in;
	enum head h;

	c->unwanted[dir] = false;
	peek.first.p = NULL;
	h = smb2_seal_head(c, dir, v, x, &peek);
	if (peek.first.p == NULL || peek.clear[0] != 0xfe)
		return h;
	in.need = in.len = in.keep = x->len - SMB3_TRANSFORM;
	h = clear_head(c, dir, peek.first, &in);
	if (h == HEAD_MORE && SMB3_TRANSFORM + in.need <= SMB2_MAX_PEEK) {
		x->need = SMB3_TRANSFORM + in.need;
		return HEAD_MORE;
	}
	if (h != HEAD_PDU || in.keep == in.len || !only_payload(c, dir, peek.clear))
		return HEAD_PDU;
	c->unwanted[dir] = true;
	x->keep = SMB3_TRANSFORM;
	return HEAD_PDU;
}

static void
sealed_message(struct smb2_conn *c, enum dir dir, struct view m, size_t len)
{
	uint8_t *clear;

	if (!smb2_seal_named(m))
		return;
	if (c->unwanted[dir]) {
		c->unwanted[dir] = false;
		stat_add(c->smb.world->stats, STAT_SMB3_UNWANTED, 1);
		if (dir == S2C)
			smb2_request_answered(c, c->unwanted_mid);
		return;
	}
	if ((clear = smb2_seal_open(c, dir, m, len)) == NULL)
		return;
	len = m.len - SMB3_TRANSFORM;
	c->unsealed = true;
	clear_message(c, dir, (struct view){ clear, len }, len);
	c->unsealed = false;
	budget_free(clear);
}

static enum head
smb2_head(struct smb_conn *conn, enum dir dir, struct view v, struct extent *x)
{
	struct smb2_conn *c = (struct smb2_conn *)conn;

	return v.p[0] == 0xfd ? sealed_head(c, dir, v, x) : clear_head(c, dir, v, x);
}

static void
smb2_message(struct smb_conn *conn, enum dir dir, struct view have, size_t len)
{
	struct smb2_conn *c = (struct smb2_conn *)conn;

	if (have.p[0] == 0xfd)
		sealed_message(c, dir, have, len);
	else
		clear_message(c, dir, have, len);
}

static void
smb2_init(struct smb_conn *conn)
{
	RB_INIT(&((struct smb2_conn *)conn)->links);
}

static void
smb2_clear(struct smb_conn *conn)
{
	smb2_session_leave((struct smb2_conn *)conn);
}

const struct smb_ops smb2_ops = {
	.magic = "\xfe\xfd\xfc",
	.size = sizeof(struct smb2_conn),
	.requests = &smb2_request_ops,
	.init = smb2_init,
	.head = smb2_head,
	.message = smb2_message,
	.clear = smb2_clear,
};
