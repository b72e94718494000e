/* smb1-command.c -- what is done with each SMB1 command, [MS-CIFS] 2.2.4, [MS-SMB] 2.2.4. */
#include "smb/smb1-command.h"

#include "auth/gss.h"
#include "smb/ntstatus.h"
#include "smb/smb1-transaction.h"

#define OPTION_DELETE	0x00001000	/* FILE_DELETE_ON_CLOSE */
#define RESOURCE_BYTES	1		/* ResourceType of pipes */
#define RESOURCE_MESSAGES 2

/* ---- Opens ---- */

static void
opening(struct smb1_conn *c, struct smb1_block *b, struct smb1_request *r)
{
	char *name = smb1_text(b, c->smb.budget);

	if (name == NULL || r->r.open != NULL) {
		budget_free(name);
		return;
	}
	smb_request_opens(&r->r, smb1_open_new(c, (uint16_t)r->r.tree, r->uid, name));
	budget_free(name);
}

static void
opened(struct smb1_block *b, struct smb1_request *r, uint16_t fid, bool pipe)
{
	struct smb_open *o = r->r.open;

	if (o == NULL)
		return;
	if (!nt_ok(b->status) || !rd_ok(&b->words)) {
		if (!nt_ok(b->status))
			handle_answer(o->handle, b->status);
		return;			/* the open is freed with its request */
	}
	smb1_open_name(smb_request_opened(&r->r), fid);
	if (pipe)
		handle_is_pipe(o->handle);
	if (r->fid == SMB1_NO_FID)
		r->fid = fid;
	if (r->r.deletes)
		handle_fetched(o->handle, b->status);
}

/* ---- Commands ---- */

/* 2.2.4.52.2: only "NT LM 0.12" is answered with 17 words. */
static void
negotiate_answer(struct smb1_conn *c, struct smb1_block *b, struct smb1_request *r)
{
	(void)r;
	if (b->n == 17)
		c->smb.dialect = "NT LM 0.12";
}

/* 2.2.4.53.1 without tokens, [MS-SMB] 2.2.4.6.1 with them. */
static void
session_setup_request(struct smb1_conn *c, struct smb1_block *b, struct smb1_request *r)
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
			*gss = gss_new(c->smb.world, c->smb.budget);
		gss_token(*gss, C2S, rd_view(&b->bytes, oem));
	} else if (b->n == 13 && r->user == NULL) {
		rd_skip(&b->bytes, oem + uni);
		r->user = smb1_text(b, c->smb.budget);
		r->domain = smb1_text(b, c->smb.budget);
	}
}

static void
session_setup_answer(struct smb1_conn *c, struct smb1_block *b, struct smb1_request *r)
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
logoff_answer(struct smb1_conn *c, struct smb1_block *b, struct smb1_request *r)
{
	if (nt_ok(b->status))
		smb1_user_drop(c, r->uid);
}

/* 2.2.4.55.1 */
static void
tree_connect_request(struct smb1_conn *c, struct smb1_block *b, struct smb1_request *r)
{
	rd_skip(&b->words, 6);
	rd_skip(&b->bytes, rd_le16(&b->words));
	if (rd_ok(&b->words) && r->r.path == NULL)
		r->r.path = smb1_text(b, c->smb.budget);
}

static void
tree_connect_answer(struct smb1_conn *c, struct smb1_block *b, struct smb1_request *r)
{
	if (nt_ok(b->status))
		smb_tree_put(&c->opens, b->m->tid, r->r.path, view_starts(rd_rest(&b->bytes), "IPC", 4));
}

static void
tree_disconnect_answer(struct smb1_conn *c, struct smb1_block *b, struct smb1_request *r)
{
	if (nt_ok(b->status))
		smb_tree_drop(&c->opens, r->r.tree);
}

/* 2.2.4.64.1; NameLength may or may not count a NUL. */
static void
nt_create_request(struct smb1_conn *c, struct smb1_block *b, struct smb1_request *r)
{
	rd_skip(&b->words, 39);
	r->r.deletes = (rd_le32(&b->words) & OPTION_DELETE) != 0;
	if (rd_ok(&b->words))
		opening(c, b, r);
}

static void
nt_create_answer(struct smb1_conn *c, struct smb1_block *b, struct smb1_request *r)
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
open_andx_request(struct smb1_conn *c, struct smb1_block *b, struct smb1_request *r)
{
	opening(c, b, r);
}

static void
open_andx_answer(struct smb1_conn *c, struct smb1_block *b, struct smb1_request *r)
{
	(void)c;
	rd_skip(&b->words, 4);
	opened(b, r, rd_le16(&b->words), false);
}

/* Both forms of CLOSE begin with the FID, and WRITE_AND_CLOSE is one of them. */
static void
close_request(struct smb1_conn *c, struct smb1_block *b, struct smb1_request *r)
{
	uint16_t fid = rd_le16(&b->words);

	if (rd_ok(&b->words))
		handle_closing(smb_handle(smb1_request_open(c, r, fid, false, false)));
}

static void
close_answer(struct smb1_conn *c, struct smb1_block *b, struct smb1_request *r)
{
	struct smb_open *o = smb1_open_find(c, r->fid);

	if (nt_ok(b->status))
		handle_answer(smb_handle(o), b->status);
	smb_open_drop(o);
}

static void
read_request(struct smb1_conn *c, struct smb1_block *b, struct smb1_request *r)
{
	uint16_t fid;

	if (b->command == SMB1_READ_ANDX)
		rd_skip(&b->words, 4);
	fid = rd_le16(&b->words);
	if (b->command == SMB1_READ)
		rd_skip(&b->words, 2);
	r->r.offset = rd_le32(&b->words);
	if (!rd_ok(&b->words))
		return;
	if (b->command == SMB1_READ_ANDX && b->n >= 12) {
		rd_skip(&b->words, 10);
		r->r.offset |= (uint64_t)rd_le32(&b->words) << 32;
	}
	r->r.reads = true;
	smb1_request_open(c, r, fid, true, false);
}

static void
read_done(struct smb1_conn *c, struct smb1_block *b, struct smb1_request *r, struct smb_payload *d)
{
	struct handle *h = r->r.reads ? smb_handle(smb1_open_find(c, r->fid)) : NULL;

	r->r.reads = false;
	d->offset = r->r.offset;
	if (nt_data(b->status))
		smb_data(h, S2C, b->m->v, b->m->len, d);
	handle_fetched(h, nt_data(b->status) ? NT_SUCCESS : b->status);
}

static void
read_andx_answer(struct smb1_conn *c, struct smb1_block *b, struct smb1_request *r)
{
	struct smb_payload d = { 0 };

	if (smb1_read_payload(b, &d) || !nt_data(b->status))
		read_done(c, b, r, &d);
}

/* 2.2.4.11.2: BufferFormat, a length, the data. */
static void
read_answer(struct smb1_conn *c, struct smb1_block *b, struct smb1_request *r)
{
	struct smb_payload d = { .at = b->bytes_at + 3 };

	rd_skip(&b->bytes, 1);
	d.len = rd_le16(&b->bytes);
	if (rd_ok(&b->bytes) || !nt_data(b->status))
		read_done(c, b, r, &d);
}

static void
write_done(struct smb1_conn *c, struct smb1_block *b, struct smb1_request *r, uint16_t fid,
    struct smb_payload *d)
{
	struct smb_open *o = smb1_request_open(c, r, fid, true, false);

	smb_data(smb_handle(o), C2S, b->m->v, b->m->len, d);
}

static void
write_andx_request(struct smb1_conn *c, struct smb1_block *b, struct smb1_request *r)
{
	struct smb_payload d = { 0 };
	uint16_t fid;

	if (smb1_write_payload(b, &d, &fid))
		write_done(c, b, r, fid, &d);
}

/* 2.2.4.12.1, 2.2.4.40.1: the data stand behind three bytes, or behind one of padding. */
static void
write_request(struct smb1_conn *c, struct smb1_block *b, struct smb1_request *r)
{
	struct smb_payload d = { .at = b->bytes_at + (b->command == SMB1_WRITE ? 3 : 1) };
	uint16_t fid = rd_le16(&b->words);

	d.len = rd_le16(&b->words);
	d.offset = rd_le32(&b->words);
	if (rd_ok(&b->words))
		write_done(c, b, r, fid, &d);
}

static void
write_answer(struct smb1_conn *c, struct smb1_block *b, struct smb1_request *r)
{
	struct smb_open *o = smb1_open_find(c, r->fid);

	handle_answer(smb_handle(o), b->status);
	if (b->command == SMB1_WRITE_CLOSE)
		smb_open_drop(o);
}

/* 2.2.4.7 and 2.2.4.8 name files by path, each behind a BufferFormat byte. */
static void
delete_request(struct smb1_conn *c, struct smb1_block *b, struct smb1_request *r)
{
	rd_skip(&b->bytes, 1);
	r->r.path = smb1_text(b, c->smb.budget);
}

static void
rename_request(struct smb1_conn *c, struct smb1_block *b, struct smb1_request *r)
{
	rd_skip(&b->bytes, 1);
	r->r.path = smb1_text(b, c->smb.budget);
	rd_skip(&b->bytes, 1);
	r->to = smb1_text(b, c->smb.budget);
}

static void
path_answer(struct smb1_conn *c, struct smb1_block *b, struct smb1_request *r)
{
	struct smb_open *o;

	if (r->r.path == NULL ||
	    (o = smb1_open_new(c, (uint16_t)r->r.tree, r->uid, r->r.path)) == NULL)
		return;
	if (b->command == SMB1_DELETE)
		handle_fetched(o->handle, b->status);
	else if (nt_ok(b->status))
		handle_rename(o->handle, r->to);
	smb_open_drop(o);
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
	{ SMB1_TRANSACTION,		false,	smb1_transaction_request, NULL },
	{ SMB1_TRANS2,		false,	smb1_transaction_request, smb1_trans2_answer },
};

const struct smb1_command *
smb1_command(uint8_t code)
{
	for (size_t i = 0; i < nitems(commands); i++)
		if (commands[i].code == code)
			return &commands[i];
	return NULL;
}
