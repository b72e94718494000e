/* smb1-message.c -- the layout of SMB1 messages, [MS-CIFS] 2.2.3. */
#include "smb/smb1-message.h"

#include "smb/ntstatus.h"

#define FLAG_REPLY	0x80
#define FLAG2_NT_STATUS	0x4000
#define FLAG2_UNICODE	0x8000
#define ERR_MORE_DATA	0x00ea0001u	/* ERRDOS, 2.2.2.4 */
#define WRITE_RAW	0x0004		/* WriteMode: with START, a length comes first */
#define WRITE_START	0x0008

bool
smb1_message_read(struct smb1_message *m)
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

bool
smb1_block_open(const struct smb1_message *m, uint8_t command, size_t at,
    struct smb1_block *b)
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

char *
smb1_text(struct smb1_block *b, struct budget *budget)
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
	return rd_ok(&b->bytes) ? smb_text(budget, v, b->m->unicode) : NULL;
}

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
