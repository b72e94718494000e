/* smb2-logon.c -- dialects, logons and their keys, [MS-SMB2] 2.2.3 to 2.2.6. */
#include "smb/smb2.h"

#include "base/digest.h"
#include "auth/gss.h"

#define ENCRYPTION	2		/* SMB2_ENCRYPTION_CAPABILITIES, 2.2.3.1.2 */
#define MAX_NEGOTIATE	16		/* contexts looked through; eight are defined */
#define SETUP_BINDING	0x01		/* 2.2.5 */

/* Is all of the message there, so that its hash is the one that both sides have? */
static bool
whole(const struct smb2_part *p)
{
	return p->v.len == p->len;
}

/* ---- NEGOTIATE ---- */

/* 3.1.1's hash begins here, also where an SMB1 NEGOTIATE came before. */
void
smb2_negotiate_request(struct smb2_part *p, struct smb2_req *r, struct smb2_open *o)
{
	struct smb2_conn *c = p->c;

	(void)r, (void)o;
	memset(c->preauth, 0, sizeof(c->preauth));
	c->hashed = whole(p);
	if (c->hashed)
		sha512_chain(c->preauth, p->v);
}

/* The cipher that the server chose, 2.2.4.1.2; 0: none. */
static uint16_t
chosen_cipher(const struct smb2_part *p, size_t at, size_t n)
{
	struct reader r;
	struct view data;
	uint16_t type;
	size_t len;

	for (; n > 0 && at % 8 == 0; n--) {
		r = rd_open(view_from(p->v, at));
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
smb2_negotiate_answer(struct smb2_part *p, struct smb2_req *r)
{
	static const struct { uint16_t revision; const char *text; } dialects[] = {
		{ 0x0202, "2.02" }, { 0x0210, "2.10" }, { 0x0300, "3.00" },
		{ 0x0302, "3.02" }, { 0x0311, "3.11" }, { 0x02ff, "2.??" },
	};
	struct smb2_conn *c = p->c;
	struct reader b = smb2_body(p);
	uint16_t revision, contexts;
	struct view guid;

	(void)r;
	rd_skip(&b, 4);
	revision = rd_le16(&b);
	contexts = rd_le16(&b);
	guid = rd_view(&b, sizeof(c->guid));
	if (!rd_ok(&b) || !nt_ok(p->status))
		return;
	for (size_t i = 0; i < nitems(dialects); i++)
		if (dialects[i].revision == revision)
			c->dialect = dialects[i].text;
	c->revision = revision;
	memcpy(c->guid, guid.p, sizeof(c->guid));
	c->cipher = 0;
	if (revision != 0x0311)
		return;
	rd_skip(&b, 36);
	c->cipher = chosen_cipher(p, rd_le32(&b),
	    contexts < MAX_NEGOTIATE ? contexts : MAX_NEGOTIATE);
	c->hashed = c->hashed && whole(p);
	if (c->hashed)
		sha512_chain(c->preauth, p->v);
}

/* ---- SESSION_SETUP ---- */

void
smb2_setup_free(struct smb2_setup *u)
{
	if (u == NULL)
		return;
	gss_free(u->gss);
	budget_free(u);
}

static struct smb2_setup *
setup_new(struct smb2_conn *c)
{
	struct world *w = c->c.world;
	struct smb2_setup *u = budget_calloc(w->budget, 1, sizeof(*u));

	if (u == NULL)
		return NULL;
	u->gss = gss_new(w, w->budget);
	u->hashed = c->hashed;
	memcpy(u->preauth, c->preauth, sizeof(u->preauth));
	return u;
}

/* 3.2.5.3: every message but the one that ends it. */
static void
hash(struct smb2_setup *u, const struct smb2_part *p)
{
	u->hashed = u->hashed && whole(p);
	if (u->hashed)
		sha512_chain(u->preauth, p->v);
}

void
smb2_session_setup_request(struct smb2_part *p, struct smb2_req *r, struct smb2_open *o)
{
	struct reader b = smb2_body(p);
	struct smb2_setup **setup = p->s != NULL ? &p->s->next : &r->setup;
	uint16_t at, len;
	uint8_t flags;

	(void)o;
	rd_skip(&b, 2);
	flags = rd_u8(&b);
	rd_skip(&b, 9);
	at = rd_le16(&b);
	len = rd_le16(&b);
	if (*setup == NULL && (*setup = setup_new(p->c)) == NULL)
		return;
	if ((flags & SETUP_BINDING) != 0)
		(*setup)->binding = true;
	hash(*setup, p);
	gss_token((*setup)->gss, C2S, smb2_field(p, at, len));
}

static void
refused(struct smb2_part *p)
{
	struct smb2_session *s = smb2_session_find(p->c, p->session);

	if (s == NULL)
		return;
	smb2_setup_free(s->next);
	s->next = NULL;
	if (s->gss == NULL && s->n_opens == 0)
		smb2_session_drop(s);
}

/* 3.3.5.5.3.  A logon again, or a further channel, changes no key; so a logon
 * that made keys is kept. */
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
smb2_session_setup_answer(struct smb2_part *p, struct smb2_req *r)
{
	struct smb2_session *s;
	struct reader b = smb2_body(p);
	uint16_t at, len;

	rd_skip(&b, 4);
	at = rd_le16(&b);
	len = rd_le16(&b);
	if (!nt_ok(p->status) && p->status != NT_MORE_PROCESSING) {
		refused(p);
		return;
	}
	/* The first answer names the session. */
	s = r->setup != NULL ? smb2_session_fresh(p->c, p->session) :
	    smb2_session(p->c, p->session);
	if (s == NULL)
		return;
	if (r->setup != NULL) {
		s->next = r->setup;
		r->setup = NULL;
	}
	if (s->next == NULL)
		return;
	if (p->status == NT_MORE_PROCESSING)
		hash(s->next, p);
	gss_token(s->next->gss, S2C, smb2_field(p, at, len));
	if (p->status != NT_MORE_PROCESSING)
		logged_on(p->c, s);
}

/* ---- Keys ---- */

struct smb3 *
smb2_keys(struct smb2_session *s)
{
	/* A key may become known later than the logon that it belongs to. */
	if (s->keys == NULL && s->world->keyring != NULL)
		s->keys = smb3_new(s->world->keyring,
		    s->terms.dialect != 0 ? gss_logon(s->gss) : NULL, s->id, &s->terms);
	return s->keys;
}
