/* wsman.c -- what envelopes ask for and how it ended: [MS-WSMV] 3.1.4. */
#include "winrm/wsman.h"

#include <strings.h>

#include "base/limits.h"
#include "winrm/cim-call.h"
#include "winrm/pipeline.h"
#include "winrm/winrs.h"

#define SHELL_URI	"http://schemas.microsoft.com/wbem/wsman/1/windows/shell"
#define POWERSHELL_URI	"http://schemas.microsoft.com/powershell/"
#define TRANSFER_URI	"http://schemas.xmlsoap.org/ws/2004/09/transfer/"

/* A request whose response is awaited. */
struct exchange {
	TAILQ_ENTRY(exchange) link;
	uint64_t	 n;		/* as wsman_message() has it */
	uint64_t	 serial;
	const struct operation *operation;
	char		*id;		/* wsa:MessageID */
	char		*shell;		/* ShellId, or our own id of an unnamed shell */
	char		*command;	/* CommandId */
	struct command	*call;		/* of a CIM method, owned; NULL */
};

struct wsman {
	struct wsman_context x;
	TAILQ_HEAD(, exchange) exchanges;	/* oldest first */
	size_t		 n_exchanges;
};

/*
 * What a request asks for, by its resource or its action, and who reads the
 * request and its response.  A reader gets the shell that the envelope speaks
 * of, which the operation must have; any_shell: it gets NULL if there is none.
 */
struct operation {
	const char	*resource;	/* part of wsman:ResourceURI, or NULL */
	const char	*action;	/* wsa:Action */
	bool		 any_shell;
	void		(*request)(struct wsman_context *, struct shell *);
	void		(*response)(struct wsman_context *, struct shell *);
};

static char *
keep(const struct wsman_context *x, const char *s)
{
	return s != NULL ? budget_strndup(x->carrier.budget, view_str(s)) : NULL;
}

/* ---- Shells ---- */

static bool
starts(const char *s, const char *with)
{
	return s != NULL && strncasecmp(s, with, strlen(with)) == 0;
}

static enum shell_kind
kind_of(const struct soap *s)
{
	if (starts(s->resource, POWERSHELL_URI) || s->creation.len > 0)
		return SHELL_PSRP;
	return starts(s->resource, SHELL_URI "/cmd") ? SHELL_WINRS : SHELL_OTHER;
}

static struct shell *
shell_make(const struct wsman_context *x, const char *id)
{
	struct world *world = x->carrier.world;
	enum shell_kind kind = kind_of(x->soap);
	struct shell *sh;

	if (kind == SHELL_OTHER)
		return NULL;
	sh = shell_new(world, x->carrier.peers, id, kind, x->soap->resource);
	if (sh == NULL)
		stat_add(world->stats, STAT_WINRM_LIMIT, 1);
	return sh;
}

/* Returns the shell that a request speaks of.  One that we did not see created
 * is made; NULL: the request names none, or none of a kind that we read. */
static struct shell *
shell_of(const struct wsman_context *x)
{
	const char *id = x->soap->shell;
	struct shell *sh;

	if (id == NULL)
		return NULL;
	sh = shell_find(x->carrier.world, x->carrier.peers, id);
	return sh != NULL ? sh : shell_make(x, id);
}

/* ---- Requests ---- */

/* Until the response names the shell, the exchange knows it by an id of ours. */
static void
create_request(struct wsman_context *x, struct shell *sh)
{
	if (sh == NULL && (sh = shell_make(x, NULL)) == NULL)
		return;
	budget_free(x->exchange->shell);
	x->exchange->shell = keep(x, shell_id(sh));
	pipeline_request(x, sh, x->soap->creation);
}

static void
command_request(struct wsman_context *x, struct shell *sh)
{
	const struct soap *s = x->soap;

	if (!s->has_line)
		return;
	if (sh->kind == SHELL_WINRS)
		winrs_command(x, sh);
	else
		for (size_t i = 0; i < s->n_arguments; i++)
			pipeline_request(x, sh, s->arguments[i]);
}

static void
send_request(struct wsman_context *x, struct shell *sh)
{
	for (size_t i = 0; i < x->soap->n_streams; i++) {
		if (sh->kind == SHELL_WINRS)
			winrs_input(x, sh, &x->soap->streams[i]);
		else
			pipeline_stream(x, sh, C2S, &x->soap->streams[i]);
	}
}

/* The connection that asks for a command's output is the one it now waits with. */
static void
receive_request(struct wsman_context *x, struct shell *sh)
{
	const char *id = x->soap->command_id;
	struct command *c = id != NULL ? command_find(&sh->commands, id) : NULL;

	if (c != NULL)
		command_touch(c, &x->commands, false);
}

static void
connect_request(struct wsman_context *x, struct shell *sh)
{
	pipeline_request(x, sh, x->soap->connect);
}

static void
cim_request(struct wsman_context *x, struct shell *sh)
{
	(void)sh;
	x->exchange->call = cim_call_request(x);
}

/* ---- Responses ---- */

static void
create_response(struct wsman_context *x, struct shell *sh)
{
	if (sh == NULL)
		return;
	if (x->soap->fault)
		shell_drop(x->carrier.world, sh);
	else if (x->soap->shell != NULL)
		shell_set_id(x->carrier.world, sh, x->soap->shell);
}

static void
delete_response(struct wsman_context *x, struct shell *sh)
{
	if (!x->soap->fault)
		shell_drop(x->carrier.world, sh);
}

static void
command_response(struct wsman_context *x, struct shell *sh)
{
	const struct soap *s = x->soap;
	struct command *c = command_of_request(&sh->commands, x->exchange->serial);

	if (c == NULL)
		return;
	command_touch(c, &x->commands, true);
	if (c->report.fact != NULL)
		wsman_describe(x, c->report.fact);
	if (s->fault) {
		command_report(c, "failure");
		command_free(c);
	} else if (c->id == NULL && s->command_id != NULL)
		command_set_id(c, s->command_id);
}

/* Lines that were typed have no other response. */
static void
send_response(struct wsman_context *x, struct shell *sh)
{
	struct command *c, *next;

	for (c = TAILQ_FIRST(&sh->commands.list); c != NULL; c = next) {
		next = TAILQ_NEXT(c, of_shell);
		if (!c->line || c->serial != x->exchange->serial)
			continue;
		command_touch(c, &x->commands, true);
		if (x->soap->fault)
			command_report(c, "failure");
		command_free(c);
	}
}

/* Returns the command that a response speaks of.  The only one without a
 * CommandId is it if no other has that id: the response that named it was
 * missed. */
static struct command *
command_of(struct shell *sh, const char *id)
{
	struct command *c = id != NULL ? command_find(&sh->commands, id) : NULL;

	if (c == NULL && id != NULL && (c = command_unnamed(&sh->commands)) != NULL)
		command_set_id(c, id);
	return c;
}

static void
receive_response(struct wsman_context *x, struct shell *sh)
{
	const struct soap *s = x->soap;
	const char *id = s->command_id != NULL ? s->command_id : x->exchange->command;
	bool done = s->state != NULL && strcasecmp(s->state, "Done") == 0;
	struct command *c;

	if (sh->kind == SHELL_PSRP)
		for (size_t i = 0; i < s->n_streams; i++)
			pipeline_stream(x, sh, S2C, &s->streams[i]);
	if ((c = command_of(sh, id)) == NULL)
		return;
	command_touch(c, &x->commands, true);
	if (!done)
		return;
	if (s->has_exit && sh->kind == SHELL_WINRS) {
		fact_int(c->report.fact, F_CMD_EXIT, s->exit_code);
		command_report(c, s->exit_code == 0 ? "success" : "failure");
	}
	while (c != NULL) {
		command_free(c);
		c = command_find(&sh->commands, id);
	}
}

static void
signal_response(struct wsman_context *x, struct shell *sh)
{
	const char *id = x->exchange->command;

	if (id != NULL)
		command_free(command_find(&sh->commands, id));
}

static void
cim_response(struct wsman_context *x, struct shell *sh)
{
	(void)sh;
	if (x->exchange->call != NULL)
		cim_call_response(x, x->exchange->call);
}

/* ---- Operations, [MS-WSMV] 3.1.4 ---- */

static const struct operation operations[] = {
	{ "/wbem/wsman/1/wmi/", NULL, true, cim_request, cim_response },
	{ "/wbem/wscim/1/", NULL, true, cim_request, cim_response },
	{ NULL, TRANSFER_URI "Create", true, create_request, create_response },
	{ NULL, TRANSFER_URI "Delete", false, NULL, delete_response },
	{ NULL, SHELL_URI "/Command", false, command_request, command_response },
	{ NULL, SHELL_URI "/Send", false, send_request, send_response },
	{ NULL, SHELL_URI "/Receive", false, receive_request, receive_response },
	{ NULL, SHELL_URI "/Signal", false, NULL, signal_response },
	{ NULL, SHELL_URI "/Connect", false, connect_request, NULL },
};

static const struct operation *
operation_find(const struct soap *s)
{
	for (size_t i = 0; i < nitems(operations); i++) {
		const struct operation *op = &operations[i];

		if (op->resource != NULL ?
		    s->resource != NULL && strcasestr(s->resource, op->resource) != NULL :
		    s->action != NULL && strcasecmp(op->action, s->action) == 0)
			return op;
	}
	return NULL;
}

/* ---- Exchanges ---- */

static void
exchange_free(struct wsman *w, struct exchange *e)
{
	TAILQ_REMOVE(&w->exchanges, e, link);
	w->n_exchanges--;
	command_free(e->call);
	budget_free(e->id);
	budget_free(e->shell);
	budget_free(e->command);
	budget_free(e);
}

static struct exchange *
exchange_new(struct wsman *w, uint64_t n, const struct operation *op)
{
	const struct wsman_context *x = &w->x;
	struct exchange *e;

	if (w->n_exchanges >= MAX_WSMAN_EXCHANGES) {
		stat_add(x->carrier.world->stats, STAT_WINRM_LIMIT, 1);
		exchange_free(w, TAILQ_FIRST(&w->exchanges));
	}
	if ((e = budget_calloc(x->carrier.budget, 1, sizeof(*e))) == NULL)
		return NULL;
	e->n = n;
	e->operation = op;
	e->serial = x->serial;
	e->id = keep(x, x->soap->id);
	e->shell = keep(x, x->soap->shell);
	e->command = keep(x, x->soap->command_id);
	TAILQ_INSERT_TAIL(&w->exchanges, e, link);
	w->n_exchanges++;
	return e;
}

/* Returns the request of a response: the one it names (wsa:RelatesTo), else the
 * one of the same number in the connection. */
static struct exchange *
exchange_find(struct wsman *w, uint64_t n)
{
	const char *relates = w->x.soap->relates;
	struct exchange *e, *same = NULL;

	TAILQ_FOREACH(e, &w->exchanges, link) {
		if (relates != NULL && e->id != NULL && strcasecmp(e->id, relates) == 0)
			return e;
		if (e->n == n)
			same = e;
	}
	return same;
}

static void
request(struct wsman *w, uint64_t n)
{
	const struct operation *op = operation_find(w->x.soap);
	struct exchange *e;
	struct shell *sh;

	if (op == NULL)
		return;
	w->x.serial = shell_serial(w->x.carrier.world);
	if ((e = exchange_new(w, n, op)) == NULL)
		return;
	sh = shell_of(&w->x);
	w->x.exchange = e;
	if (op->request != NULL && (sh != NULL || op->any_shell))
		op->request(&w->x, sh);
}

static void
response(struct wsman *w, uint64_t n)
{
	struct exchange *e = exchange_find(w, n);
	struct shell *sh = NULL;

	if (e == NULL)
		return;
	if (e->shell != NULL)
		sh = shell_find(w->x.carrier.world, w->x.carrier.peers, e->shell);
	w->x.exchange = e;
	if (e->operation->response != NULL && (sh != NULL || e->operation->any_shell))
		e->operation->response(&w->x, sh);
	exchange_free(w, e);
}

/* ---- The connection ---- */

struct wsman *
wsman_new(const struct carrier *carrier)
{
	struct wsman *w = budget_calloc(carrier->budget, 1, sizeof(*w));

	if (w == NULL)
		return NULL;
	w->x.carrier = *carrier;
	TAILQ_INIT(&w->x.commands);
	TAILQ_INIT(&w->exchanges);
	return w;
}

void
wsman_free(struct wsman *w)
{
	struct command *c;

	if (w == NULL)
		return;
	while ((c = TAILQ_FIRST(&w->x.commands)) != NULL)
		command_report(c, NULL);
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
	return n > 0 && memchr(text, '<', n < 8 ? n : 8) != NULL &&
	    memmem(text, n, mark, sizeof(mark) - 1) != NULL;
}

void
wsman_message(struct wsman *w, enum dir dir, uint64_t exchange, struct view first,
    uint64_t missing, struct view last, bool decrypted)
{
	struct soap *s = soap_read(w->x.carrier.budget, first, missing, last);

	if (s == NULL)
		return;
	stat_add(w->x.carrier.world->stats, STAT_WINRM_ENVELOPES, 1);
	w->x.soap = s;
	w->x.decrypted = decrypted;
	if (dir == C2S)
		request(w, exchange);
	else
		response(w, exchange);
	w->x.soap = NULL;
	soap_free(s);
}
