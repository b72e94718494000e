/* smb1.c -- SMB1 messages, their chains of commands and their answers, [MS-CIFS] 2.2.3. */
#include "smb/smb1.h"

#include "base/limits.h"
#include "smb/ntstatus.h"
#include "smb/smb1-command.h"
#include "smb/smb1-transaction.h"

#define ENOUGH		(SMB1_HEADER + 1 + 2 * 50 + 2)	/* the longest block of words that is read */

static struct smb1_request *
request_new(struct smb1_conn *c, const struct smb1_message *m)
{
	struct smb1_request *r = smb_request_new(&c->smb.requests, m->key);

	if (r == NULL)
		return NULL;
	r->r.command = m->command;
	r->r.tree = m->tid;
	r->uid = m->uid;
	return r;
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
	if (!rd_ok(&r) || *next == SMB1_NO_COMMAND)
		return false;
	if (to <= *at) {
		smb_anomaly(&c->smb, "smb1_andx_loop");
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
	struct smb1_request *r;
	struct smb1_block b;

	if (m->command == SMB1_SECONDARY) {
		r = smb_request_find(&c->smb.requests, m->key);
		if (r != NULL && smb1_block_open(m, code, at, &b))
			smb1_secondary_request(c, &b, r);
		return;
	}
	if (cmd == NULL || (r = request_new(c, m)) == NULL)
		return;
	for (n = 0; n < MAX_ANDX && cmd != NULL && smb1_block_open(m, code, at, &b); n++) {
		bool more = cmd->andx && andx(c, &b, &at, &code);

		if (cmd->request != NULL)
			cmd->request(c, &b, r);
		if (!more)
			return;
		cmd = smb1_command(code);
	}
	if (n == MAX_ANDX)
		stat_add(c->smb.world->stats, STAT_SMB_LIMIT, 1);
}

static void
answer(struct smb1_conn *c, const struct smb1_message *m)
{
	const struct smb1_command *cmd = smb1_command(m->command);
	struct smb1_request *r = smb_request_find(&c->smb.requests, m->key);
	uint8_t code = m->command;
	size_t at = SMB1_HEADER;
	struct smb1_block b;
	bool more;

	if (r == NULL || r->r.command != m->command) {
		/* Data for a handle that is not known is missing from its stream. */
		if (code == SMB1_READ_ANDX || code == SMB1_TRANSACTION)
			c->smb.gaps[S2C]++;
		return;
	}
	for (size_t n = 0; n < MAX_ANDX && cmd != NULL && smb1_block_open(m, code, at, &b); n++) {
		if (cmd->code == SMB1_TRANSACTION) {
			if (smb1_transaction_answer(c, &b, r))
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
	if ((r = smb_request_find(&c->smb.requests, m->key)) != NULL)
		smb_request_free(&c->smb.requests, &r->r);
}

static void
smb1_message(struct smb_conn *conn, enum dir dir, struct view have, size_t len)
{
	struct smb1_conn *c = (struct smb1_conn *)conn;
	struct smb1_message m = { .v = have, .len = len };

	if (!smb1_message_read(&m))
		return;
	if (m.reply != (dir == S2C)) {
		/* What a server sends unasked is an oplock break, 2.2.4.32. */
		if (dir == C2S)
			smb_anomaly(&c->smb, "smb1_bad_header");
		return;
	}
	stat_add(c->smb.world->stats, STAT_SMB1_MSGS, 1);
	if (dir == C2S)
		request(c, &m);
	else
		answer(c, &m);
}

/* Data of files that nobody wants are skipped, unless another command follows them. */
static enum head
smb1_head(struct smb_conn *conn, enum dir dir, struct view v, struct extent *x)
{
	struct smb1_conn *c = (struct smb1_conn *)conn;
	struct smb1_message m = { .v = v, .len = x->len };
	struct smb_open *o = NULL;
	struct smb_payload d = { 0 };
	struct smb1_request *r;
	struct smb1_block b;
	uint16_t fid;

	x->need = x->len < ENOUGH ? x->len : ENOUGH;
	if (v.len < x->need)
		return HEAD_MORE;
	if (!smb1_message_read(&m) || !smb1_block_open(&m, m.command, SMB1_HEADER, &b) ||
	    b.n == 0 || (m.command != SMB1_READ_ANDX && m.command != SMB1_WRITE_ANDX) ||
	    b.words.p[0] != SMB1_NO_COMMAND)
		return HEAD_PDU;
	if (m.command == SMB1_WRITE_ANDX && dir == C2S && smb1_write_payload(&b, &d, &fid)) {
		o = smb1_open_get(c, fid, m.tid, m.uid, false);
	} else if (m.command == SMB1_READ_ANDX && dir == S2C && smb1_read_payload(&b, &d)) {
		if ((r = smb_request_find(&c->smb.requests, m.key)) != NULL && r->r.reads)
			o = smb1_open_find(c, r->fid);
	} else
		return HEAD_PDU;
	return smb_bulk(x, v, &d, smb_handle(o), dir);
}

const struct smb_ops smb1_ops = {
	.magic = "\xff",
	.size = sizeof(struct smb1_conn),
	.requests = &smb1_request_ops,
	.init = smb1_conn_init,
	.head = smb1_head,
	.message = smb1_message,
	.clear = smb1_conn_clear,
};
