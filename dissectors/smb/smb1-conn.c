/* smb1-conn.c -- an SMB1 connection's users, opens and requests, [MS-CIFS] 3.3.1. */
#include "smb/smb1-conn.h"

#include "auth/gss.h"
#include "base/limits.h"
#include "smb/smb.h"

/* ---- Users ---- */

struct smb1_user *
smb1_user_find(const struct smb1_conn *c, uint16_t uid)
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
	gss_note(u->gss, c->smb.peers, "smb");
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
		stat_add(c->smb.world->stats, STAT_SMB_LIMIT, 1);
		user_free(c, TAILQ_FIRST(&c->users));
	}
	if ((u = budget_calloc(c->smb.budget, 1, sizeof(*u))) == NULL)
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

	smb_opens_logoff(&c->opens, uid);
	if (u != NULL)
		user_free(c, u);
}

/* ---- Opens ---- */

static void
describe(void *arg, struct fact *fact)
{
	const struct smb_open *o = arg;
	const struct smb1_conn *c = o->opens->owner;
	const struct smb1_user *u = smb1_user_find(c, o->user);
	struct smb_logon l = { .dialect = c->smb.dialect, .session_id = o->user,
	    .tree_id = o->tree };

	if (u != NULL) {
		l.gss = u->gss;
		l.user = u->user;
		l.domain = u->domain;
	}
	smb_describe(&l, fact);
}

struct id {
	uint8_t		 b[SMB_ID];
};

static struct id
id_of(uint16_t fid)
{
	struct id id = { { 0 } };

	le16enc(id.b, fid);
	return id;
}

struct smb_open *
smb1_open_find(struct smb1_conn *c, uint16_t fid)
{
	return smb_open_find(&c->opens, id_of(fid).b);
}

struct smb_open *
smb1_open_new(struct smb1_conn *c, uint16_t tid, uint16_t uid, const char *path)
{
	const struct smb_opening how = { .peers = c->smb.peers, .tree = tid, .user = uid,
	    .name = path };

	return smb_open_new(&c->opens, &how);
}

struct smb_open *
smb1_open_get(struct smb1_conn *c, uint16_t fid, uint16_t tid, uint16_t uid, bool pipe)
{
	const struct smb_opening how = { .peers = c->smb.peers, .tree = tid, .user = uid,
	    .pipe = pipe };

	return smb_open_get(&c->opens, id_of(fid).b, &how);
}

struct smb_open *
smb1_request_open(struct smb1_conn *c, struct smb1_request *r, uint16_t fid, bool make, bool pipe)
{
	r->fid = fid;
	if (fid == SMB1_NO_FID)
		return r->r.open;
	return make ? smb1_open_get(c, fid, (uint16_t)r->r.tree, r->uid, pipe) :
	    smb1_open_find(c, fid);
}

void
smb1_open_name(struct smb_open *o, uint16_t fid)
{
	smb_open_name(o, id_of(fid).b);
}

/* ---- Requests ---- */

static struct smb_open *
request_target(void *conn, struct smb_request *r)
{
	return smb1_open_find(conn, ((struct smb1_request *)r)->fid);
}

static void
request_clear(struct smb_request *request)
{
	struct smb1_request *r = (struct smb1_request *)request;

	gss_free(r->gss);
	budget_free(r->to);
	budget_free(r->user);
	budget_free(r->domain);
}

const struct smb_request_ops smb1_request_ops = {
	sizeof(struct smb1_request), request_target, request_clear
};

/* ---- The connection ---- */

void
smb1_conn_init(struct smb_conn *conn)
{
	struct smb1_conn *c = (struct smb1_conn *)conn;

	TAILQ_INIT(&c->users);
	c->opens.world = c->smb.world;
	c->opens.budget = c->smb.budget;
	c->opens.gaps = c->smb.gaps;
	c->opens.describe = describe;
	c->opens.owner = c;
	smb_opens_init(&c->opens);
}

void
smb1_conn_clear(struct smb_conn *conn)
{
	struct smb1_conn *c = (struct smb1_conn *)conn;

	smb_opens_clear(&c->opens);
	while (!TAILQ_EMPTY(&c->users))
		user_free(c, TAILQ_FIRST(&c->users));
}
