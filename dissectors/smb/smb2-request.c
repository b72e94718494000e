/* smb2-request.c -- SMB2 requests whose answers are awaited. */
#include "smb/smb2-request.h"

struct smb2_request *
smb2_request_find(struct smb2_conn *c, uint64_t mid)
{
	return smb_request_find(&c->smb.requests, mid);
}

void
smb2_request_answered(struct smb2_conn *c, uint64_t mid)
{
	struct smb2_request *r = smb2_request_find(c, mid);

	if (r != NULL)
		smb_request_free(&c->smb.requests, &r->r);
}

struct smb_open *
smb2_request_open(struct smb2_session *s, const struct smb2_request *r)
{
	return s != NULL && !r->waits ? smb_open_find(&s->opens, r->id) : NULL;
}

/* The requests of a compound follow one another in MessageId. */
void
smb2_request_resolve(struct smb2_request *create, const uint8_t id[SMB_ID])
{
	struct smb2_request *r;

	for (r = smb_request_next(&create->r); r != NULL && r->waits &&
	    r->create == create->r.key; r = smb_request_next(&r->r)) {
		memcpy(r->id, id, SMB_ID);
		r->waits = false;
	}
}

static struct smb_open *
request_target(void *conn, struct smb_request *request)
{
	struct smb2_request *r = (struct smb2_request *)request;

	return smb2_request_open(smb2_session_find(conn, r->session), r);
}

static void
request_clear(struct smb_request *request)
{
	smb2_setup_free(((struct smb2_request *)request)->setup);
}

const struct smb_request_ops smb2_request_ops = {
	sizeof(struct smb2_request), request_target, request_clear
};
