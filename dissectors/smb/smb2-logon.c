/* smb2-logon.c -- dialects and logons, [MS-SMB2] 2.2.3 to 2.2.6. */
#include "smb/smb2-logon.h"

#include "auth/gss.h"
#include "base/digest.h"
#include "smb/ntstatus.h"

#define ENCRYPTION	2		/* SMB2_ENCRYPTION_CAPABILITIES, 2.2.3.1.2 */
#define MAX_NEGOTIATE	16		/* contexts looked through; eight are defined */
#define SETUP_BINDING	0x01		/* 2.2.5 */

/* Returns whether all of the message was captured, so that its hash is that of both sides. */
static bool
whole(const struct smb2_message *m)
{
	return m->v.len == m->len;
}

/* ---- NEGOTIATE ---- */

/* The hash of dialect 3.1.1 begins here, also if an SMB1 NEGOTIATE came before. */
void
smb2_negotiate_request(struct smb2_message *m, struct smb2_request *r, struct smb_open *o)
{
	struct smb2_conn *c = m->c;

	(void)r, (void)o;
	memset(c->preauth, 0, sizeof(c->preauth));
	c->hashed = whole(m);
	if (c->hashed)
		sha512_chain(c->preauth, m->v);
}

/* Returns the cipher that the server chose, 2.2.4.1.2; 0 if none.  The n contexts
 * begin at that offset of the message. */
static uint16_t
chosen_cipher(const struct smb2_message *m, size_t at, size_t n)
{
	struct reader r;
	struct view data;
	uint16_t type;
	size_t len;

	for (; n > 0 && at % 8 == 0; n--) {
		r = rd_open(view_from(m->v, at));
		type = rd_le16(&r);
		len = rd_le16(&r);
		rd_skip(&r, 4);
		data = rd_view(&r, len);
		if (!rd_ok(&r))
			break;
		if (type == ENCRYPTION) {
			r = rd_open(data);
			rd_skip(&r, 2);
			return rd_le16(&r);
		}
		at += (8 + len + 7) & ~(size_t)7;
	}
	return 0;
}

void
smb2_negotiate_answer(struct smb2_message *m, struct smb2_request *r)
{
	static const struct { uint16_t revision; const char *text; } dialects[] = {
		{ 0x0202, "2.02" }, { 0x0210, "2.10" }, { 0x0300, "3.00" },
		{ 0x0302, "3.02" }, { 0x0311, "3.11" }, { 0x02ff, "2.??" },
	};
	struct smb2_conn *c = m->c;
	struct reader b = smb2_body(m);
	uint16_t revision, contexts;
	struct view guid;

	(void)r;
	rd_skip(&b, 4);
	revision = rd_le16(&b);
	contexts = rd_le16(&b);
	guid = rd_view(&b, sizeof(c->guid));
	if (!rd_ok(&b) || !nt_ok(m->status))
		return;
	for (size_t i = 0; i < nitems(dialects); i++)
		if (dialects[i].revision == revision)
			c->smb.dialect = dialects[i].text;
	c->revision = revision;
	memcpy(c->guid, guid.p, sizeof(c->guid));
	c->cipher = 0;
	if (revision != 0x0311)
		return;
	rd_skip(&b, 36);
	c->cipher = chosen_cipher(m, rd_le32(&b),
	    contexts < MAX_NEGOTIATE ? contexts : MAX_NEGOTIATE);
	c->hashed = c->hashed && whole(m);
	if (c->hashed)
		sha512_chain(c->preauth, m->v);
}

/* ---- SESSION_SETUP ---- */

void
smb2_session_setup_request(struct smb2_message *m, struct smb2_request *r, struct smb_open *o)
{
	struct reader b = smb2_body(m);
	struct smb2_setup **setup = m->s != NULL ? &m->s->next : &r->setup;
	uint16_t at, len;
	uint8_t flags;

	(void)o;
	rd_skip(&b, 2);
	flags = rd_u8(&b);
	rd_skip(&b, 9);
	at = rd_le16(&b);
	len = rd_le16(&b);
	if (*setup == NULL && (*setup = smb2_setup_new(m->c)) == NULL)
		return;
	if ((flags & SETUP_BINDING) != 0)
		(*setup)->binding = true;
	smb2_setup_hash(*setup, m->v, m->len);
	gss_token((*setup)->gss, C2S, view_at(m->v, at, len));
}

static void
refused(struct smb2_message *m)
{
	struct smb2_session *s = smb2_session_find(m->c, m->session);

	if (s == NULL)
		return;
	smb2_setup_free(s->next);
	s->next = NULL;
	if (s->gss == NULL && s->opens.n == 0)
		smb2_session_drop(s);
}

/* A session's keys are those of its first logon: a logon again, or on a further
 * channel, does not change them, 3.3.5.5.3.  So the logon that made keys is kept. */
static void
logged_on(struct smb2_conn *c, struct smb2_session *s)
{
	struct smb2_setup *u = s->next;
	bool first = s->gss == NULL && !u->binding;

	s->next = NULL;
	if (s->terms.dialect == 0 && (s->gss == NULL || gss_known(u->gss))) {
		gss_free(s->gss);
		s->gss = u->gss;
		u->gss = NULL;
	}
	if (first && c->revision >= 0x0300 && c->revision <= 0x0311 &&
	    (c->revision != 0x0311 || u->hashed)) {
		s->terms.dialect = c->revision;
		s->terms.cipher = c->cipher;
		memcpy(s->terms.preauth, u->preauth, sizeof(s->terms.preauth));
	}
	smb2_setup_free(u);
}

void
smb2_session_setup_answer(struct smb2_message *m, struct smb2_request *r)
{
	struct smb2_session *s;
	struct reader b = smb2_body(m);
	uint16_t at, len;

	rd_skip(&b, 4);
	at = rd_le16(&b);
	len = rd_le16(&b);
	if (!nt_ok(m->status) && m->status != NT_MORE_PROCESSING) {
		refused(m);
		return;
	}
	/* The first answer names the session. */
	s = r->setup != NULL ? smb2_session_fresh(m->c, m->session) :
	    smb2_session(m->c, m->session);
	if (s == NULL)
		return;
	if (r->setup != NULL) {
		s->next = r->setup;
		r->setup = NULL;
	}
	if (s->next == NULL)
		return;
	if (m->status == NT_MORE_PROCESSING)
		smb2_setup_hash(s->next, m->v, m->len);
	gss_token(s->next->gss, S2C, view_at(m->v, at, len));
	if (m->status != NT_MORE_PROCESSING)
		logged_on(m->c, s);
}
