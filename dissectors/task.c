/* dissectors/task.c -- names and actions of tasks. */
#include "task.h"

void
task_name(struct obs *o, struct view v)
{
	struct buf name;

	if (o == NULL || v.len == 0)
		return;
	buf_init(&name, o->budget, v.len + 1);
	if ((v.p[0] == '\\' || buf_add(&name, view_str("\\"))) && buf_add(&name, v))
		obs_utf8(o, F_NAME, buf_view(&name));
	else
		o->cut = true;
	buf_free(&name);
}

void
task_command_line(struct obs *o)
{
	const char *command = obs_get(o, F_ACT_COMMAND);
	const char *arguments = obs_get(o, F_ACT_ARGUMENTS);
	struct buf line;

	if (command == NULL)
		return;
	if (arguments == NULL) {
		obs_str(o, F_ACT_COMMAND_LINE, command);
		return;
	}
	buf_init(&line, o->budget, strlen(command) + 1 + strlen(arguments));
	if (buf_add(&line, view_str(command)) && buf_add(&line, view_str(" ")) &&
	    buf_add(&line, view_str(arguments)))
		obs_utf8(o, F_ACT_COMMAND_LINE, buf_view(&line));
	else
		o->cut = true;
	buf_free(&line);
}

void
task_command(struct obs *o, struct view utf16, bool big)
{
	if (utf16.len == 0)
		return;
	obs_next(o, F_ACT_TYPE);
	obs_str(o, F_ACT_TYPE, "exec");
	obs_utf16(o, F_ACT_COMMAND, utf16, big);
	task_command_line(o);
}
