/* smb-open.c -- the shares that are connected and what is open there. */
#include "smb/smb-open.h"

#include <strings.h>

#include "base/limits.h"
#include "base/rb.h"
#include "base/stats.h"

static int
open_cmp(const struct smb_open *a, const struct smb_open *b)
{
	return memcmp(a->id, b->id, SMB_ID);
}

static int
tree_cmp(const struct smb_tree *a, const struct smb_tree *b)
{
	return a->id < b->id ? -1 : a->id > b->id;
}

RB_STATIC(smb_open_ids, smb_open, by_id, open_cmp)
RB_STATIC(smb_tree_ids, smb_tree, by_id, tree_cmp)

void
smb_opens_init(struct smb_opens *t)
{
	RB_INIT(&t->by_id);
	TAILQ_INIT(&t->ages);
	RB_INIT(&t->trees);
	TAILQ_INIT(&t->tree_ages);
	closed_files_init(&t->closed, t->budget);
}

/* ---- Trees ---- */

static struct smb_tree *
tree_find(struct smb_opens *t, uint32_t id)
{
	struct smb_tree key = { .id = id };

	return RB_FIND(smb_tree_ids, &t->trees, &key);
}

static void
tree_free(struct smb_opens *t, struct smb_tree *tree)
{
	RB_REMOVE(smb_tree_ids, &t->trees, tree);
	TAILQ_REMOVE(&t->tree_ages, tree, age);
	t->n_trees--;
	budget_free(tree->share);
	budget_free(tree);
}

bool
smb_is_ipc(const char *share)
{
	const char *last = share != NULL ? strrchr(share, '\\') : NULL;

	return share != NULL && strcasecmp(last != NULL ? last + 1 : share, "IPC$") == 0;
}

void
smb_tree_put(struct smb_opens *t, uint32_t id, const char *share, bool pipe)
{
	struct smb_tree *tree;

	smb_tree_drop(t, id);
	if (t->n_trees >= MAX_SMB_TREES) {
		stat_add(t->world->stats, STAT_SMB_LIMIT, 1);
		tree_free(t, TAILQ_FIRST(&t->tree_ages));
	}
	if ((tree = budget_calloc(t->budget, 1, sizeof(*tree))) == NULL)
		return;
	tree->id = id;
	tree->pipe = pipe || smb_is_ipc(share);
	if (share != NULL)
		tree->share = budget_strndup(t->budget, view_str(share));
	RB_INSERT(smb_tree_ids, &t->trees, tree);
	TAILQ_INSERT_TAIL(&t->tree_ages, tree, age);
	t->n_trees++;
}

void
smb_tree_drop(struct smb_opens *t, uint32_t id)
{
	struct smb_tree *tree = tree_find(t, id);
	struct smb_open *o, *next;

	if (tree == NULL)
		return;
	TAILQ_FOREACH_SAFE(o, &t->ages, age, next)
		if (o->tree == id)
			smb_open_drop(o);
	tree_free(t, tree);
}

/* ---- Opens ---- */

struct smb_open *
smb_open_new(struct smb_opens *t, const struct smb_opening *how)
{
	const struct smb_tree *tree = tree_find(t, how->tree);
	struct handle_opening at = { .world = t->world, .budget = t->budget,
	    .peers = how->peers, .closed = &t->closed, .name = how->name,
	    .describe = t->describe, .share = tree != NULL ? tree->share : NULL,
	    .pipe = how->pipe || (tree != NULL && tree->pipe) };
	struct smb_open *o;

	if (t->n >= MAX_SMB_OPENS) {
		stat_add(t->world->stats, STAT_SMB_LIMIT, 1);
		smb_open_drop(TAILQ_FIRST(&t->ages));
	}
	if ((o = budget_calloc(t->budget, 1, sizeof(*o))) == NULL)
		return NULL;
	at.arg = o;
	if ((o->handle = handle_new(&at)) == NULL) {
		budget_free(o);
		return NULL;
	}
	o->opens = t;
	o->tree = how->tree;
	o->user = how->user;
	memcpy(o->gaps, t->gaps, sizeof(o->gaps));
	TAILQ_INSERT_TAIL(&t->ages, o, age);
	t->n++;
	return o;
}

void
smb_open_name(struct smb_open *o, const uint8_t id[SMB_ID])
{
	struct smb_open *old = smb_open_find(o->opens, id);

	if (o->named || old == o)
		return;
	smb_open_drop(old);
	memcpy(o->id, id, SMB_ID);
	o->named = true;
	RB_INSERT(smb_open_ids, &o->opens->by_id, o);
}

/* A loss concerns every open; it is told to each when that is next used, so
 * that a loss costs nothing however many there are. */
struct smb_open *
smb_open_find(struct smb_opens *t, const uint8_t id[SMB_ID])
{
	struct smb_open key, *o;

	memcpy(key.id, id, SMB_ID);
	if ((o = RB_FIND(smb_open_ids, &t->by_id, &key)) == NULL)
		return NULL;
	for (int d = C2S; d <= S2C; d++)
		if (o->gaps[d] != t->gaps[d]) {
			o->gaps[d] = t->gaps[d];
			handle_gap(o->handle, (enum dir)d);
		}
	return o;
}

struct smb_open *
smb_open_get(struct smb_opens *t, const uint8_t id[SMB_ID], const struct smb_opening *how)
{
	struct smb_open *o = smb_open_find(t, id);

	if (o == NULL && (o = smb_open_new(t, how)) != NULL)
		smb_open_name(o, id);
	return o;
}

void
smb_open_drop(struct smb_open *o)
{
	struct smb_opens *t;

	if (o == NULL)
		return;
	t = o->opens;
	handle_free(o->handle);
	if (o->opener != NULL)
		*o->opener = NULL;
	if (o->named)
		RB_REMOVE(smb_open_ids, &t->by_id, o);
	TAILQ_REMOVE(&t->ages, o, age);
	t->n--;
	budget_free(o);
}

void
smb_opens_logoff(struct smb_opens *t, uint16_t user)
{
	struct smb_open *o, *next;

	TAILQ_FOREACH_SAFE(o, &t->ages, age, next)
		if (o->user == user)
			smb_open_drop(o);
}

void
smb_opens_close(struct smb_opens *t)
{
	while (!TAILQ_EMPTY(&t->ages))
		smb_open_drop(TAILQ_FIRST(&t->ages));
	closed_files_clear(&t->closed);
}

void
smb_opens_clear(struct smb_opens *t)
{
	smb_opens_close(t);
	while (!TAILQ_EMPTY(&t->tree_ages))
		tree_free(t, TAILQ_FIRST(&t->tree_ages));
}
