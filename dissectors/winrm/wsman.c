/* wsman.c -- what envelopes ask for and how it ended: [MS-WSMV] 3.1.4. */
#include "winrm/wsman-parts.h"

#include <strings.h>

#include "base/limits.h"

/* ---- Kinds of requests ---- */

enum op {
	OP_OTHER, OP_CREATE, OP_DELETE, OP_COMMAND, OP_SEND, OP_RECEIVE, OP_SIGNAL, OP_CONNECT,
	OP_CIM
};

#define SHELL_URI	"http://schemas.microsoft.com/wbem/wsman/1/windows/shell"
#define POWERSHELL_URI	"http://schemas.microsoft.com/powershell/"
#define TRANSFER_URI	"http://schemas.xmlsoap.org/ws/2004/09/transfer/"

static const struct {
	const char	*action;
	enum op		 op;
} ops[] = {
	{ TRANSFER_URI "Create", OP_CREATE },
	{ TRANSFER_URI "Delete", OP_DELETE },
	{ SHELL_URI "/Command", OP_COMMAND },
	{ SHELL_URI "/Send", OP_SEND },
	{ SHELL_URI "/Receive", OP_RECEIVE },
	{ SHELL_URI "/Signal", OP_SIGNAL },
	{ SHELL_URI "/Connect", OP_CONNECT },
};

/* A request whose answer is awaited. */
struct exchange {
	TAILQ_ENTRY(exchange) link;
	uint64_t	 n;
	uint64_t	 serial;
	enum op		 op;
	char		*id;		/* wsa:MessageID */
	char		*shell;		/* its id */
	char		*command;	/* CommandId */
	struct command	*call;		/* of a CIM method; belongs to it */
};

/* ---- Texts ---- */

static bool
starts(const char *s, const char *with)
{
	return s != NULL && strncasecmp(s, with, strlen(with)) == 0;
}

static char *
keep(struct wsman *w, const char *s)
{
	return s != NULL ? budget_strndup(w->via.budget, view_str(s)) : NULL;
}

/* ---- Facts ---- */

/* What is asked for, and through what; where it is spoken of again, the same. */
struct fact *
wsman_fact(struct wsman *w, const char *protocol, const char *kind, const char *shell)
{
	struct world *world = w->via.world;
	struct fact *o = fact_new(world->budget, FACT_COMMAND, w->via.peers, world->now);

	w->via.describe(w->via.arg, o);
	fact_str(o, F_WINRM_PROTOCOL, protocol);
	fact_str(o, F_WINRM_RESOURCE, w->soap->resource);
	fact_str(o, F_CMD_ROUTE, "winrm");
	fact_str(o, F_CMD_KIND, kind);
	fact_str(o, F_CMD_SHELL, shell);
	fact_str(o, F_CMD_VISIBILITY, w->opened ? "decrypted" : "clear");
	return o;
}

struct command *
wsman_command(struct wsman *w, struct shell *sh, struct fact *fact, enum language language,
    const char *parent)
{
	struct command *c;

	if (sh != NULL) {
		if (sh->resource != NULL && fact_get(fact, F_WINRM_RESOURCE) == NULL)
			fact_str(fact, F_WINRM_RESOURCE, sh->resource);
		if (shell_named(sh))
			fact_str(fact, F_WINRM_SHELL, shell_id(sh));
	}
	if ((c = command_new(w->via.world, sh, &w->commands, fact)) == NULL)
		return NULL;
	c->serial = w->serial;
	c->language = language;
	c->parent = parent;
	return c;
}

/* ---- Shells ---- */

static enum shell_kind
kind_of(const struct soap *s)
{
	if (starts(s->resource, POWERSHELL_URI) || s->creation.len > 0)
		return SHELL_PSRP;
	return starts(s->resource, SHELL_URI "/cmd") ? SHELL_WINRS : SHELL_OTHER;
}

static struct shell *
shell_make(struct wsman *w, const char *id)
{
	const struct soap *s = w->soap;
	struct world *world = w->via.world;
	struct shell *sh;

	if (kind_of(s) == SHELL_OTHER)
		return NULL;
	sh = shell_new(world, w->via.peers, id, kind_of(s), s->resource);
	if (sh == NULL) {
		stat_add(world->stats, STAT_WINRM_LIMIT, 1);
		return NULL;
	}
	if (sh->kind == SHELL_PSRP)
		pipeline_pool(w, sh);
	return sh;
}

/* The shell that a request speaks of; one whose making was missed is made. */
static struct shell *
shell_of(struct wsman *w)
{
	const struct soap *s = w->soap;
	struct shell *sh;

	if (s->shell == NULL)
		return NULL;
	sh = shell_find(w->via.world, w->via.peers, s->shell);
	return sh != NULL ? sh : shell_make(w, s->shell);
}

/* ---- Exchanges ---- */

static void
exchange_free(struct wsman *w, struct exchange *x)
{
	TAILQ_REMOVE(&w->exchanges, x, link);
	w->n_exchanges--;
	command_free(x->call);
	budget_free(x->id);
	budget_free(x->shell);
	budget_free(x->command);
	budget_free(x);
}

static struct exchange *
exchange_new(struct wsman *w, uint64_t n, enum op op)
{
	struct exchange *x;

	if (w->n_exchanges >= MAX_WSMAN_EXCHANGES) {
		stat_add(w->via.world->stats, STAT_WINRM_LIMIT, 1);
		exchange_free(w, TAILQ_FIRST(&w->exchanges));
	}
	if ((x = budget_calloc(w->via.budget, 1, sizeof(*x))) == NULL)
		return NULL;
	x->n = n;
	x->op = op;
	x->serial = w->serial;
	x->id = keep(w, w->soap->id);
	x->shell = keep(w, w->soap->shell);
	x->command = keep(w, w->soap->command_id);
	TAILQ_INSERT_TAIL(&w->exchanges, x, link);
	w->n_exchanges++;
	return x;
}

/* By what the envelope says, else by its place in the connection. */
static struct exchange *
exchange_find(struct wsman *w, uint64_t n)
{
	const char *relates = w->soap->relates;
	struct exchange *x, *place = NULL;

	TAILQ_FOREACH(x, &w->exchanges, link) {
		if (relates != NULL && x->id != NULL && strcasecmp(x->id, relates) == 0)
			return x;
		if (x->n == n)
			place = x;
	}
	return place;
}

static enum op
op_of(const struct soap *s)
{
	if (cimcall_is(s))
		return OP_CIM;
	for (size_t i = 0; s->action != NULL && i < nitems(ops); i++)
		if (strcasecmp(ops[i].action, s->action) == 0)
			return ops[i].op;
	return OP_OTHER;
}

/* ---- Requests ---- */

/* Until the answer names it, the exchange knows the shell by a name of ours. */
static void
create_request(struct wsman *w, struct exchange *x)
{
	struct shell *sh;

	sh = w->soap->shell != NULL ? shell_of(w) : shell_make(w, NULL);
	if (sh == NULL)
		return;
	budget_free(x->shell);
	x->shell = keep(w, shell_id(sh));
	pipeline_begin(w, sh, w->soap->creation);
}

static void
command_request(struct wsman *w, struct shell *sh)
{
	const struct soap *s = w->soap;

	if (!s->has_line)
		return;
	if (sh->kind == SHELL_WINRS)
		winrs_command(w, sh);
	else
		for (size_t i = 0; i < s->n_arguments; i++)
			pipeline_begin(w, sh, s->arguments[i]);
}

static void
send_request(struct wsman *w, struct shell *sh)
{
	for (size_t i = 0; i < w->soap->n_streams; i++) {
		if (sh->kind == SHELL_WINRS)
			winrs_typed(w, sh, &w->soap->streams[i]);
		else
			pipeline_stream(w, sh, C2S, &w->soap->streams[i]);
	}
}

/* Who asks for its output goes on with it. */
static void
receive_request(struct wsman *w, struct shell *sh)
{
	const char *id = w->soap->command_id;
	struct command *c = id != NULL ? command_find(sh, id) : NULL;

	if (c != NULL)
		command_touch(c, &w->commands, false);
}

static void
request(struct wsman *w, uint64_t n)
{
	enum op op = op_of(w->soap);
	struct exchange *x;
	struct shell *sh;

	if (op == OP_OTHER)
		return;
	w->serial = shell_serial(w->via.world);
	if ((x = exchange_new(w, n, op)) == NULL)
		return;
	if (op == OP_CREATE) {
		create_request(w, x);
		return;
	}
	if (op == OP_CIM) {
		x->call = cimcall_request(w);
		return;
	}
	if ((sh = shell_of(w)) == NULL)
		return;
	if (op == OP_COMMAND)
		command_request(w, sh);
	else if (op == OP_SEND)
		send_request(w, sh);
	else if (op == OP_RECEIVE)
		receive_request(w, sh);
	else if (op == OP_CONNECT)
		pipeline_begin(w, sh, w->soap->connect);
}

/* ---- Answers ---- */

/* The command that an answer speaks of: by id, or the one that has none yet. */
static struct command *
command_of(struct shell *sh, const char *id)
{
	struct command *c, *nameless = NULL;

	if (id == NULL)
		return NULL;
	if ((c = command_find(sh, id)) != NULL)
		return c;
	TAILQ_FOREACH(c, &sh->commands, link) {
		if (c->id != NULL || c->line)
			continue;
		if (nameless != NULL)
			return NULL;
		nameless = c;
	}
	if (nameless != NULL)
		command_name(nameless, id);
	return nameless;
}

/* What was asked for by that request: commands, lines typed. */
static void
command_answer(struct wsman *w, struct exchange *x, struct shell *sh)
{
	const struct soap *s = w->soap;
	struct command *c = command_serial(sh, x->serial);

	if (c == NULL)
		return;
	command_touch(c, &w->commands, true);
	if (c->fact != NULL)
		w->via.describe(w->via.arg, c->fact);
	if (s->fault) {
		command_tell(c, "failure");
		command_free(c);
	} else if (c->id == NULL && s->command_id != NULL)
		command_name(c, s->command_id);
}

static void
send_answer(struct wsman *w, struct exchange *x, struct shell *sh)
{
	struct command *c, *next;

	for (c = TAILQ_FIRST(&sh->commands); c != NULL; c = next) {
		next = TAILQ_NEXT(c, link);
		if (!c->line || c->serial != x->serial)
			continue;
		command_touch(c, &w->commands, true);
		if (w->soap->fault)
			command_tell(c, "failure");
		command_free(c);
	}
}

static void
receive_answer(struct wsman *w, struct exchange *x, struct shell *sh)
{
	const struct soap *s = w->soap;
	const char *id = s->command_id != NULL ? s->command_id : x->command;
	bool done = s->state != NULL && strcasecmp(s->state, "Done") == 0;
	struct command *c;

	if (sh->kind == SHELL_PSRP)
		for (size_t i = 0; i < s->n_streams; i++)
			pipeline_stream(w, sh, S2C, &s->streams[i]);
	if ((c = command_of(sh, id)) == NULL)
		return;
	command_touch(c, &w->commands, true);
	if (!done)
		return;
	if (s->has_exit && sh->kind == SHELL_WINRS) {
		fact_int(c->fact, F_CMD_EXIT, s->exit_code);
		command_tell(c, s->exit_code == 0 ? "success" : "failure");
	}
	while (c != NULL) {
		command_free(c);
		c = command_find(sh, id);
	}
}

static void
create_answer(struct wsman *w, struct shell *sh)
{
	if (w->soap->fault)
		shell_drop(w->via.world, sh);
	else if (w->soap->shell != NULL)
		shell_name(w->via.world, sh, w->soap->shell);
}

static void
answer(struct wsman *w, uint64_t n)
{
	struct exchange *x = exchange_find(w, n);
	struct shell *sh;

	if (x == NULL)
		return;
	sh = x->shell != NULL ? shell_find(w->via.world, w->via.peers, x->shell) : NULL;
	if (x->call != NULL)
		cimcall_answer(w, x->call);
	if (sh == NULL)
		;			/* it made room for others */
	else if (x->op == OP_CREATE)
		create_answer(w, sh);
	else if (x->op == OP_COMMAND)
		command_answer(w, x, sh);
	else if (x->op == OP_SEND)
		send_answer(w, x, sh);
	else if (x->op == OP_RECEIVE)
		receive_answer(w, x, sh);
	else if (x->op == OP_SIGNAL)
		command_free(x->command != NULL ? command_find(sh, x->command) : NULL);
	else if (x->op == OP_DELETE && !w->soap->fault)
		shell_drop(w->via.world, sh);
	exchange_free(w, x);
}

/* ---- The connection ---- */

struct wsman *
wsman_new(const struct wsman_via *via)
{
	struct wsman *w = budget_calloc(via->budget, 1, sizeof(*w));

	if (w == NULL)
		return NULL;
	w->via = *via;
	TAILQ_INIT(&w->exchanges);
	TAILQ_INIT(&w->commands);
	return w;
}

void
wsman_free(struct wsman *w)
{
	struct command *c;

	if (w == NULL)
		return;
	while ((c = TAILQ_FIRST(&w->commands)) != NULL)
		command_tell(c, NULL);
	while (!TAILQ_EMPTY(&w->exchanges))
		exchange_free(w, TAILQ_FIRST(&w->exchanges));
	budget_free(w);
}

bool
wsman_begins(struct view first)
{
	static const char mark[] = "/wbem/wsman/1/";
	char text[WSMAN_MARK];
	size_t n = 0;

	/* The namespace is ASCII: without its zeros UTF-16 reads the same. */
	for (size_t i = 0; i < first.len && n < sizeof(text); i++)
		if (first.p[i] != 0)
			text[n++] = (char)first.p[i];
	return memchr(text, '<', n < 8 ? n : 8) != NULL &&
	    memmem(text, n, mark, sizeof(mark) - 1) != NULL;
}

void
wsman_message(struct wsman *w, enum dir dir, uint64_t exchange, struct view first,
    uint64_t missing, struct view last, bool opened)
{
	struct soap *s = soap_read(w->via.budget, first, missing, last);

	if (s == NULL)
		return;
	stat_add(w->via.world->stats, STAT_WINRM_ENVELOPES, 1);
	w->soap = s;
	w->opened = opened;
	if (dir == C2S)
		request(w, exchange);
	else
		answer(w, exchange);
	w->soap = NULL;
	soap_free(s);
}
