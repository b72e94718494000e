/* shell.c -- the shells of all connections of a world, [MS-WSMV] 3.1.1. */
#include "winrm/shell.h"

#include <inttypes.h>
#include <stdio.h>
#include <strings.h>

#include "base/limits.h"
#include "base/rb.h"
#include "winrm/psrp.h"

struct shell_key {
	struct shell	 shell;
	RB_ENTRY(shell_key) link;
	TAILQ_ENTRY(shell_key) age;
	struct addr	 client, server;
	char		*id;
	struct budget	 purse;		/* pays for its commands and its PSRP */
};

static int
key_cmp(const struct shell_key *a, const struct shell_key *b)
{
	int c = strcasecmp(a->id, b->id);

	if (c == 0)
		c = addr_cmp(&a->client, &b->client);
	return c != 0 ? c : addr_cmp(&a->server, &b->server);
}

RB_HEAD(key_tree, shell_key);
RB_STATIC(key_tree, shell_key, link, key_cmp)

struct shells {
	struct world	*world;
	struct key_tree	 tree;
	TAILQ_HEAD(, shell_key) ages;	/* least recently used first */
	size_t		 n;
	struct budget	 purse;		/* pays for all of them */
	uint64_t	 serial;	/* of the latest request, or unnamed shell */
};

static void
shells_init(struct world *w, void *state)
{
	struct shells *s = state;

	s->world = w;
	RB_INIT(&s->tree);
	TAILQ_INIT(&s->ages);
	budget_init(&s->purse, w->budget, MAX_SHELLS_MEM);
}

static void
shells_clear(void *state)
{
	struct shells *s = state;
	struct shell_key *k;

	while ((k = TAILQ_FIRST(&s->ages)) != NULL)
		shell_drop(s->world, &k->shell);
}

static const struct world_key shells_key = { sizeof(struct shells), shells_init, shells_clear };

static struct shells *
shells_of(struct world *w)
{
	return world_state(w, &shells_key);
}

/* ---- Shells ---- */

static void
use(struct shells *s, struct shell_key *k)
{
	TAILQ_REMOVE(&s->ages, k, age);
	TAILQ_INSERT_TAIL(&s->ages, k, age);
}

/* Drops the least recently used shell, unless that is the given one.  Returns
 * false when nothing was dropped. */
static bool
drop_oldest(struct shells *s, const struct shell *but)
{
	struct shell_key *k = TAILQ_FIRST(&s->ages);

	if (k == NULL || &k->shell == but)
		return false;
	stat_add(s->world->stats, STAT_WINRM_LIMIT, 1);
	shell_drop(s->world, &k->shell);
	return true;
}

/* A quarter is left to the shell that asks. */
static void
make_room(struct shells *s, const struct shell *but)
{
	while (s->purse.used > s->purse.limit / 4 * 3 && drop_oldest(s, but))
		;
}

void
shell_make_room(struct world *w, struct shell *sh)
{
	struct shells *s = shells_of(w);

	use(s, sh->key);
	make_room(s, sh);
}

uint64_t
shell_serial(struct world *w)
{
	struct shells *s = shells_of(w);

	return s != NULL ? ++s->serial : 0;
}

/* Our ids begin with a character that XML does not allow (XML 1.0 2.2), so they
 * never equal a ShellId. */
#define UNNAMED	'\1'

static bool
set_id(struct shells *s, struct shell_key *k, const char *id)
{
	struct shell_key *old;
	char text[24];

	if (id == NULL) {
		snprintf(text, sizeof(text), "%c%" PRIu64, UNNAMED, ++s->serial);
		id = text;
	}
	if ((k->id = budget_strndup(&s->purse, view_str(id))) == NULL)
		return false;
	if ((old = RB_FIND(key_tree, &s->tree, k)) != NULL)
		shell_drop(s->world, &old->shell);
	RB_INSERT(key_tree, &s->tree, k);
	return true;
}

struct shell *
shell_new(struct world *w, const struct peers *peers, const char *id, enum shell_kind kind,
    const char *resource)
{
	struct shells *s = shells_of(w);
	struct shell_key *k;

	if (s == NULL)
		return NULL;
	make_room(s, NULL);
	if (s->n >= MAX_SHELLS)
		drop_oldest(s, NULL);
	if ((k = budget_calloc(&s->purse, 1, sizeof(*k))) == NULL)
		return NULL;
	k->client = peers->client;
	k->server = peers->server;
	budget_init(&k->purse, &s->purse, MAX_SHELL_MEM);
	if (!set_id(s, k, id)) {
		budget_free(k);
		return NULL;
	}
	k->shell.key = k;
	k->shell.kind = kind;
	if (resource != NULL)
		k->shell.resource = budget_strndup(&s->purse, view_str(resource));
	if (kind == SHELL_PSRP)
		k->shell.psrp = psrp_new(w, &k->purse);
	commands_init(&k->shell.commands, &k->purse);
	TAILQ_INSERT_TAIL(&s->ages, k, age);
	s->n++;
	return &k->shell;
}

struct shell *
shell_find(struct world *w, const struct peers *peers, const char *id)
{
	struct shells *s = shells_of(w);
	struct shell_key key = { .client = peers->client, .server = peers->server,
		.id = (char *)(uintptr_t)id }, *k;

	if (s == NULL || (k = RB_FIND(key_tree, &s->tree, &key)) == NULL)
		return NULL;
	use(s, k);
	return &k->shell;
}

const char *
shell_id(const struct shell *sh)
{
	return sh->key->id;
}

bool
shell_named(const struct shell *sh)
{
	return sh->key->id != NULL && sh->key->id[0] != UNNAMED;
}

/* Takes the shell out of the tree, which is sorted by id, before the id changes. */
static void
forget_id(struct shells *s, struct shell_key *k)
{
	if (k->id == NULL)
		return;
	RB_REMOVE(key_tree, &s->tree, k);
	budget_free(k->id);
	k->id = NULL;
}

bool
shell_set_id(struct world *w, struct shell *sh, const char *id)
{
	struct shells *s = shells_of(w);

	if (strcasecmp(sh->key->id, id) == 0)
		return true;
	forget_id(s, sh->key);
	if (set_id(s, sh->key, id))
		return true;
	shell_drop(w, sh);
	return false;
}

void
shell_drop(struct world *w, struct shell *sh)
{
	struct shells *s = shells_of(w);

	if (sh == NULL)
		return;
	commands_free(&sh->commands);
	psrp_free(sh->psrp);
	forget_id(s, sh->key);
	TAILQ_REMOVE(&s->ages, sh->key, age);
	s->n--;
	budget_free(sh->resource);
	budget_free(sh->key);
}
