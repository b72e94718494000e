/* cim-call.c -- methods of CIM classes: [MS-WSMV] 3.1.4.2, 4.1.4. */
#include "winrm/wsman-parts.h"

#include <stdlib.h>

#include "winrm/cim.h"
#include "task/status.h"
#include "base/text.h"

bool
cimcall_is(const struct soap *s)
{
	return s->resource != NULL && (strcasestr(s->resource, "/wbem/wsman/1/wmi/") != NULL ||
	    strcasestr(s->resource, "/wbem/wscim/1/") != NULL);
}

static struct command *
process_create(struct wsman *w)
{
	const struct soap_node *line = soap_param(w->soap, "CommandLine");
	struct fact *o;

	if (line == NULL || line->value.len == 0)
		return NULL;
	o = wsman_fact(w, "cim", "process", "none");
	fact_utf8(o, F_CMD_LINE, line->value);
	return wsman_command(w, NULL, o, LANGUAGE_NONE, "wmiprvse.exe");
}

/* Most calls read something; those for tasks are told when they are answered. */
struct command *
cimcall_request(struct wsman *w)
{
	struct command *c;
	struct script asks;

	if (text_is(soap_last_part(w->soap->resource), "Win32_Process") &&
	    text_is(soap_last_part(w->soap->action), "Create"))
		return process_create(w);
	c = wsman_command(w, NULL, wsman_fact(w, "cim", NULL, NULL), LANGUAGE_NONE,
	    "wmiprvse.exe");
	if (c == NULL)
		return NULL;
	c->silent = true;
	asks = command_asks(c);
	cim_read(&asks, w->soap);
	if (c->n_tasks > 0)
		return c;
	command_free(c);
	return NULL;
}

/* A method's ReturnValue; where it has none, no fault is a success. */
static const char *
outcome(const struct soap *s, struct command *c)
{
	const struct soap_node *n = soap_param(s, "ReturnValue");
	uint32_t value = 0;
	bool failed;

	if (n != NULL && n->value.len > 0)
		value = (uint32_t)strtoul((const char *)n->value.p, NULL, 10);
	failed = s->fault || value != 0;
	if (s->fault && s->has_fault_status)
		value = s->fault_status;
	for (size_t i = 0; i < c->n_tasks; i++)
		if (failed ? value >> 31 != 0 : n != NULL)
			status_hresult(c->tasks[i], value);
	return failed ? "failure" : "success";
}

void
cimcall_answer(struct wsman *w, struct command *c)
{
	if (c->fact == NULL)
		return;
	command_touch(c, &w->commands, true);
	w->via.describe(w->via.arg, c->fact);
	for (size_t i = 0; i < c->n_tasks; i++) {
		w->via.describe(w->via.arg, c->tasks[i]);
		cim_answer(c->tasks[i], w->soap);
	}
	command_tell(c, outcome(w->soap, c));
}
