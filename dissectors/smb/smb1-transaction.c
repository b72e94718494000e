/* smb1-transaction.c -- TRANSACTION and TRANS2, [MS-CIFS] 2.2.4.33, 2.2.4.34, 2.2.4.46. */
#include "smb/smb1-transaction.h"

#include "smb/ntstatus.h"

/* Functions of a TRANSACTION on a pipe, 2.2.5, and of TRANS2, 2.2.6. */
enum { RAW_READ = 0x11, TRANSACT = 0x26, RAW_WRITE = 0x31, PIPE_READ = 0x36, PIPE_WRITE = 0x37,
	SET_FILE_INFO = 0x08 };
/* Levels of SET_FILE_INFO, 2.2.8.4 and [MS-SMB] 2.2.2.3.5: 1000 and an [MS-FSCC] class. */
enum { SET_DISPOSITION = 0x0102, SET_EOF = 0x0104, PASS_RENAME = 1010,
	PASS_DISPOSITION = 1013, PASS_EOF = 1020 };

struct transaction {
	struct smb_payload params, data;
	size_t		 disp;		/* DataDisplacement: where among all the data these belong */
	size_t		 total;		/* bytes of all the data */
};

static void
pipe_sent(struct smb1_conn *c, struct smb1_block *b, struct smb1_request *r, struct transaction *t)
{
	struct smb_open *o = smb1_request_open(c, r, r->fid, true, true);

	if (o == NULL || (r->function != TRANSACT && r->function != RAW_WRITE &&
	    r->function != PIPE_WRITE) || t->disp < r->sent)
		return;
	if (t->disp > r->sent)
		handle_gap(o->handle, C2S);
	smb_data(o->handle, C2S, b->m->v, b->m->len, &t->data);
	r->sent = t->disp + t->data.len;
}

static void
set_file_info(struct smb1_conn *c, struct smb1_block *b, struct smb1_request *r, struct transaction *t)
{
	struct reader params = rd_open(smb_bytes(b->m->v, b->m->len, &t->params));
	struct reader data = rd_open(smb_bytes(b->m->v, b->m->len, &t->data));
	uint16_t fid = rd_le16(&params), level = rd_le16(&params);
	struct smb_open *o;
	struct view name;
	uint64_t size;

	if (!rd_ok(&params))
		return;
	o = smb1_request_open(c, r, fid, false, false);
	if (level == SET_DISPOSITION || level == PASS_DISPOSITION) {
		r->r.deletes = (rd_u8(&data) & 1) != 0;
	} else if (level == PASS_RENAME) {
		/* [MS-FSCC] 2.4.42.1 */
		rd_skip(&data, 8);
		name = rd_view(&data, rd_le32(&data));
		if (rd_ok(&data) && r->to == NULL)
			r->to = smb_text(c->smb.budget, name, true);
	} else if (level == SET_EOF || level == PASS_EOF) {
		size = rd_le64(&data);
		if (rd_ok(&data))
			handle_truncate(smb_handle(o), size);
	}
}

void
smb1_transaction_request(struct smb1_conn *c, struct smb1_block *b, struct smb1_request *r)
{
	struct reader w = b->words;
	struct transaction t = { 0 };
	uint16_t fid;

	rd_skip(&w, 2);
	t.total = rd_le16(&w);
	rd_skip(&w, 14);
	t.params.len = rd_le16(&w);
	t.params.at = rd_le16(&w);
	t.data.len = rd_le16(&w);
	t.data.at = rd_le16(&w);
	rd_skip(&w, 2);
	r->function = rd_le16(&w);
	if (!rd_ok(&w))
		return;
	if (b->command == SMB1_TRANS2) {
		if (r->function == SET_FILE_INFO)
			set_file_info(c, b, r, &t);
		return;
	}
	fid = rd_le16(&w);
	if (!rd_ok(&w))
		return;
	r->fid = fid;
	pipe_sent(c, b, r, &t);
}

void
smb1_secondary_request(struct smb1_conn *c, struct smb1_block *b, struct smb1_request *r)
{
	struct transaction t = { 0 };

	rd_skip(&b->words, 10);
	t.data.len = rd_le16(&b->words);
	t.data.at = rd_le16(&b->words);
	t.disp = rd_le16(&b->words);
	if (rd_ok(&b->words) && r->r.command == SMB1_TRANSACTION)
		pipe_sent(c, b, r, &t);
}

bool
smb1_transaction_answer(struct smb1_conn *c, struct smb1_block *b, struct smb1_request *r)
{
	struct smb_open *o = smb1_open_find(c, r->fid);
	struct transaction t = { 0 };
	struct view data;

	rd_skip(&b->words, 2);
	t.total = rd_le16(&b->words);
	rd_skip(&b->words, 8);
	t.data.len = rd_le16(&b->words);
	t.data.at = rd_le16(&b->words);
	t.disp = rd_le16(&b->words);
	if (!nt_data(b->status) || !rd_ok(&b->words))
		return nt_ok(b->status) && b->n == 0;	/* interim, 2.2.4.33.2 */
	data = smb_bytes(b->m->v, b->m->len, &t.data);
	if (o != NULL && t.disp >= r->got && (r->function == TRANSACT ||
	    r->function == RAW_READ || r->function == PIPE_READ)) {
		if (t.disp > r->got)
			handle_gap(o->handle, S2C);
		handle_data(o->handle, S2C, 0, data, t.data.len);
		r->got = t.disp + t.data.len;
	}
	return t.data.len > 0 && t.disp + t.data.len < t.total;
}

void
smb1_trans2_answer(struct smb1_conn *c, struct smb1_block *b, struct smb1_request *r)
{
	struct handle *h = smb_handle(smb1_open_find(c, r->fid));

	if (r->r.deletes)
		handle_fetched(h, b->status);
	if (nt_ok(b->status))
		handle_rename(h, r->to);
}
