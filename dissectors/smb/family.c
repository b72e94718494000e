/* family.c -- a family's state of a connection, from its first message to its end. */
#include "smb/family.h"

struct smb_conn *
smb_conn_new(const struct smb_ops *ops, const struct carrier *carrier)
{
	struct smb_conn *c = budget_calloc(carrier->budget, 1, ops->size);

	if (c == NULL)
		return NULL;
	c->world = carrier->world;
	c->budget = carrier->budget;
	c->peers = carrier->peers;
	smb_requests_init(&c->requests, ops->requests, c, c->world, c->budget);
	ops->init(c);
	return c;
}

void
smb_conn_free(const struct smb_ops *ops, struct smb_conn *c)
{
	if (c == NULL)
		return;
	smb_requests_clear(&c->requests);
	ops->clear(c);
	budget_free(c);
}

void
smb_anomaly(const struct smb_conn *c, const char *event)
{
	anomaly(c->world, c->peers, STAT_BAD_PDUS, "smb", event);
}
