/* smb1-command.c -- what each SMB1 command means, [MS-CIFS] 2.2.4, [MS-SMB] 2.2.4. */
#include "smb/smb1.h"

#include "auth/gss.h"
#include "base/limits.h"

#define OPTION_DELETE	0x00001000	/* FILE_DELETE_ON_CLOSE */
#define WRITE_RAW	0x0004		/* WriteMode: with START, a length comes first */
#define WRITE_START	0x0008
#define RESOURCE_BYTES	1		/* ResourceType of pipes */
#define RESOURCE_MESSAGES 2

/* Functions of a TRANSACTION on a pipe, 2.2.5, and of TRANS2, 2.2.6. */
enum { RAW_READ = 0x11, TRANSACT = 0x26, RAW_WRITE = 0x31, PIPE_READ = 0x36, PIPE_WRITE = 0x37,
	SET_FILE_INFO = 0x08 };
/* Levels of SET_FILE_INFO, 2.2.8.4 and [MS-SMB] 2.2.2.3.5: 1000 and an [MS-FSCC] class. */
enum { SET_DISPOSITION = 0x0102, SET_EOF = 0x0104, PASS_RENAME = 1010,
	PASS_DISPOSITION = 1013, PASS_EOF = 1020 };

/* ---- Fields ---- */

/* A name that ends in NUL; UTF-16 is aligned to the message, 2.2.1.1.2. */
static char *
text(struct smb1_conn *c, struct smb1_block *b)
{
	size_t unit = b->m->unicode ? 2 : 1, n;
	struct view v;

	if (b->m->unicode && (b->bytes_at + b->bytes.off) % 2 != 0)
		rd_skip(&b->bytes, 1);
	v = rd_rest(&b->bytes);
	for (n = 0; n + unit <= v.len; n += unit)
		if (v.p[n] == 0 && (unit == 1 || v.p[n + 1] == 0))
			break;
	v = rd_view(&b->bytes, n);
	if (b->bytes.left >= unit)
		rd_skip(&b->bytes, unit);
	return rd_ok(&b->bytes) ? smb_text(c->c.budget, v, b->m->unicode) : NULL;
}

/* 2.2.4.43, [MS-SMB] 2.2.4.3 */
bool
smb1_write_payload(const struct smb1_block *b, struct smb_payload *d, uint16_t *fid)
{
	struct reader r = b->words;
	uint16_t mode;

	rd_skip(&r, 4);
	*fid = rd_le16(&r);
	d->offset = rd_le32(&r);
	rd_skip(&r, 4);
	mode = rd_le16(&r);
	rd_skip(&r, 2);
	d->len = (size_t)rd_le16(&r) << 16;
	d->len |= rd_le16(&r);
	d->at = rd_le16(&r);
	if (!rd_ok(&r))
		return false;
	if (b->n >= 14)
		d->offset |= (uint64_t)rd_le32(&r) << 32;
	if ((mode & (WRITE_RAW | WRITE_START)) == (WRITE_RAW | WRITE_START) && d->len >= 2) {
		d->at += 2;
		d->len -= 2;
	}
	return true;
}

/* 2.2.4.42.2, [MS-SMB] 2.2.4.2.2 */
bool
smb1_read_payload(const struct smb1_block *b, struct smb_payload *d)
{
	struct reader r = b->words;

	rd_skip(&r, 10);
	d->len = rd_le16(&r);
	d->at = rd_le16(&r);
	d->len |= (size_t)rd_le16(&r) << 16;
	return rd_ok(&r);
}

/* ---- Handles ---- */

/* The handle that was open before the capture began is made when it is used. */
static struct smb1_open *
target(struct smb1_conn *c, struct smb1_req *r, uint16_t fid, bool make, bool pipe)
{
	struct smb1_open *o;

	r->fid = fid;
	if (fid == SMB1_NO_FID)
		return r->open;
	if ((o = smb1_open_find(c, fid)) != NULL || !make)
		return o;
	if ((o = smb1_open_new(c, r->tid, r->uid, NULL, pipe)) != NULL)
		smb1_open_name(o, fid);
	return o;
}

static void
opening(struct smb1_conn *c, struct smb1_block *b, struct smb1_req *r)
{
	char *name = text(c, b);

	if (name == NULL || r->open != NULL) {
		budget_free(name);
		return;
	}
	r->open = smb1_open_new(c, r->tid, r->uid, name, false);
	if (r->open != NULL)
		r->open->req = r;
	budget_free(name);
}

static void
opened(struct smb1_block *b, struct smb1_req *r, uint16_t fid, bool pipe)
{
	struct smb1_open *o = r->open;

	if (o == NULL)
		return;
	if (!nt_ok(b->status) || !rd_ok(&b->words)) {
		if (!nt_ok(b->status))
			handle_answer(o->open, b->status);
		return;			/* it goes with its request */
	}
	r->open = NULL;
	o->req = NULL;
	smb1_open_name(o, fid);
	if (pipe)
		handle_is_pipe(o->open);
	if (r->fid == SMB1_NO_FID)
		r->fid = fid;
	if (r->deletes)
		handle_fetched(o->open, b->status);
}

/* ---- Commands ---- */

/* 2.2.4.52.2: only "NT LM 0.12" is answered with 17 words. */
static void
negotiate_answer(struct smb1_conn *c, struct smb1_block *b, struct smb1_req *r)
{
	(void)r;
	if (b->n == 17)
		c->dialect = "NT LM 0.12";
}

/* 2.2.4.53.1 without tokens, [MS-SMB] 2.2.4.6.1 with them. */
static void
session_setup_request(struct smb1_conn *c, struct smb1_block *b, struct smb1_req *r)
{
	struct smb1_user *u = r->uid != 0 ? smb1_user_get(c, r->uid) : NULL;
	struct gss **gss = u != NULL ? &u->gss : &r->gss;
	size_t oem, uni;

	rd_skip(&b->words, 14);
	oem = rd_le16(&b->words);
	uni = rd_le16(&b->words);
	if (!rd_ok(&b->words))
		return;
	if (b->n == 12) {
		if (*gss == NULL)
			*gss = gss_new(c->c.world, c->c.budget);
		gss_token(*gss, C2S, rd_view(&b->bytes, oem));
	} else if (b->n == 13 && r->user == NULL) {
		rd_skip(&b->bytes, oem + uni);
		r->user = text(c, b);
		r->domain = text(c, b);
	}
}

static void
session_setup_answer(struct smb1_conn *c, struct smb1_block *b, struct smb1_req *r)
{
	struct smb1_user *u;
	uint16_t len;

	if ((!nt_ok(b->status) && b->status != NT_MORE_PROCESSING) || b->m->uid == 0)
		return;
	/* The first answer names the UID. */
	if (r->gss != NULL || r->user != NULL)
		smb1_user_drop(c, b->m->uid);
	if ((u = smb1_user_get(c, b->m->uid)) == NULL)
		return;
	if (r->gss != NULL) {
		u->gss = r->gss;
		r->gss = NULL;
	}
	if (r->user != NULL && u->user == NULL) {
		u->user = r->user;
		u->domain = r->domain;
		r->user = r->domain = NULL;
	}
	rd_skip(&b->words, 6);
	len = rd_le16(&b->words);
	if (b->n == 4)
		gss_token(u->gss, S2C, rd_view(&b->bytes, len));
}

static void
logoff_answer(struct smb1_conn *c, struct smb1_block *b, struct smb1_req *r)
{
	if (nt_ok(b->status))
		smb1_user_drop(c, r->uid);
}

/* 2.2.4.55.1 */
static void
tree_connect_request(struct smb1_conn *c, struct smb1_block *b, struct smb1_req *r)
{
	rd_skip(&b->words, 6);
	rd_skip(&b->bytes, rd_le16(&b->words));
	if (rd_ok(&b->words) && r->path == NULL)
		r->path = text(c, b);
}

static void
tree_connect_answer(struct smb1_conn *c, struct smb1_block *b, struct smb1_req *r)
{
	if (nt_ok(b->status))
		smb1_tree_put(c, b->m->tid, r->path, view_starts(rd_rest(&b->bytes), "IPC", 4));
}

static void
tree_disconnect_answer(struct smb1_conn *c, struct smb1_block *b, struct smb1_req *r)
{
	if (nt_ok(b->status))
		smb1_tree_drop(c, r->tid);
}

/* 2.2.4.64.1; NameLength may or may not count a NUL. */
static void
nt_create_request(struct smb1_conn *c, struct smb1_block *b, struct smb1_req *r)
{
	rd_skip(&b->words, 39);
	r->deletes = (rd_le32(&b->words) & OPTION_DELETE) != 0;
	if (rd_ok(&b->words))
		opening(c, b, r);
}

static void
nt_create_answer(struct smb1_conn *c, struct smb1_block *b, struct smb1_req *r)
{
	uint16_t fid, type;

	(void)c;
	rd_skip(&b->words, 5);
	fid = rd_le16(&b->words);
	rd_skip(&b->words, 56);
	type = rd_le16(&b->words);
	opened(b, r, fid, type == RESOURCE_BYTES || type == RESOURCE_MESSAGES);
}

/* 2.2.4.41 */
static void
open_andx_request(struct smb1_conn *c, struct smb1_block *b, struct smb1_req *r)
{
	opening(c, b, r);
}

static void
open_andx_answer(struct smb1_conn *c, struct smb1_block *b, struct smb1_req *r)
{
	(void)c;
	rd_skip(&b->words, 4);
	opened(b, r, rd_le16(&b->words), false);
}

/* Both forms of CLOSE begin with the FID, and WRITE_AND_CLOSE is one of them. */
static void
close_request(struct smb1_conn *c, struct smb1_block *b, struct smb1_req *r)
{
	uint16_t fid = rd_le16(&b->words);
	struct smb1_open *o;

	if (!rd_ok(&b->words))
		return;
	if ((o = target(c, r, fid, false, false)) != NULL)
		handle_closing(o->open);
}

static void
close_answer(struct smb1_conn *c, struct smb1_block *b, struct smb1_req *r)
{
	struct smb1_open *o = smb1_open_find(c, r->fid);

	if (o == NULL)
		return;
	if (nt_ok(b->status))
		handle_answer(o->open, b->status);
	smb1_open_drop(o);
}

static void
read_request(struct smb1_conn *c, struct smb1_block *b, struct smb1_req *r)
{
	uint16_t fid;

	if (b->command == SMB1_READ_ANDX)
		rd_skip(&b->words, 4);
	fid = rd_le16(&b->words);
	if (b->command == SMB1_READ)
		rd_skip(&b->words, 2);
	r->offset = rd_le32(&b->words);
	if (!rd_ok(&b->words))
		return;
	if (b->command == SMB1_READ_ANDX && b->n >= 12) {
		rd_skip(&b->words, 10);
		r->offset |= (uint64_t)rd_le32(&b->words) << 32;
	}
	r->reads = true;
	target(c, r, fid, true, false);
}

static void
read_done(struct smb1_conn *c, struct smb1_block *b, struct smb1_req *r, struct smb_payload *d)
{
	struct smb1_open *o = r->reads ? smb1_open_find(c, r->fid) : NULL;
	struct view data;

	if (o == NULL)
		return;
	r->reads = false;
	if (nt_data(b->status)) {
		data = smb_bytes(b->m->v, b->m->len, d);
		handle_data(o->open, S2C, r->offset, data, d->len);
	}
	handle_fetched(o->open, nt_data(b->status) ? NT_SUCCESS : b->status);
}

static void
read_andx_answer(struct smb1_conn *c, struct smb1_block *b, struct smb1_req *r)
{
	struct smb_payload d = { 0 };

	if (smb1_read_payload(b, &d) || !nt_data(b->status))
		read_done(c, b, r, &d);
}

/* 2.2.4.11.2: BufferFormat, a length, the data. */
static void
read_answer(struct smb1_conn *c, struct smb1_block *b, struct smb1_req *r)
{
	struct smb_payload d = { .at = b->bytes_at + 3 };

	rd_skip(&b->bytes, 1);
	d.len = rd_le16(&b->bytes);
	if (rd_ok(&b->bytes) || !nt_data(b->status))
		read_done(c, b, r, &d);
}

static void
write_done(struct smb1_conn *c, struct smb1_block *b, struct smb1_req *r, uint16_t fid,
    struct smb_payload *d)
{
	struct smb1_open *o = target(c, r, fid, true, false);
	struct view data = smb_bytes(b->m->v, b->m->len, d);

	if (o != NULL)
		handle_data(o->open, C2S, d->offset, data, d->len);
}

static void
write_andx_request(struct smb1_conn *c, struct smb1_block *b, struct smb1_req *r)
{
	struct smb_payload d = { 0 };
	uint16_t fid;

	if (smb1_write_payload(b, &d, &fid))
		write_done(c, b, r, fid, &d);
}

/* 2.2.4.12.1, 2.2.4.40.1: the data stand behind three bytes, or behind one of padding. */
static void
write_request(struct smb1_conn *c, struct smb1_block *b, struct smb1_req *r)
{
	struct smb_payload d = { .at = b->bytes_at + (b->command == SMB1_WRITE ? 3 : 1) };
	uint16_t fid = rd_le16(&b->words);

	d.len = rd_le16(&b->words);
	d.offset = rd_le32(&b->words);
	if (rd_ok(&b->words))
		write_done(c, b, r, fid, &d);
}

static void
write_answer(struct smb1_conn *c, struct smb1_block *b, struct smb1_req *r)
{
	struct smb1_open *o = smb1_open_find(c, r->fid);

	if (o != NULL)
		handle_answer(o->open, b->status);
	if (b->command == SMB1_WRITE_CLOSE)
		smb1_open_drop(o);
}

/* 2.2.4.7 and 2.2.4.8 name files by path, each behind a BufferFormat byte. */
static void
delete_request(struct smb1_conn *c, struct smb1_block *b, struct smb1_req *r)
{
	rd_skip(&b->bytes, 1);
	r->path = text(c, b);
}

static void
rename_request(struct smb1_conn *c, struct smb1_block *b, struct smb1_req *r)
{
	rd_skip(&b->bytes, 1);
	r->path = text(c, b);
	rd_skip(&b->bytes, 1);
	r->to = text(c, b);
}

static void
path_answer(struct smb1_conn *c, struct smb1_block *b, struct smb1_req *r)
{
	struct smb1_open *o;

	if (r->path == NULL ||
	    (o = smb1_open_new(c, r->tid, r->uid, r->path, false)) == NULL)
		return;
	if (b->command == SMB1_DELETE)
		handle_fetched(o->open, b->status);
	else if (nt_ok(b->status))
		handle_rename(o->open, r->to);
	smb1_open_drop(o);
}

/* ---- Transactions, 2.2.4.33 and 2.2.4.46 ---- */

struct trans {
	struct smb_payload	 params, data;
	size_t		 disp;		/* of these data among all of them */
	size_t		 total;
};

static void
pipe_sent(struct smb1_conn *c, struct smb1_block *b, struct smb1_req *r, struct trans *t)
{
	struct smb1_open *o = target(c, r, r->fid, true, true);
	struct view data = smb_bytes(b->m->v, b->m->len, &t->data);

	if (o == NULL || (r->function != TRANSACT && r->function != RAW_WRITE &&
	    r->function != PIPE_WRITE) || t->disp < r->sent)
		return;
	if (t->disp > r->sent)
		handle_gap(o->open, C2S);
	handle_data(o->open, C2S, 0, data, t->data.len);
	r->sent = t->disp + t->data.len;
}

static void
set_file_info(struct smb1_conn *c, struct smb1_block *b, struct smb1_req *r, struct trans *t)
{
	struct reader params = rd_open(smb_bytes(b->m->v, b->m->len, &t->params));
	struct reader data = rd_open(smb_bytes(b->m->v, b->m->len, &t->data));
	uint16_t fid = rd_le16(&params), level = rd_le16(&params);
	struct smb1_open *o;
	struct view name;
	uint64_t size;

	if (!rd_ok(&params))
		return;
	o = target(c, r, fid, false, false);
	if (level == SET_DISPOSITION || level == PASS_DISPOSITION) {
		r->deletes = (rd_u8(&data) & 1) != 0;
	} else if (level == PASS_RENAME) {
		/* [MS-FSCC] 2.4.42.1 */
		rd_skip(&data, 8);
		name = rd_view(&data, rd_le32(&data));
		if (rd_ok(&data) && r->to == NULL)
			r->to = smb_text(c->c.budget, name, true);
	} else if (level == SET_EOF || level == PASS_EOF) {
		size = rd_le64(&data);
		if (o != NULL && rd_ok(&data))
			handle_truncate(o->open, size);
	}
}

static void
trans_request(struct smb1_conn *c, struct smb1_block *b, struct smb1_req *r)
{
	struct reader w = b->words;
	struct trans t = { 0 };
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

/* 2.2.4.34: the rest of the data of a request that is already here. */
void
smb1_secondary(struct smb1_conn *c, struct smb1_block *b, struct smb1_req *r)
{
	struct trans t = { 0 };

	rd_skip(&b->words, 10);
	t.data.len = rd_le16(&b->words);
	t.data.at = rd_le16(&b->words);
	t.disp = rd_le16(&b->words);
	if (rd_ok(&b->words) && r->command == SMB1_TRANSACTION)
		pipe_sent(c, b, r, &t);
}

/* Returns whether more answers follow. */
bool
smb1_pipe_answered(struct smb1_conn *c, struct smb1_block *b, struct smb1_req *r)
{
	struct smb1_open *o = smb1_open_find(c, r->fid);
	struct trans t = { 0 };
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
			handle_gap(o->open, S2C);
		handle_data(o->open, S2C, 0, data, t.data.len);
		r->got = t.disp + t.data.len;
	}
	return t.data.len > 0 && t.disp + t.data.len < t.total;
}

static void
trans2_answer(struct smb1_conn *c, struct smb1_block *b, struct smb1_req *r)
{
	struct smb1_open *o = smb1_open_find(c, r->fid);

	if (o == NULL)
		return;
	if (r->deletes)
		handle_fetched(o->open, b->status);
	if (r->to != NULL && nt_ok(b->status))
		handle_rename(o->open, r->to);
}

static const struct smb1_command commands[] = {
	{ SMB1_NEGOTIATE,		false,	NULL,			negotiate_answer },
	{ SMB1_SESSION_SETUP,	true,	session_setup_request,	session_setup_answer },
	{ SMB1_LOGOFF,		true,	NULL,			logoff_answer },
	{ SMB1_TREE_CONNECT,		true,	tree_connect_request,	tree_connect_answer },
	{ SMB1_TREE_DISCONNECT,	false,	NULL,			tree_disconnect_answer },
	{ SMB1_NT_CREATE,		true,	nt_create_request,	nt_create_answer },
	{ SMB1_OPEN_ANDX,		true,	open_andx_request,	open_andx_answer },
	{ SMB1_READ_ANDX,		true,	read_request,		read_andx_answer },
	{ SMB1_WRITE_ANDX,		true,	write_andx_request,	write_answer },
	{ SMB1_READ,			false,	read_request,		read_answer },
	{ SMB1_WRITE,		false,	write_request,		write_answer },
	{ SMB1_WRITE_CLOSE,		false,	write_request,		write_answer },
	{ SMB1_CLOSE,		false,	close_request,		close_answer },
	{ SMB1_DELETE,		false,	delete_request,		path_answer },
	{ SMB1_RENAME,		false,	rename_request,		path_answer },
	{ SMB1_TRANSACTION,		false,	trans_request,		NULL },
	{ SMB1_TRANS2,		false,	trans_request,		trans2_answer },
};

const struct smb1_command *
smb1_command(uint8_t code)
{
	for (size_t i = 0; i < nitems(commands); i++)
		if (commands[i].code == code)
			return &commands[i];
	return NULL;
}
