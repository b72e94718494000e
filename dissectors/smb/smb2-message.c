/* smb2-message.c -- the layout of SMB2 messages, [MS-SMB2] 2.2.1. */
#include "smb/smb2-message.h"

bool
smb2_message_read(struct smb2_message *m)
{
	struct reader r = rd_open(m->v);

	rd_skip(&r, 4);
	if (rd_le16(&r) != SMB2_HEADER)
		return false;
	rd_skip(&r, 2);
	m->status = rd_le32(&r);
	m->command = rd_le16(&r);
	rd_skip(&r, 2);
	m->flags = rd_le32(&r);
	m->next = rd_le32(&r);
	m->mid = rd_le64(&r);
	rd_skip(&r, 4);
	m->tree = rd_le32(&r);
	m->session = rd_le64(&r);
	rd_skip(&r, 16);
	return rd_ok(&r) && memcmp(m->v.p, "\xfeSMB", 4) == 0 && m->command <= SMB2_LAST_COMMAND;
}

struct reader
smb2_body(const struct smb2_message *m)
{
	return rd_open(view_from(m->v, SMB2_HEADER));
}

bool
smb2_write_payload(struct reader r, struct smb_payload *d, const uint8_t **id)
{
	rd_skip(&r, 2);
	d->at = rd_le16(&r);
	d->len = rd_le32(&r);
	d->offset = rd_le64(&r);
	*id = rd_need(&r, SMB_ID);
	return rd_ok(&r);
}

bool
smb2_read_payload(struct reader r, struct smb_payload *d)
{
	rd_skip(&r, 2);
	d->at = rd_u8(&r);
	rd_skip(&r, 1);
	d->len = rd_le32(&r);
	return rd_ok(&r);
}

bool
smb2_id_inherited(const uint8_t id[SMB_ID])
{
	return le64dec(id) == UINT64_MAX && le64dec(id + 8) == UINT64_MAX;
}

void
smb2_open_mark(const struct smb2_conn *c, struct smb_open *o)
{
	if (c->unsealed)
		handle_encrypted(smb_handle(o));
}

struct smb_open *
smb2_open_get(const struct smb2_message *m, uint32_t tree, const uint8_t id[SMB_ID], bool pipe)
{
	const struct smb_opening how = { .peers = m->c->smb.peers, .tree = tree, .pipe = pipe };
	struct smb_open *o;

	if (m->s == NULL || smb2_id_inherited(id))
		return NULL;
	o = smb_open_get(&m->s->opens, id, &how);
	smb2_open_mark(m->c, o);
	return o;
}
