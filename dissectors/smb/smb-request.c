/* smb-request.c -- the requests of a connection whose answers are awaited. */
#include "smb/smb-request.h"

#include "base/limits.h"
#include "base/rb.h"
#include "base/stats.h"
#include "smb/ntstatus.h"

static int
request_cmp(const struct smb_request *a, const struct smb_request *b)
{
	return a->key < b->key ? -1 : a->key > b->key;
}

RB_STATIC(smb_request_keys, smb_request, by_key, request_cmp)

void
smb_requests_init(struct smb_requests *t, const struct smb_request_ops *ops, void *owner,
    struct world *w, struct budget *b)
{
	*t = (struct smb_requests){ .ops = ops, .owner = owner, .world = w, .budget = b };
	RB_INIT(&t->by_key);
	TAILQ_INIT(&t->ages);
}

void *
smb_request_find(struct smb_requests *t, uint64_t key)
{
	struct smb_request want = { .key = key };

	return RB_FIND(smb_request_keys, &t->by_key, &want);
}

void *
smb_request_next(struct smb_request *r)
{
	return RB_NEXT(smb_request_keys, NULL, r);
}

void
smb_request_free(struct smb_requests *t, struct smb_request *r)
{
	RB_REMOVE(smb_request_keys, &t->by_key, r);
	TAILQ_REMOVE(&t->ages, r, age);
	t->n--;
	smb_open_drop(r->open);
	budget_free(r->path);
	t->ops->clear(r);
	budget_free(r);
}

/* A READ of atexec's output is a fact even if its answer was not seen. */
static void
give_up(struct smb_requests *t, struct smb_request *r)
{
	if (r->reads)
		handle_fetched(smb_handle(t->ops->target(t->owner, r)), NT_PENDING);
	smb_request_free(t, r);
}

void
smb_requests_clear(struct smb_requests *t)
{
	while (!TAILQ_EMPTY(&t->ages))
		give_up(t, TAILQ_FIRST(&t->ages));
}

void *
smb_request_new(struct smb_requests *t, uint64_t key)
{
	struct smb_request *r = smb_request_find(t, key);

	if (r != NULL)
		give_up(t, r);
	if (t->n >= MAX_SMB_REQS) {
		stat_add(t->world->stats, STAT_SMB_LIMIT, 1);
		give_up(t, TAILQ_FIRST(&t->ages));
	}
	if ((r = budget_calloc(t->budget, 1, t->ops->size)) == NULL)
		return NULL;
	r->key = key;
	RB_INSERT(smb_request_keys, &t->by_key, r);
	TAILQ_INSERT_TAIL(&t->ages, r, age);
	t->n++;
	return r;
}

void
smb_request_opens(struct smb_request *r, struct smb_open *o)
{
	r->open = o;
	if (o != NULL)
		o->opener = &r->open;
}

struct smb_open *
smb_request_opened(struct smb_request *r)
{
	struct smb_open *o = r->open;

	r->open = NULL;
	if (o != NULL)
		o->opener = NULL;
	return o;
}
