/* smb2-setup.c -- an exchange of SESSION_SETUP messages. */
#include "smb/smb2-setup.h"

#include "auth/gss.h"
#include "base/digest.h"

struct smb2_setup *
smb2_setup_new(const struct smb2_conn *c)
{
	struct world *w = c->smb.world;
	struct smb2_setup *u = budget_calloc(w->budget, 1, sizeof(*u));

	if (u == NULL)
		return NULL;
	u->gss = gss_new(w, w->budget);
	u->hashed = c->hashed;
	memcpy(u->preauth, c->preauth, sizeof(u->preauth));
	return u;
}

void
smb2_setup_hash(struct smb2_setup *u, struct view m, size_t len)
{
	u->hashed = u->hashed && m.len == len;
	if (u->hashed)
		sha512_chain(u->preauth, m);
}

void
smb2_setup_free(struct smb2_setup *u)
{
	if (u == NULL)
		return;
	gss_free(u->gss);
	budget_free(u);
}
