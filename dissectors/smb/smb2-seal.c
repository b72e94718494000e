/* smb2-seal.c -- encrypted messages, [MS-SMB2] 2.2.41, 3.1.4.3. */
#include "smb/smb2-seal.h"

#include "auth/gss.h"
#include "engine/ledger.h"

#define SESSION_ID	44		/* where it is in the TRANSFORM_HEADER */

static uint64_t
session_id(struct view m)
{
	struct reader r = rd_open(m);

	rd_skip(&r, SESSION_ID);
	return rd_le64(&r);
}

bool
smb2_seal_named(struct view m)
{
	return session_id(m) != 0;
}

/* A session whose logon was not seen; only an smbkey can open it. */
static struct smb2_session *
stranger(struct smb2_conn *c, uint64_t id)
{
	const struct smb3_terms unknown = { 0 };
	struct smb2_session *s;
	struct smb3 *keys;

	if ((keys = smb3_new(c->smb.world->keyring, NULL, id, &unknown)) == NULL ||
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

	if (c->smb.world->keyring == NULL || id == 0)
		return NULL;
	s = smb2_session_find(c, id);
	return s != NULL || id == c->stranger ? s : stranger(c, id);
}

/* Returns the session's keys, NULL if they are not known.  They may become known
 * later than the logon that they belong to. */
static struct smb3 *
keys_of(struct smb2_session *s)
{
	if (s->keys == NULL && s->world->keyring != NULL)
		s->keys = smb3_new(s->world->keyring,
		    s->terms.dialect != 0 ? gss_logon(s->gss) : NULL, s->id, &s->terms);
	return s->keys;
}

enum head
smb2_seal_head(struct smb2_conn *c, enum dir dir, struct view v, struct extent *x,
    struct smb2_peek *peek)
{
	struct view first = view_upto(v, 0, SMB2_MAX_PEEK);
	struct smb2_session *s;

	if (x->len < SMB3_TRANSFORM)
		return HEAD_PDU;
	x->need = SMB3_TRANSFORM;
	if (v.len < x->need)
		return HEAD_MORE;
	if ((s = session_of(c, v)) == NULL || keys_of(s) == NULL) {
		x->keep = SMB3_TRANSFORM;
		return HEAD_PDU;
	}
	if (x->len <= SMB2_MAX_PEEK)
		return HEAD_PDU;
	x->need = SMB3_TRANSFORM + SMB2_HEADER;
	if (v.len < x->need)
		return HEAD_MORE;
	if (smb3_peek(s->keys, dir, first, peek->clear))
		peek->first = (struct view){ peek->clear, first.len - SMB3_TRANSFORM };
	return HEAD_PDU;
}

/* Counts a message that nothing opens, and notes its session in the ledger. */
static void
closed(struct smb2_conn *c, struct smb2_session *s, uint64_t id)
{
	stat_add(c->smb.world->stats, STAT_SMB3_SEALED, 1);
	if (s != NULL)
		s->sealed = true;
	else if (id != c->stranger) {
		c->stranger = id;
		ledger_note(c->smb.world->ledger, c->smb.peers, "smb", NULL, false,
		    "logon not captured");
	}
}

/* Opens a whole message with the session's keys. */
static uint8_t *
unseal(struct smb2_conn *c, struct smb2_session *s, enum dir dir, struct view m)
{
	uint8_t *clear = budget_alloc(c->smb.budget, m.len - SMB3_TRANSFORM);

	if (clear == NULL) {
		stat_add(c->smb.world->stats, STAT_SMB_LIMIT, 1);
		c->smb.gaps[dir]++;
		return NULL;
	}
	switch (smb3_unseal(s->keys, dir, m, clear)) {
	case UNSEAL_OK:
		stat_add(c->smb.world->stats, STAT_SMB3_OPENED, 1);
		s->opened = true;
		return clear;
	case UNSEAL_NO_KEY:
		closed(c, s, s->id);
		break;
	case UNSEAL_BAD:
	case UNSEAL_LOST:
		stat_add(c->smb.world->stats, STAT_UNSEAL_BAD, 1);
		s->sealed = true;
		c->smb.gaps[dir]++;
		break;
	}
	budget_free(clear);
	return NULL;
}

uint8_t *
smb2_seal_open(struct smb2_conn *c, enum dir dir, struct view m, size_t len)
{
	struct smb2_session *s = session_of(c, m);

	if (s == NULL || keys_of(s) == NULL)
		closed(c, s, session_id(m));
	else if (m.len < len)
		c->smb.gaps[dir]++;	/* only a whole message can be proven */
	else
		return unseal(c, s, dir, m);
	return NULL;
}
