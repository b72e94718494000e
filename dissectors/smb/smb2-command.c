/* smb2-command.c -- what is done with each SMB2 command, [MS-SMB2] 2.2. */
#include "smb/smb2.h"

#include "base/limits.h"

#define OPTION_DELETE	0x00001000	/* FILE_DELETE_ON_CLOSE, 2.2.13 */
#define TREE_EXTENSION	0x0004		/* 2.2.9 */
#define SHARE_PIPE	2

/* [MS-FSCC] 2.4 */
enum { CLASS_RENAME = 10, CLASS_DISPOSITION = 13, CLASS_EOF = 20,
	CLASS_DISPOSITION_EX = 64, CLASS_RENAME_EX = 65 };

/* ---- Fields; offsets count from the message's header ---- */

struct reader
smb2_body(const struct smb2_part *p)
{
	return rd_open(view_from(p->v, SMB2_HEADER));
}

/* 2.2.21 */
bool
smb2_write_payload(struct reader r, struct smb_payload *d, const uint8_t **id)
{
	rd_skip(&r, 2);
	d->at = rd_le16(&r);
	d->len = rd_le32(&r);
	d->offset = rd_le64(&r);
	*id = rd_need(&r, SMB2_FILEID);
	return rd_ok(&r);
}

/* 2.2.20; a READ's place in its file is in the request. */
bool
smb2_read_payload(struct reader r, struct smb_payload *d)
{
	rd_skip(&r, 2);
	d->at = rd_u8(&r);
	rd_skip(&r, 1);
	d->len = rd_le32(&r);
	return rd_ok(&r);
}

struct view
smb2_field(const struct smb2_part *p, size_t at, size_t len)
{
	return view_at(p->v, at, len);
}

/* ---- Handles ---- */

bool
smb2_id_inherited(const uint8_t id[SMB2_FILEID])
{
	return le64dec(id) == UINT64_MAX && le64dec(id + 8) == UINT64_MAX;
}

void
smb2_open_mark(const struct smb2_conn *c, struct smb2_open *o)
{
	if (c->unsealed && o != NULL)
		handle_encrypted(o->open);
}

/* The handle that was open before the capture began. */
struct smb2_open *
smb2_open_get(struct smb2_conn *c, struct smb2_session *s, uint32_t tree,
    const uint8_t id[SMB2_FILEID], bool pipe)
{
	struct smb2_open *o = smb2_open_find(s, id);

	if (o != NULL || smb2_id_inherited(id))
		return o;
	if ((o = smb2_open_new(s, c->c.peers, tree, NULL, pipe)) != NULL)
		smb2_open_name(o, id);
	smb2_open_mark(c, o);
	return o;
}

/* ---- Commands: what is done with a request, and with its answer ---- */

static void
logoff_answer(struct smb2_part *p, struct smb2_req *r)
{
	(void)r;
	if (nt_ok(p->status) && p->s != NULL)
		smb2_session_drop(p->s);
}

static void
tree_connect_request(struct smb2_part *p, struct smb2_req *r, struct smb2_open *o)
{
	struct reader b = smb2_body(p);
	uint16_t flags, at, len;
	struct view path;

	(void)o;
	rd_skip(&b, 2);
	flags = rd_le16(&b);
	at = rd_le16(&b);
	len = rd_le16(&b);
	path = smb2_field(p, at, len);
	/* 2.2.9.1 leaves open where an extended path's offset counts from. */
	if ((flags & TREE_EXTENSION) != 0 && !view_starts(path, "\\\0\\", 4))
		path = smb2_field(p, SMB2_HEADER + (size_t)at, len);
	if (path.len > 0)
		r->path = smb_text(p->c->c.budget, path, true);
}

static void
tree_connect_answer(struct smb2_part *p, struct smb2_req *r)
{
	struct reader b = smb2_body(p);
	uint8_t type;

	rd_skip(&b, 2);
	type = rd_u8(&b);
	if (nt_ok(p->status) && p->s != NULL && (p->flags & SMB2_FLAG_ASYNC) == 0)
		smb2_tree_put(p->s, p->tree, r->path, type == SHARE_PIPE);
}

static void
tree_disconnect_answer(struct smb2_part *p, struct smb2_req *r)
{
	if (nt_ok(p->status) && p->s != NULL)
		smb2_tree_drop(p->s, r->tree);
}

static void
create_request(struct smb2_part *p, struct smb2_req *r, struct smb2_open *o)
{
	struct reader b = smb2_body(p);
	uint16_t at, len;
	struct view name;
	char *text;

	(void)o;
	rd_skip(&b, 40);
	r->deletes = (rd_le32(&b) & OPTION_DELETE) != 0;
	at = rd_le16(&b);
	len = rd_le16(&b);
	name = smb2_field(p, at, len);
	if (p->s == NULL || !rd_ok(&b) || name.len != len)
		return;
	if ((text = smb_text(p->c->c.budget, name, true)) == NULL)
		return;
	r->open = smb2_open_new(p->s, p->c->c.peers, p->tree, text, false);
	if (r->open != NULL)
		r->open->req = r;
	smb2_open_mark(p->c, r->open);
	budget_free(text);
}

static void
create_answer(struct smb2_part *p, struct smb2_req *r)
{
	const uint8_t *id = smb2_field(p, SMB2_HEADER + 64, SMB2_FILEID).p;
	struct smb2_open *o = r->open;

	if (o == NULL)
		return;
	if (!nt_ok(p->status) || id == NULL) {
		if (!nt_ok(p->status))
			handle_answer(o->open, p->status);
		return;			/* it goes with its request */
	}
	r->open = NULL;
	o->req = NULL;
	smb2_open_name(o, id);
	smb2_req_resolve(r, id);
	if (r->deletes)
		handle_fetched(o->open, p->status);
}

struct smb2_open *
smb2_open_of(struct smb2_part *p, const struct smb2_req *r)
{
	return p->s != NULL && !r->waits ? smb2_open_find(p->s, r->id) : NULL;
}

static void
close_request(struct smb2_part *p, struct smb2_req *r, struct smb2_open *o)
{
	(void)p, (void)r;
	if (o != NULL)
		handle_closing(o->open);
}

static void
close_answer(struct smb2_part *p, struct smb2_req *r)
{
	struct smb2_open *o = smb2_open_of(p, r);

	if (o == NULL)
		return;
	if (nt_ok(p->status))
		handle_answer(o->open, p->status);
	smb2_open_drop(o);
}

static void
read_request(struct smb2_part *p, struct smb2_req *r, struct smb2_open *o)
{
	struct reader b = smb2_body(p);

	rd_skip(&b, 8);
	r->offset = rd_le64(&b);
	if (o == NULL && !r->waits && p->s != NULL)
		smb2_open_get(p->c, p->s, r->tree, r->id, false);
}

static void
read_answer(struct smb2_part *p, struct smb2_req *r)
{
	struct smb2_open *o = smb2_open_of(p, r);
	struct smb_payload d = { 0 };
	struct view data;

	if (o == NULL)
		return;
	if (nt_data(p->status) && smb2_read_payload(smb2_body(p), &d)) {
		data = smb_bytes(p->v, p->len, &d);
		handle_data(o->open, S2C, r->offset, data, d.len);
	}
	handle_fetched(o->open, nt_data(p->status) ? NT_SUCCESS : p->status);
}

static void
write_request(struct smb2_part *p, struct smb2_req *r, struct smb2_open *o)
{
	struct smb_payload d = { 0 };
	const uint8_t *id;
	struct view data;

	if (p->s == NULL || !smb2_write_payload(smb2_body(p), &d, &id))
		return;
	if (o == NULL && !r->waits)
		o = smb2_open_get(p->c, p->s, r->tree, r->id, false);
	data = smb_bytes(p->v, p->len, &d);
	if (o != NULL)
		handle_data(o->open, C2S, d.offset, data, d.len);
}

static void
write_answer(struct smb2_part *p, struct smb2_req *r)
{
	struct smb2_open *o = smb2_open_of(p, r);

	if (o != NULL)
		handle_answer(o->open, p->status);
}

/* 2.2.31 */
static void
ioctl_request(struct smb2_part *p, struct smb2_req *r, struct smb2_open *o)
{
	struct reader b = smb2_body(p);
	struct smb_payload d = { 0 };
	struct view data;

	rd_skip(&b, 4);
	r->transceive = rd_le32(&b) == FSCTL_PIPE_TRANSCEIVE;
	rd_skip(&b, SMB2_FILEID);
	d.at = rd_le32(&b);
	d.len = rd_le32(&b);
	if (!rd_ok(&b) || !r->transceive || p->s == NULL)
		return;
	if (o == NULL && !r->waits)
		o = smb2_open_get(p->c, p->s, r->tree, r->id, true);
	data = smb_bytes(p->v, p->len, &d);
	if (o != NULL)
		handle_data(o->open, C2S, 0, data, d.len);
}

/* 2.2.32 */
static void
ioctl_answer(struct smb2_part *p, struct smb2_req *r)
{
	struct smb2_open *o = r->transceive ? smb2_open_of(p, r) : NULL;
	struct reader b = smb2_body(p);
	struct smb_payload d = { 0 };
	struct view data;

	rd_skip(&b, 32);
	d.at = rd_le32(&b);
	d.len = rd_le32(&b);
	if (o == NULL || !rd_ok(&b) || !nt_data(p->status))
		return;
	data = smb_bytes(p->v, p->len, &d);
	handle_data(o->open, S2C, 0, data, d.len);
}

/* 2.2.39; the buffer is one of [MS-FSCC] 2.4.11, 2.4.13, 2.4.42. */
static void
set_info_request(struct smb2_part *p, struct smb2_req *r, struct smb2_open *o)
{
	struct reader b = smb2_body(p), info;
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
	info = rd_open(smb2_field(p, at, len));
	switch (class) {
	case CLASS_RENAME:
	case CLASS_RENAME_EX:
		rd_skip(&info, 16);
		name = rd_view(&info, rd_le32(&info));
		if (rd_ok(&info) && name.len > 0)
			r->path = smb_text(p->c->c.budget, name, true);
		break;
	case CLASS_DISPOSITION:
	case CLASS_DISPOSITION_EX:
		r->deletes = (rd_u8(&info) & 1) != 0;
		break;
	case CLASS_EOF:
		size = rd_le64(&info);
		if (o != NULL && rd_ok(&info))
			handle_truncate(o->open, size);
		break;
	default:
		break;
	}
}

static void
set_info_answer(struct smb2_part *p, struct smb2_req *r)
{
	struct smb2_open *o = smb2_open_of(p, r);

	if (o == NULL)
		return;
	if (r->deletes)
		handle_fetched(o->open, p->status);
	if (r->path != NULL && nt_ok(p->status))
		handle_rename(o->open, r->path);
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
