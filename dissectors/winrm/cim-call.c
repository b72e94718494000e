/* cim-call.c -- methods of CIM classes: [MS-WSMV] 3.1.4.2, 4.1.4. */
#include "winrm/cim-call.h"

#include <stdlib.h>

#include "base/text.h"
#include "task/status.h"
#include "winrm/cim.h"

static struct command *
process_create(struct wsman_context *x)
{
	const struct soap_node *line = soap_param(x->soap, "CommandLine");
	struct fact *o;

	if (line == NULL || line->value.len == 0)
		return NULL;
	o = wsman_fact(x, "cim", "process", "none");
	fact_utf8(o, F_CMD_LINE, line->value);
	return wsman_command(x, NULL, o, LANGUAGE_NONE, "wmiprvse.exe");
}

/* Most calls only read.  A call that has to do with tasks is reported as these. */
struct command *
cim_call_request(struct wsman_context *x)
{
	struct command *c;
	struct script script;

	if (text_is(soap_last_part(x->soap->resource), "Win32_Process") &&
	    text_is(soap_last_part(x->soap->action), "Create"))
		return process_create(x);
	c = wsman_command(x, NULL, wsman_fact(x, "cim", NULL, NULL), LANGUAGE_NONE,
	    "wmiprvse.exe");
	if (c == NULL)
		return NULL;
	c->report.tasks_only = true;
	script = command_report_script(&c->report);
	cim_request(&script, x->soap);
	if (c->report.n_tasks > 0)
		return c;
	command_free(c);
	return NULL;
}

/* Returns the outcome of a call: its ReturnValue is 0 (a CIM status or an
 * HRESULT), or it has none and the response is no fault.  Tasks keep the
 * code. */
static const char *
outcome_of(const struct soap *s, struct command *c)
{
	const struct soap_node *n = soap_param(s, "ReturnValue");
	uint32_t value = 0;
	bool failed;

	if (n != NULL && n->value.len > 0)
		value = (uint32_t)strtoul((const char *)n->value.p, NULL, 10);
	failed = s->fault || value != 0;
	if (s->fault && s->has_fault_status)
		value = s->fault_status;
	for (size_t i = 0; i < c->report.n_tasks; i++)
		if (failed ? value >> 31 != 0 : n != NULL)
			status_hresult(c->report.tasks[i], value);
	return failed ? "failure" : "success";
}

void
cim_call_response(struct wsman_context *x, struct command *c)
{
	if (c->report.fact == NULL)
		return;
	command_touch(c, &x->commands, true);
	wsman_describe(x, c->report.fact);
	for (size_t i = 0; i < c->report.n_tasks; i++) {
		wsman_describe(x, c->report.tasks[i]);
		cim_response(c->report.tasks[i], x->soap);
	}
	command_report(c, outcome_of(x->soap, c));
}
