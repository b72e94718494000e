/* command.c -- commands of WS-Management that wait for their outcome. */
#include "winrm/command.h"

#include <strings.h>

#include "base/limits.h"

/* All commands of a world that are not reported yet. */
struct unreported {
	struct command_list list;	/* the one that was spoken of last stands last */
	size_t		 size;		/* bytes of their texts */
};

static void
unreported_init(struct world *w, void *state)
{
	struct unreported *u = state;

	(void)w;
	TAILQ_INIT(&u->list);
}

/* A command that is not reported is in the list of a connection, and a world
 * ends after its connections: then nothing is left in here. */
static void
unreported_clear(void *state)
{
	(void)state;
}

static const struct world_key unreported_key = {
	sizeof(struct unreported), unreported_init, unreported_clear
};

static struct unreported *
unreported(struct world *w)
{
	return world_state(w, &unreported_key);
}

/* ---- The commands of a shell ---- */

void
commands_init(struct commands *of, struct budget *b)
{
	*of = (struct commands){ .budget = b };
	TAILQ_INIT(&of->list);
}

void
commands_free(struct commands *of)
{
	struct command *c;

	while ((c = TAILQ_FIRST(&of->list)) != NULL)
		command_free(c);
}

/* A shell has room for one more command when one is gone: a typed line, to
 * which nothing refers, or else the oldest. */
static void
make_room(struct commands *of)
{
	struct command *c = TAILQ_FIRST(&of->list);

	while (c != NULL && !c->line)
		c = TAILQ_NEXT(c, of_shell);
	command_free(c != NULL ? c : TAILQ_FIRST(&of->list));
}

struct command *
command_find(struct commands *of, const char *id)
{
	struct command *c;

	TAILQ_FOREACH(c, &of->list, of_shell)
		if (c->id != NULL && !c->line && strcasecmp(c->id, id) == 0)
			return c;
	return NULL;
}

struct command *
command_unnamed(struct commands *of)
{
	struct command *c, *found = NULL;

	TAILQ_FOREACH(c, &of->list, of_shell) {
		if (c->id != NULL || c->line)
			continue;
		if (found != NULL)
			return NULL;
		found = c;
	}
	return found;
}

struct command *
command_of_request(struct commands *of, uint64_t serial)
{
	struct command *c;

	TAILQ_FOREACH(c, &of->list, of_shell)
		if (c->serial == serial)
			return c;
	return NULL;
}

/* ---- Waiting ---- */

/* Reports the oldest commands while the texts of all need too much memory. */
static void
report_oldest(struct unreported *u, const struct command *but)
{
	struct command *c;

	while (u->size > MAX_UNTOLD && (c = TAILQ_FIRST(&u->list)) != but) {
		stat_add(c->report.world->stats, STAT_WINRM_LIMIT, 1);
		command_report(c, NULL);
	}
}

static void
start_waiting(struct command *c, struct command_list *connection)
{
	struct unreported *u = unreported(c->report.world);

	TAILQ_INSERT_TAIL(connection, c, of_connection);
	c->connection = connection;
	TAILQ_INSERT_TAIL(&u->list, c, of_world);
	u->size += c->size;
	waiter_arm(c->report.world, &c->waiter);
}

static void
stop_waiting(struct command *c)
{
	struct unreported *u = unreported(c->report.world);

	waiter_stop(c->report.world, &c->waiter);
	TAILQ_REMOVE(&u->list, c, of_world);
	u->size -= c->size;
	TAILQ_REMOVE(c->connection, c, of_connection);
}

static void
on_timeout(struct waiter *at)
{
	struct command *c = (struct command *)((char *)at - offsetof(struct command, waiter));

	stat_add(c->report.world->stats, STAT_WINRM_UNANSWERED, 1);
	if (c->line)
		command_free(c);
	else
		command_report(c, NULL);
}

void
command_touch(struct command *c, struct command_list *connection, bool response)
{
	if (response)
		c->report.at = c->report.world->now;
	if (c->report.fact == NULL)
		return;
	stop_waiting(c);
	start_waiting(c, connection);
}

/* ---- Commands ---- */

struct command *
command_new(struct world *w, struct commands *of, struct command_list *connection,
    struct fact *fact)
{
	struct budget *b = of != NULL ? of->budget : w->budget;
	struct command *c = NULL;

	if (fact != NULL && of != NULL && of->n >= MAX_SHELL_COMMANDS) {
		stat_add(w->stats, STAT_WINRM_LIMIT, 1);
		make_room(of);
	}
	if (fact == NULL || unreported(w) == NULL ||
	    (c = budget_calloc(b, 1, sizeof(*c))) == NULL) {
		stat_add(w->stats, STAT_WINRM_LIMIT, 1);
		fact_free(fact);
		return NULL;
	}
	c->report = (struct command_report){ .world = w, .fact = fact, .at = w->now };
	c->size = command_report_size(&c->report);
	c->waiter.fire = on_timeout;
	buf_init(&c->typed, b, MAX_TYPED_LINE);
	if ((c->commands = of) != NULL) {
		TAILQ_INSERT_TAIL(&of->list, c, of_shell);
		of->n++;
	}
	start_waiting(c, connection);
	report_oldest(unreported(w), c);
	return c;
}

void
command_free(struct command *c)
{
	if (c == NULL)
		return;
	command_report(c, NULL);
	if (c->commands != NULL) {
		TAILQ_REMOVE(&c->commands->list, c, of_shell);
		c->commands->n--;
	}
	buf_free(&c->typed);
	budget_free(c->id);
	budget_free(c);
}

void
command_set_id(struct command *c, const char *id)
{
	budget_free(c->id);
	c->id = budget_strndup(c->typed.b, view_str(id));
	fact_str(c->report.fact, F_WINRM_COMMAND, id);
}

void
command_report(struct command *c, const char *outcome)
{
	if (c->report.fact == NULL)
		return;
	stop_waiting(c);
	command_report_put(&c->report, outcome != NULL ? outcome : "unknown");
}
