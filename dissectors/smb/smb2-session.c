/* smb2-session.c -- SMB2 sessions, [MS-SMB2] 3.3.1.8. */
#include "smb/smb2-session.h"

#include "auth/gss.h"
#include "base/limits.h"
#include "base/rb.h"
#include "engine/ledger.h"
#include "smb/smb.h"

/* One connection's use of a session. */
struct smb2_link {
	RB_ENTRY(smb2_link) by_id;
	LIST_ENTRY(smb2_link) peer;
	struct smb2_conn *conn;
	struct smb2_session *session;
	uint64_t	 id;		/* the session's */
	unsigned int	 gaps[2];	/* of the connection's, how many the session was told of */
};

static int
u64_cmp(uint64_t a, uint64_t b)
{
	return a < b ? -1 : a > b;
}

static int
link_cmp(const struct smb2_link *a, const struct smb2_link *b)
{
	return u64_cmp(a->id, b->id);
}

static int
session_cmp(const struct smb2_session *a, const struct smb2_session *b)
{
	int c = u64_cmp(a->id, b->id);

	if (c == 0)
		c = addr_cmp(&a->peers.client, &b->peers.client);
	return c != 0 ? c : addr_cmp(&a->peers.server, &b->peers.server);
}

RB_HEAD(smb2_sessions, smb2_session);
RB_STATIC(smb2_links, smb2_link, by_id, link_cmp)
RB_STATIC(smb2_sessions, smb2_session, by_key, session_cmp)

/* The worker's sessions. */
struct smb2_table {
	struct smb2_sessions sessions;
	TAILQ_HEAD(, smb2_session) ages;	/* least recently used first */
	size_t		 n;
};

static void
describe(void *arg, struct fact *fact)
{
	const struct smb_open *o = arg;
	const struct smb2_session *s = o->opens->owner;
	struct smb_logon l = { .dialect = s->dialect, .session_id = s->id,
	    .tree_id = o->tree, .gss = s->gss };

	if (s->gss == NULL && s->next != NULL)
		l.gss = s->next->gss;
	smb_describe(&l, fact);
}

static void
link_free(struct smb2_link *l)
{
	RB_REMOVE(smb2_links, &l->conn->links, l);
	LIST_REMOVE(l, peer);
	budget_free(l);
}

/* Notes in the ledger whether what was sealed in the session could be opened. */
static void
session_note(const struct smb2_session *s)
{
	char who[GSS_WHO];
	bool told;

	if (s->world->ledger == NULL)
		return;
	if (s->keys == NULL || !(s->opened || s->sealed)) {
		gss_note(s->gss, &s->peers, "smb");
		return;
	}
	told = gss_who(s->gss, who);
	ledger_note(s->world->ledger, &s->peers, "smb", told ? who : NULL, s->opened,
	    smb3_reason(s->keys));
}

/* Forgets all that a logon made. */
static void
session_clear(struct smb2_session *s)
{
	smb_opens_clear(&s->opens);
	session_note(s);
	gss_free(s->gss);
	smb2_setup_free(s->next);
	smb3_free(s->keys);
	s->gss = NULL;
	s->next = NULL;
	s->keys = NULL;
	s->terms = (struct smb3_terms){ 0 };
	s->opened = s->sealed = false;
}

void
smb2_session_drop(struct smb2_session *s)
{
	struct smb2_table *t = s->table;

	session_clear(s);
	while (!LIST_EMPTY(&s->links))
		link_free(LIST_FIRST(&s->links));
	RB_REMOVE(smb2_sessions, &t->sessions, s);
	TAILQ_REMOVE(&t->ages, s, age);
	t->n--;
	budget_free(s);
}

static void
table_init(struct world *w, void *state)
{
	struct smb2_table *t = state;

	(void)w;
	RB_INIT(&t->sessions);
	TAILQ_INIT(&t->ages);
}

static void
table_clear(void *state)
{
	struct smb2_table *t = state;

	while (!TAILQ_EMPTY(&t->ages))
		smb2_session_drop(TAILQ_FIRST(&t->ages));
}

static const struct world_key sessions_key = { sizeof(struct smb2_table), table_init, table_clear };

static struct smb2_session *
session_new(struct smb2_conn *c, uint64_t id)
{
	struct world *w = c->smb.world;
	struct smb2_table *t = world_state(w, &sessions_key);
	struct smb2_session *s;

	if (t == NULL)
		return NULL;
	if (t->n >= MAX_SMB_SESSIONS) {
		stat_add(w->stats, STAT_SMB_LIMIT, 1);
		smb2_session_drop(TAILQ_FIRST(&t->ages));
	}
	if ((s = budget_calloc(w->budget, 1, sizeof(*s))) == NULL)
		return NULL;
	s->table = t;
	s->peers = *c->smb.peers;
	memcpy(s->guid, c->guid, sizeof(s->guid));
	s->id = id;
	s->world = w;
	budget_init(&s->budget, w->budget, MAX_FLOW_MEM);
	s->opens.world = w;
	s->opens.budget = &s->budget;
	s->opens.gaps = s->gaps;
	s->opens.describe = describe;
	s->opens.owner = s;
	smb_opens_init(&s->opens);
	LIST_INIT(&s->links);
	RB_INSERT(smb2_sessions, &t->sessions, s);
	TAILQ_INSERT_TAIL(&t->ages, s, age);
	t->n++;
	return s;
}

/* A loss on a connection is a loss to each of its sessions.  It is passed on when
 * a session is next used, so that it costs nothing however many there are. */
static struct smb2_session *
use(struct smb2_conn *c, struct smb2_link *l)
{
	struct smb2_session *s = l->session;
	struct smb2_table *t = s->table;

	for (int d = C2S; d <= S2C; d++)
		if (l->gaps[d] != c->smb.gaps[d]) {
			l->gaps[d] = c->smb.gaps[d];
			s->gaps[d]++;
		}
	if (c->smb.dialect != NULL)
		s->dialect = c->smb.dialect;
	TAILQ_REMOVE(&t->ages, s, age);
	TAILQ_INSERT_TAIL(&t->ages, s, age);
	return s;
}

static struct smb2_session *
join(struct smb2_conn *c, struct smb2_session *s)
{
	struct smb2_link *l = budget_calloc(c->smb.budget, 1, sizeof(*l));

	if (l == NULL)
		return NULL;
	l->conn = c;
	l->session = s;
	l->id = s->id;
	memcpy(l->gaps, c->smb.gaps, sizeof(l->gaps));
	RB_INSERT(smb2_links, &c->links, l);
	LIST_INSERT_HEAD(&s->links, l, peer);
	return use(c, l);
}

/*
 * With multichannel, 3.2.4.1.7, a session's first connection may have other
 * addresses.  A SessionId is unique at its server, which its ServerGuid names.
 */
static struct smb2_session *
elsewhere(struct smb2_conn *c, struct smb2_table *t, uint64_t id)
{
	static const uint8_t unseen[16];
	struct smb2_session key = { .id = id }, *s;
	int n = 0;

	if (memcmp(c->guid, unseen, sizeof(unseen)) == 0)
		return NULL;
	for (s = RB_NFIND(smb2_sessions, &t->sessions, &key);
	    s != NULL && s->id == id && n < MAX_SMB_NAMESAKES;
	    s = RB_NEXT(smb2_sessions, &t->sessions, s), n++)
		if (memcmp(s->guid, c->guid, sizeof(s->guid)) == 0)
			return s;
	return NULL;
}

/* A session that this connection has not used yet. */
static struct smb2_session *
session_known(struct smb2_conn *c, uint64_t id)
{
	struct smb2_session key = { .id = id, .peers = *c->smb.peers }, *s;
	struct smb2_table *t = world_state(c->smb.world, &sessions_key);

	if (t == NULL)
		return NULL;
	s = RB_FIND(smb2_sessions, &t->sessions, &key);
	return s != NULL ? s : elsewhere(c, t, id);
}

static struct smb2_session *
session_get(struct smb2_conn *c, uint64_t id, bool make)
{
	struct smb2_link by_link = { .id = id }, *l;
	struct smb2_session *s;

	if (id == 0 || id == UINT64_MAX)
		return NULL;
	if ((l = RB_FIND(smb2_links, &c->links, &by_link)) != NULL)
		return use(c, l);
	s = session_known(c, id);
	if (s == NULL && make)
		s = session_new(c, id);
	return s != NULL ? join(c, s) : NULL;
}

struct smb2_session *
smb2_session(struct smb2_conn *c, uint64_t id)
{
	return session_get(c, id, true);
}

struct smb2_session *
smb2_session_find(struct smb2_conn *c, uint64_t id)
{
	return session_get(c, id, false);
}

struct smb2_session *
smb2_session_fresh(struct smb2_conn *c, uint64_t id)
{
	struct smb2_session *s = smb2_session(c, id);

	if (s != NULL)
		session_clear(s);
	return s;
}

void
smb2_session_leave(struct smb2_conn *c)
{
	struct smb2_session *s;
	struct smb2_link *l;

	while ((l = RB_ROOT(&c->links)) != NULL) {
		s = l->session;
		link_free(l);
		if (LIST_EMPTY(&s->links))
			smb_opens_close(&s->opens);
	}
}
