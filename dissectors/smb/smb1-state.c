/* smb1-state.c -- a connection's users, trees and opens, [MS-CIFS] 3.3.1. */
#include "smb/smb1.h"

#include "auth/gss.h"
#include "base/limits.h"
#include "base/rb.h"

static int
open_cmp(const struct smb1_open *a, const struct smb1_open *b)
{
	return a->fid - b->fid;
}

RB_STATIC(smb1_opens, smb1_open, by_fid, open_cmp)

/* ---- Users ---- */

struct smb1_user *
smb1_user_find(struct smb1_conn *c, uint16_t uid)
{
	struct smb1_user *u;

	TAILQ_FOREACH(u, &c->users, age)
		if (u->uid == uid)
			break;
	return u;
}

static void
user_free(struct smb1_conn *c, struct smb1_user *u)
{
	TAILQ_REMOVE(&c->users, u, age);
	c->n_users--;
	gss_note(u->gss, c->c.peers, "smb");
	gss_free(u->gss);
	budget_free(u->user);
	budget_free(u->domain);
	budget_free(u);
}

struct smb1_user *
smb1_user_get(struct smb1_conn *c, uint16_t uid)
{
	struct smb1_user *u = smb1_user_find(c, uid);

	if (u != NULL)
		return u;
	if (c->n_users >= MAX_SMB_TREES) {
		stat_add(c->c.world->stats, STAT_SMB_LIMIT, 1);
		user_free(c, TAILQ_FIRST(&c->users));
	}
	if ((u = budget_calloc(c->c.budget, 1, sizeof(*u))) == NULL)
		return NULL;
	u->uid = uid;
	TAILQ_INSERT_TAIL(&c->users, u, age);
	c->n_users++;
	return u;
}

void
smb1_user_drop(struct smb1_conn *c, uint16_t uid)
{
	struct smb1_user *u = smb1_user_find(c, uid);
	struct smb1_open *o, *next;

	TAILQ_FOREACH_SAFE(o, &c->open_ages, age, next)
		if (o->uid == uid)
			smb1_open_drop(o);
	if (u != NULL)
		user_free(c, u);
}

/* ---- Trees ---- */

static struct smb1_tree *
tree_find(struct smb1_conn *c, uint16_t tid)
{
	struct smb1_tree *t;

	TAILQ_FOREACH(t, &c->trees, age)
		if (t->tid == tid)
			break;
	return t;
}

static void
tree_free(struct smb1_conn *c, struct smb1_tree *t)
{
	TAILQ_REMOVE(&c->trees, t, age);
	c->n_trees--;
	budget_free(t->share);
	budget_free(t);
}

void
smb1_tree_put(struct smb1_conn *c, uint16_t tid, const char *share, bool pipe)
{
	struct smb1_tree *t;

	smb1_tree_drop(c, tid);
	if (c->n_trees >= MAX_SMB_TREES) {
		stat_add(c->c.world->stats, STAT_SMB_LIMIT, 1);
		tree_free(c, TAILQ_FIRST(&c->trees));
	}
	if ((t = budget_calloc(c->c.budget, 1, sizeof(*t))) == NULL)
		return;
	t->tid = tid;
	t->pipe = pipe || smb_is_ipc(share);
	if (share != NULL)
		t->share = budget_strndup(c->c.budget, view_str(share));
	TAILQ_INSERT_TAIL(&c->trees, t, age);
	c->n_trees++;
}

void
smb1_tree_drop(struct smb1_conn *c, uint16_t tid)
{
	struct smb1_tree *t = tree_find(c, tid);
	struct smb1_open *o, *next;

	if (t == NULL)
		return;
	TAILQ_FOREACH_SAFE(o, &c->open_ages, age, next)
		if (o->tid == tid)
			smb1_open_drop(o);
	tree_free(c, t);
}

/* ---- Opens ---- */

static void
describe(void *arg, struct fact *fact)
{
	const struct smb1_open *o = arg;
	const struct smb1_user *u = smb1_user_find(o->conn, o->uid);
	struct smb_logon l = { .dialect = o->conn->dialect, .session_id = o->uid,
	    .tree_id = o->tid };

	if (u != NULL) {
		l.gss = u->gss;
		l.user = u->user;
		l.domain = u->domain;
	}
	smb_describe(&l, fact);
}

struct smb1_open *
smb1_open_new(struct smb1_conn *c, uint16_t tid, uint16_t uid, const char *name, bool pipe)
{
	const struct smb1_tree *tree = tree_find(c, tid);
	struct handle_opening at = { .world = c->c.world, .budget = c->c.budget,
	    .peers = c->c.peers, .closed = &c->closed, .name = name, .describe = describe,
	    .share = tree != NULL ? tree->share : NULL,
	    .pipe = pipe || (tree != NULL && tree->pipe) };
	struct smb1_open *o;

	if (c->n_opens >= MAX_SMB_OPENS) {
		stat_add(c->c.world->stats, STAT_SMB_LIMIT, 1);
		smb1_open_drop(TAILQ_FIRST(&c->open_ages));
	}
	if ((o = budget_calloc(c->c.budget, 1, sizeof(*o))) == NULL)
		return NULL;
	at.arg = o;
	if ((o->open = handle_new(&at)) == NULL) {
		budget_free(o);
		return NULL;
	}
	o->conn = c;
	o->tid = tid;
	o->uid = uid;
	memcpy(o->gaps, c->gaps, sizeof(o->gaps));
	TAILQ_INSERT_TAIL(&c->open_ages, o, age);
	c->n_opens++;
	return o;
}

void
smb1_open_name(struct smb1_open *o, uint16_t fid)
{
	struct smb1_open *old = smb1_open_find(o->conn, fid);

	if (o->named || old == o)
		return;
	smb1_open_drop(old);	/* the server reuses the id: the close was missed */
	o->fid = fid;
	o->named = true;
	RB_INSERT(smb1_opens, &o->conn->opens, o);
}

/* What was lost on the connection is told to each open when it is next used. */
struct smb1_open *
smb1_open_find(struct smb1_conn *c, uint16_t fid)
{
	struct smb1_open key = { .fid = fid };
	struct smb1_open *o = RB_FIND(smb1_opens, &c->opens, &key);

	for (int d = C2S; o != NULL && d <= S2C; d++)
		if (o->gaps[d] != c->gaps[d]) {
			o->gaps[d] = c->gaps[d];
			handle_gap(o->open, (enum dir)d);
		}
	return o;
}

void
smb1_open_drop(struct smb1_open *o)
{
	if (o == NULL)
		return;
	handle_free(o->open);
	if (o->req != NULL)
		smb1_req_forget(o->req);
	if (o->named)
		RB_REMOVE(smb1_opens, &o->conn->opens, o);
	TAILQ_REMOVE(&o->conn->open_ages, o, age);
	o->conn->n_opens--;
	budget_free(o);
}

void
smb1_state_init(struct smb1_conn *c)
{
	TAILQ_INIT(&c->users);
	TAILQ_INIT(&c->trees);
	TAILQ_INIT(&c->open_ages);
	RB_INIT(&c->opens);
	closed_files_init(&c->closed, c->c.budget);
}

void
smb1_state_free(struct smb1_conn *c)
{
	while (!TAILQ_EMPTY(&c->open_ages))
		smb1_open_drop(TAILQ_FIRST(&c->open_ages));
	while (!TAILQ_EMPTY(&c->trees))
		tree_free(c, TAILQ_FIRST(&c->trees));
	while (!TAILQ_EMPTY(&c->users))
		user_free(c, TAILQ_FIRST(&c->users));
	closed_files_clear(&c->closed);
}
