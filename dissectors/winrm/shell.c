/* shell.c -- shells and commands, [MS-WSMV] 3.1.1, over all connections. */
#include "winrm/shell.h"

#include <inttypes.h>
#include <stdio.h>
#include <strings.h>

#include "base/limits.h"
#include "winrm/psrp.h"
#include "base/rb.h"
#include "task/status.h"

struct shell_key {
	struct shell	 shell;
	RB_ENTRY(shell_key) link;
	TAILQ_ENTRY(shell_key) age;
	struct addr	 client, server;
	char		*id;
	struct budget	 purse;		/* what its PSRP may keep */
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
	struct budget	 purse;		/* of all of them */
	struct commands	 untold;	/* least recently spoken of first */
	size_t		 held;		/* bytes of text in those */
	uint64_t	 serial;
};

static void
shells_init(struct world *w, void *state)
{
	struct shells *s = state;

	s->world = w;
	RB_INIT(&s->tree);
	TAILQ_INIT(&s->ages);
	TAILQ_INIT(&s->untold);
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

/* The oldest shell goes, unless it is this one. */
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

/* A quarter is left to the shell at hand. */
static void
make_room(struct shells *s, struct shell *sh)
{
	if (sh != NULL)
		use(s, sh->key);
	while (s->purse.used > s->purse.limit / 4 * 3 && drop_oldest(s, sh))
		;
}

void
shell_make_room(struct world *w, struct shell *sh)
{
	make_room(shells_of(w), sh);
}

struct budget *
shell_purse(struct shell *sh)
{
	return &sh->key->purse;
}

uint64_t
shell_serial(struct world *w)
{
	struct shells *s = shells_of(w);

	return s != NULL ? ++s->serial : 0;
}

/* No text of XML can begin like that (XML 1.0 2.2). */
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
	TAILQ_INIT(&k->shell.commands);
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

/* Out of the tree, whose order its id makes. */
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
shell_name(struct world *w, struct shell *sh, const char *id)
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
	struct command *c;

	if (sh == NULL)
		return;
	while ((c = TAILQ_FIRST(&sh->commands)) != NULL)
		command_free(c);
	psrp_free(sh->psrp);
	forget_id(s, sh->key);
	TAILQ_REMOVE(&s->ages, sh->key, age);
	s->n--;
	budget_free(sh->resource);
	budget_free(sh->key);
}

/* ---- Commands ---- */

/* It is told, or will never be: nobody waits for it. */
static void
settle(struct command *c)
{
	struct shells *s = shells_of(c->world);

	waiter_stop(c->world, &c->waiter);
	TAILQ_REMOVE(&s->untold, c, age);
	s->held -= c->size;
	TAILQ_REMOVE(c->speaker, c, mine);
}

static void
waited_long_enough(struct waiter *at)
{
	struct command *c = (struct command *)((char *)at - offsetof(struct command, waiter));

	stat_add(c->world->stats, STAT_WINRM_UNANSWERED, 1);
	if (c->line)
		command_free(c);
	else
		command_tell(c, NULL);
}

static size_t
text_size(const struct fact *o)
{
	const char *line = fact_get(o, F_CMD_LINE), *script = fact_get(o, F_CMD_SCRIPT);

	return (line != NULL ? strlen(line) : 0) + (script != NULL ? strlen(script) : 0);
}

/* What makes room for another command of a shell: a line, which nothing else
 * refers to, or the oldest. */
static struct command *
least_wanted(const struct shell *sh)
{
	struct command *c;

	TAILQ_FOREACH(c, &sh->commands, link)
		if (c->line)
			return c;
	return TAILQ_FIRST(&sh->commands);
}

/* Texts wait for their outcome while there is room for them. */
static void
tell_oldest(struct shells *s, const struct command *but)
{
	struct command *c;

	while (s->held > MAX_UNTOLD && (c = TAILQ_FIRST(&s->untold)) != but) {
		stat_add(s->world->stats, STAT_WINRM_LIMIT, 1);
		command_tell(c, NULL);
	}
}

void
command_touch(struct command *c, struct my_commands *mine, bool answer)
{
	struct shells *s = shells_of(c->world);

	if (answer)
		c->at = c->world->now;
	if (c->fact == NULL)
		return;
	TAILQ_REMOVE(c->speaker, c, mine);
	TAILQ_INSERT_TAIL(mine, c, mine);
	c->speaker = mine;
	TAILQ_REMOVE(&s->untold, c, age);
	TAILQ_INSERT_TAIL(&s->untold, c, age);
	waiter_arm(c->world, &c->waiter);
	tell_oldest(s, c);
}

struct command *
command_new(struct world *w, struct shell *sh, struct my_commands *mine, struct fact *fact)
{
	struct shells *s = shells_of(w);
	struct budget *b = w->budget;
	struct command *c;

	if (s == NULL || fact == NULL) {
		fact_free(fact);
		return NULL;
	}
	if (sh != NULL) {
		if (sh->n_commands >= MAX_SHELL_COMMANDS) {
			stat_add(w->stats, STAT_WINRM_LIMIT, 1);
			command_free(least_wanted(sh));
		}
		make_room(s, sh);
		b = &sh->key->purse;
	}
	if ((c = budget_calloc(b, 1, sizeof(*c))) == NULL) {
		stat_add(w->stats, STAT_WINRM_LIMIT, 1);
		fact_free(fact);
		return NULL;
	}
	c->world = w;
	c->shell = sh;
	c->fact = fact;
	c->at = w->now;
	c->size = text_size(fact);
	c->waiter.fire = waited_long_enough;
	buf_init(&c->typed, b, MAX_TYPED_LINE);
	if (sh != NULL) {
		TAILQ_INSERT_TAIL(&sh->commands, c, link);
		sh->n_commands++;
	}
	TAILQ_INSERT_TAIL(&s->untold, c, age);
	TAILQ_INSERT_TAIL(mine, c, mine);
	c->speaker = mine;
	s->held += c->size;
	waiter_arm(w, &c->waiter);
	tell_oldest(s, c);
	return c;
}

void
command_name(struct command *c, const char *id)
{
	budget_free(c->id);
	c->id = budget_strndup(c->typed.b, view_str(id));
	fact_str(c->fact, F_WINRM_COMMAND, id);
}

struct command *
command_find(struct shell *sh, const char *id)
{
	struct command *c;

	TAILQ_FOREACH(c, &sh->commands, link)
		if (c->id != NULL && !c->line && strcasecmp(c->id, id) == 0)
			return c;
	return NULL;
}

struct command *
command_serial(struct shell *sh, uint64_t serial)
{
	struct command *c;

	TAILQ_FOREACH(c, &sh->commands, link)
		if (c->serial == serial)
			return c;
	return NULL;
}

void
command_free(struct command *c)
{
	if (c == NULL)
		return;
	command_tell(c, NULL);
	if (c->shell != NULL) {
		TAILQ_REMOVE(&c->shell->commands, c, link);
		c->shell->n_commands--;
	}
	buf_free(&c->typed);
	budget_free(c->id);
	budget_free(c);
}

/* ---- What a command asks for ---- */

/* All of a command's fact that a task's says too: who, through what. */
static void
copy_context(struct fact *to, const struct fact *from)
{
	static const char *const objects[] = { "", "auth", "http", "winrm" };

	for (const struct item *i = from->first; i != NULL; i = i->next) {
		const struct field_info *f = &field_info[i->field];
		size_t n = 0;

		while (n < nitems(objects) && strcmp(objects[n], f->object) != 0)
			n++;
		if (n == nitems(objects))
			continue;
		if (i->str != NULL)
			fact_utf8(to, i->field, (struct view){ (uint8_t *)i->str, i->len });
		else
			fact_int(to, i->field, i->num);
	}
}

static struct fact *
fresh(void *arg)
{
	const struct command *c = arg;
	struct fact *o;

	if (c->n_tasks == nitems(c->tasks))
		return NULL;
	o = fact_new(c->world->budget, FACT_TASK, &c->fact->peers, c->at);
	if (o == NULL)
		return NULL;
	copy_context(o, c->fact);
	fact_str(o, F_ROUTE, "winrm");
	fact_str(o, F_VISIBILITY, fact_get(c->fact, F_CMD_VISIBILITY));
	return o;
}

static void
done(void *arg, struct fact *o)
{
	struct command *c = arg;

	if (o == NULL || c->n_tasks == nitems(c->tasks)) {
		fact_free(o);
		return;
	}
	c->tasks[c->n_tasks++] = o;
}

struct script
command_asks(struct command *c)
{
	return (struct script){ .budget = c->world->budget, .command = c->fact,
	    .fresh = fresh, .done = done, .arg = c };
}

/* The process that the host's telemetry should show is the shell's, not the
 * scheduler's, which task_finish() names. */
static void
tell_tasks(struct command *c, const char *outcome)
{
	struct sink *sink = c->world->sink;

	for (size_t i = 0; i < c->n_tasks; i++) {
		struct fact *o = c->tasks[i];

		o->at = c->at;
		fact_str(o, F_OUTCOME, outcome);
		task_finish(o);
		if (strcmp(outcome, "failure") != 0)
			fact_str(o, F_EXPECTED_PARENT, c->parent);
		sink->put(sink, o);
	}
	c->n_tasks = 0;
}

void
command_tell(struct command *c, const char *outcome)
{
	struct fact *o = c->fact;
	struct script asks;
	const char *text;

	if (o == NULL)
		return;
	settle(c);
	if (outcome == NULL)
		outcome = "unknown";
	o->at = c->at;
	fact_str(o, F_CMD_OUTCOME, outcome);
	text = c->language == LANGUAGE_POWERSHELL ? fact_get(o, F_CMD_SCRIPT) : NULL;
	if (text == NULL)
		text = fact_get(o, F_CMD_LINE);
	if (text != NULL && !c->silent) {
		asks = command_asks(c);
		script_read(&asks, c->language, view_str(text));
	}
	c->fact = NULL;
	if (c->silent)
		fact_free(o);
	else
		c->world->sink->put(c->world->sink, o);
	tell_tasks(c, outcome);
}
