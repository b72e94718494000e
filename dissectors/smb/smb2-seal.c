/* smb2-seal.c -- encrypted messages, [MS-SMB2] 2.2.41, 3.1.4.3. */
#include "smb/smb2.h"

#include "auth/gss.h"
#include "engine/ledger.h"

#define SESSION_ID	44		/* in the TRANSFORM_HEADER */
#define MAX_PEEK	(SMB3_TRANSFORM + 2048)	/* from which a message is judged */

static uint64_t
session_id(struct view m)
{
	struct reader r = rd_open(m);

	rd_skip(&r, SESSION_ID);
	return rd_le64(&r);
}

/* A session whose logon was not seen; only an smbkey can open it. */
static struct smb2_session *
stranger(struct smb2_conn *c, uint64_t id)
{
	const struct smb3_terms unknown = { 0 };
	struct smb2_session *s;
	struct smb3 *keys;

	if ((keys = smb3_new(c->c.world->keyring, NULL, id, &unknown)) == NULL ||
	    (s = smb2_session(c, id)) == NULL) {
		smb3_free(keys);
		return NULL;
	}
	smb3_free(s->keys);
	s->keys = keys;
	return s;
}

static struct smb2_session *
session_of(struct smb2_conn *c, struct view m)
{
	uint64_t id = session_id(m);
	struct smb2_session *s;

	if (c->c.world->keyring == NULL || id == 0)
		return NULL;
	s = smb2_session_find(c, id);
	return s != NULL || id == c->stranger ? s : stranger(c, id);
}

/* Is it a WRITE, or a READ's answer, that says nothing but its payload? */
static bool
only_payload(struct smb2_conn *c, enum dir dir, const uint8_t header[SMB2_HEADER])
{
	struct smb2_open *o;

	if (dir == C2S)
		return le16dec(header + 12) == SMB2_WRITE;
	c->unwanted_mid = le64dec(header + 24);
	o = smb2_read_target(c, c->unwanted_mid);
	return o != NULL && !handle_tells_reads(o->open);
}

/*
 * Judge a long message by its first bytes, which are not proven yet: they may
 * make us pass over it, never say anything.
 */
enum head
smb2_sealed_head(struct smb2_conn *c, enum dir dir, struct view v, struct extent *x)
{
	uint8_t clear[MAX_PEEK - SMB3_TRANSFORM];
	struct view first = view_upto(v, 0, MAX_PEEK);
	struct smb2_session *s;
	struct extent in;
	enum head h;

	c->unwanted[dir] = false;
	if (x->len < SMB3_TRANSFORM)
		return HEAD_PDU;
	x->need = SMB3_TRANSFORM;
	if (v.len < x->need)
		return HEAD_MORE;
	if ((s = session_of(c, v)) == NULL || smb2_keys(s) == NULL) {
		x->keep = SMB3_TRANSFORM;
		return HEAD_PDU;
	}
	if (x->len <= MAX_PEEK)
		return HEAD_PDU;
	x->need = SMB3_TRANSFORM + SMB2_HEADER;
	if (v.len < x->need)
		return HEAD_MORE;
	if (!smb3_peek(s->keys, dir, first, clear) || clear[0] != 0xfe)
		return HEAD_PDU;
	in.need = in.len = in.keep = x->len - SMB3_TRANSFORM;
	h = smb2_clear_head(c, dir, view_upto((struct view){ clear, sizeof(clear) }, 0,
	    first.len - SMB3_TRANSFORM), &in);
	if (h == HEAD_MORE && SMB3_TRANSFORM + in.need <= MAX_PEEK) {
		x->need = SMB3_TRANSFORM + in.need;
		return HEAD_MORE;
	}
	if (h != HEAD_PDU || in.keep == in.len || !only_payload(c, dir, clear))
		return HEAD_PDU;
	c->unwanted[dir] = true;
	x->keep = SMB3_TRANSFORM;
	return HEAD_PDU;
}

/* Nothing opens it: say so, once a session. */
static void
closed(struct smb2_conn *c, struct smb2_session *s, uint64_t id)
{
	stat_add(c->c.world->stats, STAT_SMB3_SEALED, 1);
	if (s != NULL)
		s->sealed = true;
	else if (id != c->stranger) {
		c->stranger = id;
		ledger_note(c->c.world->ledger, c->c.peers, "smb", NULL, false,
		    "logon not captured");
	}
}

static void
open_message(struct smb2_conn *c, struct smb2_session *s, enum dir dir, struct view m)
{
	size_t len = m.len - SMB3_TRANSFORM;
	uint8_t *clear = budget_alloc(c->c.budget, len);

	if (clear == NULL) {
		stat_add(c->c.world->stats, STAT_SMB_LIMIT, 1);
		c->gaps[dir]++;
		return;
	}
	switch (smb3_unseal(s->keys, dir, m, clear)) {
	case UNSEAL_OK:
		stat_add(c->c.world->stats, STAT_SMB3_OPENED, 1);
		s->opened = true;
		c->unsealed = true;
		smb2_clear(c, dir, (struct view){ clear, len }, len);
		c->unsealed = false;
		break;
	case UNSEAL_NO_KEY:
		closed(c, s, s->id);
		break;
	case UNSEAL_BAD:
	case UNSEAL_LOST:
		stat_add(c->c.world->stats, STAT_UNSEAL_BAD, 1);
		s->sealed = true;
		c->gaps[dir]++;
		break;
	}
	budget_free(clear);
}

void
smb2_sealed(struct smb2_conn *c, enum dir dir, struct view m, size_t len)
{
	struct smb2_session *s;

	if (m.len < SMB3_TRANSFORM || session_id(m) == 0)
		return;			/* impacket's last LOGOFF names no session */
	if (c->unwanted[dir]) {
		c->unwanted[dir] = false;
		stat_add(c->c.world->stats, STAT_SMB3_UNWANTED, 1);
		if (dir == S2C)
			smb2_req_answered(c, c->unwanted_mid);
		return;
	}
	s = session_of(c, m);
	if (s == NULL || smb2_keys(s) == NULL)
		closed(c, s, session_id(m));
	else if (m.len < len)
		c->gaps[dir]++;		/* what is proven is the whole */
	else
		open_message(c, s, dir, m);
}
