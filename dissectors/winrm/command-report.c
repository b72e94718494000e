/* command-report.c -- facts of commands and of the tasks in their texts. */
#include "winrm/command-report.h"

#include "task/task.h"

/* Copies what a command's fact says of its connection and logon to a task's. */
static void
copy_context(struct fact *to, const struct fact *from)
{
	static const char *const objects[] = { "", "auth", "http", "winrm" };

	for (const struct fact_item *i = NULL; (i = fact_each(from, i)) != NULL;) {
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

size_t
command_report_size(const struct command_report *r)
{
	const char *line = fact_get(r->fact, F_CMD_LINE);
	const char *script = fact_get(r->fact, F_CMD_SCRIPT);

	return (line != NULL ? strlen(line) : 0) + (script != NULL ? strlen(script) : 0);
}

/* ---- Tasks ---- */

static struct fact *
task_new(void *arg)
{
	const struct command_report *r = arg;
	struct fact *o;

	if (r->n_tasks == nitems(r->tasks))
		return NULL;
	o = fact_new(r->world->budget, FACT_TASK, &r->fact->peers, r->at);
	if (o == NULL)
		return NULL;
	copy_context(o, r->fact);
	fact_str(o, F_ROUTE, "winrm");
	fact_str(o, F_VISIBILITY, fact_get(r->fact, F_VISIBILITY));
	return o;
}

static void
task_done(void *arg, struct fact *o)
{
	struct command_report *r = arg;

	if (o == NULL || r->n_tasks == nitems(r->tasks)) {
		fact_free(o);
		return;
	}
	r->tasks[r->n_tasks++] = o;
}

struct script
command_report_script(struct command_report *r)
{
	return (struct script){ .budget = r->world->budget, .command = r->fact,
	    .fresh = task_new, .done = task_done, .arg = r };
}

/* ---- Reports ---- */

static void
read_text(struct command_report *r)
{
	const char *text = r->language == LANGUAGE_POWERSHELL ?
	    fact_get(r->fact, F_CMD_SCRIPT) : NULL;
	struct script script = command_report_script(r);

	if (text == NULL)
		text = fact_get(r->fact, F_CMD_LINE);
	if (text != NULL)
		script_read(&script, r->language, view_str(text));
}

/* task_finish() names the Task Scheduler as the parent process that telemetry
 * of the host should show, but here the command itself calls the service. */
static void
put_tasks(struct command_report *r, const char *outcome)
{
	for (size_t i = 0; i < r->n_tasks; i++) {
		struct fact *o = r->tasks[i];

		o->at = r->at;
		fact_str(o, F_OUTCOME, outcome);
		task_finish(o);
		if (strcmp(outcome, "failure") != 0)
			fact_str(o, F_EXPECTED_PARENT, r->parent);
		sink_put(r->world->sink, o);
	}
	r->n_tasks = 0;
}

void
command_report_put(struct command_report *r, const char *outcome)
{
	struct fact *o = r->fact;

	o->at = r->at;
	fact_str(o, F_OUTCOME, outcome);
	if (!r->tasks_only)
		read_text(r);
	r->fact = NULL;
	if (r->tasks_only)
		fact_free(o);
	else
		sink_put(r->world->sink, o);
	put_tasks(r, outcome);
}
