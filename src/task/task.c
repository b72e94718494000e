/* task.c -- names, actions and consequences of tasks. */
#include "task/task.h"

#include <stdlib.h>

#include "base/text.h"

bool
task_defines(const char *action)
{
	return strcmp(action, "create") == 0 || strcmp(action, "update") == 0 ||
	    strcmp(action, "validate") == 0;
}

void
task_name(struct fact *o, struct view v)
{
	struct buf name;

	if (o == NULL || v.len == 0)
		return;
	buf_init(&name, fact_budget(o), v.len + 1);
	if ((v.p[0] == '\\' || buf_add(&name, view_str("\\"))) && buf_add(&name, v))
		fact_utf8(o, F_NAME, buf_view(&name));
	else
		o->cut = true;
	buf_free(&name);
}

static struct view
no_slashes(struct view v)
{
	while (v.len > 0 && v.p[0] == '\\')
		v = view_from(v, 1);
	while (v.len > 0 && v.p[v.len - 1] == '\\')
		v.len--;
	return v;
}

void
task_name_in(struct fact *o, struct view folder, struct view name)
{
	struct buf path;

	folder = no_slashes(folder);
	name = no_slashes(name);
	if (o == NULL || name.len == 0)
		return;
	buf_init(&path, fact_budget(o), folder.len + name.len + 1);
	if (buf_add(&path, folder) && (folder.len == 0 || buf_add(&path, view_str("\\"))) &&
	    buf_add(&path, name))
		task_name(o, buf_view(&path));
	else
		o->cut = true;
	buf_free(&path);
}

static void
keep_bool(struct fact *o, enum field f, struct view v)
{
	if (text_is(v, "true") || text_is(v, "1"))
		fact_bool(o, f, true);
	else if (text_is(v, "false") || text_is(v, "0"))
		fact_bool(o, f, false);
}

static void
keep_int(struct fact *o, enum field f, struct view v)
{
	const char *why;
	char text[12];
	long long n;

	if (v.len == 0 || v.len >= sizeof(text))
		return;
	memcpy(text, v.p, v.len);
	text[v.len] = '\0';
	n = strtonum(text, 0, INT32_MAX, &why);
	if (why == NULL)
		fact_int(o, f, n);
}

void
task_keep(struct fact *o, enum field f, struct view v)
{
	if (field_info[f].type == FT_BOOL)
		keep_bool(o, f, v);
	else if (field_info[f].type == FT_INT)
		keep_int(o, f, v);
	else
		fact_utf8(o, f, v);
}

void
task_command_line(struct fact *o)
{
	const char *command = fact_get(o, F_ACT_COMMAND);
	const char *arguments = fact_get(o, F_ACT_ARGUMENTS);
	struct buf line;

	if (command == NULL)
		return;
	if (arguments == NULL) {
		fact_str(o, F_ACT_COMMAND_LINE, command);
		return;
	}
	buf_init(&line, fact_budget(o), strlen(command) + 1 + strlen(arguments));
	if (buf_add(&line, view_str(command)) && buf_add(&line, view_str(" ")) &&
	    buf_add(&line, view_str(arguments)))
		fact_utf8(o, F_ACT_COMMAND_LINE, buf_view(&line));
	else
		o->cut = true;
	buf_free(&line);
}

void
task_exec(struct fact *o, struct view command, struct view arguments)
{
	fact_next(o, F_ACT_TYPE);
	fact_str(o, F_ACT_TYPE, "exec");
	fact_utf8(o, F_ACT_COMMAND, command);
	fact_utf8(o, F_ACT_ARGUMENTS, arguments);
	task_command_line(o);
}

void
task_command(struct fact *o, struct view utf16, bool big)
{
	if (utf16.len == 0)
		return;
	fact_next(o, F_ACT_TYPE);
	fact_str(o, F_ACT_TYPE, "exec");
	fact_utf16(o, F_ACT_COMMAND, utf16, big);
	task_command_line(o);
}

void
task_finish(struct fact *o)
{
	static const struct {
		const char	*action;
		int		 event;
		bool		 runs;
	} rows[] = {
		{ "create", 4698, true },
		{ "update", 4702, true },
		{ "delete", 4699, false },
		{ "enable", 4700, false },
		{ "disable", 4701, false },
		{ "run", 0, true },
	};
	const char *action = fact_get(o, F_ACTION), *outcome = fact_get(o, F_OUTCOME);

	if (action == NULL || (outcome != NULL && strcmp(outcome, "failure") == 0))
		return;
	for (size_t i = 0; i < nitems(rows); i++) {
		if (strcmp(rows[i].action, action) != 0)
			continue;
		if (rows[i].event != 0)
			fact_int(o, F_WINDOWS_EVENT, rows[i].event);
		if (rows[i].runs)
			fact_str(o, F_EXPECTED_PARENT, "svchost.exe");
	}
}
