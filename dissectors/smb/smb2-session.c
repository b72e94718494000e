/* smb2-session.c -- SMB2 sessions, trees and opens, [MS-SMB2] 3.3.1. */
#include "smb/smb2.h"

#include "auth/gss.h"
#include "engine/ledger.h"
#include "base/limits.h"
#include "base/rb.h"

static int
u64_cmp(uint64_t a, uint64_t b)
{
	return a < b ? -1 : a > b;
}

static int
open_cmp(const struct smb2_open *a, const struct smb2_open *b)
{
	return memcmp(a->id, b->id, SMB2_FILEID);
}

static int
tree_cmp(const struct smb2_tree *a, const struct smb2_tree *b)
{
	return u64_cmp(a->id, b->id);
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
		c = addr_cmp(&a->client, &b->client);
	return c != 0 ? c : addr_cmp(&a->server, &b->server);
}

RB_HEAD(smb2_sessions, smb2_session);
RB_STATIC(smb2_opens, smb2_open, by_id, open_cmp)
RB_STATIC(smb2_trees, smb2_tree, by_id, tree_cmp)
RB_STATIC(smb2_links, smb2_link, by_id, link_cmp)
RB_STATIC(smb2_sessions, smb2_session, by_key, session_cmp)

/* The worker's sessions.  They stay when their connections end, so that one
 * picked up again in the middle still knows its user and its shares. */
struct smb2_table {
	struct smb2_sessions sessions;
	TAILQ_HEAD(, smb2_session) ages;	/* least recently used first */
	size_t		 n;
};

/* ---- Opens ---- */

static void
describe(void *arg, struct fact *fact)
{
	const struct smb2_open *o = arg;
	const struct smb2_session *s = o->session;
	struct smb_logon l = { .dialect = s->dialect, .session_id = s->id,
	    .tree_id = o->tree, .gss = s->gss };

	if (s->gss == NULL && s->next != NULL)
		l.gss = s->next->gss;
	smb_describe(&l, fact);
}

static struct smb2_tree *
tree_find(struct smb2_session *s, uint32_t id)
{
	struct smb2_tree key = { .id = id };

	return RB_FIND(smb2_trees, &s->trees, &key);
}

struct smb2_open *
smb2_open_new(struct smb2_session *s, const struct peers *peers, uint32_t tree_id,
    const char *name, bool pipe)
{
	const struct smb2_tree *tree = tree_find(s, tree_id);
	struct handle_opening at = { .world = s->world, .budget = &s->budget,
	    .peers = peers, .closed = &s->closed, .name = name, .describe = describe,
	    .share = tree != NULL ? tree->share : NULL,
	    .pipe = pipe || (tree != NULL && tree->pipe) };
	struct smb2_open *o;

	if (s->n_opens >= MAX_SMB_OPENS) {
		stat_add(s->world->stats, STAT_SMB_LIMIT, 1);
		smb2_open_drop(TAILQ_FIRST(&s->open_ages));
	}
	if ((o = budget_calloc(&s->budget, 1, sizeof(*o))) == NULL)
		return NULL;
	at.arg = o;
	if ((o->open = handle_new(&at)) == NULL) {
		budget_free(o);
		return NULL;
	}
	o->session = s;
	o->tree = tree_id;
	memcpy(o->gaps, s->gaps, sizeof(o->gaps));
	TAILQ_INSERT_TAIL(&s->open_ages, o, age);
	s->n_opens++;
	return o;
}

void
smb2_open_name(struct smb2_open *o, const uint8_t id[SMB2_FILEID])
{
	struct smb2_open *old = smb2_open_find(o->session, id);

	if (o->named || old == o)
		return;
	smb2_open_drop(old);	/* the server reuses the id: the close was missed */
	memcpy(o->id, id, SMB2_FILEID);
	o->named = true;
	RB_INSERT(smb2_opens, &o->session->opens, o);
}

struct smb2_open *
smb2_open_find(struct smb2_session *s, const uint8_t id[SMB2_FILEID])
{
	struct smb2_open key, *o;

	memcpy(key.id, id, SMB2_FILEID);
	if ((o = RB_FIND(smb2_opens, &s->opens, &key)) == NULL)
		return NULL;
	for (int d = C2S; d <= S2C; d++)
		if (o->gaps[d] != s->gaps[d]) {
			o->gaps[d] = s->gaps[d];
			handle_gap(o->open, (enum dir)d);
		}
	return o;
}

void
smb2_open_drop(struct smb2_open *o)
{
	struct smb2_session *s;

	if (o == NULL)
		return;
	s = o->session;
	handle_free(o->open);
	if (o->req != NULL)
		smb2_req_forget(o->req);
	if (o->named)
		RB_REMOVE(smb2_opens, &s->opens, o);
	TAILQ_REMOVE(&s->open_ages, o, age);
	s->n_opens--;
	budget_free(o);
}

static void
opens_drop(struct smb2_session *s)
{
	while (!TAILQ_EMPTY(&s->open_ages))
		smb2_open_drop(TAILQ_FIRST(&s->open_ages));
}

/* ---- Trees ---- */

static void
tree_free(struct smb2_session *s, struct smb2_tree *t)
{
	RB_REMOVE(smb2_trees, &s->trees, t);
	TAILQ_REMOVE(&s->tree_ages, t, age);
	s->n_trees--;
	budget_free(t->share);
	budget_free(t);
}

void
smb2_tree_put(struct smb2_session *s, uint32_t id, const char *share, bool pipe)
{
	struct smb2_tree *t;

	smb2_tree_drop(s, id);
	if (s->n_trees >= MAX_SMB_TREES) {
		stat_add(s->world->stats, STAT_SMB_LIMIT, 1);
		tree_free(s, TAILQ_FIRST(&s->tree_ages));
	}
	if ((t = budget_calloc(&s->budget, 1, sizeof(*t))) == NULL)
		return;
	t->id = id;
	t->pipe = pipe || smb_is_ipc(share);
	if (share != NULL)
		t->share = budget_strndup(&s->budget, view_str(share));
	RB_INSERT(smb2_trees, &s->trees, t);
	TAILQ_INSERT_TAIL(&s->tree_ages, t, age);
	s->n_trees++;
}

void
smb2_tree_drop(struct smb2_session *s, uint32_t id)
{
	struct smb2_tree *t = tree_find(s, id);
	struct smb2_open *o, *next;

	if (t == NULL)
		return;
	TAILQ_FOREACH_SAFE(o, &s->open_ages, age, next)
		if (o->tree == id)
			smb2_open_drop(o);
	tree_free(s, t);
}

/* ---- Sessions ---- */

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

static void
link_free(struct smb2_link *l)
{
	RB_REMOVE(smb2_links, &l->conn->links, l);
	LIST_REMOVE(l, peer);
	budget_free(l);
}

/* It is over: what could be opened of it? */
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

/* Forget everything that a logon made. */
static void
session_clear(struct smb2_session *s)
{
	opens_drop(s);
	while (!TAILQ_EMPTY(&s->tree_ages))
		tree_free(s, TAILQ_FIRST(&s->tree_ages));
	closed_files_clear(&s->closed);
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
	struct smb2_table *t = world_state(s->world, &sessions_key);

	session_clear(s);
	while (!LIST_EMPTY(&s->links))
		link_free(LIST_FIRST(&s->links));
	RB_REMOVE(smb2_sessions, &t->sessions, s);
	TAILQ_REMOVE(&t->ages, s, age);
	t->n--;
	budget_free(s);
}

static struct smb2_session *
session_new(struct smb2_conn *c, uint64_t id)
{
	struct world *w = c->c.world;
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
	s->client = c->c.peers->client;
	s->server = c->c.peers->server;
	s->peers = *c->c.peers;
	memcpy(s->guid, c->guid, sizeof(s->guid));
	s->id = id;
	s->world = w;
	budget_init(&s->budget, w->budget, MAX_FLOW_MEM);
	RB_INIT(&s->trees);
	TAILQ_INIT(&s->tree_ages);
	RB_INIT(&s->opens);
	TAILQ_INIT(&s->open_ages);
	LIST_INIT(&s->links);
	closed_files_init(&s->closed, &s->budget);
	RB_INSERT(smb2_sessions, &t->sessions, s);
	TAILQ_INSERT_TAIL(&t->ages, s, age);
	t->n++;
	return s;
}

/* What was lost on a connection was lost to its sessions; each is told when
 * it is next used, so that a gap costs nothing however many there are. */
static struct smb2_session *
use(struct smb2_conn *c, struct smb2_link *l)
{
	struct smb2_session *s = l->session;
	struct smb2_table *t = world_state(c->c.world, &sessions_key);

	for (int d = C2S; d <= S2C; d++)
		if (l->gaps[d] != c->gaps[d]) {
			l->gaps[d] = c->gaps[d];
			s->gaps[d]++;
		}
	if (c->dialect != NULL)
		s->dialect = c->dialect;
	TAILQ_REMOVE(&t->ages, s, age);
	TAILQ_INSERT_TAIL(&t->ages, s, age);
	return s;
}

static struct smb2_session *
join(struct smb2_conn *c, struct smb2_session *s)
{
	struct smb2_link *l = budget_calloc(c->c.budget, 1, sizeof(*l));

	if (l == NULL)
		return NULL;
	l->conn = c;
	l->session = s;
	l->id = s->id;
	memcpy(l->gaps, c->gaps, sizeof(l->gaps));
	RB_INSERT(smb2_links, &c->links, l);
	LIST_INSERT_HEAD(&s->links, l, peer);
	return use(c, l);
}

/*
 * The same server's session of that id, whose first channel has other
 * addresses (multichannel, 3.2.4.1.7): ids are the server's, and unique there.
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

static struct smb2_session *
session_get(struct smb2_conn *c, uint64_t id, bool make)
{
	struct smb2_link by_link = { .id = id }, *l;
	struct smb2_session key = { .id = id }, *s = NULL;
	struct smb2_table *t = world_state(c->c.world, &sessions_key);

	if (id == 0 || id == UINT64_MAX)
		return NULL;
	if ((l = RB_FIND(smb2_links, &c->links, &by_link)) != NULL)
		return use(c, l);
	key.client = c->c.peers->client;
	key.server = c->c.peers->server;
	if (t != NULL)
		s = RB_FIND(smb2_sessions, &t->sessions, &key);
	if (s == NULL && t != NULL)
		s = elsewhere(c, t, id);
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
smb2_leave(struct smb2_conn *c)
{
	struct smb2_session *s;
	struct smb2_link *l;

	while ((l = RB_ROOT(&c->links)) != NULL) {
		s = l->session;
		link_free(l);
		if (LIST_EMPTY(&s->links)) {
			opens_drop(s);
			closed_files_clear(&s->closed);
		}
	}
}
