/* smb2-command.c -- what is done with each SMB2 command, [MS-SMB2] 2.2. */
#include "smb/smb2-command.h"

#include "smb/ntstatus.h"
#include "smb/smb2-logon.h"

#define OPTION_DELETE	0x00001000	/* FILE_DELETE_ON_CLOSE, 2.2.13 */
#define TREE_EXTENSION	0x0004		/* 2.2.9 */
#define SHARE_PIPE	2

/* [MS-FSCC] 2.4 */
enum { CLASS_RENAME = 10, CLASS_DISPOSITION = 13, CLASS_EOF = 20,
	CLASS_DISPOSITION_EX = 64, CLASS_RENAME_EX = 65 };

static void
logoff_answer(struct smb2_message *m, struct smb2_request *r)
{
	(void)r;
	if (nt_ok(m->status) && m->s != NULL)
		smb2_session_drop(m->s);
}

static void
tree_connect_request(struct smb2_message *m, struct smb2_request *r, struct smb_open *o)
{
	struct reader b = smb2_body(m);
	uint16_t flags, at, len;
	struct view path;

	(void)o;
	rd_skip(&b, 2);
	flags = rd_le16(&b);
	at = rd_le16(&b);
	len = rd_le16(&b);
	path = view_at(m->v, at, len);
	/* 2.2.9.1 leaves open where an extended path's offset counts from. */
	if ((flags & TREE_EXTENSION) != 0 && !view_starts(path, "\\\0\\", 4))
		path = view_at(m->v, SMB2_HEADER + (size_t)at, len);
	if (path.len > 0)
		r->r.path = smb_text(m->c->smb.budget, path, true);
}

static void
tree_connect_answer(struct smb2_message *m, struct smb2_request *r)
{
	struct reader b = smb2_body(m);
	uint8_t type;

	rd_skip(&b, 2);
	type = rd_u8(&b);
	if (nt_ok(m->status) && m->s != NULL && (m->flags & SMB2_FLAG_ASYNC) == 0)
		smb_tree_put(&m->s->opens, m->tree, r->r.path, type == SHARE_PIPE);
}

static void
tree_disconnect_answer(struct smb2_message *m, struct smb2_request *r)
{
	if (nt_ok(m->status) && m->s != NULL)
		smb_tree_drop(&m->s->opens, r->r.tree);
}

static void
create_request(struct smb2_message *m, struct smb2_request *r, struct smb_open *o)
{
	struct smb_opening how = { .peers = m->c->smb.peers, .tree = m->tree };
	struct reader b = smb2_body(m);
	uint16_t at, len;
	struct view name;
	char *text;

	(void)o;
	rd_skip(&b, 40);
	r->r.deletes = (rd_le32(&b) & OPTION_DELETE) != 0;
	at = rd_le16(&b);
	len = rd_le16(&b);
	name = view_at(m->v, at, len);
	if (m->s == NULL || !rd_ok(&b) || name.len != len)
		return;
	if ((text = smb_text(m->c->smb.budget, name, true)) == NULL)
		return;
	how.name = text;
	smb_request_opens(&r->r, smb_open_new(&m->s->opens, &how));
	smb2_open_mark(m->c, r->r.open);
	budget_free(text);
}

static void
create_answer(struct smb2_message *m, struct smb2_request *r)
{
	const uint8_t *id = view_at(m->v, SMB2_HEADER + 64, SMB_ID).p;
	struct smb_open *o = r->r.open;

	if (o == NULL)
		return;
	if (!nt_ok(m->status) || id == NULL) {
		if (!nt_ok(m->status))
			handle_answer(o->handle, m->status);
		return;			/* the open is freed with its request */
	}
	smb_open_name(smb_request_opened(&r->r), id);
	smb2_request_resolve(r, id);
	if (r->r.deletes)
		handle_fetched(o->handle, m->status);
}

static void
close_request(struct smb2_message *m, struct smb2_request *r, struct smb_open *o)
{
	(void)m, (void)r;
	handle_closing(smb_handle(o));
}

static void
close_answer(struct smb2_message *m, struct smb2_request *r)
{
	struct smb_open *o = smb2_request_open(m->s, r);

	if (nt_ok(m->status))
		handle_answer(smb_handle(o), m->status);
	smb_open_drop(o);
}

static void
read_request(struct smb2_message *m, struct smb2_request *r, struct smb_open *o)
{
	struct reader b = smb2_body(m);

	rd_skip(&b, 8);
	r->r.reads = true;
	r->r.offset = rd_le64(&b);
	if (o == NULL && !r->waits)
		smb2_open_get(m, r->r.tree, r->id, false);
}

static void
read_answer(struct smb2_message *m, struct smb2_request *r)
{
	struct handle *h = smb_handle(smb2_request_open(m->s, r));
	struct smb_payload d = { .offset = r->r.offset };

	if (nt_data(m->status) && smb2_read_payload(smb2_body(m), &d))
		smb_data(h, S2C, m->v, m->len, &d);
	handle_fetched(h, nt_data(m->status) ? NT_SUCCESS : m->status);
}

static void
write_request(struct smb2_message *m, struct smb2_request *r, struct smb_open *o)
{
	struct smb_payload d = { 0 };
	const uint8_t *id;

	if (!smb2_write_payload(smb2_body(m), &d, &id))
		return;
	if (o == NULL && !r->waits)
		o = smb2_open_get(m, r->r.tree, r->id, false);
	smb_data(smb_handle(o), C2S, m->v, m->len, &d);
}

static void
write_answer(struct smb2_message *m, struct smb2_request *r)
{
	handle_answer(smb_handle(smb2_request_open(m->s, r)), m->status);
}

/* 2.2.31 */
static void
ioctl_request(struct smb2_message *m, struct smb2_request *r, struct smb_open *o)
{
	struct reader b = smb2_body(m);
	struct smb_payload d = { 0 };

	rd_skip(&b, 4);
	r->transceive = rd_le32(&b) == FSCTL_PIPE_TRANSCEIVE;
	rd_skip(&b, SMB_ID);
	d.at = rd_le32(&b);
	d.len = rd_le32(&b);
	if (!rd_ok(&b) || !r->transceive)
		return;
	if (o == NULL && !r->waits)
		o = smb2_open_get(m, r->r.tree, r->id, true);
	smb_data(smb_handle(o), C2S, m->v, m->len, &d);
}

/* 2.2.32 */
static void
ioctl_answer(struct smb2_message *m, struct smb2_request *r)
{
	struct reader b = smb2_body(m);
	struct smb_payload d = { 0 };

	rd_skip(&b, 32);
	d.at = rd_le32(&b);
	d.len = rd_le32(&b);
	if (r->transceive && rd_ok(&b) && nt_data(m->status))
		smb_data(smb_handle(smb2_request_open(m->s, r)), S2C, m->v, m->len, &d);
}

/* 2.2.39; the buffer is one of [MS-FSCC] 2.4.11, 2.4.13, 2.4.42. */
static void
set_info_request(struct smb2_message *m, struct smb2_request *r, struct smb_open *o)
{
	struct reader b = smb2_body(m), info;
	uint8_t type, class;
	uint32_t len;
	uint16_t at;
	uint64_t size;
	struct view name;

	rd_skip(&b, 2);
	type = rd_u8(&b);
	class = rd_u8(&b);
	len = rd_le32(&b);
	at = rd_le16(&b);
	if (!rd_ok(&b) || type != 1)
		return;
	info = rd_open(view_at(m->v, at, len));
	switch (class) {
	case CLASS_RENAME:
	case CLASS_RENAME_EX:
		rd_skip(&info, 16);
		name = rd_view(&info, rd_le32(&info));
		if (rd_ok(&info) && name.len > 0)
			r->r.path = smb_text(m->c->smb.budget, name, true);
		break;
	case CLASS_DISPOSITION:
	case CLASS_DISPOSITION_EX:
		r->r.deletes = (rd_u8(&info) & 1) != 0;
		break;
	case CLASS_EOF:
		size = rd_le64(&info);
		if (rd_ok(&info))
			handle_truncate(smb_handle(o), size);
		break;
	default:
		break;
	}
}

static void
set_info_answer(struct smb2_message *m, struct smb2_request *r)
{
	struct handle *h = smb_handle(smb2_request_open(m->s, r));

	if (r->r.deletes)
		handle_fetched(h, m->status);
	if (nt_ok(m->status))
		handle_rename(h, r->r.path);
}

const struct smb2_command smb2_commands[SMB2_LAST_COMMAND + 1] = {
	[SMB2_NEGOTIATE]	= { 36,	0,	smb2_negotiate_request,	smb2_negotiate_answer },
	[SMB2_SESSION_SETUP]	= { 25,	0,	smb2_session_setup_request, smb2_session_setup_answer },
	[SMB2_LOGOFF]		= { 4,	0,	NULL,			logoff_answer },
	[SMB2_TREE_CONNECT]	= { 9,	0,	tree_connect_request,	tree_connect_answer },
	[SMB2_TREE_DISCONNECT]	= { 4,	0,	NULL,			tree_disconnect_answer },
	[SMB2_CREATE]		= { 57,	0,	create_request,		create_answer },
	[SMB2_CLOSE]		= { 24,	8,	close_request,		close_answer },
	[SMB2_FLUSH]		= { 24,	8,	NULL,			NULL },
	[SMB2_READ]		= { 49,	16,	read_request,		read_answer },
	[SMB2_WRITE]		= { 49,	16,	write_request,		write_answer },
	[SMB2_LOCK]		= { 48,	8,	NULL,			NULL },
	[SMB2_IOCTL]		= { 57,	8,	ioctl_request,		ioctl_answer },
	[SMB2_QUERY_DIRECTORY]	= { 33,	8,	NULL,			NULL },
	[SMB2_CHANGE_NOTIFY]	= { 32,	8,	NULL,			NULL },
	[SMB2_QUERY_INFO]	= { 41,	24,	NULL,			NULL },
	[SMB2_SET_INFO]		= { 33,	16,	set_info_request,	set_info_answer },
};
