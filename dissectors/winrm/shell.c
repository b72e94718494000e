/* shell.c -- the shells of all connections of a world, [MS-WSMV] 3.1.1. */
#include "winrm/shell.h"

#include <inttypes.h>
#include <stdio.h>
#include <strings.h>

#include "base/digest.h"
#include "base/limits.h"
#include "base/table.h"
#include "winrm/psrp.h"

/* No padding. */
struct id_key {
	struct hosts	 hosts;
	uint8_t		 id[64];	/* SHA-512 of the ShellId in lower case */
};

struct shell_key {
	struct table_entry entry;	/* by key */
	struct id_key	 key;
	struct shell	 shell;
	char		*id;
	struct budget	 purse;		/* pays for its commands and its PSRP */
};

static void
shell_clear(struct table *t, void *entry)
{
	struct shell_key *k = entry;

	(void)t;
	commands_free(&k->shell.commands);
	psrp_free(k->shell.psrp);
	budget_free(k->shell.resource);
	budget_free(k->id);
}

static const struct table_kind shell_table = {
	.limit = MAX_SHELLS, .counter = STAT_WINRM_LIMIT, .clear = shell_clear
};

struct shells {
	struct table	 table;
	struct budget	 purse;		/* pays for all of them */
	uint64_t	 serial;	/* of the latest request, or unnamed shell */
};

static void
shells_init(struct world *w, void *state)
{
	struct shells *s = state;

	budget_init(&s->purse, w->budget, MAX_SHELLS_MEM);
	table_init(&s->table, &shell_table, &s->purse, w->stats);
}

static void
shells_clear(void *state)
{
	struct shells *s = state;

	table_clear(&s->table);
}

static const struct world_key shells_key = { sizeof(struct shells), shells_init, shells_clear };

static struct shells *
shells_of(struct world *w)
{
	return world_state(w, &shells_key);
}

/* ---- Shells ---- */

/* A quarter is left to the shell that asks. */
static void
make_room(struct shells *s, const struct table_entry *but)
{
	while (s->purse.used > s->purse.limit / 4 * 3 && table_make_room(&s->table, but))
		;
}

void
shell_make_room(struct world *w, struct shell *sh)
{
	struct shells *s = shells_of(w);

	table_touch(&s->table, &sh->key->entry);
	make_room(s, &sh->key->entry);
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

static struct id_key
key_of(const struct hosts *hosts, const char *id)
{
	struct id_key key = { .hosts = *hosts };

	sha512_lower(key.id, id);
	return key;
}

static bool
set_id(struct shells *s, struct shell_key *k, const struct hosts *hosts, const char *id)
{
	char text[24];

	if (id == NULL) {
		snprintf(text, sizeof(text), "%c%" PRIu64, UNNAMED, ++s->serial);
		id = text;
	}
	table_unset_key(&s->table, &k->entry);
	budget_free(k->id);
	if ((k->id = budget_strndup(&s->purse, view_str(id))) == NULL)
		return false;
	k->key = key_of(hosts, id);
	table_set_key(&s->table, &k->entry, (struct table_key){ 0, view_bytes(k->key) });
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
	if ((k = table_add(&s->table, sizeof(*k), view_bytes(peers->hosts))) == NULL)
		return NULL;
	budget_init(&k->purse, &s->purse, MAX_SHELL_MEM);
	commands_init(&k->shell.commands, &k->purse);
	if (!set_id(s, k, &peers->hosts, id)) {
		table_drop(&s->table, &k->entry);
		return NULL;
	}
	k->shell.key = k;
	k->shell.kind = kind;
	if (resource != NULL)
		k->shell.resource = budget_strndup(&s->purse, view_str(resource));
	if (kind == SHELL_PSRP)
		k->shell.psrp = psrp_new(w, &k->purse);
	return &k->shell;
}

struct shell *
shell_find(struct world *w, const struct peers *peers, const char *id)
{
	struct shells *s = shells_of(w);
	const struct id_key key = key_of(&peers->hosts, id);
	struct shell_key *k;

	if (s == NULL)
		return NULL;
	if ((k = table_find(&s->table, (struct table_key){ 0, view_bytes(key) })) == NULL)
		return NULL;
	table_touch(&s->table, &k->entry);
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

bool
shell_set_id(struct world *w, struct shell *sh, const char *id)
{
	if (strcasecmp(sh->key->id, id) == 0 ||
	    set_id(shells_of(w), sh->key, &sh->key->key.hosts, id))
		return true;
	shell_drop(w, sh);
	return false;
}

void
shell_drop(struct world *w, struct shell *sh)
{
	if (sh != NULL)
		table_drop(&shells_of(w)->table, &sh->key->entry);
}
