/* wsman-context.c -- facts and commands of the envelope at hand. */
#include "winrm/wsman-context.h"

void
wsman_describe(const struct wsman_context *x, struct fact *o)
{
	x->carrier.describe(x->carrier.arg, o);
}

struct fact *
wsman_fact(const struct wsman_context *x, const char *protocol, const char *kind,
    const char *shell)
{
	const struct world *world = x->carrier.world;
	struct fact *o = fact_new(world->budget, FACT_COMMAND, x->carrier.peers, world->now);

	wsman_describe(x, o);
	fact_str(o, F_WINRM_PROTOCOL, protocol);
	fact_str(o, F_WINRM_RESOURCE, x->soap->resource);
	fact_str(o, F_ROUTE, "winrm");
	fact_str(o, F_CMD_KIND, kind);
	fact_str(o, F_CMD_SHELL, shell);
	fact_str(o, F_VISIBILITY, x->decrypted ? "decrypted" : "clear");
	return o;
}

struct command *
wsman_command(struct wsman_context *x, struct shell *sh, struct fact *fact,
    enum language language, const char *parent)
{
	struct command *c;

	if (sh != NULL) {
		shell_make_room(x->carrier.world, sh);
		if (sh->resource != NULL && fact_get(fact, F_WINRM_RESOURCE) == NULL)
			fact_str(fact, F_WINRM_RESOURCE, sh->resource);
		if (shell_named(sh))
			fact_str(fact, F_WINRM_SHELL, shell_id(sh));
	}
	c = command_new(x->carrier.world, sh != NULL ? &sh->commands : NULL, &x->commands, fact);
	if (c == NULL)
		return NULL;
	c->serial = x->serial;
	c->report.language = language;
	c->report.parent = parent;
	return c;
}
